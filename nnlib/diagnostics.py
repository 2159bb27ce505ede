"""Checks to make before and during training: of the first loss, of a small batch, of every layer.

Each returns a small result whose `str` is a sentence or a table, and whose fields are the numbers.
"""

import math
from dataclasses import dataclass

import numpy as np

from .activations import ReLU, Sigmoid, Softmax, Tanh
from .layers import count
from .losses import BinaryCrossEntropy, SoftmaxCrossEntropy
from .stopping import Stop
from .train import checked, evaluate, train


@dataclass
class InitialLoss:
    """The loss before any training, beside what guessing would cost; arrays for a stack.

    loss           ()     measured, without the penalty
    expected       a number, or None for a loss that says nothing about guessing
    with_penalty   ()     measured, with the penalty; None without one
    right          ()     True where the loss is within a quarter of what is expected, and where the
                          penalty raises it
    verdict        the sentence
    """

    loss: object
    expected: float | None
    with_penalty: object
    right: object
    verdict: str

    def __str__(self):
        return self.verdict


def check_initial_loss(net, loss, x, y, penalty=None):
    """Is the loss of an untrained network what guessing costs? As an `InitialLoss`.

    A network that knows nothing gives each of n classes the probability 1/n. Softmax cross-entropy
    is then −ln(1/n) = ln n; binary cross-entropy is ln 2 for each output. Large first weights are
    sure of themselves and cost more. A penalty must raise the loss.
    """
    x, y = checked(net, loss, x, y)
    n_out = y.shape[-1]
    measured = evaluate(net, loss, x, y)[0]
    expected = _guessing(loss, n_out)
    said, right = [f"The first loss is {_spread(measured)}"], np.isfinite(measured)
    if expected is None:
        said[0] += f", finite; what {type(loss).__name__} should be at first, only the data can say"
    else:
        named = f"ln {n_out}" if isinstance(loss, SoftmaxCrossEntropy) else f"{n_out} · ln 2"
        near = np.abs(measured - expected) < expected / 4
        right &= near
        said[0] += f", and guessing costs {named} = {expected:.4g}: "
        said[0] += "as it should be" if near.all() else _apart(measured, expected)
    total = None
    if penalty is not None:
        total = measured + penalty(net.theta, net.weights_mask)[0]
        raised = total > measured
        right &= raised
        said.append(f"with the penalty it is {_spread(total)}")
        said[-1] += ", which is higher, as it should be" if raised.all() else (
            ": not higher, so the penalty does nothing"
        )  # fmt: skip
    return InitialLoss(measured, expected, total, right, "; ".join(said) + ".")


@dataclass
class Overfit:
    """Whether a small batch could be learned by heart; arrays for a stack.

    done       ()    True where every example is right
    epochs     ()    how many epochs that took, −1 where it failed
    accuracy   ()    the share that is right at the end
    loss       ()    at the end
    verdict    the sentence
    """

    done: object
    epochs: object
    accuracy: object
    loss: object
    verdict: str

    def __str__(self):
        return self.verdict


def overfit_small_batch(
    net, loss, x, y, optimizer, rng, *, examples=64, batch_size=16, epochs=200
):  # fmt: skip
    """Can the network learn a few examples by heart? If not, something is wired wrongly: `Overfit`.

    Takes `examples` of the data at random, and trains on them in batches until all are right, or
    `epochs` are over. Trains `net` itself: hand it one made for the purpose. No penalty, no
    dropout: both keep a network from doing this. Right means the loss's own `accuracy`, which for
    a regression says little.
    """
    x, y = checked(net, loss, x, y)
    rng = np.random.default_rng(rng)
    some = rng.permutation(len(x))[: count("examples", examples)]
    if count("batch_size", batch_size) > len(some):
        raise ValueError(f"batch_size: {batch_size} is larger than the {len(some)} examples taken")
    history = train(
        net, x[some], y[some], loss=loss, optimizer=optimizer, epochs=epochs,
        batch_size=batch_size, rng=rng, stop=_AllRight(),
    )  # fmt: skip
    accuracy, last = history.accuracy["train"], history.loss["train"][-1]
    right = accuracy >= 1 - 1e-9  # a mean of slices may miss 1 by a rounding
    done = right.any(0)
    took = np.where(done, right.argmax(0), -1)
    if done.all():
        verdict = f"All {len(some)} examples are right after {_spread(took)} epochs"
    else:
        best = accuracy.max(0)[~done]
        verdict = (
            f"After {len(accuracy) - 1} epochs, {_spread(best, '.1%')} of {len(some)} examples are "
            f"right at best, at a loss of {_spread(last[~done])}: look for a bug before training on"
        )
        verdict += f" ({np.sum(~done)} of {done.size} networks)" if done.ndim else ""
    return Overfit(done, took, accuracy[-1], last, verdict + ".")


