"""What a saved notebook shows where no kernel runs: a table and a few pictures."""

from __future__ import annotations

from html import escape

import numpy as np
import numpy.typing as npt

from dcwidgets.imageset import ImageSet
from dcwidgets.widgets._columns import Column
from dcwidgets.widgets._sheets import sheet_image

_SHOWN, _SIZE = 24, 64


def static_html(images: ImageSet, split: Column, label: Column) -> str:
    """Describe an image set as HTML that needs no script and no other file.

    Class and split names come from folders of the learner, so all text is escaped.
    """
    counts = _cross(split, label)
    classes = [*map(str, label.categories), *(["no label"] if counts[:, 0].any() else [])]
    counts = np.roll(counts, -1, axis=1)[:, : len(classes)]  # code 0 is a missing label
    head = "".join(f"<th>{escape(name)}</th>" for name in ["split", "images", *classes])
    body = "".join(map(_line, map(str, split.categories), counts[1:]))
    return (
        f"<div><p><b>{escape(images.name)}</b>: {len(images):,} images. "
        "Run this cell to inspect them.</p>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        f"{_pictures(images)}</div>"
    )


def _cross(split: Column, label: Column) -> npt.NDArray[np.int64]:
    """Count rows by the codes of two columns; the first row and column are missing values."""
    shape = (len(split.categories) + 1, len(label.categories) + 1)
    flat = split.data.astype(np.int64) * shape[1] + label.data
    return np.bincount(flat, minlength=shape[0] * shape[1]).reshape(shape)


def _line(split: str, counts: npt.NDArray[np.int64]) -> str:
    total = int(counts.sum())
    cells = "".join(f"<td>{n:,} ({n / max(total, 1):.0%})</td>" for n in counts)
    return f"<tr><th>{escape(split)}</th><td>{total:,}</td>{cells}</tr>"


def _pictures(images: ImageSet) -> str:
    ids = images.table.index
    if not len(ids):
        return ""
    chosen = ids[np.linspace(0, len(ids) - 1, min(_SHOWN, len(ids)), dtype=int)]
    return sheet_image(
        images.thumbnails(list(chosen), size=_SIZE),
        columns=min(12, len(chosen)),
        alt=f"{len(chosen)} of the pictures, spread over the table",
    )
