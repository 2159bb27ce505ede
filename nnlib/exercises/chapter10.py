"""Chapter 10, Gradient descent."""

import numpy as np

from .exercise import exercise


@exercise("10.1")
def best_rate(H):
    """(η, ρ): the constant rate that is fastest in the worst direction, and its factor a step.

    H (P, P) is the symmetric matrix of second derivatives of a bowl, with positive eigenvalues.
    """
    curvature = np.linalg.eigvalsh(H)
    low, high = curvature[0], curvature[-1]
    return 2 / (low + high), (high - low) / (high + low)


@best_rate.inputs
def _(rng):
    axes = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    return (axes * rng.uniform(0.3, 3, size=4) @ axes.T,)


def _ends(H):
    curvature = np.linalg.eigvalsh(H)
    return curvature[0], curvature[-1]


@best_rate.mistake(
    "With 1/λmax the steepest direction is done at once, and the shallow one is waited for. A "
    "larger rate helps that one: how far can you go?"
)
def _(H):
    low, high = _ends(H)
    return 1 / high, 1 - low / high


@best_rate.mistake("At 2/λmax the steepest error keeps its size for ever: that is the limit.")
def _(H):
    return 2 / _ends(H)[1], 1.0


@best_rate.mistake(
    "You take the sum of all curvatures. In between two ends there may be others: which of them "
    "can be the slowest?"
)
def _(H):
    low, high = _ends(H)
    eta = 2 / np.trace(H)
    return eta, max(abs(1 - eta * low), abs(1 - eta * high))


@best_rate.mistake("Your rate is half of it: where do 1 − ηλmin and ηλmax − 1 meet?")
def _(H):
    low, high = _ends(H)
    return 1 / (low + high), high / (low + high)


@best_rate.mistake("The rate is right. 1 − 2/κ is the factor for large κ only.")
def _(H):
    low, high = _ends(H)
    return 2 / (low + high), 1 - 2 * low / high


@best_rate.mistake(
    "The rate is right. The factor says what is left of the size of an error: it has no sign."
)
def _(H):
    low, high = _ends(H)
    return 2 / (low + high), (low - high) / (high + low)


@best_rate.mistake(
    "You look at the diagonal of H. The directions on their own are its eigenvectors."
)
def _(H):
    low, high = np.diag(H).min(), np.diag(H).max()
    return 2 / (low + high), (high - low) / (high + low)


@exercise("10.2")
def batch_noise(G, B, put_back):
    """The expected squared distance of a batch's mean from the mean of all rows of G (N, P).

    B rows are drawn, each put back before the next draw or not (a truth value).
    """
    N = len(G)
    noise = np.square(G - G.mean(axis=0)).sum() / N / B
    return noise if put_back else noise * (N - B) / (N - 1)


@batch_noise.inputs
def _(rng):
    N = int(rng.integers(6, 9))
    return rng.normal(size=(N, 3)) + 1, int(rng.integers(2, 4)), bool(rng.random() < 0.5)


def _noise(G, B, factor, ddof=0):
    return np.var(G, axis=0, ddof=ddof).sum() / B * factor


def _left(G, B, put_back):
    return 1 if put_back else (len(G) - B) / (len(G) - 1)


@batch_noise.mistake("Right if every example is put back. What changes if none may come twice?")
def _(G, B, put_back):
    return _noise(G, B, 1)


@batch_noise.mistake(
    "Right if none may come twice. The correction falls away if they are put back."
)
def _(G, B, put_back):
    return _noise(G, B, _left(G, B, False))


@batch_noise.mistake("The two cases are exchanged: who puts back has the larger noise.")
def _(G, B, put_back):
    return _noise(G, B, _left(G, B, not put_back))


@batch_noise.mistake("That is the distance. Asked for is its square.")
def _(G, B, put_back):
    return np.sqrt(_noise(G, B, _left(G, B, put_back)))


