import io
from collections.abc import Callable

import pandas as pd
import pytest
from PIL import Image, ImageEnhance

import dcwidgets as dcw
from dcwidgets.curation.copies import copy_pairs
from tests.curation_sets import encoded, image_set, photo


def resized(picture: Image.Image) -> Image.Image:
    return picture.resize((picture.width // 2, picture.height // 2))


def recompressed(picture: Image.Image) -> Image.Image:
    return Image.open(io.BytesIO(encoded(picture, "JPEG", quality=35)))


def brightened(picture: Image.Image) -> Image.Image:
    return ImageEnhance.Brightness(picture).enhance(1.1)


def cropped(picture: Image.Image) -> Image.Image:
    return picture.crop((1, 1, picture.width - 1, picture.height))


def pair_set(found: pd.DataFrame) -> set[frozenset[str]]:
    return set(map(frozenset, zip(found["id"], found["other"], strict=True)))


def test_the_same_bytes_are_exact_copies() -> None:
    found = dcw.find_exact_duplicates(image_set([photo(1), photo(2), photo(1)]))

    assert found.drop(columns="evidence").to_dict("records") == [
        {"id": "p2", "issue": "exact_duplicate", "score": 0.0, "other": "p0"}
    ]
    assert found["evidence"].tolist() == ["Exact copy, pixel by pixel, of p0.png."]


def test_the_same_pixels_in_another_format_are_exact_copies() -> None:
    files: list[Image.Image | bytes] = [photo(1), photo(2), encoded(photo(1), "BMP")]

    assert pair_set(dcw.find_exact_duplicates(image_set(files))) == {frozenset(("p0", "p2"))}
    assert dcw.find_near_duplicates(image_set(files)).empty


def test_one_other_pixel_makes_a_near_copy() -> None:
    other = photo(1)
    other.putpixel((5, 5), (0, 0, 0))
    images = image_set([photo(1), photo(2), other])

    assert dcw.find_exact_duplicates(images).empty
    assert pair_set(dcw.find_near_duplicates(images)) == {frozenset(("p0", "p2"))}


@pytest.mark.parametrize("change", [resized, recompressed, brightened, cropped])
def test_changed_copies_are_found_and_nothing_else(
    change: Callable[[Image.Image], Image.Image],
) -> None:
    pictures = [photo(seed) for seed in range(25)]
    images = image_set([*pictures, *map(change, pictures)])

    found = dcw.find_near_duplicates(images)

    assert pair_set(found) == {frozenset((f"p{n}", f"p{n + 25}")) for n in range(25)}
    assert found["score"].between(0, 10 / 64).all()
    assert found["score"].is_monotonic_increasing


def test_unreadable_files_are_no_copies_of_each_other() -> None:
    images = image_set([b"", b"", b"<html>", b"<html>", photo()])

    assert copy_pairs(images).empty


def test_pictures_of_nothing_are_only_exact_copies() -> None:
    walls = [Image.new("RGB", (64, 64), (90, 90, level)) for level in (90, 91, 91)]

    pairs = copy_pairs(image_set(walls))

    assert pairs[["id", "other", "kind"]].to_dict("records") == [
        {"id": "p2", "other": "p1", "kind": "exact"}
    ]


def test_dropping_every_id_leaves_one_picture_of_each_group() -> None:
    pictures = [photo(seed) for seed in (1, 2, 1, 3, 2, 1)]
    pictures[5] = brightened(pictures[5])
    images = image_set(pictures)
    known = dcw.audit(images, progress=False)

    twice = known.findings[known.findings["issue"].isin(["exact_duplicate", "near_duplicate"])]
    left = dcw.Recipe().drop(twice["id"]).apply(images)

    assert left.table.index.tolist() == ["p0", "p1", "p3"]


@pytest.mark.parametrize(
    ("splits", "dropped"),
    [
        (["train", "test"], "p0"),
        (["test", "train"], "p1"),
        (["validation", "test"], "p0"),
        (["gold", "train"], "p1"),
        (["train", "pool"], "p0"),
        (["monday", "tuesday"], "p1"),
    ],
)
def test_of_a_leak_the_copy_that_does_not_measure_is_to_be_dropped(
    splits: list[str], dropped: str
) -> None:
    found = dcw.find_leaks(image_set([photo(1), photo(1)], splits=splits))

    assert found["id"].tolist() == [dropped]
    assert found["issue"].tolist() == ["leak"]


def test_a_leak_says_where_and_whether_exact_or_near() -> None:
    files = [photo(1), photo(2), photo(1), brightened(photo(2))]
    found = dcw.find_leaks(image_set(files, splits=["train", "train", "test", "gold"]))

    exact, near = found["evidence"]
    assert exact == "This one is in train; exact copy, pixel by pixel, of p2.png in test."
    assert near.startswith("This one is in train; near copy (")
    assert near.endswith(" of p3.png in gold.")


def test_copies_within_a_split_are_no_leak() -> None:
    assert dcw.find_leaks(image_set([photo(1), photo(1)])).empty


def test_splitting_by_groups_of_copies_leaves_no_leak() -> None:
    pictures = [photo(seed) for seed in range(20)]
    images = image_set([*pictures, *map(brightened, pictures)])
    leaking = images.split(train=0.5, test=0.5, seed=1)

    groups = dcw.duplicate_groups(images)
    fair = images.split(train=0.5, test=0.5, seed=1, group=groups)

    assert len(dcw.find_leaks(leaking)) > 0
    assert dcw.find_leaks(fair).empty
    assert groups["p3"] == groups["p23"] == "p3"
    assert groups.nunique() == 20


def test_a_wider_search_finds_more() -> None:
    pictures = [photo(seed) for seed in range(8)]
    images = image_set([*pictures, *map(cropped, pictures)])

    narrow = dcw.find_near_duplicates(images, max_distance=0)
    wide = dcw.find_near_duplicates(images, max_distance=64, min_likeness=-1)

    assert len(narrow) < 8
    assert len(wide) == 16 * 15 / 2


def test_a_likeness_beyond_1_is_refused() -> None:
    with pytest.raises(ValueError) as caught:
        dcw.find_near_duplicates(image_set([photo()]), min_likeness=88)

    assert str(caught.value) == "min_likeness is a correlation, -1 to 1; got 88."


def test_a_hundred_copies_do_not_make_thousands_of_pairs() -> None:
    pairs = copy_pairs(image_set([photo(1, 32, 32)] * 100))

    assert set(pairs["id"]) == {f"p{number}" for number in range(1, 100)}
    assert len(pairs) < 100 * 60


def test_an_audit_is_not_decoded_again() -> None:
    images = image_set([photo(1), photo(1), photo(2)])
    known = dcw.audit(images, progress=False)
    images.store.reads.clear()  # type: ignore[attr-defined]

    dcw.find_exact_duplicates(known)
    dcw.find_near_duplicates(known, max_distance=3)
    dcw.duplicate_groups(known)
    dcw.find_dark(known)

    assert images.store.reads == []  # type: ignore[attr-defined]
