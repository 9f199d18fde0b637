"""Unsupervised descriptors of pictures: edges, colours and a little layout, no training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from dcwidgets.pipelines.feeding import pixels

if TYPE_CHECKING:
    from dcwidgets.imageset import ImageSet

_SIZE, _CELL, _ANGLES = 64, 8, 8
_KEPT = 32
_AT_ONCE = 256  # all at once takes 200 kB a picture, and more than a small machine has


def describe(
    images: ImageSet, others: ImageSet | None = None, *, seed: int = 0
) -> tuple[npt.NDArray[Any], npt.NDArray[Any] | None]:
    """Describe pictures that decode by the same few numbers each.

    Returns
    -------
    tuple of numpy.ndarray
        float32 of shape (n, d) for ``images`` and for ``others`` (None where there are none),
        d at most 32; principal components of gradient histograms and of mean colours.
    """
    from sklearn.decomposition import PCA

    sets = [images] if others is None else [images, others]
    raw = [raw_descriptors(each)[0] for each in sets]
    joined = np.concatenate(raw)
    kept = min(_KEPT, *joined.shape)
    fitted = PCA(kept, random_state=seed).fit_transform(joined).astype(np.float32)
    parts = np.split(fitted, [len(raw[0])])
    return parts[0], parts[1] if others is not None else None


def raw_descriptors(images: ImageSet) -> tuple[npt.NDArray[np.float32], list[str]]:
    """Describe pictures that decode by 704 numbers each, float32; and say which those are."""
    pictures, kept = pixels(images, _SIZE)
    parts = [_descriptor(pictures[at : at + _AT_ONCE]) for at in range(0, len(pictures), _AT_ONCE)]
    return np.concatenate(parts), kept


def _descriptor(pictures: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Histograms of edge directions (R. Dalal, B. Triggs, 2005) beside colours, cell by cell."""
    unit = pictures.astype(np.float32) / 255
    grey = unit.mean(axis=3)
    down, right = np.gradient(grey, axis=(1, 2))
    strength = np.hypot(down, right)
    angle = (np.arctan2(down, right) % np.pi / np.pi * _ANGLES).astype(int) % _ANGLES
    edges = np.stack([_cells(strength * (angle == bin_)) for bin_ in range(_ANGLES)], axis=-1)
    edges /= np.sqrt((edges**2).sum(axis=-1, keepdims=True)) + 0.01
    colours = np.stack([_cells(unit[..., channel]) for channel in range(3)], axis=-1)
    n = len(pictures)
    return np.concatenate([edges.reshape(n, -1), 2 * colours.reshape(n, -1)], axis=1)


def _cells(plane: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    n, side = len(plane), _SIZE // _CELL
    return plane.reshape(n, side, _CELL, side, _CELL).mean(axis=(2, 4)).astype(np.float32)
