"""Intervals of shares: what a count lets us say."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri


def wilson(
    count: ArrayLike, total: ArrayLike, *, confidence: float = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the interval of a share, which holds for few cases and for shares near 0 and 1.

    Parameters
    ----------
    count, total : array_like
        Cases that count, of all cases; they broadcast.
    confidence : float, default 0.95
        Between 0 and 1, both excluded.

    Returns
    -------
    low, high : numpy.ndarray
        Between 0 and 1; 0 and 1 where ``total`` is 0.

    Raises
    ------
    ValueError
        If ``confidence`` is out of range, or a count exceeds its total.

    Notes
    -----
    E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    JASA 22 (1927).

    Examples
    --------
    >>> low, high = wilson(9, 10)
    >>> print(f"{low:.2f} to {high:.2f}")
    0.60 to 0.98
    """
    if not 0 < confidence < 1:
        raise ValueError(
            f"confidence must lie between 0 and 1, got {confidence!r}. For 95 %, pass 0.95."
        )
    hits, n = np.asarray(count, float), np.asarray(total, float)
    if (hits > n).any() or (hits < 0).any():
        raise ValueError("count must lie between 0 and total. Did you swap them?")
    z2 = ndtri(0.5 + confidence / 2) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        centre = (hits + z2 / 2) / (n + z2)
        margin = np.sqrt(z2) / (n + z2) * np.sqrt(hits * (n - hits) / n + z2 / 4)
        share = hits / n
    # Rounding must not leave the share itself outside.
    low, high = np.minimum(centre - margin, share), np.maximum(centre + margin, share)
    return np.where(n > 0, np.maximum(low, 0), 0.0), np.where(n > 0, np.minimum(high, 1), 1.0)
