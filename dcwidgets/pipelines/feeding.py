"""From an image set to the batches a model is fed."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary
from zlib import crc32

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
    every epoch draws anew. Order and draws hang on ``seed``, the number of the epoch and
    the id of each picture alone: the same seed gives the same batches in any process, and
    a picture's draw does not change with its neighbours. Pictures that cannot be decoded
    are left out with a warning.

    Parameters
    ----------
    images : ImageSet
        At least one image, every one with a label.
    shuffle : bool, default False
        Draw another order each epoch.
    augment : keras.Layer, optional
        Policy that changes each batch, as `dcwidgets.policy` makes it. Keras's own layers
        draw by ``seed`` above and not by theirs; a user's own layers draw as they do.
    image_size : int, default 64
        Edge in pixels, at least 8; pictures are stretched to a square.
    batch_size : int, default 32
        Images per batch, at least 1; the last batch may be smaller.
    cache : bool, default True
        Keep decoded pictures in memory between calls.
    seed : int, default 0
        Seed of the order and of the draws, from 0 to 2**31 - 1.

    Returns
    -------
    tf.data.Dataset
        Batches of (float32 of shape (batch, image_size, image_size, 3) in [0, 1], noise
        may leave it; int32 class numbers of shape (batch,)). Where a policy blends
        pictures (``MixUp``, ``CutMix``) the labels are float32 fractions.

    Raises
    ------
    ValueError
        If the set is empty, a label is missing, a size or the seed is out of range, or a
        policy blends the labels of more than two classes.
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

    _check_whole("batch_size", batch_size, 1)
    _check_whole("seed", seed, 0)
    array, kept = pixels(images, image_size, cache=cache)
    labelled = images.take(kept)
    labels, policy = label_numbers(labelled), None
    if augment is not None:
        from dcwidgets.augmentation.keyed import KeyedPolicy, keys_of_epoch

        policy = KeyedPolicy(augment)
        if policy.blends:
            labels = _fractions(labels, images.classes)
    n = len(kept)
    with tf.device("/CPU:0"):  # a GPU has better things to hold
        source = tf.constant(array)
        parts = [tf.constant(labels)]
        if weighted(images):
            parts.append(tf.constant(labelled.weights.to_numpy(np.float32)))
        examples = tf.constant([crc32(id_.encode()) for id_ in kept], tf.uint32)

    # Nothing here needs autograph, whose parsing in two threads at once fails on Python 3.11.
    plain = tf.autograph.experimental.do_not_convert

    @plain
    def epoch(nonce: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        rows = tf.range(n)
        if shuffle:  # numbers are shuffled, not pictures: a full shuffle for 4 bytes an image
            rows = tf.random.experimental.stateless_shuffle(rows, seed=tf.stack([seed, nonce]))
        return rows, tf.fill([n], nonce)

    @plain
    def rescale(rows: tf.Tensor, nonce: tf.Tensor) -> tuple[tf.Tensor, ...]:
        pictures = tf.cast(tf.gather(source, rows), tf.float32) / 255.0
        chosen = [tf.gather(part, rows) for part in parts]
        if policy is not None:
            keys = keys_of_epoch(tf.gather(examples, rows), nonce[0])
            pictures, chosen[0] = policy(pictures, chosen[0], keys)
            pictures = tf.ensure_shape(pictures, [None, image_size, image_size, 3])
        return (pictures, *chosen)

    # One number an epoch, another each time round; it also comes back the same in any process.
    nonces = tf.data.Dataset.random(seed=seed, rerandomize_each_iteration=True).take(1)
    in_parallel = policy is None or policy.pure
    # The thread that tunes sleeps twice as long each time, and now and then a training that has
    # ended waits for it, up to as long again as it took. Untuned, a stage has all cores at once.
    untuned = tf.data.Options()
    untuned.autotune.enabled = False
    return (
        nonces.map(epoch)
        .unbatch()  # a flat_map would build a pipeline anew each epoch: half the epoch's time
        .batch(batch_size)
        .map(rescale, num_parallel_calls=tf.data.AUTOTUNE if in_parallel else None)
        .apply(tf.data.experimental.assert_cardinality(-(-n // batch_size)))
        .prefetch(tf.data.AUTOTUNE)
        .with_options(untuned)
    )


def _check_whole(name: str, value: object, low: int) -> None:
    # bool is an int in Python, and True is no number of images.
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < low:
        raise ValueError(f"{name} must be a whole number of at least {low}, got {value!r}.")


def _fractions(labels: np.ndarray, classes: Sequence[str]) -> np.ndarray:
    if len(classes) > 2:
        raise ValueError(
            "MixUp and CutMix blend labels, which needs two classes here, and these images have "
            f"{len(classes)}. Leave them out of the policy."
        )
    return labels.astype(np.float32)


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
    images: ImageSet, image_size: int = 64, *, cache: bool = True, quiet: bool = False
) -> tuple[np.ndarray, list[str]]:
    """Decode and resize the pictures of a set; warn of those left out, unless ``quiet``.

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
    _check_whole("image_size", image_size, 8)
    if not len(images):
        raise ValueError("The image set is empty. Look at `images.table` and `where(...)`.")
    known = _decoded.setdefault(images.store, {}).setdefault(image_size, {}) if cache else {}
    ids = images.table.index.tolist()
    missing = [id_ for id_ in ids if id_ not in known]
    # One block, and views of it by id: for a set that is new nothing is ever copied.
    block = np.empty((len(missing), image_size, image_size, 3), np.uint8)
    rows = dict(zip(missing, block, strict=True))

    def decode(id_: str) -> None:
        square = _square(images.store.read(id_), image_size)
        if square is not None:
            rows[id_][:] = square
        known[id_] = None if square is None else rows[id_]

    each_in_threads(decode, missing)
    block.setflags(write=False)
    kept = [id_ for id_ in ids if known[id_] is not None]
    if len(kept) < len(ids) and not quiet:
        warnings.warn(
            f"{len(ids) - len(kept)} of {len(ids)} pictures cannot be decoded and are left out.",
            stacklevel=3,
        )
    if not kept:
        raise ValueError(f"None of the {len(ids)} pictures can be decoded.")
    if len(kept) == len(missing) == len(ids):
        return block, kept
    return np.stack([known[id_] for id_ in kept]), kept  # type: ignore[misc]


def _square(encoded: bytes, size: int) -> np.ndarray | None:
    try:
        picture = open_picture(encoded, at_least=size)
    except UnreadableError:
        return None
    return squared(picture, size)


def squared(picture: Image.Image, size: int) -> np.ndarray:
    """Stretch a picture to a square, as every pipeline here does; uint8."""
    # reducing_gap averages before it interpolates: without it small pictures show moiré.
    return np.asarray(picture.resize((size, size), Image.Resampling.BILINEAR, reducing_gap=2.0))
