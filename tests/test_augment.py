"""Augmentation: exact where it is exact, by hand in between, at random as the seed says."""

import numpy as np
import pytest
from engine import same

from nnlib.augment import add_noise, rotate, rotated, shift, shifted

RNG = np.random.default_rng(0)
ODD, EVEN, WIDE = (5, 5), (4, 4), (3, 6)
SIZES = pytest.mark.parametrize("size", [ODD, EVEN, WIDE], ids=str)


def images(size, n=4, dtype=float):
    """Random images without a 0 in them, as rows."""
    return RNG.uniform(0.1, 1, (n, size[0] * size[1])).astype(dtype)


def as_rows(pictures):
    return np.asarray(pictures, float).reshape(len(pictures), -1)


def test_shifted_by_whole_pixels():
    x = as_rows([[[1, 2, 3], [4, 5, 6]]])
    assert np.array_equal(shifted(x, (2, 3), 0, 0), x)
    assert shifted(x, (2, 3), 1, 0).reshape(2, 3).tolist() == [[0, 0, 0], [1, 2, 3]]
    assert shifted(x, (2, 3), 0, 1).reshape(2, 3).tolist() == [[0, 1, 2], [0, 4, 5]]
    assert shifted(x, (2, 3), -1, -2).reshape(2, 3).tolist() == [[6, 0, 0], [0, 0, 0]]
    assert not shifted(x, (2, 3), 2, 0).any()


@SIZES
def test_each_image_has_a_shift_of_its_own(size):
    x, down, right = images(size), [0, 1, -2, 1], [1, 0, 2, -1]
    alone = [shifted(x[[k]], size, down[k], right[k]) for k in range(4)]
    assert np.array_equal(shifted(x, size, down, right), np.concatenate(alone))


@SIZES
@pytest.mark.parametrize("turns", [0, 1, -3])
def test_a_whole_turn_changes_nothing(size, turns):
    x = images(size)
    assert np.array_equal(rotated(x, size, 360 * turns), x)


@pytest.mark.parametrize("size", [ODD, EVEN], ids=str)
@pytest.mark.parametrize("quarters", [1, 2, 3, -1])
def test_quarter_turns_are_exact_and_counterclockwise(size, quarters):
    x = images(size)
    turned = rotated(x, size, 90 * quarters).reshape(-1, *size)
    assert np.array_equal(turned, np.rot90(x.reshape(-1, *size), quarters, (1, 2)))


def test_half_a_turn_of_a_wide_image():
    x = images(WIDE)
    assert np.array_equal(rotated(x, WIDE, 180), x[:, ::-1])


def test_a_quarter_turn_of_a_wide_image_cuts_its_ends():
    """Of 3×6 pixels the middle 3 columns' worth stays, here half a pixel off: means of two."""
    turned = rotated(np.ones((1, 18)), WIDE, 90).reshape(3, 6)
    same(turned, np.tile([0, 0.5, 1, 1, 0.5, 0], (3, 1)))


def test_between_pixels_by_hand():
    """45°: the middle stays; a corner at (−1, −1) looks back to (−√2, 0), 0.41 off the edge."""
    x = as_rows([[[0, 0, 0], [8, 4, 0], [0, 0, 0]]])
    turned = rotated(x, (3, 3), 45).reshape(3, 3)
    off = np.sqrt(2) - 1
    near = np.sqrt(0.5)
    assert turned[1, 1] == 4
    # Counterclockwise, what was on the left comes to the lower left.
    same(turned[2, 0], 8 * (1 - off), atol=1e-8)
    assert turned[0, 2] == 0
    # The pixel on the left looks back to (−√½, −√½): the mean of the four around.
    same(turned[1, 0], (1 - near) * (near * 8 + (1 - near) * 4), atol=1e-8)


@SIZES
def test_each_image_has_an_angle_of_its_own(size):
    x, degrees = images(size), np.array([10.0, -33, 90, 200])
    alone = [rotated(x[[k]], size, degrees[k]) for k in range(4)]
    assert np.array_equal(rotated(x, size, degrees), np.concatenate(alone))


@SIZES
def test_turning_keeps_within_the_pixels_range(size):
    x = images(size)
    turned = rotated(x, size, np.array([17.0, 50, 111, -80]))
    assert turned.min() >= 0
    assert turned.max() <= x.max()


