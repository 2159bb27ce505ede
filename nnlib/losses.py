"""Losses: how wrong an output is, and which way it should move.

Each is called as `value, dlogits = loss(output, target)`.
`value` is the mean over the examples, one number for each network of a stack;
`dlogits` is dvalue/doutput, in the output's shape.

Cross-entropies take logits (the last layer's output before any activation) and are finite at
any logit: the exponentials are taken of numbers that are never positive.

`prepare` checks a target's values, once for a whole training run. A target that it has not seen
is checked at the call.
"""

import functools

import numpy as np


class Target(np.ndarray):
    """An array of floats that `prepare` has checked, and any slice of it."""


class Loss:
    """What all share: targets that are checked, and what counts as right."""

    threshold = 0  # a single output says yes from here on

    def prepare(self, target, n_out, dtype):
        """`target` as an array of floats (N, n_out), a Target; whole numbers are allowed here."""
        target = np.asarray(target)
        if target.dtype.kind not in "fiub":
            raise TypeError(f"target must hold numbers, got {target.dtype}")
        if target.ndim < 2 or target.shape[-1] != n_out:
            raise ValueError(f"target must have shape (N, {n_out}), got {target.shape}")
        target = target.astype(dtype)
        if not np.isfinite(target).all():
            raise ValueError("target holds NaN or infinity")
        return target.view(Target)

    def ready(self, output, target):
        """The target of this output, prepared. One that would silently stretch is an error."""
        if output.ndim < 2:
            raise ValueError(f"output must be (N, n_out), got shape {output.shape}")
        if output.dtype.kind != "f":
            raise TypeError(f"output must hold floats, got {output.dtype}")
        if not isinstance(target, Target):
            target = self.prepare(target, output.shape[-1], np.result_type(output, np.float32))
        if target.shape not in (output.shape, output.shape[-2:]):
            raise ValueError(
                f"target must have the output's shape {output.shape}, got {target.shape}"
            )
        return target.view(np.ndarray)

    def accuracy(self, output, target):
        """Share of examples that are right: the largest output, or a single one's side."""
        target = self.ready(output, target)
        if output.shape[-1] == 1:
            return ((output >= self.threshold) == (target >= 0.5)).mean((-2, -1))
        return (output.argmax(-1) == target.argmax(-1)).mean(-1)


class MeanSquaredError(Loss):
    """C = mean over examples of Σ over outputs of (z − y)².

    The sum over outputs follows the notes' ‖y − z‖²; PyTorch's MSELoss divides by their number too.
    A single output is right on its target's side of ½.
    """

    threshold = 0.5

    def __call__(self, output, target):
        target = self.ready(output, target)
        error = output - target
        value = average(error * error)
        error *= 2 / examples(output)
        return value, error


class BinaryCrossEntropy(Loss):
    """C = −mean over examples of Σ over outputs of  y ln σ(a) + (1 − y) ln(1 − σ(a)).

    Takes logits a and targets y in [0, 1], both (N, n_out).
    Computed as s − a y with s = ln(1 + eᵃ) = ln(1 + e^(−|a|)) + max(a, 0), without overflow.
    dC/da = (σ(a) − y) / N, where σ(a) = e^(a − s). A single output says yes from σ(a) = ½ on.
    """

    def prepare(self, target, n_out, dtype):
        """`target` as a Target (N, n_out), each number in [0, 1]."""
        target = super().prepare(target, n_out, dtype)
        if target.min() < 0 or target.max() > 1:
            raise ValueError(
                f"target must lie in [0, 1] for cross-entropy, "
                f"got values from {target.min():g} to {target.max():g}"
            )
        return target

    def __call__(self, logits, target):
        target = self.ready(logits, target)
        s = np.log1p(np.exp(-np.abs(logits))) + np.maximum(logits, 0)
        value = average(s - logits * target)
        return value, (np.exp(logits - s) - target) / examples(logits)


class SoftmaxCrossEntropy(Loss):
    """C = −mean over examples of ln p_c, with p = softmax(logits) and c the right class.

    The target is whole-number classes (N,), or one-hot (or soft) rows (N, n_out) that sum to 1.
    dC/dlogits = (p − onehot) / N.
    """

    def prepare(self, target, n_out, dtype):
        """`target` as a Target: one-hot rows (N, n_out)."""
        target = np.asarray(target)
        if target.dtype.kind in "iu" or target.ndim == 1:
            return one_hot(target, n_out, dtype).view(Target)
        target = super().prepare(target, n_out, dtype)
        if target.min() < 0 or np.abs(target.sum(-1) - 1).max() > 1e-3:
            raise ValueError("target rows must be probabilities that sum to 1, or class numbers")
        return target

    def __call__(self, logits, target):
        target = self.ready(logits, target)
        log_p = log_softmax(logits)
        value = -average(target * log_p)
        dlogits = np.exp(log_p, out=log_p)  # p, then p − onehot, then over N
        dlogits -= target
        dlogits /= examples(logits)
        return value, dlogits


def one_hot(classes, n, dtype=np.float64):
    """Class numbers (N,) as rows (N, n) with a single 1."""
    classes = np.asarray(classes)
    if classes.dtype.kind not in "iu" or classes.ndim != 1:
        raise TypeError(
            f"classes must be whole numbers of shape (N,), got {classes.dtype} {classes.shape}"
        )
    if len(classes) and not 0 <= classes.min() <= classes.max() < n:
        raise ValueError(
            f"classes must lie in 0..{n - 1} for {n} outputs, "
            f"got {classes.min()} to {classes.max()}"
        )
    rows = np.zeros((len(classes), n), dtype)
    rows[np.arange(len(classes)), classes] = 1
    return rows


def log_softmax(logits):
    """ln p of every class, finite at any logit: the largest of an example becomes 0 first."""
    a = logits.mT.copy()  # turned: ten long rows are added faster than many short
    a -= np.maximum.reduce(a, axis=-2, keepdims=True)
    a -= np.log(np.add.reduce(np.exp(a), axis=-2, keepdims=True))
    return a.mT.copy()


def examples(output):
    """How many examples an output holds."""
    return output.shape[-2]


def average(terms):
    """The mean over the examples of the sum over the outputs, for each network of a stack.

    As a product with a row of 1/N, which is quicker than a sum.
    """
    flat, shares = _shares(terms.shape, terms.dtype)
    return terms.reshape(flat).dot(shares)


@functools.lru_cache(maxsize=32)
def _shares(shape, dtype):
    """The shape with all numbers of a network in one row, and 1/N for each of them."""
    *stack, n, n_out = shape
    return (*stack, n * n_out), np.full(n * n_out, 1 / n, dtype)
