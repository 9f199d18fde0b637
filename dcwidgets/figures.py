"""Figures that a notebook shows by themselves, with their text for who cannot see them."""

from __future__ import annotations

import base64
import io
from html import escape

from matplotlib.figure import Figure

# Okabe and Ito's colours: told apart with any common colour blindness.
BLUE, VERMILION, GREEN, ORANGE, GREY = "#0072B2", "#D55E00", "#009E73", "#E69F00", "#767676"
# Pixels per inch on the page; twice as many are drawn, so that dense screens show them sharp.
_DPI = 80


class StaticFigure(Figure):
    """A matplotlib figure that a notebook shows without pyplot, and reads aloud.

    A bare `matplotlib.figure.Figure` is shown as text where pyplot was never imported.

    Parameters
    ----------
    width, height : float
        In inches.
    alt : str
        What the picture says, in one sentence; shown where pictures are not.
    """

    def __init__(self, width: float, height: float, *, alt: str = "") -> None:
        super().__init__(figsize=(width, height), layout="constrained")
        self.set_label(alt)

    @property
    def alt(self) -> str:
        """What the picture says, in words; the label of the figure."""
        return str(self.get_label())

    def __repr__(self) -> str:
        return f"<Figure: {self.alt}>"

    def _repr_html_(self) -> str:
        file = io.BytesIO()
        self.savefig(file, format="png", dpi=2 * _DPI, facecolor="white")
        source = base64.b64encode(file.getvalue()).decode()
        width = round(self.get_figwidth() * _DPI)
        return (
            f'<img alt="{escape(self.alt)}" width="{width}" style="border-radius: 4px" '
            f'src="data:image/png;base64,{source}">'
        )
