"""Policies: presets, lists of layers, code and JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

import dcwidgets as dcw
from dcwidgets.augmentation.catalog import CATALOG, KNOWN_LAYERS, PRESETS, Knob

Pixels = npt.NDArray[np.float32]

# Arguments that Keras wants and our catalog does not know.
NEEDED: dict[str, dict[str, Any]] = {
    "GaussianDropout": {"rate": 0.1},
    "RandomColorDegeneration": {"factor": 0.5},
    "RandomCrop": {"height": 8, "width": 8},
    "RandomPosterization": {"factor": 4},
}


@pytest.fixture(scope="module")
def pictures() -> Pixels:
    return np.random.default_rng(0).random((6, 24, 24, 3), np.float32)


def draw(policy: keras.Layer, pictures: Pixels) -> Pixels:
    return np.asarray(keras.ops.convert_to_numpy(policy(pictures, training=True)))


def layers_of(policy: keras.Layer) -> list[tuple[str, dict[str, Any]]]:
    """Class and arguments of each layer, without the name that Keras counts up."""
    configs = [(type(layer).__name__, layer.get_config()) for layer in policy.layers]
    return [(name, {k: v for k, v in c.items() if k != "name"}) for name, c in configs]


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_keeps_shape_and_type_and_acts_in_training_only(
    name: str, pictures: Pixels
) -> None:
    policy = dcw.policy(name)

    drawn = draw(policy, pictures)

    assert isinstance(policy, keras.layers.Pipeline)
    assert (drawn.shape, drawn.dtype) == (pictures.shape, pictures.dtype)
    assert np.array_equal(drawn, pictures) == (name == "none")
    assert np.array_equal(policy(pictures, training=False), pictures)


def test_stronger_presets_change_pictures_more(pictures: Pixels) -> None:
    smooth = tf.image.resize(pictures, (64, 64), "bicubic").numpy().clip(0, 1)
    many = np.repeat(smooth, 8, axis=0)

    change = [np.abs(draw(dcw.policy(name, seed=1), many) - many).mean() for name in PRESETS]

    assert change == sorted(change)
    assert change[0] == 0


def test_presets_hold_layers_of_keras_alone() -> None:
    layers = [layer for name in PRESETS for layer in dcw.policy(name).layers]

    assert len(layers) > 20
    assert {type(layer).__module__.partition(".")[0] for layer in layers} == {"keras"}


def test_a_list_of_layers_keeps_its_order_and_its_objects() -> None:
    flip, turn = keras.layers.RandomFlip(), keras.layers.RandomRotation(0.1)

    policy = dcw.policy([turn, keras.layers.Pipeline([flip])])

    assert policy.layers == [turn, flip]


def test_the_same_seed_draws_the_same_and_another_seed_does_not(pictures: Pixels) -> None:
    first, again, other = (draw(dcw.policy("medium", seed=s), pictures) for s in (7, 7, 8))

    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_no_two_layers_share_a_seed() -> None:
    """With one seed for all, every picture turned to the left would also be dark."""
    seeds = [layer.seed for layer in dcw.policy("absurd", seed=3).layers]

    assert len(set(seeds)) == len(seeds) == 10


@pytest.mark.parametrize(
    ("make", "message"),
    [
        pytest.param(
            lambda: dcw.policy("strong"),
            "policy must be one of 'none', 'light', 'medium', 'heavy', 'absurd' or a list of "
            "Keras layers, got 'strong'.",
            id="unknown preset",
        ),
        pytest.param(
            lambda: dcw.policy([abs]),
            "A policy is made of Keras layers such as keras.layers.RandomFlip(), got "
            "<built-in function abs>.",
            id="no layer",
        ),
        pytest.param(
            lambda: dcw.policy("light", seed=-1),
            "seed must be a whole number from 0 to 999999, got -1.",
            id="negative seed",
        ),
        pytest.param(
            lambda: dcw.policy("light", seed=True),
            "seed must be a whole number from 0 to 999999, got True.",
            id="no number as seed",
        ),
    ],
)
def test_what_is_no_policy_is_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=r"must be|made of") as raised:
        make()

    assert str(raised.value) == message


def test_a_layer_for_values_up_to_255_is_warned_of() -> None:
    with pytest.warns(UserWarning, match=r"RandomBrightness expects values from 0 to 255"):
        dcw.policy([keras.layers.RandomBrightness(0.2)])


def test_a_policy_runs_inside_tf_data_and_draws_anew_each_time(pictures: Pixels) -> None:
    data = tf.data.Dataset.from_tensor_slices(pictures).batch(3).repeat(2)
    policy = dcw.policy("heavy", seed=0)

    batches = [b.numpy() for b in data.map(lambda x: policy(x, training=True))]

    assert [b.shape for b in batches] == [(3, 24, 24, 3)] * 4
    assert not np.array_equal(batches[0], batches[2])


def test_keras_saves_a_policy_with_a_model(tmp_path: Any, pictures: Pixels) -> None:
    policy = dcw.policy("medium", seed=1, fuse=True)
    model = keras.Sequential([keras.Input((24, 24, 3)), policy])
    model.save(tmp_path / "model.keras")

    loaded = keras.models.load_model(tmp_path / "model.keras")

    fresh = dcw.policy("medium", seed=1, fuse=True)
    assert np.array_equal(draw(loaded, pictures), draw(fresh, pictures))


@pytest.mark.parametrize("fuse", [False, True])
@pytest.mark.parametrize("name", PRESETS)
def test_json_brings_a_policy_back(name: str, fuse: bool, pictures: Pixels) -> None:  # noqa: FBT001
    text = dcw.policy_to_json(dcw.policy(name, seed=5, fuse=fuse))

    back = dcw.policy_from_json(text)

    assert dcw.policy_to_json(back) == text
    assert np.array_equal(draw(back, pictures), draw(dcw.policy(name, seed=5, fuse=fuse), pictures))


@pytest.mark.parametrize("layer", KNOWN_LAYERS)
def test_json_brings_every_known_layer_back(layer: str) -> None:
    arguments = CATALOG[layer].defaults() if layer in CATALOG else NEEDED.get(layer, {})
    made = getattr(keras.layers, layer)(**arguments)

    back = dcw.policy_from_json(dcw.policy_to_json(made))

    assert layers_of(back) == layers_of(keras.layers.Pipeline([made]))


def ranges(knob: Knob) -> st.SearchStrategy[Any]:
    if knob.choices:
        return st.sampled_from(knob.choices)
    numbers = st.floats(knob.low, knob.high)
    if isinstance(knob.default, tuple):
        return st.tuples(numbers, numbers).map(lambda pair: tuple(sorted(pair)))
    return numbers


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_every_value_a_knob_allows_makes_a_layer_and_survives_json(data: st.DataObject) -> None:
    layer = data.draw(st.sampled_from(list(CATALOG)))
    config = {
        **CATALOG[layer].defaults(),
        **{knob.name: data.draw(ranges(knob), knob.name) for knob in CATALOG[layer].knobs},
    }
    text = json.dumps({"format": 1, "layers": [{"layer": layer, "config": config}]})

    policy = dcw.policy_from_json(text)

    assert json.loads(dcw.policy_to_json(policy)) == json.loads(text)
    assert np.isfinite(draw(policy, np.full((2, 16, 16, 3), 0.5, np.float32))).all()


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ('{"layer": "Lambda"}', "Layer 1 names the layer 'Lambda'. Known are: RandomFlip, "),
        ('{"layer": "__class__"}', "Layer 1 names the layer '__class__'. Known are: "),
        ("3", "Layer 1 names the layer None. Known are: "),
        (
            '{"layer": "RandomFlip", "config": {"mode": "up"}}',
            "Layer 1, RandomFlip: mode must be one of 'horizontal', 'vertical', ",
        ),
        (
            '{"layer": "RandomRotation", "config": {"factor": [-3, 3]}}',
            "Layer 1, RandomRotation: factor must lie between -0.5 and 0.5, got -3.",
        ),
        (
            '{"layer": "RandomRotation", "config": {"factor": [0.2, 0.1]}}',
            "Layer 1, RandomRotation: factor must not go from a larger to a smaller value, ",
        ),
        (
            '{"layer": "RandomRotation", "config": {"factor": [null, 0.1]}}',
            "Layer 1, RandomRotation: factor must lie between -0.5 and 0.5, got None.",
        ),
        (
            '{"layer": "GaussianNoise", "config": {"stddev": true}}',
            "Layer 1, GaussianNoise: stddev must lie between 0 and 1, got True.",
        ),
        (
            '{"layer": "RandomFlip", "config": {"name": "x"}}',
            "Layer 1, RandomFlip: 'name' is not an argument to set here.",
        ),
        (
            '{"layer": "RandomFlip", "config": {"speed": 3}}',
            "Layer 1, RandomFlip: Keras refuses it. ",
        ),
        (
            '{"layer": "RandomFlip", "config": {"mode": "vertical"}, "seed": 1.5}',
            "Layer 1, RandomFlip: seed must be a whole number from 0 to 2147483647, got 1.5.",
        ),
        (
            '{"layer": "AugMix", "config": {"factor": {"a": 1}}}',
            "Layer 1, AugMix: factor must be finite numbers or texts, got {'a': 1}.",
        ),
        ('{"one_warp": 3}', 'Layer 1: "one_warp" must be a list of at most 32 layers, got 3.'),
        (
            '{"one_warp": [{"layer": "RandomHue", "config": {}}]}',
            "OneWarp takes at least one of Keras's RandomFlip, ",
        ),
        (", ".join(["0"] * 33), '"layers" must be a list of at most 32 layers, got 33.'),
    ],
)
def test_json_from_elsewhere_is_refused_by_layer_and_argument(layers: str, message: str) -> None:
    with pytest.raises(ValueError, match=r".") as raised:
        dcw.policy_from_json(f'{{"format": 1, "layers": [{layers}]}}')

    assert str(raised.value).startswith(message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("import os", "The text is not JSON: "),
        ("[" * 50_000, "The text is not JSON: "),
        ('{"format": 2, "layers": []}', 'A policy is a JSON object with "format": 1'),
        ("NaN", "numbers must be finite, got NaN."),
        (" " * 100_001, "A policy is JSON text of at most 100,000 characters."),
    ],
)
def test_text_that_is_no_policy_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=r".") as raised:
        dcw.policy_from_json(text)

    assert str(raised.value).startswith(message)


class Twice(keras.layers.Layer):
    """A layer that is not Keras's own."""

    def call(self, pictures: Any) -> Any:
        return pictures * 2


