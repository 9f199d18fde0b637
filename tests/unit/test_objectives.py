"""An objective is data: it is checked when written, judged by number, and read back whole."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dcwidgets.objectives import Objective
from dcwidgets.training import Score

GIVEN: dict[str, Any] = {
    "target": "label",
    "metric": "accuracy",
    "slices": ["coat"],
    "costs": {"cat": 5, "dog": 1},
    "good_enough": {"score": 0.8, "worst_slice": 0.6, "cost_per_100": 50},
}


def score() -> Score:
    named = {
        "cat": (30, 0.7),
        "dog": (70, 0.9),
        "cat, coat=black": (20, 0.5),
        "dog, coat=white": (40, 0.95),
        "dog, scene=snow": (40, 0.1),
    }
    rows = [{"slice": name, "n": n, "accuracy": accuracy} for name, (n, accuracy) in named.items()]
    return Score(0.84, 0.01, (0.83, 0.85), 0.1, 3.0, pd.DataFrame(rows))


def test_each_demand_is_judged_with_the_slice_that_decided() -> None:
    judged = Objective(**GIVEN).judge(score())

    assert judged.index.tolist() == ["score", "worst_slice", "cost_per_100"]
    assert judged["met"].tolist() == [True, False, False]
    assert judged["where"].tolist() == ["all images", "cat, coat=black", "cat"]
    # 30 cats, 30 % missed at 5 each; 70 dogs, 10 % missed at 1 each.
    assert judged.loc["cost_per_100", "reached"] == pytest.approx(52)


def test_a_slice_that_was_not_named_does_not_decide() -> None:
    only_scene = Objective(**{**GIVEN, "slices": ["scene"]}).judge(score())

    assert only_scene.loc["worst_slice", "where"] == "dog, scene=snow"
    assert only_scene.loc["worst_slice", "reached"] == pytest.approx(0.1)


def test_the_target_stands_for_its_classes() -> None:
    by_class = Objective(**{**GIVEN, "slices": ["label"]}).judge(score())

    assert by_class.loc["worst_slice", "where"] == "cat"


def test_balanced_accuracy_counts_classes_alike() -> None:
    judged = Objective(**{**GIVEN, "metric": "balanced_accuracy"}).judge(score())

    assert judged.loc["score", "reached"] == pytest.approx(0.8)


def test_only_what_is_demanded_is_judged() -> None:
    judged = Objective(**{**GIVEN, "good_enough": {"score": 0.9}}).judge(score())

    assert judged.to_dict("index") == {
        "score": {"asked": 0.9, "reached": 0.84, "met": False, "where": "all images"}
    }


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(
            {"target": ""},
            'target must name a column, such as "label", got nothing.',
            id="no target",
        ),
        pytest.param(
            {"metric": "auc"},
            "metric must be one of accuracy, balanced_accuracy, got 'auc'.",
            id="unknown metric",
        ),
        pytest.param(
            {"slices": "coat"},
            'slices must be a list of columns, such as ["coat", "scene"], got \'coat\'.',
            id="one slice as text",
        ),
        pytest.param(
            {"costs": {"cat": 0}},
            "costs must give each class a number above 0, got {'cat': 0}.",
            id="a free error",
        ),
        pytest.param(
            {"costs": {"cat": True}},
            "costs must give each class a number above 0, got {'cat': True}.",
            id="a cost that is no number",
        ),
        pytest.param(
            {"good_enough": {"speed": 1}},
            "good_enough must hold some of score, worst_slice, cost_per_100, got speed.",
            id="unknown demand",
        ),
        pytest.param(
            {"good_enough": {"score": 90}},
            "good_enough['score'] must be a share above 0 and up to 1, got 90.",
            id="percent for a share",
        ),
        pytest.param(
            {"good_enough": {"score": 10**400}},
            f"good_enough['score'] must be a share above 0 and up to 1, got 1{'0' * 39}.",
            id="a number beyond every float",
        ),
        pytest.param(
            {"good_enough": {"cost_per_100": float("inf")}},
            "good_enough['cost_per_100'] must be a number above 0, got inf.",
            id="an endless cost",
        ),
    ],
)
def test_a_part_that_cannot_be_checked_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError) as caught:
        Objective(**{**GIVEN, **change})

    assert str(caught.value) == message


def test_a_class_that_was_not_tested_is_named() -> None:
    with pytest.raises(ValueError, match="costs names 'horse', which is no class"):
        Objective(**{**GIVEN, "costs": {"horse": 1}}).judge(score())


def test_a_column_without_slices_is_named() -> None:
    with pytest.raises(ValueError, match="No slice of the test images is cut by 'age'"):
        Objective(**{**GIVEN, "slices": ["age"]}).judge(score())


def test_what_was_saved_is_read_back(tmp_path: Path) -> None:
    objective = Objective(**GIVEN)
    path = objective.save(tmp_path / "work" / "objective.json")

    assert Objective.load(path) == objective
    assert json.loads(path.read_text("utf-8"))["costs"] == {"cat": 5, "dog": 1}


def test_a_missing_file_says_who_writes_it(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"Lesson 01 writes one, by `Objective.save`\."):
        Objective.load(tmp_path / "objective.json")


@pytest.mark.parametrize("text", ["{", "[]", '{"target": "label"}', '{"colour": 1}'])
def test_a_file_that_is_no_objective_is_refused_with_its_path(tmp_path: Path, text: str) -> None:
    path = tmp_path / "objective.json"
    path.write_text(text, "utf-8")

    with pytest.raises(ValueError, match=r"objective\.json is not an objective"):
        Objective.load(path)
