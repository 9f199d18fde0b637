"""What is said of a draw is what the layers drew: each number makes the tile once more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import pytest

from dcwidgets.augmentation.catalog import CATALOG
from dcwidgets.augmentation.chips import Chip, Chips
from dcwidgets.augmentation.drawing import Drawer
from dcwidgets.augmentation.drawn import Draw, describe, drawn_steps, in_words

N, SIZE = 6, 48
layers = keras.layers
Pixels = npt.NDArray[np.float32]


@pytest.fixture(scope="module")
def pictures() -> Pixels:
    coarse = np.random.default_rng(0).random((N, 5, 5, 3), np.float32)
    return np.asarray(keras.ops.clip(keras.ops.image.resize(coarse, (SIZE, SIZE)), 0.0, 1.0))


def chip(layer: str, key: int = 1, **config: Any) -> Chip:
    whole = {**CATALOG[layer].defaults(), **config}
    return {"key": key, "layer": layer, "config": whole, "on": True, "own": False}


def said(chips: Chips, pictures: Pixels, seed: int = 3) -> list[list[Draw]]:
    return describe(drawn_steps(chips, pictures, seed=seed), N, SIZE)


def always(value: float) -> tuple[float, float]:
    return value, value


def _contrast(picture: Pixels, factor: float) -> Any:
    mean = picture.mean(axis=(0, 1))
    return ((picture - mean) * factor + mean).clip(0, 1)


# Makes a tile from an original by the numbers that were told, without drawing any.
AGAIN: dict[str, Callable[[Pixels, dict[str, float]], Any]] = {
    "RandomFlip": lambda x, d: x[:, ::-1] if d["flipped"] else x,
    "RandomRotation": lambda x, d: layers.RandomRotation(always(d["degrees"] / 360))(
        x, training=True
    ),
    "RandomZoom": lambda x, d: layers.RandomZoom(always(1 / d["zoom"] - 1))(x, training=True),
    "RandomTranslation": lambda x, d: layers.RandomTranslation(
        always(d["down"]), always(d["right"])
    )(x, training=True),
    "RandomBrightness": lambda x, d: (x + d["light"]).clip(0, 1),
    "RandomContrast": lambda x, d: _contrast(x, d["factor"]),
    "RandomSaturation": lambda x, d: layers.RandomSaturation(
        always(d["factor"] / (1 + d["factor"])), value_range=(0, 1)
    )(x, training=True),
    "RandomGrayscale": lambda x, d: keras.ops.image.rgb_to_grayscale(x) if d["done"] else x,
    "RandomSharpness": lambda x, d: layers.RandomSharpness(
        always(d["factor"] / 2), value_range=(0, 1)
    )(x, training=True),
    "RandomInvert": lambda x, d: 1 - x if d["done"] else x,
}


@pytest.mark.parametrize("layer", AGAIN)
def test_the_numbers_make_the_tile_again(layer: str, pictures: Pixels) -> None:
    chips = Chips([chip(layer)])
    tiles = Drawer().draw(chips, pictures, seed=3)

    for picture, tile, [draw] in zip(pictures, tiles, said(chips, pictures), strict=True):
        again = np.asarray(AGAIN[layer](picture, dict(draw.numbers)))
        assert np.abs(again - tile).max() < 0.01, draw


@pytest.mark.parametrize(
    "layer", [name for name in CATALOG if hasattr(getattr(layers, name, None), "transform_images")]
)
def test_what_a_layer_drew_gives_the_very_picture(layer: str, pictures: Pixels) -> None:
    chips = Chips([chip(layer)])

    [step] = drawn_steps(chips, pictures, seed=8)

    given = step.layer.transform_images(keras.ops.convert_to_tensor(pictures), step.drawn)
    assert np.abs(np.asarray(given) - Drawer().draw(chips, pictures, seed=8)).max() < 1e-6


def test_a_shear_a_hue_and_an_erasing_are_told_by_their_size(pictures: Pixels) -> None:
    plain = np.full_like(pictures, 0.9)
    chips = Chips([chip("RandomErasing", factor=(1.0, 1.0), fill_value=0.0)])
    tiles = Drawer().draw(chips, plain, seed=5)
    for tile, [draw] in zip(tiles, said(chips, plain, 5), strict=True):
        assert draw.numbers["share"] == pytest.approx((tile[..., 0] < 0.5).mean())
        assert draw.words == f"erase {draw.numbers['share'] * 100:.0f} %"

    for [draw] in said(Chips([chip("RandomHue", factor=(0.5, 0.5))]), pictures):
        assert abs(draw.numbers["degrees"]) == pytest.approx(90)
    for [draw] in said(Chips([chip("RandomShear", x_factor=(0.3, 0.3))]), pictures):
        assert abs(draw.numbers["sideways"]) == pytest.approx(0.3)
        assert draw.words.endswith("30 % sideways")


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (chip("RandomRotation", factor=always(1 / 30)), "turn 12° left"),
        (chip("RandomRotation", factor=always(-1 / 30)), "turn 12° right"),
        (chip("RandomZoom", height_factor=always(-0.2)), "zoom 1.25\N{MULTIPLICATION SIGN}"),
        (
            chip("RandomTranslation", height_factor=always(0.1), width_factor=always(-0.25)),
            "move 25 % left, 10 % down",
        ),
        (chip("RandomBrightness", factor=always(0.06)), "brightness +6 %"),
        (chip("RandomBrightness", factor=always(0.001)), "brightness 0 %"),
        (chip("RandomContrast", factor=(0.0, 0.0)), "contrast 1.00\N{MULTIPLICATION SIGN}"),
        (chip("RandomGrayscale", factor=1.0), "grey"),
        (chip("RandomGrayscale", factor=0.0), "in colour"),
        (chip("RandomInvert", factor=always(1.0)), "negative"),
        (chip("RandomErasing", factor=always(0.0)), "no erasing"),
        (chip("RandomGaussianBlur", sigma=always(0.5)), "blur 0.50 px"),
    ],
)
def test_it_is_said_as_a_person_would(step: Chip, words: str, pictures: Pixels) -> None:
    assert {in_words(draws) for draws in said(Chips([step]), pictures)} == {words}


def test_mixed_pictures_tell_their_own_share_and_their_partner() -> None:
    plain = np.linspace(0.0, 1.0, N, dtype=np.float32)[:, None, None, None]
    plain = plain + np.zeros((N, SIZE, SIZE, 3), np.float32)
    for layer in ("MixUp", "CutMix"):
        chips = Chips([chip(layer)])
        tiles = Drawer().draw(chips, plain, seed=3)
        for picture, tile, [draw] in zip(plain, tiles, said(chips, plain), strict=True):
            share, partner = draw.numbers["share"], plain[int(draw.numbers["partner"])]
            expected = share * picture.mean() + (1 - share) * partner.mean()
            assert tile.mean() == pytest.approx(expected, abs=1e-5)
            assert draw.words == f"{layer} keeps {share * 100:.0f} %"


def test_rand_augment_names_the_layers_that_act(pictures: Pixels) -> None:
    words = {in_words(draws) for draws in said(Chips([chip("RandAugment")]), pictures)}

    assert len(words) == 1  # they are drawn for a whole batch
    assert words.pop().count(",") == 1


def test_steps_that_are_off_say_nothing_and_the_order_is_that_of_the_steps(
    pictures: Pixels,
) -> None:
    off: Chip = {**chip("RandomHue", 7), "on": False}
    steps = [chip("RandomFlip", 2), off, chip("RandomRotation", 5)]

    draws = said(Chips(steps), pictures)

    assert [(draw.step, draw.layer) for draw in draws[0]] == [
        (1, "RandomFlip"),
        (3, "RandomRotation"),
    ]
    assert in_words(said(Chips([off]), pictures)[0]) == "nothing to draw"
    moved = said(Chips(steps[::-1]), pictures)
    assert moved[0][0].numbers == draws[0][1].numbers  # a step keeps its numbers when it moves


def test_layers_without_numbers_are_named(pictures: Pixels) -> None:
    class Blink(keras.layers.Layer):
        def call(self, pictures: Any) -> Any:
            return pictures

    own: Chip = {"key": 1, "layer": "Blink", "config": {}, "on": True, "own": True}
    other: Chip = {**own, "key": 2, "layer": "AutoContrast", "own": False}

    draws = said(Chips([own, other], own={1: Blink()}), pictures)

    assert in_words(draws[0]) == "Blink · AutoContrast"
