"""PyTorch, eager: plain, foreach and fused optimizers; a stack as a loop, or batched by hand."""

import os

import torch
from torch import nn
from torch.nn import functional
from works import LR, answer

torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))

ACTIVATIONS = {"tanh": nn.Tanh, "relu": nn.ReLU, "sigmoid": nn.Sigmoid}
KINDS = {"plain": {"foreach": False}, "foreach": {"foreach": True}, "fused": {"fused": True}}


def network(work, start, dropped):
    layers = []
    for (n_in, n_out), (W, b) in zip(work.pairs, start, strict=True):
        dense = nn.Linear(n_in, n_out)
        dense.weight.data, dense.bias.data = torch.tensor(W), torch.tensor(b[0])
        layers += [dense, *([nn.BatchNorm1d(n_out)] if work.norm else [])]
        layers += [ACTIVATIONS[work.activation](), *([nn.Dropout(dropped)] if work.norm else [])]
    last = 3 if work.norm else 1
    return nn.Sequential(*layers[:-last])


class Batched(nn.Module):
    """All networks of a stack in one `baddbmm` a layer."""

    def __init__(self, work):
        super().__init__()
        self.act = {"tanh": torch.tanh, "relu": torch.relu, "sigmoid": torch.sigmoid}[
            work.activation
        ]
        self.W = nn.ParameterList([torch.tensor(W) for W, _ in work.start()])
        self.b = nn.ParameterList([torch.tensor(b) for _, b in work.start()])

    def forward(self, x):
        z = x.expand(len(self.W[0]), *x.shape)
        for number, (W, b) in enumerate(zip(self.W, self.b, strict=True)):
            z = torch.baddbmm(b, z if number == 0 else self.act(z), W.mT)
        return z


def losses(work, output, target):
    """The mean over examples, summed over the stack: no network's gradient touches another's."""
    if work.binary:
        each = functional.binary_cross_entropy_with_logits(output, target, reduction="none")
        return each.mean((-2, -1))
    return -(functional.log_softmax(output, -1) * target).sum(-1).mean(-1)


def make(work, variant, dropped):
    shape, kind = variant.split()
    x, classes = map(torch.tensor, work.data())
    target = torch.tensor(work.targets())
    if shape == "loop":
        start = work.start()
        rows = [[(W[k], b[k]) for W, b in start] for k in range(work.stack)]
    else:
        rows = [work.start()]
    nets = [Batched(work)] if shape == "bmm" else [network(work, row, dropped) for row in rows]
    optimizer = torch.optim.Adam if work.optimizer == "Adam" else torch.optim.SGD
    optimizers = [optimizer(net.parameters(), lr=LR, **KINDS[kind]) for net in nets]

    def loss(output):
        if shape == "bmm":
            each = losses(work, output, target.expand(output.shape))
            return each.sum(), each
        if work.binary:
            value = functional.binary_cross_entropy_with_logits(output, target)
        else:
            value = functional.cross_entropy(output, classes)
        return value, value

    def run(steps):
        for _ in range(steps):
            values = []
            for net, moving in zip(nets, optimizers, strict=True):
                moving.zero_grad()
                total, value = loss(net(x))
                total.backward()
                moving.step()
                values.append(value.detach())
        return torch.stack(values).numpy()

    return run


if __name__ == "__main__":
    answer(make)
