"""What the page of the augmentation explorer may ask, and what it is answered."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import traitlets
from PIL import Image

from dcwidgets.augmentation.boxes import boxes_of_steps
from dcwidgets.augmentation.catalog import MOST_STEPS
from dcwidgets.augmentation.chips import Chip, Chips, seeded, to_policy
from dcwidgets.augmentation.code import steps_code
from dcwidgets.augmentation.drawing import Drawer, to_tiles
from dcwidgets.augmentation.drawn import describe, drawn_steps
from dcwidgets.augmentation.drawn import in_words as draws_in_words
from dcwidgets.augmentation.extremes import Extremes
from dcwidgets.augmentation.loading import load
from dcwidgets.augmentation.mapping import map_code
from dcwidgets.augmentation.policies import LARGEST_SEED, policy_from_json, policy_to_json
from dcwidgets.augmentation.steps import check_seed
from dcwidgets.widgets._beside import Beside
from dcwidgets.widgets._effects import GUESSES, Effects, in_words
from dcwidgets.widgets._explorer_page import chain
from dcwidgets.widgets._messages import Answer, Ask, AskedWidget, Reply
from dcwidgets.widgets._pins import Pin, PinBoard
from dcwidgets.widgets._safety import labelled, safety_rows
from dcwidgets.widgets._sheets import sprite_sheet
from dcwidgets.widgets._shown import Shown

if TYPE_CHECKING:
    import keras

LAST_TURN = 1_000_000
_LONGEST_JSON = 100_000
_THUMB = 64
_COUNT = 2**53  # largest whole number of a page


class RefusedStateError(traitlets.TraitError, ValueError):
    """A state that is not taken: whoever set it is told, and the one before stays."""


@contextmanager
def _refusing() -> Iterator[None]:
    """Let traitlets take a refused state back, which it does for errors of its own alone."""
    try:
        yield
    except ValueError as error:
        raise RefusedStateError(str(error)) from None


class AnsweringExplorer(AskedWidget):
    """The state of an explorer, and its answers to the page."""

    seed = traitlets.Int(0).tag(sync=True, echo_update=False)
    # What a new view starts with; pixels, and every change from here, travel as messages.
    _chips: traitlets.List[Any] = traitlets.List().tag(sync=True, echo_update=False)
    _fuse = traitlets.Bool(default_value=False).tag(sync=True, echo_update=False)
    _turn = traitlets.Int(0).tag(sync=True, echo_update=False)
    _about = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        shown: Shown,
        now: Chips,
        drawer: Drawer,
        model: keras.Model | None,
        effects: Effects | None,
        **traits: Any,
    ) -> None:
        self.model = model
        self._effects = effects
        self._shown = shown
        self._now = now
        self._drawer = drawer
        self._extremes = Extremes()
        self._board = PinBoard()
        self._beside, self._trainer = Beside(), Beside()
        super().__init__(_chips=now.chips, _fuse=now.fuse, **traits)

    @traitlets.validate("seed")
    def _valid_seed(self, proposal: Any) -> int:
        with _refusing():
            return check_seed(proposal["value"], largest=LARGEST_SEED)

    @traitlets.validate("_chips")
    def _valid_chips(self, proposal: Any) -> list[Chip]:
        with _refusing():
            return self._now.check(list(proposal["value"]))

    @traitlets.observe("_chips", "_fuse")
    def _adopt(self, _: object) -> None:
        self._now = Chips(self._chips, self._fuse, self._now.own)

    @traitlets.validate("_turn")
    def _valid_turn(self, proposal: Any) -> int:
        with _refusing():
            return check_seed(proposal["value"], "turn", largest=LAST_TURN)

    def _draw(self, chips: Chips, seed: int, turn: int) -> npt.NDArray[np.uint8]:
        load()
        return to_tiles(self._drawer.draw(chips, self._shown.batch(turn), seed=seed))

    def _code(self, chips: Chips, seed: int) -> str:
        steps = [seeded(chip, seed) for chip in chips.chips if chip["on"]]
        return steps_code(steps, fuse=chips.fuse, own=chips.own_by_name())

    def _pin(self, chips: Chips, seed: int, turn: int, tile: int) -> Pin:
        tiles = self._draw(chips, seed, turn)
        shown = self._shown
        steps = drawn_steps(chips, shown.batch(turn), seed=seed)
        row = tile // shown.draws
        pin = Pin(
            number=self._board.next_number(),
            id=shown.ids(turn)[row],
            label=shown.labels(turn)[row],
            seed=seed,
            draw=tile % shown.draws,
            picture=tiles[tile],
            draws=tuple(describe(steps, len(tiles), shown.size)[tile]),
            turn=turn,
            tile=tile,
            chips=chips,
        )
        return self._board.add(pin)

    def _tell_pins(self) -> None:
        """Tell every view which pins there are."""
        told, sheets = self._board.message()
        self.send({"event": "pins", **told}, sheets)

    def _answers(self) -> Mapping[str, Answer]:
        return {
            "pictures": self._answer_pictures,
            "draw": self._answer_draw,
            "details": self._answer_details,
            "extremes": self._answer_extremes,
            "texts": self._answer_texts,
            "read": self._answer_read,
            "pins": lambda _: self._board.message(),
            "pin": self._answer_pin,
            "unpin": self._answer_unpin,
            "safety": self._answer_safety,
            "effect": self._answer_effect,
        }

    def _asked(self, ask: Ask) -> tuple[Chips, int]:
        """Read the policy and the seed of a request."""
        chips = self._now.check(ask.items("chips", most=MOST_STEPS))
        seed = ask.integer("seed", low=0, high=LARGEST_SEED)
        return Chips(chips, ask.flag("fuse"), self._now.own), seed

    def _answer_pictures(self, ask: Ask) -> Reply:
        self._turn = ask.integer("turn", low=0, high=LAST_TURN)
        originals = self._shown.originals(self._turn)
        # Sent once, and what every draw is compared with: as exact as a JPEG can be.
        sheet, _ = sprite_sheet(originals, columns=1, quality=95, full_colour=True)
        return {"turn": self._turn, "labels": self._shown.labels(self._turn)}, [sheet]

    def _answer_draw(self, ask: Ask) -> Reply:
        chips, seed = self._asked(ask)
        n, turn = ask.integer("n", low=0, high=_COUNT), self._turn
        load()
        self._shown.batch(turn)
        started = time.perf_counter()
        tiles = self._draw(chips, seed, turn)
        sheet, _ = sprite_sheet(tiles, columns=self._shown.draws, quality=75, full_colour=True)
        spent = (time.perf_counter() - started) * 1000
        self._now = chips
        told = {"n": n, "seed": seed, "turn": turn, "ms": round(spent, 1)}
        return {**told, "code": self._code(chips, seed)}, [sheet]

    def _answer_details(self, ask: Ask) -> Reply:
        chips, seed = self._asked(ask)
        turn, shown = ask.integer("turn", low=0, high=LAST_TURN), self._shown
        load()
        steps = drawn_steps(chips, shown.batch(turn), seed=seed)
        said = describe(steps, shown.pictures * shown.draws, shown.size)
        told: dict[str, Any] = {"words": [draws_in_words(draws) for draws in said]}
        if shown.sides is not None:
            before = shown.boxes(turn)
            each = np.repeat(before, shown.draws, axis=0)
            after, problem = boxes_of_steps(steps, each, shown.size, shown.size)
            told |= {"before": _as_json(before), "after": _as_json(after), "problem": problem}
        return told, []

    def _answer_extremes(self, ask: Ask) -> Reply:
        chips = self._now.check(ask.items("chips", most=MOST_STEPS))
        turn = ask.integer("turn", low=0, high=LAST_TURN)
        load()
        # The Drawer's lock is not needed: layers are made anew, and kept by nobody.
        picture = self._shown.originals(turn)[:1].astype(np.float32) / 255.0
        places, tiles = self._extremes.draw(chips, picture, str(turn))
        if not tiles:
            return {"places": [], "columns": 1, "size": _THUMB}, []
        small = np.stack([_shrunk(tile) for tile in tiles])
        sheet, columns = sprite_sheet(small)
        return {"places": places, "columns": columns, "size": _THUMB}, [sheet]

    def _answer_texts(self, ask: Ask) -> Reply:
        chips, seed = self._asked(ask)
        load()
        code = self._code(chips, seed)
        told = {"code": code, "map": map_code(code), "json": "", "problem": ""}
        try:
            told["json"] = policy_to_json(to_policy(chips, seed))
        except ValueError as error:
            told["problem"] = str(error)
        return told, []

    def _answer_read(self, ask: Ask) -> Reply:
        text = ask.text("text", longest=_LONGEST_JSON)
        seed = ask.integer("seed", low=0, high=LARGEST_SEED)
        load()
        read = Chips.of_policy(policy_from_json(text))
        checked = Chips(Chips([]).check(read.chips), read.fuse)
        self._draw(checked, seed, self._turn)  # what cannot be drawn is refused here
        return {"chips": checked.chips, "fuse": checked.fuse}, []

    def _answer_pin(self, ask: Ask) -> Reply:
        chips, seed = self._asked(ask)
        turn = ask.integer("turn", low=0, high=LAST_TURN)
        tile = ask.integer("tile", low=0, high=self._shown.pictures * self._shown.draws - 1)
        pin = self._pin(chips, seed, turn, tile)
        self._tell_pins()
        return {"number": pin.number}, []

    def _answer_unpin(self, ask: Ask) -> Reply:
        self._board.remove(ask.integer("number", low=1, high=_COUNT))
        self._tell_pins()
        return {}, []

    def _answer_safety(self, ask: Ask) -> Reply:
        chips, seed = self._asked(ask)
        n = ask.integer("n", low=0, high=_COUNT)
        if self.model is None:
            raise ValueError("There is no model. Make the explorer with model=...")
        load()
        self._beside.do(lambda: self._tell_safety(to_policy(chips, seed), n))
        return {}, []

    def _tell_safety(self, policy: keras.Layer, n: int) -> None:
        """Compute for some hundred milliseconds, beside the sliders, and tell every view."""
        told: dict[str, Any] = {"event": "safety", "n": n, "rows": [], "problem": ""}
        try:
            images = labelled(self._shown.images, self._shown.order)
            told["rows"] = safety_rows(policy, self.model, images)
        except Exception as error:  # noqa: BLE001  nobody else hears of it
            told["problem"] = str(error) or type(error).__name__
        self.send(told)

    def _answer_effect(self, ask: Ask) -> Reply:
        chips, seed = self._asked(ask)
        n, guess = ask.integer("n", low=0, high=_COUNT), ask.choice("guess", GUESSES)
        effects = self._known_effects()
        load()
        self._trainer.do(lambda: self._tell_effect(effects, chips, seed, guess, n))
        return {}, []

    def _known_effects(self) -> Effects:
        if self._effects is None:
            raise ValueError("There is nothing to score on. Make the explorer with test=...")
        return self._effects

    def _tell_effect(self, effects: Effects, chips: Chips, seed: int, guess: str, n: int) -> None:
        """Train for half a minute, beside the sliders; tell every view how far it is."""

        def tell(**news: Any) -> None:
            self.send({"event": "effect", "n": n, "words": "", "state": "", "problem": "", **news})

        def progress(number: int, whole: int) -> None:
            tell(state=f"training {number} of {whole} …")

        try:
            row = effects.measure(to_policy(chips, seed), chain(chips.chips), guess, progress)
            tell(words=in_words(row))
        except Exception as error:  # noqa: BLE001  nobody else hears of it
            tell(problem=str(error) or type(error).__name__)


def _as_json(boxes: npt.NDArray[np.float64]) -> list[list[float] | None]:
    rows = boxes.round(2).tolist()
    return [None if np.isnan(row).any() else row for row in rows]


def _shrunk(tile: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    edge = (_THUMB, _THUMB)
    return np.asarray(Image.fromarray(tile).resize(edge, Image.Resampling.BOX))
