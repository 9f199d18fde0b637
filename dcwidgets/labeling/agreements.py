"""How far annotators agree, and what they say together."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dcwidgets.labeling.merging import Source, common_classes, open_sources
from dcwidgets.labeling.records import Annotated, Record

Interval = tuple[float, float]
SAME_BOX = 0.5
_TIES = 1e-9
_BESIDE = ("id", "share", "box_iou")


@dataclass(frozen=True)
class Agreement:
    """Agreement between annotators; made by `agreement`.

    Attributes
    ----------
    kappa : float
        Agreement beyond chance, 1 at most, 0 at chance: Cohen's for two annotators, Fleiss'
        for more, over the pictures that all of them labelled.
    kappa_interval : tuple of float
        95 % interval from drawing pictures again (bootstrap).
    alpha : float
        Krippendorff's alpha for names, over all pictures that at least two labelled.
    alpha_interval : tuple of float
        Its 95 % interval.
    share : float
        Share of pairs of labels that are equal, chance included.
    box_iou : float
        Mean overlap (intersection over union) of matching boxes, 0 for a box that only one of
        two annotators drew; missing (NaN) where nobody drew any.
    n : int
        Pictures that at least two annotators labelled.
    names : tuple of str
        The annotators.
    table : pandas.DataFrame
        The disagreements, worst first: ``id``, the label by each annotator, ``share`` (of
        pairs that agree) and ``box_iou``.
    """

    kappa: float
    kappa_interval: Interval
    alpha: float
    alpha_interval: Interval
    share: float
    box_iou: float
    n: int
    names: tuple[str, ...]
    table: pd.DataFrame = field(repr=False, compare=False)

    def __str__(self) -> str:
        """Say the numbers in words."""
        return "\n".join(f"{name}: {value}" for name, value in self._rows())

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th scope='row'>{escape(name)}</th><td>{escape(value)}</td></tr>"
            for name, value in self._rows()
        )
        shown = self.table.to_html(escape=True, index=False, max_rows=12)
        return f"<table>{rows}</table>{shown}"

    def _rows(self) -> list[tuple[str, str]]:
        kappa = "Cohen's kappa" if len(self.names) == 2 else "Fleiss' kappa"
        rows = [
            ("annotators", ", ".join(self.names)),
            ("pictures labelled by two or more", f"{self.n:,}"),
            ("same label", "-" if math.isnan(self.share) else f"{self.share:.0%}"),
            (kappa, _spoken(self.kappa, self.kappa_interval)),
            ("Krippendorff's alpha", _spoken(self.alpha, self.alpha_interval)),
            ("disagreements", f"{len(self.table):,}"),
        ]
        if not math.isnan(self.box_iou):
            rows.insert(5, ("overlap of boxes (IoU)", f"{self.box_iou:.2f}"))
        return rows


def agreement(stores: Sequence[Source], *, draws: int = 1000, seed: int = 0) -> Agreement:
    """Measure how far annotators agree.

    Parameters
    ----------
    stores : sequence of AnnotationStore, Annotations or path
        One per annotator, at least two; skipped pictures do not count.
    draws : int, default 1000
        Times the pictures are drawn again for the intervals, at least 1.
    seed : int, default 0
        Seed of these draws.

    Returns
    -------
    Agreement

    Raises
    ------
    ValueError
        If there are fewer than two annotators, no picture was labelled by two of them, or
        their class lists contradict each other.

    Notes
    -----
    J. Cohen, "A coefficient of agreement for nominal scales" (1960); J. L. Fleiss, "Measuring
    nominal scale agreement among many raters" (1971); K. Krippendorff, "Content analysis"
    (2004), chapter 11.
    """
    named = open_sources(stores)
    # These are columns of the table beside the annotators.
    named = {f"{n} (annotator)" if n in _BESIDE else n: source for n, source in named.items()}
    if len(named) < 2 or draws < 1:
        raise ValueError(
            "Agreement needs at least two annotators and one draw, "
            f"got {len(named)} and draws={draws!r}."
        )
    classes = common_classes(named)
    seen = [seen_by(source) for source in named.values()]
    labels = label_table(list(named), seen)
    shared = labels[labels.notna().sum(axis=1) >= 2]
    overlaps = _overlaps(seen)
    if shared.empty and not overlaps:
        raise ValueError(
            f"No picture was labelled by two of {', '.join(named)}. "
            "Let them label some of the same pictures."
        )
    counts = label_counts(shared, classes)
    codes = class_numbers(shared, classes)
    whole = codes[(codes >= 0).all(axis=1)]
    kappa = cohen_kappa if len(named) == 2 else fleiss_kappa
    rated = whole if len(named) == 2 else tally(whole, len(classes))
    return Agreement(
        kappa=kappa(rated),
        kappa_interval=_bootstrap(kappa, rated, draws, seed),
        alpha=krippendorff_alpha(counts),
        alpha_interval=_bootstrap(krippendorff_alpha, counts, draws, seed),
        share=float(_shares(counts).mean()) if len(counts) else math.nan,
        box_iou=_mean([one for found in overlaps.values() for one in found]),
        n=len(shared),
        names=tuple(named),
        table=_disagreements(labels, shared, counts, overlaps),
    )


def cohen_kappa(codes: NDArray[np.int64]) -> float:
    """Return Cohen's kappa of class numbers, shape (n, 2); NaN for no pictures.

    Where chance alone would make both agree always, agreement says nothing: NaN.
    """
    if not len(codes):
        return math.nan
    size = int(codes.max()) + 1
    table = np.bincount(codes[:, 0] * size + codes[:, 1], minlength=size * size)
    shares = table.reshape(size, size) / len(codes)
    expected = float(shares.sum(axis=1) @ shares.sum(axis=0))
    return _beyond_chance(float(np.trace(shares)), expected)


def fleiss_kappa(counts: NDArray[np.int64]) -> float:
    """Return Fleiss' kappa of counts per picture and class, each row with the same sum."""
    if not len(counts):
        return math.nan
    shares = counts.sum(axis=0) / counts.sum()
    return _beyond_chance(float(_shares(counts).mean()), float((shares**2).sum()))


