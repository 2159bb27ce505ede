"""A network: θ and its views, whole networks against PyTorch and by hand, stacks of networks."""

import copy
import pickle

import numpy as np
import pytest
from engine import golden, same

import nnlib as nn


def three_kinds(**options):
    """Dense, batch norm, dense: 2·3 + 3, 3 + 3 and 3·1 + 1 parameters."""
    return nn.Sequential(nn.Dense(2, 3), nn.BatchNorm(3), nn.Tanh(), nn.Dense(3, 1), **options)


# Each golden run: its layers, its loss and its optimizer.
RUNS = {
    "tanh_mse": (
        lambda: (nn.Dense(3, 5), nn.Tanh(), nn.Dense(5, 2)),
        nn.MeanSquaredError(),
        lambda: nn.Momentum(0.05),
    ),
    "sigmoid_bce": (
        lambda: (nn.Dense(3, 4), nn.Sigmoid(), nn.Dense(4, 3), nn.ELU(), nn.Dense(3, 1)),
        nn.BinaryCrossEntropy(),
        lambda: nn.Adam(0.02),
    ),
    "norm_sce": (
        lambda: (
            nn.Dense(3, 7), nn.BatchNorm(7), nn.LeakyReLU(0.1), nn.Dense(7, 4), nn.Tanh(),
            nn.BatchNorm(4), nn.Dense(4, 3),
        ),
        nn.SoftmaxCrossEntropy(),
        lambda: nn.RMSprop(0.01, eps=1e-3),
    ),
}  # fmt: skip


@pytest.mark.parametrize("stack", [None, 2], ids=["solo", "stack"])
@pytest.mark.parametrize("name", RUNS)
def test_25_steps_of_a_whole_network_are_pytorchs(name, stack):
    """Losses, gradients, θ at the end, and the output in testing mode; a stack does it twice."""
    g, (layers, loss, optimizer) = golden(f"network_{name}"), RUNS[name]
    net, moving = nn.Sequential(*layers(), stack=stack), optimizer()
    net.theta = g["start"]
    losses, grads = [], []
    for _ in range(25):
        value, dy = loss(net.forward(g["x"], train=True), g["y"])
        net.backward(dy)
        losses.append(value)
        grads.append(net.grad.copy())
        moving.step(net.theta, net.grad)
    for row in range(stack or 1):
        at = (row,) if stack else ()
        same([value[at] for value in losses], g["losses"])
        same(grads[0][at], g["first_grad"])
        same(grads[-1][at], g["last_grad"])
        same(net.theta[at], g["end"])
        same(net.forward(g["x"])[at], g["tested"])


def test_the_error_goes_back_by_hand_through_relu():
    """x = (1, 2), a = (−1, 1), z = (0, 1), ŷ = 3·0 − 2·1 + ½ = −1.5, target ½.

    δ₂ = 2 (−1.5 − 0.5) = −4.  δ₁ = (3 · −4 · 0, −2 · −4 · 1) = (0, 8).
    """
    net = nn.Sequential(nn.Dense(2, 2), nn.ReLU(), nn.Dense(2, 1))
    net.theta = [1, -1, 0, 0.5, 0, 0, 3, -2, 0.5]
    x = np.array([[1.0, 2.0]])
    assert [z.tolist() for z in net.trace(x)] == [[[-1, 1]], [[0, 1]], [[-1.5]]]
    value, dy = nn.MeanSquaredError()(net.forward(x), np.array([[0.5]]))
    assert value == 4
    assert [delta.tolist() for delta in net.trace_back(dy)] == [[[0, 8]], [[-12, 8]], [[-4]]]
    assert net.layers[0].dW.tolist() == [[0, 0], [8, 16]]
    assert net.layers[2].dW.tolist() == [[0, -4]]
    assert net.grad.tolist() == [0, 0, 8, 16, 0, 8, 0, -4, -4]


