"""The clinic: curves without their names, for the reader to diagnose.

    clinic([Case("overfitting", history, "40 examples, batches of 8"), ...])

It shows one curve after another, in words too, and asks what ails the run. Every answer is
answered, with this curve's own numbers (remarks.py); then `diagnose` says what it would have said.
Like an explorer it has three homes: widgets where a kernel lives, a page of pictures while the
site is built, and plain text for tests.
"""

import os
from dataclasses import dataclass

import numpy as np

from .curves import Curves
from .diagnose import FAULTS, diagnose
from .layers import count
from .remarks import in_words, remark
from .train import History

NAMES = ("healthy", *FAULTS)
ASK = "What ails this run?"

# What each is mistaken for, the likelier first: the wrong answers on offer.
NEAR = {
    "healthy": ("overfitting", "rate too low", "not shuffled", "validation set too small"),
    "sign flipped": ("rate too high", "NaN", "not learning", "overfitting"),
    "NaN": ("rate too high", "sign flipped", "healthy", "not shuffled"),
    "not shuffled": ("rate too high", "healthy", "underfitting", "double softmax"),
    "not learning": ("rate too low", "slow start", "underfitting", "double softmax"),
    "double softmax": ("underfitting", "rate too low", "slow start", "not learning"),
    "rate too high": ("sign flipped", "not shuffled", "validation set too small", "underfitting"),
    "slow start": ("rate too low", "not learning", "healthy", "underfitting"),
    "validation set too small": ("overfitting", "rate too high", "healthy", "not shuffled"),
    "overfitting": ("validation set too small", "healthy", "underfitting", "rate too high"),
    "rate too low": ("underfitting", "slow start", "not learning", "healthy"),
    "underfitting": ("rate too low", "double softmax", "overfitting", "not learning"),
}


@dataclass(frozen=True)
class Case:
    """One run for the clinic.

    name      what was planted, one of NAMES
    history   its curves, with "train" and "validation" watched
    planted   how, in a few words: told after the answer
    classes   how many classes the network tells apart
    """

    name: str
    history: History
    planted: str
    classes: int = 10

    def __post_init__(self):
        if self.name not in NAMES:
            raise ValueError(f"name must be one of {', '.join(NAMES)}, got {self.name!r}")
        if "validation" not in self.history.loss:
            raise ValueError(
                'history watches no "validation" data set: without one, half of the faults cannot '
                "be told apart"
            )


class Patient:
    """A case as it is shown: the curve in words, and every answer with what there is to say to it.

    words     the curve for those who do not see it, without the diagnosis
    answers   name of each answer on offer -> what is said to it
    right     the name that was planted
    engine    what `diagnose` says of it, as a `Diagnosis`
    """

    def __init__(self, case, answers):
        self.case, self.right = case, case.name
        curves, self.engine = Curves(case.history), diagnose(case.history)
        self.words = in_words(curves)
        names = dict.fromkeys((case.name, self.engine.name, *NEAR[case.name]))
        offered = [name for name in names if name in NAMES][:answers]
        self.answers = {
            name: remark(name, case, curves) for name in sorted(offered, key=NAMES.index)
        }

    @property
    def engine_says(self):
        """What the engine would have said, in a sentence or two."""
        verdict = "and so it was" if self.engine.name == self.right else (
            f"and is wrong: it was “{self.right}”"
        )  # fmt: skip
        return (
            f"nn.diagnose says “{self.engine.name}”, {verdict}. Its evidence: "
            f"{self.engine.evidence} Its remedy: {self.engine.remedy}"
        )


class Clinic:
    """The curves, shuffled. Made by `clinic`; a notebook displays it as fits the place."""

    def __init__(self, cases, answers, rng):
        from .picture import Picture

        order = np.random.default_rng(rng).permutation(len(cases))
        self.patients = [Patient(cases[k], answers) for k in order]
        self.picture = Picture(self._draw, tall=False)

    def _draw(self, fig, number):
        from . import plots

        patient = self.patients[number]
        plots.run(fig, patient.case.history)
        return patient.words

    def _repr_mimebundle_(self, include=None, exclude=None):
        frames = os.environ.get("NNLIB_FRAMES")
        if frames:
            from .frames import clinic_page

            return {"text/plain": repr(self), "text/html": clinic_page(self, frames)}
        from .live import clinic_widget

        return {**clinic_widget(self)._repr_mimebundle_(), "text/plain": repr(self)}

    def __repr__(self):
        first, n = self.patients[0], len(self.patients)
        return f"A clinic of {n} curves. {ASK} Curve 1: {first.words} " + " / ".join(first.answers)


def clinic(cases, *, answers=5, rng=0):
    """Curves to diagnose, one after another, in an order shuffled by `rng`: a `Clinic`.

    cases     Case(name, history, planted), at least one
    answers   how many answers are on offer for each
    """
    cases = list(cases)
    if not cases or not all(isinstance(case, Case) for case in cases):
        raise TypeError(f"cases must be Case objects, at least one, got {cases!r:.80}")
    if not 2 <= count("answers", answers) <= 5:
        raise ValueError(f"answers must be 2 to 5, got {answers}")
    return Clinic(cases, answers, rng)
