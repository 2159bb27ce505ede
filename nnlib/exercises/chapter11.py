"""Chapter 11, Optimizers."""

import numpy as np

from .exercise import exercise


@exercise("11.1")
def adam_step(theta, g, m, v, t, lr):
    """(theta, m, v) after Adam's step t, the first being t = 1; β₁ = 0.9, β₂ = 0.999, ε = 1e-8.

    theta, the gradient g and the averages m and v have one shape, and stay as they are.
    """
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * g**2
    m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
    return theta - lr * m_hat / (np.sqrt(v_hat) + 1e-8), m, v


@adam_step.inputs
def _(rng):
    theta, g, m = rng.normal(size=(3, 5))
    t = int(rng.integers(2, 9))
    return theta, g, m, rng.uniform(0.5, 2, 5) * 1e-3 * t, t, float(rng.uniform(0.01, 0.3))


def _adam(theta, g, m, v, t, lr, beta=(0.9, 0.999), square=True, power=None, root=np.sqrt):
    """The same with other shares, another power in the correction, or another root."""
    beta1, beta2 = beta
    power = t if power is None else power
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * (g**2 if square else np.abs(g))
    return theta - lr * m / (1 - beta1**power) / (root(v / (1 - beta2**power)) + 1e-8), m, v


@adam_step.mistake("m and v agree, θ does not: both are still too small. Correct them first.")
def _(theta, g, m, v, t, lr):
    _, m, v = _adam(theta, g, m, v, t, lr)
    return theta - lr * m / (np.sqrt(v) + 1e-8), m, v


@adam_step.mistake("You divide by 1 − β. That is right at step 1 only: at step t it is 1 − βᵗ.")
def _(theta, g, m, v, t, lr):
    return _adam(theta, g, m, v, t, lr, power=1)


@adam_step.mistake(
    "θ agrees, but you return the corrected averages. The next step goes on from m and v as they "
    "are: otherwise they would be corrected again and again."
)
def _(theta, g, m, v, t, lr):
    theta, m, v = _adam(theta, g, m, v, t, lr)
    return theta, m / (1 - 0.9**t), v / (1 - 0.999**t)


@adam_step.mistake("The root of v̂ is missing: without it a step has not the size of the rate.")
def _(theta, g, m, v, t, lr):
    return _adam(theta, g, m, v, t, lr, root=lambda each: each)


@adam_step.mistake("v averages the *squares* of the gradients. You averaged their sizes.")
def _(theta, g, m, v, t, lr):
    return _adam(theta, g, m, v, t, lr, square=False)


@adam_step.mistake("β₁ and β₂ are swapped: the sizes are remembered longer than the direction.")
def _(theta, g, m, v, t, lr):
    return _adam(theta, g, m, v, t, lr, beta=(0.999, 0.9))


@adam_step.mistake("The correction counts one step too many: t is 1 at the first step already.")
def _(theta, g, m, v, t, lr):
    return _adam(theta, g, m, v, t, lr, power=t + 1)


@adam_step.mistake("The correction counts one step too few: at the step t it is 1 − βᵗ.")
def _(theta, g, m, v, t, lr):
    return _adam(theta, g, m, v, t, lr, power=t - 1)


@adam_step.mistake(
    "The new gradient counts in full. Here m and v are averages: it has 1 − β of it."
)
def _(theta, g, m, v, t, lr):
    m, v = 0.9 * m + g, 0.999 * v + g**2
    m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
    return theta - lr * m_hat / (np.sqrt(v_hat) + 1e-8), m, v


@adam_step.mistake("θ goes along g, as in RMSprop. Adam's direction is m̂.")
def _(theta, g, m, v, t, lr):
    _, m, v = _adam(theta, g, m, v, t, lr)
    return theta - lr * g / (np.sqrt(v / (1 - 0.999**t)) + 1e-8), m, v


@exercise("11.2")
def nesterov_factor(lr, m, curvatures):
    """The largest |r| among the roots of r² − (1 + m)(1 − ηλ) r + m (1 − ηλ), over all λ.

    lr is η; curvatures is an array (k,) of λ's. Returns one number.
    """
    roots = [np.roots([1, -(1 + m) * (1 - lr * c), m * (1 - lr * c)]) for c in curvatures]
    return np.abs(roots).max()


