"""Shipped start states are what the lessons before them make of the drawn data."""

from pathlib import Path

import pytest

import dcwidgets as dcw
from dcwidgets.course.lessons import find_lesson
from dcwidgets.course.states import start_state
from tests import start_states


@pytest.fixture(scope="module")
def drawn(data_dir: Path) -> dcw.ImageSet:
    """The drawn set, raw."""
    return dcw.load("pocket_pets", data_dir=data_dir)


def test_lesson_03_starts_where_lesson_02_ends(drawn: dcw.ImageSet) -> None:
    shipped = start_state(find_lesson("03"), drawn)
    made = start_states.after_curation(drawn).apply(drawn)

    assert shipped.version == made.version, "write it anew: python -m tests.start_states"


def test_lesson_03_starts_without_a_copy_across_its_splits(drawn: dcw.ImageSet) -> None:
    start = start_state(find_lesson("03"), drawn)
    dealt = start.where(split=["train", "validation", "test"])

    train = set(dealt.where(split="train").table.index)
    leaks = dcw.find_leaks(dealt)
    assert not train & {*leaks["id"], *leaks["other"]}
    assert len(start.where(split="gold")) == 1000


def test_lesson_06_starts_where_lesson_05_ends(drawn: dcw.ImageSet, data_dir: Path) -> None:
    key = dcw.answer_key("pocket_pets", data_dir=data_dir)
    shipped = start_state(find_lesson("06"), drawn)
    made = start_states.after_labeling(drawn, key).apply(drawn)

    assert shipped.version == made.version, "write it anew: python -m tests.start_states"


def test_lesson_06_starts_without_a_wrong_label_in_train(
    drawn: dcw.ImageSet, data_dir: Path
) -> None:
    key = dcw.answer_key("pocket_pets", data_dir=data_dir)
    truth = key["true_label"].groupby(level=0).first()
    train = start_state(find_lesson("06"), drawn).where(split="train").table

    assert (train["label"] == truth.loc[train.index]).all()
    assert len(train) > 1000
