"""Chapter 12, Learning rate."""

import numpy as np

from .exercise import exercise


@exercise("12.1")
def one_cycle(steps, high, warm):
    """The rates of steps 1, 2, …, `steps`: an array (steps,).

    Up in a straight line from high / warm at step 1 to `high` at step `warm`, then down along half
    a cosine to 0 at step `steps`. steps and warm are whole numbers, 1 < warm < steps.
    """
    t = np.arange(1, steps + 1)
    done = (t - warm) / (steps - warm)
    return np.where(t <= warm, high * t / warm, high * (1 + np.cos(np.pi * done)) / 2)


@one_cycle.inputs
def _(rng):
    warm = int(rng.integers(4, 8))
    return warm + int(rng.integers(9, 17)), float(rng.uniform(0.5, 3)), warm


def _cycle(steps, high, warm, up=None, down=None, t=None):
    """The same with another way up, or another way down in the share of it that is done."""
    t = np.arange(1, steps + 1) if t is None else t
    done = np.clip((t - warm) / (steps - warm), 0, 1)
    up = high * t / warm if up is None else up(t)
    down = high * (1 + np.cos(np.pi * done)) / 2 if down is None else down(t, done)
    return np.where(t <= warm, up, down)


@one_cycle.mistake("It starts at 0: a step without a rate is a step lost. Step 1 has high / warm.")
def _(steps, high, warm):
    return _cycle(steps, high, warm, up=lambda t: high * (t - 1) / (warm - 1))


@one_cycle.mistake(
    "The way down does not begin at `high`: you count its steps from step 0. It begins at `warm` "
    "and lasts steps − warm steps."
)
def _(steps, high, warm):
    return _cycle(steps, high, warm, down=lambda t, _: high * (1 + np.cos(np.pi * t / steps)) / 2)


@one_cycle.mistake(
    "The way down begins at the top and ends too early: count its steps from `warm`, and divide by "
    "how many there are, steps − warm."
)
def _(steps, high, warm):
    share = lambda t: np.minimum((t - warm) / (steps - warm - 1), 1)  # noqa: E731
    return _cycle(steps, high, warm, down=lambda t, _: high * (1 + np.cos(np.pi * share(t))) / 2)


@one_cycle.mistake("The cosine starts at `high`, but ends at −high: a rate must not be negative.")
def _(steps, high, warm):
    return _cycle(steps, high, warm, down=lambda t, done: high * np.cos(np.pi * done))


@one_cycle.mistake(
    "That is a quarter of a cosine, which is steepest at its end. Half a cosine is level there."
)
def _(steps, high, warm):
    return _cycle(steps, high, warm, down=lambda t, done: high * np.cos(np.pi * done / 2))


@one_cycle.mistake("The way down is a straight line. It should be half a cosine.")
def _(steps, high, warm):
    return _cycle(steps, high, warm, down=lambda t, done: high * (1 - done))


@one_cycle.mistake("Your array begins with step 0. The first step is step 1.")
def _(steps, high, warm):
    return _cycle(steps, high, warm, t=np.arange(steps))


@one_cycle.mistake("At the top the rate is 2 · high: from 1 + cos take the half.")
def _(steps, high, warm):
    return _cycle(steps, high, warm, down=lambda t, done: high * (1 + np.cos(np.pi * done)))


@exercise("12.2")
def noise_ball(eta, curvature, variance, steps):
    """q₁ … q_steps, an array (steps,), of q ← (1 − ηλ)² q + η² s² from q₁ = 0.

    eta is η, curvature λ and variance s².
    """
    q = np.zeros(steps)
    for t in range(1, steps):
        q[t] = (1 - eta * curvature) ** 2 * q[t - 1] + eta**2 * variance
    return q


@noise_ball.inputs
def _(rng):
    curvature = float(rng.uniform(0.5, 2))
    eta = float(rng.uniform(0.1, 0.8)) / curvature
    return eta, curvature, float(rng.uniform(0.5, 3)), int(rng.integers(6, 12))


def _ball(factor, added, steps, first=0.0):
    q = np.zeros(steps)
    q[0] = first
    for t in range(1, steps):
        q[t] = factor * q[t - 1] + added
    return q


@noise_ball.mistake("The noise counts with η², for it is ηξ that is squared.")
def _(eta, curvature, variance, steps):
    return _ball((1 - eta * curvature) ** 2, eta * variance, steps)


@noise_ball.mistake("The old q keeps the *square* of 1 − ηλ: q is a mean square.")
def _(eta, curvature, variance, steps):
    return _ball(1 - eta * curvature, eta**2 * variance, steps)


@noise_ball.mistake("The square of 1 − ηλ isn't 1 − (ηλ)².")
def _(eta, curvature, variance, steps):
    return _ball(1 - (eta * curvature) ** 2, eta**2 * variance, steps)


@noise_ball.mistake("`variance` is s² already. You squared it once more.")
def _(eta, curvature, variance, steps):
    return _ball((1 - eta * curvature) ** 2, eta**2 * variance**2, steps)


@noise_ball.mistake("Your array begins with q₂. The first of its values is q₁ = 0.")
def _(eta, curvature, variance, steps):
    return _ball((1 - eta * curvature) ** 2, eta**2 * variance, steps, eta**2 * variance)


@noise_ball.mistake("That is the limit, at every step. On the way to it q is smaller.")
def _(eta, curvature, variance, steps):
    return np.full(steps, eta * variance / (curvature * (2 - eta * curvature)))


@noise_ball.mistake("Those are the roots of the mean squares. Return q itself.")
def _(eta, curvature, variance, steps):
    return np.sqrt(_ball((1 - eta * curvature) ** 2, eta**2 * variance, steps))


@exercise("12.3")
def time_based(rate, decay, steps):
    """The rates of time-based decay, rate / (1 + decay · k) for k = 0 … steps − 1: (steps,)."""
    rates = []
    for k in range(steps):
        rates.append(rate / (1 + decay * k))
    return np.array(rates)


@time_based.inputs
def _(rng):
    return float(rng.uniform(0.1, 2)), float(rng.uniform(0.02, 0.3)), int(rng.integers(6, 12))


@time_based.mistake(
    "At k = 0 and k = 1 it is right, and from there on it falls too fast, even faster than "
    "exponentially. Which rate should be divided at step k: the first, or the last?"
)
def _(rate, decay, steps):  # the planted one
    rates = []
    for k in range(steps):
        rate = rate / (1 + decay * k)
        rates.append(rate)
    return np.array(rates)


@time_based.mistake("That is the notes' recursion, a geometric sequence. It has lost its count k.")
def _(rate, decay, steps):
    return rate / (1 + decay) ** np.arange(steps)


@time_based.mistake("It begins with the second rate: at k = 0 the rate is the first one.")
def _(rate, decay, steps):
    return rate / (1 + decay * np.arange(1, steps + 1))


@time_based.mistake("That is exponential decay. Time-based decay is a hyperbola.")
def _(rate, decay, steps):
    return rate * np.exp(-decay * np.arange(steps))


@time_based.mistake("That is a straight line, which will cross 0. Divide, don't subtract.")
def _(rate, decay, steps):
    return rate * (1 - decay * np.arange(steps))


@time_based.mistake("All rates are the same: it has lost its count k.")
def _(rate, decay, steps):
    return np.full(steps, rate / (1 + decay))
