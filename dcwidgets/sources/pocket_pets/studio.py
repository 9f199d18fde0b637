"""Draws the entries of a plan on all cores, without TensorFlow."""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from random import Random

from joblib import Parallel, delayed

from dcwidgets.sources.pocket_pets import damage, others
from dcwidgets.sources.pocket_pets.picture import Drawing, draw
from dcwidgets.sources.pocket_pets.plan import Entry

_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Taken:
    """A drawn entry: encoded bytes, size and box of the head in pixels."""

    entry: Entry
    encoded: bytes
    width: int
    height: int
    head: tuple[int, int, int, int]


def take(entries: Iterable[Entry]) -> Iterator[Taken]:
    """Draw entries in parallel and yield them, in an order that depends on nothing else.

    Copies are made beside their original, so a picture is drawn once. The workers
    import this package and never TensorFlow.
    """
    shoots = defaultdict(list)
    for entry in entries:
        shoots[entry.what.seed].append(entry)
    batches = _batches(list(shoots.values()))
    cores = (
        os.process_cpu_count() if hasattr(os, "process_cpu_count") else len(os.sched_getaffinity(0))
    )
    with Parallel(n_jobs=min(cores or 1, len(batches)), return_as="generator") as pool:
        for pictures in pool(delayed(_shoot_all)(batch) for batch in batches):
            yield from pictures


def _batches(shoots: list[list[Entry]]) -> list[list[list[Entry]]]:
    return [shoots[start : start + _AT_ONCE] for start in range(0, len(shoots), _AT_ONCE)]


def _shoot_all(shoots: list[list[Entry]]) -> list[Taken]:
    return [picture for shoot in shoots for picture in _shoot(shoot)]


def _shoot(entries: list[Entry]) -> Iterator[Taken]:
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
