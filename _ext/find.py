"""Search by section: a page that ranks the sections of the book by what was asked.

Sphinx's own search finds pages that hold all the words, and ranks them by whether a title does.
A chapter is long, and nearly every chapter holds "learning rate"; so here every section counts by
itself, and rare words count more than common ones. MiniSearch does that in the browser, from a
list of all sections that this extension makes. It is a script, not data that would have to be
fetched, so that the search works from a disk, too.
"""

import json
import re
from csv import DictReader
from pathlib import Path

import npm
from docutils import nodes
from sphinx import addnodes

PACKAGE = "minisearch@7.2.0"
SHA512 = "dqT2XBYUOZOiC5t2HRnwADjhNS2cecp9u+TJRiJ1Qp/f5qjkeT5APcGPjHw+bz89Ms8Jp+cG4AlE+QZ/QnDglg=="
FILES = {"dist/umd/index.js": "minisearch.js", "LICENSE.txt": "minisearch-LICENSE.txt"}
OWN = Path(__file__).with_name("finder")

CALL = re.compile(r"\bnn\.(\w+)")
SILENT = (nodes.math, nodes.math_block, nodes.raw, nodes.image, nodes.comment, addnodes.glossary)


def folder(app):
    """The sections of each page, kept from one build to the next: only changed pages are read."""
    return Path(app.outdir).parent / "sections"


def spoken(node):
    """The words of a node: without formulas and pictures, and of code only what it calls."""
    if isinstance(node, SILENT):
        return ""
    if isinstance(node, nodes.literal_block):
        return " ".join(dict.fromkeys(CALL.findall(node.astext())))
    if isinstance(node, nodes.Text):
        return node.astext()
    gap = "" if isinstance(node, nodes.TextElement) else " "
    return gap.join(spoken(child) for child in node.children)


def sections(doctree):
    """Each section's anchor, heading and words, its subsections apart; each term of a glossary."""
    found = []
    for section in doctree.findall(nodes.section):
        body = [child for child in section.children if not isinstance(child, nodes.section)]
        title, rest = spoken(body[0]), " ".join(map(spoken, body[1:]))
        top = section.parent is doctree
        found.append({"id": "" if top else section["ids"][0], "title": title, "text": rest})
    for item in doctree.findall(nodes.definition_list_item):
        terms = [child for child in item.children if isinstance(child, nodes.term)]
        if terms and terms[0]["ids"]:
            title = " · ".join(spoken(term) for term in terms)
            text = spoken(item.children[-1])
            found.append({"id": terms[0]["ids"][0], "title": title, "text": text, "term": True})
    for each in found:
        each["text"] = " ".join(each["text"].split())
    return found


def keep(app, pagename, templatename, context, doctree):
    if doctree is None:
        return
    file = folder(app) / f"{pagename}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(sections(doctree), ensure_ascii=False), encoding="utf-8")


def gather(app, exception):
    """One list of all sections, for the search page."""
    if exception or app.builder.format != "html":
        return
    found = []
    for name in sorted(app.env.found_docs):
        page = json.loads((folder(app) / f"{name}.json").read_text(encoding="utf-8"))
        title = page[0]["title"] if page else name
        url = app.builder.get_target_uri(name)
        found += [{**each, "page": title, "url": url} for each in page]
    for number, each in enumerate(found):
        anchor = each.pop("id")
        each["id"] = number
        each["url"] += f"#{anchor}" if anchor else ""
    with open(OWN / "synonyms.csv", newline="", encoding="utf-8") as file:
        synonyms = [[row["said"], row["means"]] for row in DictReader(file)]
    data = json.dumps(
        {"sections": found, "synonyms": synonyms}, ensure_ascii=False, separators=(",", ":")
    )
    (Path(app.outdir) / "sections.js").write_text(f"window.book={data};\n", encoding="utf-8")


def add_parts(app):
    """The scripts of the search page, which no other page loads."""
    parts = npm.fetch(PACKAGE, SHA512, FILES)
    app.config.html_static_path += [str(parts), str(OWN / "find.js")]


def load_parts(app, pagename, templatename, context, doctree):
    if pagename == "search":
        # language_data.js is Sphinx's: it brings words down to their stems.
        for script in ("language_data.js", "minisearch.js", "../sections.js", "find.js"):
            app.add_js_file(script, defer="defer")


def setup(app):
    app.connect("builder-inited", add_parts)
    app.connect("html-page-context", keep)
    app.connect("html-page-context", load_parts)
    app.connect("build-finished", gather)
    return {"parallel_read_safe": True}
