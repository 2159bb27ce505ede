"""Initializers: their shapes, bounds and variances, at fixed seeds."""

import numpy as np
import pytest

import nnlib as nn

N_IN, N_OUT = 300, 200

# Name: the initializer and the variance it promises for 300 inputs and 200 outputs.
RANDOM = {
    "normal": (nn.normal(0.05), 0.05**2),
    "glorot_normal": (nn.glorot_normal, 2 / 500),
    "glorot_uniform": (nn.glorot_uniform, 2 / 500),
    "he_normal": (nn.he_normal, 2 / 300),
    "he_uniform": (nn.he_uniform, 2 / 300),
}
LIMITS = {"glorot_uniform": np.sqrt(6 / 500), "he_uniform": np.sqrt(6 / 300)}
every_random = pytest.mark.parametrize("name", RANDOM)


def drawn(name, seed=0):
    return RANDOM[name][0](np.random.default_rng(seed), N_IN, N_OUT)


@every_random
def test_mean_and_variance(name):
    """60,000 weights: the mean within 4 standard errors of 0, the variance within 4 of its own."""
    W, promised = drawn(name), RANDOM[name][1]
    assert W.shape == (N_OUT, N_IN)
    assert abs(W.mean()) < 4 * np.sqrt(promised / W.size)
    assert abs(W.var() / promised - 1) < 4 * np.sqrt(2 / W.size)


@every_random
def test_no_row_or_column_is_special(name):
    """Each unit's mean square is the promised variance, within 5 standard errors."""
    W, promised = drawn(name), RANDOM[name][1]
    for axis, n in ((0, N_OUT), (1, N_IN)):
        assert (abs((W * W).mean(axis) / promised - 1) < 5 * np.sqrt(2 / n)).all()


@pytest.mark.parametrize("name", LIMITS)
def test_uniform_ones_fill_their_interval_and_no_more(name):
    W, limit = drawn(name), LIMITS[name]
    assert abs(W).max() <= limit
    assert W.max() > 0.999 * limit
    assert W.min() < -0.999 * limit
    shares = np.histogram(W, 10, (-limit, limit))[0] / W.size
    assert (abs(shares - 0.1) < 4 * np.sqrt(0.09 / W.size)).all()


@pytest.mark.parametrize("name", [name for name in RANDOM if name not in LIMITS])
def test_normal_ones_have_normal_shares(name):
    """68.27% within one standard deviation, 95.45% within two, 0.27% outside three."""
    W, std = drawn(name), np.sqrt(RANDOM[name][1])
    for deviations, share in ((1, 0.6827), (2, 0.9545), (3, 0.9973)):
        allowed = 4 * np.sqrt(share * (1 - share) / W.size)
        assert abs((abs(W) < deviations * std).mean() - share) < allowed + 5e-5


@every_random
def test_a_seed_is_a_matrix(name):
    assert np.array_equal(drawn(name, 3), drawn(name, 3))
    assert not np.array_equal(drawn(name, 3), drawn(name, 4))


def test_constant_is_constant():
    assert nn.constant(0.5)(np.random.default_rng(0), 2, 3).tolist() == [[0.5, 0.5]] * 3


def test_normal_of_0_is_0():
    assert not nn.normal(0)(np.random.default_rng(0), 2, 3).any()


def test_xavier_is_the_notes_name_for_glorot():
    assert nn.xavier_normal is nn.glorot_normal
    assert nn.xavier_uniform is nn.glorot_uniform


def test_he_keeps_the_mean_square_through_relu_and_glorot_does_not():
    """Ten ReLU layers of 256: He keeps the mean square within a factor of 3, Glorot loses 2¹⁰."""
    x, mean_square = np.random.default_rng(0).normal(size=(100, 256)), {}
    for init in (nn.he_normal, nn.glorot_normal):
        layers = [layer for _ in range(10) for layer in (nn.Dense(256, 256, init), nn.ReLU())]
        mean_square[init] = (nn.Sequential(*layers, rng=1).forward(x) ** 2).mean()
    assert 1 / 3 < mean_square[nn.he_normal] / 0.5 < 3  # ReLU passes half of the mean square
    # The same draws, each layer's scaled by √½.
    assert abs(mean_square[nn.he_normal] / mean_square[nn.glorot_normal] - 2**10) < 1e-6


def test_the_network_uses_them():
    """The weights in θ are the initializer's own draw, and dense layers begin with Glorot's."""
    rng = np.random.default_rng(9)
    expected = [nn.he_normal(rng, 5, 4), nn.glorot_uniform(rng, 4, 3)]
    net = nn.Sequential(nn.Dense(5, 4, nn.he_normal), nn.ReLU(), nn.Dense(4, 3), rng=9)
    assert np.array_equal(net.layers[0].W, expected[0])
    assert np.array_equal(net.layers[2].W, expected[1])
