"""*Open live*: chapters in JupyterLite, for real, with no other host than a copy of Pyodide's."""

import ast
import csv
import io
import json
import re
import warnings
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

import computing
import lite
import nbformat
import plain
import pyodide
import pytest
import wheels
from conftest import WIDE
from pybtex.database import Entry, Person
from serve import serving
from tiny_book import Book

ROOT = Path(__file__).resolve().parent.parent

MB = 1_000_000
FONTS = "Matplotlib is building the font cache; this may take a moment."
FIRST, LATE = ("01-the-neuron", "draw_steepness"), ("16-the-whole-thing", "draw_parameters")


# Wheels


@pytest.mark.parametrize(
    ("pack", "holds"),
    [
        (lambda folder: wheels.engine(ROOT, folder), "nnlib/digits.npz"),
        (lambda folder: wheels.installed("ipywidgets", folder), "ipywidgets/widgets/widget.py"),
    ],
)
def test_a_wheel_holds_its_files_and_is_the_same_every_time(tmp_path, pack, holds):
    wheel, again = pack(tmp_path / "one"), pack(tmp_path / "two")
    assert wheel.read_bytes() == again.read_bytes()
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        assert holds in names
        assert not [name for name in names if name.endswith(".pyc") or ".." in name]
        (record,) = (name for name in names if name.endswith(".dist-info/RECORD"))
        for name, digest, size in csv.reader(io.StringIO(archive.read(record).decode())):
            data = archive.read(name)
            assert name == record or (digest, int(size)) == (wheels.digest(data), len(data))


# Text

BOX = """Before.

:::{admonition} The notes say
:class: notes-say
A rate {cite:p}`ma2018, lee2016`
decays.

As {cite:t}`robbins1951` did.
:::
After."""
QUOTED = """Before.

> **The notes say**
>
> A rate (Ma and Yarats, 2018; Lee et al., 2016)
> decays.
>
> As Robbins and Monro (1951) did.
After."""


def test_boxes_become_quotations_and_citations_names():
    entries = {
        key: Entry("article", [("year", key[-4:])], {"author": [Person(name) for name in names]})
        for key, names in {
            "ma2018": ["Jerry Ma", "Denis Yarats"],
            "lee2016": ["Jason Lee", "Max Simchowitz", "Michael Jordan"],
            "robbins1951": ["Herbert Robbins", "Sutton Monro"],
        }.items()
    }
    assert plain.as_markdown(BOX, entries) == QUOTED


@pytest.mark.parametrize("path", sorted((ROOT / "chapters").glob("*.ipynb")), ids=lambda p: p.stem)
def test_no_chapter_shows_markup_to_a_reader(path):
    notebook = plain.plain(json.loads(path.read_text(encoding="utf-8")), ROOT / "references.bib")
    text = "\n".join(c["source"] for c in notebook["cells"] if c["cell_type"] == "markdown")
    assert not re.search(r"^:::|\{[a-z:]+\}`|^\([\w-]+\)=", text, re.M)


# The build


def test_pyodide_comes_from_its_home_or_from_the_site():
    home = lite.kernel(computing.URL, ["nnlib-1.0-py3-none-any.whl"])
    assert home["pyodideUrl"] == f"{computing.URL}pyodide.js"
    assert f"/v{pyodide.VERSION}/" in home["pyodideUrl"]
    assert "../../../../pypi/nnlib-1.0-py3-none-any.whl" in home["loadPyodideOptions"]["packages"]
    assert lite.kernel("pyodide", [])["pyodideUrl"] == "./../_compute/pyodide/pyodide.js"
    assert lite.kernel("/shared/pyodide", [])["pyodideUrl"] == "/shared/pyodide/pyodide.js"


def test_settings_reach_jupyterlite_and_nothing_is_built_twice(tmp_path):
    book = Book(tmp_path)
    book.chapter("print('asked')", "print('solved')")
    path = tmp_path / "chapters" / "01-waves.ipynb"
    notebook = nbformat.read(path, 4)
    notebook.cells[2].metadata["tags"] = ["solution"]
    nbformat.write(notebook, path)
    book.change("open_live: false", "open_live: true")
    book.change("solutions: true", "solutions: false")
    book.change(computing.URL, "pyodide")
    (tmp_path / "pyodide").mkdir()
    (tmp_path / "pyodide" / "pyodide.js").touch()
    html = tmp_path / "_build" / "html"
    for built in (True, False):
        code, said = book.build()
        assert code == 0, said
        assert ("building JupyterLite" in said) == built
    settings = json.loads((html / "lite" / "jupyter-lite.json").read_text())["jupyter-config-data"]
    kernel = settings["litePluginSettings"]["@jupyterlite/pyodide-kernel-extension:kernel"]
    assert kernel["pyodideUrl"] == "./../_compute/pyodide/pyodide.js"
    assert (html / "_compute" / "pyodide" / "pyodide.js").is_file()
    assert [each["name"] for each in settings["federated_extensions"]] == sorted(lite.EXTENSIONS)
    (live,) = (html / "lite").rglob("01-waves.ipynb")
    assert "asked" in live.read_text()
    assert "solved" not in live.read_text()
    page = (html / "chapters" / "01-waves.html").read_text()
    assert "lite/notebooks/index.html?path=chapters/01-waves.ipynb" in page
    assert "MB of Python" not in page  # nobody else is asked

    book.change("open_live: true", "open_live: false")
    assert book.build()[0] == 0
    assert not (html / "lite").exists()
    assert "lite/notebooks" not in (html / "chapters" / "01-waves.html").read_text()


