"""nnlib, step by step as its `train` does it."""

import numpy as np
from works import LR, answer

import nnlib as nn

ACTIVATIONS = {"tanh": nn.Tanh, "relu": nn.ReLU, "sigmoid": nn.Sigmoid}


def network(work, dropped):
    layers = []
    for n_in, n_out in work.pairs:
        layers.append(nn.Dense(n_in, n_out))
        layers += [nn.BatchNorm(n_out)] if work.norm else []
        layers.append(ACTIVATIONS[work.activation]())
        layers += [nn.Dropout(dropped)] if work.norm else []
    last = 3 if work.norm else 1  # nothing follows the last sums
    net = nn.Sequential(*layers[:-last], dtype=np.float32, stack=work.stack)
    dense = [layer for layer in net.layers if isinstance(layer, nn.Dense)]
    for layer, (W, b) in zip(dense, work.start(), strict=True):
        layer.W[...], layer.b[...] = W, b
    return net


def make(work, variant, dropped):
    net = network(work, dropped)
    loss = nn.BinaryCrossEntropy() if work.binary else nn.SoftmaxCrossEntropy()
    optimizer = nn.Adam(LR) if work.optimizer == "Adam" else nn.SGD(LR)
    x, _ = work.data()
    y = loss.prepare(work.targets(), work.widths[-1], net.dtype)

    def run(steps):
        for _ in range(steps):
            output = net.forward(x, train=True)
            value, dy = loss(output, y)
            net.backward(dy)
            optimizer.step(net.theta, net.grad)
        return value

    return run


if __name__ == "__main__":
    answer(make)
