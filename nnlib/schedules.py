"""Schedules: the learning rate as a function of the step, step 1 being the first.

Each function returns one that maps a step to a rate; pass it as an optimizer's `lr`.
A schedule by epochs is one by steps, with as many steps as an epoch has batches.
"""

import math

import numpy as np

from .initializers import finite
from .layers import count


def constant(rate):
    """η_t = η₀. A number, or a column (K, 1) with one rate for each network of a stack."""
    rate = np.asarray(rate)
    if rate.dtype.kind not in "fiu":
        raise TypeError(f"lr must be a number, a column of them, or a schedule, got {rate}")
    rate = rate.astype(float)
    if not (np.isfinite(rate).all() and (rate > 0).all()):
        raise ValueError(f"lr must be positive and finite, got {rate}")
    if rate.ndim not in (0, 2) or (rate.ndim == 2 and rate.shape[1] != 1):
        raise ValueError(
            f"lr must be a number or a column (K, 1), one rate a network, got shape {rate.shape}"
        )
    rate = rate if rate.ndim else float(rate)
    return lambda step: rate


def time_decay(rate, decay):
    """η_t = η₀ / (1 + decay · (t − 1)): halved after 1/decay steps, and ever more slowly after."""
    rate, decay = constant(rate)(1), positive("decay", decay)
    return lambda step: rate / (1 + decay * (step - 1))


def geometric_decay(rate, decay):
    """η_{t+1} = η_t / (1 + decay): the recursion of the notes, which is η₀ / (1 + decay)^(t−1)."""
    rate, decay = constant(rate)(1), positive("decay", decay)
    return lambda step: rate * (1 + decay) ** (1 - step)


def exponential_decay(rate, k):
    """η_t = η₀ e^(−k (t − 1))."""
    rate, k = constant(rate)(1), positive("k", k)
    return lambda step: rate * math.exp(-k * (step - 1))


def step_decay(rate, factor, every):
    """η_t = η₀ · factor^⌊(t − 1) / every⌋: constant for `every` steps, then down at once."""
    rate, every = constant(rate)(1), positive("every", every)
    factor = between_0_and_1("factor", factor)
    return lambda step: rate * factor ** ((step - 1) // every)


def cosine(rate, steps, low=0.0):
    """η_t falls from η₀ to `low` along half a cosine over `steps` steps, then stays.

    Loshchilov and Hutter (2017), equation 5, without restarts.
    """
    rate, steps = constant(rate)(1), positive("steps", steps)
    if not 0 <= finite("low", low) < np.min(rate):
        raise ValueError(f"low must be at least 0 and below the rate {rate}, got {low}")

    def schedule(step):
        done = min((step - 1) / steps, 1.0)
        return low + (rate - low) * (1 + math.cos(math.pi * done)) / 2

    return schedule


def triangular(low, high, half):
    """η_t climbs from `low` to `high` in `half` steps, falls back in as many, and again.

    Smith (2017), section 3.2.
    """
    low, high, half = positive("low", low), constant(high)(1), positive("half", half)
    if low >= np.min(high):
        raise ValueError(f"low must be below high, got {low} and {high}")

    def schedule(step):
        position = (step - 1) / half % 2  # 0 at the bottom, 1 at the top, 2 at the bottom again
        return low + (high - low) * (1 - abs(position - 1))

    return schedule


class reduce_on_plateau:  # noqa: N801 (called like the other schedules)
    """η ← factor · η whenever the watched loss has not improved for `patience` epochs.

    It has to hear the losses: `train` calls its `listen` after every epoch; without `train`, do so.
    With a stack of K networks every one has a rate of its own.
    """

    def __init__(self, rate, factor=0.5, patience=5, watch="validation"):
        self.rate, self.factor = np.asarray(constant(rate)(1)), between_0_and_1("factor", factor)
        self.patience, self.watch = count("patience", patience), watch
        self.best, self.waited = np.inf, 0

    def __call__(self, step):
        return self.rate if self.rate.ndim else float(self.rate)

    def listen(self, net, history):
        """After an epoch: look at the newest loss, and lower the rate where it stands still."""
        loss = np.asarray(history.newest(self.watch))
        better = loss < self.best
        self.best = np.where(better, loss, self.best)
        self.waited = np.where(better, 0, self.waited + 1)
        tired = self.waited >= self.patience
        factors = np.where(tired, self.factor, 1.0)
        self.rate = self.rate * (factors[:, None] if factors.ndim else factors)
        self.waited = np.where(tired, 0, self.waited)


def positive(name, value):
    """`value` as a positive number, or an error that names the argument."""
    if not finite(name, value) > 0:
        raise ValueError(f"{name} must be positive, got {value}")
    return float(value)


def between_0_and_1(name, value):
    """`value` as a number that makes smaller, or an error that names the argument."""
    if not 0 < finite(name, value) < 1:
        raise ValueError(f"{name} must be between 0 and 1, got {value}")
    return float(value)
