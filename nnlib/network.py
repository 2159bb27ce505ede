"""A network: layers in a row, all their parameters in one vector θ."""

import copy
from collections.abc import Mapping

import numpy as np

from .layers import Layer, count


class Sequential:
    """Layers in a row:  ŷ = layer_L( ... layer_2( layer_1(x) ) ... ).

    theta  all parameters, one vector (P,). Every layer's W and b are views into it, so an
           optimizer that moves theta moves the layers. `net.theta = v` copies v in.
    grad   the loss's gradient by theta, same layout; `backward` fills it.

    With `stack=K` there are K networks of one shape side by side: theta is (K, P), outputs are
    (K, N, n_out), and a learning rate may be a column (K, 1). Rows never touch each other.

    `rng` is a seed or a Generator; with a stack also a list of K seeds, one a row. Row k then
    begins exactly as a single network with that seed does.
    """

    def __init__(self, *layers, rng=0, dtype=np.float64, stack=None):
        self.layers = _chained(layers)
        self.dtype = np.dtype(dtype)
        if self.dtype not in (np.float32, np.float64):
            raise TypeError(f"dtype must be float32 or float64, got {dtype!r}")
        self.stack = () if stack is None else (count("stack", stack),)
        self.num_params = sum(layer.size for layer in self.layers)
        self._theta = np.empty((*self.stack, self.num_params), self.dtype)
        self.grad = np.zeros_like(self._theta)
        rows = np.atleast_2d(self._theta)
        for row, generator in zip(rows, _generators(rng, len(rows)), strict=True):
            row[:] = np.concatenate([layer.initial(generator) for layer in self.layers])
        self._bind()

    @property
    def theta(self):
        return self._theta

    @theta.setter
    def theta(self, values):
        values = np.asarray(values)
        if values.shape not in (self._theta.shape, (self.num_params,)):
            raise ValueError(f"theta must have shape {self._theta.shape}, got {values.shape}")
        self._theta[...] = values

    def forward(self, x, train=False):
        """The network's output (..., N, n_out) for inputs (N, n_in) or (..., N, n_in).

        `train=True` makes dropout drop and batch norm use the batch's own statistics.
        """
        x = self._prepared(x)
        for layer in self.layers:
            x = layer.forward(x, train)
        return x.copy()

    def backward(self, dy):
        """From dL/doutput of the last forward pass, fill `grad` with dL/dtheta."""
        dy = self._checked_backward(dy)
        first, *rest = self.layers
        for layer in reversed(rest):
            layer.gradients(dy)
            dy = layer.backward(dy)
        first.gradients(dy)  # nobody needs dL/dx of the data itself

    def trace(self, x, train=False):
        """Every layer's output, in order, as a list of arrays: to look inside."""
        x, outputs = self._prepared(x), []
        for layer in self.layers:
            x = layer.forward(x, train)
            outputs.append(x.copy())
        return outputs

    def trace_back(self, dy):
        """dL/d(each layer's output), in layer order, for the last forward pass. Fills `grad`."""
        dy = self._checked_backward(dy)
        deltas = []
        for layer in reversed(self.layers):
            deltas.append(dy.copy())
            layer.gradients(dy)
            dy = layer.backward(dy)
        return deltas[::-1]

    @property
    def weights_mask(self):
        """(P,): True where θ holds a weight, False for biases and for batch norm's γ and β."""
        return np.concatenate(
            [
                np.full(int(np.prod(shape)), name == "W")
                for layer in self.layers
                for name, shape in layer.shapes().items()
            ]
            or [np.zeros(0, bool)]
        )

    def state(self):
        """All that training changes: θ and what layers keep beside it, as copies by name."""
        kept = {"theta": self._theta.copy()}
        for number, layer in enumerate(self.layers):
            kept |= {f"{number}.{name}": getattr(layer, name).copy() for name in layer.state}
        return kept

    def load_state(self, state):
        """Copy in what `state` gave, from a network of the same layers."""
        mine = self.state()
        if not isinstance(state, Mapping):
            raise TypeError(f"state must be arrays by name, as state() gives them, got {state!r}")
        shapes = {name: np.shape(value) for name, value in state.items()}
        if shapes != {name: value.shape for name, value in mine.items()}:
            raise ValueError(f"state holds {shapes}, which is not what {self!r} keeps")
        self._theta[...] = state["theta"]
        for number, layer in enumerate(self.layers):
            for name in layer.state:
                getattr(layer, name)[...] = state[f"{number}.{name}"]

    def summary(self):
        """A table, one line a layer: what it is and how many parameters it has."""
        lines = [f"{layer!r:<24}{layer.size:>10,}" for layer in self.layers]
        return "\n".join([*lines, f"{'parameters':<24}{self.num_params:>10,}"])

    def __repr__(self):
        inside = ", ".join(map(repr, self.layers))
        return f"Sequential({inside}{''.join(f', stack={k}' for k in self.stack)})"

    def __setstate__(self, kept):
        """A copy's layers look into the copy's own θ, not each into an array of its own."""
        vars(self).update(kept)
        beside = [{name: getattr(layer, name) for name in layer.state} for layer in self.layers]
        self._bind()
        for layer, arrays in zip(self.layers, beside, strict=True):
            vars(layer).update(arrays)

    def _bind(self):
        """Cut theta and grad into named views, and hand each layer its own."""
        self._planned, start = None, 0
        for layer in self.layers:
            params, grads = {}, {}
            for name, shape in layer.shapes().items():
                stop = start + int(np.prod(shape))
                params[name] = self._theta[..., start:stop].reshape(*self.stack, *shape)
                grads[name] = self.grad[..., start:stop].reshape(*self.stack, *shape)
                start = stop
            layer.bind(self.stack, self.dtype, params, grads)

    def _prepared(self, x):
        """x as an array of the network's dtype, with every layer planned for its shape."""
        if not isinstance(x, np.ndarray) or x.dtype != self.dtype:
            x = as_floats("x", x, self.dtype)
        if x.shape != self._planned:
            if x.ndim not in (2, 2 + len(self.stack)) or x.shape[:-2] not in ((), self.stack):
                own = "".join(f" or ({k}, N, n_in)" for k in self.stack)
                raise ValueError(f"x must have shape (N, n_in){own}, got {x.shape}")
            if x.shape[-2] == 0:
                raise ValueError("x holds no examples")
            self._planned, shape = None, x.shape
            for layer in self.layers:
                shape = layer.plan(shape)
            self._planned, self._output_shape = x.shape, shape
        return x

    def _checked_backward(self, dy):
        if self._planned is None:
            raise ValueError("backward needs a forward pass first: call forward(x)")
        dy = np.asarray(dy, self.dtype)
        if dy.shape != self._output_shape:
            shape = self._output_shape
            raise ValueError(f"dy must have the output's shape {shape}, got {dy.shape}")
        return dy


