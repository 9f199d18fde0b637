"""Recipes replay exactly, undo exactly, and survive the disk."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcwidgets.imageset import ImageSet
from dcwidgets.recipe import Recipe
from tests import strategies
from tests.strategies import image_set, image_sets


@pytest.fixture
def images() -> ImageSet:
    """Two training images and two of the pool, whose labels are hidden."""
    rows = pd.DataFrame(
        {"label": ["cat", "dog", None, None], "split": ["train", "train", "pool", "pool"]},
        index=pd.Index(["a", "b", "c", "d"]),
    )
    return image_set(rows, hidden=pd.Series(["cat", "dog"], index=["c", "d"]))


def content(images: ImageSet) -> tuple[Any, ...]:
    """Everything of a set that an edit may change."""
    table = images.table.astype(object).where(images.table.notna(), None)
    return (images.version, table.to_dict("index"), images.weights.to_dict())


@settings(max_examples=40)
@given(data=st.data())
def test_saved_and_loaded_it_gives_the_same_version(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    images = data.draw(image_sets())
    recipe = data.draw(strategies.recipes(images))
    path = tmp_path_factory.getbasetemp() / "recipe.json"

    loaded = Recipe.load(recipe.save(path))

    assert loaded == recipe
    assert loaded.steps == recipe.steps
    assert content(loaded.apply(images)) == content(recipe.apply(images))
    assert Recipe.from_json(loaded.to_json()).to_json() == recipe.to_json()


@settings(max_examples=40)
@given(data=st.data())
def test_undo_gives_the_former_set_and_redo_the_latter(data: st.DataObject) -> None:
    images = data.draw(image_sets())
    steps = data.draw(strategies.recipes(images)).steps
    recipe, stages = Recipe(), [content(images)]
    for step in steps:
        edit_again(recipe, step)
        stages.append(content(recipe.apply(images)))

    for stage in reversed(stages[:-1]):
        assert content(recipe.undo().apply(images)) == stage
    for stage in stages[1:]:
        assert content(recipe.redo().apply(images)) == stage
    assert recipe.steps == steps


def edit_again(recipe: Recipe, step: dict[str, Any]) -> None:
    arguments = [step[name] for name in ("label", "split", "weight") if name in step]
    getattr(recipe, step["op"])(step["ids"], *arguments, reason=step["reason"])


@settings(max_examples=40)
@given(data=st.data())
def test_applying_leaves_set_and_recipe_as_they_were(data: st.DataObject) -> None:
    images = data.draw(image_sets())
    recipe = data.draw(strategies.recipes(images))
    before, steps = content(images), recipe.steps

    first, second = recipe.apply(images), recipe.apply(images)

    assert content(images) == before
    assert recipe.steps == steps
    assert content(first) == content(second)


@given(data=st.data())
def test_two_recipes_in_a_row_are_one_longer_recipe(data: st.DataObject) -> None:
    images = data.draw(image_sets())
    recipe = data.draw(strategies.recipes(images))
    cut = data.draw(st.integers(0, len(recipe)))
    halves = [Recipe(), Recipe()]
    for number, step in enumerate(recipe.steps):
        edit_again(halves[number >= cut], step)

    together = halves[1].apply(halves[0].apply(images))

    assert content(together) == content(recipe.apply(images))


@given(data=st.data())
def test_a_new_edit_forgets_what_was_undone(data: st.DataObject) -> None:
    images = data.draw(image_sets())
    recipe = data.draw(strategies.recipes(images)).move(["x"], "test").undo().move(["y"], "test")

    with pytest.raises(ValueError, match=r"^There is nothing to redo: "):
        recipe.redo()


def test_each_edit_does_what_its_name_says(images: ImageSet) -> None:
    recipe = (
        Recipe()
        .drop(["a"], reason="blurred")
        .relabel("b", "cat")
        .move(["b"], "test")
        .weight(["b", "c"], 3)
        .add(["c"])
    )

    edited = recipe.apply(images)

    assert edited.table["split"].to_dict() == {"b": "test", "c": "train", "d": "pool"}
    assert edited.table["label"].dropna().to_dict() == {"b": "cat", "c": "cat"}
    assert edited.weights.to_dict() == {"b": 3.0, "c": 3.0, "d": 1.0}
    assert repr(recipe) == "<Recipe: drop 1, relabel 1, move 1, weight 2, add 1>"


def test_adding_does_not_overwrite_a_label_that_was_given(images: ImageSet) -> None:
    edited = Recipe().relabel(["c"], "dog").add(["c", "d"]).apply(images)

    assert edited.table.loc[["c", "d"], "label"].tolist() == ["dog", "dog"]


def test_an_edit_of_nothing_is_no_edit(images: ImageSet) -> None:
    recipe = Recipe().drop([]).move([], "test")

    assert len(recipe) == 0
    assert recipe.apply(images).version == images.version


def test_the_same_id_twice_counts_once() -> None:
    assert Recipe().drop(["b", "a", "b"]).steps[0]["ids"] == ["b", "a"]


def test_steps_are_copies() -> None:
    recipe = Recipe().drop(["a"])
    recipe.steps[0]["ids"].append("b")
    recipe.steps.clear()

    assert recipe.steps == [{"op": "drop", "ids": ["a"], "reason": ""}]


@pytest.mark.parametrize(
    ("recipe", "message"),
    [
        (
            Recipe().move(["a"], "test").drop(["z"]),
            (
                "Edit 2 (drop) does not fit: 1 of 1 ids are not in this image set of 4: 'z'. "
                "Take ids from the index of `images.table`."
            ),
        ),
        (
            Recipe().drop(["a"]).relabel(["a"], "cat"),
            (
                "Edit 2 (relabel) does not fit: 1 of 1 ids are not in this image set of 3: 'a'. "
                "Take ids from the index of `images.table`."
            ),
        ),
        (
            Recipe().relabel(["a"], "Cat"),
            (
                "Edit 1 (relabel) does not fit: 'Cat' is not a class. Classes are: cat, dog, "
                "bird's nest."
            ),
        ),
    ],
)
def test_an_edit_that_does_not_fit_is_named(recipe: Recipe, message: str, images: ImageSet) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        recipe.apply(images)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda r: r.drop([3]), "an id must be text, got 3."),
        (lambda r: r.drop(["a"], reason=None), "reason must be text, got None."),
        (lambda r: r.move(["a"], ""), "split must not be empty."),
        (lambda r: r.relabel(["a"], 1), "label must be text, got 1."),
        (lambda r: r.weight(["a"], -1), "weight must be a number of at least 0, got -1."),
        (lambda r: r.weight(["a"], True), "weight must be a number of at least 0, got True."),
        (lambda r: r.weight(["a"], "1"), "weight must be a number of at least 0, got '1'."),
        (
            lambda r: r.weight(["a"], float("nan")),
            "weight must be a number of at least 0, got nan.",
        ),
        (
            lambda r: r.weight(["a"], float("inf")),
            "weight must be a number of at least 0, got inf.",
        ),
        (lambda r: r.undo(), "There is nothing to undo: the recipe has no edits."),
    ],
)
def test_a_bad_edit_is_refused_and_not_kept(call: Any, message: str) -> None:
    recipe = Recipe()

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        call(recipe)
    assert len(recipe) == 0


def test_a_weight_too_large_for_a_float_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^weight must be a number of at least 0, got 1000"):
        Recipe().weight(["a"], 10**400)


def test_numbers_and_text_of_numpy_are_taken() -> None:
    table = pd.DataFrame({"n": [1.5]}, index=["a"], dtype="float32")

    recipe = Recipe().weight(table.index, table["n"].iloc[0]).drop(table.index.to_numpy())

    assert json.loads(recipe.to_json())["steps"] == [
        {"op": "weight", "ids": ["a"], "weight": 1.5, "reason": ""},
        {"op": "drop", "ids": ["a"], "reason": ""},
    ]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
STEPS = st.fixed_dictionaries(
    {"op": st.sampled_from(["drop", "move", "relabel", "add", "weight"]) | JSON},
    optional={
        "ids": st.lists(st.text(max_size=3) | JSON, max_size=3) | JSON,
        "reason": st.text(max_size=3) | JSON,
        "split": st.text(max_size=3) | JSON,
        "label": st.text(max_size=3) | JSON,
        "weight": st.floats() | st.integers() | JSON,
    },
)


@settings(max_examples=300)
@given(JSON | st.fixed_dictionaries({"format": st.just(1) | JSON, "steps": st.lists(STEPS) | JSON}))
def test_any_json_is_a_recipe_or_refused_as_one(value: object) -> None:
    try:
        recipe = Recipe.from_json(json.dumps(value))
    except ValueError as error:
        refusal = str(error)
    else:
        refusal = ""
        assert Recipe.from_json(recipe.to_json()) == recipe
    known = r"|This is not a recipe: .*|Step \d+ of the recipe is broken: .*"
    assert re.fullmatch(known, refusal, re.DOTALL)


@given(st.text(max_size=40))
def test_any_text_is_a_recipe_or_refused_as_one(text: str) -> None:
    with pytest.raises(ValueError, match=r"^This is not a recipe: "):
        Recipe.from_json(text)


def test_a_recipe_that_was_cut_off_says_where(tmp_path: Path) -> None:
    path = Recipe().drop(["a", "b"]).save(tmp_path / "recipe.json")
    path.write_bytes(path.read_bytes()[:-8])

    with pytest.raises(ValueError, match=r"^This is not a recipe: no JSON at line \d+\.$"):
        Recipe.load(path)


def test_a_missing_recipe_is_named(tmp_path: Path) -> None:
    path = tmp_path / "none.json"

    expected = f"There is no recipe at {path}. `Recipe.save(path)` writes one."
    with pytest.raises(FileNotFoundError, match=f"^{re.escape(expected)}$"):
        Recipe.load(path)


def test_a_failed_save_leaves_the_former_recipe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Recipe().drop(["a"]).save(tmp_path / "work" / "recipe.json")

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        Recipe().drop(["b"]).save(path)
    assert Recipe.load(path).steps[0]["ids"] == ["a"]
    assert [entry.name for entry in path.parent.iterdir()] == ["recipe.json"]
