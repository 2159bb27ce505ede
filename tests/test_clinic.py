"""The clinic, as far as words go: cases, answers, what is said to each, widgets and the page."""

import re

import numpy as np
import pytest
from engine import refuses
from test_diagnose import DRAWN, FALLING, curves

from nnlib import Case, clinic, diagnose
from nnlib.clinic import NAMES, NEAR
from nnlib.curves import Curves
from nnlib.remarks import MEASURES, TEMPTING, in_words, remark

CASES = [Case(name, history, f"planted {name}") for name, history in DRAWN.items()]
# What broke from the start has neither shape nor steps: nothing said to it may fail.
BROKEN = Case("NaN", curves(np.full(6, np.nan), steps=np.full(50, np.nan)), "broken at once")
GREW = Case(
    "rate too high",
    curves(np.append(FALLING[:2], np.inf), steps=np.append(2.3 * 10.0 ** np.arange(19), np.inf)),
    "grown",
)
# To the end of the numbers: neither words nor picture may overflow.
FAR = Case(
    "rate too high",
    curves(
        [2.3, 1e150, 1e306, *[np.inf] * 3], steps=[*np.geomspace(2, 1.7e308, 30), *[np.nan] * 20]
    ),
    "grown to the end",
)
# A logarithm met 0 once, and the run went on.
ONCE = Case(
    "NaN", curves(FALLING, steps=np.where(np.arange(300) == 100, np.nan, 1.0)), "broken for a step"
)
ALL = [*CASES, BROKEN, GREW, FAR, ONCE]


def test_every_diagnosis_can_be_answered():
    assert set(NAMES) == set(NEAR) == set(TEMPTING) == {*MEASURES, "double softmax"}
    for name, others in NEAR.items():
        assert len({*others, name}) == 5, name
        assert set(others) <= set(NAMES)


@pytest.mark.parametrize("case", ALL, ids=lambda case: f"{case.name}, {case.planted}")
def test_every_answer_to_every_curve_is_answered_with_its_numbers(case):
    """Also those that are not on offer: another order of NEAR must not bring up an error."""
    with np.errstate(all="raise"):
        said = {name: remark(name, case, Curves(case.history)) for name in NAMES}
    assert said[case.name].endswith(f"Planted: {case.planted}.")
    for name, text in said.items():
        if name != case.name:
            assert re.match(r"(Tempting: .+ But|Its mark is here: .+ But it was not) .+\.$", text)
            assert "planted " not in text
        assert "nan" not in text
        assert text.count("  ") == 0
    assert sum(any(letter.isdigit() for letter in text) for text in said.values()) >= 8


@pytest.mark.parametrize("case", ALL, ids=lambda case: f"{case.name}, {case.planted}")
def test_the_words_say_the_numbers_and_not_the_diagnosis(case):
    words = in_words(Curves(case.history))
    assert "epochs" in words
    assert len(re.findall(r"\d", words)) > 3
    assert [name for name in NAMES if name in words] == []


@pytest.mark.parametrize("case", ALL, ids=lambda case: f"{case.name}, {case.planted}")
def test_every_curve_can_be_drawn(case):
    """A warning would be an error here."""
    made = clinic([case])
    assert made.picture.render({"number": 0}) == made.patients[0].words
    assert (made.picture.pixels() < 128).any()


def test_a_loss_that_breaks_for_one_step_is_told():
    assert "At step 101 the loss is not a finite number, and later" in in_words(
        Curves(ONCE.history)
    )
    assert "From step 192 on" in in_words(Curves(DRAWN["NaN"]))


def test_the_answers_hold_the_right_one_the_engine_s_and_no_other_twice():
    misread = Case("slow start", DRAWN["rate too low"], "weights of std 1e-4, stopped early")
    for patient in clinic([*ALL, misread]).patients:
        assert patient.right in patient.answers
        assert patient.engine.name in {*patient.answers, "too short"}
        assert len(patient.answers) == 5
        # Their order tells nothing: it is always that of the list.
        assert list(patient.answers) == sorted(patient.answers, key=NAMES.index)


