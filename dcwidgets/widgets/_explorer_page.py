"""What the page of the augmentation explorer is told when it opens, and its static twin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from html import escape
from typing import Any

import numpy as np
import numpy.typing as npt

from dcwidgets.augmentation.catalog import CATALOG, MOST_STEPS, PRESETS
from dcwidgets.augmentation.chips import Chip, Chips
from dcwidgets.augmentation.extremes import CHANCES, pictured
from dcwidgets.augmentation.policies import LARGEST_SEED
from dcwidgets.imageset import ImageSet
from dcwidgets.widgets._sheets import EDGE, sheet_image
from dcwidgets.widgets._shown import Shown

_SMALLEST, _LARGEST = 32, 256


def about(shown: Shown, *, model: bool, guesses: Sequence[str]) -> dict[str, Any]:
    """Describe what never changes: the grid, the layers with their knobs, the presets."""
    return {
        "pictures": shown.pictures,
        "draws": shown.draws,
        "size": shown.size,
        "most": MOST_STEPS,
        "largestSeed": LARGEST_SEED,
        "boxes": shown.sides is not None,
        "model": model,
        "guesses": [*guesses],
        "kinds": {name: _kind(name) for name in CATALOG},
        "presets": {name: Chips.of_preset(name).chips for name in PRESETS},
    }


def _kind(name: str) -> dict[str, Any]:
    kind = CATALOG[name]
    knobs = [
        {
            **asdict(knob),
            "chance": (name, knob.name) in CHANCES,
            "pictured": pictured(name, knob),
        }
        for knob in kind.knobs
    ]
    return {
        "title": kind.title,
        "knobs": knobs,
        "defaults": kind.defaults(),
        "geometric": kind.geometric,
    }


def title(chip: Chip) -> str:
    """Return how a chip is called for a reader."""
    return CATALOG[chip["layer"]].title if chip["layer"] in CATALOG else chip["layer"]


def chain(chips: Sequence[Chip]) -> str:
    """Name the layers that are on, in order and with their probability, for a reader."""
    return ", ".join(_named(chip) for chip in chips if chip["on"]) or "nothing"


def _named(chip: Chip) -> str:
    often = f" ({chip['probability'] * 100:.0f} %)" if "probability" in chip else ""
    return title(chip) + often


def static_html(
    originals: npt.NDArray[np.uint8],
    draws: npt.NDArray[np.uint8] | None,
    chips: Sequence[Chip],
    seed: int,
) -> str:
    """Picture originals and draws for a saved notebook, where no kernel runs."""
    rows = originals[:, None]
    if draws is not None:
        rows = np.concatenate([rows, draws], axis=1)
    layers = escape(chain(chips))
    sheet = sheet_image(
        rows.reshape(-1, *rows.shape[2:]),
        columns=rows.shape[1],
        alt=f"Pictures before and after augmentation: {layers}",
    )
    return (
        f"<figure>{sheet}<figcaption>{layers}; seed {seed}. Run this cell to explore."
        "</figcaption></figure>"
    )


def check_images(images: ImageSet, role: str = "images") -> None:
    """Refuse what is no image set, or an empty one."""
    if not hasattr(images, "thumbnails"):
        raise TypeError(
            f"{role} must be an image set, got {type(images).__name__}. "
            'Load one with `dcw.load("pocket_pets")`.'
        )
    if not len(images):
        raise ValueError(f"{role} is an empty set. Look at its `table` and `where(...)`.")


def check_shape(pictures: int, draws: int, size: int) -> None:
    """Refuse a grid that is too large to be shown."""
    most = 12
    if not (1 <= pictures <= most and 1 <= draws <= most and _SMALLEST <= size <= _LARGEST):
        raise ValueError(
            f"pictures and draws must lie between 1 and {most}, and size between {_SMALLEST} and "
            f"{_LARGEST}, got pictures={pictures!r}, draws={draws!r}, size={size!r}."
        )
    if max(pictures, draws + 1) * size > EDGE:
        raise ValueError(
            f"{pictures} rows and {draws} + 1 columns of {size} px do not fit into {EDGE} px. "
            "Show fewer pictures or draws, or make them smaller."
        )


def check_model(model: object) -> None:
    """Refuse what is no Keras model."""
    if model is not None and not (callable(model) and hasattr(model, "input_shape")):
        raise TypeError(
            f"model must be a trained Keras model, got {type(model).__name__}. "
            "Build one with `dcw.build_model()` and train it with `dcw.fit(...)`."
        )
