"""An image set of any size over a few drawn pictures."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
from PIL import Image

from dcwidgets.imageset import ImageSet


class Jpegs:
    """A store that hands out 256 drawn pictures of 180 px over and over."""

    def __init__(self) -> None:
        rng = np.random.default_rng(0)
        self._jpegs = [self._draw(rng) for _ in range(256)]

    def read(self, id_: str) -> bytes:
        """Return the bytes of the picture behind an id."""
        return self._jpegs[int(id_.rsplit("__", 1)[1]) % 256]

    @staticmethod
    def _draw(rng: np.random.Generator) -> bytes:
        noise = rng.integers(0, 256, (12, 12, 3), np.uint8)
        picture = Image.fromarray(noise).resize((180, 180), Image.Resampling.BICUBIC)
        file = io.BytesIO()
        picture.save(file, "JPEG", quality=90)
        return file.getvalue()


def picture_set(n: int) -> ImageSet:
    """Make an image set of ``n`` rows with ten columns, as an audited data set has them."""
    rng = np.random.default_rng(0)
    numbers = pd.Index(np.arange(n)).astype(str)
    table = pd.DataFrame(
        {
            "filename": numbers + ".jpg",
            "label": rng.choice(["cat", "dog"], n),
            "split": rng.choice(["train", "validation", "test"], n, p=[0.8, 0.1, 0.1]),
            "width": rng.integers(60, 500, n),
            "height": rng.integers(60, 500, n),
            "coat": rng.choice(["black", "white", "ginger", "tabby"], n),
            "scene": rng.choice(["sofa", "garden", "street"], n),
            "light": rng.beta(4, 3, n),
            "sharpness": rng.gamma(2, 30, n),
            "camera": rng.choice([f"camera {k}" for k in range(30)], n),
        },
        index=("bench-train.tfrecord-00000-of-00001__" + numbers).rename("id"),
    )
    return ImageSet(table, ["cat", "dog"], Jpegs(), name="bench")
