"""Image sets stay as they are, and their version stands for their content."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from dcwidgets.imageset import ImageSet
from dcwidgets.recipe import Recipe
from tests import hostile
from tests.strategies import CLASSES, MemoryStore, image_set, image_sets


def small(**columns: Sequence[str | None]) -> ImageSet:
    count = len(next(iter(columns.values())))
    rows = pd.DataFrame(
        {"label": ["cat"] * count, "split": ["train"] * count} | {**columns},
        index=pd.Index([f"id{number}" for number in range(count)]),
    )
    return image_set(rows)


def with_pictures(*contents: bytes) -> ImageSet:
    images = small(label=["cat"] * len(contents))
    store = MemoryStore(dict(zip(images.table.index, contents, strict=True)))
    return ImageSet(images.table, CLASSES, store, name="pets")


@given(images=image_sets(), data=st.data())
def test_the_order_of_rows_does_not_change_the_version(
    images: ImageSet, data: st.DataObject
) -> None:
    shuffled = images.take(data.draw(st.permutations(list(images.table.index))))

    assert shuffled.version == images.version
    assert re.fullmatch(r"[0-9a-f]{8}", images.version)


@given(images=image_sets(), data=st.data())
def test_any_change_of_labels_splits_weights_or_members_changes_the_version(
    images: ImageSet, data: st.DataObject
) -> None:
    id_ = data.draw(st.sampled_from(list(images.table.index)))
    label, split = images.table.loc[id_, ["label", "split"]]
    others = [name for name in CLASSES if name != label]
    changes = [
        Recipe().drop([id_]),
        Recipe().relabel([id_], data.draw(st.sampled_from(others))),
        Recipe().move([id_], f"{split}2"),
        Recipe().weight([id_], data.draw(st.sampled_from([0.0, 0.5, 0.999999, 2.0]))),
    ]

    versions = [change.apply(images).version for change in changes]

    assert len({images.version, *versions}) == 5


def test_name_and_classes_are_part_of_the_version() -> None:
    images = small(label=["cat"])

    others = [
        ImageSet(images.table, CLASSES, MemoryStore(), name="other"),
        ImageSet(images.table, CLASSES[:2], MemoryStore(), name="pets"),
    ]

    assert len({images.version, *(other.version for other in others)}) == 3


def test_no_two_labels_or_splits_can_be_confused() -> None:
    missing, null = small(label=["cat", None]), small(label=["cat", "cat"])
    moved = [small(split=split) for split in (["a", "b\x1fc"], ["a\x1fb", "c"], ["a\x1eb", "c"])]

    versions = [images.version for images in (missing, null, *moved)]

    assert len(set(versions)) == len(versions)


def test_a_name_that_is_no_utf8_has_a_version_too() -> None:
    images = small(label=["cat"])

    odd = ImageSet(images.table, CLASSES, MemoryStore(), name="caf\udce9")

    assert re.fullmatch(r"[0-9a-f]{8}", odd.version)


def test_nothing_that_is_handed_out_or_in_reaches_the_set() -> None:
    table = small(label=["cat", "dog"]).table
    classes, weights = list(CLASSES), pd.Series(2.0, index=table.index)
    rejects = pd.DataFrame({"path": ["a"], "reason": ["is empty"]})
    images = ImageSet(table, classes, MemoryStore(), name="pets", rejects=rejects, weights=weights)
    version = images.version

    for frame in (table, images.table):
        frame["label"] = "bird's nest"
    for frame in (rejects, images.rejects):
        frame["reason"] = "changed"
    for series in (weights, images.weights):
        series[:] = 7.0
    classes.append("fish")
    images.classes.append("fish")

    assert images.table["label"].tolist() == ["cat", "dog"]
    assert images.rejects["reason"].tolist() == ["is empty"]
    assert images.weights.tolist() == [2.0, 2.0]
    assert images.classes == CLASSES
    assert images.take(images.table.index).version == version


@given(images=image_sets(), data=st.data())
def test_where_keeps_exactly_the_rows_that_fit(images: ImageSet, data: st.DataObject) -> None:
    splits = data.draw(st.lists(st.sampled_from(["train", "pool", "nowhere"]), max_size=2))
    coat = data.draw(st.sampled_from(["black", "white"]))

    kept = images.where(split=splits, coat=coat)

    table = images.table
    expected = table[table["split"].isin(splits) & (table["coat"] == coat)]
    assert kept.table.equals(expected)
    assert images.where().version == images.version


def test_where_names_the_columns_and_classes_there_are() -> None:
    images = small(label=["cat"])

    with pytest.raises(ValueError, match=r"^There is no column 'coat'\. Columns are: filename, "):
        images.where(coat="black")
    expected = "'Cat' is not a class of this image set. Classes are: cat, dog, bird's nest."
    with pytest.raises(ValueError, match=f"^{re.escape(expected)}$"):
        images.where(label="Cat")


def test_ids_that_are_not_there_are_counted_and_named() -> None:
    images = small(label=["cat", "cat"])

    expected = (
        "4 of 5 ids are not in this image set of 2: 'a', 'b', 'c' .... "
        "Take ids from the index of `images.table`."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(expected)}$"):
        images.take(["a", "b", "id0", "c", "d"])


@pytest.mark.parametrize("call", ["encoded", "array"])
def test_one_unknown_id_is_named(call: str) -> None:
    with pytest.raises(ValueError, match=r"^1 of 1 ids are not in this image set of 1: 'nothing'"):
        getattr(small(label=["cat"]), call)("nothing")


def test_a_table_must_have_its_columns_unique_ids_and_known_classes() -> None:
    table = small(label=["cat", "dog"]).table

    def build(frame: pd.DataFrame) -> ImageSet:
        return ImageSet(frame, CLASSES, MemoryStore(), name="pets")

    with pytest.raises(ValueError, match=r"missing: split, width\.$"):
        build(table.drop(columns=["split", "width"]))
    with pytest.raises(ValueError, match=r"^Ids must be unique; 'id0' stands in more than one row"):
        build(table.iloc[[0, 1, 0]])
    with pytest.raises(ValueError, match=r"^'fish' is not a class of this image set"):
        build(table.assign(label="fish"))


SHARES = st.sampled_from(
    [(0.8, 0.1, 0.1), (0.5, 0.5), (0.7, 0.3), (1.0,), (0.34, 0.33, 0.33), (0.9, 0.05, 0.05)]
)


@given(
    labels=st.lists(st.sampled_from(CLASSES), min_size=1, max_size=60),
    shares=SHARES,
    seed=st.integers(0, 5),
)
def test_a_split_deals_every_image_once_and_near_its_share(
    labels: list[str], shares: tuple[float, ...], seed: int
) -> None:
    images = small(label=list(labels))
    fractions: dict[str, Any] = dict(zip(("train", "validation", "test"), shares, strict=False))

    dealt = images.split(seed=seed, **fractions)

    assert list(dealt.table.index) == list(images.table.index)
    assert set(dealt.table["split"]) <= set(fractions)
    for split, share in fractions.items():
        part = dealt.table[dealt.table["split"] == split]
        assert abs(len(part) - share * len(images)) < 2
        for label in CLASSES:
            expected = share * labels.count(label)
            assert abs((part["label"] == label).sum() - expected) < 2


def test_many_small_classes_still_fill_every_split() -> None:
    classes = [f"class {number}" for number in range(100)]
    table = small(label=["cat"] * 300).table.assign(label=classes * 3)
    images = ImageSet(table, classes, MemoryStore(), name="flowers")

    sizes = images.split(train=0.8, validation=0.1, test=0.1).table["split"].value_counts()

    assert sizes.to_dict() == {"train": 240, "validation": 30, "test": 30}


@given(images=image_sets(min_size=4), seed=st.integers(0, 3), data=st.data())
def test_the_same_seed_deals_the_same_whatever_the_order_of_rows(
    images: ImageSet, seed: int, data: st.DataObject
) -> None:
    shuffled = images.take(data.draw(st.permutations(list(images.table.index))))

    dealt = [each.split(train=0.5, test=0.5, seed=seed) for each in (images, shuffled)]

    assert dealt[0].version == dealt[1].version


def test_another_seed_deals_otherwise() -> None:
    images = small(label=["cat"] * 50)

    versions = {images.split(train=0.5, test=0.5, seed=seed).version for seed in range(4)}

    assert len(versions) == 4


@given(
    groups=st.lists(st.sampled_from(["a", "b", "c", None]), min_size=2, max_size=40),
    as_series=st.booleans(),
)
def test_a_group_never_faces_itself_across_a_split(
    groups: list[str | None],
    as_series: bool,  # noqa: FBT001
) -> None:
    images = small(litter=groups)
    group = images.table["litter"] if as_series else "litter"

    dealt = images.split(train=0.5, test=0.5, group=group).table

    pairs = dealt.dropna(subset="litter")[["litter", "split"]].drop_duplicates()
    assert pairs["litter"].is_unique


def test_groups_leave_the_shares_near_what_was_asked() -> None:
    images = small(litter=[f"litter {number // 4}" for number in range(400)])

    sizes = images.split(train=0.8, validation=0.1, test=0.1, group="litter").table["split"]

    assert sizes.value_counts().to_dict() == {"train": 320, "validation": 40, "test": 40}


@pytest.mark.parametrize(
    ("fractions", "given_as"),
    [
        ({}, "nothing"),
        ({"train": 0.8}, "train=0.8"),
        ({"train": 0.8, "test": 0.3}, "train=0.8, test=0.3"),
        ({"train": 1.2, "test": -0.2}, "train=1.2, test=-0.2"),
        ({"train": 1.0, "test": 0.0}, "train=1.0, test=0.0"),
        ({"train": float("nan"), "test": 0.5}, "train=nan, test=0.5"),
    ],
)
def test_shares_that_do_not_add_up_are_refused(fractions: dict[str, Any], given_as: str) -> None:
    expected = (
        f"Shares must be above 0 and add up to 1, got {given_as}. "
        "Write for example split(train=0.8, validation=0.1, test=0.1)."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(expected)}$"):
        small(label=["cat"]).split(**fractions)


def test_a_column_that_is_not_there_cannot_be_kept_in_proportion() -> None:
    with pytest.raises(ValueError, match=r"^stratify must name a column, got 'coat'\."):
        small(label=["cat"]).split(train=1.0, stratify="coat")


def test_pictures_are_rgb_and_upright() -> None:
    images = with_pictures(hostile.turned_jpeg(6), hostile.GOOD["grey.jpg"]())

    assert images.array("id0").shape == (48, 32, 3)
    assert images.array("id1").shape == (32, 48, 3)
    assert images.array("id0").dtype == np.uint8


@pytest.mark.parametrize("name", [name for name in hostile.BAD if name != "script.eps"])
def test_what_is_no_picture_raises_with_its_id_and_shows_a_cross(name: str) -> None:
    images = with_pictures(hostile.BAD[name][0](), hostile.GOOD["plain.jpg"]())

    with pytest.raises(ValueError, match=r"^Image 'id0' cannot be decoded: ") as refused:
        images.array("id0")
    assert " at 0x" not in str(refused.value)
    tiles = images.thumbnails(["id0", "id1"], size=64)
    assert set(np.unique(tiles[0])) == {128, 230}
    assert len(np.unique(tiles[1])) > 50


def test_thumbnails_come_in_the_order_asked_and_cropped_around_the_centre() -> None:
    half = hostile.encoded(_red_between_blue(), "PNG")
    images = with_pictures(half, hostile.GOOD["plain.jpg"]())

    tiles = images.thumbnails(["id1", "id0", "id1"], size=40)

    assert tiles.shape == (3, 40, 40, 3)
    assert tiles.dtype == np.uint8
    assert np.array_equal(tiles[0], tiles[2])
    assert (tiles[1] == [255, 0, 0]).all()


def _red_between_blue() -> Image.Image:
    image = Image.new("RGB", (120, 40), "blue")
    image.paste((255, 0, 0), (40, 0, 80, 40))
    return image


@pytest.mark.parametrize("size", [0, 7, 513])
def test_a_thumbnail_size_out_of_range_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match=f"^size must lie between 8 and 512 pixels, got {size}"):
        small(label=["cat"]).thumbnails(["id0"], size=size)


def test_an_empty_set_works() -> None:
    empty = small(label=["cat"]).where(split="nowhere")

    assert len(empty) == 0
    assert empty.thumbnails([]).shape == (0, 64, 64, 3)
    assert repr(empty).endswith("0 images (empty)>")
    assert re.fullmatch(r"[0-9a-f]{8}", empty.version)
