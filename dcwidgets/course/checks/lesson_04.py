"""Checks of lesson 04."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from dcwidgets.augmentation import label_safety
from dcwidgets.augmentation.policies import flat, unfuse
from dcwidgets.augmentation.steps import inner
from dcwidgets.course.checks import register

if TYPE_CHECKING:
    import keras

    from dcwidgets.course.run import Run
    from dcwidgets.imageset import ImageSet

_STEPS = 3
_QUARTER = 0.25
_KEPT = 0.8
_LOOKED_AT = 8


@register("04-policy")
def _(answer: Any, run: Run) -> str | None:
    try:
        layers = unfuse(flat(answer))
    except ValueError:
        return "Hand in a policy: what dcw.policy([...]) returns, or explorer.policy."
    if len(layers) < _STEPS:
        return f"The policy has {len(layers)} steps; the door asks for at least {_STEPS}."
    pictures = _few(run)
    return _upright(layers) or _varied(answer, pictures) or _kept(answer, pictures)


def _upright(layers: list[keras.Layer]) -> str | None:
    for layer in map(inner, layers):
        name = type(layer).__name__
        if name == "RandomFlip" and "vertical" in layer.mode:
            return "A flip from top to bottom hangs the pet from the ceiling."
        if name == "RandomRotation" and max(map(abs, layer.factor)) > _QUARTER:
            return "A pet is turned by more than a quarter turn: 1 is a whole turn in Keras."
    return None


def _varied(policy: keras.Layer, pictures: ImageSet) -> str | None:
    tiles = pictures.thumbnails(pictures.table.index[:_LOOKED_AT], size=64).astype(np.float32)
    first, second = (np.asarray(policy(tiles / 255, training=True)) for _ in range(2))
    if np.abs(first - second).max() > 0:  # a step may leave out some pictures twice
        return None
    return "Called twice, the policy draws the same picture again: every step is always the same."


def _kept(policy: keras.Layer, pictures: ImageSet) -> str | None:
    safety = label_safety(policy, _judge(pictures), pictures)
    lost = safety[safety["kept"] < _KEPT]
    if lost.empty:
        return None
    worst = lost.sort_values("kept").iloc[0]
    return (
        f"Of the pictures labelled {worst['label']} only {worst['kept']:.0%} keep their label in "
        "the eyes of a trained network; wanted are 80%. Weaken the strongest step."
    )


@lru_cache(maxsize=1)
def _few(run: Run) -> ImageSet:
    return run.reviewed().apply(run.images).where(split="train")


@lru_cache(maxsize=1)
def _judge(pictures: ImageSet) -> keras.Model:
    """Train once: a learner tries more than one answer."""
    from dcwidgets.augmentation import policy
    from dcwidgets.training import build_model, train_steps

    model = build_model(seed=0)
    train_steps(model, pictures, 420, augment=policy("light", fuse=True))
    return model
