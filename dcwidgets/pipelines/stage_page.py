"""The stages of the input pipeline as a small page: no script, any theme, any width."""

from __future__ import annotations

import base64
import math
from collections.abc import Hashable, Mapping
from html import escape
from typing import Any

import numpy as np
import pandas as pd

_QUIET = "color: var(--jp-ui-font-color2, inherit)"
_LINE = "border-top: 1px solid var(--jp-border-color2, #8886)"
_ROW = f"display: flex; flex-wrap: wrap; gap: 4px 16px; padding: 8px 0; {_LINE}"
_CODE = "font-family: var(--jp-code-font-family, monospace); font-size: 11px"
_SAYS = {
    "read": "the record as it lies on disk",
    "decode": "pixels, each picture in its own size",
    "resize": "squares of one size: what the cache keeps",
    "shuffle": "numbers in a new order, not pictures",
    "batch": "the pictures of these numbers, one array",
    "rescale": "values from 0 to 1",
    "augment": "drawn anew for each picture, each epoch",
    "prefetch": "made ahead: the time is what the model waits",
}


def stage_page(
    table: pd.DataFrame, samples: Mapping[str, np.ndarray | list[str]], slowest: str, summary: str
) -> str:
    """Return HTML with one row per stage: words, numbers, a bar, and what it hands on.

    Parameters
    ----------
    table : pandas.DataFrame
        `Stages.table`.
    samples : mapping
        `Stages.samples`.
    slowest : str
        Name of the stage to point out.
    summary : str
        The sentence above the rows.
    """
    longest = float(table["ms_per_batch"].max())
    rows = [
        _row(row, samples[row["stage"]], longest, is_slowest=row["stage"] == slowest)
        for row in table.to_dict("records")
    ]
    return (
        f'<div class="dcw-stages"><p style="margin: 0 0 8px">{escape(summary)}</p>'
        f'<div role="list">{"".join(rows)}</div></div>'
    )


def _row(
    row: Mapping[Hashable, Any], sample: np.ndarray | list[str], longest: float, *, is_slowest: bool
) -> str:
    name, shown = str(row["stage"]), span(row)
    mark = " · slowest" if is_slowest else ""
    hands = f"{row['dtype']} {row['shape']}" + (f", {shown}" if shown else "")
    cost = (
        f"{row['ms_per_batch']:.2f} ms a batch, {row['images_per_second']:,.0f} images a second, "
        f"{in_words(row['share_of_step'])} a training step"
    )
    return (
        f'<div role="listitem" style="{_ROW}"><div style="flex: 1 1 260px; min-width: 0">'
        f"<strong>{escape(name)}</strong>"
        f'<span style="{_QUIET}"> · {escape(str(row["runs"]))}{mark}</span>'
        f"<div>{escape(_SAYS[name])}</div>"
        f'<div style="{_CODE}; {_QUIET}; overflow-wrap: anywhere">{escape(hands)}</div>'
        f'<div style="font-size: 12px">{escape(cost)}</div>{_bar(row["ms_per_batch"] / longest)}'
        f'</div><div style="flex: 2 1 300px; min-width: 0">{_picture(name, sample)}</div></div>'
    )


def _bar(share: float) -> str:
    width = f"{100 * max(share, 0.004):.1f}%"
    colour = "var(--jp-brand-color1, #0072b2)"
    return (
        f'<div aria-hidden="true" style="height: 4px; margin-top: 4px; background: {colour}; '
        f'width: {width}; border-radius: 2px"></div>'
    )


def _picture(stage: str, sample: np.ndarray | list[str]) -> str:
    if isinstance(sample, list):
        return f'<div style="{_CODE}; overflow-wrap: anywhere">{_texts(sample)}</div>'
    from dcwidgets.widgets._sheets import sprite_sheet

    sheet, _ = sprite_sheet(sample, columns=len(sample), quality=90)
    source = base64.b64encode(sheet).decode()
    width = len(sample) * sample.shape[2]
    return (
        f'<img style="max-width: 100%; height: auto; border-radius: 4px; margin: 0" '
        f'width="{width}" alt="{len(sample)} pictures as the stage {escape(stage)} hands them on" '
        f'src="data:image/jpeg;base64,{source}">'
    )


def _texts(texts: list[str]) -> str:
    return "".join(f"<div>{escape(text)}</div>" for text in texts[:3]) + "<div>…</div>"


def span(row: Mapping[Hashable, Any]) -> str:
    """Say the range of what a stage hands on; nothing where it has none."""
    return "" if math.isnan(row["low"]) else f"{row['low']:.3g} to {row['high']:.3g}"


def in_words(share: float) -> str:
    """Say a share of a training step: percent below twice the step, times above."""
    return f"{share:.1%} of" if share < 2 else f"{share:.1f} times"
