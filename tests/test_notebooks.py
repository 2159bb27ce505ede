"""Every chapter as it is committed: run in order, without errors, with its outputs, and whole."""

import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = [*sorted((ROOT / "chapters").glob("*.ipynb")), *sorted(ROOT.glob("*.ipynb"))]
WIDGET = "application/vnd.jupyter.widget-view+json"
LARGEST_PNG = 150_000  # bytes: a figure of the book takes a third of that

# What would tell on whose machine a chapter was run.
LOCAL = re.compile(
    r"/home/|/root/|/Users/|/tmp/|/var/|[A-Z]:\\\\|localhost|127\.0\.0\.1|ipykernel_\d"
)


def test_there_are_chapters():
    assert len(NOTEBOOKS) > 10, f"few notebooks found in {ROOT}"


@pytest.fixture(params=NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def notebook(request):
    notebook = nbformat.read(request.param, as_version=4)
    nbformat.validate(notebook)
    return notebook


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def outputs(notebook):
    return [output for cell in code_cells(notebook) for output in cell.outputs]


def test_was_run_in_order(notebook):
    counts = [cell.execution_count for cell in code_cells(notebook)]
    assert counts == list(range(1, len(counts) + 1)), "run `make outputs`"


def test_has_no_error(notebook):
    errors = [out.evalue for out in outputs(notebook) if out.output_type == "error"]
    assert not errors


def test_has_the_outputs_of_its_cells(notebook):
    """A cell that prints, shows or explores has kept what it showed."""
    speaks = re.compile(r"^(print|display|explore|plt\.show)\(", re.M)
    silent = [
        cell.source
        for cell in code_cells(notebook)
        if speaks.search(cell.source) and not cell.outputs
    ]
    assert not silent, "run `make outputs`"
    assert outputs(notebook)


def test_carries_no_widget(notebook):
    assert "widgets" not in notebook.metadata
    assert not [out for out in outputs(notebook) if WIDGET in out.get("data", {})]


def test_pictures_are_small(notebook):
    sizes = [len(out.data["image/png"]) * 3 // 4 for out in outputs(notebook) if has_png(out)]
    assert max(sizes, default=0) < LARGEST_PNG


def has_png(output):
    return "image/png" in output.get("data", {})


def test_names_its_kernel_and_no_more(notebook):
    assert notebook.metadata.kernelspec.name == "python3"
    assert notebook.metadata.language_info == {"name": "python"}, "run `make outputs`"


def test_tells_nothing_of_the_machine(notebook):
    texts = [out.get("text", "") for out in outputs(notebook)]
    for out in outputs(notebook):
        texts += [text for kind, text in out.get("data", {}).items() if kind.startswith("text/")]
    assert not [text for text in texts if LOCAL.search(text)]


def test_opens_and_ends_as_every_chapter_does(notebook):
    prose = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    assert prose[0].startswith("# ")
    if not re.match(r"# \d", prose[0]):
        return  # no chapter, but a page at the back
    opening = "\n".join(prose).split("\n## ")[0]
    assert "You will see" in opening
    assert "You need" in opening
    headings = re.findall(r"^## (.+)$", "\n".join(prose), re.M)
    assert headings[-2:] == ["What to keep", "Exercises"]
