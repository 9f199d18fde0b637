"""Annotated pictures under the names of their files, on the way out and in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from PIL import Image

from dcwidgets.formats.reading import PICTURES, FormatError, safe_name, stem
from dcwidgets.imageset import ImageSet
from dcwidgets.labeling.records import Annotated, Record, record_of

Size = tuple[int, int]
_ORIENTATION = 0x0112
# What Label Studio puts before the name of a file that was uploaded.
_UPLOAD = re.compile("^[0-9a-f]{8}-")


@dataclass(frozen=True)
class Picture:
    """One annotated picture that is to be written."""

    name: str
    record: Record
    size: Size | None

    @property
    def boxes(self) -> list[dict[str, Any]]:
        """Return its boxes."""
        boxes: list[dict[str, Any]] = self.record["boxes"]
        return boxes

    @property
    def verified(self) -> bool:
        """Whether somebody has verified it."""
        return bool(self.record["status"] == "verified")

    def sized(self) -> Size:
        """Return width and height, or raise a ValueError that says how to give them."""
        if self.size is None:
            raise ValueError(
                f"The size of {self.record['id']!r} is not known, and this format needs it. Pass "
                "images=..., the image set that was labelled, or give width and height to "
                "`store.add`."
            )
        return self.size


def pictures_of(annotated: Annotated, images: ImageSet | None) -> list[Picture]:
    """Return what is to be written: every picture that is not skipped and among the images."""
    shapes = None if images is None else _shapes(images)
    pictures = []
    for record in annotated.records():
        if record["status"] == "skipped" or (shapes is not None and record["id"] not in shapes):
            continue
        name, size = record["id"], _own_size(record)
        if shapes is not None:
            name, width, height = shapes[record["id"]]
            size = _one_size(record["id"], size, (int(width), int(height)))
        pictures.append(Picture(_checked(name), record, size))
    _check_unique(pictures)
    return pictures


class Names:
    """Finds the picture that a file speaks of: its id and its size.

    Parameters
    ----------
    images : ImageSet or None
        Pictures that may be spoken of; without them a name is its own id.
    """

    def __init__(self, images: ImageSet | None) -> None:
        self._ids: dict[str, str] | None = None
        self._sizes: dict[str, Size] = {}
        if images is not None:
            shapes = _shapes(images)
            names = {name: id_ for id_, (name, _, _) in shapes.items()}
            names |= {id_: id_ for id_ in shapes}
            stems: dict[str, set[str]] = {}
            for name, id_ in names.items():
                stems.setdefault(stem(name), set()).add(id_)
            # A stem that two pictures share says nothing.
            self._ids = {name: ids.pop() for name, ids in stems.items() if len(ids) == 1} | names
            self._sizes = {id_: (width, height) for id_, (_, width, height) in shapes.items()}

    def id(self, name: str, where: str) -> str:
        """Return the id of a picture by its file's name, with or without its ending."""
        if self._ids is None:
            return name
        last = PurePosixPath(name).name
        tries = (name, last, re.sub(_UPLOAD, "", last))
        found = next((self._ids[one] for one in tries if one in self._ids), None)
        if found is None:
            raise FormatError(
                f"{where}: {name!r:.200} is no picture of these images. Pass the image set that "
                "was labelled, or none."
            )
        return found

    def size(self, id_: str) -> Size | None:
        """Return width and height of a picture where images were given."""
        return self._sizes.get(id_)


def made(given: Mapping[str, Any], classes: Sequence[str], where: str) -> Record:
    """Return a record, or raise a FormatError that names the file."""
    try:
        return record_of(given, classes)
    except ValueError as error:
        raise FormatError(f"{where}: {error}") from None


def picture_beside(name: str, folders: Iterable[Path]) -> tuple[str, Size] | None:
    """Look for the picture file that a stem belongs to; return its name and size."""
    for folder in folders:
        for ending in PICTURES:
            for path in (folder / f"{name}{ending}", folder / f"{name}{ending.upper()}"):
                if path.is_file():
                    return f"{name}{path.suffix}", _measured(path)
    return None


def _measured(path: Path) -> Size:
    try:
        with Image.open(path) as picture:
            turned = picture.getexif().get(_ORIENTATION, 1) in (5, 6, 7, 8)
            return picture.size[::-1] if turned else picture.size
    except Exception as error:  # Pillow raises almost anything on broken bytes
        raise FormatError(f"{path} is no picture that can be read: {error}.") from error


def _shapes(images: ImageSet) -> dict[str, tuple[str, int, int]]:
    table = images.table
    rows = zip(table["filename"].astype(str), table["width"], table["height"], strict=True)
    shapes = ((name, int(width), int(height)) for name, width, height in rows)
    return dict(zip(table.index.astype(str), shapes, strict=True))


def _own_size(record: Record) -> Size | None:
    width, height = record["width"], record["height"]
    return None if width is None or height is None else (width, height)


def _one_size(id_: str, own: Size | None, images: Size) -> Size:
    if own is not None and own != images:
        raise ValueError(
            f"{id_!r} was labelled at {own[0]} x {own[1]} pixels and has {images[0]} x "
            f"{images[1]} in the images, so its boxes would lie elsewhere. Pass the image set "
            "that was labelled."
        )
    return images


def _checked(name: str) -> str:
    try:
        safe = safe_name(name, "export")
    except FormatError:
        safe = ""
    if safe != name or any(part != part.strip() for part in PurePosixPath(name).parts):
        raise ValueError(
            f"{name!r:.200} cannot be the name of a file in the export. Pass images=... with "
            "other file names, or label under other ids."
        )
    return name


def _check_unique(pictures: Sequence[Picture]) -> None:
    names: dict[str, Picture] = {}
    for picture in pictures:
        # Some disks do not tell A from a, and the annotation of one would replace the other's.
        other = names.setdefault(stem(picture.name).casefold(), picture)
        if other is not picture:
            raise ValueError(
                f"{other.record['id']!r} and {picture.record['id']!r} would be written to one "
                f"file: {other.name}, {picture.name}. Give them names of their own."
            )
