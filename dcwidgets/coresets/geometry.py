"""Choose rows of a table of features by where they lie; nothing here knows of pictures."""

from __future__ import annotations

import heapq
import math
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.floating[Any]]
Rows: TypeAlias = npt.NDArray[np.int64]

# All pairs of so many rows are half a gigabyte of float32; beyond it, candidates are drawn.
MOST_PAIRED = 12_000
_BLOCK = 256
_MISSED = 0.01


def facility_location(
    features: npt.ArrayLike,
    k: int,
    *,
    similarities: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
    seed: int = 0,
) -> Rows:
    """Choose rows so that every row has a similar one among those chosen.

    The greedy choice, evaluated lazily, which is within 1 - 1/e of the best. Up to 12,000
    rows it is exact; beyond that each step looks at a sample (stochastic greedy).

    Parameters
    ----------
    features : array_like of shape (n, d)
        Finite numbers. What counts is the largest squared Euclidean distance minus the
        distance of each pair.
    k : int
        Rows to choose, 1 to ``n``.
    similarities : array_like of shape (n, n), optional
        Use these instead, symmetric and not negative; ``features`` then only gives ``n``.
    weights : array_like of shape (n,), optional
        How much each row counts to be stood for; 1 by default.
    seed : int, default 0
        Seed of the samples beyond 12,000 rows; from 0 on.

    Returns
    -------
    numpy.ndarray of shape (k,)
        Row numbers, the most valuable first.

    Raises
    ------
    ValueError
        If ``k`` or a shape is out of range, or a number is not finite.

    Notes
    -----
    M. Minoux, "Accelerated greedy algorithms for maximizing submodular set functions" (1978);
    B. Mirzasoleiman et al., "Lazier than lazy greedy", AAAI 2015.

    Examples
    --------
    >>> dcwidgets.coresets.facility_location([[0.0], [0.1], [5.0]], 2).tolist()
    [1, 2]
    """
    points = _points(features)
    n = len(points)
    _check_k(k, n)
    counts = _counts(weights, n)
    if similarities is not None:
        alike = np.asarray(similarities, np.float32)
        # What is not a number fails every comparison.
        if alike.shape != (n, n) or not (alike.min() >= 0 and alike.max() < np.inf):
            raise ValueError(
                f"similarities must be {n} by {n} finite numbers of at least 0, one row and one "
                f"column for each row of features; got shape {alike.shape}."
            )
        return _lazy_greedy(alike, k, counts)
    if n <= MOST_PAIRED:
        return _lazy_greedy(_similarities(points), k, counts)
    return _stochastic_greedy(points, k, counts, np.random.default_rng(seed))


def _similarities(points: Floats) -> Floats:
    """Squared distances, taken from the largest of them; made in place."""
    apart = points @ points.T
    square = np.diagonal(apart).copy()
    apart *= -2.0
    apart += square
    apart += square[:, None]
    apart *= -1.0
    apart -= apart.min()
    return apart


def _lazy_greedy(alike: Floats, k: int, counts: Floats | None) -> Rows:
    covered = np.zeros(len(alike), np.float32)
    scratch = np.empty(len(alike), np.float32)

    def gain(row: int) -> float:
        np.subtract(alike[row], covered, out=scratch)
        np.maximum(scratch, 0.0, out=scratch)
        return float(scratch.sum() if counts is None else scratch @ counts)

    # A gain never grows as more is covered: what was best and still is, needs no other look.
    first = alike.sum(axis=1) if counts is None else alike @ counts
    heap = [(-float(value), row) for row, value in enumerate(first)]
    heapq.heapify(heap)
    chosen: list[int] = []
    while len(chosen) < k:
        _, row = heap[0]
        now = -gain(row)
        heapq.heapreplace(heap, (now, row))
        if heap[0][1] == row:
            heapq.heappop(heap)
            chosen.append(row)
            np.maximum(covered, alike[row], out=covered)
    return np.asarray(chosen)


