"""Training: batches, the record, the same numbers for the same seed, and stacks of runs."""

import numpy as np
import pytest
from engine import LAYERS, LOSSES, OPTIMIZERS, same

import nnlib as nn

MSE = nn.MeanSquaredError()
every_optimizer = pytest.mark.parametrize("make", OPTIMIZERS.values(), ids=OPTIMIZERS)
every_loss = pytest.mark.parametrize(("loss", "y"), LOSSES.values(), ids=LOSSES)
X = np.random.default_rng(0).normal(size=(6, 4))


def network(**options):
    return nn.Sequential(nn.Dense(4, 5), nn.BatchNorm(5), nn.Tanh(), nn.Dense(5, 3), **options)


def line(**options):
    """One weight and one bias: w x + b."""
    return nn.Sequential(nn.Dense(1, 1, nn.constant(0)), **options)


def run(net, loss, y, optimizer, epochs=3, batch_size=3, rng=0, **options):
    return nn.train(
        net, X, y, loss=loss, optimizer=optimizer, epochs=epochs, batch_size=batch_size, rng=rng,
        **options,
    )  # fmt: skip


def test_batches_hold_each_example_once():
    x, y = np.arange(10.0)[:, None], np.arange(10)
    batches = list(nn.minibatches(x, y, 4, rng=0))
    assert [len(part) for part, _ in batches] == [4, 4, 2]
    assert sorted(np.concatenate([part for _, part in batches])) == list(range(10))
    assert all(np.array_equal(part_x[:, 0], part_y) for part_x, part_y in batches)


def test_batches_are_shuffled_by_the_seed():
    x = np.arange(20.0)[:, None]

    def order(rng):
        return [int(v) for part, _ in nn.minibatches(x, x, 6, rng) for v in part[:, 0]]

    assert order(1) == order(1)
    assert order(1) != order(2)
    assert order(1) != list(range(20))
    generator = np.random.default_rng(1)
    assert order(generator) == order(1)
    assert order(generator) != order(1)  # the next epoch has an order of its own


def test_batches_in_order_without_shuffling():
    x = [[0.0], [1.0], [2.0]]
    batches = list(nn.minibatches(x, [5, 6, 7], 2, rng=0, shuffle=False))
    assert [part.tolist() for _, part in batches] == [[5, 6], [7]]
    assert [part.tolist() for part, _ in batches] == [[[0], [1]], [[2]]]


def test_one_step_by_hand():
    """ŷ = 0 for x = 1 and 3, targets 1 and 2: C = 2.5; dw = −7, db = −3; at η = 0.1."""
    net = line()
    history = nn.train(
        net, np.array([[1.0], [3.0]]), np.array([[1.0], [2.0]]),
        loss=MSE, optimizer=nn.SGD(0.1), epochs=1, batch_size=2, rng=0,
    )  # fmt: skip
    same(net.theta, [0.7, 0.3])
    same(history.step_loss, [2.5])
    # ŷ = 1 and 2.4: errors 0 and 0.4.
    same(history.loss["train"], [2.5, 0.08])


def test_the_record_has_a_number_a_step_and_an_epoch():
    """Six examples by batches of 4: two steps an epoch; epochs count from before the first."""
    loss, y = LOSSES["SoftmaxCrossEntropy"]
    seen = []
    net = network()
    history = run(
        net, loss, y, nn.Adam(0.01), batch_size=4, watch={"seen": (X, y), "part": (X[:2], y[:2])},
        on_epoch=lambda found, epoch: seen.append((found is net, epoch)),
    )  # fmt: skip
    assert history.step_loss.shape == (6,)
    assert list(history.loss) == list(history.accuracy) == ["seen", "part"]
    assert all(values.shape == (4,) for values in history.loss.values())
    assert all(set(values * 6) <= set(range(7)) for values in history.accuracy.values())
    assert seen == [(True, epoch) for epoch in range(4)]
    assert not history.diverged
    same(history.loss["seen"][-1], loss(net.forward(X), y)[0])
    assert history.accuracy["part"][-1] == loss.accuracy(net.forward(X[:2]), y[:2])


