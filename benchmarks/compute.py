"""How long until a reader who presses Compute any value sees the first computed picture?

    python benchmarks/compute.py [CHAPTER:EXPLORER ...]

In Chromium, with Pyodide from a folder on this machine: the network's part is left out, which on
10 MB a second is three seconds more. Cold: from the press until the picture is there. Then
moves of the first slider to values that were not drawn before: the median and the slowest.
Needs the built site (make book) and a Chromium.
"""

import contextlib
import statistics
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path += [str(ROOT / "tests"), str(ROOT / "tools"), str(ROOT / "_ext")]

import computing  # noqa: E402
import pyodide  # noqa: E402
from browser import chromium  # noqa: E402
from serve import serving  # noqa: E402
from walk import open_predictions  # noqa: E402

MOVES = 20
EXPLORERS = [
    "01-the-neuron:steepness",
    "01-the-neuron:grown",
    "05-backpropagation:flow",
    "08-initialization:layers",
    "10-gradient-descent:three_walkers",
    "11-optimizers:heavy_ball",
    "11-optimizers:race",
    "13-regularization:ball",
    "15-loss-curves:teeth",
]

# Milliseconds from the press until the first computed picture is decoded, told by its address.
FIRST = """f => new Promise((done, fail) => {
    const begin = performance.now(), picture = f.querySelector('.explore-picture');
    new MutationObserver(() => {
        if (picture.src.startsWith('blob:'))
            picture.decode().then(() => done(performance.now() - begin));
    }).observe(picture, {attributes: true});
    const status = f.querySelector('.explore-status');
    new MutationObserver(() => /failed|did not come/.test(status.textContent) &&
        fail(new Error(status.textContent))).observe(status, {childList: true});
    f.querySelector('.explore-compute').click();
})"""
MOVE = """([f, slider, at]) => new Promise(done => {
    const begin = performance.now(), picture = f.querySelector('.explore-picture');
    const was = picture.src;
    const watch = new MutationObserver(() => {
        if (picture.src === was) return;
        watch.disconnect();
        picture.decode().then(() => done(performance.now() - begin));
    });
    watch.observe(picture, {attributes: true});
    slider.value = at;
    slider.dispatchEvent(new Event('input', {bubbles: true}));
})"""


@contextlib.contextmanager
def site_with_python():
    """The built site beside Pyodide, on one server."""
    with tempfile.TemporaryDirectory() as tmp:
        for path in (ROOT / "_build" / "html").iterdir():
            (Path(tmp) / path.name).symlink_to(path)
        (Path(tmp) / "pyodide").symlink_to(pyodide.distribution())
        with serving(tmp) as address:
            yield address


def measure(browser, address, chapter, name):
    """(milliseconds to the first picture, milliseconds of each move)."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(600_000)
    page.goto(f"{address}/chapters/{chapter}.html")
    page.wait_for_selector("figure.explore-on", state="attached")
    open_predictions(page)
    figure = page.locator(f'figure[data-name="{name}"]').element_handle()
    figure.evaluate("(f, home) => (f.dataset.python = home)", f"{address}/pyodide/")
    first = figure.evaluate(FIRST)
    slider = figure.query_selector("[data-between] input")
    last = int(slider.get_attribute("max"))
    places = [1 + (7 * k * k + 3 * k) % (last - 1) for k in range(1, MOVES + 1)]
    moves, seen = [], {int(slider.input_value())}
    for at in places:
        if at not in seen:  # what was drawn already is remembered
            seen.add(at)
            moves.append(page.evaluate(MOVE, [figure, slider, at]))
    context.close()
    return first, moves


if __name__ == "__main__":
    asked = sys.argv[1:] or EXPLORERS
    print(f"{'':<36}{'cells':>7}{'first picture':>16}{'a move':>10}{'slowest':>10}")
    with chromium() as browser, site_with_python() as address:
        for chapter, _, name in (each.partition(":") for each in asked):
            cells = len(computing.chapter(ROOT / "chapters" / f"{chapter}.ipynb")[name]["cells"])
            first, moves = measure(browser, address, chapter, name)
            print(
                f"{chapter[:2]} {name:<33}{cells:>7}{first / 1000:>14.1f} s"
                f"{statistics.median(moves):>7.0f} ms{max(moves):>7.0f} ms",
                flush=True,
            )
