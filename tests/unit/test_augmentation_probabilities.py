"""A probability for each step: as JSON, as chips, on the page and as code."""

from __future__ import annotations

import json
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

import dcwidgets as dcw
from dcwidgets.augmentation import Sometimes, transform_boxes
from dcwidgets.augmentation.boxes import boxes_of_steps
from dcwidgets.augmentation.catalog import CATALOG, PRESETS
from dcwidgets.augmentation.chips import Chip, Chips, to_policy
from dcwidgets.augmentation.drawing import Drawer
from dcwidgets.augmentation.drawn import describe, drawn_steps, in_words
from dcwidgets.augmentation.mapping import map_code
from dcwidgets.imageset import ImageSet
from dcwidgets.widgets._explorer_page import chain
from tests.unit.test_augmentation_explorer import Talk, call, image_set
from tests.unit.test_augmentation_sometimes import (
    EDGE,
    N,
    Pixels,
    draw,
    light,
    movements,
    smooth,
    unchanged,
)

layers = keras.layers


@pytest.fixture(scope="module")
def pictures() -> Pixels:
    return smooth()


@pytest.fixture(scope="module")
def images() -> ImageSet:
    return image_set(6)


def chip(layer: str, probability: float | None = None, key: int = 1, **config: Any) -> Chip:
    whole = {**CATALOG[layer].defaults(), **config}
    made: Chip = {"key": key, "layer": layer, "config": whole, "on": True, "own": False}
    return made if probability is None else {**made, "probability": probability}


# As plain data


@pytest.mark.parametrize("fuse", [False, True])
def test_json_brings_probabilities_back(fuse: bool, pictures: Pixels) -> None:  # noqa: FBT001
    def made() -> keras.Layer:
        return dcw.policy([*movements(0.5), Sometimes(light(), 0.25)], seed=5, fuse=fuse)

    text = dcw.policy_to_json(made())

    assert [row["probability"] for row in json.loads(text)["layers"] if "layer" in row][-1] == 0.25
    assert dcw.policy_to_json(dcw.policy_from_json(text)) == text
    assert np.array_equal(draw(dcw.policy_from_json(text), pictures), draw(made(), pictures))


def test_json_keeps_two_seeds_that_a_person_chose() -> None:
    text = dcw.policy_to_json(Sometimes(light(4), 0.5, seed=9))

    [row] = json.loads(text)["layers"]

    assert (row["seed"], row["chance_seed"]) == (4, 9)
    assert dcw.policy_from_json(text).layers[0].chance_seed == 9


def test_what_always_acts_is_written_as_ever() -> None:
    always = dcw.policy_to_json(Sometimes(light(4), 1.0, seed=9))

    assert always == dcw.policy_to_json(light(4))


@pytest.mark.parametrize("value", ["1.5", "-0.1", "null", '"often"', "true", "[0.1, 0.2]"])
def test_json_with_another_probability_is_refused(value: str) -> None:
    row = f'{{"layer": "RandomFlip", "config": {{}}, "probability": {value}}}'

    with pytest.raises(ValueError, match=r"^Layer 1, RandomFlip: probability must lie between 0 "):
        dcw.policy_from_json(f'{{"format": 1, "layers": [{row}]}}')


def test_presets_and_chips_that_always_act_say_nothing_of_it() -> None:
    chips = [chip for name in PRESETS for chip in Chips.of_preset(name).chips]

    assert {name for chip in chips for name in chip} == {"key", "layer", "config", "on", "own"}
    assert Chips([]).check([chip("RandomFlip", 1.0)]) == [chip("RandomFlip")]


class Dim(keras.layers.Layer):
    """A layer that is not Keras's own."""

    def call(self, pictures: Any) -> Any:
        return pictures / 2


def test_a_policy_taken_apart_and_put_together_keeps_its_probabilities() -> None:
    parts = [Sometimes(light(), 0.25), Sometimes(Dim(), 0.5), layers.RandomFlip()]

    chips = Chips.of_policy(dcw.policy(parts))
    again = to_policy(chips, seed=0)

    assert [c.get("probability") for c in chips.check(chips.chips)] == [0.25, 0.5, None]
    assert [c["layer"] for c in chips.chips] == ["RandomBrightness", "Dim", "RandomFlip"]
    assert [type(layer).__name__ for layer in again.layers] == [
        *("Sometimes", "Sometimes", "RandomFlip")
    ]


