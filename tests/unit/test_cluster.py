"""Audits, descriptors and trees on a cluster of two processes: as in one, also when one dies."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from distributed import Client, LocalCluster

import dcwidgets as dcw
from dcwidgets import cluster
from dcwidgets.imageset import ImageSet


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with (
        LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50
        ) as workers,
        Client(workers) as connected,  # type: ignore[no-untyped-call]
    ):
        yield connected


@pytest.fixture(scope="module")
def images(data_dir: Path) -> ImageSet:
    pets = dcw.load("pocket_pets", data_dir=data_dir).where(split="train")
    return pets.take(pets.table.index[:150])


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several parts for each worker."""
    monkeypatch.setattr(cluster.in_parts, "__kwdefaults__", {"size": 20})


def test_an_audit_is_the_same(client: Client, images: ImageSet) -> None:
    here, there = (dcw.audit(images, progress=False, client=each) for each in (None, client))

    pd.testing.assert_frame_equal(there.findings, here.findings)
    assert len(here.findings) > 5


def test_descriptors_and_trees_are_the_same(client: Client, images: ImageSet) -> None:
    assert np.allclose(
        dcw.embed(images, client=client), dcw.embed(images), atol=1e-4, equal_nan=True
    )
    here, there = (
        dcw.CoresetTree(size=10, leaf=30).insert(images, client=each) for each in (None, client)
    )
    assert there.coreset().version == here.coreset().version


def _dies_once(part: ImageSet) -> list[str]:
    """Kill the first worker that comes here, as a machine that fails does."""
    mark = Path(os.environ["DCW_DYING"])
    try:
        mark.touch(exist_ok=False)
    except FileExistsError:
        return list(part.table.index)
    os.kill(os.getpid(), signal.SIGKILL)
    return []


def test_a_killed_worker_loses_nothing(client: Client, images: ImageSet, tmp_path: Path) -> None:
    mark = str(tmp_path / "died")
    client.run(lambda: os.environ.update(DCW_DYING=mark))

    found: list[Any] = cluster.in_parts(client, _dies_once, images)

    assert Path(mark).exists()
    assert [id_ for part in found for id_ in part] == images.table.index.tolist()


def test_what_is_no_client_is_refused(images: ImageSet) -> None:
    with pytest.raises(TypeError, match=r"must be a distributed\.Client, got str"):
        dcw.embed(images, client="tcp://somewhere")  # type: ignore[arg-type]
