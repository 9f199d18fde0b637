"""Drift: the kernel's distance with its permutations, against a peer that computes it anew."""

from __future__ import annotations

import time
from collections.abc import Iterator
from importlib import metadata

import numpy as np

from dcwidgets.monitoring import mmd
from tests.bench._rows import Row, seconds

N, FEATURES = 1000, 64
PERMUTATIONS, FEWER = 1000, 100


def rows() -> Iterator[Row]:
    """Measure both on the same samples; the peer with a tenth of the permutations."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, N, FEATURES))
    ours = seconds(lambda: mmd(x, y, permutations=PERMUTATIONS))
    name, theirs = _frouros(x, y)
    yield Row(
        f"drift by MMD, {N:,} + {N:,} x {FEATURES}, {PERMUTATIONS:,} permutations",
        ours,
        peer=name,
        theirs=theirs,
        at_least=50,
        note=f"The peer does {FEWER} permutations, a tenth of ours, once."
        if theirs is not None
        else "frouros is not installed: it asks for an old NumPy and runs with this one; "
        "pip install --no-deps frouros==0.9.0.",
    )


def _frouros(x: np.ndarray, y: np.ndarray) -> tuple[str, float | None]:
    try:
        from frouros.callbacks import PermutationTestDistanceBased
        from frouros.detectors.data_drift import MMD
    except ImportError:
        return "", None
    test = PermutationTestDistanceBased(
        num_permutations=FEWER, random_state=0, num_jobs=1, name="permutations", verbose=False
    )
    detector = MMD(callbacks=[test])
    detector.fit(X=x)
    started = time.perf_counter()
    detector.compare(X=y)
    return f"frouros {metadata.version('frouros')}", time.perf_counter() - started
