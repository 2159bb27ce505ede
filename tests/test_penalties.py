"""Penalties: against PyTorch, against the lasso's closed form, and one strength a row."""

import numpy as np
import pytest
from engine import golden, same

import nnlib as nn

MSE = nn.MeanSquaredError()
WITH_GOLDEN = {"L1": nn.L1, "L2": nn.L2, "elastic": lambda lam: nn.ElasticNet(lam, share=0.3)}
every_penalty = pytest.mark.parametrize("name", WITH_GOLDEN)
KINDS = {"L1": nn.L1, "L2": nn.L2, "ElasticNet": nn.ElasticNet, "ProximalL1": nn.ProximalL1}
every_kind = pytest.mark.parametrize("make", KINDS.values(), ids=KINDS)


def lasso(strengths, n=40, k=5):
    """Data with XᵀX = n·1 and columns of mean 0, and for them  argmin ‖Xw − y‖²/n + λ Σ|w|.

    There each weight stands alone: w = sign(c) max(|c| − λ/2, 0) with c = Xᵀy / n.
    """
    rng = np.random.default_rng(0)
    q, _ = np.linalg.qr(np.column_stack([np.ones(n), rng.normal(size=(n, k))]))
    x, y = np.sqrt(n) * q[:, 1:], rng.normal(size=(n, 1)) + 7
    c = x.T @ y[:, 0] / n
    return x, y, np.sign(c) * np.maximum(np.abs(c) - np.array(strengths) / 2, 0)


def fit(net, x, y, penalty, epochs=120, lr=0.2):
    return nn.train(
        net, x, y, loss=MSE, optimizer=nn.SGD(lr), epochs=epochs, batch_size=len(x), rng=0,
        penalty=penalty,
    )  # fmt: skip


def test_no_penalty_is_forgotten_here():
    offered = {v for v in vars(nn).values() if isinstance(v, type) and hasattr(v, "shrink")}
    assert offered == set(KINDS.values())


@every_penalty
def test_values_and_slopes_are_pytorchs(name):
    """A stack of three with a strength each, and every row alone."""
    g = golden("penalties")
    value, slope = WITH_GOLDEN[name](g["strength"])(g["theta"], g["mask"])
    same(value, g[name])
    same(slope, g[f"{name} d"])
    assert not slope[:, ~g["mask"]].any()
    for k, strength in enumerate(g["strength"][:, 0]):
        value, slope = WITH_GOLDEN[name](strength)(g["theta"][k], g["mask"])
        same(value, g[name][k])
        same(slope, g[f"{name} d"][k])


def test_fifteen_epochs_with_l2_are_pytorchs_weight_decay():
    """Weights are pulled, biases are not."""
    g = golden("penalties")
    net = nn.Sequential(nn.Dense(3, 4), nn.Tanh(), nn.Dense(4, 2))
    net.theta = g["start"]
    fit(net, g["x"], g["y"], nn.L2(0.03), epochs=15, lr=0.1)
    same(net.theta, g["end"])


def test_by_hand():
    """Weights 3 and −4, a bias of 100 that does not count."""
    theta, mask = np.array([3.0, -4.0, 100.0]), np.array([True, True, False])
    value, slope = nn.L2(0.5)(theta, mask)
    assert value == 12.5
    assert slope.tolist() == [3, -4, 0]
    value, slope = nn.L1(0.5)(theta, mask)
    assert value == 3.5
    assert slope.tolist() == [0.5, -0.5, 0]
    value, slope = nn.ElasticNet(1.0, 0.25)(theta, mask)
    assert value == 0.25 * 7 + 0.75 * 25
    assert slope.tolist() == [0.25 + 4.5, -0.25 - 6, 0]
    assert nn.ElasticNet(1)(theta, mask)[0] == 16  # half and half


def test_a_proximal_step_by_hand():
    """Each weight goes 0.2 · 0.5 towards 0 and not beyond; the bias stays; no slope is added."""
    theta, mask = np.array([3.0, -0.05, 0.1, -4.0, 100.0]), np.array([True] * 4 + [False])
    penalty = nn.ProximalL1(0.5)
    value, slope = penalty(theta, mask)
    assert value == pytest.approx(3.575)
    assert slope == 0
    penalty.shrink(theta, mask, 0.2)
    assert theta.tolist() == [2.9, 0, 0, -3.9, 100]


