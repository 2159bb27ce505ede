"""Data: truth tables, and the handwritten digits."""

import numpy as np
import pytest

from nnlib import data

TABLES = {
    "AND": lambda a, b: a and b,
    "OR": lambda a, b: a or b,
    "NAND": lambda a, b: not (a and b),
    "NOR": lambda a, b: not (a or b),
    "XOR": lambda a, b: a != b,
    "XNOR": lambda a, b: a == b,
}


@pytest.mark.parametrize("name", data.GATES)
def test_gates_are_their_truth_tables(name):
    x, y = data.gate(name)
    assert x.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert y.tolist() == [[float(TABLES[name](bool(a), bool(b)))] for a, b in x]
    assert x.dtype == y.dtype == np.float64


def test_xor_is_the_gate():
    assert [part.tolist() for part in data.xor()] == [part.tolist() for part in data.gate("XOR")]


def test_what_is_given_out_is_the_callers_own():
    x, y = data.xor()
    x[:], y[:] = 9, 9
    assert data.xor()[0].max() == data.xor()[1].max() == 1


def test_digits_shapes_and_range():
    (x, y), (x_test, y_test) = data.digits()
    assert (x.shape, y.shape) == ((1438, 64), (1438,))
    assert (x_test.shape, y_test.shape) == ((359, 64), (359,))
    for pixels in (x, x_test):
        assert pixels.dtype == np.float64
        assert (pixels.min(), pixels.max()) == (0, 1)
        assert np.array_equal(pixels * 16, np.round(pixels * 16))
    assert y.dtype == y_test.dtype == np.int64


def test_digits_are_the_published_ones():
    """The first is a 0, with these pixels; the classes' counts are those of the collection."""
    (x, y), (_, y_test) = data.digits()
    assert y[0] == 0
    assert (x[0, :24] * 16).tolist() == [
        0, 0, 5, 13, 9, 1, 0, 0,
        0, 0, 13, 15, 10, 15, 5, 0,
        0, 3, 15, 2, 0, 11, 8, 0,
    ]  # fmt: skip
    counts = np.bincount(y) + np.bincount(y_test)
    assert counts.tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_digits_split_keeps_the_classes_shares_and_shares_no_digit():
    (x, y), (x_test, y_test) = data.digits()
    shares = np.bincount(y_test) / (np.bincount(y) + np.bincount(y_test))
    assert abs(shares - 0.2).max() < 0.005
    assert not set(map(bytes, x)) & set(map(bytes, x_test))


def test_digits_are_the_same_each_time():
    first, second = data.digits(), data.digits()
    for a, b in zip(first, second, strict=True):
        assert all(map(np.array_equal, a, b))