def stack(networks):
    """One stack out of networks of the same layers: row k computes what networks[k] does.

    Its layers are copies, so the networks stay their own. The one mask of a Dropout layer is drawn
    as the first network's next would be.
    """
    networks = list(networks)
    if not networks:
        raise ValueError("networks must hold at least one network")
    names = {f"{net!r} in {net.dtype}" for net in networks}
    if len(names) > 1 or networks[0].stack:
        raise ValueError(f"networks must be single ones of the same layers, got {sorted(names)}")
    layers = copy.deepcopy(networks[0].layers)
    whole = Sequential(*layers, dtype=networks[0].dtype, stack=len(networks))
    whole.theta = np.stack([net.theta for net in networks])
    for layer, *each in zip(whole.layers, *(net.layers for net in networks), strict=True):
        for name in layer.state:
            getattr(layer, name)[...] = np.stack([getattr(one, name) for one in each])
    return whole


def as_floats(name, values, dtype):
    """Numbers as floats of `dtype`; whole numbers are refused, for they are seldom meant."""
    values = np.asarray(values)
    if values.dtype.kind in "iub":
        raise TypeError(
            f"{name} must hold floats, got {values.dtype}: scale it first, for example {name} / 255"
        )
    if values.dtype.kind != "f":
        raise TypeError(f"{name} must hold floats, got {values.dtype}")
    return values.astype(dtype)


def _chained(layers):
    if not layers:
        raise ValueError("layers: a network needs at least one")
    for layer in layers:
        if not isinstance(layer, Layer):
            raise TypeError(f"layers: expected layers such as Dense(2, 1), got {layer!r}")
    if len(set(map(id, layers))) < len(layers):
        raise ValueError("layers: the same layer object stands twice; make one for each place")
    for layer in layers:
        if layer.stack is not None:
            raise ValueError(f"layers: {layer!r} belongs to another network; make one for each")
    width = None
    for layer in layers:
        if None not in (width, layer.n_in) and width != layer.n_in:
            raise ValueError(f"layers do not chain: {layer!r} takes {layer.n_in}, is given {width}")
        width = layer.n_out or width
    return list(layers)


def _generators(rng, rows):
    """One Generator a row: from a list of seeds, or spawned from one."""
    if isinstance(rng, (list, tuple, range, np.ndarray)):
        if len(rng) != rows:
            raise ValueError(f"rng: {len(rng)} seeds were given for {rows} networks")
        return [np.random.default_rng(seed) for seed in rng]
    generator = np.random.default_rng(rng)
    return [generator] if rows == 1 else generator.spawn(rows)
