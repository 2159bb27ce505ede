"""A class's marks: from the chapters' exercises to a table, through nbgrader, once around."""

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parent.parent
TOOL = ROOT / "tools" / "assignment.py"
NAME = "chapter-05"

ENDLESS = "def weight_gradient(delta, z):\n    while True:\n        pass"
BY_HEART = """def weight_gradient(delta, z):
    from nnlib.exercises.exercise import EXERCISES
    from nnlib.exercises.judging import trials
    for seen in trials(EXERCISES["05.1"]):
        if seen[0].shape == delta.shape and (seen[0] == delta).all():
            return delta.T @ z / len(z)
    return 0 * (delta.T @ z)"""


def tool(*arguments):
    return subprocess.run(
        [sys.executable, str(TOOL), *map(str, arguments)], capture_output=True, text=True
    )


def nbgrader(course, *arguments):
    # nbgrader calls a program of its own by name.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    command = [sys.executable, "-m", "nbgrader", *arguments]
    done = subprocess.run(
        command, cwd=course, capture_output=True, text=True, env=os.environ | {"PATH": path}
    )
    assert done.returncode == 0, done.stderr[-3000:]


def cell_of(notebook, grade_id):
    found = [
        c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id
    ]
    assert len(found) == 1
    return found[0]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The course after everybody was marked: all right, nothing done, an endless loop, by heart."""
    course = tmp_path_factory.mktemp("course")
    made = tool(course, "05")
    assert made.returncode == 0, made.stderr
    nbgrader(course, "generate_assignment", NAME)
    file = f"{NAME}/{NAME}.ipynb"
    teachers = nbformat.read(course / "source" / file, 4)
    for student in ("ada", "bo", "cleo", "dan"):
        target = course / "submitted" / student / NAME
        shutil.copytree(course / "release" / NAME, target)
        notebook = nbformat.read(target / f"{NAME}.ipynb", 4)
        for cell in notebook.cells:
            given = cell.metadata.get("nbgrader", {})
            if given.get("solution") and student != "bo":
                cell.source = cell_of(teachers, given["grade_id"]).source
        if student == "cleo":
            cell_of(notebook, "write-05-1").source = ENDLESS
        if student == "dan":
            cell_of(notebook, "write-05-1").source = BY_HEART
        nbformat.write(notebook, target / f"{NAME}.ipynb")
    nbgrader(course, "autograde", NAME)
    nbgrader(course, "export")
    return course


def test_students_get_statements_and_empty_functions(course):
    notebook = nbformat.read(course / "release" / NAME / f"{NAME}.ipynb", 4)
    text = "\n".join(cell.source for cell in notebook.cells)
    assert "**Exercise 05.1.**" in text
    assert "def weight_gradient(delta, z):" in text
    assert "delta.T @ z / len(z)" not in text.replace("return delta1.T @ x / len(x)", "")
    assert "seed=2026" not in text


def test_a_bug_that_is_to_be_found_is_given(course):
    notebook = nbformat.read(course / "release" / NAME / f"{NAME}.ipynb", 4)
    assert "It used to be" in cell_of(notebook, "write-05-8").source


def test_the_marks_are_right(course):
    with open(course / "grades.csv", newline="", encoding="utf-8") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    most = float(rows["ada"]["max_score"])
    assert most >= 4
    scores = {name: float(row["score"]) for name, row in rows.items()}
    assert scores == {"ada": most, "bo": 0, "cleo": most - 2, "dan": most - 2}


@pytest.mark.parametrize(
    "chapter", [p.name[:2] for p in sorted((ROOT / "chapters").glob("[0-9][0-9]-*.ipynb"))]
)
def test_every_chapter_makes_an_assignment(chapter, tmp_path):
    done = tool(tmp_path, chapter)
    assert done.returncode == 0, done.stderr
    (file,) = tmp_path.glob("source/*/*.ipynb")
    notebook = nbformat.read(file, 4)
    nbformat.validate(notebook)
    marks = [cell.metadata.get("nbgrader", {}).get("points", 0) for cell in notebook.cells]
    assert sum(marks) >= 4
    # The teacher's version solves its own exercises.
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    exec(compile(code, file, "exec"), {})


def test_an_unknown_chapter_is_told(tmp_path):
    done = tool(tmp_path, "05", "99")
    assert done.returncode == 2
    assert "chapter: there is no '99'; there is 01, 02" in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_teachers_own_settings_stay(tmp_path):
    (tmp_path / "nbgrader_config.py").write_text("# mine")
    assert tool(tmp_path, "05").returncode == 0
    assert (tmp_path / "nbgrader_config.py").read_text() == "# mine"
