"""How soon is a page there for a reader far away? Every page of the book, in a slow Chromium.

    python benchmarks/pages.py [NAME ...]

A line of 1.6 Mbit/s whose answers take 150 ms, a processor four times slower than this one, a
server that packs with gzip, and nothing in the browser's memory. NAME is a part of the addresses
to measure, such as chapters/. Needs the built site (make book) and a Chromium.

first, largest    seconds until the first and the largest content is painted
shift             cumulative layout shift, while loading and while scrolling to the end
kB                over the line until all is quiet, before a control is touched
answer            milliseconds from the first move of the first explorer until its picture is there
"""

import gzip
import io
import statistics
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "tools"))

import serve  # noqa: E402
from browser import chromium  # noqa: E402
from walk import pages_of  # noqa: E402

LINE = {
    "offline": False,
    "latency": 150,  # milliseconds
    "downloadThroughput": 1.6e6 / 8,  # bytes a second
    "uploadThroughput": 750e3 / 8,
}
SLOWER = 4
PACKED = (".html", ".css", ".js", ".svg", ".json", ".txt")

OBSERVE = """() => {
    window.seen = {largest: 0, shift: 0, what: ''};
    new PerformanceObserver(list => list.getEntries().forEach(entry => {
        seen.largest = entry.startTime;
        seen.what = entry.element?.tagName + ' ' + (entry.element?.className || '');
    })).observe({type: 'largest-contentful-paint', buffered: true});
    new PerformanceObserver(list => list.getEntries().forEach(entry => {
        if (!entry.hadRecentInput) seen.shift += entry.value;
    })).observe({type: 'layout-shift', buffered: true});
}"""
FIRST = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
SCROLL = """async () => {
    for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight / 2) {
        scrollTo(0, y);
        await new Promise(done => setTimeout(done, 120));
    }
}"""
# One stop to the right, and the time until the picture is another and decoded.
MOVE = """async figure => {
    const slider = figure.querySelector('input[type=range]');
    const picture = figure.querySelector('.explore-picture');
    const before = picture.src;
    const begin = performance.now();
    slider.value = Number(slider.value) + (slider.value === slider.max ? -1 : 1);
    slider.dispatchEvent(new Event('input', {bubbles: true}));
    while (picture.src === before) await new Promise(requestAnimationFrame);
    await picture.decode();
    return performance.now() - begin;
}"""


class Packing(serve.Handler):
    """What a host on the Internet does and tools/serve.py does not: gzip."""

    def send_head(self):
        path = Path(self.translate_path(self.path))
        if path.suffix not in PACKED or not path.is_file():
            return super().send_head()
        body = gzip.compress(path.read_bytes(), 6)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return io.BytesIO(body)


class Connection:
    """A tab on a slow line, which counts what comes over it."""

    def __init__(self, browser):
        self.context = browser.new_context(viewport={"width": 1280, "height": 800})
        self.page = self.context.new_page()
        self.bytes = 0
        tools = self.context.new_cdp_session(self.page)
        tools.send("Network.enable")
        tools.send("Network.emulateNetworkConditions", LINE)
        tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        tools.on("Network.loadingFinished", self.on_finished)
        self.page.add_init_script(f"({OBSERVE})()")

    def on_finished(self, event):
        self.bytes += event["encodedDataLength"]

    def measure(self, address):
        """A row of the table."""
        page = self.page
        page.goto(address, wait_until="networkidle", timeout=60_000)
        first, largest, what = page.evaluate(FIRST), *page.evaluate("[seen.largest, seen.what]")
        weight, answer = self.bytes, self.answer()
        page.evaluate(SCROLL)
        page.wait_for_load_state("networkidle", timeout=60_000)
        shift = page.evaluate("seen.shift")
        return first / 1000, largest / 1000, shift, weight / 1000, answer, what

    def answer(self):
        """Milliseconds, or None on a page without a slider in sight."""
        if self.page.locator("figure.explore").count():
            self.page.wait_for_selector("figure.explore-on", state="attached", timeout=60_000)
        figures = self.page.locator("figure.explore-on:visible:has(input[type=range])")
        if not figures.count():
            return None
        figures.first.scroll_into_view_if_needed()
        self.page.wait_for_load_state("networkidle", timeout=60_000)
        return figures.first.evaluate(MOVE)


def row(name, first, largest, shift, weight, answer, what=""):
    answer = "–" if answer is None else f"{answer:.0f}"
    print(f"{name:<36}{first:>8.2f}{largest:>9.2f}{shift:>8.3f}{weight:>7.0f}{answer:>8}  {what}")


def main(parts):
    html = ROOT / "_build" / "html"
    names = [name for name in pages_of(html) if not parts or any(part in name for part in parts)]
    print(f"{'':<36}{'first':>8}{'largest':>9}{'shift':>8}{'kB':>7}{'answer':>8}")
    rows = []
    with chromium() as browser, serve.serving(html, Packing) as address:
        for name in names:
            connection = Connection(browser)  # a context of its own remembers nothing
            rows.append(connection.measure(f"{address}/{name}"))
            connection.context.close()
            row(name, *rows[-1])
    columns = [
        [value for value in column if value is not None] for column in zip(*rows, strict=True)
    ]
    row("median", *(statistics.median(column) if column else None for column in columns[:-1]))
    row("worst", *(max(column, default=None) for column in columns[:-1]))


if __name__ == "__main__":
    main(sys.argv[1:])
