"""Pictures that are hard to learn from: dark, light, blurry, empty, odd in size or colour."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dcwidgets.curation.findings import Audited, check_share, findings, measured
from dcwidgets.imageset import ImageSet

Values = NDArray[np.float64]
# Sharpness from which a picture counts as sharp without doubt; the score reaches 1 there.
_SHARP = 0.5


def find_unreadable(images: ImageSet | Audited) -> pd.DataFrame:
    """Find pictures that cannot be decoded.

    Parameters
    ----------
    images : ImageSet or Audit
        An audit is not decoded again.

    Returns
    -------
    pandas.DataFrame of shape (n_findings, 5)
        Columns id, issue, score, other, evidence; ``score`` is 0.
    """
    _, measures = measured(images)
    problems = measures.table["problem"].dropna()
    evidence = [f"Cannot be decoded: {problem}." for problem in problems]
    return findings("unreadable", problems.index, np.zeros(len(problems)), evidence)


def find_dark(images: ImageSet | Audited, *, threshold: float = 0.32) -> pd.DataFrame:
    """Find pictures too dark to label with confidence.

    Parameters
    ----------
    images : ImageSet or Audit
        An audit is not decoded again.
    threshold : float, default 0.32
        Luma between 0 (black) and 1 (white), both excluded.

    Returns
    -------
    pandas.DataFrame of shape (n_findings, 5)
        Columns id, issue, score, other, evidence; darkest first. ``score`` is the luma that
        99 % of the pixels stay below.

    Raises
    ------
    ValueError
        If ``threshold`` is outside (0, 1).

    Notes
    -----
    The 99th percentile, not the mean: a black cat at noon is not a dark picture. Measure and
    threshold are those of CleanVision, https://github.com/cleanlab/cleanvision.
    """
    _check_grey(threshold)
    return _below(
        "dark",
        images,
        threshold,
        lambda table: _column(table, "brightest"),
        "99 % of the pixels are darker than {score:.2f} (0 is black, 1 is white)",
    )


def find_light(images: ImageSet | Audited, *, threshold: float = 0.3) -> pd.DataFrame:
    """Find pictures so over-exposed that little is left to see.

    Parameters
    ----------
    images : ImageSet or Audit
        An audit is not decoded again.
    threshold : float, default 0.3
        Distance from white, between 0 and 1, both excluded.

    Returns
    -------
    pandas.DataFrame of shape (n_findings, 5)
        Columns id, issue, score, other, evidence; lightest first. ``score`` is the distance
        from white, 0 to 1, that 95 % of the pixels stay below.

    Raises
    ------
    ValueError
        If ``threshold`` is outside (0, 1).
    """
    _check_grey(threshold)
    return _below(
        "light",
        images,
        threshold,
        lambda table: 1 - _column(table, "darkest"),
        "95 % of the pixels are lighter than {rest:.2f} (0 is black, 1 is white)",
    )


def find_blurry(images: ImageSet | Audited, *, threshold: float = 0.22) -> pd.DataFrame:
    """Find pictures without fine detail: out of focus, shaken, or enlarged from a tiny one.

    Parameters
    ----------
    images : ImageSet or Audit
        An audit is not decoded again.
    threshold : float, default 0.22
        Score between 0 and 1, both excluded; about that of a Gaussian blur with a standard
        deviation of 1.3 pixels, seen at 180 pixels.

    Returns
    -------
    pandas.DataFrame of shape (n_findings, 5)
        Columns id, issue, score, other, evidence; most blurred first.

    Raises
    ------
    ValueError
        If ``threshold`` is outside (0, 1).

    Notes
    -----
    The squared differences between neighbouring pixels are compared with those between blocks
    of 4 by 4 pixels. Their ratio hardly depends on what the picture shows; the variance of
    the Laplacian, which is used more often, calls every smooth coat blurred.
    """
    check_share("threshold", threshold)
    return _below(
        "blurry",
        images,
        threshold,
        lambda table: np.minimum(_column(table, "sharpness") / _SHARP, 1),
        "Fine detail has {sharpness:.3f} of the contrast of coarse detail; "
        "in sharp pictures it is 0.2 and more",
    )


def find_low_information(images: ImageSet | Audited, *, threshold: float = 0.4) -> pd.DataFrame:
    """Find pictures that show next to nothing: a wall, a lens cap, a placeholder.

    Parameters
    ----------
    images : ImageSet or Audit
        An audit is not decoded again.
    threshold : float, default 0.4
        Score between 0 and 1, both excluded.

    Returns
    -------
    pandas.DataFrame of shape (n_findings, 5)
        Columns id, issue, score, other, evidence; emptiest first. ``score`` is the entropy of
        the luma by its maximum of 8 bits or, if that is less, its standard deviation by 0.05,
        in a dark picture by a quarter of what 99 % of the pixels stay below.

    Raises
    ------
    ValueError
        If ``threshold`` is outside (0, 1).
    """
    check_share("threshold", threshold)
    return _below(
        "low_information",
        images,
        threshold,
        _information,
        "The luma of a pixel holds {entropy:.1f} bits of at most 8, "
        "and has a standard deviation of {contrast:.3f} (0.15 to 0.3 is usual)",
    )


def find_odd_size(images: ImageSet | Audited, *, threshold: float = 0.3) -> pd.DataFrame:
    """Find pictures much smaller or much larger than the others.

    Parameters
    ----------
    images : ImageSet or Audit
        An audit is not decoded again.
    threshold : float, default 0.3
        Ratio to the usual edge, between 0 and 1, both excluded: 0.3 reports edges below 0.3
        times and above 3.3 times the median.

    Returns
    -------
    pandas.DataFrame of shape (n_findings, 5)
        Columns id, issue, score, other, evidence; oddest first. ``score`` is the ratio of the
        edge (the root of width by height) to the median, or its inverse if that is smaller.

    Raises
    ------
    ValueError
        If ``threshold`` is outside (0, 1).
    """
    check_share("threshold", threshold)
    return _below(
        "odd_size",
        images,
        threshold,
        lambda table: _oddness(np.sqrt(_column(table, "width") * _column(table, "height"))),
        "{width:.0f} x {height:.0f} pixels, where {usual_width:.0f} x {usual_height:.0f} is usual",
    )


def find_odd_aspect_ratio(images: ImageSet | Audited, *, threshold: float = 0.4) -> pd.DataFrame:
    """Find pictures much wider or much higher than the others.

    Parameters
    ----------
    images : ImageSet or Audit
        An audit is not decoded again.
    threshold : float, default 0.4
        Ratio to the usual aspect ratio, between 0 and 1, both excluded.

    Returns
    -------
    pandas.DataFrame of shape (n_findings, 5)
        Columns id, issue, score, other, evidence; oddest first. ``score`` is width by height
        divided by its median, or the inverse if that is smaller.

    Raises
    ------
    ValueError
        If ``threshold`` is outside (0, 1).
    """
    check_share("threshold", threshold)
    return _below(
        "odd_aspect_ratio",
        images,
        threshold,
        lambda table: _oddness(_column(table, "aspect_ratio")),
        "{aspect_ratio:.2f} times as wide as high, where {usual_aspect_ratio:.2f} is usual",
    )


def find_grayscale(images: ImageSet | Audited, *, threshold: float = 0.02) -> pd.DataFrame:
    """Find pictures without colour.

    Parameters
    ----------
    images : ImageSet or Audit
        An audit is not decoded again.
    threshold : float, default 0.02
        Between 0 and 1, both excluded; 0.02 is 5 of 255 levels.

    Returns
    -------
    pandas.DataFrame of shape (n_findings, 5)
        Columns id, issue, score, other, evidence. ``score`` is by how much red, green and
        blue differ, 0 to 1, in the most colourful 5 % of the picture.

    Raises
    ------
    ValueError
        If ``threshold`` is outside (0, 1).
    """
    check_share("threshold", threshold)
    return _below(
        "grayscale",
        images,
        threshold,
        lambda table: _column(table, "colourfulness"),
        "Red, green and blue differ by {levels:.0f} of 255 levels where it is most colourful",
    )


def _below(
    issue: str,
    images: ImageSet | Audited,
    threshold: float,
    score: Callable[[pd.DataFrame], Values],
    evidence: str,
) -> pd.DataFrame:
    """Report the pictures whose score is below the threshold, with the evidence filled in."""
    source, measures = measured(images)
    table = source.table[["width", "height"]].join(measures.table)[measures.readable]
    values = score(table)
    bad = values < threshold  # false where a measure is missing
    rows = table.loc[bad].assign(
        score=values[bad], rest=1 - values[bad], levels=255 * table.loc[bad, "colourfulness"]
    )
    usual: dict[Hashable, Any] = {
        f"usual_{name}": table[name].median() for name in ("width", "height", "aspect_ratio")
    }
    sentences = [f"{evidence.format(**_named(row | usual))}." for row in rows.to_dict("records")]
    return findings(issue, rows.index, values[bad], sentences)


def _information(table: pd.DataFrame) -> Values:
    # A dark picture has little contrast, too, but it does show something.
    least = np.clip(_column(table, "brightest") / 4, 1e-3, 0.05)
    return np.minimum(_column(table, "entropy") / 8, _column(table, "contrast") / least)


def _named(row: dict[Hashable, Any]) -> dict[str, Any]:
    return {str(name): value for name, value in row.items()}


def _column(table: pd.DataFrame, name: str) -> Values:
    return table[name].to_numpy(float)


def _oddness(values: Values) -> Values:
    ratio = values / np.median(values) if len(values) else values
    return np.minimum(ratio, 1 / ratio)


def _check_grey(threshold: float) -> None:
    if not 0 < threshold < 1:
        raise ValueError(
            f"threshold must lie between 0 (black) and 1 (white), got {threshold!r}. "
            "For a grey level, divide by 255: 80 becomes 0.31."
        )