def test_the_training_data_are_watched_as_train():
    loss, y = LOSSES["SoftmaxCrossEntropy"]
    fresh = loss(network().forward(X), y)[0]
    history = run(network(), loss, y, nn.Adam(0.01))
    assert list(history.loss) == ["train"]
    same(history.loss["train"][0], fresh)
    assert run(network(), loss, y, nn.Adam(0.01), watch={}).loss == {}


def test_training_is_the_loop_it_stands_for():
    """Batch, forward, loss, backward, step: written out, to the bit."""
    loss, y = LOSSES["SoftmaxCrossEntropy"]
    net, other, optimizer = network(), network(), nn.Adam(0.01)
    history = run(net, loss, y, nn.Adam(0.01), rng=3)
    rng, losses = np.random.default_rng(3), []
    for _ in range(3):
        for x_batch, y_batch in nn.minibatches(X, y, 3, rng):
            value, dy = loss(other.forward(x_batch, train=True), y_batch)
            other.backward(dy)
            optimizer.step(other.theta, other.grad)
            losses.append(value)
    assert np.array_equal(net.theta, other.theta)
    assert np.array_equal(history.step_loss, losses)


@every_optimizer
@every_loss
def test_same_seed_same_numbers(make, loss, y):
    first, second, other = network(rng=1), network(rng=1), network(rng=1)
    kept = run(first, loss, y, make(0.01), rng=5)
    again = run(second, loss, y, make(0.01), rng=5)
    run(other, loss, y, make(0.01), rng=6)
    assert np.array_equal(first.theta, second.theta)
    assert np.array_equal(kept.step_loss, again.step_loss)
    assert not np.array_equal(first.theta, other.theta)


@every_optimizer
@every_loss
def test_a_stack_is_its_runs_side_by_side(make, loss, y):
    """Three seeds and three rates at once: losses, accuracies and θ as in three solo runs."""
    rates, seeds = np.array([[0.003], [0.01], [0.03]]), [3, 1, 4]
    whole = network(rng=seeds, stack=3)
    history = run(whole, loss, y, make(rates), epochs=4, batch_size=2)
    assert history.step_loss.shape == (12, 3)
    assert history.loss["train"].shape == history.accuracy["train"].shape == (5, 3)
    assert history.diverged.shape == (3,)
    tested = whole.forward(X)
    for k, seed in enumerate(seeds):
        solo = network(rng=seed)
        alone = run(solo, loss, y, make(float(rates[k, 0])), epochs=4, batch_size=2)
        same(history.step_loss[:, k], alone.step_loss, rtol=1e-9)
        same(history.loss["train"][:, k], alone.loss["train"], rtol=1e-9)
        assert np.array_equal(history.accuracy["train"][:, k], alone.accuracy["train"])
        same(whole.theta[k], solo.theta, rtol=1e-9, atol=1e-11)
        same(tested[k], solo.forward(X), rtol=1e-9, atol=1e-11)


@every_optimizer
@pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)
def test_with_every_layer_a_stack_is_its_runs_side_by_side(layer, make):
    """Dropout's mask is one for all rows, and it is the one that each solo run draws."""
    loss, y = LOSSES["SoftmaxCrossEntropy"]
    rates, seeds = np.array([[0.003], [0.03]]), [3, 1]
    # Biases before a normalization have slope 0 but for rounding, which a tiny eps would blow up.
    options = {"eps": 1e-3} if make in (nn.Adagrad, nn.RMSprop, nn.Adam) else {}

    def layers():
        return nn.Dense(4, 4), layer(), nn.Dense(layer().n_out or 4, 3)

    whole = nn.Sequential(*layers(), stack=2, rng=seeds)
    history = run(whole, loss, y, make(rates, **options))
    for k, seed in enumerate(seeds):
        solo = nn.Sequential(*layers(), rng=seed)
        alone = run(solo, loss, y, make(float(rates[k, 0]), **options))
        same(whole.theta[k], solo.theta, rtol=1e-9, atol=1e-11)
        same(history.step_loss[:, k], alone.step_loss, rtol=1e-9)
        same(history.loss["train"][:, k], alone.loss["train"], rtol=1e-9)
        for name, value in solo.state().items():
            same(whole.state()[name][k], value, rtol=1e-9, atol=1e-11)


