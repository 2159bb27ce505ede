"""Chapter 16, The whole thing."""

import numpy as np

from .exercise import exercise


@exercise("16.1")
def mcnemar(first, second):
    """(fixed, broken, z) of two networks, from whether each got each example right (N,).

    Fixed: only the second is right. Broken: only the first. z = 0.0 where they agree everywhere.
    """
    fixed, broken = np.sum(second & ~first), np.sum(first & ~second)
    apart = fixed + broken
    return fixed, broken, (fixed - broken) / np.sqrt(apart) if apart else 0.0


def _counts(first, second):
    return np.sum(second & ~first), np.sum(first & ~second)


@mcnemar.inputs
def _(rng):
    first = rng.uniform(size=30) < 0.7
    if rng.uniform() < 0.4:  # the same answers everywhere
        return first, first.copy()
    while True:  # never as many fixed as broken, which hides a mistake
        second = np.where(rng.uniform(size=30) < 0.4, rng.uniform(size=30) < 0.6, first)
        fixed, broken = _counts(first, second)
        if fixed != broken and first.sum() != fixed:
            return first, second


@mcnemar.mistake(
    "Fixed and broken are swapped: fixed is what the second has right and the first has not."
)
def _(first, second):
    broken, fixed = _counts(first, second)
    return fixed, broken, (fixed - broken) / np.sqrt(max(fixed + broken, 1))


@mcnemar.mistake(
    "Both counts are right. Under the root stand only the examples on which the two disagree."
)
def _(first, second):
    fixed, broken = _counts(first, second)
    return fixed, broken, (fixed - broken) / np.sqrt(len(first))


@mcnemar.mistake("Both counts are right. A count's luck grows like its root: yours lacks the root.")
def _(first, second):
    fixed, broken = _counts(first, second)
    return fixed, broken, (fixed - broken) / max(fixed + broken, 1)


@mcnemar.mistake("That is z², which no longer says who is better.")
def _(first, second):
    fixed, broken = _counts(first, second)
    return fixed, broken, (fixed - broken) ** 2 / max(fixed + broken, 1)


@mcnemar.mistake("z has a sign: it is negative where more was broken than fixed.")
def _(first, second):
    fixed, broken = _counts(first, second)
    return fixed, broken, abs(fixed - broken) / np.sqrt(max(fixed + broken, 1))


@mcnemar.mistake("Both counts are right. You returned the gain (F − B)/N in the place of z.")
def _(first, second):
    fixed, broken = _counts(first, second)
    return fixed, broken, (fixed - broken) / len(first)


@mcnemar.mistake(
    "You counted what each has right. What both have right says nothing about who is better."
)
def _(first, second):
    fixed, broken = second.sum(), first.sum()
    return fixed, broken, (fixed - broken) / np.sqrt(max(fixed + broken, 1))


@exercise("16.2")
def together(shares):
    """The classes (N,) that K networks answer together, from their shares (K, N, classes).

    The shares of all networks are averaged before the largest is taken.
    """
    return shares.mean(axis=0).argmax(axis=-1)


@together.inputs
def _(rng):
    # Some networks are sure and others in doubt, so that a vote and a mean often differ.
    size = rng.choice([0.1, 3.0], size=(5, 24, 1))
    shares = rng.standard_gamma(size, size=(5, 24, 10)) + 1e-4
    return (shares / shares.sum(axis=-1, keepdims=True),)


@together.mistake(
    "Each network votes here, and how sure it was is forgotten. Average first, then choose."
)
def _(shares):
    votes = shares.argmax(axis=-1)
    return np.array([np.bincount(each).argmax() for each in votes.T])


@together.mistake("The surest network decides here, alone. The mean asks all of them.")
def _(shares):
    return shares.max(axis=0).argmax(axis=-1)


@together.mistake(
    "You multiply the shares, so one share near 0 is a veto of all the others. Take their mean."
)
def _(shares):
    return shares.prod(axis=0).argmax(axis=-1)


@together.mistake("You asked the first network alone: the others stand along the first axis.")
def _(shares):
    return shares[0].argmax(axis=-1)


@together.mistake("That is the class with the smallest share.")
def _(shares):
    return shares.mean(axis=0).argmin(axis=-1)


@together.mistake("That is the median of the networks' shares; the mean is asked for.")
def _(shares):
    return np.median(shares, axis=0).argmax(axis=-1)


@together.mistake("You average the networks' answers. Class 4 doesn't lie between 3 and 5.")
def _(shares):
    return shares.argmax(axis=-1).mean(axis=0)


@exercise("16.3")
def reported(validation, test):
    """(mean, lowest, highest) test accuracy of the rate chosen by validation, by the rules.

    Accuracies (rates, starts, epochs). Chosen is the rate whose mean over the starts is best on
    validation, at the end; reported are its starts on the test images, at the end.
    """
    best = validation[:, :, -1].mean(axis=1).argmax()
    end = test[best, :, -1]
    return end.mean(), end.min(), end.max()


def _of(end):
    return end.mean(), end.min(), end.max()


@reported.inputs
def _(rng):
    return rng.uniform(0.9, 1, size=(6, 4, 7)), rng.uniform(0.9, 1, size=(6, 4, 7))


@reported.mistake(
    "The rate is chosen as it should be. But then something else is chosen, and by the test images."
)
def _(validation, test):  # the planted one
    best = validation[:, :, -1].mean(axis=1).argmax()
    return _of(test[best].max(axis=-1))


@reported.mistake(
    "The test images choose the rate here. They are looked at once, when all has been chosen."
)
def _(validation, test):
    return _of(test[test[:, :, -1].mean(axis=1).argmax(), :, -1])


@reported.mistake("You choose each start's epoch by validation. By the rules the end counts.")
def _(validation, test):
    best = validation[:, :, -1].mean(axis=1).argmax()
    return _of(test[best, np.arange(test.shape[1]), validation[best].argmax(axis=-1)])


@reported.mistake("The rate with the luckiest start wins here. It is the mean that chooses.")
def _(validation, test):
    return _of(test[validation[:, :, -1].max(axis=1).argmax(), :, -1])


@reported.mistake(
    "You report the end, but choose the rate by its best epoch. Choose by the end as well."
)
def _(validation, test):
    return _of(test[validation.max(axis=-1).mean(axis=1).argmax(), :, -1])


@reported.mistake(
    "These are validation accuracies. They chose, so they flatter: report those on the test images."
)
def _(validation, test):
    return _of(validation[validation[:, :, -1].mean(axis=1).argmax(), :, -1])


@reported.mistake("You average over the epochs. The network at the end counts.")
def _(validation, test):
    return _of(test[validation[:, :, -1].mean(axis=1).argmax()].mean(axis=-1))
