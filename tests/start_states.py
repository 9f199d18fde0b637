"""Write the start states of lessons: ``python -m tests.start_states``.

A state is what the lessons before it make of the drawn data; the recipes here do what
their notebooks do, and a test compares them with what is shipped.
"""

from __future__ import annotations

import pandas as pd

from dcwidgets.course.states import STATES, save_state
from dcwidgets.curation import audit
from dcwidgets.imageset import ImageSet
from dcwidgets.recipe import Recipe
from dcwidgets.sources import answer_key, load
from tests.conftest import data_folder

# What lesson 02 drops from train where precision against the key was high.
SURE = (
    *("leak", "exact_duplicate", "near_duplicate", "unreadable", "low_information"),
    *("dark", "light", "blurry", "outlier"),
)


def after_curation(drawn: ImageSet) -> Recipe:
    """Return what lesson 02 makes of the raw pictures: dealt, and mended in train."""
    raw = drawn.where(split="train")
    dealt = raw.split(train=0.8, validation=0.1, test=0.1, seed=0)
    found = audit(dealt, progress=False).findings.query("issue in @SURE").drop_duplicates("id")
    train = dealt.where(split="train").table.index
    recipe = Recipe()
    for split in ("validation", "test"):
        recipe.move(dealt.where(split=split).table.index, split, reason="dealt in lesson 02")
    for issue, rows in found.groupby("issue", sort=False):
        recipe.drop(train.intersection(pd.Index(rows["id"])), reason=str(issue))
    return recipe


def after_labeling(drawn: ImageSet, key: pd.DataFrame) -> Recipe:
    """Return what lessons 02 and 05 make of it: curated, and wrong labels mended by review."""
    recipe = after_curation(drawn)
    train = recipe.apply(drawn).where(split="train").table
    wrong = key[(key["defect"] == "label") & key.index.isin(train.index)]
    for label, rows in wrong.groupby("true_label"):
        recipe.relabel(rows.index, str(label), reason="looked at: the label was wrong")
    return recipe


def main() -> None:
    """Write the states of this checkout."""
    drawn = load("pocket_pets", data_dir=data_folder())
    key = answer_key("pocket_pets", data_dir=data_folder())
    STATES.mkdir(exist_ok=True)
    save_state(STATES / "03.json", after_curation(drawn), drawn)
    save_state(STATES / "06.json", after_labeling(drawn, key), drawn)


if __name__ == "__main__":
    main()
