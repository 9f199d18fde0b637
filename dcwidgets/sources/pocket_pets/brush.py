"""Colours, gradients and SVG elements, as short strings."""

import colorsys
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

Colour = tuple[float, float, float]
"""Red, green, blue, each 0 to 1."""


def hsl(hue: float, saturation: float, lightness: float) -> Colour:
    """Return the colour of a hue in degrees and two shares, 0 to 1."""
    return colorsys.hls_to_rgb(hue / 360 % 1, _clip(lightness), _clip(saturation))


def one_of(rng: Random, colours: Sequence[tuple[float, float, float]]) -> Colour:
    """Pick one of some (hue, saturation, lightness) and vary it a little."""
    hue, saturation, lightness = rng.choice(colours)
    return hsl(
        hue + rng.uniform(-9, 9),
        saturation + rng.uniform(-0.08, 0.08),
        lightness + rng.uniform(-0.07, 0.07),
    )


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """Blend ``share`` (0 to 1) of the other colour into the one."""
    red, green, blue = (a + (b - a) * share for a, b in zip(one, other, strict=True))
    return red, green, blue


def darker(colour: Colour, share: float) -> Colour:
    """Move a colour towards a warm near-black, which keeps shades alive."""
    return mix(colour, (0.10, 0.06, 0.09), share)


def lighter(colour: Colour, share: float) -> Colour:
    """Move a colour towards a warm white."""
    return mix(colour, (1.0, 0.98, 0.94), share)


def hexa(colour: Colour) -> str:
    """Write a colour as ``#rrggbb``."""
    return "#" + "".join(f"{round(_clip(part) * 255):02x}" for part in colour)


def _clip(value: float) -> float:
    return min(1.0, max(0.0, value))


def number(value: float) -> str:
    """Write a coordinate with one decimal; more cannot be seen at 128 px."""
    return f"{value:.1f}".removesuffix(".0")


def points(template: str, *values: float) -> str:
    """Fill ``{}`` places of a path with coordinates."""
    return template.format(*map(number, values))


def path(shape: str, fill: str = "none", extra: str = "") -> str:
    """Return a path element."""
    return f'<path d="{shape}" fill="{fill}" {extra}/>'


def line(shape: str, colour: str, width: float, extra: str = "") -> str:
    """Return a stroked path with round ends."""
    return (
        f'<path d="{shape}" fill="none" stroke="{colour}" stroke-width="{width:.1f}" '
        f'stroke-linecap="round" stroke-linejoin="round" {extra}/>'
    )


def ellipse(x: float, y: float, rx: float, ry: float, fill: str, extra: str = "") -> str:
    """Return an ellipse element."""
    return (
        f'<ellipse cx="{number(x)}" cy="{number(y)}" rx="{number(rx)}" ry="{number(ry)}" '
        f'fill="{fill}" {extra}/>'
    )


def box(
    x: float, y: float, width: float, height: float, fill: str, radius: float = 0, extra: str = ""
) -> str:
    """Return a rectangle element with rounded corners."""
    return (
        f'<rect x="{number(x)}" y="{number(y)}" width="{number(width)}" '
        f'height="{number(height)}" rx="{number(radius)}" fill="{fill}" {extra}/>'
    )


def group(
    content: str,
    x: float = 0,
    y: float = 0,
    *,
    turn: float = 0,
    wide: float = 1,
    high: float = 1,
) -> str:
    """Place elements at ``x``, ``y``, turned by degrees, stretched ``wide`` and ``high``."""
    parts = [f"translate({number(x)} {number(y)})"] if x or y else []
    parts += [f"rotate({number(turn)})"] if turn else []
    parts += [f"scale({wide:.3f} {high:.3f})"] if (wide, high) != (1, 1) else []
    return f'<g transform="{" ".join(parts)}">{content}</g>'


def opacity(value: float) -> str:
    """Return the attribute that makes an element see-through."""
    # The attribute "opacity" would render the element on a layer of its own, which is slow.
    return f'fill-opacity="{value:.2f}" stroke-opacity="{value:.2f}"'


@dataclass(slots=True)
class Paints:
    """The gradients of one picture."""

    definitions: list[str] = field(default_factory=list)

    def down(self, *stops: Colour) -> str:
        """Return a paint that runs from top to bottom of the shape."""
        return self._add('linearGradient x1="0" y1="0" x2="0" y2="1"', _stops(stops))

    def across(self, *stops: Colour) -> str:
        """Return a paint that runs from left to right of the shape."""
        return self._add('linearGradient x1="0" y1="0" x2="1" y2="0"', _stops(stops))

    def ball(self, *stops: Colour, x: float = 0.38, y: float = 0.28, r: float = 0.85) -> str:
        """Return a paint that makes a shape look round, lit from ``x``, ``y``."""
        return self._add(f'radialGradient cx="{x}" cy="{y}" r="{r}"', _stops(stops))

    def _add(self, tag: str, stops: str) -> str:
        name = f"p{len(self.definitions)}"
        kind = tag.split(" ", 1)[0]
        rest = tag[len(kind) :]
        self.definitions.append(f'<{kind} id="{name}"{rest}>{stops}</{kind}>')
        return f"url(#{name})"


def _stops(colours: tuple[Colour, ...]) -> str:
    last = max(1, len(colours) - 1)
    return "".join(
        f'<stop offset="{i / last:.2f}" stop-color="{hexa(c)}"/>' for i, c in enumerate(colours)
    )
