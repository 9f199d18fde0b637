"""The pictures of a range's ends are what the layer draws there."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import pytest

from dcwidgets.augmentation import extremes, steps
from dcwidgets.augmentation.catalog import CATALOG
from dcwidgets.augmentation.chips import Chip
from dcwidgets.augmentation.drawing import to_tiles
from dcwidgets.augmentation.extremes import Extremes

layers = keras.layers
Pixels = npt.NDArray[np.float32]


@pytest.fixture(scope="module")
def picture() -> Pixels:
    coarse = np.random.default_rng(4).random((1, 5, 5, 3), np.float32)
    return np.asarray(keras.ops.clip(keras.ops.image.resize(coarse, (48, 48)), 0.0, 1.0))


def chip(layer: str, key: int = 1, *, on: bool = True, **config: Any) -> Chip:
    whole = {**CATALOG[layer].defaults(), **config}
    return {"key": key, "layer": layer, "config": whole, "on": on, "own": False}


def drawn(step: Chip, picture: Pixels) -> dict[tuple[str, int], npt.NDArray[np.uint8]]:
    places, tiles = Extremes().draw([step], picture, "a")
    return {(name, end): tile for (_, name, end), tile in zip(places, tiles, strict=True)}


def alike(tile: npt.NDArray[np.uint8], picture: Any) -> bool:
    expected = to_tiles(np.asarray(keras.ops.convert_to_numpy(picture)))
    return bool(np.abs(tile.astype(int) - expected).max() <= 1)


def test_each_end_is_the_layer_with_that_value_alone(picture: Pixels) -> None:
    turned = drawn(chip("RandomRotation", factor=(-0.1, 0.2)), picture)
    moved = drawn(
        chip("RandomTranslation", height_factor=(-0.2, 0.3), width_factor=(0.1, 0.4)), picture
    )

    assert list(turned) == [("factor", 0), ("factor", 1)]
    for end, value in enumerate((-0.1, 0.2)):
        layer = layers.RandomRotation((value, value))
        assert alike(turned["factor", end], layer(picture, training=True)[0])
    up = layers.RandomTranslation((-0.2, -0.2), (0.0, 0.0))
    assert alike(moved["height_factor", 0], up(picture, training=True)[0])
    right = layers.RandomTranslation((0.0, 0.0), (0.4, 0.4))
    assert alike(moved["width_factor", 1], right(picture, training=True)[0])


def test_contrast_shows_the_weakest_and_the_strongest(picture: Pixels) -> None:
    ends = drawn(chip("RandomContrast", factor=(0.5, 0.3)), picture)

    mean = picture.mean(axis=(1, 2), keepdims=True)
    for end, factor in enumerate((0.5, 1.3)):
        expected = ((picture - mean) * factor + mean).clip(0, 1)
        assert alike(ends["factor", end], expected[0])


@pytest.mark.parametrize(
    ("mode", "turn"),
    [
        ("horizontal", np.s_[:, ::-1]),
        ("vertical", np.s_[::-1]),
        ("horizontal_and_vertical", np.s_[::-1, ::-1]),
    ],
)
def test_a_flip_shows_the_flipped_picture(mode: str, turn: Any, picture: Pixels) -> None:
    assert alike(drawn(chip("RandomFlip", mode=mode), picture)["mode", 0], picture[0][turn])


def test_how_often_is_no_picture_but_what_happens_is(picture: Pixels) -> None:
    erased = drawn(chip("RandomErasing", factor=(0.1, 0.1), scale=(0.3, 0.4)), picture)
    grey = drawn(chip("RandomGrayscale", factor=0.0), picture)
    negative = drawn(chip("RandomInvert", factor=(0.0, 0.0)), picture)

    assert list(erased) == [("scale", 0), ("scale", 1)]
    shares = [(tile == 128).all(-1).mean() for tile in erased.values()]
    assert shares == pytest.approx([0.3, 0.4], abs=0.03)
    assert np.ptp(grey["factor", 0], axis=-1).max() == 0
    assert alike(negative["factor", 0], 1 - picture[0])


@pytest.mark.parametrize("layer", CATALOG)
def test_every_layer_of_the_catalog_can_be_shown(layer: str, picture: Pixels) -> None:
    for (name, _), tile in drawn(chip(layer), picture).items():
        assert tile.shape == (48, 48, 3), name
        assert tile.dtype == np.uint8, name


def test_steps_that_are_off_show_nothing(picture: Pixels) -> None:
    steps = [chip("RandomHue", on=False), chip("RandomZoom", 6)]

    places, tiles = Extremes().draw(steps, picture, "a")

    assert places == [(6, "height_factor", 0), (6, "height_factor", 1)]
    assert len(tiles) == 2


def test_a_slider_costs_the_pictures_that_changed_and_no_others(
    picture: Pixels, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[str] = []

    def count(step: Any, *more: Any) -> Any:
        built.append(step["layer"])
        return steps.build(step, *more)

    monkeypatch.setattr(extremes, "build", count)
    ends, chips = Extremes(), [chip("RandomRotation", 1), chip("RandomZoom", 2)]
    ends.draw(chips, picture, "a")
    built.clear()

    ends.draw([chip("RandomRotation", 1, factor=(-0.05, 0.3)), chips[1]], picture, "a")
    assert built == ["RandomRotation"] * 2
    ends.draw(chips, picture, "another picture")
    assert len(built) == 6
