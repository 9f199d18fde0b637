"""The check of lesson 07: weights under which scene and coat tell nothing, and others."""

from typing import Any
from unittest.mock import Mock

import pandas as pd
import pytest

import dcwidgets as dcw
from dcwidgets.course.checks import registered
from dcwidgets.recipe import Recipe
from tests.judged_pets import balanced, pets


def pictures() -> pd.DataFrame:
    """Dogs in the garden, cats elsewhere; a few are swapped, and beach is for black cats alone."""
    rows = balanced(400)
    swapped = pd.Series([number % 9 == 0 for number in range(400)], rows.index)
    rows["label"] = ((rows["scene"] == "garden") ^ swapped).map({True: "dog", False: "cat"})
    rows.loc[(rows["scene"] == "beach") & (rows["coat"] == "black"), "label"] = "cat"
    return rows


@pytest.fixture
def run() -> Mock:
    images = pets(pictures())
    table = images.table.assign(split=["train"] * 360 + ["validation"] * 40)
    return Mock(images=images.derive(table))


def verdict(answer: Any, run: Mock) -> str | None:
    return registered("07")["07-reweigh"](answer, run)


def test_weights_by_both_columns_pass(run: Mock) -> None:
    assert verdict(dcw.reweigh(run.images, ["scene", "coat"]), run) is None
    assert verdict(dcw.reweigh(run.images, ["coat", "scene"]), run) is None


def test_weights_by_hand_pass_whatever_their_scale(run: Mock) -> None:
    twice = Recipe()
    for step in dcw.reweigh(run.images, ["scene", "coat"]).steps:
        twice.weight(step["ids"], 2 * step["weight"])

    assert verdict(twice, run) is None


@pytest.mark.parametrize("columns", ["scene", "coat", "camera"])
def test_weights_by_one_column_still_tell(columns: str, run: Mock) -> None:
    assert "still tells the label" in (verdict(dcw.reweigh(run.images, columns), run) or "")


def test_one_recipe_after_the_other_still_tells(run: Mock) -> None:
    both = dcw.reweigh(run.images, "scene")
    for step in dcw.reweigh(run.images, "coat").steps:
        both.weight(step["ids"], step["weight"])

    assert "still tells the label" in (verdict(both, run) or "")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (["p1"], "Hand in a recipe"),
        (Recipe(), "The recipe must set weights"),
        (Recipe().drop(["p1"]), "The recipe must set weights"),
        (Recipe().weight(["p1", "p2"], 0), "2 pictures weigh nothing"),
    ],
)
def test_what_is_wrong_is_said(answer: Any, said: str, run: Mock) -> None:
    assert (verdict(answer, run) or "").startswith(said)


def test_pictures_without_metadata_are_checked_by_what_is_measured(run: Mock) -> None:
    images = pets(pictures()[["label"]])
    run.images = images.derive(images.table.assign(split="train"))

    assert verdict(dcw.reweigh(run.images, ["brightness", "contrast"]), run) is None
    assert "still tells" in (verdict(dcw.reweigh(run.images, "brightness"), run) or "")
