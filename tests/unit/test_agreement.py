"""Agreement is what the textbooks compute; consensus is what most say, or the better ones."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dcwidgets as dcw
from dcwidgets.labeling.agreements import (
    cohen_kappa,
    fleiss_kappa,
    iou,
    krippendorff_alpha,
    match_boxes,
)
from dcwidgets.labeling.records import Annotations

CLASSES = ["cat", "dog"]


def said(labels: dict[str, Any], author: str, classes: list[str] = CLASSES) -> Annotations:
    rows = [{"id": id_, "label": label, "author": author} for id_, label in labels.items()]
    return Annotations(rows, classes)


def column(values: list[str | None], author: str, classes: list[str]) -> Annotations:
    return said({f"u{n}": value for n, value in enumerate(values) if value}, author, classes)


def test_cohens_kappa_of_fifty_grant_proposals() -> None:
    # 20 both yes, 15 both no, 5 and 10 apart: 0.4; Wikipedia, "Cohen's kappa", simple example.
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    both = [column([pair[at] for pair in pairs], who, ["y", "n"]) for at, who in enumerate("ab")]

    found = dcw.agreement(both, draws=200)

    assert found.kappa == pytest.approx(0.4)
    assert found.share == pytest.approx(0.7)
    assert found.kappa_interval[0] < 0.4 < found.kappa_interval[1]
    assert (found.n, found.names, len(found.table)) == (50, ("a", "b"), 15)
    assert list(found.table.columns) == ["id", "a", "b", "share", "box_iou"]
    assert "Cohen's kappa: 0.40 (95 % interval" in str(found)


def test_fleiss_kappa_of_fourteen_raters() -> None:
    # Ten subjects, five categories: 0.210; Wikipedia, "Fleiss' kappa", worked example.
    rows = (
        *("0 0 0 0 14", "0 2 6 4 2", "0 0 3 5 6", "0 3 9 2 0", "2 2 8 1 1"),
        *("7 7 0 0 0", "3 2 6 3 0", "2 5 3 2 2", "6 5 2 1 0", "0 2 2 3 7"),
    )
    counts = np.array([[int(word) for word in row.split()] for row in rows])

    assert fleiss_kappa(counts) == pytest.approx(0.210, abs=5e-4)
    classes = list("vwxyz")
    votes = [np.repeat(classes, row) for row in counts]
    raters = [column([str(v[at]) for v in votes], f"r{at}", classes) for at in range(14)]
    found = dcw.agreement(raters, draws=20)
    assert found.kappa == pytest.approx(0.210, abs=5e-4)
    assert "Fleiss' kappa: 0.21" in str(found)


def test_krippendorffs_alpha_with_missing_labels() -> None:
    # Four observers, twelve units: 0.743; K. Krippendorff, "Computing Krippendorff's
    # alpha-reliability" (2011), section C.
    rows = ("123321412...", "1233224125.3", ".3332342251.", "1233244125 1.".replace(" ", ""))
    classes = list("12345")
    raters = [
        column([None if sign == "." else sign for sign in row], f"r{at}", classes)
        for at, row in enumerate(rows)
    ]

    assert dcw.agreement(raters, draws=20).alpha == pytest.approx(0.743, abs=5e-4)


def test_krippendorffs_alpha_of_two_observers_and_two_values() -> None:
    # Ten units: 0.095; the same text, section A.
    one, other = "0100000010", "1110010000"
    pairs = map("".join, zip(one, other, strict=True))
    counts = np.array([[pair.count(value) for value in "01"] for pair in pairs])

    assert krippendorff_alpha(counts) == pytest.approx(0.095, abs=5e-4)


@given(st.lists(st.tuples(*[st.integers(0, 2)] * 2), min_size=2, max_size=30))
@settings(max_examples=80)
def test_kappa_is_that_of_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    from sklearn.metrics import cohen_kappa_score

    codes = np.array(pairs)
    if len(set(codes.ravel().tolist())) == 1:
        assert math.isnan(cohen_kappa(codes))
    else:
        assert cohen_kappa(codes) == pytest.approx(cohen_kappa_score(*codes.T))


@given(
    st.lists(st.lists(st.sampled_from([None, "cat", "dog"]), min_size=3, max_size=3), min_size=3)
)
@settings(max_examples=60)
def test_the_order_of_annotators_and_pictures_does_not_matter(
    rows: list[list[str | None]],
) -> None:
    stores = [column([row[at] for row in rows], f"r{at}", CLASSES) for at in range(3)]
    back = [column([row[at] for row in rows[::-1]], f"r{at}", CLASSES) for at in (2, 0, 1)]
    if not any(sum(label is not None for label in row) >= 2 for row in rows):
        with pytest.raises(ValueError, match="No picture was labelled by two of"):
            dcw.agreement(stores, draws=1)
        return

    one, other = dcw.agreement(stores, draws=1), dcw.agreement(back, draws=1)

    for name in ("kappa", "alpha", "share", "n"):
        assert getattr(one, name) == pytest.approx(getattr(other, name), nan_ok=True)
    for value in (one.kappa, one.alpha):
        assert math.isnan(value) or value <= 1 + 1e-9


def test_annotators_who_always_agree_have_an_agreement_of_one() -> None:
    labels = {"a": "cat", "b": "dog", "c": "cat"}

    found = dcw.agreement([said(labels, "ada"), said(labels, "bob")])

    assert (found.kappa, found.alpha, found.share) == (1, 1, 1)
    assert found.kappa_interval == (1, 1)
    assert found.table.empty


def drawn(author: str, **boxes: list[tuple[float, float, float, float]]) -> Annotations:
    rows = [
        {
            "id": id_,
            "label": "cat",
            "author": author,
            "boxes": [dict(zip("xywh", box, strict=True)) for box in found],
        }
        for id_, found in boxes.items()
    ]
    return Annotations(rows, CLASSES)


def test_boxes_are_compared_by_their_overlap() -> None:
    one = drawn("ada", p=[(0, 0, 10, 10), (50, 50, 10, 10)], q=[(0, 0, 4, 4)], r=[])
    other = drawn("bob", p=[(50, 50, 10, 10), (5, 0, 10, 10)], q=[], r=[])

    found = dcw.agreement([one, other])

    assert found.box_iou == pytest.approx((1 + 1 / 3 + 0) / 3)
    assert found.table["id"].tolist() == ["q"]  # p overlaps by 0.67 on average
    assert "overlap of boxes (IoU): 0.44" in str(found)


def test_matching_pairs_boxes_so_that_they_overlap_most() -> None:
    def box(x: float) -> dict[str, float]:
        return {"x": x, "y": 0, "w": 10, "h": 10}

    assert iou(box(0), box(0)) == 1
    assert iou(box(0), box(10)) == 0
    # 0 with 8 and 4 with 4 overlap by 1/9 + 1, more than 0 with 4 and 4 with 8: 3/7 + 3/7.
    assert sorted(match_boxes([box(0), box(4)], [box(8), box(4)])) == pytest.approx([1 / 9, 1])
    assert match_boxes([], [box(0)]) == [0]
    assert match_boxes([box(0)], [box(20)]) == [0, 0]
    assert match_boxes([], []) == []


def test_skipped_pictures_do_not_count() -> None:
    one = said({"a": "cat", "b": "dog"}, "ada")
    rows = [
        {"id": "a", "label": "cat", "author": "bob"},
        {"id": "b", "label": "cat", "author": "bob", "status": "skipped"},
    ]

    assert dcw.agreement([one, Annotations(rows, CLASSES)]).n == 1


def test_a_notebook_shows_names_as_text() -> None:
    evil = "<script>alert(1)</script>"
    shown = dcw.agreement([said({"a": "cat"}, evil), said({"a": "dog"}, "bob")])._repr_html_()

    assert evil not in shown
    assert "&lt;script&gt;" in shown
    assert "Krippendorff" in shown


@pytest.mark.parametrize("stores", [[], [said({"a": "cat"}, "ada")], "labels.jsonl"])
def test_agreement_needs_two(stores: Any) -> None:
    with pytest.raises(ValueError, match=r"Give a list of stores|needs at least two annotators"):
        dcw.agreement(stores)


def test_other_class_lists_cannot_agree() -> None:
    with pytest.raises(
        ValueError, match=r"(?s)classes of bob are not those of the others.*\+ 0 dog"
    ):
        dcw.agreement([said({"a": "cat"}, "ada"), said({"a": "cat"}, "bob", ["dog", "cat"])])


def test_an_annotator_may_be_called_like_a_column() -> None:
    found = dcw.agreement([said({"a": "cat"}, "id"), said({"a": "dog"}, "share")])

    assert found.table.columns.tolist() == [
        *("id", "id (annotator)", "share (annotator)", "share", "box_iou"),
    ]


def test_files_of_annotators_are_opened_and_named(tmp_path: Path) -> None:
    for name, label in (("ada", "cat"), ("bob", "dog")):
        dcw.AnnotationStore(tmp_path / f"{name}.jsonl", CLASSES).add("p", label)

    found = dcw.agreement([tmp_path / "ada.jsonl", tmp_path / "bob.jsonl"])

    assert found.names == ("ada", "bob")
    assert found.table[["id", "ada", "bob"]].to_numpy().tolist() == [["p", "cat", "dog"]]


def test_a_majority_decides_and_a_tie_does_not() -> None:
    stores = [
        said({"p": "cat", "q": "cat", "r": "dog"}, "ada"),
        said({"p": "cat", "q": "dog"}, "bob"),
        said({"p": "dog"}, "eve"),
    ]

    found = dcw.consensus(stores).set_index("id")

    assert found["label"].dropna().to_dict() == {"p": "cat", "r": "dog"}
    assert found["n"].to_dict() == {"p": 3, "q": 2, "r": 1}
    assert found.loc["p", "agreement"] == pytest.approx(2 / 3)


def test_cleanlab_trusts_those_whom_others_and_the_model_bear_out() -> None:
    random = np.random.default_rng(0)
    truth = random.integers(2, size=200)
    ids = [f"p{n}" for n in range(200)]

    def annotator(name: str, wrong: float) -> Annotations:
        labels = np.where(random.random(200) < wrong, 1 - truth, truth)
        return said({i: CLASSES[v] for i, v in zip(ids, labels, strict=True)}, name)

    stores = [annotator("good", 0.02), annotator("poor", 0.4), annotator("poorer", 0.45)]
    model = np.where(random.random(200) < 0.1, 1 - truth, truth)
    probabilities = pd.DataFrame({"cat": 0.9 - 0.8 * model, "dog": 0.1 + 0.8 * model}, index=ids)

    def right(found: pd.DataFrame) -> float:
        named = found.set_index("id")["label"].reindex(ids)
        return float((named == np.array(CLASSES)[truth]).mean())

    crowd = dcw.consensus(stores, method="cleanlab", probabilities=probabilities)
    assert list(crowd.columns) == ["id", "label", "agreement", "quality", "n"]
    assert crowd["quality"].between(0, 1).all()
    assert right(crowd) > right(dcw.consensus(stores)) + 0.05


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"method": "oracle"}, 'method must be "majority" or "cleanlab"'),
        ({"method": "cleanlab"}, "needs probabilities by id"),
        (
            {"method": "cleanlab", "probabilities": pd.DataFrame({"cat": [1.0]}, index=["p"])},
            "one column for each of cat, dog",
        ),
        (
            {
                "method": "cleanlab",
                "probabilities": pd.DataFrame({"cat": [1.0], "dog": [0.0]}, index=["x"]),
            },
            "None of the labelled pictures has a row",
        ),
    ],
)
def test_a_consensus_that_cannot_be_made_says_why(arguments: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        dcw.consensus([said({"p": "cat"}, "ada")], **arguments)
    with pytest.raises(ValueError, match="None of ada has given a picture a label yet"):
        dcw.consensus([said({"p": None}, "ada")])
