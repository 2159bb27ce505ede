"""Chapter 13, Regularization."""

from itertools import product

import numpy as np

from .exercise import exercise


def _soft(v, t):
    return np.sign(v) * np.maximum(np.abs(v) - t, 0)


@exercise("13.1")
def soft_threshold(v, t):
    """The u, of the shape of v, with the lowest ½(u − v)² + t|u|, element by element; t > 0."""
    return np.sign(v) * np.maximum(np.abs(v) - t, 0)


@soft_threshold.inputs
def _(rng):
    return rng.normal(size=(4, 5)), float(rng.uniform(0.3, 0.9))


@soft_threshold.mistake(
    "You set the small ones to 0 and leave the others where they are. The price is paid by those, "
    "too: where is the slope of the whole expression 0?"
)
def _(v, t):
    return np.where(np.abs(v) > t, v, 0.0)


@soft_threshold.mistake(
    "Where |v| is less than t you jump over 0 to the other side. Which u is lowest there?"
)
def _(v, t):
    return v - t * np.sign(v)


@soft_threshold.mistake("The sizes are right, and the sign of v is lost.")
def _(v, t):
    return np.maximum(np.abs(v) - t, 0)


@soft_threshold.mistake("Right where v is positive. The other side has a price, too: |u|, not u.")
def _(v, t):
    return np.maximum(v - t, 0)


@soft_threshold.mistake("That is the answer to the price t u², L2. Here the price is t|u|.")
def _(v, t):
    return v / (1 + 2 * t)


@soft_threshold.mistake("That is what is taken away from v, not what is left of it.")
def _(v, t):
    return np.clip(v, -t, t)


@soft_threshold.mistake("You take t / 2. With ½ before the square the slope is u − v, without a 2.")
def _(v, t):
    return _soft(v, t / 2)


@exercise("13.2")
def stop_epoch(losses, patience):
    """(epoch at which training ends, epoch that is kept), by the rule of patience.

    losses[0] is the validation loss before the first epoch. A tie keeps the earlier epoch.
    """
    kept = 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < losses[kept]:
            kept = epoch
        if epoch - kept >= patience:
            break
    return epoch, kept


@stop_epoch.inputs
def _(rng):
    epochs = int(rng.integers(14, 20))
    way = np.linspace(0, 1, epochs + 1)
    if rng.random() < 0.3:  # it never improves
        return np.round(1 + way, 2), int(rng.integers(2, 4))
    bumpy = 2 - 2.5 * way + 2 * way**2 + 0.3 * rng.normal(size=epochs + 1)
    losses = np.round(bumpy, 1)
    low = int(losses[:7].argmin())
    losses[low + 1] = losses[low]  # a tie
    return losses, int(rng.integers(2, 4))


@stop_epoch.mistake(
    "It counts an epoch as better when it is lower than the one before it. After a bump that is "
    "easy: lower than which one must it be?"
)
def _(losses, patience):  # the planted one
    kept = 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < losses[epoch - 1]:
            kept = epoch
        if epoch - kept >= patience:
            break
    return epoch, kept


@stop_epoch.mistake("A tie keeps the later epoch, and waits anew. Equal is not better.")
def _(losses, patience):
    kept = 0
    for epoch in range(1, len(losses)):
        if losses[epoch] <= losses[kept]:
            kept = epoch
        if epoch - kept >= patience:
            break
    return epoch, kept


@stop_epoch.mistake("It waits one epoch too long: after `patience` bad ones training has ended.")
def _(losses, patience):
    kept = 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < losses[kept]:
            kept = epoch
        if epoch - kept > patience:
            break
    return epoch, kept


@stop_epoch.mistake(
    "The epoch that is kept is the lowest of all. Training never sees what is later."
)
def _(losses, patience):
    return stop_epoch.answer(losses, patience)[0], int(np.argmin(losses))


@stop_epoch.mistake("You keep the last epoch. What is put back are the weights of the best one.")
def _(losses, patience):
    return (stop_epoch.answer(losses, patience)[0],) * 2


@stop_epoch.mistake("You count all bad epochs together. A better one begins the count anew.")
def _(losses, patience):
    kept, bad = 0, 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < losses[kept]:
            kept = epoch
        else:
            bad += 1
        if bad >= patience:
            break
    return epoch, kept


@stop_epoch.mistake("Both numbers are one too large: losses[0] is from before the first epoch.")
def _(losses, patience):
    return tuple(each + 1 for each in stop_epoch.answer(losses, patience))


