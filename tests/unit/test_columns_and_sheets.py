"""What a widget's page is sent: a table's columns, and pictures laid out on sheets."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from dcwidgets.widgets._columns import encode_columns
from dcwidgets.widgets._sheets import sheet_image, sprite_sheet


def columns(series: pd.Series) -> Any:
    found = encode_columns(pd.DataFrame({"x": series}))
    return found[0] if found else None


@pytest.mark.parametrize(
    ("series", "kind", "values"),
    [
        pytest.param(pd.Series([True, False, True]), "category", (False, True), id="bool"),
        pytest.param(pd.Series([3, 1, 3]), "category", (1, 3), id="few whole numbers"),
        pytest.param(pd.Series(range(50)), "number", (), id="many whole numbers"),
        pytest.param(pd.Series([0.5, None]), "number", (), id="floats"),
        pytest.param(pd.Series(pd.to_datetime(["2020-01-01"])), "date", (), id="dates"),
        pytest.param(
            pd.Series(pd.Categorical(["b", "a"], ["b", "a", "c"], ordered=True)),
            "category",
            ("b", "a"),
            id="ordered categories",
        ),
        pytest.param(pd.Series(["b", 1, "b"], dtype=object), "category", (1, "b"), id="mixed"),
    ],
)
def test_a_column_is_drawn_by_its_kind(series: pd.Series, kind: str, values: Any) -> None:
    column = columns(series)

    assert (column.kind, column.categories) == (kind, values)


@pytest.mark.parametrize(
    "series",
    [
        pytest.param(pd.Series([f"{k}.jpg" for k in range(40)]), id="one name per row"),
        pytest.param(pd.Series([None, None]), id="nothing in it"),
        pytest.param(pd.Series([[1], [2]]), id="lists"),
    ],
)
def test_a_column_that_cannot_be_drawn_is_left_out(series: pd.Series) -> None:
    assert columns(series) is None


def test_dates_are_days_since_1970() -> None:
    assert columns(pd.Series(pd.to_datetime(["1970-01-03"]))).data.tolist() == [2.0]


def test_a_sheet_that_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match=r"0 tiles of 64 px .* Expected 1 to 1024 tiles"):
        sprite_sheet(np.zeros((0, 64, 64, 3), np.uint8))


def test_a_saved_sheet_is_transparent_where_its_last_row_ends() -> None:
    tiles = np.full((5, 8, 8, 3), 200, np.uint8)

    tag = sheet_image(tiles, columns=3, alt="five")

    encoded = tag.split("base64,")[1].split('"')[0]
    with Image.open(io.BytesIO(base64.b64decode(encoded))) as picture:
        alpha = np.asarray(picture.convert("RGBA"))[..., 3]
    assert alpha.shape == (16, 24)
    assert (alpha[8:, 16:] == 0).all()
    assert (alpha > 0).sum() == 5 * 64
