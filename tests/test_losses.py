"""The losses and their slopes, against PyTorch, by nudging, and by eye."""

import numpy as np
import pytest
from engine import LOSSES, golden, same, steady
from hypothesis import given
from hypothesis import strategies as st

import nnlib as nn

MSE, BCE, SCE = nn.MeanSquaredError(), nn.BinaryCrossEntropy(), nn.SoftmaxCrossEntropy()
every_loss = pytest.mark.parametrize(("loss", "y"), LOSSES.values(), ids=LOSSES)


def test_no_loss_is_forgotten_here():
    offered = {v for v in vars(nn).values() if isinstance(v, type) and hasattr(v, "accuracy")}
    assert offered - {nn.History} == {type(loss) for loss, _ in LOSSES.values()}


@pytest.mark.parametrize(
    ("loss", "name"),
    [(MSE, "mse"), (BCE, "bce"), (BCE, "bce_shares"), (SCE, "sce"), (SCE, "sce_soft")],
)
def test_values_and_slopes_are_pytorchs(loss, name):
    """With logits from small to ±10,000, in one batch."""
    g = golden("losses")
    value, slope = loss(g["logits"], g[f"{name} y"])
    same(value, g[name])
    same(slope, g[f"{name} d"])


@every_loss
def test_slopes_agree_with_nudging(loss, y):
    output = np.random.default_rng(0).normal(size=(6, 3))
    slope = loss(output, y)[1]
    nudged = nn.numerical_gradient(lambda _: loss(output, y)[0], output.reshape(-1))
    same(slope.ravel(), nudged, rtol=1e-6, atol=1e-9)


@every_loss
def test_a_stack_is_its_networks_side_by_side(loss, y):
    """One value a network; slopes and accuracies row by row; also with targets of their own."""
    outputs = np.random.default_rng(1).normal(size=(4, 6, 3))
    values, slopes = loss(outputs, y)
    assert values.shape == (4,)
    for k in range(4):
        value, slope = loss(outputs[k], y)
        same(values[k], value)
        same(slopes[k], slope)
        assert loss.accuracy(outputs, y)[k] == loss.accuracy(outputs[k], y)
    if y.ndim == 2:
        own = np.stack([np.roll(y, k, axis=0) for k in range(4)])
        same(loss(outputs, own)[0], [loss(outputs[k], own[k])[0] for k in range(4)])


@every_loss
def test_a_row_that_is_nan_stays_alone(loss, y):
    outputs = np.random.default_rng(2).normal(size=(3, 6, 3))
    values, slopes = loss(outputs, y)
    outputs[1] = np.nan
    bad_values, bad_slopes = loss(outputs, y)
    assert np.isnan(bad_values[1])
    for k in (0, 2):
        assert bad_values[k] == values[k]
        assert np.array_equal(bad_slopes[k], slopes[k])


@every_loss
def test_what_goes_in_is_left_alone(loss, y):
    output = np.random.default_rng(3).normal(size=(6, 3))
    output_before, y_before = output.copy(), y.copy()
    loss(output, y)
    assert np.array_equal(output, output_before)
    assert np.array_equal(y, y_before)


@every_loss
def test_the_mean_over_examples_does_not_count_them(loss, y):
    """Every example twice: the same value, and each slope half."""
    output = np.random.default_rng(4).normal(size=(6, 3))
    value, slope = loss(output, y)
    twice, half = loss(np.concatenate([output, output]), np.concatenate([y, y]))
    same(twice, value)
    same(2 * half[:6], slope)


def test_squared_error_by_hand():
    """Errors (3, 4) and (0, 2): squares 25 and 4, mean 14.5; slopes 2 · error / 2."""
    value, slope = MSE(np.array([[3.0, 5.0], [1.0, 2.0]]), np.array([[0.0, 1.0], [1.0, 0.0]]))
    assert value == 14.5
    assert slope.tolist() == [[3, 4], [0, 2]]


def test_a_guess_among_ten_costs_ln_10():
    """The loss before training, when all logits are about equal."""
    value, slope = SCE(np.zeros((5, 10)), np.arange(5))
    assert abs(value - 2.302585092994046) < 1e-15
    assert abs(slope[0, 0] - (0.1 - 1) / 5) < 1e-16
    assert abs(slope[0, 1] - 0.1 / 5) < 1e-16


