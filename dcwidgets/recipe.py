"""Recipes: the list of edits that turns one image set into the next."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable
from contextlib import suppress
from numbers import Real
from pathlib import Path
from typing import Any

import pandas as pd

from dcwidgets.imageset import ImageSet
from dcwidgets.journal import write_whole
from dcwidgets.outside import parse

FORMAT = 1
# What each operation carries beside its ids and its reason.
_ARGUMENT = {"drop": None, "move": "split", "relabel": "label", "add": None, "weight": "weight"}


class Recipe:
    """Edits in the order they were made; replayable, undoable, saved as JSON.

    A recipe changes nothing by itself: `apply` builds the next image set and leaves the
    former as it was.

    Examples
    --------
    >>> recipe = dcw.Recipe()
    >>> recipe.drop(["a", "b"], reason="exact copies").relabel(["c"], "dog")
    <Recipe: drop 2, relabel 1>
    >>> recipe.undo()
    <Recipe: drop 2>
    """

    def __init__(self) -> None:
        self._steps: list[dict[str, Any]] = []
        self._undone: list[dict[str, Any]] = []

    @property
    def steps(self) -> list[dict[str, Any]]:
        """The edits as dictionaries: ``op``, ``ids``, ``reason`` and what the edit needs."""
        return json.loads(json.dumps(self._steps))

    def __len__(self) -> int:
        return len(self._steps)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Recipe) and self._steps == other._steps

    __hash__ = None  # type: ignore[assignment]  # recipes grow

    def __repr__(self) -> str:
        return f"<Recipe: {self.summary() or 'no edits'}>"

    def summary(self) -> str:
        """Return the edits in a few words, such as ``"drop 12, relabel 3"``."""
        counts: dict[str, int] = {}
        for step in self._steps:
            counts[step["op"]] = counts.get(step["op"], 0) + len(step["ids"])
        return ", ".join(f"{op} {n}" for op, n in counts.items())

    def drop(self, ids: Iterable[str], *, reason: str = "") -> Recipe:
        """Leave images out."""
        return self._do("drop", ids, reason)

    def move(self, ids: Iterable[str], split: str, *, reason: str = "") -> Recipe:
        """Put images into another split."""
        return self._do("move", ids, reason, split=split)

    def relabel(self, ids: Iterable[str], label: str, *, reason: str = "") -> Recipe:
        """Give images another class."""
        return self._do("relabel", ids, reason, label=label)

    def add(self, ids: Iterable[str], *, reason: str = "") -> Recipe:
        """Put images of another split, such as ``pool``, into ``train``.

        Where a label is hidden, adding the image pays for its annotation and reveals it.
        """
        return self._do("add", ids, reason)

    def weight(self, ids: Iterable[str], weight: float, *, reason: str = "") -> Recipe:
        """Set the weight of images in training, at least 0; 1 is the default."""
        return self._do("weight", ids, reason, weight=weight)

    def undo(self) -> Recipe:
        """Take the last edit back.

        Raises
        ------
        ValueError
            If there is nothing to undo.
        """
        if not self._steps:
            raise ValueError("There is nothing to undo: the recipe has no edits.")
        self._undone.append(self._steps.pop())
        return self

    def redo(self) -> Recipe:
        """Make the last undone edit again.

        Raises
        ------
        ValueError
            If nothing was undone since the last edit.
        """
        if not self._undone:
            raise ValueError("There is nothing to redo: no edit was undone since the last one.")
        self._steps.append(self._undone.pop())
        return self

    def apply(self, images: ImageSet) -> ImageSet:
        """Replay the edits on an image set.

        Returns
        -------
        ImageSet
            A new set; the same recipe on the same set gives the same version.

        Raises
        ------
        ValueError
            If an edit names an id that is not there (any more), or an unknown class.
        """
        table, weights = images.table, images.weights
        for number, step in enumerate(self._steps, 1):
            try:
                ids = images.derive(table).known(step["ids"])
                table, weights = _edit(images, table, weights, step, ids)
            except ValueError as error:
                raise ValueError(f"Edit {number} ({step['op']}) does not fit: {error}") from error
        return images.derive(table, weights=weights)

    def to_json(self) -> str:
        """Return the recipe as JSON."""
        return json.dumps({"format": FORMAT, "steps": self._steps}, indent=1, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str | bytes) -> Recipe:
        """Read a recipe from JSON.

        Raises
        ------
        ValueError
            If the text is not a recipe; says where.
        """
        content = parse(text, "a recipe")
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            raise ValueError(
                f'This is not a recipe: expected an object with "format": {FORMAT} and "steps".'
            )
        recipe = cls()
        for number, step in enumerate(_list_of(content.get("steps"), "steps"), 1):
            try:
                recipe._do(**_read_step(step))
            except (TypeError, ValueError) as error:
                raise ValueError(f"Step {number} of the recipe is broken: {error}") from error
        return recipe

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the recipe as JSON, whole or not at all."""
        target = Path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, self.to_json().encode())
        return target

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Recipe:
        """Read a recipe that `save` wrote.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If the file is not a recipe.
        """
        source = Path(path)
        if not source.is_file():
            raise FileNotFoundError(
                f"There is no recipe at {source}. `Recipe.save(path)` writes one."
            )
        return cls.from_json(source.read_bytes())

    def _do(self, op: str, ids: Iterable[str], reason: str = "", **argument: Any) -> Recipe:
        step = {"op": op, "ids": _ids(ids), **_checked(argument), "reason": _text(reason, "reason")}
        if step["ids"]:  # an edit of nothing is no edit: undo must take back something seen
            self._steps.append(step)
            self._undone.clear()
        return self


