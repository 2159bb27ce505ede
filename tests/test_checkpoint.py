"""Checkpoints: resuming to the bit, files that are damaged or foreign, crashes while saving."""

import copy
import json
import pickle
import signal
import subprocess
import sys
import zipfile

import numpy as np
import pytest
from engine import OPTIMIZERS

import nnlib as nn
from nnlib.checkpoint import load, save
from nnlib.schedules import cosine, reduce_on_plateau

X = np.random.default_rng(0).normal(size=(30, 4))
Y = np.random.default_rng(1).integers(0, 3, 30)
X_NEW = np.random.default_rng(2).normal(size=(12, 4))
Y_NEW = np.random.default_rng(3).integers(0, 3, 12)


class Run:
    """Everything a run consists of, made anew: batch norm, two dropouts, moments, a schedule."""

    def __init__(self, make=nn.Adam, lr=None, dtype=np.float64, stack=None, rng=7):
        self.net = nn.Sequential(
            nn.Dense(4, 6), nn.BatchNorm(6), nn.ReLU(), nn.Dropout(0.3, rng=5), nn.Dense(6, 6),
            nn.Tanh(), nn.Dropout(0.5, rng=6), nn.Dense(6, 3), dtype=dtype, stack=stack,
        )  # fmt: skip
        self.plateau = reduce_on_plateau(0.05 if lr is None else lr, patience=1)
        self.optimizer, self.rng = make(self.plateau), np.random.default_rng(rng)
        self.stop = nn.EarlyStopping(patience=5)

    def train(self, epochs, **options):
        return nn.train(
            self.net, X, Y, loss=nn.SoftmaxCrossEntropy(), optimizer=self.optimizer, rng=self.rng,
            epochs=epochs, batch_size=8, watch={"validation": (X_NEW, Y_NEW)}, **options,
        )  # fmt: skip

    def everything(self):
        """All that training may change, as text: floats are written to the last bit."""
        return repr(
            [
                {name: value.tolist() for name, value in self.net.state().items()},
                {name: getattr(self.optimizer, name).tolist() for name in self.optimizer.state},
                self.optimizer.t,
                [np.asarray(v).tolist() for v in (self.plateau.rate, self.plateau.best)],
                np.asarray(self.plateau.waited).tolist(),
                [g.bit_generator.state for g in (self.rng, *self.dropouts())],
            ]
        )

    def dropouts(self):
        return [layer.rng for layer in self.net.layers if isinstance(layer, nn.Dropout)]


def same_history(whole, first, second):
    """The second run's record goes on where the first one's ended, to the bit."""
    assert np.array_equal(whole.step_loss, np.concatenate([first.step_loss, second.step_loss]))
    for table in ("loss", "accuracy"):
        values = [getattr(each, table)["validation"] for each in (whole, first, second)]
        assert np.array_equal(values[0], np.concatenate([values[1], values[2][1:]]))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.npz"


@pytest.fixture
def saved(path):
    """A checkpoint after two epochs, and the run that wrote it."""
    run = Run()
    run.train(2)
    save(path, run.net, run.optimizer, run.rng, epoch=2)
    return run


