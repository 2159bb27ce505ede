"""Explorers, as far as words go: stops, settings, sentences, and the page without a browser."""

import json
import re

import numpy as np
import pytest

from nnlib import explore, linear_stops, log_stops, play, show
from nnlib.explore import label
from nnlib.stops import Stops, as_text


def draw(fig, lr, optimizer="SGD"):
    fig.subplots().plot([0, lr])
    return f"{optimizer} at {lr:g}."


def test_its_text_is_the_sentence_at_the_starting_stops():
    explorer = explore(draw, lr=Stops([0.1, 0.5, 1.0], start=0.5), optimizer=["Adam", "SGD"])
    assert repr(explorer) == explorer.says == "Adam at 0.5."
    assert explorer.start == {"lr": 0.5, "optimizer": "Adam"}


def test_draw_is_called_with_its_controls_alone():
    assert explore(draw, lr=[0.25]).says == "SGD at 0.25."
    assert show(lambda fig: "Nothing.").says == "Nothing."
    assert explore(lambda fig, **found: f"{found}", a=[1], b=["x"]).says == "{'a': 1, 'b': 'x'}"


def test_the_last_control_moves_fastest():
    explorer = explore(draw, lr=[1, 2], optimizer=["a", "b", "c"])
    found = [(each["lr"], each["optimizer"]) for each in explorer.combinations()]
    assert found == [(1, "a"), (1, "b"), (1, "c"), (2, "a"), (2, "b"), (2, "c")]


def test_400_combinations_are_allowed():
    explorer = explore(draw, lr=range(1, 101), optimizer=list("abcd"))
    assert len(list(explorer.combinations())) == 400


def test_the_same_stops_give_the_same_picture():
    """A figure that is drawn again keeps nothing of the last drawing."""
    picture = explore(draw, lr=[1.0, 5.0]).picture
    first = picture.pixels()
    picture.render({"lr": 5.0})
    other = picture.pixels()
    picture.render({"lr": 1.0})
    assert first.shape[-1] == 3
    assert first.dtype == np.uint8
    assert np.array_equal(picture.pixels(), first)
    assert not np.array_equal(other, first)


def test_a_tall_picture_is_as_wide_and_higher():
    wide, tall = (show(lambda fig: "Empty.", tall=t).picture.pixels().shape for t in (False, True))
    assert wide[1] == tall[1]
    assert wide[0] < tall[0] < 1.1 * tall[1]


def test_an_explorer_lives_on_after_a_failed_drawing():
    def fails_at_0(fig, x):
        return f"1 / {x} is {1 / x:g}."

    explorer = explore(fails_at_0, x=[1, 0, 2])
    with pytest.raises(RuntimeError, match=r"draw\(x=0\) failed: ZeroDivisionError"):
        explorer.picture.render({"x": 0})
    assert explorer.picture.render({"x": 2}) == "1 / 2 is 0.5."


def test_log_stops_are_even_factors_rounded_to_two_digits():
    assert log_stops(1e-3, 10, 5).values == (0.001, 0.01, 0.1, 1, 10)
    assert log_stops(1, 10, 4).values == (1, 2.2, 4.6, 10)
    assert log_stops(1e-3, 10, 5).start == 0.001


def test_linear_stops_are_even_steps():
    assert linear_stops(-1, 1, 5).values == (-1, -0.5, 0, 0.5, 1)
    assert linear_stops(0, 1, 11).values[3] == 0.3


def test_the_start_is_the_nearest_stop():
    assert linear_stops(0, 1, 5, start=0.6).start == 0.5
    assert log_stops(0.01, 100, 5, start=3).start == 1
    assert linear_stops(0, 1, 5, start=0.6).first == 2


def test_play_plays_and_others_do_not():
    stops = play(range(0, 30, 10), start=10)
    assert (stops.values, stops.start, stops.first, stops.plays) == ((0, 10, 20), 10, 1, True)
    assert not linear_stops(0, 1, 2).plays


def test_fine_values_lie_between_the_stops_and_keep_them():
    for stops in (
        linear_stops(-2, 2, 5, between=True),
        log_stops(1e-5, 1, 6, between=True),
        Stops((0, 1e-9, 0.1, 7.5), between=True),
        Stops((1.9, 1.96, 2.0, 2.1), between=True),
        play(range(0, 30, 10), between=True),
    ):
        assert set(stops.values) < set(stops.fine)
        assert list(stops.fine) == sorted(set(stops.fine))
        assert len({as_text(v) for v in stops.fine}) == len(stops.fine)


