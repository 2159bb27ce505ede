"""Compile requirements.txt, the whole environment with its versions, from pyproject.toml."""

import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
HEADER = """\
# Everything that the book needs, each version pinned. `make pins` compiles it from pyproject.toml.
# One command installs it all: pip install -r requirements.txt
"""

# No index and no host goes into the file: the pins hold wherever pip gets its packages from.
COMPILE = """
    -m piptools compile --quiet --upgrade --extra book --extra class --extra test
    --strip-extras --no-header --annotation-style line
    --no-emit-index-url --no-emit-find-links --no-emit-trusted-host
    --output-file requirements.txt pyproject.toml
"""


def markers(project):
    """{package: where alone it is wanted}, of what pyproject.toml does not want everywhere."""
    wanted = map(Requirement, chain(*project["optional-dependencies"].values()))
    return {each.name: str(each.marker) for each in wanted if each.marker}


def marked(pins, markers):
    """The pins with those markers, which pip-tools leaves out for the machine that it runs on."""
    lines = []
    for line in pins.splitlines():
        pin, *why = line.split("  # ")
        marker = markers.get(pin.split("==")[0].strip())
        lines.append("  # ".join([f"{pin.strip()} ; {marker}", *why]) if marker else line)
    return "\n".join(lines)


def main():
    subprocess.run([sys.executable, *COMPILE.split()], cwd=ROOT, check=True)
    pins = (ROOT / "requirements.txt").read_text()
    # pip-tools closes with a remark on pip and setuptools, which it leaves to pip.
    pins = pins.split("\n# The following packages")[0].rstrip()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pins = marked(pins, markers(project))
    (ROOT / "requirements.txt").write_text(f"{HEADER}{pins}\n\n# The engine itself.\n-e .\n")


if __name__ == "__main__":
    main()
