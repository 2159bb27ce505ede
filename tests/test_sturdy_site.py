"""The static explorer under bad luck: whatever the order of moves and answers, the picture and the
sentence belong together, and in the end they are those of the last position.

Random explorers on a small page of their own. Every frame waits until the test answers its
request: well, with an error, or with something that is no picture. A frame's width in pixels is
its number plus one, so that the picture itself says which one it is.
"""

import io
import re
from datetime import datetime

import pytest
from conftest import ROOT, WIDE
from engine import steady
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from nnlib import Stops, explore, frames

SITE = "http://book.test"
ON_ITS_WAY = "The picture for this setting is on its way …"
LOST = "The picture for this setting could not be loaded"

MOVE = """moves => {
    const controls = document.querySelectorAll('.explore-control');
    for (const [c, at] of moves) {
        const slider = controls[c].querySelector('input[type=range]');
        const chosen = slider || controls[c].querySelectorAll('input[type=radio]')[at];
        if (slider) slider.value = at; else chosen.checked = true;
        chosen.dispatchEvent(new Event('input', {bubbles: true}));
    }
}"""
SEEN = """() => {
    const picture = document.querySelector('.explore-picture');
    return {
        frame: Number(/(\\d+)\\.webp/.exec(picture.src)[1]),
        width: picture.complete ? picture.naturalWidth : 0,
        alt: picture.alt,
        says: document.querySelector('.explore-says').textContent,
        live: document.querySelector('.explore-live').textContent,
        pale: getComputedStyle(picture).opacity < 1,
    };
}"""


def control(draw_from):
    """The stops of a control: numbers, words, or yes and no, beginning anywhere."""
    numbers = st.lists(st.integers(-99, 999), min_size=1, max_size=5, unique=True).map(sorted)
    words = st.lists(st.text("abc <&\"'é", min_size=1, max_size=4), min_size=1, max_size=4)
    words = words.filter(lambda found: len({word.strip() for word in found}) == len(found))
    values = draw_from(numbers | words | st.just([False, True]))
    return Stops(values, draw_from(st.sampled_from(values)))


@st.composite
def stories(draw_from):
    """An explorer, and what happens to it: moves, answers to requests, and time that passes."""
    controls = {name: control(draw_from) for name in "abcd"[: draw_from(st.integers(1, 4))]}
    sizes = [len(stops.values) for stops in controls.values()]
    move = st.integers(0, len(sizes) - 1).flatmap(
        lambda c: st.tuples(st.just(c), st.integers(0, sizes[c] - 1))
    )
    events = st.one_of(
        st.tuples(st.just("move"), st.lists(move, min_size=1, max_size=6)),  # very fast ones
        st.tuples(st.just("answer"), st.integers(0, 99), st.sampled_from(ANSWERS)),
        st.tuples(st.just("wait"), st.sampled_from([100, 450, 1000])),
    )
    return controls, draw_from(st.lists(events, min_size=1, max_size=12))


def good(route, number):
    file = io.BytesIO()
    Image.new("RGB", (number + 1, 2), "white").save(file, "webp", lossless=True)
    route.fulfill(body=file.getvalue(), content_type="image/webp")


def page_instead(route, number):
    route.fulfill(body="<title>Log in first</title>", content_type="text/html")


def missing(route, number):
    route.fulfill(status=404, body="")


def lost(route, number):
    route.abort()


ANSWERS = [good, good, page_instead, missing, lost]


# Decoding takes the browser's own time, which no clock of a page can hold.
COUNT_DECODING = """() => {
    const decode = HTMLImageElement.prototype.decode;
    window.decoding = 0;
    HTMLImageElement.prototype.decode = function () {
        window.decoding++;
        return decode.call(this).finally(() => window.decoding--);
    };
}"""


