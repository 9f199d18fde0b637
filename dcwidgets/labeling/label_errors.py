"""Wrong labels: predictions for pictures a model has not seen, and where labels defy them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dcwidgets.curation.copies import duplicate_groups
from dcwidgets.curation.findings import Audited, findings
from dcwidgets.imageset import ImageSet
from dcwidgets.pipelines.feeding import batches, label_numbers, pixels
from dcwidgets.training import build_model, class_probabilities, readable

if TYPE_CHECKING:
    import keras


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
    >>> probabilities = cross_validate(pets, groups=duplicate_groups(pets))  # doctest: +SKIP
    """
    from tqdm.auto import tqdm

    train = images.where(split="train") if (images.table["split"] == "train").any() else images
    _check_folds(train, folds, epochs)
    left_out, train = readable(train, image_size)
    if groups is not None and not isinstance(groups, pd.Series):
        groups = duplicate_groups(groups)
    dealt = _deal(train, folds, seed, groups)
    task = f"folds, {left_out} unreadable pictures left out" if left_out else "folds"
    parts = []
    for fold in tqdm(dealt.unique(), desc=task, unit="fold", disable=not progress):
        seen, unseen = train.take(dealt.index[dealt != fold]), dealt.index[dealt == fold]
        model = build_model(image_size=image_size, seed=seed, classes=len(images.classes))
        data = batches(seen, shuffle=True, augment=augment, image_size=image_size, seed=seed)
        model.fit(data, epochs=epochs, verbose=0, shuffle=False)
        pictures, ids = pixels(train.take(unseen), image_size)
        parts.append(pd.DataFrame(class_probabilities(model, pictures), ids, images.classes))
    return pd.concat(parts).loc[train.table.index]


def find_label_issues(
    images: ImageSet, probabilities: pd.DataFrame | np.ndarray, *, below: float = 0.4
) -> pd.DataFrame:
    """Find labels that are probably wrong, for review.

    Flagged is what confident learning flags, and every label to which the models give less
    than ``below`` while another class gets more: it costs less to look at a right label than
    to keep a wrong one. A flag is a question, not a verdict: look at the worst first and
    decide yourself. Rare and honest examples look like errors to a model that has learned a
    shortcut.

    Parameters
    ----------
    images : ImageSet
        Images with the labels that are in question.
    probabilities : pandas.DataFrame or numpy.ndarray
        Probabilities from models that have not seen the picture, as `cross_validate` gives:
        by id, one column per class. An array has one row per image, in the order of
        ``images.table``, and one column per class.
    below : float, default 0.4
        Probability from 0 to 1; 0 leaves it to confident learning.

    Returns
    -------
    pandas.DataFrame of shape (n_findings, 7)
        Columns ``id``, ``issue`` ("label"), ``score`` (probability of the given label, 0 to
        1, low is bad), ``other`` (missing), ``evidence``, ``given`` and ``suggested`` (class
        names); worst first. Images without a label or without probabilities are not judged.

    Raises
    ------
    ValueError
        If the probabilities do not fit the images or are none, or ``below`` is out of range.

    Notes
    -----
    C. Northcutt, L. Jiang, I. Chuang, "Confident learning: estimating uncertainty in dataset
    labels", JAIR 70 (2021), as cleanlab implements it.
    """
    from cleanlab.filter import find_label_issues as flagged

    if not 0 <= below <= 1:
        raise ValueError(f"below is a probability, 0 to 1; got {below!r}.")
    known = _aligned(images, probabilities)
    judged = images.take(known.index)
    given, shares = label_numbers(judged), known.to_numpy(float)
    own, best = shares[np.arange(len(given)), given], shares.argmax(axis=1)
    doubted = (own < below) & (best != given)
    wrong = np.flatnonzero(flagged(given, shares, n_jobs=1) | doubted)
    suggested, score = best[wrong], own[wrong]
    names = np.asarray(images.classes, dtype=object)
    extra = pd.DataFrame({"given": names[given[wrong]], "suggested": names[suggested]}, dtype="str")
    extra.index = known.index[wrong]
    rows = zip(extra["given"], score, extra["suggested"], shares[wrong, suggested], strict=True)
    evidence = [
        f"Labelled {label}, to which a model that has not seen it gives {its:.0%}; "
        f"{better} gets {more:.0%}."
        for label, its, better, more in rows
    ]
    return findings("label", known.index[wrong], score, evidence).join(extra, on="id")


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
