"""Coresets: what each method keeps, at any size, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dcwidgets as dcw
from dcwidgets import coresets
from dcwidgets.coresets import geometry
from dcwidgets.coresets.choosing import METHODS, how_many
from dcwidgets.imageset import ImageSet
from tests.curation_sets import image_set, photo

Points = npt.NDArray[np.float32]


def clouds(n: int = 120, groups: int = 6, seed: int = 0) -> Points:
    rng = np.random.default_rng(seed)
    centres = rng.normal(0, 10, (groups, 4))
    return np.asarray(centres[np.arange(n) % groups] + rng.normal(0, 1, (n, 4)), np.float32)


def similarities(points: Points) -> npt.NDArray[np.float64]:
    apart = ((points[:, None].astype(float) - points[None]) ** 2).sum(axis=2)
    return np.asarray(apart.max() - apart)


def covered(points: Points, rows: Any) -> float:
    return float(similarities(points)[:, rows].max(axis=1).sum())


def greedy(points: Points, k: int) -> list[int]:
    """The plain greedy choice, without laziness, in float64."""
    alike = similarities(points)
    now = np.zeros(len(points))
    chosen: list[int] = []
    for _ in range(k):
        gains = np.maximum(alike - now[:, None], 0).sum(axis=0)
        gains[chosen] = -1
        chosen.append(int(gains.argmax()))
        now = np.maximum(now, alike[:, chosen[-1]])
    return chosen


@pytest.mark.parametrize("seed", range(3))
def test_facility_location_is_the_greedy_choice(seed: int) -> None:
    points = clouds(seed=seed)

    rows = coresets.facility_location(points, 20)

    assert covered(points, rows) == pytest.approx(covered(points, greedy(points, 20)), rel=1e-6)
    assert rows[:6].tolist() == greedy(points, 6)


def test_given_similarities_decide_and_weights_count() -> None:
    points = np.array([[0.0], [0.1], [10.0], [10.1], [50.0]], np.float32)

    assert coresets.facility_location(points, 1)[0] in {1, 2, 3}
    assert coresets.facility_location(points, 1, weights=[1, 1, 1, 1, 99])[0] == 4
    alike = np.eye(5, dtype=np.float32)
    alike[3, 3] = 5
    assert coresets.facility_location(points, 1, similarities=alike)[0] == 3


def test_beyond_the_pairs_that_fit_samples_come_close(monkeypatch: pytest.MonkeyPatch) -> None:
    points = clouds(400)
    exact = covered(points, coresets.facility_location(points, 25))
    monkeypatch.setattr(geometry, "MOST_PAIRED", 10)

    drawn = coresets.facility_location(points, 25, seed=1)

    assert len(set(drawn)) == 25
    assert covered(points, drawn) >= 0.99 * exact


@pytest.mark.parametrize(("n", "k"), [(3, 3), (300, 40), (700, 400)])
def test_k_center_takes_the_farthest_each_time(n: int, k: int) -> None:
    points = clouds(n, seed=n)
    away, rows = ((points - points[0]) ** 2).sum(axis=1), [0]
    while len(rows) < k:
        away[rows] = -1
        rows.append(int(away.argmax()))
        away = np.minimum(away, ((points - points[rows[-1]]) ** 2).sum(axis=1))

    chosen = coresets.k_center(points, k, start=0)

    def radius(picked: Any) -> float:
        return float(geometry.squared_distances(points, picked).min(axis=0).max())

    assert len(set(chosen)) == k
    assert radius(chosen) == pytest.approx(radius(rows), rel=1e-4, abs=1e-4)


def test_herding_keeps_the_mean() -> None:
    points = clouds(200)
    rng = np.random.default_rng(0)

    def off(rows: Any) -> float:
        return float(np.linalg.norm(points[rows].mean(axis=0) - points.mean(axis=0)))

    drawn = np.median([off(rng.permutation(200)[:30]) for _ in range(50)])

    assert off(coresets.herding(points, 30)) < 0.3 * drawn


def test_weights_of_sensitivity_estimate_sums_without_bias() -> None:
    points = clouds(150)
    truth = (points**2).sum()
    estimates = []
    for seed in range(400):
        rows, weights = coresets.sensitivity(points, 30, seed=seed)
        assert len(rows) == len(set(rows)) <= 30
        estimates.append((weights * (points[rows] ** 2).sum(axis=1)).sum())

    error = np.std(estimates) / np.sqrt(len(estimates))

    assert abs(np.mean(estimates) - truth) < 4 * error
    assert error < 0.02 * truth


@given(
    st.integers(1, 30),
    st.data(),
    st.sampled_from(["facility_location", "k_center", "herding"]),
    st.sampled_from(["apart", "twins"]),
)
def test_any_k_of_any_rows_gives_so_many_different_rows(
    n: int, data: st.DataObject, method: str, where: str
) -> None:
    k = data.draw(st.integers(1, n))
    points = np.zeros((n, 3), np.float32) if where == "twins" else clouds(n, seed=n)

    rows = getattr(coresets, method)(points, k)

    assert len(rows) == len(set(rows.tolist())) == k
    assert set(rows.tolist()) <= set(range(n))


@pytest.mark.parametrize("k", [0, -1, 6, 2.0, True])
def test_a_wrong_number_of_rows_is_refused(k: Any) -> None:
    with pytest.raises(ValueError, match="k must be a whole number from 1 to the 5 rows"):
        coresets.facility_location(np.eye(5), k)


def test_features_that_are_no_numbers_are_refused_by_row() -> None:
    points = clouds(10)
    points[3, 1] = np.nan

    for choose in (coresets.facility_location, coresets.k_center, coresets.herding):
        with pytest.raises(ValueError, match=r"1 of 10 rows of features .* such as row 3"):
            choose(points, 2)


@pytest.mark.parametrize(
    ("size", "n", "expected"), [(0.1, 50, 5), (1.0, 7, 7), (1, 7, 1), (99, 7, 7), (0.001, 50, 1)]
)
def test_a_size_is_a_share_or_a_number(size: float, n: int, expected: int) -> None:
    assert how_many(size, n) == expected


@pytest.mark.parametrize("size", [0, -3, 1.5, 0.0, True, "1"])
def test_a_size_that_is_neither_is_refused(size: Any) -> None:
    with pytest.raises(ValueError, match="size must be a share above 0"):
        how_many(size, 10)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_keeps_so_many_and_each_class_where_it_promises(method: str) -> None:
    points = clouds(100)
    labels = (np.arange(100) >= 80).astype(int)
    scores, errors = np.linspace(0, 1, 100), np.arange(100) < 10

    found = coresets.select(method, points, labels, 20, seed=1, scores=scores, errors=errors)

    assert len(found.rows) == len(set(found.rows.tolist()))
    assert len(found.rows) == 20 or (method == "sensitivity" and 10 < len(found.rows) < 20)
    assert found.weights.shape == found.rows.shape
    if method in {"stratified", "facility_location", "k_center", "herding"}:
        assert (labels[found.rows] == 1).sum() == 4
    if method == "clean_then_cover":
        assert not set(found.rows.tolist()) & set(range(10))
    if method == "el2n":
        assert set(found.rows.tolist()) == set(range(80, 100))
    if method == "coverage_centric":
        assert found.rows.max() < 90
        assert np.ptp(found.rows) > 70


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("k", [1, 9])
def test_one_row_and_all_rows_work_even_with_a_class_of_one(method: str, k: int) -> None:
    labels = np.array([0] * 8 + [1])

    found = coresets.select(
        method, clouds(9), labels, k, scores=np.arange(9), errors=np.zeros(9, bool)
    )

    assert len(found.rows) == k


def test_what_a_method_needs_is_asked_for() -> None:
    points, labels = clouds(10), np.zeros(10, int)

    with pytest.raises(ValueError, match="training_scores"):
        coresets.select("el2n", points, labels, 2)
    with pytest.raises(ValueError, match="find_label_issues"):
        coresets.select("clean_then_cover", points, labels, 2)
    with pytest.raises(ValueError, match="method must be one of clean_then_cover, "):
        coresets.select("best", points, labels, 2)
    with pytest.raises(ValueError, match="All labels are believed to be wrong"):
        coresets.select("clean_then_cover", points, labels, 2, errors=np.ones(10, bool))


@pytest.fixture(scope="module")
def images() -> ImageSet:
    return image_set([photo(seed) for seed in range(60)])


def test_pictures_are_described_in_the_order_of_the_table(images: ImageSet) -> None:
    features = dcw.embed(images)
    backwards = images.take(images.table.index[::-1])

    assert features.dtype == np.float32
    assert features.shape == (60, 59) or features.shape[1] <= 64
    apart = geometry.squared_distances(features, range(60))
    again = geometry.squared_distances(dcw.embed(backwards), range(60))
    assert np.allclose(apart, again[::-1, ::-1], atol=1e-2)


def test_a_coreset_is_an_image_set_with_weights(images: ImageSet) -> None:
    core = dcw.coreset(images, 0.25, "sensitivity", seed=3)

    assert 5 < len(core) <= 15
    assert (core.weights != 1).any()
    assert core.version == dcw.coreset(images, 0.25, "sensitivity", seed=3).version
    assert set(core.table.index) <= set(images.table.index)


def test_label_errors_are_left_out_before_covering(images: ImageSet) -> None:
    table = images.table
    wrong = table.index[:12]
    shares = np.where(table["label"] == images.classes[0], 0.95, 0.05)
    shares[:12] = 1 - shares[:12]
    probabilities = pd.DataFrame(np.column_stack([shares, 1 - shares]), table.index, images.classes)

    core = dcw.coreset(images, 0.5, probabilities=probabilities)

    assert len(core) == 30
    assert not set(wrong) & set(core.table.index)


def test_features_of_another_set_are_refused(images: ImageSet) -> None:
    with pytest.raises(ValueError, match=r"features have shape \(3, 4\); expected one row"):
        dcw.coreset(images, 5, "k_center", features=np.zeros((3, 4)))
    with pytest.raises(ValueError, match="nothing can be chosen"):
        dcw.coreset(images, 5, "k_center", features=np.full((60, 4), np.nan))


def test_rows_that_could_not_be_described_are_never_chosen(images: ImageSet) -> None:
    features = dcw.embed(images)
    features[:30] = np.nan

    core = dcw.coreset(images, 1.0, "herding", features=features)

    assert set(core.table.index) == set(images.table.index[30:])
