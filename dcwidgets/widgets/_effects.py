"""What a policy does to the score: guessed by the learner first, then measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from dcwidgets.training import measure

if TYPE_CHECKING:
    import keras

    from dcwidgets.imageset import ImageSet

GUESSES = ("raises", "changes little", "lowers")
COLUMNS = ("policy", "guess", "none", "score", "change", "low", "high", "verdict", "right")
SEEDS = (0, 1, 2)
STEPS = 300

Told = Callable[[int, int], None]  # which training begins, of how many


class Effects:
    """Guesses about policies, each beside what was measured.

    Parameters
    ----------
    images, test : ImageSet
        What is trained on, and what is scored on.
    """

    def __init__(self, images: ImageSet, test: ImageSet) -> None:
        self._images, self._test = images, test
        self._none: list[float] = []
        self._rows: list[dict[str, Any]] = []

    @property
    def table(self) -> pd.DataFrame:
        """One row per guess, in the order in which they were made."""
        return pd.DataFrame(self._rows, columns=list(COLUMNS))

    def measure(
        self, policy: keras.Layer, name: str, guess: str, told: Told = lambda *_: None
    ) -> dict[str, Any]:
        """Train with and without a policy, seed by seed, and compare.

        Raises
        ------
        ValueError
            If the guess is none of `GUESSES`, or the sets cannot be trained or scored on.
        """
        if guess not in GUESSES:
            raise ValueError(f"guess must be one of {', '.join(GUESSES)}, got {guess!r}.")
        # Without a policy the scores stay the same, so they are measured once.
        known, scores = len(self._none), list[float]()
        whole = 2 * len(SEEDS) - known
        for number, seed in enumerate(SEEDS[known:], 1):
            told(number, whole)
            self._none.append(self._score(None, seed))
        for number, seed in enumerate(SEEDS, 1 + len(SEEDS) - known):
            told(number, whole)
            scores.append(self._score(policy, seed))
        row = {"policy": name, "guess": guess, **compared(self._none, scores)}
        row["right"] = row["verdict"] == guess
        self._rows.append(row)
        return row

    def _score(self, policy: keras.Layer | None, seed: int) -> float:
        score = measure(
            self._images, self._test, seeds=[seed], steps=STEPS, augment=policy, progress=False
        )
        return score.mean


def compared(none: Sequence[float], scores: Sequence[float]) -> dict[str, Any]:
    """Return the means, their paired change with its 95 % t interval, and what that says."""
    apart = np.subtract(scores, none)
    n = len(apart)
    margin = float(stdtrit(n - 1, 0.975) * apart.std(ddof=1) / np.sqrt(n))
    change = float(apart.mean())
    low, high = change - margin, change + margin
    verdict = GUESSES[0] if low > 0 else GUESSES[2] if high < 0 else GUESSES[1]
    return {
        "none": float(np.mean(none)),
        "score": float(np.mean(scores)),
        "change": change,
        "low": low,
        "high": high,
        "verdict": verdict,
    }


def in_words(row: dict[str, Any]) -> str:
    """Return what was guessed and measured as one or two sentences."""
    points = {key: 100 * row[key] for key in ("none", "score", "change", "low", "high")}
    outcome = "as you guessed" if row["right"] else f"you guessed “{row['guess']}”"
    said = (
        f"{row['policy']}: {row['verdict']} the score, {outcome}. "
        if row["verdict"] != GUESSES[1]
        else f"{row['policy']}: no clear change, {outcome}. "
    )
    return said + (
        f"{points['none']:.1f} % without, {points['score']:.1f} % with it: {points['change']:+.1f} "
        f"points (95 % interval {points['low']:+.1f} to {points['high']:+.1f}, "
        f"{len(SEEDS)} seeds of {STEPS} batches)."
    )
