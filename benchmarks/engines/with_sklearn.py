"""scikit-learn: MLPClassifier.partial_fit, which checks its data once for all steps of a chunk."""

from functools import cache

import numpy as np
from sklearn.neural_network import MLPClassifier
from works import LR, answer

ACTIVATIONS = {"tanh": "tanh", "relu": "relu", "sigmoid": "logistic"}


def make(work, variant, dropped):
    x, y = work.data()
    classes = range(max(2, work.widths[-1]))
    net = MLPClassifier(
        work.widths[1:-1], ACTIVATIONS[work.activation], solver=work.optimizer.lower(), alpha=0,
        batch_size=work.batch, learning_rate_init=LR, momentum=0, nesterovs_momentum=False,
        shuffle=False,
    )  # fmt: skip
    net.partial_fit(x, y, classes=classes)  # makes the arrays, which now begin anew
    del net._optimizer
    for kept_W, kept_b, (W, b) in zip(net.coefs_, net.intercepts_, work.start(), strict=True):
        kept_W[...], kept_b[...] = W.T, b[0]

    @cache
    def copies(steps):
        return np.tile(x, (steps, 1)), np.tile(y, steps)

    def run(steps):
        net.partial_fit(*copies(steps))  # one pass over the copies, unshuffled: a step each
        return net.loss_

    return run


if __name__ == "__main__":
    answer(make)
