"""Label safety for a page: whether a class keeps its label under the policy shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dcwidgets.imageset import ImageSet

if TYPE_CHECKING:
    import keras
    import pandas as pd

MOST_PICTURES = 200


def labelled(images: ImageSet, order: np.ndarray) -> ImageSet:
    """Take the first pictures of an order that have a label, 200 at most."""
    known = images.table.loc[order, "label"].notna().to_numpy()
    return images.take(order[known][:MOST_PICTURES])


def safety_rows(policy: keras.Layer, model: Any, images: ImageSet) -> list[dict[str, str]]:
    """Compute what the page says of each class, in words.

    Raises
    ------
    ValueError
        If no picture has a label.
    """
    import tensorflow as tf

    from dcwidgets.augmentation.safety import label_safety
    from dcwidgets.training import readable

    if not len(images):
        raise ValueError("No picture of the set has a label, so label safety is unknown.")
    # A warning would show below whatever cell runs meanwhile; the counts say what was looked at.
    _, images = readable(images, model.input_shape[1])
    # Python 3.11 fails when two threads parse code at a time, and TensorFlow would parse ours
    # while the kernel parses a cell: "AST constructor recursion depth mismatch".
    asked = tf.autograph.experimental.do_not_convert(label_safety)
    return [_row(row) for _, row in asked(policy, model, images).iterrows()]


def _row(row: pd.Series) -> dict[str, str]:
    before, after, kept, low, high = (
        f"{100 * row[name]:.0f}" for name in ("before", "after", "kept", "low", "high")
    )
    # What the model never knew says nothing about the policy.
    stay = (
        "the model knows none of them"
        if np.isnan(row["kept"])
        else f"{kept} % of the known keep their label ({low} to {high} %)"
    )
    words = f"named rightly {before} % → {after} %; {stay}, n={row['n']:,.0f}"
    return {"label": str(row["label"]), "words": words}
