"""Chapter 8, Initialization."""

import numpy as np

from .exercise import exercise


@exercise("08.1", batch="z")
def variance_above(z, std):
    """Var(a) to expect in the next layer, from its inputs z (N, n) and the weights' std.

    The weights are independent, with mean 0; the biases are 0.
    """
    return z.shape[1] * std**2 * np.mean(z**2)


@variance_above.inputs
def _(rng):
    a = rng.normal(size=(int(rng.integers(4, 9)), int(rng.integers(10, 16))))
    return np.maximum(a, 0) + 0.1 * rng.random(), float(rng.uniform(0.1, 0.5))


@variance_above.mistake(
    "You took the variance of z. What counts is its mean square: no weight subtracts the mean."
)
def _(z, std):
    return z.shape[1] * std**2 * np.var(z)


@variance_above.mistake("You multiplied by the number of examples. A unit sums over its n inputs.")
def _(z, std):
    return len(z) * std**2 * np.mean(z**2)


@variance_above.mistake("The width is missing: n independent terms are summed, and variances add.")
def _(z, std):
    return std**2 * np.mean(z**2)


@variance_above.mistake("You took the weights' std for their variance.")
def _(z, std):
    return z.shape[1] * std * np.mean(z**2)


@variance_above.mistake("That is the standard deviation of a, the root of what is asked.")
def _(z, std):
    return np.sqrt(z.shape[1] * np.mean(z**2)) * std


@variance_above.mistake("You squared the mean of z. Square first, then take the mean.")
def _(z, std):
    return z.shape[1] * std**2 * np.mean(z) ** 2


@variance_above.mistake("You summed over the examples too. The mean square goes over all of z.")
def _(z, std):
    return std**2 * np.sum(z**2)


@exercise("08.2")
def leaky_variance(alpha, n_in):
    """Var(w) that keeps Var(a) from layer to layer under a leaky ReLU with slope α on the left."""
    return 2 / ((1 + alpha**2) * n_in)


@leaky_variance.inputs
def _(rng):
    return float(rng.uniform(0.05, 0.9)), int(rng.integers(10, 500))


@leaky_variance.mistake(
    "That is He's rule. A leaky ReLU passes some of the left half too, so it needs a little less."
)
def _(alpha, n_in):
    return 2 / n_in


@leaky_variance.mistake(
    "That is right for a linear layer alone. What share of E[a²] does each half pass?"
)
def _(alpha, n_in):
    return 1 / n_in


@leaky_variance.mistake("The left half is αa, and what counts is its square: α comes in squared.")
def _(alpha, n_in):
    return 2 / ((1 + alpha) * n_in)


@leaky_variance.mistake(
    "You took the variance of z, and subtracted the square of its mean. The next layer's Var(a) "
    "holds the mean square."
)
def _(alpha, n_in):
    return 1 / (((1 + alpha**2) / 2 - (1 - alpha) ** 2 / (2 * np.pi)) * n_in)


@leaky_variance.mistake("That is the standard deviation of w. Asked for is its variance.")
def _(alpha, n_in):
    return np.sqrt(2 / ((1 + alpha**2) * n_in))


@leaky_variance.mistake("The other way up: if more passes through, the weights must be smaller.")
def _(alpha, n_in):
    return (1 + alpha**2) / (2 * n_in)


@leaky_variance.mistake("You have what z keeps of Var(a). Var(w) has to make up for it, n inputs.")
def _(alpha, n_in):
    return (1 + alpha**2) / 2


@exercise("08.3")
def he_weights(noise):
    """Weights by He's rule for a ReLU layer, from standard Gaussian noise (n_out, n_in)."""
    return noise * np.sqrt(2 / noise.shape[1])


@he_weights.inputs
def _(rng):
    n_in = int(rng.integers(3, 9))
    return (rng.normal(size=(n_in + int(rng.integers(1, 4)), n_in)),)


@he_weights.mistake(
    "It would be right for a square layer, and these are not square. Which of the two numbers in "
    "the shape of W counts a unit's inputs?"
)
def _(noise):  # the planted one
    return noise * np.sqrt(2 / noise.shape[0])


@he_weights.mistake(
    "The rule gives the variance 2/n_in, and noise is multiplied by a standard deviation."
)
def _(noise):
    return noise * 2 / noise.shape[1]


@he_weights.mistake(
    "With 1/n_in the size would last through linear layers. ReLU passes half of the mean square."
)
def _(noise):
    return noise / np.sqrt(noise.shape[1])


@he_weights.mistake(
    "That is Xavier's rule, a compromise between the two fans. He's has n_in alone."
)
def _(noise):
    return noise * np.sqrt(2 / sum(noise.shape))


@he_weights.mistake("√(6/n_in) is the edge of a uniform draw. For Gaussian noise it is too much.")
def _(noise):
    return noise * np.sqrt(6 / noise.shape[1])


@he_weights.mistake("You divided by the number of all weights. A unit sees only its own row.")
def _(noise):
    return noise * np.sqrt(2 / noise.size)
