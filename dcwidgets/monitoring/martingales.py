"""Bets against "nothing has changed": capital that grows where the bets come true.

Each picture gets the rank of its strangeness among all pictures before it. Where nothing has
changed, ranks are even and no bet earns anything in the long run: the chance that capital ever
reaches c is at most 1 / c, however often one looks.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]

# Bets that small, even or large ranks come more often; and how readily money changes between.
_BETS = np.array([-1.0, 0.0, 1.0])
_JUMP = 0.01


class Ranks:
    """Ranks of new values among all values before them, for one property.

    Parameters
    ----------
    known : array_like of shape (n,)
        Values that were there before.
    seed : int
        Ties are broken by lot.
    """

    def __init__(self, known: npt.ArrayLike, seed: int) -> None:
        self._known = sorted(np.asarray(known, float).tolist())
        self._rng = np.random.default_rng(seed)

    def next(self, value: float) -> float:
        """Return the rank of a value, 0 to 1, and keep the value.

        Notes
        -----
        V. Vovk, I. Nouretdinov, A. Gammerman, "Testing exchangeability on-line", ICML (2003).
        """
        low, high = bisect_left(self._known, value), bisect_right(self._known, value)
        insort(self._known, value)
        return (low + float(self._rng.random()) * (high - low + 1)) / len(self._known)


class Bets:
    """The simple jumper: capital of bets on small and on large ranks, as logarithms.

    Notes
    -----
    V. Vovk and others, "Retrain or not retrain: conformal test martingales for change-point
    detection", COPA (2021).
    """

    def __init__(self) -> None:
        self._shares = np.full(len(_BETS), 1 / len(_BETS))
        self.log_capital = 0.0

    def bet(self, rank: float) -> float:
        """Bet on one rank and return the logarithm of the capital."""
        mixed = (1 - _JUMP) * self._shares + _JUMP / len(_BETS)
        earned = mixed * (1 + _BETS * (rank - 0.5))
        total = float(earned.sum())
        self.log_capital += float(np.log(total))
        self._shares = earned / total
        return self.log_capital
