"""Show how hard the drawn data is, and what each kind of mending earns.

Run with ``python -m tests.pocket_pets_difficulty [--data-dir DIR] [--seeds 0 1 2]``.
Trains the frozen model on the raw training split, on the same split with its labels
fixed, with its broken and repeated pictures dropped, and fully mended; prints the
score on the trusted test set, its worst slices, and the score on a validation part
of the raw split, which is what a learner would believe without the trusted set.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

import dcwidgets as dcw
from dcwidgets import sources
from dcwidgets.imageset import ImageSet
from dcwidgets.training import Score, build_bigger_model, measure

DROPPED = (
    "exact_duplicate",
    "near_duplicate",
    "dark",
    "light",
    "blurry",
    "blank",
    "off_topic",
    "unreadable",
)


def relabel(key: pd.DataFrame) -> dcw.Recipe:
    """Give every training picture its true label."""
    recipe = dcw.Recipe()
    wrong = key[(key["defect"] == "label") & key["split"].eq("train")]
    for label, rows in wrong.groupby("true_label"):
        recipe.relabel(rows.index.unique(), str(label), reason="wrong label")
    return recipe


def drop(key: pd.DataFrame, recipe: dcw.Recipe | None = None) -> dcw.Recipe:
    """Leave out what is broken, repeated or off topic."""
    recipe = recipe or dcw.Recipe()
    bad = key[key["defect"].isin(DROPPED) & key["split"].eq("train")]
    return recipe.drop(bad.index.unique(), reason="broken or repeated")


def represent(key: pd.DataFrame, images: ImageSet, recipe: dcw.Recipe) -> dcw.Recipe:
    """Add the pool but its copies, and halve the weight of the scene that gives labels away."""
    pool = key[key["split"].eq("pool")]
    copies = pool.index[pool["defect"].isin(DROPPED)]
    recipe.add(pool.index.unique().difference(copies), reason="missing combinations")
    kept = recipe.apply(images).table.index
    shortcut = key[(key["defect"] == "scene_shortcut") & key["split"].eq("train")].index.unique()
    return recipe.weight(shortcut.intersection(kept), 0.5, reason="scene gives the label away")


def missing_combinations(key: pd.DataFrame, images: ImageSet, recipe: dcw.Recipe) -> dcw.Recipe:
    """Add only pool pictures of a scene and class that train hardly has."""
    table = images.table
    train = recipe.apply(images).where(split="train").table
    counts = train.groupby(["scene", "label"]).size()
    rare_coats = train.groupby(["coat", "label"]).size()
    truth = key["true_label"][~key.index.duplicated()]
    clean = key[(key["defect"] == "none") & key["split"].eq("pool")].index
    chosen = [
        id_
        for id_ in clean
        if counts.get((table.loc[id_, "scene"], truth[id_]), 0) < 150
        or rare_coats.get((table.loc[id_, "coat"], truth[id_]), 0) < 150
    ]
    return recipe.add(chosen, reason="missing combinations")


def validation_score(images: ImageSet, recipe: dcw.Recipe, seeds: Sequence[int]) -> Score:
    """Score on a random tenth of the edited training split, as a learner would do first."""
    train = recipe.apply(images).where(split="train")
    parts = train.split(train=0.8, validation=0.1, test=0.1, seed=0, stratify="label")
    return measure(
        parts.where(split="train"), parts.where(split="validation"), seeds=seeds, progress=False
    )


def show(name: str, images: ImageSet, score: Score, believed: Score | None = None) -> None:
    """Print one row and its worst slices."""
    size = len(images.where(split="train"))
    hope = f"validation {believed.mean:.3f}" if believed else ""
    print(f"{name:28} {size:5} pictures   gold {score}   {hope}")
    worst = score.slices.head(6)
    print("   " + "; ".join(f"{row.slice} {row.accuracy:.2f}" for row in worst.itertuples()))


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--only", nargs="+")
    options = parser.parse_args(arguments)
    images = sources.load("pocket_pets", data_dir=options.data_dir)
    key = sources.answer_key("pocket_pets", data_dir=options.data_dir)
    key["split"] = images.table["split"].reindex(key.index)
    gold = images.where(split="gold")
    recipes = {
        "raw": dcw.Recipe(),
        "labels fixed": relabel(key),
        "broken and repeated dropped": drop(key),
        "dropped, labels fixed": drop(key, relabel(key)),
        "missing combinations added": missing_combinations(key, images, drop(key, relabel(key))),
        "fully mended": represent(key, images, drop(key, relabel(key))),
    }
    for name, recipe in recipes.items():
        if options.only and name not in options.only:
            continue
        edited = recipe.apply(images)
        score = measure(edited, gold, seeds=options.seeds, progress=False)
        believed = validation_score(images, recipe, options.seeds) if "added" not in name else None
        show(name, edited, score, believed)
    if not options.only:
        bigger = measure(
            images, gold, seeds=options.seeds, build=build_bigger_model, progress=False
        )
        show("raw, bigger model", images, bigger)


if __name__ == "__main__":
    main()
