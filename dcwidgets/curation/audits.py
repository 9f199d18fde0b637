"""Lesson 2: audit an image set, judge the findings, repair what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dcwidgets.curation.associations import find_imbalance, find_spurious
from dcwidgets.curation.copies import (
    duplicate_findings,
    leak_findings,
    search_pairs,
)
from dcwidgets.curation.findings import COLUMNS, ISSUES
from dcwidgets.curation.measures import Measures, measure_pictures
from dcwidgets.curation.outliers import find_outliers
from dcwidgets.curation.quality import (
    find_blurry,
    find_dark,
    find_grayscale,
    find_light,
    find_low_information,
    find_odd_aspect_ratio,
    find_odd_size,
    find_unreadable,
)
from dcwidgets.imageset import ImageSet

if TYPE_CHECKING:
    from distributed import Client

    from dcwidgets.figures import StaticFigure

# Which findings a planted defect should lead to.
_EXPECTED = {
    "unreadable": "unreadable",
    "exact_duplicate": "exact_duplicate",
    "near_duplicate": "near_duplicate",
    "dark": "dark",
    "light": "light",
    "blurry": "blurry",
    "blank": "low_information",
    "off_topic": "outlier",
    "rare_coat": "imbalance",
    "scene_shortcut": "spurious",
    "label": "label",
}
_COPIES = ("exact_duplicate", "near_duplicate")


@dataclass(frozen=True)
class Audit:
    """What one look at every picture of a set has found; made by `audit`.

    Attributes
    ----------
    images : ImageSet
        What was audited.
    findings : pandas.DataFrame of shape (n_findings, 5)
        ``id``, ``issue``, ``score`` (0 to 1, low is bad), ``other`` (partner of a copy, or
        missing), ``evidence`` (one sentence); in the order of the issues, worst first. ``id``
        is missing where a finding is about pictures that are not there.
    pairs : pandas.DataFrame of shape (n_pairs, 5)
        Every pair of copies: ``id``, ``other``, ``distance`` (bits of 64), ``likeness``
        (correlation of the pixels), ``kind`` (``"exact"`` or ``"near"``).
    measured : Measures
        What was read off the pictures, with thumbnails and fingerprints.
    """

    images: ImageSet
    findings: pd.DataFrame
    pairs: pd.DataFrame
    measured: Measures

    @property
    def measures(self) -> pd.DataFrame:
        """Numbers of each picture, indexed by id; see `Measures`."""
        return self.measured.table.copy()

    def __repr__(self) -> str:
        return f"<Audit of {self.images.name} {self.images.version}: {self.describe()}>"

    def _repr_html_(self) -> str:
        return str(
            self.summary().to_html(escape=True, float_format=lambda share: f"{100 * share:.1f} %")
        )

    def summary(self) -> pd.DataFrame:
        """Count the findings of each issue.

        Returns
        -------
        pandas.DataFrame
            Indexed by issue, all that were looked for: ``findings``, ``images`` they are about,
            their ``share`` of all images, and the ``worst`` finding's evidence.
        """
        groups = self.findings.groupby("issue", sort=False)
        result = pd.DataFrame(
            {
                "findings": groups.size(),
                "images": groups["id"].nunique(),
                "worst": groups["evidence"].first(),
            }
        ).reindex(pd.Index(ISSUES, name="issue"))
        counts = result[["findings", "images"]].fillna(0).astype(int)
        share = counts["images"] / max(len(self.images), 1)
        return counts.assign(share=share, worst=result["worst"].fillna(""))

    def describe(self) -> str:
        """Say in one sentence what was found; serves as the text of the picture."""
        summary = self.summary()
        found = summary[summary["findings"] > 0].sort_values("findings", ascending=False)
        parts = ", ".join(f"{issue} {n:,}" for issue, n in found["findings"].items())
        return f"{len(self.findings):,} findings in {len(self.images):,} images: {parts or 'none'}"

    def plot(self) -> StaticFigure:
        """Draw how many findings there are of each issue.

        Returns
        -------
        StaticFigure
            A matplotlib figure that a notebook shows as a cell's last value. `describe` says
            the same in words.
        """
        from dcwidgets.figures import BLUE, StaticFigure

        summary = self.summary()
        figure = StaticFigure(7.5, 0.9 + 0.3 * len(summary), alt=self.describe())
        axes = figure.subplots()
        bars = axes.barh(summary.index, summary["findings"], color=BLUE)
        axes.bar_label(bars, [f"{n:,}" for n in summary["findings"]], padding=3)
        axes.set_xscale("symlog", linthresh=10)
        axes.set_xlim(0, max(20, 3 * summary["findings"].max()))
        axes.invert_yaxis()
        axes.set_xlabel(f"findings in {len(self.images):,} images (logarithmic from 10 on)")
        axes.spines[["top", "right"]].set_visible(False)
        return figure


def audit(
    images: ImageSet,
    *,
    workers: int | None = None,
    client: Client | None = None,
    progress: bool = True,
) -> Audit:
    """Look at every picture once and write down what seems wrong.

    A finding is a question, not a verdict: look before you drop.

    Parameters
    ----------
    images : ImageSet
        Any image set.
    workers : int, optional
        Threads; all cores by default.
    client : distributed.Client, optional
        A cluster that decodes and measures the pictures, part by part, with the same result;
        they must be readable there under the same path.
    progress : bool, default True
        Show a progress bar.

    Returns
    -------
    Audit
        With ``.findings``, ``.summary()``, ``.plot()``, ``.pairs`` and ``.measures``.

    Raises
    ------
    TypeError
        If ``images`` is no image set.
    ValueError
        If ``workers`` is below 1.

    Notes
    -----
    Each picture is decoded once and read by every check. A picture that shows next to nothing
    is not called dark or light as well, and none of these is called an outlier.

    Examples
    --------
    >>> audit = dcw.audit(pets)
    >>> audit.findings.columns.tolist()
    ['id', 'issue', 'score', 'other', 'evidence']
    """
    if not isinstance(images, ImageSet):
        raise TypeError(f"images must be an image set, got {type(images).__name__}; `load` one.")
    measures = measure_pictures(images, workers=workers, client=client, progress=progress)
    pairs = search_pairs(images, measures)
    known = Audit(images, pd.DataFrame(columns=list(COLUMNS)), pairs, measures)
    found = [part for part in _all_findings(known) if len(part)]
    return replace(known, findings=pd.concat([known.findings, *found], ignore_index=True))


def score_findings(found: Audit | pd.DataFrame, key: pd.DataFrame) -> pd.DataFrame:
    """Judge findings by the answer key.

    Parameters
    ----------
    found : Audit or pandas.DataFrame
        An audit, or a table with the columns ``id``, ``issue`` and, for copies, ``other``.
        Only an audit knows the splits, which leaks are about.
    key : pandas.DataFrame
        Indexed by id: ``defect`` and ``other``; see `answer_key`. Rows about images that were
        not audited do not count.

    Returns
    -------
    pandas.DataFrame
        Indexed by issue: ``planted`` defects, ``found`` findings, ``right`` among them,
        ``precision`` (right by found) and ``recall`` (planted defects that were found, by
        planted); missing where nothing was found or planted. Copies count by pairs.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    table = found.findings if isinstance(found, Audit) else found
    _check_scored(table, key)
    images = found.images.table if isinstance(found, Audit) else None
    if images is not None:
        key = key[key.index.isin(images.index)]
    rows = {}
    for issue, planted in _planted(key, images):
        own = table[table["issue"] == issue]
        if issue == "label" and own.empty:  # an audit leaves labels to `find_label_issues`
            continue
        seen = _pair_set(own["id"], own["other"]) if issue in (*_COPIES, "leak") else set(own["id"])
        rows[issue] = (len(planted), len(seen), len(planted & seen))
    counts = pd.DataFrame.from_dict(rows, orient="index", columns=["planted", "found", "right"])
    counts.index.name = "issue"
    return counts.assign(
        precision=counts["right"] / counts["found"].replace(0, np.nan),
        recall=counts["right"] / counts["planted"].replace(0, np.nan),
    )


