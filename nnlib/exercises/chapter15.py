"""Chapter 15, Reading loss curves."""

import numpy as np

from .exercise import exercise


@exercise("15.1")
def two_softmax_floor(n, scale):
    """The least cross-entropy of n classes, where the loss gets scale · softmax for its logits."""
    return np.log(np.exp(scale) + n - 1) - scale


@two_softmax_floor.inputs
def _(rng):
    return int(rng.integers(3, 13)), float(rng.uniform(1.5, 4))


@two_softmax_floor.mistake("That is right for a scale of 1 alone: where does the scale come in?")
def _(n, scale):
    return np.log(np.e + n - 1) - 1


@two_softmax_floor.mistake(
    "The scale multiplies what the outer softmax gets, not the loss: the logarithm stands between."
)
def _(n, scale):
    return scale * (np.log(np.e + n - 1) - 1)


@two_softmax_floor.mistake(
    "The logarithm is right. But the right class's own logit, which is taken off, is scaled, too."
)
def _(n, scale):
    return np.log(np.exp(scale) + n - 1) - 1


@two_softmax_floor.mistake(
    "The logit of the right class is taken off as it should be. In the sum it is still unscaled."
)
def _(n, scale):
    return np.log(np.e + n - 1) - scale


@two_softmax_floor.mistake("How many classes are wrong ones? You count the right one among them.")
def _(n, scale):
    return np.log(np.exp(scale) + n) - scale


@two_softmax_floor.mistake(
    "That is the top of the band, where the inner softmax is sure of a wrong class."
)
def _(n, scale):
    return np.log(np.exp(scale) + n - 1)


@two_softmax_floor.mistake(
    "A wrong class has probability 0 and so the logit 0. What does it add to the sum, e⁰ or 0?"
)
def _(n, scale):
    return 0.0


@two_softmax_floor.mistake("The scale multiplies the probabilities. You multiplied e by it.")
def _(n, scale):
    return np.log(scale * np.e + n - 1) - scale


@two_softmax_floor.mistake(
    "e stands to the power of the scale for the right class, and e⁰ = 1 for each wrong one: the "
    "scale doesn't touch those."
)
def _(n, scale):
    return np.log(np.exp(scale) + (n - 1) * scale) - scale


@exercise("15.2")
def saw_tooth(steps, per_epoch):
    """The median correlation of an epoch's moves with the next epoch's.

    steps (T,) are batch losses, per_epoch of them an epoch; a last part of an epoch is left out.
    """
    moves = np.diff(_epochs(steps, per_epoch), axis=1)
    return np.median(_alike(moves[:-1], moves[1:]))


def _epochs(steps, per_epoch, first=0):
    whole = len(steps) // per_epoch * per_epoch
    return steps[first : first + whole].reshape(-1, per_epoch)


def _alike(before, after):
    return [np.corrcoef(a, b)[0, 1] for a, b in zip(before, after, strict=True)]


@saw_tooth.inputs
def _(rng):
    per_epoch, epochs = int(rng.integers(7, 12)), 6
    steps = np.tile(rng.normal(size=per_epoch), epochs + 1)
    steps = steps + 1.2 * rng.normal(size=len(steps)) + 8 * np.exp(-0.05 * np.arange(len(steps)))
    return steps[: epochs * per_epoch + int(rng.integers(2, per_epoch - 1))], per_epoch


@saw_tooth.mistake(
    "You correlate the losses themselves. A loss that falls in every epoch is alike by that alone: "
    "take the moves."
)
def _(steps, per_epoch):
    epochs = _epochs(steps, per_epoch)
    return np.median(_alike(epochs[:-1], epochs[1:]))


@saw_tooth.mistake("The correlations are right. Their median is asked for, not their mean.")
def _(steps, per_epoch):
    moves = np.diff(_epochs(steps, per_epoch), axis=1)
    return np.mean(_alike(moves[:-1], moves[1:]))


@saw_tooth.mistake("Every epoch is compared with the next one, and not with the first.")
def _(steps, per_epoch):
    moves = np.diff(_epochs(steps, per_epoch), axis=1)
    return np.median(_alike(np.tile(moves[0], (len(moves) - 1, 1)), moves[1:]))


