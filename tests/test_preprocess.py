"""Preprocessing: by hand, the training data's numbers and no others, against scikit-learn's."""

import numpy as np
import pytest
from engine import same

from nnlib.preprocess import ChannelMean, MeanImage, MinMax, Scale, Standardize

RNG = np.random.default_rng(0)
X = RNG.normal(3, [1, 0.1, 20, 5, 2, 1], (50, 6))
X_TEST = RNG.normal(2, 4, (7, 6))
EVERY = {
    "MeanImage": MeanImage,
    "ChannelMean": lambda: ChannelMean(3),
    "Standardize": Standardize,
    "MinMax": MinMax,
}
every = pytest.mark.parametrize("make", EVERY.values(), ids=EVERY)
A = np.array([[1.0, 10, 5, 0], [3.0, 30, 5, 0]])


def test_mean_image_by_hand():
    seen = MeanImage().fit(A)
    assert seen.transform(A).tolist() == [[-1, -10, 0, 0], [1, 10, 0, 0]]
    assert seen.transform(A[:1] + 1).tolist() == [[0, -9, 1, 1]]


def test_channel_mean_by_hand():
    """Two channels of two pixels: means (1 + 10 + 3 + 30) / 4 = 11 and (5 + 5) / 4 = 2.5."""
    seen = ChannelMean(2).fit(A)
    assert seen.transform(A).tolist() == [[-10, -1, 2.5, -2.5], [-8, 19, 2.5, -2.5]]
    same(ChannelMean(1).fit(X).transform(X), X - X.mean())
    same(ChannelMean(6).fit(X).transform(X_TEST), MeanImage().fit(X).transform(X_TEST))


def test_standardize_by_hand():
    """Means 2, 20, 5, 0 and deviations 1, 10, 0, 0: the constant features become 0."""
    seen = Standardize().fit(A)
    assert seen.transform(A).tolist() == [[-1, -1, 0, 0], [1, 1, 0, 0]]
    assert seen.constant.tolist() == [False, False, True, True]
    assert seen.transform(A[:1] + 1).tolist() == [[0, -0.9, 1, 1]]


def test_min_max_by_hand():
    seen = MinMax().fit(A)
    assert seen.transform(A).tolist() == [[0, 0, 0, 0], [1, 1, 0, 0]]
    assert seen.constant.tolist() == [False, False, True, True]
    assert seen.transform(np.array([[5.0, 0, 6, 0]])).tolist() == [[2, -0.5, 1, 0]]  # not clipped


def test_a_constant_that_is_no_exact_float():
    """Fifty times 0.1 have a deviation of 1e-17 by rounding, which must not be divided by."""
    x = np.full((50, 1), 0.1)
    assert x.std(0)[0] > 0
    for seen in (Standardize().fit(x), MinMax().fit(x)):
        assert np.array_equal(seen.transform(x), np.zeros_like(x))
    tiny = np.array([[0.0], [1e-200]])  # differ, but their variance is 0 in floats
    assert np.isfinite(Standardize().fit(tiny).transform(tiny)).all()


def test_as_scikit_learn_does():
    sklearn = pytest.importorskip("sklearn.preprocessing")
    pairs = [(Standardize(), sklearn.StandardScaler()), (MinMax(), sklearn.MinMaxScaler())]
    for mine, theirs in pairs:
        same(mine.fit(X).transform(X_TEST), theirs.fit(X).transform(X_TEST))


@every
def test_the_training_datas_numbers_are_used(make):
    """What the test data are together does not matter: each row alone becomes the same."""
    seen = make().fit(X)
    whole = seen.transform(X_TEST)
    assert np.array_equal(whole, np.concatenate([seen.transform(row[None]) for row in X_TEST]))
    assert not np.allclose(whole, make().fit(X_TEST).transform(X_TEST))


