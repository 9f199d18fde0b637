"""How properties and labels go together: imbalance, and properties that give the label away."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dcwidgets.curation.findings import Audited, check_share, findings, measured
from dcwidgets.curation.measures import Measures, background
from dcwidgets.imageset import ImageSet
from dcwidgets.intervals import wilson

MEASURED = ("background", "brightness", "contrast", "aspect_ratio", "width", "height", "file_bytes")
_MOST_VALUES = 50
_FEW_NUMBERS = 12
_QUARTERS = 4
# Fewer pictures than this say nothing about a value.
_FEWEST = 20
CELL_COLUMNS = (
    "split",
    "column",
    "value",
    "label",
    "n",
    "expected",
    "share",
    "low",
    "high",
    "base",
)


def slice_table(
    images: ImageSet | Audited, columns: str | Sequence[str] | None = None
) -> pd.DataFrame:
    """Count every value of a property in every class, seen against expected.

    Parameters
    ----------
    images : ImageSet or Audit
        Images without a label do not count. An audit adds measured properties to the default
        columns: background, brightness, contrast, aspect ratio, width, height and bytes.
    columns : str or sequence of str, optional
        Columns of the table, or measured properties. The default is all metadata. Numbers with
        more than 12 values are cut into quarters.

    Returns
    -------
    pandas.DataFrame of shape (n_splits * n_values * n_classes, 10)
        ``split``, ``column``, ``value``, ``label``; ``n`` pictures seen and ``expected`` if
        property and label had nothing to do with each other; ``share`` of the label among the
        pictures of this value, its 95 % interval ``low`` to ``high`` (Wilson), and ``base``, the
        share of the label in the whole split.

    Raises
    ------
    ValueError
        If a column does not exist.
    """
    source = images if isinstance(images, ImageSet) else images.images
    measures = None if isinstance(images, ImageSet) else images.measured
    table = _properties(source, measures)
    names = [columns] if isinstance(columns, str) else columns
    return _cells(source, table, _chosen(source, table, names))


def find_spurious(
    images: ImageSet | Audited,
    columns: str | Sequence[str] | None = None,
    *,
    threshold: float = 0.5,
) -> pd.DataFrame:
    """Find properties that give the label away, such as a scene that only one class has.

    Parameters
    ----------
    images : ImageSet or Audit
        Images without a label do not count. An audit is not decoded again.
    columns : str or sequence of str, optional
        Columns of the table, or measured properties. The default is all of both.
    threshold : float, default 0.5
        How much of the way from the label's overall share to certainty a value has to go, with
        the lower end of its 95 % interval; between 0 and 1, both excluded.

    Returns
    -------
    pandas.DataFrame of shape (n_findings, 5)
        Columns id, issue, score, other, evidence. One row per image that follows the shortcut,
        for the property that gives its label away most; ``score`` is the part of the way that
        the value leaves open.

    Raises
    ------
    ValueError
        If ``threshold`` is outside (0, 1) or a column does not exist.
    """
    check_share("threshold", threshold)
    source, measures = measured(images)
    table = _properties(source, measures)
    names = [columns] if isinstance(columns, str) else columns
    cells = _cells(source, table, _chosen(source, table, names or [*source.metadata, *MEASURED]))
    return _shortcuts(table, cells, threshold)


def find_imbalance(
    images: ImageSet | Audited,
    columns: str | Sequence[str] | None = None,
    *,
    threshold: float = 0.6,
) -> pd.DataFrame:
    """Find classes, and properties of a class, of which there are too few pictures.

    Parameters
    ----------
    images : ImageSet or Audit
        Images without a label do not count.
    columns : str or sequence of str, optional
        Columns of the table. The default is all metadata; properties that give the label away
        on the whole are left to `find_spurious`.
    threshold : float, default 0.6
        Share of the expected number that must be reached, between 0 and 1, both excluded.

    Returns
    -------
    pandas.DataFrame of shape (n_findings, 5)
        Columns id, issue, score, other, evidence. One row per image of a rare kind, or one
        without an id where there is none at all; ``score`` is seen by expected.

    Raises
    ------
    ValueError
        If ``threshold`` is outside (0, 1) or a column does not exist.
    """
    check_share("threshold", threshold)
    source = images if isinstance(images, ImageSet) else images.images
    table = _properties(source, None)
    names = [columns] if isinstance(columns, str) else columns
    cells = _cells(source, table, _chosen(source, table, names))
    if columns is None:
        cells = cells[~_gives_away(cells)]
    rare = pd.concat([_rare_classes(source, threshold), _rare_cells(cells, threshold)])
    return _scarcities(table, rare)


def _properties(images: ImageSet, measures: Measures | None) -> pd.DataFrame:
    """Return the table with measured properties beside it; the table's own columns win."""
    table = images.table
    if measures is None:
        return table
    more = measures.table[[name for name in measures.table if name not in table]]
    return table.join(more).assign(background=background(measures))


