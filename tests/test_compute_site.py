"""Compute any value in a real browser: Python arrives, draws what lies between, fails politely."""

import re
import shutil
from pathlib import Path
from types import SimpleNamespace

import computing
import nbformat
import pyodide
import pytest
from conftest import WIDE
from serve import serving
from walk import open_predictions, wait_for_picture

from nnlib.compute import Computed, run
from nnlib.frames import page as explorer_html

ROOT = Path(__file__).resolve().parent.parent

HOME = "https://cdn.jsdelivr.net/"
LOADED = 240_000  # milliseconds: Python on a busy machine
ON_ITS_WAY = "The picture for this setting is on its way …"
NUMBER = re.compile(r"[−-]?\d+(?:\.\d+)?")

# An explorer that fails between 2 and 3, and is slow beyond.
SMALL = """
import time

from nnlib import Stops, explore


def draw_small(fig, x, kind):
    fig.subplots().plot([0, x])
    if 2 < x < 3:
        raise ValueError(f"there is nothing at {x:g}")
    if x > 3:
        time.sleep(0.3)
    return f"{kind} at {x:g}."
"""
CALL = "explore(draw_small, x=Stops((1.0, 2.0, 3.0, 4.0), between=True), kind=['one', 'other'])"


@pytest.fixture(scope="module")
def python():
    """Pyodide's usual home, as a folder here."""
    return pyodide.distribution()


@pytest.fixture
def tab(browser, python):
    """A tab for which that folder is Pyodide's usual home; `asked` is what was asked of hosts."""
    context = browser.new_context(viewport=WIDE)
    asked = []

    def from_folder(route):
        asked.append(route.request.url)
        file = python / route.request.url.rpartition("/")[2]
        route.fulfill(path=file, headers={"Access-Control-Allow-Origin": "*"})

    context.route(f"{HOME}**", from_folder)
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.asked = asked
    yield page
    context.close()


def open_at(page, address, name):
    """The explorer of that name, within view and answered if it asks first."""
    page.goto(address)
    page.wait_for_selector("figure.explore-on", state="attached")
    open_predictions(page)
    figure = page.locator(f'figure[data-name="{name}"]')
    figure.scroll_into_view_if_needed()
    return figure


def size_of_picture(figure):
    """Its width and height in pixels, when it has come."""
    picture = figure.locator(".explore-picture")
    wait_for_picture(picture)
    return picture.evaluate("p => [p.naturalWidth, p.naturalHeight]")


def status(figure):
    return figure.locator(".explore-status")


def is_computing(figure):
    status(figure).get_by_text("Every value between").wait_for(timeout=LOADED)
    settled(figure)


def settled(figure):
    """Wait until the newest question is answered."""
    figure.page.wait_for_function(
        "f => f.querySelector('.explore-picture').src.startsWith('blob:')",
        arg=figure.element_handle(),
        timeout=LOADED,
    )


def move(figure, control, at):
    """Put a slider on a position, as a drag does."""
    slider = figure.locator(f'[data-control="{control}"] input')
    slider.evaluate(
        "(s, at) => { s.value = at; s.dispatchEvent(new Event('input', {bubbles: true})); }", at
    )
    return slider


def says(figure):
    return figure.locator(".explore-says").text_content()


def wait_for_sentence(figure, before):
    figure.page.wait_for_function(
        "([f, old, waits]) => ![old, waits].includes(f.querySelector('.explore-says').textContent)",
        arg=[figure.element_handle(), before, ON_ITS_WAY],
        timeout=LOADED,
    )
    return says(figure)


def alike(one, other):
    """Is this the same sentence, but for one unit in the last digit of each number?"""
    if NUMBER.sub("#", one) != NUMBER.sub("#", other):
        return False
    for a, b in zip(NUMBER.findall(one), NUMBER.findall(other), strict=True):
        unit = 10.0 ** -len(a.partition(".")[2])
        if abs(float(a.replace("−", "-")) - float(b.replace("−", "-"))) > 1.001 * unit:
            return False
    return True


def here(chapter, name, monkeypatch):
    """The same explorer on this machine."""
    path = ROOT / "chapters" / f"{chapter}.ipynb"
    monkeypatch.chdir(path.parent)
    parts = computing.chapter(path)[name]
    return Computed(run(parts["cells"], parts["call"]))


