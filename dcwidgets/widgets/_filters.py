"""Filters in two forms: as a learner writes them, and as the page sends them."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from dcwidgets.outside import is_number
from dcwidgets.widgets._columns import Column

# Categories; a range of numbers, open where None; or missing values alone.
FilterValue: TypeAlias = "list[Any] | tuple[float | None, float | None] | None"


def filter_to_page(column: Column, value: Any) -> dict[str, Any]:
    """Turn what a learner wrote into codes, a range or the wish for missing values.

    Raises
    ------
    ValueError
        If a category does not exist, or a range is none.
    """
    if column.kind == "category":
        wanted = list(value) if isinstance(value, list | tuple | set | frozenset) else [value]
        return {"codes": sorted({_code(column, one) for one in wanted})}
    if value is None:
        return {"missing": True}
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise ValueError(
            f"{column.name!r} is filtered by a pair (low, high), None where open, got {value!r}."
        )
    return {"range": [_bound(column, end) for end in value]}


def filter_from_page(column: Column, told: Any) -> FilterValue:
    """Check what the page sent and turn it into what a learner reads."""
    if not isinstance(told, dict) or len(told) != 1:
        raise ValueError(f"the filter of {column.name!r} is {told!r}. Expected one kind of filter.")
    (kind, value), categorical = next(iter(told.items())), column.kind == "category"
    if kind == "codes" and categorical and isinstance(value, list):
        return [_value(column, code) for code in value]
    if kind == "missing" and not categorical and value is True:
        return None
    if kind == "range" and not categorical and isinstance(value, list) and len(value) == 2:
        low, high = (_bound(column, end) for end in value)
        return low, high
    raise ValueError(f"a column of kind {column.kind!r} cannot be filtered by {told!r}.")


def passes(column: Column, value: FilterValue) -> npt.NDArray[np.bool_]:
    """Say for each row whether it passes."""
    told = filter_to_page(column, value)
    if "codes" in told:
        return np.isin(column.data, told["codes"])
    if "missing" in told:
        return np.asarray(np.isnan(column.data))
    low, high = told["range"]
    # float32 like the data, as the page compares: 0.1 must not fall out of (0.1, 0.2).
    above = np.float32(-np.inf if low is None else low)
    below = np.float32(np.inf if high is None else high)
    return np.asarray((column.data >= above) & (column.data <= below))


def _code(column: Column, value: object) -> int:
    if value is None or value != value:  # noqa: PLR0124  NaN, too, is a missing value
        return 0
    if value not in column.categories:
        shown = ", ".join(map(repr, column.categories[:12])) + ", ..." * (
            len(column.categories) > 12
        )
        raise ValueError(f"{column.name!r} has no value {value!r}. Values are: {shown}.")
    return 1 + column.categories.index(value)


def _value(column: Column, code: object) -> Any:
    if (
        isinstance(code, bool)
        or not isinstance(code, int)
        or not 0 <= code <= len(column.categories)
    ):
        raise ValueError(f"{code!r} is no category of {column.name!r}.")
    return None if code == 0 else column.categories[code - 1]


def _bound(column: Column, end: object) -> float | None:
    if end is None:
        return None
    if not is_number(end):
        raise ValueError(
            f"a bound of {column.name!r} is {end!r}. Expected a finite number or None."
        )
    return float(end)
