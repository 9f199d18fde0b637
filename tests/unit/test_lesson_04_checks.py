"""The check of lesson 04: a policy for the camera above the door, and policies that are none."""

from typing import Any
from unittest.mock import Mock

import keras
import pytest
from PIL import Image

import dcwidgets as dcw
from dcwidgets.course.checks import lesson_04, registered
from tests.curation_sets import image_set, photo

UNIT: dict[str, Any] = {"value_range": (0, 1)}
MOVED = keras.layers.RandomTranslation(0.05, 0.1)
FLIPPED = keras.layers.RandomFlip("horizontal")
LIT = keras.layers.RandomBrightness(0.1, **UNIT)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Mock:
    """A lesson on light dogs and dark cats, with a judge that needs no training."""
    grounds = [Image.new("RGB", (96, 80), ("black", "white")[n % 2]) for n in range(24)]
    mixed = [Image.blend(photo(n), ground, 0.6) for n, ground in enumerate(grounds)]
    images = image_set(mixed)
    picture = keras.Input((64, 64, 3))
    lightness = keras.ops.mean(picture, axis=(1, 2, 3))[:, None]
    judge = keras.Model(picture, keras.ops.sigmoid(20 * (lightness - 0.5)))
    monkeypatch.setattr(lesson_04, "_few", lambda _: images)
    monkeypatch.setattr(lesson_04, "_judge", lambda _: judge)
    return Mock(images=images)


def verdict(policy: Any, run: Mock) -> str | None:
    return registered("04")["04-policy"](policy, run)


def test_flipping_moving_and_light_pass(run: Mock) -> None:
    assert verdict(dcw.policy([FLIPPED, MOVED, LIT]), run) is None


def test_one_warp_counts_as_the_steps_in_it(run: Mock) -> None:
    assert verdict(dcw.policy([FLIPPED, MOVED, LIT], fuse=True), run) is None


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        (None, "Hand in a policy"),
        (dcw.policy("none"), "The policy has 0 steps; the door asks for at least 3."),
        (
            dcw.policy([keras.layers.RandomFlip("vertical"), MOVED, LIT]),
            "A flip from top to bottom hangs the pet from the ceiling.",
        ),
        (
            dcw.policy([FLIPPED, keras.layers.RandomRotation(0.4), LIT]),
            "A pet is turned by more than a quarter turn",
        ),
        (
            dcw.policy([keras.layers.RandomBrightness((0.1, 0.1), **UNIT)] * 3),
            "Called twice, the policy draws the same picture again",
        ),
        (
            dcw.policy([FLIPPED, MOVED, keras.layers.RandomInvert((1.0, 1.0), **UNIT)]),
            "keep their label in the eyes of a trained network",
        ),
    ],
    ids=["no policy", "no steps", "upside down", "turned over", "always the same", "negative"],
)
def test_a_policy_that_does_not_fit_is_told_why(policy: Any, said: str, run: Mock) -> None:
    assert said in (verdict(policy, run) or "")
