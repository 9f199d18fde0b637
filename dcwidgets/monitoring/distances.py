"""The distance of two samples in a kernel's space, all permutations in one product."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from dcwidgets.monitoring.shuffles import Floats, p_values, shuffles

_BLOCK = 256


@dataclass(frozen=True)
class Distance:
    """How far apart two samples are, and how likely that is by luck.

    Attributes
    ----------
    statistic : float
        Squared maximum mean discrepancy, unbiased: about 0, and below it now and then, where
        both samples come from the same world.
    p_value : float
        (1 + k) / (B + 1), where k of B permutations lie at least as far apart.
    """

    statistic: float
    p_value: float


def mmd(x: npt.ArrayLike, y: npt.ArrayLike, permutations: int = 1000, seed: int = 0) -> Distance:
    """Test whether two samples come from the same distribution, whatever they differ in.

    Parameters
    ----------
    x, y : array_like of shape (n_x, n_features) and (n_y, n_features)
        At least two rows each. Features count in their own units: scale them first where these
        differ.
    permutations : int, default 1000
        At least 1; the smallest p-value is 1 / (permutations + 1).
    seed : int, default 0
        Seed of the permutations.

    Returns
    -------
    Distance

    Raises
    ------
    ValueError
        If the samples do not have the same features, are too small, or hold NaN.

    Notes
    -----
    A. Gretton and others, "A kernel two-sample test", JMLR 13 (2012); Gaussian kernel, as wide
    as the median distance. Memory grows with (n_x + n_y) squared, time with it times
    ``permutations``.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> here, there = rng.normal(size=(50, 3)), rng.normal(1, size=(50, 3))
    >>> dcwidgets.monitoring.mmd(here, there).p_value < 0.01
    True
    """
    first, second = _sample(x, "x"), _sample(y, "y")
    if first.shape[1] != second.shape[1]:
        raise ValueError(
            f"Both samples need the same features, got {first.shape[1]} and {second.shape[1]}."
        )
    if permutations < 1:
        raise ValueError(f"permutations must be at least 1, got {permutations!r}.")
    labels = shuffles(len(first), len(second), permutations, seed)
    found = discrepancies(kernel(np.concatenate([first, second])), labels)
    return Distance(float(found[0]), float(p_values(found[None])[0, 0]))


def _sample(values: npt.ArrayLike, name: str) -> Floats:
    array = np.asarray(values, np.float32)
    if array.ndim != 2 or len(array) < 2 or not array.shape[1] or not np.isfinite(array).all():
        raise ValueError(
            f"{name} must hold at least two rows of finite numbers, got shape {array.shape}"
            f"{'' if np.isfinite(array).all() else ' with NaN or infinity'}."
        )
    return array


def kernel(points: Floats) -> Floats:
    """Return the Gaussian kernel of all pairs without its mean and without its diagonal.

    A constant on all pairs changes no discrepancy; without it fewer digits are lost.
    """
    centred = (points - points.mean(axis=0)).astype(np.float32)
    squares = (centred**2).sum(axis=1)
    apart = centred @ centred.T
    apart *= -2
    apart += squares
    apart += squares[:, None]
    np.maximum(apart, 0, out=apart)  # rounding leaves some of equal points just below 0
    apart /= -_width(apart)
    np.exp(apart, out=apart)
    n = len(apart)
    np.fill_diagonal(apart, 0)
    apart -= apart.sum(dtype=float) / (n * (n - 1))
    np.fill_diagonal(apart, 0)
    return apart


def _width(apart: npt.NDArray[Any]) -> float:
    """Return the median squared distance; of mostly equal points their mean, so that it is not 0.

    Of a part, which is as good, and a hundred times as fast as that of millions of pairs.
    """
    step = max(1, len(apart) // 500)
    part = apart[::step, ::step]
    pairs = part[~np.eye(len(part), dtype=bool)]
    scale = float(apart.max())
    median = float(np.median(pairs))
    # Centring and products lose the last digits: what is left of nothing is no distance.
    return median if median > 1e-6 * scale else max(float(apart.mean()), 1e-12)


def discrepancies(similar: npt.NDArray[Any], labels: Floats) -> Floats:
    """Return the unbiased squared discrepancy for each row of labels; one product for all."""
    n, n_current = labels.shape[1], float(labels[0].sum())
    n_reference = n - n_current
    within = _within(similar, labels)
    out = labels @ similar.sum(axis=1)
    total = similar.sum(dtype=float)
    return np.asarray(
        within / (n_current * (n_current - 1))
        + (total - 2 * out + within) / (n_reference * (n_reference - 1))
        - 2 * (out - within) / (n_current * n_reference)
    )


def _within(similar: npt.NDArray[Any], labels: Floats) -> Floats:
    """Return the sum over all pairs of current pictures for each row of labels.

    Pairs count once and are doubled: half the work of a product with the whole kernel.
    """
    n = labels.shape[1]
    found = np.zeros(len(labels))
    for start in range(0, n, _BLOCK):
        rows = slice(start, start + _BLOCK)
        product = labels[:, rows] @ similar[rows, start:]
        pairs = labels[:, start:]
        own = product.shape[1] - max(0, n - start - _BLOCK)
        found += np.einsum("ij,ij->i", product[:, :own], pairs[:, :own])
        found += 2 * np.einsum("ij,ij->i", product[:, own:], pairs[:, own:])
    return found


def unlike_reference(similar: npt.NDArray[Any], labels: Floats) -> Floats:
    """Return for each picture how much nearer it is to the current set than to the reference.

    The witness of the discrepancy: what is largest drives it.
    """
    current = labels[0]
    to_current = similar @ current / max(current.sum() - 1, 1)
    return np.asarray(to_current - similar @ (1 - current) / (len(current) - current.sum()))
