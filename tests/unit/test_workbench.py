"""One compiled model for many trainings, which nobody notices but by the clock."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import numpy as np
import pytest

import dcwidgets as dcw
from dcwidgets.training import train_steps
from dcwidgets.workbench import Workbench, workbench
from tests.curation_sets import image_set, photo


@pytest.fixture(scope="module")
def train() -> dcw.ImageSet:
    return image_set([photo(n) for n in range(40)])


def test_it_trains_as_a_new_model_does(train: dcw.ImageSet) -> None:
    bench = Workbench(dcw.build_model, classes=2, image_size=64)
    for seed in (3, 1):
        train_steps(bench.fresh(seed), train, 4, seed=seed)
    new = dcw.build_model(seed=1)
    train_steps(new, train, 4, seed=1)

    weights = zip(bench._model.get_weights(), new.get_weights(), strict=True)
    assert all(np.allclose(ours, theirs, atol=1e-6) for ours, theirs in weights)


def test_a_score_does_not_hang_on_what_was_trained_before(train: dcw.ImageSet) -> None:
    test = image_set([photo(n) for n in range(60, 80)])

    def scores(seeds: list[int]) -> tuple[float, ...]:
        return dcw.measure(train, test, seeds=seeds, steps=6, progress=False).scores

    first, second = scores([0, 1])
    weighted = dcw.Recipe().weight(train.table.index[:5], 3.0).apply(train)
    dcw.measure(weighted, test, seeds=[2], steps=3, progress=False)

    assert scores([1]) == (second,)
    assert scores([0]) == (first,)


def test_a_thread_has_its_own_and_another_size_a_new_one() -> None:
    mine = workbench(dcw.build_model, classes=2, image_size=64)
    others: list[Workbench] = []
    thread = threading.Thread(
        target=lambda: others.append(workbench(dcw.build_model, classes=2, image_size=64))
    )
    thread.start()
    thread.join()

    assert workbench(dcw.build_model, classes=2, image_size=64) is mine
    assert others[0] is not mine
    assert workbench(dcw.build_model, classes=2, image_size=32) is not mine


@pytest.fixture
def no_looks() -> Iterator[None]:
    """Python looks for no garbage by itself, as in old objects it seldom does."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_looks")
def test_models_that_nobody_holds_do_not_pile_up() -> None:
    gone = []
    for _ in range(4):
        gone.append(weakref.ref(dcw.build_model(image_size=16)))
        workbench(dcw.build_model, classes=2, image_size=64)

    assert [model() for model in gone[:-1]] == [None] * 3