class Stage:
    """An explorer in the browser, and the requests for its frames that wait for an answer."""

    def __init__(self, page):
        self.page, self.pending, self.came, self.html = page, [], set(), ""
        page.clock.install(time=datetime(2026, 1, 1))
        page.clock.pause_at(datetime(2026, 1, 2))  # time passes when the test says so
        page.route(f"{SITE}/**", self.on_request)
        page.add_init_script(f"({COUNT_DECODING})()")

    def on_request(self, route):
        path = route.request.url.removeprefix(SITE)
        if frame := re.fullmatch(r"/frames/\w+/(\d+)\.webp(?:\?try=\d+)?", path):
            number = int(frame[1])
            if number in self.came:  # what came once comes again
                good(route, number)
            else:
                self.pending.append((number, route))
        elif path == "/explore.js":
            route.fulfill(path=ROOT / "_static" / "explore.js")
        elif path == "/book.css":
            route.fulfill(path=ROOT / "_static" / "book.css")
        else:
            route.fulfill(body=self.html, content_type="text/html; charset=utf-8")

    def open(self, controls):
        explorer = explore(sentence, **controls)
        self.settings = list(explorer.combinations())
        self.says = [sentence(None, **each) for each in self.settings]
        self.sizes = [len(stops.values) for stops in explorer.controls.values()]
        self.at = [stops.first for stops in explorer.controls.values()]
        self.pending.clear()
        self.came.clear()
        markup = frames.html(explorer, "x", self.says).replace("nnlib-frames:", "frames/")
        self.html = (
            '<!doctype html><link rel="stylesheet" href="book.css">'
            f'{markup}<script src="explore.js"></script>'
        )
        self.page.goto(f"{SITE}/", wait_until="domcontentloaded")
        self.page.wait_for_selector(".explore-on")

    def move(self, moves):
        for c, at in moves:
            self.at[c] = at
        self.page.evaluate(MOVE, moves)

    def answer(self, which, how):
        if self.pending:
            number, route = self.pending.pop(which % len(self.pending))
            if how is good:
                self.came.add(number)
            how(route, number)

    def bring(self, number):
        """Answer the request for this frame well, and no other."""
        while number not in (waiting := [each for each, _ in self.pending]):
            self.page.wait_for_timeout(5)
        self.answer(waiting.index(number), good)

    def wait(self, milliseconds):
        self.page.clock.run_for(milliseconds)

    @property
    def wanted(self):
        """The number of the frame that belongs to the last position."""
        index = 0
        for size, at in zip(self.sizes, self.at, strict=True):
            index = index * size + at
        return index

    def settle(self, how):
        """Answer whatever is asked for, until the last position has its picture or the message.

        Both can be there before the script knows: the position is the one that was shown before.
        """
        for _ in range(400):
            while self.pending:
                self.answer(0, how)
            decoding = self.page.evaluate("window.decoding")
            seen = self.seen()
            there = seen["says"] == self.says[self.wanted] and seen["width"] == self.wanted + 1
            at_rest = not self.pending and not decoding
            if (there or seen["says"].startswith(LOST)) and at_rest:
                return seen
            self.page.wait_for_timeout(5)
        raise AssertionError(f"it does not come to rest: {seen}, wanted {self.wanted}")

    def seen(self):
        """What the reader meets; picture, description and sentence must belong together."""
        seen = self.page.evaluate(SEEN)
        assert seen["alt"] == self.says[seen["frame"]]
        assert seen["width"] in (0, seen["frame"] + 1)
        assert seen["says"] in (seen["alt"], ON_ITS_WAY) or seen["says"].startswith(LOST)
        assert seen["pale"] == (seen["says"] != seen["alt"])
        return seen


def sentence(fig, **settings):
    return " and ".join(f"{name} is {value!r}" for name, value in settings.items())


@pytest.fixture
def stage(browser):
    context = browser.new_context(viewport=WIDE)
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield Stage(page)
    context.close()


def test_the_last_position_wins_whatever_the_order_of_moves_and_answers(stage):
    outcomes = set()

    @settings(steady, max_examples=25)
    @given(stories(), st.sampled_from(ANSWERS))
    def play(story, at_the_end):
        controls, events = story
        stage.open(controls)
        moved = False
        for name, *details in events:
            getattr(stage, name)(*details)
            moved = moved or name == "move"
            stage.seen()
        if not moved:
            return
        seen = stage.settle(at_the_end)
        assert seen["says"].startswith(LOST) == (stage.wanted not in stage.came)
        outcomes.add(seen["says"][:4] == LOST[:4])
        stage.wait(600)
        assert stage.seen()["live"] == seen["says"]
        # Moving on recovers, and so does coming back.
        there = [(0, at) for at in range(stage.sizes[0]) if at != stage.at[0]][:1]
        for moves in (there, [(0, stage.at[0])]):
            stage.move(moves)
            assert stage.settle(good)["says"] == stage.says[stage.wanted]

    play()
    assert outcomes == {True, False}


def test_a_sentence_that_was_left_is_not_read_out(stage):
    stage.open({"a": [1, 2, 3]})
    stage.move([(0, 1)])
    stage.bring(1)
    stage.page.locator(".explore-says", has_text="a is 2").wait_for()
    stage.wait(300)  # not at rest yet
    stage.move([(0, 2)])  # whose picture is still on its way when the first would have been read
    stage.wait(300)
    assert stage.seen()["live"] == ""
    stage.bring(2)
    stage.page.locator(".explore-says", has_text="a is 3").wait_for()
    stage.wait(600)
    assert stage.seen()["live"] == "a is 3"


def test_stopped_and_begun_again_play_goes_at_its_own_pace(stage):
    stage.open({"a": Stops(range(12), plays=True)})
    stage.came.update(range(12))
    while stage.pending:
        stage.answer(0, good)
    button = stage.page.locator(".explore-play")
    slider = stage.page.locator("input[type=range]")
    for _ in range(5):  # begins, stops, begins, stops, begins
        button.click()
    assert button.get_attribute("aria-pressed") == "true"
    for step in range(1, 4):
        stage.page.wait_for_timeout(200)  # time for a second run, if there is one, to get ready
        stage.wait(220)
        stage.page.locator(".explore-says", has_text=f"a is {step}").wait_for()
        assert slider.input_value() == str(step)
