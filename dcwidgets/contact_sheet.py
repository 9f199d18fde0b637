"""A contact sheet: a few pictures with what is written about them."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dcwidgets.imageset import ImageSet

if TYPE_CHECKING:
    import keras

# More than a screen of pictures is not looked at; the widgets page through them instead.
MOST = 64


@dataclass(frozen=True)
class ContactSheet:
    """Small pictures in rows, each with a caption; a notebook shows it as HTML.

    Attributes
    ----------
    ids : list of str
        Ids, in the order shown.
    captions : list of str
        One caption per picture.
    tiles : numpy.ndarray of shape (n, size, size, 3)
        RGB, uint8.
    columns : int
        Pictures in a row.
    """

    ids: list[str]
    captions: list[str]
    tiles: np.ndarray
    columns: int

    def __repr__(self) -> str:
        """Return the captions row by row: the pictures' twin for a terminal."""
        rows = range(0, len(self.captions), self.columns)
        return "\n".join(" | ".join(self.captions[row : row + self.columns]) for row in rows)

    def _repr_html_(self) -> str:
        size = self.tiles.shape[1] if len(self.tiles) else 0
        grid = f"display: grid; grid-template-columns: repeat({self.columns}, {size}px); gap: 10px"
        figures = map(_figure, self.ids, self.captions, self.tiles)
        return f'<div class="dcw-sheet" role="list" style="{grid}">{"".join(figures)}</div>'


def contact_sheet(
    images: ImageSet,
    ids: Iterable[str],
    *,
    captions: pd.Series | None = None,
    columns: int = 8,
    size: int = 96,
    policy: keras.Layer | None = None,
) -> ContactSheet:
    """Lay pictures out to be looked at.

    Parameters
    ----------
    images : ImageSet
        Where the pictures are.
    ids : iterable of str
        Up to 64 ids; an id may stand more than once.
    captions : pandas.Series, optional
        Text by id; the default is the label, ``"?"`` where there is none.
    columns : int, default 8
        Pictures in a row.
    size : int, default 96
        Edge of a picture in pixels.
    policy : keras.Layer, optional
        Show each picture as this policy draws it.

    Returns
    -------
    ContactSheet

    Raises
    ------
    ValueError
        If there are more than 64 ids, an id is not in the set, or ``columns`` is below 1.
    """
    wanted = images.known(ids)
    if len(wanted) > MOST or columns < 1:
        raise ValueError(
            f"A contact sheet shows up to {MOST} pictures in at least 1 column, "
            f"got {len(wanted)} pictures in {columns} columns. Show the first: ids[:{MOST}]."
        )
    texts = images.table["label"] if captions is None else captions
    spoken = texts.reindex(wanted).astype(object).where(lambda text: text.notna(), "?")
    tiles = images.thumbnails(wanted, size=size)
    if policy is not None:
        tiles = _drawn(policy, tiles)
    return ContactSheet(wanted, [str(text) for text in spoken], tiles, columns)


def _drawn(policy: keras.Layer, tiles: np.ndarray) -> np.ndarray:
    import keras

    drawn = keras.ops.convert_to_numpy(policy(tiles.astype(np.float32) / 255, training=True))
    return (np.asarray(drawn).clip(0, 1) * 255).round().astype(np.uint8)


def _figure(id_: str, caption: str, tile: np.ndarray) -> str:
    from dcwidgets.widgets._sheets import encode_jpeg

    source = base64.b64encode(encode_jpeg(tile)).decode()
    size = len(tile)
    return (
        f'<figure role="listitem" style="margin: 0; width: {size}px" title="{escape(id_)}">'
        f'<img width="{size}" height="{size}" style="border-radius: 4px; margin: 0" '
        f'alt="Picture captioned {escape(caption)}" src="data:image/jpeg;base64,{source}">'
        f'<figcaption style="font-size: 11px; text-align: center; overflow-wrap: anywhere">'
        f"{escape(caption)}</figcaption></figure>"
    )
