"""Checks of lesson 06."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dcwidgets.course.checks import register
from dcwidgets.recipe import Recipe

if TYPE_CHECKING:
    import pandas as pd

    from dcwidgets.course.run import Run

_LABELS = 40
# By chance one picture in five would be one.
_WANTED = 14
_RARE = 0.2


@register("06-collect")
def _(answer: Any, run: Run) -> str | None:
    if not isinstance(answer, Recipe):
        return "Hand in a recipe: dcw.Recipe().add(ids, reason=...)."
    if any(step["op"] != "add" for step in answer.steps):
        return "The recipe does more than add pictures; this task collects and mends nothing."
    ids = [id_ for step in answer.steps for id_ in step["ids"]]
    if len(ids) != _LABELS or len(set(ids)) != _LABELS:
        return f"It adds {len(set(ids))} different pictures; the money is for {_LABELS} labels."
    if not all(step["reason"] for step in answer.steps):
        return "Say why: add(ids, reason=...). In a month nobody will know it otherwise."
    return _from_elsewhere(ids, run) or _spent_elsewhere(ids, run)


def _from_elsewhere(ids: list[str], run: Run) -> str | None:
    # The lesson sets a part of train aside and collects from it, too.
    splits = run.everything.table["split"]
    pool = splits.index[splits.isin(["pool", "train"])]
    strange = [id_ for id_ in ids if id_ not in pool]
    if not strange:
        return None
    return f"{len(strange)} pictures are not of the pool, such as {strange[0]!r}."


def _spent_elsewhere(ids: list[str], run: Run) -> str | None:
    if run.key is None:
        return None
    pool = run.everything.table.loc[ids]
    truth = run.key["true_label"].groupby(level=0).first().reindex(pool.index)
    rare = _rare(run.images.where(split="train").table)
    hit = sum((label, scene) in rare for label, scene in zip(truth, pool["scene"], strict=True))
    if hit >= _WANTED:
        return None
    return (
        f"Annotation says that {hit} of {_LABELS} show what train lacks most: a class in the scene "
        f"of the other one. Wanted are {_WANTED}; look at the weakest slices again."
    )


def _rare(train: pd.DataFrame) -> set[tuple[str, str]]:
    """Return the classes and scenes in which nearly every picture is of another class."""
    in_scene = train["scene"].value_counts(normalize=True)
    return {
        (label, scene)
        for scene in in_scene.index[in_scene > _RARE]
        for label, share in train.loc[train["scene"] == scene, "label"]
        .value_counts(normalize=True)
        .items()
        if share < _RARE
    }
