"""Trying a reader's function: is it right, and if not, what is the likeliest reason?"""

import copy
import os
from dataclasses import dataclass, replace

import numpy as np

from .exercise import EXERCISES
from .guard import CallError, call
from .progress import remember

TRIALS = 4
CLOSE = {"rtol": 1e-6, "atol": 1e-9}


# On the site nothing can be run: there the reader ticks a box.
BOX = (
    '<label class="exercise-done"><input type="checkbox" data-exercise="{id}" disabled> '
    'I have solved {id} <span class="exercise-says">In the notebook, <code>check</code> tells you '
    "whether your function is right, and if not, why.</span></label>"
)


@dataclass(frozen=True)
class Verdict:
    """Whether an answer is right, and what there is to say to it."""

    id: str
    right: bool
    says: str
    asked: bool = False  # by `check`, and not by a solution

    def __repr__(self):
        return f"{self.id}: {self.says}"

    def _repr_mimebundle_(self, include=None, exclude=None):
        bundle = {"text/plain": repr(self)}
        if self.asked and os.environ.get("NNLIB_FRAMES"):
            bundle["text/html"] = BOX.format(id=self.id)
        return bundle


def check(id, function):
    """Try the reader's function for exercise `id`: a `Verdict`. A right answer is remembered."""
    verdict = judge(id, function)
    if verdict.right and not os.environ.get("NNLIB_FRAMES"):
        remember(id)
    return replace(verdict, asked=True)


def judge(id, function, seed=7):
    """The same, remembering nothing. Another `seed` tries it on other numbers."""
    if id not in EXERCISES:
        chapter = [each for each in sorted(EXERCISES) if each[:2] == str(id)[:2]]
        known = ", ".join(chapter or sorted(EXERCISES))
        raise ValueError(f"id: there is no exercise {id!r}; there is {known}")
    exercise = EXERCISES[id]
    if not callable(function):
        kind = type(function).__name__
        return Verdict(id, False, f"Give the function itself, {exercise.name}, not a {kind}.")
    try:
        complaint = _complaint(exercise, function, seed)
    except CallError as error:
        asked = ", ".join(exercise.arguments)
        return Verdict(
            id, False, f"Your function was called with ({asked}), and {_full_stop(error)}"
        )
    return Verdict(id, complaint is None, complaint or "Right.")


def trials(exercise, seed=7):
    """The arguments of each trial: the same for everybody."""
    return [exercise.tries(np.random.default_rng([seed, trial])) for trial in range(TRIALS)]


def _complaint(exercise, function, seed):
    """What is wrong with the function, or None."""
    tried, pairs = trials(exercise, seed), []
    for arguments in tried:
        given = copy.deepcopy(arguments)
        found = call(function, given)
        if found is None:
            return "It returns nothing yet: write its body, and end it with return."
        expected = exercise.answer(*copy.deepcopy(arguments))
        odd = _odd(found, expected)
        if odd:
            return odd
        changed = [
            name
            for name, before, after in zip(exercise.arguments, arguments, given, strict=True)
            if isinstance(before, np.ndarray) and not np.array_equal(before, after, equal_nan=True)
        ]
        if changed:
            return (
                f"It changes its argument {changed[0]} in place, and the caller still needs it: "
                "compute a new array."
            )
        pairs.append((_flat(found), _flat(expected)))
    if all(_close(found, expected) for found, expected in pairs):
        return None
    return _known_mistake(exercise, tried, pairs) or _likely(exercise, function, tried, pairs)


def _full_stop(words):
    return str(words) if str(words).endswith(("?", ".")) else f"{words}."


def _parts(value):
    return list(value) if isinstance(value, (tuple, list)) else [value]


def _flat(value):
    return np.concatenate([np.ravel(np.asarray(part, dtype=float)) for part in _parts(value)])


def _close(found, expected):
    return found.shape == expected.shape and np.allclose(found, expected, **CLOSE, equal_nan=True)


