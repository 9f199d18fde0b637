"""Image sets and recipes for property tests."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd
from hypothesis import strategies as st

from dcwidgets.imageset import ImageSet
from dcwidgets.recipe import Recipe
from tests import hostile

CLASSES = ["cat", "dog", "bird's nest"]
SPLITS = ["train", "validation", "test", "pool"]
IDS = [
    f"pets-{split}.tfrecord-00000-of-00001__{n}" for split in ("train", "pool") for n in range(6)
]
JPEG = hostile.encoded(hostile.picture())


@dataclass
class MemoryStore:
    """Encoded pictures by id; the same small picture where nothing else is given."""

    contents: Mapping[str, bytes] = field(default_factory=dict)

    def read(self, id_: str) -> bytes:
        return self.contents.get(id_, JPEG)


def image_set(rows: pd.DataFrame, *, hidden: pd.Series | None = None) -> ImageSet:
    """Build a set from a table with ``label`` and ``split``, and what else a test needs."""
    table = pd.DataFrame({"filename": [f"{id_}.jpg" for id_ in rows.index]}, index=rows.index)
    table = table.assign(width=48, height=32).join(rows)
    return ImageSet(table, CLASSES, MemoryStore(), name="pets", hidden_labels=hidden)


@st.composite
def image_sets(draw: st.DrawFn, *, min_size: int = 1) -> ImageSet:
    """Up to twelve images; those of the pool may have hidden labels."""
    ids = draw(st.permutations(IDS))[: draw(st.integers(min_size, len(IDS)))]
    labels = draw(_column(st.sampled_from(CLASSES), ids))
    splits = draw(_column(st.sampled_from(SPLITS), ids))
    coats = draw(_column(st.sampled_from(["black", "white"]), ids))
    is_hidden = [split == "pool" and draw(st.booleans()) for split in splits]
    shown = [None if gone else label for label, gone in zip(labels, is_hidden, strict=True)]
    rows = pd.DataFrame({"label": shown, "split": splits, "coat": coats}, index=pd.Index(ids))
    return image_set(rows, hidden=pd.Series(labels, index=ids)[is_hidden])


@st.composite
def recipes(draw: st.DrawFn, images: ImageSet, *, max_size: int = 8) -> Recipe:
    """Edits that fit an image set in their order."""
    recipe, left = Recipe(), list(images.table.index)
    for _ in range(draw(st.integers(0, max_size))):
        if not left:
            break
        ids = draw(st.lists(st.sampled_from(left), max_size=4))
        edit(draw, recipe, ids)
        if recipe.steps and recipe.steps[-1]["op"] == "drop":
            left = [id_ for id_ in left if id_ not in recipe.steps[-1]["ids"]]
    return recipe


def edit(draw: st.DrawFn, recipe: Recipe, ids: list[str]) -> None:
    """Make one edit of any kind."""
    reason = draw(st.text(max_size=8))
    match draw(st.sampled_from(["drop", "move", "relabel", "add", "weight"])):
        case "drop":
            recipe.drop(ids, reason=reason)
        case "move":
            recipe.move(ids, draw(st.sampled_from(SPLITS)), reason=reason)
        case "relabel":
            recipe.relabel(ids, draw(st.sampled_from(CLASSES)), reason=reason)
        case "add":
            recipe.add(ids, reason=reason)
        case "weight":
            recipe.weight(ids, draw(st.floats(0, 1e6)), reason=reason)


def _column(values: st.SearchStrategy[str], ids: list[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(values, min_size=len(ids), max_size=len(ids))
