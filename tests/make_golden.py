"""Golden values for the engine's tests, by PyTorch in float64. Run by hand:

    python tests/make_golden.py

It needs PyTorch, which the tests do not: they read the files in tests/golden/. Last made with
PyTorch 2.13. Where the two disagree on a convention, this script says what it passes instead.
"""

from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812  (PyTorch's own habit)

FOLDER = Path(__file__).parent / "golden"
torch.set_default_dtype(torch.float64)
torch.manual_seed(0)


def save(name, **values):
    """Tensors and numbers as one small file."""
    arrays = {
        key: value.detach().numpy() if torch.is_tensor(value) else np.asarray(value)
        for key, value in values.items()
    }
    np.savez_compressed(FOLDER / f"{name}.npz", **arrays)


def leaf(*shape):
    return torch.randn(*shape).requires_grad_()


def dense():
    x, W, b, dy = leaf(5, 4), leaf(3, 4), leaf(1, 3), torch.randn(5, 3)
    y = F.linear(x, W, b)
    y.backward(dy)
    save("dense", x=x, W=W, b=b, dy=dy, y=y, dx=x.grad, dW=W.grad, db=b.grad)


def maxout():
    """Row k · 2 + j of W is piece k of unit j."""
    x, W, b, dy = leaf(5, 4), leaf(6, 4), leaf(1, 6), torch.randn(5, 2)
    y = F.linear(x, W, b).reshape(5, 3, 2).max(1).values
    y.backward(dy)
    save("maxout", x=x, W=W, b=b, dy=dy, y=y, dx=x.grad, dW=W.grad, db=b.grad)


def prelu():
    a, slope, dz = leaf(6, 3), torch.tensor([0.25, -0.5, 2.0]).requires_grad_(), torch.randn(6, 3)
    z = F.prelu(a, slope)
    z.backward(dz)
    save("prelu", a=a, slope=slope, dz=dz, z=z, da=a.grad, dslope=slope.grad)


def layer_norm():
    x, gamma, beta, dy = leaf(4, 5), leaf(5), leaf(5), torch.randn(4, 5)
    x = (x * torch.tensor([1.0, 10, 100, 1e-3])[:, None] + 7).detach().requires_grad_()
    y = F.layer_norm(x, (5,), gamma, beta)
    y.backward(dy)
    found = {"x": x, "gamma": gamma, "beta": beta, "dy": dy, "y": y, "dx": x.grad}
    save("layer_norm", **found, dgamma=gamma.grad, dbeta=beta.grad)


POINTS = [0, 1e-9, 1e-3, 0.1, 0.5, 1, 1.7, 3, 7, 20, 36, 100, 700, 750, 1e4]
ACTIVATIONS = {
    "Identity()": lambda a: a * 1,
    "Sigmoid()": torch.sigmoid,
    "Tanh()": torch.tanh,
    "ReLU()": torch.relu,
    "LeakyReLU(0.01)": lambda a: F.leaky_relu(a, 0.01),
    "LeakyReLU(0.2)": lambda a: F.leaky_relu(a, 0.2),
    "ELU(1.0)": F.elu,
    "ELU(1.7)": lambda a: F.elu(a, 1.7),
}


def activations():
    a = torch.tensor(sorted({*POINTS, *(-p for p in POINTS)}))[:, None].requires_grad_()
    found = {"a": a}
    for name, h in ACTIVATIONS.items():
        z = h(a)
        (slope,) = torch.autograd.grad(z.sum(), a)
        found |= {f"{name} z": z, f"{name} slope": slope}
    save("activations", **found)


def softmax():
    a = torch.randn(4, 5)
    a[1] *= 300
    a[2] = torch.tensor([1e4, -1e4, 1e4 - 1, 0, 9999.5])
    a.requires_grad_()
    dz = torch.randn(4, 5)
    z = torch.softmax(a, -1)
    z.backward(dz)
    save("softmax", a=a, dz=dz, z=z, da=a.grad)


def losses():
    """Sums divided by the number of examples: ours sum over outputs and average over examples."""
    n = 6
    logits = torch.randn(n, 4)
    logits[1] *= 50
    logits[2] = torch.tensor([1e4, -1e4, 3.0, 0.0])
    logits[3] = torch.tensor([-1e4, -1e4, -1e4 + 1, -1e4 - 1])
    logits[4] = torch.tensor([800.0, 801.0, -800.0, 1e4])
    logits.requires_grad_()
    real, soft = torch.randn(n, 4), torch.softmax(torch.randn(n, 4), -1)
    yes_no, shares = (torch.rand(n, 4) < 0.5).double(), torch.rand(n, 4)
    classes = torch.tensor([0, 3, 1, 2, 0, 3])
    found = {
        "mse": F.mse_loss(logits, real, reduction="sum") / n,
        "bce": F.binary_cross_entropy_with_logits(logits, yes_no, reduction="sum") / n,
        "bce_shares": F.binary_cross_entropy_with_logits(logits, shares, reduction="sum") / n,
        "sce": F.cross_entropy(logits, classes),
        "sce_soft": F.cross_entropy(logits, soft),
    }
    slopes = {f"{k} d": torch.autograd.grad(v, logits)[0] for k, v in found.items()}
    targets = {
        "mse y": real,
        "bce y": yes_no,
        "bce_shares y": shares,
        "sce y": classes,
        "sce_soft y": soft,
    }
    save("losses", logits=logits, **found, **slopes, **targets)


def batch_norm():
    """PyTorch's `momentum` is the share replaced: 0.1 and 0.25 here are 0.9 and 0.75 of ours."""
    for name, share, eps in (("batch_norm", 0.1, 1e-5), ("batch_norm_other", 0.25, 1e-3)):
        layer, found = nn.BatchNorm1d(3, eps=eps, momentum=share), {}
        with torch.no_grad():
            layer.weight[:] = torch.randn(3)
            layer.bias[:] = torch.randn(3)
        found |= {"gamma": layer.weight, "beta": layer.bias}
        for t, n in enumerate((4, 7, 2, 5)):
            if t == 3:
                layer.eval()
            x = (5 * torch.randn(n, 3) + torch.tensor([0.0, 100.0, -3.0])).requires_grad_()
            dy = torch.randn(n, 3)
            layer.zero_grad()
            y = layer(x)
            y.backward(dy)
            found |= {f"x{t}": x, f"dy{t}": dy, f"y{t}": y, f"dx{t}": x.grad}
            found |= {f"dgamma{t}": layer.weight.grad, f"dbeta{t}": layer.bias.grad}
            found |= {f"mean{t}": layer.running_mean.clone(), f"var{t}": layer.running_var.clone()}
        save(name, **found)


# Ours on the left as tests/test_optimizers.py makes them, PyTorch's with the same numbers.
OPTIMIZERS = {
    "SGD(lr)": lambda p, lr: torch.optim.SGD(p, lr),
    "Momentum(lr)": lambda p, lr: torch.optim.SGD(p, lr, momentum=0.9),
    "Momentum(lr, 0.5)": lambda p, lr: torch.optim.SGD(p, lr, momentum=0.5),
    "Nesterov(lr)": lambda p, lr: torch.optim.SGD(p, lr, momentum=0.9, nesterov=True),
    "Nesterov(lr, 0.5)": lambda p, lr: torch.optim.SGD(p, lr, momentum=0.5, nesterov=True),
    "Adagrad(lr)": lambda p, lr: torch.optim.Adagrad(p, lr),
    "Adagrad(lr, 1e-2)": lambda p, lr: torch.optim.Adagrad(p, lr, eps=1e-2),
    "RMSprop(lr)": lambda p, lr: torch.optim.RMSprop(p, lr),
    "RMSprop(lr, 0.9, 1e-3)": lambda p, lr: torch.optim.RMSprop(p, lr, alpha=0.9, eps=1e-3),
    "Adam(lr)": lambda p, lr: torch.optim.Adam(p, lr),
    "Adam(lr, 0.8, 0.95, 1e-3)": lambda p, lr: torch.optim.Adam(p, lr, (0.8, 0.95), eps=1e-3),
}


def optimizers():
    surfaces = {
        "quadratic": (lambda u, v: (u * u + 25 * v * v) / 2, (-3.0, 1.5), 0.03),
        "rosenbrock": (lambda u, v: (1 - u) ** 2 + 100 * (v - u * u) ** 2, (-1.2, 1.0), 3e-4),
    }
    found = {}
    for surface, (f, start, lr) in surfaces.items():
        found[f"{surface} lr"] = lr
        for name, make in OPTIMIZERS.items():
            theta = torch.tensor(start).requires_grad_()
            optimizer, path = make([theta], lr), [theta.detach().clone()]
            for _ in range(20):
                optimizer.zero_grad()
                f(*theta).backward()
                optimizer.step()
                path.append(theta.detach().clone())
            found[f"{surface} {name}"] = torch.stack(path)
    save("optimizers", **found)


def flat(net, what=lambda p: p):
    return torch.cat([what(p).detach().flatten() for p in net.parameters()])


def networks():
    """Whole networks, trained step by step on the whole batch."""
    runs = {
        "tanh_mse": (
            nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 2)),
            lambda z, y: F.mse_loss(z, y, reduction="sum") / len(z),
            torch.randn(8, 2),
            lambda p: torch.optim.SGD(p, 0.05, momentum=0.9),
        ),
        "sigmoid_bce": (
            nn.Sequential(
                nn.Linear(3, 4), nn.Sigmoid(), nn.Linear(4, 3), nn.ELU(), nn.Linear(3, 1),
            ),
            lambda z, y: F.binary_cross_entropy_with_logits(z, y, reduction="sum") / len(z),
            (torch.rand(8, 1) < 0.5).double(),
            lambda p: torch.optim.Adam(p, 0.02),
        ),
        "norm_sce": (
            nn.Sequential(
                nn.Linear(3, 7), nn.BatchNorm1d(7), nn.LeakyReLU(0.1), nn.Linear(7, 4), nn.Tanh(),
                nn.BatchNorm1d(4), nn.Linear(4, 3),
            ),
            F.cross_entropy,
            torch.tensor([0, 2, 1, 1, 0, 2, 2, 0]),
            # A bias before batch norm has slope 0 but for rounding, which a tiny eps would blow up.
            lambda p: torch.optim.RMSprop(p, 0.01, eps=1e-3),
        ),
    }  # fmt: skip
    for name, (net, loss, y, make) in runs.items():
        x, optimizer = torch.randn(8, 3), make(net.parameters())
        found = {"x": x, "y": y, "start": flat(net)}
        values, grads = [], []
        for _ in range(25):
            optimizer.zero_grad()
            value = loss(net(x), y)
            value.backward()
            values.append(value.item())
            grads.append(flat(net, lambda p: p.grad))
            optimizer.step()
        net.eval()
        found |= {"losses": values, "first_grad": grads[0], "last_grad": grads[-1]}
        save(f"network_{name}", **found, end=flat(net), tested=net(x))