def test_gradients_are_clipped_before_the_step_and_after_the_penalty():
    """At x = 1, w = 3, b = 0 and target 3 the loss's slope is 0, the penalty's 2 · 0.5 · 3 = 3."""
    net = nn.Sequential(nn.Dense(1, 1, nn.constant(3)))
    nn.train(
        net, np.ones((2, 1)), np.full((2, 1), 3.0), loss=MSE, optimizer=nn.SGD(1), epochs=1,
        batch_size=2, rng=0, penalty=nn.L2(0.5), clip=0.25,
    )  # fmt: skip
    assert net.theta.tolist() == [2.75, 0]


def test_the_proximal_step_takes_the_rate_of_its_own_step():
    """A rate of 1 and then 0.5, a loss without slope: 3 becomes 3 − 0.5, then 2.25."""
    net = nn.Sequential(nn.Dense(1, 1, nn.constant(3)))
    nn.train(
        net, np.zeros((2, 1)), np.zeros((2, 1)), loss=MSE, optimizer=nn.SGD(lambda step: 1 / step),
        epochs=2, batch_size=2, rng=0, penalty=nn.ProximalL1(0.5),
    )  # fmt: skip
    assert net.theta.tolist() == [2.25, 0]


@every_optimizer
def test_a_run_that_diverges_stays_alone(make):
    """Row 1 begins at 10³⁰⁰ and overflows at once; the others are the same to the bit."""
    x, y, thetas = X[:, :1], X[:, 1:2], []
    for start in (0.5, 1e300):
        net = nn.Sequential(nn.Dense(1, 4), nn.ELU(), nn.Dense(4, 1), rng=[0, 1, 2], stack=3)
        net.theta[1] = start
        history = nn.train(net, x, y, loss=MSE, optimizer=make(0.01), epochs=3, batch_size=3, rng=0)
        thetas.append(net.theta.copy())
    assert history.diverged.tolist() == [False, True, False]
    assert np.array_equal(thetas[0][[0, 2]], thetas[1][[0, 2]])
    assert np.isfinite(thetas[1][[0, 2]]).all()


def test_too_high_a_rate_diverges_and_says_so():
    """In one stack: a rate of 0.1 learns, a rate of 1000 overflows, and neither is an error."""
    net = line(stack=2)
    x = np.linspace(-1, 1, 8)[:, None]
    history = nn.train(
        net, x, 3 * x, loss=MSE, optimizer=nn.SGD(np.array([[0.1], [1e3]])),
        epochs=150, batch_size=8, rng=0,
    )  # fmt: skip
    assert history.diverged.tolist() == [False, True]
    assert not np.isfinite(history.loss["train"][-1, 1])
    assert history.loss["train"][-1, 0] < 1e-3
    solo = line()
    alone = nn.train(
        solo, x, 3 * x, loss=MSE, optimizer=nn.SGD(0.1), epochs=150, batch_size=8, rng=0
    )
    same(net.theta[0], solo.theta)
    assert alone.diverged == np.False_


def test_divergence_in_the_very_last_step_is_seen():
    """One step to infinity: the batch's loss before it was still finite."""
    history = nn.train(
        line(), np.ones((2, 1)), np.ones((2, 1)), loss=MSE, optimizer=nn.SGD(1e200),
        epochs=1, batch_size=2, rng=0,
    )  # fmt: skip
    assert np.isfinite(history.step_loss).all()
    assert history.loss["train"][-1] == np.inf
    assert history.diverged