def test_a_guess_between_two_costs_ln_2():
    value, slope = BCE(np.zeros((4, 1)), np.array([[0.0], [1.0], [1.0], [0.0]]))
    assert abs(value - 0.6931471805599453) < 1e-15
    assert slope.tolist() == [[0.125], [-0.125], [-0.125], [0.125]]


def test_being_sure_and_wrong_costs_the_logit():
    """At a logit of ±10,000: nothing when right, 10,000 when wrong, and the slope is ±1."""
    for size in (1e4, 1e8, 1e300):
        assert BCE(np.array([[size]]), np.array([[1.0]])) == (0, 0)
        assert BCE(np.array([[size]]), np.array([[0.0]])) == (size, 1)
        assert BCE(np.array([[-size]]), np.array([[1.0]])) == (size, -1)
        value, slope = SCE(np.array([[size, 0.0]]), np.array([0]))
        assert value == 0
        assert slope.tolist() == [[0, 0]]
        value, slope = SCE(np.array([[size, 0.0]]), np.array([1]))
        assert value == size
        assert slope.tolist() == [[1, -1]]


def test_single_precision_at_large_logits():
    logits = np.array([[1e4, -1e4], [-1e4, 1e4]], np.float32)
    for loss, y in ((BCE, np.eye(2, dtype=np.float32)), (SCE, np.array([1, 1]))):
        value, slope = loss(logits, y)
        assert value.dtype == slope.dtype == np.float32
        assert np.isfinite(value)
        assert np.isfinite(slope).all()


def test_two_softmax_outputs_are_one_sigmoid():
    """p = softmax(a, 0) has first element σ(a): both cross-entropies are the same number."""
    a, y = np.linspace(-6, 6, 13)[:, None], np.arange(13)[:, None] % 2.0
    two = np.concatenate([np.zeros_like(a), a], axis=1)
    same(SCE(two, y[:, 0].astype(int))[0], BCE(a, y)[0])
    same(SCE(two, y[:, 0].astype(int))[1][:, 1:], BCE(a, y)[1])


@given(st.integers(2, 8), st.integers(0, 10**6), st.floats(-1e3, 1e3))
@steady
def test_softmax_loss_forgets_a_shift(n, seed, shift):
    """Adding one number to all logits changes nothing; the slopes of an example sum to 0."""
    rng = np.random.default_rng(seed)
    logits, y = rng.normal(0, 5, (4, n)), rng.integers(0, n, 4)
    value, slope = SCE(logits, y)
    same(SCE(logits + shift, y)[0], value, rtol=1e-10, atol=1e-10)
    same(slope.sum(-1), np.zeros(4), atol=1e-14)
    assert value > 0


def test_classes_are_their_one_hot_rows():
    rows = nn.one_hot(np.array([2, 0, 1, 2]), 4)
    assert rows.tolist() == [[0, 0, 1, 0], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]]
    logits = np.random.default_rng(5).normal(size=(4, 4))
    by_class, by_row = SCE(logits, np.array([2, 0, 1, 2])), SCE(logits, rows)
    assert by_class[0] == by_row[0]
    assert np.array_equal(by_class[1], by_row[1])


def test_prepare_gives_what_the_loss_takes():
    """Lists and whole numbers become floats of the network's kind."""
    assert MSE.prepare([[1], [2]], 1, np.float32).dtype == np.float32
    assert BCE.prepare([[0], [1]], 1, np.float64).tolist() == [[0], [1]]
    assert SCE.prepare([1, 0], 3, np.float64).tolist() == [[0, 1, 0], [1, 0, 0]]
    assert SCE.prepare([[0.5, 0.5]], 2, np.float64).tolist() == [[0.5, 0.5]]


def test_targets_may_be_lists():
    assert MSE(np.array([[3.0]]), [[1.0]])[0] == 4
    assert BCE(np.array([[0.0]]), [[1.0]])[1] == -0.5
    assert SCE(np.array([[50.0, 0.0]]), [0])[0] < 1e-20


