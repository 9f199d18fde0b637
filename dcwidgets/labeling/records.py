"""What was said about pictures: one record each, checked, and the tables made of them."""

from __future__ import annotations

import math
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from difflib import ndiff
from numbers import Real
from typing import Any
from unicodedata import category

import pandas as pd

STATUSES = ("labeled", "verified", "unsure", "skipped")
TABLE = (
    "id",
    "label",
    "status",
    "tags",
    "boxes",
    "author",
    "seconds",
    "note",
    "source",
    "width",
    "height",
    "ts",
)
BOXES = (
    "id",
    "box",
    "label",
    "x",
    "y",
    "w",
    "h",
    "difficult",
    "truncated",
    "author",
    "ts",
    "source",
)
# A picture of a million pixels a side is a mistake, or an attack.
MAX_EDGE = 1_000_000
MAX_TEXT = 10_000
_FAR = 1e12
_TEXTS = ("id", "status", "author", "note", "source", "ts")

Record = dict[str, Any]


class Annotated:
    """Pictures with what was said about them; the face of stores and of files read in.

    A record holds ``id``, ``width``, ``height`` (pixels, or None), ``label`` (a class, or
    None), ``tags``, ``boxes``, ``status``, ``author``, ``note``, ``seconds``, ``source`` and
    ``ts``; a box ``id``, ``label``, ``x``, ``y``, ``w``, ``h`` (float pixels, origin top left,
    half-open), ``difficult``, ``truncated``, ``author``, ``ts`` and ``source``.
    """

    @property
    def classes(self) -> list[str]:
        """Class names; the position of a name is its number, for ever."""
        raise NotImplementedError

    def records(self) -> list[Record]:
        """Return one record per picture, in the order in which they were first annotated."""
        raise NotImplementedError

    def get(self, id: str) -> Record | None:  # noqa: A002 - the name every table uses
        """Return the record of a picture, None where there is none."""
        return next((record for record in self.records() if record["id"] == id), None)

    @property
    def table(self) -> pd.DataFrame:
        """One row per picture: id, label, status, tags, number of boxes, author, seconds, ..."""
        rows = [{**record, "boxes": len(record["boxes"])} for record in self.records()]
        types = {"boxes": "int64", "seconds": "float64", "width": "Int64", "height": "Int64"}
        return pd.DataFrame(rows, columns=list(TABLE)).astype(types)

    @property
    def boxes(self) -> pd.DataFrame:
        """One row per box: ``id`` of the picture, ``box`` (its own id), label, x, y, w, h, ..."""
        rows = [
            {**box, "id": record["id"], "box": box["id"]}
            for record in self.records()
            for box in record["boxes"]
        ]
        return pd.DataFrame(rows, columns=list(BOXES)).astype(dict.fromkeys("xywh", "float64"))

    def __len__(self) -> int:
        return len(self.records())

    def __contains__(self, id_: object) -> bool:
        return isinstance(id_, str) and self.get(id_) is not None

    def __iter__(self) -> Iterator[Record]:
        return iter(self.records())

    def _repr_html_(self) -> str:
        return str(self.table.to_html(escape=True, max_rows=20))


class Annotations(Annotated):
    """Annotations in memory, as a file reader makes them.

    Parameters
    ----------
    records : iterable of mapping
        As `AnnotationStore.add` takes them.
    classes : sequence of str
        Class names, in the order of their numbers.
    """

    def __init__(self, records: Iterable[Mapping[str, Any]], classes: Sequence[str]) -> None:
        self._classes = check_classes(classes)
        self._records = {}
        for given in records:
            record = record_of(given, self._classes)
            self._records[record["id"]] = record

    @property
    def classes(self) -> list[str]:
        """Class names, in the order of their numbers."""
        return list(self._classes)

    def records(self) -> list[Record]:
        """Return one record per picture."""
        return [copied(record) for record in self._records.values()]

    def get(self, id: str) -> Record | None:  # noqa: A002
        """Return the record of a picture, None where there is none."""
        record = self._records.get(id)
        return None if record is None else copied(record)

    def __repr__(self) -> str:
        return f"<Annotations: {len(self._records):,} pictures, {', '.join(self._classes)}>"


def copied(record: Record) -> Record:
    """Return a record whose lists may be changed."""
    boxes = [dict(box) for box in record["boxes"]]
    return {**record, "tags": list(record["tags"]), "boxes": boxes}


