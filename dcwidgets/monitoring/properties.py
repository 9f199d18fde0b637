"""What two sets of pictures are compared by: properties, labels, predictions, descriptors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from dcwidgets.descriptors import describe
from dcwidgets.evaluation.groups import many_numbers
from dcwidgets.evaluation.models import as_models, ask
from dcwidgets.evaluation.properties import measured
from dcwidgets.training import readable

if TYPE_CHECKING:
    from dcwidgets.imageset import ImageSet

Floats = npt.NDArray[np.floating[Any]]
_SIZE = 64


@dataclass(frozen=True)
class Compared:
    """Two sets by the numbers and categories that are compared; reference first.

    Attributes
    ----------
    reference, current : ImageSet
        Pictures that decode, at most as many as were asked for.
    numbers : pandas.DataFrame
        By position; one column per number.
    categories : pandas.DataFrame
        By position; one column of text per category.
    features : numpy.ndarray of shape (n, d)
        Descriptors.
    """

    reference: ImageSet
    current: ImageSet
    numbers: pd.DataFrame = field(repr=False)
    categories: pd.DataFrame = field(repr=False)
    features: Floats = field(repr=False)


def compared(
    reference: ImageSet,
    current: ImageSet,
    *,
    model: Any = None,
    features: pd.DataFrame | None = None,
    columns: Sequence[str] = (),
) -> Compared:
    """Measure two sets by the same things; what is the same for all pictures is left out."""
    sets = [readable(images, _SIZE)[1] for images in (reference, current)]
    tables = [images.table for images in sets]
    numbers = pd.concat([measured(images) for images in sets], ignore_index=True)
    if model is not None:
        numbers = numbers.join(_predictions(model, sets))
    joined = pd.concat(tables, ignore_index=True)
    unknown = [name for name in columns if any(name not in table for table in tables)]
    if unknown:
        raise ValueError(
            f"There is no column {unknown[0]!r} in both sets. "
            f"Columns are: {', '.join(map(str, tables[0].columns))}."
        )
    named = ["label"] * bool(joined["label"].notna().all()) + list(columns)
    numeric = [name for name in named if many_numbers(joined[name])]
    numbers = numbers.join(joined[numeric].astype(float).add_prefix("column "))
    texts = joined[[name for name in named if name not in numeric]].astype(object)
    return Compared(
        sets[0],
        sets[1],
        numbers.loc[:, (numbers != numbers.iloc[0]).any()],
        texts.where(texts.notna(), "missing").astype(str),
        _features(sets, features),
    )


def _predictions(model: Any, sets: Sequence[ImageSet]) -> pd.DataFrame:
    """Return the probability of the second class, or of each where there are more than two."""
    models = as_models(model)
    if not models:
        raise ValueError(f"model must be a trained model, or several; got {type(model).__name__}.")
    said = np.concatenate([ask(models, images) for images in sets])
    names = sets[0].classes
    kept = slice(1, None) if len(names) == 2 else slice(None)
    return pd.DataFrame(said[:, kept], columns=[f"probability of {n}" for n in names[kept]])


def _features(sets: Sequence[ImageSet], features: pd.DataFrame | None) -> Floats:
    if features is None:
        return np.concatenate([np.asarray(each) for each in describe(*sets)])
    ids = [id_ for images in sets for id_ in images.table.index]
    lacking = [id_ for id_ in ids if id_ not in features.index]
    if lacking:
        raise ValueError(
            f"{len(lacking)} of {len(ids)} pictures have no features, such as {lacking[0]!r}. "
            "Pass a table by id that holds both sets."
        )
    return features.loc[ids].to_numpy(np.float32)
