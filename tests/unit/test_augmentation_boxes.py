"""Boxes follow the pictures: against Keras's own boxes, and against what is seen."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import pytest

import dcwidgets as dcw
from dcwidgets.augmentation.boxes import transform_boxes
from dcwidgets.augmentation.one_warp import OneWarp

layers = keras.layers
N, SIZE = 8, 96
Floats = npt.NDArray[np.float64]


def boxes() -> Floats:
    rng = np.random.default_rng(2)
    low = rng.uniform(30, 46, (N, 2)).round()
    return np.concatenate([low, rng.uniform(12, 20, (N, 2)).round()], axis=1)


def painted(found: Floats) -> npt.NDArray[np.float32]:
    """Black pictures with a white box each."""
    pictures = np.zeros((N, SIZE, SIZE, 3), np.float32)
    for picture, (x, y, w, h) in zip(pictures, found.astype(int), strict=True):
        picture[y : y + h, x : x + w] = 1
    return pictures


def seen(pictures: Any) -> Floats:
    """The upright rectangle around what is white."""
    found = []
    for picture in np.asarray(pictures)[..., 0] > 0.5:
        y, x = np.nonzero(picture)
        found.append([x.min(), y.min(), x.max() + 1 - x.min(), y.max() + 1 - y.min()])
    return np.array(found, float)


# Filled with black: a mirrored border would show boxes twice.
_AS = {"bounding_box_format": "xywh"}
_FILL = {**_AS, "fill_mode": "constant"}
MOVES = {
    "flip": lambda: layers.RandomFlip("horizontal", seed=1, **_AS),
    "flip both": lambda: layers.RandomFlip(seed=5, **_AS),
    "turn": lambda: layers.RandomRotation(0.1, seed=2, **_FILL),
    "zoom": lambda: layers.RandomZoom((-0.3, 0.3), seed=3, **_FILL),
    "move": lambda: layers.RandomTranslation(0.1, 0.1, seed=4, **_FILL),
    "shear": lambda: layers.RandomShear(x_factor=(0.0, 0.15), seed=4, **_FILL),
}


def moved_by_keras(layer: keras.Layer, pictures: Any, found: Floats) -> Floats:
    drawn = layer.get_random_transformation(pictures, training=True)
    # Its rotation works on corners, whatever format it is told.
    corners = isinstance(layer, layers.RandomRotation)
    given = found.copy()
    given[:, 2:] += corners * given[:, :2]
    boxes_ = {
        "boxes": keras.ops.convert_to_tensor(given[:, None], "float32"),
        "labels": keras.ops.zeros((N, 1)),
    }
    return np.array(layer.transform_bounding_boxes(boxes_, drawn)["boxes"], float)[:, 0]


@pytest.mark.parametrize("name", MOVES)
def test_a_single_layer_moves_boxes_as_keras_does(name: str) -> None:
    pictures, found = painted(boxes()), boxes()
    moved = transform_boxes(MOVES[name](), pictures, found)

    expected = moved_by_keras(MOVES[name](), pictures, found)

    # Keras mixes up pixel centres and pixel edges, by half a pixel and more at the far end.
    assert np.abs(moved - expected).max() < (0.01 if "flip" in name else 1.6)
    assert np.abs(moved - found).max() > 3


@pytest.mark.parametrize("fuse", [False, True])
@pytest.mark.parametrize("name", MOVES)
def test_a_single_layer_moves_boxes_to_where_they_are_seen(name: str, fuse: bool) -> None:  # noqa: FBT001
    pictures, found = painted(boxes()), boxes()
    layer = OneWarp([MOVES[name]()]) if fuse else MOVES[name]()

    moved = transform_boxes(layer, pictures, found)

    assert np.abs(moved - seen(layer(pictures, training=True))).max() <= 1.5


def test_one_warp_moves_boxes_as_its_composed_matrix_does() -> None:
    pictures, found = painted(boxes()), boxes()
    chain = [MOVES[name]() for name in ("flip", "zoom", "move")]

    moved = transform_boxes(OneWarp(chain), pictures, found)

    # Without turns a rectangle stays one: the picture tells its edges to the pixel.
    assert np.abs(moved - seen(OneWarp(chain)(pictures, training=True))).max() <= 1.5


def test_the_rectangle_surrounds_what_was_turned_and_no_more() -> None:
    pictures = painted(boxes())
    policy = dcw.policy([MOVES[name]() for name in MOVES], fuse=True)

    moved, whole = transform_boxes(policy, pictures, boxes()), seen(policy(pictures, training=True))

    assert (moved[:, :2] <= whole[:, :2] + 1).all()
    assert (moved[:, :2] + moved[:, 2:] >= whole[:, :2] + whole[:, 2:] - 1).all()
    assert np.abs(moved - whole).max() < 3  # corners of one pixel are too faint to be seen


def test_looking_ahead_leaves_the_random_numbers_alone() -> None:
    pictures = painted(boxes())
    seeded = [dcw.policy("absurd", seed=3) for _ in range(2)]

    transform_boxes(dcw.policy(seeded[0].layers[:5]), pictures, boxes())

    first, second = (policy(pictures, training=True) for policy in seeded)
    assert np.array_equal(first, second)


def test_colours_leave_boxes_where_they_are_and_edges_cut_them() -> None:
    pictures, found = painted(boxes()), boxes()
    colours = [layers.RandomBrightness(0.5, value_range=(0, 1)), layers.GaussianNoise(0.1)]
    aside = layers.RandomTranslation((0.0, 0.0), (0.5, 0.5), fill_mode="constant")
    away = layers.RandomTranslation((0.0, 0.0), (1.0, 1.0), fill_mode="constant")

    assert np.allclose(transform_boxes(dcw.policy(colours), pictures, found), found)
    cut = transform_boxes(aside, pictures, found)
    assert np.allclose(cut[:, 0] + cut[:, 2], np.minimum(found[:, 0] + found[:, 2] + 48, SIZE))
    assert np.isnan(transform_boxes(away, pictures, found)).all()


def test_several_boxes_a_picture_and_missing_ones_keep_their_places() -> None:
    pictures = painted(boxes())
    several = np.stack([boxes(), np.full((N, 4), np.nan), boxes() + 5], axis=1)

    moved = transform_boxes(MOVES["flip"](), pictures, several)

    assert moved.shape == (N, 3, 4)
    assert np.isnan(moved[:, 1]).all()
    assert np.allclose(moved[:, 0], transform_boxes(MOVES["flip"](), pictures, boxes()))


@pytest.mark.parametrize(
    ("policy", "found", "message"),
    [
        (
            layers.Pipeline([layers.RandomFlip(), layers.RandomPerspective()]),
            boxes(),
            "Layer 2, RandomPerspective: how it moves a box is not known.",
        ),
        (layers.MixUp(), boxes(), "Layer 1, MixUp: how it moves a box is not known."),
        (layers.RandomFlip(), boxes()[:3], "There are 8 pictures but boxes for 3."),
        (layers.RandomFlip(), boxes()[:, :3], "pictures must be of shape (n, height, width, 3)"),
    ],
    ids=["another movement", "two pictures in one", "too few boxes", "no boxes"],
)
def test_what_cannot_be_followed_is_refused(policy: Any, found: Floats, message: str) -> None:
    with pytest.raises(ValueError, match=r".") as raised:
        transform_boxes(policy, painted(boxes()), found)

    assert str(raised.value).startswith(message)