def test_no_more_is_shipped_than_is_used(site):
    folder = site / "lite"
    assert {path.parent.name for path in folder.glob("*/index.html")} == {"notebooks"}
    assert not list(folder.rglob("*.map"))
    assert sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) < 60 * MB


# In the browser


class Visitor:
    """A new reader. What Pyodide's home is asked for comes from this machine; others are noted."""

    def __init__(self, browser, address):
        self.address, self.folder = address, pyodide.distribution()
        self.others, self.megabytes = [], 0
        self.context = browser.new_context(viewport=WIDE)
        self.context.set_default_timeout(300_000)
        self.context.route(lambda url: not url.startswith(address), self.answer)

    def answer(self, route):
        url = route.request.url
        file = self.folder / url.removeprefix(computing.URL)
        if url.startswith(computing.URL) and file.is_file():
            self.megabytes += file.stat().st_size / MB
            route.fulfill(path=file, headers={"Access-Control-Allow-Origin": "*"})
        else:
            self.others.append(url)
            route.abort()

    def open(self, chapter):
        """The chapter in JupyterLite, by the button on its page, with a kernel that is ready."""
        page = self.context.new_page()
        page.goto(f"{self.address}/chapters/{chapter}.html")
        with self.context.expect_page() as opened:
            page.locator("a.btn-lite").click()
        return opened.value


@pytest.fixture
def visitor(browser, base_url):
    visitor = Visitor(browser, base_url)
    yield visitor
    visitor.context.close()


def cells_of(chapter):
    """The code of a chapter, cell by cell."""
    notebook = nbformat.read(ROOT / "chapters" / f"{chapter}.ipynb", 4)
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def run_here(chapter, draws, monkeypatch):
    """(explorer, number of its cell), by running the chapter's cells up to it in this Python."""
    monkeypatch.chdir(ROOT / "chapters")
    names = {"__name__": "__main__"}
    for number, source in enumerate(cells_of(chapter)):
        *body, last = ast.parse(source).body
        with warnings.catch_warnings(action="ignore"):
            exec(compile(ast.Module(body, []), chapter, "exec"), names)
            if isinstance(last, ast.Expr):
                shown = eval(compile(ast.Expression(last.value), chapter, "eval"), names)
                if ast.unparse(last).startswith(f"explore({draws},"):
                    return shown, number
            else:
                exec(compile(ast.Module([last], []), chapter, "exec"), names)
    raise LookupError(f"{chapter} shows no explorer of {draws}")


def run(page, *commands):
    """Through the menu, once the kernel is named: it waits in line until Python is there."""
    page.get_by_role("button", name="Python (Pyodide)").first.wait_for()
    for command in commands:
        page.get_by_role("menuitem", name="Run", exact=True).click()
        # A menu item's name holds its shortcut, which differs by machine; its label does not.
        page.locator(".lm-Menu-itemLabel", has_text=re.compile(f"^{command}$")).click()
    # Cells come with the numbers of their last run: first these must go.
    page.locator(".jp-InputPrompt", has_text="[*]:").first.wait_for()


def wait_until_run(page, chapter):
    """Until every cell whose code is shown has a number, which it gets when it has ended."""
    notebook = nbformat.read(ROOT / "chapters" / f"{chapter}.ipynb", 4)
    code = [cell.metadata for cell in notebook.cells if cell.cell_type == "code"]
    shown = [about for about in code if not about.get("jupyter", {}).get("source_hidden")]
    page.wait_for_function(
        """cells => [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')]
            .filter(prompt => /^\\[\\d+\\]:$/.test(prompt.textContent)).length === cells""",
        arg=len(shown),
        timeout=900_000,
    )


