"""Boxes that follow the geometric layers of a policy."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from dcwidgets.augmentation.catalog import CATALOG
from dcwidgets.augmentation.policies import flat, unfuse
from dcwidgets.augmentation.steps import inner, is_known

if TYPE_CHECKING:
    import keras

    from dcwidgets.augmentation.drawn import DrawnStep

Tensor = Any  # whatever the backend computes with
Floats = npt.NDArray[np.float64]

# Not geometric, and yet pixels come from elsewhere.
_ELSEWHERE = frozenset({"RandAugment", "MixUp", "CutMix"})
# They change pixels where they are.
_STAY = frozenset(
    {
        *(name for name, kind in CATALOG.items() if not kind.geometric and name not in _ELSEWHERE),
        *("AutoContrast", "Equalization", "GaussianDropout", "RandomColorDegeneration"),
        *("RandomColorJitter", "RandomPosterization", "Solarization"),
    }
)
_FLAT = 1e-9


def transform_boxes(policy: keras.Layer, pictures: Tensor, boxes: npt.ArrayLike) -> Floats:
    """Find where boxes lie after the next call of a policy on these pictures.

    The corners of a box go through the product of the layers' matrices; the result is the
    upright rectangle around them, cut at the picture's edges. The policy's random state
    stays as it is, so that the call itself draws the same movements:

    >>> policy, boxes = dcw.policy("light"), [[8, 8, 30, 20]] * len(pictures)
    >>> moved = dcwidgets.augmentation.transform_boxes(policy, pictures, boxes)
    >>> changed = policy(pictures, training=True)

    Parameters
    ----------
    policy : keras.Layer
        As `dcwidgets.policy` makes it, fused or not, or a single layer.
    pictures : array or tensor of shape (n, height, width, 3)
        Only the shape counts.
    boxes : array_like of shape (n, 4) or (n, m, 4)
        x, y, width and height in pixels, the origin at the top left; NaN for none.

    Returns
    -------
    numpy.ndarray of the same shape
        float64; NaN where a box is none, or has left the picture.

    Raises
    ------
    ValueError
        If a layer moves pixels in another way than by a matrix, or the shapes disagree.
    """
    import keras

    pictures = keras.ops.convert_to_tensor(pictures)
    given = np.asarray(boxes, np.float64)
    _check(given, tuple(pictures.shape))
    moves = []
    for place, layer in enumerate(unfuse(flat(policy)), start=1):
        if _moves(layer, f"Layer {place}"):
            moves.append((layer, _peek(layer, pictures)))
    height, width = pictures.shape[1:3]
    return follow(_product(moves, len(given), height, width), given, height, width)


def boxes_of_steps(
    steps: Sequence[DrawnStep], boxes: Floats, height: int, width: int
) -> tuple[Floats, str]:
    """Move boxes as steps that were drawn do.

    Returns
    -------
    boxes : numpy.ndarray of shape (n, 4)
        As `transform_boxes`; all NaN if a step moves pixels in an unknown way.
    problem : str
        Names such a step; else empty.
    """
    moves = []
    for step in steps:
        try:
            if _moves(step.layer, f"Step {step.place}"):
                moves.append((step.layer, step.drawn))
        except ValueError as error:
            return np.full_like(boxes, np.nan), str(error)
    return follow(_product(moves, len(boxes), height, width), boxes, height, width), ""


def follow(matrices: Floats, boxes: Floats, height: int, width: int) -> Floats:
    """Move boxes by matrices that say which input pixel each output pixel shows.

    Parameters
    ----------
    matrices : numpy.ndarray of shape (n, 3, 3)
        Over pixel centres: pixel (0, 0) is the first one.
    boxes : numpy.ndarray of shape (n, 4) or (n, m, 4)
        x, y, width, height in pixels.
    height, width : int
        Size of the pictures.
    """
    back = np.full((len(matrices), 3, 3), np.nan)
    turned = np.abs(np.linalg.det(matrices)) > _FLAT  # else a picture has become a line
    back[turned] = np.linalg.inv(matrices[turned])
    back = back.reshape(len(back), *[1] * (boxes.ndim - 2), 3, 3)
    x, y, w, h = np.moveaxis(boxes, -1, 0)
    corners = [(x, y), (x + w, y), (x, y + h), (x + w, y + h)]
    # An edge lies half a pixel before the centre of its first pixel.
    points = np.stack([np.stack([a - 0.5, b - 0.5, np.ones_like(a)], -1) for a, b in corners], -1)
    moved = (back @ points)[..., :2, :] + 0.5
    low, high = moved.min(-1), moved.max(-1)
    edges = np.array([width, height], float)
    low, high = np.clip(low, 0, edges), np.clip(high, 0, edges)
    found = np.concatenate([low, high - low], -1)
    found[~(found[..., 2:] > 0).all(-1)] = np.nan
    return found


def _product(moves: Sequence[tuple[Any, Any]], n: int, height: int, width: int) -> Floats:
    """Multiply the matrices of drawn movements, shape (n, 3, 3)."""
    found = [_matrices(layer, drawn, n, height, width) for layer, drawn in moves]
    # A matrix says where a pixel comes from, so the first layer's acts last.
    return reduce(np.matmul, found, np.tile(np.eye(3), (n, 1, 1)))


def _matrices(layer: keras.Layer, drawn: Any, n: int, height: int, width: int) -> Floats:
    import keras

    from dcwidgets.augmentation.one_warp import movement

    entries = movement(layer, drawn, float(height), float(width))
    rows = [
        np.broadcast_to(np.asarray(keras.ops.convert_to_numpy(entry), np.float64), (n,))
        for entry in (*entries, 0.0, 0.0, 1.0)
    ]
    return np.stack(rows, axis=1).reshape(n, 3, 3)


def _moves(layer: keras.Layer, where: str) -> bool:
    """Say whether a layer moves pixels; refuse one that does so in an unknown way."""
    from dcwidgets.augmentation.one_warp import fits_one_warp

    if fits_one_warp(layer):
        return True
    name = type(inner(layer)).__name__
    if not (is_known(layer) and name in _STAY):
        raise ValueError(
            f"{where}, {name}: how it moves a box is not known. Boxes follow flips, rotations, "
            "zooms, translations and shears; leave it out to see them."
        )
    return False


def _peek(layer: keras.Layer, pictures: Tensor) -> Any:  # what the layer draws next
    import keras

    states = [part.generator.state for part in {layer, inner(layer)}]
    before = [np.array(keras.ops.convert_to_numpy(state)) for state in states]
    try:
        return layer.get_random_transformation(pictures, training=True)
    finally:
        for state, value in zip(states, before, strict=True):
            state.assign(value)


def _check(boxes: Floats, shape: tuple[int, ...]) -> None:
    if boxes.ndim not in (2, 3) or boxes.shape[-1] != 4 or len(shape) != 4:
        raise ValueError(
            "pictures must be of shape (n, height, width, 3) and boxes of shape (n, 4) or "
            f"(n, m, 4), got {shape} and {boxes.shape}."
        )
    if len(boxes) != shape[0]:
        raise ValueError(f"There are {shape[0]} pictures but boxes for {len(boxes)}.")
