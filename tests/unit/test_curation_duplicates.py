from itertools import combinations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageEnhance

from dcwidgets.curation.duplicates import (
    Hashes,
    connected,
    equal_pairs,
    likeness,
    near_pairs,
    perceptual_hashes,
)
from tests.curation_sets import photo


def thumbnails(*pictures: Image.Image) -> np.ndarray:
    box = Image.Resampling.BOX
    return np.stack([np.asarray(picture.resize((32, 32), box)) for picture in pictures])


@st.composite
def clustered_hashes(draw: st.DrawFn) -> Hashes:
    """Few centres and hashes some bits away from them, so that there are pairs to find."""
    word = st.integers(0, 2**64 - 1)
    centres = draw(st.lists(word, min_size=1, max_size=4))
    flips = st.lists(st.integers(0, 63), max_size=14)
    chosen = draw(st.lists(st.tuples(st.sampled_from(centres), flips), max_size=60))
    values = [centre ^ sum(1 << bit for bit in set(bits)) for centre, bits in chosen]
    return np.array(values, np.uint64)


def brute_force(hashes: Hashes, max_distance: int) -> list[tuple[int, int, int]]:
    pairs = combinations(range(len(hashes)), 2)
    distances = ((i, j, (int(hashes[i]) ^ int(hashes[j])).bit_count()) for i, j in pairs)
    return [pair for pair in distances if pair[2] <= max_distance]


@settings(deadline=None)
@given(clustered_hashes(), st.integers(0, 64))
@example(np.array([], np.uint64), 10)
@example(np.array([7], np.uint64), 10)
@example(np.zeros(5, np.uint64), 0)
@example(np.array([0, 2**64 - 1], np.uint64), 64)
def test_pairs_are_those_of_brute_force(hashes: Hashes, max_distance: int) -> None:
    found = near_pairs(hashes, max_distance=max_distance)

    pairs = list(zip(*(part.tolist() for part in found), strict=True))
    assert pairs == brute_force(hashes, max_distance)


def test_pairs_of_thousands_of_hashes_are_those_of_brute_force() -> None:
    rng = np.random.default_rng(0)
    hashes = rng.integers(0, 2**64, 4000, dtype=np.uint64)
    hashes[3000:] = hashes[:1000] ^ (np.uint64(1) << rng.integers(0, 64, 1000, dtype=np.uint64))
    far = np.bitwise_count(hashes[:, None] ^ hashes[None, :])
    first, second = np.nonzero(np.triu(far <= 10, 1))

    found = near_pairs(hashes)

    assert len(first) >= 1000
    np.testing.assert_array_equal(found.first, first)
    np.testing.assert_array_equal(found.second, second)


@settings(deadline=None)
@given(clustered_hashes(), st.integers(1, 5))
def test_a_limit_of_partners_leaves_each_copy_a_partner(hashes: Hashes, partners: int) -> None:
    every = near_pairs(hashes)
    few = near_pairs(hashes, partners=partners)

    assert set(few.second.tolist()) == set(every.second.tolist())
    assert set(zip(few.first, few.second, strict=True)) <= set(
        zip(every.first, every.second, strict=True)
    )


def test_a_film_of_equal_frames_stays_within_the_limit_of_partners() -> None:
    found = near_pairs(np.zeros(5000, np.uint64), partners=10)

    assert 5000 - 1 <= len(found.first) <= 5000 * 10 * 11


@pytest.mark.parametrize("max_distance", [-1, 65])
def test_a_distance_outside_a_hash_is_refused(max_distance: int) -> None:
    with pytest.raises(ValueError) as caught:
        near_pairs(np.zeros(2, np.uint64), max_distance=max_distance)

    expected = f"max_distance must lie between 0 and 64 bits, got {max_distance}."
    assert str(caught.value) == expected


def test_hashes_of_another_type_are_refused() -> None:
    with pytest.raises(ValueError) as caught:
        near_pairs(np.zeros((2, 8), np.uint8))

    assert str(caught.value) == (
        "hashes must be one uint64 per picture, got uint8 of shape (2, 8). "
        "`perceptual_hashes` makes them."
    )


def test_the_hash_is_that_of_imagehash() -> None:
    wave = np.add.outer(np.arange(32) * 5, np.arange(32) ** 2 // 8) % 251
    grey = np.repeat(wave.astype(np.uint8)[None, :, :, None], 3, axis=3)

    # imagehash.phash of the same pixels, version 4.3.2
    assert f"{perceptual_hashes(grey)[0]:016x}" == "a52a552a55aa55af"


@pytest.mark.parametrize("factor", [0.9, 1.1])
def test_a_brighter_copy_is_as_good_as_equal(factor: float) -> None:
    picture = photo(1)
    pair = thumbnails(picture, ImageEnhance.Brightness(picture).enhance(factor))
    one, two = perceptual_hashes(pair)

    assert (int(one) ^ int(two)).bit_count() <= 4
    assert likeness(pair, np.array([0]), np.array([1]))[0] > 0.99


def test_different_pictures_are_not_alike() -> None:
    many = thumbnails(*map(photo, range(20)))
    first, second = map(np.array, zip(*combinations(range(20), 2), strict=True))

    assert likeness(many, first, second).max() < 0.5


def test_a_picture_of_one_colour_is_like_no_other() -> None:
    flat = np.full((2, 32, 32, 3), 90, np.uint8)

    assert likeness(flat, np.array([0]), np.array([1]))[0] == 0


@settings(deadline=None)
@given(st.lists(st.integers(0, 6), max_size=40))
def test_equal_digests_are_paired_each_with_each(values: list[int]) -> None:
    first, second = equal_pairs(np.array(values, np.uint64), all_up_to=100)

    pairs = {(i, j) for i, j in combinations(range(len(values)), 2) if values[i] == values[j]}
    assert sorted(zip(first.tolist(), second.tolist(), strict=True)) == sorted(pairs)


def test_a_large_group_of_equal_digests_is_paired_with_its_first() -> None:
    first, second = equal_pairs(np.array([5, 9, 5, 5, 5], np.uint64), all_up_to=3)

    assert list(zip(first.tolist(), second.tolist(), strict=True)) == [(0, 2), (0, 3), (0, 4)]


def test_pairs_connect_to_groups_named_by_their_first() -> None:
    groups = connected(6, np.array([1, 4, 3]), np.array([4, 5, 0]))

    assert groups.tolist() == [0, 1, 2, 0, 1, 1]
