"""What a careful colleague makes of raw pictures in an afternoon: the gift of lesson 01."""

from __future__ import annotations

import pandas as pd

from dcwidgets.curation import audit
from dcwidgets.imageset import ImageSet
from dcwidgets.recipe import Recipe

# Defects that leave the picture itself sound: it can be kept, its label mended.
_SOUND = {"none", "label", "rare_coat", "scene_shortcut"}
# Findings about the set, or that say too little about one picture to leave it out.
_OF_THE_SET = ("imbalance", "spurious", "odd_size", "odd_aspect_ratio")


def review(images: ImageSet, key: pd.DataFrame | None, *, size: int = 240) -> Recipe:
    """Return the recipe that keeps a small, sound, balanced part of ``images``.

    Parameters
    ----------
    images : ImageSet
        Raw pictures with labels.
    key : pandas.DataFrame or None
        Answer key of drawn data: the colleague sees what is in each picture, and takes as
        many of each class in each scene. Without a key she can only leave out what an audit
        doubts, and take as many of each class; labels stay as they are.
    size : int, default 240
        Pictures to keep, about.

    Returns
    -------
    Recipe
        Drops what is left aside and corrects labels.
    """
    known = _looked_at(images, key) if key is not None else _doubted_left_out(images)
    parts = [rows for _, rows in known.groupby([*known.columns], observed=True)]
    share = -(-size // len(parts))
    kept = pd.concat([rows.sample(min(share, len(rows)), random_state=0) for rows in parts])
    labels = images.table["label"].loc[kept.index]
    aside = images.table.index.difference(kept.index, sort=False)
    recipe = Recipe().drop(aside, reason="left aside: broken, a copy, or not looked at")
    for label, rows in kept[kept["truth"] != labels].groupby("truth"):
        recipe.relabel(rows.index, str(label), reason="looked at: the label was wrong")
    return recipe


def _looked_at(images: ImageSet, key: pd.DataFrame) -> pd.DataFrame:
    rows = key[key.index.isin(images.table.index)]
    sound = rows["defect"].isin(_SOUND).groupby(level=0).all()
    truth = rows["true_label"].groupby(level=0).first()[sound]
    return pd.DataFrame({"truth": truth, "scene": images.table["scene"].loc[truth.index]})


def _doubted_left_out(images: ImageSet) -> pd.DataFrame:
    found = audit(images, progress=False).findings
    doubted = found.loc[~found["issue"].isin(_OF_THE_SET), "id"]
    kept = images.table.loc[~images.table.index.isin(doubted)].dropna(subset="label")
    return pd.DataFrame({"truth": kept["label"]})
