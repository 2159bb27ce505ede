"""Train every rung of the last chapter's ladder on full MNIST: python tools/ladder.py

The rungs are read from the chapter itself (its cells tagged `ladder`), so that there is one
definition of them. Every finished run (a rung and a seed) is kept in the folder `ladder` beside
the data, NNLIB_DATA or ~/.cache/nnlib: stopped today, it goes on tomorrow. What is there is then
written to chapters/data/ladder-mnist.json, from which the chapter draws.

A run takes from ten seconds (784-15-10) to a minute (the last rungs) on a processor of its own.
A run is known by its settings. Whoever changes `climb` or `deform` must empty that folder.
"""

import argparse
import base64
import hashlib
import itertools
import json
import os
import platform
import time
from pathlib import Path

import numpy as np

import nnlib as nn
from nnlib.mnist import cache

CHAPTERS = Path(__file__).resolve().parent.parent / "chapters"
NOTEBOOK, TARGET = CHAPTERS / "16-the-whole-thing.ipynb", CHAPTERS / "data" / "ladder-mnist.json"
RUNS = cache() / "ladder"
MOST = 20  # seeds that are looked for when the runs are gathered
WORST = 10  # how many mistakes of each rung are kept as pictures
TURNED = 4  # and how many that a rung fixed, and that it broke
UNITS = 15  # how many units of a first layer are kept as pictures


def chapter(path=NOTEBOOK):
    """What the chapter's cells tagged `ladder` define: RUNGS, WITHOUT, ASIDE, climb, …"""
    space = {"__name__": "ladder"}
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if "ladder" in cell["metadata"].get("tags", []):
            exec("".join(cell["source"]), space)
    return space


def data():
    """The last 10,000 training images are for choosing; the test images are looked at once."""
    (x, y), test = nn.data.mnist()
    return {"train": (x[:50000], y[:50000]), "validation": (x[50000:], y[50000:]), "test": test}


def file(settings, seed):
    """Where a run is kept. Another setting is another run."""
    says = {key: getattr(value, "__name__", repr(value)) for key, value in settings.items()}
    says["init"] = settings["init"](np.random.default_rng(0), 3, 2).round(6).tolist()
    digest = hashlib.sha256(json.dumps(says, sort_keys=True).encode()).hexdigest()
    return RUNS / f"{digest[:12]}-{seed}.npz"


def run(space, name, settings, seed, sets, path):
    """Train one network, and keep its curves, its answers on the test set, its first layer."""
    begin = time.perf_counter()
    net, curves = space["climb"](settings, sets, seeds=[seed], order=seed)
    answers = space["answers"](net, settings, sets["test"][0])[0]
    right = np.mean(answers.argmax(-1) == sets["test"][1])
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with part.open("wb") as out:
        np.savez_compressed(
            out,
            answers=answers.astype(np.float16),
            W=net.layers[0].W.reshape(-1, 784)[:UNITS].astype(np.float16),
            parameters=net.num_params,
            **{f"curve_{key}": values[:, 0] for key, values in curves.items()},
        )
    os.replace(part, path)
    minutes, last = (time.perf_counter() - begin) / 60, 100 * curves["validation"][-1, 0]
    print(f"{name:28s} seed {seed}: validation {last:.2f}%, {minutes:.1f} min", flush=True)
    return right


