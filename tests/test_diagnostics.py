"""Checks of a network: the first loss, a small batch, what every layer puts out, dead units."""

import numpy as np
import pytest
from engine import refuses, same

import nnlib as nn

SOFTMAX = nn.SoftmaxCrossEntropy()
(X, Y), _ = nn.data.digits()


def network(**options):
    return nn.Sequential(nn.Dense(64, 32, nn.he_normal), nn.ReLU(), nn.Dense(32, 10), **options)


def test_the_first_loss_of_zero_weights_is_what_guessing_costs():
    zero = nn.constant(0)
    net = nn.Sequential(nn.Dense(64, 10, zero))
    found = nn.check_initial_loss(net, SOFTMAX, X, Y)
    same(found.loss, np.log(10))
    same(found.expected, np.log(10))
    assert found.right
    assert found.with_penalty is None
    assert str(found) == (
        "The first loss is 2.303, and guessing costs ln 10 = 2.303: as it should be."
    )
    net = nn.Sequential(nn.Dense(64, 3, zero))
    found = nn.check_initial_loss(net, nn.BinaryCrossEntropy(), X, np.eye(3)[Y % 3])
    same(found.loss, 3 * np.log(2))
    assert "3 · ln 2 = 2.079: as it should be" in str(found)


def test_large_first_weights_are_noticed():
    net = nn.Sequential(nn.Dense(64, 10, nn.normal(3)))
    found = nn.check_initial_loss(net, SOFTMAX, X, Y)
    assert not found.right
    assert "too high" in found.verdict
    net = nn.Sequential(nn.Dense(64, 10, nn.normal(3)), rng=range(3), stack=3)
    assert not nn.check_initial_loss(net, SOFTMAX, X, Y).right.any()


def test_a_network_that_knows_the_answer_is_noticed():
    net = nn.Sequential(nn.Dense(64, 10))
    x = nn.one_hot(Y, 64)
    net.theta = np.concatenate([20 * np.eye(10, 64).ravel(), np.zeros(10)])
    assert "too low" in nn.check_initial_loss(net, SOFTMAX, x, Y).verdict


def test_a_penalty_raises_the_first_loss():
    net, penalty = network(), nn.L2(1e-3)
    found = nn.check_initial_loss(net, SOFTMAX, X, Y, penalty)
    same(found.with_penalty, found.loss + penalty(net.theta, net.weights_mask)[0])
    assert found.right
    assert "which is higher, as it should be" in found.verdict
    found = nn.check_initial_loss(net, SOFTMAX, X, Y, nn.L2(0))
    assert not found.right
    assert "the penalty does nothing" in found.verdict


def test_squared_error_has_nothing_to_compare_with():
    found = nn.check_initial_loss(network(), nn.MeanSquaredError(), X, nn.one_hot(Y, 10))
    assert found.expected is None
    assert found.right
    assert "only the data can say" in found.verdict


def test_a_small_batch_is_learned_by_heart():
    found = nn.overfit_small_batch(network(), SOFTMAX, X, Y, nn.Adam(0.01), rng=0)
    assert found.done
    assert 1 <= found.epochs < 50
    assert found.accuracy == pytest.approx(1)
    assert str(found) == f"All 64 examples are right after {found.epochs} epochs."


def test_a_small_batch_for_a_stack():
    net = network(rng=[0, 1], stack=2)
    rates = np.array([[1e-2], [1e-9]])
    found = nn.overfit_small_batch(net, SOFTMAX, X, Y, nn.Adam(rates), rng=0, epochs=30)
    assert found.done.tolist() == [True, False]
    assert found.epochs[0] > 0
    assert found.epochs[1] == -1
    assert "(1 of 2 networks)" in found.verdict


def test_a_planted_bug_is_found():
    """The last layer cannot tell ten classes apart with weights that never move."""

    class Frozen(nn.SGD):
        def update(self, theta, grad, lr):
            pass

    found = nn.overfit_small_batch(network(), SOFTMAX, X, Y, Frozen(0.1), rng=0, epochs=5)
    assert not found.done
    assert "look for a bug" in found.verdict


def test_what_layers_put_out():
    net = nn.Sequential(nn.Dense(64, 5, nn.normal(4)), nn.Tanh(), nn.Dense(5, 4), nn.ReLU())
    rows = nn.activation_statistics(net, X)
    outputs = net.trace(X)
    assert [row.name for row in rows] == list(map(repr, net.layers))
    same([row.mean for row in rows], [z.mean() for z in outputs])
    same([row.std for row in rows], [z.std() for z in outputs])
    same(rows[1].saturated, (np.abs(outputs[1]) > 0.98).mean())
    same(rows[3].zero, (outputs[3] == 0).mean())
    assert rows[0].saturated == rows[3].saturated == 0
    assert len(str(rows).splitlines()) == 5


def test_what_a_stack_puts_out_is_what_its_networks_do():
    both = network(rng=[3, 4], stack=2)
    rows = nn.activation_statistics(both, X)
    for k, seed in enumerate([3, 4]):
        for row, alone in zip(rows, nn.activation_statistics(network(rng=seed), X), strict=True):
            same([row.mean[k], row.std[k], row.zero[k]], [alone.mean, alone.std, alone.zero])
    assert "ReLU()" in str(rows)


def test_dead_units():
    net = network(rng=[0, 1], stack=2)
    net.layers[0].b[0, 0, 2:4] = -1000
    dead = nn.dead_units(net, X)
    assert list(dead) == [1]
    assert dead[1].shape == (2, 32)
    assert dead[1][0, 2:4].all()
    same(dead[1], (net.trace(X)[1] == 0).all(-2))


def test_dead_is_at_one_end_for_all_data():
    net = nn.Sequential(nn.Dense(1, 3, nn.constant(0)), nn.Sigmoid())
    net.layers[0].b[...] = [[9, -9, 0]]
    assert nn.dead_units(net, np.zeros((4, 1)))[1].tolist() == [True, True, False]
    net.layers[0].W[...] = [[0], [18], [0]]  # from one end to the other: alive
    assert nn.dead_units(net, np.array([[0.0], [1.0]]))[1].tolist() == [True, False, False]


WRONG = {
    "batch above the sample": (
        lambda: nn.overfit_small_batch(
            network(), SOFTMAX, X, Y, nn.SGD(1), 0, examples=8, batch_size=9
        ),
        ValueError, "batch_size 9 8 examples",
    ),
    "no examples": (
        lambda: nn.overfit_small_batch(network(), SOFTMAX, X, Y, nn.SGD(1), 0, examples=0),
        ValueError, "examples at least 1 0",
    ),
    "NaN in the data": (
        lambda: nn.check_initial_loss(network(), SOFTMAX, X * np.nan, Y), ValueError, "x NaN",
    ),
    "whole numbers for x": (
        lambda: nn.activation_statistics(network(), np.ones((3, 64), int)), TypeError, "x floats",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("do", "error", "words"), WRONG.values(), ids=WRONG)
def test_wrong_input(do, error, words):
    refuses(do, error, words)
