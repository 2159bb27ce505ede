"""The build of the site, on a tiny book: what it stops for, says, and runs again."""

import re

import nbformat
import pytest
from tiny_book import Book

FRAME = """\
import os
from pathlib import Path
from IPython.display import HTML, display
folder = Path(os.environ["NNLIB_FRAMES"]) / "sine"
folder.mkdir(parents=True, exist_ok=True)
(folder / "0.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
display(HTML('<img src="nnlib-frames:sine/0.svg" alt="A sine wave.">'))
"""


@pytest.fixture
def book(tmp_path):
    return Book(tmp_path)


def test_a_failing_cell_stops_the_build_and_is_named(book):
    book.chapter("x = 1", "y = x + 1\ny / 0")
    code, said = book.build()
    assert code != 0
    last = said[said.index("A chapter failed:") :]
    assert "01-waves.ipynb, code cell 2" in last
    assert "y = x + 1" in last
    assert last.endswith("ZeroDivisionError: division by zero\n")


def test_a_wrong_formula_fails_the_build_every_time(book):
    book.chapter("1", prose="# Waves\n\nThe wave is $\\sinus(x)$.")
    for _ in range(2):  # a second build does not forget the warning of the first
        code, said = book.build()
        assert code != 0
        assert "01-waves.ipynb" in said
        assert r"Undefined control sequence: \sinus" in said


@pytest.mark.parametrize("alt", ["", "wave", "wave.svg"])
def test_a_picture_without_a_description_fails_the_build(book, alt):
    book.chapter(f"from IPython.display import HTML\nHTML('<img src=wave.svg alt=\"{alt}\">')")
    code, said = book.build()
    assert code != 0
    assert "01-waves.ipynb: WARNING: picture wave.svg has no alt text" in said


def test_frames_follow_their_page_runs_the_code_and_styles_their_files(book):
    book.chapter(FRAME)
    (book.folder / "_static").mkdir()
    (book.folder / "_static" / "book.css").write_text("p { color: red }")
    html = book.folder / "_build" / "html"
    code, said = book.build()
    assert code == 0, said
    page = (html / "chapters" / "01-waves.html").read_text()
    assert 'src="../_frames/sine/0.svg"' in page
    (named,) = re.findall(r"_static/book\.css\?v=\w+", page)
    assert (html / "_frames" / "sine" / "0.svg").is_file()
    assert "running 01-waves.ipynb" in said

    # No code changed: nothing runs. What no page shows is cleared away, the rest stays.
    # A changed style is there, and every page asks for it, not for the one its reader knows.
    (html / "_frames" / "old").mkdir()
    (book.folder / "_static" / "book.css").write_text("p { color: green }")
    code, said = book.build()
    assert code == 0, said
    assert "running" not in said
    assert "green" in (html / "_static" / "book.css").read_text()
    assert named not in (html / "chapters" / "01-waves.html").read_text()
    assert [path.name for path in (html / "_frames").iterdir()] == ["sine"]

    # The engine changed: every chapter runs.
    (book.folder / "nnlib" / "net.py").write_text("# better\n")
    code, said = book.build()
    assert code == 0, said
    assert "running 01-waves.ipynb" in said
    assert (html / "_frames" / "sine" / "0.svg").is_file()


def test_one_setting_leaves_the_solutions_out(book):
    book.chapter("print('a' + 'sked')", "print('sol' + 'ved')", prose="# Waves")
    path = book.folder / "chapters" / "01-waves.ipynb"
    notebook = nbformat.read(path, 4)
    notebook.cells[2].metadata["tags"] = ["solution"]
    nbformat.write(notebook, path)
    page = book.folder / "_build" / "html" / "chapters" / "01-waves.html"
    for shown in (True, False):
        if not shown:
            book.change("solutions: true", "solutions: false")
        code, said = book.build()
        assert code == 0, said
        assert "asked" in page.read_text()
        assert ("solved" in page.read_text()) == shown


def test_a_chapter_runs_again_when_its_own_questions_change(book):
    book.chapter("1")
    assert book.build()[0] == 0
    quizzes = book.folder / "chapters" / "quizzes"
    quizzes.mkdir()
    for name, runs in [("02.toml", False), ("01.toml", True)]:
        (quizzes / name).touch()
        code, said = book.build()
        assert code == 0, said
        assert ("running 01-waves.ipynb" in said) == runs


def test_only_a_site_with_an_address_tells_others_where_it_is(book, monkeypatch):
    book.chapter("1", prose="# Waves\n\nWhat is a wave, and who has ever seen one?")
    html = book.folder / "_build" / "html"
    page = html / "chapters" / "01-waves.html"
    monkeypatch.setenv("BOOK_URL", "https://example.org/book")
    code, said = book.build()
    assert code == 0, said
    here = "https://example.org/book/chapters/01-waves.html"
    assert f'<link rel="canonical" href="{here}"' in page.read_text()
    card = '"og:image" content="https://example.org/book/cards/01-waves.png"'
    assert card in page.read_text()
    assert f"<loc>{here}</loc>" in (html / "sitemap.xml").read_text()
    assert "Sitemap: https://example.org/book/sitemap.xml" in (html / "robots.txt").read_text()

    monkeypatch.delenv("BOOK_URL")
    code, said = book.build()
    assert code == 0, said
    for word in ("example.org", "canonical", "og:image"):
        assert word not in page.read_text()
    assert "What is a wave" in page.read_text().partition("</head>")[0]
    assert not (html / "sitemap.xml").exists()

    monkeypatch.setenv("BOOK_URL", "example.org")
    code, said = book.build()
    assert code != 0
    assert "BOOK_URL must be an address such as https://host/book/, got 'example.org'" in said


def test_links_are_tried_by_a_builder_that_writes_no_pages(book):
    own = "[a setting](../chapters/01-waves.html?wave.rate=2)"
    book.chapter("1", prose=f"# Waves\n\nSee <https://book.invalid/waves> and {own}.")
    code, said = book.build("--builder", "custom", "--custom-builder", "linkcheck")
    assert code != 0
    assert "https://book.invalid/waves" in said
    assert "Traceback" not in said.partition("https://book.invalid/waves")[0]
    report = book.folder / "_build" / "linkcheck" / "output.txt"
    (broken,) = report.read_text(encoding="utf-8").splitlines()
    assert "[broken] https://book.invalid/waves" in broken
