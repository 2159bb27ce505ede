"""A lecture for each chapter: reveal.js decks made of the chapter's own cells.

A cell says in its slideshow metadata, as in JupyterLab's property inspector, what it is: slide,
subslide, fragment, notes for the speaker, skip, or nothing: then it goes on the slide before it.
The pages of the decks are taken from the built pages of the chapters, with their typeset formulas,
their boxes and their explorers.
"""

import json
import shutil
from html import escape
from pathlib import Path

import npm
from bs4 import BeautifulSoup, Comment
from docutils import nodes
from docutils.parsers.rst import Directive

PACKAGE = "reveal.js@6.0.2"
SHA512 = "JYIg5D9aoxoaLeb84O+OvAwsKWdIavVgEDScxtYEXFCT6t6TQrhNtSgogcjdCpdLsWglhJn3zyE3fUOwiH5KEg=="
FILES = {
    "dist/reset.css": "reset.css",
    "dist/reveal.css": "reveal.css",
    "dist/reveal.js": "reveal.js",
    "dist/plugin/notes.js": "notes.js",
    "LICENSE": "LICENSE.txt",
}
OWN = Path(__file__).with_name("deck")  # deck.css, deck.js
KINDS = ("slide", "subslide", "fragment", "notes", "skip", "-")


class Mark(Directive):
    """Where a cell begins, and what it is in the deck: a comment, which the page does not show."""

    required_arguments = 1

    def run(self):
        return [nodes.raw("", f"<!--deck:{self.arguments[0]}-->", format="html")]


def kind(cell):
    return cell["metadata"].get("slideshow", {}).get("slide_type", "-") or "-"


def mark_cells(app, docname, source):
    """Put a mark before every cell of a chapter but its title."""
    if not docname.startswith("chapters/"):
        return
    notebook = json.loads(source[0])
    title, *cells = notebook["cells"]
    marked = [title]
    for number, cell in enumerate(cells):
        marked.append(
            {
                "cell_type": "markdown",
                "id": f"deck-{number}",
                "metadata": {},
                "source": f":::{{deck-mark}} {kind(cell)}\n:::",
            }
        )
        marked.append(cell)
    notebook["cells"] = marked
    source[0] = json.dumps(notebook, ensure_ascii=False)


def pieces(element):
    """The blocks of a page in reading order, out of the sections that nest them."""
    for child in element.children:
        if isinstance(child, Comment) or getattr(child, "name", None) not in (None, "section"):
            yield child
        elif child.name == "section" and "quiz" not in child.get("class", []):
            yield from pieces(child)


def slides(body):
    """[[slide, subslide, ...], ...]: each a dict of what it shows and what the speaker notes."""
    stacks = [[{"shows": [], "notes": []}]]
    kind = "-"
    for piece in pieces(BeautifulSoup(body, "html.parser")):
        if isinstance(piece, Comment):
            word = piece.strip()
            if not word.startswith("deck:"):
                continue
            kind = word.removeprefix("deck:")
            if kind == "slide":
                stacks.append([{"shows": [], "notes": []}])
            elif kind == "subslide":
                stacks[-1].append({"shows": [], "notes": []})
            continue
        for link in piece.select("a.headerlink"):
            link.decompose()
        here = stacks[-1][-1]
        if kind == "notes":
            here["notes"].append(str(piece))
        elif kind == "fragment":
            here["shows"].append(f'<div class="fragment">{piece}</div>')
        elif kind != "skip":
            here["shows"].append(str(piece))
    kept = [[each for each in stack if each["shows"]] for stack in stacks]
    return [stack for stack in kept if stack]


def section(slide):
    notes = f'<aside class="notes">{"".join(slide["notes"])}</aside>' if slide["notes"] else ""
    return f'<section tabindex="0">{"".join(slide["shows"])}{notes}</section>'


PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="reveal/reset.css">
<link rel="stylesheet" href="reveal/reveal.css">
<link rel="stylesheet" href="../_static/pygments.css">
<link rel="stylesheet" href="../_static/katex/katex.min.css">
<link rel="stylesheet" href="../_static/maths.css">
<link rel="stylesheet" href="../_static/book.css">
<link rel="stylesheet" href="deck.css">
</head>
<body>
<div class="reveal"><div class="slides">
{slides}
</div></div>
<script src="reveal/reveal.js"></script>
<script src="reveal/notes.js"></script>
<script src="../_static/explore.js"></script>
<script src="../_static/quiz.js"></script>
<script src="../_static/clinic.js"></script>
<script src="deck.js"></script>
</body>
</html>
"""


def keep_body(app, pagename, templatename, context, doctree):
    """Write the deck of a chapter when its page is written, and let the page lead to it."""
    if not pagename.startswith("chapters/") or "body" not in context:
        return
    name = pagename.removeprefix("chapters/")
    stacks = slides(context["body"])
    parts = [
        section(stack[0])
        if len(stack) == 1
        else f"<section>{''.join(map(section, stack))}</section>"
        for stack in stacks
    ]
    title = BeautifulSoup(context["title"], "html.parser").get_text()
    out = Path(app.outdir) / "slides"
    out.mkdir(parents=True, exist_ok=True)
    page = PAGE.format(title=escape(title), slides="\n".join(parts))
    (out / f"{name}.html").write_text(page, encoding="utf-8")
    context.setdefault("header_buttons", []).append(
        {
            "type": "link",
            "url": f"../slides/{name}.html",
            "tooltip": "Slides of this chapter",
            "icon": "fa-solid fa-person-chalkboard",
            "label": "slides",
        }
    )


def copy_parts(app, exception):
    if exception or app.builder.format != "html":
        return
    out = Path(app.outdir) / "slides"
    out.mkdir(parents=True, exist_ok=True)
    shutil.copytree(npm.fetch(PACKAGE, SHA512, FILES), out / "reveal", dirs_exist_ok=True)
    for file in OWN.iterdir():
        shutil.copy(file, out / file.name)


def setup(app):
    app.add_directive("deck-mark", Mark)
    app.connect("source-read", mark_cells, priority=600)  # after the solutions are taken out
    app.connect("html-page-context", keep_body, priority=900)  # after the frames have their address
    app.connect("build-finished", copy_parts)
    return {"parallel_read_safe": True}
