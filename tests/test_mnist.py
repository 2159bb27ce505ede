"""MNIST and Fashion-MNIST: fetching from a server of our own, IDX files good and bad."""

import contextlib
import gzip
import hashlib
import http.server
import re
import struct
import sys
import threading

import numpy as np
import pytest

import nnlib as nn
from nnlib import mnist
from nnlib.mnist import Collection, load, read_idx

RNG = np.random.default_rng(0)


def idx(array):
    """An array of bytes as the contents of an IDX file."""
    lengths = struct.pack(f">{array.ndim}I", *array.shape)
    return bytes([0, 0, 8, array.ndim]) + lengths + array.tobytes()


# A collection as small as can be: 6 and 4 pictures of 3×5 pixels.
ARRAYS = {
    "train-images-idx3-ubyte.gz": RNG.integers(0, 256, (6, 3, 5), np.uint8),
    "train-labels-idx1-ubyte.gz": RNG.integers(0, 10, 6, np.uint8),
    "t10k-images-idx3-ubyte.gz": RNG.integers(0, 256, (4, 3, 5), np.uint8),
    "t10k-labels-idx1-ubyte.gz": RNG.integers(0, 10, 4, np.uint8),
}
FILES = {name: gzip.compress(idx(array)) for name, array in ARRAYS.items()}
IMAGES = "train-images-idx3-ubyte.gz"


def collection(*mirrors):
    sums = {
        name: (array.shape, hashlib.sha256(idx(array)).hexdigest())
        for name, array in ARRAYS.items()
    }
    return Collection("Tiny", "tiny", mirrors, sums)


