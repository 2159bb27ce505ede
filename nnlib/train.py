"""Training: batches, steps, and a record of what happened."""

import numpy as np

from .layers import count
from .losses import Loss
from .network import as_floats
from .optimizers import Optimizer, clip_by_norm
from .penalties import Penalty
from .schedules import reduce_on_plateau
from .stopping import EarlyStopping, Stop


class History:
    """What a training run looked like, as arrays; a stack of K networks adds an axis K.

    step_loss        (steps,)       the batch's loss before each step, penalty included
    loss[name]       (epochs + 1,)  the loss on each watched data set, from before the first epoch
    accuracy[name]   (epochs + 1,)  the share it gets right there
    """

    def __init__(self):
        self.step_loss, self.loss, self.accuracy = [], {}, {}

    @property
    def diverged(self):
        """True where a loss stopped being a finite number; one answer for each network."""
        losses = [self.step_loss, *self.loss.values()]
        return ~np.all([np.isfinite(each).all(axis=0) for each in losses], axis=0)

    def newest(self, name):
        """The last loss on a watched data set."""
        if name not in self.loss:
            raise ValueError(f"no data set {name!r} is watched; there are: {', '.join(self.loss)}")
        return self.loss[name][-1]

    def row(self, k):
        """The record of network k of a stack, alone."""
        one = History()
        one.step_loss = self.step_loss[:, k]
        one.loss = {name: values[:, k] for name, values in self.loss.items()}
        one.accuracy = {name: values[:, k] for name, values in self.accuracy.items()}
        return one

    def _watch(self, name, loss, accuracy):
        self.loss.setdefault(name, []).append(loss)
        self.accuracy.setdefault(name, []).append(accuracy)

    def _close(self):
        self.step_loss = np.array(self.step_loss)
        for table in (self.loss, self.accuracy):
            table.update({name: np.array(values) for name, values in table.items()})
        return self


@np.errstate(over="ignore", invalid="ignore", divide="ignore")
def train(
    net, x, y, *, loss, optimizer, epochs, batch_size, rng,
    watch=None, penalty=None, clip=None, stop=None, on_epoch=None, listeners=(),
):  # fmt: skip
    """Minibatch gradient descent: moves `net.theta` and returns the History.

    x, y       inputs (N, n_in) as floats, targets as the loss takes them
    rng        a seed or a Generator: the order of the examples
    watch      named data sets {"test": (x, y)} to evaluate before the first epoch and after each;
               the training data are watched as "train" unless you name your own
    penalty    L1, L2, …, added to the loss of every step
    clip       the largest norm a gradient may have; longer ones are shortened to it
    stop       EarlyStopping
    on_epoch   called as on_epoch(net, epoch) when the data sets are evaluated, epoch 0 at the start
    listeners  called as listener(net, history) after every epoch, when `stop` has seen it

    An optimizer's reduce_on_plateau is told of the losses, before the listeners.
    Divergence is not an error: losses turn to inf or NaN and `History.diverged` says so.
    """
    count("epochs", epochs)
    made("loss", loss, Loss, "SoftmaxCrossEntropy()")
    made("optimizer", optimizer, Optimizer, "SGD(0.1)")
    if penalty is not None:
        made("penalty", penalty, Penalty, "L2(0.001)")
    if stop is not None:
        made("stop", stop, Stop, "EarlyStopping(5)")
    if on_epoch is not None and not callable(on_epoch):
        raise TypeError(f"on_epoch must be a function of (net, epoch), got {on_epoch!r}")
    if not isinstance(listeners, (tuple, list)) or not all(map(callable, listeners)):
        raise TypeError(f"listeners must be [functions of (net, history)], got {listeners!r}")
    if isinstance(optimizer.lr, reduce_on_plateau):
        if optimizer.lr.listen in listeners:
            raise ValueError("listeners must not hold the listen of lr: train itself calls it")
        listeners = [optimizer.lr.listen, *listeners]
    x, y = checked(net, loss, x, y)
    watch = {"train": (x, y)} if watch is None else pairs("watch", watch)
    watched = {name: checked(net, loss, *pair, name=name) for name, pair in watch.items()}
    rng, history, mask = np.random.default_rng(rng), History(), net.weights_mask

    def look(epoch):
        for name, pair in watched.items():
            history._watch(name, *evaluate(net, loss, *pair))
        if on_epoch is not None:
            on_epoch(net, epoch)

    look(0)
    for watcher in (stop, optimizer.lr):
        if isinstance(watcher, (EarlyStopping, reduce_on_plateau)):
            history.newest(watcher.watch)  # if it is not there, say so now
    for epoch in range(1, epochs + 1):
        for batch_x, batch_y in minibatches(x, y, batch_size, rng):
            output = net.forward(batch_x, train=True)
            value, dy = loss(output, batch_y)
            net.backward(dy)
            if penalty is not None:
                extra, gradient = penalty(net.theta, mask)
                value = value + extra
                net.grad += gradient
            if clip is not None:
                clip_by_norm(net.grad, clip)
            optimizer.step(net.theta, net.grad)
            if penalty is not None:
                penalty.shrink(net.theta, mask, optimizer.rate(optimizer.t))
            history.step_loss.append(value)
        look(epoch)
        over = stop is not None and stop.see(net, history)
        for listener in listeners:
            listener(net, history)
        if over:
            break
    if stop is not None:
        stop.finish(net)
    return history._close()


