"""The questions: what a file may hold, and the three homes of a quiz."""

from pathlib import Path

import pytest

from nnlib import explore, predict, quiz
from nnlib.quiz import questions_of

FILES = sorted((Path(__file__).parent.parent / "chapters" / "quizzes").glob("*.toml"))

GOOD = """
[[question]]
ask = "What is `1 + 1` < 3?"
[[question.answer]]
text = "2"
right = true
says = "Yes, & always."
[[question.answer]]
text = "11"
says = "That is how words add."

[predict.rate]
ask = "And faster?"
[[predict.rate.answer]]
text = "yes"
right = true
says = "Look."
[[predict.rate.answer]]
text = "no"
says = "Look again."
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "quizzes").mkdir()
    (tmp_path / "quizzes" / "05.toml").write_text(GOOD, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NNLIB_FRAMES", raising=False)
    return tmp_path


def bundle(thing):
    return thing._repr_mimebundle_()


def test_in_the_tests_it_is_plain_text(folder):
    assert bundle(quiz("05"))["text/plain"] == "1. What is `1 + 1` < 3? 2 / 11"


def test_on_the_site_every_answer_is_there_without_a_script(folder, monkeypatch):
    monkeypatch.setenv("NNLIB_FRAMES", str(folder / "frames"))
    html = bundle(quiz("05"))["text/html"]
    assert "What is <code>1 + 1</code> &lt; 3?" in html
    assert "<li><strong>2: right.</strong> Yes, &amp; always.</li>" in html
    assert "<li><strong>11: no.</strong> That is how words add.</li>" in html
    assert "<script" not in html


def test_a_prediction_stands_before_its_explorer(folder, monkeypatch):
    explorer = explore(lambda fig, x: f"x is {x}.", x=[1, 2])
    made = predict("05.rate", explorer)
    assert repr(made) == "Predict: And faster? yes / no\nx is 1."
    monkeypatch.setenv("NNLIB_FRAMES", str(folder / "frames"))
    html = bundle(made)["text/html"]
    assert html.index("And faster?") < html.index('<figure class="explore"')


def buttons(widget):
    children = getattr(widget, "children", ())
    own = [widget] if type(widget).__name__ == "Button" else []
    return own + [button for child in children for button in buttons(child)]


def test_in_a_live_kernel_each_answer_is_answered(folder):
    from nnlib.quiz_live import widget

    made = widget(quiz("05").questions)
    right, wrong = buttons(made)
    said = made.children[0].children[-1]
    wrong.click()
    assert "<b>11: No.</b> That is how words add." in said.value
    right.click()
    assert "<b>2: Right.</b> Yes, &amp; always." in said.value


def test_in_a_live_kernel_the_explorer_opens_with_the_answer(folder):
    from nnlib.quiz_live import prediction_widget

    box = prediction_widget(predict("05.rate", explore(lambda fig, x: f"x is {x}.", x=[1, 2])))
    assert len(box.children) == 1
    for button in buttons(box.children[0]):
        button.click()
    assert len(box.children) == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('right = true\nsays = "Yes', 'says = "Yes'), "question 05.q1 has 0 right answers"),
        (('text = "11"', 'text = "11"\nright = true'), "question 05.q1 has 2 right answers"),
        (('text = "11"', 'text = "2"'), "offers the same answer twice"),
        (('says = "That', 'why = "That'), "question 05.q1 lacks a field or has a strange one"),
        (('ask = "What', 'asks = "What'), "question 05.q1 lacks a field"),
        (("[[question]]", "[[questions]]"), "question 05.q1 lacks a field"),
        ((GOOD, "[predict]"), r"05.toml has no \[\[question\]\]"),
        (("[[question]]", "[[question"), "05.toml is not readable"),
    ],
)
def test_a_faulty_file_is_told(folder, change, words):
    file = folder / "quizzes" / "05.toml"
    text = GOOD.replace(*change)
    assert text != GOOD
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=words):
        quiz("05")


def test_what_is_not_there_is_told(folder):
    with pytest.raises(ValueError, match=r"there is no file .*06\.toml"):
        quiz("06")
    with pytest.raises(ValueError, match=r"there is no '05\.speed'; there is rate"):
        predict("05.speed", None)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_chapter_asks_four_questions_and_answers_every_answer(file):
    questions = questions_of(file)
    assert len(questions) >= 4
    for question in questions:
        assert len(question.answers) >= 3
        assert all(len(answer.says) > 20 for answer in question.answers)
    # The right answer must not be told by its place.
    places = {[answer.right for answer in q.answers].index(True) for q in questions}
    assert len(places) > 1
