"""Diagnosis: real runs with a planted fault, curves made by hand, and input that is wrong."""

import numpy as np
import pytest
from engine import refuses

import nnlib as nn
from nnlib.diagnose import FAULTS

(X, Y), TEST = nn.data.digits()
EPOCHS = 20


class Uphill(nn.SGD):
    """The sign flipped."""

    def update(self, theta, grad, lr):
        theta += lr * grad


class Frozen(nn.SGD):
    """A step that is never applied."""

    def update(self, theta, grad, lr):
        pass


class InOrder(np.random.Generator):
    """A generator that never shuffles."""

    def permutation(self, n):
        return np.arange(n)


def network(*last, hidden=32, init=nn.he_normal):
    return nn.Sequential(
        nn.Dense(64, hidden, init), nn.ReLU(), nn.Dense(hidden, 10, init), *last, rng=3
    )


def run(net=None, optimizer=None, data=(X, Y), validation=TEST, **changed):
    usual = {"epochs": EPOCHS, "batch_size": 32, "rng": 0, "loss": nn.SoftmaxCrossEntropy()}
    watch = {"train": data, "validation": validation}
    return nn.train(
        net or network(), *data, optimizer=optimizer or nn.SGD(0.1), watch=watch, **usual | changed
    )


def few():
    pick = np.random.default_rng(0).permutation(len(X))[:50]
    return X[pick], Y[pick]


def overflowing():
    """A run with one weight broken by hand, halfway."""
    net = network()

    def spoil(net, epoch):
        if epoch == 10:
            net.theta[0] = np.nan

    return run(net, on_epoch=spoil)


# A fault, and a real run that has it.
PLANTED = {
    "healthy": lambda: run(),
    "sign flipped": lambda: run(optimizer=Uphill(0.1)),
    "not learning": lambda: run(optimizer=Frozen(0.1)),
    "NaN": overflowing,
    "rate too high": lambda: run(optimizer=nn.SGD(5.0)),
    "rate too low": lambda: run(optimizer=nn.SGD(0.001)),
    "slow start": lambda: run(
        nn.Sequential(
            *(nn.Dense(64, 24, nn.normal(0.01)), nn.Tanh()),
            *(nn.Dense(24, 24, nn.normal(0.01)), nn.Tanh()),
            *(nn.Dense(24, 10, nn.normal(0.01)),),
            rng=0,
        ),
        epochs=40,
    ),
    "underfitting": lambda: run(penalty=nn.L2(0.05)),
    "overfitting": lambda: run(data=few(), batch_size=5, epochs=60),
    "not shuffled": lambda: run(rng=InOrder(np.random.PCG64(0))),
    "double softmax": lambda: run(network(nn.Softmax()), nn.Adam(0.01)),
}  # fmt: skip


@pytest.mark.parametrize(("name", "make"), PLANTED.items(), ids=PLANTED)
def test_a_planted_fault_is_named(name, make):
    found = nn.diagnose(make())
    assert found.name == name, str(found)
    assert found.unseen == ""
    assert any(letter.isdigit() for letter in found.evidence)
    assert str(found).startswith(f"{name}: {found.evidence}\nRemedy: {found.remedy}")


def test_one_network_of_a_stack():
    net = nn.Sequential(nn.Dense(64, 32), nn.Tanh(), nn.Dense(32, 10), rng=[0, 0, 0], stack=3)
    rates = np.array([[1e-3], [0.1], [30.0]])
    history = run(net, nn.SGD(rates))
    names = [nn.diagnose(history.row(k)).name for k in range(3)]
    assert names == ["rate too low", "healthy", "rate too high"]
    with pytest.raises(ValueError, match=r"history is of a stack.*history\.row\(k\)"):
        nn.diagnose(history)


def test_a_row_is_the_run_alone():
    seeds = [4, 5]
    net = nn.Sequential(nn.Dense(64, 10), rng=seeds, stack=2)
    both = run(net, epochs=2)
    for k, seed in enumerate(seeds):
        alone = run(nn.Sequential(nn.Dense(64, 10), rng=seed), epochs=2)
        row = both.row(k)
        np.testing.assert_allclose(row.step_loss, alone.step_loss)
        for table, other in ((row.loss, alone.loss), (row.accuracy, alone.accuracy)):
            assert list(table) == ["train", "validation"]
            for name in table:
                np.testing.assert_allclose(table[name], other[name])


