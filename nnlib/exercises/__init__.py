"""Exercises that answer: `check("05.1", my_function)` says whether it is right, and if not, why.

exercise   what one exercise is: the function asked for, its inputs, its known mistakes
judging    trying a reader's function against it
guard      running that function safely: no endless loop, no traceback of ours
progress   what the reader has solved, in a small file of their own
chapterNN  the exercises of that chapter
"""

from .exercise import EXERCISES, Exercise, exercise
from .judging import Verdict, check, judge
from .progress import clear_progress, progress

# The chapters declare their exercises as they are imported.
from . import (  # isort: skip  # noqa: F401
    chapter01,
    chapter02,
    chapter03,
    chapter04,
    chapter05,
    chapter06,
    chapter07,
    chapter08,
    chapter09,
    chapter10,
    chapter11,
    chapter12,
    chapter13,
    chapter14,
    chapter15,
    chapter16,
)

__all__ = [
    "EXERCISES",
    "Exercise",
    "Verdict",
    "check",
    "clear_progress",
    "exercise",
    "judge",
    "progress",
]
