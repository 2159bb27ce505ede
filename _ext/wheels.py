"""Wheels for Python in the browser: the engine, and the pure Python packages that it needs there.

Pyodide installs wheels. The engine is never published, and the packages shall be those of this
environment and come from the site itself, so they are packed here. The same files make the same
bytes.
"""

import base64
import hashlib
import zipfile
from importlib.metadata import distribution

LEFT_OUT = {"RECORD", "INSTALLER", "REQUESTED", "WHEEL", "direct_url.json"}
WHEEL = "Wheel-Version: 1.0\nGenerator: nnlib\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
METADATA = "Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"


def engine(root, folder):
    """The wheel of the engine as it is in the book's folder."""
    files = [*root.glob("nnlib/**/*.py"), *root.glob("nnlib/*.npz")]
    contents = {path.relative_to(root).as_posix(): path.read_bytes() for path in files}
    return packed(folder, "nnlib", distribution("nnlib").version, contents)


def installed(name, folder):
    """The wheel of a pure Python package, from its files in this environment."""
    found = distribution(name)
    contents = {
        path.as_posix(): path.locate().read_bytes()
        for path in found.files
        if path.suffix != ".pyc" and path.parts[0] != ".." and path.name not in LEFT_OUT
    }
    return packed(folder, name, found.version, contents)


def packed(folder, name, version, contents):
    """The path of a wheel with these contents, {path: bytes}, written into the folder."""
    about = f"{name}-{version}.dist-info"
    metadata = METADATA.format(name=name, version=version).encode()
    contents = {f"{about}/METADATA": metadata, **contents, f"{about}/WHEEL": WHEEL.encode()}
    lines = [f"{path},{digest(data)},{len(data)}" for path, data in sorted(contents.items())]
    record = f"{about}/RECORD"
    contents[record] = "\n".join([*lines, f"{record},,", ""]).encode()
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        # RECORD comes last. A ZipInfo without a date has one of 1980.
        for path in sorted(contents, key=lambda path: (path == record, path)):
            info = zipfile.ZipInfo(path)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, contents[path])
    return wheel


def digest(data):
    """As RECORD writes it: sha256 in base 64 without padding."""
    code = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
    return f"sha256={code}"
