"""A lecture with a live kernel: a slider is moved and a cell changed in a real browser.

The book is a tiny one of its own, built as the real one is, and no other host is asked.
"""

import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from lab import wait_until_up
from nbformat.v4 import new_code_cell, new_markdown_cell
from teach import find, live_page
from test_build import Book

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = sorted((ROOT / "chapters").glob("[0-9][0-9]-*.ipynb"))

DRAW = """
def draw(fig, rate, epoch):
    fig.subplots().plot([0, rate], [0, epoch])
    return f"rate {rate}, epoch {epoch}, {word}, drawn by process {os.getpid()}"

explore(draw, rate=[1, 2, 3, 4, 5], epoch=play(range(3)))
"""


def cell(make, source, kind, *tags):
    return make(source, metadata={"slideshow": {"slide_type": kind}, "tags": list(tags)})


CELLS = [
    new_markdown_cell("# Waves"),
    cell(new_code_cell, "import os\n\nfrom nnlib import explore, play\n\nword = 'a'", "skip"),
    cell(new_markdown_cell, "## Look", "slide"),
    cell(new_markdown_cell, "Say this.", "notes"),
    cell(new_code_cell, DRAW.strip(), "-", "hide-input"),
    cell(new_markdown_cell, "## Try", "slide"),
    cell(new_code_cell, "total = 0\nfor k in range(3):\n    total += k\ntotal", "-"),
]


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    book = Book(tmp_path_factory.mktemp("book"))
    shutil.copytree(ROOT / "_static", book.folder / "_static")
    (book.folder / "benchmarks").mkdir(exist_ok=True)
    (book.folder / "benchmarks" / "results.json").touch()
    notebook = nbformat.v4.new_notebook(cells=CELLS)
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, book.folder / "chapters" / "01-waves.ipynb")
    code, said = book.build()
    assert code == 0, said
    return book.folder


