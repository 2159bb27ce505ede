"""Data: the truth tables of logic, toy clouds, and handwritten digits.

Every function returns float inputs (N, features) and targets; random ones take a seed.
"""

from importlib import resources

import numpy as np

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])

# The output of each gate at the corners (0,0), (0,1), (1,0), (1,1).
GATES = {
    "AND": (0, 0, 0, 1),
    "OR": (0, 1, 1, 1),
    "NAND": (1, 1, 1, 0),
    "NOR": (1, 0, 0, 0),
    "XOR": (0, 1, 1, 0),
    "XNOR": (1, 0, 0, 1),
}


def gate(name):
    """The four corners (4, 2) and a gate's output at each (4, 1)."""
    if name not in GATES:
        raise ValueError(f"name must be one of {', '.join(GATES)}, got {name!r}")
    return CORNERS.copy(), np.array(GATES[name], float)[:, None]


def xor():
    """The four corners (4, 2) and whether exactly one input is 1 (4, 1)."""
    return gate("XOR")


def digits():
    """8×8 handwritten digits: (x_train, y_train), (x_test, y_test).

    x is (1438, 64) and (359, 64), pixels divided by 16 so that they lie in 0..1; y is the class.
    The split is fixed and keeps the classes' shares. Alpaydin and Kaynak (1998), UCI, CC BY 4.0.
    """
    with resources.files("nnlib").joinpath("digits.npz").open("rb") as file:
        stored = np.load(file, allow_pickle=False)
        x, y = stored["x"] / 16.0, stored["y"].astype(np.int64)
    test = np.zeros(len(y), bool)
    for digit in range(10):  # a fifth of every class, spread over the whole set
        test[np.flatnonzero(y == digit)[2::5]] = True
    return (x[~test], y[~test]), (x[test], y[test])
