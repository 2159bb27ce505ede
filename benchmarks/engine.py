"""How fast is the engine? A training step of nnlib and of its peers, in microseconds.

    python benchmarks/engine.py             everything, stored in benchmarks/results.json
    python benchmarks/engine.py W1 S2       these works alone, stored nowhere

Each engine runs in a process of its own. They are asked in turn, in another order every round, for
a chunk of steps that takes about as long for all; what is printed are medians over the rounds.
So whatever else the machine does hits all alike, and the ratios hold.

The peers live in an environment of their own, .venv-bench, which `make bench` makes. Those that
are not installed are left out, and named.
"""

import contextlib
import datetime
import importlib.metadata
import json
import os
import random
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE / "engines"))

from works import CHECKED, WORKS, Work  # noqa: E402

RESULTS = HERE / "results.json"
PEERS = HERE.parent / ".venv-bench" / "bin" / "python"
PYTHON = str(PEERS) if PEERS.exists() else sys.executable

ROUNDS, CHUNK, PAUSE = 15, 0.06, 0.03  # how often, how many seconds, and seconds of rest after
TOLERANCE = 2e-3  # of the loss after a few steps, between any engine and nnlib

# Package, script, threads; nnlib's own are NumPy's to choose.
ENGINES = {
    "nnlib": ("numpy", "with_nnlib", None),
    "floor": ("numpy", "with_floor", None),
    "PyTorch 1 thread": ("torch", "with_torch", 1),
    "PyTorch 2 threads": ("torch", "with_torch", 2),
    "JAX": ("jax", "with_jax", None),
    "scikit-learn": ("scikit-learn", "with_sklearn", None),
    "autograd": ("autograd", "with_autograd", None),
}
KINDS = ("plain", "foreach", "fused")
COLUMNS = ("PyTorch", "bmm", "JAX step", "JAX scan", "scikit-learn", "autograd")
NOTE = f"""
Microseconds a step: forward, loss, backward and update. Float32; medians of {ROUNDS} rounds.
PyTorch: eager, the best of 1 and 2 threads and of plain, foreach and fused optimizers; for stacks
a loop over networks, and `bmm` their products batched by hand. JAX: a jitted step, and a jitted
scan over the steps of a chunk; for stacks by vmap. floor: the matrix products and the optimizer's
reading and writing of memory, by NumPy alone. ×: how many times as long as nnlib takes."""


def variants(engine, work):
    """The ways in which an engine can do a work."""
    if engine.startswith("PyTorch"):
        return [f"{s} {k}" for s in (("loop", "bmm") if work.stack else ("one",)) for k in KINDS]
    if engine == "JAX":
        return ["step", "scan"]
    alone = engine in ("scikit-learn", "autograd") and work.stack
    return [] if alone or (engine == "scikit-learn" and work.norm) else [""]


