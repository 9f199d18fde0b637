"""Thresholds by what errors cost."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dcwidgets.evaluation.groups import grouping
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
    groups = grouping(table, column)[column]
    found = {
        value: cheapest(rows, positive, cost_false_positive, cost_false_negative)
        for value, rows in table.groupby(groups)
    }
    return pd.Series(found, name="threshold").rename_axis(column)


def per_picture(table: pd.DataFrame, thresholds: pd.Series) -> pd.Series:
    """Return the threshold of each picture by the value that the index of thresholds names.

    Raises
    ------
    ValueError
        If the index names no column, or a value has no threshold.
    """
    column = str(thresholds.index.name)
    groups = grouping(table, column)[column]
    missing = sorted(set(groups) - set(thresholds.index))
    if missing:
        raise ValueError(
            f"There is no threshold for {column}={missing[0]!r}, only for "
            f"{', '.join(map(str, thresholds.index))}. Choose on pictures that hold all values."
        )
    return groups.map(thresholds)


def check_costs(*costs: float) -> None:
    """Refuse costs below 0 and two costs of nothing."""
    if any(not np.isfinite(cost) or cost < 0 for cost in costs) or not sum(costs):
        raise ValueError(
            f"Costs must be numbers of at least 0 and not all 0, got {costs}. "
            "Only their ratio counts: 1 and 5 say that the second error costs five times as much."
        )
