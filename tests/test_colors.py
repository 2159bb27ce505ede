"""The book's colors: told apart with every common color-blindness, or by more than color."""

from itertools import combinations
from types import SimpleNamespace

import matplotlib
import numpy as np
import pytest
from colors import APART, SIGHTS, distance, told_by_hue_alone, too_close
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from nnlib import plots

PALETTE = {
    name: getattr(plots, name)
    for name in ("BLUE", "ORANGE", "GREEN", "PINK", "SKY", "AMBER", "INK", "GRAY", "PALE")
}
CONES = [sight for sight in SIGHTS if sight != "gray print"]


@pytest.fixture
def fig():
    with matplotlib.rc_context(plots.STYLE):
        yield Figure(figsize=plots.WIDE)


def test_no_two_colors_of_the_book_look_the_same():
    """On a screen, that is: nine colors cannot all stay apart in gray."""
    close = {
        (one, other): too_close(PALETTE[one], PALETTE[other], CONES)
        for one, other in combinations(PALETTE, 2)
    }
    assert {pair: sights for pair, sights in close.items() if sights} == {}


def test_areas_of_the_two_classes_stay_apart():
    low, high = (to_hex(plots.DIVERGING(end)) for end in (0.0, 1.0))
    assert too_close(low, high, CONES) == []


@pytest.mark.parametrize("sight", SIGHTS)
def test_a_scale_of_levels_rises_for_all(sight):
    colors = [to_hex(plots.LEVELS(level)) for level in np.linspace(0, 1, 8)]
    from_first = [distance(colors[0], color, sight) for color in colors]
    assert from_first == sorted(from_first)
    assert from_first[-1] > 3 * APART


@pytest.mark.parametrize("sight", CONES)
def test_a_scale_with_two_ends_rises_from_its_middle(sight):
    middle = to_hex(plots.DIVERGING(0.5))
    for ends in (np.linspace(0.5, 0, 6), np.linspace(0.5, 1, 6)):
        away = [distance(middle, to_hex(plots.DIVERGING(at)), sight) for at in ends]
        assert away == sorted(away)
        assert away[-1] > 2 * APART


def test_a_scale_for_fine_images_rises_through_its_middle_without_color():
    """Dark is below zero, light above, and the middle lies between: gray print keeps the sign."""
    shades = [distance("#000000", to_hex(plots.SIGNED(at)), "gray print") for at in (0.0, 0.5, 1.0)]
    assert np.diff(shades).min() > APART


def test_a_dash_stands_where_an_image_is_low_and_nowhere_else(fig):
    values = np.array([[-1.0, 0.0, 1.0], [0.5, -0.6, np.nan]])
    ax = fig.subplots()
    ax.imshow(values, cmap=plots.DIVERGING, vmin=-1, vmax=1)
    limits = ax.get_xlim(), ax.get_ylim()
    plots.dashes(ax, values < -0.2)
    (marks,) = ax.lines
    assert set(zip(*marks.get_data(), strict=True)) == {(0, 0), (1, 1)}
    assert (ax.get_xlim(), ax.get_ylim()) == limits
    points = ax.bbox.width / fig.dpi * 72
    assert 0 < marks.get_markersize() < points / 3, "a dash stays inside its cell"


def test_a_pair_that_only_hue_tells_apart_is_noted(fig):
    """Without this, the tests below could pass because they saw nothing."""
    assert too_close("#0072b2", "#b8608f") == ["protanopia", "gray print"]
    ax = fig.subplots()
    ax.plot([0, 1], [0, 1], color=plots.BLUE)
    ax.plot([0, 1], [1, 0], color=plots.ORANGE)
    ((one, other, _, sights),) = told_by_hue_alone(fig)
    assert {one, other} == {plots.BLUE, plots.ORANGE}
    assert sights == ["gray print"]
    ax.lines[1].set_linestyle("--")
    assert told_by_hue_alone(fig) == []


def test_classes_differ_by_marker(fig):
    plots.points(fig.subplots(), np.eye(2), [0, 1])
    assert told_by_hue_alone(fig) == []


def test_losses_differ_by_line_and_carry_their_names(fig):
    history = SimpleNamespace(
        loss={"train": [1.0, 0.5, 0.3], "validation": [1.1, 0.7, 0.6]},
        step_loss=np.linspace(1, 0.3, 8),
    )
    plots.run(fig, history)
    assert told_by_hue_alone(fig) == []
    assert {"training", "validation"} <= {text.get_text() for text in fig.axes[0].texts}


def test_signs_of_weights_differ_by_line(fig):
    plots.graph(fig.subplots(), [np.array([[1.0, -1.0]])], [["", ""], [""]])
    assert told_by_hue_alone(fig) == []


def test_optimizers_are_told_apart_by_name(fig):
    """Six colors cannot all stay apart in gray: each line has its name at its end."""
    ax = fig.subplots()
    for row, color in enumerate(plots.OPTIMIZERS.values()):
        ax.plot([0, 1], [row, row], color=color)
    assert told_by_hue_alone(fig), "or the names are not needed"
    plots.name_ends(ax, 1, {n: (k, c) for k, (n, c) in enumerate(plots.OPTIMIZERS.items())})
    assert told_by_hue_alone(fig) == []
