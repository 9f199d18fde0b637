"""A journal of events, replayed as far as it goes, with archives of what came before."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import RLock
from typing import Any

from dcwidgets.journal import Journal, Mark, decode, encode, write_whole
from dcwidgets.labeling.records import now
from dcwidgets.labeling.replay import EarlierNeededError, Replay
from dcwidgets.outside import inside

_MOST_DIGITS = 9


class EventLog:
    """The events of one annotation store, on disk and as what they add up to.

    Parameters
    ----------
    path : path
        The journal; need not exist.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._journal = Journal(path)
        self._thread = RLock()
        self._state = Replay()
        self._mark: Mark | None = None
        with suppress(OSError):  # where nothing can be written there is still much to read
            self._journal.mend()

    def current(self) -> Replay:
        """Return the state, with what other kernels wrote since."""
        with self._thread:
            lines, self._mark = self._journal.read(self._mark)
            if self._mark.anew:
                self._state = Replay()
            try:
                for line in lines:
                    self._play(line, self.path)
            except EarlierNeededError:
                self._replay_all()
            return self._state

    def with_archive(self) -> Replay:
        """Return the state with every event there ever was."""
        with self._thread:
            if self.current().archive is not None:
                self._replay_all()
            return self._state

    @contextmanager
    def writing(self) -> Iterator[Replay]:
        """Keep other kernels from writing, and give the state as it then is."""
        with self._thread, self._journal.locked():
            yield self.current()

    def commit(self, op: str, **content: Any) -> Replay:
        """Write an event and return the state once it is safe on disk."""
        event = {"op": op, "n": self._state.n + 1, "ts": now(), **content}
        self._journal.append([event])
        return self.current()

    def compact(self) -> Path | None:
        """Put the journal away under a number and begin anew with what holds now."""
        with self.writing() as state:
            self._journal.mend()
            lines, _ = self._journal.read()
            if len(lines) < 2:
                return None
            number = _number(_archive_of(lines) or "0") + 1
            archive = self.path.with_name(f"{self.path.name}.{number:03d}")
            # A kernel killed between the two writes leaves an archive that the next one replaces.
            write_whole(archive, self.path.read_bytes())
            snapshot = {
                "op": "snapshot",
                "archive": archive.name,
                "n": state.n,
                "ts": now(),
                "undo": state.can_undo,
                "redo": state.can_redo,
                "classes": state.classes,
                "class_version": state.class_version,
                "rows": list(state.records.values()),
            }
            write_whole(self.path, encode(snapshot))
            return archive

    def _play(self, line: bytes, path: Path) -> None:
        try:
            self._state.play(decode(line) or {})
        except (KeyError, TypeError, ValueError) as error:
            warnings.warn(
                f"A line of {path.name} is no event of an annotation store and is left out "
                f"({type(error).__name__}: {error}): {line[:80]!r}",
                stacklevel=4,
            )

    def _replay_all(self) -> None:
        """Replay every event from the first on, skipping the snapshots between files."""
        lines, self._mark = self._journal.read()
        parts = [(self.path, lines)]
        while archive := _archive_of(parts[-1][1]):
            path = inside(self.path.parent, archive)
            if path in {read for read, _ in parts}:
                raise ValueError(f"{path.name} names itself as what came before it.")
            parts.append((path, _lines_of(path)))
        self._state = Replay()
        for path, part in reversed(parts):
            for line in part[1 if _archive_of(part) else 0 :]:
                self._play(line, path)


def _archive_of(lines: list[bytes]) -> str | None:
    first = decode(lines[0]) if lines else None
    return str(first.get("archive")) if first and first.get("op") == "snapshot" else None


def _number(archive: str) -> int:
    """Return the number at the end of an archive's name."""
    digits = archive.rpartition(".")[2]
    if not (digits.isascii() and digits.isdigit() and len(digits) < _MOST_DIGITS):
        raise ValueError(f"The journal names {archive!r:.100} as what came before it.")
    return int(digits)


def _lines_of(path: Path) -> list[bytes]:
    if not path.is_file():
        raise FileNotFoundError(
            f"{path.name} is missing beside the journal: it holds the events before the last "
            "compaction. Put it back to undo so far or to see the history."
        )
    return Journal(path).read()[0]