def check_classes(classes: Sequence[str]) -> list[str]:
    """Return class names as a list, or raise a ValueError that says which one is none."""
    if isinstance(classes, str) or not isinstance(classes, Iterable):
        raise ValueError(f"classes must be a list of names, got {classes!r}.")  # noqa: TRY004
    names = list(classes)
    for name in names:
        if not isinstance(name, str) or not name or name != name.strip() or not _one_line(name):
            raise ValueError(
                f"A class name is text on one line without spaces around it, got {name!r:.100}."
            )
        if names.count(name) > 1:
            raise ValueError(f"The class {name!r} stands in the list twice.")
    return [str(name) for name in names]


def _one_line(name: str) -> bool:
    """Tell whether a line of classes.txt and the text of an XML element can hold a name."""
    unfit = {"Cc", "Cs", "Zl", "Zp"}
    return all(category(sign) not in unfit and sign not in "\ufffe\uffff" for sign in name)


def class_difference(expected: Sequence[str], found: Sequence[str]) -> str:
    """Return two class lists line by line: "-" expected only, "+" found only."""

    def numbered(names: Sequence[str]) -> list[str]:
        return [f"{number} {name}" for number, name in enumerate(names)]

    lines = ndiff(numbered(expected), numbered(found))
    return "\n".join(line for line in lines if not line.startswith("?"))


def now() -> str:
    """Return the time as records hold it: ISO 8601, UTC, milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def record_of(given: Mapping[str, Any], classes: Sequence[str], author: str = "") -> Record:
    """Check what was said about one picture and return it as a whole record.

    Raises
    ------
    ValueError
        If a field is unknown or holds what it cannot; names the picture and the field.
    """
    strange = set(given) - {*TABLE}
    if strange or not isinstance(given.get("id"), str) or not given["id"]:
        what = f"unknown fields {', '.join(sorted(map(str, strange)))}" if strange else "no id"
        raise ValueError(
            f"An annotation needs an id (text) and may have {', '.join(TABLE[1:])}; got {what}."
        )
    where = f"Picture {given['id']!r:.100}"
    record: Record = {"id": str(given["id"])}
    for edge in ("width", "height"):
        record[edge] = _edge(given.get(edge), f"{where}: {edge}")
    record["label"] = _class(given.get("label"), classes, where)
    record["tags"] = [_text(tag, f"{where}: a tag") for tag in _listed(given, "tags", where)]
    record["author"] = _text(given.get("author") or author, f"{where}: author")
    record["status"] = _one_of(given.get("status") or "labeled", STATUSES, f"{where}: status")
    record["note"] = _text(given.get("note") or "", f"{where}: note")
    record["seconds"] = _seconds(given.get("seconds"), where)
    record["source"] = _text(given.get("source") or "human", f"{where}: source")
    record["ts"] = _text(given.get("ts") or now(), f"{where}: ts")
    boxes = _listed(given, "boxes", where)
    record["boxes"] = [
        _box(box, record, classes, f"{where}, box {number}") for number, box in enumerate(boxes)
    ]
    ids = [box["id"] for box in record["boxes"]]
    if len(set(ids)) < len(ids):
        raise ValueError(f"{where}: two boxes have the same id. Leave ids out, or make them new.")
    return record


def check_record(row: Any, classes: Sequence[str]) -> Record:
    """Return a row of a journal if it is of the form that `record_of` gives.

    Raises
    ------
    ValueError
        If it is not. Only kinds are looked at, since thousands are read when a store opens.
    """
    if not isinstance(row, dict) or not {*TABLE} <= row.keys() or not _are_texts(row, _TEXTS):
        raise ValueError("an annotation has other fields than a store writes")
    if not all(
        row[name] is None or _is_number(row[name]) for name in ("width", "height", "seconds")
    ):
        raise ValueError("a size or a time is no number")
    if row["label"] is not None and row["label"] not in classes:
        raise ValueError(f"{row['label']!r:.100} is none of the classes")
    if not isinstance(row["tags"], list) or not all(isinstance(tag, str) for tag in row["tags"]):
        raise ValueError("tags are no list of words")
    if not isinstance(row["boxes"], list) or not all(_is_box(box, classes) for box in row["boxes"]):
        raise ValueError("boxes are other than a store writes")
    return row


def _is_box(box: Any, classes: Sequence[str]) -> bool:
    needed = {"id", *BOXES[2:]}
    return (
        isinstance(box, dict)
        and needed <= box.keys()
        and _are_texts(box, ("id", "label", "author", "ts", "source"))
        and all(_is_number(box[side]) for side in "xywh")
        and box["label"] in classes
    )


def _are_texts(row: Mapping[str, Any], names: Iterable[str]) -> bool:
    return all(isinstance(row[name], str) for name in names)


def _is_number(value: object) -> bool:
    return type(value) in (int, float) and abs(value) < _FAR  # type: ignore[arg-type]


def _box(given: Any, record: Record, classes: Sequence[str], where: str) -> dict[str, Any]:
    allowed = {"id", *BOXES[2:]}
    if not isinstance(given, Mapping) or set(given) - allowed or not {*"xywh"} <= set(given):
        raise ValueError(
            f"{where}: a box is a mapping with x, y, w, h (pixels) and label, and may have "
            f"{', '.join(sorted(allowed - {*'xywh', 'label'}))}; got {given!r:.200}."
        )
    label = given.get("label") or record["label"]
    if label is None:
        raise ValueError(f"{where} has no label. Classes are: {', '.join(classes)}.")
    sides = clamped(
        [_number(given[name], f"{where}: {name}") for name in "xywh"],
        (record["width"], record["height"]),
        where,
    )
    return {
        "id": _text(given.get("id") or secrets.token_hex(4), f"{where}: id"),
        "label": _class(label, classes, where),
        **dict(zip("xywh", sides, strict=True)),
        "difficult": _flag(given.get("difficult"), f"{where}: difficult"),
        "truncated": _flag(given.get("truncated"), f"{where}: truncated"),
        "author": _text(given.get("author") or record["author"], f"{where}: author"),
        "ts": _text(given.get("ts") or record["ts"], f"{where}: ts"),
        "source": _text(given.get("source") or record["source"], f"{where}: source"),
    }


def clamped(
    box: Sequence[float], size: tuple[int | None, int | None], where: str
) -> tuple[float, float, float, float]:
    """Return x, y, w, h cut at the picture's border, where its size is known."""
    x, y, w, h = box
    if w > 0 and h > 0:
        x, w = _cut(x, w, size[0])
        y, h = _cut(y, h, size[1])
    if not (w > 0 and h > 0):
        edges = "" if None in size else f" and reach into the picture of {size[0]} x {size[1]}"
        raise ValueError(
            f"{where}: w and h must be above 0{edges}, got x, y, w, h = {', '.join(map(str, box))}."
        )
    return x, y, w, h


