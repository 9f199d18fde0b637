"""The check of lesson 06: forty labels spent where train lacks them, and recipes that do not."""

from typing import Any
from unittest.mock import Mock

import pandas as pd
import pytest

from dcwidgets.course.checks import registered
from dcwidgets.recipe import Recipe
from tests.strategies import image_set


def pictures() -> pd.DataFrame:
    """Dogs in the garden and cats on the sofa, three swaps of each; a pool where all is even."""
    train = [("cat", "sofa"), ("dog", "garden")] * 47 + [("cat", "garden"), ("dog", "sofa")] * 3
    pool = [(label, scene) for label in ("cat", "dog") for scene in ("garden", "sofa", "beach")]
    rows = [(*each, "train") for each in train] + [(*each, "pool") for each in pool * 20]
    rows.append(("dog", "garden", "gold"))
    table = pd.DataFrame(rows, columns=["label", "scene", "split"])
    table.index = pd.Index([f"p{number}" for number in range(len(table))])
    return table


@pytest.fixture
def run() -> Mock:
    table = pictures()
    key = pd.DataFrame({"true_label": table["label"]})
    hidden = table.assign(label=table["label"].where(table["split"] == "train"))
    everything = image_set(hidden)
    train = everything.where(split="train")
    return Mock(everything=everything, images=train, pool=everything.where(split="pool"), key=key)


def of_pool(n: int, *, rare: int) -> list[str]:
    pool = pictures().query("split == 'pool'")
    swapped = (pool["label"] == "cat") & (pool["scene"] == "garden")
    swapped |= (pool["label"] == "dog") & (pool["scene"] == "sofa")
    return [*pool.index[swapped][:rare], *pool.index[~swapped][: n - rare]]


def verdict(answer: Any, run: Mock) -> str | None:
    return registered("06")["06-collect"](answer, run)


def test_forty_labels_spent_on_what_is_rare_pass(run: Mock) -> None:
    assert verdict(Recipe().add(of_pool(40, rare=14), reason="weak"), run) is None


def test_two_additions_count_together(run: Mock) -> None:
    ids = of_pool(40, rare=20)

    assert verdict(Recipe().add(ids[:20], reason="a").add(ids[20:], reason="b"), run) is None


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (["p100"], "Hand in a recipe"),
        (Recipe(), "It adds 0 different pictures; the money is for 40 labels."),
        (Recipe().add(of_pool(39, rare=20), reason="x"), "It adds 39 different pictures"),
        (Recipe().drop(["p1"], reason="x"), "The recipe does more than add"),
        (Recipe().add(of_pool(40, rare=20)), "Say why"),
        (
            Recipe().add([*of_pool(39, rare=20), "p220"], reason="x"),
            "1 pictures are not of the pool, such as 'p220'.",
        ),
        (
            Recipe().add(of_pool(40, rare=13), reason="x"),
            "Annotation says that 13 of 40 show what train lacks most",
        ),
    ],
)
def test_what_is_wrong_is_said(answer: Any, said: str, run: Mock) -> None:
    assert (verdict(answer, run) or "").startswith(said)


def test_data_without_a_key_is_checked_for_its_form_alone(run: Mock) -> None:
    run.key = None

    assert verdict(Recipe().add(of_pool(40, rare=0), reason="x"), run) is None