# What a page shows


def some_chips() -> list[Chip]:
    geometric = ("RandomFlip", "RandomTranslation", "RandomRotation")
    others = ("RandomBrightness", "GaussianNoise", "RandAugment", "MixUp")
    names = enumerate((*geometric, *others), start=1)
    return [chip(name, 0.4, key) for key, name in names]


@pytest.mark.parametrize("fuse", [False, True])
def test_tiles_are_what_the_policy_draws(fuse: bool, pictures: Pixels) -> None:  # noqa: FBT001
    drawer = Drawer()
    own: Chip = {**chip("RandomFlip", 0.4, 9), "layer": "Dim", "own": True}
    for seed, probability in ((3, 0.4), (4, 0.4), (3, 0.7), (3, 0.4)):
        steps: list[Chip] = [{**c, "probability": probability} for c in [*some_chips(), own]]
        chips = Chips(steps, fuse, {9: Dim()})

        tiles = drawer.draw(chips, pictures, seed=seed)

        assert np.abs(tiles - draw(to_policy(chips, seed), pictures)).max() < 1e-4


def test_a_turned_probability_traces_nothing_anew(pictures: Pixels) -> None:
    drawer = Drawer()
    for probability in (0.2, 0.5, 0.8):
        drawer.draw(Chips([chip("RandomBrightness", probability)]), pictures, seed=1)

    assert len(drawer._kept) == 1


@pytest.mark.parametrize("layer", [name for name in CATALOG if name not in ("MixUp", "CutMix")])
def test_left_out_is_said_of_exactly_the_pictures_that_stayed(layer: str, pictures: Pixels) -> None:
    sure: dict[str, Any] = {"factor": 1.0} if layer == "RandomGrayscale" else {}
    sure = {"factor": (1.0, 1.0)} if layer in ("RandomErasing", "RandomInvert") else sure
    chips = Chips([chip(layer, 0.5, **sure)])
    tiles = Drawer().draw(chips, pictures, seed=3)

    said = describe(drawn_steps(chips, pictures, seed=3), N, EDGE)

    left_out = np.array([draws[0].words.endswith(" left out") for draws in said])
    assert unchanged(tiles, pictures)[left_out].all()
    assert 2 < left_out.sum() < N - 2
    if layer not in ("RandomFlip", "RandAugment"):  # they may draw to do nothing
        assert not unchanged(tiles, pictures)[~left_out].any()
    always = describe(drawn_steps(Chips([chip(layer, **sure)]), pictures, seed=3), N, EDGE)
    assert [d for d, out in zip(said, left_out, strict=True) if not out] == [
        d for d, out in zip(always, left_out, strict=True) if not out
    ]


def test_it_is_said_as_a_person_would(pictures: Pixels) -> None:
    own: Chip = {**chip("RandomFlip", 0.0, 3), "layer": "Dim", "own": True}
    chips = Chips([chip("RandomRotation", 0.0), chip("MixUp", 0.0, 2), own], own={3: Dim()})

    [words] = {in_words(d) for d in describe(drawn_steps(chips, pictures, seed=3), N, EDGE)}

    assert words == "rotation left out · MixUp left out · Dim left out"


def test_boxes_stay_where_a_step_was_left_out(pictures: Pixels) -> None:
    chips = Chips([chip("RandomTranslation", 0.5, height_factor=(0.2, 0.2))])
    boxes = np.tile([4.0, 5.0, 8.0, 9.0], (N, 1))

    steps = drawn_steps(chips, pictures, seed=3)
    found, problem = boxes_of_steps(steps, boxes, EDGE, EDGE)
    policy = to_policy(chips, seed=3)
    peeked = transform_boxes(policy, pictures, boxes)

    left_out = unchanged(draw(policy, pictures), pictures)
    assert problem == ""
    assert 2 < left_out.sum() < N - 2
    assert np.array_equal(found[left_out], boxes[left_out])
    assert np.allclose(found[~left_out, 1], 5 + 0.2 * EDGE, atol=1e-4)
    assert np.allclose(found, peeked, atol=1e-4)


