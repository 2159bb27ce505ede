"""Explorers: a picture, its controls, and one sentence that says what is seen.

    explore(draw, lr=log_stops(1e-3, 10, 13), optimizer=["SGD", "Adam"])

`draw(fig, lr, optimizer)` draws on a Matplotlib figure and returns the sentence. It must be a
pure function of its controls: the same stops, the same picture. The sentence is the picture's
description for those who cannot see it, the readout beside the sliders, and what tests compare.

In a notebook with a live kernel the controls are widgets and every move draws anew.
While the book's site is built (the environment variable NNLIB_FRAMES names a folder), every
combination of stops is drawn once into that folder, and the page picks among the pictures.
"""

import inspect
import itertools
import math
import os
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from .layers import count

MOST_COMBINATIONS = 400

# How a control is named to the reader; other names stand as they are, without underscores.
LABELS = {
    "lr": "learning rate η",
    "momentum": "momentum m",
    "batch_size": "batch size",
    "std": "weight std",
    "w1": "weight w₁",
    "w2": "weight w₂",
    "b": "bias b",
    "gamma": "decay γ",
    "beta1": "β₁",
    "beta2": "β₂",
}


@dataclass(frozen=True)
class Stops:
    """The positions of one control: its values in order, where it begins, and whether it plays."""

    values: tuple
    start: object = None
    plays: bool = False
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


def log_stops(low, high, n, start=None):
    """n stops from low to high, each the same factor above the last, rounded to 2 digits."""
    if not 0 < low < high < math.inf:
        raise ValueError(f"low and high must satisfy 0 < low < high, got {low} and {high}")
    values = [float(f"{v:.1e}") for v in np.geomspace(low, high, count("n", n))]
    return Stops(values, _nearest(values, start))


def linear_stops(low, high, n, start=None):
    """n stops from low to high, evenly spaced."""
    if not -math.inf < low < high < math.inf:
        raise ValueError(f"low and high must satisfy low < high, got {low} and {high}")
    values = [float(f"{v:.6g}") for v in np.linspace(low, high, count("n", n))]
    return Stops(values, _nearest(values, start))


def play(values, start=None):
    """Stops with a Play button that walks through them: for an epoch or a step."""
    return Stops(values, start, plays=True)


def as_text(value):
    """A stop as the reader sees it: 0.01, −2, yes, Adam."""
    if value is None:
        return "none"
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if isinstance(value, (int, float, np.number)):
        return f"{value:g}".replace("-", "−")
    return str(value)


class Explorer:
    """A drawing with controls. Made by `explore`; a notebook displays it as fits the place."""

    def __init__(self, draw, controls, tall):
        from .picture import Picture

        self.controls = {name: _stops(name, values) for name, values in controls.items()}
        _check_signature(draw, self.controls)
        _check_number(self.controls)
        self.picture = Picture(draw, tall)
        self.says = self.picture.render(self.start)

    @property
    def start(self):
        return {name: stops.start for name, stops in self.controls.items()}

    def combinations(self):
        """Every setting of the controls, the last control moving fastest."""
        for values in itertools.product(*(stops.values for stops in self.controls.values())):
            yield dict(zip(self.controls, values, strict=True))

    def _repr_mimebundle_(self, include=None, exclude=None):
        frames = os.environ.get("NNLIB_FRAMES")
        if frames:
            from .frames import page

            return {"text/plain": self.says, "text/html": page(self, frames)}
        if not self.controls:
            return {"text/plain": self.says, "image/png": self.picture.png()}
        from .live import widget

        return {**widget(self)._repr_mimebundle_(), "text/plain": self.says}

    def __repr__(self):
        return self.says


def explore(draw, *, tall=False, **controls):
    """A picture with sliders: `draw(fig, **stops)` at every setting of the controls.

    draw      draws on `fig` and returns one sentence that says what is seen, with its numbers
    controls  name=stops: a list, a range, or `log_stops`, `linear_stops`, `play`; at most
              400 combinations in all. Numbers become a slider, words become buttons.
    tall      a picture about as high as wide, instead of half as high
    """
    if not controls:
        raise ValueError(
            "explore needs at least one control, such as lr=[0.1, 1]; "
            "for a picture without controls use show(draw)"
        )
    return Explorer(draw, controls, tall)


def show(draw, *, tall=False):
    """A picture without controls: `draw(fig)` draws it and returns the sentence describing it."""
    return Explorer(draw, {}, tall)


def label(name):
    """A control's name for the reader."""
    return LABELS.get(name, name.replace("_", " "))


def _stops(name, values):
    if isinstance(values, Stops):
        return values
    try:
        return Stops(values)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{name}: {error}") from None


def _check_signature(draw, controls):
    if not callable(draw):
        raise TypeError(f"draw must be a function draw(fig, ...), got {draw!r}")
    takes = list(inspect.signature(draw).parameters.values())
    if not takes or takes[0].name != "fig":
        raise TypeError("draw must take the figure first: draw(fig, ...)")
    anything = any(parameter.kind is parameter.VAR_KEYWORD for parameter in takes)
    takes = {p.name: p for p in takes[1:] if p.kind is not p.VAR_KEYWORD}
    for name in controls:
        if name not in takes and not anything:
            raise TypeError(f"draw takes no {name!r}; it takes {', '.join(takes) or 'fig alone'}")
    for name, parameter in takes.items():
        if name not in controls and parameter.default is parameter.empty:
            raise TypeError(f"draw needs {name!r}, and no control is called that")


def _check_number(controls):
    counts = [len(stops.values) for stops in controls.values()]
    if math.prod(counts) > MOST_COMBINATIONS:
        each = " × ".join(f"{n} {name}" for n, name in zip(counts, controls, strict=True))
        raise ValueError(
            f"controls: {each} = {math.prod(counts)} combinations, "
            f"more than the {MOST_COMBINATIONS} that a page can hold; use fewer stops"
        )


def _nearest(values, start):
    return None if start is None else min(values, key=lambda value: abs(value - start))