class _AllRight(Stop):
    """Stops a training run when every network has had every example right."""

    done = False

    def see(self, net, history):
        self.done |= history.accuracy["train"][-1] >= 1 - 1e-9
        return bool(np.all(self.done))


@dataclass
class LayerStatistics:
    """What one layer puts out over a data set; with a stack each number is an array (K,).

    name        the layer
    mean, std   over all examples and units
    zero        the share of outputs that are exactly 0
    saturated   the share within 1% of the activation's range from an end of it (sigmoid below
                0.01 or above 0.99, tanh beyond ±0.98, softmax likewise); 0 for those without ends
    """

    name: str
    mean: object
    std: object
    zero: object
    saturated: object


class LayerTable(list):
    """`LayerStatistics`, one a layer, that print as a table; of a stack it shows the medians."""

    def __str__(self):
        lines = [f"{'layer':<24}{'mean':>10}{'std':>10}{'zero':>8}{'saturated':>11}"]
        for row in self:
            mean, std, zero, saturated = map(
                np.median, (row.mean, row.std, row.zero, row.saturated)
            )
            lines.append(f"{row.name:<24}{mean:>10.3g}{std:>10.3g}{zero:>8.0%}{saturated:>11.0%}")
        return "\n".join(lines)


# The ends between which an activation's output lies.
RANGES = {Sigmoid: (0, 1), Tanh: (-1, 1), Softmax: (0, 1)}


def activation_statistics(net, x):
    """What every layer puts out for the data x (N, n_in): a list of `LayerStatistics`."""
    return LayerTable(
        _statistics(layer, output) for layer, output in zip(net.layers, net.trace(x), strict=True)
    )


def _statistics(layer, output):
    low_end, high_end = _ends(layer, output)
    return LayerStatistics(
        repr(layer),
        output.mean((-2, -1)),
        output.std((-2, -1)),
        (output == 0).mean((-2, -1)),
        (low_end | high_end).mean((-2, -1)),
    )


def _ends(layer, output):
    """Where the output is within 1% of its activation's range from the low end, and the high."""
    low, high = RANGES.get(type(layer), (-np.inf, np.inf))
    margin = 0.01 * (high - low) if high < np.inf else 0
    return output < low + margin, output > high - margin


def dead_units(net, x):
    """Units that are inactive on ALL the data x (N, n_in): {layer's place: mask (n,) or (K, n)}.

    One entry for each ReLU, Sigmoid and Tanh in `net.layers`; True is a dead unit. A ReLU is dead
    when its output is 0 for every example: then no gradient reaches its weights. With plain SGD a
    unit of the first layer stays so for good. One further up may wake when the layers below move,
    and momentum or a penalty moves weights without a gradient. The other two die standing at one
    end of their range, within 1% of it, the same end for every example.
    """
    dead = {}
    for place, (layer, output) in enumerate(zip(net.layers, net.trace(x), strict=True)):
        if isinstance(layer, ReLU):
            dead[place] = (output == 0).all(-2)
        elif isinstance(layer, (Sigmoid, Tanh)):
            low_end, high_end = _ends(layer, output)
            dead[place] = low_end.all(-2) | high_end.all(-2)
    return dead


def _guessing(loss, n_out):
    """What a network that knows nothing pays, or None where that depends on the data."""
    if isinstance(loss, SoftmaxCrossEntropy):
        return math.log(n_out)
    if isinstance(loss, BinaryCrossEntropy):
        return n_out * math.log(2)
    return None


def _apart(measured, expected):
    worst = np.ravel(measured)[np.argmax(np.abs(np.ravel(measured) - expected))]
    if worst > expected:
        return "too high, so the first weights are too large or the inputs not scaled"
    return "too low, so the network knows the answer or the loss is averaged twice"


def _spread(values, form=".4g"):
    """One number as it is, those of a stack from the lowest to the highest."""
    low, high = (format(v, form) for v in (np.min(values), np.max(values)))
    return low if low == high else f"{low} to {high}"
