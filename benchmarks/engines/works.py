"""The works that every engine is given, and the loop in which it answers.

Every example of a batch stands there twice, with two different targets. So nobody ever finishes
learning: no engine gets slower or faster as gradients vanish into the smallest floats.
"""

import json
import sys
import time
import tracemalloc
from typing import NamedTuple

import numpy as np

LR = 1e-3
DROPPED = 0.5
CHECKED = 10  # steps after which all engines must have the same loss


class Work(NamedTuple):
    """A network, a batch and an optimizer; `stack` networks of the kind side by side."""

    widths: tuple
    activation: str
    batch: int
    optimizer: str = "Adam"
    norm: bool = False  # batch norm before and dropout after each activation
    stack: int | None = None

    @property
    def pairs(self):
        return list(zip(self.widths, self.widths[1:], strict=False))

    @property
    def binary(self):
        """One output and binary cross-entropy; else softmax cross-entropy."""
        return self.widths[-1] == 1

    def start(self):
        """[(W, b), …] in float32; W is (n_out, n_in), with a stack (K, n_out, n_in)."""
        rng, front = np.random.default_rng(0), () if self.stack is None else (self.stack,)
        return [
            (
                (rng.normal(size=(*front, n_out, n_in)) / np.sqrt(n_in)).astype(np.float32),
                np.zeros((*front, 1, n_out), np.float32),
            )
            for n_in, n_out in self.pairs
        ]

    def data(self):
        """x (N, n_in) in float32, and classes (N,)."""
        rng, half = np.random.default_rng(1), self.batch // 2
        x = rng.uniform(0, 1, (half, self.widths[0])).astype(np.float32)
        classes = max(2, self.widths[-1])
        y = rng.integers(0, classes, half)
        return np.concatenate([x, x]), np.concatenate([y, (y + 1) % classes])

    def targets(self):
        """The classes as float32 rows (N, n_out)."""
        _, y = self.data()
        rows = y[:, None] if self.binary else y[:, None] == np.arange(self.widths[-1])
        return rows.astype(np.float32)


WORKS = {
    "W1": Work((2, 8, 1), "tanh", 4),
    "W2": Work((2, 16, 16, 1), "tanh", 32),
    "W3": Work((64, 64, 10), "relu", 64),
    "W4": Work((784, 15, 10), "sigmoid", 10, optimizer="SGD"),
    "W5": Work((784, 128, 64, 10), "relu", 64),
    "W6": Work((784, 512, 512, 10), "relu", 256, norm=True),
    "W7": Work((784, 2048, 2048, 10), "relu", 512),
    "S1": Work((2, 16, 16, 1), "tanh", 32, stack=64),
    "S2": Work((64, 64, 10), "relu", 64, stack=20),
}


def answer(make):
    """Read requests from stdin, one JSON object a line, and answer each with another.

    `make(work, variant, dropped)` returns a function that takes n steps and returns a loss: of a
    single step, the loss before it.
    A request says "check" for the loss after a few steps without dropout, "memory" for the bytes
    of NumPy's that a step leaves and that it needs at most, or "steps" for the seconds they take.
    """
    running, of = {}, None
    for line in sys.stdin:
        request = json.loads(line)
        work, variant = Work(**request["work"]), request["variant"]
        if work != of:
            running, of = {}, work  # what is not asked for any more gives its memory back
        if "check" in request:
            run = make(work, variant, 0.0)
            run(CHECKED)
            reply = np.asarray(run(1), float).ravel().tolist()
        elif "memory" in request:
            tracemalloc.start()
            run = make(work, variant, DROPPED)
            run(2)
            reply = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        else:
            if variant not in running:
                running[variant] = make(work, variant, DROPPED)
            start = time.perf_counter()
            running[variant](request["steps"])
            reply = time.perf_counter() - start
        print(json.dumps(reply), flush=True)
