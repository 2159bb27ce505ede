"""Chapter 2, Gates and XOR."""

import itertools

import numpy as np

from .exercise import exercise


def _sigmoid(a):
    return 1 / (1 + np.exp(-a))


@exercise("02.1", batch="x")
def majority(x):
    """1 where at least two of the three inputs are 1, else 0: x (N, 3) gives (N,).

    One neuron with a step: weights, a bias, and 1[a ≥ 0].
    """
    return (x @ [1, 1, 1] - 1.5 >= 0).astype(int)


@majority.inputs
def _(rng):
    corners = np.array(list(itertools.product((0.0, 1.0), repeat=3)))
    return (corners[rng.permutation(8)],)


@majority.mistake("That is OR of three: your neuron is content with one input. Move the bias.")
def _(x):
    return x.sum(1) >= 1


@majority.mistake("That is AND of three: your neuron wants all inputs. Move the bias.")
def _(x):
    return x.sum(1) >= 3


@majority.mistake(
    "That is the sum a. The neuron's answer is what the step makes of it: 1 where a ≥ 0, else 0."
)
def _(x):
    return x.sum(1) - 1.5


@majority.mistake("That is the number of ones. Which sums should be answered by 1?")
def _(x):
    return x.sum(1)


@majority.mistake("It is turned over: 1 where most inputs are 0. Look at the sign of the sum.")
def _(x):
    return x.sum(1) < 2


@majority.mistake(
    "That is parity: 1 for an odd number of ones. A sum of two counts for majority, too."
)
def _(x):
    return x.sum(1) % 2


@majority.mistake("It answers by −1 and 1. The step answers by 0 and 1.")
def _(x):
    return np.sign(x.sum(1) - 1.5)


@majority.mistake("It answers 1 for two ones exactly. Three ones are a majority as well.")
def _(x):
    return x.sum(1) == 2


@exercise("02.2")
def merged(W1, b1, W2, b2):
    """W and b of the one layer that two layers without a bend are.

    W1 is (n_1, n_0), b1 (1, n_1), W2 (n_2, n_1) and b2 (1, n_2).
    """
    return W2 @ W1, b1 @ W2.T + b2


@merged.inputs
def _(rng):
    n = 3  # one width for all, so that many a wrong product has a shape that fits
    return (
        rng.normal(size=(n, n)),
        rng.normal(size=(1, n)),
        rng.normal(size=(n, n)),
        rng.normal(size=(1, n)),
    )


@merged.mistake(
    "The matrices are in the wrong order. What is done to x first stands next to x, on the right."
)
def _(W1, b1, W2, b2):
    return W1 @ W2, b1 @ W2.T + b2


@merged.mistake("W is right, and b1 got lost. It passes through the second layer too.")
def _(W1, b1, W2, b2):
    return W2 @ W1, b2


@merged.mistake(
    "W is right, b is not: b1 is added before the second layer, so that layer's weights turn it "
    "into something else."
)
def _(W1, b1, W2, b2):
    return W2 @ W1, b1 + b2


@merged.mistake("W is right, and b2 is missing from b.")
def _(W1, b1, W2, b2):
    return W2 @ W1, b1 @ W2.T


@merged.mistake(
    "W is right. b1 is a row here, so W2 b1 reads differently: think of how a batch, one example a "
    "row, goes through a layer."
)
def _(W1, b1, W2, b2):
    return W2 @ W1, b1 @ W2 + b2


@merged.mistake("b1 goes through the second layer only: it never meets the first one's weights.")
def _(W1, b1, W2, b2):
    return W2 @ W1, b1 @ (W2 @ W1).T + b2


@merged.mistake(
    "You multiplied W1 and W2 element by element. W2 applied to W1 x is a matrix product."
)
def _(W1, b1, W2, b2):
    return W2 * W1, b1 @ W2.T + b2


@merged.mistake("You added the matrices. The second layer is applied to what the first one says.")
def _(W1, b1, W2, b2):
    return W1 + W2, b1 + b2


@merged.mistake(
    "Both results fit weights that stand as (from, to). In this book W is (n_out, n_in): to, from."
)
def _(W1, b1, W2, b2):
    return W1 @ W2, b1 @ W2 + b2


@exercise("02.3", batch="x")
def staircase(x, heights, steepness):
    """The sum of bumps at x (N,): one of each of the n heights over n equal pieces of [0, 1].

    The bump over the piece from l to r is σ(s (x − l)) − σ(s (x − r)), s the steepness.
    """
    edges = np.linspace(0, 1, len(heights) + 1)
    z = _sigmoid(steepness * (x[:, None] - edges))
    return (z[:, :-1] - z[:, 1:]) @ heights


@staircase.inputs
def _(rng):
    pieces = int(rng.integers(3, 7))
    x = rng.uniform(0, 1, size=int(rng.integers(7, 12)))
    return x, rng.uniform(0.3, 1.2, size=pieces), float(rng.uniform(8, 30))


def _bumps(x, heights, steepness, a=None, back=-1.0, edges=None):
    """The same with other pre-activations, or with other weights on the way back down."""
    edges = np.linspace(0, 1, len(heights) + 1) if edges is None else edges
    z = _sigmoid(steepness * (x[:, None] - edges) if a is None else a(x[:, None], edges))
    return (z[:, :-1] + back * z[:, 1:]) @ heights


@staircase.mistake(
    "Look at where each unit has its middle: at a = 0. For which x is that so in your line? The "
    "edges should be there, however steep the units are."
)
def _(x, heights, steepness):  # the planted one: the bias does not grow with the weight
    return _bumps(x, heights, steepness, lambda x, edges: steepness * x - edges)


@staircase.mistake("The steepness must multiply the distance x − edge, not the edge alone.")
def _(x, heights, steepness):
    return _bumps(x, heights, steepness, lambda x, edges: x - steepness * edges)


@staircase.mistake("The steepness is gone. It stretches the distance from each edge.")
def _(x, heights, steepness):
    return _bumps(x, heights, steepness, lambda x, edges: x - edges)


@staircase.mistake(
    "You added the edge. A unit with its middle at l has a = s (x − l), which is 0 at x = l."
)
def _(x, heights, steepness):
    return _bumps(x, heights, steepness, lambda x, edges: steepness * (x + edges))


@staircase.mistake("You divided by the steepness: larger should mean sharper.")
def _(x, heights, steepness):
    return _bumps(x, heights, steepness, lambda x, edges: (x - edges) / steepness)


@staircase.mistake(
    "The unit at the right edge must take the height away again: it was right before."
)
def _(x, heights, steepness):
    return _bumps(x, heights, steepness, back=1.0)


@staircase.mistake(
    "Without the unit at the right edge each step goes up, and none comes down again."
)
def _(x, heights, steepness):
    return _bumps(x, heights, steepness, back=0.0)


@staircase.mistake("The edges were right as they stood: n pieces have n + 1 edges, from 0 to 1.")
def _(x, heights, steepness):
    n = len(heights)
    return _bumps(x, heights, steepness, edges=np.arange(n + 1) / (n + 1))
