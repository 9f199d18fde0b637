"""COCO: one JSON file, boxes as ``[x, y, w, h]`` in pixels, exact."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dcwidgets.formats.pictures import Names, Picture, made
from dcwidgets.formats.reading import FormatError, number, read_json, safe_name
from dcwidgets.labeling.records import Record, check_classes

NAME = "annotations.json"


def write(pictures: Sequence[Picture], classes: Sequence[str], first: int) -> bytes:
    """Return the file; categories are numbered from ``first`` on."""
    numbers = {name: position + first for position, name in enumerate(classes)}
    boxes = [(at, box) for at, picture in enumerate(pictures, 1) for box in picture.boxes]
    content = {
        "images": [
            {
                "id": at,
                "file_name": picture.name,
                "width": picture.sized()[0],
                "height": picture.sized()[1],
            }
            for at, picture in enumerate(pictures, 1)
        ],
        "annotations": [
            {
                "id": at,
                "image_id": image,
                "category_id": numbers[box["label"]],
                "bbox": [box[side] for side in "xywh"],
                "area": box["w"] * box["h"],
                "iscrowd": 0,
            }
            for at, (image, box) in enumerate(boxes, 1)
        ],
        "categories": [{"id": at, "name": name} for name, at in numbers.items()],
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def classes_found(path: Path) -> tuple[list[str], list[int]]:
    """Return the class list of a file and the numbers in it."""
    categories = _categories(_content(path), path)
    return list(categories.values()), list(categories)


def names_found(path: Path) -> set[str]:
    """Return the names of the pictures in a file."""
    return {str(image.get("file_name")) for image in _listed(_content(path), "images", path)}


def read(path: Path, names: Names) -> tuple[list[Record], list[str]]:
    """Read a file, or the only JSON file of a folder."""
    path = _only(path) if path.is_dir() else path
    content = _content(path)
    categories = _categories(content, path)
    boxes: dict[Any, list[dict[str, Any]]] = {}
    for at, given in enumerate(_listed(content, "annotations", path)):
        where = f"{path}: annotations[{at}]"
        image = _id(given.get("image_id"), f"{where}.image_id")
        boxes.setdefault(image, []).append(_box(given, categories, where))
    classes = list(categories.values())
    records = []
    for at, given in enumerate(_listed(content, "images", path)):
        where = f"{path}: images[{at}]"
        own = boxes.pop(_id(given.get("id"), f"{where}.id"), [])
        records.append(_record(given, own, names, classes, where))
    if boxes:
        raise FormatError(
            f"{path}: annotations speak of image {next(iter(boxes))}, which it has not."
        )
    return records, classes


def _only(folder: Path) -> Path:
    named = [folder / name for name in (NAME, "result.json") if (folder / name).is_file()]
    found = named or sorted(folder.glob("*.json"))
    if len(found) != 1:
        raise FormatError(
            f"Expected one JSON file in {folder}, found {len(found)}. Give the path of the file."
        )
    return found[0]


def _content(path: Path) -> Mapping[str, Any]:
    content = read_json(path)
    if not isinstance(content, dict) or not {"images", "annotations", "categories"} <= set(content):
        raise FormatError(f"{path}: expected an object with images, annotations and categories.")
    return content


def _listed(content: Mapping[str, Any], name: str, path: Path) -> list[dict[str, Any]]:
    rows = content[name]
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise FormatError(f"{path}: {name} must be a list of objects.")
    return rows


def _categories(content: Mapping[str, Any], path: Path) -> dict[int, str]:
    """Return the class names by their numbers, in the order of the numbers."""
    rows = _listed(content, "categories", path)
    found = {
        _id(row.get("id"), f"{path}: categories[{at}].id"): row.get("name")
        for at, row in enumerate(rows)
    }
    if len(found) < len(rows):
        raise FormatError(f"{path}: two categories have one id.")
    ordered = dict(sorted(found.items()))
    try:
        return dict(zip(ordered, check_classes(list(ordered.values())), strict=True))  # type: ignore[arg-type]
    except ValueError as error:
        raise FormatError(f"{path}: categories: {error}") from None


def _id(value: Any, where: str) -> int:
    whole = number(value, where)
    if whole != int(whole):
        raise FormatError(f"{where}: expected a whole number, got {value!r:.100}.")
    return int(whole)


def _box(given: Mapping[str, Any], categories: Mapping[int, str], where: str) -> dict[str, Any]:
    label = categories.get(_id(given.get("category_id"), f"{where}.category_id"))
    sides = given.get("bbox")
    if label is None:
        raise FormatError(f"{where}: category {given['category_id']} is not among the categories.")
    if not isinstance(sides, list) or len(sides) != 4:
        raise FormatError(f"{where}: bbox must be [x, y, w, h], got {sides!r:.100}.")
    values = [number(side, f"{where}.bbox") for side in sides]
    return {"label": label, **dict(zip("xywh", values, strict=True))}


def _record(
    image: Mapping[str, Any],
    boxes: list[dict[str, Any]],
    names: Names,
    classes: Sequence[str],
    where: str,
) -> Record:
    name = safe_name(str(image.get("file_name") or ""), f"{where}.file_name")
    id_ = names.id(name, where)
    size = [number(image.get(edge) or 0, f"{where}.{edge}") for edge in ("width", "height")]
    width, height = names.size(id_) or (size if all(size) else (None, None))
    given = {"id": id_, "width": width, "height": height, "boxes": boxes, "source": "coco"}
    return made(given, classes, where)
