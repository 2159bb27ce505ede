"""What one exercise is: the function asked for, inputs to try it on, and the mistakes we know."""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, field

EXERCISES = {}  # "05.1" -> Exercise, filled by the chapters' files


@dataclass
class Exercise:
    """One exercise.

    id         chapter and number, such as "05.1"
    answer     the right function; its docstring says what is asked
    batch      the names of its arguments whose first axis is the examples
    tries      rng -> the arguments of one trial
    mistakes   hint -> a wrong function that this hint fits
    """

    id: str
    answer: Callable
    batch: tuple = ()
    tries: Callable = None
    mistakes: dict = field(default_factory=dict)

    @property
    def name(self):
        return self.answer.__name__

    @property
    def arguments(self):
        return list(inspect.signature(self.answer).parameters)

    def inputs(self, make):
        """Declare the inputs: a function rng -> tuple of arguments. A decorator."""
        self.tries = make
        return make

    def mistake(self, hint):
        """Declare a typical wrong answer and the hint that its author needs. A decorator."""

        def declare(wrong):
            self.mistakes[hint] = wrong
            return wrong

        return declare


def exercise(id, *, batch=""):
    """Declare an exercise by its right answer. A decorator; `batch` names arguments by a space."""
    if not re.fullmatch(r"\d\d\.\d+", id):
        raise ValueError(f"id must look like '05.1', got {id!r}")
    if id in EXERCISES:
        raise ValueError(f"id {id!r} is taken by {EXERCISES[id].name}")

    def declare(answer):
        EXERCISES[id] = made = Exercise(id, answer, tuple(batch.split()))
        unknown = set(made.batch) - set(made.arguments)
        if unknown:
            raise ValueError(f"batch names {', '.join(unknown)}, which {made.name} does not take")
        return made

    return declare
