"""The delivery of lesson 03: one black picture among good ones, and what is shown of it."""

import numpy as np
import pytest

from dcwidgets.course.delivery import Delivery, deliver, share_right, show_rows
from dcwidgets.imageset import ImageSet
from dcwidgets.pipelines.feeding import label_numbers, pixels
from dcwidgets.training import build_model
from tests import curation_sets


@pytest.fixture(scope="module")
def images() -> ImageSet:
    """Twenty pictures, four of them not to learn from."""
    return curation_sets.image_set(
        [curation_sets.photo(seed) for seed in range(20)],
        splits=["train"] * 16 + ["validation"] * 4,
    )


@pytest.fixture(scope="module")
def night(images: ImageSet) -> Delivery:
    """A delivery of these."""
    return deliver(images)


def test_exactly_one_picture_is_black(night: Delivery) -> None:
    black = (night.pictures == 0).all(axis=(1, 2, 3))

    assert np.flatnonzero(black).tolist() == [night.capped] == [8]


def test_the_others_are_the_pictures_to_learn_from(night: Delivery, images: ImageSet) -> None:
    squares, ids = pixels(night.images)
    others = np.arange(16) != night.capped

    assert night.ids == ids
    assert set(ids) == set(images.where(split="train").table.index)
    np.testing.assert_array_equal(night.pictures[others], squares[others])
    np.testing.assert_array_equal(night.labels, label_numbers(night.images))


def test_what_was_stopped_is_said_under_its_picture(night: Delivery) -> None:
    sheet = night.show([night.ids[night.capped]])

    assert [caption.endswith(", stopped") for caption in sheet.captions] == [
        id_ == night.ids[night.capped] for id_ in sheet.ids
    ]
    assert (sheet.tiles[3] == 0).all()


def test_rows_are_laid_out_one_below_the_other() -> None:
    grey = np.full((8, 8, 3), 0.5)
    sheet = show_rows({"frozen": [grey, grey], "live": [grey, grey * 3]})

    assert sheet.columns == 2
    assert repr(sheet) == "frozen, epoch 1 | frozen, epoch 2\nlive, epoch 1 | live, epoch 2"
    assert sheet.tiles.max(axis=(1, 2, 3)).tolist() == [128, 128, 128, 255]


def test_a_model_of_nothing_names_one_class(images: ImageSet) -> None:
    model = build_model()
    model.set_weights([np.full_like(weights, np.nan) for weights in model.get_weights()])

    assert share_right(model, images) == 0.5
