"""Dropout: in training, switch random features off, so that none can be relied on alone."""

import numpy as np

from .initializers import finite
from .layers import Layer


class Dropout(Layer):
    """In training each feature is set to 0 with probability p, and the others are divided by 1 − p.

    p is the share DROPPED. Dividing by the share kept ("inverted" dropout) keeps the expected
    value as it was, so that testing needs no change at all: there the layer passes x on.
    A new mask is drawn at every forward pass. The networks of a stack share it, so that they
    differ only in what they are meant to differ in, and each equals its solo run.
    It costs 16 random bits a feature, so p is met to within 1/131,072.

    Srivastava et al. (2014), who scale at test time instead; the two agree in expectation.
    """

    def __init__(self, p=0.5, rng=0):
        if not 0 <= finite("p", p) < 1:
            raise ValueError(f"p must be in [0, 1), the share dropped, got {p}")
        self.p, self.rng = float(p), np.random.default_rng(rng)

    def plan(self, shape):
        self.mask, self.scale = self.new(shape[-2:]), self.number(1 / (1 - self.p))
        return super().plan(shape)

    def forward(self, x, train=False):
        self.train = train
        if not train:
            return x
        bits = self.rng.integers(1 << 16, size=self.mask.shape, dtype=np.uint16)
        np.multiply(bits >= round(self.p * (1 << 16)), self.scale, out=self.mask)
        return np.multiply(x, self.mask, out=self.y)

    def backward(self, dy):
        return np.multiply(dy, self.mask, out=self.dx) if self.train else dy

    def __repr__(self):
        return f"Dropout({self.p})"
