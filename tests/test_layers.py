"""Dense against PyTorch and by hand; and what every layer must do, layer by layer."""

import numpy as np
import pytest
from engine import LAYERS, away_from_kinks, golden, passes, same, steady
from hypothesis import given
from hypothesis import strategies as st

import nnlib as nn

every_layer = pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)
both_modes = pytest.mark.parametrize("train", [False, True], ids=["testing", "training"])


def test_no_layer_is_forgotten_here():
    """A layer that nnlib offers stands in the list that the tests below walk."""
    offered = {value for value in vars(nn).values() if isinstance(value, type)}
    offered = {kind for kind in offered if issubclass(kind, nn.Layer)} - {nn.Layer}
    assert offered == {type(make()) for make in LAYERS.values()}


def test_dense_is_pytorchs_linear():
    g = golden("dense")
    theta = np.concatenate([g["W"].ravel(), g["b"].ravel()])
    net, y, dx = passes(nn.Dense(4, 3), g["x"], g["dy"], theta=theta)
    same(y, g["y"])
    same(dx, g["dx"])
    same(net.layers[0].dW, g["dW"])
    same(net.layers[0].db, g["db"])


def test_maxout_is_the_highest_of_pytorchs_linears():
    g = golden("maxout")
    theta = np.concatenate([g["W"].ravel(), g["b"].ravel()])
    net, y, dx = passes(nn.Maxout(4, 2, pieces=3), g["x"], g["dy"], theta=theta)
    same(y, g["y"])
    same(dx, g["dx"])
    same(net.grad, np.concatenate([g["dW"].ravel(), g["db"].ravel()]))


def test_maxout_by_hand():
    """Pieces 0 and a: ReLU. Pieces a and −a: the absolute value."""
    a = np.array([[-2.0], [0.5], [3.0]])
    for weights, expected in (([0, 1], [0, 0.5, 3]), ([1, -1], [2, 0.5, 3])):
        net = nn.Sequential(nn.Maxout(1, 1))
        net.theta = [*weights, 0, 0]
        assert net.forward(a)[:, 0].tolist() == expected


def test_dense_by_hand():
    """One neuron with weights 2 and −3 and bias 1 at (5, 1): 10 − 3 + 1 = 8."""
    net, y, dx = passes(nn.Dense(2, 1), np.array([[5.0, 1.0]]), np.array([[2.0]]), theta=[2, -3, 1])
    assert y.tolist() == [[8]]
    assert net.grad.tolist() == [10, 2, 2]
    assert dx.tolist() == [[4, -6]]


def test_dense_weights_lead_from_input_to_output():
    """W[j, i] leads from input i to output j."""
    net = nn.Sequential(nn.Dense(3, 2, init=nn.constant(0)))
    net.layers[0].W[1, 2] = 7
    assert net.forward(np.eye(3)).tolist() == [[0, 0], [0, 0], [0, 7]]


def test_dense_bias_begins_where_told():
    layer = nn.Sequential(nn.Dense(3, 2, bias=0.25)).layers[0]
    assert layer.b.tolist() == [[0.25, 0.25]]
    assert nn.Sequential(nn.Dense(3, 2)).layers[0].b.tolist() == [[0, 0]]


@given(st.integers(1, 7), st.integers(1, 6), st.integers(1, 6), st.integers(0, 10**6))
@steady
def test_dense_of_any_size_has_the_right_slopes(n, n_in, n_out, seed):
    """The loss Σ dy·y is linear in x, W and b, so their slopes can be written down."""
    rng = np.random.default_rng(seed)
    x, dy = rng.normal(size=(n, n_in)), rng.normal(size=(n, n_out))
    net, y, dx = passes(nn.Dense(n_in, n_out), x, dy, theta=rng.normal(size=n_in * n_out + n_out))
    W, b = net.layers[0].W, net.layers[0].b
    for k in range(n):
        same(y[k], [sum(W[j, i] * x[k, i] for i in range(n_in)) + b[0, j] for j in range(n_out)])
        same(dx[k], [sum(W[j, i] * dy[k, j] for j in range(n_out)) for i in range(n_in)])
    for j in range(n_out):
        same(net.layers[0].dW[j], sum(dy[k, j] * x[k] for k in range(n)))
    same(net.layers[0].db[0], sum(dy))


@every_layer
@both_modes
def test_slopes_agree_with_nudging(make, train):
    """dL/dx and dL/dθ of every layer alone, for L = Σ dy·y, against central differences."""
    rng = np.random.default_rng(1)
    x, layer = away_from_kinks(rng, 6, 4), make()
    theta = rng.normal(size=layer.size)
    dy = rng.normal(size=(6, layer.n_out or 4))
    net, _, dx = passes(layer, x, dy, train, theta)
    grad = net.grad.copy()

    def f(_):
        if isinstance(layer, nn.Dropout):
            layer.rng = np.random.default_rng(0)  # as it began: the same mask at every nudge
        return (net.forward(x, train) * dy).sum()

    same(dx.ravel(), nn.numerical_gradient(f, x.reshape(-1)), rtol=1e-6, atol=1e-8)
    same(grad, nn.numerical_gradient(f, net.theta), rtol=1e-6, atol=1e-8)


