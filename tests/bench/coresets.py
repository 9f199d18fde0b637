"""Coresets: facility location against its peers, many rows, and the whole bill of a tenth."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from importlib import metadata
from typing import Any

import numpy as np
import numpy.typing as npt

from dcwidgets.coresets import facility_location, select
from tests.bench._rows import Row, seconds

N, K, MANY, WIDTH = 5_000, 500, 23_262, 64
_GIGABYTE = 2**30


def rows() -> Iterator[Row]:
    """Measure choosing, with the same similarities for everybody, and its memory."""
    yield from _peers()
    points, labels = clouds(MANY), np.arange(MANY) % 2
    for share in (0.1, 0.3):
        for method in ("herding", "facility_location", "k_center"):
            yield _many(method, points, labels, share)
    yield from _doubling()


def clouds(n: int) -> npt.NDArray[np.float32]:
    """Draw points in sixty clusters, as embeddings lie."""
    rng = np.random.default_rng(0)
    centres = rng.normal(0, 10, (60, WIDTH))
    return np.asarray(centres[rng.integers(0, 60, n)] + rng.normal(0, 2, (n, WIDTH)), np.float32)


def _peers() -> Iterator[Row]:
    points = clouds(N)
    apart = ((points[:, None, :8] - points[None, :, :8]) ** 2).sum(axis=2)
    alike = np.asarray(apart.max() - apart, np.float32)
    ours = seconds(lambda: facility_location(points, K, similarities=alike))
    reached = _covered(alike, facility_location(points, K, similarities=alike))
    work = f"facility location, {N:,} rows, {K} chosen, the same similarities"
    peers: tuple[tuple[str, Callable[[npt.NDArray[np.float32]], Any]], ...] = (
        ("apricot-select", _apricot),
        ("submodlib-py", _submodlib),
    )
    for name, choose in peers:
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            yield Row(work, ours, peer=f"{name}, not installed: it needs an older NumPy")
            continue
        theirs = seconds(partial(choose, alike))
        share = reached / _covered(alike, choose(alike))
        note = f"objective {share:.5f} of theirs"
        yield Row(work, ours, peer=f"{name} {version}", theirs=theirs, at_least=10, note=note)


def _covered(alike: npt.NDArray[np.float32], chosen: Any) -> float:
    return float(alike[:, np.asarray(chosen)].max(axis=1).sum(dtype=float))


def _apricot(alike: npt.NDArray[np.float32]) -> Any:
    from apricot import FacilityLocationSelection

    chooser = FacilityLocationSelection(K, metric="precomputed", optimizer="lazy")
    return chooser.fit(alike.astype(np.float64)).ranking


def _submodlib(alike: npt.NDArray[np.float32]) -> Any:
    from submodlib.functions.facilityLocation import FacilityLocationFunction

    function = FacilityLocationFunction(n=N, mode="dense", sijs=alike, separate_rep=False)
    found = function.maximize(budget=K, optimizer="LazyGreedy", show_progress=False)
    return [row for row, _ in found]


def _many(
    method: str, points: npt.NDArray[np.float32], labels: npt.NDArray[Any], share: float
) -> Row:
    k = round(share * len(points))
    spent, peak = _weighed(lambda: select(method, points, labels, k))
    return Row(
        f"coreset of {share:.0%} of {MANY:,} x {WIDTH}, {method}, class by class",
        spent,
        at_most=15,
        note=f"peak {peak:.2f} GB of arrays, 1.5 allowed",
    )


def _doubling() -> Iterator[Row]:
    for n in (5_000, 10_000, 20_000):
        points, labels = clouds(n), np.arange(n) % 2
        spent, peak = _weighed(partial(select, "facility_location", points, labels, 500))
        yield Row(
            f"facility location of 500 of {n:,}, class by class", spent, note=f"peak {peak:.2f} GB"
        )


def _weighed(work: Callable[[], object]) -> tuple[float, float]:
    """Return seconds and peak gigabytes of one run; weighed in a second, for it slows."""
    started = time.perf_counter()
    work()
    spent = time.perf_counter() - started
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1] / _GIGABYTE
    tracemalloc.stop()
    return spent, peak
