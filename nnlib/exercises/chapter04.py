"""Chapter 4, Losses and outputs."""

import numpy as np

from .exercise import exercise


def _softmax(a, axis=-1):
    e = np.exp(a - a.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def _sigmoid(a):
    return (1 + np.tanh(a / 2)) / 2


def _log_sum(a):
    m = a.max(axis=1)
    return m + np.log(np.exp(a - m[:, None]).sum(axis=1))


@exercise("04.1", batch="a y")
def cross_entropy(a, y):
    """The mean over the examples of −ln p of the right class, with p the softmax of a row of a.

    a (N, K) are logits of any size, y (N, K) is one-hot. A number, always finite.
    """
    return np.mean(_log_sum(a) - (a * y).sum(axis=1))


@cross_entropy.inputs
def _(rng):
    examples = int(rng.integers(5, 10))
    a = 2 * rng.normal(size=(examples, 4))
    a += rng.choice([-1000, 0, 1000], size=(examples, 1))  # softmax does not see it, exp does
    a[:2] = 2 * rng.normal(size=(2, 4)) + [[-1000.0], [1000.0]]
    return a, np.eye(4)[rng.integers(4, size=examples)]


@cross_entropy.mistake(
    "You averaged over all N times K numbers. The mean goes over the examples; within one example "
    "only the right class counts."
)
def _(a, y):
    return np.mean(_log_sum(a) - (a * y).sum(axis=1)) / a.shape[1]


@cross_entropy.mistake(
    "The largest logit is subtracted inside the exponentials and never comes back: what is taken "
    "from the logarithm's sum must be taken from the right class's logit too, or be added again."
)
def _(a, y):
    return np.mean(_log_sum(a) - a.max(axis=1) - (a * y).sum(axis=1))


@cross_entropy.mistake(
    "You took −ln of the largest probability. The loss looks at the right class, even when the "
    "network favors another."
)
def _(a, y):
    return np.mean(_log_sum(a) - a.max(axis=1))


@cross_entropy.mistake("That is a logarithm to base 2. The loss takes the natural one.")
def _(a, y):
    return np.mean(_log_sum(a) - (a * y).sum(axis=1)) / np.log(2)


@cross_entropy.mistake("That is a logarithm to base 10. The loss takes the natural one.")
def _(a, y):
    return np.mean(_log_sum(a) - (a * y).sum(axis=1)) / np.log(10)


@cross_entropy.mistake(
    "You averaged p first and took the logarithm afterwards. The likelihood is a product over the "
    "examples: one logarithm for each, then the mean."
)
def _(a, y):
    return -np.log(np.mean((_softmax(a) * y).sum(axis=1)))


@cross_entropy.mistake("That is softmax twice: a holds logits, and your logarithm took p for a.")
def _(a, y):
    p = _softmax(a)
    return np.mean(_log_sum(p) - (p * y).sum(axis=1))


@cross_entropy.mistake(
    "That is a binary cross-entropy for every class, added up: another loss, for sigmoids."
)
def _(a, y):
    return np.mean(np.sum(np.logaddexp(0, a) - a * y, axis=1))


@cross_entropy.mistake(
    "That is the mean of 1 − p. Cross-entropy takes −ln p, which has no ceiling."
)
def _(a, y):
    return np.mean(1 - (_softmax(a) * y).sum(axis=1))


@exercise("04.2")
def softmax_slopes(a):
    """∂p_k/∂a_j for p = softmax(a), a of shape (K,): (K, K), k the row and j the column."""
    p = _softmax(a)
    return np.diag(p) - np.outer(p, p)


@softmax_slopes.inputs
def _(rng):
    return (rng.normal(size=int(rng.integers(3, 6))),)


@softmax_slopes.mistake(
    "Only the diagonal is there. Softmax hands out a sum of 1: when one logit rises, the other "
    "probabilities fall."
)
def _(a):
    p = _softmax(a)
    return np.diag(p * (1 - p))


@softmax_slopes.mistake(
    "Off the diagonal it is right. On it a term is missing: a_k stands above the fraction as well."
)
def _(a):
    p = _softmax(a)
    return -np.outer(p, p)


@softmax_slopes.mistake(
    "The signs off the diagonal are wrong: when a rival's logit rises, p_k falls."
)
def _(a):
    p = _softmax(a)
    return np.diag(p - 2 * p**2) + np.outer(p, p)


@softmax_slopes.mistake(
    "You wrote p_k (1 − p_j) everywhere. The 1 stands there only for k = j; else it is 0."
)
def _(a):
    p = _softmax(a)
    return np.outer(p, 1 - p)


@softmax_slopes.mistake("You put p_k on the diagonal alone: the fraction's lower part moves too.")
def _(a):
    return np.diag(_softmax(a))


@softmax_slopes.mistake(
    "The 1 stands on the diagonal without its factor p_k: it is p_k (1 − p_k) there."
)
def _(a):
    p = _softmax(a)
    return np.eye(len(p)) - np.outer(p, p)


@softmax_slopes.mistake(
    "These are slopes of K sigmoids. Softmax divides by a sum over all classes."
)
def _(a):
    z = _sigmoid(a)
    return np.diag(z * (1 - z))


@exercise("04.3", batch="a y")
def logit_slopes(a, y):
    """∂C/∂a (N, K) of the mean softmax cross-entropy, a (N, K) logits and y (N, K) one-hot."""
    return (_softmax(a) - y) / len(a)


@logit_slopes.inputs
def _(rng):
    examples = int(rng.integers(5, 10))
    return 2 * rng.normal(size=(examples, 4)), np.eye(4)[rng.integers(4, size=examples)]


@logit_slopes.mistake(
    "Add up each row of what you return: with softmax every example's slopes sum to 0, and yours "
    "do not. So look at what your probabilities sum to, and along which axis."
)
def _(a, y):  # the planted one
    return (_softmax(a, axis=0) - y) / len(a)


@logit_slopes.mistake(
    "You divided by one sum over the whole batch. Each example's probabilities must sum to 1."
)
def _(a, y):
    e = np.exp(a)
    return (e / e.sum() - y) / len(a)


@logit_slopes.mistake("You divided by the number of classes. The mean goes over the examples.")
def _(a, y):
    return (_softmax(a) - y) / a.shape[1]


@logit_slopes.mistake("You divided by N times K. The mean goes over the examples alone.")
def _(a, y):
    return (_softmax(a) - y) / a.size


@logit_slopes.mistake("These are sigmoids: right for binary cross-entropies, one for each class.")
def _(a, y):
    return (_sigmoid(a) - y) / len(a)


@logit_slopes.mistake(
    "There is a factor p(1 − p) too many. The logarithm has canceled the slope of softmax: what "
    "is left is answer minus target."
)
def _(a, y):
    p = _softmax(a)
    return (p - y) * p * (1 - p) / len(a)


@logit_slopes.mistake("The softmax is upside down: the sum belongs below the line.")
def _(a, y):
    e = np.exp(a)
    return (e.sum(axis=1, keepdims=True) / e - y) / len(a)


@logit_slopes.mistake("You subtracted y from the logits. What is compared with y is softmax(a).")
def _(a, y):
    return (a - y) / len(a)
