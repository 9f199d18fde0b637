"""What was decided and edited in a widget, in one order, with undo and redo across both."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from dcwidgets.recipe import Recipe

VERDICTS = ("open", "accepted", "rejected", "unsure")


class LiveRecipe(Recipe):
    """A recipe that says when it changes, so that a widget shows what code does to it."""

    def __init__(self, changed: Callable[[], None] = lambda: None) -> None:
        super().__init__()
        self.changed = changed

    def undo(self) -> Recipe:
        """Take the last edit back."""
        super().undo()
        self.changed()
        return self

    def redo(self) -> Recipe:
        """Make the last undone edit again."""
        super().redo()
        self.changed()
        return self

    def _do(self, op: str, ids: Iterable[str], reason: str = "", **argument: Any) -> Recipe:
        super()._do(op, ids, reason, **argument)
        self.changed()
        return self


@dataclass(frozen=True)
class Decision:
    """Verdicts given to some findings at once."""

    findings: npt.NDArray[np.int64]
    before: npt.NDArray[np.uint8]
    after: int


class History:
    """Decisions and edits as one line of steps.

    Parameters
    ----------
    n_findings : int
        How many findings can be decided.
    changed : callable
        Called without arguments after every change, also one that code makes to
        ``recipe`` directly.
    """

    def __init__(self, n_findings: int, changed: Callable[[], None]) -> None:
        self.verdicts = np.zeros(n_findings, np.uint8)
        self.recipe: LiveRecipe = LiveRecipe(self._recipe_changed)
        self._changed = changed
        self._done: list[Decision | None] = []  # None stands for an edit; the recipe has it
        self._undone: list[Decision | None] = []

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether a step was taken back last."""
        return bool(self._undone)

    def decide(self, findings: npt.NDArray[np.int64], verdict: str) -> None:
        """Give findings a verdict, one of `VERDICTS`; ``"open"`` takes a verdict away."""
        after = VERDICTS.index(verdict)
        findings = findings[self.verdicts[findings] != after]
        if not len(findings):  # a step that changes nothing would make undo seem broken
            return
        self._done.append(Decision(findings, self.verdicts[findings], after))
        self._undone.clear()
        self.verdicts[findings] = after
        self._changed()

    def undo(self) -> None:
        """Take the last step back.

        Raises
        ------
        ValueError
            If there is none.
        """
        if not self._done:
            raise ValueError("There is nothing to undo: no decision and no edit was made.")
        step = self._done[-1]
        if step is None:
            self.recipe.undo()
            return
        self._undone.append(self._done.pop())
        self.verdicts[step.findings] = step.before
        self._changed()

    def redo(self) -> None:
        """Take the last undone step again.

        Raises
        ------
        ValueError
            If no step was undone since the last one.
        """
        if not self._undone:
            raise ValueError("There is nothing to redo: no step was undone since the last one.")
        step, rest = self._undone[-1], self._undone[:-1]
        if step is None:
            self.recipe.redo()
            self._undone = rest
            self._changed()
            return
        self._done.append(step)
        self._undone = rest
        self.verdicts[step.findings] = step.after
        self._changed()

    def adopt(self, recipe: Recipe) -> None:
        """Go on from another recipe's edits; decisions stay."""
        live = LiveRecipe()
        for step in recipe.steps:
            getattr(live, step.pop("op"))(**step)
        live.changed = self._recipe_changed
        self.recipe = live
        self._done = [step for step in self._done if step is not None]
        self._undone.clear()
        self._recipe_changed()

    def _recipe_changed(self) -> None:
        more = len(self.recipe) - self._done.count(None)
        if more > 0:
            self._done += [None] * more
            self._undone.clear()
        for _ in range(-more):  # undone, here or by code: take out the newest edit
            last = len(self._done) - 1 - self._done[::-1].index(None)
            self._undone.append(self._done.pop(last))
        self._changed()
