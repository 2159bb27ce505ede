"""Batch normalization, against PyTorch and by hand; and its running averages."""

import copy

import numpy as np
import pytest
from engine import golden, passes, same

import nnlib as nn


@pytest.mark.parametrize(
    ("name", "layer"),
    [
        ("batch_norm", nn.BatchNorm(3)),
        # PyTorch's momentum=0.25 replaces a quarter, which is to keep three quarters.
        ("batch_norm_other", nn.BatchNorm(3, momentum=0.75, eps=1e-3)),
    ],
)
def test_three_batches_and_a_test_are_pytorchs(name, layer):
    """Outputs, slopes and running averages, batch after batch, then once in testing mode."""
    g, net = golden(name), nn.Sequential(layer)
    net.theta = np.concatenate([g["gamma"], g["beta"]])
    for t, train in enumerate((True, True, True, False)):
        same(net.forward(g[f"x{t}"], train), g[f"y{t}"])
        net.backward(g[f"dy{t}"])
        same(layer.backward(g[f"dy{t}"]), g[f"dx{t}"])
        same(net.grad, np.concatenate([g[f"dgamma{t}"], g[f"dbeta{t}"]]))
        same(layer.running_mean[0], g[f"mean{t}"])
        same(layer.running_var[0], g[f"var{t}"])


def test_layer_norm_is_pytorchs():
    g = golden("layer_norm")
    theta = np.concatenate([g["gamma"], g["beta"]])
    for train in (True, False):
        net, y, dx = passes(nn.LayerNorm(5), g["x"], g["dy"], train, theta)
        same(y, g["y"])
        same(dx, g["dx"])
        same(net.grad, np.concatenate([g["dgamma"], g["dbeta"]]))


def test_layer_norm_by_hand():
    """1, 3 has mean 2 and variance 1, in each example for itself."""
    y = nn.Sequential(nn.LayerNorm(2, eps=1e-15)).forward(np.array([[1.0, 3.0], [70.0, 50.0]]))
    same(y, [[-1, 1], [1, -1]])


def test_by_hand():
    """1, 3 has mean 2 and variance 1: it becomes −1, 1; γ = 10 and β = 5 make −5, 15."""
    _, y, _ = passes(nn.BatchNorm(1, eps=1e-15), np.array([[1.0], [3.0]]), np.ones((2, 1)), True)
    same(y, [[-1], [1]])
    net = nn.Sequential(nn.BatchNorm(1, eps=1e-15))
    net.theta = [10, 5]
    same(net.forward(np.array([[1.0], [3.0]]), train=True), [[-5], [15]])


def test_training_gives_mean_0_and_variance_1_whatever_comes_in():
    x = np.random.default_rng(0).normal(50, 9, (200, 4)) * [1, 10, 100, 1000]
    y = nn.Sequential(nn.BatchNorm(4)).forward(x, train=True)
    same(y.mean(0), np.zeros(4), atol=1e-11)
    same(y.var(0), np.ones(4), rtol=1e-6)


def test_running_averages_keep_nine_tenths():
    """From 0 and 1, after one batch (1, 3): mean 0.1 · 2, variance 0.9 + 0.1 · 2 (unbiased)."""
    net = nn.Sequential(nn.BatchNorm(1))
    net.forward(np.array([[1.0], [3.0]]), train=True)
    same(net.layers[0].running_mean, [[0.2]])
    same(net.layers[0].running_var, [[1.1]])


def test_testing_looks_at_each_example_alone_and_keeps_nothing():
    net = nn.Sequential(nn.BatchNorm(3))
    x = np.random.default_rng(1).normal(2, 3, (8, 3))
    net.forward(x, train=True)
    mean = net.layers[0].running_mean.copy()
    whole = net.forward(x)
    assert np.array_equal(np.concatenate([net.forward(x[k : k + 1]) for k in range(8)]), whole)
    assert np.array_equal(net.layers[0].running_mean, mean)


def test_running_averages_approach_the_datas():
    rng, net = np.random.default_rng(2), nn.Sequential(nn.BatchNorm(1, momentum=0.99))
    for _ in range(1500):
        net.forward(rng.normal(7, 3, (50, 1)), train=True)
    assert abs(net.layers[0].running_mean[0, 0] - 7) < 0.2
    assert abs(net.layers[0].running_var[0, 0] / 9 - 1) < 0.1


def test_a_copy_keeps_its_averages_apart():
    net = nn.Sequential(nn.Dense(2, 3), nn.BatchNorm(3))
    x = np.random.default_rng(3).normal(5, 2, (8, 2))
    net.forward(x, train=True)
    twin = copy.deepcopy(net)
    assert np.array_equal(twin.forward(x), net.forward(x))
    before = net.forward(x)
    twin.forward(x, train=True)
    assert np.array_equal(net.forward(x), before)
    assert not np.array_equal(twin.forward(x), before)


def test_a_stack_of_networks_takes_their_averages_over():
    x, nets = np.random.default_rng(4).normal(5, 2, (8, 2)), []
    for seed in range(3):
        net = nn.Sequential(nn.Dense(2, 3), nn.BatchNorm(3), rng=seed)
        for _ in range(seed + 1):
            net.forward(x, train=True)
        nets.append(net)
    whole = nn.stack(nets)
    for y, net in zip(whole.forward(x), nets, strict=True):
        same(y, net.forward(x))
