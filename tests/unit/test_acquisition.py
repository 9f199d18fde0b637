"""What is collected next is what was asked for, and no hidden label is looked at."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import dcwidgets as dcw
from dcwidgets.acquisition import greedy_cover
from tests.curation_sets import image_set, photo

N = 40


@pytest.fixture(scope="module")
def pool() -> dcw.ImageSet:
    """Forty pictures without labels; every fourth was taken in the garden."""
    return image_set(
        [photo(n) for n in range(N)],
        labels=[None] * N,
        splits=["pool"] * N,
        metadata={"scene": ["garden" if n % 4 == 0 else "sofa" for n in range(N)]},
    )


@pytest.fixture(scope="module")
def probabilities(pool: dcw.ImageSet) -> pd.DataFrame:
    """The model is the less certain, the higher a picture's number."""
    cat = np.linspace(1, 0.5, N)
    return pd.DataFrame({"dog": 1 - cat, "cat": cat}, index=pool.table.index)


def slices(*rows: tuple[str, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["slice", "accuracy"])


def test_uncertainty_takes_the_least_certain_first(
    pool: dcw.ImageSet, probabilities: pd.DataFrame
) -> None:
    assert dcw.collect(probabilities, pool, 3) == ["p39", "p38", "p37"]


def test_an_array_means_the_same_as_a_table(
    pool: dcw.ImageSet, probabilities: pd.DataFrame
) -> None:
    array = probabilities[pool.classes].to_numpy()

    assert dcw.collect(array, pool, 5) == dcw.collect(probabilities, pool, 5)


def test_a_model_is_asked_about_what_decodes() -> None:
    broken = image_set([photo(0), photo(1), b"<html>"], labels=[None] * 3)

    assert sorted(dcw.collect(dcw.build_model(), broken, 2)) == ["p0", "p1"]
    with pytest.raises(ValueError, match="Only 2 pictures of the pool can be chosen, and n is 3"):
        dcw.collect(dcw.build_model(), broken, 3)


def test_weak_slices_come_before_strong_ones(
    pool: dcw.ImageSet, probabilities: pd.DataFrame
) -> None:
    weak = slices(("cat, scene=garden", 0.2), ("cat, scene=sofa", 1.0), ("cat", 0.1))

    chosen = dcw.collect(probabilities, pool, 4, "weak_slice", slices=weak)

    assert chosen == ["p36", "p32", "p28", "p24"]


def test_weak_slices_share_by_their_errors(pool: dcw.ImageSet, probabilities: pd.DataFrame) -> None:
    weak = slices(("cat, scene=garden", 0.25), ("dog, scene=sofa", 0.75))

    chosen = dcw.collect(probabilities, pool, 8, "weak_slice", slices=weak)

    assert (pool.table.loc[chosen, "scene"] == "garden").sum() == 6


def test_without_metadata_a_weak_class_is_a_weak_slice() -> None:
    plain = image_set([photo(n) for n in range(4)], labels=[None] * 4)
    certain = np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8], [0.1, 0.9]])

    chosen = dcw.collect(certain, plain, 2, "weak_slice", slices=slices(("cat", 0.3), ("dog", 1)))

    assert chosen == ["p1", "p2"]


def test_random_depends_on_the_seed_alone(pool: dcw.ImageSet) -> None:
    first = dcw.collect(None, pool, 10, "random", seed=1)

    assert first == dcw.collect(None, pool, 10, "random", seed=1)
    assert first != dcw.collect(None, pool, 10, "random", seed=2)
    assert len(set(first)) == 10


def test_coverage_takes_one_of_each_kind_before_a_second_of_any() -> None:
    greys = (20, 22, 24, 26, 120, 124, 250)
    kinds = image_set(
        [Image.new("RGB", (64, 64), (grey, grey, grey)) for grey in greys], labels=[None] * 7
    )

    chosen = dcw.collect(None, kinds, 3, "coverage")

    groups = {"p4": "mid", "p5": "mid", "p6": "light"}
    assert {groups.get(id_, "dark") for id_ in chosen} == {"dark", "mid", "light"}


def test_coverage_goes_where_nothing_is_known() -> None:
    greys = (20, 22, 24, 26, 250)
    pool = image_set(
        [Image.new("RGB", (64, 64), (grey, grey, grey)) for grey in greys], labels=[None] * 5
    )
    known = image_set([Image.new("RGB", (64, 64), (23, 23, 23))])

    assert dcw.collect(None, pool, 1, "coverage", known=known) == ["p4"]


def test_greedy_cover_shortens_the_mean_distance_most() -> None:
    points = np.array([[0.0], [1.0], [2.0], [10.0]])

    assert greedy_cover(points, None, 2) == [1, 3]


def test_no_label_of_the_pool_is_looked_at(pool: dcw.ImageSet, probabilities: pd.DataFrame) -> None:
    named = pool.derive(pool.table.assign(label=["cat", "dog"] * (N // 2)))
    weak = slices(("cat, scene=garden", 0.2), ("cat, scene=sofa", 0.9))

    for by in ("uncertainty", "weak_slice", "coverage", "random"):
        chosen = [dcw.collect(probabilities, p, 6, by, slices=weak) for p in (pool, named)]
        assert chosen[0] == chosen[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"by": "luck"}, "by must be one of uncertainty, weak_slice, coverage, random, got 'luck'"),
        ({"n": 0}, "n must be a whole number from 1 to the pool's 40, got 0"),
        ({"n": 41}, "n must be a whole number from 1 to the pool's 40, got 41"),
        ({"model": None}, "pass a trained one, or probabilities of the pool"),
        ({"model": np.ones((3, 2))}, "Probabilities have shape"),
        ({"by": "weak_slice"}, "pass slices=score"),
    ],
)
def test_a_collection_that_cannot_be_made_says_why(
    arguments: dict[str, object], said: str, pool: dcw.ImageSet, probabilities: pd.DataFrame
) -> None:
    given = {"model": probabilities, "n": 3, "by": "uncertainty", **arguments}

    with pytest.raises(ValueError, match=said):
        dcw.collect(given.pop("model"), pool, **given)  # type: ignore[arg-type]
