"""Show what letting errors choose the next labels earns over drawing them by lot.

Run with ``python -m tests.collection_study [--data-dir DIR] [--seeds 20 21 ...]``. Collects in
three rounds as lesson 06 does, with the same images, and prints each seed's difference at equal
labels, its mean over the seeds with a 95 % interval, and how often a few of these seeds would
show the right direction. The way was chosen on seeds 100 to 103; prove it on others.
"""

import argparse
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
import numpy.typing as npt

import dcwidgets as dcw
from dcwidgets import sources
from dcwidgets.course.lessons import find_lesson
from dcwidgets.course.states import start_state
from dcwidgets.imageset import ImageSet

ROUNDS = 3


def setting(images: ImageSet, own: int, other: int) -> ImageSet:
    """Set a part of the own pictures aside for the pool, which holds few of another kind."""
    train = images.where(split="train").table.sample(frac=1, random_state=0)
    pool = images.where(split="pool").table.sample(frac=1, random_state=0)
    return dcw.Recipe().move(train.index[own:], "pool").drop(pool.index[other:]).apply(images)


def accuracies(
    images: ImageSet, ways: Sequence[str], seed: int, n: int, steps: int
) -> npt.NDArray[np.float64]:
    """Return accuracy by round and way, shape (1 + ROUNDS, n_ways)."""
    parts = images.where(split="gold").split(look=0.5, judge=0.5, seed=0)
    look, judge = (parts.where(split=name) for name in ("look", "judge"))
    rounds = dcw.Rounds(images, judge, n, ways=ways, look=look, seeds=[seed], steps=steps)
    for _ in range(ROUNDS):
        rounds.collect()
    table = rounds.table.pivot_table(index="round", columns="way", values="accuracy")
    return table[list(ways)].to_numpy()


def interval(gains: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Return Student's 95 % interval of a mean."""
    from scipy.stats import t

    half = t.ppf(0.975, len(gains) - 1) * gains.std(ddof=1) / np.sqrt(len(gains))
    return gains.mean() - half, gains.mean() + half


def show(found: npt.NDArray[np.float64], ways: Sequence[str]) -> None:
    """Print what each way earns over the first, over the rounds and after the last."""
    for number, way in enumerate(ways[1:], 1):
        apart = found[:, 1:, number] - found[:, 1:, 0]
        for name, gains in (("mean of rounds", apart.mean(axis=1)), ("last round", apart[:, -1])):
            low, high = interval(gains)
            right = {
                k: np.mean([np.mean(some) > 0 for some in combinations(gains, k)]) for k in (2, 3)
            }
            print(
                f"{way} over {ways[0]}, {name}: {100 * gains.mean():+.1f} points "
                f"(95% interval {100 * low:+.1f} to {100 * high:+.1f}), {len(gains)} seeds, "
                f"{(gains > 0).sum()} above 0; right direction "
                + ", ".join(f"{100 * share:.0f} % of {k} seeds" for k, share in right.items())
            )


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the study, seed by seed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--seeds", type=int, nargs="+", default=[*range(20, 32)])
    parser.add_argument("--ways", nargs="+", default=["random", "weak_slice"])
    parser.add_argument("--n", type=int, default=60)
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--own", type=int, default=600)
    parser.add_argument("--other", type=int, default=120)
    options = parser.parse_args(arguments)
    drawn = sources.load("pocket_pets", data_dir=options.data_dir)
    images = setting(start_state(find_lesson("06"), drawn), options.own, options.other)
    found = []
    for seed in options.seeds:
        found.append(accuracies(images, options.ways, seed, options.n, options.steps))
        print(f"seed {seed}: {found[-1].round(3).tolist()}", flush=True)
        if len(found) > 2:
            show(np.stack(found), options.ways)


if __name__ == "__main__":
    main()
