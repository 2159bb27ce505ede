"""Make nbgrader assignments of the chapters' exercises, for a class.

    python tools/assignment.py course 05 06

writes course/source/chapter-05/chapter-05.ipynb and so on, and course/nbgrader_config.py, which
the commands of nbgrader take from there: generate_assignment, autograde, export. A student's copy
holds the statements and empty functions; the marks are given by `judge`, on numbers of its own.
"""

import argparse
import ast
import re
import sys
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

ROOT = Path(__file__).resolve().parent.parent
KEPT = (ast.FunctionDef, ast.Import, ast.ImportFrom)
POINTS = 2  # an exercise
SEED = 2026  # of the numbers that nobody has seen

IMPORTS = """\
import numpy as np

import nnlib as nn
from nnlib.exercises import judge"""
CONFIG = """\
c = get_config()
c.CourseDirectory.course_id = "neural-networks-hands-on"
# An answer that never ends is stopped by `judge` itself; this is for all else.
c.ExecutePreprocessor.timeout = 120
"""


def assignment(chapter):
    """The notebook of a chapter's exercises, as the teacher's version."""
    cells = nbformat.read(chapter, 4).cells
    title = cells[0].source.splitlines()[0].lstrip("# ")
    made = [
        new_markdown_cell(f"# Exercises: {title}\n\nWrite the functions. Run each cell as you go."),
        new_code_cell(IMPORTS),
    ]
    for at, cell in enumerate(cells):
        found = re.search(r'^judge\("(\d\d\.\d+)", (\w+)\)', cell.source, re.MULTILINE)
        if not found or "solution" not in cell.metadata.get("tags", []):
            continue
        id, name = found.groups()
        asked = range(at - 1, -1, -1)
        asked = next(k for k in asked if f"Exercise {id}." in cells[k].source)
        made.append(new_markdown_cell(cells[asked].source))
        # A function that is to be mended is given; an empty one begins anew.
        stub = next(c.source for c in cells[asked:at] if f'check("{id}"' in c.source)
        given = stub.split(f'check("{id}"')[0].strip() + "\n"
        made.append(solution_cell(id, given, cell.source, name))
        made.append(test_cell(id, name))
    if len(made) == 2:
        sys.exit(f"{chapter.name} has no exercises that can be marked")
    return new_notebook(cells=made, metadata={"kernelspec": {"name": "python3",
                        "display_name": "Python 3", "language": "python"}})  # fmt: skip


def solution_cell(id, given, source, name):
    """The right function, marked so that nbgrader takes its body out of the students' copies."""
    # What else a solution holds, such as a print, needs the chapter around it.
    parts = [n for n in ast.parse(source).body if isinstance(n, KEPT)]
    kept = "\n\n\n".join(ast.get_source_segment(source, each) for each in parts)
    function = next(n for n in ast.parse(kept).body if getattr(n, "name", "") == name)
    lines = kept.splitlines()
    first, last = function.body[0].lineno - 1, function.end_lineno
    indent = " " * function.body[0].col_offset
    body = [f"{indent}### BEGIN SOLUTION", *lines[first:last], f"{indent}### END SOLUTION"]
    if "..." not in given:  # the planted bug is what the students get to see
        body = [
            f"{indent}# It used to be:",
            *(f"{indent}# {line}" for line in given.splitlines()),
            *body,
        ]
    text = "\n".join([*lines[:first], *body, *lines[last:]])
    return graded(new_code_cell(text), id, solution=True)


def test_cell(id, name):
    text = (
        f'verdict = judge("{id}", {name})\nassert verdict.right, verdict.says\n'
        f'### BEGIN HIDDEN TESTS\nassert judge("{id}", {name}, seed={SEED}).right\n'
        "### END HIDDEN TESTS"
    )
    return graded(new_code_cell(text), id, points=POINTS)


def graded(cell, id, solution=False, points=None):
    """The cell with nbgrader's marks on it."""
    kind = "write" if solution else "test"
    cell.metadata["nbgrader"] = {
        "schema_version": 3,
        "grade_id": f"{kind}-{id.replace('.', '-')}",
        "solution": solution,
        "grade": not solution,
        "locked": not solution,
        "task": False,
    } | ({"points": points} if points else {})
    return cell


def main():
    known = {path.name[:2]: path for path in sorted((ROOT / "chapters").glob("[0-9][0-9]-*.ipynb"))}
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("course", type=Path, help="the folder of the course; made if need be")
    parser.add_argument("chapter", nargs="+", help="two digits each, such as 05")
    given = parser.parse_args()
    for chapter in given.chapter:
        if chapter not in known:
            parser.error(f"chapter: there is no {chapter!r}; there is {', '.join(known)}")
    for chapter in given.chapter:
        name = f"chapter-{chapter}"
        file = given.course / "source" / name / f"{name}.ipynb"
        file.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(assignment(known[chapter]), file)
        print(file)
    config = given.course / "nbgrader_config.py"
    if not config.exists():  # a teacher may have added to it
        config.write_text(CONFIG, encoding="utf-8")


if __name__ == "__main__":
    main()
