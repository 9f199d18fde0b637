"""Does a policy leave the label alone? Asked of a model that has learned the classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dcwidgets.intervals import wilson
from dcwidgets.pipelines.feeding import label_numbers, pixels, prepare
from dcwidgets.training import decide

if TYPE_CHECKING:
    import keras

    from dcwidgets.imageset import ImageSet


def label_safety(
    policy: keras.Layer, model: keras.Model, images: ImageSet, *, seed: int = 0
) -> pd.DataFrame:
    """Ask a trained model whether pictures still show their class after a policy.

    A picture counts as kept if the model names its label before and after. What the model
    never knew says nothing about the policy, so it is left out of that share. A model is
    no judge of what a person would see: look at what is lost before you blame the policy.

    Parameters
    ----------
    policy : keras.Layer
        As `dcwidgets.policy` makes it. Each picture is drawn once.
    model : keras.Model
        A trained model, such as `dcwidgets.build_model` after `dcwidgets.fit`.
    images : ImageSet
        Labelled images, best none that the model was trained on.
    seed : int, default 0
        Seed of the draws.

    Returns
    -------
    pandas.DataFrame
        One row per class of ``images``: ``label``, ``n`` pictures, ``before`` and
        ``after``, the shares the model names rightly, ``kept``, the share of those right
        before that are right after, and ``low`` and ``high``, its 95 % Wilson interval
        (0 to 1, and ``kept`` missing, where the model was never right).

    Raises
    ------
    ValueError
        If the set is empty or a label is missing, or the model has another number of
        classes.

    Examples
    --------
    >>> safety = dcw.label_safety(dcw.policy("absurd"), model, test)
    """
    size = model.input_shape[1]
    _check_classes(model, images)
    array, kept = pixels(images, size)
    readable = images.take(kept)
    truth = label_numbers(readable)
    data = prepare(readable, augment=policy, image_size=size, seed=seed)
    drawn = np.concatenate([pictures for pictures, _ in data.as_numpy_iterator()])
    before, after = decide(model, array) == truth, decide(model, drawn) == truth
    rows = [
        _row(label, before[truth == number], after[truth == number])
        for number, label in enumerate(images.classes)
        if (truth == number).any()
    ]
    return pd.DataFrame(rows)


def _check_classes(model: keras.Model, images: ImageSet) -> None:
    outputs = model.output_shape[-1]
    known = 2 if outputs == 1 else outputs
    if known != len(images.classes):
        raise ValueError(
            f"The model tells {known} classes apart, and the images have {len(images.classes)}: "
            f"{', '.join(images.classes)}. Train a model on images of these classes."
        )


def _row(label: str, before: np.ndarray, after: np.ndarray) -> dict[str, object]:
    right, both = int(before.sum()), int((before & after).sum())
    low, high = wilson(both, right)
    return {
        "label": label,
        "n": len(before),
        "before": before.mean(),
        "after": after.mean(),
        "kept": both / right if right else np.nan,
        "low": float(low),
        "high": float(high),
    }
