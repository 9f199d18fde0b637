"""Pictures of cats and dogs with probabilities whose errors a test has planted."""

from __future__ import annotations

import zlib

import numpy as np
import pandas as pd
from PIL import Image

from dcwidgets.evaluation import Evaluation, evaluate
from dcwidgets.imageset import ImageSet
from tests import hostile


class Pictures:
    """Encoded pictures by id, each of another grey where nothing else is given."""

    def __init__(self, greys: dict[str, int]) -> None:
        self.greys = greys

    def read(self, id_: str) -> bytes:
        """Return a JPEG."""
        grey = self.greys.get(id_, zlib.crc32(id_.encode()) % 256)
        return hostile.encoded(Image.new("RGB", (48, 32), (grey, grey, grey)))


def pets(rows: pd.DataFrame, greys: dict[str, int] | None = None) -> ImageSet:
    """Build a set of cats and dogs from a table with ``label`` and what else a test needs."""
    table = pd.DataFrame({"filename": [f"{id_}.jpg" for id_ in rows.index]}, index=rows.index)
    table = table.assign(width=48, height=32, split="gold").join(rows)
    return ImageSet(table, ["cat", "dog"], Pictures(greys or {}), name="pets")


def balanced(n: int, seed: int = 0) -> pd.DataFrame:
    """Return ``n`` rows with label, scene, coat and camera, all drawn alike."""
    rng = np.random.default_rng(seed)
    names = {
        "label": ["cat", "dog"],
        "scene": ["sofa", "garden", "beach"],
        "coat": ["black", "white", "grey"],
        "camera": ["phone", "tablet"],
    }
    drawn = {name: rng.choice(values, n) for name, values in names.items()}
    return pd.DataFrame(drawn, index=pd.Index([f"p{number}" for number in range(n)]))


def with_errors(rows: pd.DataFrame, wrong: pd.Series) -> Evaluation:
    """Judge by probabilities that are right, but for the given rows."""
    is_dog = (rows["label"] == "dog") ^ wrong
    return evaluate(np.where(is_dog, 0.9, 0.1), pets(rows))
