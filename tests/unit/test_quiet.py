"""TensorFlow's notes about the machine are held back, and shown where they explain a failure."""

import os
import subprocess
import sys

import psutil
import pytest

from dcwidgets.quiet import notes_held_back

_LOADS = """
import gc, os, sys, weakref
from dcwidgets.quiet import load_tensorflow
load_tensorflow()
assert "tensorflow" in sys.modules
assert gc.isenabled() and gc.get_freeze_count() > 100_000 > len(gc.get_objects())
class Circle: pass
circle = Circle()
circle.own = circle
gone = weakref.ref(circle)
del circle
gc.collect()
assert gone() is None
os.write(2, b"loaded")
"""


def test_loading_tensorflow_says_nothing_and_later_searches_for_garbage_pass_it_by() -> None:
    run = [sys.executable, "-c", _LOADS]
    done = subprocess.run(run, capture_output=True, text=True, check=False)

    assert done.stdout + done.stderr == "loaded"


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
