"""Chapter 7: by NumPy's eigenvalues, through the engine, and by counting."""

import numpy as np

from nnlib import preprocess


def condition(s, rho):
    """The condition number of the matrix itself."""
    return np.linalg.cond(np.array([[1, rho * s], [rho * s, s**2]]))


def standardized(x_train, x):
    """The engine's own."""
    return preprocess.Standardize().fit(x_train).transform(x)


def compared(r1, r2):
    """By counting: b pictures that only the first gets right, c that only the second does."""
    n = len(r1)
    b = sum(1 for one, two in zip(r1, r2, strict=True) if one > two)
    c = sum(1 for one, two in zip(r1, r2, strict=True) if two > one)
    return (b - c) / n, np.sqrt((b + c) - (b - c) ** 2 / n) / n


ORACLES = {"07.1": condition, "07.2": standardized, "07.3": compared}
