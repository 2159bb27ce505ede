"""Wrong input: what is given, which error comes, and the words it must hold.

The words name the argument, what it was, and what was expected.
"""

import re
from types import SimpleNamespace

import numpy as np
import pytest

import nnlib as nn
from nnlib import augment, checkpoint, data, preprocess, schedules
from nnlib.stops import Stops

MSE, BCE, SCE = nn.MeanSquaredError(), nn.BinaryCrossEntropy(), nn.SoftmaxCrossEntropy()
NAN, INF = float("nan"), float("inf")
X, Y = np.linspace(-1, 1, 8).reshape(4, 2), np.array([[0.0], [1.0], [1.0], [0.0]])
CLASSES = np.array([0, 2, 1, 0])


def net(n_out=1, **options):
    return nn.Sequential(nn.Dense(2, 3), nn.Tanh(), nn.Dense(3, n_out), **options)


def passed(network=None, x=X):
    """A network that has made a forward pass."""
    network = network or net()
    network.forward(x)
    return network


def train(x=X, y=Y, network=None, **changed):
    usual = {"loss": BCE, "optimizer": nn.SGD(0.1), "epochs": 1, "batch_size": 2, "rng": 0}
    return nn.train(network or net(), x, y, **(usual | changed))


def changed(array, at, value):
    array = array.copy()
    array[at] = value
    return array


def set_theta(network, values):
    network.theta = values


def stepped(optimizer, theta, grad):
    optimizer.step(theta, grad)
    return optimizer


def id_of(network, history):
    return id(network), id(history)


def draw(fig, lr):
    return f"lr {lr}"


def fails(fig, lr):
    raise KeyError(f"no {lr}")


