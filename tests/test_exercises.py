"""The exercises: right answers pass, and every typical wrong answer gets the hint it needs."""

import contextlib
import importlib
import json
import math
import re
from pathlib import Path

import numpy as np
import pytest

from nnlib.exercises import EXERCISES, Verdict, check, clear_progress, exercise, judge, progress
from nnlib.exercises.guard import CallError, call
from nnlib.exercises.judging import trials

CHAPTERS = Path(__file__).parent.parent / "chapters"
ALL = sorted(EXERCISES)


def notebooks():
    return {path.name[:2]: path for path in sorted(CHAPTERS.glob("[0-9][0-9]-*.ipynb"))}


def cells(number, kind):
    notebook = json.loads(notebooks()[number].read_text(encoding="utf-8"))
    return ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == kind]


@pytest.fixture(autouse=True)
def own_progress(tmp_path, monkeypatch):
    """Never the file of whoever runs the tests."""
    monkeypatch.setenv("NNLIB_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.delenv("NNLIB_FRAMES", raising=False)


# Every exercise


@pytest.mark.parametrize("id", ALL)
def test_the_right_answer_is_right(id):
    assert judge(id, EXERCISES[id].answer) == Verdict(id, True, "Right.")


@pytest.mark.parametrize("id", ALL)
def test_the_right_answer_is_right_as_a_list_too(id):
    def as_lists(*arguments):
        found = EXERCISES[id].answer(*arguments)
        if isinstance(found, tuple):
            return [np.asarray(each).tolist() for each in found]
        return np.asarray(found).tolist()

    assert judge(id, as_lists).right


@pytest.mark.parametrize("id", ALL)
def test_the_exercise_says_what_is_asked(id):
    assert EXERCISES[id].answer.__doc__, "a docstring"
    assert len(EXERCISES[id].mistakes) >= 3


@pytest.mark.parametrize(
    ("id", "hint"), [(id, hint) for id in ALL for hint in EXERCISES[id].mistakes]
)
def test_each_known_mistake_gets_its_own_hint(id, hint):
    verdict = judge(id, EXERCISES[id].mistakes[hint])
    assert not verdict.right
    assert verdict.says == hint


@pytest.mark.parametrize("id", ALL)
def test_at_least_five_wrong_answers_get_five_different_hints(id):
    answer, hints = EXERCISES[id].answer, set(EXERCISES[id].mistakes)

    def nothing(*arguments):
        return None

    def text(*arguments):
        return "an answer"

    def tripled(*arguments):
        found = answer(*arguments)
        return tuple(3 * each for each in found) if isinstance(found, tuple) else 3 * found

    def raising(*arguments):
        raise KeyError("oh")

    wrong = [nothing, text, tripled, raising]
    verdicts = [judge(id, function) for function in wrong]
    assert not any(verdict.right for verdict in verdicts)
    hints |= {verdict.says for verdict in verdicts}
    assert len(hints) >= len(EXERCISES[id].mistakes) + 3


@pytest.mark.parametrize("id", ALL)
def test_the_trials_are_the_same_for_everybody_and_differ_from_one_another(id):
    first, again = trials(EXERCISES[id]), trials(EXERCISES[id])
    assert repr(first) == repr(again)
    assert len({repr(arguments) for arguments in first}) > 1


# The hints that need no declaration, on exercise 05.1


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda delta, z: delta.T @ z, "a factor of the batch size: yours is a sum"),
        (lambda delta, z: delta.T @ z / len(z) ** 2, "divided by it once more"),
        (lambda delta, z: -delta.T @ z / len(z), "the sign: yours is flipped"),
        (lambda delta, z: 2 * delta.T @ z / len(z), "a factor: yours is 2 times"),
        (lambda delta, z: z.T @ delta / len(z), "shape (4, 3), which is the transpose"),
        (lambda delta, z: np.outer(delta[-1], z[-1]), "Right on one example, wrong on a batch"),
        (lambda delta, z: np.abs(delta.T @ z / len(z)), "but not all signs"),
        (lambda delta, z: delta.T @ z / len(z) + 1e-3, "0% of them agree"),
        (lambda delta, z: delta.T @ z / 0.0, "It returns"),
        (lambda delta, z: 7.0, "an array of shape (3, 4); it returned one number"),
        (lambda delta, z: {"dW": 1}, "it returned a dict"),
        (lambda delta: 1, "TypeError"),
        (lambda delta, z: delta @ z, "raised ValueError"),
        (lambda delta, z: 1 // 0, "raised ZeroDivisionError"),
        (lambda delta, z: exit("bye"), "raised SystemExit"),
    ],
)
def test_a_wrong_answer_is_told_what_is_wrong(answer, words):
    with np.errstate(all="ignore"):
        verdict = judge("05.1", answer)
    assert not verdict.right
    assert words in verdict.says


def test_changing_the_arguments_is_told():
    def in_place(delta, z):
        delta /= len(z)
        return delta.T @ z

    assert "changes its argument delta in place" in judge("05.1", in_place).says