def _edit(
    images: ImageSet, table: pd.DataFrame, weights: pd.Series, step: dict[str, Any], ids: list[str]
) -> tuple[pd.DataFrame, pd.Series]:
    op = step["op"]
    if op == "drop":
        return table.drop(index=ids), weights.drop(index=ids)
    if op == "weight":
        weights = weights.copy()
        weights.loc[ids] = float(step["weight"])
        return table, weights
    table = table.copy()
    if op == "relabel":
        if step["label"] not in images.classes:
            raise ValueError(
                f"{step['label']!r} is not a class. Classes are: {', '.join(images.classes)}."
            )
        table.loc[ids, "label"] = step["label"]
    elif op == "move":
        table.loc[ids, "split"] = step["split"]
    else:
        table.loc[ids, "split"] = "train"
        revealed = images.revealed_labels(ids).reindex(ids)
        # A label that the learner already gave counts more than the one annotation reveals.
        table.loc[ids, "label"] = table.loc[ids, "label"].where(
            table.loc[ids, "label"].notna(), revealed
        )
    return table, weights


def _ids(ids: Iterable[str]) -> list[str]:
    listed = [ids] if isinstance(ids, str) else list(ids)
    for id_ in listed:
        _text(id_, "an id")
    return list(dict.fromkeys(map(str, listed)))


def _text(value: object, what: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{what} must be text, got {value!r}.")  # noqa: TRY004 - one error for bad input
    return value


def _checked(argument: dict[str, Any]) -> dict[str, Any]:
    if "weight" in argument:
        return {"weight": _finite(argument["weight"])}
    for name, value in argument.items():
        if not _text(value, name):
            raise ValueError(f"{name} must not be empty.")
    return argument


def _finite(weight: object) -> float:
    number = math.nan
    if isinstance(weight, Real) and not isinstance(weight, bool):
        with suppress(OverflowError):  # an integer beyond every float
            number = float(weight)
    if not (math.isfinite(number) and number >= 0):
        raise ValueError(f"weight must be a number of at least 0, got {weight!r}.")
    return number


def _list_of(value: object, what: str) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f'This is not a recipe: "{what}" must be a list.')  # noqa: TRY004
    return value


def _read_step(step: object) -> dict[str, Any]:
    if not isinstance(step, dict) or step.get("op") not in _ARGUMENT:
        raise ValueError(
            f"expected an object whose op is one of {', '.join(_ARGUMENT)}; got {step!r:.80}."
        )
    argument = _ARGUMENT[step["op"]]
    allowed = {"op", "ids", "reason"} | ({argument} if argument else set())
    if set(step) - allowed or (argument and argument not in step):
        raise ValueError(
            f"{step['op']} takes {', '.join(sorted(allowed))}; got {', '.join(sorted(step))}."
        )
    return {**step, "ids": _list_of(step.get("ids"), "ids")}
