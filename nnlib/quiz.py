"""Questions with an answer to every answer.

    quiz("05")                                the questions of chapter 5
    predict("05.rate", explore(draw, ...))    a question first, and then the explorer

The questions stand in quizzes/05.toml beside the notebook, out of the reader's sight:

    [[question]]
    ask = "What does a batch average?"
    [[question.answer]]
    text = "δ zᵀ"
    right = true
    says = "Yes: each example has its own δ and its own z."

and those that stand before an explorer under [predict.NAME], with the same two fields. Like an
explorer, a quiz has three homes: widgets where a kernel lives, a page while the site is built,
and plain text for tests. Words between `backticks` are set as code.
"""

import os
import re
import tomllib
from dataclasses import dataclass
from html import escape
from pathlib import Path

FOLDER = Path("quizzes")  # beside the notebook


@dataclass(frozen=True)
class Answer:
    """One answer on offer, and what is said to the reader who chooses it."""

    text: str
    says: str
    right: bool = False


@dataclass(frozen=True)
class Question:
    """A question and its answers, just one of them right. `id` is its name among all questions."""

    id: str
    ask: str
    answers: tuple

    def __post_init__(self):
        if len(self.answers) < 2:
            raise ValueError(f"question {self.id} has {len(self.answers)} answers, needs 2 or more")
        right = sum(answer.right for answer in self.answers)
        if right != 1:
            raise ValueError(f"question {self.id} has {right} right answers, needs just one")
        texts = [answer.text for answer in self.answers]
        if len(set(texts)) < len(texts):
            raise ValueError(f"question {self.id} offers the same answer twice")

    def __str__(self):
        return f"{self.ask} {' / '.join(answer.text for answer in self.answers)}"


class Quiz:
    """Some questions. Made by `quiz`; a notebook displays it as fits the place."""

    def __init__(self, questions):
        self.questions = questions

    def _repr_mimebundle_(self, include=None, exclude=None):
        if os.environ.get("NNLIB_FRAMES"):
            return {"text/plain": repr(self), "text/html": page(self.questions)}
        from .quiz_live import widget

        return {**widget(self.questions)._repr_mimebundle_(), "text/plain": repr(self)}

    def __repr__(self):
        return "\n".join(f"{n}. {each}" for n, each in enumerate(self.questions, start=1))


class Prediction:
    """A question, and the explorer that opens when it is answered. Made by `predict`."""

    def __init__(self, question, explorer):
        self.question, self.explorer = question, explorer

    def _repr_mimebundle_(self, include=None, exclude=None):
        if os.environ.get("NNLIB_FRAMES"):
            explorer = self.explorer._repr_mimebundle_()["text/html"]
            html = (
                f'<div class="predict">{_question(self.question, "Predict")}'
                f'<div class="predict-then">{explorer}</div></div>'
            )
            return {"text/plain": repr(self), "text/html": html}
        from .quiz_live import prediction_widget

        return {**prediction_widget(self)._repr_mimebundle_(), "text/plain": repr(self)}

    def __repr__(self):
        return f"Predict: {self.question}\n{self.explorer!r}"


def quiz(chapter):
    """The questions of a chapter, given as "05"."""
    return Quiz(questions_of(FOLDER / f"{chapter}.toml"))


def predict(name, explorer):
    """An explorer that opens when the question "05.NAME" is answered."""
    chapter, _, key = str(name).partition(".")
    known = _read(FOLDER / f"{chapter}.toml").get("predict", {})
    if key not in known:
        raise ValueError(f"name: there is no {name!r}; there is {', '.join(known) or 'none'}")
    return Prediction(_made(name, known[key]), explorer)


def questions_of(path):
    """The questions in a file, without those that stand before an explorer."""
    found = _read(path).get("question", [])
    if not found:
        raise ValueError(f"{path} has no [[question]]")
    return [_made(f"{path.stem}.q{n}", each) for n, each in enumerate(found, start=1)]


def _read(path):
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ValueError(f"chapter: there is no file {path} with questions") from None
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path} is not readable: {error}") from None


def _made(id, table):
    try:
        answers = tuple(Answer(**each) for each in table["answer"])
        return Question(id, table["ask"], answers)
    except (KeyError, TypeError) as error:
        raise ValueError(f"question {id} lacks a field or has a strange one: {error}") from None


def marked(text):
    """Text as HTML, with `code` between backticks."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def said_to(text, right, says):
    """What is said to one answer, as an item of the list of all of them."""
    return f"<li><strong>{marked(text)}: {'right' if right else 'no'}.</strong> {marked(says)}</li>"


def page(questions):
    """The questions as HTML. `quiz.js` makes the answers into buttons that answer; without it
    everything is there, folded."""
    n = len(questions)
    parts = [_question(each, f"Question {k} of {n}") for k, each in enumerate(questions, start=1)]
    return f'<section class="quiz" aria-label="Quiz">{"".join(parts)}</section>'


def _question(question, title):
    buttons = "".join(
        f'<button type="button" data-right="{"yes" if answer.right else "no"}">'
        f"{marked(answer.text)}</button>"
        for answer in question.answers
    )
    said = "".join(said_to(each.text, each.right, each.says) for each in question.answers)
    return (
        f'<div class="ask" data-question="{escape(question.id)}">'
        f'<fieldset class="ask-answers" disabled><legend><span class="ask-title">{title}</span> '
        f"{marked(question.ask)}</legend>{buttons}</fieldset>"
        f'<div class="ask-said" aria-live="polite"></div>'
        f'<details class="ask-all"><summary>All answers</summary><ul>{said}</ul></details></div>'
    )
