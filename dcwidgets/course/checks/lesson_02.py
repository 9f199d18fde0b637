"""Checks of lesson 02."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from dcwidgets.course.checks import register
from dcwidgets.curation.copies import duplicate_groups
from dcwidgets.imageset import ImageSet

if TYPE_CHECKING:
    from dcwidgets.course.run import Run

_SHARES = {"train": 0.8, "validation": 0.1, "test": 0.1}
# Whole groups rarely fit a share to the last picture.
_TOLERANCE = 0.02


@register("02-split")
def _(answer: Any, run: Run) -> str | None:
    if not isinstance(answer, ImageSet):
        return "Hand in an image set: what run.images.split(...) returns."
    return _same_pictures(answer, run.images) or _shares(answer) or _leaks(answer, run.images)


def _same_pictures(dealt: ImageSet, images: ImageSet) -> str | None:
    before, after = images.table["label"], dealt.table["label"]
    if set(after.index) != set(before.index):
        return (
            f"There were {len(before):,} pictures and now there are {len(after):,}, or others: "
            "deal all of run.images and drop nothing."
        )
    if not after.reindex(before.index).equals(before):
        return "Some labels have changed: only the split may change."
    return None


def _shares(dealt: ImageSet) -> str | None:
    shares = dealt.table["split"].value_counts(normalize=True).sort_index().to_dict()
    if set(shares) == set(_SHARES) and all(
        abs(shares[split] - share) <= _TOLERANCE for split, share in _SHARES.items()
    ):
        return None
    found = ", ".join(f"{split} {share:.0%}" for split, share in shares.items())
    return f"The parts are {found}; wanted are train 80%, validation 10%, test 10%."


def _leaks(dealt: ImageSet, images: ImageSet) -> str | None:
    groups = _groups(images).loc[dealt.table.index]
    parts = dealt.table["split"].groupby(groups).unique()
    torn = parts[parts.str.len() > 1]
    if torn.empty:
        return None
    names = dealt.table.loc[groups[groups == torn.index[0]].index, "filename"]
    return (
        f"Pictures that still have a copy in another part: {len(torn):,}. "
        f"One of them: {names.iloc[0]} in {' and '.join(torn.iloc[0])}."
    )


@lru_cache(maxsize=1)
def _groups(images: ImageSet) -> pd.Series[str]:
    """Decode the pictures once: a learner tries more than one answer."""
    return duplicate_groups(images)
