"""Long work for a page, beside the requests that it must not hold up."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock, Thread

Work = Callable[[], None]


class Beside:
    """Do the newest piece of work in a thread; while one is under way, only the newest waits."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: Work | None = None
        self._busy = False

    def do(self, work: Work) -> None:
        """Start work, or let it wait for what is under way; it must not raise."""
        with self._lock:
            self._waiting = work
            if self._busy:
                return
            self._busy = True
        Thread(target=self._run, name="dcwidgets", daemon=True).start()

    def _run(self) -> None:
        while True:
            with self._lock:
                work, self._waiting = self._waiting, None
                if work is None:
                    self._busy = False
                    return
            work()
