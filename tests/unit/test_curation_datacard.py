import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

import dcwidgets as dcw
from tests.curation_sets import encoded, image_set, photo
from tests.hostile import jpeg_with_place, turned_jpeg

LICENSE = "https://creativecommons.org/licenses/by/4.0/"


def tell_tale(**options: Any) -> bytes:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x013B] = "Nikon", "D70", "Ada Lovelace"
    exif[0x0132] = "2024:05:01 10:00:00"
    exif.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + "at home".encode("utf-16-le")
    place = exif.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "N", (51.0, 30.0, 0.0), "W", (0.0, 7.0, 30.0)
    return encoded(photo(1), "JPEG", exif=exif, comment=b"my kitchen", **options)


def test_what_a_file_tells_beside_its_pixels_is_listed() -> None:
    found = dcw.hidden_data(tell_tale()).set_index("field")

    assert found["kind"].to_dict() == {
        "Make": "device",
        "Model": "device",
        "Artist": "person",
        "DateTime": "time",
        "UserComment": "text",
        "GPSInfo": "place",
        "comment": "text",
    }
    assert found.loc["GPSInfo", "value"] == "51.50000, -0.12500"
    assert found.loc["Artist", "value"] == "Ada Lovelace"
    assert "at home" in str(found.loc["UserComment", "value"])


@pytest.mark.parametrize(
    "file", [b"", b"no picture", encoded(photo()), encoded(photo(), "JPEG")], ids=len
)
def test_a_file_without_anything_to_hide_has_an_empty_list(file: bytes) -> None:
    found = dcw.hidden_data(file)

    assert found.empty
    assert found.columns.tolist() == ["kind", "field", "value"]


def test_a_position_that_is_not_whole_is_listed_all_the_same() -> None:
    assert "place" in dcw.hidden_data(jpeg_with_place())["kind"].tolist()


def test_long_texts_are_shortened() -> None:
    note = PngImagePlugin.PngInfo()
    note.add_text("Comment", "x" * 500)

    value = dcw.hidden_data(encoded(photo(), "PNG", pnginfo=note)).loc[0, "value"]

    assert len(str(value)) == 80


def test_hidden_data_of_a_set_is_listed_by_id() -> None:
    found = dcw.find_hidden_data(image_set([photo(1), tell_tale(), b"", OSError("gone")]))

    assert found["id"].unique().tolist() == ["p1"]
    assert len(found) == 7


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(tell_tale(), id="JPEG"),
        pytest.param(jpeg_with_place(), id="JPEG with thumbnail and tail"),
        pytest.param(turned_jpeg(6), id="turned JPEG"),
        pytest.param(encoded(photo(), "PNG", exif=Image.Exif()), id="PNG"),
        pytest.param(encoded(photo(), "WEBP", xmp=b"<x>secret</x>"), id="WebP"),
    ],
)
def test_a_stripped_file_tells_nothing_but_its_pixels(file: bytes) -> None:
    stripped = dcw.strip_hidden_data(file)

    assert dcw.hidden_data(stripped).empty
    assert b"ecret" not in stripped
    assert Image.open(io.BytesIO(stripped)).getexif().get(0x0112) is None


def test_stripping_keeps_the_pixels_of_a_jpeg_bit_by_bit() -> None:
    before = np.asarray(Image.open(io.BytesIO(tell_tale())))
    after = np.asarray(Image.open(io.BytesIO(dcw.strip_hidden_data(tell_tale()))))

    np.testing.assert_array_equal(before, after)


def test_stripping_stands_a_turned_picture_upright() -> None:
    lying = Image.open(io.BytesIO(turned_jpeg(6)))
    upright = Image.open(io.BytesIO(dcw.strip_hidden_data(turned_jpeg(6))))

    assert upright.size == lying.size[::-1]


def test_what_is_no_picture_is_not_stripped() -> None:
    with pytest.raises(ValueError, match="empty"):
        dcw.strip_hidden_data(b"")


def test_a_card_says_what_people_and_what_the_audit_know(tmp_path: Path) -> None:
    pictures = [photo(seed) for seed in range(39)]
    scene = ["sofa", "garden"] * 20
    images = image_set([*pictures, tell_tale()], metadata={"scene": scene})
    audit = dcw.audit(images, progress=False)

    card = dcw.data_card(
        images,
        audit,
        tmp_path / "cards" / "pets.json",
        description="Forty pictures of pets.",
        license=LICENSE,
        creator="The class of 2026",
        data_collection="Taken at home.",
        data_biases=["Only cats that sit still."],
    )

    assert json.loads((tmp_path / "cards" / "pets.json").read_text("utf-8")) == card
    assert card["license"] == LICENSE
    assert images.version in card["description"]
    assert card["rai:dataCollection"] == "Taken at home."
    assert card["rai:dataBiases"][0] == "Only cats that sit still."
    assert card["rai:dataBiases"][1].startswith("scene = ")
    assert "spurious" in card["rai:dataLimitations"]
    assert "place 1" in card["rai:personalSensitiveInformation"]


def test_the_records_of_a_card_can_be_read_back(tmp_path: Path) -> None:
    import mlcroissant as mlc

    images = image_set([photo(1), photo(2)], metadata={"age": [3, 4]})
    dcw.data_card(
        images, None, tmp_path / "pets.json", description="Two.", license=LICENSE, creator="me"
    )

    records = list(mlc.Dataset(str(tmp_path / "pets.json")).records("images"))

    assert [record["images/id"] for record in records] == [b"p0", b"p1"]
    assert [record["images/age"] for record in records] == [3, 4]
    assert [record["images/label"] for record in records] == [b"cat", b"dog"]


def test_a_card_without_an_audit_says_nothing_of_findings() -> None:
    card = dcw.data_card(image_set([photo()]), description="One.", license=LICENSE, creator="me")

    assert not [name for name in card if name.startswith("rai:")]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"description": ""}, "description needs words, or a list of them, got ''."),
        ({"license": " "}, "license needs words, or a list of them, got ' '."),
        ({"data_biases": []}, "data_biases needs words, or a list of them, got []."),
        ({"data_bias": "none"}, "'data_bias' is no field of a data card. Fields are: annotations"),
    ],
)
def test_a_card_with_a_wrong_field_is_refused(fields: dict[str, Any], message: str) -> None:
    given = {"description": "One.", "license": LICENSE, **fields}
    with pytest.raises(ValueError) as caught:
        dcw.data_card(image_set([photo()]), **given)

    assert str(caught.value).startswith(message)
