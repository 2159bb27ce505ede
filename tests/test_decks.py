"""The lectures: slides made of a chapter's cells, in a real browser that reaches no other host."""

import json
from pathlib import Path

import pytest
from decks import KINDS, kind, slides

ROOT = Path(__file__).resolve().parent.parent

CHAPTERS = sorted((ROOT / "chapters").glob("[0-9][0-9]-*.ipynb"))

# Of every slide: its words, how far its content overflows, and the key of what is focused.
SLIDES = """() => [...document.querySelectorAll('.slides section:not(.stack)')].map(s => ({
    words: s.innerText, notes: s.querySelector('aside.notes')?.textContent || '',
}))"""


def cells(path):
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def test_cells_become_slides_and_prose_the_speakers_notes():
    page = """
        <section><h1>Title</h1><p>Question?</p>
        <!--deck:skip--><p>import</p>
        <section><!--deck:slide--><h2>One</h2><!--deck:notes--><p>Say this.</p>
        <!--deck:fragment--><p>Then</p><!--deck:subslide--><div class="cell">picture</div></section>
        <section><!--deck:slide--><h2>Two</h2><!--deck:---><p>More</p></section></section>
    """
    assert slides(page) == [
        [{"shows": ["<h1>Title</h1>", "<p>Question?</p>"], "notes": []}],
        [
            {
                "shows": ["<h2>One</h2>", '<div class="fragment"><p>Then</p></div>'],
                "notes": ["<p>Say this.</p>"],
            },
            {"shows": ['<div class="cell">picture</div>'], "notes": []},
        ],
        [{"shows": ["<h2>Two</h2>", "<p>More</p>"], "notes": []}],
    ]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_chapter_says_what_its_cells_are_in_a_lecture(path):
    kinds = [kind(cell) for cell in cells(path)]
    assert set(kinds) <= set(KINDS)
    assert kinds.count("slide") >= 5
    assert kinds.count("notes") >= 5
    for cell in cells(path):
        if "solution" in cell["metadata"].get("tags", []):
            assert kind(cell) == "skip", "solutions are not shown to the class"


@pytest.fixture(scope="module", params=[path.stem for path in CHAPTERS])
def deck(request, site, browser):
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.route(lambda url: not url.startswith(("file:", "data:")), lambda route: route.abort())
    page = context.new_page()
    page.problems = []
    page.on("console", lambda it: it.type != "error" or page.problems.append(it.text))
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.goto((site / "slides" / f"{request.param}.html").as_uri())
    page.locator(".slides section.present").first.wait_for()
    yield page
    context.close()


def test_a_deck_opens_from_a_disk_with_its_slides_and_notes(deck):
    found = deck.evaluate(SLIDES)
    assert len(found) >= 10
    assert sum(bool(slide["notes"].strip()) for slide in found) >= 5
    assert not deck.problems


def test_an_explorer_answers_in_the_deck(deck):
    figure = deck.locator(".slides figure.explore-on:not(.predict-then[hidden] *)")
    figure = figure.filter(has=deck.locator("input[type=range]")).first
    figure.evaluate(
        """figure => {
            const at = Reveal.getIndices(figure.closest('section'));
            Reveal.slide(at.h, at.v);
        }"""
    )
    # reveal writes the address in its own time.
    deck.wait_for_function("() => location.hash.length > 2")
    slider = figure.locator("input[type=range]").first
    picture = figure.locator("img.explore-picture")
    before = picture.get_attribute("src"), deck.url
    slider.focus()
    key = "ArrowRight" if slider.input_value() != slider.get_attribute("max") else "ArrowLeft"
    deck.keyboard.press(key)
    deck.wait_for_function("([e, old]) => e.src !== old", arg=[picture.element_handle(), before[0]])
    assert deck.url == before[1], "the key moved the slider, not the slide"
    deck.evaluate("document.activeElement.blur()")
    deck.keyboard.press("Space")
    deck.wait_for_function("old => location.href !== old", arg=before[1])


def test_letters_are_large_enough_for_the_last_row(deck):
    letters = deck.locator(".slides :is(p, li, label, figcaption)")
    sizes = letters.evaluate_all("all => all.map(e => parseFloat(getComputedStyle(e).fontSize))")
    assert min(sizes) >= 20  # of 800: the smallest letter is a fortieth of the slide's height


def test_a_deck_prints_every_slide(deck):
    n = len(deck.evaluate(SLIDES))
    deck.goto(deck.url.split("#")[0] + "?view=print")
    deck.wait_for_function("n => document.querySelectorAll('.pdf-page').length >= n", arg=n)
    assert not deck.problems
