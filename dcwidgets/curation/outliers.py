"""Pictures that look like no others of their set."""

from __future__ import annotations

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dcwidgets.curation.duplicates import LUMA
from dcwidgets.curation.findings import Audited, findings, measured
from dcwidgets.imageset import ImageSet

Features = NDArray[np.float32]

_MIN_CONTRAST = 0.02
_NEIGHBOURS = 30
_COMPONENTS = 48
_AT_ONCE = 1024
_CELLS = 4
_DIRECTIONS = 8
_TAN_67_5 = np.float32(1 + np.sqrt(2))
_HUES = 12
_LEVELS = 8
# Forms count most; flat areas, of which logos and cartoons have many, half as much.
_WEIGHTS = (1.0, 0.7, 0.5)


def find_outliers(
    images: ImageSet | Audited, *, threshold: float = 3.5, explained: Iterable[str] = ()
) -> pd.DataFrame:
    """Find pictures that look like no others: other subjects, logos, drawings, collages.

    Parameters
    ----------
    images : ImageSet or Audit
        An audit is not decoded again.
    threshold : float, default 3.5
        How many standard deviations the distance to the neighbours has to lie above the usual
        one, above 0.
    explained : iterable of str, optional
        Ids of images to leave out, such as those that are known to be dark.

    Returns
    -------
    pandas.DataFrame of shape (n_findings, 5)
        Columns id, issue, score, other, evidence; oddest first. ``score`` is the usual distance
        to the 30 nearest neighbours, divided by that of the picture.

    Raises
    ------
    ValueError
        If ``threshold`` is not above 0.

    Notes
    -----
    Distances to the k nearest neighbours (S. Ramaswamy, R. Rastogi, K. Shim, "Efficient
    algorithms for mining outliers from large data sets", 2000) in the features of
    `describe`; the deviation is that of the logarithm, estimated from the median absolute
    deviation. Pictures in few or no forms and colours of others are reported, so an odd blanket
    is, too: look at them.
    """
    if not threshold > 0:
        raise ValueError(f"threshold must be above 0 standard deviations, got {threshold!r}.")
    source, measures = measured(images)
    # Pictures of nothing are a finding of their own and would set the scale of distances.
    ignored = measures.table.index.isin(list(explained))
    seen = np.flatnonzero(
        measures.readable & (measures.table["contrast"] >= _MIN_CONTRAST) & ~ignored
    )
    if len(seen) <= _NEIGHBOURS:
        return findings("outlier", [], [], [])
    distance = _distance_to_neighbours(describe(measures.thumbnails[seen]))
    usual = float(np.median(distance))
    odd = _deviation(distance) > threshold
    evidence = [
        f"Its {_NEIGHBOURS} nearest neighbours are {ratio:.1f} times as far away as usual."
        for ratio in distance[odd] / usual
    ]
    return findings("outlier", source.table.index[seen[odd]], usual / distance[odd], evidence)


def describe(thumbnails: NDArray[np.uint8]) -> Features:
    """Describe what pictures look like, without any training.

    Parameters
    ----------
    thumbnails : numpy.ndarray of shape (n, 32, 32, 3)
        RGB, uint8.

    Returns
    -------
    numpy.ndarray of shape (n, 150)
        float32: directions of edges in 4 by 4 cells, colours, and shares of flat areas; each
        of the three centred and scaled to one size over the set.

    Notes
    -----
    Edges as in N. Dalal, B. Triggs, "Histograms of oriented gradients for human detection", 2005.
    """
    blocks = (thumbnails[at : at + _AT_ONCE] for at in range(0, len(thumbnails), _AT_ONCE))
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        parts = zip(*pool.map(_describe_block, blocks), strict=True)
    scaled = [w * _scaled(np.concatenate(part)) for w, part in zip(_WEIGHTS, parts, strict=True)]
    return np.concatenate(scaled, axis=1)


