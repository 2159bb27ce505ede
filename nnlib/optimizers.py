"""Optimizers, in order of increasing complexity: each is its equation, over one vector θ.

`step(theta, grad)` moves θ in place. θ may be a network's parameters, a point on a surface, or a
stack (K, P) of either. `lr` is a number, a column (K, 1), or a schedule: step -> rate.

In the comments g is the gradient, η the learning rate, and all products are element by element.
Every one is written in place, because making new arrays costs more than the arithmetic.
"""

import math

import numpy as np

from .initializers import finite
from .schedules import constant, positive


class Optimizer:
    """What all share: counting steps, asking the schedule, and state that begins at zero."""

    state = ()  # names of the arrays with θ's shape that are carried from step to step
    block = 1 << 16  # how many numbers of a long θ `parts` takes at a time

    def __init__(self, lr):
        self.lr = lr
        self.rate = lr if callable(lr) else constant(lr)
        self.t = 0

    def step(self, theta, grad):
        """Move theta one step, in place, by the gradient at theta."""
        rate = self.rate(self.t + 1)
        if self.t == 0:
            self.begin(theta, rate)
        if not np.shape(grad) == theta.shape == self.scratch.shape:
            raise ValueError(
                f"theta has shape {theta.shape}, its grad {np.shape(grad)}, "
                f"and this optimizer began with {self.scratch.shape}: make one for each theta"
            )
        self.t += 1
        self.update(theta, grad, rate if isinstance(rate, float) else self.number(rate))

    def begin(self, theta, rate):
        """Make the arrays of θ's shape; `step` does so at the first step."""
        if not isinstance(theta, np.ndarray) or theta.dtype.kind != "f":
            raise TypeError("theta must be an array of floats, for it is moved in place")
        if np.shape(rate) not in ((), (*theta.shape[:-1], 1)):
            raise ValueError(f"lr has shape {np.shape(rate)}, not one rate a row of {theta.shape}")
        self.scratch = np.empty_like(theta)
        for name in self.state:
            setattr(self, name, np.zeros_like(theta))
        length = max(1, self.block // math.prod(theta.shape[1:]))
        self.cuts = [slice(i, i + length) for i in range(0, len(theta), length)]
        if len(self.cuts) < 2 or np.ndim(rate):  # rates of their own stay beside their rows
            self.cuts = None

    def parts(self, *arrays):
        """Arrays of θ's shape part by part, as views: short enough to stay in the cache."""
        if self.cuts is None:
            return [arrays]
        return [[array[cut] for array in arrays] for cut in self.cuts]

    def number(self, value):
        """`value` as an array of θ's type, which NumPy is twice as quick to multiply by."""
        return np.asarray(value, self.scratch.dtype)

    def __repr__(self):
        return f"{type(self).__name__}(lr={self.lr})"


class SGD(Optimizer):
    """θ ← θ − η g"""

    def update(self, theta, grad, lr):
        theta -= np.multiply(grad, lr, out=self.scratch)


class Momentum(Optimizer):
    """v ← m v − η g;  θ ← θ + v

    Polyak (1964), as in Sutskever et al. (2013), equations 1 and 2. PyTorch's SGD keeps
    v ← m v + g and θ ← θ − η v instead: the same path while η is constant.
    """

    state = ("v",)

    def __init__(self, lr, momentum=0.9):
        super().__init__(lr)
        self.momentum = share("momentum", momentum)

    def update(self, theta, grad, lr):
        v = self.v
        v *= self.momentum
        v -= np.multiply(grad, lr, out=self.scratch)
        theta += v


class Nesterov(Momentum):
    """v ← m v − η g(θ + m v);  θ ← θ + v, written for the point θ + m v that it looks ahead to.

    With φ = θ + m v the two lines become  v ← m v − η g(φ);  φ ← φ + m v − η g(φ), so that the
    gradient is taken where we stand. What `step` moves is φ, as in PyTorch's nesterov=True.
    Nesterov (1983); Sutskever et al. (2013), equations 3 and 4.
    """

    def update(self, theta, grad, lr):
        v, move = self.v, np.multiply(grad, lr, out=self.scratch)
        v *= self.momentum
        v -= move
        theta -= move
        theta += np.multiply(v, self.momentum, out=move)


class Adagrad(Optimizer):
    """G ← G + g²;  θ ← θ − η g / (√G + ε)

    A sum of squares, for each parameter its own. Duchi et al. (2011). ε outside the root,
    as in PyTorch.
    """

    state = ("G",)

    def __init__(self, lr, eps=1e-10):
        super().__init__(lr)
        self.eps = positive("eps", eps)

    def update(self, theta, grad, lr):
        G, s = self.G, self.scratch
        G += np.multiply(grad, grad, out=s)
        np.sqrt(G, out=s)
        s += self.eps
        np.divide(grad, s, out=s)
        s *= lr
        theta -= s


class RMSprop(Optimizer):
    """G ← γ G + (1 − γ) g²;  θ ← θ − η g / (√G + ε)

    Tieleman and Hinton (2012), lecture 6.5. ε outside the root, as in PyTorch;
    the notes and others put it inside.
    """

    state = ("G",)

    def __init__(self, lr, gamma=0.99, eps=1e-8):
        super().__init__(lr)
        self.gamma, self.eps = share("gamma", gamma), positive("eps", eps)

    def update(self, theta, grad, lr):
        G, s = self.G, self.scratch
        G *= self.gamma
        np.multiply(grad, grad, out=s)
        s *= 1 - self.gamma
        G += s
        np.sqrt(G, out=s)
        s += self.eps
        np.divide(grad, s, out=s)
        s *= lr
        theta -= s


class Adam(Optimizer):
    """m ← β₁ m + (1 − β₁) g;  v ← β₂ v + (1 − β₂) g²
    m̂ = m / (1 − β₁ᵗ);  v̂ = v / (1 − β₂ᵗ);  θ ← θ − η m̂ / (√v̂ + ε)

    Momentum's direction, RMSprop's step, and both corrected for having begun at zero.
    Kingma and Ba (2015), algorithm 1.
    """

    state = ("m", "v")

    def __init__(self, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        super().__init__(lr)
        self.beta1, self.beta2 = share("beta1", beta1), share("beta2", beta2)
        self.eps = positive("eps", eps)

    def begin(self, theta, rate):
        super().begin(theta, rate)
        shares = (self.beta1, 1 - self.beta1, self.beta2, 1 - self.beta2)
        self.shares = [self.number(each) for each in shares]

    def update(self, theta, grad, lr):
        # With c = √(1 − β₂ᵗ), m̂ / (√v̂ + ε) is c / (1 − β₁ᵗ) times m / (√v + c ε).
        c = math.sqrt(1 - self.beta2**self.t)
        rate, eps = self.number(lr * (c / (1 - self.beta1**self.t))), self.number(c * self.eps)
        beta1, new1, beta2, new2 = self.shares
        for here, g, m, v, s in self.parts(theta, grad, self.m, self.v, self.scratch):
            m *= beta1
            m += np.multiply(g, new1, out=s)
            v *= beta2
            np.multiply(g, g, out=s)
            v += np.multiply(s, new2, out=s)
            np.sqrt(v, out=s)
            s += eps
            np.divide(m, s, out=s)
            here -= np.multiply(s, rate, out=s)


def clip_by_norm(grad, limit):
    """Shorten each gradient, each row of a stack alone, to length `limit` if it is longer.

    Pascanu, Mikolov and Bengio (2013), algorithm 1.
    """
    limit = positive("clip", limit)
    largest = np.abs(grad).max(-1, keepdims=True, initial=limit)  # its square may overflow
    norm = largest * np.sqrt(np.sum(np.square(grad / largest), axis=-1, keepdims=True))
    grad *= np.where(norm > limit, limit / np.maximum(norm, limit), 1).astype(grad.dtype)


def share(name, value):
    """A number in [0, 1): the share of the past that is kept."""
    if not 0 <= finite(name, value) < 1:
        raise ValueError(f"{name} must be in [0, 1), got {value}")
    return float(value)