class Worker:
    """One engine in its own process, that answers one line with one line."""

    def __init__(self, script, threads):
        environment = dict(os.environ, PYTHONPATH=str(HERE.parent))
        if threads:
            environment["OMP_NUM_THREADS"] = str(threads)
        self.process = subprocess.Popen(
            [PYTHON, "-W", "ignore", str(HERE / "engines" / f"{script}.py")],
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

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()


def steps_a_chunk(worker, work, variant):
    """How many steps take CHUNK seconds, at least two; found by trying, which also warms up."""
    steps, best = 2, float("inf")
    for _ in range(12):
        worker.ask(work, variant, steps=steps)  # a scan compiles anew for each number of steps
        seconds = worker.ask(work, variant, steps=steps)
        if seconds > CHUNK / 2:
            return steps
        best = min(best, seconds / steps)
        steps = max(steps + 1, min(int(CHUNK / best), 8 * steps))
    return steps


def measure(workers, work, rounds=ROUNDS):
    """{(engine, variant): (median seconds a step, steps a chunk)}"""
    entrants = [(engine, v) for engine in workers for v in variants(engine, work)]
    steps = {(e, v): steps_a_chunk(workers[e], work, v) for e, v in entrants}
    times = {entrant: [] for entrant in entrants}
    shuffled = random.Random(0)
    for _ in range(rounds):
        shuffled.shuffle(entrants)
        for engine, variant in entrants:
            n = steps[engine, variant]
            times[engine, variant].append(workers[engine].ask(work, variant, steps=n) / n)
            time.sleep(PAUSE)
    return {each: (statistics.median(times[each]), steps[each]) for each in times}


def check(workers, work):
    """The largest relative difference of any engine's loss from nnlib's; an error if too large."""
    ours, worst = workers["nnlib"].ask(work, "", check=True), 0.0
    for engine, worker in workers.items():
        for variant in variants(engine, work) if engine != "floor" else ():
            theirs = worker.ask(work, variant, check=True)
            apart = max(abs(a - b) / abs(a) for a, b in zip(ours, theirs, strict=True))
            if apart > TOLERANCE:
                raise AssertionError(f"{engine} {variant}: {theirs[:3]}, nnlib: {ours[:3]}")
            worst = max(worst, apart)
    return worst


def best(times, work):
    """{column: (seconds, which variant)}: of each kind the fastest."""
    found = {}
    for (engine, variant), (seconds, _) in times.items():
        column = engine
        if engine.startswith("PyTorch"):
            column, which = ("bmm" if variant.startswith("bmm") else "PyTorch"), engine[8:]
            which = f"{variant.split()[1]}, {which}"
        else:
            column, which = f"{engine} {variant}".strip(), ""
        if column not in found or seconds < found[column][0]:
            found[column] = seconds, which
    return found


def row(name, found):
    ours = found["nnlib"][0]
    cells = [f"{name:<4}{ours * 1e6:>9,.0f}{found['floor'][0] * 1e6:>9,.0f}"]
    for column in COLUMNS:
        if column in found:
            seconds = found[column][0]
            cells.append(f"{seconds * 1e6:>10,.0f}{seconds / ours:>6.1f}×")
        else:
            cells.append(f"{'–':>10}{'':>7}")
    return "".join(cells)


def imports(times=15):
    """How much longer `import nnlib` takes than the `import numpy` within it, as a ratio."""
    ratios = []
    for _ in range(times):
        report = subprocess.run(
            [PYTHON, "-X", "importtime", "-c", "import nnlib"], check=True, capture_output=True,
            text=True, env=dict(os.environ, PYTHONPATH=str(HERE.parent)),
        ).stderr  # fmt: skip
        took = {line.split("|")[2].strip(): line.split("|")[1] for line in report.splitlines()}
        ratios.append(int(took["nnlib"]) / int(took["numpy"]))
    return statistics.median(ratios)


def installed():
    """{package: version} among those that the engines need, in the workers' environment."""
    ask = "import importlib.metadata as m, json; print(json.dumps("
    ask += "{d.metadata['Name'].lower(): d.version for d in m.distributions()}))"
    found = json.loads(subprocess.check_output([PYTHON, "-c", ask]))
    return {p: found[p] for p, *_ in ENGINES.values() if p in found}


def main(names):
    versions = installed()
    missing = sorted({p for p, *_ in ENGINES.values() if p not in versions})
    print("Python", sys.version.split()[0], *(f"· {p} {v}" for p, v in versions.items()))
    if missing:
        print(f"Not installed, so not measured: {', '.join(missing)}. `make bench` installs them.")
    print(NOTE)
    header = "".join(f"{column:>16} " for column in COLUMNS)
    print(f"\n{'':<4}{'nnlib':>9}{'floor':>9}{header}")
    results, remarks = {}, []
    with contextlib.ExitStack() as stack:
        workers = {
            engine: stack.enter_context(Worker(script, threads))
            for engine, (package, script, threads) in ENGINES.items()
            if package in versions
        }
        for name in names or WORKS:
            apart = check(workers, WORKS[name])
            times = measure(workers, WORKS[name])
            found = best(times, WORKS[name])
            print(row(name, found), flush=True)
            which = "; ".join(f"{c}: {found[c][1]}" for c in ("PyTorch", "bmm") if c in found)
            chunk = ", ".join(f"{e} {v}".strip() + f" {n}" for (e, v), (_, n) in times.items())
            remarks.append(f"{name}  losses agree to {apart:.0e}; {which}; steps a chunk: {chunk}")
            results[name] = {c: round(seconds * 1e6, 2) for c, (seconds, _) in found.items()}
    print(f"\nSame start, {CHECKED} steps: the losses of all engines agree (without dropout).")
    print("\n".join(remarks))


if __name__ == "__main__":
    main(sys.argv[1:])