class Snapshots(dict):
    """θ at chosen epochs: pass it as `on_epoch`; then snapshots[epoch] is a copy of θ."""

    def __init__(self, epochs):
        super().__init__()
        self.epochs = frozenset(epochs)

    def __call__(self, net, epoch):
        if epoch in self.epochs:
            self[epoch] = net.theta.copy()


def minibatches(x, y, size, rng, shuffle=True):
    """The data in batches of `size` (the last may be smaller): each example once, in new order."""
    x, y = np.asarray(x), np.asanyarray(y)  # a Target stays one, and is not checked again
    n = len(x)
    if len(y) != n:
        raise ValueError(f"x holds {n} examples, y holds {len(y)}")
    if count("size", size) > n:
        raise ValueError(f"size: a batch of {size} is larger than the data, {n} examples")
    order = np.random.default_rng(rng).permutation(n) if shuffle else np.arange(n)
    batches = (order[start : start + size] for start in range(0, n, size))
    return ((x[batch], y[batch]) for batch in batches)


def evaluate(net, loss, x, y, size=1024):
    """(mean loss, accuracy) over a data set, in testing mode, a slice at a time to save memory."""
    if len(x) == 0:
        raise ValueError("x holds no examples")
    if len(x) != len(y):
        raise ValueError(f"x holds {len(x)} examples, y holds {len(y)}")
    size = count("size", size)
    value, right = 0.0, 0.0
    for start in range(0, len(x), size):
        part = slice(start, start + size)
        output, weight = net.forward(x[part]), len(x[part]) / len(x)
        value = value + weight * loss(output, y[part])[0]
        right = right + weight * loss.accuracy(output, y[part])
    return value, right


def checked(net, loss, x, y, name="x"):
    """Inputs and targets as arrays ready for training, or an error that says what is wrong."""
    x = as_floats(name, x, net.dtype)
    if x.ndim != 2:
        raise ValueError(f"{name} must be (examples, features), got shape {x.shape}")
    if not np.isfinite(x).all():
        raise ValueError(f"{name} holds NaN or infinity, in example {bad_row(x)} first")
    if np.shape(y)[:1] != (len(x),):
        raise ValueError(f"{name} holds {len(x)} examples, its targets have shape {np.shape(y)}")
    n_out = net.forward(x[:1]).shape[-1]
    return x, loss.prepare(y, n_out, net.dtype)


def pairs(name, value):
    """Named data sets, each two arrays, or an error that says what was given instead."""
    if not isinstance(value, dict):
        raise TypeError(f'{name} must be named data sets such as {{"test": (x, y)}}, got {value!r}')
    for key, pair in value.items():
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise TypeError(f"{name}[{key!r}] must be two arrays (x, y), got {pair!r}")
    return value


def made(name, value, kind, example):
    """A loss or an optimizer: made, not its class, and not its name."""
    if not isinstance(value, kind):
        raise TypeError(
            f"{name} must be an object of the kind {kind.__name__}, such as {example}, "
            f"got {value!r}"
        )


def bad_row(x):
    """The first example that is not all finite numbers."""
    return int(np.argmin(np.isfinite(x).all(-1)))
