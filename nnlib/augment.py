"""Augmentation: training images changed a little at random, in ways that leave their label true.

Images are rows (N, h·w) of floats, with size=(h, w); labels stay as they are. Every image has a
random number of its own. What comes in from beyond the edge is 0, the background.
Simard, Steinkraus and Platt (2003), section 2.
"""

import numpy as np

from .initializers import finite
from .layers import count
from .network import as_floats


def shift(x, size, most, rng):
    """Each image moved by whole pixels, −most..most downward and as many to the right."""
    most, rng = count("most", most), np.random.default_rng(rng)
    down, right = rng.integers(-most, most, (2, len(x)), endpoint=True)
    return shifted(x, size, down, right)


def rotate(x, size, most, rng):
    """Each image turned about its center by an angle uniform in −most..most degrees."""
    most, rng = _size_of_change("most", most), np.random.default_rng(rng)
    return rotated(x, size, rng.uniform(-most, most, len(x)))


def add_noise(x, std, rng):
    """Each pixel plus a Gaussian step of standard deviation `std`, not clipped to 0..1."""
    std, rng = _size_of_change("std", std), np.random.default_rng(rng)
    x = as_floats("x", x, np.asarray(x).dtype)
    return x + (std * rng.standard_normal(x.shape)).astype(x.dtype)


def shifted(x, size, down, right):
    """Images moved by whole pixels: numbers, or one for each image (N,)."""
    images, row, column = _grid(x, size)
    return _pixels(images, row - _each(down), column - _each(right)).reshape(x.shape)


def rotated(x, size, degrees):
    """Images turned counterclockwise about their center: a number, or one for each image (N,).

    Every new pixel looks back to where it came from, which is seldom a whole pixel: it takes the
    mean of the four around, each weighted by its nearness (bilinear interpolation).
    """
    images, row, column = _grid(x, size)
    angle = np.radians(_each(degrees))
    middle_row, middle_column = (size[0] - 1) / 2, (size[1] - 1) / 2
    row, column = row - middle_row, column - middle_column
    # Rounded, because sin 360° is −2e-16 in floats: whole pixels should come from whole pixels.
    from_row = np.round(row * np.cos(angle) + column * np.sin(angle) + middle_row, 9)
    from_column = np.round(column * np.cos(angle) - row * np.sin(angle) + middle_column, 9)

    top, left = np.floor(from_row).astype(int), np.floor(from_column).astype(int)
    below, beside = (from_row - top).astype(images.dtype), (from_column - left).astype(images.dtype)
    upper = (1 - beside) * _pixels(images, top, left) + beside * _pixels(images, top, left + 1)
    top += 1
    lower = (1 - beside) * _pixels(images, top, left) + beside * _pixels(images, top, left + 1)
    return ((1 - below) * upper + below * lower).reshape(x.shape)


def _grid(x, size):
    """The images (N, h, w), and the row (h, 1) and column (1, w) of every pixel."""
    x = as_floats("x", x, np.asarray(x).dtype)
    if not isinstance(size, (tuple, list)) or len(size) != 2:
        raise TypeError(f"size must be a pair (h, w), got {size!r}")
    h, w = (count("size", side) for side in size)
    if x.ndim != 2 or x.shape[1] != h * w:
        raise ValueError(f"x must have shape (N, {h * w}) for size ({h}, {w}), got {x.shape}")
    return x.reshape(-1, h, w), *np.ogrid[:h, :w]


def _each(number):
    """One number for each image, as (N, 1, 1), or the same for all."""
    return np.asarray(number)[..., None, None]


def _pixels(images, row, column):
    """Each image's pixels at whole positions (N, h, w), and 0 where there is no image."""
    n, h, w = images.shape
    row, column = np.broadcast_arrays(row, column)
    there = (row >= 0) & (row < h) & (column >= 0) & (column < w)
    which = np.arange(n)[:, None, None]
    return np.where(there, images[which, row.clip(0, h - 1), column.clip(0, w - 1)], 0)


def _size_of_change(name, value):
    if finite(name, value) < 0:
        raise ValueError(f"{name} must not be negative, got {value}")
    return float(value)