def test_the_same_in_other_styles_is_right():
    def loops(delta, z):
        total = np.zeros((delta.shape[1], z.shape[1]))
        for d, x in zip(delta, z, strict=True):
            total += np.outer(d, x)
        return total / len(delta)

    assert judge("05.1", loops).right
    assert judge("05.1", lambda delta, z: np.einsum("ni,nj->ij", delta, z) / len(z)).right
    assert judge("05.1", lambda d, x: (d[:, :, None] * x[:, None, :]).mean(axis=0)).right


def test_what_is_no_function_is_told():
    assert judge("05.1", 3).says == "Give the function itself, weight_gradient, not a int."


def test_an_unknown_exercise_is_an_error_that_names_the_known():
    with pytest.raises(ValueError, match=r"there is no exercise '05.99'; there is 05\.1, 05\.2"):
        check("05.99", math.sin)


# Running a reader's function


def test_an_endless_loop_ends():
    def endless():
        while True:
            pass

    with pytest.raises(CallError, match=r"still running after 0\.2 s in line .* of endless"):
        call(endless, (), seconds=0.2)


def test_a_loop_that_catches_everything_ends_too():
    def stubborn():
        while True:
            with contextlib.suppress(Exception):
                raise ValueError

    with pytest.raises(CallError, match="does its loop ever end"):
        call(stubborn, (), seconds=0.2)


def test_endless_recursion_is_told():
    def again():
        return again()

    with pytest.raises(CallError, match="calls itself without end"):
        call(again, ())


def test_the_line_of_an_error_is_the_readers_own():
    def faulty():
        x = np.ones(3)
        return x @ np.ones(4)

    with pytest.raises(CallError, match=r"raised ValueError in line \d+ of faulty, “return x @"):
        call(faulty, ())


def test_the_tracer_that_was_there_comes_back():
    import sys

    before = sys.gettrace()
    call(len, ([],))
    assert sys.gettrace() is before


# What is remembered


def right(delta, z):
    return delta.T @ z / len(z)


def test_check_remembers_a_right_answer_and_judge_does_not(capsys):
    judge("05.1", right)
    progress()
    assert "05.1 ·" in capsys.readouterr().out
    check("05.1", lambda delta, z: delta)
    progress()
    assert "05.1 ·" in capsys.readouterr().out
    check("05.1", right)
    progress()
    assert "05.1 ✓" in capsys.readouterr().out
    clear_progress()
    progress()
    assert "05.1 ·" in capsys.readouterr().out


@pytest.mark.parametrize("content", ["", "no json", "{}", "[1, null]", '["99.9"]'])
def test_a_damaged_file_of_progress_counts_as_empty(content, tmp_path, capsys):
    (tmp_path / "progress.json").write_text(content)
    progress()
    assert f"0 of {len(EXERCISES)} solved" in capsys.readouterr().out
    check("05.1", right)
    progress()
    assert f"1 of {len(EXERCISES)} solved" in capsys.readouterr().out


def test_a_disk_that_cannot_be_written_costs_the_note_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("NNLIB_PROGRESS", str(tmp_path / "gone" / "progress.json"))
    assert check("05.1", right).right


def test_the_site_offers_a_box_and_remembers_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("NNLIB_FRAMES", str(tmp_path))
    verdict = check("05.1", right)
    assert 'type="checkbox" data-exercise="05.1"' in verdict._repr_mimebundle_()["text/html"]
    assert "text/html" not in judge("05.1", right)._repr_mimebundle_()
    assert not (tmp_path / "progress.json").exists()


# Declaring one


@pytest.mark.parametrize(
    ("id", "batch", "words"),
    [("5.1", "", "must look like"), ("05.1", "", "is taken by"), ("05.98", "w", "does not take")],
)
def test_a_badly_declared_exercise_is_refused(id, batch, words):
    with pytest.raises(ValueError, match=words):
        exercise(id, batch=batch)(lambda z: z)
    EXERCISES.pop("05.98", None)


# The chapters


@pytest.mark.parametrize("id", ALL)
def test_the_chapter_asks_and_solves_each_exercise(id):
    code = "\n".join(cells(id[:2], "code"))
    assert f'check("{id}", {EXERCISES[id].name})' in code
    assert f'judge("{id}", {EXERCISES[id].name})' in code
    assert f"Exercise {id}" in "\n".join(cells(id[:2], "markdown"))


@pytest.mark.parametrize("number", sorted(notebooks()))
def test_every_chapter_has_questions_a_prediction_and_code_to_write(number):
    code = "\n".join(cells(number, "code"))
    assert f'quiz("{number}")' in code
    assert re.search(rf'predict\(\s*"{number}\.', code)
    assert len([id for id in ALL if id.startswith(f"{number}.")]) >= 2


@pytest.mark.parametrize("id", ALL)
def test_the_right_answer_agrees_with_another_way_to_compute_it(id):
    oracle = importlib.import_module(f"exercise_oracles.chapter{id[:2]}").ORACLES[id]
    for arguments in trials(EXERCISES[id]):
        expected, found = EXERCISES[id].answer(*arguments), oracle(*arguments)
        pairs = zip(expected, found, strict=True) if isinstance(expected, tuple) else [
            (expected, found)
        ]  # fmt: skip
        for right, other in pairs:
            np.testing.assert_allclose(right, other, rtol=1e-6, atol=1e-8)
