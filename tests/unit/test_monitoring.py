"""Drift: exact p-values, one alarm, and reports that find what was planted."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.metrics.pairwise import rbf_kernel

import dcwidgets as dcw
from dcwidgets.imageset import ImageSet
from dcwidgets.monitoring import mmd
from dcwidgets.monitoring.distances import discrepancies, kernel
from dcwidgets.monitoring.shuffles import (
    chi_square,
    largest_gap,
    p_values,
    shuffles,
    told_apart,
)
from tests.judged_pets import balanced, pets


@pytest.fixture(scope="module")
def drawn(data_dir: Path) -> ImageSet:
    """The drawn set, raw."""
    return dcw.load("pocket_pets", data_dir=data_dir)


def halves(images: ImageSet, n: int, seed: int = 0) -> tuple[ImageSet, ImageSet]:
    ids = np.random.default_rng(seed).permutation(images.table.index)
    return images.take(ids[:n]), images.take(ids[n : 2 * n])


def test_the_distance_is_the_unbiased_one_of_its_definition() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(23, 3)), rng.normal(0.5, size=(31, 3))
    points = np.concatenate([x, y]).astype(np.float32)
    squares = ((points[:, None] - points[None]) ** 2).sum(axis=-1)
    width = np.median(squares[~np.eye(54, dtype=bool)])
    k = rbf_kernel(points, gamma=1 / width)
    within = [
        (part.sum() - np.trace(part)) / (len(part) ** 2 - len(part))
        for part in (k[:23, :23], k[23:, 23:])
    ]

    assert mmd(x, y).statistic == pytest.approx(sum(within) - 2 * k[:23, 23:].mean(), abs=1e-5)


@pytest.mark.filterwarnings("error")
def test_points_that_are_mostly_equal_are_compared_by_those_that_are_not() -> None:
    x, y = np.full((30, 3), 1e3), np.full((30, 3), 1e3)
    y[:10] += 1

    assert mmd(x, y).p_value < 0.01
    assert mmd(x, x[:20]).p_value == 1


def test_distances_of_many_pictures_are_those_of_a_plain_product() -> None:
    points = np.random.default_rng(0).normal(size=(600, 4)).astype(np.float32)
    similar, labels = kernel(points), shuffles(350, 250, 20, 0)
    within = np.einsum("ij,ij->i", labels @ similar, labels)
    across = np.einsum("ij,ij->i", labels @ similar, 1 - labels)
    other = similar.sum() - within - 2 * across
    expected = within / (250 * 249) + other / (350 * 349) - 2 * across / (250 * 350)

    assert discrepancies(similar, labels) == pytest.approx(expected, abs=1e-6)


def test_every_shuffle_keeps_the_sizes_and_the_first_is_what_was_seen() -> None:
    labels = shuffles(7, 5, 200, 0)

    assert labels[0].tolist() == [0] * 7 + [1] * 5
    assert (labels.sum(axis=1) == 5).all()
    assert len({row.tobytes() for row in labels}) > 150


def test_a_p_value_counts_ties_and_the_observation_itself() -> None:
    assert p_values(np.array([[3.0, 1.0, 3.0, 5.0]]))[0].tolist() == [0.75, 1.0, 0.75, 0.25]
    assert mmd(np.zeros((5, 2)), np.zeros((6, 2))).p_value == 1


def test_the_gap_and_the_square_are_those_of_scipy() -> None:
    rng = np.random.default_rng(0)
    values = np.r_[rng.normal(size=40), rng.normal(0.4, size=30)].round(1)
    labels = shuffles(40, 30, 10, 0)
    codes = rng.integers(0, 3, 70)
    counts = pd.crosstab(labels[0], codes)

    gap = stats.ks_2samp(values[:40], values[40:]).statistic
    assert largest_gap(values, labels)[0] == pytest.approx(gap)
    square = stats.chi2_contingency(counts, correction=False).statistic
    assert chi_square(codes, labels)[0] == pytest.approx(square, rel=1e-4)


def test_the_classifier_tells_what_is_apart_and_guesses_where_nothing_is() -> None:
    rng = np.random.default_rng(0)
    same, labels = rng.normal(size=(200, 5)), shuffles(120, 80, 50, 0)
    apart = same + 3 * labels[0][:, None]

    assert told_apart(apart, labels, 0)[0] > 0.95
    assert told_apart(same, labels, 0)[0] < 0.65
    assert told_apart(apart, labels, 0)[1:].max() < 0.7


def test_the_distance_rings_for_nothing_as_often_as_it_may() -> None:
    drawn = [np.random.default_rng(seed).normal(size=(2, 20, 3)) for seed in range(400)]
    p = [mmd(x, y, permutations=99).p_value for x, y in drawn]

    rings = np.mean(np.array(p) <= 0.05)
    assert 0.025 <= rings <= 0.08
    assert stats.kstest(p, "uniform").statistic < 0.1


@pytest.mark.parametrize(
    ("x", "y", "said"),
    [
        (np.zeros((5, 2)), np.zeros((5, 3)), "the same features, got 2 and 3"),
        (np.zeros((1, 2)), np.zeros((5, 2)), "x must hold at least two rows"),
        (np.zeros((5, 2)), np.full((5, 2), np.nan), "y must hold .* with NaN"),
        (np.zeros(5), np.zeros((5, 2)), "x must hold at least two rows"),
    ],
)
def test_samples_that_cannot_be_compared_are_refused(
    x: np.ndarray, y: np.ndarray, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        mmd(x, y)


def test_the_planted_drift_is_found_with_its_reasons(drawn: ImageSet, tmp_path: Path) -> None:
    gold, fresh = drawn.where(split="gold"), drawn.where(split="fresh")
    report = dcw.drift(halves(gold, 200)[0], halves(fresh, 200)[0])
    table = report.table.set_index("feature")

    assert report.drifted is True
    assert report.p_value < 0.01
    assert table["drifted"]["warmth"]
    assert not table["drifted"]["label"]
    assert table["p_value"].iloc[0] == pytest.approx(1 / 1001)
    assert set(report.pictures.index) == set(report.current.table.index)
    assert report.pictures.is_monotonic_decreasing
    assert report.summary().startswith("Drift between 200 and 200 pictures (p = 0.0")
    path = report.save(tmp_path / "deep" / "report.html")
    page = path.read_text("utf-8")
    assert page.count("data:image/jpeg") == 24
    assert "<script" not in page
    assert "http" not in page
    assert "warmth drifted" in report.plot().alt


def test_two_parts_of_one_world_show_no_drift(drawn: ImageSet) -> None:
    report = dcw.drift(*halves(drawn.where(split="gold"), 200))

    assert report.drifted is False
    assert not report.table["drifted"].any()
    assert "No drift" in repr(report)
    assert "Most unlike" not in report._repr_html_()


def test_columns_and_features_of_ones_own_are_compared_when_asked() -> None:
    rows = balanced(60)
    rows["scene"] = np.where(np.arange(60) < 30, rows["scene"], "roof")
    images = pets(rows)
    first, second = images.take(rows.index[:30]), images.take(rows.index[30:])
    own = pd.DataFrame({"x": np.arange(60.0)}, index=rows.index)

    plain = dcw.drift(first, second, permutations=199)
    asked = dcw.drift(first, second, columns=["scene"], features=own, permutations=199)

    assert "scene" not in set(plain.table["feature"])
    assert asked.table.set_index("feature")["drifted"]["scene"]
    assert asked.table.query("test == 'kernel distance'")["p_value"].iloc[0] == pytest.approx(
        1 / 200
    )
    with pytest.raises(ValueError, match="no column 'breed' in both sets"):
        dcw.drift(first, second, columns=["breed"])
    with pytest.raises(ValueError, match="30 of 60 pictures have no features"):
        dcw.drift(first, second, features=own.iloc[:30])


def test_an_alarm_names_at_least_one_reason_and_no_alarm_none() -> None:
    seen = set()
    for seed in range(8):
        rows = balanced(60, seed)
        grey = np.random.default_rng(seed).integers(60, 130, 60) + 12 * (np.arange(60) >= 30)
        images = pets(rows, dict(zip(rows.index, map(int, grey), strict=True)))
        parts = images.take(rows.index[:30]), images.take(rows.index[30:])
        points = pd.DataFrame(np.random.default_rng(seed).normal(size=(60, 2)), rows.index)
        report = dcw.drift(*parts, features=points, permutations=99)
        assert report.table["drifted"].any() == report.drifted
        seen.add(report.drifted)

    assert seen == {True, False}


def test_too_few_pictures_and_odd_levels_are_refused() -> None:
    images = pets(balanced(30))

    with pytest.raises(ValueError, match="at least 10 pictures on each side, got 5"):
        dcw.drift(images, images.take(images.table.index[:5]))
    with pytest.raises(ValueError, match="alpha must lie between 0 and 1"):
        dcw.drift(images, images, alpha=1.5)
    with pytest.raises(ValueError, match="model must be a trained model"):
        dcw.drift(images, images, model="mine")
