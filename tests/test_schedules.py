"""Schedules: against PyTorch, by eye, one rate a row, and the one that listens to the losses."""

import numpy as np
import pytest
from engine import golden, same

import nnlib as nn
from nnlib import schedules

# Named as in make_golden.py.
WITH_GOLDEN = {
    "exponential_decay(0.3, 0.05)": lambda rate: schedules.exponential_decay(rate, 0.05),
    "geometric_decay(0.3, 0.05)": lambda rate: schedules.geometric_decay(rate, 0.05),
    "time_decay(0.3, 0.05)": lambda rate: schedules.time_decay(rate, 0.05),
    "step_decay(0.3, 0.4, 7)": lambda rate: schedules.step_decay(rate, 0.4, 7),
    "cosine(0.3, 39)": lambda rate: schedules.cosine(rate, 39),
    "cosine(0.3, 60, 0.02)": lambda rate: schedules.cosine(rate, 60, 0.02),
    "triangular(0.05, 0.3, 6)": lambda rate: schedules.triangular(0.05, rate, 6),
}
every_schedule = pytest.mark.parametrize("name", WITH_GOLDEN)


class Tape:
    """A history whose newest loss is set by hand."""

    def newest(self, name):
        return self.loss


def heard(plateau, losses):
    """The rate after each epoch's loss."""
    tape, rates = Tape(), []
    for tape.loss in losses:
        plateau.listen(None, tape)
        rates.append(plateau(1))
    return rates


def test_no_schedule_is_forgotten_here():
    """But for `constant`, and `reduce_on_plateau`, which are tested by themselves."""
    offered = {
        name
        for name, value in vars(schedules).items()
        if callable(value) and value.__module__ == schedules.__name__
    }
    here = {name.split("(")[0] for name in WITH_GOLDEN}
    assert offered - {"positive", "between_0_and_1"} == here | {"constant", "reduce_on_plateau"}


@every_schedule
def test_forty_rates_are_pytorchs(name):
    expected = golden("schedules")[name]
    schedule = WITH_GOLDEN[name](0.3)
    same([schedule(step) for step in range(1, len(expected) + 1)], expected)
    assert isinstance(schedule(3), float)


@every_schedule
def test_one_rate_a_row(name):
    """A column of rates gives a column, each row as its rate alone does."""
    column = WITH_GOLDEN[name](np.array([[0.3], [0.9]]))
    for step in (1, 5, 8, 40):
        rates = column(step)
        assert rates.shape == (2, 1)
        same(rates[:, 0], [WITH_GOLDEN[name](0.3)(step), WITH_GOLDEN[name](0.9)(step)])


@every_schedule
def test_an_optimizer_moves_by_the_scheduled_rate(name):
    """With a slope of 1 each SGD step is the rate itself."""
    expected, theta = golden("schedules")[name], np.zeros(1)
    optimizer = nn.SGD(WITH_GOLDEN[name](0.3))
    for rate in expected[:20]:
        before = theta[0]
        optimizer.step(theta, np.ones(1))
        same(before - theta[0], rate, atol=1e-14)


def test_constant_is_constant():
    assert [schedules.constant(0.3)(step) for step in (1, 10, 1000)] == [0.3] * 3
    column = schedules.constant([[1], [2]])
    assert column(7).tolist() == [[1.0], [2.0]]


def test_by_eye():
    """The first rate is η₀; after 1/decay steps time decay has halved it."""
    assert schedules.time_decay(1, 0.01)(101) == 0.5
    assert schedules.geometric_decay(1, 1)(4) == 1 / 8
    assert schedules.exponential_decay(1, np.log(2))(4) == pytest.approx(1 / 8)
    assert [schedules.step_decay(8, 0.5, 2)(step) for step in range(1, 8)] == [8, 8, 4, 4, 2, 2, 1]


def test_cosine_ends_at_low_and_stays():
    schedule = schedules.cosine(1, 10, 0.2)
    same([schedule(step) for step in (1, 6, 11, 12, 500)], [1, 0.6, 0.2, 0.2, 0.2])
    assert schedules.cosine(1, 10)(11) == 0