@every
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_new_arrays_of_the_same_type(make, dtype):
    x = X.astype(dtype)
    before = x.copy()
    seen = make()
    assert seen.fit(x) is seen
    y = seen.transform(x)
    assert (y.dtype, y.shape) == (dtype, x.shape)
    assert not np.shares_memory(x, y)
    assert np.array_equal(x, before)
    np.testing.assert_allclose(y, make().fit(X).transform(X), rtol=1e-4, atol=1e-4)


def test_means_of_many_single_precision_numbers():
    """Gathered in float64: 200,000 times 0.1 in float32 do not drift."""
    x = np.full((200_000, 1), 0.1, np.float32)
    x[0] = 0.3
    exact = np.float64(np.float32(0.1)) + (np.float32(0.3) - np.float64(np.float32(0.1))) / 200_000
    for seen in (MeanImage().fit(x), ChannelMean(1).fit(x), Standardize().fit(x)):
        assert abs(seen.mean[0] - exact) < 1e-15


def test_fitting_again_forgets():
    seen = MeanImage().fit(X)
    assert np.array_equal(seen.fit(A).transform(A), MeanImage().fit(A).transform(A))


@pytest.mark.parametrize("kind", [np.uint8, np.int64, np.uint16])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_scale_takes_bytes_to_floats(kind, dtype):
    images = np.array([[0, 51, 255]], kind)
    y = Scale(255, dtype).fit(images).transform(images)
    assert y.dtype == dtype
    assert np.array_equal(y, np.array([[0, 0.2, 1]], dtype))
    assert images.tolist() == [[0, 51, 255]]


def test_what_they_are_called():
    names = [repr(each) for each in (MeanImage(), ChannelMean(3), Standardize(), Scale(255))]
    assert names == ["MeanImage()", "ChannelMean(3)", "Standardize()", "Scale(255)"]


@every
def test_before_fit(make):
    with pytest.raises(ValueError, match="has not seen the training data: call fit"):
        make().transform(X)


@every
def test_wrong_data(make):
    seen = make().fit(X)
    with pytest.raises(ValueError, match="fitted on 6 features, x has 3"):
        seen.transform(X[:, :3])
    spoiled = X.copy()
    spoiled[4, 2] = np.nan
    for step in (seen.transform, seen.fit):
        with pytest.raises(ValueError, match="x holds NaN or infinity, in example 4"):
            step(spoiled)
        with pytest.raises(TypeError, match=r"x must hold floats, got uint8.* / 255"):
            step(X.astype(np.uint8))
        with pytest.raises(ValueError, match=r"\(examples, features\), got shape \(6,\)"):
            step(X[0])
    with pytest.raises(ValueError, match="x holds no examples"):
        seen.fit(X[:0])
    # A fit that failed has not spoiled what was remembered.
    assert np.array_equal(seen.transform(X_TEST), make().fit(X).transform(X_TEST))


def test_channels_that_do_not_divide():
    with pytest.raises(ValueError, match="channels: 6 features are not 4 equal parts"):
        ChannelMean(4).fit(X)


@pytest.mark.parametrize(
    ("make", "kind", "words"),
    [
        (lambda: Scale(255).transform(np.array([[0.5]])), TypeError, r"whole .* 0\.\.255.*float64"),
        (lambda: Scale(16).transform(np.array([[17]])), ValueError, r"0\.\.16, got 17 to 17"),
        (lambda: Scale(255).transform(np.array([[-1, 3]])), ValueError, "got -1 to 3"),
        (lambda: Scale(0), ValueError, "highest must be positive, got 0"),
        (lambda: Scale("255"), ValueError, "highest must be a finite number, got '255'"),
        (lambda: Scale(255, int), TypeError, "dtype must be float32 or float64"),
        (lambda: ChannelMean(0), ValueError, "channels must be at least 1, got 0"),
    ],
)
def test_wrong_numbers(make, kind, words):
    with pytest.raises(kind, match=words):
        make()
