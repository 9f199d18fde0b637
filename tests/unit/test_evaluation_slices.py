"""Slices: counted through fairlearn, found where planted, not found where there is nothing."""

import numpy as np
import pandas as pd
import pytest

import dcwidgets as dcw
from dcwidgets.evaluation.slices import holm
from tests.judged_pets import balanced, pets, with_errors


def lot(rows: pd.DataFrame, share: float, seed: int) -> pd.Series:
    """Errors that fall on all alike."""
    return pd.Series(np.random.default_rng(seed).random(len(rows)) < share, rows.index)


def test_groups_are_counted_with_intervals_and_small_ones_marked() -> None:
    rows = balanced(300)
    rows.loc[rows.index[:6], "scene"] = "roof"
    rows.loc[rows.index[6:9], "scene"] = None
    ev = with_errors(rows, rows["scene"] == "garden")
    found = ev.by("scene")

    assert found["n"].sum() == 300
    assert found["accuracy"]["garden"] == 0
    assert found["accuracy"]["sofa"] == 1
    assert 0.9 < found["low"]["sofa"] < 1
    assert found["small"].to_dict() == {
        "beach": False,
        "garden": False,
        "missing": True,
        "roof": True,
        "sofa": False,
    }


def test_pairs_of_columns_are_counted_without_empty_pairs() -> None:
    rows = balanced(200)
    rows.loc[rows["scene"] == "beach", "label"] = "cat"
    found = with_errors(rows, rows["coat"] == "black").by(["label", "scene"])

    assert ("dog", "beach") not in found.index
    assert found["n"].sum() == 200


def test_many_numbers_are_cut_into_quarters() -> None:
    rows = balanced(200).assign(age=np.arange(200) / 7)
    found = with_errors(rows, rows["age"] < 7).by("age")

    assert found["n"].tolist() == [50, 50, 50, 50]
    assert found["accuracy"].min() < 0.1


def test_an_unknown_column_is_named_with_those_there_are() -> None:
    ev = with_errors(balanced(30), balanced(30)["coat"] == "black")

    for ask in (ev.by, ev.disparity):
        with pytest.raises(ValueError, match=r"no column 'breed'.*scene"):
            ask("breed")
    with pytest.raises(ValueError, match="Name at least one column"):
        ev.by([])
    with pytest.raises(ValueError, match="no column 'breed'"):
        ev.weak_slices(["breed"])


def test_a_planted_conjunction_is_found_and_named_for_collecting() -> None:
    rows = balanced(600)
    planted = (rows["label"] == "cat") & (rows["scene"] == "garden")
    wrong = lot(rows, 0.05, 1) | (planted & lot(rows, 0.7, 2))
    found = with_errors(rows, wrong).weak_slices()

    assert found["slice"].tolist() == ["cat, scene=garden"]
    assert found["n"].iloc[0] == planted.sum()
    assert found["adjusted"].iloc[0] < 0.001
    assert found["low"].iloc[0] < found["accuracy"].iloc[0] < found["high"].iloc[0]


def test_what_is_found_says_what_to_collect() -> None:
    rows = balanced(600)
    planted = (rows["label"] == "cat") & (rows["scene"] == "garden")
    weak = with_errors(rows, planted).weak_slices()
    pool = pets(balanced(90, seed=1).set_axis([f"q{number}" for number in range(90)]))

    ids = dcw.collect(np.full((90, 2), 0.5), pool, 12, "weak_slice", slices=weak)

    assert set(pool.table.loc[ids, "scene"]) == {"garden"}


def test_a_pair_of_properties_is_found() -> None:
    rows = balanced(900)
    planted = (rows["camera"] == "tablet") & (rows["coat"] == "black")
    found = with_errors(rows, lot(rows, 0.05, 1) | planted & lot(rows, 0.6, 2)).weak_slices()

    assert "camera=tablet, coat=black" in {*found["slice"], *found["slice"].map(flipped)}