def _odd(found, expected):
    """What keeps the two from being compared number by number, or None."""
    if isinstance(expected, tuple):
        if not isinstance(found, (tuple, list)) or len(found) != len(expected):
            return f"It must return {len(expected)} values, as in return a, b; it returned one."
        kinds = zip(found, expected, strict=True)
    else:
        kinds = [(found, expected)]
    for one, right in kinds:
        try:
            array = np.asarray(one, dtype=float)
        except (TypeError, ValueError):
            kind = type(one).__name__
            return f"It must return {_kind(right)}; it returned a {kind}."
        if array.shape != np.shape(right):
            also = ", which is the transpose" if array.shape == np.shape(right)[::-1] else ""
            return (
                f"It must return {_kind(right)}; it returned {_kind(array)}{also}."
                if np.shape(right) != ()
                else f"It must return one number; it returned {_kind(array)}."
            )
        if not np.isfinite(array).all() and np.isfinite(right).all():
            bad = "NaN" if np.isnan(array).any() else "infinity"
            return f"It returns {bad}, where every number should be finite."
    return None


def _kind(value):
    shape = np.shape(value)
    return f"an array of shape {shape}" if shape else "one number"


def _known_mistake(exercise, tried, pairs):
    """The hint of the first known mistake that gives the same numbers in every trial."""
    for hint, wrong in exercise.mistakes.items():
        same = True
        for arguments, (found, _) in zip(tried, pairs, strict=True):
            with np.errstate(all="ignore"):
                try:
                    like = _flat(wrong(*copy.deepcopy(arguments)))
                except Exception:  # a mistake may well fail: then it is not this one
                    like = np.array([])
            same = same and _close(found, like)
        if same:
            return hint
    return None


def _likely(exercise, function, tried, pairs):
    """What the numbers themselves betray."""
    found, expected = (np.concatenate(side) for side in zip(*pairs, strict=True))
    if _close(found, -expected):
        return "Right but for the sign: yours is flipped."
    ratios = [_factor(*pair) for pair in pairs]
    if None not in ratios:
        sizes = [_examples(exercise, arguments) for arguments in tried]
        if None not in sizes:
            if np.allclose(ratios, sizes):
                return "Right but for a factor of the batch size: yours is a sum, not the mean."
            if np.allclose(ratios, 1 / np.array(sizes)):
                return "Right but for a factor of the batch size: yours is divided by it once more."
        if np.allclose(ratios, ratios[0]):
            return f"Right but for a factor: yours is {ratios[0]:.3g} times what it should be."
    if exercise.batch and _right_on_one(exercise, function, tried):
        return "Right on one example, wrong on a batch: what happens along the first axis?"
    worst = int(np.argmax(np.abs(found - expected)))
    if np.allclose(np.abs(found), np.abs(expected)):
        return (
            f"The sizes are right, but not all signs: {found[worst]:.4g} for {expected[worst]:.4g}."
        )
    share = np.isclose(found, expected, **CLOSE).mean()
    return (
        f"Not yet: one of its numbers is {found[worst]:.4g} where {expected[worst]:.4g} is right; "
        f"{share:.0%} of them agree."
    )


def _factor(found, expected):
    """c with found = c · expected, or None."""
    size = expected @ expected
    if size == 0:
        return None
    factor = (found @ expected) / size
    return factor if np.allclose(found, factor * expected, **CLOSE) and factor != 0 else None


def _examples(exercise, arguments):
    """How many examples a trial has, or None."""
    by_name = dict(zip(exercise.arguments, arguments, strict=True))
    return len(by_name[exercise.batch[0]]) if exercise.batch else None


def _right_on_one(exercise, function, tried):
    """Is it right where every batch is cut down to its first example?"""
    for arguments in tried:
        pairs = zip(exercise.arguments, arguments, strict=True)
        one = [value[:1] if name in exercise.batch else value for name, value in pairs]
        try:
            found = call(function, copy.deepcopy(one))
            expected = exercise.answer(*copy.deepcopy(one))
            if found is None or _odd(found, expected):
                return False
            if not _close(_flat(found), _flat(expected)):
                return False
        except CallError:
            return False
    return True
