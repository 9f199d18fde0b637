"""Show what the scores of coreset methods find of the planted defects.

Run with ``python -m tests.coreset_cleaning [--data-dir DIR]``. Ranks the drawn training pictures
by each score, worst first, and compares with the answer key: of as many pictures as have the
defect, the share that has it (precision at k, which here is the recall, too), beside the share
that any pictures would have.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

import dcwidgets as dcw
from dcwidgets import sources
from dcwidgets.coresets.choosing import training_scores

ANOMALIES = ("off_topic", "blank", "dark", "light", "blurry")


def main(arguments: Sequence[str] | None = None) -> None:
    """Print one line per score and kind of defect."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path)
    options = parser.parse_args(arguments)
    images = sources.load("pocket_pets", data_dir=options.data_dir).where(split="train")
    key = sources.answer_key("pocket_pets", data_dir=options.data_dir)
    features = pd.DataFrame(dcw.embed(images), images.table.index).dropna()
    apart = features - features.mean()
    scores = training_scores(images, seed=0).assign(distance=(apart**2).sum(axis=1))
    for kind, defects in (("mislabelled", ("label",)), ("anomalies", ANOMALIES)):
        bad = np.isin(scores.index, key.index[key["defect"].isin(defects)])
        for name in ("el2n", "forgetting", "distance"):
            worst = np.argsort(-scores[name].fillna(0).to_numpy(), kind="stable")[: bad.sum()]
            share = f"{bad[worst].mean():.3f} of {bad.sum()}"
            print(f"{kind:12} {name:10} {share}, any {bad.mean():.3f}")


if __name__ == "__main__":
    main()
