"""Slices: how good a model is for whom, and which gaps are more than luck."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import chi2_contingency, hypergeom

from dcwidgets.evaluation.groups import MOST_VALUES, as_groups, grouping
from dcwidgets.intervals import wilson
from dcwidgets.training import SMALLEST_SLICE, slice_name

SLICE_COLUMNS = ("slice", "n", "errors", "accuracy", "low", "high", "p_value", "adjusted")


def by(table: pd.DataFrame, columns: str | Sequence[str]) -> pd.DataFrame:
    """Return accuracy by group; see `Evaluation.by`."""
    from fairlearn.metrics import MetricFrame, count

    groups = grouping(table, columns)
    frame = MetricFrame(
        metrics={"n": count, "accuracy": _accuracy},
        y_true=table["label"].astype(str),
        y_pred=table["predicted"].astype(str),
        sensitive_features=groups,
    )
    found = frame.by_group.dropna(subset="n")
    found = found[found["n"] > 0].astype({"n": int, "accuracy": float})
    low, high = wilson(np.round(found["n"] * found["accuracy"]), found["n"])
    return found.assign(low=low, high=high, small=found["n"] < SMALLEST_SLICE)


def _accuracy(truth: Any, predicted: Any) -> float:
    return float(np.mean(np.asarray(truth) == np.asarray(predicted)))


def disparity(table: pd.DataFrame, column: str, positive: str) -> pd.DataFrame:
    """Return the widest gap of each rate between groups; see `Evaluation.disparity`."""
    from fairlearn.metrics import (
        MetricFrame,
        false_positive_rate,
        selection_rate,
        true_positive_rate,
    )

    groups = grouping(table, column)[column]
    large = groups.map(groups.value_counts()) >= SMALLEST_SLICE
    if groups[large].nunique() < 2:
        raise ValueError(
            f"Fewer than two values of {column!r} have {SMALLEST_SLICE} pictures: there is nothing "
            f"to compare. Pictures by value: {groups.value_counts().to_dict()}."
        )
    rates = {
        "accuracy": _accuracy,
        "selection rate": selection_rate,
        "true positive rate": true_positive_rate,
        "false positive rate": false_positive_rate,
    }
    truth, said = (table.loc[large, name] == positive for name in ("label", "predicted"))
    right = table.loc[large, "correct"]
    frame = MetricFrame(
        metrics=rates, y_true=truth, y_pred=said, sensitive_features=groups[large]
    ).by_group.drop(columns="accuracy")
    frame.insert(0, "accuracy", right.groupby(groups[large]).mean())
    events = {
        "accuracy": (right, right.notna()),
        "selection rate": (said, right.notna()),
        "true positive rate": (said, truth),
        "false positive rate": (said, ~truth),
    }
    rows = [_gap(frame[name].astype(float), *events[name], groups[large]) for name in rates]
    return pd.DataFrame(rows, index=pd.Index(list(rates), name="rate"))


def _gap(
    rates: pd.Series, event: pd.Series, among: pd.Series, groups: pd.Series
) -> dict[str, object]:
    counts = pd.crosstab(groups[among], event[among])
    testable = counts.shape[0] > 1 and counts.shape[1] > 1
    return {
        "lowest": rates.min(),
        "for": rates.idxmin(),
        "highest": rates.max(),
        "and": rates.idxmax(),
        "difference": rates.max() - rates.min(),
        "p_value": float(chi2_contingency(counts)[1]) if testable else 1.0,
    }


def weak_slices(
    table: pd.DataFrame, columns: Sequence[str], *, alpha: float, smallest: int
) -> pd.DataFrame:
    """Return slices in which errors are too many for luck; see `Evaluation.weak_slices`."""
    wrong = ~table["correct"].to_numpy(bool)
    kept, masks = _distinct(_candidates(table, columns, smallest))
    if not kept:
        return pd.DataFrame(columns=[*SLICE_COLUMNS])
    member = np.stack(masks)
    n, errors = member.sum(axis=1), (member & wrong).sum(axis=1)
    p_value = hypergeom.sf(errors - 1, len(table), int(wrong.sum()), n)
    low, high = wilson(n - errors, n)
    found = pd.DataFrame(
        {
            "slice": kept,
            "n": n,
            "errors": errors,
            "accuracy": 1 - errors / n,
            "low": low,
            "high": high,
            "p_value": p_value,
            "adjusted": holm(p_value),
        }
    )
    weak = np.flatnonzero(found["adjusted"] <= alpha)
    strongest = weak[np.argsort(p_value[weak], kind="stable")]
    kept_rows = _unexplained(strongest.tolist(), member, wrong)
    return found.iloc[kept_rows].sort_values("accuracy", kind="stable").reset_index(drop=True)


def _candidates(
    table: pd.DataFrame, columns: Sequence[str], smallest: int
) -> Iterator[tuple[str, npt.NDArray[np.bool_]]]:
    """Yield each class, each value and each conjunction of two, wide ones first."""
    texts = {name: as_groups(table[name]) for name in columns}
    usable = {name: text for name, text in texts.items() if 1 < text.nunique() <= MOST_VALUES}
    usable = {"label": table["label"].astype(str), **usable}
    for name, text in usable.items():
        for value in sorted(text.unique()):
            mask = (text == value).to_numpy()
            if mask.sum() >= smallest:
                yield value if name == "label" else f"{name}={value}", mask
    for one, other in combinations(usable, 2):
        joint = pd.MultiIndex.from_arrays([usable[one], usable[other]])
        codes, pairs = pd.factorize(joint, sort=True)
        for number in np.flatnonzero(np.bincount(codes) >= smallest):
            first, second = pairs[int(number)]
            named = first if one == "label" else f"{one}={first}"
            yield slice_name(named, other, second), codes == number


def _distinct(
    candidates: Iterator[tuple[str, npt.NDArray[np.bool_]]],
) -> tuple[list[str], list[npt.NDArray[np.bool_]]]:
    """Leave out slices that hold the same pictures as a wider name: they are looked at once."""
    seen: dict[bytes, tuple[str, npt.NDArray[np.bool_]]] = {}
    for name, mask in candidates:
        seen.setdefault(np.packbits(mask).tobytes(), (name, mask))
    found = [(name, mask) for name, mask in seen.values() if not mask.all()]
    return [name for name, _ in found], [mask for _, mask in found]


def _unexplained(
    strongest: list[int], member: npt.NDArray[np.bool_], wrong: npt.NDArray[np.bool_]
) -> list[int]:
    """Leave out slices that are weak only for what a stronger finding holds already.

    A slice inside a stronger one has to be worse than that; one that shares pictures with it
    has to be weak without them.
    """
    kept: list[int] = []
    for row in strongest:
        around = [each for each in kept if not (member[row] & ~member[each]).any()]
        beside = [each for each in kept if each not in around]
        free = np.asarray(~member[beside].any(axis=0), bool)
        if all(_worse(member[row], member[each], wrong) for each in around) and _worse(
            member[row] & free, free, wrong
        ):
            kept.append(row)
    return kept


def _worse(
    part: npt.NDArray[np.bool_], whole: npt.NDArray[np.bool_], wrong: npt.NDArray[np.bool_]
) -> bool:
    seen, errors = int((part & wrong).sum()), int((whole & wrong).sum())
    return bool(hypergeom.sf(seen - 1, int(whole.sum()), errors, int(part.sum())) <= 0.05)


def holm(p_values: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.floating[Any]]:
    """Adjust p-values for looking at all of them, whatever hangs together.

    Notes
    -----
    S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
    Statistics 6 (1979).
    """
    order = np.argsort(p_values, kind="stable")
    steps = np.maximum.accumulate(p_values[order] * np.arange(len(p_values), 0, -1))
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(steps, 1)
    return adjusted
