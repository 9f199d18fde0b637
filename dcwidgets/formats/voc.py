"""Pascal VOC: one XML file per picture, as labelImg writes it.

Edges are integers of at least 1, measured as labelImg does, so that its boxes come back where
they were drawn: a box moves by at most one pixel.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any
from xml.sax.saxutils import escape

from dcwidgets.formats.pictures import Names, Picture, made
from dcwidgets.formats.reading import FormatError, Node, files, number, read_xml, safe_name, stem
from dcwidgets.labeling.records import Record


def write(pictures: Sequence[Picture]) -> dict[str, bytes]:
    """Return the files by name."""
    return {f"{stem(picture.name)}.xml": _file(picture).encode() for picture in pictures}


def names_found(folder: Path) -> set[str]:
    """Return the class names in the files of a folder."""
    roots = (read_xml(path) for path in files(folder, ".xml"))
    return {thing.said("name") for root in roots for thing in root.all("object")}


def read(path: Path, names: Names) -> tuple[list[Record], list[str]]:
    """Read a file, or every file of a folder; the class list is that of the names found."""
    folder = path if path.is_dir() else path.parent
    paths = list(files(path, ".xml")) if path.is_dir() else [path]
    roots = [(one, read_xml(one)) for one in paths]
    found = {thing.said("name"): one for one, root in roots for thing in root.all("object")}
    known = sorted(found)
    return [_record(one, folder, root, names, known) for one, root in roots], known


def edges(box: dict[str, Any], size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return xmin, ymin, xmax, ymax of a box."""
    left, right = _whole(box["x"], box["w"], size[0])
    top, bottom = _whole(box["y"], box["h"], size[1])
    return left, top, right, bottom


def _whole(start: float, length: float, edge: int) -> tuple[int, int]:
    low = min(max(round(start), 1), max(edge - 1, 1))
    return low, max(min(round(start + length), edge), low + 1)


def _file(picture: Picture) -> str:
    width, height = picture.sized()
    name = PurePosixPath(picture.name)
    folder = "" if str(name.parent) == "." else str(name.parent)
    lines = [
        f"<annotation{' verified=' + chr(34) + 'yes' + chr(34) if picture.verified else ''}>",
        f"\t<folder>{escape(folder)}</folder>",
        f"\t<filename>{escape(name.name)}</filename>",
        f"\t<path>{escape(picture.name)}</path>",
        "\t<source>\n\t\t<database>Unknown</database>\n\t</source>",
        f"\t<size>\n\t\t<width>{width}</width>\n\t\t<height>{height}</height>",
        "\t\t<depth>3</depth>\n\t</size>",
        "\t<segmented>0</segmented>",
        *(_object(box, (width, height)) for box in picture.boxes),
        "</annotation>\n",
    ]
    return "\n".join(lines)


def _object(box: dict[str, Any], size: tuple[int, int]) -> str:
    xmin, ymin, xmax, ymax = edges(box, size)
    at_border = xmin == 1 or ymin == 1 or (xmax, ymax) == size or xmax == size[0] or ymax == size[1]
    return (
        f"\t<object>\n\t\t<name>{escape(box['label'])}</name>\n"
        "\t\t<pose>Unspecified</pose>\n"
        f"\t\t<truncated>{int(box['truncated'] or at_border)}</truncated>\n"
        f"\t\t<difficult>{int(box['difficult'])}</difficult>\n"
        f"\t\t<bndbox>\n\t\t\t<xmin>{xmin}</xmin>\n\t\t\t<ymin>{ymin}</ymin>\n"
        f"\t\t\t<xmax>{xmax}</xmax>\n\t\t\t<ymax>{ymax}</ymax>\n\t\t</bndbox>\n\t</object>"
    )


def _record(path: Path, folder: Path, root: Node, names: Names, classes: Sequence[str]) -> Record:
    if root.tag != "annotation":
        raise FormatError(f"{path}:{root.line}: expected <annotation>, got <{root.tag:.50}>.")
    beside = path.relative_to(folder).parent
    name = safe_name(root.said("filename") or path.stem, f"{path}:{root.line}")
    name = str(beside / PurePosixPath(name).name) if beside.parts else name
    id_ = names.id(name, str(path))
    size = names.size(id_) or _size(root, path)
    boxes = [_box(thing, path) for thing in root.all("object")]
    verified = root.attributes.get("verified") == "yes"
    return made(
        {
            "id": id_,
            "width": size and size[0],
            "height": size and size[1],
            "boxes": boxes,
            "status": "verified" if verified else "labeled",
            "source": "voc",
        },
        classes,
        str(path),
    )


def _size(root: Node, path: Path) -> tuple[int, int] | None:
    """Return the size written there; some tools write 0 or nothing for what they do not know."""
    at = f"{path}:{root.line}: size"
    width, height = (int(number(root.said(f"size/{e}") or 0, at)) for e in ("width", "height"))
    return (width, height) if width and height else None


def _box(thing: Node, path: Path) -> dict[str, Any]:
    at = f"{path}:{thing.line}"
    if thing.find("bndbox") is None:
        raise FormatError(f"{at}: this object has no <bndbox>; shapes other than boxes are not.")
    if not thing.said("name"):
        raise FormatError(f"{at}: this object has no <name>.")
    edge = {e: number(thing.said(f"bndbox/{e}"), at) for e in ("xmin", "ymin", "xmax", "ymax")}
    return {
        "label": thing.said("name"),
        "x": edge["xmin"],
        "y": edge["ymin"],
        "w": edge["xmax"] - edge["xmin"],
        "h": edge["ymax"] - edge["ymin"],
        "difficult": thing.said("difficult") == "1",
        "truncated": thing.said("truncated") == "1",
    }
