"""Chapter 7, Data."""

import numpy as np

from .exercise import exercise


@exercise("07.1")
def condition(s, rho):
    """Condition number of H for two centered inputs of deviations 1 and s and correlation rho."""
    return _ratio(1 + s**2, s**2 * (1 - rho**2))


def _ratio(trace, determinant):
    root = np.sqrt(trace**2 - 4 * determinant)
    return (trace + root) / (trace - root)


@condition.inputs
def _(rng):
    return float(rng.uniform(1.5, 4)), float(rng.uniform(0.3, 0.8) * rng.choice([-1, 1]))


@condition.mistake(
    "You put the correlation where the covariance belongs: beside the diagonal stands ρ s."
)
def _(s, rho):
    return _ratio(1 + s**2, s**2 - rho**2)


@condition.mistake("That is κ for equal widths. Here the second input has the deviation s.")
def _(s, rho):
    return (1 + abs(rho)) / (1 - abs(rho))


@condition.mistake("That is κ without correlation.")
def _(s, rho):
    return s**2


@condition.mistake("On the diagonal stand variances, 1 and s². You put the deviation s there.")
def _(s, rho):
    return _ratio(1 + s, s * (1 - rho**2))


@condition.mistake("That is the ratio of the singular values of X. Of H it is the square.")
def _(s, rho):
    return np.sqrt(condition.answer(s, rho))


@condition.mistake("You return the largest eigenvalue. κ is its ratio to the smallest.")
def _(s, rho):
    trace = 1 + s**2
    return (trace + np.sqrt(trace**2 - 4 * s**2 * (1 - rho**2))) / 2


@condition.mistake("That is the smallest over the largest. Turn it over.")
def _(s, rho):
    return 1 / condition.answer(s, rho)


@condition.mistake(
    "κ = λ₊²/determinant, and you divided by s², the determinant of one input with its bias."
)
def _(s, rho):
    trace = 1 + s**2
    return ((trace + np.sqrt(trace**2 - 4 * s**2 * (1 - rho**2))) / 2) ** 2 / s**2


@exercise("07.2", batch="x")
def standardized(x_train, x):
    """x (N, n) with the mean and deviation of x_train (N_train, n), column by column.

    A column that is constant in x_train is divided by 1.
    """
    return _standardized(x_train, x)


def _standardized(x_train, x, mean_of=None, std_of=None, guard=1.0):
    mean_of = x_train if mean_of is None else mean_of
    std = (x_train if std_of is None else std_of).std(axis=0)
    return (x - mean_of.mean(axis=0)) / np.where(std == 0, guard, std)


@standardized.inputs
def _(rng):
    n, n_train = int(rng.integers(4, 8)), int(rng.integers(10, 15))
    wide, middle = rng.uniform(0.5, 5, size=4), rng.normal(size=4)
    x_train = rng.normal(size=(n_train, 4)) * wide + middle
    x_train[:, 2] = 2.0  # a column that never changes, in training
    return x_train, rng.normal(size=(n, 4)) * wide + middle


@standardized.mistake(
    "Each column comes out centered on 0, whatever data come in. Which mean did the network get to "
    "know?"
)
def _(x_train, x):  # the planted one
    return _standardized(x_train, x, mean_of=x)


@standardized.mistake(
    "Now mean and deviation are both those of x. A single picture would be blank: the network's "
    "own are asked for."
)
def _(x_train, x):
    return _standardized(x_train, x, mean_of=x, std_of=x)


@standardized.mistake("The mean is right, and the deviation was: it is the training data's, too.")
def _(x_train, x):
    return _standardized(x_train, x, std_of=x)


@standardized.mistake("You put both sets together. That is a look ahead: fit on the training data.")
def _(x_train, x):
    both = np.concatenate([x_train, x])
    return _standardized(x_train, x, mean_of=both, std_of=both)


@standardized.mistake("You subtract one number from all columns. Each has a mean of its own.")
def _(x_train, x):
    return _standardized(x_train, x, mean_of=np.full((1, x.shape[1]), x_train.mean()))


@standardized.mistake("You forgot the mean: it is only divided.")
def _(x_train, x):
    return _standardized(x_train, x, mean_of=0 * x_train)


@standardized.mistake("You return the training data. x is what is to be prepared.")
def _(x_train, x):
    return _standardized(x_train, x_train)[: len(x)]


@standardized.mistake("A constant column should be divided by 1, not lose all it has.")
def _(x_train, x):
    return _standardized(x_train, x, guard=np.inf)


@exercise("07.3", batch="r1 r2")
def compared(r1, r2):
    """(accuracy 1 − accuracy 2, its standard error) on the same pictures; r (N,) is 1 if right."""
    d = r1 - r2
    return d.mean(), d.std() / np.sqrt(len(d))


@compared.inputs
def _(rng):
    n = int(rng.integers(40, 80))
    hard = rng.random(n) < 0.3  # both stumble over these
    r1, r2 = (np.where(rng.random(n) < np.where(hard, 0.3, 0.95), 1.0, 0.0) for _ in range(2))
    r1[:4], r2[:4] = [1, 1, 0, 1], [0, 0, 1, 1]
    return r1, r2


def _independent(r1, r2):
    return np.sqrt((r1.var() + r2.var()) / len(r1))


@compared.mistake(
    "The difference is right. Its error is that of two networks which err independently: these saw "
    "the same pictures. What is the spread of r1 − r2, picture by picture?"
)
def _(r1, r2):
    return (r1 - r2).mean(), _independent(r1, r2)


@compared.mistake("That is the spread of one picture's difference. The mean of N is surer by √N.")
def _(r1, r2):
    return (r1 - r2).mean(), (r1 - r2).std()


@compared.mistake("The difference is right. The second is its variance: take the root.")
def _(r1, r2):
    return (r1 - r2).mean(), (r1 - r2).var() / len(r1)


@compared.mistake("You divided the deviation by N. The variance is divided by it: the rest by √N.")
def _(r1, r2):
    return (r1 - r2).mean(), (r1 - r2).std() / len(r1)


@compared.mistake(
    "That is the variance over N − 1. It is nearly the same; take it as np.var does, over N."
)
def _(r1, r2):
    return (r1 - r2).mean(), (r1 - r2).std(ddof=1) / np.sqrt(len(r1))


@compared.mistake(
    "You subtracted one error from the other. Errors don't cancel so: look at r1 − r2."
)
def _(r1, r2):
    return (r1 - r2).mean(), (r1.std() - r2.std()) / np.sqrt(len(r1))


@compared.mistake("Second minus first: the difference has the wrong sign, its error is right.")
def _(r1, r2):
    return (r2 - r1).mean(), (r1 - r2).std() / np.sqrt(len(r1))


@compared.mistake(
    "You lost the sign, picture by picture: that is how often they disagree, not who is better."
)
def _(r1, r2):
    d = np.abs(r1 - r2)
    return d.mean(), d.std() / np.sqrt(len(d))
