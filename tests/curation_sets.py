"""Small image sets in memory, for audits."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from dcwidgets.imageset import ImageSet


class Memory:
    """A store of bytes that counts how often it is read; an exception is raised, not returned."""

    def __init__(self, files: Mapping[str, bytes | Exception]) -> None:
        self.files = files
        self.reads: list[str] = []

    def read(self, id_: str) -> bytes:
        self.reads.append(id_)
        file = self.files[id_]
        if isinstance(file, Exception):
            raise file
        return file


def photo(seed: int = 0, width: int = 96, height: int = 80) -> Image.Image:
    """Coarse and fine forms in soft colours, sharp and well lit; no two seeds look alike."""
    rng = np.random.default_rng(seed)
    layers = np.zeros((height, width, 3))
    for cells in (4, 9, 24, width):
        noise = Image.fromarray(rng.integers(0, 256, (cells, cells, 3), dtype=np.uint8))
        layers += np.asarray(noise.resize((width, height), Image.Resampling.BICUBIC), float)
    return Image.fromarray((layers / 4 * 1.6 - 80).clip(0, 255).astype(np.uint8))


def encoded(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def image_set(
    files: Sequence[Image.Image | bytes | Exception],
    *,
    labels: Sequence[str | None] | None = None,
    splits: Sequence[str] | None = None,
    metadata: Mapping[str, Sequence[object]] | None = None,
) -> ImageSet:
    """Return a set with ids ``p0``, ``p1``, ... and the classes cat and dog."""
    ids = [f"p{number}" for number in range(len(files))]
    stored = {
        id_: encoded(file) if isinstance(file, Image.Image) else file
        for id_, file in zip(ids, files, strict=True)
    }
    sizes = [file.size if isinstance(file, Image.Image) else (96, 80) for file in files]
    named = [("cat", "dog")[number % 2] for number in range(len(ids))]
    table = pd.DataFrame(
        {
            "filename": [f"{id_}.png" for id_ in ids],
            "label": named if labels is None else list(labels),
            "split": "train" if splits is None else list(splits),
            "width": [width for width, _ in sizes],
            "height": [height for _, height in sizes],
            **{name: list(values) for name, values in (metadata or {}).items()},
        },
        index=pd.Index(ids, dtype="str"),
    )
    return ImageSet(table, ["cat", "dog"], Memory(stored), name="small")
