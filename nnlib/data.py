"""Data: the truth tables of logic, clouds of points, and handwritten digits.

Every function returns float inputs (N, features) and targets; random ones take a seed.
The clouds are points x (n, 2) and whole-number classes y (n,), which take turns: 0, 1, 0, 1, …
`noise` is the standard deviation of a Gaussian step, added to both coordinates.
"""

import numpy as np

from .initializers import finite
from .layers import count
from .mnist import fashion_mnist, mnist

__all__ = [
    "blobs", "digits", "fashion_mnist", "gate", "mnist", "moons", "rings", "spirals", "xor",
]  # fmt: skip

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])

# The output of each gate at the corners (0,0), (0,1), (1,0), (1,1).
GATES = {
    "AND": (0, 0, 0, 1),
    "OR": (0, 1, 1, 1),
    "NAND": (1, 1, 1, 0),
    "NOR": (1, 0, 0, 0),
    "XOR": (0, 1, 1, 0),
    "XNOR": (1, 0, 0, 1),
}


def gate(name):
    """The four corners (4, 2) and a gate's output at each (4, 1)."""
    if name not in GATES:
        raise ValueError(f"name must be one of {', '.join(GATES)}, got {name!r}")
    return CORNERS.copy(), np.array(GATES[name], float)[:, None]


def xor():
    """The four corners (4, 2) and whether exactly one input is 1 (4, 1)."""
    return gate("XOR")


def moons(n, noise=0.1, rng=0):
    """Two half circles, each with an end inside the other.

    Class 0 at (cos t, sin t), class 1 at (1 − cos t, ½ − sin t), t uniform in 0..π.
    """
    y, rng = _classes(n, 2), np.random.default_rng(rng)
    t = rng.uniform(0, np.pi, n)
    upper, lower = _points(np.cos(t), np.sin(t)), _points(1 - np.cos(t), 0.5 - np.sin(t))
    return _scattered(np.where(y[:, None] == 0, upper, lower), noise, rng), y


def rings(n, noise=0.05, rng=0):
    """Two circles about the origin: class 0 at radius ½, class 1 at radius 1, all round."""
    y, rng = _classes(n, 2), np.random.default_rng(rng)
    radius, t = (1 + y) / 2, rng.uniform(0, 2 * np.pi, n)
    return _scattered(_points(radius * np.cos(t), radius * np.sin(t)), noise, rng), y


def blobs(n, noise=0.3, rng=0, classes=3):
    """Gaussian clouds: class c of C about (cos 2πc/C, sin 2πc/C), evenly round the unit circle."""
    y, rng = _classes(n, classes), np.random.default_rng(rng)
    t = 2 * np.pi * y / classes
    return _scattered(_points(np.cos(t), np.sin(t)), noise, rng), y


def spirals(n, noise=0.02, rng=0, classes=2):
    """Arms that wind once about the origin, one for each class.

    Class c of C at radius t and angle 2π (t + c/C), t uniform in 0.1..1.
    Lang and Witbrock (1988) wound two arms three times.
    """
    y, rng = _classes(n, classes), np.random.default_rng(rng)
    t = rng.uniform(0.1, 1, n)
    angle = 2 * np.pi * (t + y / classes)
    return _scattered(_points(t * np.cos(angle), t * np.sin(angle)), noise, rng), y


def digits():
    """8×8 handwritten digits: (x_train, y_train), (x_test, y_test).

    x is (1438, 64) and (359, 64), pixels divided by 16 so that they lie in 0..1; y is the class.
    The split is fixed and keeps the classes' shares. Alpaydin and Kaynak (1998), UCI, CC BY 4.0.
    """
    from pathlib import Path  # slow to import, and not needed before

    with np.load(Path(__file__).with_name("digits.npz"), allow_pickle=False) as stored:
        x, y = stored["x"] / 16.0, stored["y"].astype(np.intp)  # as np.bincount counts
    test = np.zeros(len(y), bool)
    for digit in range(10):  # a fifth of every class, spread over the whole set
        test[np.flatnonzero(y == digit)[2::5]] = True
    return (x[~test], y[~test]), (x[test], y[test])


def _classes(n, classes):
    """0, 1, …, classes − 1, 0, 1, … (n,): as many of each, wherever the data are cut."""
    if count("n", n) < count("classes", classes):
        raise ValueError(f"n must be at least one point for each of {classes} classes, got {n}")
    return np.arange(n) % classes


def _points(x1, x2):
    return np.stack([x1, x2], axis=-1)


def _scattered(points, noise, rng):
    if finite("noise", noise) < 0:
        raise ValueError(f"noise must not be negative, got {noise}")
    return points + noise * rng.standard_normal(points.shape)
