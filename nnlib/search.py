"""Searching for good settings: on a grid or at random, in one stack, in threads, or on a cluster.

`run(**setting)` trains something and returns a score; LOWER IS BETTER, so return a loss or an
error rate. A score of NaN or infinity, from a run that diverged, counts as the worst.

    grid_search(run, {"lr": [0.01, 0.1, 1.0], "width": [16, 32]}, together=("lr",))

Names in `together` change no shapes (rates, seeds, penalties, initial scales). All their
combinations go into ONE call of run, as arrays (K,), for one stack of K networks, and run returns
K scores. What is left is spread over an `executor`: any `concurrent.futures.Executor`, such as a
ProcessPoolExecutor, or the `get_executor()` of a Dask client.
"""

import itertools

import numpy as np

from .calls import here, over
from .initializers import finite
from .layers import count
from .results import Results, Trial


def grid_search(run, space, *, together=(), executor=None, patience=None, progress=None):
    """Every combination of the values in `space`, {name: [values]}, as `Results`.

    run       run(**setting) -> score, lower is better; an error that it raises is kept in the
              results with its setting, and the others go on
    together  names that go into one call of run as arrays (K,); run then returns K scores
    executor  runs the calls side by side; a call whose worker dies is handed out again
    patience  seconds in which some call must end, or the rest is given up as missing; None waits
    progress  called on the calls as they end, such as tqdm.auto.tqdm: progress(iterable, total=n)

    Ctrl-C ends the search, and the results hold what was done by then.
    """
    space = _checked_space(space, together)
    settings = [dict(zip(space, each, strict=True)) for each in itertools.product(*space.values())]
    return _search(run, settings, together, executor, patience, progress)


def random_search(run, space, n, rng, *, together=(), executor=None, patience=None, progress=None):
    """n settings drawn at random, as `Results`; the rest is as in `grid_search`.

    space  {name: sampler}: `log_uniform(low, high)`, `uniform(low, high)`, `choice([...])`, a list
           (as choice), or any function of a Generator
    rng    a seed or a Generator

    Calls of run differ in the names that are not in `together`, so with those drawn from a
    continuum every call is a stack of one: draw them from few values.
    """
    space = _checked_space(space, together, samplers=True)
    rng = np.random.default_rng(rng)
    settings = [{name: draw(rng) for name, draw in space.items()} for _ in range(count("n", n))]
    return _search(run, settings, together, executor, patience, progress)


def uniform(low, high):
    """A sampler: evenly between low and high."""
    low, high = finite("low", low), finite("high", high)
    if not low < high:
        raise ValueError(f"low and high must satisfy low < high, got {low} and {high}")
    return lambda rng: float(rng.uniform(low, high))


def log_uniform(low, high):
    """A sampler: its logarithm evenly between those of low and high. For rates and penalties."""
    if not 0 < finite("low", low) < finite("high", high):
        raise ValueError(f"low and high must satisfy 0 < low < high, got {low} and {high}")
    return lambda rng: float(np.exp(rng.uniform(np.log(low), np.log(high))))


def choice(values):
    """A sampler: one of the values, each as likely."""
    if isinstance(values, str) or len(values) == 0:
        raise ValueError(f"values must be a list with at least one value, got {values!r}")
    return lambda rng: values[rng.integers(len(values))]


def _search(run, settings, together, executor, patience, progress):
    """Group the settings into calls of run, make the calls, and sort the scores back."""
    results, groups = Results([Trial(setting) for setting in settings]), {}
    for trial in results.trials:
        apart = {k: v for k, v in trial.setting.items() if k not in together}
        groups.setdefault(repr(apart), []).append(trial)
    calls = [(_call(group, together), group) for group in groups.values()]
    ended = here(run, calls) if executor is None else over(executor, run, calls, patience)
    if progress is not None:
        ended = progress(ended, total=len(calls))
    try:
        for group, scores, error in ended:
            _record(group, scores, error, bool(together))
    except KeyboardInterrupt:
        results.interrupted = True
    return results


def _call(group, together):
    """The keyword arguments of one call: arrays for what goes together, the rest as it is."""
    return {
        name: np.array([trial.setting[name] for trial in group]) if name in together else value
        for name, value in group[0].setting.items()
    }


def _record(group, scores, error, together):
    """What one call gave, into its trials; scores of the wrong number or kind are an error too."""
    if scores is None and error is None:
        error = TypeError("run must return a score, got None")
    if error is None:
        try:
            scores = np.asarray(scores, float)
            if scores.shape != ((len(group),) if together else ()):
                wanted = f"{len(group)} scores, one a network" if together else "one number"
                raise ValueError(f"run must return {wanted}, got shape {scores.shape}")
        except (TypeError, ValueError) as wrong:
            error = wrong
    for k, trial in enumerate(group):
        trial.error = error
        if error is None:
            trial.score = float(scores[k] if together else scores)


def _checked_space(space, together, samplers=False):
    if not isinstance(space, dict) or not space:
        raise TypeError(f"space must be a dict such as {{'lr': [0.1, 1]}}, got {space!r}")
    if isinstance(together, str):
        raise TypeError(f"together must be a tuple of names, such as ({together!r},)")
    if unknown := [name for name in together if name not in space]:
        raise ValueError(f"together names {unknown}, and space has {list(space)}")
    checked = {}
    for name, values in space.items():
        if callable(values):
            if not samplers:
                raise TypeError(f"space[{name!r}] must be a list for a grid, got {values!r}")
            checked[name] = values
        elif isinstance(values, (list, tuple, range, np.ndarray)) and len(values):
            checked[name] = choice(values) if samplers else values
        else:
            kind = "a sampler or a list" if samplers else "a list"
            raise TypeError(f"space[{name!r}] must be {kind} of values, got {values!r}")
    return checked
