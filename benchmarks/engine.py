"""How fast is the engine? A training step of nnlib and of its peers, in microseconds.

    python benchmarks/engine.py             everything, stored in benchmarks/results.json
    python benchmarks/engine.py W1 S2       these works alone, stored nowhere

Each engine runs in processes of its own, with one thread and with two. They are asked in turn, in
another order every round, for a chunk of steps that takes about as long for all.
So whatever else the machine does hits all alike, and the ratios of the medians hold.

The peers live in an environment of their own, .venv-bench, which `make bench` makes. Those that
are not installed are left out, and named.
"""

import os
import statistics
import subprocess
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent / "engines"))

from asking import ENGINES, PYTHON, ROOT, ROUNDS, asked, checked, keep, measured, versions
from works import CHECKED, WORKS

COLUMNS = ("PyTorch", "PyTorch bmm", "JAX step", "JAX scan", "scikit-learn", "autograd")
NOTE = f"""
Microseconds a step: forward, loss, backward and update; float32; medians of {ROUNDS} rounds, each
engine with one or two threads, whichever is faster. ×: how many times nnlib's time.
  floor         the matrix products and the optimizer's memory traffic, by NumPy alone
  PyTorch       eager, the fastest of plain, foreach and fused optimizers; stacks in a loop
  PyTorch bmm   stacks with their products batched by hand
  JAX step      a jitted step; stacks by vmap
  JAX scan      a jitted scan over all steps of a chunk; stacks by vmap
  scikit-learn  MLPClassifier.partial_fit with the batch repeated; its Adam does not correct ε

What each trick gives nnlib, measured by benchmarks/tricks.py: a step's time without it, with it 1.
  one flat θ instead of many arrays     W1 2.2×, W2 2.3×, W3 1.4×, W5 1.1×
  float32 instead of float64            W2 1.1×, W3 1.5×, S1 1.7×, W5 2.1×
  arrays made once for a batch shape    W1 1.3×, W2 1.4×, W3 1.2×, W5 1.05×
  bias slopes by a product with ones    W1 1.2×, W3 1.15×, S1 1.4×, S2 1.1×
  ndarray.dot for single matrices       W1 1.2×, W2 1.25×, W3 1.1×, W4 1.15×
  softmax turned, its value a product   W3 1.1×, W4 1.05×, S2 1.15×
  a stack's columns, and shared input   S1 1.05×, S2 1.1×
  the loss's value as a product         W1 1.07×, W2 1.06×
  ReLU against zeros instead of 0       S2 1.05×, W3 1.04×
  numbers as arrays ()                  W1 1.03×, W2 1.02×
  a long θ in parts                     W7 1.03×
Tried and left out, for the code would no longer read as its equation:
  Adam with sums instead of averages    W1 1.05×, W3 1.04×, S2 1.03×
  a bias laid out, then added           W1 1.03×, W2 1.03×, S1 0.97×
"""


def best(times):
    """{column: (seconds, which)}: of each kind the fastest."""
    found = {}
    for (engine, threads, variant), (seconds, _) in times.items():
        shape, _, kind = variant.partition(" ")
        column = f"{engine} {shape}" if shape in ("bmm", "step", "scan") else engine
        if column not in found or seconds < found[column][0]:
            found[column] = seconds, f"{kind} {threads}".strip()
    return found


def row(name, found):
    ours, floor = found["nnlib"][0], found["floor"][0]
    cells = [f"{name:<4}{ours * 1e6:>9,.0f}{floor * 1e6:>9,.0f}{floor / ours:>6.2f}×"]
    for column in COLUMNS:
        seconds = found.get(column, (0,))[0]
        text = f"{seconds * 1e6:>9,.0f}{seconds / ours:>6.1f}×" if seconds else "–"
        cells.append(f"{text:>16}")
    return "".join(cells)


def imports(times=15):
    """How many times as long `import nnlib` takes as the `import numpy` within it."""
    ratios = []
    for _ in range(times):
        report = subprocess.run(
            [PYTHON, "-X", "importtime", "-c", "import nnlib"], check=True, capture_output=True,
            text=True, env=dict(os.environ, PYTHONPATH=str(ROOT), PYTHONDONTWRITEBYTECODE=""),
        ).stderr  # fmt: skip
        took = {line.split("|")[2].strip(): line.split("|")[1] for line in report.splitlines()}
        ratios.append(int(took["nnlib"]) / int(took["numpy"]))
    return statistics.median(ratios)


def main(names):
    installed = versions()
    print(" · ".join(f"{package} {version}" for package, version in installed.items()))
    missing = [engine for engine, (package, _) in ENGINES.items() if package not in installed]
    if missing:
        print(f"Not installed, so not measured: {', '.join(missing)}. `make bench` installs all.")
    print(NOTE)
    print(f"{'':<4}{'nnlib':>9}{'floor':>9}{'':>7}" + "".join(f"{c:>16}" for c in COLUMNS))
    results, remarks = {}, []
    with asked(ENGINES) as workers:
        for name in names or WORKS:
            apart, times = checked(workers, WORKS[name]), measured(workers, WORKS[name])
            found = best(times)
            print(row(name, found), flush=True)
            steps = ", ".join(" ".join(map(str, each)) + f": {n}" for each, (_, n) in times.items())
            which = ", ".join(f"{column} {which}" for column, (_, which) in found.items())
            remarks.append(f"{name}  losses within {apart:.0e}\n    fastest: {which}\n    {steps}")
            results[name] = {c: round(seconds * 1e6, 2) for c, (seconds, _) in found.items()}
    ratio = imports()
    print(f"\nimport nnlib takes {ratio:.2f} times as long as import numpy.")
    print(f"\nFrom one start all engines have the same loss after {CHECKED} steps (W6 then without")
    print("dropout): below the largest relative difference, the fastest variant and its threads,")
    print("and how many steps a chunk had.\n" + "\n".join(remarks))
    if not names:
        keep("engine", {"microseconds": results, "import ratio": round(ratio, 2)})


if __name__ == "__main__":
    main(sys.argv[1:])
