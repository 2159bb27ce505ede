"""Chapter 16: example by example, network by network."""

import math


def mcnemar(first, second):
    """One example after the other; z from the mean and the mean square of the differences."""
    d = [int(b) - int(a) for a, b in zip(first, second, strict=True)]
    n, spread = len(d), sum(each * each for each in d) / len(d)
    z = (sum(d) / n) / math.sqrt(spread / n) if spread else 0.0
    return d.count(1), d.count(-1), z


def together(shares):
    """Sum the shares of one example and one class after the other."""
    networks, examples, classes = shares.shape
    found = []
    for i in range(examples):
        sums = [sum(shares[k, i, c] for k in range(networks)) for c in range(classes)]
        found.append(sums.index(max(sums)))
    return found


def reported(validation, test):
    """Rate by rate: keep the best so far."""
    best, kept = -1, None
    for chooses, counts in zip(validation.tolist(), test.tolist(), strict=True):
        score = sum(start[-1] for start in chooses) / len(chooses)
        if score > best:
            best, kept = score, [start[-1] for start in counts]
    return sum(kept) / len(kept), min(kept), max(kept)


ORACLES = {"16.1": mcnemar, "16.2": together, "16.3": reported}
