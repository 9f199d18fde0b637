"""Keras is imported by the thread that runs cells, whoever asks first."""

from __future__ import annotations

import subprocess
import sys
import textwrap


def run(code: str) -> None:
    """Run code in a new process, where Keras is not loaded yet."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_another_thread_waits_for_the_main_one() -> None:
    run("""
        import sys, threading, time
        from dcwidgets.augmentation.loading import is_loaded, load
        got = []
        def ask():
            load()
            got.append(is_loaded())
        thread = threading.Thread(target=ask)
        thread.start()
        time.sleep(0.3)
        assert not got and "keras" not in sys.modules
        import tensorflow
        assert not got
        load()
        thread.join(30)
        assert got == [True]
    """)


def test_another_thread_gives_up_with_a_sentence() -> None:
    run("""
        import sys, threading
        from dcwidgets.augmentation.loading import load
        got = []
        def ask():
            try:
                load(patience=0.1)
            except ValueError as error:
                got.append(str(error))
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
        assert got[0].startswith("The kernel is busy and has not loaded Keras yet. "), got
        assert "keras" not in sys.modules
    """)


def test_in_a_kernel_it_loads_after_the_cell_and_before_the_next() -> None:
    run("""
        import asyncio, sys
        from dcwidgets.augmentation.loading import is_loaded, load_soon
        async def cells():
            load_soon()
            assert "keras" not in sys.modules
            await asyncio.sleep(0)
            assert is_loaded()
        asyncio.run(cells())
    """)


def test_where_nothing_runs_cells_it_loads_on_first_use() -> None:
    run("""
        import sys
        from dcwidgets.augmentation.loading import is_loaded, load, load_soon
        load_soon()
        assert "keras" not in sys.modules
        load()
        assert is_loaded()
    """)
