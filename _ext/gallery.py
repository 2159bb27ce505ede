"""The whole book at one glance: a card for each chapter, with a picture from its own explorers.

```{gallery}
01 | explorer | the chapter's question | what the reader moves
```
"""

import re
from html import escape, unescape
from pathlib import Path

import nbformat
from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.util import logging

logger = logging.getLogger(__name__)

FIGURE = re.compile(
    r'<figure class="explore" data-name="([^"]+)" data-frames="([^"]+)" data-first="(\d+)"'
)
CARD = re.compile(r'data-from="([\w-]+):(\w+)" src="[^"]*"')


class Gallery(Directive):
    has_content = True

    def run(self):
        env = self.state.document.settings.env
        cards = "".join(self.card(env, *re.split(r"\s*\|\s*", line)) for line in self.content)
        return [nodes.raw("", f'<div class="gallery">{cards}</div>', format="html")]

    def card(self, env, number, explorer, asks, moves):
        (path,) = Path(env.srcdir, "chapters").glob(f"{number}-*.ipynb")
        title = nbformat.read(path, 4).cells[0].source.splitlines()[0].lstrip("# ")
        return (
            f'<a class="gallery-card" href="chapters/{path.stem}.html">'
            f'<img data-from="{path.stem}:{explorer}" src="" width="800" height="438" '
            f'loading="lazy" alt="A picture from {escape(title)}: {escape(moves)}">'
            f'<span class="gallery-title">{escape(title)}</span>'
            f'<span class="gallery-asks">{escape(asks)}</span>'
            f'<span class="gallery-moves">You move {escape(moves)}.</span></a>'
        )


def first_pictures(html, chapter):
    """{explorer: address of its first picture} of a built chapter, seen from the front page."""
    page = (html / "chapters" / f"{chapter}.html").read_text(encoding="utf-8")
    return {
        unescape(name): frames.removeprefix("../") + first + ".webp"
        for name, frames, first in FIGURE.findall(page)
    }


def hang(app, exception):
    """Put the pictures into the cards, again at each build: a chapter's may have changed."""
    index = Path(app.outdir) / "index.html"
    if exception or app.builder.format != "html" or not index.exists():
        return

    def picture(match):
        chapter, explorer = match.groups()
        known = first_pictures(index.parent, chapter)
        if explorer not in known:
            logger.warning(
                "gallery: %s has no explorer %s, but %s", chapter, explorer, ", ".join(known)
            )
        return f'data-from="{chapter}:{explorer}" src="{known.get(explorer, "")}"'

    text = index.read_text(encoding="utf-8")
    index.write_text(CARD.sub(picture, text), encoding="utf-8")


def setup(app):
    app.add_directive("gallery", Gallery)
    app.connect("build-finished", hang, priority=850)
    return {"parallel_read_safe": True}
