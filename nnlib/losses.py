"""Losses: how wrong an output is, and which way it should move.

Each is called as `value, dlogits = loss(output, target)`.
`value` is the mean over the examples, one number for each network of a stack;
`dlogits` is dvalue/doutput, in the output's shape.

Cross-entropies take logits (the last layer's output before any activation) and are finite at
any logit: the exponentials are taken of numbers that are never positive.

`prepare` makes a target ready and checks its values, once for a whole training run. Called
directly, a loss looks at the target's shape and its class numbers, not at every share in it.
"""

import numpy as np


class MeanSquaredError:
    """C = mean over examples of Σ over outputs of (z − y)².

    The sum over outputs follows the notes' ‖y − z‖²; PyTorch's MSELoss divides by their number too.
    """

    def prepare(self, target, n_out, dtype):
        """`target` as an array of floats (N, n_out); whole numbers are allowed here."""
        return _matching(target, n_out, dtype)

    def __call__(self, output, target):
        target = _same_shape(output, target)
        error = output - target
        value = np.add.reduce(error * error, axis=(-2, -1)) / examples(output)
        error *= 2 / examples(output)
        return value, error

    def accuracy(self, output, target):
        """Share of examples on the right side: the largest output, or 1[z ≥ ½] for a single one."""
        return _agreement(output, target, threshold=0.5)


class BinaryCrossEntropy:
    """C = −mean over examples of Σ over outputs of  y ln σ(a) + (1 − y) ln(1 − σ(a)).

    Takes logits a and targets y in [0, 1], both (N, n_out).
    Computed as s − a y with s = ln(1 + eᵃ) = ln(1 + e^(−|a|)) + max(a, 0), without overflow.
    dC/da = (σ(a) − y) / N, where σ(a) = e^(a − s).
    """

    def prepare(self, target, n_out, dtype):
        """`target` as an array (N, n_out) of floats, each in [0, 1]."""
        target = _matching(target, n_out, dtype)
        if target.min() < 0 or target.max() > 1:
            raise ValueError(
                f"target must lie in [0, 1] for cross-entropy, "
                f"got values from {target.min():g} to {target.max():g}"
            )
        return target

    def __call__(self, logits, target):
        target = _same_shape(logits, target)
        s = np.log1p(np.exp(-np.abs(logits))) + np.maximum(logits, 0)
        value = np.add.reduce(s - logits * target, axis=(-2, -1)) / examples(logits)
        return value, (np.exp(logits - s) - target) / examples(logits)

    def accuracy(self, logits, target):
        """Share of examples on the right side of σ(a) = ½, which is a = 0, or by the largest a."""
        return _agreement(logits, target, threshold=0)


class SoftmaxCrossEntropy:
    """C = −mean over examples of ln p_c, with p = softmax(logits) and c the right class.

    The target is whole-number classes (N,), or one-hot (or soft) rows (N, n_out) that sum to 1.
    dC/dlogits = (p − onehot) / N.
    """

    def prepare(self, target, n_out, dtype):
        """`target` as one-hot rows (N, n_out), checked."""
        target = np.asarray(target)
        if target.dtype.kind in "iu":
            return one_hot(target, n_out, dtype)
        if target.ndim == 1:
            raise TypeError(f"target: classes must be whole numbers, got {target.dtype}")
        target = _matching(target, n_out, dtype)
        if target.min() < 0 or np.abs(target.sum(-1) - 1).max() > 1e-3:
            raise ValueError("target rows must be probabilities that sum to 1, or class numbers")
        return target

    def __call__(self, logits, target):
        target = _same_shape(logits, _rows(logits, target))
        shifted = logits - over_features(np.maximum, logits)
        exp = np.exp(shifted)
        total = over_features(np.add, exp)
        log_p = shifted - np.log(total)
        value = -np.add.reduce(target * log_p, axis=(-2, -1)) / examples(logits)
        dlogits = np.divide(exp, total, out=exp)  # p, then p − onehot, then over N
        dlogits -= target
        dlogits /= examples(logits)
        return value, dlogits

    def accuracy(self, logits, target):
        """Share of examples whose largest logit is the right class."""
        return _agreement(logits, _rows(logits, target), threshold=0)


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


def over_features(ufunc, a):
    """The features of each example taken together, (..., N, 1), by np.add or np.maximum.

    The array is turned first: NumPy adds ten long columns far faster than many short rows.
    """
    return ufunc.reduce(a.mT.copy(), axis=-2)[..., None]


def examples(output):
    """How many examples an output holds."""
    return output.shape[-2]


def _agreement(output, target, threshold):
    target = _same_shape(output, target)
    if output.shape[-1] == 1:
        return ((output >= threshold) == (target >= 0.5)).mean((-2, -1))
    return (output.argmax(-1) == target.argmax(-1)).mean(-1)


def _rows(logits, target):
    """Classes (N,) as one-hot rows; rows as they are."""
    target = np.asarray(target)
    if target.dtype.kind != "f" or target.ndim == 1:
        return one_hot(target, logits.shape[-1], logits.dtype)
    return target


def _same_shape(output, target):
    """A target that NumPy would silently stretch, (N,) against (N, 1), is an error here."""
    target = np.asarray(target)
    if output.ndim < 2:
        raise ValueError(f"output must be (N, n_out), got shape {output.shape}")
    if target.shape not in (output.shape, output.shape[-2:]):
        raise ValueError(f"target must have the output's shape {output.shape}, got {target.shape}")
    return target


def _matching(target, n_out, dtype):
    target = np.asarray(target)
    if target.dtype.kind not in "fiub":
        raise TypeError(f"target must hold numbers, got {target.dtype}")
    target = target.astype(dtype)
    if target.ndim < 2 or target.shape[-1] != n_out:
        raise ValueError(f"target must have shape (N, {n_out}), got {target.shape}")
    if not np.isfinite(target).all():
        raise ValueError("target holds NaN or infinity")
    return target
