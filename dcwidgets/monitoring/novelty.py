"""How unlike everything usual a picture is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from dcwidgets.pipelines.feeding import pixels

if TYPE_CHECKING:
    from dcwidgets.imageset import ImageSet

_SIZE, _CELL = 64, 8
_KEPT = 16
_NEIGHBOURS = 5


class Novelty:
    """Distance to the nearest usual pictures, by the colours of their parts.

    Everything is fitted to the usual pictures alone, so that the novelty of a picture does not
    hang on what else arrives.

    Parameters
    ----------
    usual : ImageSet
        At least a few pictures that decode.
    """

    def __init__(self, usual: ImageSet) -> None:
        from sklearn.decomposition import PCA
        from sklearn.neighbors import NearestNeighbors

        colours = _colours(usual)
        self._projection = PCA(min(_KEPT, *colours.shape), random_state=0).fit(colours)
        points = self._projection.transform(colours)
        self._nearest = NearestNeighbors(n_neighbors=min(_NEIGHBOURS, len(points))).fit(points)

    def of(self, images: ImageSet) -> npt.NDArray[np.floating[Any]]:
        """Return the mean distance of each picture that decodes, shape (n,)."""
        points = self._projection.transform(_colours(images))
        return np.asarray(self._nearest.kneighbors(points)[0].mean(axis=1))


def _colours(images: ImageSet) -> npt.NDArray[np.floating[Any]]:
    array, _ = pixels(images, _SIZE)
    cells = _SIZE // _CELL
    unit = array.reshape(len(array), cells, _CELL, cells, _CELL, 3).astype(np.float32) / 255
    return np.asarray(unit.mean(axis=(2, 4)).reshape(len(array), -1))