def test_boxes_follow_although_noise_is_left_out_and_not_past_mixing(pictures: Pixels) -> None:
    boxes = np.tile([4.0, 5.0, 8.0, 9.0], (N, 1))

    assert np.array_equal(transform_boxes(Sometimes(light(), 0.5), pictures, boxes), boxes)
    with pytest.raises(ValueError, match=r"^Layer 1, MixUp: how it moves a box is not known"):
        transform_boxes(Sometimes(layers.MixUp(), 0.5), pictures, boxes)


def test_a_page_sends_it_reads_it_back_and_pins_it(images: ImageSet) -> None:
    explorer = dcw.AugmentationExplorer(images, "light", seed=2)
    talk = Talk(explorer)
    chips = [{**c, "probability": 0.3 + c["key"] / 10} for c in explorer._chips]
    asked = {"chips": chips, "fuse": False, "seed": 2}

    drawn, _ = talk.draw(chips=chips)
    texts, _ = talk.ask("texts", **asked)
    read, _ = talk.ask("read", text=texts["json"], seed=2)
    details, _ = talk.ask("details", **asked, turn=0)
    pin = explorer.pin(0, 0)

    assert drawn["code"] == texts["code"] == explorer.code
    assert "Sometimes" in texts["map"]
    assert read["chips"] == chips == pin.row()["chips"]
    assert explorer.draw().shape == (4, 4, 128, 128, 3)
    assert np.array_equal(explorer.draw(), call(explorer.policy, explorer))
    assert [d.words for d in pin.draws] == details["words"][0].split(" · ")
    assert any("left out" in words for words in details["words"])
    assert chain(explorer._now.chips).startswith("Flip (40 %), Rotation (50 %), ")


# As code


def coded(seed: int | None = 4) -> keras.Layer:
    parts = [
        Sometimes(layers.RandomZoom((-0.2, 0.2)), 0.3),
        light(),
        Sometimes(layers.AutoContrast(value_range=(0, 1)), 0.5),
    ]
    return dcw.policy(parts, seed=seed)


def test_code_says_what_it_needs_and_draws_the_same(pictures: Pixels) -> None:
    code, found = dcw.policy_code(coded()), {}  # type: ignore[var-annotated]

    exec(code, found)  # noqa: S102 - it is our own

    assert code.splitlines()[:2] == [
        "import keras",
        "from dcwidgets.augmentation import Sometimes  # not part of Keras",
    ]
    assert max(map(len, code.splitlines())) <= 79
    assert np.array_equal(draw(found["policy"], pictures), draw(coded(), pictures))


def test_code_reads_as_a_person_would_write_it() -> None:
    code = dcw.policy_code(Sometimes(layers.RandomFlip("horizontal"), 0.3))

    assert code.splitlines()[3:10] == [
        "policy = keras.layers.Pipeline(",
        "    [",
        "        Sometimes(",
        '            keras.layers.RandomFlip(mode="horizontal"),',
        "            probability=0.3,",
        "        ),",
        "    ]",
    ]


def test_the_code_of_a_pipeline_runs(pictures: Pixels) -> None:
    data = tf.data.Dataset.from_tensor_slices((pictures, np.arange(N))).batch(N)
    found: dict[str, Any] = {"data": data}

    exec(map_code(dcw.policy_code(coded())), found)  # noqa: S102 - it is our own

    [(drawn, labels)] = list(found["data"])
    assert np.array_equal(labels, np.arange(N))
    assert not np.array_equal(drawn, pictures)


def test_code_of_ones_own_layer_keeps_its_probability() -> None:
    code = dcw.policy_code(dcw.policy([Sometimes(Dim(), 0.5, seed=2)]))

    assert f"from {Dim.__module__} import Dim  # not part of Keras" in code
    assert "from dcwidgets.augmentation import Sometimes  # not part of Keras" in code
    assert "            probability=0.5,\n            seed=2,\n" in code
