"""The last chapter's table of runs: it holds the chapter's rungs, and agrees with itself."""

import base64
import importlib.util
import json
import re
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parent.parent
KINDS = {"rungs": 5, "without": 3, "aside": 3}  # the fewest starts of each


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location("ladder", ROOT / "tools" / "ladder.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def chapter(tool):
    return tool.chapter()


@pytest.fixture(scope="module")
def table():
    path = ROOT / "chapters" / "data" / "ladder-mnist.json"
    return json.loads(path.read_text(encoding="utf-8"))


def bits(packed):
    return np.unpackbits(np.frombuffer(base64.b64decode(packed), np.uint8))[:10_000].astype(bool)


every_kind = pytest.mark.parametrize("kind", KINDS)


@every_kind
def test_the_table_has_the_chapters_rungs_in_their_order(chapter, table, kind):
    assert [row["name"] for row in table[kind]] == list(chapter[kind.upper()])


def test_every_step_makes_a_rung_and_changes_something(chapter):
    assert list(chapter["RUNGS"]) == list(chapter["STEPS"])
    rungs = list(chapter["RUNGS"].values())
    assert rungs[0] == chapter["CLASSIC"]
    assert all(rungs[k] != rungs[k - 1] for k in range(1, len(rungs)))
    assert all(settings.keys() == rungs[0].keys() for settings in rungs)


def test_the_versions_stand_in_it(table):
    assert set(table["versions"]) == {"python", "numpy", "nnlib"}
    assert all(re.match(r"\d+\.\d+", version) for version in table["versions"].values())


@every_kind
def test_every_rung_has_enough_starts_each_with_its_numbers(table, chapter, kind):
    for row in table[kind]:
        seeds, epochs = row["seeds"], chapter[kind.upper()][row["name"]]["epochs"]
        assert len(seeds) >= KINDS[kind], row["name"]
        assert seeds == sorted(set(seeds))
        assert len(row["test"]) == len(seeds)
        for curve in ("train", "validation"):  # the start, and the end of each epoch
            assert np.shape(row[curve]) == (len(seeds), epochs + 1)


def test_all_rungs_have_the_same_starts(table):
    assert len({tuple(row["seeds"]) for row in table["rungs"]}) == 1


@every_kind
def test_the_parameters_are_as_many_as_the_engine_makes(table, chapter, kind):
    for row in table[kind]:
        net = chapter["network"](chapter[kind.upper()][row["name"]], 784, seeds=[0], order=0)
        assert row["parameters"] == net.num_params, row["name"]


@every_kind
def test_the_confusions_add_up_to_the_accuracies(table, kind):
    for row in table[kind]:
        confusion = np.array(row["confusion"])
        assert confusion.sum() == 10_000 * len(row["seeds"])
        assert np.trace(confusion) / confusion.sum() == pytest.approx(np.mean(row["test"]))


def test_the_bits_are_those_of_the_vote(table):
    assert list(table["right"]) == [row["name"] for row in table["rungs"]]
    for row in table["rungs"]:
        assert bits(table["right"][row["name"]]).mean() == pytest.approx(row["vote"])


def test_each_kept_digit_has_a_picture_a_truth_and_an_answer_of_every_rung(table):
    assert table["pictures"].keys() == table["truth"].keys() == table["said"].keys()
    for index, packed in table["pictures"].items():
        assert len(base64.b64decode(packed)) == 28 * 28 // 2
        assert np.shape(table["said"][index]) == (len(table["rungs"]), 10)


def test_the_worst_mistakes_are_mistakes_and_kept(table):
    for row in table["rungs"]:
        right = bits(table["right"][row["name"]])
        for index, said, *_ in row["worst"]:
            assert not right[index]
            assert said != table["truth"][str(index)]


def test_each_rung_keeps_its_first_weights(table):
    for row in table["rungs"]:
        assert len(base64.b64decode(row["weights"])) == 15 * 784
