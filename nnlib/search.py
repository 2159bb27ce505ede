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
import math
from dataclasses import dataclass, field

import numpy as np

from .initializers import finite
from .layers import count

TRIES = 2  # how often a call is handed out again whose worker died
TRY = itertools.count()  # tries are numbered, so that no two are the same call


@dataclass
class Trial:
    """One setting and what came of it: a score, or an error, or neither if it never ended."""

    setting: dict
    score: float | None = None
    error: Exception | None = None


@dataclass
class Results:
    """Every setting that was asked for, in order, as `trials`.

    interrupted is True when the search was stopped by hand; what had been done by then is there.
    """

    trials: list = field(default_factory=list)
    interrupted: bool = False

    @property
    def done(self):
        """The trials that have a score, the best first."""
        scored = [trial for trial in self.trials if trial.score is not None]
        return sorted(scored, key=lambda trial: _badness(trial.score))

    @property
    def failed(self):
        """The trials whose run raised an error."""
        return [trial for trial in self.trials if trial.error is not None]

    @property
    def missing(self):
        """The settings without a score or an error: interrupted, or lost with their workers."""
        return [t.setting for t in self.trials if t.score is None and t.error is None]

    @property
    def best(self):
        """The trial with the lowest finite score."""
        if not self.done or not math.isfinite(self.done[0].score):
            raise ValueError(f"no run ended with a finite score: {self._account()}")
        return self.done[0]

    def __str__(self):
        """A table, the best first, then the errors, then what is missing."""
        if not self.trials:
            return "no trials"
        names = list(self.trials[0].setting)
        rows = [[*map(_text, t.setting.values()), f"{t.score:.4g}"] for t in self.done]
        rows += [
            [*map(_text, t.setting.values()), f"{type(t.error).__name__}: {t.error}"]
            for t in self.failed
        ]
        rows += [[*map(_text, setting.values()), "missing"] for setting in self.missing]
        rows = [[*names, "score"], *rows]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
        return "\n".join([*lines, self._account()])

    def _account(self):
        parts = [f"{len(self.done)} of {len(self.trials)} done"]
        parts += [f"{len(self.failed)} failed"] if self.failed else []
        parts += [f"{len(self.missing)} missing"] if self.missing else []
        return ", ".join(parts) + (" (interrupted)" if self.interrupted else "")


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
    ended = _here(run, calls) if executor is None else _over(executor, run, calls, patience)
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


def _here(run, calls):
    """Call after call, in this process: (group, scores, error)."""
    for setting, group in calls:
        try:
            scores = run(**setting)
        except Exception as error:  # kept with its setting; the others go on
            yield group, None, error
        else:
            yield group, scores, None


def _over(executor, run, calls, patience):
    """All calls handed to the executor, each yielded as it ends: (group, scores, error).

    A call is lost when its worker died, perhaps of its neighbor. So when all others have ended,
    each lost one is handed out again, alone, TRIES times. What is lost then stays without a score.
    """
    lost = []
    yield from _round(executor, run, calls, patience, lost)
    for call in lost.copy():
        for _ in range(TRIES):
            again = []
            yield from _round(executor, run, [call], patience, again)
            if not again:
                break


def _round(executor, run, calls, patience, lost):
    """One try at each call; those that were lost are added to `lost`."""
    from concurrent import futures  # slow to import, and not needed before

    waiting = {}
    try:
        for setting, group in calls:
            try:
                waiting[executor.submit(_try, run, setting, next(TRY))] = setting, group
            except (futures.BrokenExecutor, RuntimeError):  # broken for good, or shut down
                lost.append((setting, group))
        while waiting:
            ended = futures.wait(waiting, patience, futures.FIRST_COMPLETED).done
            if not ended:  # patience is over
                return
            for future in ended:
                setting, group = waiting.pop(future)
                error = None if future.cancelled() else future.exception()
                if future.cancelled() or _lost(error):
                    lost.append((setting, group))
                else:
                    yield group, future.result() if error is None else None, error
    finally:  # interrupted, or out of patience: what has not begun need not
        for future in waiting:
            future.cancel()


def _try(run, setting, number):
    """One call, in the worker; by its number Dask tells a new try from an old failure."""
    return run(**setting)


def _lost(error):
    """Did the worker die, rather than the run fail? Dask calls it KilledWorker."""
    from concurrent import futures

    return isinstance(error, (futures.BrokenExecutor, futures.CancelledError)) or (
        type(error).__name__ in ("KilledWorker", "FutureCancelledError")
    )


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


def _badness(score):
    """For sorting: a score that is not a number comes last."""
    return math.inf if math.isnan(score) else score


def _text(value):
    return f"{value:.4g}" if isinstance(value, (float, np.floating)) else str(value)
