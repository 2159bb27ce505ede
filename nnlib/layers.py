"""Layers: functions with parameters, that can say how a loss changes with each of them.

The last two axes of every array are (example, feature).
Whatever stands in front is a stack of independent networks; no layer looks at it.

A layer has five verbs, called by `Sequential` in this order:

    bind       receive views into the network's parameter and gradient vectors
    plan       a new batch shape: make the arrays that the passes write into
    forward    x -> y
    gradients  dL/dy -> dL/dparameters, written into the gradient views
    backward   dL/dy -> dL/dx
"""

import math

import numpy as np

from .initializers import constant, finite, glorot_uniform, normal


class Layer:
    """A layer without parameters; those with parameters override more."""

    n_in = n_out = None  # a layer that takes any number of features passes them on
    state = ()  # names of arrays, beside the parameters, that training leaves behind
    stack = None  # until a network binds the layer

    def shapes(self):
        """Name -> shape of each parameter of one network, in the order they lie in θ."""
        return {}

    def initial(self, rng):
        """The starting values of the parameters of one network, in one flat array."""
        return np.zeros(0)

    def bind(self, stack, dtype, params, grads):
        """Keep the views: parameter `W` becomes `layer.W`, its gradient `layer.dW`."""
        self.stack, self.dtype = stack, dtype
        # Of two single matrices both give the same; small ones take `dot` a third of the time.
        self.product = products if stack else np.ndarray.dot
        for name in params:
            setattr(self, name, params[name])
            setattr(self, "d" + name, grads[name])

    def plan(self, shape):
        """Make the arrays for inputs of this shape; return the output's shape."""
        self.y, self.dx = self.new(shape), self.new(shape)
        return shape

    def new(self, shape):
        return np.empty(shape, self.dtype)

    def number(self, value):
        """`value` as an array (): NumPy takes it into a sum in half the time of a float."""
        return np.array(value, self.dtype)

    def gradients(self, dy):
        """Write dL/dparameters. Nothing to do without parameters."""

    def __getstate__(self):
        """What a copy begins with: it belongs to no network yet."""
        return {name: value for name, value in vars(self).items() if name != "stack"}

    @property
    def size(self):
        """How many numbers this layer adds to θ."""
        return sum(math.prod(shape) for shape in self.shapes().values())

    def __repr__(self):
        return f"{type(self).__name__}()"


class Dense(Layer):
    """Every output is a weighted sum of every input, plus a bias:  a = W z + b.

    W is (n_out, n_in): W[j, i] leads from input i to output j.
    For a batch, one example a row, that reads  A = Z Wᵀ + b.

    `init` makes W (see initializers); b is a row (1, n_out) that begins at `bias`.
    """

    def __init__(self, n_in, n_out, init=glorot_uniform, bias=0.0):
        self.n_in, self.n_out = count("n_in", n_in), count("n_out", n_out)
        self.init, self.bias = initializer(init), finite("bias", bias)

    def shapes(self):
        return {"W": (self.n_out, self.n_in), "b": (1, self.n_out)}

    def initial(self, rng):
        W = drawn(self.init, rng, self.n_in, self.n_out)
        return np.concatenate([W.ravel(), np.full(self.n_out, self.bias)])

    def plan(self, shape):
        *_, n, n_in = shape
        if n_in != self.n_in:
            raise ValueError(f"{self} expects {self.n_in} features, got an input of shape {shape}")
        self.y = self.new((*self.stack, n, self.n_out))
        self.dx = self.new((*self.stack, n, self.n_in))
        self.ones = np.ones((1, n), self.dtype)
        return self.y.shape

    def forward(self, x, train=False):
        self.x = x
        self.product(x, self.W.mT, out=self.y)
        self.y += self.b
        return self.y

    def gradients(self, dy):
        self.product(dy.mT, self.x, out=self.dW)  # dL/dW = Σ over examples of δ zᵀ
        self.product(self.ones, dy, out=self.db)  # dL/db = Σ over examples of δ

    def backward(self, dy):
        return self.product(dy, self.W, out=self.dx)  # Wᵀ δ, one example a row

    def __repr__(self):
        return f"Dense({self.n_in}, {self.n_out})"


