"""What a saved notebook shows of an annotator: how far it got, and pictures with boxes."""

from __future__ import annotations

from html import escape
from itertools import islice

import numpy as np
from PIL import Image, ImageDraw

from dcwidgets.imageset import ImageSet
from dcwidgets.labeling.records import Record
from dcwidgets.widgets._desk import Desk
from dcwidgets.widgets._sheets import sheet_image

_SHOWN, _SIZE = 16, 96
_INK = (213, 94, 0)


def annotated_html(images: ImageSet, desk: Desk, at: int) -> str:
    """Describe a queue as HTML that needs no script and no other file.

    Class names and notes are the learner's, so all text is escaped.
    """
    board = desk.board.refresh()
    ids = _worth_showing(desk, at)
    records = [desk.store.get(id_) for id_ in ids]
    tiles = images.thumbnails(ids, size=_SIZE)
    drawn = [_boxed(tile, record) for tile, record in zip(tiles, records, strict=True)]
    said = ", ".join(_words(record) for record in records)
    alt = f"{len(ids)} pictures: {escape(said)}"
    return (
        f"<div><p><b>{escape(images.name)}</b>: {board.facts()['done']:,} of "
        f"{len(desk.queue):,} pictures labelled in {escape(desk.store.path.name)}. "
        "Run this cell to go on.</p>"
        f"{_counts(desk)}"
        f"{sheet_image(np.stack(drawn), columns=min(8, len(ids)), alt=alt)}</div>"
    )


def _worth_showing(desk: Desk, at: int) -> list[str]:
    """Choose the last pictures with an annotation, and after them those that come next."""
    done = np.flatnonzero(desk.board.states)[-_SHOWN:]
    come = (row for row in range(at, len(desk.queue)) if not desk.board.states[row])
    rows = [*done, *islice(come, _SHOWN - len(done))]
    return [desk.queue[row] for row in rows or range(min(_SHOWN, len(desk.queue)))]


def _counts(desk: Desk) -> str:
    classes = desk.store.classes
    pictures = np.bincount(desk.board.labels, minlength=len(classes) + 1)[1:]
    table = desk.store.boxes
    boxes = table.loc[table["id"].isin(desk.queue), "label"].value_counts()
    rows = "".join(
        f"<tr><th>{escape(name)}</th><td>{n:,}</td><td>{boxes.get(name, 0):,}</td></tr>"
        for name, n in zip(classes, pictures, strict=False)
    )
    head = "<tr><th>class</th><th>pictures</th><th>boxes</th></tr>"
    return f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>"


def _words(record: Record | None) -> str:
    if record is None:
        return "open"
    n = len(record["boxes"])
    boxes = f" with {n} box{'es' * (n > 1)}" if n else ""
    return f"{record['label'] or record['status']}{boxes}"


def _boxed(tile: np.ndarray, record: Record | None) -> np.ndarray:
    """Write a picture's class and draw its boxes into its thumbnail, a crop of the centre."""
    if record is None:
        return tile
    picture = Image.fromarray(tile)
    pen = ImageDraw.Draw(picture)
    _draw_boxes(pen, record)
    words = str(record["label"] or record["status"])[:14]
    words = words.encode("latin-1", "replace").decode("latin-1")  # what every built-in font has
    pen.rectangle(pen.textbbox((4, _SIZE - 15), words), fill="white", outline="white", width=3)
    pen.text((4, _SIZE - 15), words, fill="black")
    return np.asarray(picture)


def _draw_boxes(pen: ImageDraw.ImageDraw, record: Record) -> None:
    if not record["boxes"] or not record["width"]:
        return
    width, height = record["width"], record["height"]
    scale = _SIZE / min(width, height)
    left, top = (width * scale - _SIZE) / 2, (height * scale - _SIZE) / 2
    for box in record["boxes"]:
        x, y = box["x"] * scale - left, box["y"] * scale - top
        pen.rectangle((x, y, x + box["w"] * scale, y + box["h"] * scale), outline=_INK, width=2)
