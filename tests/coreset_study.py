"""Show what coresets are worth against a stratified draw, seed by seed.

Run with ``python -m tests.coreset_study [--data-dir DIR] [--setting clean] [--size 0.1]``. Takes
the pool of the drawn set with its true labels, where no scene gives a class away; each seed
draws 1,200 of its pictures. ``redundant`` replaces two thirds of them by copies of a few others,
``flipped`` gives one label in ten to the other class. THE model is trained on each coreset for
the same number of batches and judged on gold. ``--data cats_vs_dogs`` does it with real pictures:
labels as they came, judged on a quarter of them that no seed draws from. Prints each method's
mean, and what it gains over the stratified draw with the 95 % interval of the paired differences.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

import dcwidgets as dcw
from dcwidgets import sources
from dcwidgets.coresets.choosing import METHODS, NEED_SCORES, how_many, select, training_scores
from dcwidgets.imageset import ImageSet
from dcwidgets.pipelines.feeding import label_numbers
from tests.pocket_pets_difficulty import DROPPED

BASELINE = "stratified"
DRAWN = 1200


def main(arguments: Sequence[str] | None = None) -> None:
    """Print one line per seed and method, then the paired gains."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--data", choices=["pocket_pets", "cats_vs_dogs"], default="pocket_pets")
    parser.add_argument("--setting", choices=["clean", "redundant", "flipped"], default="clean")
    parser.add_argument("--size", type=float, default=0.1)
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=["facility_location"])
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(10)))
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--all", action="store_true", help="train on all pictures, too")
    options = parser.parse_args(arguments)
    images = sources.load(options.data, data_dir=options.data_dir)
    if options.data == "pocket_pets":
        gold, pool = images.where(split="gold"), sound_pool(images, options.data_dir)
    else:
        parts = images.split(train=0.75, gold=0.25, seed=0, stratify="label")
        gold, pool = parts.where(split="gold"), parts.where(split="train")
    features = pd.DataFrame(dcw.embed(pool), pool.table.index)
    rows = []
    for seed in options.seeds:
        whole = varied(pool, options.setting, seed)
        for name, chosen, spent in chosen_by(whole, features, options, seed):
            score = dcw.measure(chosen, gold, seeds=(seed,), steps=options.steps, progress=False)
            rows.append({"seed": seed, "method": name, "accuracy": score.mean})
            print(
                f"seed {seed} {name:18} n {len(chosen):4} {score.mean:.3f} {spent:.2f} s",
                flush=True,
            )
    _show(pd.DataFrame(rows), options)


def sound_pool(images: ImageSet, data_dir: Path | None) -> ImageSet:
    """Return the pool with true labels, without pictures that are broken or repeated."""
    key = sources.answer_key("pocket_pets", data_dir=data_dir)
    bad = set(key.index[key["defect"].isin(DROPPED)])
    table = images.where(split="pool").table
    table = table[~table.index.isin(bad)]
    truth = key["true_label"][~key.index.duplicated()]
    return images.derive(table.assign(label=truth.reindex(table.index).astype(str), split="train"))


def varied(pool: ImageSet, setting: str, seed: int) -> ImageSet:
    """Draw this seed's pictures, and spoil them as the setting says."""
    rng = np.random.default_rng(seed)
    table = pool.table.loc[rng.permutation(pool.table.index)[:DRAWN]]
    if setting == "flipped":
        wrong = rng.choice(table.index, len(table) // 10, replace=False)
        first, second = pool.classes
        table.loc[wrong, "label"] = table.loc[wrong, "label"].map({first: second, second: first})
    return pool.derive(table)


def rows_of(whole: ImageSet, setting: str, seed: int) -> np.ndarray:
    """Return which rows there are to choose from: with redundancy some stand there often."""
    n = len(whole)
    if setting != "redundant":
        return np.arange(n)
    rng = np.random.default_rng(seed)
    kept = rng.permutation(n)[: n // 3]
    often = rng.choice(kept[: len(kept) // 10], n - len(kept))
    return np.concatenate([kept, often])


def chosen_by(
    whole: ImageSet, features: pd.DataFrame, options: argparse.Namespace, seed: int
) -> Iterator[tuple[str, ImageSet, float]]:
    """Choose by the baseline and by each method; copies of a picture train once, weighted."""
    rows = rows_of(whole, options.setting, seed)
    points = features.loc[whole.table.index].to_numpy()[rows]
    labels = label_numbers(whole)[rows]
    k = how_many(options.size, len(rows))
    for name in [BASELINE, *options.methods]:
        started = time.perf_counter()
        extra = _extra(name, whole, rows, seed)
        found = select(name, points, labels, k, seed=seed, **extra)
        spent = time.perf_counter() - started
        yield name, _images(whole, rows[found.rows], found.weights), spent
    if options.all:
        yield "everything", _images(whole, rows, np.ones(len(rows))), 0.0


def _extra(name: str, whole: ImageSet, rows: np.ndarray, seed: int) -> dict[str, np.ndarray]:
    if name in NEED_SCORES:
        scores = training_scores(whole, seed=seed)
        column = "forgetting" if name == "forgetting" else "el2n"
        return {"scores": scores[column].reindex(whole.table.index).to_numpy()[rows]}
    if name == "clean_then_cover":
        shares = dcw.cross_validate(whole, seed=seed, progress=False)
        flagged = dcw.find_label_issues(whole, shares)["id"]
        return {"errors": whole.table.index.isin(flagged)[rows]}
    return {}


def _images(whole: ImageSet, rows: np.ndarray, weights: np.ndarray) -> ImageSet:
    total = pd.Series(weights, whole.table.index[rows]).groupby(level=0).sum()
    kept = whole.take(total.index)
    return kept.derive(kept.table, weights=total.astype(float))


def _show(rows: pd.DataFrame, options: argparse.Namespace) -> None:
    wide = rows.pivot_table(index="seed", columns="method", values="accuracy")
    print(f"{options.setting}, {options.size:.0%}, {options.steps} batches, {len(wide)} seeds")
    for name in wide.columns:
        gain = (wide[name] - wide[BASELINE]) * 100
        half = stats.t.ppf(0.975, len(gain) - 1) * gain.sem() if len(gain) > 1 else np.nan
        print(
            f"{name:18} {wide[name].mean():.3f}   {gain.mean():+.1f} points "
            f"({gain.mean() - half:+.1f} to {gain.mean() + half:+.1f})"
        )


if __name__ == "__main__":
    main()
