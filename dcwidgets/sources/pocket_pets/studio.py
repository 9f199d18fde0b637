"""Draws the entries of a plan on all cores, without TensorFlow."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import SimpleQueue
from random import Random
from threading import Thread
from typing import IO, Any

from dcwidgets.sources.pocket_pets import damage, others
from dcwidgets.sources.pocket_pets.picture import Drawing, Scene, draw
from dcwidgets.sources.pocket_pets.plan import Entry

_AT_ONCE = 16
_ROOT = str(Path(__file__).parents[3])
_WORK = f"""
import sys
sys.path.insert(0, {_ROOT!r})
from dcwidgets.sources.pocket_pets import studio
studio.work()
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """A drawn entry: encoded bytes, size and box of the head in pixels."""

    entry: Entry
    encoded: bytes
    width: int
    height: int
    head: tuple[int, int, int, int]


@contextmanager
def drawing(entries: Iterable[Entry]) -> Iterator[Iterator[Taken]]:
    """Draw entries in processes of their own, which start at once.

    Parameters
    ----------
    entries : iterable of Entry
        What to draw, split by split.

    Yields
    ------
    iterator of Taken
        One for each entry, split by split, in an order that depends on the entries
        alone. Copies are made beside their original, so a picture is drawn once in
        each split. The processes end with the block.

    Raises
    ------
    RuntimeError
        From the iterator, if a drawing process dies.
    """
    # Plain processes and pipes, not a pool: they end with a killed kernel, which the workers of
    # joblib (5 minutes) and concurrent.futures (never) do not, and a script needs no main guard.
    batches = _batches(entries)
    workers = [_Worker(batches[first :: _cores()]) for first in range(min(_cores(), len(batches)))]
    try:
        turns = (workers[number % len(workers)] for number in range(len(batches)))
        yield (picture for worker in turns for picture in worker.receive())
    finally:
        for worker in workers:
            worker.end()


def work() -> None:
    """Draw the batches that stand in the standard input; run in a process of its own."""
    for batch in json.load(sys.stdin):
        _send([taken for shoot in batch for taken in _shoot([*map(_entry, shoot)])])


def _entry(told: dict[str, Any]) -> Entry:
    what, defects = Scene(**told["what"]), tuple(told["defects"])
    return Entry(**{**told, "what": what, "defects": defects})


def _send(taken: Sequence[Taken]) -> None:
    """Write a line that says what follows, then the pictures' bytes."""
    head = [[len(one.encoded), one.width, one.height, one.head] for one in taken]
    pictures = b"".join(one.encoded for one in taken)
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + pictures)
    sys.stdout.buffer.flush()


def _receive(pipe: IO[bytes], entries: Iterable[Entry]) -> list[Taken]:
    """Read what `_send` wrote; ValueError where the process died before its end."""
    head = json.loads(pipe.readline())
    return [
        Taken(entry, _exactly(pipe, length), width, height, (*box,))
        for entry, (length, width, height, box) in zip(entries, head, strict=True)
    ]


def _exactly(pipe: IO[bytes], length: int) -> bytes:
    read = pipe.read(length)
    if len(read) < length:
        raise ValueError("the pipe ended within a picture")
    return read


def _cores() -> int:
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _batches(entries: Iterable[Entry]) -> list[list[list[Entry]]]:
    shoots: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        shoots.setdefault((entry.split, entry.what.seed), []).append(entry)
    listed = list(shoots.values())
    return [listed[start : start + _AT_ONCE] for start in range(0, len(listed), _AT_ONCE)]


class _Worker:
    """A drawing process, and a thread that empties its pipe so that it never has to wait."""

    def __init__(self, batches: Sequence[list[list[Entry]]]) -> None:
        # -P: a file such as random.py in the learner's folder must not take the place of a module.
        command = [sys.executable, "-P", "-c", _WORK]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._done: SimpleQueue[list[Taken] | None] = SimpleQueue()
        self._thread = Thread(target=self._talk, args=(batches,), daemon=True)
        self._thread.start()

    def _talk(self, batches: Sequence[list[list[Entry]]]) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(OSError, ValueError):
            with self._process.stdin as pipe:
                pipe.write(json.dumps(batches, default=asdict).encode())
            for batch in batches:
                entries = (entry for shoot in batch for entry in shoot)
                self._done.put(_receive(self._process.stdout, entries))
        self._done.put(None)

    def receive(self) -> list[Taken]:
        taken = self._done.get()
        if taken is None:
            raise RuntimeError(
                f"A process that draws pictures ended with code {self._process.wait()}; its own "
                "words stand in the terminal. Close other programs if memory ran out, try again."
            )
        return taken

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._thread.join()
        assert self._process.stdout is not None
        self._process.stdout.close()


def _shoot(entries: Sequence[Entry]) -> Iterator[Taken]:
    first = entries[0]
    drawing = others.draw(first.what) if "off_topic" in first.defects else draw(first.what)
    original = damage.encode(drawing.pixels)
    for entry in entries:
        yield _develop(entry, drawing, original)


def _develop(entry: Entry, drawing: Drawing, original: bytes) -> Taken:
    rng = Random(f"{entry.what.seed} {entry.filename}")
    size, head = drawing.pixels.size, drawing.head
    encoded = original
    kind = entry.defects[0] if entry.defects else "none"
    if kind == "near_duplicate":
        encoded, size, head = damage.near_copy(drawing.pixels, head, rng)
    elif kind == "unreadable":
        encoded = damage.broken(original, rng)
    elif kind in {"dark", "light", "blurry", "blank"}:
        encoded = damage.encode(damage.damaged(drawing.pixels, kind, rng))
    return Taken(entry, encoded, *size, head)
