"""Chapter 3, Forward."""

from itertools import pairwise

import numpy as np

from .exercise import exercise


def _place(layer, j, i, sizes):
    """Where the weight into unit j from unit i stands in θ, all counted from 1."""
    before = sum(a * b + b for a, b in pairwise(sizes[:layer]))
    return before + (j - 1) * sizes[layer - 1] + (i - 1)


@exercise("03.1")
def place_in_theta(layer, j, i, sizes):
    """Where in θ, counted from 0, the weight w_{j,i} of a layer stands.

    layer, j and i count from 1, as in the formulas. sizes lists the units, the inputs first.
    θ holds layer after layer: W row by row, and then b.
    """
    return _place(layer, j, i, sizes)


@place_in_theta.inputs
def _(rng):
    sizes = [int(n) for n in rng.permutation([3, 4, 5, 6])]
    layer = int(rng.integers(2, 4))
    j, i = int(rng.integers(2, sizes[layer] + 1)), int(rng.integers(2, sizes[layer - 1] + 1))
    return layer, (j + 1 if j == i and j < sizes[layer] else j), i, sizes


@place_in_theta.mistake("The biases of the layers before are missing: they lie in θ as well.")
def _(layer, j, i, sizes):
    return _place(layer, j, i, sizes) - sum(sizes[1:layer])


@place_in_theta.mistake(
    "You took every row before to be as long as there are units in this layer. A row of W has an "
    "entry for each unit that it hears."
)
def _(layer, j, i, sizes):
    return _place(layer, 1, i, sizes) + (j - 1) * sizes[layer]


@place_in_theta.mistake("You went column by column. θ holds W row by row.")
def _(layer, j, i, sizes):
    return _place(layer, 1, 1, sizes) + (i - 1) * sizes[layer] + (j - 1)


@place_in_theta.mistake("j and i have changed places: j, the unit that hears, is the row.")
def _(layer, j, i, sizes):
    return _place(layer, i, j, sizes)


@place_in_theta.mistake("Right within the layer, but the layers before it take their places first.")
def _(layer, j, i, sizes):
    return (j - 1) * sizes[layer - 1] + (i - 1)


@place_in_theta.mistake(
    "Too far by one row and one place: j and i count from 1, and the places in θ from 0."
)
def _(layer, j, i, sizes):
    return _place(layer, j + 1, i + 1, sizes)


@place_in_theta.mistake("Too far by one: the places in θ count from 0.")
def _(layer, j, i, sizes):
    return _place(layer, j, i, sizes) + 1


@place_in_theta.mistake("Too far by one row: before row j there are j − 1 rows.")
def _(layer, j, i, sizes):
    return _place(layer, j + 1, i, sizes)


@place_in_theta.mistake(
    "You started with this layer's bias. In each layer W comes first, and then b."
)
def _(layer, j, i, sizes):
    return _place(layer, j, i, sizes) + sizes[layer]


def _run(theta, x, sizes, cut=None, bend=np.tanh, last=False, bias_first=False, bias=True):
    """The network again, with one thing changed."""
    z, at = x, 0
    for n_in, n_out in pairwise(sizes):
        own = theta[at : at + n_out * n_in + n_out]
        at += len(own)
        W, b = own[: n_out * n_in], own[n_out * n_in :]
        if bias_first:
            b, W = own[:n_out], own[n_out:]
        W = W.reshape(n_out, n_in).T if cut is None else cut(W, n_in, n_out)
        z = z @ W + (b if bias else 0)
        if last or at < len(theta):
            z = bend(z)
    return z


@exercise("03.2", batch="x")
def forward(theta, x, sizes):
    """What the network with these parameters says to x (N, sizes[0]): (N, sizes[-1]).

    tanh behind every layer but the last. θ holds layer after layer: W row by row, then b.
    """
    z, at = x, 0
    for n_in, n_out in pairwise(sizes):
        W = theta[at : at + n_out * n_in].reshape(n_out, n_in)
        b = theta[at + n_out * n_in : at + n_out * n_in + n_out]
        at += n_out * n_in + n_out
        z = z @ W.T + b
        if at < len(theta):
            z = np.tanh(z)
    return z


@forward.inputs
def _(rng):
    sizes = [3, 5, 4, 2]
    parameters = sum(a * b + b for a, b in pairwise(sizes))
    examples = int(rng.integers(6, 10))
    return 0.7 * rng.normal(size=parameters), rng.normal(size=(examples, 3)), sizes


