"""A watch over a stream: seldom rings for nothing, however long, and soon for something."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import dcwidgets as dcw
from dcwidgets.imageset import ImageSet
from dcwidgets.monitoring.martingales import Bets, Ranks
from tests.judged_pets import balanced, pets


def capital(values: np.ndarray, seed: int) -> np.ndarray:
    """Return the logarithm of the capital after each value; the first 50 are the reference."""
    ranks, bets = Ranks(values[:50], seed), Bets()
    return np.array([bets.bet(ranks.next(float(value))) for value in values[50:]])


def test_ranks_of_a_world_that_stays_are_even_and_independent() -> None:
    values = np.random.default_rng(0).normal(size=2050)
    ranks = Ranks(values[:50], 0)
    seen = np.array([ranks.next(float(value)) for value in values[50:]])

    assert stats.kstest(seen, "uniform").pvalue > 0.01
    assert abs(np.corrcoef(seen[1:], seen[:-1])[0, 1]) < 0.06


def test_ranks_of_equal_values_are_even_too() -> None:
    ranks = Ranks(np.zeros(50), 0)
    seen = [ranks.next(0.0) for _ in range(1000)]

    assert stats.kstest(seen, "uniform").pvalue > 0.01


def test_over_many_clean_streams_capital_seldom_reaches_twenty_at_any_moment() -> None:
    streams = 400
    rng = np.random.default_rng(0)
    rang = sum(capital(rng.normal(size=350), seed).max() >= np.log(20) for seed in range(streams))

    assert rang / streams <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / streams)
    weekly = [
        any(
            stats.ttest_ind(values[:50], values[start : start + 20]).pvalue <= 0.05
            for start in range(50, 350, 20)
        )
        for values in rng.normal(size=(100, 350))
    ]
    assert np.mean(weekly) > 0.25  # what testing each batch at 5 % does


def test_capital_grows_when_the_world_changes_in_either_direction() -> None:
    rng = np.random.default_rng(0)
    for shift in (-1.5, 1.5):
        values = np.r_[rng.normal(size=150), rng.normal(shift, size=150)]
        seen = capital(values, 0)
        assert seen[:100].max() < np.log(20)
        assert seen[-1] > np.log(1000)


def batches(greys: list[np.ndarray]) -> list[ImageSet]:
    """Pictures of one grey each, batch by batch, over one store."""
    flat = np.concatenate(greys).astype(int)
    rows = balanced(len(flat))
    images = pets(rows, dict(zip(rows.index, map(int, flat), strict=True)))
    ends = np.cumsum([len(each) for each in greys])
    return [images.take(rows.index[end - len(g) : end]) for g, end in zip(greys, ends, strict=True)]


def test_the_alarm_rings_in_the_batch_that_differs_and_stays() -> None:
    rng = np.random.default_rng(0)
    usual = [rng.integers(60, 200, n) for n in (120, 30, 30)]
    reference, *stream = batches([*usual, rng.integers(200, 250, 30), rng.integers(60, 200, 30)])
    watch = dcw.Watch(reference)

    assert [watch.look(batch) for batch in stream] == [False, False, True, True]
    assert watch.alarm is True
    assert watch.table["n"].tolist() == [30] * 4
    assert watch.table["evidence"].iloc[1] < 1 < watch.table["evidence"].iloc[2]
    assert repr(watch).endswith(f"alarm in batch 3: {watch.table['feature'][2]}>")
    assert "alarm in batch 3" in watch.plot().alt


def test_a_watch_that_saw_nothing_says_so() -> None:
    watch = dcw.Watch(pets(balanced(40)))

    assert repr(watch) == "<Watch of 6 properties, 0 batches seen: no alarm>"
    assert watch.table.empty
    assert watch.plot().alt


def test_one_stream_gives_one_answer() -> None:
    rng = np.random.default_rng(0)
    reference, batch = batches([rng.integers(0, 256, 60), rng.integers(0, 256, 40)])
    tables = []
    for _ in range(2):
        watch = dcw.Watch(reference, seed=3)
        watch.look(batch)
        tables.append(watch.table)

    pd.testing.assert_frame_equal(tables[0], tables[1])


def test_winter_rings_and_the_trusted_pictures_do_not(data_dir: Path) -> None:
    drawn = dcw.load("pocket_pets", data_dir=data_dir)
    gold, fresh = (drawn.where(split=split) for split in ("gold", "fresh"))
    ids = np.random.default_rng(0).permutation(gold.table.index)
    watch = dcw.Watch(gold.take(ids[:300]))

    clean = [watch.look(gold.take(ids[start : start + 50])) for start in range(300, 500, 50)]
    assert clean == [False] * 4
    assert watch.look(fresh.take(fresh.table.index[:60]))


def test_a_reference_too_small_and_an_odd_level_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 40 pictures"):
        dcw.Watch(pets(balanced(30)))
    with pytest.raises(ValueError, match="alpha must lie between 0 and 1"):
        dcw.Watch(pets(balanced(50)), alpha=0)