class Maxout(Layer):
    """z_j = max over k of (W_k z + b_k)_j: each unit is the highest of `pieces` sums.

    A maximum of lines is convex, so a unit can learn any convex piecewise-linear function:
    ReLU is max(a, 0), leaky ReLU max(a, 0.01 a). W is (pieces · n_out, n_in), piece by piece.
    Goodfellow et al. (2013), equations 1 and 2.
    """

    def __init__(self, n_in, n_out, pieces=2, init=glorot_uniform):
        self.n_in, self.n_out = count("n_in", n_in), count("n_out", n_out)
        self.pieces, self.init = count("pieces", pieces), initializer(init)

    def shapes(self):
        rows = self.pieces * self.n_out
        return {"W": (rows, self.n_in), "b": (1, rows)}

    def initial(self, rng):
        W = [drawn(self.init, rng, self.n_in, self.n_out) for _ in range(self.pieces)]
        return np.concatenate([np.ravel(W), np.zeros(self.pieces * self.n_out)])

    def plan(self, shape):
        *_, n, n_in = shape
        if n_in != self.n_in:
            raise ValueError(f"{self} expects {self.n_in} features, got an input of shape {shape}")
        rows = self.pieces * self.n_out
        self.a, self.da = self.new((*self.stack, n, rows)), self.new((*self.stack, n, rows))
        self.dx, self.ones = self.new((*self.stack, n, n_in)), np.ones((1, n), self.dtype)
        self.split = (*self.stack, n, self.pieces, self.n_out)
        return (*self.stack, n, self.n_out)

    def forward(self, x, train=False):
        self.x = x
        self.product(x, self.W.mT, out=self.a)
        self.a += self.b
        a = self.a.reshape(self.split)
        self.winner = a.argmax(-2, keepdims=True)
        return np.take_along_axis(a, self.winner, -2).squeeze(-2)

    def gradients(self, dy):
        self.da[...] = 0  # only the highest sum made a difference
        np.put_along_axis(self.da.reshape(self.split), self.winner, np.expand_dims(dy, -2), -2)
        self.product(self.da.mT, self.x, out=self.dW)
        self.product(self.ones, self.da, out=self.db)

    def backward(self, dy):
        return self.product(self.da, self.W, out=self.dx)

    def __repr__(self):
        return f"Maxout({self.n_in}, {self.n_out}, {self.pieces})"


def products(a, b, out=None):
    """a b for every network of a stack; in two cases not as `matmul` would do it by itself."""
    if a.shape[-1] == 1:  # a column times a row: half the time
        return np.multiply(a, b, out=out)
    if a.ndim == 2 and a.size <= 1 << 14:  # small, and one for all networks: turning it pays
        a = np.asfortranarray(a)
    return np.matmul(a, b, out=out)


def initializer(init):
    """`init` as it is, or an error if it is none."""
    if not callable(init):
        raise TypeError(
            f"init must be an initializer such as he_normal or normal(0.01), got {init!r}"
        )
    if init in (constant, normal):
        raise TypeError(f"init={init.__name__} lacks its number, as in {init.__name__}(0.01)")
    return init


def drawn(init, rng, n_in, n_out):
    """A weight matrix as `init` makes it, with its shape checked."""
    W, shape = np.asarray(init(rng, n_in, n_out)), (n_out, n_in)
    if W.shape != shape:
        raise ValueError(f"init must return W of shape (n_out, n_in) = {shape}, got {W.shape}")
    return W


def count(name, value):
    """`value` as a positive whole number, or an error that names the argument."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise TypeError(f"{name} must be a whole number, got {value!r}")
    if value < 1:
        raise ValueError(f"{name} must be at least 1, got {value}")
    return int(value)
