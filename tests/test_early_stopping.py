"""Early stopping, snapshots, and what the record says: alone and in a stack."""

import numpy as np
import pytest
from engine import same

import nnlib as nn

RNG = np.random.default_rng(0)
X = RNG.normal(size=(24, 4))
Y = (X[:, :3] + RNG.normal(0, 0.8, (24, 3))).argmax(1)  # learnable, but not all of it
TRAIN, VALIDATION = (X[:14], Y[:14]), (X[14:], Y[14:])
SCE = nn.SoftmaxCrossEntropy()


def network(**options):
    return nn.Sequential(nn.Dense(4, 12), nn.BatchNorm(12), nn.Tanh(), nn.Dense(12, 3), **options)


def run(net, epochs=60, lr=0.03, **options):
    """Few examples and noisy labels: overfitting sets in soon."""
    return nn.train(
        net, *TRAIN, loss=SCE, optimizer=nn.Adam(lr), epochs=epochs, batch_size=7, rng=0,
        watch={"train": TRAIN, "validation": VALIDATION}, **options,
    )  # fmt: skip


def told(stop, losses):
    """What `see` answers after each epoch, for these losses and a network whose θ is the epoch."""
    net, history, answers = (
        nn.Sequential(nn.Dense(1, 1), stack=np.size(losses[0])),
        nn.History(),
        [],
    )
    history._watch("validation", np.full(np.shape(losses[0]), 9.0), None)
    for epoch, loss in enumerate(losses, 1):
        net.theta[...] = epoch
        history._watch("validation", np.asarray(loss), None)
        answers.append(stop.see(net, history))
    return net, answers


@pytest.mark.parametrize(
    ("losses", "patience", "best_epoch", "ends"),
    [
        ([4, 3, 3, 3.5, 2], 2, 2, 4),  # equal is no improvement
        ([4, 3, 3, 2.9, 5, 5, 1], 2, 4, 6),  # an improvement in the last moment
        ([4, 5, 1], 1, 1, 2),
        ([4, np.nan, np.nan, 3, np.nan, np.inf, 5], 3, 4, 7),
        ([np.nan, np.nan, np.nan], 2, 0, 2),
    ],
)
def test_patience(losses, patience, best_epoch, ends):
    """The run ends `patience` epochs after the best, and no sooner."""
    stop = nn.EarlyStopping(patience)
    net, answers = told(stop, [[loss] for loss in losses[:ends]])
    assert answers == [False] * (ends - 1) + [True]
    assert stop.best_epoch == [best_epoch]
    stop.finish(net)
    assert (net.theta == max(best_epoch, 1)).all()


def test_in_a_stack_each_row_is_judged_alone_and_all_must_be_over():
    """Row 1 is over after epoch 3: what it does later, 0.5, comes too late."""
    stop = nn.EarlyStopping(2)
    net, answers = told(stop, [[4, 4], [3, 5], [2, 6], [3, 0.5], [1, 0.4], [2, 0.3], [2, 0.2]])
    assert answers == [False] * 6 + [True]
    assert stop.best_epoch.tolist() == [5, 1]
    assert stop.best.tolist() == [1, 4]
    stop.finish(net)
    assert net.theta.tolist() == [[5, 5], [1, 1]]


def test_the_best_weights_come_back_with_their_running_averages():
    """After stopping, the network is what a run of just `best_epoch` epochs leaves."""
    stop, net, shorter = nn.EarlyStopping(5), network(), network()
    history = run(net, stop=stop)
    losses, best = history.loss["validation"], int(stop.best_epoch)
    assert 1 < best < 50
    assert len(losses) == best + 5 + 1
    assert losses[1:].argmin() + 1 == best
    assert stop.best == losses[best]
    run(shorter, epochs=best)
    for name, value in shorter.state().items():
        assert np.array_equal(net.state()[name], value), name
    same(nn.evaluate(net, SCE, *VALIDATION)[0], losses[best], rtol=1e-13)


def test_a_run_that_is_never_stopped_still_ends_with_its_best():
    stop, net = nn.EarlyStopping(1000), network()
    history = run(net, epochs=40, stop=stop)
    losses = history.loss["validation"]
    assert len(losses) == 41
    assert int(stop.best_epoch) == losses[1:].argmin() + 1 < 40
    same(nn.evaluate(net, SCE, *VALIDATION)[0], losses[1:].min(), rtol=1e-13)


