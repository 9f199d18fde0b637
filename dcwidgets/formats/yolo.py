"""YOLO: one text file per picture, ``class xc yc w h`` as shares of the picture.

Six decimals keep an edge within a millionth of the picture's. The names stand in
``classes.txt``, one a line; a class's number is its line.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dcwidgets.formats.pictures import Names, Picture, Size, made, picture_beside
from dcwidgets.formats.reading import FormatError, files, number, read_lines, safe_name, stem
from dcwidgets.labeling.records import Record, check_classes

CLASSES = "classes.txt"


def write(pictures: Sequence[Picture], classes: Sequence[str]) -> dict[str, bytes]:
    """Return the files by name; a picture without boxes has an empty one."""
    contents = {CLASSES: "".join(f"{name}\n" for name in classes).encode()}
    numbers = {name: position for position, name in enumerate(classes)}
    for picture in pictures:
        name = f"{stem(picture.name)}.txt"
        if name.casefold() == CLASSES:
            raise ValueError(
                f"The labels of {picture.name!r} would replace {CLASSES}. Give the picture "
                "another file name."
            )
        lines = [_line(box, picture.sized(), numbers) for box in picture.boxes]
        contents[name] = "".join(lines).encode()
    return contents


def classes_found(folder: Path) -> list[str] | None:
    """Return the class list of a folder; None where there is neither a list nor labels."""
    listed = folder / CLASSES
    if listed.is_file():
        return read_classes(listed)
    return [] if any(files(folder, ".txt")) else None


def read_classes(path: Path) -> list[str]:
    """Read a class list; empty lines at its end do not count."""
    lines = [line.strip() for line in read_lines(path)]
    while lines and not lines[-1]:
        lines.pop()
    try:
        return check_classes(lines)
    except ValueError as error:
        raise FormatError(f"{path}: {error}") from None


def class_list(path: Path) -> list[str] | None:
    """Return the class list of a folder that is to be read, None where it has none."""
    if not path.is_dir():
        raise FormatError(f"{path} is no folder; give the one that holds {CLASSES}.")
    for listed in (path / CLASSES, _labels(path) / CLASSES):
        if listed.is_file():
            return read_classes(listed)
    return None


def read(path: Path, names: Names, classes: Sequence[str]) -> list[Record]:
    """Read a folder as labelImg (all in one) or Label Studio (labels, images) lays it out."""
    labels = _labels(path)
    pictures = [labels, path / "images", path]
    texts = (one for one in files(labels, ".txt") if one.name != CLASSES)
    return [_record(one, labels, pictures, names, classes) for one in texts]


def _labels(path: Path) -> Path:
    return path / "labels" if (path / "labels").is_dir() else path


def _line(box: dict[str, Any], size: Size, numbers: dict[str, int]) -> str:
    (x, w), (y, h) = (
        _shares(box[start], box[length], edge)
        for start, length, edge in (("x", "w", size[0]), ("y", "h", size[1]))
    )
    return f"{numbers[box['label']]} {x:.6f} {y:.6f} {w:.6f} {h:.6f}\n"


def _shares(start: float, length: float, edge: int) -> tuple[float, float]:
    # Below half a millionth of the edge a box would round to nothing.
    return (start + length / 2) / edge, max(length / edge, 1e-6)


def _record(
    path: Path, labels: Path, folders: Sequence[Path], names: Names, classes: Sequence[str]
) -> Record:
    name = safe_name(str(path.relative_to(labels).with_suffix("")), str(path))
    id_ = names.id(name, str(path))
    size = names.size(id_)
    if size is None:
        found = picture_beside(name, folders)
        if found is None:
            raise FormatError(
                f"{path}: YOLO holds shares of a picture whose size is not known. Pass "
                "images=..., or put the picture beside its labels or into images/."
            )
        id_, size = names.id(found[0], str(path)), found[1]
    lines = enumerate(read_lines(path), 1)
    boxes = [_box(line, size, classes, f"{path}:{at}") for at, line in lines if line.strip()]
    given = {"id": id_, "width": size[0], "height": size[1], "boxes": boxes, "source": "yolo"}
    return made(given, classes, str(path))


def _box(line: str, size: Size, classes: Sequence[str], where: str) -> dict[str, Any]:
    values = [number(word, where) for word in line.split()]
    # A sixth number is the confidence of a detector; more are the corners of a polygon.
    if len(values) not in (5, 6):
        raise FormatError(f"{where}: expected class xc yc w h, got {len(values)} numbers.")
    position, x, y, w, h = values[:5]
    if position not in range(len(classes)):
        raise FormatError(
            f"{where}: class {values[0]:g} is not in the list of {len(classes)}: "
            f"{', '.join(classes)}."
        )
    if not all(-1 <= share <= 2 for share in values[1:5]):
        raise FormatError(f"{where}: x, y, w, h are shares of the picture, got {line.strip():.80}.")
    return {
        "label": classes[int(position)],
        "x": (x - w / 2) * size[0],
        "y": (y - h / 2) * size[1],
        "w": w * size[0],
        "h": h * size[1],
    }
