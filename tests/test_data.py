"""Data: truth tables, clouds of points, and the handwritten digits."""

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


CLOUDS = {
    "moons": (data.moons, 2),
    "rings": (data.rings, 2),
    "blobs": (data.blobs, 3),
    "spirals": (data.spirals, 2),
    "five blobs": (lambda *args: data.blobs(*args, classes=5), 5),
    "four spirals": (lambda *args: data.spirals(*args, classes=4), 4),
}
every_cloud = pytest.mark.parametrize(("make", "classes"), CLOUDS.values(), ids=CLOUDS)


@every_cloud
def test_clouds_take_turns_and_follow_the_seed(make, classes):
    x, y = make(31, 0.1, 3)
    assert (x.shape, x.dtype, y.dtype) == ((31, 2), np.float64, np.int64)
    assert y.tolist() == [i % classes for i in range(31)]
    again, other = make(31, 0.1, 3), make(31, 0.1, 4)
    assert np.array_equal(x, again[0])
    assert not np.array_equal(x, other[0])
    rng = np.random.default_rng(3)
    assert np.array_equal(x, make(31, 0.1, rng)[0])
    assert not np.array_equal(x, make(31, 0.1, rng)[0])  # a Generator goes on


@every_cloud
def test_noise_is_a_gaussian_step_of_that_size(make, classes):
    """The same seed without noise is the curve itself: what is between has the given spread."""
    (x, _), (curve, _) = make(4000, 0.3, 0), make(4000, 0, 0)
    step = x - curve
    assert abs(step.mean(0)).max() < 0.02
    assert abs(step.std(0) - 0.3).max() < 0.01
    assert abs(np.corrcoef(step.T)[0, 1]) < 0.05


def test_moons_lie_on_their_half_circles():
    x, y = data.moons(200, 0, 0)
    upper, lower = x[y == 0], x[y == 1]
    np.testing.assert_allclose(np.hypot(*upper.T), 1)
    np.testing.assert_allclose(np.hypot(*(lower - [1, 0.5]).T), 1)
    assert upper[:, 1].min() >= 0
    assert lower[:, 1].max() <= 0.5
    # An end of each is inside the other: no straight line comes between.
    assert lower[:, 0].min() < 0.01 < 0.99 < upper[:, 0].max()


def test_rings_lie_on_their_circles():
    x, y = data.rings(400, 0, 0)
    np.testing.assert_allclose(np.hypot(*x.T), (1 + y) / 2)
    for ring in (0, 1):  # all round: points in every eighth
        angle = np.arctan2(*x[y == ring].T)
        assert (np.histogram(angle, 8, (-np.pi, np.pi))[0] > 0).all()


def test_blobs_lie_about_their_centers():
    x, y = data.blobs(4, 0, 0, classes=4)
    np.testing.assert_allclose(x, [[1, 0], [0, 1], [-1, 0], [0, -1]], atol=1e-15)
    assert y.tolist() == [0, 1, 2, 3]


def test_spirals_wind_once_and_are_one_arm_turned():
    """At radius t the arms stand at the angle 2π t, and 2π t plus an equal share for each next."""
    x, y = data.spirals(600, 0, 0, classes=3)
    t = np.hypot(*x.T)
    assert (t.min() >= 0.1) & (t.max() <= 1)
    assert t.max() - t.min() > 0.85
    turns = np.arctan2(x[:, 1], x[:, 0]) / (2 * np.pi) - t - y / 3
    np.testing.assert_allclose(turns, np.round(turns), atol=1e-12)


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
