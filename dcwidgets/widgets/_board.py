"""What was done about each picture of a queue, in the form the page draws."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from dcwidgets.labeling.records import Record
from dcwidgets.labeling.store import AnnotationStore

STATES = ("open", "labeled", "verified", "unsure", "skipped")


class Board:
    """States, labels, gold score and pace of a queue.

    Parameters
    ----------
    store : AnnotationStore
        Where annotations are kept.
    places : mapping of str to int
        Position in the queue by id.
    gold : mapping of str to str
        Known labels by id.
    """

    def __init__(
        self, store: AnnotationStore, places: Mapping[str, int], gold: Mapping[str, str]
    ) -> None:
        self._store, self._places, self._gold = store, places, gold
        self._stamp: tuple[int, int] | None = None
        self._clear()

    def _clear(self) -> None:
        n = len(self._places)
        self.states: npt.NDArray[np.uint8] = np.zeros(n, np.uint8)
        self.labels: npt.NDArray[np.uint16] = np.zeros(n, np.uint16)
        self._right: dict[str, bool] = {}
        self._seconds: npt.NDArray[np.float64] = np.full(n, np.nan)

    def refresh(self) -> Board:
        """Read the store again if its journal has grown since, by whoever wrote."""
        stamp = self._journal()
        if stamp is None or stamp != self._stamp:
            self._clear()
            classes = self._store.classes
            for record in self._store.records():
                self.note(record["id"], record, classes)
            self._stamp = stamp
        return self

    def note(self, id_: str, record: Record | None, classes: Sequence[str]) -> None:
        """Take in what a picture's record is now; pictures outside the queue are left out."""
        place = self._places.get(id_)
        if place is None:
            return
        label = None if record is None else record["label"]
        self.states[place] = STATES.index(state_of(record))
        self.labels[place] = 0 if label is None else classes.index(label) + 1
        seconds = None if record is None else record["seconds"]
        self._seconds[place] = np.nan if seconds is None else seconds
        self._right.pop(id_, None)
        if id_ in self._gold and label is not None:
            self._right[id_] = label == self._gold[id_]

    def facts(self) -> dict[str, Any]:
        """Count: pictures done, gold pictures right and judged, median seconds a picture."""
        done = int(np.isin(self.states, (1, 2)).sum())
        spent = self._seconds[~np.isnan(self._seconds)]
        return {
            "done": done,
            "gold": [sum(self._right.values()), len(self._right)] if self._gold else None,
            "pace": round(float(np.median(spent)), 1) if len(spent) else None,
        }

    def _journal(self) -> tuple[int, int] | None:
        try:
            found = os.stat(self._store.path)  # noqa: PTH116  a store may be given any path type
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size


def state_of(record: Record | None) -> str:
    """Name the state of a record; one that says nothing is open."""
    if record is None:
        return "open"
    if record["status"] == "labeled" and record["label"] is None and not record["boxes"]:
        return "open"
    return str(record["status"])