def test_accuracy_by_eye():
    one = np.array([[-2.0], [0.2], [0.6], [3.0]])
    yes_no = np.array([[0.0], [0.0], [1.0], [0.0]])
    assert MSE.accuracy(one, yes_no) == 3 / 4  # at least ½: no, no, yes, yes
    assert BCE.accuracy(one, yes_no) == 2 / 4  # at least 0: no, yes, yes, yes
    half, zero = np.array([[0.5]]), np.array([[0.0]])
    assert MSE.accuracy(half, [[1.0]]) == BCE.accuracy(zero, [[1.0]]) == 1  # the line itself is yes
    assert MSE.accuracy(half - 1e-9, [[1.0]]) == BCE.accuracy(zero - 1e-9, [[1.0]]) == 0
    three = np.array([[1.0, 5.0, 2.0], [9.0, 0.0, 0.0], [0.0, 1.0, 2.0], [0.0, 0.0, 1.0]])
    assert SCE.accuracy(three, np.array([1, 0, 0, 2])) == 3 / 4
    assert MSE.accuracy(three, nn.one_hot(np.array([1, 0, 0, 2]), 3)) == 3 / 4


@pytest.mark.parametrize(
    ("dtype", "sizes"),
    [(np.float64, (1e4, 1e30, 1e300)), (np.float32, (1e4, 1e30, 1e38))],
    ids=["double", "single"],
)
def test_cross_entropies_are_right_at_any_size(dtype, sizes):
    """Surely right costs 0, surely wrong the distance of the logits; no warning, no NaN."""
    yes, no = np.ones((1, 1), dtype), np.zeros((1, 1), dtype)
    for size in map(dtype, sizes):
        for sign, right, wrong in ((1, yes, no), (-1, no, yes)):
            a = np.full((1, 1), sign * size)
            assert BCE(a, right) == (0, 0)
            assert BCE(a, wrong) == (size, sign)
            value, slope = BCE(a, np.full((1, 1), 0.25, dtype))
            np.testing.assert_allclose(value, (0.75 if sign > 0 else 0.25) * size, rtol=1e-6)
            assert slope == (0.75 if sign > 0 else -0.25)
        a = np.array([[size, -size, size], [-size, size, 0]], dtype)
        for classes, value, slope in (
            ([0, 1], np.log(2) / 2, [[-0.25, 0, 0.25], [0, 0, 0]]),
            ([1, 1], size + np.log(2) / 2, [[0.25, -0.5, 0.25], [0, 0, 0]]),
            ([0, 0], size + np.log(2) / 2, [[-0.25, 0, 0.25], [-0.5, 0.5, 0]]),
        ):
            found = SCE(a, np.array(classes))
            np.testing.assert_allclose(found[0], value, rtol=1e-6)
            np.testing.assert_allclose(found[1], slope, rtol=1e-6, atol=1e-7)
            assert found[0].dtype == found[1].dtype == dtype
        value = SCE(a, np.full((2, 3), 1 / 3, dtype))[0]
        np.testing.assert_allclose(value, 5 / 6 * size + np.log(2) / 2, rtol=1e-6)


@pytest.mark.parametrize(("dtype", "size"), [(np.float64, 1e150), (np.float32, 1e18)])
def test_squared_error_is_right_while_a_square_can_be_held(dtype, size):
    value, slope = MSE(np.array([[size], [0]], dtype), np.zeros((2, 1), dtype))
    np.testing.assert_allclose(value, size**2 / 2, rtol=1e-6)
    np.testing.assert_allclose(slope, [[size], [0]], rtol=1e-6)
    with np.errstate(over="ignore"):  # beyond, the value is infinite and the slope still right
        value, slope = MSE(np.array([[size**2]], dtype), np.zeros((1, 1), dtype))
    assert value == np.inf
    np.testing.assert_allclose(slope, [[2 * size**2]], rtol=1e-6)


@every_loss
def test_a_prepared_target_is_not_checked_again(loss, y, monkeypatch):
    """Nor are its batches, which is what training takes; the numbers are those of any target."""
    output, ready = np.random.default_rng(6).normal(size=(6, 3)), loss.prepare(y, 3, np.float64)
    value, slope = loss(output, y)
    monkeypatch.setattr(type(loss), "prepare", lambda *_: pytest.fail("checked again"))
    assert loss(output, ready)[0] == value
    assert np.array_equal(loss(output, ready)[1], slope)
    for x_batch, batch in nn.minibatches(output, ready, 2, rng=0):
        assert type(loss(x_batch, batch)[1]) is np.ndarray
        loss.accuracy(x_batch, batch)