@pytest.mark.parametrize("stack", [None, 3], ids=["solo", "stack"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("make", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_resumed_is_uninterrupted(path, make, dtype, stack):
    """5 epochs, save, load into fresh objects, 5 more: as 10, in every number there is."""
    lr = 0.05 if stack is None else np.array([[0.1], [0.05], [0.02]])
    whole, first, second = (Run(make, lr, dtype, stack) for _ in range(3))
    record = whole.train(10)
    assert (whole.plateau.rate < lr).any()  # so that losing the schedule's state would show
    begun = first.train(5)
    save(path, first.net, first.optimizer, first.rng, epoch=5)
    assert load(path, second.net, second.optimizer, second.rng) == {"epoch": 5}
    assert second.everything() == first.everything()
    same_history(record, begun, second.train(5))
    assert second.everything() == whole.everything()
    assert np.array_equal(second.net.forward(X.astype(dtype)), whole.net.forward(X.astype(dtype)))


@pytest.mark.parametrize("lost", ["optimizer", "rng", "schedule", "dropout", "norm"])
def test_each_part_is_needed(path, lost):
    """Resuming without one of them is another run: what the test above compares does differ."""
    whole, first, second = Run(), Run(), Run()
    whole.train(10)
    first.train(5)
    save(path, first.net, first.optimizer, first.rng)
    load(path, second.net, second.optimizer, second.rng)
    fresh = Run()
    if lost == "optimizer":
        second.optimizer = nn.Adam(second.plateau)
    elif lost == "rng":
        second.rng = fresh.rng
    elif lost == "schedule":
        vars(second.plateau).update(vars(fresh.plateau))
    elif lost == "dropout":
        second.net.layers[3].rng = fresh.net.layers[3].rng
    else:
        second.net.layers[1].running_var[...] = 1
    second.train(5)
    assert second.everything() != whole.everything()


@pytest.mark.parametrize("stack", [None, 3], ids=["solo", "stack"])
def test_early_stopping_resumes(path, stack):
    """Saved by a listener in epoch 3: it stops in the same epoch, with the same best weights."""

    def keep(net, history):
        if len(history.loss["validation"]) == 4:
            save(path, net, first.optimizer, first.rng, stop=first.stop)

    whole, first, second = (Run(stack=stack) for _ in range(3))
    record = whole.train(40, stop=whole.stop)
    first.train(4, stop=first.stop, listeners=[keep])
    load(path, second.net, second.optimizer, second.rng, second.stop)
    again = second.train(37, stop=second.stop)
    epochs = len(record.loss["validation"]) - 1
    assert 4 < epochs < 40
    assert len(again.loss["validation"]) - 1 == epochs - 3
    assert np.array_equal(second.stop.best_epoch, whole.stop.best_epoch)
    assert second.stop.epoch == whole.stop.epoch == epochs
    assert np.array_equal(second.stop.best, whole.stop.best)
    assert second.everything() == whole.everything()  # with the best weights put back


def test_a_schedule_by_steps_goes_on(path):
    """It needs nothing but the optimizer's count of steps."""
    whole, first, second = (Run(make=lambda _: nn.Momentum(cosine(0.1, 40))) for _ in range(3))
    whole.train(10)
    first.train(5)
    save(path, first.net, first.optimizer, first.rng)
    load(path, second.net, second.optimizer, second.rng)
    second.train(5)
    assert np.array_equal(second.net.theta, whole.net.theta)
    assert np.array_equal(second.optimizer.v, whole.optimizer.v)


def test_saving_in_the_middle_as_a_listener(path):
    """After every epoch of one long run; the last file leads to the same end."""
    whole, first, second = Run(), Run(), Run()
    whole.train(6)

    def keep(net, history):
        epoch = len(history.loss["validation"]) - 1
        if epoch <= 4:
            save(path, net, first.optimizer, first.rng, epoch=epoch)

    first.train(6, listeners=[keep])
    numbers = load(path, second.net, second.optimizer, second.rng)
    second.train(6 - numbers["epoch"])
    assert second.everything() == whole.everything() == first.everything()


def test_before_the_first_step(path):
    """Nothing has moments yet: the file says so, and loading rewinds an optimizer that had."""
    fresh, used = Run(), Run()
    save(path, fresh.net, fresh.optimizer, fresh.rng, stop=fresh.stop)
    used.train(2, stop=used.stop)
    load(path, used.net, used.optimizer, used.rng, used.stop)
    assert used.optimizer.t == 0
    assert used.stop.state is None
    fresh.train(3)
    used.train(3)
    assert used.everything() == fresh.everything()


def test_the_network_alone(saved, path):
    """For use rather than training: nothing else has to be made."""
    net = Run().net
    assert load(path, net) == {"epoch": 2}
    assert np.array_equal(net.forward(X), saved.net.forward(X))


def test_numbers_come_back_to_the_bit(path):
    numbers = {"loss": np.float64(0.1) + 0.2, "step": 2**60 + 1, "best": np.inf, "low": 5e-324}
    net = nn.Sequential(nn.Dense(2, 1))
    save(path, net, **numbers, seen=np.int64(3), over=True)
    assert load(path, net) == numbers | {"seen": 3, "over": True}


@pytest.mark.parametrize("kind", ["PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64"])
def test_every_generator_goes_on(path, kind):
    net = nn.Sequential(nn.Dense(2, 1))
    make = getattr(np.random, kind)
    rng, other = np.random.Generator(make(1)), np.random.Generator(make(2))
    rng.integers(0, 9, 3, dtype=np.uint8)  # leaves half a word behind in some
    save(path, net, rng=rng)
    load(path, net, rng=other)
    for draw in (lambda g: g.integers(0, 9, 5, dtype=np.uint8), lambda g: g.normal(size=9)):
        assert np.array_equal(draw(rng), draw(other))


def test_the_path_is_taken_as_it_is(tmp_path):
    """No ending is added, a text will do, and nothing is left beside the file."""
    net = nn.Sequential(nn.Dense(2, 1))
    save(str(tmp_path / "run.state"), net)
    assert [each.name for each in tmp_path.iterdir()] == ["run.state"]
    assert load(str(tmp_path / "run.state"), net) == {}


def refused(path, match, run=None):
    """Loading is a ValueError with these words, and nothing has changed."""
    run = run or Run()
    before = run.everything() if run.optimizer.t else repr(run.net.state())
    with pytest.raises(ValueError, match=match) as caught:
        load(path, run.net, run.optimizer, run.rng)
    assert str(path) in str(caught.value)
    assert (run.everything() if run.optimizer.t else repr(run.net.state())) == before
    return str(caught.value)


def test_every_flipped_byte_is_noticed_or_harmless(saved, path):
    """A byte changed anywhere: refused with nothing changed, or (a date in it) loaded right."""
    sound, run, refusals = path.read_bytes(), Run(), 0
    run.train(1)
    before, rng = run.everything(), np.random.default_rng(0)
    spots = np.unique([*rng.integers(0, len(sound), 250), *range(200), *range(-200, 0)])
    for at in spots:
        damaged = bytearray(sound)
        damaged[at] ^= 1 << rng.integers(8)
        path.write_bytes(damaged)
        try:
            load(path, run.net, run.optimizer, run.rng)
        except ValueError as error:
            said, refusals = str(error), refusals + 1
            assert run.everything() == before
            assert "damaged" in said or "foreign" in said
        else:
            assert run.everything() == saved.everything()
            path.write_bytes(sound)
            run = Run()
            run.train(1)
            assert run.everything() == before
    assert refusals > 0.7 * len(spots)


@pytest.mark.parametrize("share", [0.001, 0.1, 0.5, 0.9, 0.999])
def test_truncated(saved, path, share):
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    refused(path, "truncated", run=saved)


def test_foreign_files(path, tmp_path):
    run = Run()
    run.train(1)
    path.write_bytes(b"")
    refused(path, "foreign", run)
    path.write_bytes(pickle.dumps({"theta": 1}))
    refused(path, "foreign", run)
    np.save(tmp_path / "theta.npy", run.net.theta)
    refused(tmp_path / "theta.npy", "foreign", run)
    np.savez(path, theta=run.net.theta)
    refused(path, "foreign", run)
    np.savez(path, header=np.array(json.dumps({"format": "something else"})))
    refused(path, "foreign", run)
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("letter.txt", "Dear nnlib")
    refused(path, "foreign", run)


class Bomb:
    """What runs when it is unpickled."""

    def __reduce__(self):
        return (pytest.fail, ("a file was executed",))


def test_nothing_is_executed(path):
    bombs = np.empty(1, object)
    bombs[0] = Bomb()
    path.write_bytes(pickle.dumps(Bomb()))
    refused(path, "foreign")
    np.savez(path, header=bombs)
    refused(path, "damaged")
    np.savez(path, **{"header": np.array("{}"), "net.theta": bombs})
    refused(path, "damaged")


def rewritten(path, change):
    """The same checkpoint, but sound, with its header and arrays changed by hand."""
    with np.load(path, allow_pickle=False) as stored:
        arrays = dict(stored)
    header = json.loads(arrays["header"].item())
    header = change(header, arrays) or header
    with path.open("wb") as file:
        np.savez(file, **arrays | {"header": np.array(json.dumps(header))})


BY_HAND = {
    "a later version": (lambda h, a: h.update(version=3), "version 3 .* expected 2"),
    "no version": (lambda h, a: h.pop("version") and None, "version None .* expected 2"),
    "no parts": (lambda h, a: h.pop("parts") and None, "damaged.*parts"),
    "parts in a list": (lambda h, a: h.update(parts=[]), "damaged"),
    "no generators": (lambda h, a: h.pop("generators") and None, "damaged.*generators"),
    "no numbers": (lambda h, a: h.pop("numbers") and None, "damaged.*numbers"),
    "a list": (lambda h, a: [1], "damaged"),
    "no theta": (lambda h, a: a.pop("net.theta").fill(0), "damaged.*net.*theta"),
    "a longer theta": (lambda h, a: a.update({"net.theta": np.zeros(200)}), r"damaged.*\(200,\)"),
    "theta in another type": (
        lambda h, a: a.update({"net.theta": a["net.theta"].astype(np.float32)}), "damaged.*float32",
    ),
    "one array more": (lambda h, a: a.update({"net.9.more": np.zeros(2)}), "damaged.*9.more"),
    "a moment missing": (lambda h, a: a.pop("optimizer.v").fill(0), "damaged.*optimizer.*'v'"),
    "no count of steps": (lambda h, a: a.pop("optimizer.t").fill(0), "damaged.*'t'"),
    "a schedule without its best": (lambda h, a: a.pop("schedule.best").fill(0), "damaged.*best"),
    "a generator's state cut": (
        lambda h, a: h["generators"]["rng"].pop("state") and None, "damaged.*generator rng",
    ),
    "a generator of another kind": (
        lambda h, a: h["generators"]["rng"].update(bit_generator="MT19937"),
        "MT19937 as generator rng, expected PCG64",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BY_HAND)
def test_headers_changed_by_hand(saved, path, name):
    change, words = BY_HAND[name]
    rewritten(path, change)
    run = Run()
    run.train(1)
    refused(path, words, run)


def test_a_rewritten_file_is_otherwise_fine(saved, path):
    """So that each case above fails for its own reason."""
    rewritten(path, lambda header, arrays: None)
    run = Run()
    load(path, run.net, run.optimizer, run.rng)
    assert run.everything() == saved.everything()


OTHERS = {
    "other layers": (
        lambda: {"net": nn.Sequential(nn.Dense(4, 3))}, r"net Sequential.*not Sequential\(Dense",
    ),
    "another type": (lambda: {"net": Run(dtype=np.float32).net}, "in float64.*in float32"),
    "a stack": (lambda: {"net": Run(stack=2).net}, "stack=2"),
    "another optimizer": (lambda: {"optimizer": nn.SGD(0.1)}, "optimizer Adam, which is not SGD"),
    "a generator of another kind": (
        lambda: {"rng": np.random.Generator(np.random.MT19937(0))}, "PCG64.*expected MT19937",
    ),
    "a stop that was not saved": (lambda: {"stop": nn.EarlyStopping(2)}, "without stop"),
}  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_another_runs_file(saved, path, name):
    make, words = OTHERS[name]
    run = Run()
    given = {"net": run.net, "optimizer": run.optimizer, "rng": run.rng} | make()
    theta, state = given["net"].theta.copy(), copy.deepcopy(given["rng"].bit_generator.state)
    with pytest.raises(ValueError, match=words):
        load(path, **given)
    assert np.array_equal(given["net"].theta, theta)
    assert given["optimizer"].t == 0
    assert repr(given["rng"].bit_generator.state) == repr(state)


def test_what_was_not_saved_cannot_be_loaded(path):
    run = Run()
    save(path, run.net)
    for part in ("optimizer", "rng"):
        with pytest.raises(ValueError, match=f"without .*{part}"):
            load(path, run.net, **{part: getattr(run, part)})
    constant = Run(make=lambda _: nn.Adam(0.1))
    save(path, constant.net, constant.optimizer)
    with pytest.raises(ValueError, match="without schedule"):
        load(path, run.net, run.optimizer)


def test_a_column_of_rates_that_does_not_fit(path):
    """A rate for each of 2 networks, and 3 networks: found before anything is changed."""
    first, second = Run(stack=3), Run(stack=3, make=lambda _: nn.Adam([[0.1], [0.2]]))
    first.train(1)
    save(path, first.net, first.optimizer)
    theta = second.net.theta.copy()
    with pytest.raises(ValueError, match=r"lr has shape \(2, 1\)"):
        load(path, second.net, second.optimizer)
    assert np.array_equal(second.net.theta, theta)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"optimizer": nn.Adam}, "optimizer .*Optimizer"),
        ({"rng": 7}, "rng .*Generator.* 7"),
        ({"stop": 3}, "stop .*EarlyStopping.* 3"),
        ({"epoch": "five"}, "epoch .*number.* 'five'"),
        ({"losses": [1.0, 2.0]}, "losses .*number"),
    ],
)
def test_what_cannot_be_saved(saved, path, given, words):
    before = path.read_bytes()
    with pytest.raises(TypeError, match=words):
        save(path, saved.net, **given)
    assert path.read_bytes() == before


def test_a_failed_write_leaves_the_old_file(saved, path, monkeypatch):
    """A full disk at the last moment: the error passes, the old file stays, no rubbish either."""
    before = path.read_bytes()

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        save(path, Run().net)
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_killed_while_saving_leaves_the_old_file(saved, path):
    """The process dies when all is written and not yet safe on the disk."""
    program = f"""
import os, signal
import nnlib as nn
from nnlib.checkpoint import save
os.fsync = lambda descriptor: os.kill(os.getpid(), signal.SIGKILL)
save({str(path)!r}, nn.Sequential(nn.Dense(2, 1)))
"""
    before = path.read_bytes()
    died = subprocess.run([sys.executable, "-c", program], timeout=60)
    assert died.returncode == -signal.SIGKILL
    assert path.read_bytes() == before
    run = Run()
    assert load(path, run.net, run.optimizer, run.rng) == {"epoch": 2}
