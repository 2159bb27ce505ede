"""What several of the engine's tests share."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

import nnlib as nn

GOLDEN = Path(__file__).parent / "golden"

# The same examples at every run: a test that fails once fails always.
steady = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow],
)


def golden(name):
    """The arrays of one golden file, made with PyTorch by make_golden.py."""
    with np.load(GOLDEN / f"{name}.npz", allow_pickle=False) as stored:
        return dict(stored)


def same(actual, expected, rtol=1e-10, atol=1e-12):
    """Equal but for rounding, shapes included, and all numbers finite."""
    assert np.shape(actual) == np.shape(expected)
    assert np.isfinite(expected).all()
    np.testing.assert_allclose(actual, expected, rtol=rtol, atol=atol)


def refuses(do, error, words):
    """Doing it raises this error, and its message holds all of these words."""
    with pytest.raises(error) as caught:
        do()
    assert all(word in str(caught.value) for word in words.split())


def passes(layer, x, dy, train=False, theta=None):
    """One layer alone, forward and backward: its network, y and dL/dx."""
    net = nn.Sequential(layer)
    if theta is not None:
        net.theta = theta
    y = net.forward(x, train)
    net.backward(dy)
    return net, y, layer.backward(dy).copy()


def rosenbrock(theta):
    """The gradient of (1 − u)² + 100 (v − u²)² at points (..., 2), by hand."""
    u, v = theta[..., 0], theta[..., 1]
    return np.stack([-2 * (1 - u) - 400 * u * (v - u * u), 200 * (v - u * u)], axis=-1)


def quadratic(theta):
    """The gradient of ½ (u² + 25 v²) at points (..., 2), by hand."""
    return theta * np.array([1.0, 25.0])


# Every layer there is, each made anew by calling it: 4 features in.
LAYERS = {
    "Dense": lambda: nn.Dense(4, 3, bias=0.3),
    "Identity": nn.Identity,
    "Step": nn.Step,
    "Sigmoid": nn.Sigmoid,
    "Tanh": nn.Tanh,
    "ReLU": nn.ReLU,
    "LeakyReLU": lambda: nn.LeakyReLU(0.1),
    "ELU": lambda: nn.ELU(1.5),
    "Softmax": nn.Softmax,
    "BatchNorm": lambda: nn.BatchNorm(4),
    "LayerNorm": lambda: nn.LayerNorm(4),
    "Maxout": lambda: nn.Maxout(4, 3, pieces=3),
    "PReLU": lambda: nn.PReLU(4),
    "Dropout": lambda: nn.Dropout(0.4, rng=0),
}

# Every loss there is, with targets for 6 examples and 3 outputs.
LOSSES = {
    "MeanSquaredError": (nn.MeanSquaredError(), np.linspace(-2, 3, 18).reshape(6, 3)),
    "BinaryCrossEntropy": (nn.BinaryCrossEntropy(), np.arange(18).reshape(6, 3) % 2.0),
    "SoftmaxCrossEntropy": (nn.SoftmaxCrossEntropy(), np.array([0, 2, 1, 1, 0, 2])),
}

# Every optimizer there is, made for a rate.
OPTIMIZERS = {
    "SGD": nn.SGD,
    "Momentum": nn.Momentum,
    "Nesterov": nn.Nesterov,
    "Adagrad": nn.Adagrad,
    "RMSprop": nn.RMSprop,
    "Adam": nn.Adam,
}


def away_from_kinks(rng, *shape):
    """Random numbers between 0.1 and 2 in size, of either sign."""
    return rng.uniform(0.1, 2, shape) * rng.choice([-1, 1], shape)
