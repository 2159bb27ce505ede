"""The book's pages as paper needs them: one document, nothing to click, answers at the end.

An explorer becomes its first picture with a note on what could be moved; a question keeps its
choices and finds its answers at the end of the chapter, as an exercise its solution. Links between
pages become links within the document.
"""

import argparse
import os
import re
import sys
from pathlib import Path, PurePosixPath
from string import ascii_uppercase
from urllib.parse import unquote, urljoin, urlsplit

import yaml
from bs4 import BeautifulSoup
from serve import SITE

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "_ext"))

import cards  # noqa: E402
import npm  # noqa: E402

PARTS = ("Chapters", "At the back")  # those of _toc.yml that are printed
SCREEN_ONLY = ("progress",)  # what counts the reader's clicks
KOREAN = "@fontsource/nanum-gothic@5.3.0"
KOREAN_SHA512 = (
    "N1LMFJbcjDSENDs1/U3+mkqFpph0+kHrGB9mCJLdIxUiE96G5lC3XQvceJ4f6WzdevNvzQll4PCpTMwom0u/sw=="
)

# What only a screen has a use for.
LEFT_OUT = """
    script, style, a.headerlink, .explore-legend, .explore-live, .clinic-next, .clinic-score,
    .clinic-answers, .clinic-words, .ask-said, .clinic-said, .exercise-done, .progress-clear
"""
EXERCISE = re.compile(r"Exercise \d+\.\d+")


def read_yaml(name):
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def settings():
    """The book's title, what kind of book it is, and its license."""
    config = read_yaml("_config.yml")
    title, _, kind = config["title"].partition(": ")
    return title, kind, config["html"]["extra_footer"].strip()


def address_of():
    """Where the book stands in the web, or ""."""
    return os.environ.get("BOOK_URL", "")


