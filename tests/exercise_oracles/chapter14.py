"""Chapter 14: by loops, by trying, and through the engine."""

from itertools import count

import numpy as np

import nnlib as nn


def bend(f1, f2, halfway):
    """Logit by logit."""
    places = list(np.ndindex(halfway.shape))
    apart = max(abs(halfway[at] - 0.5 * f1[at] - 0.5 * f2[at]) for at in places)
    return apart / max(abs(halfway[at]) for at in places)


def trials_needed(share, sure):
    """One trial more, until it is enough."""
    return next(n for n in count(1) if 1 - (1 - share) ** n >= sure)


def first_loss_expected(a, y):
    """The engine's loss; the variance example by example, from its definition."""
    n = a.shape[1]
    spreads = [sum((each - sum(row) / n) ** 2 for each in row) / n for row in a]
    return nn.SoftmaxCrossEntropy()(a, y)[0], np.log(n) + sum(spreads) / len(a) / 2


ORACLES = {"14.1": bend, "14.2": trials_needed, "14.3": first_loss_expected}
