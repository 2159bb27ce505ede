"""Compute any value: every control that declares it, drawn between its stops, on this machine."""

import zipfile
from pathlib import Path

import computing
import nbformat
import numpy as np
import pytest
import wheels

from nnlib.compute import Computed, run

ROOT = Path(__file__).resolve().parent.parent

CHAPTERS = sorted((ROOT / "chapters").glob("[0-9][0-9]-*.ipynb"))


def sentences(path):
    """All that the chapter's explorers say at their starts, as it is committed."""
    cells = nbformat.read(path, 4).cells
    outputs = [each for cell in cells for each in cell.get("outputs", [])]
    return "\n".join(each.get("data", {}).get("text/plain", "") for each in outputs)


def declared(path, monkeypatch):
    """The chapter's explorers in which a control takes every value, made from their slices."""
    monkeypatch.chdir(path.parent)
    for name, parts in computing.chapter(path).items():
        if "between" in parts["call"] or any("between" in cell for cell in parts["cells"]):
            explorer = run(parts["cells"], parts["call"])
            if any(stops.between for stops in explorer.controls.values()):
                yield name, explorer


def look(computed, settings):
    """The picture at these values."""
    at = [computed.values[name].index(value) for name, value in settings.items()]
    says = computed.draw(at)
    return says, computed.explorer.picture.pixels()


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_declared_control_draws_what_lies_between_its_stops(path, monkeypatch):
    rng, said, failed, number = np.random.default_rng(5), sentences(path), [], 0
    for name, explorer in declared(path, monkeypatch):
        number += 1
        assert explorer.says in said, f"{name}: the slice says something else than the chapter"
        computed = Computed(explorer)
        for control, stops in explorer.controls.items():
            inside = [v for v in stops.fine if v not in stops.values]
            if not stops.between:
                continue
            assert inside, f"{name}.{control}: there is nothing between the stops"
            value = inside[rng.integers(len(inside))]
            below = max(v for v in stops.values if v < value)
            above = min(v for v in stops.values if v > value)
            shown = [look(computed, explorer.start | {control: v}) for v in (below, value, above)]
            low, here, high = (pixels.tobytes() for _, pixels in shown)
            if low == high:  # as the input's scale behind a standardization: it is only said
                low, here, high = (says for says, _ in shown)
            if here in (low, high):
                failed.append(f"{name}.{control} at {value}: the same picture as at a stop")
    assert not failed
    assert number >= (1 if path.name.startswith("16") else 2)


def test_a_run_prints_nothing_and_tells_which_cell_runs(capsys):
    told = []
    cells = ["print('loud')\na = 2", "def f(): return a"]
    assert run(cells, "f() + 1", lambda *of: told.append(of)) == 3
    assert told == [(1, 2), (2, 2)]
    assert capsys.readouterr().out == ""


def test_a_cell_can_read_its_own_source():
    cells = ["import inspect\ndef f():\n    return 1\n", "text = inspect.getsource(f)"]
    assert run(cells, "text") == "def f():\n    return 1\n"


def test_positions_are_the_values_in_order():
    call = "explore(draw, lr=Stops((1.0, 2.0, 4.0), between=True), k=['a', 'b'])"
    cells = ["from nnlib import Stops, explore", "def draw(fig, lr, k): return f'{k} at {lr:g}.'"]
    computed = Computed(run(cells, call))
    texts = computed.texts
    assert texts[1] == ["a", "b"]
    assert texts[0][0] == "1"
    assert computed.draw([len(texts[0]) - 1, 1]) == "b at 4."
    at = len(texts[0]) // 3
    assert computed.draw([at, 0]) == f"a at {texts[0][at]}."
    assert computed.png().startswith(b"\x89PNG")


def test_the_code_for_readers_holds_no_solutions():
    for path in CHAPTERS:
        cells = nbformat.read(path, 4).cells
        solutions = [c.source for c in cells if "solution" in c.metadata.get("tags", [])]
        shipped = "\n".join(
            source for parts in computing.chapter(path).values() for source in parts["cells"]
        )
        assert solutions
        for solution in solutions:
            judged = [line for line in solution.splitlines() if line.startswith("judge(")]
            assert not any(line in shipped for line in judged)


def test_the_wheel_holds_the_whole_engine(tmp_path):
    with zipfile.ZipFile(wheels.engine(ROOT, tmp_path)) as archive:
        names = set(archive.namelist())
    package = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "nnlib").rglob("*")
        if path.suffix in (".py", ".npz")
    }
    assert package < names
