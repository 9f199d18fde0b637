"""From an image set to the batches a model is fed."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np
from PIL import Image

from dcwidgets.imageset import ImageSet, UnreadableError, each_in_threads, open_picture

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

# Decoded pictures by store and size: every training of a lesson decodes each picture once.
_decoded: WeakKeyDictionary[Any, dict[int, dict[str, np.ndarray | None]]] = WeakKeyDictionary()


def prepare(
    images: ImageSet,
    *,
    shuffle: bool = False,
    augment: keras.Layer | None = None,
    image_size: int = 64,
    batch_size: int = 32,
    cache: bool = True,
    seed: int = 0,
) -> tf.data.Dataset:
    """Build the input pipeline: resize, cache, shuffle, batch, rescale, augment, prefetch.

    Pictures are cached as uint8 after the resize and before the augmentation, so that
    every epoch draws anew. Pictures that cannot be decoded are left out with a warning.

    Parameters
    ----------
    images : ImageSet
        At least one image, every one with a label.
    shuffle : bool, default False
        Draw another order each epoch.
    augment : keras.Layer, optional
        Policy called with ``training=True`` on each batch.
    image_size : int, default 64
        Edge in pixels; pictures are stretched to a square.
    batch_size : int, default 32
        Images per batch; the last batch may be smaller.
    cache : bool, default True
        Keep decoded pictures in memory between calls.
    seed : int, default 0
        Seed of the order.

    Returns
    -------
    tf.data.Dataset
        Batches of (float32 of shape (batch, image_size, image_size, 3) in [0, 1],
        int32 class numbers of shape (batch,)).

    Raises
    ------
    ValueError
        If the set is empty, a label is missing, or a size is out of range.
    """
    data = batches(
        images,
        shuffle=shuffle,
        augment=augment,
        image_size=image_size,
        batch_size=batch_size,
        cache=cache,
        seed=seed,
    )
    return data.map(lambda x, y, *_: (x, y)) if weighted(images) else data


def batches(
    images: ImageSet,
    *,
    shuffle: bool = False,
    augment: keras.Layer | None = None,
    image_size: int = 64,
    batch_size: int = 32,
    cache: bool = True,
    seed: int = 0,
) -> tf.data.Dataset:
    """As `prepare`, with the images' weights as a third element where they differ from 1."""
    import tensorflow as tf

    if batch_size < 1:
        raise ValueError(f"batch_size must be at least 1, got {batch_size!r}.")
    array, kept = pixels(images, image_size, cache=cache)
    labelled = images.take(kept)
    parts = [tf.constant(label_numbers(labelled))]
    if weighted(images):
        parts.append(tf.constant(labelled.weights.to_numpy(np.float32)))
    with tf.device("/CPU:0"):
        source = tf.constant(array)

    def rescale(rows: tf.Tensor) -> tuple[tf.Tensor, ...]:
        pictures = tf.cast(tf.gather(source, rows), tf.float32) / 255.0
        return (pictures, *(tf.gather(part, rows) for part in parts))

    data = tf.data.Dataset.range(len(kept))
    if shuffle:  # numbers are shuffled, not pictures: a full shuffle for 8 bytes an image
        data = data.shuffle(len(kept), seed=seed, reshuffle_each_iteration=True)
    data = data.batch(batch_size).map(rescale, num_parallel_calls=tf.data.AUTOTUNE)
    if augment is not None:
        data = data.map(lambda x, *rest: (augment(x, training=True), *rest))
    return data.prefetch(tf.data.AUTOTUNE)


def weighted(images: ImageSet) -> bool:
    """Whether any image of the set has a weight other than 1."""
    return bool((images.weights != 1).any())


def label_numbers(images: ImageSet) -> np.ndarray:
    """Return the class number of each image, int32 of shape (n_images,).

    Raises
    ------
    ValueError
        If an image has no label yet.
    """
    labels = images.table["label"]
    if labels.isna().any():
        raise ValueError(
            f"{int(labels.isna().sum())} of {len(labels)} images have no label yet, such as "
            f"{labels.index[labels.isna()][0]!r}. Annotate them, add them with a recipe, or leave "
            "them out."
        )
    numbers = {name: number for number, name in enumerate(images.classes)}
    return labels.map(numbers).to_numpy(np.int32)


def pixels(
    images: ImageSet, image_size: int = 64, *, cache: bool = True
) -> tuple[np.ndarray, list[str]]:
    """Decode and resize the pictures of a set.

    Returns
    -------
    array : numpy.ndarray of shape (n_kept, image_size, image_size, 3)
        RGB, uint8.
    ids : list of str
        The images that decode, in the order of the table.

    Raises
    ------
    ValueError
        If the set is empty, nothing in it decodes, or ``image_size`` is below 8.
    """
    if image_size < 8:
        raise ValueError(f"image_size must be at least 8 pixels, got {image_size!r}.")
    if not len(images):
        raise ValueError("The image set is empty. Look at `images.table` and `where(...)`.")
    known = _decoded.setdefault(images.store, {}).setdefault(image_size, {}) if cache else {}
    ids = images.table.index.tolist()

    def decode(id_: str) -> None:
        known[id_] = _square(images.store.read(id_), image_size)

    each_in_threads(decode, [id_ for id_ in ids if id_ not in known])
    kept = [id_ for id_ in ids if known[id_] is not None]
    if len(kept) < len(ids):
        warnings.warn(
            f"{len(ids) - len(kept)} of {len(ids)} pictures cannot be decoded and are left out.",
            stacklevel=3,
        )
    if not kept:
        raise ValueError(f"None of the {len(ids)} pictures can be decoded.")
    return np.stack([known[id_] for id_ in kept]), kept  # type: ignore[misc]


def _square(encoded: bytes, size: int) -> np.ndarray | None:
    try:
        picture = open_picture(encoded, at_least=size)
    except UnreadableError:
        return None
    # reducing_gap averages before it interpolates: without it small pictures show moiré.
    return np.asarray(picture.resize((size, size), Image.Resampling.BILINEAR, reducing_gap=2.0))