# What is given, the error, its words.
CASES = {
    # layers
    "no inputs": (lambda: nn.Dense(0, 3), ValueError, "n_in at least 1 0"),
    "negative outputs": (lambda: nn.Dense(3, -2), ValueError, "n_out at least 1 -2"),
    "half a unit": (lambda: nn.Dense(3, 2.5), TypeError, "n_out whole number 2.5"),
    "units in words": (lambda: nn.Dense("3", 2), TypeError, "n_in whole number '3'"),
    "units as yes or no": (lambda: nn.Dense(True, 2), TypeError, "n_in whole number True"),
    "initializer by name": (
        lambda: nn.Dense(3, 2, init="he"), TypeError, "init initializer he_normal 'he'",
    ),
    "initializer without its number": (
        lambda: nn.Dense(3, 2, init=nn.normal), TypeError, "init=normal number normal(0.01)",
    ),
    "initializer of the wrong shape": (
        lambda: nn.Sequential(nn.Dense(3, 2, init=lambda rng, i, o: np.zeros((i, o)))),
        ValueError, "init W (n_out, n_in) (2, 3) (3, 2)",
    ),
    "initializer of the wrong size": (
        lambda: nn.Sequential(nn.Dense(3, 2, init=lambda rng, i, o: 0.5)),
        ValueError, "init W (2, 3) ()",
    ),
    "bias is not a number": (lambda: nn.Dense(3, 2, bias=NAN), ValueError, "bias finite nan"),
    "bias for each output": (lambda: nn.Dense(3, 2, bias=[0, 1]), ValueError, "bias finite [0, 1]"),
    "slope in words": (lambda: nn.LeakyReLU("steep"), ValueError, "slope finite 'steep'"),
    "slope infinite": (lambda: nn.LeakyReLU(INF), ValueError, "slope finite inf"),
    "alpha negative": (lambda: nn.ELU(-1), ValueError, "alpha not be negative -1"),
    "batch norm of nothing": (lambda: nn.BatchNorm(0), ValueError, "n at least 1 0"),
    "batch norm keeping everything": (
        lambda: nn.BatchNorm(3, momentum=1), ValueError, "momentum [0, 1) share kept 1",
    ),
    "batch norm without eps": (lambda: nn.BatchNorm(3, eps=0), ValueError, "eps positive 0"),
    "batch norm trained on one example": (
        lambda: nn.Sequential(nn.BatchNorm(2)).forward(X[:1], train=True),
        ValueError, "BatchNorm at least 2 examples got 1",
    ),
    "batch norm of another width": (
        lambda: nn.Sequential(nn.BatchNorm(3)).forward(X),
        ValueError, "BatchNorm(3) 3 features (4, 2)",
    ),
    "layer norm without eps": (lambda: nn.LayerNorm(3, eps=0), ValueError, "eps positive 0"),
    "layer norm of another width": (
        lambda: nn.Sequential(nn.LayerNorm(3)).forward(X), ValueError, "LayerNorm(3) 3 (4, 2)",
    ),
    "maxout of no pieces": (lambda: nn.Maxout(2, 3, pieces=0), ValueError, "pieces at least 1 0"),
    "maxout's initializer by name": (
        lambda: nn.Maxout(2, 3, init="he"), TypeError, "init initializer 'he'",
    ),
    "maxout of another width": (
        lambda: nn.Sequential(nn.Maxout(3, 1)).forward(X), ValueError, "Maxout(3, 3 (4, 2)",
    ),
    "learned slope that is NaN": (lambda: nn.PReLU(2, slope=NAN), ValueError, "slope finite nan"),
    "dropping everything": (lambda: nn.Dropout(1), ValueError, "p [0, 1) dropped 1"),
    "dropping less than nothing": (lambda: nn.Dropout(-0.1), ValueError, "p [0, 1) -0.1"),
    "dropping in words": (lambda: nn.Dropout("half"), ValueError, "p finite 'half'"),
    # initializers
    "infinite constant": (lambda: nn.constant(INF), ValueError, "value finite inf"),
    "negative std": (lambda: nn.normal(-0.1), ValueError, "std not be negative -0.1"),
    "std in words": (lambda: nn.normal("0.1"), ValueError, "std finite '0.1'"),
    "no std": (lambda: nn.normal(None), ValueError, "std finite None"),
    # networks
    "no layers": (lambda: nn.Sequential(), ValueError, "layers at least one"),
    "a list of layers": (
        lambda: nn.Sequential([nn.Dense(2, 1)]), TypeError, "layers Dense(2, 1) [Dense(2, 1)]",
    ),
    "a layer's class": (lambda: nn.Sequential(nn.ReLU), TypeError, "layers class ReLU"),
    "a function for a layer": (lambda: nn.Sequential(np.tanh), TypeError, "layers ufunc tanh"),
    "layers that do not chain": (
        lambda: nn.Sequential(nn.Dense(2, 3), nn.ReLU(), nn.Dense(4, 1)),
        ValueError, "layers chain Dense(4, 1) takes 4 given 3",
    ),
    "batch norm that does not chain": (
        lambda: nn.Sequential(nn.Dense(2, 3), nn.BatchNorm(2)),
        ValueError, "layers chain BatchNorm(2) takes 2 given 3",
    ),
    "one layer twice": (
        lambda: nn.Sequential(*[nn.Dense(2, 2)] * 2), ValueError, "layers same object twice",
    ),
    "one layer in two networks": (
        lambda: [nn.Sequential(layer) for layer in [nn.Dense(2, 1)] * 2],
        ValueError, "layers Dense(2, 1) another network make one for each",
    ),
    "one activation in two networks": (
        lambda: [nn.Sequential(nn.Dense(2, 1), bend, stack=2) for bend in [nn.ReLU()] * 2],
        ValueError, "layers ReLU() another network",
    ),
    "the layers of a network in another": (
        lambda: nn.Sequential(*net().layers), ValueError, "layers Dense(2, 3) another network",
    ),
    "whole-number network": (lambda: net(dtype=int), TypeError, "dtype float32 float64 int"),
    "no networks in a stack": (lambda: net(stack=0), ValueError, "stack at least 1 0"),
    "part of a network": (lambda: net(stack=1.5), TypeError, "stack whole number 1.5"),
    "too few seeds": (lambda: net(stack=3, rng=[1, 2]), ValueError, "rng 2 seeds 3 networks"),
    "seeds for one network": (lambda: net(rng=[1, 2]), ValueError, "rng 2 seeds 1 networks"),
    "theta too short": (lambda: set_theta(net(), np.zeros(5)), ValueError, "theta (13,) (5,)"),
    "theta of a stack too short": (
        lambda: set_theta(net(stack=2), np.zeros((3, 13))), ValueError, "theta (2, 13) (3, 13)",
    ),
    "a number for theta": (lambda: set_theta(net(), 0.0), ValueError, "theta (13,) ()"),
    "stack of nothing": (lambda: nn.stack([]), ValueError, "networks at least one"),
    "stack of unlike networks": (
        lambda: nn.stack([net(1), net(2)]), ValueError, "networks same layers Dense(3, 2)",
    ),
    "stack of stacks": (
        lambda: nn.stack([net(stack=2), net(stack=2)]), ValueError, "networks single stack=2",
    ),
    "stack of unlike batch norms": (
        lambda: nn.stack([nn.Sequential(nn.BatchNorm(2, momentum=m)) for m in (0.9, 0.8)]),
        ValueError, "networks same layers BatchNorm(2) BatchNorm(2, momentum=0.8)",
    ),
    "stack of unlike eps": (
        lambda: nn.stack([nn.Sequential(nn.LayerNorm(2, eps=eps)) for eps in (1e-5, 1e-3)]),
        ValueError, "networks same layers LayerNorm(2, eps=0.001)",
    ),
    "stack of unlike precision": (
        lambda: nn.stack([net(), net(dtype=np.float32)]),
        ValueError, "networks same float32 float64",
    ),
    "state of another network": (
        lambda: net(1).load_state(net(2).state()), ValueError, "state theta (17,) Dense(3, 1)",
    ),
    "state of a network without batch norm": (
        lambda: nn.Sequential(nn.Dense(2, 3), nn.BatchNorm(3)).load_state({"theta": np.zeros(15)}),
        ValueError, "state theta (15,) BatchNorm(3) keeps",
    ),
    "theta for a state": (
        lambda: net().load_state(np.zeros(13)), TypeError, "state arrays by name state()",
    ),
    # passes
    "one example without its axis": (
        lambda: net().forward(X[0]), ValueError, "x (N, n_in) (2,)",
    ),
    "too many axes": (lambda: net().forward(X[None]), ValueError, "x (N, n_in) (1, 4, 2)"),
    "a stack of another size": (
        lambda: net(stack=3).forward(np.zeros((2, 4, 2))),
        ValueError, "x (N, n_in) (3, N, n_in) (2, 4, 2)",
    ),
    "too many features": (
        lambda: net().forward(np.zeros((4, 5))), ValueError, "Dense(2, 3) 2 features (4, 5)",
    ),
    "no examples": (lambda: net().forward(X[:0]), ValueError, "x no examples"),
    "whole-number images": (
        lambda: net().forward(np.array([[0, 255]])), TypeError, "x floats int64 / 255",
    ),
    "bytes": (
        lambda: net().forward(np.zeros((2, 2), np.uint8)), TypeError, "x floats uint8 / 255",
    ),
    "yes and no": (lambda: net().forward(X > 0), TypeError, "x floats bool"),
    "words": (lambda: net().forward([["a", "b"]]), TypeError, "x floats <U1"),
    "complex numbers": (lambda: net().forward(X * 1j), TypeError, "x floats complex128"),
    "backward before forward": (lambda: net().backward(Y), ValueError, "backward forward first"),
    "trace_back before forward": (
        lambda: net().trace_back(Y), ValueError, "backward forward first",
    ),
    "a slope of another shape": (
        lambda: passed().backward(np.ones((4, 2))), ValueError, "dy output's shape (4, 1) (4, 2)",
    ),
    "a slope without its axis": (
        lambda: passed().backward([1.0, 2.0, 3.0, 4.0]), ValueError, "dy (4, 1) (4,)",
    ),
    "a stack's slope from one network": (
        lambda: passed(net(stack=2)).backward(Y), ValueError, "dy (2, 4, 1) (4, 1)",
    ),
    # losses
    "targets that would stretch": (lambda: MSE(Y, Y[:, 0]), ValueError, "target (4, 1) (4,)"),
    "one target for all": (lambda: BCE(Y, 1.0), ValueError, "target (N, 1) ()"),
    "accuracy of targets that would stretch": (
        lambda: MSE.accuracy(Y, Y[:, 0]), ValueError, "target (4, 1) (4,)",
    ),
    "targets of a stack for one network": (
        lambda: MSE(Y, np.zeros((3, 4, 1))), ValueError, "target (4, 1) (3, 4, 1)",
    ),
    "targets of a stack of another size": (
        lambda: MSE(np.zeros((2, 4, 1)), np.zeros((3, 4, 1))),
        ValueError, "target (2, 4, 1) (3, 4, 1)",
    ),
    "an output without its axis": (
        lambda: MSE(Y[:, 0], Y[:, 0]), ValueError, "output (N, n_out) (4,)",
    ),
    "an output of whole numbers": (
        lambda: SCE(np.array([[2, 1]]), [0]), TypeError, "output floats int64",
    ),
    "class too high": (
        lambda: SCE(np.zeros((4, 2)), CLASSES), ValueError, "classes 0..1 2 outputs 0 to 2",
    ),
    "class below 0": (
        lambda: SCE(np.zeros((2, 3)), np.array([0, -1])), ValueError, "classes 0..2 -1 to 0",
    ),
    "too few classes": (
        lambda: SCE(np.zeros((4, 3)), CLASSES[:3]), ValueError, "target (4, 3) (3, 3)",
    ),
    "classes as a column": (
        lambda: SCE(np.zeros((4, 3)), CLASSES[:, None]), TypeError, "classes (N,) (4, 1)",
    ),
    "one-hot of halves": (
        lambda: nn.one_hot([0.5, 1], 2), TypeError, "classes whole numbers float64",
    ),
    "classes as floats, directly": (
        lambda: SCE(np.zeros((4, 3)), CLASSES * 1.0), TypeError, "classes whole (N,) float64 (4,)",
    ),
    "accuracy of classes as floats": (
        lambda: SCE.accuracy(np.zeros((4, 3)), CLASSES * 1.0),
        TypeError, "classes whole (N,) float64 (4,)",
    ),
    "accuracy of a class too high": (
        lambda: SCE.accuracy(np.zeros((4, 2)), CLASSES), ValueError, "classes 0..1 0 to 2",
    ),
    "yes and no for classes": (
        lambda: SCE(np.zeros((4, 3)), CLASSES > 0), TypeError, "classes whole bool (4,)",
    ),
    "classes for squared error": (
        lambda: MSE(np.zeros((4, 3)), CLASSES), ValueError, "target (4, 3) (4,)",
    ),
    "classes for yes and no": (
        lambda: BCE(np.zeros((4, 3)), CLASSES), ValueError, "target (4, 3) (4,)",
    ),
    "rows of another width, directly": (
        lambda: SCE(np.zeros((4, 3)), np.full((4, 2), 0.5)), ValueError, "target (4, 3) (4, 2)",
    ),
    "classes as floats": (
        lambda: SCE.prepare(CLASSES * 1.0, 3, float), TypeError, "classes whole (N,) float64",
    ),
    "rows that do not sum to 1": (
        lambda: SCE.prepare(np.full((4, 3), 0.5), 3, float), ValueError, "target rows sum to 1",
    ),
    "negative shares": (
        lambda: SCE.prepare([[1.5, -0.5]], 2, float), ValueError, "target rows probabilities",
    ),
    "rows too short": (
        lambda: SCE.prepare([[1.0, 0.0]], 3, float), ValueError, "target (N, 3) (1, 2)",
    ),
    "labels of ±1 for cross-entropy": (
        lambda: BCE.prepare(2 * Y - 1, 1, float), ValueError, "target [0, 1] -1 to 1",
    ),
    "targets without their axis": (
        lambda: BCE.prepare(Y[:, 0], 1, float), ValueError, "target (N, 1) (4,)",
    ),
    "a target that is NaN": (
        lambda: MSE.prepare(changed(Y, 2, NAN), 1, float), ValueError, "target NaN infinity",
    ),
    "an infinite target": (
        lambda: MSE.prepare(changed(Y, 2, INF), 1, float), ValueError, "target NaN infinity",
    ),
    "labels of ±1, directly": (lambda: BCE(Y, 2 * Y - 1), ValueError, "target [0, 1] -1 to 1"),
    "a label of 2 for one output": (
        lambda: BCE(Y, changed(Y, 2, 2.0)), ValueError, "target [0, 1] 0 to 2",
    ),
    "accuracy of labels of ±1": (
        lambda: BCE.accuracy(Y, 2 * Y - 1), ValueError, "target [0, 1] -1 to 1",
    ),
    "rows that do not sum to 1, directly": (
        lambda: SCE(np.zeros((4, 3)), np.full((4, 3), 0.5)), ValueError, "target rows sum to 1",
    ),
    "negative shares, directly": (
        lambda: SCE(np.zeros((1, 2)), [[1.5, -0.5]]), ValueError, "target rows probabilities",
    ),
    "a target that is NaN, for one output": (
        lambda: BCE(Y, changed(Y, 2, NAN)), ValueError, "target NaN infinity",
    ),
    "a row that is NaN": (
        lambda: SCE(np.zeros((1, 2)), [[NAN, 1.0]]), ValueError, "target NaN infinity",
    ),
    "an infinite target, directly": (
        lambda: MSE(Y, changed(Y, 2, INF)), ValueError, "target NaN infinity",
    ),
    "targets in words": (
        lambda: MSE.prepare([["yes"], ["no"]], 1, float), TypeError, "target numbers <U3",
    ),
    # optimizers
    "rate 0": (lambda: nn.SGD(0), ValueError, "lr positive 0"),
    "rate below 0": (lambda: nn.Adam(-0.1), ValueError, "lr positive -0.1"),
    "rate NaN": (lambda: nn.RMSprop(NAN), ValueError, "lr finite nan"),
    "rate infinite": (lambda: nn.Momentum(INF), ValueError, "lr finite inf"),
    "one of the rates is 0": (
        lambda: nn.SGD(np.array([[0.1], [0.0]])), ValueError, "lr positive 0.1 0.",
    ),
    "rate in words": (lambda: nn.SGD("0.1"), TypeError, "lr number schedule 0.1"),
    "no rate": (lambda: nn.SGD(None), TypeError, "lr number None"),
    "rates as a list": (lambda: nn.Nesterov([0.1, 0.2]), ValueError, "lr column (K, 1) (2,)"),
    "rates as a row": (lambda: nn.Adagrad([[0.1, 0.2]]), ValueError, "lr column (K, 1) (1, 2)"),
    "momentum 1": (lambda: nn.Momentum(0.1, 1), ValueError, "momentum [0, 1) 1"),
    "momentum below 0": (lambda: nn.Nesterov(0.1, -0.9), ValueError, "momentum [0, 1) -0.9"),
    "momentum in words": (lambda: nn.Momentum(0.1, "0.9"), ValueError, "momentum finite '0.9'"),
    "gamma above 1": (lambda: nn.RMSprop(0.1, gamma=1.5), ValueError, "gamma [0, 1) 1.5"),
    "beta1 of 1": (lambda: nn.Adam(0.1, beta1=1), ValueError, "beta1 [0, 1) 1"),
    "beta2 NaN": (lambda: nn.Adam(0.1, beta2=NAN), ValueError, "beta2 finite nan"),
    "eps 0": (lambda: nn.Adagrad(0.1, eps=0), ValueError, "eps positive 0"),
    "theta in a list": (
        lambda: nn.SGD(0.1).step([1.0, 2.0], np.ones(2)), TypeError, "theta array floats in place",
    ),
    "theta of whole numbers": (
        lambda: nn.SGD(0.1).step(np.array([1, 2]), np.ones(2)), TypeError, "theta array floats",
    ),
    "gradient of another shape": (
        lambda: nn.SGD(0.1).step(np.ones(3), np.ones(2)), ValueError, "theta (3,) grad (2,)",
    ),
    "gradient of another shape later": (
        lambda: stepped(nn.Adam(0.1), np.ones(3), np.ones(3)).step(np.ones(3), np.ones((1, 3))),
        ValueError, "theta (3,) grad (1, 3)",
    ),
    "one optimizer for two networks": (
        lambda: stepped(nn.Adam(0.1), np.ones(3), np.ones(3)).step(np.ones(2), np.ones(2)),
        ValueError, "theta (2,) optimizer began (3,)",
    ),
    "a column of rates for one network": (
        lambda: nn.SGD([[0.1], [0.2]]).step(np.ones(3), np.ones(3)), ValueError, "lr (2, 1) (3,)",
    ),
    "too few rates": (
        lambda: nn.SGD([[0.1], [0.2]]).step(np.ones((3, 5)), np.ones((3, 5))),
        ValueError, "lr (2, 1) (3, 5)",
    ),
    "clipping to nothing": (
        lambda: nn.clip_by_norm(np.ones(3), 0), ValueError, "clip positive 0",
    ),
    "clipping in words": (
        lambda: nn.clip_by_norm(np.ones(3), "1"), ValueError, "clip finite '1'",
    ),
    "clipping each row to its own": (
        lambda: nn.clip_by_norm(np.ones((2, 3)), [1.0, 2.0]), ValueError, "clip [1.0, 2.0]",
    ),
    # schedules
    "a schedule from 0": (lambda: schedules.cosine(0, 10), ValueError, "lr positive 0"),
    "a schedule in words": (
        lambda: schedules.time_decay("fast", 0.1), TypeError, "lr number fast",
    ),
    "time decay that grows": (
        lambda: schedules.time_decay(0.1, -0.1), ValueError, "decay positive -0.1",
    ),
    "geometric decay by nothing": (
        lambda: schedules.geometric_decay(0.1, 0), ValueError, "decay positive 0",
    ),
    "exponential decay of NaN": (
        lambda: schedules.exponential_decay(0.1, NAN), ValueError, "k finite nan",
    ),
    "step decay that does not": (
        lambda: schedules.step_decay(0.1, 1, 10), ValueError, "factor between 0 and 1 got 1",
    ),
    "step decay in words": (
        lambda: schedules.step_decay(0.1, "half", 10), ValueError, "factor finite 'half'",
    ),
    "step decay every 0 steps": (
        lambda: schedules.step_decay(0.1, 0.5, 0), ValueError, "every positive 0",
    ),
    "cosine over no steps": (lambda: schedules.cosine(0.1, 0), ValueError, "steps positive 0"),
    "cosine that rises": (
        lambda: schedules.cosine([[0.1], [0.3]], 10, low=0.2), ValueError, "low below rate 0.2",
    ),
    "cosine below 0": (
        lambda: schedules.cosine(0.1, 10, -0.1), ValueError, "low at least 0 -0.1",
    ),
    "cosine to a word": (lambda: schedules.cosine(0.1, 10, "0"), ValueError, "low finite '0'"),
    "a triangle upside down": (
        lambda: schedules.triangular(0.3, 0.1, 5), ValueError, "low below high 0.3 0.1",
    ),
    "a triangle of no width": (
        lambda: schedules.triangular(0.1, 0.3, 0), ValueError, "half positive 0",
    ),
    "a plateau that raises the rate": (
        lambda: schedules.reduce_on_plateau(0.1, factor=2), ValueError, "factor between 0 and 1 2",
    ),
    "a plateau without patience": (
        lambda: schedules.reduce_on_plateau(0.1, patience=0), ValueError, "patience at least 1 0",
    ),
    "a plateau of half an epoch": (
        lambda: schedules.reduce_on_plateau(0.1, patience=2.5), TypeError, "patience whole 2.5",
    ),
    # penalties
    "strength in words": (lambda: nn.L2("a"), TypeError, "strength number column a"),
    "no strength": (lambda: nn.L1(None), TypeError, "strength number column None"),
    "strength as yes or no": (lambda: nn.L1(True), TypeError, "strength number True"),
    "strengths as a list": (
        lambda: nn.L2([0.1, 0.2]), ValueError, "strength number column (K, 1) (2,)",
    ),
    "strengths as a row": (
        lambda: nn.ElasticNet([[0.1, 0.2]]), ValueError, "strength column (K, 1) (1, 2)",
    ),
    "strength below 0": (lambda: nn.ProximalL1(-1), ValueError, "strength not negative -1"),
    "strength infinite": (lambda: nn.L2(INF), ValueError, "strength finite inf"),
    "one strength below 0": (
        lambda: nn.L2([[0.1], [-0.1]]), ValueError, "strength not negative -0.1",
    ),
    "share above 1": (lambda: nn.ElasticNet(0.1, 1.5), ValueError, "share [0, 1] L1 1.5"),
    "share in words": (lambda: nn.ElasticNet(0.1, "half"), ValueError, "share finite 'half'"),
    "a column of strengths for one network": (
        lambda: train(penalty=nn.L2([[0.1], [0.2], [0.3]])),
        ValueError, "strength (3, 1) one a row theta (13,)",
    ),
    "too few strengths": (
        lambda: train(network=net(stack=3), penalty=nn.ProximalL1([[0.1], [0.2]])),
        ValueError, "strength (2, 1) one a row theta (3, 13)",
    ),
    "too many strengths for an elastic net": (
        lambda: train(network=net(stack=2), penalty=nn.ElasticNet(np.ones((3, 1)))),
        ValueError, "strength (3, 1) one a row theta (2, 13)",
    ),
    # stopping
    "no patience": (lambda: nn.EarlyStopping(0), ValueError, "patience at least 1 0"),
    "patience in words": (lambda: nn.EarlyStopping("5"), TypeError, "patience whole '5'"),
    "stopping by data that are not watched": (
        lambda: train(stop=nn.EarlyStopping(3)), ValueError, "data set 'validation' watched train",
    ),
    "the newest loss on no data set": (
        lambda: train().newest("test"), ValueError, "data set 'test' watched train",
    ),
    # training
    "NaN in the data": (lambda: train(changed(X, (2, 1), NAN)), ValueError, "x NaN example 2"),
    "infinity in the data": (lambda: train(changed(X, (3, 0), INF)), ValueError, "x infinity 3"),
    "whole-number data": (lambda: train(X.astype(int)), TypeError, "x floats int64"),
    "data without their axis": (
        lambda: train(X[:, 0]), ValueError, "x (examples, features) (4,)",
    ),
    "data with too many axes": (
        lambda: train(X[None], Y[None]), ValueError, "x (examples, features) (1, 4, 2)",
    ),
    "no data": (lambda: train(X[:0], Y[:0]), ValueError, "x no examples"),
    "data of another width": (
        lambda: train(np.zeros((4, 3))), ValueError, "Dense(2, 3) 2 features",
    ),
    "fewer targets than examples": (lambda: train(X, Y[:3]), ValueError, "x 4 targets (3, 1)"),
    "one number for all targets": (lambda: train(X, 1.0), ValueError, "x 4 targets ()"),
    "targets forgotten": (lambda: train(X, None), ValueError, "x 4 targets ()"),
    "targets without their axis in training": (
        lambda: train(X, Y[:, 0]), ValueError, "target (N, 1) (4,)",
    ),
    "labels out of range": (
        lambda: train(X, CLASSES + 1, net(3), loss=SCE), ValueError, "classes 0..2 1 to 3",
    ),
    "NaN in watched data": (
        lambda: train(watch={"test": (changed(X, 1, NAN), Y)}), ValueError, "test NaN example 1",
    ),
    "watched targets too few": (
        lambda: train(watch={"test": (X, Y[:2])}), ValueError, "test 4 targets (2, 1)",
    ),
    "watched data without a name": (
        lambda: train(watch=[(X, Y)]), TypeError, 'watch named data sets {"test": (x, y)} array',
    ),
    "watched data without targets": (
        lambda: train(watch={"test": X}), TypeError, "watch['test'] two arrays (x, y) array",
    ),
    "watched data in three": (
        lambda: train(watch={"test": (X, Y, Y)}), TypeError, "watch['test'] two arrays (x, y)",
    ),
    "a penalty's class": (lambda: train(penalty=nn.L2), TypeError, "penalty object L2(0.001) L2"),
    "a number for a penalty": (lambda: train(penalty=0.1), TypeError, "penalty object L2 0.1"),
    "no penalty as 0": (lambda: train(penalty=0), TypeError, "penalty object L2 0"),
    "patience for stop": (lambda: train(stop=5), TypeError, "stop object EarlyStopping(5) 5"),
    "stop's class": (lambda: train(stop=nn.EarlyStopping), TypeError, "stop object EarlyStopping"),
    "clipping to 0 in training": (lambda: train(clip=0), ValueError, "clip positive 0"),
    "clipping below 0": (lambda: train(clip=-1.0), ValueError, "clip positive -1.0"),
    "clipping to NaN": (lambda: train(clip=NAN), ValueError, "clip finite nan"),
    "on_epoch as a number": (lambda: train(on_epoch=5), TypeError, "on_epoch function net epoch 5"),
    "one listener without its list": (
        lambda: train(listeners=print), TypeError, "listeners functions (net, history) print",
    ),
    "listeners that cannot hear": (
        lambda: train(listeners=[0.5]), TypeError, "listeners functions (net, history) 0.5",
    ),
    "a batch larger than the data": (
        lambda: train(batch_size=5), ValueError, "batch 5 larger 4 examples",
    ),
    "a batch of none": (lambda: train(batch_size=0), ValueError, "size at least 1 0"),
    "half a batch": (lambda: train(batch_size=2.0), TypeError, "size whole number 2.0"),
    "no epochs": (lambda: train(epochs=0), ValueError, "epochs at least 1 0"),
    "half an epoch": (lambda: train(epochs=1.5), TypeError, "epochs whole number 1.5"),
    "a loss's class": (
        lambda: train(loss=nn.BinaryCrossEntropy), TypeError, "loss object BinaryCrossEntropy",
    ),
    "a look-alike of a loss": (
        lambda: train(loss=SimpleNamespace(prepare=BCE.prepare)), TypeError, "loss kind Loss",
    ),
    "a loss by name": (lambda: train(loss="mse"), TypeError, "loss object 'mse'"),
    "an optimizer's class": (
        lambda: train(optimizer=nn.Adam), TypeError, "optimizer object SGD(0.1) Adam",
    ),
    "an optimizer by name": (lambda: train(optimizer="adam"), TypeError, "optimizer 'adam'"),
    "rates for a stack of another size": (
        lambda: train(network=net(stack=3), optimizer=nn.SGD([[0.1], [0.2]])),
        ValueError, "lr (2, 1) (3, 13)",
    ),
    "batches of unlike data": (
        lambda: nn.minibatches(X, Y[:3], 2, 0), ValueError, "x 4 examples y 3",
    ),
    "batches larger than the data": (
        lambda: nn.minibatches(X, Y, 9, 0), ValueError, "size 9 larger 4 examples",
    ),
    "batches of less than nothing": (
        lambda: nn.minibatches(X, Y, -1, 0), ValueError, "size at least 1 -1",
    ),
    "evaluating nothing": (
        lambda: nn.evaluate(net(), BCE, X[:0], Y[:0]), ValueError, "x no examples",
    ),
    "evaluating with too many targets": (
        lambda: nn.evaluate(net(), BCE, X[:2], Y, size=1), ValueError, "x 2 examples y 4",
    ),
    "evaluating slices of nothing": (
        lambda: nn.evaluate(net(), BCE, X, Y, size=0), ValueError, "size at least 1 0",
    ),
    # checking
    "differences in single precision": (
        lambda: nn.gradient_check(net(dtype=np.float32), BCE, X, Y),
        TypeError, "theta float64 float32",
    ),
    "a check with labels out of range": (
        lambda: nn.gradient_check(net(2), SCE, X, CLASSES), ValueError, "classes 0..1 0 to 2",
    ),
    # data
    "a gate that is none": (
        lambda: data.gate("MAYBE"), ValueError, "name AND, OR, NAND, NOR, XOR, XNOR 'MAYBE'",
    ),
    # explorers
    "no controls": (lambda: nn.explore(draw), ValueError, "explore one control show(draw)"),
    "no stops": (lambda: nn.explore(draw, lr=[]), ValueError, "lr at least one stop none"),
    "a number for stops": (lambda: nn.explore(draw, lr=0.1), TypeError, "lr list of stops 0.1"),
    "a word for stops": (lambda: nn.explore(draw, lr="low"), TypeError, "lr list of stops 'low'"),
    "nothing for stops": (lambda: nn.explore(draw, lr=None), TypeError, "lr list of stops None"),
    "stops that look the same": (
        lambda: nn.explore(draw, lr=[0.1, 0.10000001]), ValueError, "lr differ 0.1, 0.1",
    ),
    "the same stop twice": (lambda: nn.explore(draw, lr=[1, 2, 1]), ValueError, "lr differ 1, 2,"),
    "a control that draw does not take": (
        lambda: nn.explore(draw, lr=[1], speed=[1, 2]), TypeError, "draw 'speed' takes lr",
    ),
    "a control for a draw that takes none": (
        lambda: nn.explore(lambda fig: "Empty.", lr=[1]), TypeError, "draw 'lr' fig alone",
    ),
    "a control that is missing": (
        lambda: nn.explore(lambda fig, lr, seed: "x", lr=[1]), TypeError, "draw needs 'seed'",
    ),
    "a control called fig": (lambda: nn.explore(draw, fig=[1], lr=[1]), TypeError, "draw 'fig'"),
    "a draw without a figure": (
        lambda: nn.explore(lambda lr: "x", lr=[1]), TypeError, "draw figure first draw(fig, ...)",
    ),
    "a draw that is no function": (
        lambda: nn.explore("picture", lr=[1]), TypeError, "draw function 'picture'",
    ),
    "more than 400 combinations": (
        lambda: nn.explore(lambda fig, lr, seed: "x", lr=range(21), seed=range(20)),
        ValueError, "21 lr × 20 seed = 420 combinations 400 fewer",
    ),
    "401 combinations": (lambda: nn.explore(draw, lr=range(401)), ValueError, "401 lr 400"),
    "a draw that raises": (
        lambda: nn.explore(fails, lr=[0.5, 1]), RuntimeError, "draw(lr=0.5) failed KeyError no 0.5",
    ),
    "a draw that returns nothing": (
        lambda: nn.explore(lambda fig, lr: None, lr=[1]), TypeError, "draw sentence None",
    ),
    "a draw that returns its figure": (
        lambda: nn.explore(lambda fig, lr: fig, lr=[1]), TypeError, "draw sentence Figure",
    ),
    "a draw that returns blanks": (
        lambda: nn.explore(lambda fig, lr: "  ", lr=[1]), TypeError, "draw sentence '  '",
    ),
    "showing a draw that takes controls": (lambda: nn.show(draw), TypeError, "draw needs 'lr'"),
    "showing a draw that raises": (
        lambda: nn.show(lambda fig: fig.no_such_thing), RuntimeError, "draw failed AttributeError",
    ),
    "a start that is no stop": (
        lambda: Stops([1, 2], start=3), ValueError, "start one of 1, 2 3",
    ),
    "playing a number": (lambda: nn.play(10), TypeError, "values list of stops 10"),
    "playing nothing": (lambda: nn.play([]), ValueError, "values at least one stop none"),
    "logarithmic stops from 0": (lambda: nn.log_stops(0, 1, 5), ValueError, "low high 0 < low 0 1"),
    "logarithmic stops downward": (lambda: nn.log_stops(10, 1, 5), ValueError, "low < high 10 1"),
    "logarithmic stops to infinity": (lambda: nn.log_stops(1, INF, 5), ValueError, "high inf"),
    "logarithmic stops too near": (lambda: nn.log_stops(1, 1.1, 9), ValueError, "values differ"),
    "linear stops downward": (lambda: nn.linear_stops(1, 0, 5), ValueError, "low < high 1 0"),
    "linear stops from NaN": (lambda: nn.linear_stops(NAN, 0, 5), ValueError, "low < high nan"),
    "no linear stops": (lambda: nn.linear_stops(0, 1, 0), ValueError, "n at least 1 0"),
    "half a stop": (lambda: nn.log_stops(1, 10, 2.5), TypeError, "n whole number 2.5"),
    # clouds of points
    "fewer points than classes": (lambda: data.blobs(2), ValueError, "n 3 classes 2"),
    "half a point": (lambda: data.moons(2.5), TypeError, "n whole number 2.5"),
    "negative noise": (lambda: data.rings(9, -0.1), ValueError, "noise not be negative -0.1"),
    "noise in words": (lambda: data.spirals(9, "much"), ValueError, "noise finite 'much'"),
    "no arms": (lambda: data.spirals(9, classes=0), ValueError, "classes at least 1 0"),
    # preprocessing
    "transform before fit": (
        lambda: preprocess.Standardize().transform(X),
        ValueError, "Standardize() training data fit(x_train)",
    ),
    "other features than fitted": (
        lambda: preprocess.MinMax().fit(X).transform(X[:, :1]), ValueError, "2 features x 1",
    ),
    "a mean image of NaN": (
        lambda: preprocess.MeanImage().fit(changed(X, 3, NAN)), ValueError, "x NaN example 3",
    ),
    "a mean image of bytes": (
        lambda: preprocess.MeanImage().fit(np.zeros((2, 2), np.uint8)),
        TypeError, "x floats uint8 / 255",
    ),
    "channels that do not divide": (
        lambda: preprocess.ChannelMean(3).fit(X), ValueError, "channels 2 features 3 equal parts",
    ),
    "scaling twice": (
        lambda: preprocess.Scale(255).transform(X), TypeError, "x whole numbers 255 float64",
    ),
    "scaling by too little": (
        lambda: preprocess.Scale(16).transform(np.array([[0, 255]])), ValueError, "x 16 0 to 255",
    ),
    # augmentation
    "images of another size": (
        lambda: augment.shift(X, (3, 3), 1, 0), ValueError, "x (N, 9) (3, 3) (4, 2)",
    ),
    "a number for a size": (lambda: augment.rotate(X, 2, 9, 0), TypeError, "size pair (h, w) 2"),
    "shifting by part of a pixel": (
        lambda: augment.shift(X, (1, 2), 0.5, 0), TypeError, "most whole number 0.5",
    ),
    "turning less than nothing": (
        lambda: augment.rotate(X, (1, 2), -9, 0), ValueError, "most not be negative -9",
    ),
    "noise on bytes": (
        lambda: augment.add_noise(np.zeros((2, 2), np.uint8), 1, 0), TypeError, "x floats uint8",
    ),
    # checkpoints
    "a checkpoint that is none": (
        lambda: checkpoint.load(__file__, net()), ValueError, "foreign checkpoint nnlib",
    ),
    "saving a seed": (
        lambda: checkpoint.save("never.npz", net(), rng=3), TypeError, "rng Generator 3",
    ),
    "saving an optimizer's class": (
        lambda: checkpoint.save("never.npz", net(), nn.Adam), TypeError, "optimizer Optimizer Adam",
    ),
    "saving a word": (
        lambda: checkpoint.save("never.npz", net(), epoch="one"), TypeError, "epoch number 'one'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_wrong_input_is_named(name):
    """The right kind of error, with every one of its words."""
    make, kind, words = CASES[name]
    with pytest.raises((TypeError, ValueError, RuntimeError)) as caught:
        make()
    said = str(caught.value)
    assert type(caught.value) is kind
    missing = [w for w in words.split() if not re.search(rf"(?<!\w){re.escape(w)}(?!\w)", said)]
    assert not missing, said


def test_right_input_is_not():
    """What the cases above change does work unchanged: none fails for another reason."""
    assert not train().diverged
    assert not train(network=net(stack=2), optimizer=nn.SGD([[0.1], [0.2]])).diverged.any()
    assert not train(
        network=net(stack=2), penalty=nn.ElasticNet([[0.1], [0.2]]), clip=1, on_epoch=print,
        stop=nn.EarlyStopping(3, watch="test"), watch={"test": (X, Y)}, listeners=[id_of],
    ).diverged.any()  # fmt: skip
    nn.stack([net(), net()]).load_state(net(stack=2).state())
    assert not train(X, CLASSES, net(3), loss=SCE, watch={"test": (X, CLASSES)}).diverged
    passed().backward(np.ones((4, 1)))
    passed(net(stack=3), np.zeros((3, 4, 2))).trace_back(np.zeros((3, 4, 1)))
    assert len(list(nn.minibatches(X, Y, 2, 0))) == 2
    assert nn.gradient_check(net(3), SCE, X, CLASSES) < 1e-6
    assert nn.explore(draw, lr=range(400)).says == "lr 0"
    set_theta(net(), np.zeros(13))


def test_a_failed_pass_leaves_the_network_usable():
    """After a wrong batch the next right one works, and backward still wants its own forward."""
    network = passed()
    expected = network.forward(X)
    with pytest.raises(ValueError, match="features"):
        network.forward(np.zeros((4, 5)))
    with pytest.raises(ValueError, match="forward pass first"):
        network.backward(Y)
    assert np.array_equal(network.forward(X), expected)


def test_a_failed_training_has_not_moved_the_network():
    network = net()
    theta = network.theta.copy()
    for wrong in (
        {"x": changed(X, 0, NAN)},
        {"batch_size": 5},
        {"loss": type(BCE)},
        {"penalty": nn.L2([[0.1], [0.2]])},
        {"stop": nn.EarlyStopping(3)},
        {"clip": 0},
        {"watch": [X]},
    ):
        with pytest.raises((TypeError, ValueError), match=r"NaN|batch|loss|strength|watch|clip"):
            train(network=network, **wrong)
        assert np.array_equal(network.theta, theta)
