"""MNIST and Fashion-MNIST: 70,000 small pictures each, fetched once and kept in a folder.

The files lie in the folders `mnist` and `fashion-mnist` of ~/.cache/nnlib, or of the folder that
the environment variable NNLIB_DATA names. Putting them there by hand does as well.
Whatever a file unpacks to is compared with the known SHA-256 whenever it is read.
"""

import math
import os
import sys
from typing import NamedTuple

import numpy as np


class Collection(NamedTuple):
    """Four files, where they come from, and what each must unpack to."""

    name: str
    folder: str
    mirrors: tuple  # addresses that a file's name is appended to, tried in this order
    files: dict  # name -> (shape, SHA-256 of what it unpacks to): x, y, x_test, y_test


MNIST = Collection(
    "MNIST",
    "mnist",
    (
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ),
    {
        "train-images-idx3-ubyte.gz": (
            (60000, 28, 28),
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        ),
        "train-labels-idx1-ubyte.gz": (
            (60000,),
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        ),
        "t10k-images-idx3-ubyte.gz": (
            (10000, 28, 28),
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        ),
        "t10k-labels-idx1-ubyte.gz": (
            (10000,),
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        ),
    },
)
FASHION = Collection(
    "Fashion-MNIST",
    "fashion-mnist",
    (
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
    ),
    {
        "train-images-idx3-ubyte.gz": (
            (60000, 28, 28),
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        ),
        "train-labels-idx1-ubyte.gz": (
            (60000,),
            "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        ),
        "t10k-images-idx3-ubyte.gz": (
            (10000, 28, 28),
            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        ),
        "t10k-labels-idx1-ubyte.gz": (
            (10000,),
            "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
        ),
    },
)


def mnist():
    """28×28 handwritten digits: (x_train, y_train), (x_test, y_test).

    x is (60000, 784) and (10000, 784), pixels divided by 255 so that they lie in 0..1, in float32
    to save memory; y is the class. Fetched at the first use, 11 MB.
    LeCun, Bottou, Bengio and Haffner (1998).
    """
    return load(MNIST)


def fashion_mnist():
    """28×28 pictures of clothes, shaped like `mnist()` and harder. Fetched at first, 30 MB.

    Classes: T-shirt, trouser, pullover, dress, coat, sandal, shirt, sneaker, bag, ankle boot.
    Xiao, Rasul and Vollgraf (2017), MIT license.
    """
    return load(FASHION)


def load(collection):
    """A collection from its folder; what is not there is fetched first."""
    folder = cache() / collection.folder
    if missing := [name for name in collection.files if not (folder / name).exists()]:
        folder.mkdir(parents=True, exist_ok=True)
        for name in missing:
            fetch(collection, name, folder)
    arrays = []
    for name, (shape, sha256) in collection.files.items():
        try:
            arrays.append(unpacked(folder / name, shape, sha256))
        except ValueError as error:
            raise ValueError(f"{error}. Delete the file, and it is fetched anew") from error
    x, y, x_test, y_test = arrays
    return (floats(x), y.astype(np.intp)), (floats(x_test), y_test.astype(np.intp))


def cache():
    """The folder that holds the collections."""
    from pathlib import Path  # slow to import, and not needed before

    return Path(os.environ.get("NNLIB_DATA") or Path.home() / ".cache" / "nnlib")


def floats(images):
    """Images (N, h, w) of bytes as rows (N, h·w) of float32 in 0..1."""
    rows = images.reshape(len(images), -1).astype(np.float32)
    rows /= 255
    return rows


def fetch(collection, name, folder):
    """Fetch one file from the first mirror that has it right. It appears whole or not at all."""
    from http.client import HTTPException  # slow to import, and seldom needed

    part, problems = folder / f"{name}.part", []
    for mirror in collection.mirrors:
        try:
            whole(mirror + name, part, *collection.files[name])
        except (OSError, HTTPException, ValueError) as error:
            problems.append(f"  {mirror}{name}: {error}")
        else:
            os.replace(part, folder / name)
            return
    raise ConnectionError(
        f"{collection.name} is not in {folder}, and {name} could not be fetched:\n"
        + "\n".join(problems)
        + "\nTry again when there is a network: what arrived is kept. Or put these files there: "
        + ", ".join(collection.files)
        + ". Or take nn.data.digits(), which needs no download."
    )


def whole(address, part, shape, sha256):
    """Fetch into `part` until it is right. An earlier piece that proves wrong is not kept."""
    went_on = True
    while went_on:
        went_on = transfer(address, part)
        try:
            unpacked(part, shape, sha256)
            return
        except ValueError:
            part.unlink()
            if not went_on:
                raise


def transfer(address, part):
    """Append to `part` what it lacks, or write it anew; True if an earlier piece was kept."""
    from urllib.error import HTTPError
    from urllib.request import Request, urlopen

    have = part.stat().st_size if part.exists() else 0
    request = Request(address, headers={"Range": f"bytes={have}-"} if have else {})
    try:
        reply = urlopen(request, timeout=20)
    except HTTPError as error:
        if have and error.code == 416:  # there is nothing after these bytes
            return True
        raise
    with reply:
        span = reply.headers.get("Content-Range", "")
        kept = reply.status == 206 and span.startswith(f"bytes {have}-")
        arrived = have if kept else 0
        expected = arrived + int(reply.headers.get("Content-Length", 0))
        with part.open("ab" if kept else "wb") as file:
            while chunk := reply.read(1 << 16):
                file.write(chunk)
                arrived += len(chunk)
                progress(part.stem, arrived, expected)
    if arrived < expected:
        raise ConnectionError(f"the connection broke after {arrived} of {expected} bytes")
    return kept


def progress(name, arrived, expected):
    """One line that counts up, on a terminal only."""
    if sys.stderr.isatty():
        end = "\n" if arrived == expected else ""
        sys.stderr.write(f"\r{name}  {arrived / 1e6:5.1f} of {expected / 1e6:.1f} MB{end}")
        sys.stderr.flush()


def unpacked(path, shape, sha256):
    """The array in a gzipped IDX file, or a ValueError that says how it is not the expected one."""
    import gzip  # slow to import, all three, and not needed before
    import hashlib
    import zlib

    try:
        with gzip.open(path) as file:
            data = file.read(1 << 26)  # more than any of them: what unpacks to more is foreign
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ValueError(f"{path} is not a whole gzip file: {error}") from error
    array = read_idx(path, data)
    if array.shape != shape:
        raise ValueError(f"{path} holds an array of shape {array.shape}, expected {shape}")
    if (found := hashlib.sha256(data).hexdigest()) != sha256:
        raise ValueError(f"{path} has other contents: SHA-256 {found}, expected {sha256}")
    return array


def read_idx(path, data):
    """The array of bytes in an IDX file: 0, 0, 8, the number of axes, their lengths, the values.

    Each length is four bytes, the highest first. LeCun, Cortes and Burges, with MNIST.
    """
    start = 4 + 4 * int.from_bytes(data[3:4])
    if data[:3] != b"\0\0\x08" or len(data) < start:
        begins = data[:4].hex(" ") or "nothing"
        raise ValueError(f"{path} is not an IDX file of bytes (00 00 08 …): begins with {begins}")
    shape = tuple(np.frombuffer(data, ">u4", data[3], 4).tolist())
    if len(data) - start != math.prod(shape):
        wanted, found = math.prod(shape), len(data) - start
        raise ValueError(f"{path} should hold {wanted} values, for {shape}, but holds {found}")
    return np.frombuffer(data, np.uint8, offset=start).reshape(shape)