def test_the_order_is_shuffled_by_the_seed():
    first, again, other = (
        [patient.right for patient in clinic(CASES, rng=seed).patients] for seed in (0, 0, 1)
    )
    assert first == again
    assert first != other
    assert sorted(first) == sorted(other) == sorted(DRAWN)


def test_its_text_is_the_first_curve_in_words():
    made = clinic(CASES[:1])
    assert repr(made).startswith("A clinic of 1 curves. What ails this run? Curve 1: 30 epochs of")
    assert repr(made).endswith(" / ".join(made.patients[0].answers))


def test_the_engine_s_error_is_told():
    (patient,) = clinic([Case("slow start", DRAWN["rate too low"], "small weights")]).patients
    assert "“rate too low”, and is wrong: it was “slow start”" in patient.engine_says
    assert diagnose(DRAWN["rate too low"]).evidence in patient.engine_says


def test_widgets_answer_and_keep_the_score(monkeypatch):
    monkeypatch.delenv("NNLIB_FRAMES", raising=False)
    from nnlib.live import clinic_widget

    made = clinic(CASES[:3])
    title, picture, words, _, answers, said, following, score = clinic_widget(made).children
    assert title.value == "<b>Curve 1 of 3</b>"
    assert made.patients[0].words.split(".")[0] in words.value
    first = picture.value
    wrong = next(b for b in answers.children if b.description != made.patients[0].right)
    right = next(b for b in answers.children if b.description == made.patients[0].right)
    wrong.click()
    assert f"<b>{wrong.description}: no.</b>" in said.value
    assert f"<b>{right.description}: right.</b>" in said.value
    assert "nn.diagnose says" in said.value
    assert score.value == "You: 0 of 1 right. nn.diagnose: 1 of 1."
    right.click()  # a second answer is answered, and does not count
    assert f"<b>{wrong.description}" not in said.value
    assert score.value == "You: 0 of 1 right. nn.diagnose: 1 of 1."
    following.click()
    assert title.value == "<b>Curve 2 of 3</b>"
    assert said.value == ""
    assert picture.value != first
    right = next(b for b in answers.children if b.description == made.patients[1].right)
    right.click()
    assert score.value == "You: 1 of 2 right. nn.diagnose: 2 of 2."


def test_the_page_holds_every_curve_its_words_and_every_answer(tmp_path, monkeypatch):
    monkeypatch.setenv("NNLIB_FRAMES", str(tmp_path))
    cases = [*CASES[:4], Case("healthy", DRAWN["healthy"], '<b>"nothing"</b>')]
    found = clinic(cases)._repr_mimebundle_()
    page = found["text/html"]
    (folder,) = tmp_path.iterdir()
    assert sorted(file.name for file in folder.iterdir()) == [f"{k}.webp" for k in range(5)]
    assert len(re.findall(r'<img [^>]*alt="[^"]{40,}"', page)) == 5
    assert page.count('<details class="clinic-all">') == 5
    assert page.count("<li>") == 25
    assert page.count(": right.</strong>") == 5
    assert "&lt;b&gt;&quot;nothing&quot;&lt;/b&gt;" in page
    assert "<script" not in page
    assert clinic(cases)._repr_mimebundle_() == found


def unwatched():
    history = curves(FALLING)
    del history.loss["validation"]
    return history


WRONG = {
    "no validation": (lambda: Case("NaN", unwatched(), ""), ValueError, "history validation"),
    "no such fault": (
        lambda: Case("tired", CASES[0].history, ""),
        ValueError,
        "name healthy tired",
    ),
    "no cases": (lambda: clinic([]), TypeError, "cases Case"),
    "a history": (lambda: clinic([DRAWN["healthy"]]), TypeError, "cases Case History"),
    "one answer": (lambda: clinic(CASES, answers=1), ValueError, "answers 2 5 1"),
}


@pytest.mark.parametrize(("do", "error", "words"), WRONG.values(), ids=WRONG)
def test_wrong_input(do, error, words):
    refuses(do, error, words)