@forward.mistake(
    "The shapes fit and the weights are shuffled: you cut W as (n_in, n_out). In θ it lies row by "
    "row as (n_out, n_in); turn it over after cutting it."
)
def _(theta, x, sizes):
    return _run(theta, x, sizes, lambda W, n_in, n_out: W.reshape(n_in, n_out))


@forward.mistake("Behind the last layer no tanh is wanted: the outputs are plain numbers.")
def _(theta, x, sizes):
    return _run(theta, x, sizes, last=True)


@forward.mistake("There is no bend: without tanh, all your layers are one.")
def _(theta, x, sizes):
    return _run(theta, x, sizes, bend=lambda a: a)


@forward.mistake("You took the biases first. In each layer W comes first in θ, and then b.")
def _(theta, x, sizes):
    return _run(theta, x, sizes, bias_first=True)


@forward.mistake("The biases are cut out of θ, but never added.")
def _(theta, x, sizes):
    return _run(theta, x, sizes, bias=False)


@forward.mistake("The bend is a sigmoid. Here it is tanh.")
def _(theta, x, sizes):
    return _run(theta, x, sizes, bend=lambda a: 1 / (1 + np.exp(-a)))


@forward.mistake("You bent every sum twice. a before the bend, z behind it: once is enough.")
def _(theta, x, sizes):
    return _run(theta, x, sizes, bend=lambda a: np.tanh(np.tanh(a)))


@forward.mistake(
    "All weights are taken first and the biases after them. θ holds W and b of the first layer, "
    "then W and b of the next."
)
def _(theta, x, sizes):
    pairs = list(pairwise(sizes))
    weights, z, at = sum(a * b for a, b in pairs), x, 0
    for n, (n_in, n_out) in enumerate(pairs):
        W = theta[at : at + n_out * n_in].reshape(n_out, n_in)
        b = theta[weights : weights + n_out]
        at, weights = at + n_out * n_in, weights + n_out
        z = z @ W.T + b
        z = np.tanh(z) if n < len(pairs) - 1 else z
    return z


@exercise("03.3")
def reordered(W1, b1, W2, order):
    """W1, b1 and W2 of the same network with its hidden units in another order.

    Hidden unit k of the new network is unit order[k] of the old; no output may change.
    W1 is (hidden, n_in), b1 (1, hidden), W2 (n_out, hidden).
    """
    return W1[order], b1[:, order], W2[:, order]


@reordered.inputs
def _(rng):
    n = 4  # hidden units, inputs and outputs: a wrong axis must not be told by its shape
    # An order that is not its own inverse: three units in a ring, or all four.
    order = np.array([[1, 2, 0, 3], [2, 0, 3, 1], [3, 1, 0, 2], [1, 3, 0, 2]])[rng.integers(4)]
    return rng.normal(size=(n, n)), rng.normal(size=(1, n)), rng.normal(size=(n, n)), order


@reordered.mistake(
    "W1 and b1 are right. A row of W2 is an output unit, and those stay where they are. Where in "
    "W2 does it say how a hidden unit is heard?"
)
def _(W1, b1, W2, order):  # the planted one
    return W1[order], b1[:, order], W2[order]


@reordered.mistake(
    "Now W2 is left as it was. The hidden units speak from other places, so W2 must listen to them "
    "there."
)
def _(W1, b1, W2, order):
    return W1[order], b1[:, order], W2


@reordered.mistake(
    "W2 has both its rows and its columns moved. The outputs stay where they are: one of the two "
    "is too much."
)
def _(W1, b1, W2, order):
    return W1[order], b1[:, order], W2[order][:, order]


@reordered.mistake(
    "You sent W2's columns the other way. The unit that is now k must be heard as order[k] was: "
    "the same order serves all three."
)
def _(W1, b1, W2, order):
    return W1[order], b1[:, order], W2[:, np.argsort(order)]


@reordered.mistake(
    "Its outputs do not change, but it is another order: yours puts old unit k in place order[k]. "
    "Asked for is old unit order[k] in place k."
)
def _(W1, b1, W2, order):
    back = np.argsort(order)
    return W1[back], b1[:, back], W2[:, back]


@reordered.mistake("The rows of W1 were right before: a row of W1 is all that a hidden unit hears.")
def _(W1, b1, W2, order):
    return W1[:, order], b1[:, order], W2[:, order]


@reordered.mistake("A hidden unit takes its bias along: b1 must be moved as well.")
def _(W1, b1, W2, order):
    return W1[order], b1, W2[:, order]