def _cut(start: float, length: float, edge: int | None) -> tuple[float, float]:
    if edge is None or (start >= 0 and start + length <= edge):
        return start, length
    end = min(start + length, float(edge))
    start = max(start, 0.0)
    return start, end - start


def _listed(given: Mapping[str, Any], name: str, where: str) -> list[Any]:
    value = given.get(name)
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable | None):
        raise ValueError(f"{where}: {name} must be a list, got {value!r:.100}.")  # noqa: TRY004
    return [] if value is None else list(value)


def _class(value: Any, classes: Sequence[str], where: str) -> str | None:
    # pandas hands over NaN and NA where a label is missing.
    if value is None or (
        not isinstance(value, str) and pd.api.types.is_scalar(value) and pd.isna(value)
    ):
        return None
    return _one_of(value, classes, f"{where}: label", hint=" `store.add_class(name)` appends one.")


def _one_of(value: Any, allowed: Sequence[str], what: str, hint: str = "") -> str:
    if value not in allowed or not isinstance(value, str):
        raise ValueError(f"{what} must be one of {', '.join(allowed)}; got {value!r:.100}.{hint}")
    return str(value)


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        raise ValueError(
            f"{what} must be text of at most {MAX_TEXT:,} characters, got {value!r:.100}."
        )
    return str(value)


def _flag(value: Any, what: str) -> bool:
    if value is None:
        return False
    if value not in (True, False) or isinstance(value, float):
        raise ValueError(f"{what} must be True or False, got {value!r:.100}.")
    return bool(value)


def _number(value: Any, what: str) -> float:
    if not abs(number := _real(value)) <= MAX_EDGE:
        raise ValueError(f"{what} must be a number of pixels, got {value!r:.100}.")
    return number


def _seconds(value: Any, where: str) -> float | None:
    if value is None:
        return None
    if not 0 <= (number := _real(value)) < math.inf:
        raise ValueError(f"{where}: seconds must be a number of at least 0, got {value!r:.100}.")
    return number


def _edge(value: Any, what: str) -> int | None:
    if value is None or value is pd.NA:
        return None
    if not 1 <= (number := _real(value)) <= MAX_EDGE:
        raise ValueError(f"{what} must be 1 to {MAX_EDGE:,} pixels, got {value!r:.100}.")
    return int(number)


def _real(value: Any) -> float:
    """Return a number as a float, NaN where it is none; True is no number."""
    if not isinstance(value, Real) or isinstance(value, bool):
        return math.nan
    try:
        return float(value)
    except OverflowError:  # an integer beyond every float
        return math.nan
