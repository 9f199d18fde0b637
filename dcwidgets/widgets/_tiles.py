"""What every grid of thumbnails asks for."""

from __future__ import annotations

import pandas as pd

from dcwidgets.imageset import ImageSet
from dcwidgets.widgets._messages import Ask, Reply
from dcwidgets.widgets._sheets import most_tiles, sprite_sheet

SMALLEST, LARGEST = 16, 320


def thumbnails(images: ImageSet, ids: pd.Index, ask: Ask) -> Reply:
    """Answer with one sheet of the rows asked for, as rows of ``ids``, at the size asked for."""
    size = ask.integer("size", low=SMALLEST, high=LARGEST)
    rows = ask.indices(below=len(ids), most=most_tiles(size))
    sheet, columns = sprite_sheet(images.thumbnails(list(ids[rows]), size=size))
    return {"columns": columns}, [sheet]
