"""Draws that hang on the example: every Keras layer that a policy may hold."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

import dcwidgets as dcw
from dcwidgets.augmentation.catalog import CATALOG, OTHER_LAYERS
from dcwidgets.augmentation.keyed import KeyedPolicy, keys_of_epoch
from dcwidgets.augmentation.steps import build
from tests.curation_sets import photo

N, EDGE = 12, 32
UNIT: dict[str, Any] = {"value_range": (0, 1)}
OTHERS: dict[str, dict[str, Any]] = {
    "GaussianDropout": {"rate": 0.2},
    "RandomCrop": {"height": 24, "width": 24},
    "RandomColorDegeneration": {"factor": 0.9, **UNIT},
    "RandomColorJitter": {"brightness_factor": 0.3, **UNIT},
    "RandomPosterization": {"factor": 3, **UNIT},
    "RandomPerspective": {},
    "RandomElasticTransform": {**UNIT},
    "MixUp": {},
    "CutMix": {},
}
# These change all pictures of a batch alike, or blend them: a neighbour matters.
OF_BATCH = {
    *("RandAugment", "RandomCrop", "MixUp", "CutMix", "AugMix"),
    *("RandomGaussianBlur", "Equalization", "RandomElasticTransform"),
}
SAME_FOR_ALL = {"AutoContrast", "Equalization", "Solarization"}


def layer(name: str) -> keras.Layer:
    config = CATALOG[name].defaults() if name in CATALOG else OTHERS.get(name, UNIT)
    return build({"layer": name, "config": dict(config)})


@pytest.fixture(scope="module")
def pictures() -> np.ndarray:
    drawn = [np.asarray(photo(seed).resize((EDGE, EDGE)), np.float32) for seed in range(N)]
    return np.stack(drawn) / 255


Draw = Callable[[np.ndarray, np.ndarray], np.ndarray]


def tracer(policy: keras.Layer, edge: int) -> Callable[..., tf.Tensor]:
    """Return what draws a batch of any length by keys, as one graph."""
    keyed = KeyedPolicy(policy)
    pictures, labels = tf.TensorSpec([None, edge, edge, 3]), tf.TensorSpec([None])

    @tf.function(input_signature=[pictures, labels, tf.TensorSpec([None], tf.uint32)])
    def draw(*batch: tf.Tensor) -> tf.Tensor:
        return keyed(*batch)[0]

    return draw


def rows(pictures: np.ndarray, keys: np.ndarray) -> tuple[np.ndarray, ...]:
    return pictures, np.zeros(len(keys), np.float32), keys


def piped(draw: Callable[..., tf.Tensor], pictures: np.ndarray, keys: np.ndarray) -> np.ndarray:
    return next(iter(tf.data.Dataset.from_tensors(rows(pictures, keys)).map(draw))).numpy()


def run(policy: keras.Layer, pictures: np.ndarray, keys: np.ndarray) -> np.ndarray:
    """Draw pictures by their keys in a pipeline."""
    return piped(tracer(policy, pictures.shape[1]), pictures, keys)


KEYS = (np.arange(N) * 77 + 5).astype(np.uint32)
LAYERS = [*CATALOG, *OTHER_LAYERS]


@pytest.fixture(scope="module")
def drawers() -> Callable[[str], Draw]:
    """What draws with one layer, the same for all tests: tracing takes longer than drawing."""

    @cache
    def drawer(name: str) -> Draw:
        draw = tracer(dcw.policy([layer(name)]), EDGE)
        return lambda pictures, keys: draw(*rows(pictures, keys)).numpy()

    return drawer


@pytest.mark.parametrize("name", LAYERS)
def test_the_same_keys_draw_the_same_pictures_in_a_policy_made_anew_and_in_a_pipeline(
    name: str, drawers: Callable[[str], Draw], pictures: np.ndarray
) -> None:
    policy, drawn = dcw.policy([layer(name)]), drawers(name)(pictures, KEYS)
    anew = tracer(policy, EDGE)
    # What does not draw by key alone goes on from where it stood: it gets a graph of its own.
    in_a_pipeline = anew if KeyedPolicy(policy).pure else tracer(policy, EDGE)

    assert np.array_equal(anew(*rows(pictures, KEYS)).numpy(), drawn)
    assert np.abs(piped(in_a_pipeline, pictures, KEYS) - drawn).max() < 1e-5


@pytest.mark.parametrize("name", [name for name in LAYERS if name not in OF_BATCH])
def test_a_picture_follows_its_key_and_not_its_place(
    name: str, drawers: Callable[[str], Draw], pictures: np.ndarray
) -> None:
    draw = drawers(name)
    order = np.random.default_rng(0).permutation(N)[:7]

    all_of_them = draw(pictures, KEYS)
    some = draw(pictures[order], KEYS[order])

    assert np.abs(some - all_of_them[order]).max() < 1e-5


@pytest.mark.parametrize("name", [name for name in LAYERS if name not in SAME_FOR_ALL])
def test_other_keys_draw_other_pictures(
    name: str, drawers: Callable[[str], Draw], pictures: np.ndarray
) -> None:
    draw = drawers(name)

    assert not np.array_equal(draw(pictures, KEYS), draw(pictures, KEYS + 1))


def test_two_layers_of_a_kind_draw_different_numbers(pictures: np.ndarray) -> None:
    once = keras.layers.RandomBrightness((-0.3, 0.3), value_range=(0, 1))
    same = np.full_like(pictures, 0.5)

    one = run(dcw.policy([once]), same, KEYS)[:, 0, 0, 0] - 0.5
    both = run(dcw.policy([once, once]), same, KEYS)[:, 0, 0, 0] - 0.5

    assert np.abs(np.corrcoef(one, both - one)[0, 1]) < 0.9
    assert not np.allclose(both, 2 * one)


def test_uniform_draws_are_even_and_normal_ones_are_normal() -> None:
    flat = np.full((N, EDGE, EDGE, 3), 0.5, np.float32)
    grown = np.full((4000, 8, 8, 3), 0.5, np.float32)
    keys = np.arange(4000).astype(np.uint32)
    light = run(
        dcw.policy([keras.layers.RandomBrightness((-0.5, 0.5), value_range=(0, 1))]), grown, keys
    )[:, 0, 0, 0]
    noise = run(dcw.policy([keras.layers.GaussianNoise(0.1)]), flat, KEYS) - flat

    # Kolmogorov and Smirnov's distance at 1 in 1,000 for 4,000 numbers.
    assert np.abs(np.sort(light) - (np.arange(4000) + 0.5) / 4000).max() < 1.95 / np.sqrt(4000)
    assert noise.mean() == pytest.approx(0, abs=0.003)
    assert noise.std() == pytest.approx(0.1, rel=0.02)
    assert ((np.abs(noise) / 0.1) < 1).mean() == pytest.approx(0.683, abs=0.01)


def test_one_warp_draws_what_its_layers_draw(pictures: np.ndarray) -> None:
    flip = [keras.layers.RandomFlip("horizontal"), keras.layers.RandomFlip("vertical")]
    apart = [
        run(dcw.policy(flip), pictures, KEYS),
        run(dcw.policy(flip, fuse=True), pictures, KEYS),
    ]

    assert sorted(map(float, apart[1].ravel())) == sorted(map(float, pictures.ravel()))
    assert np.abs(apart[0].sum(axis=(1, 2, 3)) - apart[1].sum(axis=(1, 2, 3))).max() < 1e-2


def test_a_users_own_layer_is_called_as_it_is(pictures: np.ndarray) -> None:
    class Halved(keras.layers.Layer):
        def call(self, x: tf.Tensor) -> tf.Tensor:
            return x / 2

    policy = dcw.policy([Halved()])

    assert KeyedPolicy(policy).pure is False
    assert np.allclose(run(policy, pictures, KEYS), pictures / 2)


def test_epochs_and_seeds_give_an_example_other_keys() -> None:
    examples = tf.constant([1, 2, 3], tf.uint32)
    epochs = [keys_of_epoch(examples, tf.constant(nonce, tf.int64)) for nonce in (0, 1, 2**40)]

    assert len({int(key) for keys in epochs for key in keys.numpy()}) == 9


def test_the_policy_itself_is_not_changed(pictures: np.ndarray) -> None:
    policy = dcw.policy("light", seed=4)
    before = dcw.policy("light", seed=4)(pictures, training=True).numpy()

    run(policy, pictures, KEYS)

    assert np.array_equal(policy(pictures, training=True).numpy(), before)
