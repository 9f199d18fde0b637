"""A probability for each step: the layer, and everything that knows of steps."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import pytest
import tensorflow as tf

import dcwidgets as dcw
from dcwidgets.augmentation import OneWarp, Sometimes, transform_boxes
from dcwidgets.augmentation.boxes import boxes_of_steps
from dcwidgets.augmentation.catalog import CATALOG, PRESETS
from dcwidgets.augmentation.chips import Chip, Chips, to_policy
from dcwidgets.augmentation.drawing import Drawer
from dcwidgets.augmentation.drawn import describe, drawn_steps, in_words
from dcwidgets.augmentation.keyed import KeyedPolicy
from dcwidgets.augmentation.mapping import map_code
from dcwidgets.imageset import ImageSet
from dcwidgets.widgets._explorer_page import chain
from tests.unit.test_augmentation_explorer import Talk, call, image_set

N, EDGE = 24, 32
layers = keras.layers
Pixels = npt.NDArray[np.float32]


@pytest.fixture(scope="module")
def pictures() -> Pixels:
    """Smooth pictures, no two alike."""
    coarse = np.random.default_rng(0).random((N, 5, 5, 3), np.float32)
    return np.asarray(tf.image.resize(coarse, (EDGE, EDGE), "bicubic")).clip(0, 1)


@pytest.fixture(scope="module")
def images() -> ImageSet:
    return image_set(6)


def draw(layer: keras.Layer, pictures: Any) -> Pixels:
    return np.asarray(keras.ops.convert_to_numpy(layer(pictures, training=True)))


def chip(layer: str, probability: float | None = None, key: int = 1, **config: Any) -> Chip:
    whole = {**CATALOG[layer].defaults(), **config}
    made: Chip = {"key": key, "layer": layer, "config": whole, "on": True, "own": False}
    return made if probability is None else {**made, "probability": probability}


def unchanged(drawn: Pixels, pictures: Pixels) -> npt.NDArray[np.bool_]:
    return np.array([np.array_equal(a, b) for a, b in zip(drawn, pictures, strict=True)])


def light(seed: int = 1) -> keras.Layer:
    return layers.RandomBrightness((0.1, 0.3), value_range=(0, 1), seed=seed)


# The layer


def test_it_acts_on_its_share_of_pictures_and_is_the_layer_on_those(pictures: Pixels) -> None:
    many = np.repeat(pictures, 40, axis=0)

    drawn, always = draw(Sometimes(light(), 0.3, seed=1), many), draw(light(), many)

    acts = ~unchanged(drawn, many)
    assert np.array_equal(drawn[acts], always[acts])
    assert acts.mean() == pytest.approx(0.3, abs=4 * np.sqrt(0.21 / len(many)))


@pytest.mark.parametrize(("probability", "acts"), [(0.0, False), (1.0, True)])
def test_its_ends_are_never_and_always(
    probability: float,
    acts: bool,  # noqa: FBT001
    pictures: Pixels,
) -> None:
    drawn = draw(Sometimes(light(), probability, seed=1), pictures)

    assert set(~unchanged(drawn, pictures)) == {acts}


def test_who_is_left_out_tells_nothing_of_what_is_drawn_even_with_one_seed() -> None:
    grey = np.full((2000, 4, 4, 3), 0.4, np.float32)
    alone = draw(light(7), grey)[:, 0, 0, 0]

    acts = draw(Sometimes(light(7), 0.5, seed=7), grey)[:, 0, 0, 0] != np.float32(0.4)

    assert abs(np.corrcoef(alone, acts)[0, 1]) < 4 / np.sqrt(2000)


def test_outside_training_nothing_happens(pictures: Pixels) -> None:
    assert np.array_equal(Sometimes(light(), 1.0)(pictures, training=False), pictures)


def test_a_single_picture_is_all_or_nothing(pictures: Pixels) -> None:
    some = Sometimes(light(), 0.5, seed=3)

    drawn = [np.asarray(some(pictures[0], training=True)) for _ in range(20)]

    assert {picture.shape for picture in drawn} == {(EDGE, EDGE, 3)}
    assert len({np.array_equal(picture, pictures[0]) for picture in drawn}) == 2


@pytest.mark.parametrize("blend", [layers.MixUp, layers.CutMix])
def test_labels_are_blended_where_pictures_are(blend: Any) -> None:
    """Each picture shows its own label as its grey, so both must be mixed alike."""
    labels = np.linspace(0, 1, N, dtype=np.float32)[:, None]
    plain = labels[:, :, None, None] + np.zeros((N, EDGE, EDGE, 3), np.float32)

    mixed = Sometimes(blend(seed=2), 0.5, seed=2)(
        {"images": plain, "labels": labels}, training=True
    )

    assert np.allclose(np.mean(mixed["images"], axis=(1, 2, 3)), mixed["labels"][:, 0], atol=0.05)
    assert 2 < unchanged(np.asarray(mixed["images"]), plain).sum() < N - 2


def test_keras_saves_it_and_another_process_loads_it(tmp_path: Any, pictures: Pixels) -> None:
    policy = dcw.policy([Sometimes(layers.RandomFlip(), 0.4), light()], seed=3)
    keras.Sequential([keras.Input((EDGE, EDGE, 3)), policy]).save(tmp_path / "model.keras")

    loaded = keras.models.load_model(tmp_path / "model.keras").layers[0]

    assert loaded.layers[0].probability == 0.4
    fresh = dcw.policy([Sometimes(layers.RandomFlip(), 0.4), light()], seed=3)
    assert np.array_equal(draw(loaded, pictures), draw(fresh, pictures))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Sometimes(light(), 1.2), "probability must lie between 0 and 1, got 1.2."),
        (lambda: Sometimes(light(), True), "probability must lie between 0 and 1, got True."),
        (lambda: Sometimes("flip", 0.5), "Sometimes takes one Keras layer such as "),
        (
            lambda: Sometimes(OneWarp([layers.RandomFlip()]), 0.5),
            "Sometimes takes one Keras layer such as keras.layers.RandomFlip(), got OneWarp.",
        ),
        (
            lambda: Sometimes(layers.RandomCrop(8, 8), 0.5)(np.zeros((2, 16, 16, 3), "float32")),
            "RandomCrop turns images of shape (2, 16, 16, 3) into (2, 8, 8, 3), and with a ",
        ),
        (
            lambda: Sometimes(layers.MixUp(), 0.5)(
                {"images": np.zeros((3, 8, 8, 3), "float32"), "labels": np.zeros(3, "float32")}
            ),
            "MixUp turns labels of shape (3,) into (3, 3), and with a probability ",
        ),
    ],
    ids=["above 1", "no number", "no layer", "a group", "another size", "flat labels"],
)
def test_what_cannot_be_left_out_is_refused(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=r".") as raised:
        make()

    assert message in str(raised.value)


# Fused


MOVES: dict[str, Any] = {
    "whole pixels": lambda: layers.RandomTranslation((0.25, 0.25), (0.5, 0.5), seed=2),
    "turns": lambda: layers.RandomRotation(0.2, seed=2),
}


def movements(probability: float, move: str = "whole pixels") -> list[keras.Layer]:
    parts = [
        layers.RandomFlip("horizontal", seed=1),
        MOVES[move](),
        layers.RandomFlip("vertical", seed=3),
    ]
    return [Sometimes(part, probability, seed=n) for n, part in enumerate(parts)]


@pytest.mark.parametrize("move", MOVES)
def test_one_warp_leaves_out_what_the_chain_leaves_out(move: str, pictures: Pixels) -> None:
    """Both ways interpolate at most once here, so they give the same pixels."""
    apart, together = (dcw.policy(movements(0.5, move), fuse=fuse) for fuse in (False, True))

    one, other = draw(apart, pictures), draw(together, pictures)

    assert [type(layer).__name__ for layer in together.layers] == ["OneWarp"]
    assert np.abs(one - other).max() <= 2 / 255
    assert 0 < unchanged(one, pictures).sum() < N


def test_one_warp_without_chances_left_is_the_layers_themselves(pictures: Pixels) -> None:
    def turn(probability: float) -> list[keras.Layer]:
        parts = [layers.RandomRotation(0.2, seed=4), layers.RandomZoom(0.3, seed=5)]
        return [Sometimes(part, probability, seed=8) for part in parts]

    always = OneWarp([layers.RandomRotation(0.2, seed=4), layers.RandomZoom(0.3, seed=5)])

    assert np.abs(draw(OneWarp(turn(1.0)), pictures) - draw(always, pictures)).max() < 1e-5
    assert np.abs(draw(OneWarp(turn(0.0)), pictures) - pictures).max() < 1e-5


# In a pipeline


def run(policy: keras.Layer, pictures: Pixels, keys: Any, labels: Any = None) -> list[Pixels]:
    keyed = KeyedPolicy(policy)
    labels = np.zeros(len(pictures), np.float32) if labels is None else labels
    data = tf.data.Dataset.from_tensors((pictures, labels, keys))
    signature = [tf.TensorSpec([None, *part.shape[1:]], part.dtype) for part in data.element_spec]
    drawn = next(iter(data.map(tf.function(keyed, input_signature=signature))))
    return [part.numpy() for part in drawn]


KEYS = (np.arange(N) * 77 + 5).astype(np.uint32)


def some_of_each() -> keras.Layer:
    return dcw.policy(
        [
            Sometimes(light(), 0.5),
            Sometimes(layers.GaussianNoise(0.1), 0.5),
            Sometimes(layers.AutoContrast(value_range=(0, 1)), 0.5),
            *movements(0.5),
        ],
        fuse=True,
    )


def test_a_picture_follows_its_key_and_not_its_neighbours(pictures: Pixels) -> None:
    policy, order = some_of_each(), np.random.default_rng(0).permutation(N)[:7]

    [all_of_them, _], [some, _] = (
        run(policy, pictures[which], KEYS[which]) for which in (slice(None), order)
    )

    assert KeyedPolicy(policy).pure
    assert np.abs(some - all_of_them[order]).max() < 1e-5
    assert not np.array_equal(run(policy, pictures, KEYS + 1)[0], all_of_them)


@pytest.mark.parametrize("layer", [light(), layers.GaussianNoise(0.1), layers.RandomHue(0.5)])
def test_a_pipeline_leaves_out_its_share_and_draws_the_rest_as_ever(
    layer: keras.Layer, pictures: Pixels
) -> None:
    many, keys = np.repeat(pictures, 20, axis=0), np.arange(N * 20).astype(np.uint32)

    [some, _], [always, _] = (run(p, many, keys) for p in (Sometimes(layer, 0.3), layer))

    acts = ~unchanged(some, many)
    assert np.array_equal(some[acts], always[acts])
    assert acts.mean() == pytest.approx(0.3, abs=4 * np.sqrt(0.21 / len(many)))


def test_a_pipeline_blends_labels_where_it_blends_pictures() -> None:
    labels = np.linspace(0, 1, N, dtype=np.float32)
    plain = labels[:, None, None, None] + np.zeros((N, EDGE, EDGE, 3), np.float32)

    images, mixed = run(Sometimes(layers.MixUp(1.0), 0.5), plain, KEYS, labels)

    assert np.allclose(images.mean(axis=(1, 2, 3)), mixed, atol=1e-5)
    assert 2 < (mixed == labels).sum() < N - 2


JAX = """
import os; os.environ["KERAS_BACKEND"] = "jax"
import keras, numpy as np, tensorflow as tf
import dcwidgets as dcw
from dcwidgets.augmentation import Sometimes
from dcwidgets.augmentation.keyed import KeyedPolicy
x = np.random.default_rng(0).random((16, 8, 8, 3), np.float32)
parts = [keras.layers.RandomFlip(seed=1), keras.layers.RandomTranslation(0.3, 0.3, seed=2)]
noise = keras.layers.GaussianNoise(0.1)
def made(fuse, *more):
    return dcw.policy([*[Sometimes(p, .5, seed=3) for p in parts], *more], fuse=fuse)
