"""Is a data set complete, accurate and reliable? Tables with intervals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from dcwidgets.curation.copies import copy_pairs, duplicate_groups
from dcwidgets.curation.findings import Audited, findings
from dcwidgets.imageset import ImageSet
from dcwidgets.intervals import wilson

_UNLABELLED = "(none)"


def profile(
    images: ImageSet | Audited, by: str | Sequence[str] = ("split", "label")
) -> pd.DataFrame:
    """Count images by split and class, with what is missing.

    Parameters
    ----------
    images : ImageSet or Audit
        Any image set.
    by : str or sequence of str, default ("split", "label")
        Columns of the table to group by; the share is taken within the first of several.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``by``. ``images``; ``share`` with its 95 % interval ``low`` to ``high``
        (Wilson); median ``width`` and ``height`` in pixels; ``missing``, the share of metadata
        values that are not there.

    Raises
    ------
    ValueError
        If a column does not exist.

    Examples
    --------
    >>> row = dcw.profile(pets).loc["train"]
    """
    source = images if isinstance(images, ImageSet) else images.images
    table, names = source.table, [by] if isinstance(by, str) else list(by)
    _check_columns(table, names)
    table["missing"] = table[source.metadata].isna().mean(axis=1) if source.metadata else 0.0
    table[names] = table[names].astype(object).where(table[names].notna(), _UNLABELLED)
    groups = table.groupby(names, sort=False, observed=True)
    result = groups.agg(
        images=("split", "size"),
        width=("width", "median"),
        height=("height", "median"),
        missing=("missing", "mean"),
    )
    whole = result["images"].groupby(names[0], sort=False).transform("sum")
    total = whole if len(names) > 1 else result["images"].sum()
    low, high = wilson(result["images"], total)
    share = pd.DataFrame({"share": result["images"] / total, "low": low, "high": high})
    return result[["images"]].join(share).join(result[["width", "height", "missing"]])


def completeness(images: ImageSet | Audited) -> pd.DataFrame:
    """Say for each column how many values are there.

    Returns
    -------
    pandas.DataFrame
        Indexed by column: ``present`` and ``missing`` values, ``share`` present with its 95 %
        interval ``low`` to ``high`` (Wilson), ``distinct`` values. A row ``(picture)`` counts
        the pictures that can be decoded if an audit is given.
    """
    source = images if isinstance(images, ImageSet) else images.images
    table = source.table
    rows = pd.DataFrame({"present": table.notna().sum(), "distinct": table.nunique()})
    if not isinstance(images, ImageSet):
        readable = int(images.measured.readable.sum())
        rows.loc["(picture)"] = [readable, len(np.unique(images.measured.pixel_digest))]
    low, high = wilson(rows["present"], len(table))
    rows["missing"] = len(table) - rows["present"]
    rows["share"] = rows["present"] / max(len(table), 1)
    rows["low"], rows["high"] = low, high
    return rows[["present", "missing", "share", "low", "high", "distinct"]]


def label_accuracy(images: ImageSet, checked: pd.Series[str]) -> pd.DataFrame:
    """Estimate how many labels are right from those that somebody has checked.

    Parameters
    ----------
    images : ImageSet
        Any image set.
    checked : pandas.Series
        True class by id, of a random sample; missing where the picture shows none.

    Returns
    -------
    pandas.DataFrame
        Indexed by the class that was written down, and ``(all)``: labels ``checked``, of them
        ``right``; ``accuracy`` with its 95 % interval ``low`` to ``high`` (Wilson).

    Raises
    ------
    ValueError
        If an id is not in the set, or nothing was checked.
    """
    ids = images.known(checked.index)
    if not ids:
        raise ValueError("checked is empty: look at some pictures and give their true classes.")
    given = images.table["label"].loc[ids]
    right = given.astype(object).to_numpy() == checked.astype(object).to_numpy()
    frame = pd.DataFrame({"label": given.to_numpy(), "right": right}).dropna(subset="label")
    groups = frame.groupby("label")["right"].agg(["size", "sum"]).reindex(images.classes)
    counts = groups.fillna(0).astype(int)
    counts.loc["(all)"] = counts.sum()
    return _shares(counts.set_axis(["checked", "right"], axis=1), "accuracy")


def label_reliability(images: ImageSet | Audited) -> pd.DataFrame:
    """Ask whether the same picture always got the same label.

    Parameters
    ----------
    images : ImageSet or Audit
        An audit is not decoded again.

    Returns
    -------
    pandas.DataFrame of shape (1, 5)
        ``groups`` of copies with at least two labels written down; ``agreeing`` groups, their
        ``share`` with its 95 % interval ``low`` to ``high`` (Wilson).
    """
    source = images if isinstance(images, ImageSet) else images.images
    labels = source.table["label"].dropna()
    groups = labels.groupby(duplicate_groups(images).loc[labels.index])
    repeated = groups.nunique()[groups.size() > 1]
    counts = {"groups": [len(repeated)], "agreeing": [int((repeated == 1).sum())]}
    return _shares(pd.DataFrame(counts, index=["copies"]), "share")


def label_conflicts(images: ImageSet | Audited) -> pd.DataFrame:
    """Find copies of one picture with different labels: one of them must be wrong.

    Parameters
    ----------
    images : ImageSet or Audit
        An audit is not decoded again.

    Returns
    -------
    pandas.DataFrame of shape (n_pairs, 5)
        Columns id, issue (``"label"``), score, other, evidence.
    """
    source = images if isinstance(images, ImageSet) else images.images
    pairs, label = copy_pairs(images), source.table["label"]
    own, others = label.loc[pairs["id"]].to_numpy(), label.loc[pairs["other"]].to_numpy()
    differ = pd.notna(own) & pd.notna(others) & (own != others)
    chosen = pairs[differ]
    evidence = [
        f"Labelled {one}, while its {kind} copy is labelled {two}."
        for one, kind, two in zip(own[differ], chosen["kind"], others[differ], strict=True)
    ]
    score = chosen["distance"] / 64
    return findings("label", chosen["id"], score, evidence, other=chosen["other"])


def _shares(counts: pd.DataFrame, name: str) -> pd.DataFrame:
    """Add the share of the second column in the first, with its interval."""
    total, hits = counts.iloc[:, 0], counts.iloc[:, 1]
    low, high = wilson(hits, total)
    shares = pd.DataFrame({name: hits / total.where(total > 0), "low": low, "high": high})
    return counts.join(shares)


def _check_columns(table: pd.DataFrame, names: Sequence[str]) -> None:
    missing = [name for name in names if name not in table]
    if missing or not names:
        raise ValueError(
            f"by must name columns of the table, got {missing[0] if missing else names!r}. "
            f"Columns are: {', '.join(map(str, table))}."
        )
