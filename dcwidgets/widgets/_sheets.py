"""Sprite sheets: many small pictures in one JPEG."""

from __future__ import annotations

import base64
import io
import math

import numpy as np
import numpy.typing as npt
from PIL import Image

EDGE = 2048
"""Longest edge of a sheet in pixels; weaker graphics cards refuse larger textures."""


def most_tiles(size: int) -> int:
    """Return how many square tiles of ``size`` pixels fit on one sheet."""
    return int((EDGE // size) ** 2)


def sprite_sheet(
    tiles: npt.NDArray[np.uint8],
    *,
    columns: int | None = None,
    quality: int = 85,
    full_colour: bool = False,
) -> tuple[bytes, int]:
    """Lay tiles out row by row and encode them as one JPEG.

    Parameters
    ----------
    tiles : numpy.ndarray of shape (n, size, size, 3)
        RGB, uint8.
    columns : int, optional
        Tiles in a row; by default the sheet is about square.
    quality : int, default 85
        JPEG quality, 1 to 95.
    full_colour : bool, default False
        Keep the colour of every pixel, not of every four: a third more bytes, and browsers
        cannot blur what loud colours meet.

    Returns
    -------
    sheet : bytes
        The JPEG, at most 2,048 pixels wide and high.
    columns : int
        Tiles in a row.

    Raises
    ------
    ValueError
        If the tiles do not fit on one sheet, or there are none.
    """
    n, size = tiles.shape[:2]
    columns = columns or min(EDGE // size, max(1, math.ceil(math.sqrt(n))))
    rows = math.ceil(n / columns)
    if not n or max(columns, rows) * size > EDGE:
        raise ValueError(
            f"{n} tiles of {size} px in {columns} columns do not make a sheet. "
            f"Expected 1 to {most_tiles(size)} tiles within {EDGE} px."
        )
    return encode_jpeg(_laid_out(tiles, columns), quality=quality, full_colour=full_colour), columns


def sheet_image(tiles: npt.NDArray[np.uint8], *, columns: int, alt: str) -> str:
    """Return tiles, as for `sprite_sheet`, as an ``<img>`` that needs no other file.

    What the last row lacks is transparent, since nobody knows what it is shown on; ``alt`` is
    HTML already.
    """
    opaque = np.full((*tiles.shape[:3], 1), 255, np.uint8)
    pixels = _laid_out(np.concatenate([tiles, opaque], axis=-1), columns)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "WEBP", quality=80)
    data = base64.b64encode(file.getvalue()).decode()
    return f'<img alt="{alt}" src="data:image/webp;base64,{data}">'


def _laid_out(tiles: npt.NDArray[np.uint8], columns: int) -> npt.NDArray[np.uint8]:
    """Lay tiles of shape (n, size, size, channels) out row by row; places left over are 0."""
    n, size, _, channels = tiles.shape
    rows = math.ceil(n / columns)
    grid = np.zeros((rows * columns, size, size, channels), np.uint8)
    grid[:n] = tiles
    lines = grid.reshape(rows, columns, size, size, channels).swapaxes(1, 2)
    return lines.reshape(rows * size, columns * size, channels)


def encode_jpeg(
    pixels: npt.NDArray[np.uint8],
    *,
    quality: int = 85,
    longest: int | None = None,
    full_colour: bool = False,
) -> bytes:
    """Encode one picture, RGB uint8 of shape (height, width, 3), as JPEG.

    ``longest`` shrinks it until neither edge is longer, in pixels.
    """
    picture = Image.fromarray(pixels)
    if longest is not None:
        picture.thumbnail((longest, longest))
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality, subsampling=0 if full_colour else 2)
    return file.getvalue()