@stop_epoch.mistake("You return the two in the other order: the end first, then what is kept.")
def _(losses, patience):
    return stop_epoch.answer(losses, patience)[::-1]


@exercise("13.3")
def dropout_moments(w, z, p):
    """Mean and variance of w · (m ⊙ z) / (1 − p), by all masks m; each m_j is 0 with chance p."""
    mean = square = 0.0
    for mask in product((0, 1), repeat=len(z)):
        m = np.array(mask)
        chance = np.prod(np.where(m == 1, 1 - p, p))
        a = w @ (m * z) / (1 - p)
        mean += chance * a
        square += chance * a**2
    return mean, square - mean**2


@dropout_moments.inputs
def _(rng):
    return rng.normal(size=4), rng.uniform(0.5, 2, size=4), float(rng.uniform(0.1, 0.4))


def _moments(w, z, p, chance=None, divide=True):
    masks = np.array(list(product((0, 1), repeat=len(z))))
    odds = np.where(masks == 1, 1 - p, p).prod(1) if chance is None else chance(masks, p)
    a = (masks * z) @ w / (1 - p if divide else 1)
    mean = odds @ a
    return mean, odds @ a**2 - mean**2


@dropout_moments.mistake(
    "You gave every mask the same weight. That is right for p = ½; else a mask with k kept nodes "
    "has another probability than one with k dropped."
)
def _(w, z, p):
    return _moments(w, z, p, lambda masks, p: np.full(len(masks), 1 / len(masks)))


@dropout_moments.mistake("Kept and dropped are exchanged: p is the probability to be dropped.")
def _(w, z, p):
    return _moments(w, z, p, lambda masks, p: np.where(masks == 1, p, 1 - p).prod(1))


@dropout_moments.mistake("The division by 1 − p is missing: this is dropout before it is inverted.")
def _(w, z, p):
    return _moments(w, z, p, divide=False)


@dropout_moments.mistake(
    "The mean is right. The second number is the mean of the square: what is missing to a variance?"
)
def _(w, z, p):
    mean, variance = _moments(w, z, p)
    return mean, variance + mean**2


@dropout_moments.mistake("The mean is right. The second number is the standard deviation.")
def _(w, z, p):
    mean, variance = _moments(w, z, p)
    return mean, np.sqrt(variance)


@dropout_moments.mistake("You divide by p. What is left of the sum on average is its share 1 − p.")
def _(w, z, p):
    mean, variance = _moments(w, z, p, divide=False)
    return mean / p, variance / p**2


@exercise("13.4")
def elastic_step(v, t, share):
    """The u with the lowest ½(u − v)² + t (share |u| + (1 − share) u²), element by element."""
    small = np.sign(v) * np.maximum(np.abs(v) - t * share, 0)
    return small / (1 + 2 * t * (1 - share))


@elastic_step.inputs
def _(rng):
    return rng.normal(size=(4, 5)), float(rng.uniform(0.5, 0.9)), float(rng.uniform(0.55, 0.8))


@elastic_step.mistake("The slope of u² is 2u: the factor that shrinks lacks a 2.")
def _(v, t, share):
    return _soft(v, t * share) / (1 + t * (1 - share))


@elastic_step.mistake(
    "You divide first and take away afterwards. Set the slope of the whole to 0 and solve for u: "
    "what is divided?"
)
def _(v, t, share):
    return _soft(v / (1 + 2 * t * (1 - share)), t * share)


@elastic_step.mistake("The shares are exchanged: `share` belongs to |u|.")
def _(v, t, share):
    return _soft(v, t * (1 - share)) / (1 + 2 * t * share)


@elastic_step.mistake("The threshold is t. Only its share belongs to |u|.")
def _(v, t, share):
    return _soft(v, t) / (1 + 2 * t * (1 - share))


@elastic_step.mistake("You shrink by 1 + 2t. Only the rest of t belongs to u².")
def _(v, t, share):
    return _soft(v, t * share) / (1 + 2 * t)


@elastic_step.mistake("The price of |u| is paid; the one of u² is missing.")
def _(v, t, share):
    return _soft(v, t * share)


@elastic_step.mistake("The price of u² is paid; the one of |u| is missing.")
def _(v, t, share):
    return v / (1 + 2 * t * (1 - share))


@elastic_step.mistake(
    "You mix the answers of L1 and of L2 by their shares. The price is mixed, and its minimum is "
    "not the mixture of two minima."
)
def _(v, t, share):
    return share * _soft(v, t) + (1 - share) * v / (1 + 2 * t)
