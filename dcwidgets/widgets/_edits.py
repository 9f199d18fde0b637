"""What a recipe does to each row, for a page that marks it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

DROPPED, MOVED, RELABELLED, WEIGHTED = 1, 2, 4, 8


class Effects:
    """The effect of a recipe's steps, row by row.

    Parameters
    ----------
    steps : sequence of dict
        As `Recipe.steps` gives them; ids that are not in ``ids`` are passed over.
    table : pandas.DataFrame
        Table of the image set, indexed by id.
    splits, classes : sequence of str
        Names that codes stand for; splits that a step invents are appended.

    Attributes
    ----------
    marks : numpy.ndarray of shape (n_rows,)
        Bits: dropped 1, moved 2, relabelled 4, weighted 8.
    split, label : numpy.ndarray of shape (n_rows,)
        1 + position of the new split or class; 0 where unchanged.
    """

    def __init__(
        self,
        steps: Sequence[dict[str, Any]],
        table: pd.DataFrame,
        splits: Sequence[str],
        classes: Sequence[str],
    ) -> None:
        self.splits = list(splits)
        self._classes = list(classes)
        self._table = table
        self.marks = np.zeros(len(table), np.uint8)
        self.split = np.zeros(len(table), "<u2")
        self.label = np.zeros(len(table), "<u2")
        for step in steps:
            rows = table.index.get_indexer(step["ids"])
            self._take(step, rows[rows >= 0])

    def done(self, op: str, value: str) -> npt.NDArray[np.bool_]:
        """Say for each row whether an edit would change nothing, or come after its drop."""
        dropped = (self.marks & DROPPED) > 0
        if op == "drop":
            return dropped
        column, codes, names = {
            "move": ("split", self.split, self.splits),
            "relabel": ("label", self.label, self._classes),
        }[op]
        wanted = 1 + names.index(value) if value in names else -1
        same = np.asarray(self._table[column] == value, bool)
        return dropped | np.where(codes > 0, codes == wanted, same)

    def buffers(self) -> list[bytes]:
        """Rows that change (uint32), their marks (uint8), splits and labels (uint16)."""
        rows = np.flatnonzero(self.marks)
        return [
            rows.astype("<u4").tobytes(),
            self.marks[rows].tobytes(),
            self.split[rows].tobytes(),
            self.label[rows].tobytes(),
        ]

    def _take(self, step: dict[str, Any], rows: npt.NDArray[np.int64]) -> None:
        op = step["op"]
        if op == "drop":
            self.marks[rows] |= DROPPED
        elif op == "relabel":
            known = step["label"] in self._classes
            self.label[rows] = 1 + self._classes.index(step["label"]) if known else 0
            self.marks[rows] |= RELABELLED
        elif op == "weight":
            self.marks[rows] |= WEIGHTED
        else:
            split = step.get("split", "train")  # adding an image puts it into train
            if split not in self.splits:
                self.splits.append(split)
            self.split[rows] = 1 + self.splits.index(split)
            self.marks[rows] |= MOVED


def describe(step: dict[str, Any]) -> dict[str, Any]:
    """Describe one step to the page: its ids are counted, not listed."""
    value = step.get("split") or step.get("label") or step.get("weight")
    shown = {"op": step["op"], "n": len(step["ids"]), "reason": step["reason"]}
    return shown | ({} if value is None else {"value": str(value)})