def gather(space, seeds, sets):
    """All kept runs as one table of plain numbers."""
    x, y = sets["test"]
    tables, means = {}, {}
    for kind in ("RUNGS", "WITHOUT", "ASIDE"):
        tables[kind.lower()] = []
        for name, settings in space[kind].items():
            files = {seed: file(settings, seed) for seed in seeds}
            there = [seed for seed in seeds if files[seed].exists()]
            if there:
                loaded = [dict(np.load(files[seed])) for seed in there]
                row, mean = summary(name, there, loaded, y)
                tables[kind.lower()].append(row)
                if kind == "RUNGS":
                    means[name] = mean
                    row["weights"] = packed_weights(loaded[0]["W"])
                    row["worst"] = worst(mean, y)
    shown = {index for row in tables["rungs"] for index, *_ in row["worst"]}
    for below, here in itertools.pairwise(means.values()):
        shown.update(turned(below, here, y), turned(here, below, y))
    shown = sorted(shown)
    return {
        "what": "MNIST: 50,000 images to train on, 10,000 to choose by, 10,000 to test",
        "versions": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "nnlib": nn.__version__,
        },
        **tables,
        "pictures": {index: packed_picture(x[index]) for index in shown},
        "truth": {index: int(y[index]) for index in shown},
        "said": {  # percent, for each picture: one row a rung
            index: [np.round(100 * mean[index]).astype(int).tolist() for mean in means.values()]
            for index in shown
        },
        "right": {  # which test digits each rung gets right on average, as bits
            name: packed_bits(mean.argmax(-1) == y) for name, mean in means.items()
        },
    }


def summary(name, there, loaded, y):
    """One rung's numbers, and the answers averaged over its networks."""
    answers = np.array([one["answers"] for one in loaded], float)
    answers /= np.maximum(answers.sum(-1, keepdims=True), 1e-30)  # all may be 0
    said = answers.argmax(-1)
    confusion = np.zeros((10, 10), int)
    for each in said:
        np.add.at(confusion, (y, each), 1)
    mean = answers.mean(0)
    row = {
        "name": name,
        "seeds": there,
        "parameters": int(loaded[0]["parameters"]),
        "test": [round(float(np.mean(each == y)), 4) for each in said],
        "vote": round(float(np.mean(mean.argmax(-1) == y)), 4),
        "confusion": confusion.tolist(),
    }
    for key in ("train", "validation"):
        row[key] = [np.round(one[f"curve_{key}"], 4).tolist() for one in loaded]
    return row, mean


def worst(mean, y):
    """[which, the answer, its share, the right class's share]: least share of the right first."""
    said, share = mean.argmax(-1), mean[np.arange(len(y)), y]
    order = np.where(said == y, 2, share).argsort(kind="stable")[:WORST]
    shares = 100 * np.stack([mean.max(-1), share], 1)
    return [[int(i), int(said[i]), *np.round(shares[i], 1).tolist()] for i in order]


def turned(first, second, y):
    """Digits that only the second gets right, the largest change of the right share first."""
    only = (second.argmax(-1) == y) & (first.argmax(-1) != y)
    change = (second - first)[np.arange(len(y)), y]
    order = np.where(only, -change, 2).argsort(kind="stable")[: min(TURNED, only.sum())]
    return order.tolist()


def packed_picture(row):
    """28 × 28 pixels of 16 levels, two a byte."""
    levels = np.round(15 * row).astype(np.uint8).reshape(-1, 2)
    return base64.b64encode((levels[:, 0] << 4 | levels[:, 1]).tobytes()).decode()


def packed_weights(W):
    """Weights as signed bytes, each unit by its own largest."""
    W = W.astype(float)
    scaled = np.round(127 * W / np.abs(W).max(1, keepdims=True)).astype(np.int8)
    return base64.b64encode(scaled.tobytes()).decode()


def packed_bits(right):
    return base64.b64encode(np.packbits(right).tobytes()).decode()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--only", nargs="+", choices=["RUNGS", "WITHOUT", "ASIDE"])
    parser.add_argument("--gather", action="store_true", help="train nothing, write what is there")
    args = parser.parse_args()
    space, sets, seeds = chapter(), data(), range(args.seeds)
    if not args.gather:
        for seed in seeds:  # a whole ladder of one seed first, then the next
            for kind in args.only or ("RUNGS", "WITHOUT", "ASIDE"):
                for name, settings in space[kind].items():
                    path = file(settings, seed)
                    if not path.exists():
                        run(space, name, settings, seed, sets, path)
    TARGET.parent.mkdir(exist_ok=True)
    text = json.dumps(gather(space, range(MOST), sets), ensure_ascii=False, separators=(",", ":"))
    TARGET.write_text(text + "\n", encoding="utf-8")
    print(f"{TARGET.name}: {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