def curves(train, validation=None, steps=None, per_epoch=10):
    """A History made by hand; the steps follow the training loss, with a little noise."""
    history, train = nn.History(), np.asarray(train, float)
    noise = 1 + 0.02 * np.random.default_rng(0).standard_normal(per_epoch * (len(train) - 1))
    follows = np.interp(np.arange(len(noise)) / per_epoch, np.arange(len(train)), train) * noise
    history.step_loss = follows if steps is None else np.asarray(steps, float)
    history.loss = {"train": train, "validation": train if validation is None else validation}
    return history


T = np.arange(31)
FALLING = 2.3 * np.exp(-T / 4)

# Curves as they are drawn in books.
DRAWN = {
    "healthy": curves(FALLING, FALLING + 0.02 * (1 - np.exp(-T / 4))),
    "not learning": curves(np.full(31, 2.3)),
    "rate too low": curves(2.3 - 0.02 * T),
    "underfitting": curves(1 + 1.3 * np.exp(-T / 3)),
    "slow start": curves(2.3 / (1 + np.exp(T - 14.0))),
    "sign flipped": curves(2.3 * 1.2**T),
    "overfitting": curves(FALLING, FALLING + 0.02 * T),
    "validation set too small": curves(FALLING, FALLING + 0.3 * (T % 2)),
    "rate too high": curves(2.3 - 0.9 * (T % 2)),
    "double softmax": curves(1.461 + 0.842 * np.exp(-T / 3), steps=np.linspace(2.3, 1.4615, 300)),
    "not shuffled": curves(FALLING, steps=np.repeat(FALLING[1:], 10) * (1 + np.arange(300) % 10)),
    "NaN": curves(np.where(T < 20, FALLING, np.nan)),
}  # fmt: skip


@pytest.mark.parametrize(("name", "history"), DRAWN.items(), ids=DRAWN)
def test_a_drawn_curve_is_named(name, history):
    found = nn.diagnose(history)
    assert found.name == name, str(found)


def test_every_fault_is_tested():
    assert set(DRAWN) == {*FAULTS, "healthy"}


def test_growth_until_it_breaks_is_a_high_rate():
    steps = np.append(2.3 * 30.0 ** (np.arange(20) % 2 + np.arange(20) / 2), [np.inf, np.nan])
    found = nn.diagnose(curves([2.3, np.inf], steps=steps))
    assert found.name == "rate too high"
    assert "at step 21" in found.evidence


def test_nan_from_the_very_start():
    found = nn.diagnose(curves(np.full(6, np.nan), steps=np.full(50, np.nan)))
    assert found.name == "NaN"
    assert "from the very start" in found.evidence


def test_the_floor_of_two_softmaxes_is_computed():
    found = nn.diagnose(DRAWN["double softmax"])
    assert "ln 10" in found.evidence
    assert "ln(e + 10 − 1) − 1 = 1.461" in found.evidence


def test_without_validation_it_says_what_it_cannot_see():
    history = curves(FALLING)
    del history.loss["validation"]
    found = nn.diagnose(history)
    assert found.name == "healthy"
    assert "overfitting" in found.unseen
    assert found.unseen in str(found)


def test_few_epochs_are_too_short_to_judge():
    found = nn.diagnose(curves([2.3, 1.0, 0.4]))
    assert found.name == "too short"
    assert "2 epochs of 10 steps" in found.evidence
    assert nn.diagnose(curves(2.3 * 2.0 ** np.arange(4))).name == "sign flipped"
    assert nn.diagnose(curves([2.3, 1.0, np.nan])).name == "NaN"


def test_other_explanations_are_listed():
    high = 0.65 + 0.35 * np.exp(-T / 3)
    history = curves(high, validation=high + 0.5 * (T % 2))
    found = nn.diagnose(history)
    assert found.name == "validation set too small"
    assert [name for name, _ in found.others] == ["underfitting"]
    assert "\nOr underfitting: 6" in str(found)


def unwatched():
    history = curves(FALLING)
    history.loss = {"test": history.loss["train"]}
    return history


def empty():
    history = nn.History()
    history.loss = {"train": np.array([2.3])}
    return history


def negative():
    history = curves(FALLING)
    history.loss["train"] = 1 - history.loss["train"]
    return history


WRONG = {
    "negative losses": (lambda: nn.diagnose(negative()), ValueError, "negative train"),
    "an array": (lambda: nn.diagnose(FALLING), TypeError, "history History train"),
    "training loss not watched": (
        lambda: nn.diagnose(unwatched()), ValueError, 'history test "train" watch=',
    ),
    "no epochs": (lambda: nn.diagnose(empty()), ValueError, "history 0 epochs 0 steps"),
}  # fmt: skip


@pytest.mark.parametrize(("do", "error", "words"), WRONG.values(), ids=WRONG)
def test_wrong_input(do, error, words):
    refuses(do, error, words)
