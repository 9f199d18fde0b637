"""Load TensorFlow without the notes it writes about the machine, red in a learner's notebook."""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

STDERR = 2


def load_tensorflow() -> None:
    """Import TensorFlow and look for GPUs; what it says on the way is kept only if that fails.

    No setting silences these notes: they come before TensorFlow reads its log level.

    Raises
    ------
    ImportError
        If TensorFlow cannot be loaded; its own notes are printed first.
    """
    if "tensorflow" in sys.modules:
        return
    with notes_held_back(), _set_apart():
        import tensorflow as tf

        tf.config.list_physical_devices("GPU")


@contextmanager
def _set_apart() -> Iterator[None]:
    """Keep what a block makes, half a million objects that stay, from searches for garbage.

    Each search would go through them: while they are made, before every training, and for a
    second and a half when a kernel ends. What is there already is set apart with them.
    """
    enabled = gc.isenabled()
    gc.collect()  # garbage of before would stay
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        if enabled:
            gc.enable()


@contextmanager
def notes_held_back() -> Iterator[None]:
    """Hold back what native code writes to standard error, unless an exception ends the block."""
    sys.stderr.flush()
    stderr = os.dup(STDERR)
    with tempfile.TemporaryFile() as notes:
        os.dup2(notes.fileno(), STDERR)
        try:
            yield
        except BaseException:
            os.dup2(stderr, STDERR)
            notes.seek(0)
            sys.stderr.write(notes.read().decode(errors="replace"))
            raise
        finally:
            os.dup2(stderr, STDERR)
            os.close(stderr)