def _all_findings(known: Audit) -> list[pd.DataFrame]:
    """Return the tables of findings in the order of the issues."""
    empty, dark, light, blurry = (
        find(known) for find in (find_low_information, find_dark, find_light, find_blurry)
    )
    dark, light = (part[~part["id"].isin(empty["id"])] for part in (dark, light))
    explained = pd.concat([empty, dark, light, blurry])["id"]
    return [
        find_unreadable(known),
        duplicate_findings(known, known.pairs, "exact"),
        duplicate_findings(known, known.pairs, "near"),
        leak_findings(known, known.pairs),
        dark,
        light,
        blurry,
        empty,
        find_odd_size(known),
        find_odd_aspect_ratio(known),
        find_grayscale(known),
        find_outliers(known, explained=explained),
        find_imbalance(known),
        find_spurious(known),
    ]


def _planted(key: pd.DataFrame, images: pd.DataFrame | None) -> Iterator[tuple[str, set[object]]]:
    """Yield issue by issue what should be found: ids, or pairs of ids."""
    for defect, issue in _EXPECTED.items():
        rows = key[key["defect"] == defect]
        yield issue, _pair_set(rows.index, rows["other"]) if defect in _COPIES else set(rows.index)
    if images is None:
        return
    copies = key[key["defect"].isin(_COPIES) & key["other"].isin(images.index)]
    split = images["split"]
    across = split.loc[copies.index].to_numpy() != split.loc[copies["other"]].to_numpy()
    leaking = copies[across]
    yield "leak", _pair_set(leaking.index, leaking["other"])


def _pair_set(one: pd.Index[str] | pd.Series[str], other: pd.Series[str]) -> set[object]:
    return {frozenset(pair) for pair in zip(one, other, strict=True)}


def _check_scored(table: pd.DataFrame, key: pd.DataFrame) -> None:
    wanted = [("found", table, ("id", "issue", "other")), ("key", key, ("defect", "other"))]
    for name, frame, columns in wanted:
        missing = [column for column in columns if column not in frame]
        if missing:
            raise ValueError(
                f"{name} needs the columns {', '.join(columns)}; missing: {', '.join(missing)}. "
                "`dcw.audit` makes findings, `dcw.answer_key` the key."
            )