@pytest.mark.parametrize("strength", [0.0, 0.1, 0.3, 5.0])
def test_the_proximal_step_solves_the_lasso(strength):
    """The closed form, with its zeros at exactly 0; the bias is the mean of y, unpenalized."""
    x, y, expected = lasso(strength)
    net = nn.Sequential(nn.Dense(5, 1))
    fit(net, x, y, nn.ProximalL1(strength))
    same(net.theta[:5], expected, atol=1e-12)
    assert np.array_equal(net.theta[:5] == 0, expected == 0)
    same(net.theta[5], y.mean())


def test_the_lassos_cases_differ():
    """Among the strengths above are none, some and all weights at 0."""
    zeros = [int((lasso(strength)[2] == 0).sum()) for strength in (0.0, 0.1, 0.3, 5.0)]
    assert zeros[0] == 0
    assert zeros[-1] == 5
    assert len(set(zeros)) > 2


def test_the_gradient_of_l1_gives_near_zeros_only():
    x, y, expected = lasso(0.3)
    net = nn.Sequential(nn.Dense(5, 1))
    fit(net, x, y, nn.L1(0.3), epochs=500, lr=0.01)
    assert abs(net.theta[:5] - expected).max() < 0.01
    assert (expected == 0).any()
    assert (net.theta != 0).all()


@every_kind
def test_one_strength_a_row(make):
    """A column of strengths trains row k as a network with strength k alone is trained."""
    x, y, _ = lasso(0)
    strengths, seeds = [[0.0], [0.1], [0.3]], [3, 1, 4]
    whole = nn.Sequential(nn.Dense(5, 3), nn.Tanh(), nn.Dense(3, 1), stack=3, rng=seeds)
    history = fit(whole, x, y, make(strengths), epochs=10)
    for k, seed in enumerate(seeds):
        solo = nn.Sequential(nn.Dense(5, 3), nn.Tanh(), nn.Dense(3, 1), rng=seed)
        alone = fit(solo, x, y, make(strengths[k][0]), epochs=10)
        same(whole.theta[k], solo.theta, rtol=1e-9, atol=1e-11)
        same(history.step_loss[:, k], alone.step_loss, rtol=1e-9)


@every_kind
def test_one_strength_for_a_stack(make):
    theta, mask = np.arange(-3.0, 3).reshape(2, 3), np.array([True, True, False])
    both, column = make(0.5)(theta, mask), make([[0.5], [0.5]])(theta, mask)
    assert both[0].shape == (2,)
    same(both[0], column[0])
    same(both[1], column[1])


def test_a_proximal_stack_shrinks_each_row_by_its_own_rate_and_strength():
    theta, mask = np.ones((2, 2)), np.array([True, False])
    nn.ProximalL1([[0.5], [1.0]]).shrink(theta, mask, np.array([[0.1], [0.3]]))
    same(theta, [[0.95, 1], [0.7, 1]])


def test_the_step_loss_holds_the_penalty_and_the_watched_loss_does_not():
    x, y, _ = lasso(0)
    for make in (nn.L2, nn.ProximalL1):
        net = nn.Sequential(nn.Dense(5, 1, nn.constant(2)))
        history = fit(net, x, y, make(0.1), epochs=1)
        extra = {nn.L2: 0.1 * 5 * 4, nn.ProximalL1: 0.1 * 5 * 2}[make]
        same(history.step_loss[0], history.loss["train"][0] + extra)


@every_kind
def test_single_precision_stays_single(make):
    """In the network; a strength that is one number costs no double precision either."""
    net = nn.Sequential(nn.Dense(2, 1), dtype=np.float32)
    value, slope = make(0.1)(net.theta, net.weights_mask)
    assert value.dtype == np.float32
    assert np.result_type(slope, np.float32) == np.float32 or slope == 0
    fit(net, np.ones((4, 2)), np.ones((4, 1)), make(0.1), epochs=2)
    assert net.theta.dtype == net.grad.dtype == np.float32


@every_kind
def test_what_goes_in_is_left_alone(make):
    theta, mask = np.array([1.0, -2.0, 3.0]), np.array([True, True, False])
    make(0.1)(theta, mask)
    assert theta.tolist() == [1, -2, 3]


def test_repr_tells_the_strength():
    assert repr(nn.L2(0.1)) == "L2(0.1)"
    assert repr(nn.ElasticNet(0.1, 0.3)) == "ElasticNet(0.1, 0.3)"
