"""Search: against brute force, in a stack, in threads and processes, and on a Dask cluster."""

import itertools
import os
import signal
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import dask
import distributed
import numpy as np
import pytest
from engine import refuses
from tqdm import tqdm

import nnlib as nn

SPACE = {"lr": [0.01, 0.1, 1.0], "width": [2, 3], "name": ["a", "b"]}


def score(lr, width, name):
    """Lowest at lr = 0.1, width = 3, name b."""
    return abs(np.log10(lr) + 1) + abs(width - 3) + (name == "a") / 2


def slow_square(x):
    time.sleep(0.05)
    return x * x


def stops_once(x, flag):
    """Kills its own process, the first time that anybody comes to x = 3."""
    time.sleep(0.05)
    if x == 3:
        try:
            os.close(os.open(flag, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return x * x
        os.kill(os.getpid(), signal.SIGKILL)
    return x * x


def always_stops(x):
    if x == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.2)
    return x


def fails(x):
    if x == 2:
        raise ZeroDivisionError("x was 2")
    return x


def scores(results):
    return [trial.score for trial in results.trials]


def test_the_grid_is_every_combination():
    results = nn.grid_search(score, SPACE)
    brute = {each: score(*each) for each in itertools.product(*SPACE.values())}
    assert [tuple(t.setting.values()) for t in results.trials] == list(brute)
    assert [t.score for t in results.trials] == list(brute.values())
    assert tuple(results.best.setting.values()) == min(brute, key=brute.get) == (0.1, 3, "b")
    assert results.best.score == 0
    assert not results.missing
    assert not results.failed
    assert not results.interrupted
    assert [t.score for t in results.done] == sorted(brute.values())


def test_what_goes_together_is_one_call():
    calls = []

    def run(lr, width, name):
        calls.append((lr, width, name))
        return [score(rate, width, each) for rate, each in zip(lr, name, strict=True)]

    results = nn.grid_search(run, SPACE, together=("lr", "name"))
    assert len(calls) == 2
    assert [width for _, width, _ in calls] == [2, 3]
    assert calls[0][0].tolist() == [0.01, 0.01, 0.1, 0.1, 1, 1]
    assert [t.score for t in results.trials] == [
        score(*each) for each in itertools.product(*SPACE.values())
    ]


def test_a_stack_scores_as_its_networks_alone():
    x, y = nn.data.xor()

    def trained(lr, seed):
        net = nn.Sequential(nn.Dense(2, 4), nn.Tanh(), nn.Dense(4, 1), rng=seed, stack=len(seed))
        history = nn.train(
            net, x, y, loss=nn.BinaryCrossEntropy(), optimizer=nn.SGD(lr[:, None]),
            epochs=20, batch_size=4, rng=0,
        )  # fmt: skip
        return history.loss["train"][-1]

    space = {"lr": [0.1, 1.0, 3.0], "seed": [0, 1]}
    stacked = nn.grid_search(trained, space, together=("lr", "seed"))
    alone = nn.grid_search(lambda lr, seed: trained(np.array([lr]), [seed])[0], space)
    assert [t.score for t in stacked.trials] == pytest.approx([t.score for t in alone.trials])


def test_random_settings_come_from_the_samplers():
    space = {
        "lr": nn.log_uniform(1e-3, 1), "momentum": nn.uniform(0.5, 0.9),
        "width": nn.choice([8, 16]), "seed": range(3),
    }  # fmt: skip
    results = nn.random_search(lambda lr, **rest: lr, space, 200, rng=0)
    drawn = {name: np.array([t.setting[name] for t in results.trials]) for name in space}
    assert ((drawn["lr"] >= 1e-3) & (drawn["lr"] <= 1)).all()
    assert 0.4 < np.mean(drawn["lr"] < 10**-1.5) < 0.6  # half of them in the lower half, by log
    assert ((drawn["momentum"] >= 0.5) & (drawn["momentum"] <= 0.9)).all()
    assert set(drawn["width"]) == {8, 16}
    assert set(drawn["seed"]) == {0, 1, 2}
    again = nn.random_search(lambda lr, **rest: lr, space, 200, rng=0)
    assert [t.setting for t in again.trials] == [t.setting for t in results.trials]
    assert results.best.score == drawn["lr"].min()


def test_random_settings_in_one_stack():
    calls = []

    def run(lr, seed):
        calls.append(lr)
        return lr

    space = {"lr": nn.log_uniform(1e-3, 1), "seed": [0]}
    results = nn.random_search(run, space, 7, rng=1, together=("lr",))
    assert [len(lr) for lr in calls] == [7]
    assert [t.score for t in results.trials] == [t.setting["lr"] for t in results.trials]


def test_an_error_is_kept_with_its_setting():
    results = nn.grid_search(fails, {"x": [1, 2, 3]})
    assert [t.setting for t in results.failed] == [{"x": 2}]
    assert isinstance(results.failed[0].error, ZeroDivisionError)
    assert [t.setting["x"] for t in results.done] == [1, 3]
    assert str(results).splitlines() == [
        "x  score", "1  1", "3  3", "2  ZeroDivisionError: x was 2", "2 of 3 done, 1 failed",
    ]  # fmt: skip


def test_divergence_is_the_worst_score():
    results = nn.grid_search(lambda x: x, {"x": [float("nan"), 2.0, float("inf")]})
    assert results.best.score == 2
    assert len(results.done) == 3
    results = nn.grid_search(lambda x: x, {"x": [float("nan")]})
    with pytest.raises(ValueError, match="no run ended with a finite score: 1 of 1 done"):
        _ = results.best


@pytest.mark.parametrize(
    ("together", "answer", "words"),
    [
        ((), [1.0, 2.0], "one number"),
        ((), None, "score, got None"),
        ((), "good", "could not convert"),
        (("x",), 1.0, "2 scores"),
        (("x",), [1.0, 2.0, 3.0], "2 scores"),
    ],
)
def test_a_wrong_answer_is_an_error_of_its_run(together, answer, words):
    results = nn.grid_search(lambda x: answer, {"x": [1, 2]}, together=together)
    assert len(results.failed) == 2
    assert words in str(results.failed[0].error)


def interrupts(x):
    if x == 3:
        raise KeyboardInterrupt
    return x


def test_an_interruption_keeps_what_is_done():
    results = nn.grid_search(interrupts, {"x": [1, 2, 3, 4]})
    assert results.interrupted
    assert [t.score for t in results.done] == [1, 2]
    assert results.missing == [{"x": 3}, {"x": 4}]
    assert str(results).splitlines()[-1] == "2 of 4 done, 2 missing (interrupted)"


def test_control_c_while_threads_work():
    """A real SIGINT, as Ctrl-C sends it, while the search waits."""
    timer = threading.Timer(0.4, lambda: os.kill(os.getpid(), signal.SIGINT))
    with ThreadPoolExecutor(2) as pool:
        timer.start()
        begin = time.perf_counter()
        results = nn.grid_search(slow_square, {"x": range(200)}, executor=pool)
    assert time.perf_counter() - begin < 3  # and not the five seconds that all would take
    assert results.interrupted
    assert 0 < len(results.done) < 200
    assert len(results.done) + len(results.missing) == 200
    assert all(t.score == t.setting["x"] ** 2 for t in results.done)


@pytest.mark.parametrize("kind", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_an_executor_gives_the_same(kind):
    with kind(2) as pool:
        results = nn.grid_search(score, SPACE, executor=pool)
        failing = nn.grid_search(fails, {"x": [1, 2, 3]}, executor=pool)
    assert scores(results) == scores(nn.grid_search(score, SPACE))
    assert [t.setting for t in failing.failed] == [{"x": 2}]
    assert [t.score for t in failing.done] == [1, 3]


def test_a_pool_that_breaks_is_accounted_for():
    """A ProcessPoolExecutor is of no more use when one of its processes dies."""
    with ProcessPoolExecutor(2) as pool:
        results = nn.grid_search(always_stops, {"x": range(6)}, executor=pool)
    assert {"x": 3} in results.missing
    assert len(results.done) + len(results.missing) == 6
    assert not results.failed
    assert f"{len(results.missing)} missing" in str(results)


def test_out_of_patience():
    """One call never ends; the others do, and the search says which is missing."""
    forever = threading.Event()
    with ThreadPoolExecutor(2) as pool:
        results = nn.grid_search(
            lambda x: forever.wait() if x == 1 else x, {"x": range(5)}, executor=pool, patience=0.3
        )
        forever.set()
    assert results.missing == [{"x": 1}]
    assert [t.score for t in results.done] == [0, 2, 3, 4]


def test_an_executor_that_is_shut_down():
    pool = ThreadPoolExecutor(1)
    pool.shutdown()
    results = nn.grid_search(fails, {"x": [1, 3]}, executor=pool)
    assert results.missing == [{"x": 1}, {"x": 3}]


def test_progress_hears_every_call():
    seen = []

    def progress(calls, total):
        for done, call in enumerate(calls, start=1):
            seen.append((done, total))
            yield call

    nn.grid_search(score, SPACE, progress=progress)
    assert seen == [(n, 12) for n in range(1, 13)]
    with open(os.devnull, "w") as quiet:
        results = nn.grid_search(
            score, SPACE, progress=lambda calls, total: tqdm(calls, total=total, file=quiet)
        )
    assert len(results.done) == 12


@pytest.fixture(scope="module")
def dask_client():
    """A cluster of two worker processes on this computer, reached by loopback."""
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1",
            dashboard_address=None, silence_logs=50,
        ) as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
    ):  # fmt: skip
        yield client


