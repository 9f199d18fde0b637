"""Layers that take their ranges as tensors draw what layers made anew draw, and trace once."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import keras
import numpy as np
import pytest

from dcwidgets.augmentation import turning
from dcwidgets.augmentation.catalog import CATALOG, Knob
from dcwidgets.augmentation.chips import Chip, Chips, to_policy
from dcwidgets.augmentation.drawing import Drawer, to_tiles

OP_BY_OP = {
    *("GaussianNoise", "RandomGaussianBlur", "RandomGrayscale"),
    *("CutMix", "MixUp", "RandAugment"),
}


@pytest.fixture(scope="module")
def pictures() -> Any:
    coarse = np.random.default_rng(0).random((8, 5, 6, 3), np.float32)
    smooth = keras.ops.image.resize(coarse, (48, 40), "bicubic")
    return keras.ops.clip(smooth, 0.0, 1.0)


def some_value(knob: Knob, rng: random.Random) -> Any:
    if knob.choices:
        return rng.choice(knob.choices)
    low = max(knob.low, -0.6)  # a zoom by 0.99 shows one pixel
    if isinstance(knob.default, tuple):
        return tuple(sorted(rng.uniform(low, knob.high) for _ in range(2)))
    return rng.uniform(low, knob.high)


def chip(layer: str, rng: random.Random, key: int = 1) -> Chip:
    knobs = {knob.name: some_value(knob, rng) for knob in CATALOG[layer].knobs}
    config = {**CATALOG[layer].defaults(), **knobs}
    return {"key": key, "layer": layer, "config": config, "on": True, "own": False}


def assert_drawn_alike(chips: Chips, drawer: Drawer, pictures: Any, seed: int) -> None:
    drawn = drawer.draw(chips, pictures, seed=seed)
    called = keras.ops.convert_to_numpy(to_policy(chips, seed)(pictures, training=True))

    # A matrix that differs in its last bit moves a picture by less than one level in 255.
    assert np.abs(drawn - called).max() < 1e-4
    assert np.abs(to_tiles(drawn).astype(int) - to_tiles(called)).max() <= 1


@pytest.mark.parametrize("layer", CATALOG)
def test_a_turned_layer_draws_what_a_layer_made_anew_draws(layer: str, pictures: Any) -> None:
    rng, drawer = random.Random(layer), Drawer()

    for seed in range(4):
        assert_drawn_alike(Chips([chip(layer, rng)]), drawer, pictures, seed)


@pytest.mark.parametrize("fuse", [False, True])
def test_chains_in_any_order_draw_what_their_policy_draws(fuse: bool, pictures: Any) -> None:  # noqa: FBT001
    rng, drawer = random.Random(1), Drawer()

    for seed in range(4):
        names = rng.sample(list(CATALOG), 7)
        chips = [chip(name, rng, key) for key, name in enumerate(names, start=1)]
        assert_drawn_alike(Chips(chips, fuse), drawer, pictures, seed)


def test_all_but_six_layers_can_be_turned() -> None:
    """Should Keras keep a range elsewhere one day, its layer falls back to op by op."""
    turned = {
        name
        for name, kind in CATALOG.items()
        if turning.can_turn({"layer": name, "config": kind.defaults()})
    }

    assert set(CATALOG) - turned == OP_BY_OP


def test_a_layer_that_keeps_its_range_elsewhere_is_not_turned(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Elsewhere(keras.layers.RandomHue):
        def __delattr__(self, name: str) -> None: ...

        def __getattribute__(self, name: str) -> Any:
            if name == "factor":
                raise AttributeError(name)
            return super().__getattribute__(name)

    monkeypatch.setattr(turning, "build", lambda _: Elsewhere(0.1))
    turning._keeps_ranges.cache_clear()
    try:
        assert not turning.can_turn({"layer": "RandomHue", "config": {}})
    finally:
        turning._keeps_ranges.cache_clear()


def test_two_threads_draw_as_one_would(pictures: Any) -> None:
    """JupyterLab's questions are answered beside the cells, and a cell may draw as well."""
    rng, drawer = random.Random(5), Drawer()
    names = ("RandomFlip", "RandomTranslation", "GaussianNoise", "RandomErasing")
    chips = Chips([chip(name, rng, key) for key, name in enumerate(names, start=1)])
    alone = [drawer.draw(chips, pictures, seed=seed) for seed in range(12)]

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda s: drawer.draw(chips, pictures, seed=s), range(12)))

    assert all(map(np.array_equal, alone, together))


def test_a_slider_traces_nothing(pictures: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    traced: list[str] = []
    trace = turning.Turned._trace

    def count(self: turning.Turned, *arguments: Any) -> Any:
        traced.append(type(self._call).__name__)
        return trace(self, *arguments)

    monkeypatch.setattr(turning.Turned, "_trace", count)
    rng, drawer = random.Random(3), Drawer()
    for seed in range(20):
        names = ("RandomRotation", "RandomZoom", "RandomBrightness")
        chips = [chip(name, rng, key) for key, name in enumerate(names, start=1)]
        drawer.draw(Chips(chips, fuse=True), pictures, seed=seed)

    assert traced == ["OneWarp", "RandomBrightness"]
