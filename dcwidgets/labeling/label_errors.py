"""Wrong labels: predictions for pictures a model has not seen, and where labels defy them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dcwidgets.curation.copies import duplicate_groups
from dcwidgets.curation.findings import Audited, findings
from dcwidgets.imageset import ImageSet
from dcwidgets.labeling.second_opinions import second_opinion
from dcwidgets.pipelines.feeding import batches, label_numbers, pixels
from dcwidgets.training import build_model, class_probabilities, readable, train_part
from dcwidgets.workbench import workbench

if TYPE_CHECKING:
    import keras

# A second judge that agrees with the labels less often than the first, by more, is not heard.
_TRUSTED = 0.05


def cross_validate(
    images: ImageSet,
    folds: int = 4,
    *,
    seed: int = 0,
    epochs: int = 8,
    augment: keras.Layer | None = None,
    groups: pd.Series | Audited | None = None,
    image_size: int = 64,
    progress: bool = True,
) -> pd.DataFrame:
    """Predict every picture with a model that was trained without it.

    THE model is trained once per fold, on all other folds.

    Parameters
    ----------
    images : ImageSet
        Labelled images; where a split ``train`` exists, only that split. Pictures that cannot
        be decoded are left out.
    folds : int, default 4
        Parts the images are dealt into, at least 2; each keeps the shares of the labels.
    seed : int, default 0
        Seed of the folds, the initial weights and the order; from 0 on.
    epochs : int, default 8
        Times each training picture is seen, at least 1.
    augment : keras.Layer, optional
        Policy that changes training pictures as they are drawn.
    groups : pandas.Series or Audit, optional
        Group by id, as `duplicate_groups` gives, or an audit that knows the copies; a group
        stays in one fold, for a copy would give its twin's label away. Images without a group
        stand alone.
    image_size : int, default 64
        Edge of the square input in pixels.
    progress : bool, default True
        Show a progress bar over the folds.

    Returns
    -------
    pandas.DataFrame of shape (n_images, n_classes)
        Probabilities by id, one column per class; rows add up to 1.

    Raises
    ------
    ValueError
        If ``folds`` or ``epochs`` is too small, there are fewer images than folds, or a label
        is missing.

    Examples
    --------
    >>> groups = dcw.duplicate_groups(pets)
    >>> probabilities = dcw.cross_validate(pets, folds=2, epochs=1, groups=groups)
    """
    from tqdm.auto import tqdm

    train = train_part(images)
    _check_folds(train, folds, epochs)
    left_out, train = readable(train, image_size)
    if groups is not None and not isinstance(groups, pd.Series):
        groups = duplicate_groups(groups)
    dealt = _deal(train, folds, seed, groups)
    task = f"folds, {left_out} unreadable pictures left out" if left_out else "folds"
    parts = []
    bench = workbench(build_model, classes=len(images.classes), image_size=image_size)
    for fold in tqdm(dealt.unique(), desc=task, unit="fold", disable=not progress):
        seen, unseen = train.take(dealt.index[dealt != fold]), dealt.index[dealt == fold]
        model = bench.fresh(seed)
        data = batches(seen, shuffle=True, augment=augment, image_size=image_size, seed=seed)
        model.fit(data, epochs=epochs, verbose=0, shuffle=False)
        pictures, ids = pixels(train.take(unseen), image_size)
        parts.append(pd.DataFrame(class_probabilities(model, pictures), ids, images.classes))
    return pd.concat(parts).loc[train.table.index]


def find_label_issues(
    images: ImageSet,
    probabilities: pd.DataFrame | np.ndarray,
    *,
    below: float = 0.5,
    second: bool = True,
) -> pd.DataFrame:
    """Find labels that are probably wrong, for review.

    Flagged is what confident learning flags, and every label to which one of two judges gives
    less than ``below`` while another class gets more. The first judge are the models behind
    ``probabilities``; the second knows edges and colours only. It costs less to look at a
    right label than to keep a wrong one: a flag is a question, not a verdict. Look at the
    worst first and decide yourself. Rare and honest examples look like errors to a model that
    has learned a shortcut.

    Parameters
    ----------
    images : ImageSet
        Images with the labels that are in question.
    probabilities : pandas.DataFrame or numpy.ndarray
        Probabilities from models that have not seen the picture, as `cross_validate` gives:
        by id, one column per class. An array has one row per image, in the order of
        ``images.table``, and one column per class.
    below : float, default 0.5
        Probability from 0 to 1; 0 leaves it to confident learning.
    second : bool, default True
        Ask the second judge, too, which takes some seconds for thousands of pictures. It is
        heard only where it agrees with the labels nearly as often as the first, within 5
        points: on pictures that edges and colours do not tell apart it knows nothing.

    Returns
    -------
    pandas.DataFrame of shape (n_findings, 7)
        Columns ``id``, ``issue`` ("label"), ``score`` (probability of the given label by the
        judge who doubts it more, 0 to 1, low is bad), ``other`` (missing), ``evidence``,
        ``given`` and ``suggested`` (class names); worst first. Images without a label or
        without probabilities are not judged.

    Raises
    ------
    ValueError
        If the probabilities do not fit the images or are none, or ``below`` is out of range.

    Notes
    -----
    C. Northcutt, L. Jiang, I. Chuang, "Confident learning: estimating uncertainty in dataset
    labels", JAIR 70 (2021), as cleanlab implements it, on the first judge.
    """
    from cleanlab.filter import find_label_issues as flagged

    if not 0 <= below <= 1:
        raise ValueError(f"below is a probability, 0 to 1; got {below!r}.")
    known = _aligned(images, probabilities)
    judged = images.take(known.index)
    given, shares = label_numbers(judged), known.to_numpy(float)
    sure = flagged(given, shares, n_jobs=1)
    whose = np.full(len(given), "a model that has not seen it", object)
    if second:
        other = _heard(second_opinion(judged).reindex(known.index).to_numpy(float), given, shares)
        rows = np.arange(len(given))
        # Of two judges the one counts that gives the label less; NaN is no opinion.
        doubts = ~sure & (np.nan_to_num(other[rows, given], nan=1.0) < shares[rows, given])
        shares = np.where(doubts[:, None], other, shares)
        whose[doubts] = "a second judge, which knows edges and colours alone,"
    return _issues(judged, given, shares, sure, whose, below)


def _heard(other: np.ndarray, given: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Return what the second judge says, or NaN throughout if it knows much less."""
    seen = np.isfinite(other).all(axis=1)
    if not seen.any():
        return other
    right = [(shares[seen].argmax(axis=1) == given[seen]).mean() for shares in (first, other)]
    return other if right[1] >= right[0] - _TRUSTED else np.full_like(other, np.nan)


