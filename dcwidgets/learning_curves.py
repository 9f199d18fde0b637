"""Learning curves: what more data would bring, and how little that is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from dcwidgets.training import measure, train_part

if TYPE_CHECKING:
    from dcwidgets.figures import StaticFigure
    from dcwidgets.imageset import ImageSet

_SIZES = (0.125, 0.25, 0.5, 1.0)
_DRAWS = 300
# Exponents of the power law that are tried: from nearly flat to faster than any curve measured.
_EXPONENTS = np.linspace(0.05, 2.0, 79)


class Forecast(NamedTuple):
    """Accuracy expected at a size, 0 to 1, with its 95 % interval."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.mean:.3f} (95% interval {self.low:.3f} to {self.high:.3f})"


@dataclass(frozen=True)
class LearningCurve:
    """Accuracy by number of training images.

    Attributes
    ----------
    runs : pandas.DataFrame
        Columns ``images``, ``seed``, ``accuracy``, ``worst_slice``; one row per training.
    """

    runs: pd.DataFrame

    @property
    def table(self) -> pd.DataFrame:
        """Columns ``images``, ``accuracy``, ``spread``, ``worst_slice``; means over the seeds."""
        by_size = self.runs.groupby("images")
        means = by_size[["accuracy", "worst_slice"]].mean()
        means.insert(1, "spread", by_size["accuracy"].std().fillna(0.0))
        return means.reset_index()

    def predict(self, images: int) -> Forecast:
        """Extrapolate to another number of images, by a power law of the error.

        The interval resamples the trainings of each size. It assumes that more pictures
        are like those at hand, and that the law goes on; it says nothing about better ones.

        Parameters
        ----------
        images : int
            At least 1.

        Returns
        -------
        Forecast

        Raises
        ------
        ValueError
            If ``images`` is below 1.

        Notes
        -----
        C. Cortes et al., "Learning curves: asymptotic values and rate of convergence",
        NeurIPS 1993.
        """
        if images < 1:
            raise ValueError(f"images must be at least 1, got {images!r}.")
        mean, low, high = self._law(np.array([float(images)]))
        return Forecast(float(mean[0]), float(low[0]), float(high[0]))

    def _law(self, sizes: npt.NDArray[np.float64]) -> tuple[npt.NDArray[Any], ...]:
        """Return the fitted accuracy at sizes, and the ends of its interval."""
        n = self.runs["images"].to_numpy(float)
        error = 1 - self.runs["accuracy"].to_numpy(float)
        fitted = _power_law(n, error, sizes)
        rng = np.random.default_rng(0)
        # Seeds scatter alike at every size: with two of them, their own bootstrap would be nothing.
        scatter = error - _power_law(n, error, n)
        freedom = np.sqrt(len(n) / max(1, len(n) - 3))
        drawn = [
            _power_law(n, error - scatter + freedom * rng.choice(scatter, len(n)), sizes)
            for _ in range(_DRAWS)
        ]
        low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
        return 1 - fitted, 1 - np.maximum(high, fitted), 1 - np.minimum(low, fitted)

    def plot(self, *, to: int | None = None) -> StaticFigure:
        """Draw the trainings, the law through them, and where it may lead.

        Parameters
        ----------
        to : int, optional
            Images up to which the law is drawn; twice the largest size if None.
        """
        from dcwidgets.figures import BLUE, GREY, StaticFigure

        table = self.table
        end = to or 2 * int(table["images"].max())
        sizes = np.geomspace(table["images"].min(), end, 60)
        mean, low, high = self._law(sizes)
        alt = (
            f"Accuracy rises from {table['accuracy'].iloc[0]:.2f} at {table['images'].iloc[0]:,} "
            f"images to {table['accuracy'].iloc[-1]:.2f} at {table['images'].iloc[-1]:,}; "
            f"{mean[-1]:.2f} expected at {end:,}."
        )
        figure = StaticFigure(6.5, 3.4, alt=alt)
        axes = figure.subplots()
        axes.fill_between(sizes, low, high, color=GREY, alpha=0.2, lw=0, label="95% interval")
        axes.plot(sizes, mean, "--", color=GREY, label="power law")
        axes.plot(self.runs["images"], self.runs["accuracy"], "o", color=BLUE, label="one training")
        axes.axvline(float(table["images"].max()), color=GREY, lw=0.8)
        axes.set_xscale("log")
        ticks = [*table["images"], end]
        axes.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
        axes.minorticks_off()
        axes.set_xlabel("training images")
        axes.set_ylabel("accuracy on trusted images")
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, loc="lower right")
        return figure


