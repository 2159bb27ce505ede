"""Chapter 5, Backpropagation."""

import numpy as np

from .exercise import exercise


@exercise("05.1", batch="delta z")
def weight_gradient(delta, z):
    """∂C/∂W of a dense layer (n_out, n_in), from δ (N, n_out) and its input z (N, n_in).

    C is the mean over the N examples; row i of delta is the slope of example i's own loss.
    """
    return delta.T @ z / len(z)


@weight_gradient.inputs
def _(rng):
    examples = int(rng.integers(3, 9))
    return rng.normal(size=(examples, 3)), rng.normal(size=(examples, 4))


@weight_gradient.mistake("What is averaged over a batch is δ zᵀ: you averaged δ and z apart.")
def _(delta, z):
    return np.outer(delta.mean(0), z.mean(0))


@weight_gradient.mistake("You divided by the number of outputs. The mean goes over the examples.")
def _(delta, z):
    return delta.T @ z / delta.shape[1]


@weight_gradient.mistake("You divided by the number of inputs. The mean goes over the examples.")
def _(delta, z):
    return delta.T @ z / z.shape[1]


@weight_gradient.mistake("You used the first example alone: the batch has more.")
def _(delta, z):
    return np.outer(delta[0], z[0])


@exercise("05.2", batch="delta a")
def delta_below(delta, W, a):
    """δ of the layer below (N, n_in), whose units are sigmoids.

    delta (N, n_out) is δ of the layer above, W (n_out, n_in) its weights, and a (N, n_in) the
    pre-activation of the layer below, so that σ(a) is what W was multiplied with.
    """
    z = 1 / (1 + np.exp(-a))
    return (delta @ W) * z * (1 - z)


@delta_below.inputs
def _(rng):
    examples = int(rng.integers(3, 9))
    return rng.normal(size=(examples, 3)), rng.normal(size=(3, 4)), rng.normal(size=(examples, 4))


@delta_below.mistake("The slope of the sigmoid is missing: multiply by σ'(a), element by element.")
def _(delta, W, a):
    return delta @ W


@delta_below.mistake(
    "You multiplied by σ(a). The chain rule asks for its slope σ'(a) = σ(a)(1 − σ(a))."
)
def _(delta, W, a):
    return (delta @ W) / (1 + np.exp(-a))


@delta_below.mistake("You put a itself into a(1 − a). The slope is σ(a)(1 − σ(a)): apply σ first.")
def _(delta, W, a):
    return (delta @ W) * a * (1 - a)


@delta_below.mistake("That is the slope of tanh. Here the layer below has a sigmoid.")
def _(delta, W, a):
    return (delta @ W) * (1 - np.tanh(a) ** 2)


@delta_below.mistake(
    "You divided by the number of examples: the mean comes in once, later, with δ zᵀ."
)
def _(delta, W, a):
    z = 1 / (1 + np.exp(-a))
    return (delta @ W) * z * (1 - z) / len(a)


@exercise("05.8", batch="x y")
def two_layer_gradient(x, y, W1, W2):
    """∂C/∂W1 and ∂C/∂W2 of a = W2 tanh(W1 x) under softmax and cross-entropy, over a batch.

    x (N, n_in), y (N, classes) one-hot, W1 (hidden, n_in), W2 (classes, hidden); no biases.
    """
    z = np.tanh(x @ W1.T)
    e = np.exp(z @ W2.T)
    delta2 = e / e.sum(axis=1, keepdims=True) - y
    delta1 = (1 - z**2) * (delta2 @ W2)
    return delta1.T @ x / len(x), delta2.T @ z / len(x)


def _with(x, y, W1, W2, slope=lambda a, z: 1 - z**2, over=1):
    """The same with another slope of the hidden layer, or another axis of the softmax."""
    a = x @ W1.T
    z = np.tanh(a)
    e = np.exp(z @ W2.T)
    delta2 = e / e.sum(axis=over, keepdims=True) - y
    delta1 = slope(a, z) * (delta2 @ W2)
    return delta1.T @ x / len(x), delta2.T @ z / len(x)


@two_layer_gradient.inputs
def _(rng):
    examples = int(rng.integers(3, 9))
    y = np.eye(3)[rng.integers(3, size=examples)]
    return rng.normal(size=(examples, 5)), y, rng.normal(size=(4, 5)), rng.normal(size=(3, 4))


@two_layer_gradient.mistake(
    "∂C/∂W2 agrees and ∂C/∂W1 does not. So δ at the output is right, and the mistake sits on δ's "
    "way to the hidden layer: look at each factor there."
)
def _(x, y, W1, W2):  # the planted one: h′ of z, not of a
    return _with(x, y, W1, W2, lambda a, z: 1 - np.tanh(z) ** 2)


@two_layer_gradient.mistake(
    "Now ∂C/∂W1 lacks h′ altogether. A factor was wrong there, but the chain rule needs one."
)
def _(x, y, W1, W2):
    return _with(x, y, W1, W2, lambda a, z: 1)


@two_layer_gradient.mistake("z(1 − z) is the slope of the sigmoid. The hidden units are tanh.")
def _(x, y, W1, W2):
    return _with(x, y, W1, W2, lambda a, z: z * (1 - z))


@two_layer_gradient.mistake("1 − a² is no slope of tanh: it is 1 less the square of its output.")
def _(x, y, W1, W2):
    return _with(x, y, W1, W2, lambda a, z: 1 - a**2)


@two_layer_gradient.mistake(
    "The softmax was right as it stood: each example's probabilities, a row of them, add up to 1."
)
def _(x, y, W1, W2):
    return _with(x, y, W1, W2, over=0)


@two_layer_gradient.mistake(
    "You multiplied by tanh of the pre-activation. What passes back is δ times its slope."
)
def _(x, y, W1, W2):
    return _with(x, y, W1, W2, lambda a, z: z)
