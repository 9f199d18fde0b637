from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

import dcwidgets as dcw
from dcwidgets.imageset import ImageSet
from tests.curation_sets import encoded, image_set, photo


def night(picture: Image.Image) -> Image.Image:
    return ImageEnhance.Brightness(picture).enhance(0.25)


def washed_out(picture: Image.Image) -> Image.Image:
    return picture.point(lambda level: 190 + level // 4)


def out_of_focus(picture: Image.Image) -> Image.Image:
    return picture.filter(ImageFilter.GaussianBlur(3))


def wall(picture: Image.Image) -> Image.Image:
    return Image.new("RGB", picture.size, (120, 118, 110))


def tiny(picture: Image.Image) -> Image.Image:
    return picture.resize((20, 17))


def banner(picture: Image.Image) -> Image.Image:
    return picture.resize((400, 60))


def colourless(picture: Image.Image) -> Image.Image:
    return picture.convert("L").convert("RGB")


DEFECTS = [
    pytest.param(night, dcw.find_dark, id="dark"),
    pytest.param(washed_out, dcw.find_light, id="light"),
    pytest.param(out_of_focus, dcw.find_blurry, id="blurry"),
    pytest.param(wall, dcw.find_low_information, id="low_information"),
    pytest.param(tiny, dcw.find_odd_size, id="odd_size"),
    pytest.param(banner, dcw.find_odd_aspect_ratio, id="odd_aspect_ratio"),
    pytest.param(colourless, dcw.find_grayscale, id="grayscale"),
]
Find = Callable[..., pd.DataFrame]


@pytest.mark.parametrize(("damage", "find"), DEFECTS)
def test_the_damaged_picture_is_found_and_no_other(
    damage: Callable[[Image.Image], Image.Image], find: Find, request: pytest.FixtureRequest
) -> None:
    pictures = [photo(seed) for seed in range(12)]
    pictures[5] = damage(pictures[5])

    found = find(image_set(pictures))

    assert found["id"].tolist() == ["p5"]
    assert found["issue"].tolist() == [request.node.callspec.id]
    assert found["score"].between(0, 1).all()
    assert found["other"].isna().all()
    assert found["evidence"].str.fullmatch(r"[A-Z0-9].*\.").all()


@pytest.mark.parametrize(("damage", "find"), DEFECTS)
def test_no_threshold_makes_a_finding_of_an_unreadable_picture(
    damage: Callable[[Image.Image], Image.Image], find: Find
) -> None:
    found = find(image_set([photo(1), photo(2), b""]), threshold=0.999)

    assert "p2" not in found["id"].tolist()


@pytest.mark.parametrize(("damage", "find"), DEFECTS)
@pytest.mark.parametrize("threshold", [0, 1, 80, float("nan")])
def test_a_threshold_outside_0_and_1_is_refused(
    damage: object, find: Find, threshold: float
) -> None:
    with pytest.raises(ValueError, match=r"must lie between 0 .*and 1.*, got "):
        find(image_set([photo()]), threshold=threshold)


def test_a_grey_level_as_threshold_is_explained() -> None:
    with pytest.raises(ValueError) as caught:
        dcw.find_dark(image_set([photo()]), threshold=80)

    assert str(caught.value) == (
        "threshold must lie between 0 (black) and 1 (white), got 80. "
        "For a grey level, divide by 255: 80 becomes 0.31."
    )


def test_a_black_cat_at_noon_is_not_dark() -> None:
    noon = Image.new("RGB", (96, 80), (230, 225, 200))
    ImageDraw.Draw(noon).ellipse((10, 5, 88, 78), fill=(12, 12, 14))

    assert dcw.find_dark(image_set([noon])).empty


def test_the_worst_comes_first() -> None:
    dim = [ImageEnhance.Brightness(photo(3)).enhance(share) for share in (0.25, 0.05, 0.15)]

    found = dcw.find_dark(image_set(dim))

    assert found["id"].tolist() == ["p1", "p2", "p0"]
    assert found["score"].is_monotonic_increasing


def test_a_higher_threshold_never_finds_less() -> None:
    rng = np.random.default_rng(0)
    shares = rng.uniform(0.05, 1, 20)
    pictures = [ImageEnhance.Brightness(photo(3)).enhance(share) for share in shares]
    known = dcw.audit(image_set(pictures), progress=False)

    counts = [len(dcw.find_dark(known, threshold=limit)) for limit in (0.1, 0.3, 0.6, 0.9)]

    assert counts == sorted(counts)
    assert counts[0] < counts[-1]


def test_unreadable_pictures_say_why() -> None:
    found = dcw.find_unreadable(image_set([photo(), b"", encoded(photo())[:500]]))

    assert found["id"].tolist() == ["p1", "p2"]
    assert found["evidence"].iloc[0] == "Cannot be decoded: the file is empty."
    assert found["score"].tolist() == [0, 0]


@pytest.mark.parametrize("size", [(180, 180), (40, 40)])
def test_sets_of_one_size_have_no_odd_sizes(size: tuple[int, int]) -> None:
    images: ImageSet = image_set([photo(seed, *size) for seed in range(5)])

    assert dcw.find_odd_size(images).empty
    assert dcw.find_odd_aspect_ratio(images).empty


def test_something_else_than_images_is_refused() -> None:
    with pytest.raises(TypeError) as caught:
        dcw.find_dark([photo()])  # type: ignore[arg-type]

    assert str(caught.value) == (
        "Expected an image set or an audit, got list. "
        "`dcw.load` gives the first, `dcw.audit` the second."
    )