@every_layer
@both_modes
def test_what_goes_in_is_left_alone(make, train):
    """Neither x nor dy is written to, and the output is the caller's own array."""
    rng = np.random.default_rng(2)
    x, layer = rng.normal(size=(6, 4)), make()
    dy = rng.normal(size=(6, layer.n_out or 4))
    x_before, dy_before = x.copy(), dy.copy()
    net, y, _ = passes(layer, x, dy, train)
    kept = y.copy()
    net.forward(-x, train)
    assert np.array_equal(x, x_before)
    assert np.array_equal(dy, dy_before)
    assert np.array_equal(y, kept)


@every_layer
@both_modes
@pytest.mark.parametrize("own", [False, True], ids=["shared x", "own x"])
def test_a_stack_is_its_networks_side_by_side(make, train, own):
    """Row k of y, dL/dx and dL/dθ is what network k gives alone."""
    rng = np.random.default_rng(3)
    K, n_out = 3, make().n_out or 4
    whole = nn.Sequential(nn.Dense(4, 4), make(), stack=K)
    whole.theta = rng.normal(size=whole.theta.shape)
    x = rng.normal(size=(K, 6, 4) if own else (6, 4))
    dy = rng.normal(size=(K, 6, n_out))
    y = whole.forward(x, train)
    deltas = [delta.copy() for delta in whole.trace_back(dy)]
    tested = whole.forward(x)
    for k in range(K):
        solo = nn.Sequential(nn.Dense(4, 4), make())
        solo.theta = whole.theta[k]
        solo_x = x[k] if own else x
        same(y[k], solo.forward(solo_x, train))
        for delta, solo_delta in zip(deltas, solo.trace_back(dy[k]), strict=True):
            same(delta[k], solo_delta)
        same(whole.grad[k], solo.grad)
        same(tested[k], solo.forward(solo_x))  # batch norm's running averages too


@every_layer
def test_a_layer_may_come_first_in_a_stack(make):
    """The first layer sees one x for all networks, and every row is still its own network's."""
    rng = np.random.default_rng(4)
    n_out = make().n_out or 4
    whole = nn.Sequential(make(), nn.Dense(n_out, 2), stack=3, rng=[7, 8, 9])
    x, dy = rng.normal(size=(6, 4)), rng.normal(size=(3, 6, 2))
    y = whole.forward(x, train=True)
    whole.backward(dy)
    for k, seed in enumerate((7, 8, 9)):
        solo = nn.Sequential(make(), nn.Dense(n_out, 2), rng=seed)
        same(y[k], solo.forward(x, train=True))
        solo.backward(dy[k])
        same(whole.grad[k], solo.grad)


@every_layer
def test_single_precision_stays_single(make):
    """A float32 network computes in float32, and agrees with float64 to its own precision."""
    rng = np.random.default_rng(5)
    x = away_from_kinks(rng, 6, 4)
    nets = [nn.Sequential(make(), dtype=dtype) for dtype in (np.float32, np.float64)]
    single, double = (net.forward(x.astype(net.dtype), train=True) for net in nets)
    assert single.dtype == np.float32
    assert nets[0].theta.dtype == nets[0].grad.dtype == np.float32
    np.testing.assert_allclose(single, double, rtol=2e-5, atol=2e-6)
    nets[0].backward(np.ones_like(single))
    assert nets[0].layers[0].backward(np.ones_like(single)).dtype == np.float32


@every_layer
def test_a_new_batch_size_is_taken_as_it_comes(make):
    """Buffers are made for a batch's shape; another shape gives what a new network gives."""
    rng = np.random.default_rng(6)
    net, x = nn.Sequential(make()), rng.normal(size=(9, 4))
    for n in (9, 2, 9, 1):
        y = net.forward(x[:n])
        assert np.array_equal(y, nn.Sequential(make()).forward(x[:n]))


@pytest.mark.parametrize("n", [1, 5])
@pytest.mark.parametrize("n_out", [1, 3])
@pytest.mark.parametrize("n_in", [1, 4])
@pytest.mark.parametrize("own", [False, True], ids=["one input", "inputs of their own"])
def test_in_a_stack_thin_matrices_are_multiplied_as_alone(n, n_in, n_out, own):
    """A column times a row, and an input that all share, are taken by ways of their own."""
    rng = np.random.default_rng(n + 10 * n_in + 100 * n_out)
    x, dy = rng.normal(size=((3, n, n_in) if own else (n, n_in))), rng.normal(size=(3, n, n_out))
    whole = nn.Sequential(nn.Dense(n_in, 2), nn.Dense(2, n_out), stack=3, rng=[1, 2, 3])
    y, deltas = whole.forward(x), whole.trace_back(dy)
    for k in range(3):
        alone = nn.Sequential(nn.Dense(n_in, 2), nn.Dense(2, n_out), rng=k + 1)
        same(y[k], alone.forward(x[k] if own else x))
        for delta, each in zip(deltas, alone.trace_back(dy[k]), strict=True):
            same(delta[k], each)
        same(whole.grad[k], alone.grad)
