"""What the coreset explorer computes: positions, selections, how well they cover."""

from __future__ import annotations

import threading
import time
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from dcwidgets.coresets.choosing import (
    METHODS,
    NEED_SCORES,
    Selection,
    candidates,
    hints,
    kept,
    select,
)
from dcwidgets.coresets.geometry import squared_distances
from dcwidgets.imageset import ImageSet
from dcwidgets.pipelines.feeding import label_numbers

Floats = npt.NDArray[np.floating[Any]]

_PAIRS = 4_000_000  # distances held at a time, four bytes each
_REMEMBERED = 64


class CoresetTask:
    """Images that can be chosen from, and what was chosen so far.

    Parameters
    ----------
    images : ImageSet
        Labelled images.
    features : array_like of shape (n_images, d), optional
        As for `coreset`.
    scores, probabilities : pandas.DataFrame, optional
        As for `coreset`; methods that need one that is missing are not offered.
    seed : int
        From 0 on.
    """

    def __init__(
        self,
        images: ImageSet,
        features: npt.ArrayLike | None,
        scores: pd.DataFrame | None,
        probabilities: pd.DataFrame | None,
        seed: int,
    ) -> None:
        started = time.perf_counter()
        self.images, self.features = candidates(images, features, seed=seed)
        self.labels = label_numbers(self.images)
        self.seed = seed
        # Here and not when the page asks: what is missing would be trained for minutes.
        given = dict.fromkeys(NEED_SCORES, scores) | {"clean_then_cover": probabilities}
        self._hints: dict[str, dict[str, Any]] = {
            method: hints(self.images, method, scores, probabilities, seed)
            for method in METHODS
            if method not in given or given[method] is not None
        }
        # Seconds for what all of the above took, features included where they were not given.
        self.prepared = time.perf_counter() - started
        self._found: dict[tuple[str, int], tuple[Selection, Floats]] = {}
        self._lock = threading.Lock()

    @property
    def methods(self) -> list[str]:
        """Methods for which everything needed is here."""
        return list(self._hints)

    def lacking(self, method: str) -> str:
        """Name what a method needs and was not given."""
        return "scores" if method in NEED_SCORES else "probabilities"

    def choose(self, method: str, k: int) -> tuple[Selection, Floats]:
        """Choose ``k`` images; return with them how far each image is from its nearest one."""
        with self._lock:  # the page asks in another thread than the cells run in
            if (method, k) not in self._found:
                chosen = select(
                    method, self.features, self.labels, k, seed=self.seed, **self._hints[method]
                )
                while len(self._found) >= _REMEMBERED:
                    del self._found[next(iter(self._found))]
                self._found[method, k] = chosen, distances(self.features, chosen.rows)
            return self._found[method, k]

    def kept(self, method: str, k: int) -> ImageSet:
        """Return the images chosen, with their weights."""
        return kept(self.images, self.choose(method, k)[0])

    def facts(self, method: str, k: int) -> dict[str, Any]:
        """Count what is kept of each class, and how far the rest of it is from that."""
        chosen, away = self.choose(method, k)
        classes = range(len(self.images.classes))
        counts = np.bincount(self.labels[chosen.rows], minlength=len(classes))
        gaps = [
            float(away[self.labels == c].mean()) if (self.labels == c).any() else None
            for c in classes
        ]
        return {
            "method": method,
            "size": k,
            "seconds": chosen.seconds,
            "counts": counts.tolist(),
            "gaps": gaps,
            "gap": float(away.mean()),
            "farthest": float(away.max()),
        }


def positions(features: Floats) -> npt.NDArray[np.float32]:
    """Return two principal components, each stretched to -1 to 1; shape (n, 2)."""
    centred = features - features.mean(axis=0)
    _, directions = np.linalg.eigh((centred.T @ centred).astype(np.float64))
    plane = centred @ directions[:, ::-1][:, :2]
    if plane.shape[1] < 2:
        plane = np.column_stack([plane[:, 0], np.zeros(len(plane))])
    low, high = plane.min(axis=0), plane.max(axis=0)
    reach = np.where(high > low, high - low, 1.0)
    return np.asarray(2.0 * (plane - (low + high) / 2) / reach, np.float32)


def distances(features: Floats, rows: npt.NDArray[np.int64]) -> Floats:
    """Return how far each row is from the nearest of some rows, in blocks."""
    least = np.full(len(features), np.inf, np.float32)
    block = max(1, _PAIRS // len(features))
    for start in range(0, len(rows), block):
        apart = squared_distances(features, rows[start : start + block])
        np.minimum(least, apart.min(axis=0), out=least)
    least[rows] = 0.0  # free of rounding
    return np.sqrt(np.maximum(least, 0.0))