def test_a_cluster_gives_the_same(dask_client):
    with dask_client.get_executor() as pool:
        results = nn.grid_search(score, SPACE, executor=pool)
    assert scores(results) == scores(nn.grid_search(score, SPACE))


def test_a_cluster_goes_on_when_a_worker_is_killed(dask_client, tmp_path):
    flag = str(tmp_path / "killed")
    with dask_client.get_executor() as pool:
        space = {"x": range(12), "flag": [flag]}
        results = nn.grid_search(stops_once, space, executor=pool, patience=60)
    assert os.path.exists(flag)
    assert scores(results) == [x * x for x in range(12)]
    assert not results.missing


def test_a_cluster_says_what_kills_its_workers(dask_client):
    """A run that kills every worker that tries it is missing; the others are done."""
    with dask_client.get_executor() as pool:
        results = nn.grid_search(always_stops, {"x": range(6)}, executor=pool, patience=60)
    assert results.missing == [{"x": 3}], str(results)
    assert [t.score for t in results.done] == [0, 1, 2, 4, 5], str(results)


WRONG = {
    "no space": (lambda: nn.grid_search(score, {}), TypeError, "space dict {}"),
    "a list for a space": (lambda: nn.grid_search(score, [1]), TypeError, "space dict [1]"),
    "values that are no list": (
        lambda: nn.grid_search(score, {"lr": 0.1}), TypeError, "space['lr'] list 0.1",
    ),
    "no values": (lambda: nn.grid_search(score, {"lr": []}), TypeError, "space['lr'] list []"),
    "a sampler on a grid": (
        lambda: nn.grid_search(score, {"lr": nn.uniform(0, 1)}), TypeError, "space['lr'] grid",
    ),
    "together with nobody": (
        lambda: nn.grid_search(score, SPACE, together=("std",)), ValueError, "together std lr",
    ),
    "together as a word": (
        lambda: nn.grid_search(score, SPACE, together="lr"), TypeError, "together tuple ('lr',)",
    ),
    "no draws": (lambda: nn.random_search(score, SPACE, 0, 0), ValueError, "n at least 1 0"),
    "low above high": (lambda: nn.uniform(2, 1), ValueError, "low < high 2 1"),
    "log of zero": (lambda: nn.log_uniform(0, 1), ValueError, "0 < low < high 0 1"),
    "choice of nothing": (lambda: nn.choice([]), ValueError, "values at least one []"),
    "choice of a word": (lambda: nn.choice("abc"), ValueError, "values list 'abc'"),
}  # fmt: skip


@pytest.mark.parametrize(("do", "error", "words"), WRONG.values(), ids=WRONG)
def test_wrong_input(do, error, words):
    refuses(do, error, words)