def _describe_block(thumbnails: NDArray[np.uint8]) -> tuple[Features, Features, Features]:
    grey = thumbnails @ LUMA
    return _edges(grey), _colours(thumbnails), _flat(grey)


def _scaled(values: Features) -> Features:
    centred = values - values.mean(axis=0)
    size = np.sqrt(np.einsum("ij,ij->i", centred, centred).mean())
    return centred / max(float(size), 1e-6)


def _edges(grey: Features) -> Features:
    across, down = np.zeros_like(grey), np.zeros_like(grey)
    across[:, :, 1:-1] = grey[:, :, 2:] - grey[:, :, :-2]
    down[:, 1:-1] = grey[:, 2:] - grey[:, :-2]
    long, short = np.maximum(abs(across), abs(down)), np.minimum(abs(across), abs(down))
    # Eight directions told by comparing sides: the arc tangent took three quarters of the time.
    direction = 4 * (abs(down) > abs(across)) + 2 * ((across > 0) == (down > 0))
    direction += short * _TAN_67_5 > long
    strength = long + np.float32(0.4) * short  # the hypotenuse, within 8 %
    cells = np.kron(np.arange(_CELLS**2).reshape(_CELLS, _CELLS), np.ones((8, 8), np.int64))
    bins = _CELLS**2 * _DIRECTIONS
    histogram = _histograms(cells * _DIRECTIONS + direction, bins, strength)
    length = np.linalg.norm(histogram, axis=1, keepdims=True)
    return np.sqrt(histogram / (length + 1e-3 * bins))


def _colours(thumbnails: NDArray[np.uint8]) -> Features:
    red, green, blue = np.moveaxis(thumbnails.astype(np.float32) / 255, -1, 0)
    value = np.maximum(np.maximum(red, green), blue)
    chroma = value - np.minimum(np.minimum(red, green), blue)
    some = chroma + 1e-6
    hue = np.select(
        [value == red, value == green],
        [((green - blue) / some) % 6, (blue - red) / some + 2],
        (red - green) / some + 4,
    )
    pixels = value[0].size
    hues = _histograms((hue * _HUES / 6).astype(np.int64) % _HUES, _HUES, chroma) / pixels
    level = np.minimum((value * _LEVELS).astype(np.int64), _LEVELS - 1)
    levels = _histograms(level, _LEVELS, np.ones_like(value)) / pixels
    return np.sqrt(np.concatenate([hues, 0.3 * levels], axis=1))


def _flat(grey: Features) -> Features:
    steps = np.maximum(
        np.abs(np.diff(grey, axis=2))[:, 1:], np.abs(np.diff(grey, axis=1))[:, :, 1:]
    )
    shares = [(steps < limit).mean(axis=(1, 2)) for limit in (1, 4)]
    return np.stack(shares, axis=1).astype(np.float32)


def _histograms(bin_of: NDArray[np.int64], bins: int, weight: Features) -> Features:
    """Count the pixels of each picture by bin, weighted; shape (n, bins)."""
    n = len(bin_of)
    row = np.arange(n)[:, None, None] * bins
    counts = np.bincount((row + bin_of).ravel(), weight.ravel(), minlength=n * bins)
    return counts.reshape(n, bins).astype(np.float32)


def _distance_to_neighbours(features: Features) -> NDArray[np.float64]:
    from sklearn.neighbors import NearestNeighbors

    search = NearestNeighbors(n_neighbors=_NEIGHBOURS, algorithm="brute")
    distance, _ = search.fit(_principal(features)).kneighbors()  # without the picture itself
    return np.maximum(distance.mean(axis=1), 1e-9)


def _principal(features: Features) -> Features:
    """Rotate features to their principal components and keep the first 48."""
    centred = features - features.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    return centred @ axes[:, -_COMPONENTS:]


def _deviation(distance: NDArray[np.float64]) -> NDArray[np.float64]:
    logs = np.log(distance)
    centred = logs - np.median(logs)
    return centred / max(1.4826 * float(np.median(np.abs(centred))), 1e-9)
