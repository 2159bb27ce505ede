"""Chapter 14, The training recipe."""

import numpy as np

from .exercise import exercise


@exercise("14.1", batch="f1 f2 halfway")
def bend(f1, f2, halfway):
    """How far a network is from linear: max |f(½(x1 + x2)) − ½ f(x1) − ½ f(x2)|, relative.

    Logits (N, n) at x1, at x2 and halfway; divided by the largest size of those halfway.
    """
    return np.abs(halfway - (f1 + f2) / 2).max() / np.abs(halfway).max()


@bend.inputs
def _(rng):
    examples = int(rng.integers(3, 9))
    f1, f2, halfway = rng.normal(size=(3, examples, 4))
    # The largest of either kind is negative: a maximum without |…| is another number.
    halfway[1, 2] = -4.0 - rng.uniform()
    f1[1, 2] = f2[1, 2] = rng.uniform(1, 2)
    return f1, f2, halfway


@bend.mistake("You compare with the sum of the two. What lies halfway between them is their mean.")
def _(f1, f2, halfway):
    return np.abs(halfway - (f1 + f2)).max() / np.abs(halfway).max()


@bend.mistake("A large negative difference is as bad as a positive one: take its size first.")
def _(f1, f2, halfway):
    return (halfway - (f1 + f2) / 2).max() / np.abs(halfway).max()


@bend.mistake(
    "The difference is right. It is divided by the largest logit, not by the largest size."
)
def _(f1, f2, halfway):
    return np.abs(halfway - (f1 + f2) / 2).max() / halfway.max()


@bend.mistake(
    "Signs are lost twice: neither the difference nor the logits may hide a negative one."
)
def _(f1, f2, halfway):
    return (halfway - (f1 + f2) / 2).max() / halfway.max()


@bend.mistake("You average where the largest is asked for: one logit that bends is enough.")
def _(f1, f2, halfway):
    return np.abs(halfway - (f1 + f2) / 2).mean() / np.abs(halfway).max()


@bend.mistake("You average above and below. The largest of each is asked for.")
def _(f1, f2, halfway):
    return np.abs(halfway - (f1 + f2) / 2).mean() / np.abs(halfway).mean()


@bend.mistake("The difference is right, and it is not yet divided: large logits differ by more.")
def _(f1, f2, halfway):
    return np.abs(halfway - (f1 + f2) / 2).max()


@bend.mistake(
    "You divide each difference by its own logit. One that is near 0 then says nothing but that."
)
def _(f1, f2, halfway):
    return np.abs((halfway - (f1 + f2) / 2) / halfway).max()


@exercise("14.2")
def trials_needed(share, sure):
    """The fewest random trials, a whole number, that hit a good share with probability `sure`."""
    return int(np.ceil(np.log(1 - sure) / np.log(1 - share)))


@trials_needed.inputs
def _(rng):
    return float(rng.uniform(0.03, 0.12)), float(rng.uniform(0.9, 0.99))


@trials_needed.mistake("One trial too few: with that many the probability is still below `sure`.")
def _(share, sure):
    return int(np.log(1 - sure) / np.log(1 - share))


@trials_needed.mistake("You rounded to the nearest: where that is down, `sure` is not reached.")
def _(share, sure):
    return int(np.round(np.log(1 - sure) / np.log(1 - share)))


@trials_needed.mistake("It is not yet a whole number. Which of its neighbors is enough?")
def _(share, sure):
    return np.log(1 - sure) / np.log(1 - share)


@trials_needed.mistake(
    "You took the probability that all trials hit. Ask for the one that all of them miss."
)
def _(share, sure):
    return int(np.ceil(np.log(sure) / np.log(share)))


@trials_needed.mistake("That many trials all miss with probability `sure`. They may with the rest.")
def _(share, sure):
    return int(np.ceil(np.log(sure) / np.log(1 - share)))


@trials_needed.mistake(
    "That is after how many trials the first hit comes on average. To be sure takes more."
)
def _(share, sure):
    return int(np.ceil(1 / share))


@trials_needed.mistake(
    "You added the chances of the trials up. Two trials may both hit, and are then counted twice."
)
def _(share, sure):
    return int(np.ceil(sure / share))


@trials_needed.mistake("You used ln(1 − v) ≈ −v. It is near, and asks for a trial or two too many.")
def _(share, sure):
    return int(np.ceil(-np.log(1 - sure) / share))


@exercise("14.3", batch="a y")
def first_loss_expected(a, y):
    """(loss, ln n + ½ s²) of logits a (N, n) and classes y (N,), whole numbers.

    s² is the variance of one example's logits over the classes, averaged over the examples.
    """
    return _first(a, y)


def _first(a, y, spread=lambda a: a.var(axis=1).mean() / 2, log=np.log, count=None, over=1):
    e = np.exp(a - a.max(axis=1, keepdims=True))
    p = e / e.sum(axis=over, keepdims=True)
    loss = -np.log(p[np.arange(len(y)), y]).mean()
    return loss, log(count or a.shape[1]) + spread(a)


@first_loss_expected.inputs
def _(rng):
    examples, classes = int(rng.integers(4, 9)), int(rng.integers(3, 7))
    bias = rng.normal(size=classes)
    return rng.normal(size=(examples, classes)) + bias, rng.integers(classes, size=examples)


@first_loss_expected.mistake(
    "The loss agrees and the other number doesn't. In the formula d is what one example's logits "
    "differ by among themselves: along which axis is that?"
)
def _(a, y):  # the planted one
    return _first(a, y, lambda a: a.var(axis=0).mean() / 2)


@first_loss_expected.mistake(
    "That is the variance of all logits together. What one example has on top of another is the "
    "mean that softmax doesn't see."
)
def _(a, y):
    return _first(a, y, lambda a: a.var() / 2)


@first_loss_expected.mistake(
    "The loss agrees. The formula asks for half of the variance: s², not s."
)
def _(a, y):
    return _first(a, y, lambda a: a.std(axis=1).mean() / 2)


@first_loss_expected.mistake("You lost the ½ before the variance.")
def _(a, y):
    return _first(a, y, lambda a: a.var(axis=1).mean())


@first_loss_expected.mistake("n is the number of classes. You took the logarithm of the examples'.")
def _(a, y):
    return _first(a, y, count=len(a))


@first_loss_expected.mistake("The engine's logarithm is the natural one.")
def _(a, y):
    return _first(a, y, log=np.log10)


@first_loss_expected.mistake(
    "You left the mean of the logits in: s² is their variance, not their square."
)
def _(a, y):
    return _first(a, y, lambda a: (a**2).mean() / 2)


@first_loss_expected.mistake(
    "The softmax was right as it stood: each example's probabilities, a row of them, add up to 1."
)
def _(a, y):
    return _first(a, y, over=0)