STEPS = 40
STANDSTILL = [
    5,
    4,
    4,
    4.5,
    3,
    3,
    3,
    3,
    3,
    2.9,
    3,
    3,
    2.95,
    2.9,
    2.8,
    3,
    3,
    3,
    3,
    3,
    3,
    3,
    2,
    1,
    1,
    1,
]


def schedules():
    """Rates of the first 40 steps, and after each epoch of losses that stand still here and there.

    PyTorch's ReduceLROnPlateau waits for one epoch more than its patience, and takes only a loss
    lower by the share `threshold` for a better one: here 2 and 0 for a patience of 3.
    """
    kinds = torch.optim.lr_scheduler
    makers = {
        "exponential_decay(0.3, 0.05)": lambda o: kinds.ExponentialLR(o, np.exp(-0.05)),
        "geometric_decay(0.3, 0.05)": lambda o: kinds.ExponentialLR(o, 1 / 1.05),
        "time_decay(0.3, 0.05)": lambda o: kinds.LambdaLR(o, lambda t: 1 / (1 + 0.05 * t)),
        "step_decay(0.3, 0.4, 7)": lambda o: kinds.StepLR(o, 7, 0.4),
        "cosine(0.3, 39)": lambda o: kinds.CosineAnnealingLR(o, 39),
        "cosine(0.3, 60, 0.02)": lambda o: kinds.CosineAnnealingLR(o, 60, 0.02),
        "triangular(0.05, 0.3, 6)": lambda o: kinds.CyclicLR(o, 0.05, 0.3, 6, cycle_momentum=False),
    }
    found = {}
    for name, make in makers.items():
        optimizer = torch.optim.SGD([leaf(1)], 0.3)
        schedule, rates = make(optimizer), []
        for _ in range(STEPS):
            rates.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            schedule.step()
        found[name] = rates
    optimizer, rates = torch.optim.SGD([leaf(1)], 0.3), []
    schedule = kinds.ReduceLROnPlateau(optimizer, factor=0.5, patience=2, threshold=0, eps=0)
    for value in STANDSTILL:
        schedule.step(value)
        rates.append(optimizer.param_groups[0]["lr"])
    save("schedules", **found, standstill=STANDSTILL, plateau=rates)


