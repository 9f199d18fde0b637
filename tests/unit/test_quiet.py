"""TensorFlow's notes about the machine are held back, and shown where they explain a failure."""

import os
import subprocess
import sys

import psutil
import pytest

from dcwidgets.quiet import notes_held_back


def test_loading_tensorflow_says_nothing() -> None:
    code = (
        "import sys; from dcwidgets.quiet import load_tensorflow; load_tensorflow();"
        "assert 'tensorflow' in sys.modules; import gc; assert gc.isenabled();"
        "import os; os.write(2, b'after')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout + done.stderr == "after"


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
