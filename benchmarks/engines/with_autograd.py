"""HIPS autograd: NumPy, differentiated by running it backwards, and Adam by hand in place."""

import autograd.numpy as np
from autograd import value_and_grad
from works import LR, answer

ACTIVATIONS = {
    "tanh": np.tanh,
    "relu": lambda a: np.maximum(a, 0),
    "sigmoid": lambda a: 0.5 * (np.tanh(0.5 * a) + 1),
}


def make(work, variant, dropped):
    params = [p for W, b in work.start() for p in (W, b)]
    ms, vs = ([np.zeros_like(p) for p in params] for _ in range(2))
    x, y, t, rng = work.data()[0], work.targets(), 0, np.random.default_rng(0)
    act, n = ACTIVATIONS[work.activation], np.float32(work.batch)
    if work.norm:
        for _, width in work.pairs[:-1]:
            params += [np.ones((1, width), np.float32), np.zeros((1, width), np.float32)]
        ms, vs = ([np.zeros_like(p) for p in params] for _ in range(2))

    def loss(params):
        z, last = x, len(work.pairs) - 1
        for k in range(last + 1):
            z = np.dot(z, params[2 * k].T) + params[2 * k + 1]
            if k == last:
                break
            if work.norm:
                gamma, beta = params[2 * (last + 1 + k) : 2 * (last + 1 + k) + 2]
                z = z - np.mean(z, axis=0)
                z = gamma * z / np.sqrt(np.mean(z * z, axis=0) + 1e-5) + beta
            z = act(z)
            if dropped and work.norm:
                mask = (rng.random(z.shape, np.float32) >= dropped) / np.float32(1 - dropped)
                z = z * mask.astype(np.float32)
        if work.binary:
            return np.sum(np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))) / n
        z = z - np.max(z, axis=1, keepdims=True)
        return -np.sum(y * (z - np.log(np.sum(np.exp(z), axis=1, keepdims=True)))) / n

    slope = value_and_grad(loss)

    def run(steps):
        nonlocal t
        for _ in range(steps):
            value, grads = slope(params)
            t += 1
            for p, g, m, v in zip(params, grads, ms, vs, strict=True):
                if work.optimizer == "SGD":
                    p -= LR * g
                    continue
                m *= 0.9
                m += 0.1 * g
                v *= 0.999
                v += 0.001 * g * g
                p -= LR / (1 - 0.9**t) * m / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        return value

    return run


if __name__ == "__main__":
    answer(make)
