"""Chapter 9, Normalization."""

import numpy as np

from .exercise import exercise


@exercise("09.1")
def back_through_norm(g, a):
    """∂C/∂a (N, n) from g = ∂C/∂â (N, n) and the pre-activations a (N, n), with ε = 0.

    â is a with its mean over the batch taken away, divided by its deviation over the batch.
    """
    return _back(g, a)


def _back(g, a, by_mean=True, by_variance=True, over=None, axis=0):
    s = a.std(axis=axis, keepdims=True)
    hat = (a - a.mean(axis=axis, keepdims=True)) / s
    out = g
    if by_mean:
        out = out - g.mean(axis=axis, keepdims=True)
    if by_variance:
        out = out - hat * (g * hat).mean(axis=axis, keepdims=True)
    return out / (s if over is None else over(s))


@back_through_norm.inputs
def _(rng):
    n = int(rng.integers(4, 9))
    return rng.normal(size=(n, 3)), rng.normal(size=(n, 3)) * [0.5, 2, 3] + [1, 0, -2]


@back_through_norm.mistake(
    "You took mean and deviation for constants. When one a moves they move too, and with them all "
    "the other â: two terms come off."
)
def _(g, a):
    return _back(g, a, by_mean=False, by_variance=False)


@back_through_norm.mistake("The mean's share comes off. The deviation depends on a too.")
def _(g, a):
    return _back(g, a, by_variance=False)


@back_through_norm.mistake("The deviation's share comes off. The mean depends on a too.")
def _(g, a):
    return _back(g, a, by_mean=False)


@back_through_norm.mistake("The line is taken away. What is missing is that â is a divided by s.")
def _(g, a):
    return _back(g, a, over=np.ones_like)


@back_through_norm.mistake("You divide by the variance. â is a divided by its root.")
def _(g, a):
    return _back(g, a, over=np.square)


@back_through_norm.mistake("You multiply by s. A unit that spreads widely moves â less, not more.")
def _(g, a):
    return _back(g, a, over=lambda s: 1 / s)


@back_through_norm.mistake(
    "You went along the units of each example: that is layer norm's way back. The batch is axis 0."
)
def _(g, a):
    return _back(g, a, axis=1)


@back_through_norm.mistake("The slope of the line is the mean of g â, not of g times a.")
def _(g, a):
    s = a.std(axis=0)
    hat = (a - a.mean(axis=0)) / s
    return (g - g.mean(axis=0) - hat * (g * a).mean(axis=0)) / s


@back_through_norm.mistake("You take sums away where the formula has means, 1/N of them.")
def _(g, a):
    s = a.std(axis=0)
    hat = (a - a.mean(axis=0)) / s
    return (g - g.sum(axis=0) - hat * (g * hat).sum(axis=0)) / s


@exercise("09.2")
def running(means, variances, n, m):
    """(mean, variance) kept after all steps: from batch means and biased variances (T,) each.

    n examples a batch; m is the share kept; they begin at 0 and 1. The variances are unbiased.
    """
    return _running(means, variances * n / (n - 1), m)


def _running(means, variances, m, mean=0.0, var=1.0):
    for each_mean, each_var in zip(means, variances, strict=True):
        mean, var = m * mean + (1 - m) * each_mean, m * var + (1 - m) * each_var
    return mean, var


@running.inputs
def _(rng):
    steps, n = int(rng.integers(4, 9)), int(rng.integers(3, 9))
    return rng.normal(size=steps), rng.uniform(2, 5, size=steps), n, float(rng.uniform(0.6, 0.9))


@running.mistake("m is the share that is kept. You replace that share, as PyTorch's momentum does.")
def _(means, variances, n, m):
    return _running(means, variances * n / (n - 1), 1 - m)


@running.mistake("The mean is right. A batch sees too little spread: what factor repairs v?")
def _(means, variances, n, m):
    return _running(means, variances, m)


@running.mistake("The mean is right. You repair v the wrong way round: it is too small, not large.")
def _(means, variances, n, m):
    return _running(means, variances * (n - 1) / n, m)


@running.mistake("The mean is right. Variances are averaged, not deviations.")
def _(means, variances, n, m):
    mean, std = _running(means, np.sqrt(variances * n / (n - 1)), m)
    return mean, std**2


@running.mistake("You begin at the first batch's numbers. The averages begin at 0 and 1.")
def _(means, variances, n, m):
    v = variances * n / (n - 1)
    return _running(means[1:], v[1:], m, means[0], v[0])


@running.mistake("The mean is right. The variance begins at 1, not at 0.")
def _(means, variances, n, m):
    return _running(means, variances * n / (n - 1), m, var=0.0)


@running.mistake("You averaged all batches alike. The older a batch, the less it counts.")
def _(means, variances, n, m):
    return means.mean(), (variances * n / (n - 1)).mean()


@running.mistake("The mean is right. The second is the variance of the batch means: their noise.")
def _(means, variances, n, m):
    return running.answer(means, variances, n, m)[0], means.var()


@running.mistake("You did the last step alone: each step begins where the one before it ended.")
def _(means, variances, n, m):
    return _running(means[-1:], variances[-1:] * n / (n - 1), m)


@exercise("09.3", batch="block")
def group_norm(block, groups):
    """Group norm of a block (N, C, L): each example's groups of neighboring channels. ε = 1e-5."""
    n, channels, positions = block.shape
    return _norm(block, (n, groups, channels // groups, positions), (2, 3))


def _norm(block, shape, axes, eps=1e-5, root=np.sqrt):
    split = block.reshape(shape)
    centered = split - split.mean(axis=axes, keepdims=True)
    scale = root((centered**2).mean(axis=axes, keepdims=True) + eps)
    return (centered / scale).reshape(block.shape)


@group_norm.inputs
def _(rng):
    n, groups = int(rng.integers(2, 6)), 2
    return rng.normal(size=(n, 6, 3)) * rng.uniform(0.5, 3, size=(6, 1)), groups


@group_norm.mistake(
    "There are groups sets of C / groups channels. Count yours: how many sets has each example?"
)
def _(block, groups):  # the planted one
    n, channels, positions = block.shape
    return _norm(block, (n, channels // groups, groups, positions), (2, 3))


@group_norm.mistake(
    "As many sets as asked for, but each takes every second channel: neighbors belong together."
)
def _(block, groups):
    n, channels, positions = block.shape
    return _norm(block, (n, channels // groups, groups, positions), (1, 3))


@group_norm.mistake("You took the mean over the examples too. A group belongs to one example.")
def _(block, groups):
    n, channels, positions = block.shape
    return _norm(block, (n, groups, channels // groups, positions), (0, 2, 3))


@group_norm.mistake("That is instance norm: each channel has a mean of its own.")
def _(block, groups):
    return _norm(block, block.shape, (2,))


@group_norm.mistake("That is layer norm: all channels of an example have one mean.")
def _(block, groups):
    return _norm(block, block.shape, (1, 2))


@group_norm.mistake("That is batch norm: it takes a channel's mean over all examples.")
def _(block, groups):
    return _norm(block, block.shape, (0, 2))


@group_norm.mistake("Each position has a mean of its own now. A group holds all its positions.")
def _(block, groups):
    n, channels, positions = block.shape
    return _norm(block, (n, groups, channels // groups, positions), (2,))


@group_norm.mistake("You divide by the variance: the root is missing.")
def _(block, groups):
    n, channels, positions = block.shape
    return _norm(block, (n, groups, channels // groups, positions), (2, 3), root=lambda v: v)
