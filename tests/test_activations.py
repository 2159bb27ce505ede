"""Every activation and its slope, against PyTorch and by eye."""

import copy

import numpy as np
import pytest
from engine import golden, passes, same, steady
from hypothesis import given
from hypothesis import strategies as st

import nnlib as nn

WITH_GOLDEN = [
    nn.Identity(),
    nn.Sigmoid(),
    nn.Tanh(),
    nn.ReLU(),
    nn.LeakyReLU(),
    nn.LeakyReLU(0.2),
    nn.ELU(),
    nn.ELU(1.7),
]
numbers = st.floats(-1e4, 1e4)


@pytest.mark.parametrize("layer", WITH_GOLDEN, ids=repr)
def test_values_and_slopes_are_pytorchs(layer):
    """At 0, near it, and out to ±10,000, where a naive e⁻ᵃ overflows."""
    g = golden("activations")
    a = g["a"]
    _, z, slope = passes(copy.deepcopy(layer), a, np.ones_like(a))
    same(z, g[f"{layer} z"], rtol=1e-12, atol=1e-15)
    same(slope, g[f"{layer} slope"], rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("layer", WITH_GOLDEN, ids=repr)
def test_backward_multiplies_by_the_slope(layer):
    """dL/da is h'(a) times dL/dz, element by element."""
    a = golden("activations")["a"]
    dz = np.linspace(-2, 3, a.size)[:, None]
    da, slope = (passes(copy.deepcopy(layer), a, d)[2] for d in (dz, np.ones_like(a)))
    same(da, dz * slope, rtol=1e-14)


def test_softmax_is_pytorchs():
    g = golden("softmax")
    _, z, da = passes(nn.Softmax(), g["a"], g["dz"])
    same(z, g["z"])
    same(da, g["da"])


def test_prelu_is_pytorchs_with_a_slope_a_feature():
    g = golden("prelu")
    net, z, da = passes(nn.PReLU(3), g["a"], g["dz"], theta=g["slope"])
    same(z, g["z"])
    same(da, g["da"])
    same(net.grad, g["dslope"])


def test_prelu_begins_at_a_quarter():
    z = nn.Sequential(nn.PReLU(2)).forward(np.array([[-4.0, 4.0]]))
    assert z.tolist() == [[-1, 4]]


def test_step_is_1_from_0_on_and_lets_nothing_back():
    a = np.array([[-1e9, -1e-300, -0.0, 0.0, 1e-300, 1e9]])
    _, z, slope = passes(nn.Step(), a, np.full_like(a, 5.0))
    assert z.tolist() == [[0, 0, 1, 1, 1, 1]]
    assert slope.tolist() == [[0, 0, 0, 0, 0, 0]]


def test_relu_by_eye():
    a = np.array([[-2.0, -0.5, 0.0, 0.5, 2.0]])
    _, z, slope = passes(nn.ReLU(), a, np.ones_like(a))
    assert z.tolist() == [[0, 0, 0, 0.5, 2]]
    assert slope.tolist() == [[0, 0, 0, 1, 1]]


def test_leaky_relu_by_eye():
    a = np.array([[-2.0, -0.5, 0.0, 0.5, 2.0]])
    _, z, slope = passes(nn.LeakyReLU(0.25), a, np.ones_like(a))
    assert z.tolist() == [[-0.5, -0.125, 0, 0.5, 2]]
    assert slope.tolist() == [[0.25, 0.25, 0.25, 1, 1]]


def test_elu_levels_off_at_minus_alpha():
    z = nn.Sequential(nn.ELU(3.0)).forward(np.array([[-100.0, 0.0, 4.0]]))
    assert z.tolist() == [[-3, 0, 4]]


def test_the_slopes_at_0_that_the_notes_name():
    """σ'(0) = 1/4, tanh'(0) = 1; and σ(0) = 1/2."""
    zero, one = np.zeros((1, 1)), np.ones((1, 1))
    assert passes(nn.Sigmoid(), zero, one)[1:] == (0.5, 0.25)
    assert passes(nn.Tanh(), zero, one)[1:] == (0, 1)


def test_softmax_by_eye():
    """e⁰ : e^(ln 2) : e^(ln 5) is 1 : 2 : 5, of 8."""
    z = nn.Sequential(nn.Softmax()).forward(np.log([[1.0, 2.0, 5.0]]))
    same(z, [[1 / 8, 2 / 8, 5 / 8]])


@given(st.lists(numbers, min_size=2, max_size=6), st.floats(-1e3, 1e3))
@steady
def test_softmax_sums_to_1_and_forgets_a_shift(a, shift):
    softmax = nn.Sequential(nn.Softmax())
    z = softmax.forward(np.array([a]))
    assert abs(z.sum() - 1) < 1e-12
    assert z.min() >= 0
    assert z.max() >= 1 / len(a) - 1e-12
    same(softmax.forward(np.array([a]) + shift), z, rtol=1e-10, atol=1e-10)


@given(numbers)
@steady
def test_sigmoid_is_symmetric_and_tanh_is_a_sigmoid(a):
    """σ(−a) = 1 − σ(a), and tanh a = 2σ(2a) − 1."""
    same(nn.sigmoid(-a), 1 - nn.sigmoid(a), rtol=0, atol=1e-15)
    same(np.tanh(a), 2 * nn.sigmoid(2 * a) - 1, rtol=0, atol=1e-15)


def test_sigmoid_takes_numbers_and_whole_arrays():
    assert nn.sigmoid(0) == 0.5
    assert nn.sigmoid(np.array([0, 10**6, -(10**6)])).tolist() == [0.5, 1, 0]


@pytest.mark.parametrize("layer", WITH_GOLDEN[1:], ids=repr)
def test_monotonic(layer):
    """Each of them rises, or stays: a larger a never gives a smaller z."""
    z = nn.Sequential(copy.deepcopy(layer)).forward(np.linspace(-30, 30, 601)[:, None])[:, 0]
    assert (np.diff(z) >= 0).all()
    assert z[-1] > z[0]
