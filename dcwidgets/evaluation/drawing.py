"""The picture of an evaluation: confusion, ROC, probabilities, weakest slices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dcwidgets.figures import BLUE, GREY, ORANGE, VERMILION, StaticFigure

if TYPE_CHECKING:
    from dcwidgets.evaluation.evaluations import Evaluation

_SHOWN = 6


def draw(ev: Evaluation) -> StaticFigure:
    """Draw an evaluation; see `Evaluation.plot`."""
    weak = ev.weak_slices().head(_SHOWN)
    worst = (
        f"weakest slice {weak['slice'].iloc[0]} with {weak['accuracy'].iloc[0]:.2f}"
        if len(weak)
        else "no slice weaker than luck explains"
    )
    alt = f"Accuracy {ev.accuracy:.2f} on {len(ev):,} pictures; {worst}."
    figure = StaticFigure(9, 6, alt=alt)
    (confusion, roc), (histogram, bars) = figure.subplots(2, 2)
    _confusion(confusion, ev)
    _roc(roc, ev)
    _histogram(histogram, ev)
    _bars(bars, ev, weak)
    for axes in (roc, histogram, bars):
        axes.spines[["top", "right"]].set_visible(False)
    return figure


def _confusion(axes: Any, ev: Evaluation) -> None:
    counts = ev.confusion
    shares = counts.to_numpy() / np.maximum(counts.to_numpy().sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for (row, column), n in np.ndenumerate(counts.to_numpy()):
        dark = shares[row, column] > 0.6
        axes.text(
            column, row, f"{n:,}", ha="center", va="center", color="white" if dark else "black"
        )
    axes.set_xticks(range(len(ev.classes)), ev.classes)
    axes.set_yticks(range(len(ev.classes)), ev.classes)
    axes.set_xlabel("called")
    axes.set_ylabel("label")


def _roc(axes: Any, ev: Evaluation) -> None:
    curve = ev.roc()
    x = curve["false_positive_rate"]
    axes.fill_between(x, curve["low"], curve["high"], color=BLUE, alpha=0.2, linewidth=0)
    axes.plot(x, curve["true_positive_rate"], color=BLUE)
    axes.plot([0, 1], [0, 1], color=GREY, linestyle=":")
    if ev.binary and isinstance(ev.threshold, float):
        (right, false), (missed, hits) = ev.confusion.to_numpy()
        point = false / max(right + false, 1), hits / max(missed + hits, 1)
        axes.plot(*point, "o", color=VERMILION)
        axes.annotate(f"  threshold {ev.threshold:.2f}", point, va="top")
    axes.set_xlabel("false positive rate")
    axes.set_ylabel(f"true positive rate ({ev.positive})")


def _histogram(axes: Any, ev: Evaluation) -> None:
    table = ev.table
    looks = zip(ev.classes[:2], (ORANGE, BLUE), ("//", ""), strict=True)
    for name, colour, hatch in looks:
        values = table.loc[table["label"] == name, "probability"]
        axes.hist(values, bins=20, range=(0, 1), color=colour, alpha=0.6, hatch=hatch, label=name)
    if ev.binary and isinstance(ev.threshold, float):
        axes.axvline(ev.threshold, color=VERMILION, linestyle="--")
    axes.set_xlabel(f"probability of {ev.positive}")
    axes.set_ylabel("pictures")
    axes.legend(frameon=False, loc="upper center")


def _bars(axes: Any, ev: Evaluation, weak: pd.DataFrame) -> None:
    rows = weak if len(weak) else ev.by("label").reset_index(names="slice")
    rows = rows[::-1].reset_index(drop=True)
    spread = np.abs(rows[["low", "high"]].to_numpy(float).T - rows["accuracy"].to_numpy(float))
    axes.barh(rows["slice"].astype(str), rows["accuracy"], xerr=spread, color=BLUE, capsize=3)
    axes.axvline(ev.accuracy, color=GREY, linestyle=":")
    axes.set_xlim(0, 1)
    axes.set_xlabel("accuracy, 95 % interval" + ("" if len(weak) else "; no weak slice"))
