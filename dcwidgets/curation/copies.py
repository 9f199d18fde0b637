"""Copies of pictures within a set and across its splits."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dcwidgets.curation.duplicates import (
    HASH_BITS,
    connected,
    equal_pairs,
    likeness,
    near_pairs,
    perceptual_hashes,
)
from dcwidgets.curation.findings import Audited, findings, measured
from dcwidgets.curation.measures import Measures
from dcwidgets.imageset import ImageSet

PAIR_COLUMNS = ("id", "other", "distance", "likeness", "kind")
MAX_DISTANCE = 10
# Copies that were scaled by 0.5, encoded at quality 30 or brightened by 10 % correlate with 0.98
# and more, cropped by 2 % with 0.89; of different pictures with close hashes, photographs stay
# below 0.7 and drawings, but for one in a thousand, below 0.88.
MIN_LIKENESS = 0.9
# A picture of one colour has a hash of noise.
_MIN_CONTRAST = 0.02
_PARTNERS = 50
# Of two copies the one in a split that measures is kept.
_KEPT = {"gold": 3, "test": 2, "validation": 1, "valid": 1, "val": 1, "dev": 1, "train": -1}


def find_exact_duplicates(images: ImageSet | Audited) -> pd.DataFrame:
    """Find pictures with the same bytes or the same pixels.

    Parameters
    ----------
    images : ImageSet or Audit
        An audit is not decoded again.

    Returns
    -------
    pandas.DataFrame of shape (n_pairs, 5)
        Columns id, issue, score, other, evidence. Dropping every ``id`` leaves one picture of
        each group: that in a split that measures (gold, test, validation), else the first.
    """
    return duplicate_findings(images, copy_pairs(images), "exact")


def find_near_duplicates(
    images: ImageSet | Audited,
    *,
    max_distance: int = MAX_DISTANCE,
    min_likeness: float = MIN_LIKENESS,
) -> pd.DataFrame:
    """Find pictures that are changed copies of others: resized, encoded anew, brightened.

    Parameters
    ----------
    images : ImageSet or Audit
        An audit is not decoded again.
    max_distance : int, default 10
        Bits in which two 64-bit perceptual hashes may differ, 0 to 64.
    min_likeness : float, default 0.9
        Correlation of the pixels that a pair must reach, -1 to 1; without it, drawings of one
        scene are taken for copies.

    Returns
    -------
    pandas.DataFrame of shape (n_pairs, 5)
        Columns id, issue, score, other, evidence; most alike first. ``score`` is the share of
        the hash's bits that differ.

    Raises
    ------
    ValueError
        If a limit is out of range.
    """
    pairs = copy_pairs(images, max_distance=max_distance, min_likeness=min_likeness)
    return duplicate_findings(images, pairs, "near")


def find_leaks(images: ImageSet | Audited) -> pd.DataFrame:
    """Find copies of one picture that lie in different splits.

    Parameters
    ----------
    images : ImageSet or Audit
        An audit is not decoded again.

    Returns
    -------
    pandas.DataFrame of shape (n_pairs, 5)
        Columns id, issue, score, other, evidence. ``id`` is the copy to drop, ``other`` that
        in the split that measures.
    """
    return leak_findings(images, copy_pairs(images))


def duplicate_groups(images: ImageSet | Audited) -> pd.Series[str]:
    """Group pictures with their copies, for splitting without leaks.

    Parameters
    ----------
    images : ImageSet or Audit
        An audit is not decoded again.

    Returns
    -------
    pandas.Series of shape (n_images,)
        By id: the id of the first picture of the group, its own if it has no copy.

    Examples
    --------
    >>> fair = pets.split(train=0.8, test=0.2, group=dcw.duplicate_groups(pets))
    """
    pairs = copy_pairs(images)
    ids = _table(images).index
    first = connected(
        len(ids), ids.get_indexer(pd.Index(pairs["id"])), ids.get_indexer(pd.Index(pairs["other"]))
    )
    return pd.Series(ids[first], index=ids, name="group", dtype="str")


def copy_pairs(
    images: ImageSet | Audited,
    *,
    max_distance: int = MAX_DISTANCE,
    min_likeness: float = MIN_LIKENESS,
) -> pd.DataFrame:
    """Find every pair of copies.

    Parameters
    ----------
    images : ImageSet or Audit
        An audit is not decoded again, and its pairs are taken where the limits are the same.
    max_distance : int, default 10
        Bits in which two hashes may differ, 0 to 64.
    min_likeness : float, default 0.9
        Correlation of the pixels that a pair must reach.

    Returns
    -------
    pandas.DataFrame of shape (n_pairs, 5)
        ``id``, ``other`` (the one to keep), ``distance`` (bits), ``likeness`` (correlation) and
        ``kind`` (``"exact"`` or ``"near"``); closest first. Of more than 20 exact copies each is
        paired with the first only.

    Raises
    ------
    ValueError
        If a limit is out of range.
    """
    if not -1 <= min_likeness <= 1:
        raise ValueError(f"min_likeness is a correlation, -1 to 1; got {min_likeness!r}.")
    known = getattr(images, "pairs", None)
    if known is not None and (max_distance, min_likeness) == (MAX_DISTANCE, MIN_LIKENESS):
        return known.copy()
    return search_pairs(*measured(images), max_distance=max_distance, min_likeness=min_likeness)


def search_pairs(
    images: ImageSet,
    measures: Measures,
    *,
    max_distance: int = MAX_DISTANCE,
    min_likeness: float = MIN_LIKENESS,
) -> pd.DataFrame:
    """Find every pair of copies among measured pictures; see `copy_pairs`."""
    hashes = perceptual_hashes(measures.thumbnails)
    first, second = _candidates(measures, hashes, max_distance)
    exact = measures.pixel_digest[first] == measures.pixel_digest[second]
    alike = np.where(exact, 1, likeness(measures.thumbnails, first, second))
    distance = np.where(exact, 0, np.bitwise_count(hashes[first] ^ hashes[second]))
    worse, better = _oriented(images, first, second)
    ids = images.table.index
    table = pd.DataFrame(
        {
            "id": ids[worse],
            "other": ids[better],
            "distance": distance.astype(int),
            "likeness": alike.astype(float),
            "kind": np.where(exact, "exact", "near"),
        }
    )[alike >= min_likeness]
    by = ["kind", "distance", "likeness"]
    return table.sort_values(by, ascending=[True, True, False], kind="stable", ignore_index=True)


def _candidates(
    measures: Measures, hashes: NDArray[np.uint64], max_distance: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the pairs that are exact copies or have close hashes, first before second."""
    readable = np.flatnonzero(measures.readable)
    one, other = equal_pairs(measures.pixel_digest[readable])
    exact = readable[one] * len(hashes) + readable[other]
    seen = np.flatnonzero(measures.readable & (measures.table["contrast"] >= _MIN_CONTRAST))
    close = near_pairs(hashes[seen], max_distance=max_distance, partners=_PARTNERS)
    near = seen[close.first] * len(hashes) + seen[close.second]
    codes = np.union1d(exact, near)
    return np.divmod(codes, max(len(hashes), 1))


