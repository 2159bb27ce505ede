"""The link to the book on paper, on a site to which `make pdf` has put it.

    ```{on-paper}
    The whole book, to print
    ```

shows these words as a link if _build/book.pdf is there, and else nothing.
"""

import re
import shutil
from html import escape
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive

LINK = re.compile(r'<p class="on-paper" data-words="([^"]*)">.*?</p>')


class OnPaper(Directive):
    has_content = True

    def run(self):
        words = escape(" ".join(self.content))
        return [nodes.raw("", f'<p class="on-paper" data-words="{words}"></p>', format="html")]


def hang(app, exception):
    """Put the file on the site and its link on the front page, at each build anew."""
    out = Path(app.outdir)
    index = out / "index.html"
    if exception or app.builder.format != "html" or not index.exists():
        return
    pdf = out.parent / "book.pdf"
    shown = r'<p class="on-paper" data-words="\1"></p>'
    if pdf.exists():
        shutil.copy2(pdf, out / pdf.name)
        size = f"{pdf.stat().st_size / 1e6:.0f} MB"
        shown = (
            rf'<p class="on-paper" data-words="\1"><a href="{pdf.name}">\1</a> (PDF, {size})</p>'
        )
    else:
        (out / pdf.name).unlink(missing_ok=True)
    text = index.read_text(encoding="utf-8")
    index.write_text(LINK.sub(shown, text), encoding="utf-8")


def setup(app):
    app.add_directive("on-paper", OnPaper)
    app.connect("build-finished", hang)
    return {"parallel_read_safe": True}