@pytest.fixture(scope="module")
def lecture(book):
    """The address of the lecture with its token, as `make teach` prints it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex(16)
    command = [sys.executable, ROOT / "tools" / "teach.py", "01", f"--book={book}"]
    command += ["--no-browser", "--allow-root", f"--port={port}", "--ServerApp.port_retries=0"]
    command += [f"--IdentityProvider.token={token}"]
    own = {
        f"JUPYTER_{name}_DIR": str(book / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")
    }
    log = book / "lab.log"
    with log.open("w") as out:
        # As while a site is built: the explorers must be widgets all the same.
        env = os.environ | own | {"NNLIB_FRAMES": str(book / "frames")}
        server = subprocess.Popen(command, env=env, stdout=out, stderr=out)
        try:
            wait_until_up(f"http://127.0.0.1:{port}/api?token={token}", server)
            yield f"http://127.0.0.1:{port}/lecture/slides/01-waves.html?token={token}"
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(20)


@pytest.fixture(scope="module")
def page(browser, lecture):
    # Larger than the slides, which are then scaled: the mouse must still meet what it sees.
    context = browser.new_context(viewport={"width": 1600, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.asked, page.problems = [], []
    context.on("request", lambda request: page.asked.append(request.url))
    page.on("console", lambda it: it.type != "error" or page.problems.append(it.text))
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.goto(lecture)
    page.wait_for_selector("body[data-live=ready], body[data-live=wrong]")
    yield page
    context.close()


@pytest.fixture
def explorer(page):
    page.evaluate("Reveal.slide(1)")
    return page.locator("section.present .live-output")


@pytest.fixture
def code(page):
    page.evaluate("Reveal.slide(2)")
    return page.locator("section.present [data-cell]")


def moved_to(explorer, text):
    explorer.locator(".widget-html-content", has_text=text).wait_for()
    return explorer.locator(".widget-html-content").last.inner_text()


def test_all_cells_ran_before_the_first_slide_is_left(page):
    assert page.locator("#live-says").inner_text() == "Live"
    assert page.locator("section.present").inner_text().strip() == "Waves"


def test_dragging_a_slider_redraws_from_python(page, explorer):
    picture = explorer.locator(".widget-image")
    before = picture.get_attribute("src")
    handle = explorer.locator(".noUi-handle").first.bounding_box()
    track = explorer.locator(".noUi-target").first.bounding_box()
    x, y = handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + track["width"] * 0.55, y, steps=8)
    page.mouse.up()
    says = moved_to(explorer, "rate 3, epoch 0, a, drawn by process")
    process = int(re.search(r"process (\d+)", says)[1])
    assert process != os.getpid()
    os.kill(process, 0)  # it is alive: the kernel
    assert picture.get_attribute("src") != before


def test_arrow_keys_move_the_slider_and_not_the_slide(page, explorer):
    explorer.locator(".noUi-handle").first.focus()
    here = page.url
    page.keyboard.press("Home")
    moved_to(explorer, "rate 1,")
    page.keyboard.press("ArrowRight")
    moved_to(explorer, "rate 2,")
    assert page.url == here
    page.keyboard.press("PageDown")  # a clicker's
    page.wait_for_function("old => location.href !== old", arg=here)


def test_a_changed_cell_runs_with_the_variables_of_the_others(page, code, explorer):
    page.evaluate("Reveal.slide(2)")
    source, output = code.locator("pre[contenteditable]"), code.locator(".live-output")
    assert output.inner_text().strip() == "3"
    source.click()
    page.keyboard.press("Control+End")
    page.keyboard.type("; word = 'b'")
    page.keyboard.press("Control+Home")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.keyboard.type("for _ in range(2):\ntotal += 50")  # it is indented by itself
    here = page.url
    page.keyboard.press("Shift+Enter")
    page.wait_for_function("e => !e.closest('.live-busy')", arg=code.element_handle())
    assert source.inner_text().split("\n")[:3] == [
        "total = 0",
        "for _ in range(2):",
        "    total += 50",
    ]
    page.keyboard.press("Control+End")
    page.keyboard.type("\ntotal")
    page.keyboard.press("Control+Enter")
    output.filter(has_text="103").wait_for()
    assert page.url == here
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("old => location.href !== old", arg=here)
    explorer.locator(".noUi-handle").first.focus()
    page.keyboard.press("End")
    moved_to(explorer, "rate 5, epoch 0, b,")


def test_an_error_is_shown_and_the_lecture_goes_on(page, code):
    source, output = code.locator("pre[contenteditable]"), code.locator(".live-output")
    source.fill("1 / 0")
    code.get_by_role("button", name="Run").click()
    output.filter(has_text="ZeroDivisionError").wait_for()
    source.fill("6 * 7")
    source.press("Shift+Enter")
    output.filter(has_text="42").wait_for()
    assert "ZeroDivisionError" not in output.inner_text()


def test_what_is_run_while_the_cell_is_busy_gets_its_turn(page, code):
    source, output = code.locator("pre[contenteditable]"), code.locator(".live-output")
    source.fill("import time\nprint('asleep')\ntime.sleep(2)")
    source.press("Shift+Enter")
    output.filter(has_text="asleep").wait_for()
    source.fill("print('awake')")
    source.press("Shift+Enter")
    source.press("Shift+Enter")
    code.get_by_role("button", name="Stop").wait_for()
    output.filter(has_text="awake").wait_for()
    assert output.inner_text().strip() == "awake"  # once


def test_a_cell_without_end_is_stopped(page, code):
    source, output = code.locator("pre[contenteditable]"), code.locator(".live-output")
    source.fill("print('round and round')\nwhile True:\n    pass")
    source.press("Shift+Enter")
    output.filter(has_text="round and round").wait_for()
    code.get_by_role("button", name="Stop").click()
    output.filter(has_text="KeyboardInterrupt").wait_for()
    code.get_by_role("button", name="Run").wait_for()


def test_an_explorers_code_is_folded_and_opens(page, explorer):
    folded = page.locator("section.present pre[contenteditable]")
    assert not folded.is_visible()
    page.locator("section.present summary").click()
    assert folded.is_visible()
    assert "def draw(fig, rate, epoch):" in folded.inner_text()


def test_the_speaker_has_notes_and_no_kernel_of_their_own(page, explorer):
    sessions = "fetch('/api/sessions').then(all => all.json()).then(all => all.map(e => e.id))"
    before = page.evaluate(sessions)
    with page.expect_popup() as popup:
        page.keyboard.press("s")
    speaker = popup.value
    speaker.locator(".speaker-controls-notes:not(.hidden)", has_text="Say this.").wait_for()
    speaker.frame_locator("iframe").first.locator("section.present h2").wait_for()
    speaker.wait_for_load_state("networkidle")
    speaker.close()
    assert page.evaluate(sessions) == before
    assert len(before) == 1
    assert page.locator("#live-says").inner_text() == "Live"


def test_no_other_host_is_asked_and_nothing_went_wrong(page, lecture):
    host = lecture.split("/lecture")[0]
    asked = {url for url in page.asked if not url.startswith(("data:", "blob:", "about:"))}
    assert len(asked) > 10
    assert all(url.startswith(host) for url in asked), asked
    assert not page.problems


def test_without_the_token_nobody_comes_in(browser, lecture):
    with browser.new_context() as context:
        stranger = context.new_page()
        stranger.goto(lecture.split("?")[0])
        assert not stranger.locator("#live-data").count()
        assert context.request.get(lecture.split("/lecture")[0] + "/api/sessions").status == 403


def test_letters_are_large_enough_for_the_last_row(page):
    letters = page.locator(".live-output :is(.widget-label, .widget-html-content, .widget-readout)")
    sizes = letters.evaluate_all("all => all.map(e => parseFloat(getComputedStyle(e).fontSize))")
    assert sizes
    assert min(sizes) >= 20  # of 800, as in the deck


# The command.


@pytest.mark.parametrize("chapter", ["", "99", "1"])
def test_a_wrong_chapter_is_named_with_the_known_ones(chapter, book):
    command = [sys.executable, ROOT / "tools" / "teach.py", "--check", chapter, f"--book={book}"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8")
    assert done.returncode == 1
    assert done.stderr == f"CHAPTER is {chapter!r}, but must be one of 01\n"


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_is_found_by_its_number_and_by_its_name(path):
    assert find(path.name[:2], ROOT) == find(path.stem, ROOT) == path


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_the_deck_of_every_chapter_finds_its_cells_in_the_notebook(path, site):
    page = live_page(path, site / "slides" / f"{path.stem}.html", "secret")
    assert page.count("data-cell=") >= 3


def test_a_deck_that_is_older_than_its_notebook_is_refused(book, tmp_path):
    notebook = nbformat.read(book / "chapters" / "01-waves.ipynb", 4)
    notebook.cells[-1].source = "something = 'else'"
    nbformat.write(notebook, tmp_path / "01-waves.ipynb")
    with pytest.raises(ValueError, match=r"begins with\n    total = 0\n.*make book"):
        live_page(tmp_path / "01-waves.ipynb", book / "_build/html/slides/01-waves.html", "secret")