@batch_noise.mistake("A squared distance is the sum over the components, not their mean.")
def _(G, B, put_back):
    return _noise(G, B, _left(G, B, put_back)) / G.shape[1]


@batch_noise.mistake("That is the noise of a single example: a mean of B of them has less.")
def _(G, B, put_back):
    return _noise(G, 1, _left(G, B, put_back))


@batch_noise.mistake("You divide by B². A sum of B draws has B variances.")
def _(G, B, put_back):
    return _noise(G, B**2, _left(G, B, put_back))


@batch_noise.mistake("The mean of all rows must be taken off first: noise is what differs from it.")
def _(G, B, put_back):
    return np.square(G).sum(1).mean() / B * _left(G, B, put_back)


@batch_noise.mistake(
    "You divide the squares by N − 1. These N examples are all there are, not a sample of more."
)
def _(G, B, put_back):
    return _noise(G, B, _left(G, B, put_back), ddof=1)


@batch_noise.mistake("The correction must be 0 for B = N and 1 for B = 1. Yours is not.")
def _(G, B, put_back):
    return _noise(G, B, 1 if put_back else (len(G) - B) / len(G))


@exercise("10.3")
def one_epoch(theta, X, y, order, B, eta):
    """θ (P,) after one epoch of mini-batches in this order, on the mean of (X θ − y)² of a batch.

    X (N, P), y (N,), order (N,) a permutation; the last batch may have fewer than B examples.
    """
    theta = theta.copy()
    for start in range(0, len(X), B):
        drawn = order[start : start + B]
        error = X[drawn] @ theta - y[drawn]
        theta -= eta * 2 * error @ X[drawn] / len(drawn)
    return theta


@one_epoch.inputs
def _(rng):
    X = rng.normal(size=(11, 3))
    y, order = rng.normal(size=11), rng.permutation(11)
    return rng.normal(size=3), X, y, order, int(rng.integers(3, 5)), 0.1


def _epoch(theta, X, y, order, B, eta, per=len, last=True, fresh=True, two=2):
    begin, theta = theta, theta.copy()
    for start in range(0, len(X), B):
        drawn = order[start : start + B]
        if len(drawn) < B and not last:
            break
        error = X[drawn] @ (theta if fresh else begin) - y[drawn]
        theta -= eta * two * error @ X[drawn] / per(drawn)
    return theta


@one_epoch.mistake(
    "Right up to the last batch. Its step is too short: over how many examples is a mean to be "
    "taken there?"
)
def _(theta, X, y, order, B, eta):  # the planted one
    return _epoch(theta, X, y, order, B, eta, per=lambda drawn: B)


@one_epoch.mistake("You leave out the last batch, which has fewer examples. They count, too.")
def _(theta, X, y, order, B, eta):
    return _epoch(theta, X, y, order, B, eta, last=False)


@one_epoch.mistake("You step by the sum over a batch, and the loss is the mean.")
def _(theta, X, y, order, B, eta):
    return _epoch(theta, X, y, order, B, eta, per=lambda drawn: 1)


@one_epoch.mistake("You divide by the number of all examples. The mean is over a batch.")
def _(theta, X, y, order, B, eta):
    return _epoch(theta, X, y, order, B, eta, per=lambda drawn: len(X))


@one_epoch.mistake("You take the examples as they lie: the order must enter.")
def _(theta, X, y, order, B, eta):
    return _epoch(theta, X, y, np.arange(len(X)), B, eta)


@one_epoch.mistake("All your gradients are taken at the start. After each step θ has moved.")
def _(theta, X, y, order, B, eta):
    return _epoch(theta, X, y, order, B, eta, fresh=False)


@one_epoch.mistake("The slope of a square has a factor 2.")
def _(theta, X, y, order, B, eta):
    return _epoch(theta, X, y, order, B, eta, two=1)


@one_epoch.mistake("You walk uphill: the step goes against the gradient.")
def _(theta, X, y, order, B, eta):
    return _epoch(theta, X, y, order, B, -eta)
