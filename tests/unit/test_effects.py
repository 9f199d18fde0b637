"""What the explorer reveals about a policy after a guess."""

from __future__ import annotations

import threading
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest

import dcwidgets as dcw
from dcwidgets.imageset import ImageSet
from dcwidgets.widgets import _effects
from tests.curation_sets import image_set, photo
from tests.unit.test_augmentation_explorer import Talk
from tests.unit.test_explorer_answers import note_parsing, shown


@pytest.fixture(scope="module")
def images() -> ImageSet:
    return image_set([photo(n) for n in range(16)])


@pytest.fixture(scope="module")
def test() -> ImageSet:
    return image_set([photo(n) for n in range(50, 66)])


@pytest.fixture
def scores(monkeypatch: pytest.MonkeyPatch) -> list[tuple[bool, int]]:
    """Trainings that were asked for; a policy costs 10 points, a little more for later seeds."""
    asked: list[tuple[bool, int]] = []

    class Scored:
        def __init__(self, mean: float) -> None:
            self.mean = mean

    def measure(*_: Any, seeds: list[int], augment: Any, **__: Any) -> Scored:
        asked.append((augment is not None, seeds[0]))
        return Scored(0.8 + seeds[0] / 100 - (0.1 + seeds[0] / 1000) * (augment is not None))

    monkeypatch.setattr(_effects, "measure", measure)
    return asked


def test_a_guess_is_kept_beside_what_was_measured(
    images: ImageSet, test: ImageSet, scores: list[tuple[bool, int]]
) -> None:
    explorer = dcw.AugmentationExplorer(images, "light", test=test)

    words = explorer.effect("raises")
    explorer.policy = "absurd"
    explorer.effect("lowers")

    table = explorer.effects
    assert table["guess"].tolist() == ["raises", "lowers"]
    assert table["verdict"].tolist() == ["lowers", "lowers"]
    assert table["right"].tolist() == [False, True]
    assert table["change"].to_numpy() == pytest.approx([-0.101, -0.101])
    assert (table["low"] < table["change"]).all()
    assert "lowers the score, you guessed \u201craises\u201d" in words
    assert "81.0 % without, 70.9 % with it: -10.1 points" in words
    # Without a policy the scores are known from the first guess on.
    assert [with_policy for with_policy, _ in scores] == [False] * 3 + [True] * 6


def test_the_interval_is_that_of_paired_differences() -> None:
    none, scores = [0.5, 0.6, 0.7], [0.52, 0.65, 0.71]
    from scipy.stats import ttest_rel

    found = _effects.compared(none, scores)

    interval = ttest_rel(scores, none).confidence_interval(0.95)
    assert (found["low"], found["high"]) == pytest.approx((interval.low, interval.high))
    assert found["verdict"] == "changes little"
    assert _effects.compared(none, [0.6, 0.7, 0.81])["verdict"] == "raises"


def test_without_a_test_set_or_with_another_guess_nothing_is_measured(
    images: ImageSet, test: ImageSet, scores: list[tuple[bool, int]]
) -> None:
    with pytest.raises(ValueError, match=r"Make the explorer with test="):
        dcw.AugmentationExplorer(images).effect("raises")
    with pytest.raises(ValueError, match="guess must be one of raises, changes little, lowers"):
        dcw.AugmentationExplorer(images, test=test).effect("wins")
    with pytest.raises(TypeError, match="test must be an image set"):
        dcw.AugmentationExplorer(images, test="gold")  # type: ignore[arg-type]
    without = dcw.AugmentationExplorer(images)
    reply, _ = Talk(without).ask("effect", n=1, guess="raises", **shown(without))

    assert reply["error"].startswith("There is nothing to score on.")
    assert scores == []


def asked(explorer: dcw.AugmentationExplorer, guess: str) -> list[dict[str, Any]]:
    """Ask as the page does; return what every view is told."""
    talk, came = Talk(explorer), threading.Event()
    hear = explorer.send

    def send(content: dict[str, Any], buffers: Any = None) -> None:
        hear(content, buffers)
        if content.get("words") or content.get("problem"):
            came.set()

    explorer.send = send  # type: ignore[method-assign]
    reply, _ = talk.ask("effect", n=7, guess=guess, **shown(explorer))
    assert "error" not in reply, reply
    assert came.wait(120)
    return [content for content, _ in talk.sent if content.get("event") == "effect"]


def test_the_page_is_told_how_far_it_is_and_then_what_was_measured(
    images: ImageSet, test: ImageSet, scores: list[tuple[bool, int]]
) -> None:
    told = asked(dcw.AugmentationExplorer(images, "light", test=test), "lowers")

    assert [each["n"] for each in told] == [7] * 7
    assert [each["state"] for each in told[:-1]] == [f"training {k} of 6 …" for k in range(1, 7)]
    assert told[-1]["words"].startswith("Flip, Rotation, ")
    assert "lowers the score, as you guessed" in told[-1]["words"]


def test_a_problem_is_told(images: ImageSet) -> None:
    told = asked(dcw.AugmentationExplorer(images, "light", test=images), "lowers")

    assert "both trained on and tested on" in told[-1]["problem"]


def test_real_trainings_in_a_thread_parse_no_code(
    images: ImageSet, test: ImageSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two threads that parse at a time break each other's parsing in Python 3.11."""
    monkeypatch.setattr(_effects, "STEPS", 2)
    monkeypatch.setattr(_effects, "SEEDS", (0, 1))
    explorer = dcw.AugmentationExplorer(images, "light", test=test)
    parsed = note_parsing(monkeypatch)
    told = asked(explorer, "raises")

    assert parsed == []
    assert told[-1]["problem"] == ""
    expected = [
        dcw.measure(images, test, seeds=[s], steps=2, augment=a, progress=False).mean
        for a in (None, explorer.policy)
        for s in (0, 1)
    ]
    row = explorer.effects.iloc[0]
    assert [row["none"], row["score"]] == pytest.approx(
        [float(np.mean(expected[:2])), float(np.mean(expected[2:]))]
    )
    assert isinstance(explorer.policy, keras.Layer)
    assert isinstance(explorer.effects, pd.DataFrame)
