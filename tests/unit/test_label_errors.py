"""Wrong labels are found by models that have not seen the picture, and not by others."""

import io
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import dcwidgets as dcw
from dcwidgets.imageset import ImageSet
from dcwidgets.labeling import label_errors
from dcwidgets.pipelines import feeding
from dcwidgets.widgets._findings import Findings
from tests import curation_sets
from tests.strategies import MemoryStore

CLASSES = ["cat", "dog"]
SIZE = 16


class Pictures(MemoryStore):
    """A store that decoded pictures can be remembered for."""

    __hash__ = object.__hash__


def picture(label: str, seed: int) -> bytes:
    """A reddish or bluish picture, as noisy as it may be and still be told."""
    random = np.random.default_rng(seed)
    pixels = random.integers(0, 160, (SIZE, SIZE, 3))
    pixels[..., 0 if label == "cat" else 2] += 90
    encoded = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(encoded, "PNG")
    return encoded.getvalue()


def tinted(n: int = 160, *, wrong: int = 0, copies: int = 0, unreadable: int = 0) -> ImageSet:
    """Pictures of two colours; the first ``wrong`` have the other label, ``p0`` has copies."""
    truth = np.array([CLASSES[number % 2] for number in range(n)], dtype=object)
    store = {f"p{at}": picture(truth[at], at) for at in range(n)}
    store |= {f"p{at}": store["p0"] for at in range(1, copies + 1)}
    store |= {f"p{n - 1 - at}": b"no picture" for at in range(unreadable)}
    labels = truth.copy()
    labels[:wrong] = [CLASSES[1 - CLASSES.index(label)] for label in labels[:wrong]]
    table = pd.DataFrame({"filename": [f"{id_}.png" for id_ in store]}, index=pd.Index([*store]))
    table = table.assign(label=labels, split="train", width=SIZE, height=SIZE)
    return ImageSet(table, CLASSES, Pictures(store), name="tinted")


def validated(images: ImageSet, **arguments: Any) -> pd.DataFrame:
    chosen: dict[str, Any] = {"epochs": 12, "image_size": SIZE, "progress": False, **arguments}
    return dcw.cross_validate(images, **chosen)


@pytest.mark.slow
def test_every_picture_is_predicted_unseen_and_flips_are_found() -> None:
    images = tinted(wrong=10)

    probabilities = validated(images)

    assert list(probabilities.columns) == CLASSES
    assert probabilities.index.tolist() == images.table.index.tolist()
    assert probabilities.sum(axis=1).to_numpy() == pytest.approx(1, abs=1e-6)
    found = dcw.find_label_issues(images, probabilities)
    flipped = {f"p{at}" for at in range(10)}
    assert len(flipped & set(found["id"])) >= 8
    assert len(flipped & set(found["id"])) >= 0.8 * len(found)
    assert (found["given"] != found["suggested"]).all()


@pytest.mark.slow
def test_the_same_seed_predicts_the_same() -> None:
    images = tinted(40)

    one, other, shuffled = (validated(images, folds=2, epochs=1, seed=seed) for seed in (0, 0, 1))

    pd.testing.assert_frame_equal(one, other)
    assert not one.equals(shuffled)


def test_only_the_split_train_is_predicted_where_there_is_one() -> None:
    images = tinted(40)
    images = images.derive(images.table.assign(split=["train"] * 30 + ["gold"] * 10))

    assert validated(images, folds=2, epochs=1).index.tolist() == [f"p{at}" for at in range(30)]


def test_pictures_that_cannot_be_decoded_are_left_out() -> None:
    images = tinted(40, unreadable=3)

    probabilities = validated(images, folds=2, epochs=1)

    assert probabilities.index.tolist() == [f"p{at}" for at in range(37)]
    assert set(dcw.find_label_issues(images, probabilities)["id"]) <= set(probabilities.index)


@pytest.mark.parametrize("known", ["groups", "audit"])
def test_copies_of_one_picture_are_predicted_by_one_model(
    known: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained: list[set[str]] = []

    def spied(images: ImageSet, **arguments: Any) -> Any:
        trained.append(set(images.table.index))
        return feeding.batches(images, **arguments)

    monkeypatch.setattr(label_errors, "batches", spied)
    images = tinted(40, copies=6)
    look = dcw.duplicate_groups if known == "groups" else dcw.audit
    groups: Any = look(images)
    copies = {f"p{at}" for at in range(7)}

    probabilities = validated(images, folds=2, epochs=1, groups=groups)

    assert len(trained) == 2
    assert all(copies <= seen or not copies & seen for seen in trained)
    assert len(probabilities.loc[sorted(copies)].drop_duplicates()) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"folds": 1}, "Give at least 2 folds and 1 epoch, got folds=1"),
        ({"epochs": 0}, "Give at least 2 folds and 1 epoch, got folds=4, epochs=0"),
        ({"folds": 41}, "40 images cannot be dealt into 41 folds"),
        ({"groups": "all"}, "All images belong to one group"),
    ],
)
def test_folds_that_cannot_be_dealt_are_refused(arguments: Any, message: str) -> None:
    images = tinted(40)
    if "groups" in arguments:
        arguments = {"groups": pd.Series("all", images.table.index)}

    with pytest.raises(ValueError, match=message):
        validated(images, **arguments)


def test_images_without_labels_are_named() -> None:
    images = tinted(40)
    table = images.table
    table.loc["p3", "label"] = None

    with pytest.raises(ValueError, match=r"1 of 40 images have no label yet, such as 'p3'"):
        validated(images.derive(table))


