"""What does each trick of the engine give? Every one is undone alone, and a step timed.

    python benchmarks/tricks.py

Both ways are timed in turn in one process, with one thread, in processor time.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy starts its threads

import statistics
import sys
import time
from pathlib import Path
from unittest.mock import patch

import numpy as np

import nnlib as nn
from nnlib import layers
from nnlib.optimizers import Optimizer

sys.path.append(str(Path(__file__).resolve().parent / "engines"))

from with_nnlib import network
from works import DROPPED, LR, WORKS

ROUNDS, CHUNK = 61, 0.004


class Doubles(nn.Sequential):
    """A network in float64, whatever was asked for."""

    def __init__(self, *layers, dtype, stack):
        super().__init__(*layers, stack=stack)


def anew(self, x, prepared=nn.Sequential._prepared):
    """Every pass makes its arrays."""
    self._planned = None
    return prepared(self, x)


class Many:
    """An optimizer for each parameter array, as if there were no θ."""

    def __init__(self, lr):
        self.each = []

    def step(self, theta, grad):
        self.each = self.each or [nn.optimizers.Adam(LR) for _ in self.pairs]
        for (value, slope), optimizer in zip(self.pairs, self.each, strict=True):
            optimizer.step(value, slope)


def by_matmul(self, *args, bind=nn.Layer.bind):
    bind(self, *args)
    self.product = np.matmul


def against_0(self, a, train=False):
    return np.maximum(a, 0, out=self.y)


def over_rows(self, logits, target):
    """Softmax cross-entropy without turning, and with sums for products."""
    target, n = self.ready(logits, target), logits.shape[-2]
    shifted = logits - logits.max(-1, keepdims=True)
    exp = np.exp(shifted)
    total = exp.sum(-1, keepdims=True)
    value = -(target * (shifted - np.log(total))).sum((-2, -1)) / n
    return value, (exp / total - target) / n


def in_sums(self, logits, target):
    """Binary cross-entropy with sums for products, and numbers as they are."""
    target, n = self.ready(logits, target), logits.shape[-2]
    s = np.log1p(np.exp(-np.abs(logits))) + np.maximum(logits, 0)
    return (s - logits * target).sum((-2, -1)) / n, (np.exp(logits - s) - target) / n


def summed(self, dy):
    self.product(dy.mT, self.x, out=self.dW)
    np.sum(dy, axis=-2, keepdims=True, out=self.db)


def with_floats(self, x, train=False):
    kept = self.rng.random(self.mask.shape, np.float32) >= self.p
    np.multiply(kept, self.scale, out=self.mask)
    self.train = train
    return np.multiply(x, self.mask, out=self.y)


def as_it_is(self, value):
    return value


# What is undone, how, and in which works it shows.
TRICKS = {
    "one flat θ instead of many arrays": (patch.object(nn, "Adam", Many), "W1 W2 W3 W5"),
    "float32 instead of float64": (patch.object(nn, "Sequential", Doubles), "W2 W3 W5 S1"),
    "arrays made once for a batch shape": (
        patch.object(nn.Sequential, "_prepared", anew), "W1 W2 W3 W5 W6",
    ),
    "ndarray.dot for single matrices": (patch.object(nn.Layer, "bind", by_matmul), "W1 W2 W3 W4"),
    "ReLU against zeros instead of 0": (patch.object(nn.ReLU, "forward", against_0), "W3 W5 S2"),
    "softmax turned, its value a product": (
        patch.object(nn.SoftmaxCrossEntropy, "__call__", over_rows), "W3 W4 S2",
    ),
    "the loss's value as a product": (
        patch.object(nn.BinaryCrossEntropy, "__call__", in_sums), "W1 W2 S1",
    ),
    "a stack's columns, and shared input": (
        patch.object(layers, "products", np.matmul), "S1 S2",
    ),
    "bias slopes by a product with ones": (
        patch.object(nn.Dense, "gradients", summed), "W1 W3 S1 S2",
    ),
    "masks from 16 random bits": (patch.object(nn.Dropout, "forward", with_floats), "W6"),
    "numbers as arrays ()": (patch.object(Optimizer, "number", as_it_is), "W1 W2"),
    "a long θ in parts": (patch.object(Optimizer, "block", 1 << 62), "W5 W6 W7"),
}  # fmt: skip


def stepper(work):
    net, optimizer = network(work, DROPPED), (nn.Adam if work.optimizer == "Adam" else nn.SGD)(LR)
    names = [(layer, name) for layer in net.layers for name in layer.shapes()]
    optimizer.pairs = [(getattr(layer, name), getattr(layer, f"d{name}")) for layer, name in names]
    loss = nn.BinaryCrossEntropy() if work.binary else nn.SoftmaxCrossEntropy()
    x = work.data()[0].astype(net.dtype)
    y = loss.prepare(work.targets(), work.widths[-1], net.dtype)

    def step():
        _, dy = loss(net.forward(x, train=True), y)
        net.backward(dy)
        optimizer.step(net.theta, net.grad)

    return step


def seconds(step, steps):
    start = time.process_time()
    for _ in range(steps):
        step()
    return (time.process_time() - start) / steps


def gain(undone, work):
    """How many times as long a step takes without the trick."""
    step = stepper(work)
    with undone:
        slow = stepper(work)
        seconds(slow, 3)
    steps = max(1, int(CHUNK / min(seconds(step, 3) for _ in range(3))))
    ratios = []
    for _ in range(ROUNDS):
        fast = seconds(step, steps)
        with undone:
            ratios.append(seconds(slow, steps) / fast)
    return statistics.median(ratios)


if __name__ == "__main__":
    for name, (undone, works) in TRICKS.items():
        gains = [f"{work} {gain(undone, WORKS[work]):.2f}×" for work in works.split()]
        print(f"{name:<38}{'   '.join(gains)}", flush=True)
