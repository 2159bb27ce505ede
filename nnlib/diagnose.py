"""What is wrong, from the loss curves alone: `diagnose(history)`.

The functions of faults.py are asked in the order of FAULTS, in which an earlier fault explains the
marks of the later ones; the first that answers is the diagnosis.

The thresholds were chosen on real runs with planted faults, and scored on others:
benchmarks/diagnose.py prints how often they are right, and what is mistaken for what.
"""

from dataclasses import dataclass, field

from . import faults
from .curves import Curves


@dataclass
class Diagnosis:
    """What ails a run.

    name       the fault, one of FAULTS, or "healthy", or "too short"
    evidence   what in the curves says so, with its numbers
    remedy     what to try
    others     (name, evidence) of the faults that would also fit, the likelier first
    unseen     what these curves cannot show, or ""
    """

    name: str
    evidence: str
    remedy: str
    others: list = field(default_factory=list)
    unseen: str = ""

    def __str__(self):
        lines = [f"{self.name}: {self.evidence}", f"Remedy: {self.remedy}"]
        lines += [f"Or {name}: {evidence}" for name, evidence in self.others]
        return "\n".join([*lines, self.unseen] if self.unseen else lines)


def diagnose(history):
    """Name what is wrong with a training run, from the History of one network: a `Diagnosis`.

    Reads the loss of every step, and the losses watched as "train" and "validation"; without a
    validation set, overfitting cannot be seen, and `unseen` says so. Of a stack take one network:
    diagnose(history.row(k)). Below 5 epochs a curve has no shape to judge: "too short", unless it
    climbs or breaks.
    """
    curves = Curves(history)
    answers = ((name, sees(curves)) for name, (sees, _) in FAULTS.items())
    found = [(name, evidence) for name, evidence in answers if evidence]
    if not found:
        found = [healthy(curves)]
    (name, evidence), *others = found
    remedy = REMEDIES[name] if name in REMEDIES else FAULTS[name][1]
    return Diagnosis(name, evidence, remedy, others, curves.unseen)


def healthy(c):
    """No fault answered: (name, evidence)."""
    if not c.readable:
        return "too short", (
            f"{c.epochs} epochs of {c.per_epoch} steps show no fault, and are too few to show a "
            "shape."
        )
    text = f"the training loss falls to {c.end:.2g} of its start and comes to rest"
    if c.validation is None:
        return "healthy", text + "."
    return "healthy", f"{text}, and the validation loss goes with it, to {c.validation[-1]:.3g}."


# What is asked, in this order, and what to do about it.
FAULTS = {
    "sign flipped": (
        faults.sign_flipped,
        "subtract the gradient instead of adding it. If the code does subtract, lower the rate.",
    ),
    "NaN": (
        faults.not_a_number,
        "look for numbers out of range: ln 0, a division by 0, e to a large number, NaN in the "
        "data. Take the loss from the logits, scale the inputs, clip the gradient.",
    ),
    "not shuffled": (faults.not_shuffled, "shuffle the examples anew before every epoch."),
    "not learning": (
        faults.not_learning,
        "see that the gradient is not zero and that the step is applied to the network's own "
        "parameters; then that not all weights begin at 0, and that the rate is not far too low.",
    ),
    "double softmax": (
        faults.double_softmax,
        "leave out the last Softmax layer: the loss takes the logits and applies softmax itself.",
    ),
    "rate too high": (faults.rate_too_high, "lower the learning rate, by a factor of 3 to 10."),
    "slow start": (
        faults.slow_start,
        "begin with larger weights, by Glorot's or He's rule, or put batch norm between layers.",
    ),
    "validation set too small": (
        faults.validation_too_small, "hold out more examples, or cross-validate.",
    ),
    "overfitting": (
        faults.overfitting,
        "get more data or augment it, stop early, add a penalty or dropout, or use fewer units.",
    ),
    "rate too low": (
        faults.rate_too_low, "raise the learning rate by a factor of 3 to 10, or train for longer.",
    ),
    "underfitting": (
        faults.underfitting, "use more units or layers, better features, or a smaller penalty.",
    ),
}  # fmt: skip

REMEDIES = {
    "healthy": "none needed.",
    "too short": "train for at least 5 epochs, or cut the data into smaller ones.",
}