def flipped(name: str) -> str:
    return ", ".join(reversed(name.split(", ")))


def test_a_wide_slice_is_found_once_and_its_parts_are_left_out() -> None:
    rows = balanced(900)
    wrong = lot(rows, 0.03, 1) | (rows["scene"] == "garden") & lot(rows, 0.5, 2)
    found = with_errors(rows, wrong).weak_slices()

    assert found["slice"].tolist() == ["scene=garden"]


def test_errors_that_fall_on_all_alike_are_no_weak_slice_nineteen_times_in_twenty() -> None:
    named = 0
    for seed in range(80):
        rows = balanced(300, seed)
        named += len(with_errors(rows, lot(rows, 0.2, seed)).weak_slices()) > 0

    assert named <= 9  # at most 5 % of 80, and what luck adds


def test_no_errors_and_few_pictures_give_no_weak_slice() -> None:
    rows = balanced(300)

    assert with_errors(rows, rows["scene"] == "nowhere").weak_slices().empty
    few = balanced(10)
    assert with_errors(few, few["scene"] == "garden").weak_slices().empty


def test_adjusted_p_values_are_those_of_holm() -> None:
    p = np.array([0.01, 0.04, 0.03, 0.005])

    assert holm(p) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_disparity_names_the_widest_gap_and_says_whether_it_may_be_luck() -> None:
    rows = balanced(600)
    cats = (rows["label"] == "cat") & (rows["scene"] == "garden")
    found = with_errors(rows, cats).disparity("scene")

    assert found["and"]["false positive rate"] == "garden"
    assert found["difference"]["false positive rate"] == 1
    assert found["p_value"]["false positive rate"] < 1e-6
    assert found["difference"]["true positive rate"] == 0
    assert found["p_value"]["true positive rate"] == 1
    assert found["for"]["accuracy"] == "garden"


def test_disparity_needs_two_groups_that_are_large_enough() -> None:
    rows = balanced(50).assign(scene="sofa")

    with pytest.raises(ValueError, match="Fewer than two values of 'scene' have 20 pictures"):
        with_errors(rows, rows["coat"] == "black").disparity("scene")


def test_reweighed_a_property_tells_nothing_about_the_label() -> None:
    rows = balanced(400)
    rows.loc[(rows["scene"] == "garden") & (np.arange(400) % 5 > 0), "label"] = "dog"
    images = pets(rows)
    weights = dcw.reweigh(images, "scene").apply(images).weights
    is_dog = rows["label"] == "dog"
    inside = weights[is_dog].groupby(rows["scene"]).sum() / weights.groupby(rows["scene"]).sum()

    assert (rows["label"] == "dog")[rows["scene"] == "garden"].mean() > 0.85
    assert inside.to_numpy() == pytest.approx(is_dog.mean())
    assert weights.mean() == pytest.approx(1)


def test_two_properties_are_reweighed_together_and_say_so() -> None:
    rows = balanced(200)
    recipe = dcw.reweigh(pets(rows), ["scene", "coat"])

    assert len(recipe) == len(rows.groupby(["label", "scene", "coat"]))
    assert recipe.steps[0]["reason"] == "reweighed: cat, scene and coat beach, black"


def test_only_labelled_training_pictures_are_weighed() -> None:
    rows = balanced(40)
    images = pets(rows)
    table = images.table.assign(split=["train"] * 30 + ["validation"] * 10)
    table.loc[table.index[:5], "label"] = None
    steps = dcw.reweigh(images.derive(table), "scene").steps

    assert {id_ for step in steps for id_ in step["ids"]} == set(table.index[5:30])
    with pytest.raises(ValueError, match="No picture has a label"):
        dcw.reweigh(images.derive(table.assign(label=None)), "scene")
    with pytest.raises(ValueError, match="no column 'breed'"):
        dcw.reweigh(images, "breed")
