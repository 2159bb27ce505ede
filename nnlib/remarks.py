"""What there is to say about a curve: in words, and to every diagnosis a reader may choose.

For each diagnosis two functions of the `Curves`: why it is tempting here, and what this curve
shows where its mark should be. Both are sentences with the curve's own numbers.
"""

import math

import numpy as np

from .curves import jumps
from .diagnose import FAULTS, healthy


def in_words(c):
    """A curve for those who do not see it: its numbers, and no diagnosis."""
    words = [f"{c.epochs} epochs of {c.per_epoch} steps."]
    for name, curve in (("training", c.train), ("validation", c.validation)):
        if curve is not None:
            words.append(f"The {name} loss is {_levels(curve)}.")
    if c.validation is not None and c.readable:
        late = slice(c.epochs // 2, None)
        words.append(
            f"In the second half the training loss jumps by {jumps(c.train[late]):.2g} from epoch "
            f"to epoch, the validation loss by {jumps(c.validation[late]):.2g}."
        )
    if len(c.steps):
        words.append(f"A batch's loss was between {_range(c.steps)} in the run")
        if c.broke is None:
            words[-1] += f", and between {_range(c.steps[-c.per_epoch :])} in its last epoch"
            if c.epochs >= 4:
                words[-1] += (
                    f"; an epoch's ups and downs correlate by {c.saw_tooth:.2f} with the next's"
                )
        words[-1] += "."
    if c.broke is not None:
        again = np.isfinite(c.train[-1])
        words.append(
            f"At step {c.broke + 1} the loss is not a finite number, and later it is one again."
            if again
            else f"From step {c.broke + 1} on the loss is not a finite number."
        )
    return " ".join(words).replace("-", "−")


def remark(name, case, c):
    """What is said to a reader who chose `name` for the case, whose curves are `c`."""
    return _answer(name, case, c).replace(" -", " −")


def _answer(name, case, c):
    mark = FAULTS[name][0](c) if name in FAULTS else None
    if name == case.name:
        seen = healthy(c)[1] if name == "healthy" else mark
        seen = _capital(seen) if seen else f"Its mark is faint: {measure(name, c, case.classes)}"
        return f"{seen} Planted: {case.planted}."
    if mark:
        return (
            f"Its mark is here: {mark} But it was not what was planted. Beside it, "
            f"{measure(case.name, c, case.classes)} Where two marks meet, one more experiment must "
            "tell."
        )
    looked_for = case.name if name == "healthy" else name
    return f"Tempting: {TEMPTING[name](c)} But {measure(looked_for, c, case.classes)}"


def measure(name, c, classes):
    """What this curve shows where that diagnosis has its mark."""
    return _double_softmax(c, classes) if name == "double softmax" else MEASURES[name](c)


def _capital(sentence):
    return sentence[0].upper() + sentence[1:]


def _levels(curve):
    """Where a curve is at the start, on its way, at the end, and at its lowest."""
    last = len(curve) - 1
    at = [round(share * last) for share in (0, 0.1, 0.25, 0.5, 0.75, 1)]
    values = [f"{curve[k]:.3g}" if np.isfinite(curve[k]) else "no finite number" for k in at]
    names = ("at first", "after a tenth of the run", "after a quarter", "after half",
             "after three quarters", "at the end")  # fmt: skip
    said = ", ".join(f"{value} {name}" for value, name in zip(values, names, strict=True))
    finite = curve[np.isfinite(curve)]
    return f"{said}; it is lowest, {finite.min():.3g}, at epoch {int(np.nanargmin(curve))}" if (
        len(finite)
    ) else said  # fmt: skip


def _range(values):
    return f"{values.min():.3g} and {values.max():.3g}"


def _left(c):
    """How much of the first loss is left, in words that bear a break."""
    if c.broke is not None:
        return f"the loss was {c.steps[-1]:.3g} when it broke" if c.broke else "the loss broke"
    if c.end > 2:
        return f"the training loss ends at {c.end:.3g} times its start"
    return f"{c.end:.0%} of the first training loss is left"


def _broke(c):
    return f"the run broke at step {c.broke + 1}, before it had a shape."


def _gap(c):
    """The validation loss above the training loss at the end, as a share of its start."""
    return (c.validation[-3:].mean() - c.train[-3:].mean()) / c.validation[0]


# What each diagnosis looks for, and how much of it is here. ----------------------------------


def _healthy(c):
    return f"{_left(c)}, and no fault has its mark here."


def _sign_flipped(c):
    if len(c.blocks) < 5:
        return "there are hardly any steps that could climb."
    rising = np.mean(np.diff(c.blocks) > 0)
    first, last = c.blocks[[0, -1]]
    if last <= first:
        return f"the mean of a tenth of the run goes down, from {first:.3g} to {last:.3g}."
    if rising < 0.85:
        return (
            f"it goes up in only {rising:.0%} of the moves from tenth to tenth; uphill steps "
            "would climb in nearly all."
        )
    if c.leap > 20:
        return f"it leaps, by a factor of {c.leap:.2g} in one step; uphill steps climb evenly."
    return f"it rises from {first:.3g} to {last:.3g}, upward in {rising:.0%} of the moves."


def _not_a_number(c):
    if c.broke is None:
        return f"all {len(c.steps)} batch losses are finite numbers."
    if c.grew:
        return (
            f"before it broke it had grown from {c.start:.3g} to {c.steps.max():.2g}: the break "
            "is the end of that growth."
        )
    return f"it broke at step {c.broke + 1} out of a calm run."


def _not_shuffled(c):
    if c.broke is not None:
        return "a fixed order repeats itself epoch by epoch, and does not break a run."
    if c.per_epoch < 8 or c.epochs < 4:
        return "the run has too few steps to compare one epoch with the next."
    if c.saw_tooth < 0.25:
        return (
            f"an epoch's ups and downs correlate by {c.saw_tooth:.2f} with the next's; a fixed "
            "order would repeat them, and come near 1."
        )
    return f"an epoch's ups and downs correlate by {c.saw_tooth:.2f} with the next's."


def _not_learning(c):
    if c.broke is not None:
        return _broke(c)
    if c.end > 1.15:
        return f"the loss moves, and upward: it ends at {c.end:.3g} times its start."
    if c.end < 0.8:
        return f"the training loss did fall, to {c.end:.0%} of its start: steps are applied."
    return (
        f"the training loss moves between {c.shape.min():.1%} and {c.shape.max():.1%} of its start."
    )


def _double_softmax(c, n):
    if not len(c.steps):
        return _broke(c)
    floor = math.log(math.e + n - 1) - 1
    if c.steps.min() < floor - 0.001:
        return (
            f"a batch cost as little as {c.steps.min():.2g}, and two softmaxes over {n} classes "
            f"cannot get below {floor:.3f}."
        )
    if c.steps.max() > floor + 1.001:
        return (
            f"a batch cost as much as {c.steps.max():.3g}, and two softmaxes over {n} classes "
            f"cost at most {floor + 1:.3f}."
        )
    return (
        f"all batches cost between {floor:.3f} and {floor + 1:.3f}, the band of two softmaxes over "
        f"{n} classes, and the loss ends at {c.train[-1]:.3f}."
    )


def _rate_too_high(c):
    if c.broke == 0:
        return _broke(c)
    if c.broke is not None:
        if c.grew:
            return f"it grew from {c.start:.3g} to {c.steps.max():.2g} before it broke."
        return f"it had not grown: shortly before it broke it was {c.steps[-1]:.3g}."
    if c.end > 1.15 and c.leap <= 20 and np.mean(np.diff(c.blocks) > 0) >= 0.85:
        return f"it climbs evenly, never by more than a factor of {c.leap:.2g} in one step."
    climbs = f"{c.climbs:.1%} of the first loss, all climbs after the first quarter together"
    if c.climbs < 0.05:
        return f"the training loss hardly climbs: by {climbs}."
    return f"the training loss climbs by {climbs}."


def _slow_start(c):
    if c.broke is not None:
        return _broke(c)
    if c.end > 0.9:
        return f"a wait ends in a quick fall, and here {_left(c)}."
    begun, half = c.reached(0.1), c.reached(0.5)
    if begun < 0.13:
        return f"a tenth of its fall is done after {begun:.0%} of the run: it did not wait."
    return (
        f"a tenth of its fall is done after {begun:.0%} of the run, and half of it after "
        f"{half:.0%}, with {c.end:.0%} of the first loss left at the end."
    )


def _validation_too_small(c):
    if c.broke is not None:
        return _broke(c)
    late = slice(c.epochs // 2, None)
    ours, beside = jumps(c.validation[late]) / c.validation[0], jumps(c.train[late]) / c.start
    if ours < 0.02:
        return f"from epoch to epoch the validation loss jumps by only {ours:.1%} of its start."
    return (
        f"from epoch to epoch the validation loss jumps by {ours:.1%} of its start, and the "
        f"training loss by {beside:.1%}."
    )


def _overfitting(c):
    if c.broke is not None:
        return _broke(c)
    if c.end > 0.5:
        return f"{_left(c)}: nothing was learned by heart."
    rise = (c.validation[-3:].mean() - c.validation.min()) / c.validation[0]
    near = "only " if _gap(c) < 0.08 and rise < 0.05 else ""
    where = "above" if _gap(c) >= 0 else "under"
    return (
        f"at the end the validation loss lies {near}{abs(_gap(c)):.1%} of its start {where} the "
        f"training loss, and {rise:.1%} above its own lowest."
    )


def _still_left(c, low, high):
    """How much of the loss is left, and how fast it falls; or that it is `low` or `high`."""
    if c.broke is not None:
        return _broke(c)
    if c.end < 0.3:
        return f"{_left(c)}: {low}."
    if c.end > 1.15:
        return f"{_left(c)}, {high}."
    return (
        f"{c.end:.0%} is left, and the last quarter of the run lowered it by {c.lowered:.1%}, "
        f"{c.work:.0%} of the whole fall."
    )


def _rate_too_low(c):
    return _still_left(c, "most of the way down is done", "and a small step would still go down")


def _underfitting(c):
    return _still_left(
        c, "the network can fit these data", "higher than a network that has learned nothing"
    )


MEASURES = {
    "healthy": _healthy,
    "sign flipped": _sign_flipped,
    "NaN": _not_a_number,
    "not shuffled": _not_shuffled,
    "not learning": _not_learning,
    "rate too high": _rate_too_high,
    "slow start": _slow_start,
    "validation set too small": _validation_too_small,
    "overfitting": _overfitting,
    "rate too low": _rate_too_low,
    "underfitting": _underfitting,
}


# Why each is tempting here. ------------------------------------------------------------------


def _seems_healthy(c):
    if c.broke is not None:
        return "what there is of it looks calm."
    if c.end > 0.9:
        return "it is not clear at once what should be wrong."
    return f"the training loss does fall, to {c.end:.0%} of its start."


def _seems_rough(c):
    late = slice(c.epochs // 2, None)
    if c.broke is None and (
        jumps(c.validation[late]) / c.validation[0] > jumps(c.train[late]) / c.start
    ):
        return "of the two curves the validation curve is the rougher one."
    return "the two curves do not move quite alike."


def _seems_parted(c):
    if c.broke is None and _gap(c) > 0.005:
        return "at the end the validation curve lies above the training curve."
    return "wherever there are two curves, one looks for a gap."


TEMPTING = {
    "healthy": _seems_healthy,
    "sign flipped": lambda c: "some stretch of it goes up, as going uphill would.",
    "NaN": lambda c: "where a loss runs wild, the end of the numbers is near.",
    "not shuffled": lambda c: "the batch loss goes up and down, as it does in any run by batches.",
    "not learning": lambda c: "some stretch of it is level.",
    "double softmax": lambda c: "the loss comes to rest above 0.",
    "rate too high": lambda c: "it is not smooth, and too large a rate throws a run about.",
    "slow start": lambda c: "it does not seem to get going.",
    "validation set too small": _seems_rough,
    "overfitting": _seems_parted,
    "rate too low": lambda c: "it is not at 0 yet, and a larger step might have got further.",
    "underfitting": lambda c: "it is not at 0, and a larger network might have got further.",
}
