"""Several sets are scored by one training, and what cannot be decoded is left out."""

import io
import warnings

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from dcwidgets.imageset import ImageSet
from dcwidgets.training import Score, measure, measure_each

LABELS = ("dark", "light")


class Greys:
    """A store of grey pictures, light ones at odd numbers; number 4 is no picture."""

    def read(self, id_: str) -> bytes:
        number = int(id_)
        if number == 4:
            return b"<html>"
        level = 40 + 150 * (number % 2) + number % 7
        file = io.BytesIO()
        Image.new("RGB", (20, 20), (level, level, level)).save(file, "PNG")
        return file.getvalue()


@pytest.fixture(scope="module")
def images() -> ImageSet:
    ids = [f"{number}" for number in range(120)]
    table = pd.DataFrame(
        {
            "filename": ids,
            "label": [LABELS[number % 2] for number in range(120)],
            "split": np.repeat(["train", "one", "other"], [60, 40, 20]),
            "width": 20,
            "height": 20,
        },
        index=pd.Index(ids, name="id"),
    )
    return ImageSet(table, list(LABELS), Greys(), name="greys")


def test_each_set_gets_the_score_that_it_would_get_alone(images: ImageSet) -> None:
    sets = {"one": images.where(split="one"), "other": images.where(split="other")}
    both = measure_each(images, sets, seeds=(0, 1), steps=3, progress=False)
    alone = measure(images, sets["other"], seeds=(0, 1), steps=3, progress=False)

    assert list(both) == ["one", "other"]
    assert both["other"].scores == alone.scores
    assert both["one"].seconds == both["other"].seconds > 0


def test_a_picture_that_cannot_be_decoded_is_left_out_without_a_warning(images: ImageSet) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        score = measure(
            images.where(split="one"),
            images.where(split="train"),
            seeds=(0,),
            steps=1,
            progress=False,
        )

    assert score.slices.set_index("slice").loc["dark", "n"] == 29


def test_a_set_that_shares_pictures_with_training_is_refused(images: ImageSet) -> None:
    sets = {"one": images.where(split="one"), "itself": images.where(split="train")}

    with pytest.raises(ValueError, match="60 images are both trained on and tested on"):
        measure_each(images, sets, seeds=(0,), steps=1, progress=False)


def test_a_score_says_how_far_seeds_lie_apart_where_there_are_several() -> None:
    several = Score(0.625, 0.1768, (0.5, 0.75), 0.25, 3.2, pd.DataFrame())
    single = Score(0.5, 0.0, (0.5,), 0.25, 3.2, pd.DataFrame())

    assert str(several) == "0.625 ± 0.177 over 2 seeds, worst slice 0.25, 3 s"
    assert str(single) == "0.500 with one seed, worst slice 0.25, 3 s"
