"""The checks of the lessons: the right answer passes, each wrong one is told what is wrong."""

import io
from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from dcwidgets.course.checks import registered
from dcwidgets.imageset import ImageSet
from dcwidgets.objectives import Objective
from dcwidgets.recipe import Recipe


class Noise:
    """A store of pictures of noise; ids that differ in the last letter only are copies."""

    def read(self, id_: str) -> bytes:
        rng = np.random.default_rng(int(id_[:-1]))
        coarse = rng.integers(0, 256, (8, 8, 3), dtype=np.uint8)
        file = io.BytesIO()
        Image.fromarray(coarse).resize((64, 64)).save(file, "PNG")
        return file.getvalue()


@pytest.fixture(scope="module")
def run() -> Mock:
    """A lesson under way, with 100 pictures of which 10 have a copy."""
    ids = [f"{number}a" for number in range(100)] + [f"{number}b" for number in range(10)]
    table = pd.DataFrame(
        {
            "filename": ids,
            "label": np.where(np.arange(110) % 2, "cat", "dog"),
            "split": "train",
            "width": 64,
            "height": 64,
            "coat": "grey",
        },
        index=pd.Index(ids, name="id"),
    )
    images = ImageSet(table, ["cat", "dog"], Noise(), name="noise")
    return Mock(images=images, test=images)


def verdict(name: str, answer: Any, run: Mock) -> str | None:
    return registered(name[:2])[name](answer, run)


RIGHT: dict[str, Any] = {
    "target": "label",
    "metric": "accuracy",
    "slices": ["coat"],
    "costs": {"cat": 5, "dog": 1},
    "good_enough": {"score": 0.9, "worst_slice": 0.75, "cost_per_100": 40},
}


def test_the_objective_of_the_shelter_passes(run: Mock) -> None:
    assert verdict("01-objective", Objective(**RIGHT), run) is None


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        pytest.param(
            {"target": "coat"},
            "The classes stand in the column 'label'; target says 'coat'.",
            id="target",
        ),
        pytest.param(
            {"metric": "balanced_accuracy"},
            "The shelter counts pictures, whatever their class; metric says 'balanced_accuracy'.",
            id="metric",
        ),
        pytest.param(
            {"slices": ["age"]},
            "There is no column 'age' to cut slices by. Columns are: coat, label.",
            id="slices",
        ),
        pytest.param(
            {"costs": {"cat": 1, "dog": 5}},
            "Missing a cat costs five calls and missing a dog one; "
            "costs says {'cat': 1, 'dog': 5}.",
            id="costs",
        ),
        pytest.param(
            {"good_enough": {"score": 0.9, "worst_slice": 0.7, "cost_per_100": 40}},
            "The shelter wants: three of four have to be right in every slice. "
            "good_enough['worst_slice'] says 0.7.",
            id="worst slice",
        ),
        pytest.param(
            {"good_enough": {"score": 0.9, "worst_slice": 0.75}},
            "The shelter wants: a hundred pictures may cost up to forty calls. "
            "good_enough['cost_per_100'] says nothing of it.",
            id="cost forgotten",
        ),
    ],
)
def test_a_wrong_objective_is_told_what_the_shelter_said(
    change: dict[str, Any], wrong: str, run: Mock
) -> None:
    assert verdict("01-objective", Objective(**{**RIGHT, **change}), run) == wrong


def test_dots_are_no_objective(run: Mock) -> None:
    assert verdict("01-objective", ..., run) == "Replace the dots by dcw.Objective(...)."


def grouped(images: ImageSet) -> ImageSet:
    groups = pd.Series(images.table.index.str[:-1], images.table.index)
    return images.split(train=0.8, validation=0.1, test=0.1, seed=0, group=groups)


def test_a_split_by_groups_passes(run: Mock) -> None:
    assert verdict("02-split", grouped(run.images), run) is None


def test_a_random_split_leaks(run: Mock) -> None:
    random = run.images.split(train=0.8, validation=0.1, test=0.1, seed=0)
    wrong = verdict("02-split", random, run)

    assert wrong is not None
    assert wrong.startswith("Pictures that still have a copy in another part: ")


