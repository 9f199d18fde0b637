"""The order in which pictures come to be annotated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from dcwidgets.imageset import ImageSet


def queue_of(images: ImageSet, order: object, gold: Mapping[str, str]) -> list[str]:
    """Return ids in the order asked for, gold pictures spread among the others.

    Raises
    ------
    ValueError
        If the order names an unknown picture, or is none.
    """
    given = [str(id_) for id_ in images.table.index]
    if isinstance(order, str):
        if order != "given":
            raise ValueError(f'order must be "given", ids, or scores by id, got {order!r}.')
        wanted = given
    else:
        wanted = _ordered(images, order, given)
    if not wanted:
        raise ValueError("There is no picture to annotate. Look at `images.table` and `order`.")
    return _spread(wanted, [id_ for id_ in gold if id_ in set(given)])


def _ordered(images: ImageSet, order: Any, given: list[str]) -> list[str]:
    if isinstance(order, pd.DataFrame):
        order = _scores(order)
    if isinstance(order, Mapping):
        order = pd.Series(order)
    if not (isinstance(order, pd.Series) and pd.api.types.is_numeric_dtype(order)):
        if not isinstance(order, Iterable):
            raise ValueError(f'order must be "given", ids, or scores by id, got {order!r:.60}.')
        return list(dict.fromkeys(images.known(order)))
    scored = images.known(order.sort_values(kind="stable").index)
    rest = set(given) - set(scored)
    return list(dict.fromkeys([*scored, *(id_ for id_ in given if id_ in rest)]))


def _scores(table: pd.DataFrame) -> pd.Series:
    """Read scores by id from a table of label errors, or from probabilities of the classes."""
    if {"id", "score"} <= set(table.columns):
        return table.drop_duplicates("id").set_index("id")["score"]
    if not all(pd.api.types.is_numeric_dtype(kind) for kind in table.dtypes):
        raise ValueError(
            "A table given as order needs columns id and score, or one column of probabilities "
            f"per class; it has {', '.join(map(str, table.columns[:6]))}."
        )
    return table.max(axis=1)


def _spread(ids: list[str], gold: list[str]) -> list[str]:
    """Put gold pictures at places nobody can guess, about evenly far apart."""
    chosen = set(gold)
    others = [id_ for id_ in ids if id_ not in chosen]
    if not gold or not others:
        return others or gold
    rng = np.random.default_rng(0)
    apart = len(others) / len(gold)
    dealt = rng.permutation(np.array(gold, object))
    placed = [((turn + float(rng.random())) * apart, id_) for turn, id_ in enumerate(dealt)]
    keyed = [*((float(at), id_) for at, id_ in enumerate(others)), *placed]
    return [id_ for _, id_ in sorted(keyed, key=lambda pair: pair[0])]


def labels_by_id(given: object, what: str) -> dict[str, str]:
    """Read labels by id from a mapping, a Series, or a table with columns id and label.

    Raises
    ------
    ValueError
        If it is none of these.
    """
    if given is None:
        return {}
    if isinstance(given, pd.DataFrame) and "label" in given.columns:
        given = given.set_index("id")["label"] if "id" in given.columns else given["label"]
    if isinstance(given, pd.Series):
        given = given.dropna()
    if not isinstance(given, pd.Series | Mapping):
        raise ValueError(  # noqa: TRY004
            f"{what} must give labels by id: a mapping, a Series or a table with id and label; "
            f"got {type(given).__name__}."
        )
    return {str(id_): str(label) for id_, label in given.items()}