def asked_for(usage, file):
    """(names of pages, the file to write) as a command's user asks: the whole book, if for none."""
    parser = argparse.ArgumentParser(
        description=usage, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("page", nargs="*", help="default: all of the book")
    parser.add_argument("--out", type=Path, default=SITE.parent / file)
    given = parser.parse_args()
    parts = [part for part in read_yaml("_toc.yml")["parts"] if part["caption"] in PARTS]
    files = [each["file"] for part in parts for each in part["chapters"]]
    names = given.page or [file for file in files if file not in SCREEN_ONLY]
    for name in names:
        if not (SITE / f"{name}.html").is_file():
            parser.exit(1, f"There is no page {name} in {SITE}: run `make book` first.\n")
    return names, given.out


def source_of(name):
    return (SITE / f"{name}.html").read_text(encoding="utf-8")


def cover():
    """Where in the site the picture for the title page is: one of the front page's."""
    page = BeautifulSoup(source_of("index"), "html.parser")
    return page.select_one(f'a.gallery-card[href$="/{cards.BOOK}.html"] img')["src"]


def korean():
    """The file of a font that has the Korean letters, fetched once into the environment."""
    names = {"files/nanum-gothic-korean-400-normal.woff2": "korean.woff2"}
    return npm.fetch(KOREAN, KOREAN_SHA512, names) / "korean.woff2"


def article(html, name, known, address):
    """The article of a page, with its links and places named for the one document.

    name     the page, such as chapters/05-backpropagation.html
    known    the pages that the document holds
    address  where the book stands in the web, or "": links to what paper does not hold go there
    """
    soup = BeautifulSoup(html, "html.parser")
    body = soup.select_one("article.bd-article")
    drop(body, LEFT_OUT)
    drop(body, "details.hide:not(.tag_solution *)")  # code that the page folds
    explorers(soup, body, name, address)
    ends = [answers(soup, body), solutions(soup, body)]
    curves(soup, body)
    for each in body.select("details"):
        each["open"] = ""
    for each in body.select("img[loading]"):
        del each["loading"]
    section = body.find("section") or body
    for end in filter(None, ends):
        section.append(end)
    links(body, name, known, address)
    body.name = "section"
    body.attrs = {"class": "paper-page", "id": place(name)}
    return body


def drop(body, selector):
    for each in body.select(selector):
        each.extract()


def place(page, anchor=""):
    """The name in the document of a place on a page."""
    stem = PurePosixPath(page).stem
    return f"{stem}--{anchor}" if anchor else stem


def links(body, name, known, address):
    for each in body.select("[id]"):
        each["id"] = place(name, each["id"])
    for each in body.select("[src]"):
        each["src"] = urljoin(f"html/{name}", each["src"])
    for each in body.select("a[href]"):
        parts = urlsplit(each["href"])
        if parts.scheme:
            continue
        target = unquote(urljoin(name, parts.path))
        if target in known and not parts.query:
            each["href"] = "#" + place(target, parts.fragment)
        elif address:
            each["href"] = urljoin(urljoin(address, name), each["href"])
        else:
            each.unwrap()


def tag(soup, name, text="", **attrs):
    made = soup.new_tag(name, attrs={key.rstrip("_"): value for key, value in attrs.items()})
    if text:
        made.string = text
    return made


def explorers(soup, body, name, address):
    """Instead of its controls, a line says where they stand and that they can be moved."""
    for figure in body.select("figure.explore"):
        controls = figure.select_one(".explore-controls")
        stands = []
        for control in controls.select(".explore-control"):
            label = control.select_one("label[for], .explore-name").get_text()
            shown = control.select_one("output, input[checked] + span").get_text()
            stands.append(f"{label} = {shown}")
        note = tag(
            soup, "p", "To move on the page: " + ", ".join(stands) + ".", class_="paper-note"
        )
        if address:
            link = tag(soup, "a", "Open it", href=urljoin(address, name))
            note.append(" ")
            note.append(link)
            note.append(".")
        figure.append(note)
        controls.decompose()


def answers(soup, body):
    """Number the questions, letter their choices, and gather what is said to each choice."""
    section = tag(soup, "section", class_="paper-answers", id="answers")
    section.append(tag(soup, "h2", "Answers"))
    for number, ask in enumerate(body.select(".ask"), start=1):
        legend = ask.legend
        title = legend.select_one(".ask-title")
        title.string = f"Question {number}"
        question = tag(soup, "p", class_="paper-question")
        question.extend(list(legend.contents))
        choices = tag(soup, "ol", class_="paper-choices")
        for button in ask.select(".ask-answers button"):
            choice = tag(soup, "li")
            choice.extend(list(button.contents))
            choices.append(choice)
        said = ask.select_one(".ask-all ul")
        section.append(answer(soup, said, number))
        ask.clear()
        ask.extend([question, choices])
    return section if len(section.contents) > 1 else None


def answer(soup, said, number):
    """What is said to the choices of one question, the right one first to be seen."""
    right = [": right" in each.strong.get_text()[-8:] for each in said.select("li")].index(True)
    said.name = "ol"
    said["class"] = "paper-choices"
    block = tag(soup, "div", class_="paper-answer")
    title = f"Question {number}: {ascii_uppercase[right]}"
    block.append(tag(soup, "p", title, class_="paper-answer-title"))
    block.append(said)
    return block


def solutions(soup, body):
    """Move the solutions of the exercises to the end, each under the name of its exercise."""
    section = tag(soup, "section", class_="paper-solutions", id="solutions")
    section.append(tag(soup, "h2", "Solutions"))
    exercise = shown = None
    for each in body.select("p, div.cell.tag_solution, div.admonition.dropdown"):
        if each.find_parent(class_=["tag_solution", "dropdown"]):
            continue
        if each.name == "p":
            found = EXERCISE.match(each.get_text().strip())
            exercise = found.group() if found else exercise
            continue
        drop(each, "summary, .admonition-title")
        if exercise != shown:
            section.append(tag(soup, "p", exercise, class_="paper-answer-title"))
            shown = exercise
        if each.name == "div" and "dropdown" in each["class"]:
            each["class"] = ["paper-solution"]
        section.append(each.extract())
    for folded in section.select("details.hide"):
        folded.unwrap()
    return section if len(section.contents) > 1 else None


def curves(soup, body):
    """A clinic on paper: its curves side by side, what each one was below it."""
    for case in body.select(".clinic-case"):
        right = case["data-right"]
        said = case.select(".clinic-all li")
        (says,) = [each for each in said if each.strong.get_text() == f"{right}: right."]
        case.select_one(".clinic-all").replace_with(says)
        says.name = "p"
