"""The optimizers: their paths against PyTorch's, their first steps by hand, and stacks of them."""

import numpy as np
import pytest
from engine import OPTIMIZERS, golden, quadratic, rosenbrock, same

import nnlib as nn

SURFACES = {"quadratic": quadratic, "rosenbrock": rosenbrock}
STARTS = {"quadratic": (-3.0, 1.5), "rosenbrock": (-1.2, 1.0)}

# Named as in make_golden.py, which gives PyTorch's the same numbers.
WITH_GOLDEN = {
    "SGD(lr)": nn.SGD,
    "Momentum(lr)": nn.Momentum,
    "Momentum(lr, 0.5)": lambda lr: nn.Momentum(lr, 0.5),
    "Nesterov(lr)": nn.Nesterov,
    "Nesterov(lr, 0.5)": lambda lr: nn.Nesterov(lr, 0.5),
    "Adagrad(lr)": nn.Adagrad,
    "Adagrad(lr, 1e-2)": lambda lr: nn.Adagrad(lr, 1e-2),
    "RMSprop(lr)": nn.RMSprop,
    "RMSprop(lr, 0.9, 1e-3)": lambda lr: nn.RMSprop(lr, 0.9, 1e-3),
    "Adam(lr)": nn.Adam,
    "Adam(lr, 0.8, 0.95, 1e-3)": lambda lr: nn.Adam(lr, 0.8, 0.95, 1e-3),
}
every_optimizer = pytest.mark.parametrize("make", OPTIMIZERS.values(), ids=OPTIMIZERS)


def walk(optimizer, gradient, start, steps):
    """The points an optimizer passes, the start first."""
    theta = np.array(start, float)
    path = [theta.copy()]
    for _ in range(steps):
        optimizer.step(theta, gradient(theta))
        path.append(theta.copy())
    return np.array(path)


def test_no_optimizer_is_forgotten_here():
    offered = {v for v in vars(nn).values() if isinstance(v, type) and hasattr(v, "step")}
    assert offered == set(OPTIMIZERS.values())


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("name", WITH_GOLDEN)
def test_twenty_steps_are_pytorchs(name, surface):
    g = golden("optimizers")
    optimizer = WITH_GOLDEN[name](float(g[f"{surface} lr"]))
    path = walk(optimizer, SURFACES[surface], STARTS[surface], 20)
    same(path, g[f"{surface} {name}"])
    assert optimizer.t == 20


def test_sgd_by_hand():
    """Down the slope g = θ at rate ½: each step halves."""
    assert walk(nn.SGD(0.5), lambda g: g, [8.0], 3).tolist() == [[8], [4], [2], [1]]


def test_momentum_by_hand():
    """g = 1, η = 1, m = ½: velocities −1, −1.5, −1.75."""
    path = walk(nn.Momentum(1, 0.5), np.ones_like, [0.0], 3)
    assert path.tolist() == [[0], [-1], [-2.5], [-4.25]]


def test_nesterov_by_hand():
    """g = 1, η = 1, m = ½: v is −1, −1.5, −1.75, and each move is m v − η g."""
    path = walk(nn.Nesterov(1, 0.5), np.ones_like, [0.0], 3)
    assert path.tolist() == [[0], [-1.5], [-3.25], [-5.125]]


def test_nesterov_is_the_look_ahead_form():
    """φ = θ + m v of  v ← m v − η g(θ + m v);  θ ← θ + v, as the notes write it."""
    theta, v, ahead = np.array([-3.0, 1.5]), np.zeros(2), []
    for _ in range(10):
        ahead.append(theta + 0.9 * v)
        v = 0.9 * v - 0.03 * quadratic(theta + 0.9 * v)
        theta = theta + v
    same(walk(nn.Nesterov(0.03), quadratic, (-3.0, 1.5), 9), np.array(ahead))


def test_adagrad_by_hand():
    """g = 3 each time: G is 9, 18, 27, steps η, η/√2, η/√3."""
    path = walk(nn.Adagrad(1), lambda t: np.full_like(t, 3.0), [0.0], 3)
    same(np.diff(path[:, 0]), -1 / np.sqrt([1, 2, 3]), rtol=1e-9)


def test_rmsprop_by_hand():
    """The first step is η / √(1 − γ), whatever the gradient's size: here twice η."""
    for g in (1e-3, -1.0, 1e6):
        path = walk(nn.RMSprop(0.1, gamma=0.75), lambda t, g=g: np.full_like(t, g), [0.0], 1)
        same(path[1], [-0.2 * np.sign(g)], rtol=1e-4)


def test_adam_takes_a_first_step_of_the_rate():
    """Both corrections together leave η · sign g, whatever the gradient's size."""
    for g in (1e-3, -1.0, 1e6):
        path = walk(nn.Adam(0.1), lambda t, g=g: np.full_like(t, g), [0.0], 1)
        same(path[1], [-0.1 * np.sign(g)], rtol=1e-4)


@every_optimizer
def test_no_slope_no_move(make):
    assert walk(make(0.1), np.zeros_like, [3.0, -2.0], 5).tolist() == [[3, -2]] * 6


@every_optimizer
def test_moves_in_place_and_leaves_the_gradient(make):
    """The array that was given is the array that moves; the gradient is only read."""
    theta, grad, optimizer = np.array([1.0, 2.0]), np.array([0.5, -0.5]), make(0.1)
    for _ in range(3):
        before = theta.copy()
        optimizer.step(theta, grad)
        assert theta[0] < before[0]
        assert theta[1] > before[1]
    assert grad.tolist() == [0.5, -0.5]