def learning_curve(
    images: ImageSet,
    test: ImageSet,
    *,
    sizes: Sequence[int | float] = _SIZES,
    seeds: Sequence[int] = (0, 1, 2),
    steps: int = 600,
    image_size: int = 64,
    progress: bool = True,
) -> LearningCurve:
    """Train THE model on growing parts of a set and score each on trusted images.

    A seed's smaller part lies within its larger one, and shares of the classes are kept.

    Parameters
    ----------
    images : ImageSet
        Training images; where a split ``train`` exists, only that split.
    test : ImageSet
        Trusted images.
    sizes : sequence of int or float, default (1/8, 1/4, 1/2, 1)
        Numbers of images, or shares up to 1.0; at least two different ones.
    seeds : sequence of int, default (0, 1, 2)
        One part and one training each.
    steps : int, default 600
        Batches of 32 per training, the same for all sizes.
    image_size : int, default 64
        Edge of the square input in pixels.
    progress : bool, default True
        Show a progress bar over the trainings.

    Returns
    -------
    LearningCurve

    Raises
    ------
    ValueError
        If sizes are fewer than two, below the number of classes or above that of the images.
    """
    from tqdm.auto import tqdm

    train = train_part(images)
    counts = _counts(sizes, len(train), len(images.classes))
    work = [(n, seed) for n in counts for seed in seeds]
    rows = []
    for n, seed in tqdm(work, desc="learning curve", unit="training", disable=not progress):
        part = train.take(_ordered(train, seed)[:n])
        score = measure(
            part, test, seeds=[seed], steps=steps, image_size=image_size, progress=False
        )
        rows.append((n, seed, score.mean, score.worst_slice))
    return LearningCurve(pd.DataFrame(rows, columns=["images", "seed", "accuracy", "worst_slice"]))


def _counts(sizes: Sequence[int | float], n: int, classes: int) -> list[int]:
    counts = sorted({round(size * n) if isinstance(size, float) else size for size in sizes})
    if len(counts) < 2 or counts[0] < classes or counts[-1] > n:
        raise ValueError(
            f"Sizes must be at least two, from {classes} to the {n} images there are, as numbers "
            f"or as shares such as 0.5; got {tuple(sizes)!r}."
        )
    return counts


def _ordered(images: ImageSet, seed: int) -> list[str]:
    """Return all ids so that every beginning holds the classes in their shares."""
    rng = np.random.default_rng(seed)
    labels = images.table["label"].iloc[rng.permutation(len(images))]
    place = (labels.groupby(labels).cumcount() + 0.5) / labels.map(labels.value_counts())
    return list(place.sort_values(kind="stable").index)


def _power_law(
    n: npt.NDArray[Any], error: npt.NDArray[Any], at: npt.NDArray[Any]
) -> npt.NDArray[Any]:
    """Fit ``error = floor + scale * n ** -exponent``, floor and scale not negative; return at."""
    from scipy.optimize import nnls

    best, found = np.inf, np.zeros_like(at)
    for exponent in _EXPONENTS:
        design = np.stack([np.ones_like(n), (n / n.min()) ** -exponent], axis=1)
        weights, residual = nnls(design, error)
        if residual < best:
            best = residual
            found = weights[0] + weights[1] * (at / n.min()) ** -exponent
    return np.clip(found, 0.0, 1.0)
