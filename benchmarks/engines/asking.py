"""Asking engines in turn: a process for each, chunks of steps, and medians over the rounds."""

import contextlib
import datetime
import json
import os
import random
import statistics
import subprocess
import sys
import time
from pathlib import Path

from works import CHECKED

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
RESULTS = HERE.parent / "results.json"
PEERS = ROOT / ".venv-bench" / "bin" / "python"
PYTHON = str(PEERS) if PEERS.exists() else sys.executable

ROUNDS, CHUNK, PAUSE = 15, 0.06, 0.03  # how often; seconds of work, and of rest for idle threads
TOLERANCE = 2e-3  # of the loss after a few steps, between any engine and nnlib

# Name: the package it needs, and its script.
ENGINES = {
    "nnlib": ("numpy", "with_nnlib"),
    "floor": ("numpy", "with_floor"),
    "PyTorch": ("torch", "with_torch"),
    "JAX": ("jax", "with_jax"),
    "scikit-learn": ("scikit-learn", "with_sklearn"),
    "autograd": ("autograd", "with_autograd"),
}
ONE_THREAD = {"XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false"}


def variants(engine, work):
    """The ways in which an engine can do a work; none if it cannot."""
    if engine == "PyTorch":
        shapes = ("loop", "bmm") if work.stack else ("one",)
        return [f"{shape} {kind}" for shape in shapes for kind in ("plain", "foreach", "fused")]
    if engine == "JAX":
        return ["step", "scan"]
    lacks_stacks, lacks_norm = engine in ("scikit-learn", "autograd"), engine == "scikit-learn"
    return [] if (lacks_stacks and work.stack) or (lacks_norm and work.norm) else [""]


class Worker:
    """One engine in its own process, with so many threads, that answers one line with one line."""

    def __init__(self, engine, threads):
        environment = dict(os.environ, PYTHONPATH=str(ROOT))
        environment |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), str(threads))
        environment |= ONE_THREAD if threads == 1 else {}
        self.process = subprocess.Popen(
            [PYTHON, "-W", "ignore", str(HERE / f"{ENGINES[engine][1]}.py")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment,
        )  # fmt: skip

    def ask(self, work, variant, **request):
        line = json.dumps({"work": work._asdict(), "variant": variant, **request})
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{self.process.args[-1]} ended at {line}")
        return json.loads(answer)

    def end(self):
        self.process.stdin.close()
        self.process.wait()


@contextlib.contextmanager
def asked(engines, threads=(1, 2)):
    """{(engine, threads): Worker} of those whose package is installed."""
    found = {(e, t): Worker(e, t) for e in engines if ENGINES[e][0] in versions() for t in threads}
    yield found
    for worker in found.values():
        worker.end()


def steps_a_chunk(worker, work, variant):
    """How many steps take CHUNK seconds, at least two; found by trying, which also warms up."""
    steps, best = 2, float("inf")
    for _ in range(12):
        worker.ask(work, variant, steps=steps)  # a scan compiles anew for each number of steps
        seconds = worker.ask(work, variant, steps=steps)
        if seconds > CHUNK / 2:
            break
        best = min(best, seconds / steps)
        steps = max(steps + 1, min(int(CHUNK / best), 8 * steps))
    return steps


def measured(workers, work, rounds=ROUNDS):
    """{(engine, threads, variant): (median seconds a step, steps a chunk)}"""
    steps = {
        (engine, threads, variant): steps_a_chunk(worker, work, variant)
        for (engine, threads), worker in workers.items()
        for variant in variants(engine, work)
    }
    times, order, shuffled = {each: [] for each in steps}, list(steps), random.Random(0)
    for _ in range(rounds):
        shuffled.shuffle(order)
        for engine, threads, variant in order:
            n = steps[engine, threads, variant]
            seconds = workers[engine, threads].ask(work, variant, steps=n)
            times[engine, threads, variant].append(seconds / n)
            time.sleep(PAUSE)
    return {each: (statistics.median(times[each]), steps[each]) for each in times}


def checked(workers, work):
    """The largest relative difference of any engine's loss from nnlib's; an error if too large."""
    ours, worst = workers["nnlib", 1].ask(work, "", check=CHECKED), 0.0
    for (engine, _), worker in workers.items():
        for variant in variants(engine, work) if engine != "floor" else ():
            theirs = worker.ask(work, variant, check=CHECKED)
            apart = max(abs(a - b) / abs(a) for a, b in zip(ours, theirs, strict=True))
            if apart > TOLERANCE:
                raise AssertionError(f"{engine} {variant}: {theirs[:3]}, nnlib: {ours[:3]}")
            worst = max(worst, apart)
    return worst


def versions():
    """{package: version} of the packages that the engines need, where the workers run."""
    ask = "import importlib.metadata as m, json; print(json.dumps("
    ask += "{d.metadata['Name'].lower(): d.version for d in m.distributions()}))"
    found = json.loads(subprocess.check_output([PYTHON, "-c", ask]))
    return {package: found[package] for package, _ in ENGINES.values() if package in found}


def keep(name, value):
    """Put a result into results.json beside the others, with the day and the versions."""
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    kept |= {"versions": {"python": sys.version.split()[0]} | versions(), "cores": os.cpu_count()}
    kept[name] = {"date": datetime.date.today().isoformat()} | value
    RESULTS.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")
