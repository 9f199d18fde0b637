"""Reasons of an error: the training pictures that look most alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from dcwidgets.descriptors import describe
from dcwidgets.training import readable, train_part

if TYPE_CHECKING:
    from dcwidgets.imageset import ImageSet

COLUMNS = ("id", "role", "rank", "neighbour", "label", "distance", "reason")


def shared_features(test: ImageSet, train: ImageSet) -> pd.DataFrame:
    """Describe both sets by the same numbers, by id; pictures that do not decode are left out."""
    sets = [readable(each, 64)[1] for each in (test, train)]
    ours, theirs = describe(*sets)
    parts = [pd.DataFrame(ours, sets[0].table.index), pd.DataFrame(theirs, sets[1].table.index)]
    both = pd.concat(parts)
    return both[~both.index.duplicated()]


def neighbours(
    ids: Sequence[str], labels: pd.Series, train: ImageSet, features: pd.DataFrame, k: int
) -> pd.DataFrame:
    """Return the nearest training pictures, any and of other classes; see `Evaluation.nearest`."""
    if k < 1:
        raise ValueError(f"k must be at least 1, got {k!r}.")
    lacking = [id_ for id_ in ids if id_ not in features.index]
    if lacking:
        raise ValueError(f"{len(lacking)} pictures have no features, such as {lacking[0]!r}.")
    known = train_part(train).table["label"].dropna()
    known = known[known.index.isin(features.index)]
    if known.empty:
        raise ValueError("No training picture has a label and features. Look at `train.table`.")
    apart = _distances(
        features.loc[list(ids)].to_numpy(float), features.loc[known.index].to_numpy(float)
    )
    rows: list[dict[str, Any]] = []
    for id_, distances in zip(ids, apart, strict=True):
        near = pd.DataFrame({"label": known, "distance": distances}).drop(
            index=id_, errors="ignore"
        )
        rows += _of_one(id_, str(labels[id_]), near.sort_values("distance", kind="stable"), k)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _distances(
    ours: npt.NDArray[np.floating[Any]], theirs: npt.NDArray[np.floating[Any]]
) -> npt.NDArray[np.floating[Any]]:
    from sklearn.metrics import pairwise_distances

    return pairwise_distances(ours, theirs)


def _of_one(id_: str, label: str, near: pd.DataFrame, k: int) -> Iterator[dict[str, Any]]:
    roles = {"nearest": near.head(k), "other class": near[near["label"] != label].head(k)}
    reason = _reason(label, near, k)
    for role, rows in roles.items():
        for rank, (neighbour, row) in enumerate(rows.iterrows(), 1):
            yield {
                "id": id_,
                "role": role,
                "rank": rank,
                "neighbour": neighbour,
                **row,
                "reason": reason,
            }


def _reason(label: str, near: pd.DataFrame, k: int) -> str:
    """Say in a sentence what the neighbours tell."""
    closest, is_own = near.head(k), near["label"] == label
    alike = int((closest["label"] == label).sum())
    text = f"{alike} of the {len(closest)} most similar training pictures are {label}"
    if len(closest) == 1:
        text = f"The most similar training picture is {'' if alike else 'not '}{label}"
    own, other = near.loc[is_own, "distance"], near.loc[~is_own, "distance"]
    if own.empty or other.empty or own.iloc[0] <= other.iloc[0]:
        return f"{text}."
    times = own.iloc[0] / max(other.iloc[0], 1e-9)
    return f"{text}; the nearest {label} is {times:.2f} times as far as the nearest other one."
