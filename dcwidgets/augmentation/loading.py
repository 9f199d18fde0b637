"""Load Keras once, in the thread that runs cells.

A page's questions are answered in another thread than the one that runs cells. Were both to
import at the same time, say TensorFlow in the next cell and Keras for the page, Python would
break the deadlock of their locks by handing out half a TensorFlow, for the rest of the session.
"""

from __future__ import annotations

import asyncio
import sys
import threading
import time

from dcwidgets.quiet import load_tensorflow

_PATIENCE = 150.0
_PAUSE = 0.02


def is_loaded() -> bool:
    """Say whether Keras is imported to its end."""
    module = sys.modules.get("keras")
    return module is not None and not getattr(module.__spec__, "_initializing", False)


def load_soon() -> None:
    """Import Keras once the running cell is done; where nothing runs cells, on first use."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return
    if not is_loaded():
        loop.call_soon(load)


def load(*, patience: float = _PATIENCE) -> None:
    """Import Keras, or wait in another thread until the main one has done so.

    Parameters
    ----------
    patience : float, default 150
        Seconds to wait.

    Raises
    ------
    ValueError
        If the main thread has not imported it by then.
    """
    if threading.current_thread() is threading.main_thread():
        load_tensorflow()  # quietly; pipelines need it whatever Keras runs on
        import keras  # noqa: F401

        return
    end = time.monotonic() + patience
    while not is_loaded():
        if time.monotonic() > end:
            raise ValueError(
                "The kernel is busy and has not loaded Keras yet. Wait until the running cell is "
                "done, then run this one again."
            )
        time.sleep(_PAUSE)
