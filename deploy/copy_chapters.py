"""Copy the chapters into a student's home; a file that the student changed stays as it is.

    python copy_chapters.py FROM TO

Runs as the student at every start of their server. A chapter that the student has not touched
follows the book; one that they deleted comes back; nothing of theirs is ever written over.
"""

import hashlib
import json
import os
import shutil
import sys
from pathlib import Path

RECORD = ".copied.json"  # the digest of every file, as it was when it was copied


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def copy_chapters(source, target):
    """Returns the names of the files that were copied."""
    target.mkdir(parents=True, exist_ok=True)
    record = target / RECORD
    try:
        copied = json.loads(record.read_text())
    except (OSError, ValueError):
        copied = {}
    done = []
    for path in sorted(source.rglob("*")):
        name = path.relative_to(source)
        if not path.is_file() or any(part.startswith((".", "__")) for part in name.parts):
            continue
        own, key = target / name, name.as_posix()
        wanted = digest(path)
        if own.exists() and (digest(own) == wanted or digest(own) != copied.get(key)):
            continue
        own.parent.mkdir(parents=True, exist_ok=True)
        part = own.with_name(f".{own.name}.part")
        shutil.copyfile(path, part)
        os.replace(part, own)  # a full disk leaves the old file, not half a new one
        copied[key] = wanted
        done.append(key)
    if done:
        part = record.with_name(f"{RECORD}.part")
        part.write_text(json.dumps(copied, indent=1))
        os.replace(part, record)
    return done


if __name__ == "__main__":
    copy_chapters(Path(sys.argv[1]), Path(sys.argv[2]))
