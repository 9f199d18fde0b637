"""A coreset of an image set: which pictures are kept, how they weigh, what choosing cost."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from dcwidgets.coresets.geometry import Floats, Rows, facility_location, herding, k_center
from dcwidgets.coresets.geometry import sensitivity as drawn_by_sensitivity
from dcwidgets.training import train_part

if TYPE_CHECKING:
    from dcwidgets.imageset import ImageSet

METHODS = (
    "clean_then_cover",
    "stratified",
    "random",
    "facility_location",
    "k_center",
    "herding",
    "sensitivity",
    "coverage_centric",
    "el2n",
    "forgetting",
)
NEED_SCORES = ("coverage_centric", "el2n", "forgetting")
_STRATA = 50
_HARDEST_CUT = 0.1


@dataclass(frozen=True)
class Selection:
    """What a method keeps of a table of features.

    Attributes
    ----------
    rows : numpy.ndarray of shape (m,)
        Row numbers, the most valuable first where the method has an order.
    weights : numpy.ndarray of shape (m,)
        float32; how many of the rows each one stands for, or ones.
    seconds : float
        What choosing took, features and scores not counted.
    """

    rows: Rows
    weights: Floats
    seconds: float


def coreset(
    images: ImageSet,
    size: float = 0.1,
    method: str = "clean_then_cover",
    *,
    features: npt.ArrayLike | None = None,
    scores: pd.DataFrame | None = None,
    probabilities: pd.DataFrame | None = None,
    seed: int = 0,
) -> ImageSet:
    """Choose a few pictures that stand for all.

    Parameters
    ----------
    images : ImageSet
        Labelled images; where a split ``train`` exists, only that split is chosen from, and
        only what is chosen comes back. Pictures that cannot be decoded are never chosen.
    size : float or int, default 0.1
        A share of the images above 0 and up to 1.0, or a whole number of images.
    method : str, default "clean_then_cover"
        ``"clean_then_cover"``: leave out what out-of-fold predictions call label errors,
        then cover each class by herding. ``"stratified"``: any, each class with its
        share; the baseline that the others must beat. ``"random"``: any.
        ``"facility_location"``, ``"k_center"``, ``"herding"``: by geometry, class by class.
        ``"sensitivity"``: drawn, with weights. ``"el2n"``, ``"forgetting"``: those that
        training finds hardest. ``"coverage_centric"``: all degrees of difficulty but the
        hardest tenth.
    features : array_like of shape (n_images, d), optional
        In the order of ``images.table``, as `embed` gives them, which is called if needed.
    scores : pandas.DataFrame, optional
        What `training_scores` gives, which is called if needed.
    probabilities : pandas.DataFrame, optional
        For ``"clean_then_cover"``: what `cross_validate` gives, which is called if needed.
    seed : int, default 0
        From 0 on.

    Returns
    -------
    ImageSet
        With weights where the method gives any; they reach `fit` and `measure`.

    Raises
    ------
    ValueError
        If ``size`` or ``method`` is unknown, a label is missing, or features do not fit.

    Notes
    -----
    Of methods that leave label errors out fewer images may come back than asked for.
    M. Paul, S. Ganguli, G. Dziugaite, "Deep learning on a data diet", NeurIPS 2021 (EL2N);
    M. Toneva et al., "An empirical study of example forgetting", ICLR 2019; H. Zheng et al.,
    "Coverage-centric coreset selection for high pruning rates", ICLR 2023.

    Examples
    --------
    >>> features = dcw.embed(train)
    >>> core = dcw.coreset(train, 0.1, method="facility_location", features=features)
    """
    from dcwidgets.pipelines.feeding import label_numbers

    _check_method(method)
    judged, table = candidates(images, features, seed=seed)
    k = how_many(size, len(train_part(images)))
    labels = label_numbers(judged)
    extra = hints(judged, method, scores, probabilities, seed)
    chosen = select(method, table, labels, min(k, len(judged)), seed=seed, **extra)
    return kept(judged, chosen)


def candidates(
    images: ImageSet, features: npt.ArrayLike | None = None, *, seed: int = 0
) -> tuple[ImageSet, Floats]:
    """Return the images that `coreset` chooses from, and their features: finite rows only.

    Raises
    ------
    ValueError
        If features do not fit, or none is finite.
    """
    from dcwidgets.coresets.embedding import embed

    whole = train_part(images)
    table = np.asarray(embed(whole, seed=seed) if features is None else features, np.float32)
    if table.ndim != 2 or len(table) not in {len(whole), len(images)}:
        raise ValueError(
            f"features have shape {table.shape}; expected one row for each of the {len(images)} "
            "images, in the order of `images.table`. `dcw.embed(images)` makes them."
        )
    if len(table) != len(whole):
        table = table[images.table.index.get_indexer(whole.table.index)]
    known = np.isfinite(table).all(axis=1)
    if not known.any():
        raise ValueError("No row of features holds finite numbers only: nothing can be chosen.")
    return whole.take(whole.table.index[np.flatnonzero(known)]), table[known]


def kept(judged: ImageSet, chosen: Selection) -> ImageSet:
    """Return the images of a selection, with its weights."""
    ids = judged.table.index[chosen.rows]
    weights = pd.Series(chosen.weights.astype(float), ids)
    core = judged.take(ids)
    return core.derive(core.table, weights=weights * core.weights)


def select(
    method: str,
    features: npt.ArrayLike,
    labels: npt.ArrayLike,
    k: int,
    *,
    seed: int = 0,
    scores: npt.ArrayLike | None = None,
    errors: npt.ArrayLike | None = None,
) -> Selection:
    """Choose rows of a table of features; `coreset` for those who have no image set.

    Parameters
    ----------
    method : str
        As for `coreset`.
    features : array_like of shape (n, d)
        Finite numbers.
    labels : array_like of shape (n,)
        Whole class numbers.
    k : int
        Rows to choose, 1 to ``n``.
    seed : int, default 0
        From 0 on.
    scores : array_like of shape (n,), optional
        For ``"el2n"``, ``"forgetting"`` and ``"coverage_centric"``: how hard each row is.
    errors : array_like of shape (n,), optional
        For ``"clean_then_cover"``: true where a label is believed to be wrong.

    Returns
    -------
    Selection

    Raises
    ------
    ValueError
        If the method is unknown, what it needs is missing, or ``k`` is out of range.
    """
    _check_method(method)
    table, classes = np.asarray(features, np.float32), np.asarray(labels)
    if classes.shape != (len(table),) or not 1 <= k <= len(table):
        raise ValueError(
            f"Expected one label for each of the {len(table)} rows and k from 1 to that many, "
            f"got labels of shape {classes.shape} and k={k!r}."
        )
    started = time.perf_counter()
    rows, weights = _METHODS[method](_Task(table, classes, k, seed, scores, errors))
    if weights is None:
        weights = np.ones(len(rows), np.float32)
    return Selection(rows, weights, time.perf_counter() - started)


def how_many(size: float, n: int) -> int:
    """Turn a share or a number into a number of images.

    Raises
    ------
    ValueError
        If it is no share in (0, 1] and no whole number of at least 1.
    """
    whole = isinstance(size, int | np.integer) and not isinstance(size, bool)
    if whole and size >= 1:
        return min(int(size), n)
    if isinstance(size, float | np.floating) and 0 < size <= 1:
        return max(1, round(float(size) * n))
    raise ValueError(
        f"size must be a share above 0 and up to 1.0, or a whole number of images of at least 1, "
        f"got {size!r}."
    )


def training_scores(images: ImageSet, *, epochs: int = 8, seed: int = 0) -> pd.DataFrame:
    """Train THE model once and note how hard it finds each picture.

    Returns
    -------
    pandas.DataFrame of shape (n_images, 2)
        By id: ``el2n``, the distance of the probabilities from the label, mean over the
        epochs, 0 to 1.42; ``forgetting``, how often a picture was right after one epoch and
        wrong after the next, one more than ``epochs`` if it was never right.

    Raises
    ------
    ValueError
        If ``epochs`` is below 2, or a label is missing.
    """
    from dcwidgets.pipelines.feeding import batches, label_numbers, pixels
    from dcwidgets.training import build_model, class_probabilities, readable
    from dcwidgets.workbench import workbench

    if epochs < 2:
        raise ValueError(f"epochs must be at least 2, got {epochs!r}.")
    _, train = readable(train_part(images), 64)
    numbers = label_numbers(train)
    model = workbench(build_model, classes=len(images.classes), image_size=64).fresh(seed)
    data = batches(train, shuffle=True, seed=seed)
    inputs, ids = pixels(train, 64)
    one_hot = np.eye(len(images.classes))[numbers]
    errors, right = [], []
    for _ in range(epochs):
        model.fit(data, verbose=0, shuffle=False)
        shares = class_probabilities(model, inputs)
        errors.append(np.linalg.norm(shares - one_hot, axis=1))
        right.append(shares.argmax(axis=1) == numbers)
    seen = np.stack(right)
    forgotten = (seen[:-1] & ~seen[1:]).sum(axis=0)
    forgotten = np.where(seen.any(axis=0), forgotten, epochs + 1)
    return pd.DataFrame({"el2n": np.mean(errors, axis=0), "forgetting": forgotten}, ids)


@dataclass(frozen=True)
class _Task:
    features: Floats
    labels: npt.NDArray[Any]
    k: int
    seed: int
    scores: npt.ArrayLike | None
    errors: npt.ArrayLike | None

    @property
    def rng(self) -> np.random.Generator:
        return np.random.default_rng(self.seed)

    def hardness(self) -> Floats:
        if self.scores is None or np.shape(self.scores) != self.labels.shape:
            raise ValueError(
                "This method needs to know how hard each row is: pass scores, one number a row. "
                "`dcwidgets.coresets.training_scores(images)` makes them."
            )
        return np.asarray(self.scores, float)


_Chosen: TypeAlias = tuple[Rows, Floats | None]


def _by_class(task: _Task, choose: Callable[[Floats, int], Rows], within: Rows) -> _Chosen:
    """Choose within each class, its share of ``k``; and deal the choices out in turn."""
    quotas = _quotas(task.labels[within], min(task.k, len(within)))
    parts, places = [], []
    for label, quota in quotas.items():
        rows = within[task.labels[within] == label]
        parts.append(rows[choose(task.features[rows], quota)])
        places.append(np.arange(quota) / quota)
    order = np.argsort(np.concatenate(places), kind="stable")
    return np.concatenate(parts)[order], None


def _quotas(labels: npt.NDArray[Any], k: int) -> dict[Any, int]:
    """Share ``k`` among the classes as they are, none beyond what it has; largest rests first."""
    found, counts = np.unique(labels, return_counts=True)
    exact = k * counts / counts.sum()
    quotas = np.floor(exact).astype(int)
    rest = np.argsort(quotas - exact, kind="stable")[: k - quotas.sum()]
    quotas[rest] += 1
    return {label: int(quota) for label, quota in zip(found, quotas, strict=True) if quota}


def _everything(task: _Task) -> Rows:
    return np.arange(len(task.labels))


def _random(task: _Task) -> _Chosen:
    return task.rng.permutation(len(task.labels))[: task.k], None


def _stratified(task: _Task) -> _Chosen:
    rng = task.rng
    return _by_class(task, lambda part, k: rng.permutation(len(part))[:k], _everything(task))


def _geometric(choose: Callable[[Floats, int], Rows]) -> Callable[[_Task], _Chosen]:
    return lambda task: _by_class(task, choose, _everything(task))


def _sensitivity(task: _Task) -> _Chosen:
    return drawn_by_sensitivity(task.features, task.k, seed=task.seed)


def _clean_then_cover(task: _Task) -> _Chosen:
    if task.errors is None or np.shape(task.errors) != task.labels.shape:
        raise ValueError(
            "clean_then_cover needs to know which labels are believed to be wrong: pass errors, "
            "one boolean a row, such as `dcw.find_label_issues` flags."
        )
    sound = np.flatnonzero(~np.asarray(task.errors, bool))
    if not len(sound):
        raise ValueError("All labels are believed to be wrong: there is nothing to cover.")
    return _by_class(task, herding, sound)  # the best cover of those measured


def _hardest(task: _Task) -> _Chosen:
    return np.argsort(-task.hardness(), kind="stable")[: task.k], None


def _coverage_centric(task: _Task) -> _Chosen:
    """Leave the hardest out, cut the rest into strata of hardness, and draw from each alike."""
    hardness, rng = task.hardness(), task.rng
    most = len(hardness) - min(int(_HARDEST_CUT * len(hardness)), len(hardness) - task.k)
    kept = np.argsort(hardness, kind="stable")[:most]
    edges = np.linspace(hardness[kept[0]], hardness[kept[-1]], _STRATA + 1)[1:-1]
    stratum = np.digitize(hardness[kept], edges)
    groups = sorted((kept[stratum == at] for at in np.unique(stratum)), key=len)
    chosen: list[Rows] = []
    left = task.k
    for number, group in enumerate(groups):
        # Small strata are taken whole, and what they lack goes to the larger ones.
        take = min(len(group), -(-left // (len(groups) - number)))
        chosen.append(rng.permutation(group)[:take])
        left -= take
    return rng.permutation(np.concatenate(chosen)), None


_METHODS: Mapping[str, Callable[[_Task], _Chosen]] = {
    "clean_then_cover": _clean_then_cover,
    "stratified": _stratified,
    "random": _random,
    "facility_location": _geometric(facility_location),
    "k_center": _geometric(k_center),
    "herding": _geometric(herding),
    "sensitivity": _sensitivity,
    "coverage_centric": _coverage_centric,
    "el2n": _hardest,
    "forgetting": _hardest,
}


def hints(
    images: ImageSet,
    method: str,
    scores: pd.DataFrame | None,
    probabilities: pd.DataFrame | None,
    seed: int,
) -> dict[str, Any]:
    """Return what a method needs to know beyond the features."""
    if method in NEED_SCORES:
        hard = training_scores(images, seed=seed) if scores is None else scores
        column = "forgetting" if method == "forgetting" else "el2n"
        return {"scores": hard[column].reindex(images.table.index).to_numpy()}
    if method == "clean_then_cover":
        from dcwidgets.labeling.label_errors import cross_validate, find_label_issues

        shares = cross_validate(images, seed=seed) if probabilities is None else probabilities
        flagged = find_label_issues(images, shares)["id"]
        return {"errors": images.table.index.isin(flagged)}
    return {}


def _check_method(method: str) -> None:
    if method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}, got {method!r}.")
