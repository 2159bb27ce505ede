"""Chapter 10: by search, by going through all batches, and by numerical differentiation."""

import itertools

import numpy as np

import nnlib as nn


def best_rate(H):
    """Ternary search for the lowest norm of 1 − ηH: the worst factor of any direction."""

    def factor(eta):
        return np.linalg.norm(np.eye(len(H)) - eta * H, 2)

    low, high = 0.0, 2 / np.linalg.norm(H, 2)
    for _ in range(150):
        left, right = low + (high - low) / 3, high - (high - low) / 3
        low, high = (low, right) if factor(left) < factor(right) else (left, high)
    return low, factor(low)


def batch_noise(G, B, put_back):
    """The mean over all batches that can be drawn."""
    rows = range(len(G))
    batches = itertools.product(rows, repeat=B) if put_back else itertools.permutations(rows, B)
    means = np.array([G[list(batch)].mean(0) for batch in batches])
    return np.square(means - G.mean(0)).sum(1).mean()


def one_epoch(theta, X, y, order, B, eta):
    """The same steps, by numerical gradients of each batch's loss."""
    for batch in np.array_split(order, range(B, len(order), B)):
        loss = lambda t, batch=batch: np.mean((X[batch] @ t - y[batch]) ** 2)  # noqa: E731
        theta = theta - eta * nn.numerical_gradient(loss, theta.copy())
    return theta


ORACLES = {"10.1": best_rate, "10.2": batch_noise, "10.3": one_epoch}
