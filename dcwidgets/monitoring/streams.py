"""A stream of batches, watched with an alarm that may be looked at as often as one likes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dcwidgets.evaluation.models import as_models, ask
from dcwidgets.evaluation.properties import measured
from dcwidgets.monitoring.martingales import Bets, Ranks
from dcwidgets.monitoring.novelty import Novelty
from dcwidgets.training import readable

if TYPE_CHECKING:
    from dcwidgets.figures import StaticFigure
    from dcwidgets.imageset import ImageSet

_FEWEST = 40
_COLUMNS = ("batch", "n", "evidence", "feature", "alarm")


class Watch:
    """Watch batches as they arrive, and ring once when the world has changed.

    A test at 5 % each week rings in two years of weekly batches almost surely, though nothing
    changes. This alarm counts every look: the chance that it *ever* rings for nothing is at most
    ``alpha``.

    Parameters
    ----------
    reference : ImageSet
        At least 40 pictures of the world as it was, which no model was chosen by; half of them
        say what is usual, the other half what ranks are.
    model : keras.Model or Models, optional
        Watch what it predicts, too.
    alpha : float, default 0.05
        Chance of a false alarm over the whole life of the watch.
    seed : int, default 0
        Deals the reference and breaks ties.

    Raises
    ------
    ValueError
        If the reference is too small or ``alpha`` out of range.

    Notes
    -----
    Conformal test martingales, one for each property, against the capital n / alpha for n
    properties: V. Vovk and others, "Retrain or not retrain" (2021), and J. Ville's inequality
    (1939). Valid as long as pictures come in no particular order.

    Examples
    --------
    >>> watch = dcw.Watch(test)
    >>> for week in weeks:
    ...     row = watch.look(week)
    >>> figure = watch.plot()
    """

    def __init__(
        self, reference: ImageSet, *, model: Any = None, alpha: float = 0.05, seed: int = 0
    ) -> None:
        if not 0 < alpha < 1:
            raise ValueError(f"alpha must lie between 0 and 1, got {alpha!r}.")
        known = readable(reference, 64)[1]
        if len(known) < _FEWEST:
            raise ValueError(
                f"A watch needs at least {_FEWEST} pictures that can be decoded to know what is "
                f"usual, got {len(known)}."
            )
        self.alpha, self._models = alpha, [] if model is None else as_models(model)
        order = known.table.index[np.random.default_rng(seed).permutation(len(known))]
        usual, ranked = (known.take(order[part::2]) for part in (0, 1))
        self._novelty = Novelty(usual)
        start = self._strangeness(ranked)
        names = [str(name) for name in start]
        self._ranks = {name: Ranks(start[name], seed + i) for i, name in enumerate(names)}
        self._bets = {name: Bets() for name in names}
        self._rows: list[dict[str, Any]] = []
        self._curve: list[dict[str, float]] = [dict.fromkeys(names, 0.0)]
        self.alarm = False

    def look(self, batch: ImageSet) -> bool:
        """Look at the next pictures and return whether the alarm rings or has rung.

        Raises
        ------
        ValueError
            If there is no picture that can be decoded.
        """
        strange = self._strangeness(readable(batch, 64)[1])
        for row in strange.to_dict("records"):
            self._bet(row)
        number, evidence = len(self._rows) + 1, self._evidence()
        feature = max(self._bets, key=lambda name: self._bets[name].log_capital)
        seen = (number, len(strange), evidence, feature, self.alarm)
        self._rows.append(dict(zip(_COLUMNS, seen, strict=True)))
        return self.alarm

    def _bet(self, picture: dict[Any, float]) -> None:
        for name, bets in self._bets.items():
            bets.bet(self._ranks[name].next(picture[name]))
        self._curve.append({name: bets.log_capital for name, bets in self._bets.items()})
        # Looked at after each picture: the bound holds for every moment, and rings soonest.
        self.alarm = self.alarm or self._evidence() >= 1

    def _evidence(self) -> float:
        """Return the largest capital as a part of what rings the alarm, on a log scale."""
        largest = max(bets.log_capital for bets in self._bets.values())
        return largest / float(np.log(len(self._bets) / self.alpha))

    @property
    def table(self) -> pd.DataFrame:
        """One row per batch: ``batch`` from 1, ``n``, ``evidence``, ``feature``, ``alarm``.

        ``evidence`` is the logarithm of the capital at the end of the batch; 1 rings the alarm,
        which then stays. ``feature`` is what the best bet was about.
        """
        return pd.DataFrame(self._rows, columns=list(_COLUMNS))

    def __repr__(self) -> str:
        state = "no alarm"
        if self.alarm:
            first = next(row for row in self._rows if row["alarm"])
            state = f"alarm in batch {first['batch']}: {first['feature']}"
        return f"<Watch of {len(self._bets)} properties, {len(self._rows)} batches seen: {state}>"

    def plot(self) -> StaticFigure:
        """Draw the evidence of each property over the pictures, and the line of the alarm."""
        from dcwidgets.monitoring.watch_plot import draw

        curve = pd.DataFrame(self._curve) / np.log(len(self._bets) / self.alpha)
        ends = np.cumsum([row["n"] for row in self._rows]).tolist()
        return draw(curve, ends, repr(self)[1:-1])

    def _strangeness(self, images: ImageSet) -> pd.DataFrame:
        """Return what is ranked of each picture, by id; nothing here hangs on the stream."""
        found = measured(images).drop(columns="aspect ratio")
        if self._models:
            said = ask(self._models, images)
            found["prediction"] = said[:, 1] if said.shape[1] == 2 else said.max(axis=1)
        found["novelty"] = self._novelty.of(images)
        return found