def _issues(
    images: ImageSet,
    given: np.ndarray,
    shares: np.ndarray,
    sure: np.ndarray,
    whose: np.ndarray,
    below: float,
) -> pd.DataFrame:
    """Return the findings of labels that are flagged for sure, or given less than ``below``."""
    own, best = shares[np.arange(len(given)), given], shares.argmax(axis=1)
    wrong = np.flatnonzero(sure | ((own < below) & (best != given)))
    score, suggested = own[wrong], best[wrong]
    names, index = np.asarray(images.classes, dtype=object), images.table.index[wrong]
    extra = pd.DataFrame({"given": names[given[wrong]], "suggested": names[suggested]}, dtype="str")
    extra.index = index
    rows = zip(
        *(extra["given"], score, extra["suggested"], shares[wrong, suggested], whose[wrong]),
        strict=True,
    )
    evidence = [
        f"Labelled {label}, to which {judge} gives {its:.0%}; {better} gets {more:.0%}."
        for label, its, better, more, judge in rows
    ]
    return findings("label", index, score, evidence).join(extra, on="id")


def _check_folds(train: ImageSet, folds: int, epochs: int) -> None:
    if folds < 2 or epochs < 1:
        raise ValueError(
            f"Give at least 2 folds and 1 epoch, got folds={folds!r}, epochs={epochs!r}."
        )
    if len(train) < folds:
        raise ValueError(
            f"{len(train)} images cannot be dealt into {folds} folds. "
            "Look at `images.table` and `where(...)`."
        )
    label_numbers(train)  # says which labels are missing


def _deal(train: ImageSet, folds: int, seed: int, groups: pd.Series | None) -> pd.Series:
    shares: dict[str, Any] = {f"fold {number}": 1 / folds for number in range(folds)}
    dealt = train.split(seed=seed, group=groups, **shares).table["split"]
    if dealt.nunique() < 2:
        raise ValueError(
            "All images belong to one group, so none can be predicted unseen. "
            "Pass what `dcw.duplicate_groups(images)` gives, or no groups."
        )
    return dealt


def _aligned(images: ImageSet, probabilities: pd.DataFrame | np.ndarray) -> pd.DataFrame:
    """Return the probabilities of the labelled images, by id, columns in the classes' order."""
    labels, classes = images.table["label"], images.classes
    if not isinstance(probabilities, pd.DataFrame):
        shares = np.asarray(probabilities, float)
        if shares.shape != (len(images), len(classes)):
            raise ValueError(
                f"Expected probabilities of shape {(len(images), len(classes))}, images by "
                f"classes, got {shares.shape}. `dcw.cross_validate(images)` makes them."
            )
        probabilities = pd.DataFrame(shares, images.table.index, classes)
    if sorted(map(str, probabilities.columns)) != sorted(classes):
        raise ValueError(
            f"Columns must be the classes {', '.join(classes)}, "
            f"got {', '.join(map(str, probabilities.columns))}."
        )
    known = probabilities.loc[probabilities.index.isin(labels.index[labels.notna()]), classes]
    _check_probabilities(known)
    return known.loc[labels.index[labels.index.isin(known.index)]]


def _check_probabilities(known: pd.DataFrame) -> None:
    shares = known.to_numpy(float)
    if not len(known) or not known.index.is_unique:
        raise ValueError(
            "The probabilities must have one row for each of the labelled images, "
            f"got {len(known)} rows for them. Are they indexed by id?"
        )
    good = np.isfinite(shares).all(axis=1) & (shares >= 0).all(axis=1)
    good &= np.abs(shares.sum(axis=1) - 1) < 1e-3
    if not good.all():
        bad = known.index[~good][0]
        raise ValueError(
            "Probabilities must lie between 0 and 1 and add up to 1 in each row; "
            f"image {bad!r} has {known.loc[bad].tolist()}."
        )
