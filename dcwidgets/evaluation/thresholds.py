"""Thresholds by what errors cost."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from dcwidgets.evaluation.groups import QUARTERS, grouping, many_numbers
from dcwidgets.evaluation.scores import curves


def cheapest(
    table: pd.DataFrame, positive: str, cost_false_positive: float, cost_false_negative: float
) -> float:
    """Return the threshold at which errors cost least; see `Evaluation.best_threshold`."""
    check_costs(cost_false_positive, cost_false_negative)
    points = curves((table["label"] == positive).to_numpy(), table["probability"].to_numpy(float))
    points = points[points["threshold"].between(0, 1)]
    missed = points["positives"] - points["hits"]
    cost = points["false_alarms"] * cost_false_positive + missed * cost_false_negative
    cheap = points.loc[np.isclose(cost, cost.min()), "threshold"].to_numpy()
    # Of equals the one that is right for calibrated probabilities, or nearest to it.
    ideal = cost_false_positive / (cost_false_positive + cost_false_negative)
    return float(cheap[np.abs(cheap - ideal).argmin()])


def cheapest_each(
    table: pd.DataFrame,
    column: str,
    positive: str,
    cost_false_positive: float,
    cost_false_negative: float,
) -> pd.Series:
    """Return a threshold for each value of a column; see `Evaluation.group_thresholds`."""
    groups: Any = grouping(table, column)[column]
    if many_numbers(table[column]):
        groups = pd.cut(table[column], _open_ended(table[column]))
    found = {
        value: cheapest(rows, positive, cost_false_positive, cost_false_negative)
        for value, rows in table.groupby(groups, observed=True)
    }
    index = pd.Index(list(found), name=column)
    return pd.Series(list(found.values()), index, name="threshold")


def _open_ended(values: pd.Series) -> list[float]:
    """Return the edges of quarters that hold any number: other pictures lie beyond these."""
    _, edges = pd.qcut(values, QUARTERS, retbins=True, duplicates="drop")
    return [-np.inf, *edges[1:-1], np.inf]


def per_picture(table: pd.DataFrame, thresholds: pd.Series) -> pd.Series:
    """Return the threshold of each picture by the value that the index of thresholds names.

    Raises
    ------
    ValueError
        If the index names no column, or a value has no threshold.
    """
    column = str(thresholds.index.name)
    groups = grouping(table, column)[column]
    if isinstance(thresholds.index, pd.IntervalIndex):
        rows = thresholds.index.get_indexer(pd.Index(table[column]))
        limits = pd.Series(np.append(thresholds, np.nan)[rows], table.index)
    else:
        limits = groups.map(thresholds)
    if limits.isna().any():
        raise ValueError(
            f"There is no threshold for {column}={groups[limits.isna()].iloc[0]!r}, only for "
            f"{', '.join(map(str, thresholds.index))}. Choose on pictures that hold all values."
        )
    return limits


def check_costs(*costs: float) -> None:
    """Refuse costs below 0 and two costs of nothing."""
    if any(not np.isfinite(cost) or cost < 0 for cost in costs) or not sum(costs):
        raise ValueError(
            f"Costs must be numbers of at least 0 and not all 0, got {costs}. "
            "Only their ratio counts: 1 and 5 say that the second error costs five times as much."
        )
