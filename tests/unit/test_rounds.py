"""Ways of collecting start alike, pay the same, and are compared seed by seed."""

from __future__ import annotations

import numpy as np
import pytest

import dcwidgets as dcw
from dcwidgets.training import Judge
from tests.curation_sets import image_set, photo


@pytest.fixture(scope="module")
def images() -> dcw.ImageSet:
    """Twenty pictures to train on, thirty to collect from, thirty to judge and ten to look at."""
    splits = ["train"] * 20 + ["pool"] * 30 + ["gold"] * 30 + ["look"] * 10
    return image_set([photo(n) for n in range(90)], splits=splits)


def rounds(images: dcw.ImageSet, **options: object) -> dcw.Rounds:
    given = {"seeds": (0, 1), "steps": 2, **options}
    return dcw.Rounds(images, images.where(split="gold"), 5, **given)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def two(images: dcw.ImageSet) -> dcw.Rounds:
    """Two rounds of two ways."""
    return rounds(images).collect().collect()


def test_each_way_labels_as_many_and_none_twice(two: dcw.Rounds) -> None:
    for way in ("random", "uncertainty"):
        for seed in (0, 1):
            ids = two.ids(way, seed)
            assert len(ids) == len(set(ids)) == 10
            assert set(two.images.table.loc[ids, "split"]) == {"pool"}
    assert two.ids("random", 0) != two.ids("random", 1)


def test_ways_start_from_the_same_score(two: dcw.Rounds) -> None:
    start = two.table.query("round == 0")

    assert start["accuracy"].nunique() == 1
    assert two.table["labels"].tolist() == [0, 0, 5, 5, 10, 10]


def test_the_recipe_adds_what_was_collected(two: dcw.Rounds) -> None:
    after = two.recipe("uncertainty").apply(two.images)

    assert len(after.where(split="train")) == 30
    assert set(two.ids("uncertainty")) <= set(after.where(split="train").table.index)


def test_a_way_gains_nothing_over_itself(two: dcw.Rounds) -> None:
    assert two.gain("random", "random") == (0.0, 0.0, 0.0)


def test_a_gain_is_the_mean_of_paired_differences_within_its_interval(
    images: dcw.ImageSet,
) -> None:
    one = rounds(images).collect()
    right = np.zeros(30, bool)
    for judges in one._judges[1:]:
        judges["random"].right = [right, right]
        judges["uncertainty"].right = [right | (np.arange(30) < 6), right | (np.arange(30) < 9)]

    mean, low, high = one.gain("uncertainty")
    assert mean == pytest.approx(0.25)
    assert 0 < low < mean < high < 0.5
    assert str(one.gain("uncertainty")).startswith("+25.0 points (95% interval +")


def test_a_model_of_a_way_answers_as_it_did(two: dcw.Rounds) -> None:
    judge = two._judges[-1]["uncertainty"]
    again = Judge(two.test, 64)
    again.see(two.model("uncertainty", 1))

    assert (again.right[0] == judge.right[1]).all()


def test_before_collecting_there_is_no_gain(images: dcw.ImageSet) -> None:
    with pytest.raises(ValueError, match="Nothing was collected yet"):
        rounds(images, seeds=(0,)).gain("uncertainty")


def test_scores_of_earlier_rounds_are_kept(two: dcw.Rounds) -> None:
    assert two.score("random", 0) == two.score("uncertainty", 0)
    assert two.score("random").seconds > 0
    with pytest.raises(ValueError, match="one of the rounds 0 to 2, got 3"):
        two.score("random", 3)


def test_weak_slices_are_looked_for_in_pictures_that_do_not_judge(images: dcw.ImageSet) -> None:
    with pytest.raises(ValueError, match="pass look=, trusted pictures other than `test`"):
        rounds(images, ways=("weak_slice",))

    looked = rounds(images, ways=("weak_slice",), look=images.where(split="look"), seeds=(0,))
    assert len(looked.collect().ids("weak_slice")) == 5


def test_the_picture_says_where_each_way_ended(two: dcw.Rounds) -> None:
    assert two.plot().alt.startswith("Accuracy after 10 labels: random 0.")


def test_an_empty_pool_is_missed_by_name(images: dcw.ImageSet) -> None:
    with pytest.raises(ValueError, match="The images have no split pool"):
        rounds(images.where(split=["train", "gold"]))
    with pytest.raises(ValueError, match=r"got ways=\('luck',\)"):
        rounds(images, ways=("luck",))