class Server(http.server.ThreadingHTTPServer):
    """Gives out `files`, breaks the first `broken` answers off half-way, keeps the requests."""

    def __init__(self, files, broken=0, ranges=True):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files, self.broken, self.ranges, self.asked = dict(files), broken, ranges, []


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        name, wanted = self.path.strip("/"), self.headers["Range"]
        self.server.asked.append((name, wanted))
        if name not in self.server.files:
            self.send_error(404)
            return
        data = self.server.files[name]
        start = int(re.fullmatch(r"bytes=(\d+)-", wanted)[1]) if wanted else 0
        if wanted and self.server.ranges:
            if start >= len(data):
                self.send_error(416)
                return
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
            data = data[start:]
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.server.broken > 0:
            self.server.broken -= 1
            data = data[: len(data) // 2]
        self.wfile.write(data)

    def log_message(self, *args):
        """Quiet."""


@contextlib.contextmanager
def serving(*args, **options):
    """A server on this computer, and its address."""
    with Server(*args, **options) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server, f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The cache is an empty folder, and no proxy stands between us and our own server."""
    monkeypatch.setenv("NNLIB_DATA", str(tmp_path))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return tmp_path / "tiny"


def check(loaded):
    """The arrays above: pixels as rows over 255, classes as whole numbers."""
    (x, y), (x_test, y_test) = loaded
    images, labels, test_images, test_labels = ARRAYS.values()
    for pixels, array in ((x, images), (x_test, test_images)):
        assert pixels.dtype == np.float32
        assert np.array_equal(pixels, array.reshape(len(array), 15) / np.float32(255))
    for classes, array in ((y, labels), (y_test, test_labels)):
        assert classes.dtype == np.int64
        assert np.array_equal(classes, array)


def put(folder, **files):
    folder.mkdir(exist_ok=True)
    for name, data in (FILES | files).items():
        (folder / name).write_bytes(data)


def test_fetched_once_and_kept(folder):
    with serving(FILES) as (server, address):
        check(load(collection(address)))
        assert server.asked == [(name, None) for name in FILES]
        check(load(collection(address)))
        assert len(server.asked) == 4
    check(load(collection(address)))  # the server is gone
    assert {each.name: each.read_bytes() for each in folder.iterdir()} == FILES


def test_interrupted_then_resumed(folder):
    """The first answer breaks off in the middle; the next call asks for the rest alone."""
    half = len(FILES[IMAGES]) // 2
    with serving(FILES, broken=1) as (server, address):
        with pytest.raises(ConnectionError, match=f"broke after {half} of {len(FILES[IMAGES])}"):
            load(collection(address))
        assert [each.name for each in folder.iterdir()] == [f"{IMAGES}.part"]
        check(load(collection(address)))
        assert server.asked[:3] == [
            (IMAGES, None), (IMAGES, f"bytes={half}-"), ("train-labels-idx1-ubyte.gz", None),
        ]  # fmt: skip
    assert (folder / IMAGES).read_bytes() == FILES[IMAGES]


def test_the_next_mirror_resumes(folder):
    with serving(FILES, broken=1) as (_, bad), serving(FILES) as (good, address):
        check(load(collection(bad, address)))
    assert good.asked == [(IMAGES, f"bytes={len(FILES[IMAGES]) // 2}-")]


def test_a_server_without_ranges_starts_over(folder):
    put(folder)
    (folder / IMAGES).rename(folder / f"{IMAGES}.part")
    (folder / f"{IMAGES}.part").write_bytes(FILES[IMAGES][:20])
    with serving(FILES, ranges=False) as (server, address):
        check(load(collection(address)))
    assert server.asked == [(IMAGES, "bytes=20-")]


@pytest.mark.parametrize("piece", [b"rubbish", FILES[IMAGES], FILES[IMAGES] + b"more" * 9])
def test_an_earlier_piece_that_is_wrong_or_whole(folder, piece):
    """Going on with rubbish fails its check, and the file is then fetched from its beginning."""
    folder.mkdir()
    (folder / f"{IMAGES}.part").write_bytes(piece)
    with serving(FILES) as (server, address):
        check(load(collection(address)))
    again = [] if piece == FILES[IMAGES] else [(IMAGES, None)]
    assert server.asked[: 1 + len(again)] == [(IMAGES, f"bytes={len(piece)}-"), *again]
    assert len(server.asked) == 4 + len(again)
    assert not list(folder.glob("*.part"))


def test_wrong_contents_are_never_kept(folder):
    """A mirror with another picture in it: refused, nothing stays, the next mirror is asked."""
    other = ARRAYS[IMAGES].copy()
    other[0, 0, 0] ^= 1
    wrong = FILES | {IMAGES: gzip.compress(idx(other))}
    with serving(wrong) as (_, bad), serving(FILES) as (_, address):
        with pytest.raises(ConnectionError, match=r"SHA-256 [0-9a-f]{64}, expected"):
            load(collection(bad))
        assert list(folder.iterdir()) == []
        check(load(collection(bad, address)))


def test_an_error_page_is_not_a_file(folder):
    with (
        serving(FILES | {IMAGES: b"<html>Log in first</html>"}) as (_, address),
        pytest.raises(ConnectionError, match="not a whole gzip file"),
    ):
        load(collection(address))
    assert list(folder.iterdir()) == []


def test_without_a_network_the_message_says_what_to_do(folder):
    with serving({}) as (_, missing), serving({}) as (_, down):
        pass
    with serving({}) as (_, missing), pytest.raises(ConnectionError) as caught:
        load(collection(down, missing))
    said = str(caught.value)
    assert f"{down}{IMAGES}: " in said
    assert "refused" in said
    assert f"{missing}{IMAGES}: HTTP Error 404" in said
    assert str(folder) in said
    assert all(name in said for name in FILES)
    assert "nn.data.digits()" in said


def test_put_there_by_hand_however_packed(folder):
    """No network is asked, and another packing of the same contents is as good."""
    put(folder, **{IMAGES: gzip.compress(idx(ARRAYS[IMAGES]), 1, mtime=1)})
    check(load(collection()))


PACKED = {
    "truncated": (FILES[IMAGES][:-9], "not a whole gzip file"),
    "its checksum gone": (FILES[IMAGES][:-8] + bytes(8), "not a whole gzip file.*CRC"),
    "a flipped byte": (FILES[IMAGES][:30] + b"\xff\x00" + FILES[IMAGES][32:], "."),
    "empty": (b"", "begins with nothing"),
    "not packed": (idx(ARRAYS[IMAGES]), "not a whole gzip file"),
    "packed twice": (gzip.compress(FILES[IMAGES]), "not an IDX file of bytes.* 1f 8b 08"),
    "the labels": (FILES["train-labels-idx1-ubyte.gz"], r"shape \(6,\), expected \(6, 3, 5\)"),
    "the other images": (FILES["t10k-images-idx3-ubyte.gz"], r"shape \(4, 3, 5\), expected \(6"),
    "other pictures": (gzip.compress(idx(255 - ARRAYS[IMAGES])), "other contents: SHA-256"),
}


@pytest.mark.parametrize("name", PACKED)
def test_files_that_are_damaged_or_foreign(folder, name):
    data, words = PACKED[name]
    put(folder, **{IMAGES: data})
    with pytest.raises(ValueError, match=words) as caught:
        load(collection())
    assert str(folder / IMAGES) in str(caught.value)
    assert "Delete the file" in str(caught.value)


GOOD = idx(ARRAYS[IMAGES])
UNPACKED = {
    "nothing": (b"", "begins with nothing"),
    "two bytes": (GOOD[:2], "begins with 00 00"),
    "half a header": (GOOD[:9], "IDX file of bytes"),
    "a picture in PNG": (b"\x89PNG\r\n" + bytes(20), "begins with 89 50 4e 47"),
    "floats": (b"\0\0\x0d" + GOOD[3:], "begins with 00 00 0d 03"),
    "lengths the other way round": (
        b"\0\0\x08\x01" + struct.pack("<I", 3) + b"abc", "hold 50331648 values.* holds 3",
    ),
    "a value too few": (GOOD[:-1], r"hold 90 values, for \(6, 3, 5\), but holds 89"),
    "a value too many": (GOOD + b"\0", "but holds 91"),
}  # fmt: skip


@pytest.mark.parametrize("name", UNPACKED)
def test_idx_files_that_are_not(name):
    data, words = UNPACKED[name]
    with pytest.raises(ValueError, match=f"^some file .*{words}"):
        read_idx("some file", data)


@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 3, 4), (0, 28, 28), (1, 1, 1, 300)])
def test_idx_round_trip(shape):
    array = RNG.integers(0, 256, shape, np.uint8)
    assert np.array_equal(read_idx("some file", idx(array)), array)


def test_progress_on_a_terminal_only(folder, capsys, monkeypatch):
    with serving(FILES) as (_, address):
        load(collection(address))
        assert capsys.readouterr().err == ""
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
        for name in FILES:
            (folder / name).unlink()
        load(collection(address))
    lines = capsys.readouterr().err.splitlines()
    assert [line.strip("\r").split()[0] for line in lines if line] == list(FILES)


def test_the_folder_is_where_it_is_said_to_be(monkeypatch, tmp_path):
    assert mnist.cache() == tmp_path
    monkeypatch.delenv("NNLIB_DATA")
    assert mnist.cache().parts[-2:] == (".cache", "nnlib")


# What is known of the two collections: the first ten labels, and the mean pixel in 0..255.
REAL = {
    "mnist": (nn.data.mnist, mnist.MNIST, [5, 0, 4, 1, 9, 2, 1, 3, 1, 4], 33.318),
    "fashion-mnist": (nn.data.fashion_mnist, mnist.FASHION, [9, 0, 0, 3, 0, 2, 7, 2, 5, 5], 72.940),
}


@pytest.mark.parametrize("name", REAL)
def test_the_real_files(name, monkeypatch):
    """If they are on this computer: they have the known sums, and hold what is known of them."""
    get, known, labels, mean = REAL[name]
    monkeypatch.undo()  # the reader's own folder
    place = mnist.cache() / known.folder
    if not all((place / file).exists() for file in known.files):
        pytest.skip(f"{known.name} is not in {place}, and tests download nothing")
    (x, y), (x_test, y_test) = get()
    assert (x.shape, y.shape, x_test.shape, y_test.shape) == (
        (60000, 784), (60000,), (10000, 784), (10000,),
    )  # fmt: skip
    assert y[:10].tolist() == labels
    assert np.bincount(y).sum() == 60000
    assert (x.min(), x.max()) == (0, 1)
    assert abs(x.mean(dtype=float) * 255 - mean) < 1e-3
