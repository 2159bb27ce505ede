"""A chapter's lecture with a live kernel: make teach CHAPTER=11, or python tools/teach.py 11

The page is the chapter's deck. A Jupyter server of its own, on this machine alone, gives it a
kernel, and thebe-core connects the two: it speaks to the kernel and shows outputs and widgets.
thebe-core is kept up by the Executable Books project and knows ipywidgets 8. JupyterLab's slides
(jupyterlab-rise) show no widgets and ask another host; voila-reveal is no longer kept up.

What stands behind the chapter goes to the server: --no-browser, --port=9999, --allow-root.
"""

import argparse
import json
import os
import sys
from pathlib import Path

from bs4 import BeautifulSoup
from jupyter_server.base.handlers import FileFindHandler, JupyterHandler
from jupyter_server.serverapp import ServerApp
from sphinx.errors import ExtensionError
from tornado import web

ROOT = Path(__file__).resolve().parent.parent
OWN = ROOT / "_ext" / "live"  # live.css, live.js
sys.path.append(str(ROOT / "_ext"))

import npm  # noqa: E402

PACKAGE = "thebe-core@0.5.0"
SHA512 = "LIAbySgyoH8PPojNOwTwnjHta332CXtqVMPtgC3wBuIkHkgQpJYZUkWGvZR+T6pkgmjIei/WkKMFtV1jstXwWA=="
FILES = {
    "dist/lib/*.min.js": "",
    "dist/lib/*.LICENSE.txt": "",
    "dist/lib/thebe-core.css": "thebe-core.css",
    "LICENSE": "LICENSE.txt",
}


def find(chapter, book):
    """The notebook of a chapter: 11, or 11-optimizers."""
    known = sorted((book / "chapters").glob("[0-9][0-9]-*.ipynb"))
    for path in known:
        if chapter in (path.stem, path.name[:2]):
            return path
    numbers = ", ".join(path.name[:2] for path in known)
    raise ValueError(f"CHAPTER is {chapter!r}, but must be one of {numbers}")


def live_page(notebook, deck, token):
    """The deck with its cells numbered as in the notebook, and with what brings them to life."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    page = BeautifulSoup(deck.read_text(encoding="utf-8"), "html.parser")
    at = -1
    for cell in page.select(".slides .cell"):
        source = cell.select_one(".cell_input pre")
        if source is None:
            continue
        text = source.get_text().strip()
        at = next((n for n in range(at + 1, len(code)) if code[n].strip() == text), None)
        if at is None:
            begin = text.splitlines()[0]
            raise ValueError(
                f"{deck.name} has a cell that {notebook.name} has not; it begins with\n"
                f"    {begin}\nBuild the book anew: make book"
            )
        cell["data-cell"] = at
    about = {"token": token, "path": notebook.name, "code": code}
    data = json.dumps(about).replace("<", "\\u003c")
    page.head.append(tag(page, "link", rel="stylesheet", href="../live/thebe-core.css"))
    page.head.append(tag(page, "link", rel="stylesheet", href="../live/live.css"))
    page.body.append(tag(page, "script", data, id="live-data", type="application/json"))
    page.body.append(tag(page, "script", src="../live/thebe-core.min.js"))
    page.body.append(tag(page, "script", src="../live/live.js"))
    return str(page)


def tag(page, name, text="", **attributes):
    made = page.new_tag(name, **attributes)
    made.string = text
    return made


class Lecture(JupyterHandler):
    """The live page, made anew at every visit: a deck that was built again is shown as it is."""

    def initialize(self, notebook, deck):
        self.notebook, self.deck = notebook, deck

    @web.authenticated
    def get(self):
        self.finish(live_page(self.notebook, self.deck, self.identity_provider.token))


def serve(notebook, site, arguments):
    """The lecture, until Ctrl+C."""
    name = f"{notebook.stem}.html"
    deck, thebe = site / "slides" / name, str(npm.fetch(PACKAGE, SHA512, FILES))
    app = ServerApp.instance(
        root_dir=str(notebook.parent),  # the kernel runs there, as while the book is built
        open_browser=True,
        default_url=f"/lecture/slides/{name}",
        log_level="WARN",
        answer_yes=True,  # to the question that Ctrl+C asks
    )
    # No extensions: the lecture needs none, and one of them may ask another host for its news.
    app.initialize([*arguments], find_extensions=False)
    base = app.base_url.rstrip("/")
    app.web_app.add_handlers(
        ".*$",
        [
            (f"{base}/lecture/slides/{name}", Lecture, {"notebook": notebook, "deck": deck}),
            (f"{base}/lecture/live/(.*)", FileFindHandler, {"path": [str(OWN), thebe]}),
            # thebe-core asks for its further parts at the root.
            (r"/(\d+\.thebe-core\.min\.js)", FileFindHandler, {"path": [thebe]}),
            (f"{base}/lecture/(.*)", FileFindHandler, {"path": [str(site)]}),
        ],
    )
    app.start()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("chapter", nargs="?", default="", help="its number, such as 11")
    parser.add_argument("--check", action="store_true", help="only say whether there is such one")
    parser.add_argument("--book", type=Path, default=ROOT, help="default: this one")
    mine, arguments = parser.parse_known_args()
    book = mine.book.resolve()
    try:
        notebook = find(mine.chapter, book)
        if mine.check:
            return
        site = book / "_build" / "html"
        deck = site / "slides" / f"{notebook.stem}.html"
        if not deck.is_file():
            raise ValueError(f"There is no deck {deck} yet: run `make book` first.")
        live_page(notebook, deck, "")  # says now, rather than in the browser, what is wrong
        os.environ.pop("NNLIB_FRAMES", None)  # the explorers shall be widgets
        serve(notebook, site, arguments)
    except (ValueError, ExtensionError) as error:
        parser.exit(1, f"{error}\n")


if __name__ == "__main__":
    main()
