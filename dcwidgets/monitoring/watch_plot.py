"""The picture of a watch: evidence over the pictures, and the line that rings."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from dcwidgets.figures import BLUE, GREEN, GREY, ORANGE, VERMILION, StaticFigure

_NAMED = 3


def draw(evidence: pd.DataFrame, ends: Sequence[int], alt: str) -> StaticFigure:
    """Draw evidence per property; 1 rings the alarm.

    Parameters
    ----------
    evidence : pandas.DataFrame
        One row per picture, one column per property.
    ends : sequence of int
        The last picture of each batch.
    alt : str
        What the picture says.
    """
    figure = StaticFigure(7.5, 3.2, alt=alt)
    axes = figure.subplots()
    strongest = evidence.max().sort_values(ascending=False).index
    for name in strongest[_NAMED:]:
        axes.plot(evidence[name], color=GREY, alpha=0.5, linewidth=1)
    looks = zip(strongest[:_NAMED], (BLUE, ORANGE, GREEN), ("-", "--", "-."), strict=False)
    for name, colour, dashes in looks:
        axes.plot(evidence[name], color=colour, linestyle=dashes, label=name)
    axes.axhline(1, color=VERMILION, linestyle=":")
    axes.annotate("alarm", (0, 1), color=VERMILION, va="bottom")
    axes.set_xticks([0, *ends], [str(number) for number in range(len(ends) + 1)])
    axes.set_ylim(-2, max(2.0, float(evidence.max().max()) * 1.05))
    axes.set_xlabel("batches seen")
    axes.set_ylabel("evidence of change")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="upper left")
    return figure