def penalties():
    """λ Σ|w| and λ Σ w² of three networks by autograd, one weight at 0; and a run with L2.

    PyTorch's weight_decay λ adds λ w to the gradient, that of ½ λ Σ w²: twice ours is passed.
    """
    theta, mask = torch.randn(3, 8), torch.arange(8) % 3 != 1
    theta[1, 0] = 0
    theta.requires_grad_()
    strength, found = torch.tensor([[0.1], [2.0], [0.7]]), {}
    for name, each in {
        "L1": torch.abs,
        "L2": torch.square,
        "elastic": lambda w: 0.3 * w.abs() + 0.7 * w**2,
    }.items():
        value = (strength * each(theta * mask)).sum(-1)
        found[name] = value
        (found[f"{name} d"],) = torch.autograd.grad(value.sum(), theta)
    net, x, y = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)), *torch.randn(2, 8, 3)
    y, start = y[:, :2], flat(net)
    weights, biases = ([p for p in net.parameters() if p.dim() == n] for n in (2, 1))
    optimizer = torch.optim.SGD(
        [{"params": weights, "weight_decay": 2 * 0.03}, {"params": biases}], 0.1
    )
    for _ in range(15):
        optimizer.zero_grad()
        (F.mse_loss(net(x), y, reduction="sum") / len(x)).backward()
        optimizer.step()
    found |= {"theta": theta, "mask": mask, "strength": strength}
    save("penalties", **found, x=x, y=y, start=start, end=flat(net))


def clipping():
    """Gradients of a norm near a million, where the 1e-6 that PyTorch adds to it does not show."""
    grad, found = 1e6 * torch.randn(4, 6), []
    grad[2] /= 1e8  # short enough already
    for row in grad:
        p = leaf(6)
        p.grad = row.clone()
        torch.nn.utils.clip_grad_norm_([p], 3.0)
        found.append(p.grad)
    save("clipping", grad=grad, clipped=torch.stack(found))


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for make in (
        dense,
        activations,
        softmax,
        losses,
        batch_norm,
        optimizers,
        networks,
        maxout,
        prelu,
        layer_norm,
        schedules,
        penalties,
        clipping,
    ):
        make()
    print(f"{sum(file.stat().st_size for file in FOLDER.iterdir()):,} bytes in {FOLDER.name}/")
