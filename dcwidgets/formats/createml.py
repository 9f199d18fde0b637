"""CreateML: one JSON list, boxes by their centre in pixels."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dcwidgets.formats.pictures import Names, Picture, made
from dcwidgets.formats.reading import FormatError, files, number, read_json, safe_name
from dcwidgets.labeling.records import Record

NAME = "annotations.json"


def write(pictures: Sequence[Picture]) -> bytes:
    """Return the file."""
    content = [
        {
            "image": picture.name,
            "verified": picture.verified,
            "annotations": [
                {"label": box["label"], "coordinates": _centre(box)} for box in picture.boxes
            ],
        }
        for picture in pictures
    ]
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def labels_found(path: Path) -> set[str]:
    """Return the class names in a file."""
    return {box["label"] for _, row in _rows(path) for box in _boxes(row, str(path))}


def names_found(path: Path) -> set[str]:
    """Return the names of the pictures in a file."""
    return {str(row.get("image")) for _, row in _rows(path)}


def read(path: Path, names: Names) -> tuple[list[Record], list[str]]:
    """Read a file, or every JSON file of a folder; the classes are the names found."""
    paths = list(files(path, ".json")) if path.is_dir() else [path]
    rows = [
        (f"{one}: [{at}]", row, _boxes(row, f"{one}: [{at}]"))
        for one in paths
        for at, row in _rows(one)
    ]
    found = {box["label"] for _, _, boxes in rows for box in boxes}
    known = sorted(found)
    return [_record(row, boxes, names, known, where) for where, row, boxes in rows], known


def _centre(box: Mapping[str, Any]) -> dict[str, float]:
    return {
        "x": box["x"] + box["w"] / 2,
        "y": box["y"] + box["h"] / 2,
        "width": box["w"],
        "height": box["h"],
    }


def _rows(path: Path) -> list[tuple[int, dict[str, Any]]]:
    content = read_json(path)
    if not isinstance(content, list) or not all(isinstance(row, dict) for row in content):
        raise FormatError(f"{path}: expected a list of objects, one per picture.")
    return list(enumerate(content))


def _boxes(row: Mapping[str, Any], where: str) -> list[dict[str, Any]]:
    things = row.get("annotations", [])
    if not isinstance(things, list):
        raise FormatError(f"{where}.annotations must be a list.")
    return [_box(thing, f"{where}.annotations[{at}]") for at, thing in enumerate(things)]


def _box(thing: Any, where: str) -> dict[str, Any]:
    sides = thing.get("coordinates") if isinstance(thing, dict) else None
    if not isinstance(sides, dict) or not isinstance(thing.get("label"), str):
        raise FormatError(f"{where}: expected a label and coordinates, got {thing!r:.100}.")
    x, y, w, h = (
        number(sides.get(side), f"{where}.{side}") for side in ("x", "y", "width", "height")
    )
    return {"label": thing["label"].strip(), "x": x - w / 2, "y": y - h / 2, "w": w, "h": h}


def _record(
    row: Mapping[str, Any],
    boxes: list[dict[str, Any]],
    names: Names,
    classes: Sequence[str],
    where: str,
) -> Record:
    name = row.get("image") or row.get("imagefilename") or ""
    id_ = names.id(safe_name(str(name), f"{where}.image"), where)
    width, height = names.size(id_) or (None, None)
    given = {
        "id": id_,
        "width": width,
        "height": height,
        "boxes": boxes,
        "status": "verified" if row.get("verified") is True else "labeled",
        "source": "createml",
    }
    return made(given, classes, where)
