"""Rows of the ledger in other forms: two of them compared, all of them as text."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from dcwidgets.recipe import Recipe

_NUMBERS = {
    "accuracy": "mean",
    "spread over seeds": "spread",
    "worst slice": "worst_slice",
    "images": "images",
    "seconds": "seconds",
}
_WORDS = ("version", "data")


def facts(a: pd.Series, b: pd.Series, recipe_a: Recipe, recipe_b: Recipe) -> pd.DataFrame:
    """Return what `Ledger.compare` does."""
    rows: dict[str, tuple[Any, Any, Any]] = {"name": (a["name"], b["name"], "")}
    for fact, column in _NUMBERS.items():
        rows[fact] = (a[column], b[column], _difference(a[column], b[column]))
    for column in _WORDS:
        rows[column] = (a[column], b[column], "same" if a[column] == b[column] else "differs")
    rows["edits"] = (a["edits"] or "none", b["edits"] or "none", _between(recipe_a, recipe_b))
    return pd.DataFrame.from_dict(rows, orient="index", columns=["a", "b", "change"])


def as_text(table: pd.DataFrame, ending: str) -> str:
    """Return rows as CSV or JSON text."""
    if ending == ".csv":
        seeds = table["scores"].map(lambda scores: " ".join(map(str, scores or [])))
        return table.assign(scores=seeds).to_csv(index=False)
    if ending == ".json":
        return json.dumps(json.loads(table.to_json(orient="records")), indent=1, ensure_ascii=False)
    raise ValueError(f"A ledger is exported as .csv or .json, got the ending {ending!r}.")


def _difference(a: Any, b: Any) -> Any:
    return "" if a is None or b is None else round(b - a, 4)


def _between(a: Recipe, b: Recipe) -> str:
    before, after = _edits(a), _edits(b)
    parts = [f"{op} {n}" for op, n in _count(after - before).items()]
    parts += [f"-{op} {n}" for op, n in _count(before - after).items()]
    return ", ".join(parts) or "same"


def _edits(recipe: Recipe) -> set[tuple[str, str, str]]:
    """Return every edit of every image: the operation, its value and the id."""
    return {
        (step["op"], str(step.get("split") or step.get("label") or step.get("weight")), id_)
        for step in recipe.steps
        for id_ in step["ids"]
    }


def _count(edits: set[tuple[str, str, str]]) -> dict[str, int]:
    ops = sorted(op for op, _, _ in edits)
    return {op: ops.count(op) for op in dict.fromkeys(ops)}