def given_and_sure(images: ImageSet, sure: float = 0.95) -> pd.DataFrame:
    """Probabilities of a model that knows each label but doubts the first four."""
    dog = np.where(images.table["label"] == "dog", sure, 1 - sure)
    dog[:4] = 1 - dog[:4]
    return pd.DataFrame({"cat": 1 - dog, "dog": dog}, images.table.index)


def test_findings_are_those_of_an_audit_and_the_inspector_shows_them() -> None:
    images = tinted(40)

    found = dcw.find_label_issues(images, given_and_sure(images))

    assert found.columns.tolist() == [
        *("id", "issue", "score", "other", "evidence", "given", "suggested"),
    ]
    assert set(found["id"]) == {"p0", "p1", "p2", "p3"}
    assert set(found["issue"]) == {"label"}
    assert found["score"].to_numpy() == pytest.approx(0.05)
    assert found["evidence"][0] == (
        "Labelled cat, to which a model that has not seen it gives 5%; dog gets 95%."
    )
    shown = Findings(found, images.table.index)
    assert (len(shown), shown.issues) == (4, ["label"])


def test_what_was_found_is_scored_against_a_key() -> None:
    images = tinted(40)
    key = pd.DataFrame(
        {"defect": ["label"] * 5, "true_label": "dog", "other": None, "split": "train"},
        index=["p0", "p1", "p2", "p3", "p4"],
    )

    found = dcw.find_label_issues(images, given_and_sure(images))

    scored = dcw.score_findings(found, key)
    row = scored.loc["label"] if "label" in scored.index else scored.set_index("issue").loc["label"]
    assert (row["precision"], row["recall"]) == (1.0, 0.8)


def test_an_array_stands_for_the_table_and_columns_may_stand_in_any_order() -> None:
    images = tinted(40)
    probabilities = given_and_sure(images)

    found = dcw.find_label_issues(images, probabilities)

    pd.testing.assert_frame_equal(dcw.find_label_issues(images, probabilities.to_numpy()), found)
    turned = probabilities[["dog", "cat"]].iloc[::-1]
    pd.testing.assert_frame_equal(dcw.find_label_issues(images, turned), found)


def test_a_lower_limit_flags_fewer_and_never_others() -> None:
    images = tinted(60)
    sure = np.random.default_rng(1).uniform(0.05, 0.95, 60)
    probabilities = np.stack([1 - sure, sure], axis=1)

    found = [
        set(dcw.find_label_issues(images, probabilities, below=below)["id"])
        for below in (0, 0.2, 0.4, 1)
    ]

    assert found[0] <= found[1] <= found[2] < found[3]
    given = np.where(images.table["label"] == "dog", sure, 1 - sure)
    assert found[3] == set(images.table.index[given < 0.5])  # never a label that is likeliest
    with pytest.raises(ValueError, match="below is a probability, 0 to 1; got 40"):
        dcw.find_label_issues(images, probabilities, below=40)


def test_sure_and_right_predictions_raise_no_finding() -> None:
    images = tinted(40)
    dog = (images.table["label"] == "dog").to_numpy() * 0.9 + 0.05

    found = dcw.find_label_issues(images, np.stack([1 - dog, dog], axis=1))

    assert found.empty
    assert found.columns.tolist()[:3] == ["id", "issue", "score"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda p: p.to_numpy()[:5], r"Expected probabilities of shape \(40, 2\)"),
        (lambda p: p.rename(columns={"cat": "bird"}), "Columns must be the classes cat, dog"),
        (lambda p: p.reset_index(drop=True), "Are they indexed by id"),
        (lambda p: pd.concat([p, p]), "must have one row for each"),
        (lambda p: p * 2, "add up to 1 in each row; image 'p0' has"),
        (lambda p: p.drop(index="p7").reindex(p.index), "image 'p7' has"),
    ],
)
def test_probabilities_that_are_none_are_refused(change: Any, message: str) -> None:
    images = tinted(40)

    with pytest.raises(ValueError, match=message):
        dcw.find_label_issues(images, change(given_and_sure(images)))


def reds_and_blues(n: int = 120, wrong: int = 4) -> ImageSet:
    """Red cats and blue dogs; the first few labels are wrong."""
    rng = np.random.default_rng(0)
    paint = ((200, 40, 40), (40, 40, 200))
    files = [
        Image.new("RGB", (SIZE, SIZE), tuple(paint[at % 2] + rng.integers(-30, 30, 3)))
        for at in range(n)
    ]
    labels = [CLASSES[(at + (at < wrong)) % 2] for at in range(n)]
    return curation_sets.image_set(files, labels=labels)


def test_a_second_judge_finds_what_the_first_takes_for_granted() -> None:
    images = reds_and_blues()
    believed = (images.table["label"] == CLASSES[1]).to_numpy() * 0.8 + 0.1
    shares = np.stack([1 - believed, believed], axis=1)

    found = dcw.find_label_issues(images, shares)

    assert set(found["id"]) == {"p0", "p1", "p2", "p3"}
    assert found["evidence"].str.contains("a second judge, which knows edges and colours").all()
    assert dcw.find_label_issues(images, shares, second=False).empty


def test_a_second_judge_that_knows_less_is_not_heard() -> None:
    rng = np.random.default_rng(1)
    noise = [Image.fromarray(rng.integers(0, 256, (SIZE, SIZE, 3), np.uint8)) for _ in range(40)]
    images = curation_sets.image_set(noise)
    believed = (images.table["label"] == CLASSES[1]).to_numpy() * 0.8 + 0.1

    assert dcw.find_label_issues(images, np.stack([1 - believed, believed], axis=1)).empty
