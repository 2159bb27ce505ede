"""Normalization: give every unit mean 0 and variance 1, then let it choose its own."""

import numpy as np

from .initializers import finite
from .layers import Layer, count


class BatchNorm(Layer):
    """x̂ = (x − mean) / √(variance + ε) over the batch, then y = γ x̂ + β, both learned.

    In training, mean and (biased) variance are the batch's own, and running averages are kept:
    running ← momentum · running + (1 − momentum) · batch.  `momentum` is the share KEPT, 0.9.
    (PyTorch's `momentum` is the share replaced.) The running variance is averaged from the
    unbiased variances, as PyTorch does. When testing, the running averages are used instead.

    Ioffe and Szegedy (2015), algorithms 1 and 2.
    """

    state = ("running_mean", "running_var")

    def __init__(self, n, momentum=0.9, eps=1e-5):
        self.n_in = self.n_out = count("n", n)
        self.momentum, self.eps = finite("momentum", momentum), finite("eps", eps)
        if not 0 <= self.momentum < 1:
            raise ValueError(f"momentum must be in [0, 1), the share kept, got {momentum}")
        if self.eps <= 0:
            raise ValueError(f"eps must be positive, got {eps}")

    def shapes(self):
        return {"gamma": (1, self.n_in), "beta": (1, self.n_in)}

    def initial(self, rng):
        return np.concatenate([np.ones(self.n_in), np.zeros(self.n_in)])

    def bind(self, stack, dtype, params, grads):
        super().bind(stack, dtype, params, grads)
        self.running_mean = np.zeros((*stack, 1, self.n_in), dtype)
        self.running_var = np.ones((*stack, 1, self.n_in), dtype)

    def plan(self, shape):
        *_, n, features = shape
        if features != self.n_in:
            raise ValueError(f"{self} expects {self.n_in} features, got an input of shape {shape}")
        self.examples, self.ones = n, np.ones((1, n), self.dtype)
        shape = np.broadcast_shapes(shape, (*self.stack, n, features))
        self.xhat = self.new(shape)
        return super().plan(shape)

    def forward(self, x, train=False):
        if train:
            if self.examples < 2:
                raise ValueError("BatchNorm needs at least 2 examples to train on, got 1")
            mean = self.product(self.ones, x) / self.examples
            np.subtract(x, mean, out=self.xhat)
            var = self.product(self.ones, np.square(self.xhat, out=self.y)) / self.examples
            self._keep(mean, var)
        else:
            mean, var = self.running_mean, self.running_var
            np.subtract(x, mean, out=self.xhat)
        self.train, self.scale = train, 1 / np.sqrt(var + self.eps)
        self.xhat *= self.scale
        np.multiply(self.xhat, self.gamma, out=self.y)
        self.y += self.beta
        return self.y

    def gradients(self, dy):
        self.product(self.ones, np.multiply(dy, self.xhat, out=self.dx), out=self.dgamma)
        self.product(self.ones, dy, out=self.dbeta)

    def backward(self, dy):
        if not self.train:
            return np.multiply(dy, self.gamma * self.scale, out=self.dx)
        # The batch's mean and variance depend on x too: their share comes off.
        np.multiply(self.xhat, self.dgamma / self.examples, out=self.dx)
        self.dx += self.dbeta / self.examples
        np.subtract(dy, self.dx, out=self.dx)
        self.dx *= self.gamma * self.scale
        return self.dx

    def _keep(self, mean, var):
        unbiased = var * (self.examples / (self.examples - 1))
        self.running_mean += (1 - self.momentum) * (mean - self.running_mean)
        self.running_var += (1 - self.momentum) * (unbiased - self.running_var)

    def __repr__(self):
        momentum = "" if self.momentum == 0.9 else f", momentum={self.momentum}"
        eps = "" if self.eps == 1e-5 else f", eps={self.eps}"
        return f"BatchNorm({self.n_in}{momentum}{eps})"


class LayerNorm(Layer):
    """x̂ = (x − mean) / √(variance + ε) over the features of each example, then y = γ x̂ + β.

    The other axis of the same table: no batch is needed, training and testing are alike.
    Variance is biased, as in PyTorch. Ba, Kiros and Hinton (2016), equation 4.
    """

    def __init__(self, n, eps=1e-5):
        self.n_in = self.n_out = count("n", n)
        self.eps = finite("eps", eps)
        if self.eps <= 0:
            raise ValueError(f"eps must be positive, got {eps}")

    def shapes(self):
        return {"gamma": (1, self.n_in), "beta": (1, self.n_in)}

    def initial(self, rng):
        return np.concatenate([np.ones(self.n_in), np.zeros(self.n_in)])

    def plan(self, shape):
        *_, n, features = shape
        if features != self.n_in:
            raise ValueError(f"{self} expects {self.n_in} features, got an input of shape {shape}")
        shape = np.broadcast_shapes(shape, (*self.stack, n, features))
        self.xhat = self.new(shape)
        return super().plan(shape)

    def forward(self, x, train=False):
        np.subtract(x, x.mean(-1, keepdims=True), out=self.xhat)
        var = np.mean(np.square(self.xhat, out=self.y), axis=-1, keepdims=True)
        self.scale = 1 / np.sqrt(var + self.eps)
        self.xhat *= self.scale
        np.multiply(self.xhat, self.gamma, out=self.y)
        self.y += self.beta
        return self.y

    def gradients(self, dy):
        np.sum(dy * self.xhat, axis=-2, keepdims=True, out=self.dgamma)
        np.sum(dy, axis=-2, keepdims=True, out=self.dbeta)

    def backward(self, dy):
        np.multiply(dy, self.gamma, out=self.dx)
        through = (self.dx * self.xhat).mean(-1, keepdims=True)  # the variance depends on x
        self.dx -= self.dx.mean(-1, keepdims=True)  # so does the mean
        self.dx -= self.xhat * through
        self.dx *= self.scale
        return self.dx

    def __repr__(self):
        return f"LayerNorm({self.n_in}{'' if self.eps == 1e-5 else f', eps={self.eps}'})"
