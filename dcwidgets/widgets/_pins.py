"""Pins: single draws that are worth keeping."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from dcwidgets.augmentation.chips import Chips, to_policy
from dcwidgets.augmentation.drawn import Draw, in_words
from dcwidgets.widgets._sheets import most_tiles, sprite_sheet

if TYPE_CHECKING:
    import keras

MOST_PINS = 24


@dataclass(frozen=True, eq=False)
class Pin:
    """One draw of one picture, with all that is needed to draw it again.

    Attributes
    ----------
    number : int
        Names the pin, from 1; a number is not used twice.
    id, label : str
        The picture and its class, which is empty where unknown.
    seed : int
        Seed of the draws.
    draw : int
        Which of the picture's draws it is, from 0.
    picture : numpy.ndarray of shape (size, size, 3)
        RGB, uint8.
    draws : tuple of Draw
        What each step drew for it.
    turn, tile : int
        Which pictures were shown with it, and its place among the tiles.
    """

    number: int
    id: str
    label: str
    seed: int
    draw: int
    picture: npt.NDArray[np.uint8] = field(repr=False)
    draws: tuple[Draw, ...] = field(repr=False)
    turn: int = field(repr=False)
    tile: int = field(repr=False)
    chips: Chips = field(repr=False)

    @property
    def words(self) -> str:
        """What was drawn, in a line."""
        return in_words(self.draws)

    @property
    def policy(self) -> keras.Layer:
        """The policy that drew it, anew."""
        return to_policy(self.chips, self.seed)

    def row(self) -> dict[str, Any]:
        """Describe the pin to the page."""
        return {
            "number": self.number,
            "label": self.label,
            "id": self.id,
            "seed": self.seed,
            "draw": self.draw,
            "turn": self.turn,
            "tile": self.tile,
            "words": self.words,
            "chips": self.chips.chips,
            "fuse": self.chips.fuse,
        }

    def same(self, other: Pin) -> bool:
        """Say whether two pins are the same draw."""
        mine, its = self.row(), other.row()
        return all(mine[name] == its[name] for name in mine if name != "number")


class PinBoard:
    """Pins in the order in which they were set."""

    def __init__(self) -> None:
        self.pins: list[Pin] = []
        self._last = 0

    def next_number(self) -> int:
        """Return a number that no pin had."""
        self._last += 1
        return self._last

    def add(self, pin: Pin) -> Pin:
        """Keep a pin, or return the one that is the same draw.

        Raises
        ------
        ValueError
            If there is no room.
        """
        for kept in self.pins:
            if kept.same(pin):
                return kept
        if len(self.pins) >= MOST_PINS:
            raise ValueError(f"There are {MOST_PINS} pins already. Remove one first.")
        self.pins.append(pin)
        return pin

    def remove(self, number: int) -> None:
        """Take a pin away.

        Raises
        ------
        ValueError
            If there is no pin of that number.
        """
        kept = [pin for pin in self.pins if pin.number != number]
        if len(kept) == len(self.pins):
            numbers = ", ".join(str(pin.number) for pin in self.pins) or "none"
            raise ValueError(f"There is no pin {number!r}. Pins are: {numbers}.")
        self.pins = kept

    def message(self) -> tuple[dict[str, Any], list[bytes]]:
        """Describe all pins to the page: their rows, and one sheet of their pictures."""
        pins = list(self.pins)
        if not pins:
            return {"pins": [], "columns": 1}, []
        tiles = np.stack([pin.picture for pin in pins])
        columns = min(len(pins), int(most_tiles(tiles.shape[1]) ** 0.5))
        sheet, _ = sprite_sheet(tiles, columns=columns)
        return {"pins": [pin.row() for pin in pins], "columns": columns}, [sheet]
