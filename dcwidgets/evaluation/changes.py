"""What changed between two evaluations of the same pictures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from dcwidgets.evaluation.groups import grouping

_DRAWS = 2000


def changes(
    before: pd.DataFrame, after: pd.DataFrame, columns: str | Sequence[str]
) -> pd.DataFrame:
    """Return accuracy before and after by group; see `Evaluation.gain`."""
    both = after.index.intersection(before.index, sort=False)
    if both.empty:
        raise ValueError(
            "The two evaluations have no picture in common. Judge both on the same test set."
        )
    frame = pd.DataFrame(
        {"before": before["correct"].loc[both], "after": after["correct"].loc[both]}, dtype=float
    )
    names = [columns] if isinstance(columns, str) else list(columns)
    if names:
        groups = grouping(after.loc[both], names)
    else:
        groups = pd.DataFrame({"slice": "all"}, index=both)
    found = [
        {**dict(zip(groups, key, strict=True)), **_change(rows)}
        for key, rows in frame.groupby([groups[name] for name in groups])
    ]
    table = pd.DataFrame(found).set_index(list(groups))
    return table.sort_values("before", kind="stable")


def _change(rows: pd.DataFrame) -> dict[str, float]:
    n = len(rows)
    apart = (rows["after"] - rows["before"]).to_numpy()
    # Paired differences are -1, 0 or 1: three counts say all that a sample of them can.
    counts = np.array([(apart == value).sum() for value in (-1, 0, 1)])
    # Half a picture more of each kind: a slice without any change is not sure of it either.
    shares = (counts + 0.5) / (n + 1.5)
    drawn = np.random.default_rng(0).multinomial(n, shares, _DRAWS)
    low, high = np.quantile((drawn[:, 2] - drawn[:, 0]) / n, [0.025, 0.975])
    return {
        "n": n,
        "before": rows["before"].mean(),
        "after": rows["after"].mean(),
        "gain": float(apart.mean()),
        "low": float(low),
        "high": float(high),
    }
