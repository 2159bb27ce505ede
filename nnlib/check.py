"""Checking a gradient: by nudging every parameter, one at a time."""

import copy

import numpy as np


def numerical_gradient(f, theta, epsilon=1e-5):
    """(f(θ + ε e_p) − f(θ − ε e_p)) / 2ε for every parameter p: a central difference.

    `f` maps theta, (P,) or a stack (K, P), to one number a network, () or (K,).
    Costs two calls of f a parameter. The error is of order ε² from the formula, plus about
    1e-16 · |f| / ε from rounding: ε = 1e-5 suits float64. theta is put back as it was.
    """
    if theta.dtype != np.float64:
        raise TypeError(f"theta must be float64 to difference, got {theta.dtype}")
    gradient = np.empty_like(theta)
    for p in range(theta.shape[-1]):
        kept = theta[..., p].copy()
        theta[..., p] = kept + epsilon
        above = f(theta)
        theta[..., p] = kept - epsilon
        below = f(theta)
        theta[..., p] = kept
        gradient[..., p] = (above - below) / (2 * epsilon)
    return gradient


def gradient_check(net, loss, x, y, train=False):
    """The largest relative error of backpropagation's gradient against the numerical one.

    max over parameters of |g − n| / max(|g|, |n|, 1e-3 max|n|); below about 1e-6 is right.
    At a kink (ReLU at 0) the two may differ with both being right.
    Works on a copy: the network and its running averages stay as they are. Dropout keeps one mask.
    """
    net = copy.deepcopy(net)
    generators = [
        value
        for layer in net.layers
        for value in vars(layer).values()
        if isinstance(value, np.random.Generator)
    ]
    begun = [generator.bit_generator.state for generator in generators]

    def forward():
        for generator, state in zip(generators, begun, strict=True):
            generator.bit_generator.state = state
        return net.forward(x, train)

    output = forward()
    target = loss.prepare(y, output.shape[-1], net.dtype)
    net.backward(loss(output, target)[1])
    exact = net.grad.copy()
    nudged = numerical_gradient(lambda _: loss(forward(), target)[0], net.theta)
    size = np.maximum(np.abs(exact), np.abs(nudged))
    floor = 1e-3 * size.max() + np.finfo(float).tiny
    return float((np.abs(exact - nudged) / np.maximum(size, floor)).max())
