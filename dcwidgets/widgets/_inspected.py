"""The rows of an image set as the split inspector needs them."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from dcwidgets.imageset import ImageSet
from dcwidgets.widgets._columns import Column, encode_categories, encode_columns
from dcwidgets.widgets._filters import FilterValue, passes
from dcwidgets.widgets._findings import Findings

_SPLITS = ("train", "validation", "valid", "val", "test", "pool", "gold", "fresh")


class InspectedRows:
    """The table of an image set with what an audit measured and found.

    Parameters
    ----------
    images : ImageSet
        The pictures.
    audit : object or None
        A ``.measures`` DataFrame of it, indexed by id, adds columns of numbers.
    found : Findings
        Adds a column ``finding``, the worst issue of each picture.
    """

    def __init__(self, images: ImageSet, audit: object, found: Findings) -> None:
        self.table = images.table
        self._images = images
        self._audit = audit
        self._found = found

    @cached_property
    def columns(self) -> list[Column]:
        """Columns that can be drawn and filtered: split, label and finding first."""
        worst = self._found.worst_issue(len(self.table))
        special = [
            encode_categories("split", self.table["split"], first=_SPLITS),
            encode_categories("label", self.table["label"], first=self._images.classes),
            None if worst is None else encode_categories("finding", worst),
        ]
        columns = [column for column in special if column is not None]
        taken = {column.name for column in columns}
        rest = self.table.drop(columns=[name for name in self.table if name in taken])
        columns += encode_columns(rest, order=getattr(self._images, "metadata", []))
        return columns + self._measures({column.name for column in columns})

    @property
    def splits(self) -> list[str]:
        """Names of the splits, in the order of display."""
        return [str(split) for split in self.column("split").categories]

    def column(self, name: str) -> Column:
        """Look a column up by name; ``ValueError`` with the names there are."""
        found = next((column for column in self.columns if column.name == name), None)
        if found is None:
            names = ", ".join(column.name for column in self.columns)
            raise ValueError(
                f"{name!r} is not a column that can be filtered. Columns are: {names}."
            )
        return found

    def passing(self, filters: Mapping[str, FilterValue]) -> npt.NDArray[np.bool_]:
        """Say for each row whether it passes all filters."""
        mask = np.ones(len(self.table), bool)
        for name, value in filters.items():
            mask &= passes(self.column(name), value)
        return mask

    def csv(self, rows: npt.NDArray[np.int64]) -> str:
        """Write ids, file names, labels and splits of some rows as CSV."""
        kept = self.table.iloc[rows][["filename", "label", "split"]]
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(["id", *kept.columns])
        writer.writerows(kept.astype(object).where(kept.notna(), "").itertuples())
        return text.getvalue()

    def facts(self, row: int) -> list[list[str]]:
        """Return name and value of everything the table knows about one picture."""
        values = self.table.iloc[row]
        known = [
            [str(name), _shown(value)] for name, value in values.items() if not _missing(value)
        ]
        return [["id", str(self.table.index[row])], *known]

    def _measures(self, taken: set[str]) -> list[Column]:
        measures = getattr(self._audit, "measures", None)
        if not isinstance(measures, pd.DataFrame):
            return []
        fresh = measures.reindex(self.table.index)[[c for c in measures.columns if c not in taken]]
        return [column for column in encode_columns(fresh) if column.kind == "number"]


def _missing(value: Any) -> bool:
    # A cell may hold a list, of which pandas would ask each element.
    return bool(pd.api.types.is_scalar(value) and pd.isna(value))


def _shown(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
