"""A night's delivery of pictures with one that went wrong: what lesson 03 starts from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from dcwidgets.contact_sheet import ContactSheet
from dcwidgets.imageset import ImageSet
from dcwidgets.pipelines.feeding import label_numbers, pixels
from dcwidgets.training import decide

if TYPE_CHECKING:
    import keras

MOST = 160
# Neighbours shown on either side.
_AROUND = 3


@dataclass(frozen=True)
class Delivery:
    """Pictures as they arrive; one of them was taken with the lens cap on.

    Attributes
    ----------
    images : ImageSet
        The same pictures as they should have been.
    pictures : numpy.ndarray of shape (n, 64, 64, 3)
        Float32 from 0 to 255.
    labels : numpy.ndarray of shape (n,)
        Class numbers, int32.
    capped : int
        Number of the picture that is black.
    """

    images: ImageSet
    pictures: np.ndarray = field(repr=False)
    labels: np.ndarray = field(repr=False)
    capped: int

    @property
    def ids(self) -> list[str]:
        """The id of each picture."""
        return self.images.table.index.tolist()

    def show(self, marked: Iterable[str] = ()) -> ContactSheet:
        """Lay out the black picture between its neighbours, some of them marked."""
        first = max(0, self.capped - _AROUND)
        part = slice(first, self.capped + _AROUND + 1)
        ids, marks = self.ids[part], set(marked)
        labels = self.images.table["label"].iloc[part]
        captions = [f"{label}, stopped" if id_ in marks else label for id_, label in labels.items()]
        return ContactSheet(ids, captions, self.pictures[part].astype(np.uint8), len(ids))


def deliver(images: ImageSet, *, seed: int = 0) -> Delivery:
    """Draw up to 160 pictures to learn from, and turn the one in the middle black."""
    train = images.where(split="train")
    drawn = train.table.sample(frac=1, random_state=seed).index[:MOST]
    squares, ids = pixels(train.take(drawn))
    pictures = squares.astype(np.float32)
    capped = len(ids) // 2
    pictures[capped] = 0
    sample = train.take(ids)
    return Delivery(sample, pictures, label_numbers(sample), capped)


def share_right(model: keras.Model, images: ImageSet) -> float:
    """Return the share of pictures that a model names rightly."""
    squares, kept = pixels(images)
    return float((decide(model, squares) == label_numbers(images.take(kept))).mean())


def show_rows(rows: Mapping[str, Iterable[np.ndarray]]) -> ContactSheet:
    """Lay out pictures in [0, 1], one row for each name, numbered as epochs."""
    listed = {name: [np.asarray(picture) for picture in row] for name, row in rows.items()}
    captions = [
        f"{name}, epoch {n}" for name, row in listed.items() for n in range(1, len(row) + 1)
    ]
    pictures = np.concatenate([np.stack(row) for row in listed.values()])
    tiles = (pictures.clip(0, 1) * 255).round().astype(np.uint8)
    return ContactSheet(captions, captions, tiles, max(map(len, listed.values())))