def _oriented(
    images: ImageSet, first: NDArray[np.int64], second: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Put the picture to keep second: that in a split that measures, else the earlier one."""
    splits = images.table["split"].astype(object)
    rank = splits.map(lambda split: _KEPT.get(str(split).lower(), 0)).to_numpy(int)
    swap = rank[first] >= rank[second]
    return np.where(swap, second, first), np.where(swap, first, second)


def duplicate_findings(images: ImageSet | Audited, pairs: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Turn pairs of one kind, ``"exact"`` or ``"near"``, into findings."""
    chosen = pairs[pairs["kind"] == kind]
    names = _table(images)["filename"].loc[chosen["other"]]
    evidence = [f"{what} {name}." for what, name in zip(_likeness(chosen), names, strict=True)]
    score = chosen["distance"] / HASH_BITS
    return findings(f"{kind}_duplicate", chosen["id"], score, evidence, other=chosen["other"])


def leak_findings(images: ImageSet | Audited, pairs: pd.DataFrame) -> pd.DataFrame:
    """Turn the pairs that lie in different splits into findings."""
    table = _table(images)
    here = table["split"].loc[pairs["id"]].to_numpy()
    there = table["split"].loc[pairs["other"]].to_numpy()
    across = here != there
    chosen = pairs[across]
    names = table["filename"].loc[chosen["other"]]
    parts = zip(here[across], _likeness(chosen), names, there[across], strict=True)
    evidence = [
        f"This one is in {own}; {what[0].lower()}{what[1:]} {name} in {split}."
        for own, what, name, split in parts
    ]
    score = chosen["distance"] / HASH_BITS
    return findings("leak", chosen["id"], score, evidence, other=chosen["other"])


def _table(images: ImageSet | Audited) -> pd.DataFrame:
    return images.table if isinstance(images, ImageSet) else images.images.table


def _likeness(pairs: pd.DataFrame) -> list[str]:
    rows = zip(pairs["kind"], pairs["distance"], pairs["likeness"], strict=True)
    return [
        "Exact copy, pixel by pixel, of"
        if kind == "exact"
        else f"Near copy ({distance} of 64 hash bits differ, pixels correlate {alike:.2f}) of"
        for kind, distance, alike in rows
    ]
