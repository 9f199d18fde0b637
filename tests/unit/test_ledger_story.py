"""The story of a ledger tells the page its rows and Python what was chosen there."""

from __future__ import annotations

from pathlib import Path

import pytest
import traitlets

import dcwidgets as dcw
from dcwidgets.recipe import Recipe
from tests.curation_sets import image_set, photo
from tests.unit.test_ledger import Scored, images


@pytest.fixture
def ledger(tmp_path: Path) -> dcw.Ledger:
    """Three rows, the first recorded twice."""
    ledger = dcw.Ledger(tmp_path / "ledger.jsonl")
    recipe = Recipe().drop(["a"], reason="copy").relabel(["b"], "cat")
    for name, mean in (("raw", 0.6), ("better", 0.7), ("raw", 0.65)):
        edits = recipe if name == "better" else None
        ledger.record(name, Scored(mean=mean), images(), edits)  # type: ignore[arg-type]
    return ledger


def test_the_page_is_told_every_row_once_with_its_recipe_and_no_id(ledger: dcw.Ledger) -> None:
    rows = dcw.LedgerStory(ledger)._rows

    assert [(row["name"], row["mean"]) for row in rows] == [("better", 0.7), ("raw", 0.65)]
    assert rows[0]["steps"] == [
        {"op": "drop", "n": 1, "reason": "copy"},
        {"op": "relabel", "n": 1, "reason": "", "value": "cat"},
    ]
    assert rows[1]["steps"] == []


def test_what_the_page_chooses_is_the_selection(ledger: dcw.Ledger) -> None:
    story = dcw.LedgerStory(ledger)
    assert story.selection is None

    story.set_state({"_selected": 0})

    chosen = story.selection
    assert chosen is not None
    assert chosen["name"] == "better"
    assert story.recipe.summary() == "drop 1, relabel 1"


def test_code_chooses_by_name(ledger: dcw.Ledger) -> None:
    story = dcw.LedgerStory(ledger)
    story.selection = "raw"

    assert story._selected == 1
    story.selection = None
    assert story._selected == -1
    with pytest.raises(ValueError, match=r"There is no row 'gone'\. Rows are: better, raw"):
        story.selection = "gone"


def test_a_row_that_is_not_there_cannot_be_chosen_by_a_page(ledger: dcw.Ledger) -> None:
    with pytest.raises(traitlets.TraitError, match="There is no row 2"):
        dcw.LedgerStory(ledger)._selected = 2


def test_the_inspector_opens_with_the_edits_of_the_row(ledger: dcw.Ledger) -> None:
    story = dcw.LedgerStory(ledger)
    story.selection = "better"

    inspector = story.inspect(images())

    assert inspector.recipe == story.recipe
    assert len(inspector.images) == 3


def test_without_a_choice_there_is_nothing_to_inspect(ledger: dcw.Ledger) -> None:
    with pytest.raises(ValueError, match="No row is chosen"):
        dcw.LedgerStory(ledger).inspect(images())


def test_a_lost_recipe_leaves_the_story_readable(ledger: dcw.Ledger) -> None:
    for file in (ledger.path.parent / "recipes").iterdir():
        file.unlink()

    row = dcw.LedgerStory(ledger)._rows[0]
    assert (row["steps"], row["edits"]) == ([], "drop 1, relabel 1")


def test_a_saved_notebook_shows_the_static_picture(ledger: dcw.Ledger) -> None:
    bundle = dcw.LedgerStory(ledger)._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle

    assert 'alt="Accuracy row by row: better 0.70, raw 0.65."' in data["text/html"]


def test_what_is_no_ledger_or_empty_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"such as run\.ledger, got str"):
        dcw.LedgerStory("work/ledger.jsonl")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="is empty"):
        dcw.LedgerStory(dcw.Ledger(tmp_path / "none.jsonl"))


def test_a_chosen_row_opens_its_pictures_and_closes_those_before(tmp_path: Path) -> None:
    pictures = image_set([photo(n) for n in range(4)])
    ledger = dcw.Ledger(tmp_path / "ledger.jsonl")
    for name, recipe in (("raw", None), ("fewer", Recipe().drop(["p1"], reason="copy"))):
        ledger.record(name, Scored(), pictures, recipe)  # type: ignore[arg-type]
    story = dcw.LedgerStory(ledger, pictures)

    story.set_state({"_selected": 1})
    first = story._inspector
    assert first.recipe.summary() == "drop 1"
    story.selection = "raw"
    assert story._inspector.recipe.steps == []
    assert first.comm is None
    story.selection = None
    assert story._inspector is None


def test_a_row_of_other_pictures_says_why_it_cannot_be_opened(ledger: dcw.Ledger) -> None:
    story = dcw.LedgerStory(ledger, image_set([photo(7)]))

    story.selection = "better"

    assert story._inspector is None
    assert "ids are not in this image set" in story._problem
    story.selection = "raw"
    assert story._problem == ""


def test_without_images_choosing_opens_nothing(ledger: dcw.Ledger) -> None:
    story = dcw.LedgerStory(ledger)

    story.selection = "better"

    assert (story._opens, story._inspector) == (False, None)