def test_a_layer_of_ones_own_trains_but_is_no_plain_data(pictures: Pixels) -> None:
    policy = dcw.policy([Twice()])

    assert np.array_equal(draw(policy, pictures), pictures * 2)
    with pytest.raises(ValueError, match=r"^Twice is not one of Keras's image layers"):
        dcw.policy_to_json(policy)
    assert "import Twice  # not part of Keras" in dcw.policy_code(policy)


@pytest.mark.parametrize("name", PRESETS)
def test_code_runs_without_this_package_and_draws_the_same(name: str, pictures: Pixels) -> None:
    code = dcw.policy_code(dcw.policy(name, seed=4))
    found: dict[str, Any] = {}

    exec(code, found)  # noqa: S102 - it is our own

    assert "dcwidgets" not in code
    assert np.array_equal(draw(found["policy"], pictures), draw(dcw.policy(name, seed=4), pictures))


def test_code_of_one_warp_is_keras_alone_and_says_what_differs() -> None:
    plain, fused = (dcw.policy_code(dcw.policy("light", seed=1, fuse=f)) for f in (False, True))

    told = [line for line in fused.splitlines() if line not in plain.splitlines()]

    assert told == [
        "# dcwidgets does neighbouring geometric layers in one warp: the same movements,",
        "# sharper and faster. Here they run one after another.",
    ]


def test_code_reads_as_a_person_would_write_it() -> None:
    code = dcw.policy_code(dcw.policy("light"))

    assert code.splitlines()[:6] == [
        "import keras",
        "",
        "policy = keras.layers.Pipeline(",
        "    [",
        '        keras.layers.RandomFlip(mode="horizontal"),',
        "        keras.layers.RandomRotation(factor=(-0.03, 0.03)),",
    ]
    assert max(map(len, code.splitlines())) <= 79


def test_the_catalog_and_the_code_writer_need_no_keras() -> None:
    """A page is drawn before Keras has loaded."""
    code = (
        "import sys, dcwidgets.augmentation.code, dcwidgets.augmentation.drawing;"
        "import dcwidgets.augmentation.chips as c; c.Chips.of_preset('heavy');"
        "sys.exit('keras' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_layer_without_chance_stands_in_a_seeded_policy() -> None:
    same = dcw.policy([keras.layers.AutoContrast(value_range=(0, 1))], seed=3)
    pictures = np.random.default_rng(0).random((2, 16, 16, 3), np.float32)

    assert np.array_equal(same(pictures, training=True), same(pictures, training=True))
