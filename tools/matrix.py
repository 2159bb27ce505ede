"""Do the book's numbers hold elsewhere? The engine's tests and all chapters, in one place after
another: other processors, two threads, other Pythons, the oldest and the newest packages.

    python tools/matrix.py                   everywhere that this machine can be
    python tools/matrix.py oldest Prescott   there; what is named must run

NumPy's OpenBLAS and NumPy's own loops can be told to compute as on an older processor. Nothing is
believed: before a row's tests run, both libraries are asked what they compute with.
What fails is listed under the table, and told in full in _build/matrix/PLACE-*.txt.
"""

import argparse
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "_build" / "matrix"

# What chapters and engine run on. The site's own tools are tested where the site is built.
NEEDS = ["numpy", "matplotlib", "pillow", "ipywidgets", "nbval", "pytest", "hypothesis"]
NEEDS += ["distributed", "threadpoolctl", "tqdm"]
MODULES = {path.stem for path in (ROOT / "nnlib").glob("*")}
TESTS = {
    "engine": [
        "--noconftest",  # which wants a browser
        *sorted(
            str(path.relative_to(ROOT))
            for path in (ROOT / "tests").glob("test_*.py")
            if path.stem.removeprefix("test_") in MODULES
        ),
    ],
    "chapters": ["--nbval", "chapters", "how-fast.ipynb"],
}

ASK = """
import json, platform, matplotlib, numpy, threadpoolctl
pools = [pool for pool in threadpoolctl.threadpool_info() if pool["user_api"] == "blas"]
blas = pools[0] if pools else {"architecture": "no OpenBLAS", "num_threads": 1}
ran = dict(python=platform.python_version(), numpy=numpy.__version__,
           matplotlib=matplotlib.__version__, kernel=blas["architecture"],
           threads=blas["num_threads"])
"""
ASK_LOOPS = """
from numpy.lib.introspect import opt_func_info
ran["loops"] = opt_func_info(func_name="^exp$", signature="float64")["exp"]["dd"]["current"]
"""
COLUMNS = ("python", "numpy", "matplotlib", "kernel", "threads")


@dataclass(frozen=True)
class Place:
    """Where the book may be run. `kernel` and `loops` are what should compute there."""

    versions: str = "pinned"  # the environment that runs this script; or oldest, or newest
    python: str = ""  # the name of another Python
    kernel: str = ""
    loops: str = ""
    threads: int = 1

    def environment(self):
        """The variables of a process that computes as it would there."""
        told = {"OPENBLAS_NUM_THREADS": str(self.threads), "PYTHONPATH": str(ROOT)}
        if self.kernel:
            told["OPENBLAS_CORETYPE"] = self.kernel
        if self.loops:
            levels = ("X86_V2", "X86_V3", "X86_V4")
            told["NPY_DISABLE_CPU_FEATURES"] = " ".join(levels[levels.index(self.loops) + 1 :])
        dropped = ("NNLIB_FRAMES", "OPENBLAS_CORETYPE", "NPY_DISABLE_CPU_FEATURES")
        return {k: v for k, v in os.environ.items() if k not in dropped} | told


PROCESSORS = {
    # One kernel serves Katmai to Prescott, under the name of the first.
    "Prescott": Place(kernel="Katmai", loops="X86_V2"),
    "Nehalem": Place(kernel="Nehalem", loops="X86_V2"),
    "Haswell": Place(kernel="Haswell", loops="X86_V3"),
    "SkylakeX": Place(kernel="SkylakeX", loops="X86_V4"),
    "Nehalem-2": Place(kernel="Nehalem", loops="X86_V2", threads=2),
    "Haswell-2": Place(kernel="Haswell", loops="X86_V3", threads=2),
}
PLACES = {
    "pinned": Place(),
    "pinned-2": Place(threads=2),
    **(PROCESSORS if platform.machine() in ("x86_64", "AMD64") else {}),
    "oldest": Place("oldest", python="python3.11"),
    "newest": Place("newest"),
    **{f"newest-3.{minor}": Place("newest", python=f"python3.{minor}") for minor in (12, 13, 14)},
}


class NotHereError(Exception):
    """This machine cannot be that place."""


