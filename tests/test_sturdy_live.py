"""The live explorer under bad luck: whatever the order of moves, whatever a drawing does, picture
and sentence are those of the last position.

Random explorers as widgets, without a browser. A stop of a drawing may fail or take long; cells
run in between; the pauses in which the next stop is drawn ahead come or do not.
"""

import asyncio
import io
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from engine import steady
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from nnlib import Stops, explore, live, picture

PAUSE = 0.002


class Clock:
    """Time as live.py measures it: a drawing that takes long only says so."""

    now = 0.0

    def perf_counter(self):
        return self.now


class Drawing:
    """A drawing whose color tells its stops, and which fails or is slow at some of them.

    `mood` is what a cell may change: the same stops draw another picture then.
    """

    def __init__(self, story, clock):
        self.story, self.clock, self.mood = story, clock, 0

    def __call__(self, fig, **stops):
        values = zip(self.story.values, stops.values(), strict=True)
        at = tuple(known.index(value) for known, value in values)
        self.clock.now += 1.0 if at in self.story.slow else 0.01
        fig.set_facecolor([part / 255 for part in self.color(at)])
        if at in self.story.fails:
            raise ValueError(f"no picture at {at}")
        return self.says(at)

    def says(self, at):
        return f"The picture at {at} in mood {self.mood}."

    def color(self, at):
        number = self.mood
        for values, index in zip(self.story.values, at, strict=True):
            number = number * len(values) + index
        return number // 256, number % 256, 0


class Shell:
    """What live.py asks of IPython."""

    execution_count = 1


@pytest.fixture
def shell(monkeypatch):
    monkeypatch.setattr(picture, "DPI", 20)  # small pictures are drawn quickly
    shell = Shell()
    monkeypatch.setattr(live, "get_ipython", lambda: shell)
    monkeypatch.setattr(live, "PAUSE", PAUSE)
    return shell


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(live, "time", clock)
    return clock


NUMBERS = st.lists(st.integers(-9, 99), min_size=1, max_size=4, unique=True)
WORDS = st.lists(st.sampled_from(["a", "b <c>", "d & e", "é", "1"]), min_size=1, unique=True)


@st.composite
def stories(draw_from):
    """The stops of 1 to 4 controls, which settings fail or are slow, and what happens."""
    values = draw_from(st.lists(NUMBERS | WORDS | st.just([False, True]), min_size=1, max_size=4))
    setting = st.tuples(*(st.integers(0, len(each) - 1) for each in values))
    begin = draw_from(setting)
    move = st.integers(0, len(values) - 1).flatmap(
        lambda c: st.tuples(st.just("move"), st.just(c), st.integers(0, len(values[c]) - 1))
    )
    events = st.one_of(move, move, move, move, st.just(("pause",)), st.just(("cell",)))
    return SimpleNamespace(
        values=values,
        begin=begin,
        fails=draw_from(st.sets(setting, max_size=6)) - {begin},
        slow=draw_from(st.sets(setting, max_size=6)),
        events=draw_from(st.lists(events, min_size=5, max_size=20)),
    )


class Reader:
    """The widgets of one explorer, moved and looked at as a page would."""

    def __init__(self, story, drawing):
        controls = {
            name: Stops(values, values[first])
            for name, values, first in zip("abcd", story.values, story.begin, strict=False)
        }
        *rows, self.picture, self.readout = live.widget(explore(drawing, **controls)).children
        self.controls = rows

    @property
    def at(self):
        return tuple(control.index for control in self.controls)

    def color(self):
        return Image.open(io.BytesIO(self.picture.value)).getpixel((0, 0))


async def walk(story, drawing, shell):
    """Live through the story; after every move picture and sentence must be the position's."""
    reader = Reader(story, drawing)
    seen = set()
    for event, *details in story.events:
        if event == "pause":
            await asyncio.sleep(3 * PAUSE)
        elif event == "cell":
            shell.execution_count += 1
            drawing.mood += 1
        else:
            c, to = details
            before = reader.at
            reader.controls[c].index = to
            if reader.at == before:
                continue
            at = reader.at
            if at in story.fails:
                assert f"no picture at {at}" in reader.readout.value
                seen.add("failed")
            else:
                assert reader.readout.value == drawing.says(at)
                assert reader.color() == drawing.color(at)
                seen.add("drawn")
    return seen


def test_the_last_position_is_shown_whatever_happened_before(shell, clock):
    outcomes = set()

    @settings(steady, max_examples=60)
    @given(stories())
    def play(story):
        drawing = Drawing(story, clock)
        with ThreadPoolExecutor(1) as thread:  # a browser test's event loop may run in this one
            outcomes.update(thread.submit(asyncio.run, walk(story, drawing, shell)).result())

    play()
    assert outcomes == {"drawn", "failed"}