def _chosen(
    images: ImageSet, table: pd.DataFrame, columns: Sequence[str] | None
) -> dict[str, pd.Series[str]]:
    """Return the columns to look at as text, each with few values."""
    missing = [name for name in columns or () if name not in table]
    if missing:
        raise ValueError(
            f"There is no column {missing[0]!r}. Columns are: {', '.join(map(str, table))}."
        )
    chosen = [name for name in columns or images.metadata if _has_few_values(table[name])]
    return {name: _as_text(table[name]) for name in chosen}


def _is_number(values: pd.Series[str]) -> bool:
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)


def _has_few_values(values: pd.Series[str]) -> bool:
    """Tell whether a property has some values, but does not name single pictures."""
    most = np.inf if _is_number(values) else _MOST_VALUES
    return 1 < values.nunique() <= most


def _as_text(values: pd.Series[str]) -> pd.Series[str]:
    """Return a property as text; numbers with many values as the quarter they lie in."""
    if not _is_number(values):
        return values.astype("str")
    if values.nunique() <= _FEW_NUMBERS:
        return values.map("{:g}".format, na_action="ignore").astype("str")
    quarters = pd.qcut(values, _QUARTERS, duplicates="drop")
    names = {part: f"{part.left:.3g} to {part.right:.3g}" for part in quarters.cat.categories}
    return quarters.map(names).astype("str")


def _cells(
    images: ImageSet, table: pd.DataFrame, columns: dict[str, pd.Series[str]]
) -> pd.DataFrame:
    """Count column by column; a split with one class only says nothing."""
    parts = [pd.DataFrame(columns=list(CELL_COLUMNS))]
    for split, rows in table[table["label"].notna()].groupby("split", sort=False):
        if len(rows["label"].unique()) > 1:
            parts += _cells_of_split(str(split), rows["label"], columns, images.classes)
    return pd.concat(parts[1:] or parts, ignore_index=True)


def _cells_of_split(
    split: str, labels: pd.Series[str], columns: dict[str, pd.Series[str]], classes: Iterable[str]
) -> Iterator[pd.DataFrame]:
    base = labels.value_counts(normalize=True).reindex(list(classes), fill_value=0)
    for name, values in columns.items():
        own = values.loc[labels.index]
        seen = pd.crosstab(own, labels).reindex(columns=list(classes), fill_value=0)
        n = seen.to_numpy()
        total = n.sum(axis=1, keepdims=True)
        low, high = wilson(n, total)
        cells = pd.MultiIndex.from_product([seen.index, classes], names=["value", "label"])
        numbers = {
            "n": n,
            "expected": total * base.to_numpy(),
            "share": n / total,
            "low": low,
            "high": high,
            "base": np.broadcast_to(base.to_numpy(), n.shape),
        }
        flat = {key: value.ravel() for key, value in numbers.items()}
        frame = cells.to_frame(index=False).assign(split=split, column=name, **flat)
        yield frame[list(CELL_COLUMNS)]


def _gives_away(cells: pd.DataFrame) -> NDArray[np.bool_]:
    """Tell for each cell whether its column, taken whole, gives the label away in its split."""
    keys = ["split", "column"]
    best = cells.groupby([*keys, "value"])["n"].max().groupby(keys).sum()
    total = cells.groupby(keys)["n"].sum()
    base = cells.groupby(keys)["base"].max()
    way = (best / total - base) / (1 - base)
    reached = way.reindex(pd.MultiIndex.from_frame(cells[keys])).to_numpy(float)
    return reached > 0.5


