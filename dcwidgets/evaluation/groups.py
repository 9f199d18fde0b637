"""Columns of a table as groups: missing values named, many numbers cut into quarters."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

MISSING = "missing"
_FEW_NUMBERS = 12
QUARTERS = 4
MOST_VALUES = 50


def grouping(table: pd.DataFrame, columns: str | Sequence[str]) -> pd.DataFrame:
    """Return columns as text that groups rows.

    Raises
    ------
    ValueError
        If a column does not exist, or there is none.
    """
    names = [columns] if isinstance(columns, str) else list(columns)
    unknown = [name for name in names if name not in table]
    if unknown or not names:
        what = f"There is no column {unknown[0]!r}." if unknown else "Name at least one column."
        raise ValueError(f"{what} Columns are: {', '.join(map(str, table.columns))}.")
    return pd.DataFrame({name: as_groups(table[name]) for name in names}, index=table.index)


def as_groups(values: pd.Series) -> pd.Series:
    """Return one column as text; of more than 12 different numbers the quarter they lie in."""
    if many_numbers(values):
        quarters = pd.qcut(values, QUARTERS, duplicates="drop")
        names = {part: f"{part.left:.3g} to {part.right:.3g}" for part in quarters.cat.categories}
        texts = quarters.map(names).astype(object)
    else:
        texts = values.astype(object).map(_plainly, na_action="ignore")
    return texts.where(values.notna(), MISSING).astype(str)


def many_numbers(values: pd.Series) -> bool:
    """Tell whether a column holds more than 12 different numbers."""
    numeric = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    return bool(numeric and values.nunique() > _FEW_NUMBERS)


def _plainly(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