@pytest.mark.parametrize(
    ("chapter", "name", "control"),
    [
        ("01-the-neuron", "steepness", "steepness"),
        ("06-activations", "saturation", "g"),
        ("11-optimizers", "heavy_ball", "momentum"),
    ],
)
def test_the_browser_says_what_python_says_here(tab, base_url, chapter, name, control, monkeypatch):
    figure = open_at(tab, f"{base_url}/chapters/{chapter}.html", name)
    size = size_of_picture(figure)
    assert tab.asked == []
    before = says(figure)
    button = figure.locator(".explore-compute")
    assert "loads about" in button.text_content()
    button.focus()
    tab.keyboard.press("Enter")
    is_computing(figure)
    assert button.get_attribute("aria-pressed") == "true"
    assert button.evaluate("b => b === document.activeElement")
    assert all(url.startswith(computing.URL) for url in tab.asked)
    computed = here(chapter, name, monkeypatch)
    assert alike(says(figure), before)
    start = {key: stops.start for key, stops in computed.explorer.controls.items()}
    positions = {key: computed.values[key].index(value) for key, value in start.items()}
    stops = computed.explorer.controls[control].values
    for share in (0.3, 0.7):
        fine = computed.values[control]
        at = next(k for k in range(int(share * len(fine)), len(fine)) if fine[k] not in stops)
        positions[control] = at
        before = says(figure)
        slider = move(figure, control, at)
        text = computed.texts[list(start).index(control)][at]
        assert slider.get_attribute("aria-valuetext") == text
        said = wait_for_sentence(figure, before)
        assert alike(said, computed.draw(list(positions.values()))), said
        assert size_of_picture(figure) == size
        assert figure.locator(".explore-picture").get_attribute("alt") == said
    tab.wait_for_function("text => location.search.includes(encodeURIComponent(text))", arg=text)
    before = says(figure)
    button.click()
    wait_for_sentence(figure, before)
    assert button.get_attribute("aria-pressed") == "false"
    assert figure.locator(".explore-picture").get_attribute("src").endswith(".webp")
    slider = figure.locator(f'[data-control="{control}"] input')
    assert slider.get_attribute("max") == str(len(stops) - 1)


def test_without_a_network_the_stops_go_on(browser, base_url):
    context = browser.new_context(viewport=WIDE)
    context.route(f"{HOME}**", lambda route: route.abort())
    page = context.new_page()
    figure = open_at(page, f"{base_url}/chapters/01-the-neuron.html", "steepness")
    figure.locator(".explore-compute").click()
    status(figure).get_by_text("did not come from cdn.jsdelivr.net").wait_for(timeout=20_000)
    assert "The stops go on working" in status(figure).text_content()
    assert figure.locator(".explore-compute").get_attribute("aria-pressed") == "false"
    before = says(figure)
    move(figure, "steepness", 5)
    assert "steepness 8" in wait_for_sentence(figure, before)
    context.close()


def test_from_a_disk_it_says_why_it_cannot(browser, site):
    page = browser.new_page(viewport=WIDE)
    figure = open_at(page, (site / "chapters/01-the-neuron.html").as_uri(), "steepness")
    figure.locator(".explore-compute").click()
    status(figure).get_by_text("opened from a disk").wait_for()
    before = says(figure)
    move(figure, "steepness", 5)
    assert "steepness 8" in wait_for_sentence(figure, before)
    page.close()


def test_a_link_to_a_value_between_offers_to_compute_it(tab, base_url):
    address = f"{base_url}/chapters/01-the-neuron.html?steepness.steepness=2.9"
    figure = open_at(tab, address, "steepness")
    assert "steepness = 2.9" in status(figure).text_content()
    assert "steepness 2," in says(figure)
    assert tab.asked == []
    tab.wait_for_timeout(800)
    assert "2.9" in tab.url
    figure.locator(".explore-compute").click()
    is_computing(figure)
    assert "steepness 2.9," in says(figure)


def test_loading_can_be_cancelled(browser, base_url):
    context = browser.new_context(viewport=WIDE)
    held = []
    context.route(f"{HOME}**", lambda route: held.append(route))  # never answered
    page = context.new_page()
    figure = open_at(page, f"{base_url}/chapters/01-the-neuron.html", "steepness")
    figure.locator(".explore-compute").click()
    status(figure).get_by_text("Downloading Python").wait_for()
    cancel = figure.locator(".explore-cancel")
    cancel.focus()
    page.keyboard.press("Enter")
    status(figure).get_by_text("Python was stopped").wait_for()
    assert cancel.is_hidden()
    button = figure.locator(".explore-compute")
    assert button.get_attribute("aria-pressed") == "false"
    assert button.evaluate("b => b === document.activeElement")
    assert held
    context.close()


def test_in_a_lecture_it_works_as_on_the_page(tab, base_url):
    tab.goto(f"{base_url}/slides/01-the-neuron.html")
    figure = tab.locator('figure[data-name="steepness"]')
    number = figure.evaluate(
        """f => {
            const {h, v} = Reveal.getIndices(f.closest('section'));
            Reveal.slide(h, v);
            document.querySelectorAll('.fragment').forEach(e => e.classList.add('visible'));
            return h;
        }"""
    )
    figure.locator(".explore-compute").click()
    is_computing(figure)
    before = says(figure)
    slider = figure.locator('[data-control="steepness"] input')
    slider.focus()
    tab.keyboard.press("ArrowRight")
    assert wait_for_sentence(figure, before)
    assert tab.evaluate("Reveal.getIndices().h") == number


