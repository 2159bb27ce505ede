"""Running a reader's function: it may loop for ever, raise, print, or change what it was given."""

import sys
import time
import traceback
from pathlib import Path


class CallError(Exception):
    """What went wrong inside a reader's function, in words for the reader."""


class _TooLong(BaseException):
    """Raised inside the function when its time is up; no `except Exception` catches it."""


def call(function, arguments, seconds=3.0):
    """function(*arguments), or `CallError` that says what happened and in which line of theirs.

    The clock is read at every instruction of theirs: this works in every thread, on every
    system and in a browser, where a signal would not. One endless call into C is not stopped.
    """
    deadline = time.monotonic() + seconds

    def watch(frame, event, argument):
        if not _is_own(frame.f_code.co_filename):
            return None  # ours and the libraries' ends by itself
        frame.f_trace_opcodes = True  # `while True: pass` has no second line
        if time.monotonic() > deadline:
            raise _TooLong
        return watch

    before = sys.gettrace()
    try:
        sys.settrace(watch)
        try:
            return function(*arguments)
        finally:
            sys.settrace(before)
    except _TooLong:
        raise CallError(
            f"it was still running after {seconds:g} s{_where(sys.exc_info()[2])}: "
            "does its loop ever end?"
        ) from None
    except RecursionError:
        raise CallError("it calls itself without end") from None
    except (Exception, SystemExit) as error:
        said = f": {error}" if str(error) else ""
        where = _where(error.__traceback__)
        raise CallError(f"it raised {type(error).__name__}{where}{said}") from None


def _is_own(filename):
    """Is this file the reader's, rather than ours or a library's?"""
    libraries = (sys.base_prefix, str(Path(__file__).parent.parent), "<__array", "<frozen")
    return not filename.startswith(libraries) and "site-packages" not in filename


def _where(trace):
    """The line of the reader's own code where it happened."""
    own = [frame for frame in traceback.extract_tb(trace) if _is_own(frame.filename)]
    if not own:
        return ""
    line = f", “{own[-1].line}”" if own[-1].line else ""
    return f" in line {own[-1].lineno} of {own[-1].name}{line}"
