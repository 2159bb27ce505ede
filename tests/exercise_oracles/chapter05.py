"""Chapter 5: by nudging, and through the engine."""

import numpy as np

import nnlib as nn


def weight_gradient(delta, z):
    """By nudging: the loss whose slope by the pre-activations is delta, averaged over examples."""

    def loss(flat):
        return np.mean(np.sum(delta * (z @ flat.reshape(delta.shape[1], z.shape[1]).T), axis=1))

    start = np.zeros(delta.shape[1] * z.shape[1])
    return nn.numerical_gradient(loss, start).reshape(delta.shape[1], z.shape[1])


def delta_below(delta, W, a):
    """Through the engine's own layers."""
    net = nn.Sequential(nn.Sigmoid(), nn.Dense(W.shape[1], W.shape[0]), rng=0)
    net.layers[1].W[...] = W
    net.forward(a, train=True)
    return net.layers[0].backward(net.layers[1].backward(delta))


def two_layer_gradient(x, y, W1, W2):
    """By nudging the loss, written out example by example."""

    def loss(flat):
        V1, V2 = flat[: W1.size].reshape(W1.shape), flat[W1.size :].reshape(W2.shape)
        total = 0.0
        for one, wanted in zip(x, y, strict=True):
            a = V2 @ np.tanh(V1 @ one)
            total -= np.log(np.exp(a[wanted.argmax()]) / np.exp(a).sum())
        return total / len(x)

    slopes = nn.numerical_gradient(loss, np.concatenate([W1.ravel(), W2.ravel()]))
    return slopes[: W1.size].reshape(W1.shape), slopes[W1.size :].reshape(W2.shape)


ORACLES = {"05.1": weight_gradient, "05.2": delta_below, "05.8": two_layer_gradient}