@pytest.fixture(scope="module")
def small(tmp_path_factory, python):
    """A page with one explorer that fails and idles at times, and its own copy of Pyodide."""
    folder = tmp_path_factory.mktemp("small")
    source, out = folder / "source", folder / "out"
    (source / "chapters").mkdir(parents=True)
    (source / "pyodide").symlink_to(python)
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(SMALL), nbformat.v4.new_code_cell(CALL)]
    )
    nbformat.write(notebook, source / "chapters" / "01-small.ipynb")
    app = SimpleNamespace(
        outdir=out,
        srcdir=source,
        builder=SimpleNamespace(format="html"),
        config=SimpleNamespace(pyodide_url="pyodide"),
    )
    (out / "chapters").mkdir(parents=True)
    computing.write(app, None)
    body = explorer_html(run([SMALL], CALL), out / "_frames")
    context = {"body": body.replace("nnlib-frames:", "../_frames/")}
    computing.point_to_compute(app, "chapters/01-small", "page.html", context, None)
    for name in ("explore.js", "book.css"):
        shutil.copy(ROOT / "_static" / name, out)
    page = out / "chapters" / "01-small.html"
    page.write_text(
        '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Small</title>'
        f'<link rel="stylesheet" href="../book.css"><body>{context["body"]}'
        '<script src="../explore.js"></script></body></html>',
        encoding="utf-8",
    )
    with serving(out) as address:
        yield f"{address}/chapters/01-small.html"


@pytest.fixture
def small_figure(page, small):
    """Its explorer, computing, on a page that reaches no other host."""
    others = []
    page.on("request", lambda it: None if it.url.startswith(small[:17]) else others.append(it.url))
    figure = open_at(page, small, "small")
    assert "from this site" in figure.locator(".explore-compute").text_content()
    figure.locator(".explore-compute").click()
    is_computing(figure)
    yield figure
    assert [url for url in others if not url.startswith("blob:")] == []


def position(figure, text):
    """Where the slider says this."""
    slider = figure.locator('[data-control="x"] input')
    return slider.evaluate(
        """(s, text) => {
            const was = s.value;
            for (let at = 0; at <= Number(s.max); at++) {
                s.value = at;
                s.dispatchEvent(new Event('input', {bubbles: true}));
                if (s.getAttribute('aria-valuetext') === text) return at;
            }
            throw new Error('no position says ' + text + ', it was at ' + was);
        }""",
        text,
    )


def test_failures_fast_moves_and_play(small_figure):
    figure, page = small_figure, small_figure.page
    # `position` runs over all positions on its way: moves as fast as they come.
    at = position(figure, "1.5")
    page.wait_for_function(
        "f => f.querySelector('.explore-says').textContent === 'one at 1.5.'",
        arg=figure.element_handle(),
        timeout=LOADED,
    )
    assert figure.locator(".explore-waits").count() == 0
    # Where the drawing fails, its last line stands in place of the sentence.
    position(figure, "2.5")
    figure.locator(".explore-says").get_by_text("ValueError: there is nothing at 2.5").wait_for()
    assert "explore-waits" in figure.get_attribute("class")
    # And it goes on.
    move(figure, "x", at)
    figure.locator(".explore-says").get_by_text("one at 1.5.").wait_for()
    assert "explore-waits" not in figure.get_attribute("class")
    # An answer that comes late does not replace the one that was asked for last.
    seen = figure.evaluate_handle(
        """f => {
            const seen = [];
            const says = f.querySelector('.explore-says');
            const output = f.querySelector('output');
            new MutationObserver(() => seen.push([says.textContent, output.textContent]))
                .observe(says, {childList: true});
            return seen;
        }"""
    )
    for text in ("3.4", "3.6", "3.8"):
        position(figure, text)
        page.wait_for_timeout(100)
    figure.locator(".explore-says").get_by_text("one at 3.8.").wait_for(timeout=LOADED)
    page.wait_for_timeout(1000)
    assert says(figure) == "one at 3.8."
    told = [each for each in seen.json_value() if each[0] != ON_ITS_WAY]
    assert all(f"at {text}" in sentence for sentence, text in told)


def test_a_folder_without_pyodide_stops_the_build(tmp_path):
    app = SimpleNamespace(
        outdir=tmp_path,
        srcdir=ROOT,
        builder=SimpleNamespace(format="html"),
        config=SimpleNamespace(pyodide_url="nowhere"),
    )
    with pytest.raises(computing.ExtensionError, match=r"holds pyodide\.js, got nowhere"):
        computing.write(app, None)


def test_the_page_tells_the_megabytes_that_come(python):
    core = ["pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip"]
    needed = ["numpy", "matplotlib", "contourpy", "cycler", "fonttools", "kiwisolver", "packaging"]
    needed += ["pillow", "pyparsing", "python_dateutil", "pytz", "six"]
    found = [next(python.glob(f"{name}-*.whl")) for name in needed]
    total = sum(file.stat().st_size for file in [*found, *(python / name for name in core)])
    assert abs(total / 1e6 - computing.MEGABYTES) < 3
