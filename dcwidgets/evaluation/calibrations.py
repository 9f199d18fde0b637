"""Calibration: whether a probability of 0.8 is right eight times in ten."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from dcwidgets.intervals import wilson

Floats = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Calibration:
    """How far probabilities can be taken at their word.

    Attributes
    ----------
    bins : pandas.DataFrame
        One row per interval of probabilities that holds pictures: its edges ``from`` and
        ``to``, ``n``, mean ``predicted`` probability, ``observed`` share, and the 95 % interval
        of that share, ``low`` to ``high`` (Wilson).
    ece : float
        Expected calibration error: gap between predicted and observed, weighted by ``n``.
    brier : float
        Mean squared error of the probabilities, 0 (best) to 1 (2 for more than two classes).
    """

    bins: pd.DataFrame = field(repr=False, compare=False)
    ece: float
    brier: float

    def __str__(self) -> str:
        return f"expected calibration error {self.ece:.3f}, Brier score {self.brier:.3f}"


def calibrate(truth: npt.NDArray[Any], probabilities: Floats, n_bins: int) -> Calibration:
    """Compare probabilities with shares; see `Evaluation.calibration`.

    Notes
    -----
    M. P. Naeini, G. Cooper, M. Hauskrecht, "Obtaining well calibrated probabilities using
    Bayesian binning", AAAI (2015); G. W. Brier, "Verification of forecasts" (1950).
    """
    binary = probabilities.shape[1] == 2
    said = probabilities[:, 1] if binary else probabilities.max(axis=1)
    came = truth == 1 if binary else probabilities.argmax(axis=1) == truth
    error = (probabilities - np.eye(probabilities.shape[1])[truth]) ** 2
    brier = error[:, 1].mean() if binary else error.sum(axis=1).mean()
    bins = _bins(said, came, n_bins)
    gaps = (bins["predicted"] - bins["observed"]).abs()
    return Calibration(bins, float((gaps * bins["n"]).sum() / len(truth)), float(brier))


def _bins(said: Floats, came: npt.NDArray[np.bool_], n_bins: int) -> pd.DataFrame:
    number = np.minimum((said * n_bins).astype(int), n_bins - 1)
    groups = pd.DataFrame({"bin": number, "said": said, "came": came}).groupby("bin")
    table = groups.agg(n=("said", "size"), predicted=("said", "mean"), observed=("came", "mean"))
    low, high = wilson(groups["came"].sum(), table["n"])
    table = table.assign(low=low, high=high)
    table.insert(0, "from", table.index / n_bins)
    table.insert(1, "to", (table.index + 1) / n_bins)
    return table.reset_index(drop=True)