def requirements():
    """The lines of pyproject.toml that chapters and engine need."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    lines = {
        line.split(">=")[0]: line
        for line in [*project["dependencies"], *extras["book"], *extras["test"]]
    }
    return [lines[name] for name in NEEDS]


def python_of(name, place):
    """The Python of a place, with its packages: made, or brought up to date."""
    if place.versions == "pinned":
        return sys.executable
    base = shutil.which(place.python) if place.python else sys.executable
    # A version manager may put the name of every Python on the path, also of those that it hides.
    if not base or subprocess.run([base, "-c", ""], capture_output=True).returncode:
        raise NotHereError(f"no {place.python}")
    wanted = requirements()
    if place.versions == "oldest":
        wanted = [line.replace(">=", "==") for line in wanted]
    home = FOLDER / name
    python = home / ("Scripts" if os.name == "nt" else "bin") / "python"
    if not python.exists():
        subprocess.run([base, "-m", "venv", home], check=True)
    pip = "-m pip install -qq --disable-pip-version-check --no-input --upgrade"
    subprocess.run([python, *pip.split(), *wanted], check=True)
    return str(python)


def what_runs(python, place):
    """Versions, kernel, loops and threads, as the libraries themselves tell."""
    ask = ASK + (ASK_LOOPS if place.loops else "") + "print(json.dumps(ran))"
    run = subprocess.run(
        [python, "-c", ask], env=place.environment(), capture_output=True, text=True
    )
    if run.returncode:
        raise NotHereError((run.stderr.strip() or f"exit code {run.returncode}").splitlines()[-1])
    ran = json.loads(run.stdout)
    for what in ("kernel", "loops"):
        wanted = getattr(place, what)
        if wanted and wanted not in ran[what]:
            raise NotHereError(f"asked for {what} {wanted}, runs {ran[what]}")
    return ran


def tested(python, place, name, kind):
    """(passed, all, the names of what failed) of one kind of tests; the whole story in a file."""
    log, report = (FOLDER / f"{name}-{kind}.{end}" for end in ("txt", "xml"))
    report.unlink(missing_ok=True)
    command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}"]
    if place.versions == "oldest":
        # Old packages use names that the packages under them are giving up: their affair.
        command += ["-W", "ignore::DeprecationWarning"]
    with log.open("w", encoding="utf-8") as story:
        subprocess.run(
            [*command, *TESTS[kind]],
            cwd=ROOT,
            env=place.environment(),
            stdout=story,
            stderr=subprocess.STDOUT,
        )
    if not report.exists():
        return 0, 0, [f"pytest itself: see {log.relative_to(ROOT)}"]
    cases = list(ElementTree.parse(report).iter("testcase"))
    skipped = [case for case in cases if case.find("skipped") is not None]
    failed = [
        f"{case.get('classname')} {case.get('name')}".strip()
        for case in cases
        if case.find("failure") is not None or case.find("error") is not None
    ]
    n = len(cases) - len(skipped)
    return n - len(failed), n, failed


def line(*cells):
    widths = (14, 9, 8, 12, 10, 9, 14, 12, 0)
    return "".join(f"{cell!s:{width}}" for cell, width in zip(cells, widths, strict=False))


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("place", nargs="*", help=f"of {', '.join(PLACES)}; default: all")
    named = parser.parse_args().place
    for name in named:
        if name not in PLACES:
            parser.error(f"place is {name!r}, but must be one of {', '.join(PLACES)}")
    # A shell makes its background jobs deaf to Ctrl+C; of the tests, one is about hearing it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    FOLDER.mkdir(parents=True, exist_ok=True)
    print(line("place", *COLUMNS, *TESTS, "minutes"), flush=True)
    failures = []
    for name in named or PLACES:
        place, start = PLACES[name], time.perf_counter()
        try:
            python = python_of(name, place)
            ran = what_runs(python, place)
        except NotHereError as reason:
            print(line(name, f"not on this machine: {reason}"), flush=True)
            failures += [f"{name}: {reason}"] if named else []
            continue
        counts = []
        for kind in TESTS:
            passed, n, failed = tested(python, place, name, kind)
            counts.append(f"{passed} of {n}")
            failures += [f"{name}: {each}" for each in failed]
        minutes = f"{(time.perf_counter() - start) / 60:.1f}"
        print(line(name, *map(ran.get, COLUMNS), *counts, minutes), flush=True)
    if failures:
        parser.exit(1, "\nFailed:\n" + "\n".join(failures) + "\n")


if __name__ == "__main__":
    main()
