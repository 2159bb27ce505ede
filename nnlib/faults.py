"""The faults that loss curves show, one function each. For `diagnose`.

Every function reads as its fault's definition: it takes the `Curves` of a run, and returns the
evidence as a sentence, or None.
"""

import math

import numpy as np

from .curves import FEWEST, jumps

MUCH = 0.3  # a share of the first loss that is much to be left with


def not_a_number(c):
    """A loss that is not finite, and no growth that led there."""
    if c.broke is None:
        return None
    if c.broke == 0:
        return "the loss is not a finite number from the very start."
    if c.grew:
        return None
    return (
        f"the loss is not a finite number at step {c.broke + 1}, though shortly before it was "
        f"{c.steps[-1]:.3g}, not above ten times the first, {c.start:.3g}."
    )


def sign_flipped(c):
    """Rising from the first step to the last, smoothly: the run climbs."""
    if len(c.blocks) < 5 or not c.blocks[-1] > 1.1 * c.blocks[0]:
        return None
    rising = np.mean(np.diff(c.blocks) > 0)
    if rising < 0.85 or c.blocks.min() < 0.8 * c.blocks[0] or c.leap > 20:
        return None
    return (
        f"the loss rises all the way, from {c.blocks[0]:.3g} to {c.blocks[-1]:.3g}, upward in "
        f"{rising:.0%} of the moves, and without a leap."
    )


def not_shuffled(c):
    """The moves from step to step are the same in one epoch as in the next: a saw-tooth."""
    if c.broke is not None or c.per_epoch < 8 or c.epochs < 4:
        return None
    chance = 3 / math.sqrt(c.per_epoch * (c.epochs - 3))  # three standard deviations
    if c.saw_tooth < max(0.25, chance):
        return None
    return (
        f"the loss repeats its ups and downs every {c.per_epoch} steps, which is one epoch: the "
        f"correlation of an epoch with the next is {c.saw_tooth:.2f}; without a pattern, about 0."
    )


def not_learning(c):
    """Flat, and near the start. (The last bias alone may still learn the targets' mean.)"""
    if not c.readable:
        return None
    later = c.shape[len(c.shape) // 10 :]
    flat = np.ptp(later) < 0.02 and 0.8 < later.mean() < 1.3
    near = later.min() > 0.98 and later.max() < 1.15 and c.steps.max() < 4 * c.start
    if not (flat or near):
        return None
    return (
        f"after the first tenth of the run the training loss stays between {later.min():.1%} and "
        f"{later.max():.1%} of its first value, {c.start:.3g}."
    )


def double_softmax(c):
    """Level near ln(e + N − 1) − 1, below which two softmaxes in a row cannot get.

    Each example costs between that and 1 more. N is guessed from the first loss, near ln N. Two
    classes are left out: there the floor, 0.313, is where many a binary loss is on its way.
    """
    if not c.readable or c.start > 7:
        return None
    for n in near_classes(c.start):
        floor, end = math.log(math.e + n - 1) - 1, c.end * c.start
        room, lowest = c.start - floor, c.steps.min() - floor
        bounded = -0.001 < lowest < 0.06 * room and c.steps.max() < floor + 1.001
        if bounded and end - floor < 0.3 * room:
            return (
                f"the loss begins near ln {n} and levels off at {end:.3f}, never below "
                f"ln(e + {n} − 1) − 1 = {floor:.3f}, the least that a softmax of a softmax can "
                f"reach with {n} classes."
            )
    return None


def rate_too_high(c):
    """Thrown about: grown until it broke, or up again and again, long after the beginning."""
    if c.broke is not None:
        return (
            f"the loss grew from {c.start:.3g} to {c.steps.max():.3g}, up and down, and at step "
            f"{c.broke + 1} it was no longer a finite number."
        ) if c.broke and c.grew else None  # fmt: skip
    if not c.readable or c.end < 0.1:
        return None
    ups = c.climbs
    net = abs(c.shape[len(c.shape) // 4] - c.shape[-1])
    stuck = c.end > MUCH and ups > max(0.05, 2 * net)
    if ups < 0.3 and not stuck and c.end < 1.3:
        return None
    return (
        f"after its first quarter the run climbs by {ups:.2g} times the first loss, all climbs "
        f"added up, and ends at {c.end:.3g} times the first loss."
    )


def slow_start(c):
    """A wait, and then a fall that is quick beside it."""
    if not c.readable or c.end > 0.5:
        return None
    begun, half = c.reached(0.1), c.reached(0.5)
    if begun < 0.13 or half > 3 * begun:
        return None
    return (
        f"the loss stands still for the first {begun:.0%} of the run, and then falls half of its "
        f"way within {half - begun:.0%} of it."
    )


def validation_too_small(c):
    """The validation loss jumps, and the training loss does not."""
    if c.validation is None or c.broke is not None or c.epochs < FEWEST:
        return None
    late = slice(c.epochs // 2, None)
    size = jumps(c.validation[late]) / c.validation[0]
    beside = jumps(c.train[late]) / c.start
    if size < 0.02 or size < 3 * beside:
        return None
    return (
        f"from epoch to epoch the validation loss jumps by {size:.2g} of its first value, the "
        f"training loss by {beside:.2g}."
    )


def overfitting(c):
    """Training learned, validation parted from it: it rose again, or it stayed far above."""
    if c.validation is None or c.broke is not None or c.epochs < FEWEST or c.end > 0.5:
        return None
    end, lowest, first = c.validation[-3:].mean(), c.validation.min(), c.validation[0]
    gap, rise = (end - c.train[-3:].mean()) / first, (end - lowest) / first
    if gap < 0.08 and (rise < 0.05 or gap < 0.05):
        return None
    return (
        f"at the end the loss is {c.train[-3:].mean():.3g} on the training data and {end:.3g} on "
        f"the validation data, whose lowest was {lowest:.3g} after epoch "
        f"{int(c.validation.argmin())}."
    )


def rate_too_low(c):
    """Much is left, and at the end it is still falling."""
    if not c.readable or c.end < MUCH:
        return None
    if not still_falling(c):
        return None
    return (
        f"{c.end:.0%} of the first loss is left at the end, and it still falls: the last quarter "
        f"of the run lowered it by {c.lowered:.1%}, which is {c.work:.0%} of the whole fall."
    )


def underfitting(c):
    """Much is left, and it has leveled off."""
    if not c.readable or c.end < MUCH:
        return None
    if still_falling(c):
        return None
    return (
        f"{c.end:.0%} of the first loss is left at the end, and it has leveled off: the last "
        f"quarter of the run lowered it by {max(c.lowered, 0):.1%}."
    )


def still_falling(c):
    """The last quarter took 5 % of what was left then, or did a tenth of the whole fall."""
    return c.lowered > 0.05 or c.work > 0.1


def near_classes(start):
    """The numbers of classes, three or more, whose ln is near the first loss, the nearest first."""
    guess = round(math.exp(start))
    near = [n for n in (guess - 1, guess, guess + 1) if n > 2 and abs(start - math.log(n)) < 0.15]
    return sorted(near, key=lambda n: abs(start - math.log(n)))
