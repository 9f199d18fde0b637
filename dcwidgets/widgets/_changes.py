"""One edit of a picture's annotation: read from the page, and made."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from dcwidgets.labeling.records import STATUSES, Record
from dcwidgets.widgets._messages import Ask

Change = dict[str, Any]
"""May hold ``label``, ``status``, ``note``, ``tags`` (by name, on or off), ``put`` (boxes by
their id), ``remove`` (ids of boxes) and ``spent`` (seconds)."""

SMALLEST = 3.0
"""Boxes with an edge below this many pixels are slips of the hand."""
SOURCES = ("human", "model", "model, edited", "copied")
_FAR = 1_000_000.0
_MOST_BOXES = 1_000
_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")
_NEW: Record = {"label": None, "boxes": [], "tags": [], "status": "labeled", "note": ""}


def read_change(ask: Ask, classes: Sequence[str], tags: Sequence[str]) -> Change:
    """Read an edit from a request, every field checked.

    Raises
    ------
    ValueError
        If a field holds what it must not; names the field.
    """
    change: Change = {"spent": ask.number("spent", low=0, high=86_400) if ask.has("spent") else 0.0}
    if ask.has("label"):
        change["label"] = ask.choice("label", ["", *classes]) or None
    if ask.has("status"):
        change["status"] = ask.choice("status", STATUSES)
    if ask.has("note"):
        change["note"] = ask.text("note", longest=2_000)
    if ask.has("tags"):
        given = Ask(ask.mapping("tags"))
        change["tags"] = {tag: given.flag(tag) for tag in _names(ask.mapping("tags"), tags)}
    if ask.has("put"):
        boxes = [_read_box(item, classes) for item in ask.items("put", most=_MOST_BOXES)]
        change["put"] = {box["id"]: box for box in boxes}
    if ask.has("remove"):
        change["remove"] = [_box_id(item) for item in ask.items("remove", most=_MOST_BOXES)]
    return change


def new_box_id() -> str:
    """Return an id that no other box has."""
    return secrets.token_hex(4)


def changed(record: Record | None, change: Change, size: tuple[int, int]) -> Record:
    """Make an edit: what the picture's record holds afterwards.

    Boxes are cut at the border of the picture of ``size`` (width, height) pixels; what is
    smaller than 3 px then is left out. A skipped picture that is labelled is no longer skipped.
    """
    base = _NEW if record is None else record
    tags = [*base["tags"], *(tag for tag, on in change.get("tags", {}).items() if on)]
    gone = {tag for tag, on in change.get("tags", {}).items() if not on}
    says = any(change.get(name) for name in ("label", "put"))
    status = "labeled" if says and base["status"] == "skipped" else base["status"]
    return {
        **base,
        "label": change.get("label", base["label"]),
        "status": change.get("status", status),
        "note": change.get("note", base["note"]),
        "tags": [tag for tag in dict.fromkeys(tags) if tag not in gone],
        "boxes": _boxes(base["boxes"], change, size),
    }


def same(record: Record | None, other: Record) -> bool:
    """Tell whether two records say the same; no record says nothing."""
    base = _NEW if record is None else record
    return all(base[name] == other[name] for name in _NEW)


def _boxes(before: list[dict[str, Any]], change: Change, size: tuple[int, int]) -> list[Any]:
    put = {id_: _cut(box, size) for id_, box in change.get("put", {}).items()}
    kept = {box["id"]: box for box in before if box["id"] not in set(change.get("remove", []))}
    for id_, box in put.items():
        old = kept.get(id_)
        if box is None:
            continue
        # A box that stays as it is keeps its author and its time.
        if old is None or any(old.get(name) != value for name, value in box.items()):
            kept[id_] = box
    return list(kept.values())


def _cut(box: dict[str, Any], size: tuple[int, int]) -> dict[str, Any] | None:
    left, top = max(box["x"], 0.0), max(box["y"], 0.0)
    width = min(box["x"] + box["w"], float(size[0])) - left
    height = min(box["y"] + box["h"], float(size[1])) - top
    if min(width, height) < SMALLEST:
        return None
    return {**box, "x": left, "y": top, "w": width, "h": height}


def _read_box(item: object, classes: Sequence[str]) -> dict[str, Any]:
    if not isinstance(item, Mapping):
        raise ValueError(  # noqa: TRY004
            f"'put' holds {item!r:.60}. Expected objects with id, label, x, y, w, h."
        )
    box = Ask(item)
    return {
        "id": _box_id(item.get("id")),
        "label": box.choice("label", classes),
        **{name: box.number(name, low=-_FAR, high=_FAR) for name in "xywh"},
        "difficult": box.has("difficult") and box.flag("difficult"),
        "truncated": box.has("truncated") and box.flag("truncated"),
        "source": box.choice("source", SOURCES) if box.has("source") else "human",
    }


def _box_id(value: object) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise ValueError(f"a box's id is {value!r:.60}. Expected 1 to 40 letters and digits.")
    return value


def _names(given: Mapping[str, Any], allowed: Sequence[str]) -> list[str]:
    strange = [name for name in given if name not in allowed]
    if strange:
        shown = ", ".join(allowed) or "none: give `tags=` to the annotator"
        raise ValueError(f"{strange[0]!r:.60} is no tag. Tags are: {shown}.")
    return list(given)
