"""Chapter 3: through the engine's own layout of θ."""

from itertools import pairwise

import numpy as np

import nnlib as nn


def network(sizes):
    layers = []
    for n_in, n_out in pairwise(sizes):
        layers += [nn.Dense(n_in, n_out), nn.Tanh()]
    return nn.Sequential(*layers[:-1], rng=0)


def place_in_theta(layer, j, i, sizes):
    """Mark the weight in the engine's network, and look for the mark in θ."""
    net = network(sizes)
    net.theta[...] = 0
    net.layers[2 * (layer - 1)].W[j - 1, i - 1] = 1
    return int(np.flatnonzero(net.theta)[0])


def forward(theta, x, sizes):
    """The engine's forward pass."""
    net = network(sizes)
    net.theta = theta
    return net.forward(x)


def reordered(W1, b1, W2, order):
    """Unit by unit; and no output of the engine's network may change."""
    new = [np.empty_like(part) for part in (W1, b1, W2)]
    for k, old in enumerate(order):
        new[0][k, :], new[1][0, k], new[2][:, k] = W1[old, :], b1[0, old], W2[:, old]
    outputs = []
    for U1, c1, U2 in ((W1, b1, W2), new):
        net = network([W1.shape[1], W1.shape[0], W2.shape[0]])
        net.layers[0].W[...], net.layers[0].b[...], net.layers[2].W[...] = U1, c1, U2
        x = np.random.default_rng(0).normal(size=(5, W1.shape[1]))
        outputs.append(net.forward(x).copy())
    np.testing.assert_allclose(*outputs, rtol=1e-10)
    return tuple(new)


ORACLES = {"03.1": place_in_theta, "03.2": forward, "03.3": reordered}
