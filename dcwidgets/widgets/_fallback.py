"""What a saved notebook shows where no kernel runs: a table and a few pictures."""

from __future__ import annotations

import base64
from html import escape

import numpy as np
import pandas as pd

from dcwidgets.imageset import ImageSet
from dcwidgets.widgets._sheets import sprite_sheet

_SHOWN, _SIZE = 24, 64


def static_html(images: ImageSet) -> str:
    """Describe an image set as HTML that needs no script and no other file.

    Class and split names come from folders of the learner, so all text is escaped.
    """
    table = images.table
    rows = pd.crosstab(table["split"], table["label"].fillna("no label"))
    head = "".join(f"<th>{escape(str(name))}</th>" for name in ["split", "images", *rows.columns])
    body = "".join(_line(str(split), counts) for split, counts in rows.iterrows())
    return (
        f"<div><p><b>{escape(images.name)}</b>: {len(table):,} images. "
        "Run this cell to inspect them.</p>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        f"{_pictures(images, table.index)}</div>"
    )


def _line(split: str, counts: pd.Series[int]) -> str:
    total = int(counts.sum())
    cells = "".join(f"<td>{n:,} ({n / max(total, 1):.0%})</td>" for n in counts)
    return f"<tr><th>{escape(split)}</th><td>{total:,}</td>{cells}</tr>"


def _pictures(images: ImageSet, ids: pd.Index[str]) -> str:
    if not len(ids):
        return ""
    chosen = ids[np.linspace(0, len(ids) - 1, min(_SHOWN, len(ids)), dtype=int)]
    sheet, _ = sprite_sheet(images.thumbnails(list(chosen), size=_SIZE), columns=12, quality=75)
    data = base64.b64encode(sheet).decode()
    alt = f"{len(chosen)} of the pictures, spread over the table"
    return f'<img alt="{alt}" src="data:image/jpeg;base64,{data}">'
