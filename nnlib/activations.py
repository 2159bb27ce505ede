"""Activations: the bend between two layers, each with its slope.

Every one of them works element by element, except Softmax.
`forward` is h, `backward` multiplies by h'. In the comments a is the input and z = h(a).
"""

import numpy as np

from .initializers import finite
from .layers import Layer, count


class Identity(Layer):
    """h(a) = a: no bend at all. Layers with only this between them are one layer."""

    def forward(self, a, train=False):
        np.copyto(self.y, a)
        return self.y

    def backward(self, dz):
        return dz


class Step(Layer):
    """h(a) = 1[a ≥ 0], the Heaviside step of the perceptron. Its slope is 0: nothing flows back."""

    def forward(self, a, train=False):
        np.greater_equal(a, 0, out=self.y)
        return self.y

    def backward(self, dz):
        self.dx[...] = 0
        return self.dx


class Sigmoid(Layer):
    """h(a) = σ(a) = 1 / (1 + e⁻ᵃ), with slope z (1 − z): at most 1/4."""

    def plan(self, shape):
        self.half = self.number(0.5)
        return super().plan(shape)

    def forward(self, a, train=False):
        return sigmoid(a, out=self.y, half=self.half)

    def backward(self, dz):
        np.multiply(self.y, self.y, out=self.dx)
        np.subtract(self.y, self.dx, out=self.dx)  # z − z², which is z (1 − z)
        self.dx *= dz
        return self.dx


class Tanh(Layer):
    """h(a) = tanh a = 2σ(2a) − 1, with slope 1 − z²: at most 1."""

    def plan(self, shape):
        self.one = self.number(1)
        return super().plan(shape)

    def forward(self, a, train=False):
        return np.tanh(a, out=self.y)

    def backward(self, dz):
        np.multiply(self.y, self.y, out=self.dx)
        np.subtract(self.one, self.dx, out=self.dx)
        self.dx *= dz
        return self.dx


class ReLU(Layer):
    """h(a) = max(0, a), with slope 1[a > 0]. At 0 itself the slope is taken as 0, as in PyTorch."""

    def plan(self, shape):
        self.zeros = np.zeros(shape, self.dtype)  # compared with in a third of the time of a 0
        return super().plan(shape)

    def forward(self, a, train=False):
        return np.maximum(a, self.zeros, out=self.y)

    def backward(self, dz):
        return np.multiply(dz, self.y > self.zeros, out=self.dx)


class LeakyReLU(Layer):
    """h(a) = a for a > 0, else `slope`·a. Maas, Hannun and Ng (2013)."""

    def __init__(self, slope=0.01):
        self.slope = finite("slope", slope)

    def forward(self, a, train=False):
        self.factor = (a > 0) + self.number(self.slope) * (a <= 0)
        return np.multiply(a, self.factor, out=self.y)

    def backward(self, dz):
        return np.multiply(dz, self.factor, out=self.dx)

    def __repr__(self):
        return f"LeakyReLU({self.slope})"


class PReLU(Layer):
    """h(a) = a for a > 0, else slope·a, and the slope is learned: one for each of the n features.

    Begins at 0.25. He et al. (2015), equation 1. PyTorch's default is one slope for all.
    """

    def __init__(self, n, slope=0.25):
        self.n_in = self.n_out = count("n", n)
        self.start = finite("slope", slope)

    def shapes(self):
        return {"slope": (1, self.n_in)}

    def initial(self, rng):
        return np.full(self.n_in, self.start)

    def plan(self, shape):
        return super().plan(np.broadcast_shapes(shape, (*self.stack, 1, self.n_in)))

    def forward(self, a, train=False):
        self.a = a
        self.factor = (a > 0) + self.slope * (a <= 0)
        return np.multiply(a, self.factor, out=self.y)

    def gradients(self, dz):
        np.sum(dz * np.minimum(self.a, 0), axis=-2, keepdims=True, out=self.dslope)

    def backward(self, dz):
        return np.multiply(dz, self.factor, out=self.dx)

    def __repr__(self):
        return f"PReLU({self.n_in})"


class ELU(Layer):
    """h(a) = a for a > 0, else α (eᵃ − 1): levels off at −α. Clevert et al. (2016)."""

    def __init__(self, alpha=1.0):
        self.alpha = finite("alpha", alpha)
        if self.alpha < 0:
            raise ValueError(f"alpha must not be negative, got {alpha}")

    def forward(self, a, train=False):
        np.minimum(a, 0, out=self.y)
        np.expm1(self.y, out=self.y)
        self.y *= self.alpha
        self.y += np.maximum(a, 0)
        return self.y

    def backward(self, dz):
        # On the left the slope is α eᵃ = z + α; on the right it is 1.
        np.minimum(self.y, 0, out=self.dx)
        self.dx += self.alpha
        np.copyto(self.dx, 1, where=self.y > 0)
        self.dx *= dz
        return self.dx

    def __repr__(self):
        return f"ELU({self.alpha})"


class Softmax(Layer):
    """z_j = e^(a_j) / Σ_k e^(a_k) over the features: positive, and summing to 1.

    To train, leave it out and use `SoftmaxCrossEntropy`, which takes the logits.
    """

    def forward(self, a, train=False):
        np.subtract(a, a.max(-1, keepdims=True), out=self.y)
        np.exp(self.y, out=self.y)
        self.y /= self.y.sum(-1, keepdims=True)
        return self.y

    def backward(self, dz):
        np.multiply(dz, self.y, out=self.dx)
        self.dx -= self.y * self.dx.sum(-1, keepdims=True)
        return self.dx


def sigmoid(a, out=None, half=0.5):
    """σ(a) = ½ tanh(½ a) + ½: exact at any size of a, where e⁻ᵃ would overflow."""
    z = np.multiply(a, half, out=out)
    z = np.tanh(z, out=out)
    z = np.multiply(z, half, out=out)
    return np.add(z, half, out=out)
