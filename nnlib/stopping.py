"""Stopping: ending a training run before its last epoch."""

import numpy as np

from .layers import count


class Stop:
    """What `train` asks after every epoch, before the listeners, and calls at the end."""

    def see(self, net, history):
        """After an epoch: True if the run is over."""
        raise NotImplementedError

    def finish(self, net):
        """After the last epoch. Nothing to do, unless something is to be put back."""


class EarlyStopping(Stop):
    """Stop when the watched loss has not improved for `patience` epochs; keep the best weights.

    In a stack every network is judged alone: its best state is kept, and training ends when all
    have run out of patience. `best_epoch` says where each was best; make one object for each run.
    Prechelt (1998).
    """

    def __init__(self, patience, watch="validation"):
        self.patience, self.watch = count("patience", patience), watch
        self.epoch, self.best, self.best_epoch, self.state = 0, None, None, None

    def see(self, net, history):
        """After an epoch: remember what is best so far; True when everybody's patience is over."""
        loss = np.asarray(history.newest(self.watch))
        self.epoch += 1
        if self.state is None:
            self.best, self.best_epoch = np.full(loss.shape, np.inf), np.zeros(loss.shape, int)
            self.state = net.state()
        better = (loss < self.best) & (self.epoch - self.best_epoch <= self.patience)
        self.best = np.where(better, loss, self.best)
        self.best_epoch = np.where(better, self.epoch, self.best_epoch)
        for name, value in net.state().items():
            row = better.reshape(better.shape + (1,) * (value.ndim - better.ndim))
            self.state[name] = np.where(row, value, self.state[name])
        return bool((self.epoch - self.best_epoch >= self.patience).all())

    def finish(self, net):
        """Put the best state back."""
        if self.state is not None:
            net.load_state(self.state)
