"""The ledger: scores in the order in which data was edited."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from dcwidgets.journal import Journal, decode, write_whole
from dcwidgets.outside import inside, is_number

if TYPE_CHECKING:
    from dcwidgets.figures import StaticFigure
    from dcwidgets.imageset import ImageSet
    from dcwidgets.recipe import Recipe
    from dcwidgets.training import Score

COLUMNS = (
    "name",
    "mean",
    "spread",
    "scores",
    "worst_slice",
    "seconds",
    "images",
    "version",
    "data",
    "edits",
    "recipe",
    "at",
)
# Edits name thousands of ids: they lie beside the ledger, and rows stay lines.
_RECIPES = "recipes"
_TEXTS = ("name", "version", "data", "edits", "recipe", "at")
_FAR = 1e12


class Ledger:
    """A file of scores, one JSON line each.

    Rows are appended and flushed to disk before `record` returns, under a lock, so that
    a killed kernel loses nothing and two kernels may write at once.

    Parameters
    ----------
    path : str or path, default "work/ledger.jsonl"
        The file; created with its folder at the first row.
    """

    def __init__(self, path: str | os.PathLike[str] = "work/ledger.jsonl") -> None:
        self.path = Path(path)

    def record(
        self, name: str, score: Score, images: ImageSet, recipe: Recipe | None = None
    ) -> pd.Series:
        """Append a row.

        Parameters
        ----------
        name : str
            What was done to the data, in a few words.
        score : Score
            Result of `measure`.
        images : ImageSet
            The images that were trained on.
        recipe : Recipe, optional
            How they came about.

        Returns
        -------
        pandas.Series
            The row.

        Raises
        ------
        ValueError
            If ``name`` is empty.
        OSError
            If the file cannot be written; the rows before stay as they are.
        """
        if not isinstance(name, str) or not name.strip():
            raise ValueError(f"Name the edit in a few words, got {name!r}.")
        row = {
            "name": name,
            "mean": score.mean,
            "spread": score.spread,
            "scores": list(score.scores),
            "worst_slice": score.worst_slice,
            "seconds": round(score.seconds, 2),
            "images": _trained_on(images),
            "version": images.version,
            "data": images.name,
            "edits": recipe.summary() if recipe else "",
            "recipe": self._keep(recipe) if recipe else "",
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        Journal(self.path).append([row])
        return pd.Series(row)

    @property
    def table(self) -> pd.DataFrame:
        """One row per score, oldest first; lines that are not whole are left out."""
        rows = []
        if self.path.is_file():
            for line in self.path.read_bytes().splitlines():
                row = _whole_row(line)
                if row is not None:
                    rows.append(row)
        return pd.DataFrame(rows, columns=list(COLUMNS))

    def __len__(self) -> int:
        return len(self.table)

    def row(self, which: int | str) -> pd.Series:
        """Return a row by its position, or the newest of a name.

        Raises
        ------
        ValueError
            If there is no such row.
        """
        table = self.table
        if isinstance(which, str):
            found = table[table["name"] == which].tail(1)
        else:
            found = table[table.index == (which + len(table) if which < 0 else which)]
        if found.empty:
            raise ValueError(
                f"There is no row {which!r}. Rows are 0 to {len(table) - 1}; names are: "
                f"{', '.join(dict.fromkeys(table['name'])) or 'none'}."
            )
        return found.iloc[0]

    def recipe(self, which: int | str) -> Recipe:
        """Return the recipe of a row; one without edits where none was recorded.

        Raises
        ------
        ValueError
            If there is no such row, or its file is not a recipe or lies elsewhere.
        FileNotFoundError
            If its file in the folder ``recipes`` beside the ledger is gone.
        """
        from dcwidgets.recipe import Recipe

        name = self.row(which)["recipe"]
        return Recipe.load(inside(self.path.parent / _RECIPES, name)) if name else Recipe()

    def compare(self, a: int | str, b: int | str) -> pd.DataFrame:
        """Set two rows side by side.

        Parameters
        ----------
        a, b : int or str
            Position of a row, or a name, which means the newest row of that name.

        Returns
        -------
        pandas.DataFrame of shape (n_facts, 3)
            Facts down; columns ``a``, ``b`` and ``change``. The change of ``edits`` names
            what the recipe of ``b`` does to images that the one of ``a`` does not, and with
            a minus what only ``a`` does.

        Raises
        ------
        ValueError
            If there is no such row.
        """
        from dcwidgets.ledger_facts import facts

        return facts(self.row(a), self.row(b), self.recipe(a), self.recipe(b))

    def export(self, path: str | os.PathLike[str]) -> Path:
        """Write all rows as a table for other programs, whole or not at all.

        Parameters
        ----------
        path : str or path
            Ends in ``.csv`` or ``.json``.

        Returns
        -------
        pathlib.Path
            The file.

        Raises
        ------
        ValueError
            If the name ends otherwise.
        """
        from dcwidgets.ledger_facts import as_text

        target = Path(path)
        text = as_text(self.table, target.suffix.lower())
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, text.encode())
        return target

    def _keep(self, recipe: Recipe) -> str:
        """Lay the recipe beside the ledger; the same edits are kept once."""
        name = sha256(recipe.to_json().encode()).hexdigest()[:12] + ".json"
        if not (self.path.parent / _RECIPES / name).exists():
            recipe.save(self.path.parent / _RECIPES / name)
        return name

    def _repr_html_(self) -> str:
        shown = self.table[["name", "mean", "spread", "worst_slice", "images", "version", "edits"]]
        return str(shown.to_html(float_format="{:.3f}".format, escape=True))

    def plot(self) -> StaticFigure:
        """Draw the story: score with spread and worst slice, row by row.

        A row that was recorded again, under the same name and on the same data, is drawn
        once, as it was last.

        Returns
        -------
        StaticFigure
            A matplotlib figure that a notebook shows as a cell's last value.

        Raises
        ------
        ValueError
            If the ledger is empty.
        """
        from dcwidgets.figures import BLUE, VERMILION, StaticFigure

        rows = self.table.drop_duplicates(["name", "data"], keep="last")
        if rows.empty:
            raise ValueError(
                f"The ledger at {self.path} is empty. `ledger.record(...)` writes a row."
            )
        spoken = ", ".join(
            f"{name} {mean:.2f}" for name, mean in zip(rows["name"], rows["mean"], strict=True)
        )
        figure = StaticFigure(7.5, 1.3 + 0.5 * len(rows), alt=f"Accuracy row by row: {spoken}.")
        axes = figure.subplots()
        y = range(len(rows))
        bars: dict[str, Any] = {"xerr": rows["spread"], "fmt": "o", "capsize": 4}
        axes.errorbar(rows["mean"], y, color=BLUE, label="all images", **bars)
        axes.plot(rows["worst_slice"], y, "D", color=VERMILION, mfc="none", label="worst slice")
        labels = [
            f"{row['name']}\n{row['images']:,} images · {row['version']}"
            for _, row in rows.iterrows()
        ]
        axes.set_yticks(list(y), labels)
        axes.set_ylim(len(rows) - 0.5, -0.5)  # the first row on top
        axes.set_xlim(0, 1.02)
        axes.set_xlabel("accuracy on trusted images (bar: spread over seeds)")
        axes.grid(axis="x", alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
        figure.legend(loc="outside upper right", ncols=2, frameon=False)
        return figure


def _trained_on(images: ImageSet) -> int:
    trained = int((images.table["split"] == "train").sum())
    return trained or len(images)


def _whole_row(line: bytes) -> dict[str, Any] | None:
    row = decode(line)
    if row is None or not {"name", "mean", "version"} <= set(row):
        return None
    kept = {column: _cell(column, row.get(column)) for column in COLUMNS}
    return None if kept["mean"] is None else kept


def _cell(column: str, value: object) -> Any:
    """Return what a file says of a row, if it is of the kind that `Ledger.record` writes."""
    if column in _TEXTS:
        # Half of a surrogate pair can stand in JSON, and in no file and no message.
        return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""
    if column == "scores":
        listed = value if isinstance(value, list) else []
        return [score for score in listed if _is_number(score)]
    if column == "images":
        return int(value) if _is_number(value) else 0  # type: ignore[call-overload]
    return value if _is_number(value) else None


def _is_number(value: object) -> bool:
    return is_number(value) and 0 <= value < _FAR  # none of a row's numbers is below 0
