"""How do time and memory grow with width, batch and the number of networks in a stack?

    python benchmarks/growth.py

Prints three tables and stores them in benchmarks/results.json. Time is that of a training step
in microseconds, of nnlib and of PyTorch with its fused optimizer, one thread each, in turn.
Memory is what NumPy holds after a step, and at most during one, in kilobytes.
"""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent / "engines"))

from asking import asked, keep, measured
from works import Work

SWEEPS = {
    "width": {n: Work((784, n, n, 10), "relu", 64) for n in (8, 16, 32, 64, 128, 256, 512, 1024)},
    "batch": {n: Work((784, 128, 64, 10), "relu", n) for n in (2, 8, 32, 128, 512, 2048)},
    "stack": {n: Work((2, 16, 16, 1), "tanh", 32, stack=n) for n in (1, 4, 16, 64, 256, 1024)},
}


def main():
    results = {}
    with asked(("nnlib", "PyTorch"), threads=(1,)) as workers:
        for name, works in SWEEPS.items():
            print(f"{name:>8}{'nnlib µs':>12}{'PyTorch µs':>12}{'held kB':>12}{'at most kB':>12}")
            for size, work in works.items():
                shape = "bmm" if work.stack else "one"
                times = measured(workers, work, rounds=5)
                held, most = (n / 1e3 for n in workers["nnlib", 1].ask(work, "", memory=True))
                ours = times["nnlib", 1, ""][0] * 1e6
                theirs = times["PyTorch", 1, f"{shape} fused"][0] * 1e6
                print(f"{size:>8}{ours:>12,.1f}{theirs:>12,.1f}{held:>12,.0f}{most:>12,.0f}")
                results.setdefault(name, []).append(
                    {"size": size, "nnlib": round(ours, 2), "PyTorch": round(theirs, 2),
                     "held kB": round(held), "at most kB": round(most)}
                )  # fmt: skip
    keep("growth", results)


if __name__ == "__main__":
    main()