@nesterov_factor.inputs
def _(rng):
    curvatures = rng.permutation([1.0, rng.uniform(0.2, 0.6), rng.uniform(0.01, 0.1)])
    if rng.random() < 0.5:  # the steepest decides, by a negative root; else the shallowest
        return float(rng.uniform(1.3, 1.6)), float(rng.uniform(0.5, 0.9)), curvatures
    return float(rng.uniform(0.3, 0.8)), float(rng.uniform(0.6, 0.95)), curvatures


def _roots(lr, m, curvatures):
    pairs = [np.roots([1, -(1 + m) * (1 - lr * c), m * (1 - lr * c)]) for c in curvatures]
    return np.array(pairs)


@nesterov_factor.mistake("Those are the roots of plain momentum. Nesterov's equation is another.")
def _(lr, m, curvatures):
    return np.abs([np.roots([1, -(1 + m - lr * c), m]) for c in curvatures]).max()


@nesterov_factor.mistake("You took the largest root. A root below 0 has a size as well: take |r|.")
def _(lr, m, curvatures):
    return _roots(lr, m, curvatures).real.max()


@nesterov_factor.mistake("You took the real parts. The size of a complex root is |r|.")
def _(lr, m, curvatures):
    return np.abs(_roots(lr, m, curvatures).real).max()


@nesterov_factor.mistake("√(m(1 − ηλ)) is the size of the roots only where they are complex.")
def _(lr, m, curvatures):
    return np.sqrt(np.abs(m * (1 - lr * curvatures))).max()


@nesterov_factor.mistake("You look at the first curvature alone. The slowest direction decides.")
def _(lr, m, curvatures):
    return np.abs(_roots(lr, m, curvatures[:1])).max()


@nesterov_factor.mistake("You look at the steepest direction alone. A shallow one may be slower.")
def _(lr, m, curvatures):
    return np.abs(_roots(lr, m, [curvatures.max()])).max()


@nesterov_factor.mistake("You look at the shallowest direction alone. A steep one may be worse.")
def _(lr, m, curvatures):
    return np.abs(_roots(lr, m, [curvatures.min()])).max()


@nesterov_factor.mistake("You took the smallest. The root that shrinks most slowly is left over.")
def _(lr, m, curvatures):
    return np.abs(_roots(lr, m, curvatures)).min()


@exercise("11.3")
def rmsprop_steps(g, lr, gamma):
    """What RMSprop subtracts from θ at each of the gradients g: (T,); G begins at 0, ε = 1e-8."""
    G, steps = 0.0, []
    for each in g:
        G = gamma * G + (1 - gamma) * each**2
        steps.append(lr * each / (np.sqrt(G) + 1e-8))
    return np.array(steps)


@rmsprop_steps.inputs
def _(rng):
    g = rng.normal(size=int(rng.integers(6, 12)))
    return g, float(rng.uniform(0.05, 1)), float(rng.uniform(0.7, 0.95))


def _rms(g, lr, old, new, root=np.sqrt, size=np.square):
    G, steps = 0.0, []
    for each in g:
        G = old * G + new * size(each)
        steps.append(lr * each / (root(G) + 1e-8))
    return np.array(steps)


@rmsprop_steps.mistake(
    "It forgets nearly everything at each step: its first step is η/√γ in size, where RMSprop's is "
    "η/√(1 − γ). Which of the two shares belongs to the past?"
)
def _(g, lr, gamma):  # the planted one
    return _rms(g, lr, 1 - gamma, gamma)


@rmsprop_steps.mistake("Now G is no average any more: its two shares must add up to 1.")
def _(g, lr, gamma):
    return _rms(g, lr, gamma, 1.0)


@rmsprop_steps.mistake("Both shares are γ now. An average's two shares add up to 1.")
def _(g, lr, gamma):
    return _rms(g, lr, gamma, gamma)


@rmsprop_steps.mistake("Both shares are 1 − γ now. An average's two shares add up to 1.")
def _(g, lr, gamma):
    return _rms(g, lr, 1 - gamma, 1 - gamma)


@rmsprop_steps.mistake("That is Adagrad, which forgets nothing.")
def _(g, lr, gamma):
    return _rms(g, lr, 1.0, 1.0)


@rmsprop_steps.mistake("The root was right as it stood: G is in squares of a gradient.")
def _(g, lr, gamma):
    return _rms(g, lr, gamma, 1 - gamma, root=lambda G: G)


@rmsprop_steps.mistake("The square was right as it stood: G averages squares, not sizes.")
def _(g, lr, gamma):
    return _rms(g, lr, gamma, 1 - gamma, size=np.abs)
