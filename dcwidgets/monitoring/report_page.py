"""A drift report as a page: the sentence, the table, the distributions, the pictures."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dcwidgets.contact_sheet import contact_sheet
from dcwidgets.figures import BLUE, VERMILION, StaticFigure

if TYPE_CHECKING:
    from dcwidgets.monitoring.reports import Drift

_SHOWN = 3
_PICTURES = 12
_STYLE = (
    ":root { color-scheme: light dark } body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem "
    "auto; max-width: 60rem; padding: 0 1rem } img { max-width: 100%; height: auto } "
    ".dcw-sheet { grid-template-columns: repeat(auto-fill, 96px) !important } "
    "main { overflow-wrap: anywhere }"
)
_CELL = "padding: 4px 12px; text-align: left"


def page(report: Drift) -> str:
    """Return a whole HTML page that needs nothing else."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>Drift report</title>'
        f"<style>{_STYLE}</style></head><body><main><h1>Drift report</h1>{inner_page(report)}"
        f"<h2>How the numbers lie</h2>{draw(report)._repr_html_()}</main></body></html>"
    )


def inner_page(report: Drift, heading: str = "h2") -> str:
    """Return the report as HTML: what was found, and the pictures that drive it.

    Parameters
    ----------
    report : Drift
    heading : str, default "h2"
        Element of the titles; an output in a notebook must not add to its headings.
    """
    few = contact_sheet(report.current, report.pictures.index[:_PICTURES], columns=6)
    usual = contact_sheet(report.reference, _typical(report), columns=6)
    parts = [f"<p><strong>{escape(report.summary())}</strong></p>", _table(report.table)]
    if report.drifted:
        parts += [f"<{heading}>Most unlike the reference</{heading}>", few._repr_html_()]
        parts += [f"<{heading}>The reference, for comparison</{heading}>", usual._repr_html_()]
    return "".join(parts)


def _typical(report: Drift) -> list[str]:
    """Return pictures of the reference, evenly spread over its rows."""
    ids = report.reference.table.index
    return [ids[row] for row in np.unique(np.linspace(0, len(ids) - 1, _PICTURES).astype(int))]


def _table(table: pd.DataFrame) -> str:
    head = "".join(f'<th style="{_CELL}" scope="col">{escape(str(c))}</th>' for c in table)
    body = "".join(f"<tr>{_cells(row)}</tr>" for row in table.itertuples(index=False))
    return (
        f'<div style="overflow: auto; overflow-wrap: normal" tabindex="0" role="region" '
        f'aria-label="What was compared"><table style="border-collapse: collapse">'
        f"<thead><tr>{head}</tr>"
        f"</thead><tbody>{body}</tbody></table></div>"
    )


def _cells(row: Any) -> str:
    texts = [
        row.feature,
        row.test,
        f"{row.statistic:.3g}",
        f"{row.p_value:.4f}",
        f"{row.adjusted:.4f}",
        "drifted" if row.drifted else "as before",
    ]
    return "".join(f'<td style="{_CELL}">{escape(str(text))}</td>' for text in texts)


def draw(report: Drift) -> StaticFigure:
    """Draw the numbers with the smallest p-values as two histograms each."""
    measured = report.numbers
    rows = report.table[report.table["feature"].isin(measured.columns)].head(_SHOWN)
    said = [f"{r.feature} {'drifted' if r.drifted else 'as before'}" for r in rows.itertuples()]
    figure = StaticFigure(9, 2.8, alt=f"Reference against current: {', '.join(said)}.")
    plots = np.atleast_1d(figure.subplots(1, max(1, len(rows))))
    for axes, row in zip(plots, rows.itertuples(), strict=False):
        _histogram(axes, measured, str(row.feature))
        axes.set_title(f"{row.feature} (p = {row.p_value:.3f})", fontsize=10)
    plots[0].set_ylabel("density")
    plots[0].legend(frameon=False, fontsize=8)
    return figure


def _histogram(axes: Any, measured: pd.DataFrame, name: str) -> None:
    edges = np.histogram_bin_edges(measured[name].dropna(), bins=24)
    for which, colour, hatch in (("reference", BLUE, ""), ("current", VERMILION, "//")):
        values = measured.loc[measured["set"] == which, name].dropna()
        axes.hist(values, edges, density=True, color=colour, alpha=0.5, hatch=hatch, label=which)
    axes.spines[["top", "right"]].set_visible(False)
