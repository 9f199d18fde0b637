"""The coreset tree: small, cheap to keep up to date, and as good as choosing at once."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dcwidgets as dcw
from dcwidgets.coresets.geometry import facility_location, squared_distances
from dcwidgets.imageset import ImageSet
from tests.curation_sets import image_set, photo

N = 240


@pytest.fixture(scope="module")
def images() -> ImageSet:
    """Pictures that nobody decodes: features come beside them."""
    one = photo()
    return image_set([one] * N)


@pytest.fixture(scope="module")
def features() -> Any:
    rng = np.random.default_rng(0)
    centres = rng.normal(0, 10, (12, 5))
    return np.asarray(centres[np.arange(N) % 12] + rng.normal(0, 1, (N, 5)), np.float32)


def part(images: ImageSet, start: int, end: int) -> ImageSet:
    return images.take(images.table.index[start:end])


def grown(images: ImageSet, features: Any, *, size: int = 24, leaf: int = 30) -> dcw.CoresetTree:
    tree = dcw.CoresetTree(size=size, leaf=leaf)
    for start in range(0, N, 40):
        tree.insert(part(images, start, start + 40), features[start : start + 40])
    return tree


def test_a_summary_is_small_and_stands_for_all(images: ImageSet, features: Any) -> None:
    core = grown(images, features).coreset()

    assert len(core) == 24
    assert core.weights.sum() == pytest.approx(N)
    assert core.table["label"].value_counts().tolist() == [12, 12]


def test_it_covers_nearly_as_well_as_choosing_at_once(images: ImageSet, features: Any) -> None:
    rows, _ = grown(images, features).summary()
    at_once = facility_location(features, 24)
    by_lot = np.random.default_rng(0).permutation(N)[:24]

    def left(chosen: Any) -> float:
        return float(squared_distances(features, chosen).min(axis=0).mean())

    assert left(rows) < 1.25 * left(at_once)
    assert left(rows) < 0.8 * left(by_lot)


def test_an_insert_costs_as_many_summaries_as_the_tree_is_high(
    images: ImageSet, features: Any
) -> None:
    tree, most = dcw.CoresetTree(size=5, leaf=10), 0
    for start in range(0, N, 10):
        before = tree.reductions
        tree.insert(part(images, start, start + 10), features[start : start + 10])
        most = max(most, tree.reductions - before)

    leaves = N // 10
    assert most <= math.floor(math.log2(leaves)) + 1
    assert tree.reductions <= 2 * leaves
    before = tree.reductions
    tree.remove([images.table.index[0]])
    assert tree.reductions - before <= math.ceil(math.log2(leaves)) + 1


def test_what_is_removed_is_gone_as_if_never_inserted(images: ImageSet, features: Any) -> None:
    tree = dcw.CoresetTree(size=8, leaf=20).insert(images, features)
    gone = tree.coreset().table.index

    tree.remove(gone)

    assert len(tree) == N - 8
    assert not set(tree.coreset().table.index) & set(gone)
    assert tree.coreset().weights.sum() == pytest.approx(N - 8)
    rows = images.table.index.get_indexer(gone)
    tree.insert(images.take(gone), features[rows])  # it may come back
    assert len(tree) == N


def test_a_new_label_reaches_the_summary(images: ImageSet, features: Any) -> None:
    tree = grown(images, features)
    cats = images.table.index[images.table["label"] == "cat"]

    tree.relabel(cats, "dog")

    assert set(tree.coreset().table["label"]) == {"dog"}


@settings(max_examples=25)
@given(st.lists(st.tuples(st.sampled_from("ird"), st.integers(0, N - 1)), max_size=25))
def test_after_any_edits_weights_and_labels_are_those_of_what_is_there(
    steps: list[tuple[str, int]],
) -> None:
    images = image_set([b"nothing"] * 40)
    points = np.random.default_rng(1).normal(size=(40, 3)).astype(np.float32)
    tree, model = dcw.CoresetTree(size=4, leaf=6), {}
    for what, number in steps:
        row = number % 40
        id_ = images.table.index[row]
        if what == "i" and id_ not in model:
            tree.insert(images.take([id_]), points[row : row + 1])
            model[id_] = images.table["label"][id_]
        elif what == "r" and id_ in model:
            tree.remove([id_])
            del model[id_]
        elif what == "d" and id_ in model:
            tree.relabel([id_], "dog")
            model[id_] = "dog"

    assert len(tree) == len(model)
    if not model:
        with pytest.raises(ValueError, match="The tree is empty"):
            tree.coreset()
        return
    core = tree.coreset()
    assert len(core) <= 4
    assert core.weights.sum() == pytest.approx(len(model))
    assert {id_: model.get(id_) for id_ in core.table.index} == core.table["label"].to_dict()


def test_a_saved_tree_goes_on_as_the_one_in_memory(
    images: ImageSet, features: Any, tmp_path: Path
) -> None:
    first = dcw.CoresetTree(size=8, leaf=20).insert(part(images, 0, 150), features[:150])
    path = first.save(tmp_path / "tree.npz")

    again = dcw.CoresetTree.load(path, images)

    for tree in (first, again):
        tree.remove([images.table.index[3]]).insert(part(images, 150, N), features[150:])
    assert again.coreset().version == first.coreset().version
    assert again.reductions == first.reductions


def test_files_that_hold_no_tree_are_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.npz"
    broken.write_bytes(b"PK no zip")
    np.savez(tmp_path / "other.npz", rows=np.arange(3))

    with pytest.raises(FileNotFoundError, match="There is no file"):
        dcw.CoresetTree.load(tmp_path / "none.npz")
    for path in (broken, tmp_path / "other.npz"):
        with pytest.raises(ValueError, match="holds no coreset tree"):
            dcw.CoresetTree.load(path)


def test_what_does_not_fit_leaves_the_tree_as_it_was(images: ImageSet, features: Any) -> None:
    tree = dcw.CoresetTree(size=4, leaf=6).insert(part(images, 0, 10), features[:10])

    with pytest.raises(ValueError, match="are in the tree already, such as 'p9'"):
        tree.insert(part(images, 9, 12), features[9:12])
    with pytest.raises(ValueError, match="features have 2 columns; those before had 5"):
        tree.insert(part(images, 10, 12), features[10:12, :2])
    with pytest.raises(ValueError, match="another store"):
        tree.insert(image_set([b"a"] * 12).take(["p11"]), features[:1])
    with pytest.raises(ValueError, match="not in the tree, such as 'p77'"):
        tree.remove(["p77"])
    with pytest.raises(ValueError, match="'bird' is no class"):
        tree.relabel(["p0"], "bird")
    assert len(tree) == 10


def test_pictures_describe_themselves_alike_whatever_arrives_with_them() -> None:
    images = image_set([photo(seed) for seed in range(20)])
    together = dcw.CoresetTree(size=5, leaf=5).insert(images)
    apart = dcw.CoresetTree(size=5, leaf=5)
    for id_ in images.table.index:
        apart.insert(images.take([id_]))

    assert apart.coreset().version == together.coreset().version


@pytest.mark.parametrize(("size", "leaf"), [(0, 10), (5, 4), (2.5, 10), (True, 10)])
def test_sizes_that_make_no_tree_are_refused(size: Any, leaf: Any) -> None:
    with pytest.raises(ValueError, match="must be a whole number of at least"):
        dcw.CoresetTree(size=size, leaf=leaf)
