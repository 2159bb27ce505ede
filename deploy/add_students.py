"""Make a Unix user for every name on a class list, and print the passwords, for slips of paper.

    sudo python add_students.py LIST [--group teachers]

The list has one name a line: small letters and digits, beginning with a letter.
Who has a user already keeps it, with its password, and joins the group.
Run it again for latecomers.
"""

import argparse
import pwd
import re
import secrets
import subprocess
from pathlib import Path

NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")
GROUPS = "class", "teachers"
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is read as another


def names(text):
    """The names on a list; an empty line and what follows a # do not count."""
    found = [line.split("#")[0].strip() for line in text.splitlines()]
    found = [name for name in found if name]
    for name in found:
        if not NAME.fullmatch(name):
            raise SystemExit(f"{name!r} is no name for a user: use small letters and digits")
    return list(dict.fromkeys(found))


def password():
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))


def run(*command, stdin=None):
    subprocess.run(command, input=stdin, text=True, check=True)


def add(name, group):
    """Returns the new password, or None for a user who was there."""
    try:
        uid = pwd.getpwnam(name).pw_uid
    except KeyError:
        # A home that nobody else can enter, whatever this system's default is.
        run("useradd", "--create-home", "--shell=/bin/bash", "--key=HOME_MODE=0700", name)
        new = password()
        run("chpasswd", stdin=f"{name}:{new}\n")
    else:
        if uid < 1000:
            raise SystemExit(f"{name!r} is a user of the system itself: choose another name")
        new = None
    run("usermod", "--append", f"--groups={group}", name)
    return new


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("list", type=Path)
    parser.add_argument("--group", choices=GROUPS, default=GROUPS[0])
    given = parser.parse_args()
    wanted = names(given.list.read_text())
    for group in GROUPS:  # the hub asks for both at every login
        run("groupadd", "--force", group)
    for name in wanted:
        print(f"{name:<20} {add(name, given.group) or '(has a user already)'}", flush=True)


if __name__ == "__main__":
    main()
