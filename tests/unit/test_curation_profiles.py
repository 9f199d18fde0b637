import pandas as pd
import pytest

import dcwidgets as dcw
from dcwidgets.intervals import wilson
from tests.curation_sets import image_set, photo

TINY = photo(1, 16, 16)
LABELS = ["cat"] * 30 + ["dog"] * 10 + [None] * 20


def sixty() -> dcw.ImageSet:
    return image_set(
        [TINY] * 60,
        labels=LABELS,
        splits=["train"] * 40 + ["pool"] * 20,
        metadata={"coat": ["black", None] * 30, "scene": ["sofa"] * 60},
    )


def test_a_profile_counts_by_split_and_class_with_intervals() -> None:
    table = dcw.profile(sixty()).reset_index()

    low, high = wilson([30, 10, 20], [40, 40, 20])
    assert table["split"].tolist() == ["train", "train", "pool"]
    assert table["label"].tolist() == ["cat", "dog", "(none)"]
    assert table["images"].tolist() == [30, 10, 20]
    assert table["share"].tolist() == [0.75, 0.25, 1]
    assert table["low"].tolist() == low.tolist()
    assert table["high"].tolist() == high.tolist()
    assert table["missing"].tolist() == [0.25, 0.25, 0.25]


def test_a_profile_by_one_column_shares_the_whole() -> None:
    table = dcw.profile(sixty(), "coat")

    assert table["share"].to_dict() == {"black": 0.5, "(none)": 0.5}


@pytest.mark.parametrize(("by", "named"), [("colour", "'colour'"), ([], r"\[\]")])
def test_a_profile_by_an_unknown_column_is_refused(by: str | list[str], named: str) -> None:
    with pytest.raises(ValueError, match=rf"by must name columns of the table, got {named}\. "):
        dcw.profile(sixty(), by)


def test_completeness_counts_what_is_missing() -> None:
    table = dcw.completeness(sixty())

    assert table.loc[["label", "coat", "scene"], "missing"].tolist() == [20, 30, 0]
    assert table.loc[["label", "coat", "scene"], "distinct"].tolist() == [2, 1, 1]
    assert table["share"].between(table["low"], table["high"]).all()
    assert "(picture)" not in table.index


def test_completeness_of_an_audit_counts_pictures_that_open() -> None:
    audit = dcw.audit(image_set([photo(1), photo(2), b""]), progress=False)

    picture = dcw.completeness(audit).to_dict("index")["(picture)"]

    assert (picture["present"], picture["missing"]) == (2, 1)


def test_the_accuracy_of_labels_is_estimated_from_those_checked() -> None:
    images = image_set([TINY] * 4, labels=["cat", "cat", "dog", "dog"])
    checked = pd.Series({"p0": "cat", "p1": "dog", "p2": "dog"})

    table = dcw.label_accuracy(images, checked)

    assert table.index.tolist() == ["cat", "dog", "(all)"]
    assert table["checked"].tolist() == [2, 1, 3]
    assert table["right"].tolist() == [1, 1, 2]
    assert table["accuracy"].tolist() == [0.5, 1, 2 / 3]
    low, high = wilson(2, 3)
    assert table["low"].iloc[-1] == low
    assert table["high"].iloc[-1] == high


def test_a_picture_that_shows_no_class_is_labelled_wrongly() -> None:
    checked = pd.Series({"p0": None}, dtype=object)

    table = dcw.label_accuracy(image_set([TINY], labels=["cat"]), checked)

    assert table.loc["(all)", "accuracy"] == 0


def test_nothing_checked_says_nothing() -> None:
    with pytest.raises(ValueError) as caught:
        dcw.label_accuracy(image_set([TINY]), pd.Series(dtype=object))

    assert str(caught.value) == (
        "checked is empty: look at some pictures and give their true classes."
    )


def test_copies_with_different_labels_are_conflicts() -> None:
    pictures = [photo(1), photo(1), photo(2), photo(2), photo(3)]
    images = image_set(pictures, labels=["cat", "dog", "cat", "cat", "dog"])

    conflicts = dcw.label_conflicts(images)
    reliability = dcw.label_reliability(images)

    assert conflicts[["id", "issue", "other"]].to_dict("records") == [
        {"id": "p1", "issue": "label", "other": "p0"}
    ]
    assert conflicts["evidence"].tolist() == ["Labelled dog, while its exact copy is labelled cat."]
    assert reliability[["groups", "agreeing", "share"]].to_dict("records") == [
        {"groups": 2, "agreeing": 1, "share": 0.5}
    ]


def test_copies_without_labels_are_no_conflict() -> None:
    images = image_set([photo(1), photo(1)], labels=["cat", None])

    assert dcw.label_conflicts(images).empty
    assert dcw.label_reliability(images)["groups"].tolist() == [0]