def _stochastic_greedy(
    points: Floats, k: int, counts: Floats | None, rng: np.random.Generator
) -> Rows:
    """Choose each row from a sample that holds one of the best remaining with 99 %."""
    n = len(points)
    nearest = np.full(n, _widest(points), np.float32)
    square = (points**2).sum(axis=1)
    sample = max(1, math.ceil(n / k * math.log(1 / _MISSED)))
    left = rng.permutation(n)
    chosen: list[int] = []
    for _ in range(k):
        places = rng.choice(len(left), min(sample, len(left)), replace=False)
        rows = left[places]
        apart = _apart(points, square, rows)
        shorter = np.maximum(nearest - apart, 0.0)
        best = int((shorter.sum(axis=1) if counts is None else shorter @ counts).argmax())
        chosen.append(int(rows[best]))
        np.minimum(nearest, apart[best], out=nearest)
        left[places[best]] = left[-1]
        left = left[:-1]
    return np.asarray(chosen)


def _widest(points: Floats) -> float:
    """Return a squared distance that no pair exceeds."""
    middle = points.mean(axis=0)
    return 4.0 * float(((points - middle) ** 2).sum(axis=1).max())


def k_center(features: npt.ArrayLike, k: int, *, start: int | None = None) -> Rows:
    """Choose rows so that no row is far from one chosen: each time the farthest.

    Parameters
    ----------
    features : array_like of shape (n, d)
        Finite numbers.
    k : int
        Rows to choose, 1 to ``n``.
    start : int, optional
        The first row; by default the one nearest to the mean of all.

    Returns
    -------
    numpy.ndarray of shape (k,)
        Row numbers in the order of choice.

    Raises
    ------
    ValueError
        If ``k``, ``start`` or a shape is out of range, or a number is not finite.

    Notes
    -----
    T. Gonzalez, "Clustering to minimize the maximum intercluster distance" (1985): at most
    twice the smallest radius. Exact: a block of the farthest rows is looked at alone as long
    as none outside it can be farther.
    """
    points = _points(features)
    n = len(points)
    _check_k(k, n)
    if start is None:
        start = int(((points - points.mean(axis=0)) ** 2).sum(axis=1).argmin())
    if not 0 <= start < n:
        raise ValueError(f"start must be a row from 0 to {n - 1}, got {start!r}.")
    square = (points**2).sum(axis=1)
    chosen = [start]
    away = _apart(points, square, [start])[0]
    away[start] = -1.0
    while len(chosen) < k:
        picked = _farthest(points, square, away, k - len(chosen))
        chosen += picked
        np.minimum(away, _apart(points, square, picked).min(axis=0), out=away)
        away[picked] = -1.0  # duplicates of a chosen row are 0 away and may still be chosen
    return np.asarray(chosen)


def _farthest(points: Floats, square: Floats, away: Floats, most: int) -> list[int]:
    """Return the next rows that are farthest one after another, at least one."""
    block = min(_BLOCK, len(away))
    rows = np.argpartition(away, len(away) - block)[len(away) - block :]
    outside = np.delete(away, rows)
    bound = float(outside.max()) if len(outside) else -math.inf
    near = away[rows].copy()
    inner = _apart(points[rows], square[rows], range(block))
    picked: list[int] = []
    while len(picked) < most:
        best = int(near.argmax())
        if near[best] < 0.0 or (picked and near[best] < bound):
            break
        picked.append(int(rows[best]))
        np.minimum(near, inner[best], out=near)
        near[best] = -1.0
    return picked


def squared_distances(points: Floats, rows: Any) -> Floats:
    """Return squared distances from some rows to all, shape (n_rows, n); never negative."""
    return _apart(points, (points**2).sum(axis=1), rows)


def _apart(points: Floats, square: Floats, rows: Any) -> Floats:
    chosen = np.asarray(rows)
    apart = points[chosen] @ points.T
    apart *= -2.0
    apart += square
    apart += square[chosen, None]
    return np.maximum(apart, 0.0, out=apart)