def test_the_error_goes_back_by_hand_through_sigmoid():
    """With first weights 0, z = ½ and the slope ¼: ŷ = 2·½ − 4·½ = −1, δ₂ = −2.

    δ₁ = (2 · −2 / 4, −4 · −2 / 4) = (−1, 2).
    """
    net = nn.Sequential(nn.Dense(2, 2), nn.Sigmoid(), nn.Dense(2, 1))
    net.theta = [0, 0, 0, 0, 0, 0, 2, -4, 0]
    value, dy = nn.MeanSquaredError()(net.forward(np.array([[1.0, 2.0]])), np.array([[0.0]]))
    net.backward(dy)
    assert value == 1
    assert net.grad.tolist() == [-1, -2, 2, 4, -1, 2, -1, -1, -2]


def test_xor_by_hand():
    """OR minus AND: two hidden steps and one output step."""
    net = nn.Sequential(nn.Dense(2, 2), nn.Step(), nn.Dense(2, 1), nn.Step())
    net.theta = [1, 1, 1, 1, -0.5, -1.5, 1, -1, -0.5]
    x, y = nn.data.xor()
    assert net.forward(x).tolist() == y.tolist()


def test_parameters_of_the_digit_network_of_the_notes():
    """784 · 15 + 15 + 15 · 10 + 10 = 11,935."""
    net = nn.Sequential(nn.Dense(784, 15), nn.Sigmoid(), nn.Dense(15, 10))
    assert net.num_params == net.theta.size == net.grad.size == 11_935
    assert "11,935" in net.summary()


def test_summary_has_a_line_a_layer():
    lines = three_kinds().summary().splitlines()
    assert [line.split()[-1] for line in lines] == ["9", "6", "0", "4", "19"]
    assert [line.split()[0] for line in lines] == [
        "Dense(2,", "BatchNorm(3)", "Tanh()", "Dense(3,", "parameters",
    ]  # fmt: skip
    assert len(set(map(len, lines))) == 1


def test_repr_names_the_layers():
    net = nn.Sequential(nn.Dense(2, 1), nn.LeakyReLU(0.2), stack=4)
    assert repr(net) == "Sequential(Dense(2, 1), LeakyReLU(0.2), stack=4)"
    kinds = nn.BatchNorm(2), nn.BatchNorm(2, 0.8), nn.BatchNorm(2, eps=1e-3), nn.LayerNorm(2, 1e-3)
    assert [repr(kind) for kind in kinds] == [
        "BatchNorm(2)", "BatchNorm(2, momentum=0.8)", "BatchNorm(2, eps=0.001)",
        "LayerNorm(2, eps=0.001)",
    ]  # fmt: skip


@pytest.mark.parametrize("stack", [None, 1, 3])
def test_parameters_are_views_both_ways(stack):
    """θ moves the layers and the layers move θ, in the order W, b, γ, β, W, b; so do gradients."""
    net = three_kinds(stack=stack)
    first, norm, _, last = net.layers
    views = [first.W, first.b, norm.gamma, norm.beta, last.W, last.b]
    slopes = [first.dW, first.db, norm.dgamma, norm.dbeta, last.dW, last.db]
    for whole, parts in ((net.theta, views), (net.grad, slopes)):
        assert all(np.shares_memory(whole, part) for part in parts)
        whole[...] = np.arange(whole.size).reshape(whole.shape)
        rows = [part.reshape(*whole.shape[:-1], -1) for part in parts]
        assert np.array_equal(np.concatenate(rows, axis=-1), whole)
        for number, part in enumerate(parts):
            part[...] = 100 + number
        assert np.array_equal(np.unique(whole), 100 + np.arange(6))
        assert whole.flags.c_contiguous


@pytest.mark.parametrize("stack", [None, 3])
def test_setting_theta_copies_in(stack):
    net = three_kinds(stack=stack)
    theta, W = net.theta, net.layers[0].W
    values = np.arange(float(theta.size)).reshape(theta.shape)
    net.theta = values
    assert net.theta is theta
    assert net.layers[0].W is W
    assert np.array_equal(W.reshape(*theta.shape[:-1], -1), values[..., :6])
    values[...] = -1
    assert theta.min() == 0


def test_one_theta_may_be_set_for_a_whole_stack():
    net = three_kinds(stack=3)
    net.theta = np.arange(19)
    assert np.array_equal(net.theta, [np.arange(19)] * 3)


def test_theta_may_be_moved_with_augmented_assignment():
    net = three_kinds()
    W, before = net.layers[0].W, net.theta.copy()
    net.theta -= 1
    assert np.array_equal(net.theta, before - 1)
    assert np.array_equal(W.ravel(), before[:6] - 1)