def move_a_slider(page, chapter, draws, monkeypatch):
    """Take an explorer's first slider one stop on: what is seen and said is as it is here."""
    explorer, number = run_here(chapter, draws, monkeypatch)
    cell = page.locator(".jp-CodeCell").nth(number)
    picture, says = cell.locator("img"), cell.locator(".widget-html-content")
    before = picture.get_attribute("src")
    assert says.inner_text() == explorer.says
    cell.locator(".noUi-handle").first.focus()
    page.keyboard.press("ArrowRight")
    name, stops = next(iter(explorer.controls.items()))
    natively = explorer.picture.render(explorer.start | {name: stops.values[stops.first + 1]})
    says.filter(has_text=natively).wait_for()
    assert picture.get_attribute("src") != before


def nothing_went_wrong(page, visitor):
    # An exception is shown there too.
    warned = page.locator(".jp-OutputArea-output[data-mime-type$='.stderr']").all_inner_texts()
    assert {text.strip() for text in warned} <= {FONTS}
    assert visitor.others == []
    assert visitor.megabytes == pytest.approx(lite.MEGABYTES, rel=0.1)


def test_a_chapter_runs_and_its_sliders_compute(visitor, monkeypatch):
    page = visitor.open(FIRST[0])
    run(page, "Run All Cells")
    wait_until_run(page, FIRST[0])
    move_a_slider(page, *FIRST, monkeypatch)
    nothing_went_wrong(page, visitor)


def test_a_late_chapter_reads_its_data_and_its_sliders_compute(visitor, monkeypatch):
    """Not all of it: to train what it trains takes minutes."""
    page = visitor.open(LATE[0])
    number = next(n for n, code in enumerate(cells_of(LATE[0])) if f"explore({LATE[1]}," in code)
    page.locator(".jp-CodeCell").nth(number).locator(".jp-InputPrompt").click()
    run(page, "Run All Above Selected Cell", "Run Selected Cell")
    move_a_slider(page, *LATE, monkeypatch)
    nothing_went_wrong(page, visitor)


def test_with_its_own_copy_the_site_asks_nobody(browser, site, tmp_path):
    """The site, with Pyodide beside it and the setting that says so."""
    changed = (site, site / "lite", site / "_compute")
    for entry in (entry for folder in changed for entry in folder.iterdir()):
        if entry not in changed and entry.name != "jupyter-lite.json":
            link = tmp_path / entry.relative_to(site)
            link.parent.mkdir(exist_ok=True)
            link.symlink_to(entry)
    (tmp_path / computing.COPY).symlink_to(pyodide.distribution())
    settings = (site / "lite" / "jupyter-lite.json").read_text(encoding="utf-8")
    files = [path.name for path in (site / "lite" / "pypi").glob("*.whl")]
    home, own = (lite.kernel(url, files)["pyodideUrl"] for url in (computing.URL, "pyodide/"))
    assert home in settings
    (tmp_path / "lite" / "jupyter-lite.json").write_text(settings.replace(home, own))
    with serving(tmp_path) as address:
        visitor = Visitor(browser, address)
        page = visitor.open(FIRST[0])
        prompt = page.locator(".jp-CodeCell").first.locator(".jp-InputPrompt")
        prompt.click()
        run(page, "Run Selected Cell")
        prompt.filter(has_text="[1]:").wait_for()
        visitor.context.close()
    assert visitor.megabytes == 0
    assert visitor.others == []


# On the page


@pytest.fixture
def page(page):
    page.set_default_timeout(60_000)
    return page


def test_the_page_loads_nothing_of_it_before_the_click(page, base_url):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{base_url}/chapters/{FIRST[0]}.html", wait_until="networkidle")
    asks = f"loads about {lite.MEGABYTES} MB of Python from {urlsplit(computing.URL).netloc}"
    page.get_by_role("link", name=asks).wait_for()
    assert asked
    assert not [url for url in asked if "/lite/" in url or not url.startswith(base_url)]


def test_from_a_disk_there_is_no_button(page, site):
    page.goto((site / "chapters" / f"{FIRST[0]}.html").as_uri())
    page.wait_for_load_state("load")
    assert page.locator("a.btn-slides").count() == 1
    assert page.locator("a.btn-lite").count() == 0


@pytest.mark.parametrize(
    ("lacks", "says"),
    [("serviceWorker", "keeps service workers from this page"), ("onLine", "have no network")],
)
def test_where_it_cannot_work_the_button_says_why(page, base_url, lacks, says):
    page.add_init_script(
        f"Object.defineProperty(Navigator.prototype, '{lacks}', {{get: () => undefined}})"
    )
    page.goto(f"{base_url}/chapters/{FIRST[0]}.html")
    page.locator("a.btn-lite").click()
    page.get_by_role("status").filter(has_text=says).wait_for()
    assert len(page.context.pages) == 1
