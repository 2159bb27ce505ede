"""Chapter 6, Activations."""

import numpy as np

from .exercise import exercise


def _sigmoid(a):
    return 1 / (1 + np.exp(-a))


@exercise("06.1", batch="a")
def swish_slope(a):
    """h'(a) of swish, h(a) = a σ(a), element by element for a of shape (N, n)."""
    z = _sigmoid(a)
    return z + a * z * (1 - z)


@swish_slope.inputs
def _(rng):
    return (2 * rng.normal(size=(int(rng.integers(3, 9)), 4)),)


@swish_slope.mistake("σ(a) is one half of the product rule. a is a factor of h too, and σ bends.")
def _(a):
    return _sigmoid(a)


@swish_slope.mistake(
    "That is a times the slope of σ, the second half of the product rule. The first is missing."
)
def _(a):
    return a * _sigmoid(a) * (1 - _sigmoid(a))


@swish_slope.mistake(
    "You took the slope of each factor and multiplied the two. A product's slope is a sum of two "
    "products."
)
def _(a):
    return _sigmoid(a) * (1 - _sigmoid(a))


@swish_slope.mistake("That is swish itself, h(a). Asked for is its slope.")
def _(a):
    return a * _sigmoid(a)


@swish_slope.mistake("h(1 − h) is the sigmoid's slope with h in place of σ: it holds for σ alone.")
def _(a):
    h = a * _sigmoid(a)
    return h * (1 - h)


@swish_slope.mistake("You put a into a(1 − a) for the slope of σ. It is σ(a)(1 − σ(a)).")
def _(a):
    return _sigmoid(a) + a * a * (1 - a)


@exercise("06.2", batch="dz a")
def elu_back(dz, a, alpha):
    """∂C/∂a of an ELU layer, from dz = ∂C/∂z (N, n), its pre-activation a (N, n) and α."""
    return dz * np.where(a > 0, 1, alpha * np.exp(a))


@elu_back.inputs
def _(rng):
    shape = int(rng.integers(3, 9)), 4
    return rng.normal(size=shape), 2 * rng.normal(size=shape), float(rng.uniform(0.4, 1.6))


@elu_back.mistake(
    "Where a > 0 it is right. Where a ≤ 0, compare what you multiply by with the curve: can it be "
    "negative?"
)
def _(dz, a, alpha):  # the planted one: the value in place of the slope
    return dz * np.where(a > 0, 1, alpha * (np.exp(a) - 1))


@elu_back.mistake("On the left α is missing: the slope there is α eᵃ.")
def _(dz, a, alpha):
    return dz * np.where(a > 0, 1, np.exp(a))


@elu_back.mistake("On the left you pass α alone, as a leaky ReLU would. ELU is curved there.")
def _(dz, a, alpha):
    return dz * np.where(a > 0, 1, alpha)


@elu_back.mistake("On the left you pass nothing, as ReLU would. ELU leaves a way back.")
def _(dz, a, alpha):
    return dz * (a > 0)


@elu_back.mistake("That is the slope by itself. What goes back is the slope times dz.")
def _(dz, a, alpha):
    return np.where(a > 0, 1, alpha * np.exp(a))


@elu_back.mistake(
    "On the right you pass a times dz: that is the value of ELU there. Its slope on the right is 1."
)
def _(dz, a, alpha):
    return dz * np.where(a > 0, a, alpha * np.exp(a))


@elu_back.mistake("You put z into the exponential. On the left z is α(eᵃ − 1) already.")
def _(dz, a, alpha):
    z = np.where(a > 0, a, alpha * (np.exp(a) - 1))
    return dz * np.where(z > 0, 1, alpha * np.exp(z))


@exercise("06.3")
def is_dead(a):
    """Which of n ReLU units are dead, True or False for each, from a (N, n) on all the data."""
    return (a <= 0).all(axis=0)


@is_dead.inputs
def _(rng):
    a = rng.normal(size=(int(rng.integers(6, 10)), 8))
    a[:, :3] = -np.abs(a[:, :3]) - 0.1  # dead
    a[1, 0] = 0.0  # and this one at 0, where the slope is 0
    a[:, 3:5] = -np.abs(a[:, 3:5]) - 0.3
    a[2, 3:5] = 0.4  # on for one example, and off on the average
    a[0, 5], a[1, 5] = -0.5, 0.6  # off for the first example, on for the second
    a[0, 6], a[1, 6] = 0.6, -0.5
    a[:, 7] = np.abs(a[:, 7]) + 0.1  # always on
    return (a[:, rng.permutation(8)],)


@is_dead.mistake(
    "A unit that is off for some examples is not dead: it must be off for all of them."
)
def _(a):
    return (a <= 0).any(axis=0)


@is_dead.mistake(
    "You looked at the mean over the examples. One example that switches the unit on is enough to "
    "teach it."
)
def _(a):
    return a.mean(axis=0) <= 0


@is_dead.mistake("You looked at the first example alone. Others may switch the unit on.")
def _(a):
    return a[0] <= 0


@is_dead.mistake("Those are the living units: turn the answer over.")
def _(a):
    return (a > 0).any(axis=0)


@is_dead.mistake("You called a unit off where a < 0. At a = 0 its slope is 0 as well.")
def _(a):
    return (a < 0).all(axis=0)


@is_dead.mistake("Those are the units that are on for all examples. They never bend; they learn.")
def _(a):
    return (a > 0).all(axis=0)


@is_dead.mistake("That is the share of examples for which each unit is off. Which share is death?")
def _(a):
    return (a <= 0).mean(axis=0)


@exercise("06.4")
def as_tanh(W, b):
    """Weights (n_out, n_in) and bias (1, n_out) of a tanh layer that stands in for a sigmoid layer.

    W and b belong to a hidden sigmoid layer above another. Both become tanh layers, so that
    z_tanh = 2 z_sigmoid − 1 comes in, and the same must go out.
    """
    return W / 4, b / 2 + W.sum(axis=1) / 4


@as_tanh.inputs
def _(rng):
    n = int(rng.integers(3, 6))
    return rng.normal(size=(n, n)), rng.normal(size=(1, n))


@as_tanh.mistake("That is the way there, from tanh to sigmoid. Here it goes back.")
def _(W, b):
    return 4 * W, 2 * (b - W.sum(axis=1))


@as_tanh.mistake(
    "The weights are right; the bias is not. What comes in has another mean now, and the bias has "
    "to make up for it."
)
def _(W, b):
    return W / 4, b / 2


@as_tanh.mistake(
    "What comes in is right now, and what goes out is not: σ(a) is made from tanh(a / 2)."
)
def _(W, b):
    return W / 2, b + W.sum(axis=1) / 2


@as_tanh.mistake(
    "What goes out is right now, and what comes in is not: z_sigmoid is (1 + z_tanh) / 2."
)
def _(W, b):
    return W / 2, b / 2


@as_tanh.mistake("In the bias W comes with the wrong sign: z_sigmoid is (1 + z_tanh) / 2.")
def _(W, b):
    return W / 4, b / 2 - W.sum(axis=1) / 4


@as_tanh.mistake("In the bias you summed W over the units. It is summed over a unit's inputs.")
def _(W, b):
    return W / 4, b / 2 + W.sum(axis=0) / 4


@as_tanh.mistake("b / 4: the bias is no weight. Only what goes out halves it, not what comes in.")
def _(W, b):
    return W / 4, b / 4 + W.sum(axis=1) / 4
