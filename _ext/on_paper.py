"""Links to the book on paper and on an e-reader, on a site to which they have been put.

    ```{on-paper}
    :pdf: The whole book, to print
    :epub: for an e-reader
    ```

shows these words as links to _build/book.pdf, which `make pdf` writes, and to _build/book.epub,
which `make epub` writes: to those that are there.
"""

import re
import shutil
from html import escape
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive, directives

KINDS = ("pdf", "epub")
LINKS = re.compile(r'<p class="on-paper"([^>]*)>.*?</p>')
WORDS = re.compile(r'data-(\w+)="([^"]*)"')


class OnPaper(Directive):
    option_spec = dict.fromkeys(KINDS, directives.unchanged_required)

    def run(self):
        words = "".join(f' data-{kind}="{escape(said)}"' for kind, said in self.options.items())
        return [nodes.raw("", f'<p class="on-paper"{words}></p>', format="html")]


def hang(app, exception):
    """Put the files on the site and their links on the front page, at each build anew."""
    out = Path(app.outdir)
    index = out / "index.html"
    if exception or app.builder.format != "html" or not index.exists():
        return
    sizes = {}
    for kind in KINDS:
        made = out.parent / f"book.{kind}"
        (out / made.name).unlink(missing_ok=True)
        if made.exists():
            shutil.copy2(made, out / made.name)
            sizes[kind] = f"{kind.upper()}, {made.stat().st_size / 1e6:.0f} MB"

    def links(found):
        shown = [
            f'<a href="book.{kind}">{said}</a> ({sizes[kind]})'
            for kind, said in WORDS.findall(found[1])
            if kind in sizes
        ]
        return f'<p class="on-paper"{found[1]}>{", ".join(shown)}</p>'

    text = index.read_text(encoding="utf-8")
    index.write_text(LINKS.sub(links, text), encoding="utf-8")


def setup(app):
    app.add_directive("on-paper", OnPaper)
    app.connect("build-finished", hang)
    return {"parallel_read_safe": True}