def test_another_data_set_may_be_watched():
    stop, net = nn.EarlyStopping(2, watch="train"), network()
    history = run(net, epochs=5, stop=stop)
    assert int(stop.best_epoch) == 5
    assert stop.best == history.loss["train"][-1]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_rows_of_a_stack_stop_as_their_solo_runs_do(dtype):
    """Best epoch, best loss, θ and running averages, row by row."""
    seeds, stop = [0, 1, 2, 3], nn.EarlyStopping(4)
    whole = network(stack=4, rng=seeds, dtype=dtype)
    history = run(whole, stop=stop)
    loose = {"rtol": 1e-8, "atol": 1e-9} if dtype is np.float64 else {"rtol": 1e-2, "atol": 1e-3}
    for k, seed in enumerate(seeds):
        own, solo = nn.EarlyStopping(4), network(rng=seed, dtype=dtype)
        alone = run(solo, stop=own)
        assert stop.best_epoch[k] == own.best_epoch
        same(stop.best[k], own.best, **loose)
        for name, value in solo.state().items():
            same(whole.state()[name][k], value, **loose)
            assert value.dtype == whole.state()[name].dtype == dtype
        length = len(alone.loss["validation"])
        same(history.loss["validation"][:length, k], alone.loss["validation"], **loose)
    assert len(set(stop.best_epoch)) > 1
    assert len(history.loss["validation"]) == stop.best_epoch.max() + 4 + 1


def test_a_network_that_diverges_does_not_hold_up_the_others():
    """Row 1 is at NaN from the start: it is best at no epoch, and row 0 is as it would be alone."""
    stop, net, solo = nn.EarlyStopping(4), network(stack=2, rng=[0, 1]), network(rng=0)
    net.theta[1] = np.nan
    history, own = run(net, stop=stop), nn.EarlyStopping(4)
    run(solo, stop=own)
    assert stop.best_epoch.tolist() == [own.best_epoch, 0]
    same(net.theta[0], solo.theta, rtol=1e-8, atol=1e-10)
    assert history.diverged.tolist() == [False, True]


def test_a_data_set_that_is_not_watched_is_named_before_training():
    net = network()
    before = net.theta.copy()
    for stop in (nn.EarlyStopping(3, watch="test"), nn.EarlyStopping(3, watch=5)):
        with pytest.raises(ValueError, match=r"(?s)no data set .* is watched.*train, validation"):
            run(net, stop=stop)
    assert np.array_equal(net.theta, before)


@pytest.mark.parametrize("stack", [None, 2])
def test_snapshots_are_copies_at_their_epochs(stack):
    """Epoch 0 is before the first step; training on does not move what was kept."""
    net, shots = network(stack=stack), nn.Snapshots([0, 2, 5, 99])
    start = net.theta.copy()
    run(net, epochs=5, on_epoch=shots)
    assert list(shots) == [0, 2, 5]
    assert np.array_equal(shots[0], start)
    assert np.array_equal(shots[5], net.theta)
    shorter = network(stack=stack)
    run(shorter, epochs=2)
    assert np.array_equal(shots[2], shorter.theta)
    assert not np.shares_memory(shots[5], net.theta)


def test_snapshots_may_be_asked_for_by_any_numbers():
    for epochs in (range(3), (0, 1, 2), {0, 1, 2}, np.arange(3), iter([0, 1, 2])):
        shots = nn.Snapshots(epochs)
        run(network(), epochs=4, on_epoch=shots)
        assert list(shots) == [0, 1, 2]


def test_newest_is_the_last_loss_on_a_data_set():
    """While training, for a listener, and afterwards."""
    seen = []
    history = run(
        network(), epochs=3, listeners=[lambda net, h: seen.append(h.newest("validation"))]
    )
    assert seen == history.loss["validation"][1:].tolist()
    assert history.newest("train") == history.loss["train"][-1]
    whole = run(network(stack=2), epochs=2)
    assert np.array_equal(whole.newest("train"), whole.loss["train"][-1])


def test_stop_has_seen_the_epoch_when_the_listeners_are_called():
    """In the last epoch, too."""
    stop, epochs = nn.EarlyStopping(2), []
    history = run(network(), stop=stop, listeners=[lambda *_: epochs.append(stop.epoch)])
    assert epochs == list(range(1, len(history.loss["validation"])))


def test_listeners_come_after_each_epoch_in_order_and_hear_the_network():
    calls, net = [], network()
    listeners = [lambda n, h: calls.append((n is net, "a")), lambda n, h: calls.append((True, "b"))]
    run(net, epochs=2, listeners=listeners)
    assert calls == [(True, "a"), (True, "b")] * 2
