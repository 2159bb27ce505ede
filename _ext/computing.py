"""Compute any value: what a reader's browser needs to run an explorer of a chapter by itself.

Into `_compute/` of the built site go two scripts, `nnlib` as a wheel, and for each chapter the
statements that each of its explorers needs. Python itself comes from `pyodide_url`, an address or
a folder here, which is then copied into the site. Nothing of it is fetched before a reader asks.
"""

import json
import shutil
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
import slicing
import wheels
from sphinx.errors import ExtensionError

import nnlib

OWN = Path(__file__).with_name("compute")  # compute.js, worker.js
VERSION = "0.27.7"
URL = f"https://cdn.jsdelivr.net/pyodide/v{VERSION}/full/"
MEGABYTES = 27  # Python, NumPy, Matplotlib and what they need
COPY = "_compute/pyodide/"  # in the site, where pyodide_url is a folder
APART = {"solution", "exercise"}  # cells for the reader to write, or to look up

# Places in a page that nnlib/frames.py leaves open.
PLACE, SAYS = 'data-compute="nnlib-compute:"', "nnlib-compute-says:"


def is_address(url):
    return "://" in url or url.startswith("/")


def point_to_compute(app, pagename, templatename, context, doctree):
    """Tell the explorers of a chapter where their code is, and Python."""
    if PLACE not in context.get("body", ""):
        return
    root, url = "../" * pagename.count("/"), app.config.pyodide_url
    here, python = f"{root}_compute/", url if is_address(url) else root + COPY
    host = urlsplit(url).hostname or "this site"
    chapter = pagename.rpartition("/")[2]
    filled = (
        f'data-compute="{here}" data-chapter="{chapter}" data-python="{escape(python)}" '
        f'data-megabytes="{MEGABYTES}"'
    )
    says = f"loads about {MEGABYTES} MB of Python from {host}"
    context["body"] = context["body"].replace(PLACE, filled).replace(SAYS, escape(says))


def write(app, exception):
    """Write `_compute/` beside the pages."""
    if exception or app.builder.format != "html":
        return
    folder = Path(app.outdir) / "_compute"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(OWN, folder)
    root = Path(app.srcdir)
    engine = Path(nnlib.__file__).parent.parent  # a small book for a test has none of its own
    wheels.engine(engine, folder).rename(folder / "nnlib.whl")
    for path in sorted(root.glob("chapters/[0-9][0-9]-*.ipynb")):
        text = json.dumps(chapter(path), ensure_ascii=False)
        (folder / f"{path.stem}.json").write_text(text, encoding="utf-8")
    if not is_address(app.config.pyodide_url):
        source = root / app.config.pyodide_url
        if not (source / "pyodide.js").is_file():
            raise ExtensionError(
                f"pyodide_url must be an address or a folder that holds pyodide.js, "
                f"got {app.config.pyodide_url}"
            )
        shutil.copytree(source, Path(app.outdir) / COPY)


def chapter(path):
    """{explorer: {"cells": [sources], "call": source}} of a chapter, without its exercises."""
    cells = nbformat.read(path, 4).cells
    code = {
        number: cell.source
        for number, cell in enumerate(cells)
        if cell.cell_type == "code" and not APART & set(cell.metadata.get("tags", []))
    }
    return {
        name: {"cells": [source for _, source in needs], "call": call}
        for name, (needs, call) in slicing.slices(code).items()
    }


def setup(app):
    app.add_config_value("pyodide_url", URL, "html", [str])
    app.connect("html-page-context", point_to_compute)
    app.connect("build-finished", write)
    return {"parallel_read_safe": True}