def test_triangular_goes_up_and_down_again():
    schedule = schedules.triangular(1, 3, 2)
    assert [schedule(step) for step in range(1, 11)] == [1, 2, 3, 2, 1, 2, 3, 2, 1, 2]


def test_the_plateau_is_pytorchs():
    """26 losses with standstills, an improvement in the last moment, and one just too late."""
    g = golden("schedules")
    rates = heard(schedules.reduce_on_plateau(0.3, 0.5, patience=3), g["standstill"])
    same(rates, g["plateau"])
    assert len(set(rates)) > 3


def test_the_plateau_by_eye():
    """Equal is no improvement, NaN neither; after each cut the waiting begins anew."""
    plateau = schedules.reduce_on_plateau(1, 0.5, patience=2)
    assert heard(plateau, [3, 3, 3, 3, np.nan, 2, np.inf]) == [1, 1, 0.5, 0.5, 0.25, 0.25, 0.25]
    assert isinstance(plateau(1), float)


@pytest.mark.parametrize("rate", [0.3, [[0.3], [0.1], [0.2]]], ids=["one rate", "own rates"])
def test_in_a_stack_every_network_has_its_own_plateau(rate):
    losses = np.array([[5, 5, 5], [4, 5, 6], [4, 5, 5], [4, 4, np.nan], [3, 4, 7], [3, 4, 1.0]])
    rates = heard(schedules.reduce_on_plateau(rate, 0.5, patience=2), losses)
    for k, own in enumerate(np.broadcast_to(rate, (3, 1))[:, 0]):
        solo = heard(schedules.reduce_on_plateau(own, 0.5, patience=2), losses[:, k])
        same([each[k, 0] for each in rates], solo)
    assert len({tuple(each[:, 0] / rates[0][:, 0]) for each in rates}) > 2


def test_training_tells_the_plateau():
    """Stacked rows learn at the falling rates of their solo runs, and end where those do."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(12, 3)), rng.normal(size=(12, 2))

    def run(**options):
        net = nn.Sequential(nn.Dense(3, 5), nn.Tanh(), nn.Dense(5, 2), **options)
        plateau = schedules.reduce_on_plateau(0.4, 0.3, patience=2, watch="late")
        history = nn.train(
            net, x[:8], y[:8], loss=nn.MeanSquaredError(), optimizer=nn.SGD(plateau), epochs=25,
            batch_size=4, rng=0, watch={"late": (x[8:], y[8:])},
        )  # fmt: skip
        return net, plateau, history

    whole, plateau, history = run(stack=3, rng=[5, 6, 7])
    ends = []
    for k, seed in enumerate((5, 6, 7)):
        net, alone, own = run(rng=seed)
        same(plateau.rate[k, 0], float(alone.rate))
        same(history.loss["late"][:, k], own.loss["late"], rtol=1e-9)
        same(whole.theta[k], net.theta, rtol=1e-9, atol=1e-11)
        ends.append(float(alone.rate))
    assert max(ends) < 0.4
    assert len(set(ends)) > 1


def test_a_plateau_cannot_be_left_deaf_or_told_twice():
    """As `lr` it hears the losses without being named again; naming it again is an error."""
    x, y, seen = np.zeros((4, 2)), np.zeros((4, 1)), []

    def run(plateau, **options):
        nn.train(
            nn.Sequential(nn.Dense(2, 1)), x, y, loss=nn.MeanSquaredError(), epochs=3, rng=0,
            batch_size=2, optimizer=nn.SGD(plateau), **options,
        )  # fmt: skip

    plateau = schedules.reduce_on_plateau(0.4, 0.5, patience=1, watch="train")
    run(plateau, listeners=[lambda net, history: seen.append(float(plateau.rate))])
    assert seen == [0.4, 0.2, 0.1]  # the first loss is an improvement; listeners come after
    with pytest.raises(ValueError, match=r"listeners .*lr"):
        run(plateau, listeners=[plateau.listen])
    with pytest.raises(ValueError, match="no data set 'validation' is watched"):
        run(schedules.reduce_on_plateau(0.4))
