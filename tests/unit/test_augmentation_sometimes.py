"""A layer that acts on some pictures of a batch: alone, in one warp, in a pipeline."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import pytest
import tensorflow as tf

import dcwidgets as dcw
from dcwidgets.augmentation import OneWarp, Sometimes
from dcwidgets.augmentation.keyed import KeyedPolicy

N, EDGE = 24, 32
layers = keras.layers
Pixels = npt.NDArray[np.float32]


def smooth() -> Pixels:
    """Smooth pictures, no two alike."""
    coarse = np.random.default_rng(0).random((N, 5, 5, 3), np.float32)
    return np.asarray(tf.image.resize(coarse, (EDGE, EDGE), "bicubic")).clip(0, 1)


@pytest.fixture(scope="module")
def pictures() -> Pixels:
    return smooth()


def draw(layer: keras.Layer, pictures: Any) -> Pixels:
    return np.asarray(keras.ops.convert_to_numpy(layer(pictures, training=True)))


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


def test_keras_saves_it_with_a_model_and_loads_it(tmp_path: Any, pictures: Pixels) -> None:
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
