"""Learning curves recover the law they were drawn from, and say how sure they are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import dcwidgets as dcw
from dcwidgets.learning_curves import LearningCurve, _ordered
from tests.curation_sets import image_set, photo


def curve(noise: float, *, seeds: int = 3) -> LearningCurve:
    rng = np.random.default_rng(0)
    rows = [
        (n, seed, 1 - (0.1 + 2 * n**-0.5) + noise * rng.normal(), 0.5)
        for n in (100, 200, 400, 800)
        for seed in range(seeds)
    ]
    return LearningCurve(pd.DataFrame(rows, columns=["images", "seed", "accuracy", "worst_slice"]))


def test_an_exact_law_is_found_and_certain() -> None:
    forecast = curve(0.0).predict(3200)

    assert forecast.mean == pytest.approx(1 - (0.1 + 2 * 3200**-0.5), abs=0.003)
    assert forecast.high - forecast.low < 0.005


def test_noise_widens_the_interval_and_the_truth_stays_inside() -> None:
    forecast = curve(0.02).predict(1600)

    assert forecast.low <= 1 - (0.1 + 2 * 1600**-0.5) <= forecast.high
    assert 0.01 < forecast.high - forecast.low < 0.2


def test_far_away_less_is_known_than_nearby() -> None:
    noisy = curve(0.02)

    near, far = noisy.predict(400), noisy.predict(20_000)
    assert far.high - far.low > near.high - near.low


def test_the_table_holds_means_and_spreads() -> None:
    table = curve(0.02).table

    assert table["images"].tolist() == [100, 200, 400, 800]
    assert (table["spread"] > 0).all()
    assert curve(0.0, seeds=1).table["spread"].tolist() == [0.0] * 4


def test_the_picture_says_what_it_shows() -> None:
    alt = curve(0.0).plot(to=2000).alt

    assert alt.startswith("Accuracy rises from 0.70 at 100 images to 0.83 at 800; 0.86 expected")


def test_parts_grow_and_keep_the_shares_of_the_classes() -> None:
    images = image_set([photo(n) for n in range(20)], labels=["cat"] * 5 + ["dog"] * 15)
    order = _ordered(images, 0)

    for n in (4, 8, 12):
        assert (images.table.loc[order[:n], "label"] == "cat").sum() == n / 4
    assert order != _ordered(images, 1)


def test_every_size_and_seed_is_trained_once() -> None:
    images = image_set([photo(n) for n in range(40)])
    train, test = (images.take(images.table.index[half::2]) for half in (0, 1))
    test = test.derive(test.table.assign(label=["cat", "dog"] * 10))
    train = train.derive(train.table.assign(label=["cat", "dog"] * 10))

    runs = dcw.learning_curve(
        train, test, sizes=(0.5, 20), seeds=(0, 1), steps=2, progress=False
    ).runs

    assert list(zip(runs["images"], runs["seed"], strict=True)) == [
        (10, 0),
        (10, 1),
        (20, 0),
        (20, 1),
    ]
    assert runs["accuracy"].between(0, 1).all()


@pytest.mark.parametrize("sizes", [(0.5,), (1, 20), (0.5, 21), ()])
def test_sizes_that_cannot_be_trained_are_refused(sizes: tuple[float, ...]) -> None:
    images = image_set([photo(n) for n in range(20)])

    with pytest.raises(ValueError, match="at least two, from 2 to the 20 images"):
        dcw.learning_curve(images, images, sizes=sizes)
