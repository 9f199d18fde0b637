"""A widget with a grid of pictures in which some are selected, in the page or in Python."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from dcwidgets.imageset import ImageSet
from dcwidgets.widgets._messages import Answer, Ask, AskedWidget, Reply
from dcwidgets.widgets._tiles import thumbnails


class SelectingWidget(AskedWidget):
    """Shows pictures of one image set, and keeps `selection` and the page the same.

    Parameters
    ----------
    pictures : ImageSet
        What is shown; the page knows a picture by its row.
    **traits
        As for any widget.
    """

    def __init__(self, pictures: ImageSet, **traits: object) -> None:
        self._pictures = pictures
        self._ids = pictures.table.index
        self._selected: npt.NDArray[np.int64] = np.zeros(0, np.int64)
        super().__init__(**traits)

    @property
    def selection(self) -> list[str]:
        """Ids of the selected pictures, in the order of the table; assign ids to select."""
        return list(self._ids[self._selected])

    @selection.setter
    def selection(self, ids: Iterable[str]) -> None:
        rows = self._ids.get_indexer(pd.Index(self._pictures.known(ids)))
        self._selected = np.unique(rows)
        self.send({"event": "selection"}, [self._packed_selection()])

    def _packed_selection(self) -> bytes:
        return self._selected.astype("<u4").tobytes()

    def _answers(self) -> Mapping[str, Answer]:
        return {
            "thumbnails": lambda ask: thumbnails(self._pictures, self._ids, ask),
            "select": self._select,
        }

    def _select(self, ask: Ask) -> Reply:
        self._selected = np.unique(ask.indices(below=len(self._ids)))
        return {}, []
