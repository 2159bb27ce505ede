"""The curves of one run, and what can be measured on them. For `diagnose`."""

import math
from itertools import pairwise

import numpy as np

from .train import History

FEWEST = 5  # epochs below which the shape of a curve says nothing


class Curves:
    """The curves of one run, as the rules want them.

    steps        (steps,)        the loss of each step, up to the first that is not finite
    train        (epochs + 1,)   the loss on the training data
    validation   (epochs + 1,)   the loss on the validation data, or None
    shape        (epochs + 1,)   the training loss as a share of its start
    end          a number        the mean of its last three
    blocks       (10,)           the means of ten blocks of steps
    broke        the first step whose loss is not finite, or None; 0 is before the first
    per_epoch    steps in an epoch
    """

    def __init__(self, history):
        if not isinstance(history, History):
            raise TypeError(f"history must be the History that train returns, got {history!r}")
        if "train" not in history.loss:
            names = ", ".join(history.loss) or "nothing"
            raise ValueError(
                f"history watches {names}; diagnose needs the loss on the training data: "
                f'train(..., watch={{"train": (x, y), "validation": (x_val, y_val)}})'
            )
        for name, losses in {"step_loss": history.step_loss, **history.loss}.items():
            if np.min(losses, initial=0) < 0:
                raise ValueError(f"history holds negative losses ({name}): a loss is 0 at best")
        self.steps = np.asarray(history.step_loss, float)
        self.train = np.asarray(history.loss["train"], float)
        if self.steps.ndim != 1:
            raise ValueError(
                f"history is of a stack, with steps {self.steps.shape}; "
                "diagnose one network: history.row(k)"
            )
        self.epochs = len(self.train) - 1
        if self.epochs < 1 or len(self.steps) < self.epochs:
            raise ValueError(f"history holds {self.epochs} epochs and {len(self.steps)} steps")
        self.per_epoch = len(self.steps) // self.epochs
        self.broke = self._first_break(history)
        self.steps = self.steps[: self.broke]
        self.blocks = means(self.steps, 10)
        self.start = self.train[0]
        self.validation, self.unseen = self._validation(history)
        self.shape = self.train / max(self.start, np.finfo(float).tiny)
        self.end = self.shape[-3:].mean()

    def _first_break(self, history):
        epochs = [np.flatnonzero(~np.isfinite(loss)) for loss in history.loss.values()]
        every = np.concatenate([np.flatnonzero(~np.isfinite(self.steps)),
                                *(each * self.per_epoch for each in epochs)])  # fmt: skip
        return int(every.min()) if every.size else None

    def _validation(self, history):
        if "validation" in history.loss:
            return np.asarray(history.loss["validation"], float), ""
        return None, (
            'No data set is watched as "validation": overfitting, and a validation set that is too '
            "small, cannot be seen."
        )

    @property
    def readable(self):
        """The run is long enough, and finite, to have a shape."""
        return self.broke is None and self.epochs >= FEWEST

    @property
    def grew(self):
        """In the last steps before it broke the loss was ten times its start or more."""
        return bool(self.steps[-5:].max(initial=0) > 10 * self.start)

    @property
    def leap(self):
        """The largest factor between two steps, while the loss is below 100 times its start."""
        before, after = self.steps[:-1], self.steps[1:]
        factors = after / np.maximum(before, 0.1 * self.start)
        return float(factors[before < 100 * self.start].max(initial=0))

    @property
    def climbs(self):
        """All climbs of the shape after its first quarter, added up."""
        return float(np.clip(np.diff(self.shape[len(self.shape) // 4 :]), 0, None).sum())

    @property
    def lowered(self):
        """The share of the loss that the last quarter of the run took away."""
        return float(1 - self.shape[-1] / max(self._quarter_ago, np.finfo(float).tiny))

    @property
    def work(self):
        """The share of the whole fall that the last quarter of the run did; 0 if it rose."""
        late = self._quarter_ago - self.shape[-1]
        return float(late / (self.shape.max() - self.shape[-1])) if late > 0 else 0.0

    @property
    def _quarter_ago(self):
        return self.shape[-1 - round(self.epochs / 4)]

    @property
    def saw_tooth(self):
        """How alike are one epoch's moves from step to step and the next's: their correlation.

        The median over pairs of epochs, the first left out, for it is steep.
        """
        moves = np.diff(np.minimum(self.steps, 1e9 * self.start))[self.per_epoch :]
        epochs = self.epochs - 2
        moves = moves[: epochs * self.per_epoch].reshape(epochs, self.per_epoch)
        return float(np.median([correlation(a, b) for a, b in pairwise(moves)]))

    def reached(self, share):
        """When the shape had done that share of its fall, as a share of the run."""
        target = 1 - share * (1 - self.shape.min())
        after = int(np.argmax(self.shape <= target))
        if after == 0:
            return 0.0
        above, below = self.shape[after - 1 : after + 1]
        return float(after - (target - below) / (above - below)) / self.epochs


def means(values, n):
    """The means of n blocks of equal length, or fewer of one value each."""
    if not len(values):
        return np.zeros(0)
    return np.array([block.mean() for block in np.array_split(values, min(n, len(values)))])


def jumps(curve):
    """The mean size of a curve's second differences."""
    return float(np.abs(np.diff(curve, 2)).mean())


def correlation(a, b):
    """Of two arrays, from −1 to 1; 0 where one is constant."""
    a, b = a - a.mean(), b - b.mean()
    size = math.sqrt((a @ a) * (b @ b))
    return float(a @ b) / size if size > 0 else 0.0
