"""Gradient checking: right where the slope is known, and over networks of every kind."""

import copy

import numpy as np
import pytest
from engine import same, steady
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import nnlib as nn

KINKED = (nn.ReLU, nn.LeakyReLU, nn.ELU, nn.PReLU)
ACTIVATIONS = (nn.Identity, nn.Sigmoid, nn.Tanh, nn.Softmax, nn.ReLU, nn.LeakyReLU, nn.ELU)
WIDE = (nn.BatchNorm, nn.LayerNorm, nn.PReLU)  # made for a number of features
widths = st.integers(1, 6)


def test_slope_of_a_cube():
    """d θ³ / dθ = 3 θ², within h² of it; and θ is put back."""
    theta = np.array([-2.0, 0.0, 0.5, 3.0])
    found = nn.numerical_gradient(lambda t: (t**3).sum(), theta)
    same(found, 3 * np.array([4, 0, 0.25, 9]), rtol=1e-9, atol=1e-9)
    assert theta.tolist() == [-2, 0, 0.5, 3]


def test_the_error_is_the_step_squared():
    """For θ³ the central difference is 3 θ² + h², exactly."""
    for h in (0.1, 0.01):
        found = nn.numerical_gradient(lambda t: (t**3).sum(), np.array([1.0]), h)
        same(found, [3 + h * h], rtol=1e-11)


def test_two_calls_a_parameter():
    calls = []
    nn.numerical_gradient(lambda t: calls.append(t.copy()) or 0.0, np.arange(3.0), 0.5)
    assert [call.tolist() for call in calls] == [
        [0.5, 1, 2], [-0.5, 1, 2], [0, 1.5, 2], [0, 0.5, 2], [0, 1, 2.5], [0, 1, 1.5],
    ]  # fmt: skip


def test_a_stack_is_nudged_in_one_go():
    """Row k of the answer is the gradient of network k."""
    theta = np.array([[1.0, 2.0], [3.0, -1.0]])
    found = nn.numerical_gradient(lambda t: (t * t).sum(-1), theta)
    same(found, 2 * theta, rtol=1e-9)


@st.composite
def networks(draw):
    """A network of one to four dense layers, anything in between, with data and a loss for it."""
    layers, n_in = [], draw(widths)
    n_first = n_in
    for _ in range(draw(st.integers(0, 3))):
        n_out = draw(widths)
        if draw(st.booleans()):
            layers.append(nn.Dense(n_in, n_out, nn.normal(0.8), bias=0.1))
        else:
            layers.append(nn.Maxout(n_in, n_out, draw(st.integers(1, 3)), nn.normal(0.8)))
        layers += [draw(st.sampled_from(WIDE))(n_out)] if draw(st.booleans()) else []
        layers.append(draw(st.sampled_from(ACTIVATIONS))())
        layers += [nn.Dropout(0.3)] if draw(st.booleans()) else []
        n_in = n_out
    n_last = draw(st.integers(2, 4))
    layers.append(nn.Dense(n_in, n_last, nn.normal(0.8)))
    seed, stack = draw(st.integers(0, 10**6)), draw(st.sampled_from([None, None, 3]))
    net, rng = nn.Sequential(*layers, rng=seed, stack=stack), np.random.default_rng(seed)
    n = draw(st.integers(5, 8))
    x = rng.normal(size=(n, n_first))
    loss, y = draw(
        st.sampled_from(
            [
                (nn.MeanSquaredError(), rng.normal(size=(n, n_last))),
                (nn.BinaryCrossEntropy(), rng.uniform(size=(n, n_last))),
                (nn.SoftmaxCrossEntropy(), rng.integers(0, n_last, n)),
            ]
        )
    )
    return net, loss, x, y


def sums_of(layer, x):
    """A maxout layer's sums (..., N, pieces, n_out), of which it takes the highest."""
    sums = x @ layer.W.mT + layer.b
    return sums.reshape(*sums.shape[:-1], layer.pieces, layer.n_out)


