"""Scores of probabilities under weights: a point for equal weights, intervals for drawn ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from dcwidgets.intervals import wilson

Floats = npt.NDArray[np.floating[Any]]
Whole = npt.NDArray[np.integer[Any]]

DRAWS = 1000
# Drawn weights in one block at most; more pictures than fit take more blocks.
_BLOCK = 4_000_000
NAMES = ("accuracy", "precision", "recall", "F1", "ROC AUC", "average precision")


def metric_table(truth: Whole, predicted: Whole, probabilities: Floats, seed: int) -> pd.DataFrame:
    """Return value and 95 % interval of each metric; see `Evaluation.metrics`."""
    n = len(truth)
    point = _metrics(truth, predicted, probabilities, np.ones((1, n)))
    drawn = [_metrics(truth, predicted, probabilities, weights) for weights in _draws(n, seed=seed)]
    rows = {}
    for name in NAMES:
        each = np.concatenate([block[name] for block in drawn])
        each = each[~np.isnan(each)]
        low, high = np.quantile(each, [0.025, 0.975]) if len(each) else (np.nan, np.nan)
        rows[name] = {"value": point[name][0], "low": low, "high": high}
    hits = int((truth == predicted).sum())
    low, high = wilson(hits, n)
    rows["accuracy"] = {"value": hits / n, "low": float(low), "high": float(high)}
    return pd.DataFrame.from_dict(rows, orient="index")


def _draws(n: int, *, seed: int) -> Iterator[Floats]:
    """Yield how often each picture is drawn in each bootstrap sample, block by block."""
    rng = np.random.default_rng(seed)
    left, most = DRAWS, max(1, _BLOCK // n)
    while left:
        rows = min(left, most)
        # Counted, not drawn from a multinomial: ten times as fast.
        drawn = rng.integers(n, size=(rows, n)) + n * np.arange(rows)[:, None]
        yield np.bincount(drawn.ravel(), minlength=rows * n).reshape(rows, n).astype(float)
        left -= rows


def _metrics(
    truth: Whole, predicted: Whole, probabilities: Floats, weights: Floats
) -> dict[str, Floats]:
    """Return each metric for each row of weights; of more than two classes the mean over them."""
    classes = [1] if probabilities.shape[1] == 2 else range(probabilities.shape[1])
    per_class = [
        _of_class(truth == each, predicted == each, probabilities[:, each], weights)
        for each in classes
    ]
    found = {name: np.mean([one[name] for one in per_class], axis=0) for name in per_class[0]}
    total = weights.sum(axis=1)
    return {"accuracy": weights @ (truth == predicted) / total, **found}


def _of_class(is_: Any, said: Any, probability: Floats, weights: Floats) -> dict[str, Floats]:
    hits, told, there = weights @ (is_ & said), weights @ said, weights @ is_
    precision, recall = _ratio(hits, told), _ratio(hits, there)
    auc, average = _rank_scores(is_, probability, weights)
    return {
        "precision": precision,
        "recall": recall,
        "F1": _ratio(2 * hits, told + there),
        "ROC AUC": auc,
        "average precision": average,
    }


def _ratio(part: Floats, whole: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(whole > 0, part / whole, np.nan)


def _rank_scores(is_: Any, probability: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return area under the ROC curve and average precision; ties count as one threshold."""
    order = np.argsort(-probability, kind="stable")
    ranked = probability[order]
    starts = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]])
    drawn = weights[:, order]
    positive = np.add.reduceat(drawn * is_[order], starts, axis=1)
    negative = np.add.reduceat(drawn, starts, axis=1) - positive
    above, wrong = positive.cumsum(axis=1), negative.cumsum(axis=1)
    pairs = (negative * (above - positive / 2)).sum(axis=1)
    auc = _ratio(pairs, above[:, -1] * wrong[:, -1])
    precision = above / np.maximum(above + wrong, 1e-12)
    return auc, _ratio((positive * precision).sum(axis=1), above[:, -1])


def curves(truth: npt.NDArray[np.bool_], probability: Floats) -> pd.DataFrame:
    """Count, at each threshold, what is called positive rightly and wrongly.

    Returns
    -------
    pandas.DataFrame
        Columns ``threshold`` (a picture is called positive above it), ``hits``, ``false_alarms``,
        ``positives``, ``negatives``; from the highest threshold to the lowest.
    """
    order = np.argsort(-probability, kind="stable")
    ranked, is_ = probability[order], truth[order]
    last = np.flatnonzero(np.r_[ranked[1:] != ranked[:-1], True])
    hits, calls = is_.cumsum()[last], last + 1
    # Between two probabilities, so that rounding does not decide; the last calls all positive.
    below = np.r_[ranked[last[1:]], 0.0 if ranked[-1] > 0 else -1e-9]
    between = (ranked[last] + below) / 2
    return pd.DataFrame(
        {
            "threshold": np.r_[1.0, between],
            "hits": np.r_[0, hits],
            "false_alarms": np.r_[0, calls - hits],
            "positives": int(is_.sum()),
            "negatives": int((~is_).sum()),
        }
    )


def roc_table(points: pd.DataFrame) -> pd.DataFrame:
    """Return the ROC curve of what `curves` counted; see `Evaluation.roc`."""
    low, high = wilson(points["hits"], points["positives"])
    rates = {
        "threshold": points["threshold"],
        "false_positive_rate": points["false_alarms"] / points["negatives"],
        "true_positive_rate": points["hits"] / points["positives"],
    }
    return pd.DataFrame({**rates, "low": low, "high": high})


def precision_recall_table(points: pd.DataFrame) -> pd.DataFrame:
    """Return precision over recall of what `curves` counted; see `Evaluation`."""
    called_some = points.iloc[1:].reset_index(drop=True)
    hits = called_some["hits"]
    called = hits + called_some["false_alarms"]
    low, high = wilson(hits, called)
    shares = {
        "threshold": called_some["threshold"],
        "recall": hits / called_some["positives"],
        "precision": hits / called,
    }
    return pd.DataFrame({**shares, "low": low, "high": high})
