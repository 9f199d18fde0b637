"""Draws the entries of a plan on all cores, without TensorFlow."""

import os
import pickle
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from dcwidgets.sources.pocket_pets import damage, others
from dcwidgets.sources.pocket_pets.picture import Drawing, draw
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


def take(entries: Iterable[Entry]) -> Iterator[Taken]:
    """Draw entries in processes of their own and yield them split by split.

    The order depends on the entries alone. Copies are made beside their original, so a
    picture is drawn once in each split.

    Parameters
    ----------
    entries : iterable of Entry
        What to draw, split by split.

    Yields
    ------
    Taken
        One for each entry.

    Raises
    ------
    RuntimeError
        If a drawing process dies.
    """
    # Plain processes and pipes, not a pool: they end with a killed kernel, which the workers of
    # joblib (5 minutes) and concurrent.futures (never) do not, and a script needs no main guard.
    batches = _batches(entries)
    workers = [_start(batches[first :: _cores()]) for first in range(min(_cores(), len(batches)))]
    try:
        for number in range(len(batches)):
            yield from _receive(workers[number % len(workers)])
    finally:
        for worker in workers:
            _end(worker)


def work() -> None:
    """Draw the batches that stand in the standard input; run in a process of its own."""
    for batch in pickle.load(sys.stdin.buffer):  # noqa: S301 - written by the process that started this one
        taken = [picture for shoot in batch for picture in _shoot(shoot)]
        pickle.dump(taken, sys.stdout.buffer)
        sys.stdout.buffer.flush()


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


def _start(batches: Sequence[list[list[Entry]]]) -> subprocess.Popen[bytes]:
    # -P: a file such as random.py in the learner's folder must not take the place of a module.
    worker = subprocess.Popen(
        [sys.executable, "-P", "-c", _WORK], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert worker.stdin is not None
    with worker.stdin as pipe:
        pickle.dump(batches, pipe)
    return worker


def _end(worker: subprocess.Popen[bytes]) -> None:
    assert worker.stdout is not None
    worker.kill()
    worker.stdout.close()
    worker.wait()


def _receive(worker: subprocess.Popen[bytes]) -> list[Taken]:
    assert worker.stdout is not None
    try:
        taken: list[Taken] = pickle.load(worker.stdout)  # noqa: S301 - written by `work`
    except EOFError as error:
        raise RuntimeError(
            f"A process that draws pictures ended with code {worker.wait()}; its own words stand "
            "in the terminal. Close other programs if memory ran out, and try again."
        ) from error
    return taken


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
