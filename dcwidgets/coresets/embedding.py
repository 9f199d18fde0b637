"""Numbers that say how alike two pictures are: the features that coresets and drift look at."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from dcwidgets.cluster import in_parts
from dcwidgets.descriptors import raw_descriptors
from dcwidgets.pipelines.feeding import pixels

if TYPE_CHECKING:
    import keras
    from distributed import Client

    from dcwidgets.imageset import ImageSet

Features: TypeAlias = npt.NDArray[np.float32]

_AT_ONCE = 64


def embed(
    images: ImageSet,
    model: keras.Model | None = None,
    *,
    dimensions: int = 64,
    preprocess: Callable[[Any], Any] | None = None,
    client: Client | None = None,
    seed: int = 0,
) -> Features:
    """Describe every picture by the same few numbers.

    Without a model these are principal components of edge directions and colours: nothing is
    learned from the labels, wrong or right, and so nothing that a shortcut teaches.

    Parameters
    ----------
    images : ImageSet
        At least one image.
    model : keras.Model, optional
        A trained model, such as one of `keras.applications`: its last layer but one
        describes a picture, averaged over places where it has any.
    dimensions : int, default 64
        Most numbers per picture, at least 1; without a model only.
    preprocess : callable, optional
        For a model that does not take RGB from 0 to 1: gets float32 of shape (n, height,
        width, 3) from 0 to 255, as the ``preprocess_input`` of Keras's applications does.
    client : distributed.Client, optional
        A cluster that decodes and describes the pictures, part by part, with the same result;
        without a model only.
    seed : int, default 0
        Seed of the components.

    Returns
    -------
    numpy.ndarray of shape (n_images, d)
        float32, in the order of ``images.table``. Rows of pictures that cannot be decoded
        are NaN, and a warning counts them.

    Raises
    ------
    ValueError
        If there are no images, none can be decoded, or ``dimensions`` is below 1.

    Notes
    -----
    N. Dalal, B. Triggs, "Histograms of oriented gradients for human detection", CVPR 2005.
    """
    if dimensions < 1:
        raise ValueError(f"dimensions must be at least 1, got {dimensions!r}.")
    if model is None:
        found, kept = _raw(images, client)
        found = _principal(found, dimensions, seed)
    else:
        found, kept = _by_model(images, model, preprocess)
    return _in_order(images, found, kept)


def projected(
    images: ImageSet, *, dimensions: int = 64, client: Client | None = None, seed: int = 0
) -> Features:
    """Describe pictures by numbers that do not change with what else is in the set.

    Random directions (W. Johnson, J. Lindenstrauss, 1984) in place of the principal ones of
    `embed`: what arrives next week is described as what arrived today. Rows of pictures that
    cannot be decoded are NaN.
    """
    found, kept = _raw(images, client)
    rng = np.random.default_rng(seed)
    directions = rng.standard_normal((found.shape[1], dimensions), np.float32)
    return _in_order(images, found @ directions / np.sqrt(dimensions), kept)


def _in_order(images: ImageSet, found: Features, kept: list[str]) -> Features:
    """Give every image its row, NaN where it could not be described."""
    features = np.full((len(images), found.shape[1]), np.nan, np.float32)
    features[images.table.index.get_indexer(pd.Index(kept))] = found
    return features


def _raw(images: ImageSet, client: Client | None) -> tuple[Features, list[str]]:
    if client is None:
        return raw_descriptors(images)
    parts = [part for part in in_parts(client, _raw_part, images) if part is not None]
    if not parts:
        raise ValueError(f"None of the {len(images)} pictures can be decoded.")
    kept = [id_ for _, part in parts for id_ in part]
    if len(kept) < len(images):
        left_out = f"{len(images) - len(kept)} of {len(images)} pictures"
        warnings.warn(f"{left_out} cannot be decoded and are left out.", stacklevel=3)
    return np.concatenate([features for features, _ in parts]), kept


def _raw_part(images: ImageSet) -> tuple[Features, list[str]] | None:
    """Describe a part on a worker; None if nothing in it can be decoded."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        try:
            return raw_descriptors(images)
        except ValueError:
            return None


def _principal(found: Features, dimensions: int, seed: int) -> Features:
    from sklearn.decomposition import PCA

    components = min(dimensions, *found.shape)
    return np.asarray(PCA(components, random_state=seed).fit_transform(found), np.float32)


def _by_model(
    images: ImageSet, model: keras.Model, preprocess: Callable[[Any], Any] | None
) -> tuple[Features, list[str]]:
    import keras

    inputs, kept = _seen(images, model)
    inner = keras.Model(model.inputs, model.layers[-2].output if len(model.layers) > 1 else model)
    parts = []
    for start in range(0, len(inputs), _AT_ONCE):
        batch = inputs[start : start + _AT_ONCE].astype(np.float32)
        batch = batch / 255.0 if preprocess is None else preprocess(batch)
        parts.append(np.asarray(keras.ops.convert_to_numpy(inner(batch, training=False))))
    found = np.concatenate(parts).astype(np.float32)
    return found.reshape(len(found), -1, found.shape[-1]).mean(axis=1), kept


def _seen(images: ImageSet, model: keras.Model) -> tuple[npt.NDArray[np.uint8], list[str]]:
    shape = model.input_shape
    if len(shape) != 4 or shape[1] is None or shape[3] != 3:
        raise ValueError(
            f"The model takes inputs of shape {shape}; expected RGB pictures of a fixed size, "
            "(None, height, width, 3). Build it with input_shape=(224, 224, 3) or alike."
        )
    with warnings.catch_warnings():
        warnings.simplefilter("default", UserWarning)
        return pixels(images, shape[1])
