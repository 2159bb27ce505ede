"""What came of a search: every setting, with its score. For `search`."""

import math
from dataclasses import dataclass, field

import numpy as np


@dataclass
class Trial:
    """One setting and what came of it: a score, or an error, or neither if it never ended."""

    setting: dict
    score: float | None = None
    error: Exception | None = None


@dataclass
class Results:
    """Every setting that was asked for, in order, as `trials`.

    interrupted is True when the search was stopped by hand; what had been done by then is there.
    """

    trials: list = field(default_factory=list)
    interrupted: bool = False

    @property
    def done(self):
        """The trials that have a score, the best first."""
        scored = [trial for trial in self.trials if trial.score is not None]
        return sorted(scored, key=lambda trial: _badness(trial.score))

    @property
    def failed(self):
        """The trials whose run raised an error."""
        return [trial for trial in self.trials if trial.error is not None]

    @property
    def missing(self):
        """The settings without a score or an error: interrupted, or lost with their workers."""
        return [t.setting for t in self.trials if t.score is None and t.error is None]

    @property
    def best(self):
        """The trial with the lowest finite score."""
        if not self.done or not math.isfinite(self.done[0].score):
            raise ValueError(f"no run ended with a finite score: {self._account()}")
        return self.done[0]

    def __str__(self):
        """A table, the best first, then the errors, then what is missing."""
        if not self.trials:
            return "no trials"
        names = list(self.trials[0].setting)
        rows = [[*map(_text, t.setting.values()), f"{t.score:.4g}"] for t in self.done]
        rows += [
            [*map(_text, t.setting.values()), f"{type(t.error).__name__}: {t.error}"]
            for t in self.failed
        ]
        rows += [[*map(_text, setting.values()), "missing"] for setting in self.missing]
        rows = [[*names, "score"], *rows]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
        return "\n".join([*lines, self._account()])

    def _account(self):
        parts = [f"{len(self.done)} of {len(self.trials)} done"]
        parts += [f"{len(self.failed)} failed"] if self.failed else []
        parts += [f"{len(self.missing)} missing"] if self.missing else []
        return ", ".join(parts) + (" (interrupted)" if self.interrupted else "")


def _badness(score):
    """For sorting: a score that is not a number comes last."""
    return math.inf if math.isnan(score) else score


def _text(value):
    return f"{value:.4g}" if isinstance(value, (float, np.floating)) else str(value)
