"""TensorFlow's notes about the machine are held back, and shown where they explain a failure."""

import os
import subprocess
import sys

import psutil
import pytest

from dcwidgets.quiet import notes_held_back

_LOADS = """
import atexit, gc, os, sys
from dcwidgets.quiet import load_tensorflow
atexit.register(lambda: os.write(2, b"frozen" if gc.get_freeze_count() > 100_000 else b"thawed"))
load_tensorflow()
assert "tensorflow" in sys.modules and gc.isenabled() and not gc.get_freeze_count()
os.write(2, b"loaded, then ")
"""


def test_loading_tensorflow_says_nothing_and_its_end_looks_for_no_garbage() -> None:
    run = [sys.executable, "-c", _LOADS]
    done = subprocess.run(run, capture_output=True, text=True, check=True)

    assert done.stdout + done.stderr == "loaded, then frozen"


def _fail_with_a_note() -> None:
    with notes_held_back():
        os.write(2, b"libcuda.so.1 is missing\n")
        raise ImportError


def test_notes_are_shown_if_the_block_fails(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ImportError):
        _fail_with_a_note()

    assert capfd.readouterr().err == "libcuda.so.1 is missing\n"


def test_notes_are_dropped_if_all_goes_well(capfd: pytest.CaptureFixture[str]) -> None:
    with notes_held_back():
        os.write(2, b"a note\n")
    os.write(2, b"an error\n")

    assert capfd.readouterr().err == "an error\n"


def test_no_file_is_left_open() -> None:
    open_files = psutil.Process().num_fds
    before = open_files()
    with notes_held_back():
        pass

    assert open_files() == before
