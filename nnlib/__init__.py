"""nnlib: a small neural-network engine to read, in NumPy. The files, in reading order:

layers, activations, network   what a network is
losses                         what it should become
initializers                   where it starts
optimizers, schedules          how it moves
train, stopping, check         moving it, when to stop, and making sure
diagnostics, diagnose          what to look at, and what is wrong
search                         trying many settings
normalization, dropout         keeping it in range, and off its crutches
penalties                      what large weights cost
data                           what it learns from
preprocess, augment            the same, brought into range, and more of it
checkpoint                     stopping today and going on tomorrow
explore, stops                 looking at it, with sliders
clinic, remarks                its curves, to be diagnosed by the reader
"""

from . import augment, checkpoint, data, preprocess, schedules
from .activations import (
    ELU,
    Identity,
    LeakyReLU,
    PReLU,
    ReLU,
    Sigmoid,
    Softmax,
    Step,
    Tanh,
    sigmoid,
)
from .check import gradient_check, numerical_gradient
from .clinic import Case, clinic
from .diagnose import Diagnosis, diagnose
from .diagnostics import (
    activation_statistics,
    check_initial_loss,
    dead_units,
    overfit_small_batch,
)
from .dropout import Dropout
from .explore import explore, show
from .initializers import (
    constant,
    glorot_normal,
    glorot_uniform,
    he_normal,
    he_uniform,
    normal,
    xavier_normal,
    xavier_uniform,
)
from .layers import Dense, Layer, Maxout
from .losses import BinaryCrossEntropy, MeanSquaredError, SoftmaxCrossEntropy, one_hot
from .network import Sequential, stack
from .normalization import BatchNorm, LayerNorm
from .optimizers import SGD, Adagrad, Adam, Momentum, Nesterov, RMSprop, clip_by_norm
from .penalties import L1, L2, ElasticNet, ProximalL1
from .quiz import predict, quiz
from .search import choice, grid_search, log_uniform, random_search, uniform
from .stopping import EarlyStopping
from .stops import Stops, linear_stops, log_stops, play
from .train import History, Snapshots, evaluate, minibatches, train

__version__ = "0.1.0"
