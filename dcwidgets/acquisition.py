"""Which pictures to label next: the pool, asked four ways."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from dcwidgets.descriptors import describe
from dcwidgets.pipelines.feeding import pixels
from dcwidgets.training import Score, class_probabilities, readable, slice_name

if TYPE_CHECKING:
    from dcwidgets.imageset import ImageSet

Floats = npt.NDArray[np.floating[Any]]

WAYS = ("uncertainty", "weak_slice", "coverage", "random")
_MOST_CANDIDATES = 2000


def collect(
    model: Any,
    pool: ImageSet,
    n: int,
    by: str = "uncertainty",
    *,
    slices: Score | pd.DataFrame | None = None,
    known: ImageSet | None = None,
    seed: int = 0,
) -> list[str]:
    """Choose pictures of a pool to label next; nothing here looks at their labels.

    ``recipe.add(ids)`` then puts them into train and reveals what annotation says.

    Parameters
    ----------
    model : keras.Model, pandas.DataFrame, numpy.ndarray or None
        A trained model, or probabilities of the pool: by id with one column per class, or an
        array with one row per picture in the order of ``pool.table``. None where ``by`` needs
        no model.
    pool : ImageSet
        Pictures that could be labelled.
    n : int
        Pictures to choose, at least 1.
    by : {"uncertainty", "weak_slice", "coverage", "random"}
        ``"uncertainty"``: those whose two most probable classes are closest.
        ``"weak_slice"``: from every slice in proportion to the model's errors there, as far as
        metadata tells who belongs to it, and of a slice what the model is least certain of.
        ``"coverage"``: those that leave no picture of the pool far from a known one.
        ``"random"``: any; what every other way must beat.
    slices : Score or pandas.DataFrame, optional
        For ``"weak_slice"``: a score, or its ``slices``, measured on pictures that will not
        judge the result.
    known : ImageSet, optional
        For ``"coverage"``: pictures that have labels already.
    seed : int, default 0
        Seed of ``"random"``, of ties and of samples.

    Returns
    -------
    list of str
        Ids of the pool, the most wanted first. Pictures that cannot be decoded are left out
        where a model or coverage has to see them.

    Raises
    ------
    ValueError
        If ``n`` exceeds what can be chosen, ``by`` is unknown, or what it needs is missing.

    Notes
    -----
    Margin sampling: T. Scheffer, C. Decomain, S. Wrobel, "Active hidden Markov models for
    information extraction" (2001). Coverage is greedy facility location.

    Examples
    --------
    >>> ids = dcw.collect(model, pool, 20, by="uncertainty")
    >>> more = dcw.Recipe().add(ids, reason="least certain").apply(pets)
    """
    if by not in WAYS:
        raise ValueError(f"by must be one of {', '.join(WAYS)}, got {by!r}.")
    _check_n(n, len(pool))
    mixed = pool.take(np.random.default_rng(seed).permutation(pool.table.index))
    if by == "random":
        return list(mixed.table.index[:n])
    if by == "coverage":
        chosen = _spread_out(mixed, known, n, seed)
    else:
        probabilities = _probabilities(model, pool, by).reindex(mixed.table.index).dropna()
        if by == "uncertainty":
            chosen = list(_margins(probabilities).sort_values(kind="stable").index[:n])
        else:
            chosen = _from_slices(_slice_table(slices), mixed, probabilities, n)
    if len(chosen) < n:
        raise ValueError(
            f"Only {len(chosen)} pictures of the pool can be chosen, and n is {n}. Ask for fewer."
        )
    return chosen


def _check_n(n: object, most: int) -> None:
    if isinstance(n, bool) or not isinstance(n, int | np.integer) or not 1 <= n <= most:
        raise ValueError(f"n must be a whole number from 1 to the pool's {most}, got {n!r}.")


def _probabilities(model: Any, pool: ImageSet, by: str) -> pd.DataFrame:
    if model is None:
        raise ValueError(
            f'by="{by}" asks a model: pass a trained one, or probabilities of the pool. '
            'by="random" and by="coverage" need none.'
        )
    if isinstance(model, pd.DataFrame):
        return model.loc[:, pool.classes]
    if hasattr(model, "input_shape"):
        size = model.input_shape[1]
        pictures, ids = pixels(readable(pool, size)[1], size)
        return pd.DataFrame(class_probabilities(model, pictures), ids, pool.classes)
    values = np.asarray(model, float)
    if values.shape != (len(pool), len(pool.classes)):
        raise ValueError(
            f"Probabilities have shape {values.shape}; expected one row per picture of the pool "
            f"and one column per class, {(len(pool), len(pool.classes))}."
        )
    return pd.DataFrame(values, pool.table.index, pool.classes)


def _margins(probabilities: pd.DataFrame) -> pd.Series:
    ordered = np.sort(probabilities.to_numpy(), axis=1)
    return pd.Series(ordered[:, -1] - ordered[:, -2], probabilities.index)


def _slice_table(slices: Score | pd.DataFrame | None) -> pd.DataFrame:
    table = slices.slices if isinstance(slices, Score) else slices
    if table is None or not {"slice", "accuracy"} <= set(table.columns):
        raise ValueError(
            'by="weak_slice" needs to know where the model is weak: pass slices=score, '
            "as `dcw.measure` returns it, measured on pictures that do not judge the result."
        )
    return table.sort_values("accuracy", kind="stable").drop_duplicates("slice")


def _from_slices(
    slices: pd.DataFrame, pool: ImageSet, probabilities: pd.DataFrame, n: int
) -> list[str]:
    """Take from every slice in proportion to its errors, then from one after the other."""
    # Of a weak slice the model errs on what it is sure of least; what it is sure of it knows.
    margins = _margins(probabilities).sort_values(kind="stable")
    table = pool.table.loc[margins.index]
    inside = _members(table, pool.classes, pool.metadata)
    ranked = slices[slices["slice"].isin(inside)]
    narrow = ranked[~ranked["slice"].isin(pool.classes)]
    ranked = narrow if len(narrow) else ranked
    waiting = [list(margins.index[margins.index.isin(inside[name])]) for name in ranked["slice"]]
    errors = 1 - ranked["accuracy"].to_numpy(float)
    chosen: dict[str, None] = {}
    for ids, share in zip(waiting, n * errors / max(errors.sum(), 1e-9), strict=True):
        still = [id_ for id_ in ids if id_ not in chosen]
        chosen |= dict.fromkeys(still[: int(share)])
    # One from each in turn, weakest first, until there are enough.
    turns = [id_ for turn in zip_longest(*waiting) for id_ in turn if id_ is not None]
    chosen |= dict.fromkeys(turns) if len(chosen) < n else {}
    return list(chosen)[:n]


def _members(
    table: pd.DataFrame, classes: Sequence[str], metadata: Sequence[str]
) -> dict[str, pd.Index]:
    """Return the pictures that belong to each slice if they are of its class."""
    found = dict.fromkeys(classes, table.index)
    for column in metadata:
        for value, rows in table.groupby(column, observed=True):
            found |= {slice_name(each, column, value): rows.index for each in classes}
    return found


def _spread_out(pool: ImageSet, known: ImageSet | None, n: int, seed: int) -> list[str]:
    """Choose greedily what shortens the way from the pool's pictures to the nearest known one."""
    _, seen = readable(pool, 64)
    candidates = seen.take(seen.table.index[: max(n, _MOST_CANDIDATES)])
    _check_n(n, len(candidates))
    base = None if known is None or not len(known) else readable(known, 64)[1]
    features, others = describe(candidates, base, seed=seed)
    return [str(candidates.table.index[row]) for row in greedy_cover(features, others, n)]


def greedy_cover(features: Floats, known: Floats | None, n: int) -> list[int]:
    """Return the rows that greedily shorten the mean distance of all rows to a chosen one.

    Parameters
    ----------
    features : numpy.ndarray of shape (n_rows, n_features)
    known : numpy.ndarray of shape (n_known, n_features) or None
        Points that count as chosen from the start.
    n : int
        Rows to choose, at most ``n_rows``.
    """
    from sklearn.metrics import pairwise_distances, pairwise_distances_argmin_min

    apart = pairwise_distances(features).astype(np.float32)
    if known is None:
        nearest = apart.max(axis=1)
    else:
        nearest = pairwise_distances_argmin_min(features, known)[1].astype(np.float32)
    chosen: list[int] = []
    open_rows = np.ones(len(features), bool)
    for _ in range(n):
        gain = np.maximum(nearest[:, None] - apart, 0).sum(axis=0)
        best = int(np.where(open_rows, gain, -1.0).argmax())
        chosen.append(best)
        open_rows[best] = False
        nearest = np.minimum(nearest, apart[best])
    return chosen