def test_a_leak_is_named_with_its_parts(run: Mock) -> None:
    leaking = Recipe().move(["7a"], "validation").move(["7b"], "train").apply(grouped(run.images))
    wrong = verdict("02-split", leaking, run)

    assert wrong == (
        "Pictures that still have a copy in another part: 1. "
        "One of them: 7a in validation and train."
    )


def test_dropping_the_copies_is_not_asked_for(run: Mock) -> None:
    copies = run.images.table.index[100:]
    wrong = verdict("02-split", Recipe().drop(copies).apply(grouped(run.images)), run)

    assert wrong == (
        "There were 110 pictures and now there are 100, or others: "
        "deal all of run.images and drop nothing."
    )


def test_labels_stay_as_they_are(run: Mock) -> None:
    changed = Recipe().relabel(["0a"], "cat").apply(grouped(run.images))

    assert (
        verdict("02-split", changed, run) == "Some labels have changed: only the split may change."
    )


def test_shares_stay_as_asked(run: Mock) -> None:
    everything = run.images.split(train=0.5, validation=0.5)
    wrong = verdict("02-split", everything, run)

    assert wrong == (
        "The parts are train 50%, validation 50%; wanted are train 80%, validation 10%, test 10%."
    )


@pytest.mark.parametrize("answer", [..., None, pd.DataFrame()])
def test_what_is_no_image_set_is_told_so(answer: Any, run: Mock) -> None:
    wrong = verdict("02-split", answer, run)

    assert wrong == "Hand in an image set: what run.images.split(...) returns."


# ---- 03 ----

Feed = Callable[[Any, Any, Any], Any]
GOOD_FEEDS: list[Feed] = [
    lambda source, decode, augment: (
        source.map(decode).cache().shuffle(100).map(augment).batch(32).prefetch(1)
    ),
    lambda source, decode, augment: (
        source.map(decode, num_parallel_calls=2).cache().map(augment).shuffle(1000).batch(32)
    ),
]


@pytest.mark.parametrize("feed", GOOD_FEEDS)
def test_a_pipeline_that_caches_before_it_draws_passes(feed: Feed, run: Mock) -> None:
    assert verdict("03-cache", feed, run) is None


@pytest.mark.parametrize(
    ("feed", "wrong"),
    [
        pytest.param(
            lambda source, decode, augment: (
                source.map(decode).map(augment).cache().shuffle(100).batch(32)
            ),
            "the draws are frozen",
            id="drawn before the cache",
        ),
        pytest.param(
            lambda source, decode, augment: source.map(decode).shuffle(100).map(augment).batch(32),
            "In two epochs a picture was decoded 2 times",
            id="no cache",
        ),
        pytest.param(
            lambda source, decode, augment: (
                source.map(decode).shuffle(100).cache().map(augment).batch(32)
            ),
            "Both epochs come in the same order",
            id="shuffled before the cache",
        ),
        pytest.param(
            lambda source, decode, augment: source.map(decode).cache().map(augment).batch(32),
            "nothing shuffles them",
            id="not shuffled",
        ),
        pytest.param(
            lambda source, decode, _: source.map(decode).cache().shuffle(100).batch(32),
            "No picture was augmented",
            id="not augmented",
        ),
        pytest.param(
            lambda source, decode, augment: (
                source.map(decode).cache().shuffle(100).map(augment).batch(16)
            ),
            "yours hold 16, 16, 16, 16, 16, ...",
            id="small batches",
        ),
        pytest.param(
            lambda source, decode, augment: (
                source.map(decode).cache().shuffle(100).map(augment).batch(32, drop_remainder=True)
            ),
            "yours hold 32, 32, 32.",
            id="the rest dropped",
        ),
        pytest.param(
            lambda source, decode, augment: (
                source.map(decode).cache().repeat(2).shuffle(200).map(augment).batch(32).take(4)
            ),
            "100 pictures should come in batches",
            id="repeated",
        ),
        pytest.param(lambda *_: 3, "returned something else", id="a number"),
        pytest.param(3, "without calling it", id="not a function"),
    ],
)
def test_a_pipeline_in_another_order_is_told_what_goes_wrong(
    feed: Any, wrong: str, run: Mock
) -> None:
    assert wrong in (verdict("03-cache", feed, run) or "")
