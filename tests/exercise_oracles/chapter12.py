"""Chapter 12: through the engine's schedules, and by walks with every pattern of noise."""

import itertools

import numpy as np

import nnlib as nn


def one_cycle(steps, high, warm):
    """The engine's triangle on its way up, and its cosine on the way down."""
    up = nn.schedules.triangular(high / warm, high, warm - 1)
    down = nn.schedules.cosine(high, steps - warm)
    climb = [up(t) for t in range(1, warm)]
    return np.array(climb + [down(t) for t in range(1, steps - warm + 2)])


def noise_ball(eta, curvature, variance, steps):
    """The mean of θ² over all patterns of noise ±s, each as likely as any other."""
    xi = np.sqrt(variance) * np.array(list(itertools.product((-1, 1), repeat=steps - 1))).T
    at = np.zeros(xi.shape[1])
    q = [0.0]
    for each in xi:
        at = at - eta * (curvature * at + each)
        q.append(np.mean(at**2))
    return np.array(q)


def time_based(rate, decay, steps):
    """The engine's schedule."""
    schedule = nn.schedules.time_decay(rate, decay)
    return np.array([schedule(t) for t in range(1, steps + 1)])


ORACLES = {"12.1": one_cycle, "12.2": noise_ball, "12.3": time_based}
