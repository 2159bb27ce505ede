"""The pictures of a live explorer: remembered, drawn ahead in a pause, forgotten when a cell runs.

What the widgets do with them is tested in a real JupyterLab, in test_explore_live.py.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from nnlib import explore, live


class Shell:
    """What live.py asks of IPython."""

    execution_count = 1


@pytest.fixture
def shell(monkeypatch):
    shell = Shell()
    monkeypatch.setattr(live, "get_ipython", lambda: shell)
    return shell


@pytest.fixture
def drawn():
    return []


@pytest.fixture
def drawings(shell, drawn):
    def draw(fig, rate, curve):
        drawn.append((rate, curve))
        if rate == 40:
            raise ValueError("this rate is too much")
        return f"rate {rate}, {curve}"

    made = live.Drawings(explore(draw, rate=[10, 20, 30, 40], curve=["smooth", "rough"]))
    drawn.clear()
    return made


def in_a_loop(walk):
    """Run it in a thread of its own: a browser test's event loop may run in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, walk).result()


def visit(drawings, *stops):
    """Go from stop to stop as a reader does, with a pause after each; returns the sentences."""

    async def walk():
        says = []
        for at in stops:
            drawings.move(at)
            says.append(drawings.look(at)[0])
            drawings.plan_ahead()
            await asyncio.sleep(3 * live.PAUSE)
        return says

    return in_a_loop(walk())


def test_in_a_pause_the_stop_that_the_same_move_would_reach_is_drawn(drawings, drawn):
    assert visit(drawings, (1, 0)) == ["rate 20, smooth"]
    assert drawn == [(20, "smooth"), (30, "smooth")]
    assert visit(drawings, (2, 0)) == ["rate 30, smooth"]  # remembered, and the next drawn ahead,
    assert drawn[2:] == [(40, "smooth")]  # whose failure is not the reader's matter yet


def test_nothing_is_drawn_ahead_beyond_the_last_stop(drawings, drawn):
    visit(drawings, (0, 1))
    assert drawn == [(10, "rough")]


def test_a_drawing_that_failed_ahead_shows_its_error_when_it_is_asked_for(drawings):
    visit(drawings, (1, 0), (2, 0))
    with pytest.raises(RuntimeError, match="this rate is too much"):
        visit(drawings, (3, 0))
    assert visit(drawings, (2, 0)) == ["rate 30, smooth"]


def test_a_cell_that_ran_may_have_changed_what_is_drawn(drawings, drawn, shell):
    visit(drawings, (0, 1), (0, 0), (0, 1))
    assert drawn == [(10, "rough"), (10, "smooth")]
    shell.execution_count += 1
    visit(drawings, (0, 0))
    assert drawn == [(10, "rough"), (10, "smooth"), (10, "smooth")]


def test_a_slow_drawing_is_not_made_ahead(drawings, drawn, monkeypatch):
    monkeypatch.setattr(live, "QUICK", 0)
    visit(drawings, (1, 0))
    assert drawn == [(20, "smooth")]


def test_a_move_in_time_calls_off_the_drawing_ahead(drawings, drawn):
    async def hurry():
        for at in ((1, 0), (2, 0), (1, 0)):
            drawings.move(at)
            drawings.look(at)
            drawings.plan_ahead()
        await asyncio.sleep(3 * live.PAUSE)

    in_a_loop(hurry())
    assert drawn == [(20, "smooth"), (30, "smooth"), (10, "smooth")]


def test_only_so_many_pictures_are_kept(shell):
    explorer = explore(lambda fig, x: f"x is {x}.", x=range(3 * live.REMEMBERED))
    drawings = live.Drawings(explorer)
    for index in range(3 * live.REMEMBERED):
        drawings.look((index,))
    assert list(drawings.kept) == [(i,) for i in range(2 * live.REMEMBERED, 3 * live.REMEMBERED)]


def test_without_an_event_loop_nothing_is_planned(drawings):
    drawings.move((1, 0))
    drawings.look((1, 0))
    with ThreadPoolExecutor(1) as thread:
        thread.submit(drawings.plan_ahead).result()
    assert drawings.timer is None
