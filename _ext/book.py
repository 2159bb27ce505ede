"""What the pages need beyond Jupyter Book: frames, described pictures, and fewer scripts."""

import os
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from docutils import nodes
from sphinx import addnodes
from sphinx.util import logging

from chapters import digest

logger = logging.getLogger(__name__)


# Frames: an explorer draws its pictures into _build/frames/NAME and writes nnlib-frames:NAME/...


def frames_folder(app):
    return Path(app.outdir).parent / "frames"


def point_to_frames(app, pagename, templatename, context, doctree):
    """Turn nnlib-frames:NAME into a path from this page, which holds on a disk as on a server."""
    if "body" in context:
        here = "../" * pagename.count("/")
        context["body"] = context["body"].replace("nnlib-frames:", f"{here}_frames/")


def copy_frames(app, exception):
    """Copy the frames that the pages show, and only those, beside the pages."""
    if exception or app.builder.format != "html":
        return
    out = Path(app.outdir)
    # Every page is read, not only those written now: the others still show their frames.
    wanted = set()
    for page in (Path(app.builder.get_outfilename(name)) for name in app.env.found_docs):
        for name in re.findall(r"_frames/([\w.-]+)/", page.read_text(encoding="utf-8")):
            wanted.add(name)
            if not (frames_folder(app) / name).is_dir():
                logger.warning("%s shows frames that are gone: run make clean", page.name)
    for folder in (out / "_frames").glob("*"):
        if folder.name not in wanted:
            shutil.rmtree(folder)
    for name in wanted:
        copy_changed(frames_folder(app) / name, out / "_frames" / name)


def copy_changed(source, target):
    target.mkdir(parents=True, exist_ok=True)
    fresh = {entry.name: entry.stat() for entry in os.scandir(source)} if source.is_dir() else {}
    there = {entry.name: entry.stat() for entry in os.scandir(target)}
    for name in there.keys() - fresh.keys():
        (target / name).unlink()
    for name, stat in fresh.items():
        old = there.get(name)
        if not old or (old.st_size, old.st_mtime_ns) != (stat.st_size, stat.st_mtime_ns):
            shutil.copy2(source / name, target / name)


# Pages: every picture is described, and no script comes along for nothing.


class Pictures(HTMLParser):
    """Collect the alt text and the file name of every picture of a page."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag == "img":
            attrs = dict(attrs)
            self.found.append(((attrs.get("alt") or "").strip(), attrs.get("src") or ""))


def check_alt_texts(app, pagename, templatename, context, doctree):
    for alt, src in Pictures(context.get("body") or "").found:
        name = PurePosixPath(src).name
        if not alt or PurePosixPath(alt).name in (name, PurePosixPath(name).stem):
            logger.warning("picture %s has no alt text that describes it", src, location=pagename)


def switch_thebe_off(app, config):
    """Jupyter Book always loads sphinx-thebe, whose scripts would ask another host for a kernel."""
    for listeners in app.events.listeners.values():
        listeners[:] = [one for one in listeners if one.handler.__module__ != "sphinx_thebe"]
    styles = app.registry.css_files
    styles[:] = [style for style in styles if style[0] != "sphinx-thebe.css"]


# Links: the address of an explorer's setting, chapters/NN-name.html?NAME.CONTROL=STOP, is no page
# that Sphinx knows.


def keep_settings(app, doctree):
    """Take a link to a setting as it is written, instead of looking for a page of that name."""
    for node in list(doctree.findall(addnodes.pending_xref)):
        target = node.get("reftarget", "")
        if node.get("reftype") == "myst" and ".html?" in target:
            address = quote(target, safe="/?&=%.")
            node.replace_self(nodes.reference("", "", *node[0].children, refuri=address))


# Of every page: a script of 1.5 MB that draws the icons again, which the theme's font shows;
# Sphinx's search and its index, since find.py searches; the wish to have scripts before the styles
# without which nothing is seen; and names for screen readers that hide the words which are there
# to be read.
LEFT_OUT = re.compile(
    r"<script [^>]*/fontawesome\.js[^>]*></script>"
    r'|<script src="[^"]*(?:searchtools|language_data|searchindex)\.js[^>]*></script>'
    r'|<link rel="preload" as="script"[^>]*>'
    r'|(?<=<summary) aria-label="Toggle hidden content"'
    r'|(?<=<button class="btn search-button-field search-button__button pst-js-only")'
    r'(?:\s+(?:title|aria-label)="Search")+'
    r'| role="doc-biblioentry"'  # deprecated
    r'| role="list"(?= class="citation-list")'  # which holds no list items
)

# A page is read before its scripts are there; then they run in their order.
WAITING = re.compile(r"<script(?=[^>]* src=)(?![^>]* (?:defer|async)\b)")


def leave_out(app):
    if app.builder.format != "html":
        return
    render = app.builder.templates.render

    def lighter(template, context):
        html = LEFT_OUT.sub("", render(template, context))
        # This style sheet only imports the other: a page would wait for one after the other.
        html = html.replace("_static/styles/theme.css", "_static/basic.css")
        return WAITING.sub("<script defer", html)

    app.builder.templates.render = lighter


# Language: a voice that reads the page aloud has to know where Korean begins.

HANGUL = re.compile("([가-힣]+(?: [가-힣]+)*)")


def mark_korean(app, doctree):
    for text in list(doctree.findall(nodes.Text)):
        pieces = HANGUL.split(text.astext())  # other words and Korean ones in turn
        if len(pieces) > 1:
            marked = [
                nodes.inline("", piece, classes=["language-ko"]) if k % 2 else nodes.Text(piece)
                for k, piece in enumerate(pieces)
            ]
            text.parent.replace(text, [piece for piece in marked if piece.astext()])


def follow_files(app, config):
    """Sphinx copies a script or a style only when it writes a page: then let it write all of them.

    They name it by its checksum, too, so that no browser shows an old one. And when one of these
    extensions changes, let it read all pages anew; no chapter has to run for that.
    """
    root = Path(app.srcdir)
    files = [file for name in ("_static", "_ext") for file in (root / name).rglob("*.*")]
    config.styles_digest = digest(f for f in files if f.suffix in (".css", ".js", ".svg"))
    config.extensions_digest = digest(f for f in files if f.suffix == ".py")


def say_warnings_again(app, exception):
    """After a build with warnings read every page anew next time, or the warnings would be lost."""
    if exception or app._warncount:
        (Path(app.doctreedir) / "environment.pickle").unlink(missing_ok=True)


def setup(app):
    app.add_config_value("styles_digest", "", "html")
    app.add_config_value("extensions_digest", "", "env")
    app.connect("config-inited", follow_files)
    app.connect("config-inited", switch_thebe_off)
    app.connect("builder-inited", leave_out)
    app.connect("doctree-read", keep_settings)
    app.connect("doctree-read", mark_korean)
    app.connect("html-page-context", check_alt_texts)
    app.connect("html-page-context", point_to_frames)
    app.connect("build-finished", copy_frames)
    app.connect("build-finished", say_warnings_again, priority=900)
    return {"parallel_read_safe": True}
