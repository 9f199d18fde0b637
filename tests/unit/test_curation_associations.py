from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dcwidgets as dcw
from dcwidgets.imageset import ImageSet
from dcwidgets.intervals import wilson
from tests.curation_sets import image_set, photo

TINY = photo(1, 16, 16)


def labelled(labels: Sequence[str | None], **metadata: Sequence[object]) -> ImageSet:
    return image_set([TINY] * len(labels), labels=labels, metadata=metadata)


def half_and_half(n: int) -> list[str]:
    return ["cat", "dog"] * (n // 2)


def test_a_scene_that_one_class_has_gives_the_label_away() -> None:
    scene = ["sofa", "garden"] * 40 + ["sofa"] * 2 + ["kitchen"] * 18
    images = labelled(half_and_half(100), scene=scene)

    found = dcw.find_spurious(images, "scene")

    expected = {
        id_
        for id_, label, place in zip(images.table.index, half_and_half(100), scene, strict=True)
        if (label, place) in {("cat", "sofa"), ("dog", "garden")}
    }
    assert set(found["id"]) == expected
    assert found["evidence"].iloc[-1] == (
        "scene = sofa gives the label away in train: 41 of 42 are cat "
        "(98 %, 95 % interval 88 to 100 %; 50 % expected)."
    )
    assert found["score"].between(0, 1).all()


def test_a_scene_that_all_classes_have_gives_nothing_away() -> None:
    rng = np.random.default_rng(0)
    scene = rng.choice(["sofa", "garden", "kitchen"], 300).tolist()

    assert dcw.find_spurious(labelled(half_and_half(300), scene=scene), "scene").empty


def test_few_pictures_prove_nothing() -> None:
    scene = ["sofa", "garden"] * 5 + ["kitchen"] * 90
    images = labelled(half_and_half(100), scene=scene)

    assert dcw.find_spurious(images, "scene").empty


def test_a_shortcut_in_one_split_is_found_there() -> None:
    scene = ["sofa", "garden"] * 50 + ["sofa", "sofa", "garden", "garden"] * 25
    images = image_set(
        [TINY] * 200,
        labels=half_and_half(200),
        splits=["train"] * 100 + ["gold"] * 100,
        metadata={"scene": scene},
    )

    found = dcw.find_spurious(images, "scene")

    assert set(found["id"]) == {f"p{number}" for number in range(100)}


def test_what_the_picture_itself_gives_away_is_found_without_metadata() -> None:
    pictures = [photo(seed, 24, 24) for seed in range(60)]
    for dog in range(1, 60, 2):
        pictures[dog].paste((30, 170, 40), (0, 0, 24, 3))
        pictures[dog].paste((30, 170, 40), (0, 0, 3, 24))
        pictures[dog].paste((30, 170, 40), (21, 0, 24, 24))
        pictures[dog].paste((30, 170, 40), (0, 21, 24, 24))

    found = dcw.find_spurious(image_set(pictures), "background")

    assert {f"p{dog}" for dog in range(1, 60, 2)} <= set(found["id"])
    assert found["evidence"].str.startswith("background = green gives the label away").any()


def test_numbers_are_cut_into_quarters() -> None:
    age = np.arange(200) * 1.0
    labels = ["cat"] * 50 + ["cat", "dog"] * 50 + ["dog"] * 50
    table = dcw.slice_table(labelled(labels, age=age.tolist()), "age")

    assert table["value"].nunique() == 4
    assert table.groupby("value")["n"].sum().tolist() == [50, 50, 50, 50]


def test_columns_that_name_single_pictures_are_left_out() -> None:
    images = labelled(half_and_half(100), owner=[f"owner {number}" for number in range(100)])

    assert dcw.slice_table(images).empty


def test_a_cell_holds_what_is_seen_and_what_is_expected() -> None:
    labels: list[str | None] = ["cat"] * 60 + ["dog"] * 30 + [None] * 10
    coat = (["black"] * 45 + ["white"] * 15) + ["white"] * 30 + ["black"] * 10
    table = dcw.slice_table(labelled(labels, coat=coat), "coat")

    cells = table.drop(columns=["split", "column"]).to_dict("records")
    low, high = wilson(45, 45)
    assert cells[0] == {
        "value": "black",
        "label": "cat",
        "n": 45,
        "expected": 30,
        "share": 1,
        "low": low,
        "high": high,
        "base": pytest.approx(2 / 3),
    }
    assert [cell["n"] for cell in cells] == [45, 0, 15, 30]


def test_a_rare_class_is_an_imbalance() -> None:
    labels = ["cat"] * 10 + ["dog"] * 190
    found = dcw.find_imbalance(labelled(labels))

    assert set(found["id"]) == {f"p{number}" for number in range(10)}
    assert found["score"].unique().tolist() == pytest.approx([0.1])
    assert found["evidence"].iloc[0] == (
        "Class cat is rare in train: 10 of 200 pictures (5.0 %, 95 % interval up to 9.0 %; "
        "an equal share is 50.0 %)."
    )


def test_a_rare_coat_of_one_class_is_an_imbalance() -> None:
    coat = ["black" if number % 40 == 0 else "white" for number in range(200)]
    coat = ["black" if number % 2 and number % 4 == 1 else now for number, now in enumerate(coat)]
    images = labelled(half_and_half(200), coat=coat)

    found = dcw.find_imbalance(images)

    assert set(found["id"]) == {"p0", "p40", "p80", "p120", "p160"}
    assert found["evidence"].iloc[0].startswith("coat = black is rare for cat in train: 5 pictures")


def test_a_kind_without_any_picture_has_no_id() -> None:
    coat = ["white", "black", "white", "white"] * 30
    found = dcw.find_imbalance(labelled(half_and_half(120), coat=coat))

    assert found["id"].isna().tolist() == [True]
    assert found["score"].tolist() == [0]
    assert "coat = black is rare for cat in train: 0 pictures" in found["evidence"].iloc[0]


def test_balanced_data_has_no_imbalance() -> None:
    coat = ["white", "white", "black", "black"] * 50

    assert dcw.find_imbalance(labelled(half_and_half(200), coat=coat)).empty


def test_images_without_labels_say_nothing() -> None:
    images = labelled([None] * 100, coat=["white", "black"] * 50)

    assert dcw.find_imbalance(images).empty
    assert dcw.find_spurious(images).empty
    assert dcw.slice_table(images).empty


def test_an_unknown_column_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError) as caught:
        dcw.find_spurious(labelled(["cat", "dog"]), "coat")

    assert str(caught.value).startswith(
        "There is no column 'coat'. Columns are: filename, label, split, width, height, "
    )


@settings(deadline=None)
@given(st.integers(0, 50), st.integers(0, 50), st.floats(0.5, 0.999))
def test_an_interval_holds_the_share(hits: int, misses: int, confidence: float) -> None:
    low, high = wilson(hits, hits + misses, confidence=confidence)

    share = hits / (hits + misses) if hits + misses else 0.5
    assert 0 <= low <= share <= high <= 1


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [  # scipy.stats.binomtest(hits, total).proportion_ci(method="wilson")
        (0, 10, 0.0, 0.2775327998628892),
        (3, 10, 0.10779126740630112, 0.6032218525388553),
        (10, 10, 0.7224672001371107, 1.0),
        (55, 200, 0.2177970032930735, 0.3406833935746765),
    ],
)
def test_intervals_are_those_of_scipy(hits: int, total: int, low: float, high: float) -> None:
    assert [float(end) for end in wilson(hits, total)] == pytest.approx([low, high])


def test_a_count_beyond_its_total_is_refused() -> None:
    with pytest.raises(ValueError) as caught:
        wilson(3, 2)

    assert str(caught.value) == "count must lie between 0 and total. Did you swap them?"
