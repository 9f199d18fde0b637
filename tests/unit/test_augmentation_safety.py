"""Label safety: what a model still recognises after a policy."""

import keras
import numpy as np
import pytest
from PIL import Image

import dcwidgets as dcw
from tests.curation_sets import image_set


def bright(level: int) -> Image.Image:
    return Image.new("RGB", (32, 32), (level, level, level))


@pytest.fixture(scope="module")
def images() -> dcw.ImageSet:
    """Ten dark cats and ten light dogs."""
    return image_set([bright(40 + n if n % 2 == 0 else 180 + n) for n in range(20)])


@pytest.fixture(scope="module")
def judge() -> keras.Model:
    """A model that calls a picture a dog if it is light."""
    image = keras.Input((32, 32, 3))
    mean = keras.ops.mean(image, axis=(1, 2, 3), keepdims=False)[:, None]
    return keras.Model(image, keras.ops.sigmoid(20 * (mean - 0.5)))


def test_a_policy_that_does_nothing_keeps_every_label(
    judge: keras.Model, images: dcw.ImageSet
) -> None:
    found = dcw.label_safety(dcw.policy("none"), judge, images)

    assert found["label"].tolist() == ["cat", "dog"]
    assert found["n"].tolist() == [10, 10]
    assert (found[["before", "after", "kept", "high"]] == 1).all(axis=None)
    assert found["low"].round(3).tolist() == [0.722, 0.722]


def test_a_policy_that_turns_light_into_dark_keeps_none(
    judge: keras.Model, images: dcw.ImageSet
) -> None:
    negative = dcw.policy([keras.layers.RandomInvert((1.0, 1.0), value_range=(0, 1))])
    found = dcw.label_safety(negative, judge, images)

    assert found["before"].tolist() == [1, 1]
    assert found["after"].tolist() == [0, 0]
    assert found["kept"].tolist() == [0, 0]


def test_each_class_is_told_apart(judge: keras.Model, images: dcw.ImageSet) -> None:
    lighter = dcw.policy([keras.layers.RandomBrightness((0.6, 0.6), value_range=(0, 1))])
    found = dcw.label_safety(lighter, judge, images).set_index("label")

    assert found.loc["cat", "kept"] == 0
    assert found.loc["dog", "kept"] == 1


def test_what_the_model_never_knew_says_nothing(judge: keras.Model, images: dcw.ImageSet) -> None:
    swapped = dcw.Recipe().relabel(images.where(label="cat").table.index, "dog").apply(images)
    found = dcw.label_safety(dcw.policy("none"), judge, swapped.where(label="dog"))

    assert found["n"].tolist() == [20]
    assert found["before"].tolist() == [0.5]
    assert found["kept"].tolist() == [1.0]
    never = dcw.label_safety(
        dcw.policy("none"), judge, swapped.take(images.where(label="cat").table.index)
    )
    assert np.isnan(never["kept"].iloc[0])


def test_a_model_of_other_classes_is_refused(images: dcw.ImageSet) -> None:
    with pytest.raises(ValueError, match="tells 3 classes apart, and the images have 2: cat, dog"):
        dcw.label_safety(dcw.policy("none"), dcw.build_model(image_size=32, classes=3), images)
