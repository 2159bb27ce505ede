"""Penalties: what large weights cost. Biases and batch norm's γ and β are left alone.

A penalty is called as `value, gradient = penalty(theta, mask)`, with the network's
`weights_mask`; `strength` λ is a number, or a column (K, 1) with one for each network of a stack.
After each step `train` also calls `shrink`, which does something only for `ProximalL1`.
"""

import numpy as np

from .initializers import finite


class Penalty:
    """λ times something of the weights."""

    def __init__(self, strength):
        strength = np.asarray(strength)
        if strength.dtype.kind not in "fiu":
            raise TypeError(f"strength must be a number or a column of them, got {strength}")
        if strength.ndim not in (0, 2) or (strength.ndim == 2 and strength.shape[1] != 1):
            raise ValueError(
                f"strength must be a number or a column (K, 1), one strength a network, "
                f"got shape {strength.shape}"
            )
        if not (np.isfinite(strength).all() and (strength >= 0).all()):
            raise ValueError(f"strength must be finite and not negative, got {strength}")
        self.strength = strength.astype(float) if strength.ndim else float(strength)

    def weights(self, theta, mask):
        """θ with a 0 for everything that is no weight."""
        if np.shape(self.strength) not in ((), (*theta.shape[:-1], 1)):
            shape = np.shape(self.strength)
            raise ValueError(f"strength has shape {shape}, not one a row of theta {theta.shape}")
        return theta * mask

    def shrink(self, theta, mask, lr):
        """Nothing: the gradient has done the work."""

    def __repr__(self):
        return f"{type(self).__name__}({self.strength})"


class L2(Penalty):
    """λ Σ w²: with gradient 2 λ w, large weights are pulled hardest, none becomes exactly 0."""

    def __call__(self, theta, mask):
        w = self.weights(theta, mask)
        return (self.strength * w * w).sum(-1), 2 * self.strength * w


class L1(Penalty):
    """λ Σ |w|: with gradient λ sign w, all are pulled alike; a step overshoots 0, so near zeros."""

    def __call__(self, theta, mask):
        w = self.weights(theta, mask)
        return (self.strength * np.abs(w)).sum(-1), self.strength * np.sign(w)


class ProximalL1(L1):
    """λ Σ |w|, taken as a step of its own after the loss's: w ← sign(w) max(|w| − η λ, 0).

    Gives exact zeros. Right for plain SGD, whose step is η times the gradient.
    Beck and Teboulle (2009), equation 1.5.
    """

    def __call__(self, theta, mask):
        return super().__call__(theta, mask)[0], 0.0

    def shrink(self, theta, mask, lr):
        small = np.maximum(np.abs(theta) - lr * self.strength, 0)
        np.copyto(theta, np.sign(theta) * small, where=mask)


class ElasticNet(Penalty):
    """λ (share Σ |w| + (1 − share) Σ w²): both at once. Zou and Hastie (2005)."""

    def __init__(self, strength, share=0.5):
        super().__init__(strength)
        self.share = finite("share", share)
        if not 0 <= self.share <= 1:
            raise ValueError(f"share must be in [0, 1], the share of L1, got {share}")
        self.parts = L1(self.strength * self.share), L2(self.strength * (1 - self.share))

    def __call__(self, theta, mask):
        (value1, gradient1), (value2, gradient2) = (part(theta, mask) for part in self.parts)
        return value1 + value2, gradient1 + gradient2

    def __repr__(self):
        return f"ElasticNet({self.strength}, {self.share})"
