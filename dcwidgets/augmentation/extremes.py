"""What the two ends of a range do to a picture."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from dcwidgets.augmentation.catalog import CATALOG, Config, Knob
from dcwidgets.augmentation.chips import Chip
from dcwidgets.augmentation.drawing import to_tiles
from dcwidgets.augmentation.steps import build
from dcwidgets.augmentation.turning import set_range

if TYPE_CHECKING:
    import keras

Tile = npt.NDArray[np.uint8]
# They mix a picture with others, so one picture shows nothing.
_MIX = frozenset({"MixUp", "CutMix"})
_KEPT = 256

CHANCES = frozenset(
    (layer, "factor")
    for layer in ("RandomErasing", "RandomGaussianBlur", "RandomGrayscale", "RandomInvert")
)
"""Knobs, as layer and argument, that say how often a layer acts, and not how much."""


def pictured(layer: str, knob: Knob) -> int:
    """Return how many pictures say what a knob does: two for a range, one or none for others."""
    knobs = CATALOG[layer].knobs
    chance = (layer, knob.name) in CHANCES
    # How often a layer acts is no picture, unless there is nothing else to see.
    if layer in _MIX or (chance and len(knobs) > 1):
        return 0
    return 2 if isinstance(knob.default, tuple) and not chance else 1


class Extremes:
    """Pictures of the ends of each range, drawn by the layers themselves.

    They are kept between calls: a slider that moved costs its own two pictures.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Tile] = OrderedDict()

    def draw(
        self, chips: Sequence[Chip], picture: npt.NDArray[np.float32], name: str
    ) -> tuple[list[tuple[int, str, int]], list[Tile]]:
        """Draw the ends of every range of the chips that are on.

        Parameters
        ----------
        chips : sequence of Chip
            Checked chips.
        picture : numpy.ndarray of shape (1, height, width, 3)
            float32 in [0, 1].
        name : str
            Stands for the picture; the same name means the same pixels.

        Returns
        -------
        places : list of (key, argument, end)
            What each tile shows: a chip, its argument, and 0 for the low or 1 for the high
            end. What is no range has the end 0 only.
        tiles : list of numpy.ndarray of shape (height, width, 3)
            RGB, uint8.
        """
        places, tiles = [], []
        for chip in chips:
            for knob, end in _ends(chip):
                places.append((chip["key"], knob.name, end))
                tiles.append(self._tile(chip, knob, end, picture, name))
        return places, tiles

    def _tile(
        self, chip: Chip, knob: Knob, end: int, picture: npt.NDArray[np.float32], name: str
    ) -> Tile:
        asked = json.dumps([name, chip["layer"], chip["config"], knob.name, end])
        if asked not in self._kept:
            self._kept[asked] = to_tiles(_draw(chip, knob, end, picture))[0]
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(asked)
        return self._kept[asked]


def _ends(chip: Chip) -> Iterator[tuple[Knob, int]]:
    kind = CATALOG.get(chip["layer"])
    if kind is None or not chip["on"] or chip["own"]:
        return
    for knob in kind.knobs:
        for end in range(pictured(chip["layer"], knob)):
            yield knob, end


def _draw(
    chip: Chip, knob: Knob, end: int, picture: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]:
    import keras

    layer = _collapsed(chip, knob, end)
    if chip["layer"] == "RandomFlip":
        drawn = layer.transform_images(picture, {"flips": np.ones((1, 1, 1, 1), bool)})
    else:
        drawn = layer(picture, training=True)
    return np.asarray(keras.ops.convert_to_numpy(drawn), np.float32)


def _collapsed(chip: Chip, knob: Knob, end: int) -> keras.Layer:
    """Make the layer whose range is one end of itself, and whose other ranges do nothing."""
    layer, value = chip["layer"], chip["config"][knob.name]
    config = {**chip["config"], **_others(layer, knob)}
    if (layer, knob.name) in CHANCES:
        config[knob.name] = _always(knob)
    elif isinstance(value, tuple | list) and not knob.kept_as:
        config[knob.name] = (value[end], value[end])
    made = build({"layer": layer, "config": config, "seed": chip["key"]})
    if isinstance(value, tuple | list) and knob.kept_as and (layer, knob.name) not in CHANCES:
        set_range(made, knob.kept_as, _one_end(knob, value, end))
    return made


def _one_end(knob: Knob, value: Sequence[float], end: int) -> tuple[float, float]:
    if knob.unit != "less_more":
        return value[end], value[end]
    # Such a pair holds distances from 1: 1 - low to 1 + high.
    return (value[0], -value[0]) if end == 0 else (-value[1], value[1])


def _others(layer: str, shown: Knob) -> Config:
    return {
        knob.name: _always(knob) if (layer, knob.name) in CHANCES else _nothing(knob)
        for knob in CATALOG[layer].knobs
        if knob.name != shown.name and not knob.choices
    }


def _always(knob: Knob) -> Any:
    return (1.0, 1.0) if isinstance(knob.default, tuple) else 1.0


def _nothing(knob: Knob) -> Any:
    none = min(max(0.0, knob.low), knob.high)
    return (none, none) if isinstance(knob.default, tuple) else none
