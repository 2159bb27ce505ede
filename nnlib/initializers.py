"""How a weight matrix begins.

An initializer is a function (rng, n_in, n_out) -> W of shape (n_out, n_in).
`constant` and `normal` take a number first and return such a function;
the others look at the fan-in and the fan-out and need no number.
"""

import numpy as np


def constant(value):
    """Every weight the same number. Units that begin equal stay equal: see the chapter on it."""
    value = finite("value", value)
    return lambda rng, n_in, n_out: np.full((n_out, n_in), value)


def normal(std):
    """Gaussian weights with mean 0 and standard deviation `std`, whatever the layer's size."""
    std = finite("std", std)
    if std < 0:
        raise ValueError(f"std must not be negative, got {std}")
    return lambda rng, n_in, n_out: std * rng.standard_normal((n_out, n_in))


def glorot_normal(rng, n_in, n_out):
    """Var w = 2 / (n_in + n_out): a compromise between the forward and the backward pass.

    Glorot and Bengio (2010), equation 12. Derived for a linear activation.
    """
    return normal(np.sqrt(2 / (n_in + n_out)))(rng, n_in, n_out)


def glorot_uniform(rng, n_in, n_out):
    """Uniform on ±√(6 / (n_in + n_out)), which has the variance of `glorot_normal`.

    Glorot and Bengio (2010), equation 16. The default of Keras' Dense layer, and of ours.
    """
    return _uniform(rng, np.sqrt(6 / (n_in + n_out)), n_in, n_out)


def he_normal(rng, n_in, n_out):
    """Var w = 2 / n_in: twice 1/n_in, because ReLU passes half of the mean square.

    He, Zhang, Ren and Sun (2015), equation 10.
    """
    return normal(np.sqrt(2 / n_in))(rng, n_in, n_out)


def he_uniform(rng, n_in, n_out):
    """Uniform on ±√(6 / n_in), which has the variance of `he_normal`."""
    return _uniform(rng, np.sqrt(6 / n_in), n_in, n_out)


# The notes, and much code, say Xavier: the first name of Xavier Glorot.
xavier_normal = glorot_normal
xavier_uniform = glorot_uniform


def _uniform(rng, limit, n_in, n_out):
    return rng.uniform(-limit, limit, (n_out, n_in))


def finite(name, value):
    """`value` as a float, or an error that names the argument."""
    if not np.isscalar(value) or isinstance(value, str) or not np.isfinite(value):
        raise ValueError(f"{name} must be a finite number, got {value!r}")
    return float(value)
