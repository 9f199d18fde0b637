"""Pictures that got into the set by mistake: things that are neither cat nor dog."""

from collections.abc import Callable
from random import Random

from dcwidgets.sources.pocket_pets.brush import (
    Paints,
    box,
    ellipse,
    group,
    hexa,
    hsl,
    line,
    path,
    points,
)
from dcwidgets.sources.pocket_pets.picture import CAMERAS, Drawing, Scene, render


def draw(what: Scene) -> Drawing:
    """Draw a thing instead of the animal of a scene."""
    rng, paints = Random(what.seed), Paints()
    width, height = CAMERAS[what.camera]
    hue = rng.uniform(0, 360)
    middle = hsl(hue, rng.uniform(0.4, 0.8), rng.uniform(0.65, 0.85))
    rim = hsl(hue + rng.uniform(-40, 40), 0.5, 0.5)
    size, x, y = rng.uniform(0.8, 1.2), 64 + rng.uniform(-10, 10), 66 + rng.uniform(-8, 8)
    thing = rng.choice(_THINGS)(rng)
    thing = group(thing, x, y, turn=rng.uniform(-18, 18), wide=size, high=size)
    content = box(0, 0, 128, 128, paints.ball(middle, rim)) + thing
    image = render(content, paints, width, height)
    half = round(40 * size)
    left, top = max(0, round(x) - half), max(0, round(y) - half)
    return Drawing(image, (left, top, min(width - left, 2 * half), min(height - top, 2 * half)))


def _receipt(rng: Random) -> str:
    rows = "".join(
        points("M -24 {} h {} M 14 {} h 10 ", y, rng.uniform(12, 32), y) for y in range(-38, 34, 6)
    )
    return box(-32, -48, 64, 92, "#fffdf6", 2) + line(rows, "#333", 1.8)


def _teapot(rng: Random) -> str:
    colour = hexa(hsl(rng.uniform(0, 360), 0.6, 0.5))
    spout = path("M 24 -4 C 36 -6 36 -22 46 -24 L 48 -18 C 42 -14 44 8 26 12 Z", colour)
    handle = line("M -26 -12 C -50 -18 -48 20 -24 16", colour, 6)
    lid = ellipse(0, -24, 15, 5, "#fff4e0") + ellipse(0, -30, 4, 4, colour)
    dots = "".join(
        ellipse(x, y, 3, 3, "#fff4e0") for x, y in ((-14, 0), (0, 6), (14, 0), (-7, -12), (7, -12))
    )
    return handle + spout + ellipse(0, 0, 30, 26, colour) + lid + dots


def _balloons(rng: Random) -> str:
    parts = []
    for x, y in ((-22, -12), (18, -20), (0, 2), (26, 8)):
        parts.append(line(points("M {} {} Q 4 30 0 56", x, y + 17), "#555", 1))
        parts.append(
            ellipse(x, y, 14, 17, hexa(hsl(rng.uniform(0, 360), 0.85, 0.6)))
            + ellipse(x - 5, y - 6, 3, 5, "#fffa")
        )
    return "".join(parts)


def _bicycle(rng: Random) -> str:
    colour = hexa(hsl(rng.uniform(0, 360), 0.8, 0.4))
    wheels = "".join(
        ellipse(x, 18, 18, 18, "none", 'stroke="#222" stroke-width="3"') for x in (-26, 26)
    )
    return wheels + line(
        "M -26 18 L -8 -12 L 20 -12 L 26 18 M -8 -12 L 2 18 L 20 -12 M 2 18 H -26 "
        "M 20 -12 L 17 -24 H 28 M -8 -12 L -11 -19 H -17 H -4",
        colour,
        3.4,
    )


def _fruit(rng: Random) -> str:
    hues = [rng.choice((5, 45, 90, 28, 60)) for _ in range(6)]
    places = ((-22, -4), (0, -14), (22, -4), (-10, 0), (12, 2), (2, -26))
    fruits = "".join(
        ellipse(x, y, 14, 13, hexa(hsl(h, 0.8, 0.52)))
        for h, (x, y) in zip(hues, places, strict=True)
    )
    return fruits + path(
        "M -42 2 H 42 C 38 34 -38 34 -42 2 Z", hexa(hsl(rng.uniform(180, 260), 0.5, 0.5))
    )


_THINGS: tuple[Callable[[Random], str], ...] = (_receipt, _teapot, _balloons, _bicycle, _fruit)
