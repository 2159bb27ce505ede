"""Preprocessing: bring the inputs near 0, and near each other in size, before they are learned.

`fit` looks at the training data and remembers; `transform` does to any data what was remembered.
The test data are treated with the training data's numbers: their own would be a look ahead.

x is (N, features) in floats. Numbers are gathered in float64; what comes out has x's dtype.
"""

import numpy as np

from .initializers import finite
from .layers import count
from .network import as_floats
from .train import bad_row


class Preprocessing:
    """What all share: checks, and knowing whether and on how many features they were fitted."""

    features = None

    def fit(self, x):
        """Remember what there is to remember of the training data; returns itself."""
        x = _rows(x)
        if len(x) == 0:
            raise ValueError("x holds no examples to fit on")
        self.learn(x)
        self.features = x.shape[1]
        return self

    def transform(self, x):
        """x as the network should see it, in a new array."""
        if self.features is None:
            raise ValueError(f"{self} has not seen the training data: call fit(x_train) first")
        x = _rows(x)
        if x.shape[1] != self.features:
            raise ValueError(f"{self} was fitted on {self.features} features, x has {x.shape[1]}")
        return self.apply(x).astype(x.dtype, copy=False)

    def __repr__(self):
        return f"{type(self).__name__}()"


class MeanImage(Preprocessing):
    """x − the mean of the training images, pixel by pixel. Krizhevsky et al. (2012), section 2."""

    def learn(self, x):
        self.mean = x.mean(0, dtype=float)

    def apply(self, x):
        return x - self.mean


class ChannelMean(Preprocessing):
    """x − the mean of each channel, over all training images and all pixels.

    A row of x holds one channel's pixels after another's: (channels, h, w), flattened.
    Simonyan and Zisserman (2015), section 2.1: the mean red, green and blue.
    """

    def __init__(self, channels):
        self.channels = count("channels", channels)

    def learn(self, x):
        if x.shape[1] % self.channels:
            raise ValueError(f"channels: {x.shape[1]} features are not {self.channels} equal parts")
        planes = x.reshape(len(x), self.channels, -1)
        self.mean = planes.mean((0, 2), dtype=float)

    def apply(self, x):
        return x - np.repeat(self.mean, x.shape[1] // self.channels)

    def __repr__(self):
        return f"ChannelMean({self.channels})"


class Standardize(Preprocessing):
    """(x − mean) / σ, feature by feature: mean 0 and standard deviation 1 in training.

    A feature that is the same in all training examples has σ = 0: it is divided by 1 instead, so
    it becomes 0 there. `constant` (features,) tells which these are.
    LeCun, Bottou, Orr and Müller (1998), section 4.3.
    """

    def learn(self, x):
        self.constant = x.min(0) == x.max(0)
        self.mean = np.where(self.constant, x[0], x.mean(0, dtype=float))
        std = x.std(0, dtype=float)
        self.std = np.where(self.constant | (std == 0), 1, std)

    def apply(self, x):
        return (x - self.mean) / self.std


class MinMax(Preprocessing):
    """(x − lowest) / (highest − lowest), feature by feature: 0..1 in training.

    Other data may lie outside 0..1: they are not clipped. A feature that is the same in all
    training examples is divided by 1, so it becomes 0 there; `constant` (features,) tells which.
    """

    def learn(self, x):
        self.low, high = x.min(0).astype(float), x.max(0).astype(float)
        self.constant = self.low == high
        self.span = np.where(self.constant, 1, high - self.low)

    def apply(self, x):
        return (x - self.low) / self.span


class Scale:
    """x / highest: whole numbers 0..highest, such as an image's bytes, as floats 0..1 of `dtype`.

    There is nothing to remember, so `transform` needs no `fit`.
    """

    def __init__(self, highest, dtype=np.float64):
        self.highest, self.dtype = finite("highest", highest), np.dtype(dtype)
        if self.highest <= 0:
            raise ValueError(f"highest must be positive, got {highest}")
        if self.dtype not in (np.float32, np.float64):
            raise TypeError(f"dtype must be float32 or float64, got {dtype!r}")

    def fit(self, x):
        """Nothing is remembered; returns itself."""
        return self

    def transform(self, x):
        """x in floats, in a new array of the same shape."""
        x = np.asarray(x)
        if x.dtype.kind not in "iu":
            raise TypeError(f"x must hold whole numbers 0..{self.highest:g}, got {x.dtype}")
        if x.size and not 0 <= x.min() <= x.max() <= self.highest:
            raise ValueError(f"x must lie in 0..{self.highest:g}, got {x.min()} to {x.max()}")
        x = x.astype(self.dtype)
        x /= self.highest
        return x

    def __repr__(self):
        return f"Scale({self.highest:g})"


def _rows(x):
    x = as_floats("x", x, np.asarray(x).dtype)
    if x.ndim != 2:
        raise ValueError(f"x must be (examples, features), got shape {x.shape}")
    if not np.isfinite(x).all():
        raise ValueError(f"x holds NaN or infinity, in example {bad_row(x)} first")
    return x