def herding(features: npt.ArrayLike, k: int) -> Rows:
    """Choose rows one by one so that their mean stays close to the mean of all.

    Parameters
    ----------
    features : array_like of shape (n, d)
        Finite numbers.
    k : int
        Rows to choose, 1 to ``n``.

    Returns
    -------
    numpy.ndarray of shape (k,)
        Row numbers in the order of choice; the first so many are a coreset too.

    Raises
    ------
    ValueError
        If ``k`` or a shape is out of range, or a number is not finite.

    Notes
    -----
    M. Welling, "Herding dynamical weights to learn", ICML 2009, without replacement.
    """
    points = _points(features)
    _check_k(k, len(points))
    centred = points - points.mean(axis=0)
    owed = np.zeros(centred.shape[1], np.float32)
    # The nearest to what is owed: a long vector in the right direction is not the best one.
    half = (centred**2).sum(axis=1) / 2
    chosen: list[int] = []
    for _ in range(k):
        fit = centred @ owed - half
        row = int(fit.argmax())
        chosen.append(row)
        half[row] = np.inf
        owed -= centred[row]
    return np.asarray(chosen)


def sensitivity(features: npt.ArrayLike, k: int, *, seed: int = 0) -> tuple[Rows, Floats]:
    """Draw rows with a chance that grows with their distance to the mean, and weigh them.

    Parameters
    ----------
    features : array_like of shape (n, d)
        Finite numbers.
    k : int
        Draws, 1 to ``n``; a row drawn twice counts twice, so fewer may come back.
    seed : int, default 0
        From 0 on.

    Returns
    -------
    rows : numpy.ndarray of shape (m,)
        Different row numbers, at most ``k``.
    weights : numpy.ndarray of shape (m,)
        Inverse to the chance, on average ``n`` in sum: sums over the rows estimate sums
        over all without bias.

    Raises
    ------
    ValueError
        If ``k`` or a shape is out of range, or a number is not finite.

    Notes
    -----
    O. Bachem, M. Lucic, A. Krause, "Scalable k-means clustering via lightweight coresets",
    KDD 2018.
    """
    points = _points(features)
    n = len(points)
    _check_k(k, n)
    if k == n:
        return np.arange(n), np.ones(n, np.float32)
    away = ((points - points.mean(axis=0)) ** 2).sum(axis=1).astype(float)
    share = away / away.sum() if away.sum() > 0 else np.full(n, 1 / n)
    chance = 0.5 / n + 0.5 * share
    chance /= chance.sum()
    times = np.random.default_rng(seed).multinomial(k, chance)
    rows = np.flatnonzero(times)
    return rows, (times[rows] / (k * chance[rows])).astype(np.float32)


def _points(features: npt.ArrayLike) -> Floats:
    points = np.asarray(features, np.float32)
    if points.ndim != 2 or not points.size:
        raise ValueError(
            f"features must be a table of numbers, rows by columns, got shape {points.shape}. "
            "`dcw.embed(images)` makes one."
        )
    bad = ~np.isfinite(points).all(axis=1)
    if bad.any():
        raise ValueError(
            f"{int(bad.sum())} of {len(points)} rows of features hold no finite number, such as "
            f"row {int(bad.argmax())}. Leave those rows out."
        )
    # Centred, large offsets do not drown the distances in rounding.
    return points - points.mean(axis=0)


def _check_k(k: object, n: int) -> None:
    if isinstance(k, bool) or not isinstance(k, int | np.integer) or not 1 <= k <= n:
        raise ValueError(f"k must be a whole number from 1 to the {n} rows, got {k!r}.")


def _counts(weights: npt.ArrayLike | None, n: int) -> Floats | None:
    if weights is None:
        return None
    counts = np.asarray(weights, np.float32)
    if counts.shape != (n,) or not np.isfinite(counts).all() or (counts < 0).any():
        raise ValueError(
            f"weights must be {n} finite numbers of at least 0, got shape {counts.shape}."
        )
    return counts
