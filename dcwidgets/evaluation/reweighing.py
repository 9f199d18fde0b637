"""Reweighing: weights under which a property no longer gives the label away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from dcwidgets.evaluation.groups import grouping
from dcwidgets.evaluation.properties import described
from dcwidgets.recipe import Recipe

if TYPE_CHECKING:
    from dcwidgets.imageset import ImageSet


def reweigh(images: ImageSet, columns: str | Sequence[str]) -> Recipe:
    """Weigh pictures so that a property and the label have nothing to do with each other.

    A picture of a class and a value that are seldom together weighs more: how many there would
    be if the two were independent, by how many there are. No picture is dropped, none is new;
    a kind without a single picture cannot be weighed up.

    Parameters
    ----------
    images : ImageSet
        Labelled training pictures; where a split ``train`` exists, only that split.
    columns : str or sequence of str
        Metadata column, or several whose joint values count; of pictures without metadata,
        properties such as ``"brightness"``. Numbers with more than 12 values are cut into
        quarters.

    Returns
    -------
    Recipe
        Sets weights, one edit for each kind; their mean over the pictures is 1 where every class
        occurs with every value.

    Raises
    ------
    ValueError
        If a column does not exist, or no picture has a label.

    Notes
    -----
    F. Kamiran, T. Calders, "Data preprocessing techniques for classification without
    discrimination", Knowledge and Information Systems 33 (2012).

    Examples
    --------
    >>> recipe = dcw.reweigh(pets, "scene")
    >>> fairer = recipe.apply(pets)
    """
    table = described(images)
    if (table["split"] == "train").any():
        table = table[table["split"] == "train"]
    table = table[table["label"].notna()]
    if table.empty:
        raise ValueError("No picture has a label: there is nothing to weigh. Label some first.")
    frame = grouping(table, columns)
    names = frame.columns.tolist()
    key = frame.astype(str).agg(", ".join, axis=1)
    both = pd.DataFrame({"label": table["label"].astype(str), "value": key})
    n_label = both["label"].map(both["label"].value_counts())
    n_value = both["value"].map(both["value"].value_counts())
    weights = (
        n_label * n_value / len(both) / both.groupby(["label", "value"])["value"].transform("size")
    )
    recipe = Recipe()
    for (label, value), rows in both.groupby(["label", "value"]):
        recipe.weight(
            rows.index,
            float(weights.loc[rows.index[0]]),
            reason=f"reweighed: {label}, {' and '.join(names)} {value}",
        )
    return recipe
