"""What a picture is like, as a few numbers: for sets without metadata, and for drift."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from dcwidgets.pipelines.feeding import pixels
from dcwidgets.training import readable

if TYPE_CHECKING:
    from dcwidgets.imageset import ImageSet

_SIZE, _BLOCK = 64, 256


def measured(images: ImageSet) -> pd.DataFrame:
    """Measure the pictures that decode.

    Returns
    -------
    pandas.DataFrame of shape (n, 6)
        By id: ``brightness``, ``contrast``, ``saturation``, ``warmth`` (red without blue) and
        ``sharpness`` of the picture at 64 pixels, values of 0 to 1; ``aspect ratio``, width by
        height.
    """
    array, ids = pixels(images, _SIZE)
    blocks = range(0, len(array), _BLOCK)
    found = pd.concat([_measured(array[start : start + _BLOCK]) for start in blocks])
    table = images.table.loc[ids]
    found["aspect ratio"] = (table["width"] / table["height"]).to_numpy(float)
    return found.set_axis(pd.Index(ids))


def _measured(array: npt.NDArray[np.uint8]) -> pd.DataFrame:
    unit = array.astype(np.float32) / 255
    grey = unit.mean(axis=3)
    around = grey[:, :-2, 1:-1] + grey[:, 2:, 1:-1] + grey[:, 1:-1, :-2] + grey[:, 1:-1, 2:]
    return pd.DataFrame(
        {
            "brightness": grey.mean(axis=(1, 2)),
            "contrast": grey.std(axis=(1, 2)),
            "saturation": (unit.max(axis=3) - unit.min(axis=3)).mean(axis=(1, 2)),
            "warmth": (unit[..., 0] - unit[..., 2]).mean(axis=(1, 2)),
            "sharpness": np.abs(around - 4 * grey[:, 1:-1, 1:-1]).mean(axis=(1, 2)),
        }
    )


def described(images: ImageSet) -> pd.DataFrame:
    """Return the table of images; where it has no metadata, measured properties stand in."""
    if images.metadata:
        return images.table
    return images.table.join(measured(readable(images, _SIZE)[1]))
