"""A memory limit as a container has it, and what programs under it really use."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# The first version of control groups; a Docker with the second one needs no help of ours.
GROUPS = Path("/sys/fs/cgroup/memory")
EVERY = 0.1  # seconds between two looks


class Limit:
    """A control group with a limit: programs enter it, and it knows their peak.

    Parameters
    ----------
    group : Path
        Folder of the control group.
    size : int
        Bytes.
    """

    def __init__(self, group: Path, size: int) -> None:
        self._group = group
        self._peak = 0
        self._over = threading.Event()
        group.mkdir()
        (group / "memory.limit_in_bytes").write_text(str(size))

    @property
    def enter(self) -> list[str]:
        """What to write before a command, so that it and its children run under the limit."""
        script = f'echo $$ > {self._group}/cgroup.procs; exec "$@"'
        return ["sh", "-c", script, "limited"]

    @property
    def used(self) -> int:
        """Bytes that programs hold now; files that the system caches for them do not count."""
        stat = dict(line.split() for line in (self._group / "memory.stat").read_text().splitlines())
        return int(stat["total_rss"]) + int(stat["total_mapped_file"])

    @property
    def killed(self) -> bool:
        """Whether the system had to end a program."""
        return "oom_kill 0" not in (self._group / "memory.oom_control").read_text()

    def peak(self) -> int:
        """Return the most bytes since the last call."""
        peak, self._peak = self._peak, 0
        return peak

    def watch(self) -> None:
        """Look now and then until `stop`."""
        while not self._over.wait(EVERY):
            self._peak = max(self._peak, self.used)

    def stop(self) -> None:
        """End `watch` and remove the group; programs that are still in it go on without a limit."""
        self._over.set()
        for process in (self._group / "cgroup.procs").read_text().split():
            (GROUPS / "cgroup.procs").write_text(process)
        self._group.rmdir()


@contextmanager
def memory_limit(size: int) -> Iterator[Limit]:
    """Make a limit of so many bytes.

    Raises
    ------
    PermissionError
        If this is not root on a machine with memory control groups of the first version.
    """
    if not os.access(GROUPS, os.W_OK):
        raise PermissionError(
            f"{GROUPS} cannot be written to. Run this as root, on Linux with memory control groups."
        )
    limit = Limit(GROUPS / f"dcwidgets-{os.getpid()}", size)
    watcher = threading.Thread(target=limit.watch, daemon=True)
    watcher.start()
    try:
        yield limit
    finally:
        limit.stop()
        watcher.join()
