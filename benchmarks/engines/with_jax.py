"""JAX: a jitted step, called from Python, and a jitted scan over steps; a stack by vmap."""

from functools import partial

import jax
import jax.numpy as jnp
from works import LR, answer

ACTIVATIONS = {"tanh": jnp.tanh, "relu": jax.nn.relu, "sigmoid": jax.nn.sigmoid}


def normalized(z, gamma, beta, running):
    mean, var = z.mean(0), z.var(0)
    now = jnp.stack([mean, var * len(z) / (len(z) - 1)])
    return gamma * (z - mean) * jax.lax.rsqrt(var + 1e-5) + beta, 0.9 * running + 0.1 * now


def loss(work, dropped, params, running, key, x, y):
    """The loss, and batch norm's running averages."""
    z, averages = x, []
    for number, (W, b, *norm) in enumerate(params):
        z = z @ W.T + b
        if number + 1 == len(params):
            break
        if work.norm:
            z, average = normalized(z, *norm, running[number])
            averages.append(average)
        z = ACTIVATIONS[work.activation](z)
        if work.norm and dropped:
            key, now = jax.random.split(key)
            z = jnp.where(jax.random.bernoulli(now, 1 - dropped, z.shape), z / (1 - dropped), 0)
    if work.binary:
        each = jnp.maximum(z, 0) - z * y + jnp.log1p(jnp.exp(-jnp.abs(z)))
        return each.sum(-1).mean(), averages
    return -(jax.nn.log_softmax(z) * y).sum(-1).mean(), averages


def moved(work, theta, grad, m, v, t):
    """θ, m, v after a step."""
    if work.optimizer == "SGD":
        return theta - LR * grad, m, v
    m, v = 0.9 * m + 0.1 * grad, 0.999 * v + 0.001 * grad * grad
    rate = LR / (1 - 0.9**t)
    return theta - rate * m / (jnp.sqrt(v / (1 - 0.999**t)) + 1e-8), m, v


def step(work, dropped, state, x, y):
    theta, m, v, running, key, t = state
    key, now = jax.random.split(key) if work.norm else (key, key)
    slope = jax.value_and_grad(partial(loss, work, dropped), has_aux=True)
    if work.stack:
        slope = jax.vmap(slope, (0, None, None, None, None))
    (value, running), grad = slope(theta, running, now, x, y)
    t = t + 1
    new = jax.tree.map(lambda *each: moved(work, *each, t), theta, grad, m, v)
    theta, m, v = (
        jax.tree.map(lambda each, k=k: each[k], new, is_leaf=lambda e: isinstance(e, tuple))
        for k in range(3)
    )
    return (theta, m, v, running, key, t), value


def make(work, variant, dropped):
    theta = [[jnp.asarray(W), jnp.asarray(b if work.stack else b[0])] for W, b in work.start()]
    if work.norm:
        for each, (_, n) in zip(theta[:-1], work.pairs, strict=False):
            each += [jnp.ones(n), jnp.zeros(n)]
    running = [jnp.stack([jnp.zeros(n), jnp.ones(n)]) for _, n in work.pairs[:-1] if work.norm]
    zeros = jax.tree.map(jnp.zeros_like, theta)
    state = (theta, zeros, jax.tree.map(jnp.zeros_like, theta), running, jax.random.key(0), 0.0)
    x, y = jnp.asarray(work.data()[0]), jnp.asarray(work.targets())
    one = partial(step, work, dropped)

    @partial(jax.jit, static_argnums=3)
    def scan(state, x, y, steps):
        return jax.lax.scan(lambda state, _: one(state, x, y), state, length=steps)

    # The old state's memory may be used for the new: what a user who cares for speed does.
    jitted = jax.jit(one, donate_argnums=0)
    state = jax.tree.map(jnp.array, state)

    def run(steps):
        nonlocal state
        if variant == "scan":
            state, values = scan(state, x, y, steps)
            value = values[-1]
        else:
            for _ in range(steps):
                state, value = jitted(state, x, y)
        jax.block_until_ready(state)
        return value

    return run


if __name__ == "__main__":
    answer(make)
