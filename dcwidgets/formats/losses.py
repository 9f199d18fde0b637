"""What a format cannot hold, counted before it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pandas as pd

from dcwidgets.formats import voc
from dcwidgets.formats.pictures import Picture
from dcwidgets.labeling.records import Annotated, Record

COLUMNS = ("field", "of", "lost", "example", "reason")
FORMATS = ("voc", "yolo", "coco", "createml")
_VERIFIED = ("voc", "createml")

Test = Callable[[dict[str, Any]], bool]


def losses(
    annotated: Annotated, pictures: list[Picture], format_: str, *, sized: bool
) -> pd.DataFrame:
    """Return one row per field of which something will be missing in the files.

    Ids of boxes are left out: they only serve to tell boxes apart while they are edited.
    """
    written = {picture.record["id"] for picture in pictures}
    left = [record for record in annotated.records() if record["id"] not in written]
    rows = [
        *_left_out(left),
        *_of_pictures([picture.record for picture in pictures], format_),
        *_of_boxes(pictures, format_, sized=sized),
        *_of_classes(annotated, pictures, format_),
    ]
    return pd.DataFrame([row for row in rows if row["lost"]], columns=list(COLUMNS))


def _left_out(records: list[Record]) -> Iterator[dict[str, Any]]:
    skipped = [record["id"] for record in records if record["status"] == "skipped"]
    others = [record["id"] for record in records if record["status"] != "skipped"]
    yield _row("picture", "pictures", skipped, "skipped pictures are left out")
    yield _row("picture", "pictures", others, "not among the images that were passed")


def _of_pictures(records: list[Record], format_: str) -> Iterator[dict[str, Any]]:
    no_place = "the format has no place for it"
    sized = () if format_ in ("voc", "coco") else ("width", "height")
    for name in ("label", "tags", "note", "author", "seconds", "ts", *sized):
        lost = [record["id"] for record in records if record[name] not in (None, "", [])]
        reason = "the format holds boxes, not a picture's class" if name == "label" else no_place
        yield _row(name, "pictures", lost, reason)
    kept = ("labeled", "verified") if format_ in _VERIFIED else ("labeled",)
    for status in ("verified", "unsure"):
        lost = [r["id"] for r in records if r["status"] == status and status not in kept]
        yield _row(f"status {status}", "pictures", lost, no_place)


def _of_boxes(pictures: list[Picture], format_: str, *, sized: bool) -> Iterator[dict[str, Any]]:
    no_place = "the format has no place for it"
    tests: dict[str, Test] = (
        {}
        if format_ == "voc"
        else {
            "difficult": lambda box: box["difficult"],
            "truncated": lambda box: box["truncated"],
        }
    )
    for name, test in tests.items():
        lost = [p.record["id"] for p in pictures for box in p.boxes if test(box)]
        yield _row(name, "boxes", lost, no_place)
    lost = [p.record["id"] for p in pictures for box in p.boxes if box["source"] != "human"]
    yield _row("source", "boxes", lost, no_place)
    lost = [p.record["id"] for p in pictures for box in p.boxes if box["author"]]
    yield _row("author", "boxes", lost, no_place)
    if format_ == "voc" and sized:
        moved = [p.record["id"] for p in pictures for box in p.boxes if _moves(box, p)]
        yield _row("x, y, w, h", "boxes", moved, "whole pixels from 1 on: moved by at most 1")
    if format_ == "yolo":
        lost = [p.record["id"] for p in pictures for _ in p.boxes]
        yield _row("x, y, w, h", "boxes", lost, "six decimals: moved by a millionth of the edge")


def _moves(box: dict[str, Any], picture: Picture) -> bool:
    exact = (box["x"], box["y"], box["x"] + box["w"], box["y"] + box["h"])
    return voc.edges(box, picture.sized()) != exact


def _of_classes(
    annotated: Annotated, pictures: list[Picture], format_: str
) -> Iterator[dict[str, Any]]:
    if format_ in ("yolo", "coco"):
        return
    drawn = {box["label"] for picture in pictures for box in picture.boxes}
    unused = [name for name in annotated.classes if name not in drawn]
    yield _row("classes", "classes", unused, "a class without a box leaves no trace")
    yield _row("class numbers", "classes", sorted(drawn), "the format holds names only")


def _row(field: str, of: str, lost: Iterable[str], reason: str) -> dict[str, Any]:
    ids = list(lost)
    example = ids[0] if ids else None
    return {"field": field, "of": of, "lost": len(ids), "example": example, "reason": reason}
