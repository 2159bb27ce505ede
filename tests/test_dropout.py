"""Dropout: how many are dropped, what the others become, and that testing knows nothing of it."""

import numpy as np
import pytest
from engine import passes, same

import nnlib as nn

ONES = np.ones((500, 200))


@pytest.mark.parametrize("p", [0.1, 0.5, 0.8])
def test_the_share_p_is_dropped_and_the_rest_is_scaled_up(p):
    """100,000 features: 0 or 1 / (1 − p), the share of zeros within 4 standard errors of p."""
    y = nn.Sequential(nn.Dropout(p)).forward(ONES, train=True)
    assert set(np.unique(np.round(y, 12))) == {0, round(1 / (1 - p), 12)}
    assert abs((y == 0).mean() - p) < 4 * np.sqrt(p * (1 - p) / y.size)
    assert abs(y.mean() - 1) < 4 * np.sqrt(p / (1 - p) / y.size)


def test_no_row_or_column_is_special():
    dropped = nn.Sequential(nn.Dropout(0.5)).forward(ONES, train=True) == 0
    for axis, n in ((0, 500), (1, 200)):
        assert (abs(dropped.mean(axis) - 0.5) < 5 * np.sqrt(0.25 / n)).all()


def test_testing_passes_everything_on():
    x, dy = np.random.default_rng(0).normal(size=(2, 6, 4))
    _, y, dx = passes(nn.Dropout(0.9), x, dy)
    assert np.array_equal(y, x)
    assert np.array_equal(dx, dy)


def test_what_was_dropped_gets_no_slope():
    """The slope goes back through the same mask, scaled alike."""
    _, y, dx = passes(nn.Dropout(0.5), ONES, 3 * ONES, train=True)
    same(dx, 3 * y)
    assert (dx == 0).any()


def test_every_pass_has_a_mask_of_its_own_and_the_seed_decides():
    net, again, other = (nn.Sequential(nn.Dropout(0.5, rng=seed)) for seed in (1, 1, 2))
    first, second = net.forward(ONES, train=True), net.forward(ONES, train=True)
    assert not np.array_equal(first, second)
    assert np.array_equal(again.forward(ONES, train=True), first)
    assert not np.array_equal(other.forward(ONES, train=True), first)


def test_dropping_nothing_changes_nothing():
    x = np.random.default_rng(0).normal(size=(6, 4))
    assert np.array_equal(nn.Sequential(nn.Dropout(0)).forward(x, train=True), x)


def test_the_networks_of_a_stack_share_the_mask():
    y = nn.Sequential(nn.Dropout(0.5), stack=3).forward(np.ones((3, 6, 4)), train=True)
    assert np.array_equal(y[0], y[1])
    assert np.array_equal(y[0], y[2])
    assert 0 < (y == 0).sum() < y.size


def test_stacking_networks_takes_the_first_ones_next_mask_and_leaves_it_to_them():
    nets = [nn.Sequential(nn.Dropout(0.5, rng=seed)) for seed in (1, 2)]
    x = np.ones((6, 40))
    nets[0].forward(x, train=True)
    whole = nn.stack(nets)
    y = whole.forward(np.stack([x, x]), train=True)
    whole.forward(x, train=True)
    expected = nets[0].forward(x, train=True)
    assert np.array_equal(y[0], expected)
    assert np.array_equal(y[1], expected)
