"""How long from a move of a slider until the new picture is on the screen? Medians, in Chromium.

    python benchmarks/sliders.py

The built site first, then `explore` in a live JupyterLab and `ipywidgets.interact` with an inline
figure of the same drawing, key by key in turn in one notebook. There a step goes to the next stop,
which explore has drawn ahead, and a jump goes five stops on, which nobody expected.
Needs the built site (make book) and a Chromium.
"""

import statistics
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path += [str(ROOT / "tests"), str(ROOT / "tools")]

from browser import chromium  # noqa: E402
from lab import WAVE, open_and_run, running_lab, write_notebook  # noqa: E402
from serve import serving  # noqa: E402
from walk import open_predictions  # noqa: E402

MOVES = 30

INTERACT = """
%matplotlib inline
from nnlib.picture import DPI
import matplotlib.pyplot as plt
from ipywidgets import SelectionSlider, interact

@interact(rate=SelectionSlider(options=range(200), continuous_update=True))
def again(rate):
    with plt.rc_context(plots.STYLE):
        fig = plt.figure(figsize=plots.WIDE, dpi=DPI)
        print(draw(fig, rate))
        plt.show()
"""

# From the event that moves the slider until a changed picture is decoded and painted.
WAIT = """([root, event]) => {
    window.took = new Promise(done => {
        let begin;
        const start = () => (begin = performance.now());
        root.addEventListener(event, start, {capture: true, once: true});
        const sources = () => [...root.querySelectorAll('img')].map(img => img.src).join();
        const before = sources();
        new MutationObserver(async (_, me) => {
            const img = [...root.querySelectorAll('img')].pop();
            if (!img || sources() === before) return;
            me.disconnect();
            await img.decode();
            requestAnimationFrame(() => setTimeout(() => done(performance.now() - begin)));
        }).observe(root, {subtree: true, childList: true, attributes: true});
    });
}"""


def press(page, root, handle, key, event="keydown"):
    """Milliseconds from one key press until the picture it asks for is painted."""
    page.evaluate(WAIT, [root.element_handle(), event])
    handle.focus()
    page.keyboard.press(key)
    return page.evaluate("() => window.took")


def on_the_site(browser):
    """The first slider of every chapter's every explorer, a few keys each."""
    html, times = ROOT / "_build" / "html", []
    with serving(html) as address:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        for path in sorted((html / "chapters").glob("*.html")):
            page.goto(f"{address}/chapters/{path.name}")
            open_predictions(page)
            for figure in page.locator("figure.explore-on").all():
                figure.scroll_into_view_if_needed()
                page.wait_for_load_state("networkidle")
                for slider in figure.locator("input[type=range]").all():
                    for key in ("ArrowRight", "ArrowLeft"):
                        if slider.input_value() != slider.get_attribute(
                            "max" if key == "ArrowRight" else "min"
                        ):
                            times.append(press(page, figure, slider, key))
    return times


def in_the_lab(browser):
    """explore and interact in one notebook, a key press each in turn."""
    with tempfile.TemporaryDirectory() as folder:
        write_notebook(Path(folder) / "bench.ipynb", WAVE, INTERACT)
        with running_lab(folder) as lab:
            page = browser.new_page(viewport={"width": 1300, "height": 950})
            open_and_run(page, lab, "bench.ipynb")
            cells = page.locator(".jp-CodeCell")
            roots = [cells.nth(i).locator(".jp-Cell-outputWrapper") for i in (0, 1)]
            for root in roots:
                root.locator("img").last.wait_for(timeout=60_000)
            times = {}
            for move in range(2 * MOVES):
                key = ("ArrowRight", "PageUp")[move % 2]
                for name, root in zip(("explore", "interact"), roots, strict=True):
                    handle = root.locator(".noUi-handle")
                    handle.scroll_into_view_if_needed()
                    took = press(page, root, handle, key)
                    page.wait_for_timeout(120)  # let the kernel come to rest
                    if move >= 6:  # the first moves warm up
                        times.setdefault((name, key), []).append(took)
            return times


def row(name, times):
    quartiles = statistics.quantiles(times, n=4)
    print(
        f"{name:<34}{quartiles[1]:>8.0f}{quartiles[0]:>10.0f} – {quartiles[2]:.0f}{len(times):>10}"
    )


if __name__ == "__main__":
    with chromium() as browser:
        site = on_the_site(browser)
        live = in_the_lab(browser)
    print(f"{'milliseconds, input to painted':<34}{'median':>8}{'quartiles':>14}{'moves':>10}")
    row("built site", site)
    for key, move in (("ArrowRight", "a step"), ("PageUp", "a jump")):
        ours, theirs = live["explore", key], live["interact", key]
        row(f"live kernel, {move}: explore", ours)
        row(f"live kernel, {move}: interact", theirs)
        ratio = statistics.median(theirs) / statistics.median(ours)
        print(f"explore answers {move} {ratio:.1f} times as fast as interact")
