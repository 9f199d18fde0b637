"""Checks of lesson 07."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from dcwidgets.course.checks import register
from dcwidgets.evaluation.groups import grouping
from dcwidgets.evaluation.properties import described
from dcwidgets.recipe import Recipe

if TYPE_CHECKING:
    from dcwidgets.course.run import Run

_TOLERANCE = 0.02


@register("07-reweigh")
def _(answer: Any, run: Run) -> str | None:
    if not isinstance(answer, Recipe):
        return "Hand in a recipe, such as dcw.reweigh gives."
    if not len(answer) or any(step["op"] != "weight" for step in answer.steps):
        return "The recipe must set weights and do nothing else."
    train = run.images.where(split="train")
    weights = answer.apply(run.images).weights.loc[train.table.index]
    if (weights <= 0).any():
        return f"{int((weights <= 0).sum())} pictures weigh nothing: that is to drop them."
    return _still_tells(described(train), weights)


def _still_tells(table: pd.DataFrame, weights: pd.Series) -> str | None:
    pair = ["scene", "coat"] if "coat" in table else ["brightness", "contrast"]
    labelled = table[table["label"].notna()]
    weights = weights.loc[labelled.index]
    first = min(labelled["label"])
    is_first = labelled["label"] == first
    group = grouping(labelled, pair).agg(" and ".join, axis=1)
    both = is_first.groupby(group).transform("nunique") == 2
    base = is_first.mean()
    own = (weights * is_first)[both].groupby(group).sum() / weights[both].groupby(group).sum()
    apart = (own - base).abs()
    if apart.max() <= _TOLERANCE:
        return None
    worst = apart.idxmax()
    return (
        f"{worst} still tells the label: {first} has {own[worst]:.0%} of the weight there and "
        f"{base:.0%} of all pictures. Groups that tell: {int((apart > _TOLERANCE).sum())}."
    )
