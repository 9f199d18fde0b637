"""Lesson 05: two colleagues, what a careful look says, and the check of kappa."""

from collections.abc import Sequence
from typing import Any
from unittest.mock import Mock

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import dcwidgets as dcw
from dcwidgets.course.checks import registered
from dcwidgets.course.colleagues import labels_by, truth
from tests.curation_sets import image_set


def images(n: int = 40) -> dcw.ImageSet:
    """Cats and dogs in turns, each picture lighter than the one before."""
    return image_set([Image.new("RGB", (32, 32), (5 * k,) * 3) for k in range(n)])


def test_mia_slips_now_and_then() -> None:
    pictures = images()
    seen = truth(pictures, None)
    said = labels_by("Mia", pictures, seen).table.set_index("id")["label"]

    assert 0.8 < (said == seen).mean() < 1


def test_noor_calls_the_darkest_quarter_by_the_first_class() -> None:
    pictures = images()
    seen = truth(pictures, None)
    said = labels_by("Noor", pictures, seen).table.set_index("id")["label"]

    assert said[said != seen].index.tolist() == ["p1", "p3", "p5", "p7", "p9"]
    assert set(said.iloc[:10]) == {"cat"}


def test_somebody_else_is_no_colleague() -> None:
    with pytest.raises(ValueError, match="Colleagues are Mia and Noor, got 'Ada'"):
        labels_by("Ada", images(), truth(images(), None))


def test_a_key_says_what_a_careful_look_sees_and_what_shows_neither() -> None:
    pictures = images(4)
    key = pd.DataFrame({"true_label": ["dog", "dog", None, "dog"]}, index=["p0", "p1", "p2", "p3"])

    assert truth(pictures, key).to_dict() == {"p0": "dog", "p1": "dog", "p3": "dog"}


def verdict(answer: Any) -> str | None:
    return registered("05")["05-kappa"](answer, Mock(images=images(4)))


def kappa(one: Sequence[str], other: Sequence[str]) -> float:
    shares = np.zeros((2, 2))
    for a, b in zip(one, other, strict=True):
        shares[int(a == "dog"), int(b == "dog")] += 1 / len(one)
    chance = float(shares.sum(axis=0) @ shares.sum(axis=1))
    return (float(shares.trace()) - chance) / (1 - chance)


def equal(one: Sequence[str], other: Sequence[str]) -> float:
    return sum(a == b for a, b in zip(one, other, strict=True)) / len(one)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (0.5, "Hand in the function itself"),
        (lambda *_: None, "kappa must return a number, got NoneType"),
        (equal, "This is the share of equal labels; what chance would give is still in it."),
        (lambda one, other: 2 * equal(one, other) - 1, "your kappa is"),
    ],
    ids=["a number", "returns nothing", "chance left in", "chance is a half"],
)
def test_a_wrong_kappa_is_told_why(answer: Any, said: str) -> None:
    assert said in (verdict(answer) or "")


def test_the_right_kappa_passes() -> None:
    assert verdict(kappa) is None
