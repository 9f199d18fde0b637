"""A contact sheet shows pictures with their words, and nothing in a name becomes markup."""

import io
import re

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from dcwidgets.contact_sheet import contact_sheet
from dcwidgets.figures import StaticFigure
from dcwidgets.imageset import ImageSet


class Reds:
    """A store of red pictures."""

    def read(self, id_: str) -> bytes:
        file = io.BytesIO()
        Image.new("RGB", (40, 30), (200, 20, 20)).save(file, "JPEG")
        return file.getvalue()


@pytest.fixture
def images() -> ImageSet:
    ids = ["a", "b", "<script>"]
    table = pd.DataFrame(
        {
            "filename": ids,
            "label": ["cat", None, "cat"],
            "split": "train",
            "width": 40,
            "height": 30,
        },
        index=pd.Index(ids, name="id"),
    )
    return ImageSet(table, ["cat"], Reds(), name="reds")


def test_each_picture_has_its_label_and_an_alternative_text(images: ImageSet) -> None:
    html = contact_sheet(images, ["a", "b"], size=32)._repr_html_()

    assert re.findall(r'alt="([^"]*)"', html) == ["Picture captioned cat", "Picture captioned ?"]
    assert html.count("data:image/jpeg;base64,") == 2


def test_captions_replace_labels(images: ImageSet) -> None:
    sheet = contact_sheet(images, ["b", "a", "a"], captions=pd.Series({"a": "twin"}), columns=2)

    assert sheet.captions == ["?", "twin", "twin"]
    assert repr(sheet) == "? | twin\ntwin"
    assert np.abs(sheet.tiles[0].mean((0, 1)) - [200, 20, 20]).max() < 3


def test_ids_and_captions_are_shown_as_text(images: ImageSet) -> None:
    captions = pd.Series({"<script>": "<img src=x>"})
    html = contact_sheet(images, ["<script>"], captions=captions)._repr_html_()

    assert "<script>" not in html
    assert "&lt;img src=x&gt;" in html


def test_no_pictures_make_an_empty_sheet(images: ImageSet) -> None:
    assert "<img" not in contact_sheet(images, [])._repr_html_()


def test_more_pictures_than_a_screen_holds_are_refused(images: ImageSet) -> None:
    with pytest.raises(ValueError) as caught:
        contact_sheet(images, ["a"] * 65)

    assert str(caught.value) == (
        "A contact sheet shows up to 64 pictures in at least 1 column, "
        "got 65 pictures in 8 columns. Show the first: ids[:64]."
    )


def test_a_figure_shows_itself_with_its_alternative_text() -> None:
    figure = StaticFigure(2, 1, alt='Score "raw" 0.5')
    figure.subplots().plot([1, 2])
    html = figure._repr_html_()

    assert 'alt="Score &quot;raw&quot; 0.5"' in html
    assert 'width="160"' in html
    assert repr(figure) == '<Figure: Score "raw" 0.5>'
