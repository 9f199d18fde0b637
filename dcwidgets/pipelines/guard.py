"""Batches that are looked at before the model sees them, each picture known by its id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dcwidgets.imageset import ImageSet
from dcwidgets.pipelines.feeding import batches, weighted
from dcwidgets.pipelines.problems import COLUMNS, ContractError, too_many

if TYPE_CHECKING:
    import tensorflow as tf

# Numbers travel beside the pictures as weights; 1 is no weight of its own.
_FIRST = 2


class Guard:
    """A pipeline that stops at the first bad batch; `Contract.guard` makes one.

    Iterate over it, or enter it and hand the batches to whatever takes a
    ``tf.data.Dataset``::

        with contract.guard(images, shuffle=True) as batches:
            model.fit(batches)

    Leaving the block turns TensorFlow's error about a bad batch into a `ContractError`
    that names it.

    Parameters
    ----------
    numbered : tf.data.Dataset
        Elements are number of the batch (from 1), numbers of the images (from 0), and
        the batch itself.
    ids : sequence of str, optional
        The id of each number.
    classes : int
        How many classes there are.
    image_size : int
        Edge of a picture in pixels.
    value_range : tuple of float
        Lowest and highest value of a pixel.
    """

    def __init__(
        self,
        numbered: tf.data.Dataset,
        ids: Sequence[str] | None,
        classes: int,
        image_size: int,
        value_range: tuple[float, float],
    ) -> None:
        import tensorflow as tf

        self._errors: dict[str, ContractError] = {}
        self._ids = ids
        self._classes = classes
        self._size = image_size
        self._low, self._high = value_range

        def watch(batch: tf.Tensor, rows: tf.Tensor, x: tf.Tensor, *rest: tf.Tensor) -> Any:
            seen = tf.numpy_function(self._look, [batch, rows, x, rest[0]], tf.int64)
            with tf.control_dependencies([seen]):
                return (tf.identity(x), *rest)

        self.batches = numbered.map(watch).prefetch(tf.data.AUTOTUNE)

    def __iter__(self) -> Iterator[tuple[tf.Tensor, ...]]:
        with self as batches:
            yield from batches

    def __enter__(self) -> tf.data.Dataset:
        self._errors.clear()
        return self.batches

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        import tensorflow as tf

        if not isinstance(error, tf.errors.OpError):
            return
        # Batches are fetched ahead, bad ones too: the one that stopped the run is in its error.
        for text, found in self._errors.items():
            if text in str(error):
                raise found from None

    def _look(self, batch: int, rows: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.int64:
        places = self._of_the_batch(x, y) or list(self._of_the_pictures(x, y))
        if places:
            found = self._tell(int(batch), rows, places)
            self._errors[str(found)] = found
            raise found
        return np.int64(batch)

    def _of_the_batch(self, x: np.ndarray, y: np.ndarray) -> list[tuple[int | None, Any, str]]:
        """Say what is wrong with all pictures alike: place (none), value, expected."""
        size = (self._size, self._size, 3)
        if x.dtype != np.float32:
            return [(None, x.dtype.name, "pictures as float32")]
        if x.shape[1:] != size:
            return [(None, x.shape[1:], f"pictures of shape {size}")]
        # Blended pictures of two classes have the fraction of the second as their label.
        is_number = np.issubdtype(y.dtype, np.integer) or (
            y.dtype == np.float32 and self._classes == 2
        )
        if not is_number or y.shape != x.shape[:1]:
            return [(None, f"{y.dtype.name} of shape {y.shape}", "one class number per picture")]
        return []

    def _of_the_pictures(
        self, x: np.ndarray, y: np.ndarray
    ) -> Iterator[tuple[int | None, Any, str]]:
        # Lowest and highest are NaN where anything is: two passes find all three.
        flat = x.reshape(len(x), -1)
        low, high = flat.min(axis=1), flat.max(axis=1)
        for place in np.flatnonzero(~((low >= self._low) & (high <= self._high))):
            is_nan = np.isnan(low[place])
            value = "NaN" if is_nan else f"{low[place]:.3g} to {high[place]:.3g}"
            yield int(place), value, f"values from {self._low:g} to {self._high:g}"
        for place in np.flatnonzero(~((y >= 0) & (y <= self._classes - 1))):
            yield int(place), f"class number {y[place]:g}", f"0 to {self._classes - 1}"

    def _tell(
        self, batch: int, rows: np.ndarray, places: list[tuple[int | None, Any, str]]
    ) -> ContractError:
        names = [None if place is None else self._name(place, rows) for place, _, _ in places]
        found = pd.DataFrame(
            [
                (name, "batch", value, expected)
                for name, (_, value, expected) in zip(names, places, strict=True)
            ],
            columns=list(COLUMNS),
        )
        told = [
            f"{'all pictures' if name is None else repr(name)}: {value}, expected {expected}"
            for name, (_, value, expected) in zip(names, places, strict=True)
        ]
        text = (
            f"Batch {batch} breaks the contract and was stopped before the model saw it: "
            f"{too_many(told)}. Look at these images, then drop or mend them."
        )
        return ContractError(text, found, batch=batch)

    def _name(self, place: int, rows: np.ndarray) -> str:
        row = int(rows[place])
        if self._ids is None or row >= len(self._ids):
            return f"picture {place} of the batch"
        return str(self._ids[row])


def number_images(images: ImageSet, image_size: int, options: Mapping[str, Any]) -> tf.data.Dataset:
    """Make what `prepare` makes, each batch with its number and those of its images."""
    import tensorflow as tf

    numbers = pd.Series(np.arange(len(images), dtype=float) + _FIRST, images.table.index)
    numbered = images.derive(images.table, weights=numbers)
    data = batches(numbered, image_size=image_size, **options)
    weights = tf.constant(images.weights.to_numpy(np.float32)) if weighted(images) else None

    def name(batch: tf.Tensor, parts: tuple[tf.Tensor, ...]) -> tuple[tf.Tensor, ...]:
        rows = tf.cast(parts[2], tf.int64) - _FIRST
        extra = () if weights is None else (tf.gather(weights, rows),)
        return (batch, rows, *parts[:2], *extra)

    return data.enumerate(1).map(name)


def number_batches(data: tf.data.Dataset) -> tf.data.Dataset:
    """Give each batch its number and, counting through, those of its images."""
    import tensorflow as tf

    if not isinstance(data, tf.data.Dataset):
        raise ValueError(  # noqa: TRY004 - one error for bad input
            f"guard takes an image set or a tf.data.Dataset, got {type(data).__name__}."
        )

    def count(state: tuple[tf.Tensor, ...], parts: tuple[tf.Tensor, ...]) -> tuple[Any, Any]:
        batch, start = state
        end = start + tf.cast(tf.shape(parts[0])[0], tf.int64)
        return (batch + 1, end), (batch, tf.range(start, end), *parts)

    start = (tf.constant(1, tf.int64), tf.constant(0, tf.int64))
    return data.scan(start, count)