@every_loss
@pytest.mark.parametrize("size", [1, 4, 6, 100])
def test_evaluating_by_slices_is_evaluating_at_once(loss, y, size):
    for net in (network(), network(stack=3)):
        value, right = nn.evaluate(net, loss, X, y, size)
        same(value, loss(net.forward(X), y)[0], rtol=1e-13)
        same(right, loss.accuracy(net.forward(X), y), rtol=1e-13)


def test_evaluating_is_in_testing_mode():
    """Batch norm's running averages are used and not moved."""
    net = network()
    net.forward(X, train=True)
    before = net.layers[1].running_mean.copy()
    nn.evaluate(net, MSE, X, LOSSES["MeanSquaredError"][1])
    assert np.array_equal(net.layers[1].running_mean, before)


def test_what_goes_in_is_left_alone():
    loss, y = LOSSES["SoftmaxCrossEntropy"]
    x_before, y_before = X.copy(), y.copy()
    run(network(), loss, y, nn.Adam(0.1))
    assert np.array_equal(X, x_before)
    assert np.array_equal(y, y_before)


@pytest.mark.parametrize("gate", nn.data.GATES)
def test_two_layers_learn_every_gate(gate):
    """From 8 seeds in one stack, at least 7 get all four corners right; most gates all 8."""
    x, y = nn.data.gate(gate)
    net = nn.Sequential(nn.Dense(2, 8), nn.Tanh(), nn.Dense(8, 1), stack=8)
    history = nn.train(
        net, x, y, loss=nn.BinaryCrossEntropy(), optimizer=nn.Adam(0.05), epochs=200, batch_size=4,
        rng=0,
    )  # fmt: skip
    assert (history.accuracy["train"][-1] == 1).sum() >= 7
    assert (history.loss["train"][-1] < 0.1 * history.loss["train"][0]).sum() >= 7


def test_one_layer_cannot_learn_xor():
    """The best a line can do: every corner at ½, which costs ln 2."""
    x, y = nn.data.xor()
    history = nn.train(
        nn.Sequential(nn.Dense(2, 1)), x, y, loss=nn.BinaryCrossEntropy(), optimizer=nn.SGD(0.5),
        epochs=1000, batch_size=4, rng=0,
    )  # fmt: skip
    assert abs(history.loss["train"][-1] - np.log(2)) < 1e-4
    assert history.accuracy["train"].max() < 1


def test_equal_units_stay_equal():
    """From a constant start all hidden units are one unit, however long they train."""
    x, y = nn.data.xor()
    net = nn.Sequential(nn.Dense(2, 3, nn.constant(0.5)), nn.Tanh(), nn.Dense(3, 1, nn.constant(1)))
    nn.train(
        net, x, y, loss=MSE, optimizer=nn.Adam(0.05), epochs=50, batch_size=2, rng=0
    )  # fmt: skip
    W = net.layers[0].W
    assert np.array_equal(W, [W[0]] * 3)
    assert abs(W[0] - 0.5).min() > 1e-3


def test_digits_are_learned():
    """Ten epochs of 64-32-10: over 93% of the test digits, from a loss of about ln 10."""
    (x, y), test = nn.data.digits()
    net = nn.Sequential(nn.Dense(64, 32, nn.he_normal), nn.ReLU(), nn.Dense(32, 10))
    history = nn.train(
        net, x, y, loss=nn.SoftmaxCrossEntropy(), optimizer=nn.Adam(0.005), epochs=10,
        batch_size=32, rng=0, watch={"test": test},
    )  # fmt: skip
    assert abs(history.loss["test"][0] - np.log(10)) < 0.6
    assert history.accuracy["test"][-1] > 0.93
