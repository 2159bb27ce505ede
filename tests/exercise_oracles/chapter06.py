"""Chapter 6: by nudging, by loops, and through the engine."""

import numpy as np

import nnlib as nn


def swish_slope(a):
    """By nudging every number on both sides."""
    return nudged(lambda v: v / (1 + np.exp(-v)), a)


def nudged(h, a, s=1e-5):
    return (h(a + s) - h(a - s)) / (2 * s)


def elu_back(dz, a, alpha):
    """Through the engine."""
    net = nn.Sequential(nn.ELU(alpha))
    net.forward(a, train=True)
    return net.layers[0].backward(dz)


def is_dead(a):
    """One unit after the other: does the engine pass anything back through it?"""
    dead = []
    for unit in range(a.shape[1]):
        net = nn.Sequential(nn.ReLU())
        net.forward(a[:, [unit]], train=True)
        dead.append(not net.layers[0].backward(np.ones((len(a), 1))).any())
    return np.array(dead)


def as_tanh(W, b):
    """From what the sigmoid layer says: its logits are linear in z_tanh, so nudge that."""

    def half_logit(z_tanh):
        z = nn.sigmoid((1 + z_tanh) / 2 @ W.T + b)
        return np.arctanh(2 * z - 1)

    n = W.shape[1]
    bias = half_logit(np.zeros((1, n)))
    return (half_logit(np.eye(n)) - bias).T, bias


ORACLES = {
    "06.1": swish_slope,
    "06.2": elu_back,
    "06.3": is_dead,
    "06.4": as_tanh,
}