one, both = np.asarray(made(False)(x, training=True)), np.asarray(made(True)(x, training=True))
assert 0 < sum(np.array_equal(a, b) for a, b in zip(one, x)) < 16
assert 0 < sum(np.abs(a - b).max() < 1e-5 for a, b in zip(both, x)) < 16
data = tf.data.Dataset.from_tensor_slices(x).batch(5)
outside = made(True)
raw = np.concatenate([np.asarray(b) for b in data.map(lambda b: outside(b, training=True))])
assert raw.shape == x.shape and not np.array_equal(raw, x)
noisy = made(True, Sometimes(noise, .5))
def keyed(n):
    policy = KeyedPolicy(noisy)
    rows = (x, np.zeros(16, "float32"), np.arange(16, dtype="uint32"))
    batches = tf.data.Dataset.from_tensor_slices(rows).batch(n).map(policy)
    return np.concatenate([np.asarray(b) for b, _ in batches])
assert np.abs(keyed(3) - keyed(16)).max() < 1e-5
tail = [keras.layers.Flatten(), keras.layers.Dense(1)]
model = keras.Sequential([keras.Input((8, 8, 3)), made(True), *tail])
model.compile("sgd", "mse")
assert np.isfinite(model.fit(x, np.zeros((16, 1)), verbose=0).history["loss"][0])
"""


def test_it_runs_on_jax_alone_in_a_model_and_in_pipelines() -> None:
    ran = subprocess.run([sys.executable, "-c", JAX], capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stderr[-2000:]


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
