"""Two colleagues of lesson 05, who label what they are given, each in a way of her own."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dcwidgets.imageset import ImageSet
from dcwidgets.labeling.records import Annotations

_SLIPS = 0.1
_DARK = 0.25
COLLEAGUES = ("Mia", "Noor")


def truth(images: ImageSet, key: pd.DataFrame | None) -> pd.Series:
    """Return what a careful look says each picture shows, by id.

    Without a key nobody has looked, and the labels stand as they came. Pictures that show
    none of the classes are missing.
    """
    labels = images.table["label"].dropna()
    if key is None:
        return labels
    known = key["true_label"][~key.index.duplicated()].reindex(images.table.index)
    return known[known.isin(images.classes)].astype(labels.dtype)


def labels_by(name: str, images: ImageSet, seen: pd.Series) -> Annotations:
    """Return the labels of one colleague.

    Parameters
    ----------
    name : str
        "Mia", who now and then slips, or "Noor", who calls the darkest quarter of the
        pictures by the name of the first class.
    images : ImageSet
        What she labels.
    seen : pandas.Series
        What a careful look says, by id.

    Raises
    ------
    ValueError
        If there is no such colleague.
    """
    if name not in COLLEAGUES:
        raise ValueError(f"Colleagues are {' and '.join(COLLEAGUES)}, got {name!r}.")
    first, second = images.classes[:2]
    labels = seen.reindex(images.table.index).dropna().astype(str)
    if name == "Mia":
        slips = np.random.default_rng(4).random(len(labels)) < _SLIPS
        labels = labels.mask(slips, labels.map({first: second}).fillna(first))
    else:
        light = images.thumbnails(labels.index.tolist(), size=16).mean(axis=(1, 2, 3))
        labels = labels.mask(light <= np.quantile(light, _DARK), first)
    records = [{"id": id_, "label": label, "author": name} for id_, label in labels.items()]
    return Annotations(records, images.classes)
