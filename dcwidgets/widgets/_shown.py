"""What the augmentation explorer shows: pictures of an image set, a few at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from dcwidgets.imageset import ImageSet

_SIDES = ("x", "y", "w", "h")


@dataclass
class Shown:
    """Pictures in turns: each turn shows the next of a fixed shuffle, and comes round.

    Parameters
    ----------
    images : ImageSet
        At least one image.
    pictures, draws : int
        Pictures shown at a time, and how often each is drawn.
    size : int
        Edge of a tile in pixels.
    """

    images: ImageSet
    pictures: int
    draws: int
    size: int
    _batch: tuple[int, Any] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        # Every class soon comes into view, and a turn shows the same again.
        order = np.random.default_rng(0).permutation(len(self.images))
        self.order = self.images.table.index.to_numpy()[order]
        self.sides = box_columns(self.images.table)

    def ids(self, turn: int) -> list[str]:
        """Return the ids of the pictures of a turn."""
        numbers = np.arange(turn * self.pictures, (turn + 1) * self.pictures)
        return list(self.order[numbers % len(self.order)])

    def labels(self, turn: int) -> list[str]:
        """Return their labels, empty where missing."""
        labels = self.images.table.loc[self.ids(turn), "label"]
        return [label if isinstance(label, str) else "" for label in labels]

    def originals(self, turn: int) -> npt.NDArray[np.uint8]:
        """Return them unchanged: RGB uint8, shape (pictures, size, size, 3)."""
        return np.asarray(self.images.thumbnails(self.ids(turn), size=self.size), np.uint8)

    def batch(self, turn: int) -> Any:
        """Return what is drawn from: float32, shape (pictures * draws, size, size, 3)."""
        import keras

        kept = self._batch  # another thread may put another turn here meanwhile
        if kept is None or kept[0] != turn:
            floats = self.originals(turn).astype(np.float32) / 255.0
            repeated = np.repeat(floats, self.draws, axis=0)
            kept = self._batch = turn, keras.ops.convert_to_tensor(repeated)
        return kept[1]

    def boxes(self, turn: int) -> npt.NDArray[np.float64]:
        """Return the boxes on the tiles: x, y, width, height, shape (pictures, 4), NaN for none."""
        if self.sides is None:
            return np.full((self.pictures, 4), np.nan)
        return tile_boxes(self.images.table.loc[self.ids(turn)], self.sides, self.size)


def box_columns(table: pd.DataFrame) -> list[str] | None:
    """Find the four columns that hold a box: ``head_x``, ``head_y``, ``head_w``, ``head_h``."""
    for column in map(str, table.columns):
        if column.endswith("x"):
            sides = [column[:-1] + side for side in _SIDES]
            if all(side in table.columns for side in sides):
                return sides
    return None


def tile_boxes(rows: pd.DataFrame, sides: list[str], size: int) -> npt.NDArray[np.float64]:
    """Turn boxes of whole pictures into boxes on square tiles cropped around the centre.

    Returns
    -------
    numpy.ndarray of shape (n_rows, 4)
        x, y, width, height in pixels of the tile; NaN where there is no box on it.
    """
    x, y, w, h = rows[sides].astype(float).to_numpy().T
    width, height = (rows[edge].astype(float).to_numpy() for edge in ("width", "height"))
    scale = size / np.minimum(width, height)
    left, top = (width * scale - size) / 2, (height * scale - size) / 2
    low = np.clip([x * scale - left, y * scale - top], 0, size)
    high = np.clip([(x + w) * scale - left, (y + h) * scale - top], 0, size)
    found = np.concatenate([low, high - low]).T
    found[~((found[:, 2:] > 0).all(1) & (w > 0) & (h > 0))] = np.nan
    return found
