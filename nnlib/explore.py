"""Explorers: a picture, its controls, and one sentence that says what is seen.

    explore(draw, lr=log_stops(1e-3, 10, 13), optimizer=["SGD", "Adam"])

`draw(fig, lr, optimizer)` draws on a Matplotlib figure and returns the sentence. It must be a
pure function of its controls: the same stops, the same picture. The sentence is the picture's
description for those who cannot see it, the readout beside the sliders, and what tests compare.

In a notebook with a live kernel the controls are widgets and every move draws anew.
While the book's site is built (the environment variable NNLIB_FRAMES names a folder), every
combination of stops is drawn once into that folder, and the page picks among the pictures.

    explore(draw, lr=log_stops(1e-3, 10, 13, between=True))

says that `draw` takes every rate between the stops, too. There the page offers to load Python
into the reader's browser, and compute any of them (compute.py).
"""

import inspect
import itertools
import math
import os

from .stops import Stops

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
              With between=True `draw` must take every value between the stops.
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