def test_weights_mask_marks_weights_only():
    """W, not b, γ or β; one row also for a stack."""
    expected = [True] * 6 + [False] * 3 + [False] * 6 + [True] * 3 + [False]
    assert three_kinds().weights_mask.tolist() == expected
    assert three_kinds(stack=2).weights_mask.tolist() == expected
    net = three_kinds()
    net.theta = net.weights_mask
    assert net.layers[0].W.all()
    assert net.layers[3].W.all()
    assert not net.layers[0].b.any()
    assert not net.layers[1].gamma.any()
    assert nn.Sequential(nn.Tanh()).weights_mask.shape == (0,)


def test_same_seed_same_network():
    assert np.array_equal(three_kinds(rng=5).theta, three_kinds(rng=5).theta)
    assert not np.array_equal(three_kinds(rng=5).theta, three_kinds(rng=6).theta)
    generator = np.random.default_rng(5)
    assert np.array_equal(three_kinds(rng=generator).theta, three_kinds(rng=5).theta)
    assert not np.array_equal(three_kinds(rng=generator).theta, three_kinds(rng=5).theta)


def test_the_global_random_state_is_not_touched():
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    x, y = nn.data.xor()
    nn.train(
        three_kinds(), x, y, loss=nn.BinaryCrossEntropy(), optimizer=nn.SGD(0.1), epochs=1,
        batch_size=2, rng=0,
    )  # fmt: skip
    assert np.array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def test_a_stack_begins_as_its_seeds_do():
    whole = three_kinds(rng=[4, 7, 4], stack=3)
    for row, seed in zip(whole.theta, (4, 7, 4), strict=True):
        assert np.array_equal(row, three_kinds(rng=seed).theta)


def test_a_stack_of_one_seed_has_different_rows():
    theta = three_kinds(rng=0, stack=3).theta
    assert np.array_equal(theta, three_kinds(rng=0, stack=3).theta)
    assert len({tuple(row) for row in theta}) == 3


def test_stack_puts_networks_side_by_side():
    nets = [three_kinds(rng=seed) for seed in range(3)]
    whole = nn.stack(nets)
    assert np.array_equal(whole.theta, [net.theta for net in nets])
    whole.theta += 1
    assert np.array_equal(nets[0].theta, three_kinds(rng=0).theta)
    nets[0].forward(np.ones((2, 2)))  # its layers still are its own
    assert np.shares_memory(nets[0].layers[0].W, nets[0].theta)


@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))], ids=["copy", "pickle"]
)
def test_a_copy_has_its_own_theta_and_true_views(copied):
    net = three_kinds()
    x = np.random.default_rng(0).normal(size=(5, 2))
    before = net.forward(x)
    twin = copied(net)
    assert np.array_equal(twin.forward(x), before)
    twin.theta = np.zeros(19)
    assert np.array_equal(twin.forward(x), np.zeros((5, 1)))
    assert np.shares_memory(twin.layers[0].dW, twin.grad)
    assert np.array_equal(net.forward(x), before)


def test_a_copied_layer_belongs_to_no_network_yet():
    """Copied layers may make a network of their own; the first one is not disturbed."""
    net = three_kinds()
    x = np.random.default_rng(0).normal(size=(5, 2))
    before = net.forward(x)
    for layers in (copy.deepcopy(net.layers), copy.deepcopy(net).layers):
        twin = nn.Sequential(*copy.deepcopy(layers), rng=1)
        twin.forward(x)
        twin.theta = np.zeros(19)
    assert np.array_equal(net.forward(x), before)
    assert np.shares_memory(net.layers[0].W, net.theta)
    with pytest.raises(ValueError, match="another network"):
        nn.Sequential(copy.deepcopy(net).layers[0])


def test_a_network_that_could_not_be_made_leaves_its_layers_free():
    layers = nn.Dense(2, 3), nn.Tanh()
    with pytest.raises(ValueError, match="rng"):
        nn.Sequential(*layers, rng=[1, 2])
    assert nn.Sequential(*layers).num_params == 9


