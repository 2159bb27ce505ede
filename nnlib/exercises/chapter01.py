"""Chapter 1, The neuron."""

import numpy as np

from .exercise import exercise


def _sigmoid(a):
    return 1 / (1 + np.exp(-a))


@exercise("01.1", batch="X y")
def delta_pass(w, X, y, lr):
    """The weights (n,) after one pass of the delta rule: the rows of X (N, n) take turns.

    y (N,) holds the right answers, and the neuron has no bias: ŷ = w · x.
    """
    for image, target in zip(X, y, strict=True):
        w = w - lr * (w @ image - target) * image
    return w


@delta_pass.inputs
def _(rng):
    examples = int(rng.integers(3, 8))
    X = rng.uniform(0.1, 1, size=(examples, 4))
    return rng.normal(size=4), X, rng.normal(size=examples), float(rng.uniform(0.1, 0.5))


@delta_pass.mistake(
    "You took all errors with the first weights. The pictures take turns: each one meets the "
    "weights that the one before it has left."
)
def _(w, X, y, lr):
    return w - lr * (X @ w - y) @ X


@delta_pass.mistake(
    "That is one step on the mean of all pictures. In a pass of the delta rule they take turns."
)
def _(w, X, y, lr):
    return w - lr * (X @ w - y) @ X / len(X)


@delta_pass.mistake("It stops after the first picture: does your return stand inside the loop?")
def _(w, X, y, lr):
    return w - lr * (w @ X[0] - y[0]) * X[0]


@delta_pass.mistake(
    "It corrects for the last picture only: the step of each picture must start where the step "
    "before it ended."
)
def _(w, X, y, lr):
    return w - lr * (w @ X[-1] - y[-1]) * X[-1]


def _passes(change):
    """A pass with another change of the weights for each picture."""

    def wrong(w, X, y, lr):
        for image, target in zip(X, y, strict=True):
            w = w + lr * change(w @ image, target, image)
        return w

    return wrong


delta_pass.mistake("It walks uphill: after your step the error is larger than before.")(
    _passes(lambda a, y, x: (a - y) * x)
)
delta_pass.mistake(
    "The input is missing. Each weight is corrected by error times its own input, so that an "
    "empty pixel is not blamed."
)(_passes(lambda a, y, x: y - a))
delta_pass.mistake(
    "Your correction is twice too long: that is the slope of the squared error. The delta rule "
    "takes half of it."
)(_passes(lambda a, y, x: 2 * (y - a) * x))
delta_pass.mistake(
    "That is Hebb's rule: input times wanted answer. The delta rule looks at the error."
)(_passes(lambda a, y, x: y * x))
delta_pass.mistake(
    "You compared a decision, 0 or 1, with the answer. Here the answer is the sum w · x itself."
)(_passes(lambda a, y, x: (y - (a >= 0)) * x))
delta_pass.mistake(
    "You put a sigmoid behind the sum. In this rule the answer is the sum w · x itself."
)(_passes(lambda a, y, x: (y - _sigmoid(a)) * x))


@exercise("01.2", batch="a")
def steep_slope(a, s):
    """The slope of z = σ(s a) by a, element by element for a of shape (N,), s a number."""
    z = _sigmoid(s * a)
    return s * z * (1 - z)


@steep_slope.inputs
def _(rng):
    return rng.normal(size=int(rng.integers(3, 9))), float(rng.uniform(0.3, 3))


@steep_slope.mistake(
    "That is the slope by s a. For the slope by a the chain rule has one factor more."
)
def _(a, s):
    z = _sigmoid(s * a)
    return z * (1 - z)


@steep_slope.mistake("The steepness is missing altogether: that is the slope of σ(a).")
def _(a, s):
    return _sigmoid(a) * (1 - _sigmoid(a))


@steep_slope.mistake(
    "The factor s is there, but σ is taken at a. The curve σ(s a) is at s a, and so is its slope."
)
def _(a, s):
    return s * _sigmoid(a) * (1 - _sigmoid(a))


@steep_slope.mistake(
    "You multiplied by a: that is the slope by s. Asked for is the slope by a, with s kept fixed."
)
def _(a, s):
    z = _sigmoid(s * a)
    return a * z * (1 - z)


@steep_slope.mistake("In z(1 − z), z is the answer σ(s a), not the sum s a.")
def _(a, s):
    return s * (s * a) * (1 - s * a)


@steep_slope.mistake("The inner slope is s, not s squared: s a changes by s when a changes by 1.")
def _(a, s):
    z = _sigmoid(s * a)
    return s**2 * z * (1 - z)


@exercise("01.3", batch="X y")
def least_wrong(X, y):
    """(w, b) with the least sum of (w · x + b − y)² over the rows of X (N, n); y is (N,)."""
    longer = np.column_stack([X, np.ones(len(X))])
    found = np.linalg.lstsq(longer, y, rcond=None)[0]
    return found[:-1], found[-1]


@least_wrong.inputs
def _(rng):
    examples = int(rng.integers(6, 12))
    return rng.uniform(0.3, 1.5, size=(examples, 3)), 1 + rng.normal(size=examples)


def _without(X, y):
    return np.linalg.lstsq(X, y, rcond=None)[0]


@least_wrong.mistake(
    "The weights are the best ones without a bias: b must be free to be found too."
)
def _(X, y):
    return _without(X, y), 0.0


@least_wrong.mistake(
    "You found the weights without a bias and added a bias afterwards. Once b may move, other "
    "weights are best: find both at once."
)
def _(X, y):
    w = _without(X, y)
    return w, np.mean(y - X @ w)


@least_wrong.mistake(
    "The weights are right and b is not: mean(y) is the bias only if every pixel has mean 0."
)
def _(X, y):
    return least_wrong.answer(X, y)[0], np.mean(y)


@least_wrong.mistake(
    "You put the ones in front, so the first number found is the bias, and the last is a weight."
)
def _(X, y):
    w, b = least_wrong.answer(X, y)
    found = np.r_[b, w]
    return found[:-1], found[-1]


@least_wrong.mistake(
    "Xᵀy is the right side of the normal equations. Its left side, XᵀX times the weights, is still "
    "to be solved for them."
)
def _(X, y):
    longer = np.column_stack([X, np.ones(len(X))])
    found = longer.T @ y
    return found[:-1], found[-1]


@least_wrong.mistake(
    "You have the first n + 1 equations solved exactly, and the other pictures are ignored."
)
def _(X, y):
    longer = np.column_stack([X, np.ones(len(X))])[:4]
    found = np.linalg.solve(longer, y[:4])
    return found[:-1], found[-1]


@least_wrong.mistake("The weights are right, the bias has the wrong sign: it is added to w · x.")
def _(X, y):
    w, b = least_wrong.answer(X, y)
    return w, -b
