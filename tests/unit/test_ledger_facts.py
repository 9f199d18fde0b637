"""Two rows are compared fact by fact, and the ledger leaves in forms that others read."""

import json
from pathlib import Path

import pandas as pd
import pytest

from dcwidgets.ledger import Ledger
from dcwidgets.recipe import Recipe
from tests.unit.test_ledger import Scored, images


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """Two rows; the second goes on where the first ended and takes one edit back."""
    ledger = Ledger(tmp_path / "ledger.jsonl")
    first = Recipe().drop(["x", "y"]).relabel(["z"], "cat")
    second = Recipe().drop(["x"]).relabel(["z"], "cat").add(["p", "q"])
    ledger.record("raw", Scored(), images(), first)  # type: ignore[arg-type]
    better = Scored(mean=0.8, worst_slice=0.7)
    ledger.record("collected, ünd more", better, images(), second)  # type: ignore[arg-type]
    return ledger


def test_two_rows_are_compared_fact_by_fact(ledger: Ledger) -> None:
    facts = ledger.compare("raw", -1)

    assert list(facts.columns) == ["a", "b", "change"]
    assert list(facts.loc["accuracy"]) == [0.75, 0.8, 0.05]
    assert facts.loc["worst slice", "change"] == 0.2
    assert facts.loc["version", "change"] == "same"
    assert facts.loc["edits", "change"] == "add 2, -drop 1"


def test_a_row_of_no_recipe_has_no_edits(ledger: Ledger) -> None:
    ledger.record("plain", Scored(), images())  # type: ignore[arg-type]

    assert len(ledger.recipe("plain")) == 0
    assert ledger.compare("plain", "plain").loc["edits", "change"] == "same"


def test_rows_of_an_older_ledger_have_no_recipe(tmp_path: Path) -> None:
    path = tmp_path / "old.jsonl"
    path.write_text('{"name": "old", "mean": 0.5, "version": "a"}\n', encoding="utf-8")

    assert len(Ledger(path).recipe(0)) == 0


def test_the_newest_row_of_a_name_is_meant(ledger: Ledger) -> None:
    ledger.record("raw", Scored(mean=0.9), images())  # type: ignore[arg-type]

    assert ledger.row("raw")["mean"] == 0.9
    assert ledger.row(0)["mean"] == 0.75


@pytest.mark.parametrize("which", [2, -3, "gone"])
def test_an_unknown_row_is_refused_by_name(which: int | str, ledger: Ledger) -> None:
    with pytest.raises(ValueError, match=r"There is no row .*names are: raw, collected"):
        ledger.row(which)


def test_a_recipe_whose_file_is_gone_is_missed_by_name(ledger: Ledger) -> None:
    for file in (ledger.path.parent / "recipes").iterdir():
        file.unlink()

    with pytest.raises(FileNotFoundError, match="There is no recipe at"):
        ledger.recipe(0)


def test_a_name_in_the_ledger_cannot_leave_its_folder(ledger: Ledger, tmp_path: Path) -> None:
    Recipe().drop(["x"]).save(tmp_path / "outside.json")
    ledger.path.write_text(
        '{"name": "old", "mean": 0.5, "version": "a", "recipe": "../outside.json"}\n'
    )

    with pytest.raises(ValueError, match="is no name of a file in"):
        ledger.recipe(0)


def test_csv_and_json_hold_every_row(ledger: Ledger, tmp_path: Path) -> None:
    table = pd.read_csv(ledger.export(tmp_path / "out" / "rows.csv"))
    rows = json.loads(ledger.export(tmp_path / "rows.json").read_text("utf-8"))

    assert table["name"].tolist() == [row["name"] for row in rows] == ledger.table["name"].tolist()
    assert rows[1]["scores"] == [0.74, 0.76]
    assert table["scores"][1] == "0.74 0.76"
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["rows.csv"]


def test_another_ending_is_refused(ledger: Ledger, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"exported as \.csv or \.json, got the ending '\.xlsx'"):
        ledger.export(tmp_path / "rows.xlsx")
