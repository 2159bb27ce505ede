"""Questions and exercises on the site: the page of progress, and a build without solutions."""

import json
from html import escape
from pathlib import Path

import nbformat
from docutils import nodes
from docutils.parsers.rst import Directive


def drop_solutions(notebook):
    """The notebook without the cells that are tagged as solutions."""
    cells = notebook["cells"]
    notebook["cells"] = [c for c in cells if "solution" not in c["metadata"].get("tags", [])]
    return notebook


def leave_out_solutions(app, docname, source):
    """A teacher's build: `solutions: false` under sphinx, config, in _config.yml."""
    if not app.config.solutions and app.env.doc2path(docname).endswith(".ipynb"):
        source[0] = json.dumps(drop_solutions(json.loads(source[0])), ensure_ascii=False)


class Progress(Directive):
    """A row a chapter: how many of its questions and exercises this reader has solved.

    The script counts; without it the row says how many there are.
    """

    def run(self):
        env = self.state.document.settings.env
        chapters = sorted(Path(env.srcdir, "chapters").glob("[0-9][0-9]-*.ipynb"))
        here = env.docname.count("/") * "../"
        rows = "".join(self.row(path, here) for path in chapters if self.is_built(env, path))
        head = "<tr><th>chapter</th><th>questions</th><th>exercises</th></tr>"
        table = f'<table class="table progress-table"><thead>{head}</thead><tbody>{rows}</tbody>'
        button = (
            '<p><button type="button" class="progress-clear" disabled>'
            "Forget what I have solved</button></p>"
        )
        return [nodes.raw("", f"{table}</table>{button}", format="html")]

    @staticmethod
    def is_built(env, path):
        return f"chapters/{path.stem}" in env.found_docs

    def row(self, path, here):
        notebook = nbformat.read(path, 4)
        title = notebook.cells[0].source.splitlines()[0].lstrip("# ")
        number = path.name[:2]
        cells = "".join(
            f'<td data-progress="{" ".join(ids)}">{len(ids)}</td>'
            for ids in (question_ids(path.parent, number), exercise_ids(number))
        )
        link = f'<a href="{here}chapters/{path.stem}.html">{escape(title)}</a>'
        return f"<tr><td>{link}</td>{cells}</tr>"


def question_ids(folder, chapter):
    from nnlib.quiz import questions_of

    file = folder / "quizzes" / f"{chapter}.toml"
    return [each.id for each in questions_of(file)] if file.is_file() else []


def exercise_ids(chapter):
    from nnlib.exercises import EXERCISES

    return sorted(id for id in EXERCISES if id.startswith(f"{chapter}."))


def setup(app):
    app.add_config_value("solutions", True, "env", [bool])
    app.add_directive("progress", Progress)
    app.connect("source-read", leave_out_solutions)
    return {"parallel_read_safe": True}
