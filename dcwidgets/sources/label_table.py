"""The CSV of labels beside the pictures of a flat folder."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from dcwidgets.sources.listing import Found, Listing, readable

_MAX_BYTES = 100 * 2**20
_FILENAME = ("filename", "file_name", "file", "image", "path")
_LABEL = ("label", "class", "category")
_SPLIT = ("split", "subset")
_NO_LABEL = {"", "na", "n/a", "nan", "null", "?"}
# Names of columns that every image set has; a column of the CSV must not take their place.
_TAKEN = {"id", "image", "image_filename", "filename", "label", "split", "width", "height"}


@dataclass(frozen=True)
class Row:
    """What the CSV says of one file.

    Attributes
    ----------
    label, split : str
        As written; the split may be empty.
    metadata : dict
        The other columns, as text.
    place : str
        File and line, for messages.
    """

    label: str
    split: str
    metadata: dict[str, str]
    place: str


@dataclass
class LabelTable:
    """A CSV of labels.

    Attributes
    ----------
    file : Found
        The CSV itself.
    rows : dict
        Path below the folder, readable, to its row.
    rejects : list of tuple
        Path and reason of rows that say nothing usable.
    """

    file: Found
    rows: dict[str, Row] = field(default_factory=dict)
    rejects: list[tuple[str, str]] = field(default_factory=list)


def find_label_table(listing: Listing) -> LabelTable | None:
    """Read ``labels.csv``, or the only CSV that lies directly in the folder.

    Parameters
    ----------
    listing : Listing
        What lies in the folder.

    Returns
    -------
    LabelTable or None
        None if there is no CSV with a column of file names and one of labels.

    Raises
    ------
    ValueError
        If ``labels.csv`` lacks one of these columns.
    """
    tables = [
        file
        for file in listing.files
        if len(file.parts) == 1 and file.parts[0].casefold().endswith(".csv")
    ]
    named = [file for file in tables if file.parts[0].casefold() == "labels.csv"]
    if not named and len(tables) != 1:
        return None
    file = (named or tables)[0]
    lines = _lines(_text(file))
    header = [cell.strip() for cell in next(lines, (1, []))[1]]
    columns = _Columns.of(header)
    if columns is None and named:
        raise ValueError(
            f"{readable(file.path)} needs a column of file names ({' or '.join(_FILENAME)}) and "
            f"one of classes ({' or '.join(_LABEL)}) in its first line; it has: "
            f"{', '.join(map(readable, header)) or 'nothing'}."
        )
    return None if columns is None else _read(file, columns, lines)


@dataclass(frozen=True)
class _Columns:
    """Where in a line which value stands."""

    filename: int
    label: int
    split: int | None
    metadata: dict[int, str]

    @classmethod
    def of(cls, header: list[str]) -> "_Columns | None":
        places = {name.casefold(): number for number, name in reversed([*enumerate(header)])}
        filename = _first(places, _FILENAME)
        label = _first(places, _LABEL)
        split = _first(places, _SPLIT)
        if filename is None or label is None:
            return None
        metadata: dict[int, str] = {}
        for number, name in enumerate(header):
            if number not in (filename, label, split):
                metadata[number] = _free_name(name, number, set(metadata.values()))
        return cls(filename, label, split, metadata)


def _first(places: dict[str, int], names: tuple[str, ...]) -> int | None:
    return next((places[name] for name in names if name in places), None)


def _free_name(name: str, number: int, taken: set[str]) -> str:
    wanted = re.sub(r"\W+", "_", readable(name)).strip("_") or f"column_{number + 1}"
    if wanted.casefold() in _TAKEN:
        wanted = f"csv_{wanted}"
    return wanted if wanted not in taken else f"{wanted}_{number + 1}"


def _text(file: Found) -> str:
    if file.size > _MAX_BYTES:
        return ""
    try:
        encoded = Path(file.path).read_bytes()
    except OSError:
        return ""
    try:
        return encoded.decode("utf-8-sig")
    except UnicodeDecodeError:
        return encoded.decode("cp1252", "replace")  # what spreadsheets write in western Europe


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield number and cells of each line; a line that is no CSV has no cells."""
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells = [""]
        if cells:
            yield reader.line_num, cells


def _read(file: Found, columns: _Columns, lines: Iterator[tuple[int, list[str]]]) -> LabelTable:
    table = LabelTable(file)
    for number, cells in lines:
        place = f"{file.name}, line {number}"
        name = _normal(_cell(cells, columns.filename))
        label = readable(_cell(cells, columns.label)).strip()
        reason = _objection(name, label, table.rows)
        if reason:
            table.rejects.append((name or place, f"{reason} ({place})"))
            continue
        split = "" if columns.split is None else _cell(cells, columns.split)
        metadata = {column: _cell(cells, at) for at, column in columns.metadata.items()}
        table.rows[name] = Row(label, split, metadata, place)
    return table


def _cell(cells: list[str], number: int) -> str:
    return cells[number].strip() if number < len(cells) else ""


def _normal(name: str) -> str:
    return re.sub(r"^(\./)+", "", readable(name.replace("\\", "/")))


def _objection(name: str, label: str, rows: dict[str, Row]) -> str | None:
    if not name:
        return "has no file name"
    if name.startswith("/") or re.match(r"[A-Za-z]:", name) or ".." in name.split("/"):
        return "leads out of the folder"
    if label.casefold() in _NO_LABEL:
        return "has no label"
    if name in rows:
        return f"is listed again; {rows[name].place} counts, which says {rows[name].label!r}"
    return None
