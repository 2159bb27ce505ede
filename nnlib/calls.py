"""Making the calls of a search: one after the other here, or side by side over an executor."""

import itertools

TRIES = 2  # how often a call is handed out again whose worker died
TRY = itertools.count()  # tries are numbered, so that no two are the same call


def here(run, calls):
    """Call after call, in this process: (group, scores, error)."""
    for setting, group in calls:
        try:
            scores = run(**setting)
        except Exception as error:  # kept with its setting; the others go on
            yield group, None, error
        else:
            yield group, scores, None


def over(executor, run, calls, patience):
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
