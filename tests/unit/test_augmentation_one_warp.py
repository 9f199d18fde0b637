"""One warp: equal to the composed matrices, and to each layer alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import pytest
import tensorflow as tf
from scipy import ndimage

import dcwidgets as dcw
from dcwidgets.augmentation import OneWarp, warping
from dcwidgets.augmentation.warping import warp

Pixels = npt.NDArray[np.float32]
layers = keras.layers

FIVE: tuple[Callable[[int], keras.Layer], ...] = (
    lambda s: layers.RandomFlip("horizontal_and_vertical", seed=s),
    lambda s: layers.RandomRotation(0.3, seed=s),
    lambda s: layers.RandomZoom((-0.4, 0.3), seed=s),
    lambda s: layers.RandomTranslation(0.2, 0.3, seed=s),
    lambda s: layers.RandomShear((0.0, 0.3), (0.0, 0.2), seed=s),
)


@pytest.fixture(scope="module")
def pictures() -> Pixels:
    """Eight smooth pictures, wider than high."""
    coarse = np.random.default_rng(0).random((8, 6, 8, 3), np.float32)
    return np.asarray(tf.image.resize(coarse, (48, 64), "bicubic")).clip(0, 1)


def draw(layer: keras.Layer, pictures: Any) -> Pixels:
    return np.asarray(keras.ops.convert_to_numpy(layer(pictures, training=True)))


def chain(seed: int = 10) -> list[keras.Layer]:
    return [make(seed + n) for n, make in enumerate(FIVE)]


def matrices(layer: keras.Layer, pictures: Pixels) -> npt.NDArray[np.float64]:
    """The movement of one layer, derived anew: output pixel (x, y, 1) to input pixel."""
    drawn = layer.get_random_transformation(pictures, training=True)
    n, height, width = pictures.shape[:3]
    result = np.tile(np.eye(3), (n, 1, 1))
    centre = np.array([(width - 1) / 2, (height - 1) / 2])
    for m, k in zip(result, range(n), strict=True):
        match type(layer).__name__:
            case "RandomFlip":
                if drawn["flips"].numpy().ravel()[k]:
                    m[:2] = [[-1, 0, width - 1], [0, -1, height - 1]]
            case "RandomRotation":
                a = np.deg2rad(float(drawn["angle"][k]))
                m[:2, :2] = [[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]]
                m[:2, 2] = centre - m[:2, :2] @ centre
            case "RandomZoom":
                m[0, 0] = float(drawn["width_zoom"][k, 0])
                m[1, 1] = float(drawn["height_zoom"][k, 0])
                m[:2, 2] = centre - m[:2, :2] @ centre
            case "RandomTranslation":
                m[:2, 2] = -drawn["translations"][k].numpy()
            case "RandomShear":
                m[0, 1], m[1, 0] = drawn["shear_factor"][k].numpy()
    return result


def reference(parts: list[keras.Layer], pictures: Pixels) -> Pixels:
    """Warp once by the product of the matrices, in float64, without Keras."""
    product = np.tile(np.eye(3), (len(pictures), 1, 1))
    for layer in parts:
        product = product @ matrices(layer, pictures)
    height, width = pictures.shape[1:3]
    y, x = np.mgrid[:height, :width]
    points = np.stack([x.ravel(), y.ravel(), np.ones(x.size)])
    warped = np.empty_like(pictures)
    for k, picture in enumerate(pictures):
        column, row, _ = product[k] @ points
        for c in range(3):
            channel = ndimage.map_coordinates(
                picture[..., c].astype(float), [row, column], order=1, mode="reflect"
            )
            warped[k, ..., c] = channel.reshape(height, width)
    return warped


@pytest.mark.parametrize("seed", range(5))
def test_all_five_movements_equal_the_composed_matrices(seed: int, pictures: Pixels) -> None:
    warped = draw(OneWarp(chain(seed)), pictures)

    assert np.abs(warped - reference(chain(seed), pictures)).max() <= 2 / 255
    assert np.abs(warped - pictures).mean() > 0.05


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (4, 3, 2, 1, 0), (2, 0, 3, 1, 4)])
def test_the_order_of_the_layers_counts(order: tuple[int, ...], pictures: Pixels) -> None:
    parts = [chain()[n] for n in order]

    assert np.abs(
        draw(OneWarp(parts), pictures) - reference(parts_again(order), pictures)
    ).max() <= (2 / 255)


def parts_again(order: tuple[int, ...]) -> list[keras.Layer]:
    return [chain()[n] for n in order]


@pytest.mark.parametrize("make", FIVE, ids=["flip", "rotation", "zoom", "translation", "shear"])
def test_one_layer_alone_is_that_layer(make: Any, pictures: Pixels) -> None:
    assert np.allclose(draw(OneWarp([make(3)]), pictures), draw(make(3), pictures), atol=1e-5)


def test_one_warp_is_sharper_than_the_chain() -> None:
    """Each interpolation blurs; one does so once."""
    noise = np.random.default_rng(1).random((8, 48, 48, 3), np.float32)

    def sharpness(drawn: Pixels) -> float:
        return float(np.abs(np.diff(drawn, axis=2)).mean())

    one = sharpness(draw(dcw.policy([f(5) for f in FIVE], fuse=True), noise))
    many = sharpness(draw(dcw.policy([f(5) for f in FIVE]), noise))

    assert one > 1.3 * many


def test_it_fills_as_its_layers_say(pictures: Pixels) -> None:
    parts = [
        layers.RandomRotation((0.125, 0.125), fill_mode="constant", fill_value=0.7, seed=1),
        layers.RandomZoom((0.5, 0.5), fill_mode="constant", fill_value=0.7, seed=2),
    ]

    corners = draw(OneWarp(parts), pictures)[:, [0, 0, -1, -1], [0, -1, 0, -1]]

    assert np.allclose(corners, 0.7)


@pytest.mark.parametrize("interpolation", ["bilinear", "nearest"])
@pytest.mark.parametrize("fill_mode", ["reflect", "nearest", "constant", "wrap"])
def test_compiled_it_is_what_keras_computes(
    fill_mode: str, interpolation: str, pictures: Pixels
) -> None:
    rng = np.random.default_rng(3)
    moved = rng.normal([1, 0, 0, 0, 1, 0], [0.3, 0.3, 40, 0.3, 0.3, 40], (8, 6))
    transforms = np.pad(moved, ((0, 0), (0, 2))).astype(np.float32)
    border: Any = {
        "fill_mode": fill_mode,
        "fill_value": 0.3,
        "interpolation": interpolation,
        "data_format": "channels_last",
    }
    theirs = np.asarray(keras.ops.image.affine_transform(pictures, transforms, **border))
    operations = layers.Rescaling(1.0).backend

    ours = np.asarray(warp(operations, tf.constant(pictures), tf.constant(transforms), **border))

    # Halfway between two pixels "nearest" may round either way.
    assert (np.abs(ours - theirs) > 1e-3).mean() <= (1e-4 if interpolation == "nearest" else 0)
    assert np.abs(ours - pictures).mean() > 0.1


def test_pipelines_of_every_batch_size_get_the_compiled_warp(pictures: Pixels) -> None:
    policy, traced = OneWarp(chain()), warping._compiled.cache_info().misses
    batches = tf.data.Dataset.from_tensor_slices(pictures).batch(3)

    sizes = [len(batch) for batch in batches.map(lambda x: policy(x, training=True))]

    assert sizes == [3, 3, 2]
    assert warping._compiled.cache_info().misses <= traced + 1


def test_a_single_picture_and_a_pipeline_with_open_shapes_work(pictures: Pixels) -> None:
    single = draw(OneWarp(chain()), pictures[0])
    data = tf.data.Dataset.from_generator(
        lambda: iter(pictures), output_signature=tf.TensorSpec((None, None, 3), tf.float32)
    )
    warp = OneWarp(chain())

    batch = next(iter(data.batch(4).map(lambda x: warp(x, training=True))))

    assert single.shape == pictures[0].shape
    assert np.allclose(batch, draw(OneWarp(chain()), pictures[:4]), atol=1e-5)


def test_outside_training_nothing_happens(pictures: Pixels) -> None:
    assert np.array_equal(OneWarp(chain())(pictures, training=False), pictures)


def test_keras_makes_it_anew_from_its_config(pictures: Pixels) -> None:
    config = keras.saving.serialize_keras_object(OneWarp(chain()))

    again = keras.saving.deserialize_keras_object(config)

    assert np.array_equal(draw(again, pictures), draw(OneWarp(chain()), pictures))


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ([], "OneWarp takes at least one of Keras's RandomFlip, "),
        ([layers.RandomHue(0.1)], "OneWarp takes at least one of Keras's RandomFlip, "),
        (
            [layers.RandomZoom(0.1), layers.RandomRotation(0.1, fill_mode="constant")],
            "OneWarp interpolates once, so its layers must agree on fill_mode, fill_value, ",
        ),
    ],
    ids=["nothing", "a colour layer", "two ways to fill"],
)
def test_what_cannot_be_one_warp_is_refused(parts: list[keras.Layer], message: str) -> None:
    with pytest.raises(ValueError, match="OneWarp") as raised:
        OneWarp(parts)

    assert str(raised.value).startswith(message)


def test_fusing_takes_neighbours_that_fit_and_leaves_the_rest() -> None:
    flip, turn, zoom = layers.RandomFlip(), layers.RandomRotation(0.1), layers.RandomZoom(0.1)
    noise, move = layers.GaussianNoise(0.1), layers.RandomTranslation(0.1, 0.1)
    dark = layers.RandomZoom(0.1, fill_mode="constant")

    names = [
        type(layer).__name__
        for layer in dcw.policy(
            [flip, turn, zoom, noise, move, noise, turn, dark], fuse=True
        ).layers
    ]

    assert names == [
        *("OneWarp", "GaussianNoise", "RandomTranslation", "GaussianNoise"),
        *("RandomRotation", "RandomZoom"),
    ]