def test_a_log_slider_stays_one():
    fine = np.log(log_stops(1, 100, 3, between=True).fine)
    assert np.diff(fine).max() < 0.1
    steps = np.diff(linear_stops(-2, 2, 5, between=True).fine)
    assert steps.max() < 1.001 * steps.min()


def test_whole_numbers_stay_whole():
    fine = Stops((1, 2, 5, 1000), between=True).fine
    assert all(isinstance(v, int) for v in fine)
    assert fine[:5] == (1, 2, 3, 4, 5)
    assert Stops((1.0, 2, 4), between=True).fine[1] < 2


def test_without_between_there_are_the_stops_alone():
    assert Stops((1, 2, 4)).fine == (1, 2, 4)


@pytest.mark.parametrize("values", [("a", "b"), (1, 3, 2), (True, False), (1,)])
def test_between_needs_rising_numbers(values):
    with pytest.raises(ValueError, match="rising numbers where between=True"):
        Stops(values, between=True)


def test_numbers_slide_and_words_are_buttons():
    assert Stops([1, 2.5, np.float64(3)]).ordered
    for values in (["a", "b"], [True, False], [None, 1], [1, "many"]):
        assert not Stops(values).ordered


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.01, "0.01"),
        (-2, "−2"),
        (1e-5, "1e−05"),
        (100000, "100000"),
        (np.float64(0.5), "0.5"),
        (True, "yes"),
        (np.False_, "no"),
        (None, "none"),
        ("Adam", "Adam"),
    ],
)
def test_stops_as_the_reader_sees_them(value, text):
    assert as_text(value) == text


def test_controls_as_the_reader_sees_them():
    assert label("lr") == "learning rate η"
    assert label("hidden_units") == "hidden units"


def test_the_page_holds_every_sentence_and_every_picture(tmp_path, monkeypatch):
    """With the build's variable set, all stops are drawn, and the first is a plain image."""
    monkeypatch.setenv("NNLIB_FRAMES", str(tmp_path))
    explorer = explore(draw, lr=Stops([1.0, 2.0], start=2.0), optimizer=['"<b>', "SGD", "Adam"])
    found = explorer._repr_mimebundle_()
    data = re.search(r'class="explore-data">(.*?)</script>', found["text/html"])[1]
    data = json.loads(data)
    assert found["text/plain"] == '"<b> at 2.'
    assert data["says"] == [f"{o} at {lr}." for lr in (1, 2) for o in ('"<b>', "SGD", "Adam")]
    assert data["stops"] == [["1", "2"], ['"<b>', "SGD", "Adam"]]
    (folder,) = tmp_path.iterdir()
    assert sorted(file.name for file in folder.iterdir()) == [f"{k}.webp" for k in range(6)]
    assert f'src="nnlib-frames:{folder.name}/3.webp"' in found["text/html"]
    assert 'alt="&quot;&lt;b&gt; at 2."' in found["text/html"]
    again = explore(draw, lr=Stops([1.0, 2.0], start=2.0), optimizer=['"<b>', "SGD", "Adam"])
    assert again._repr_mimebundle_() == found  # the same stops, the same page
    assert len(list(tmp_path.iterdir())) == 1


def test_the_page_offers_to_compute_where_a_control_takes_every_value(tmp_path, monkeypatch):
    monkeypatch.setenv("NNLIB_FRAMES", str(tmp_path))
    for between in (False, True):
        explorer = explore(draw, lr=Stops([1.0, 2.0], between=between), optimizer=["SGD", "Adam"])
        html = explorer._repr_mimebundle_()["text/html"]
        assert ('data-control="lr" data-between' in html) == between
        assert ('data-compute="nnlib-compute:"' in html) == between
        assert html.count('class="explore-compute"') == between
        assert 'data-control="optimizer" data-between' not in html


def test_a_picture_without_controls_is_an_image(monkeypatch):
    monkeypatch.delenv("NNLIB_FRAMES", raising=False)
    found = show(lambda fig: "Empty.")._repr_mimebundle_()
    assert found["text/plain"] == "Empty."
    assert found["image/png"].startswith(b"\x89PNG")