@pytest.mark.parametrize("stack", [None, 2])
def test_state_is_all_that_training_changes_and_copies(stack):
    """Loaded into a network from another seed, it makes it the same; and it is nobody's view."""
    net, other = three_kinds(stack=stack), three_kinds(stack=stack, rng=9)
    x = np.random.default_rng(0).normal(3, 2, size=(5, 2))
    net.forward(x, train=True)
    state, before = net.state(), net.forward(x)
    assert set(state) == {"theta", "1.running_mean", "1.running_var"}
    theta, W = other.theta, other.layers[0].W
    other.load_state(state)
    assert np.array_equal(other.forward(x), before)
    assert other.theta is theta
    assert other.layers[0].W is W
    for value in state.values():
        value[...] = np.nan
    assert np.array_equal(net.forward(x), before)
    assert np.array_equal(other.forward(x), before)


def test_outputs_are_the_callers_own():
    """Neither a later pass nor the caller's own writing reaches the other."""
    net = three_kinds()
    x = np.random.default_rng(0).normal(size=(5, 2))
    first, traced = net.forward(x), net.trace(x)
    kept = [z.copy() for z in traced]
    net.forward(-x)
    assert np.array_equal(first, kept[-1])
    assert all(map(np.array_equal, traced, kept))
    net.forward(x)[...] = np.nan
    assert np.array_equal(net.forward(x), first)


def test_trace_is_forward_layer_by_layer():
    net = three_kinds(stack=2)
    x = np.random.default_rng(0).normal(size=(5, 2))
    outputs = net.trace(x)
    assert [z.shape for z in outputs] == [(2, 5, 3)] * 3 + [(2, 5, 1)]
    assert np.array_equal(outputs[2], np.tanh(outputs[1]))
    assert np.array_equal(outputs[-1], net.forward(x))


def test_trace_back_fills_the_same_gradient():
    net = three_kinds()
    x, dy = np.random.default_rng(0).normal(size=(5, 2)), np.ones((5, 1))
    net.forward(x, train=True)
    net.backward(dy)
    expected = net.grad.copy()
    net.grad[...] = 0
    assert np.array_equal(net.trace_back(dy)[-1], dy)
    assert np.array_equal(net.grad, expected)
    assert np.array_equal(dy, np.ones((5, 1)))


def test_gradients_do_not_pile_up():
    """`backward` twice gives what it gave once."""
    net = three_kinds()
    net.forward(np.ones((5, 2)) * np.arange(5.0)[:, None], train=True)
    net.backward(np.ones((5, 1)))
    first = net.grad.copy()
    net.backward(np.ones((5, 1)))
    assert np.array_equal(net.grad, first)
    assert first.any()


def test_inputs_may_be_lists_and_other_floats():
    net = three_kinds()
    expected = net.forward(np.array([[0.5, 0.25]]))
    assert np.array_equal(net.forward([[0.5, 0.25]]), expected)
    assert np.array_equal(net.forward(np.array([[0.5, 0.25]], np.float32)), expected)
    assert net.forward(np.array([[0.5, 0.25]], np.float32)).dtype == np.float64


def test_a_slope_may_be_of_another_kind():
    """A float32 network takes the float64 slope that a loss with float64 targets gives."""
    net = nn.Sequential(nn.Dense(2, 3), nn.Tanh(), nn.Dense(3, 1), dtype=np.float32)
    double = nn.Sequential(nn.Dense(2, 3), nn.Tanh(), nn.Dense(3, 1))
    x, y = nn.data.xor()
    for each in (net, double):
        each.backward(nn.MeanSquaredError()(each.forward(x), y)[1])
    assert net.grad.dtype == np.float32
    np.testing.assert_allclose(net.grad, double.grad, rtol=1e-5, atol=1e-6)


def test_a_network_without_parameters_works():
    net = nn.Sequential(nn.ReLU(), nn.Softmax())
    assert net.num_params == 0
    assert net.forward(np.array([[-1.0, 0.0]])).tolist() == [[0.5, 0.5]]


def test_linear_layers_in_a_row_are_one_linear_layer():
    net = nn.Sequential(nn.Dense(3, 4, bias=1.0), nn.Identity(), nn.Dense(4, 2))
    x = np.random.default_rng(0).normal(size=(5, 3))
    first, _, last = net.layers
    same(net.forward(x), x @ (last.W @ first.W).T + last.W @ first.b[0] + last.b)