@every_optimizer
def test_one_rate_a_row(make):
    """A column of rates moves row k as an optimizer with rate k alone does."""
    rates = np.array([[1e-4], [1e-3], [3e-3]])
    start = np.array([[-1.2, 1.0], [0.5, 0.5], [-0.3, 0.8]])
    path = walk(make(rates), rosenbrock, start, 20)
    for k in range(3):
        solo = walk(make(float(rates[k, 0])), rosenbrock, start[k], 20)
        same(path[:, k], solo, rtol=1e-13)
    assert (abs(np.diff(path[-1] - start, axis=0)) > 1e-6).all()


@every_optimizer
def test_a_row_that_diverges_stays_alone(make):
    """With row 1 at NaN and infinity, the others are the same to the bit."""
    start = np.array([[-1.2, 1.0], [0.5, 0.5], [-0.3, 0.8]])

    def broken(theta):
        g = rosenbrock(theta)
        g[1] = np.nan, np.inf
        return g

    with np.errstate(invalid="ignore"):
        healthy = walk(make(1e-3), rosenbrock, start, 10)
        path = walk(make(1e-3), broken, start, 10)
    assert np.array_equal(path[:, [0, 2]], healthy[:, [0, 2]])
    assert np.isnan(path[-1, 1, 0])


@every_optimizer
def test_single_precision_stays_single(make):
    """Also with a column of rates, which is float64."""
    theta = np.ones((2, 3), np.float32)
    optimizer = make(np.array([[0.1], [0.2]]))
    optimizer.step(theta, np.ones_like(theta))
    assert theta.dtype == np.float32
    assert {getattr(optimizer, name).dtype for name in optimizer.state} <= {theta.dtype}


@every_optimizer
def test_a_schedule_is_asked_at_every_step(make):
    """Steps are counted from 1; a schedule of one rate is that rate."""
    asked = []

    def schedule(step):
        asked.append(step)
        return 0.01

    path = walk(make(schedule), quadratic, (-3.0, 1.5), 4)
    assert asked == [1, 2, 3, 4]
    assert np.array_equal(path, walk(make(0.01), quadratic, (-3.0, 1.5), 4))


def test_a_schedule_sets_the_rate():
    path = walk(nn.SGD(lambda step: 1 / step), np.ones_like, [0.0], 3)
    same(path[:, 0], [0, -1, -1.5, -1.5 - 1 / 3])


@every_optimizer
def test_all_but_the_slowest_reach_the_bottom(make):
    """200 steps on a bowl, at a rate that suits: nearer than at the start by a factor of 10."""
    rate = {nn.SGD: 0.03, nn.Momentum: 0.01, nn.Nesterov: 0.01, nn.Adagrad: 0.5}.get(make, 0.05)
    path = walk(make(rate), quadratic, (-3.0, 1.5), 200)
    assert np.hypot(*path[-1]) < 0.1 * np.hypot(*path[0])


def test_clipping_is_pytorchs():
    """Four gradients alone and as one stack; the third is short enough already."""
    g = golden("clipping")
    clipped = g["grad"].copy()
    nn.clip_by_norm(clipped, 3.0)
    same(clipped, g["clipped"])
    assert np.array_equal(clipped[2], g["grad"][2])
    for row, expected in zip(g["grad"].copy(), g["clipped"], strict=True):
        nn.clip_by_norm(row, 3.0)
        same(row, expected)


def test_clipping_by_hand():
    """(3, 4) has length 5: shortened to 1 it is (0.6, 0.8); at length 5 it may stay."""
    for limit, expected in ((1, [0.6, 0.8]), (5, [3, 4]), (6, [3, 4])):
        grad = np.array([3.0, 4.0])
        nn.clip_by_norm(grad, limit)
        same(grad, expected)
    zero = np.zeros((2, 3))
    nn.clip_by_norm(zero, 1)
    assert not zero.any()


@pytest.mark.parametrize(("dtype", "size"), [(np.float32, 1e30), (np.float64, 1e300)])
def test_clipping_an_exploding_gradient_keeps_its_direction(dtype, size):
    """Its square is more than a number can hold, its length is not."""
    grad = np.array([[3 * size, 4 * size], [0.3, 0.4]], dtype)
    nn.clip_by_norm(grad, 1.0)
    np.testing.assert_allclose(grad, [[0.6, 0.8], [0.3, 0.4]], rtol=1e-6)
    assert grad.dtype == dtype


def test_clipping_leaves_the_other_rows_of_a_broken_one_alone():
    grad = np.array([[np.nan, 1], [30, 40], [np.inf, 1]])
    with np.errstate(invalid="ignore"):
        nn.clip_by_norm(grad, 5)
    same(grad[1], [3, 4])
    assert not np.isfinite(grad[[0, 2]]).all(-1).any()


@pytest.mark.parametrize("shape", [(150_000,), (3, 50_000), (70_000, 2)], ids=str)
@pytest.mark.parametrize("rates", ["one rate", "a rate a row"])
def test_a_long_theta_moves_as_its_numbers_do_alone(shape, rates):
    """Adam walks a long θ in parts that the cache holds: no number is left out or moved twice."""
    rng = np.random.default_rng(0)
    theta, grad = rng.normal(size=(2, *shape))
    lr = 0.1
    if rates == "a rate a row" and len(shape) == 2:
        lr = np.linspace(0.1, 1, shape[0])[:, None]
    optimizer, m, v, expected = nn.Adam(lr), np.zeros(shape), np.zeros(shape), theta.copy()
    for t in (1, 2, 3):
        optimizer.step(theta, grad * t)
        m = 0.9 * m + 0.1 * grad * t
        v = 0.999 * v + 0.001 * (grad * t) ** 2
        expected -= lr * m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    same(theta, expected)
