"""Append-only files of one JSON object a line, for rows that must never be lost."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import get_ident
from typing import Any

from filelock import FileLock

_FULL = (errno.ENOSPC, errno.EDQUOT)
_HEAD = 256


@dataclass(frozen=True)
class Mark:
    """How far a journal has been read; its first line tells whether it is still the same."""

    head: bytes
    offset: int
    anew: bool


class Journal:
    """A file of rows that are on disk before `append` returns.

    Rows are appended in one write under a lock and flushed to the disk, so that a killed
    kernel loses none that was acknowledged and two kernels may write at once. Half a row that
    a killed kernel left behind is moved to a file of its own before the next row is written.

    Parameters
    ----------
    path : path
        The file; created with its folder at the first row.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._lock = FileLock(f"{self.path}.lock")

    @property
    def torn_path(self) -> Path:
        """Where halves of rows are set aside."""
        return self.path.with_name(f"{self.path.name}.torn")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other kernels from writing; may be nested."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._lock:
            yield

    def append(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Write rows and return when they are safe on disk.

        Raises
        ------
        OSError
            If they cannot be written; the file then is as it was before.
        """
        lines = b"".join(encode(row) for row in rows)
        with self.locked():
            new = not self.path.exists()
            with self.path.open("ab+", buffering=0) as file:
                self._mend(file.fileno())
                _write(file.fileno(), lines, self.path)
            if new:
                sync_folder(self.path.parent)

    def mend(self) -> None:
        """Set half a row at the end aside; nothing is written where there is none."""
        if not self.path.is_file():
            return
        with self.path.open("rb") as file:
            if not _tail(file.fileno()):
                return
        with self.locked(), self.path.open("ab+", buffering=0) as file:
            self._mend(file.fileno())

    def _mend(self, file: int) -> None:
        half = _tail(file)
        if not half:
            return
        if decode(half) is not None:  # whole but for its end of line
            _write(file, b"\n", self.path)
            return
        with self.torn_path.open("ab", buffering=0) as aside:
            _write(aside.fileno(), half + b"\n", self.torn_path)
        os.ftruncate(file, os.fstat(file).st_size - len(half))

    def read(self, mark: Mark | None = None) -> tuple[list[bytes], Mark]:
        """Return the whole lines after a mark, and the mark for the next time.

        The returned mark says whether they are all there is, because the file was replaced
        since or there was no mark.
        """
        try:
            with self.path.open("rb") as file:
                head = _first_line(file.read(_HEAD))
                # Not the inode: a file that replaces another may get its number.
                anew = mark is None or not head or head != mark.head
                start = 0 if mark is None or anew else mark.offset
                file.seek(start)
                text = file.read()
        except FileNotFoundError:
            return [], Mark(b"", 0, anew=True)
        end = text.rfind(b"\n") + 1
        lines = text[:end].split(b"\n")[:-1]
        return lines, Mark(head if start + end else b"", start + end, anew=anew)


def encode(row: Mapping[str, Any]) -> bytes:
    """Return a row as one line."""
    text = json.dumps(row, ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass") + b"\n"


def decode(line: bytes) -> dict[str, Any] | None:
    """Return the row of a line, None where it is no row."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that whoever looks sees the old one or the new one, never a part.

    Raises
    ------
    OSError
        If it cannot be written; the old one then is as it was.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}-{get_ident()}.part")
    try:
        with beside.open("wb", buffering=0) as file:
            _write(file.fileno(), content, path)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Flush the names in a folder, where the system can."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _first_line(text: bytes) -> bytes:
    line, newline, _ = text.partition(b"\n")
    return line if newline or len(text) == _HEAD else b""


def _tail(file: int) -> bytes:
    """Return what follows the last end of line."""
    end = os.fstat(file).st_size
    half = b""
    while end > 0:
        start = max(0, end - 65_536)
        block = os.pread(file, end - start, start)
        before, newline, after = block.rpartition(b"\n")
        half = after + half
        if newline:
            return half
        half, end = before + half, start
    return half


def _write(file: int, content: bytes, path: Path) -> None:
    """Write all and flush it, or leave the file as it was."""
    size = os.fstat(file).st_size
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(file, rest) :]
        os.fsync(file)
    except BaseException as error:
        with suppress(OSError):
            os.ftruncate(file, size)
            os.fsync(file)
        if isinstance(error, OSError):
            raise _explained(error, path) from error
        raise


def _explained(error: OSError, path: Path) -> OSError:
    hint = " Free some space and try again." if error.errno in _FULL else ""
    reason = (
        f"{os.strerror(error.errno or 0)}: nothing was written to {path.name}, "
        f"what it held before is safe.{hint}"
    )
    return OSError(error.errno, reason, str(path))
