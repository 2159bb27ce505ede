"""tools/matrix.py: that a place is what its name says, and that a failure is not lost."""

import os
import platform
import sys

import matrix
import pytest
from matrix import PLACES, NotHereError, Place


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="other kernels")
@pytest.mark.parametrize("name", ["Prescott", "Nehalem"])
def test_the_processor_that_was_asked_for_computes(name):
    ran = matrix.what_runs(sys.executable, PLACES[name])
    assert ran["kernel"] == PLACES[name].kernel
    assert "X86_V2" in ran["loops"]


def test_threads_are_those_that_were_asked_for():
    assert matrix.what_runs(sys.executable, PLACES["pinned"])["threads"] == 1


def test_a_processor_that_does_not_compute_is_not_believed():
    with pytest.raises(NotHereError, match="asked for kernel Nowhere"):
        matrix.what_runs(sys.executable, Place(kernel="Nowhere"))


def test_a_python_that_is_not_there_is_said_to_be_missing():
    with pytest.raises(NotHereError, match=r"no python2\.1"):
        matrix.python_of("nowhere", Place("newest", python="python2.1"))


@pytest.mark.skipif(os.name == "nt", reason="a script for the shell")
def test_a_python_that_is_only_a_name_is_said_to_be_missing(tmp_path, monkeypatch):
    name = tmp_path / "python3.99"
    name.write_text("#!/bin/sh\necho 'python3.99: command not found' >&2\nexit 127\n")
    name.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with pytest.raises(NotHereError, match=r"no python3\.99"):
        matrix.python_of("named", Place("newest", python="python3.99"))


def test_the_oldest_versions_are_the_bounds_of_the_project():
    assert "numpy>=2.0" in matrix.requirements()
    assert {line.split(">=")[0] for line in matrix.requirements()} == set(matrix.NEEDS)


def test_failures_are_counted_and_named(tmp_path, monkeypatch):
    tests = tmp_path / "test_two.py"
    tests.write_text("def test_good(): pass\ndef test_bad(): assert 0\n")
    monkeypatch.setattr(matrix, "FOLDER", tmp_path)
    monkeypatch.setattr(matrix, "TESTS", {"engine": ["-c", "/dev/null", str(tests)]})
    passed, n, failed = matrix.tested(sys.executable, Place(), "here", "engine")
    assert (passed, n) == (1, 2)
    assert failed[0].endswith("test_bad")


def test_a_place_that_nobody_knows_is_refused(capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["matrix.py", "Atlantis"])
    with pytest.raises(SystemExit):
        matrix.main()
    assert "place is 'Atlantis', but must be one of" in capsys.readouterr().err