def test_turning_there_and_back():
    """A smooth hill far from the edge comes back to within 2% of its height."""
    row, column = np.ogrid[-7.5:8, -7.5:8]
    hill = np.exp(-((row - 2) ** 2 + column**2) / 8).reshape(1, 256)
    there = rotated(hill, (16, 16), 30)
    assert abs(there - hill).max() > 0.2
    assert abs(rotated(there, (16, 16), -30) - hill).max() < 0.1
    center = (there.reshape(16, 16) * row).sum() / there.sum()
    assert abs(center - 2 * np.cos(np.pi / 6)) < 0.02


def test_random_shifts_take_every_step_alike():
    """One bright pixel in the middle of 5×5, moved by −2..2 both ways: 25 places, all as often."""
    x = np.zeros((5000, 25))
    x[:, 12] = 1
    moved = shift(x, ODD, 2, 0)
    assert np.array_equal(moved.sum(1), np.ones(5000))
    assert abs(moved.mean(0) - 1 / 25).max() < 0.012


def test_random_angles_are_uniform_in_their_range():
    """A pixel right of the middle, in an image turned by up to 10°: lost 1 − cos at most."""
    x = np.zeros((2000, 25))
    x[:, 13] = 1
    turned = rotate(x, ODD, 10, 0)
    up, down = turned[:, 8], turned[:, 18]  # above it, where counterclockwise leads, and below
    assert np.array_equal(up > 0, down == 0)
    assert abs((up > 0).mean() - 0.5) < 0.04
    assert 0.15 < up.max() < 0.18  # at 10° a share of about sin 10° = 0.17 has moved up


def test_noise_has_its_size():
    x = images((10, 10), n=400)
    step = add_noise(x, 0.2, 0) - x
    assert abs(step.mean()) < 0.003
    assert abs(step.std() - 0.2) < 0.003
    assert abs(np.corrcoef(step[:, 0], step[:, 1])[0, 1]) < 0.15
    assert np.array_equal(add_noise(x, 0, 0), x)


RANDOM = {
    "shift": lambda x, rng: shift(x, ODD, 1, rng),
    "rotate": lambda x, rng: rotate(x, ODD, 20, rng),
    "add_noise": lambda x, rng: add_noise(x, 0.1, rng),
}
every = pytest.mark.parametrize("change", RANDOM.values(), ids=RANDOM)


@every
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_seed_decides_and_the_images_stay(change, dtype):
    x = images(ODD, 20, dtype)
    before = x.copy()
    y = change(x, 3)
    assert (y.shape, y.dtype) == (x.shape, dtype)
    assert np.array_equal(x, before)
    assert not np.shares_memory(x, y)
    assert np.array_equal(y, change(x, 3))
    assert not np.array_equal(y, change(x, 4))
    rng = np.random.default_rng(3)
    assert np.array_equal(y, change(x, rng))
    assert not np.array_equal(y, change(x, rng))  # new ones at each epoch
    assert len({(a - b).tobytes() for a, b in zip(x, y, strict=True)}) > 5  # not all alike


@pytest.mark.parametrize(
    ("make", "kind", "words"),
    [
        (lambda: shift(images(ODD), EVEN, 1, 0), ValueError, r"x .*\(N, 16\).*\(4, 4\).*\(4, 25\)"),
        (lambda: rotate(images(ODD)[0], ODD, 9, 0), ValueError, r"x .*\(N, 25\).*got \(25,\)"),
        (lambda: shift(images(ODD), (5, 0), 1, 0), ValueError, "size must be at least 1, got 0"),
        (lambda: shift(images(ODD), (5, 5.0), 1, 0), TypeError, "size .*whole number.* 5.0"),
        (lambda: shift(images(ODD), 5, 1, 0), TypeError, r"size .*\(h, w\), got 5"),
        (lambda: shift(images(ODD), ODD, 0, 0), ValueError, "most must be at least 1, got 0"),
        (lambda: shift(images(ODD), ODD, 0.5, 0), TypeError, "most .*whole number.* 0.5"),
        (lambda: rotate(images(ODD), ODD, -5, 0), ValueError, "most .*not be negative, got -5"),
        (lambda: rotate(images(ODD), ODD, np.nan, 0), ValueError, "most .*finite.* nan"),
        (lambda: add_noise(images(ODD), -1, 0), ValueError, "std .*not be negative, got -1"),
        (
            lambda: rotate(np.zeros((2, 25), np.uint8), ODD, 5, 0),
            TypeError, "x must hold floats, got uint8",
        ),
        (lambda: add_noise(np.zeros((2, 25), int), 1, 0), TypeError, "x must hold floats"),
    ],
)  # fmt: skip
def test_wrong_input(make, kind, words):
    with pytest.raises(kind, match=words):
        make()
