import subprocess
import sys

import numpy as np
import pytest
from PIL import Image, ImageFilter

from dcwidgets.curation.measures import background, measure_pictures
from tests.curation_sets import Memory, encoded, image_set, photo


def grey(level: int, size: tuple[int, int] = (64, 64)) -> Image.Image:
    return Image.new("RGB", size, (level, level, level))


def test_every_picture_is_read_once() -> None:
    images = image_set([photo(seed) for seed in range(70)])

    measure_pictures(images, progress=False)

    assert isinstance(images.store, Memory)
    assert sorted(images.store.reads) == sorted(images.table.index)


def test_the_number_of_workers_makes_no_difference() -> None:
    images = image_set([photo(seed) for seed in range(70)])

    one = measure_pictures(images, workers=1, progress=False)
    four = measure_pictures(images, workers=4, progress=False)

    assert one.table.equals(four.table)
    np.testing.assert_array_equal(one.thumbnails, four.thumbnails)
    np.testing.assert_array_equal(one.pixel_digest, four.pixel_digest)


@pytest.mark.parametrize(
    ("file", "problem"),
    [
        pytest.param(b"", "the file is empty", id="empty"),
        pytest.param(encoded(photo())[:900], "image file is truncated", id="cut off"),
        pytest.param(
            b"<html>404</html>",
            "this is a text file (HTML or XML), not a picture",
            id="web page",
        ),
        pytest.param(
            FileNotFoundError("gone"), "cannot be read from disk: gone", id="store without file"
        ),
    ],
)
def test_what_cannot_be_decoded_is_a_problem_and_no_exception(
    file: bytes | Exception, problem: str
) -> None:
    measures = measure_pictures(image_set([photo(), file]), progress=False)

    assert measures.readable.tolist() == [True, False]
    assert measures.table["problem"].iloc[1].startswith(problem)
    numbers = measures.table.drop(columns=["problem", "file_bytes"]).iloc[1]
    assert numbers.isna().all()


def test_an_empty_set_has_empty_measures() -> None:
    measures = measure_pictures(image_set([]), progress=False)

    assert len(measures.table) == 0
    assert measures.thumbnails.shape == (0, 32, 32, 3)


def test_less_than_one_worker_is_refused() -> None:
    with pytest.raises(ValueError) as caught:
        measure_pictures(image_set([photo()]), workers=0)

    assert str(caught.value) == "workers must be at least 1, got 0. Leave it out for all cores."


def test_light_is_measured_in_shares_of_white() -> None:
    half = grey(0)
    half.paste((255, 255, 255), (0, 0, 64, 16))
    table = measure_pictures(image_set([grey(0), grey(255), grey(51), half])).table

    assert table["brightness"].tolist() == pytest.approx([0, 1, 0.2, 0], abs=1e-6)
    assert table["brightest"].tolist() == pytest.approx([0, 1, 0.2, 1], abs=1e-6)
    assert table["darkest"].tolist() == pytest.approx([0, 1, 0.2, 0], abs=1e-6)
    assert table["contrast"].tolist() == pytest.approx([0, 0, 0, 0.433], abs=1e-3)
    assert table["entropy"].tolist() == pytest.approx([0, 0, 0, 0.811], abs=1e-3)


def test_blur_takes_sharpness_away_whatever_is_shown() -> None:
    sharp = [photo(seed) for seed in range(10)]
    soft = [picture.filter(ImageFilter.GaussianBlur(2.5)) for picture in sharp]
    table = measure_pictures(image_set([*sharp, *soft]), progress=False).table

    assert table["sharpness"].iloc[:10].min() > 2 * table["sharpness"].iloc[10:].max()


def test_sharpness_of_a_picture_of_one_colour_is_unknown() -> None:
    assert measure_pictures(image_set([grey(80)])).table["sharpness"].isna().all()


def test_colour_is_the_difference_of_channels() -> None:
    red = Image.new("RGB", (64, 64), (200, 98, 98))
    table = measure_pictures(image_set([grey(90), red]), progress=False).table

    assert table["colourfulness"].tolist() == pytest.approx([0, 0.4], abs=1e-6)


def test_a_picture_that_exif_turns_is_measured_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = photo(3).transpose(Image.Transpose.ROTATE_90)
    images = image_set([photo(3), encoded(lying, exif=exif)])

    measures = measure_pictures(images, progress=False)

    assert measures.pixel_digest[0] == measures.pixel_digest[1]
    assert measures.bytes_digest[0] != measures.bytes_digest[1]


@pytest.mark.parametrize(
    ("colour", "name"),
    [
        ((0, 0, 0), "black"),
        ((255, 255, 255), "white"),
        ((128, 128, 128), "grey"),
        ((40, 160, 50), "green"),
        ((20, 40, 200), "blue"),
        ((250, 10, 40), "red"),
        ((255, 20, 0), "red"),
    ],
)
def test_the_background_is_the_colour_of_the_border(
    colour: tuple[int, int, int], name: str
) -> None:
    picture = Image.new("RGB", (64, 64), colour)
    picture.paste((255, 255, 0), (16, 16, 48, 48))
    measures = measure_pictures(image_set([picture]), progress=False)

    assert background(measures).tolist() == [name]


def test_the_background_of_an_unreadable_picture_is_missing() -> None:
    measures = measure_pictures(image_set([b""]), progress=False)

    assert background(measures).isna().all()


def test_an_audit_does_not_import_tensorflow() -> None:
    code = (
        "import sys, dcwidgets as dcw; from tests.curation_sets import image_set, photo; "
        "dcw.audit(image_set([photo(1), photo(2)]), progress=False); "
        "sys.exit('tensorflow' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
