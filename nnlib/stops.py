"""The positions of a control: the stops of its slider, or the words on its buttons."""

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from .layers import count

POSITIONS = 200  # about so many values a slider tells apart where `draw` takes every value


@dataclass(frozen=True)
class Stops:
    """The positions of one control: its values in order, where it begins, and whether it plays.

    between   whether `draw` takes every value between the stops, and not the stops alone
    """

    values: tuple
    start: object = None
    plays: bool = False
    between: bool = False
    texts: tuple = field(init=False)

    def __post_init__(self):
        if isinstance(self.values, str) or not isinstance(self.values, Iterable):
            raise TypeError(f"values must be a list of stops, got {self.values!r}")
        values = tuple(self.values)
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "texts", tuple(map(as_text, values)))
        if not values:
            raise ValueError("values: a control needs at least one stop, got none")
        if len(set(self.texts)) < len(self.texts):
            raise ValueError(f"values must differ as they are shown, got {', '.join(self.texts)}")
        if self.start is None:
            object.__setattr__(self, "start", values[0])
        if self.start not in values:
            raise ValueError(f"start must be one of {', '.join(self.texts)}, got {self.start!r}")
        if self.between and not (self.ordered and len(values) > 1 and is_rising(values)):
            raise ValueError(
                f"values must be two or more rising numbers where between=True, "
                f"got {', '.join(self.texts)}"
            )

    @property
    def first(self):
        """The index of the starting stop."""
        return self.values.index(self.start)

    @property
    def ordered(self):
        """Numbers go on a slider; words and yes-or-no on buttons."""
        return all(
            isinstance(v, (int, float, np.number)) and v is not True and v is not False
            for v in self.values
        )

    @property
    def fine(self):
        """The stops and, where `draw` takes them, the values between."""
        if not self.between:
            return self.values
        steps = math.ceil(POSITIONS / (len(self.values) - 1))
        whole = all(isinstance(v, (int, np.integer)) for v in self.values)
        found = [self.values[0]]
        for low, high in itertools.pairwise(self.values):
            is_log = low > 0 and are_logarithmic(self.values)
            between = (even_factors if is_log else even_steps)(low, high, steps, whole)
            found += [*sorted({v for v in between if low < v < high}), high]
        return tuple(found)


def log_stops(low, high, n, start=None, between=False):
    """n stops from low to high, each the same factor above the last, rounded to 2 digits."""
    if not 0 < low < high < math.inf:
        raise ValueError(f"low and high must satisfy 0 < low < high, got {low} and {high}")
    values = [float(f"{v:.1e}") for v in np.geomspace(low, high, count("n", n))]
    return Stops(values, _nearest(values, start), between=between)


def linear_stops(low, high, n, start=None, between=False):
    """n stops from low to high, evenly spaced."""
    if not -math.inf < low < high < math.inf:
        raise ValueError(f"low and high must satisfy low < high, got {low} and {high}")
    values = [float(f"{v:.6g}") for v in np.linspace(low, high, count("n", n))]
    return Stops(values, _nearest(values, start), between=between)


def play(values, start=None, between=False):
    """Stops with a Play button that walks through them: for an epoch or a step."""
    return Stops(values, start, plays=True, between=between)


def as_text(value):
    """A stop as the reader sees it: 0.01, −2, yes, Adam."""
    if value is None:
        return "none"
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if isinstance(value, (int, float, np.number)):
        return f"{value:g}".replace("-", "−")
    return str(value)


def is_rising(values):
    return all(low < high for low, high in itertools.pairwise(values))


def are_logarithmic(values):
    """Are the positive ones spaced by factors, rather than by steps?"""
    positive = np.array([v for v in values if v > 0], float)
    if len(positive) < 3:
        return len(positive) == 2 and positive[1] >= 4 * positive[0]
    factors, steps = np.diff(np.log(positive)), np.diff(positive)
    return factors.std() / factors.mean() < steps.std() / steps.mean()


def even_factors(low, high, steps, whole):
    """Values from low to high by even factors, with so few digits that they still differ."""
    values = low * (high / low) ** (np.arange(1, steps) / steps)
    digits = np.round(-np.log10(np.diff(values, prepend=low))).astype(int)
    found = [round(float(v), int(d)) for v, d in zip(values, digits, strict=True)]
    return map(round, found) if whole else found


def even_steps(low, high, steps, whole):
    """Values from low to high by a round step; whole numbers stay whole."""
    step = round_step((high - low) / steps)
    step = max(round(step), 1) if whole else step
    digits = 0 if whole else math.ceil(-math.log10(step))
    first, last = math.floor(low / step), math.ceil(high / step)
    found = (round(k * step, digits) for k in range(first, last + 1))
    return map(int, found) if whole else found


def round_step(size):
    """The largest of 1, 2, 5, 10, 20, 50 and so on that is no larger, and likewise below 1."""
    power = 10.0 ** math.floor(math.log10(size))
    return max(m * power for m in (1, 2, 5) if m * power <= size * (1 + 1e-9))


def _nearest(values, start):
    return None if start is None else min(values, key=lambda value: abs(value - start))
