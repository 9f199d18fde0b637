"""Drift: whether two sets of pictures come from the same world, in what they differ, and how."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dcwidgets.journal import write_whole
from dcwidgets.monitoring.distances import discrepancies, kernel, unlike_reference
from dcwidgets.monitoring.properties import Compared, compared
from dcwidgets.monitoring.shuffles import (
    Floats,
    chi_square,
    largest_gap,
    p_values,
    shuffles,
    told_apart,
)

if TYPE_CHECKING:
    from dcwidgets.contact_sheet import ContactSheet
    from dcwidgets.figures import StaticFigure
    from dcwidgets.imageset import ImageSet

# The kernel of 4,000 pictures takes 64 MB; more of them find hardly more.
MOST = 2000
_FEWEST = 10


def drift(
    reference: ImageSet,
    current: ImageSet,
    *,
    model: Any = None,
    features: pd.DataFrame | None = None,
    columns: Sequence[str] = (),
    alpha: float = 0.05,
    permutations: int = 1000,
    seed: int = 0,
) -> Drift:
    """Compare two sets of pictures in many ways, with one alarm.

    Compared are properties of the pictures (brightness, contrast, saturation, warmth, sharpness,
    aspect ratio), labels where all pictures have one, predictions of a model, and descriptors: by
    their distance in a kernel's space, and by a classifier that tries to tell the sets apart.

    Parameters
    ----------
    reference, current : ImageSet
        At least 10 pictures each that can be decoded; of more than 2,000 that many are drawn.
    model : keras.Model or Models, optional
        Compare what it predicts, too.
    features : pandas.DataFrame, optional
        Numbers by id for pictures of both sets, such as embeddings; the default is unsupervised
        descriptors.
    columns : sequence of str, optional
        Metadata to compare, too. None by default: where pictures arrive, metadata seldom does.
    alpha : float, default 0.05
        Chance of an alarm where nothing has changed, whatever is compared.
    permutations : int, default 1000
        At least 99.
    seed : int, default 0
        Seed of permutations, folds and samples.

    Returns
    -------
    Drift

    Raises
    ------
    ValueError
        If a set is too small, a column or the features of a picture are missing, or ``alpha`` or
        ``permutations`` is out of range.

    Notes
    -----
    Every p-value is (1 + k) / (B + 1) over the same permutations. The alarm is that of the
    smallest p-value among all that are compared, against the smallest of each permutation (P. H.
    Westfall, S. S. Young, 1993): exact, however closely the properties hang together. Given the
    alarm, rows are named by the procedure of Y. Benjamini and Y. Hochberg (1995).

    Examples
    --------
    >>> report = dcw.drift(test, fresh)
    >>> moved = report.table[report.table.drifted]
    """
    if not 0 < alpha < 1 or permutations < 99:
        raise ValueError(
            "alpha must lie between 0 and 1 and permutations be at least 99, "
            f"got alpha={alpha!r}, permutations={permutations!r}."
        )
    rng = np.random.default_rng(seed)
    sets = [_at_most(images, rng) for images in (reference, current)]
    both = compared(*sets, model=model, features=features, columns=columns)
    return Drift(both, alpha=alpha, permutations=permutations, seed=seed)


def _at_most(images: ImageSet, rng: np.random.Generator) -> ImageSet:
    if len(images) < _FEWEST:
        raise ValueError(
            f"Drift needs at least {_FEWEST} pictures on each side, got {len(images)}. "
            "Wait for more, or watch a stream: dcw.Watch."
        )
    if len(images) <= MOST:
        return images
    return images.take(images.table.index[np.sort(rng.choice(len(images), MOST, replace=False))])


class Drift:
    """What `drift` found.

    Parameters
    ----------
    both : Compared
        The two sets and what they are compared by.
    alpha, permutations, seed
        As in `drift`.

    Attributes
    ----------
    table : pandas.DataFrame
        Columns ``feature``, ``test``, ``statistic``, ``p_value``, ``adjusted`` (Benjamini and
        Hochberg) and ``drifted``; smallest p-value first.
    p_value : float
        Of all comparisons together.
    drifted : bool
        Whether it is an alarm: ``p_value`` is at most ``alpha``.
    pictures : pandas.Series
        Pictures of the current set by id, those first that are most unlike the reference: how
        much nearer they are to each other than to the reference.
    """

    def __init__(self, both: Compared, *, alpha: float, permutations: int, seed: int) -> None:
        self._both, self.alpha = both, alpha
        n_reference = len(both.reference)
        labels = shuffles(n_reference, len(both.current), permutations, seed)
        similar = kernel(both.features)
        names, tests, statistics = _statistics(both, similar, labels, seed)
        each = p_values(statistics)
        # Of shuffles with the same smallest p-value the one with smaller ones beside it is
        # farther out: without that many would tie, and the alarm ring too seldom.
        beside = each.mean(axis=0) / each.shape[1]
        outlying = each.min(axis=0) + beside
        self.p_value = float((outlying <= outlying[0]).mean())
        self.drifted = self.p_value <= alpha
        sure = (outlying <= each[:, :1] + beside[0]).mean(axis=1) <= alpha
        table = self._table(names, tests, statistics[:, 0], each[:, 0], sure)
        # Where p-values are as small as they get, what lies farthest out comes first.
        spread = np.maximum(statistics[:, 1:].std(axis=1), 1e-12)
        far = (statistics[:, 0] - statistics[:, 1:].mean(axis=1)) / spread
        self.table = table.iloc[np.lexsort([-far, each[:, 0]])].reset_index(drop=True)
        unlike = unlike_reference(similar, labels)[n_reference:]
        ids = both.current.table.index
        self.pictures = pd.Series(unlike, ids, name="unlike").sort_values(ascending=False)

    def _table(
        self, names: list[str], tests: list[str], seen: Floats, p_value: Floats, sure: Any
    ) -> pd.DataFrame:
        from scipy.stats import false_discovery_control

        adjusted = false_discovery_control(p_value)
        return pd.DataFrame(
            {
                "feature": names,
                "test": tests,
                "statistic": seen,
                "p_value": p_value,
                "adjusted": adjusted,
                # Of an alarm the smallest p-value is always one of them.
                "drifted": self.drifted & (sure | (adjusted <= self.alpha)),
            }
        )

    @property
    def reference(self) -> ImageSet:
        """The pictures that were compared with."""
        return self._both.reference

    @property
    def current(self) -> ImageSet:
        """The pictures that were compared."""
        return self._both.current

    @property
    def numbers(self) -> pd.DataFrame:
        """What was measured of each picture, with its ``set``, ``reference`` or ``current``."""
        sizes = [len(self.reference), len(self.current)]
        ids = [*self.reference.table.index, *self.current.table.index]
        table = self._both.numbers.set_axis(ids)
        table.insert(0, "set", np.repeat(["reference", "current"], sizes))
        return table

    def summary(self) -> str:
        """Return what was found in one sentence."""
        sizes = f"{len(self.reference):,} and {len(self.current):,} pictures"
        if not self.drifted:
            return f"No drift between {sizes} (p = {self.p_value:.3f})."
        named = ", ".join(dict.fromkeys(self.table.loc[self.table["drifted"], "feature"]))
        return f"Drift between {sizes} (p = {self.p_value:.3f}): {named}."

    def __repr__(self) -> str:
        return f"<{self.summary()}>"

    def _repr_html_(self) -> str:
        from dcwidgets.monitoring.report_page import inner_page

        return inner_page(self, heading="p")

    def show(self, n: int = 16) -> ContactSheet:
        """Lay out the current pictures that are most unlike the reference."""
        from dcwidgets.contact_sheet import contact_sheet

        return contact_sheet(self.current, self.pictures.index[:n])

    def plot(self) -> StaticFigure:
        """Draw the numbers that differ most, reference against current."""
        from dcwidgets.monitoring.report_page import draw

        return draw(self)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the report as one HTML page with pictures, whole or not at all.

        Returns
        -------
        Path
            Where it lies.
        """
        from dcwidgets.monitoring.report_page import page

        target = Path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, page(self).encode())
        return target


def _statistics(
    both: Compared, similar: Floats, labels: Floats, seed: int
) -> tuple[list[str], list[str], Floats]:
    """Return names, tests and statistics: a row for each comparison, a column for each shuffle."""
    rows = [
        ("descriptors", "kernel distance", discrepancies(similar, labels)),
        ("descriptors", "domain classifier", told_apart(both.features, labels, seed)),
    ]
    for name in both.numbers:
        values = np.nan_to_num(both.numbers[name].to_numpy(float), nan=np.inf)
        rows.append((str(name), "Kolmogorov-Smirnov", largest_gap(values, labels)))
    for name in both.categories:
        codes = pd.factorize(both.categories[name])[0]
        rows.append((str(name), "chi-square", chi_square(codes, labels)))
    names, tests, statistics = zip(*rows, strict=True)
    return [*names], [*tests], np.stack(statistics)