def _shortcuts(table: pd.DataFrame, cells: pd.DataFrame, threshold: float) -> pd.DataFrame:
    """Report the images in cells whose value gives their label away."""
    way = (cells["low"] - cells["base"]) / (1 - cells["base"])
    total = cells["n"] / cells["share"].where(cells["share"] > 0)
    chosen = cells[(way > threshold) & (total >= _FEWEST)]
    chosen = chosen.assign(
        score=1 - (chosen["share"] - chosen["base"]) / (1 - chosen["base"]),
        evidence=[_shortcut(cell) for cell in chosen.to_dict("records")],
    )
    return _in_cells(table, chosen, "spurious")


def _shortcut(cell: dict[Hashable, Any]) -> str:
    total = round(cell["n"] / cell["share"])
    return (
        f"{cell['column']} = {cell['value']} gives the label away in {cell['split']}: "
        f"{cell['n']:,} of {total:,} are {cell['label']} ({_interval(cell)})."
    )


def _interval(cell: dict[Hashable, Any]) -> str:
    share, low, high, base = (100 * cell[name] for name in ("share", "low", "high", "base"))
    return f"{share:.0f} %, 95 % interval {low:.0f} to {high:.0f} %; {base:.0f} % expected"


def _rare_cells(cells: pd.DataFrame, threshold: float) -> pd.DataFrame:
    rare = (cells["high"] < threshold * cells["base"]) & (cells["expected"] >= _FEWEST / 2)
    chosen = cells[rare]
    return chosen.assign(
        score=chosen["n"] / chosen["expected"],
        evidence=[_scarcity(cell) for cell in chosen.to_dict("records")],
    )


def _scarcity(cell: dict[Hashable, Any]) -> str:
    return (
        f"{cell['column']} = {cell['value']} is rare for {cell['label']} in {cell['split']}: "
        f"{cell['n']:,} pictures, where {cell['expected']:,.0f} are expected ({_interval(cell)})."
    )


def _rare_classes(images: ImageSet, threshold: float) -> pd.DataFrame:
    labels = images.table[["split", "label"]].dropna()
    counts = pd.crosstab(labels["split"], labels["label"]).reindex(
        columns=images.classes, fill_value=0
    )
    total = counts.sum(axis=1).to_numpy()[:, None]
    _, high = wilson(counts, total)
    fair = 1 / max(len(images.classes), 1)
    rows = []
    for at, column in np.argwhere(high < threshold * fair):
        split, label = counts.index[at], counts.columns[column]
        n, of = int(counts.iloc[at, column]), int(total[at, 0])
        most = 100 * high[at, column]
        evidence = (
            f"Class {label} is rare in {split}: {n:,} of {of:,} pictures ({100 * n / of:.1f} %, "
            f"95 % interval up to {most:.1f} %; an equal share is {100 * fair:.1f} %)."
        )
        rows.append((split, "label", label, label, n, n / of / fair, evidence))
    names = ["split", "column", "value", "label", "n", "score", "evidence"]
    return pd.DataFrame(rows, columns=names)


def _scarcities(table: pd.DataFrame, rare: pd.DataFrame) -> pd.DataFrame:
    """Report the images in cells with too few pictures, and cells with none."""
    empty = rare[rare["n"] == 0]
    nowhere = findings("imbalance", [None] * len(empty), empty["score"], empty["evidence"])
    found = _in_cells(table, rare[rare["n"] > 0], "imbalance")
    return pd.concat([nowhere, found], ignore_index=True)


def _in_cells(table: pd.DataFrame, cells: pd.DataFrame, issue: str) -> pd.DataFrame:
    """Return one finding per image of any of these cells, for the cell with the lowest score."""
    best = np.full(len(table), np.inf)
    reason = np.full(len(table), "", dtype=object)
    for name, group in cells.groupby("column", sort=False):
        values = _as_text(table[str(name)])
        keys = [table["split"], values, table["label"]]
        known = pd.MultiIndex.from_frame(group[["split", "value", "label"]])
        cell = known.get_indexer(pd.MultiIndex.from_arrays(keys))
        score = np.where(cell >= 0, group["score"].to_numpy(float)[cell], np.inf)
        better = score < best
        best[better] = score[better]
        reason[better] = group["evidence"].to_numpy(object)[cell[better]]
    hit = np.isfinite(best)
    return findings(issue, table.index[hit], best[hit], reason[hit])
