"""Findings: suspected defects, one table row each, and where they are measured."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

import pandas as pd

from dcwidgets.curation.measures import Measures, measure_pictures
from dcwidgets.imageset import ImageSet

ISSUES = (
    "unreadable",
    "exact_duplicate",
    "near_duplicate",
    "leak",
    "dark",
    "light",
    "blurry",
    "low_information",
    "odd_size",
    "odd_aspect_ratio",
    "grayscale",
    "outlier",
    "imbalance",
    "spurious",
)
COLUMNS = ("id", "issue", "score", "other", "evidence")


class Audited(Protocol):
    """An audit: images whose pictures have been measured already."""

    @property
    def images(self) -> ImageSet:
        """The images that were audited."""
        ...

    @property
    def measured(self) -> Measures:
        """What was read off their pictures."""
        ...


def measured(source: ImageSet | Audited) -> tuple[ImageSet, Measures]:
    """Return images with their measures; an audit is not decoded again."""
    if isinstance(source, ImageSet):
        return source, measure_pictures(source, progress=False)
    if hasattr(source, "measured"):
        return source.images, source.measured
    raise TypeError(
        f"Expected an image set or an audit, got {type(source).__name__}. "
        "`dcw.load` gives the first, `dcw.audit` the second."
    )


def findings(
    issue: str,
    ids: Iterable[Any],
    score: Iterable[float],
    evidence: Iterable[str],
    *,
    other: Iterable[Any] | None = None,
) -> pd.DataFrame:
    """Make a table of findings, worst first.

    Parameters
    ----------
    issue : str
        One name for all.
    ids, other : iterable of str
        The images and, for pairs, their partners; missing where a finding is about no one image.
    score : iterable of float
        0 to 1, low is bad.
    evidence : iterable of str
        One readable sentence each.

    Returns
    -------
    pandas.DataFrame of shape (n_findings, 5)
        Columns id, issue, score, other, evidence.
    """
    columns = {"id": ids, "score": score, "other": other, "evidence": evidence}
    rows = {name: None if values is None else list(values) for name, values in columns.items()}
    table = pd.DataFrame(rows).astype({"score": float})
    table["issue"] = issue
    text = {"id": "str", "other": "str", "issue": "str", "evidence": "str"}
    ordered = table.sort_values("score", kind="stable", ignore_index=True)
    return ordered[list(COLUMNS)].astype(text)


def check_share(name: str, value: float) -> None:
    """Raise a ValueError unless a threshold lies between 0 and 1, both excluded."""
    if not 0 < value < 1:
        raise ValueError(f"{name} must lie between 0 and 1, both excluded, got {value!r}.")
