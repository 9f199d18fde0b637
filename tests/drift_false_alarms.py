"""How often drift rings for nothing: ``python -m tests.drift_false_alarms [RUNS]``.

Reports of two random parts of the trusted pictures, in which nothing differs; watches of clean
streams of 20 batches; and a weekly test at 5 % on the same streams, for comparison. And how soon
each rings when ``fresh`` arrives.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence

import numpy as np
import pandas as pd

from dcwidgets.imageset import ImageSet
from dcwidgets.intervals import wilson
from dcwidgets.monitoring import Watch, drift
from dcwidgets.sources import load
from tests.conftest import data_folder

PART = 150
BATCH, BATCHES = 25, 20


def parts(images: ImageSet, sizes: Sequence[int], seed: int) -> list[ImageSet]:
    """Deal pictures at random into parts of these sizes."""
    ids = np.random.default_rng(seed).permutation(images.table.index)
    ends = np.cumsum(sizes)
    return [images.take(ids[end - n : end]) for n, end in zip(sizes, ends, strict=True)]


def report_rings(images: ImageSet, seed: int) -> tuple[bool, bool]:
    """Return whether a report of nothing rings, and whether any single p-value is at most 5 %."""
    report = drift(*parts(images, [PART, PART], seed), seed=seed)
    return report.drifted, bool((report.table["p_value"] <= 0.05).any())


def watch_rings(images: ImageSet, seed: int, later: ImageSet | None = None) -> int:
    """Return the batch in which a watch rings, 0 if it never does."""
    reference, *batches = parts(images, [400, *[BATCH] * BATCHES], seed)
    if later is not None:
        batches = parts(later, [BATCH] * BATCHES, seed)
    watch = Watch(reference, seed=seed)
    for number, batch in enumerate(batches, 1):
        if watch.look(batch):
            return number
    return 0


def said(name: str, rings: int, runs: int) -> None:
    """Print a rate with its interval."""
    low, high = wilson(rings, runs)
    print(f"{name}: {rings} of {runs}, {rings / runs:.1%} ({low:.1%} to {high:.1%})", flush=True)


def main(runs: int = 1000) -> None:
    """Measure and print."""
    warnings.simplefilter("ignore")
    images = load("pocket_pets", data_dir=data_folder())
    gold, fresh = images.where(split="gold"), images.where(split="fresh")
    found = pd.DataFrame([report_rings(gold, seed) for seed in range(runs)])
    said("reports of nothing that ring", int(found[0].sum()), runs)
    said("at least one p-value at most 5 %", int(found[1].sum()), runs)
    streams = max(1, runs // 4)
    rung = sum(watch_rings(gold, seed) > 0 for seed in range(streams))
    said(f"clean streams of {BATCHES} batches that ring", rung, streams)
    delays = [watch_rings(gold, seed, fresh) for seed in range(20)]
    print("batches of 25 until it rings when fresh arrives:", sorted(delays))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
