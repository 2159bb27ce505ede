"""The teacher's pages: one a chapter, and every link to a setting leads to one that exists."""

import json
import re
import tomllib
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = {path.name[:2]: path.stem for path in sorted((ROOT / "chapters").glob("[0-9][0-9]-*"))}
PAGES = sorted((ROOT / "teaching").glob("*.md"))
LINK = re.compile(r"\(\.\./chapters/([\w-]+)\.html\?([^)#\s]+)\)")
FIGURE = re.compile(
    r'<figure class="explore" data-name="([^"]+)".*?class="explore-data">(.*?)</script>', re.DOTALL
)


def settings(site, name):
    """{explorer: {control: its stops}} of a built chapter."""
    page = (site / "chapters" / f"{name}.html").read_text(encoding="utf-8")
    found = {}
    for match in FIGURE.finditer(page):
        controls = re.findall(r'data-control="(\w+)"', match[0])
        name = unescape(match[1])
        nth = sum(known.rstrip("0123456789") == name for known in found) + 1
        found[name if nth == 1 else f"{name}{nth}"] = dict(
            zip(controls, json.loads(match[2])["stops"], strict=True)
        )
    return found


def test_every_chapter_has_a_page():
    assert [page.stem for page in PAGES] == list(CHAPTERS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_letters_of_the_right_answers_are_those_of_the_quiz(page):
    answers = page.read_text(encoding="utf-8").partition("{admonition} Answers")[2]
    predictions, questions = re.findall(r"^(?:- )?\*{0,2}(?:Pred|Before|Quest).*", answers, re.M)
    quiz = ROOT / "chapters" / "quizzes" / f"{page.stem}.toml"
    asked = tomllib.loads(quiz.read_text(encoding="utf-8"))
    for name, each in asked["predict"].items():
        assert re.findall(rf"\b{name}\*?:? ([a-e])[,:]", predictions) == [letter(each)], name
    for number, each in enumerate(asked["question"], start=1):
        found = re.findall(rf"(?<![\w.]){number} ([a-e])[,:]", questions)
        assert found == [letter(each)], number


def letter(question):
    """The letter of the right answer, as the slides and the printed book give it."""
    return "abcde"[[answer.get("right", False) for answer in question["answer"]].index(True)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_has_its_sections(page):
    text = page.read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert headings[:4] == ["Aims", "Time", "Demonstrations", "Misconceptions"]
    assert "Answers" in text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_setting_that_is_linked_exists(page, site):
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert len(links) >= 4
    built = unescape((site / "teaching" / f"{page.stem}.html").read_text(encoding="utf-8"))
    assert built.count('href="../chapters/' + CHAPTERS[page.stem] + ".html?") == len(links)
    for name, query in links:
        assert name == CHAPTERS[page.stem]
        known = settings(site, name)
        for key, stop in parse_qsl(query, strict_parsing=True):
            explorer, _, control = key.rpartition(".")
            assert explorer in known, (key, sorted(known))
            assert control in known[explorer], (key, sorted(known[explorer]))
            assert stop in known[explorer][control], (key, stop, known[explorer][control])
