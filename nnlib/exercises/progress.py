"""What the reader has solved, in a small file of their own. Nothing is sent anywhere."""

import json
import os
from pathlib import Path

from .exercise import EXERCISES


def place():
    """The file: NNLIB_PROGRESS if that is set, else .nnlib-progress.json in the home folder."""
    return Path(os.environ.get("NNLIB_PROGRESS") or Path.home() / ".nnlib-progress.json")


def solved():
    """The ids of the solved exercises; a file that cannot be read counts as empty."""
    try:
        found = json.loads(place().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return set()
    return {each for each in found if each in EXERCISES} if isinstance(found, list) else set()


def remember(id):
    """Note that this exercise is solved. A disk that cannot be written costs the note alone."""
    known = solved() | {id}
    file = place()
    part = file.with_name(f"{file.name}.{os.getpid()}.part")
    try:
        part.write_text(json.dumps(sorted(known)), encoding="utf-8")
        part.replace(file)
    except OSError:
        part.unlink(missing_ok=True)


def progress():
    """Print the exercises by chapter: solved ones with a tick."""
    known = solved()
    for chapter in sorted({id.split(".")[0] for id in EXERCISES}):
        own = [id for id in EXERCISES if id.startswith(f"{chapter}.")]
        marks = "  ".join(f"{id} {'✓' if id in known else '·'}" for id in sorted(own))
        print(f"chapter {chapter}   {marks}")
    print(f"{len(known)} of {len(EXERCISES)} solved; kept in {place()}")


def clear_progress():
    """Forget what was solved."""
    place().unlink(missing_ok=True)