def far_from_kinks(net, x, train):
    """No input of a bent layer, nor any batch's spread, is so small that a nudge matters."""
    inputs = [x, *copy.deepcopy(net).trace(x, train)]  # a copy, for dropout's next mask
    for layer, a in zip(net.layers, inputs[:-1], strict=True):
        if isinstance(layer, KINKED) and np.abs(a).min() < 1e-3:
            return False
        if isinstance(layer, nn.BatchNorm) and train and a.var(-2).min() < 1e-2:
            return False
        if isinstance(layer, nn.LayerNorm) and a.var(-1).min() < 1e-2:
            return False
        if isinstance(layer, nn.Maxout) and layer.pieces > 1:
            sums = np.sort(sums_of(layer, a), axis=-2)
            if (sums[..., -1, :] - sums[..., -2, :]).min() < 1e-3:
                return False
    return True


@given(networks(), st.booleans())
@settings(steady, max_examples=150)
def test_backpropagation_is_right_in_networks_of_every_kind(case, train):
    net, loss, x, y = case
    assume(far_from_kinks(net, x, train))
    assert nn.gradient_check(net, loss, x, y, train) < 1e-6


@pytest.mark.parametrize("stack", [None, 3])
def test_dropout_keeps_its_mask_while_nudged(stack):
    """Two layers, one generator: every forward pass draws what the first one drew."""
    rng, x = np.random.default_rng(5), np.random.default_rng(1).normal(size=(6, 3))
    net = nn.Sequential(
        nn.Dense(3, 8), nn.Tanh(), nn.Dropout(0.5, rng), nn.Dense(8, 4), nn.Sigmoid(),
        nn.Dropout(0.3, rng), nn.Dense(4, 2), stack=stack,
    )  # fmt: skip
    begun = rng.bit_generator.state
    assert nn.gradient_check(net, nn.MeanSquaredError(), x, np.ones((6, 2)), train=True) < 1e-6
    assert rng.bit_generator.state == begun
    net.forward(x, train=True)  # as training goes on, the masks go on
    assert rng.bit_generator.state != begun
    assert nn.gradient_check(net, nn.MeanSquaredError(), x, np.ones((6, 2)), train=True) < 1e-6


class Wrong(nn.Tanh):
    """tanh with a slope that is 1 % off."""

    def backward(self, dz):
        return super().backward(dz) * 1.01


class Late(nn.Dense):
    """A dense layer that forgets the gradient of its bias."""

    def gradients(self, dy):
        super().gradients(dy)
        self.db[...] = 0


@pytest.mark.parametrize("make", [Wrong, lambda: Late(3, 3)], ids=["slope", "bias"])
def test_a_planted_fault_is_found(make):
    x, y = np.random.default_rng(0).normal(size=(2, 6, 3))
    net = nn.Sequential(nn.Dense(3, 3), make(), nn.Dense(3, 3))
    assert nn.gradient_check(net, nn.MeanSquaredError(), x, y) > 5e-3


def test_the_network_is_left_as_it_was():
    """θ and the running averages are not moved by checking."""
    net = nn.Sequential(nn.Dense(3, 4), nn.BatchNorm(4), nn.Tanh(), nn.Dense(4, 2))
    x, y = np.random.default_rng(1).normal(size=(6, 3)), np.ones((6, 2))
    theta, tested = net.theta.copy(), net.forward(x)
    assert nn.gradient_check(net, nn.MeanSquaredError(), x, y, train=True) < 1e-6
    assert np.array_equal(net.theta, theta)
    assert np.array_equal(net.forward(x), tested)


def test_at_a_kink_the_two_may_differ():
    """ReLU at 0 exactly: the slope is 0 from the left, 1 from the right, ½ by nudging."""
    net = nn.Sequential(nn.Dense(1, 1, nn.constant(0)), nn.ReLU(), nn.Dense(1, 1, nn.constant(1)))
    assert nn.gradient_check(net, nn.MeanSquaredError(), np.ones((1, 1)), np.ones((1, 1))) == 1