def krippendorff_alpha(counts: NDArray[np.int64]) -> float:
    """Return Krippendorff's alpha for names, of counts per picture and class.

    Pictures with fewer than two labels do not count.
    """
    raters = counts.sum(axis=1)
    counts, raters = counts[raters >= 2], raters[raters >= 2]
    total = counts.sum()
    if not len(counts):
        return math.nan
    agreeing = ((counts * (counts - 1)).sum(axis=1) / (raters - 1)).sum() / total
    of_class = counts.sum(axis=0)
    expected = float((of_class * (of_class - 1)).sum() / (total * (total - 1)))
    return _beyond_chance(float(agreeing), expected)


def iou(one: dict[str, float], other: dict[str, float]) -> float:
    """Return the intersection over union of two boxes with x, y, w, h."""
    width = min(one["x"] + one["w"], other["x"] + other["w"]) - max(one["x"], other["x"])
    height = min(one["y"] + one["h"], other["y"] + other["h"]) - max(one["y"], other["y"])
    common = max(width, 0.0) * max(height, 0.0)
    return common / (one["w"] * one["h"] + other["w"] * other["h"] - common)


def _spoken(value: float, interval: Interval) -> str:
    if math.isnan(value):
        return "-"
    return f"{value:.2f} (95 % interval {interval[0]:.2f} to {interval[1]:.2f})"


def seen_by(source: Annotated) -> dict[str, Record]:
    """Return the records of the pictures an annotator did not skip, by id."""
    return {r["id"]: r for r in source.records() if r["status"] != "skipped"}


def label_table(names: Sequence[str], seen: Sequence[dict[str, Record]]) -> pd.DataFrame:
    """Return labels by id, one column per annotator."""
    columns = {
        name: pd.Series({id_: r["label"] for id_, r in records.items()}, dtype=object)
        for name, records in zip(names, seen, strict=True)
    }
    return pd.DataFrame(columns, dtype=object)


def class_numbers(labels: pd.DataFrame, classes: Sequence[str]) -> NDArray[np.int64]:
    """Return class numbers, -1 where there is no label."""
    known = pd.Index(list(classes))
    columns = [known.get_indexer(pd.Index(labels[name])) for name in labels]
    return np.stack(columns, axis=1).astype(np.int64)


def tally(codes: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """Count the labels of each picture by class."""
    return (codes[:, :, None] == np.arange(size)).sum(axis=1)


def label_counts(labels: pd.DataFrame, classes: Sequence[str]) -> NDArray[np.int64]:
    """Count the labels of each picture by class, shape (n_pictures, n_classes)."""
    return tally(class_numbers(labels, classes), len(classes))


def _shares(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the share of equal pairs of labels of each picture."""
    raters = counts.sum(axis=1)
    return (counts * (counts - 1)).sum(axis=1) / (raters * (raters - 1))


def _beyond_chance(observed: float, expected: float) -> float:
    return math.nan if expected > 1 - _TIES else (observed - expected) / (1 - expected)


def _bootstrap(
    statistic: Callable[[NDArray[np.int64]], float],
    rows: NDArray[np.int64],
    draws: int,
    seed: int,
) -> Interval:
    """Return the 95 % interval of a statistic over pictures that are drawn again."""
    if not len(rows):
        return (math.nan, math.nan)
    random = np.random.default_rng(seed)
    values = [statistic(rows[random.integers(len(rows), size=len(rows))]) for _ in range(draws)]
    known = [value for value in values if not math.isnan(value)]
    if not known:
        return (math.nan, math.nan)
    low, high = np.quantile(known, [0.025, 0.975])
    return (float(low), float(high))


def _overlaps(seen: Sequence[dict[str, Record]]) -> dict[str, list[float]]:
    """Return the overlap of every box, matched or alone, of every pair of annotators by id."""
    found: dict[str, list[float]] = {}
    for one, other in combinations(seen, 2):
        for id_ in one.keys() & other.keys():
            overlaps = match_boxes(one[id_]["boxes"], other[id_]["boxes"])
            if overlaps:
                found.setdefault(id_, []).extend(overlaps)
    return found


def match_boxes(one: Sequence[dict[str, float]], other: Sequence[dict[str, float]]) -> list[float]:
    """Pair boxes so that they overlap most; a box without a partner overlaps by 0."""
    from scipy.optimize import linear_sum_assignment

    overlaps = np.array([[iou(a, b) for b in other] for a in one]).reshape(len(one), len(other))
    rows, columns = linear_sum_assignment(overlaps, maximize=True)
    matched = [float(o) for o in overlaps[rows, columns] if o > 0]
    return matched + [0.0] * (len(one) + len(other) - 2 * len(matched))


def _disagreements(
    labels: pd.DataFrame,
    shared: pd.DataFrame,
    counts: NDArray[np.int64],
    overlaps: dict[str, list[float]],
) -> pd.DataFrame:
    share = pd.Series(_shares(counts), shared.index, dtype=float)
    boxes = pd.Series({id_: _mean(found) for id_, found in overlaps.items()}, dtype=float)
    table = labels.assign(share=share.reindex(labels.index), box_iou=boxes.reindex(labels.index))
    apart = table[(table["share"] < 1) | (table["box_iou"] < SAME_BOX)]
    ordered = apart.sort_values(["share", "box_iou"], kind="stable")
    return ordered.rename_axis("id").reset_index()


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else math.nan