@saw_tooth.mistake("You took every other pair: the second epoch is the third one's neighbor, too.")
def _(steps, per_epoch):
    moves = np.diff(_epochs(steps, per_epoch), axis=1)
    return np.median(_alike(moves[:-1:2], moves[1::2]))


@saw_tooth.mistake(
    "A move from an epoch's last step to the next epoch's first is in your sums. Cut into epochs "
    "first, and take the differences then."
)
def _(steps, per_epoch):
    moves = np.diff(steps)
    moves = _epochs(moves, per_epoch)
    return np.median(_alike(moves[:-1], moves[1:]))


@saw_tooth.mistake(
    "The steps that are left over are the last ones. You dropped as many from the beginning."
)
def _(steps, per_epoch):
    moves = np.diff(_epochs(steps, per_epoch, first=len(steps) % per_epoch), axis=1)
    return np.median(_alike(moves[:-1], moves[1:]))


@saw_tooth.mistake(
    "A correlation is of what lies above and below the mean: take the mean move of each epoch off."
)
def _(steps, per_epoch):
    moves = np.diff(_epochs(steps, per_epoch), axis=1)
    sizes = np.linalg.norm(moves, axis=1)
    return np.median((moves[:-1] * moves[1:]).sum(axis=1) / (sizes[:-1] * sizes[1:]))


@saw_tooth.mistake(
    "You compare steps at the same place in the epoch, over the epochs: that is the other axis."
)
def _(steps, per_epoch):
    moves = np.diff(_epochs(steps, per_epoch), axis=1).T
    return np.median(_alike(moves[:-1], moves[1:]))


@exercise("15.3", batch="losses")
def first_break(losses):
    """Of each run, the first step whose loss is not finite, or T where there is none.

    losses (K, T) are the batch losses of a stack; whole numbers (K,).
    """
    return _where(~np.isfinite(losses))


def _where(broken, never=None, add=0):
    never = broken.shape[1] if never is None else never
    return np.where(broken.any(axis=1), broken.argmax(axis=1) + add, never)


@first_break.inputs
def _(rng):
    runs, length = 7, int(rng.integers(14, 21))
    losses = rng.uniform(0.5, 3, size=(runs, length))
    at = rng.integers(2, length - 6, size=runs)
    losses[0, 0] = np.inf  # broken before the first step, and never again
    losses[1, at[1] :] = np.nan
    losses[2, at[2]], losses[2, at[2] + 2 :] = np.inf, np.nan
    losses[3, at[3]] = losses[3, at[3] + 3] = np.inf  # ln 0: training goes on beside it
    losses[4, at[4]], losses[4, at[4] + 4] = np.nan, np.inf
    # The last two never break.
    return (losses[rng.permutation(runs)],)


@first_break.mistake(
    "Two kinds of run come out wrong. Which value, besides NaN, is no finite number? And what does "
    "argmax return where nothing is found?"
)
def _(losses):  # the planted one
    return np.isnan(losses).argmax(axis=1)


@first_break.mistake(
    "Half done: a run that never broke gets 0, as if it had broken at once. Where all is False, "
    "argmax takes the first."
)
def _(losses):
    return (~np.isfinite(losses)).argmax(axis=1)


@first_break.mistake("Half done: a loss of infinity is broken, too, and it isn't NaN.")
def _(losses):
    return _where(np.isnan(losses))


@first_break.mistake("Half done: NaN is broken, too, and it isn't infinite.")
def _(losses):
    return _where(np.isinf(losses))


@first_break.mistake(
    "You count the finite steps. That is the same only if a run never comes back, and one whose "
    "logarithm met 0 may."
)
def _(losses):
    return np.isfinite(losses).sum(axis=1)


@first_break.mistake("A run that never broke gets T, the number of steps.")
def _(losses):
    return _where(~np.isfinite(losses), never=-1)


@first_break.mistake("A run that never broke gets T, one more than the index of its last step.")
def _(losses):
    return _where(~np.isfinite(losses), never=losses.shape[1] - 1)


@first_break.mistake("Steps are counted from 0.")
def _(losses):
    return _where(~np.isfinite(losses), add=1)


@first_break.mistake("That is the last step that is not finite. The first is asked for.")
def _(losses):
    broken = ~np.isfinite(losses)
    last = losses.shape[1] - 1 - broken[:, ::-1].argmax(axis=1)
    return np.where(broken.any(axis=1), last, losses.shape[1])
