"""What is promised for Keras on TensorFlow holds for Keras on JAX, tried in one other process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

import dcwidgets as dcw
from tests.conftest import ROOT, WITHOUT_JAX
from tests.curation_sets import image_set, photo

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def on_jax() -> dict[str, Any]:
    """What each part of `tests.on_jax` returned; a part that raised is missing, with all after."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.on_jax"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p != WITHOUT_JAX)},
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    parts = dict(map(json.loads, ran.stdout.splitlines()))
    return {**parts, "error": ran.stderr[-2000:] if ran.returncode else ""}


def test_it_was_jax_and_nothing_raised(on_jax: dict[str, Any]) -> None:
    assert on_jax["error"] == ""
    assert on_jax["backend"] == "jax"


def test_a_model_trains_is_measured_and_collects(on_jax: dict[str, Any]) -> None:
    names, score, collected = on_jax["training"]

    assert names == ["accuracy", "loss", "val_accuracy", "val_loss"]
    assert 0 <= score <= 1
    assert collected == 3


def test_a_pipeline_feeds_it_with_the_same_draws(on_jax: dict[str, Any]) -> None:
    images, heavy = image_set([photo(seed) for seed in range(20)]), dcw.policy("heavy")
    here = dcw.prepare(images, augment=heavy, image_size=16, batch_size=8, seed=5)

    loss, there = on_jax["feeding"]

    assert np.isfinite(loss)
    assert there == pytest.approx(float(next(iter(here))[0].numpy().mean()), abs=1e-5)


def test_stages_are_shown_and_a_guard_stops_the_training(on_jax: dict[str, Any]) -> None:
    assert on_jax["guarding"] == [7, ["h"], 2]


def test_a_layer_acts_on_some_pictures_only(on_jax: dict[str, Any]) -> None:
    ran = on_jax["sometimes"]

    assert 0 < ran["one by one"] < 16
    assert 0 < ran["fused"] < 16
    assert ran["in a pipeline"] > 0
    assert ran["keyed"] < 1e-5
    assert np.isfinite(ran["loss"])
