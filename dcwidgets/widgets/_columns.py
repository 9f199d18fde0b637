"""A table as the page reads it: one typed array per column."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

Kind = Literal["category", "number", "date"]

FEW = 12
"""Whole numbers with at most this many values are categories; more are a histogram."""
MOST_CATEGORIES = 65_534
_PROBE = 10_000
_BOXES = ("head_x", "head_y", "head_w", "head_h")


@dataclass(frozen=True)
class Column:
    """One column in the form that travels to the page.

    Parameters
    ----------
    name : str
        As in the table.
    kind : {"category", "number", "date"}
        How the page draws and filters it.
    data : numpy.ndarray of shape (n_rows,)
        Categories: the code of each row, 0 where missing, else 1 + the position in
        ``categories``, in the narrowest of uint8 and uint16. Numbers: float32, NaN where
        missing. Dates: float32, days since 1970.
    categories : tuple
        The categories as they stand in the table, in the order of display.
    """

    name: str
    kind: Kind
    data: npt.NDArray[Any]
    categories: tuple[Any, ...] = ()

    def header(self) -> dict[str, Any]:
        """Describe the column to the page; ``data`` travels beside it as a buffer."""
        return {
            "name": self.name,
            "kind": self.kind,
            "bytes": self.data.dtype.itemsize,
            "labels": [str(value) for value in self.categories],
            "text": all(isinstance(value, str) for value in self.categories),
        }


def encode_columns(table: pd.DataFrame, *, order: Sequence[str] = ()) -> list[Column]:
    """Encode every column of a table that can be drawn as bars or as a histogram.

    Left out are columns that name single rows (file names), boxes and values that are
    neither numbers, dates nor hashable.

    Parameters
    ----------
    table : pandas.DataFrame of shape (n_rows, n_columns)
        Any table.
    order : sequence of str, optional
        Columns to put first.

    Returns
    -------
    list of Column
    """
    names = [name for name in order if name in table.columns]
    names += [str(name) for name in table.columns if name not in names and name not in _BOXES]
    encoded = (encode_column(name, table[name]) for name in names)
    return [column for column in encoded if column is not None]


def encode_column(name: str, series: pd.Series[Any]) -> Column | None:
    """Encode one column, or return None if there is nothing to draw."""
    if series.isna().all():
        return None
    if pd.api.types.is_datetime64_any_dtype(series):
        days = (series.dt.tz_localize(None) - pd.Timestamp("1970-01-01")) / pd.Timedelta(days=1)
        return Column(name, "date", days.to_numpy("<f4", na_value=np.nan))
    numeric = pd.api.types.is_numeric_dtype(series) and not pd.api.types.is_bool_dtype(series)
    if numeric and not _few_whole_numbers(series):
        return Column(name, "number", series.to_numpy("<f4", na_value=np.nan))
    if not numeric and _names_single_rows(series):
        return None
    return encode_categories(name, series)


def encode_categories(
    name: str, series: pd.Series[Any], *, first: Iterable[Any] = ()
) -> Column | None:
    """Encode a column by its distinct values; None if there are too many or they have no hash.

    ``first`` are values to put before all others, such as the classes in their order.
    """
    try:
        codes, found = pd.factorize(series, use_na_sentinel=True)
    except TypeError:
        return None
    if len(found) > MOST_CATEGORIES:
        return None
    distinct = list(found)
    values = _in_order(distinct, series, list(first))
    place = {value: position for position, value in enumerate(values, 1)}
    lookup = np.array([place[value] for value in distinct] + [0])  # -1, missing, is the last
    narrow = "u1" if len(values) < 256 else "<u2"
    plain = tuple(value.item() if isinstance(value, np.generic) else value for value in values)
    return Column(name, "category", lookup[codes].astype(narrow), plain)


def _in_order(found: list[Any], series: pd.Series[Any], first: list[Any]) -> list[Any]:
    known = [value for value in first if value in found]
    rest = [value for value in found if value not in known]
    if isinstance(series.dtype, pd.CategoricalDtype) and series.dtype.ordered:
        rest = [value for value in series.dtype.categories if value in set(rest)]
    else:
        try:
            rest = sorted(rest)
        except TypeError:  # values of several types
            rest = sorted(rest, key=str)
    return known + rest


def _few_whole_numbers(series: pd.Series[Any]) -> bool:
    if not pd.api.types.is_integer_dtype(series):
        return False
    # Most columns show in their first rows that they have many values.
    return series.iloc[:_PROBE].nunique() <= FEW and series.nunique() <= FEW


def _names_single_rows(series: pd.Series[Any]) -> bool:
    probe = series.iloc[:_PROBE].dropna()
    try:
        return len(probe) > FEW and probe.nunique() > len(probe) / 2
    except TypeError:
        return True
