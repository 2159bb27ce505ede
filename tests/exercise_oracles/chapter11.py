"""Chapter 11: through the engine's optimizers, and by the matrix of a step."""

import numpy as np

import nnlib as nn


def adam_step(theta, g, m, v, t, lr):
    """The engine's Adam, put into the middle of its walk."""
    optimizer, at = nn.Adam(lr), theta.copy()
    optimizer.step(at.copy(), g)  # makes its arrays
    optimizer.m, optimizer.v, optimizer.t = m.copy(), v.copy(), t - 1
    optimizer.step(at, g)
    return at, optimizer.m, optimizer.v


def nesterov_factor(lr, m, curvatures):
    """The eigenvalues of the step (x, v) → (x, v), read off the method as it is written."""

    def step(x, v, curvature):
        v = m * v - lr * curvature * (x + m * v)
        return x + v, v

    matrices = [np.column_stack([step(1, 0, c), step(0, 1, c)]) for c in curvatures]
    return max(np.abs(np.linalg.eigvals(M)).max() for M in matrices)


def rmsprop_steps(g, lr, gamma):
    """The engine's RMSprop, given these gradients."""
    optimizer, theta, visited = nn.RMSprop(lr, gamma), np.zeros(1), [0.0]
    for each in g:
        optimizer.step(theta, np.array([each]))
        visited.append(theta[0])
    return -np.diff(visited)


ORACLES = {"11.1": adam_step, "11.2": nesterov_factor, "11.3": rmsprop_steps}
