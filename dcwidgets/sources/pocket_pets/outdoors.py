"""Sky, garden and beach."""

from random import Random

from dcwidgets.sources.pocket_pets.brush import (
    Colour,
    Paints,
    box,
    darker,
    ellipse,
    group,
    hexa,
    hsl,
    lighter,
    line,
    mix,
    one_of,
    opacity,
    path,
    points,
)

_SKIES = {
    "morning": ((205, 0.50, 0.76), (36, 0.80, 0.88)),
    "noon": ((208, 0.75, 0.62), (200, 0.70, 0.86)),
    "evening": ((262, 0.42, 0.62), (24, 0.92, 0.72)),
    "night": ((232, 0.48, 0.26), (222, 0.42, 0.50)),
    "cloudy": ((212, 0.16, 0.68), (205, 0.14, 0.84)),
    "winter": ((210, 0.26, 0.78), (205, 0.28, 0.94)),
}
_PAINTED = ((30, 0.25, 0.86), (200, 0.25, 0.62), (20, 0.35, 0.55), (45, 0.3, 0.92), (140, 0.2, 0.6))
_HOUSES = ((40, 0.45, 0.82), (12, 0.45, 0.7), (205, 0.3, 0.78), (95, 0.25, 0.75), (345, 0.35, 0.8))
_BRIGHT = ((4, 0.7, 0.6), (40, 0.85, 0.62), (190, 0.6, 0.55), (330, 0.6, 0.68), (145, 0.45, 0.55))
_BLOSSOMS = ((0, 0.8, 0.7), (48, 0.9, 0.66), (285, 0.6, 0.74), (325, 0.75, 0.76), (215, 0.7, 0.74))


def sky(light: str, paints: Paints, rng: Random) -> str:
    """Return the paint of a sky at a time of day."""
    top, low = (hsl(h + rng.uniform(-8, 8), s, v) for h, s, v in _SKIES[light])
    return paints.down(top, low)


def sun_and_clouds(light: str, rng: Random) -> str:
    """Draw what hangs in the sky."""
    x, y = rng.uniform(10, 118), rng.uniform(8, 32)
    if light == "night":
        disc = _stars(rng) + ellipse(x, y, 11, 11, "#fffbe2", opacity(0.2))
        disc += ellipse(x, y, 6.5, 6.5, "#fffbe2")
    elif light in {"cloudy", "winter"}:
        disc = ""
    else:
        disc = ellipse(x, y, 13, 13, "#fff3bd", opacity(0.45)) + ellipse(x, y, 8, 8, "#fffadb")
    return disc + _clouds(light, rng)


def _stars(rng: Random) -> str:
    dots = "".join(
        points("M {} {} h .1 ", rng.uniform(0, 128), rng.uniform(0, 56)) for _ in range(12)
    )
    return line(dots, "#ffffff", 1.1)


def _clouds(light: str, rng: Random) -> str:
    most = {"cloudy": 5, "winter": 4}.get(light, 2)
    white: Colour = (1.0, 1.0, 1.0)
    colour = hexa(white if light != "night" else mix(white, hsl(228, 0.3, 0.45), 0.8))
    shape = "M 0 0 q 2 -9 11 -7 q 5 -9 14 -3 q 11 -1 10 10 Z"
    return "".join(
        group(
            path(shape, colour, opacity(rng.uniform(0.5, 0.9))),
            rng.uniform(-20, 110),
            rng.uniform(12, 46),
            wide=rng.uniform(0.7, 1.9),
            high=rng.uniform(0.6, 1.4),
        )
        for _ in range(rng.randint(1, most))
    )


def tree(x: float, y: float, leaf: Colour, rng: Random) -> str:
    """Draw a round tree or a fir that stands on a point."""
    dark, pale = hexa(leaf), hexa(lighter(leaf, 0.14))
    if rng.random() < 0.4:
        crown = path("M 0 -46 L 11 -22 H 6 L 14 -8 H -14 L -6 -22 H -11 Z", dark)
    else:
        crown = ellipse(0, -24, 14, 13, dark) + ellipse(-9, -17, 9, 8, dark)
        crown += ellipse(10, -18, 9, 8, dark) + ellipse(-3, -28, 8, 6, pale)
    size = rng.uniform(0.8, 2.0)
    trunk = box(-2, -14, 4, 16, "#7a5136")
    return group(trunk + crown, x, y, wide=size, high=size)


def house(y: float, rng: Random) -> str:
    """Draw a little house whose floor is at ``y``."""
    wall, roof = one_of(rng, _HOUSES), hsl(rng.uniform(-5, 22), 0.5, rng.uniform(0.36, 0.5))
    panes = box(7, -26, 10, 10, "#fde9a6", 1) + box(27, -26, 10, 10, "#fde9a6", 1)
    drawn = box(0, -34, 44, 40, hexa(wall)) + path("M -4 -33 L 22 -55 L 48 -33 Z", hexa(roof))
    drawn += panes + box(17, -13, 9, 19, "#7b4a35", 2) + box(31, -54, 5, 12, hexa(roof))
    return group(drawn, rng.uniform(-14, 96), y)


def garden(light: str, paints: Paints, rng: Random) -> str:
    """Draw a lawn with hills, trees, a fence or a house, and flowers."""
    horizon, snow = rng.uniform(50, 80), light == "winter"
    grass = hsl(
        rng.uniform(76, 128), 0.12 if snow else 0.42, 0.9 if snow else rng.uniform(0.4, 0.54)
    )
    hills = hexa(mix(grass, hsl(200, 0.3, 0.68), 0.45))
    ridge = points(
        "M 0 {} C 30 {} 50 {} 128 {} V 128 H 0 Z",
        *(horizon - rise for rise in (rng.uniform(-4, 14), rng.uniform(0, 30), -6)),
        horizon - rng.uniform(-4, 18),
    )
    parts = [box(0, 0, 128, 128, sky(light, paints, rng)), sun_and_clouds(light, rng)]
    parts += [path(ridge, hills)]
    for _ in range(rng.randint(0, 3)):
        parts.append(
            tree(rng.uniform(0, 128), horizon + 4, darker(grass, rng.uniform(0.1, 0.4)), rng)
        )
    lots = rng.random()
    parts += [_fence(horizon, rng) if lots < 0.5 else house(horizon, rng) if lots < 0.75 else ""]
    lawn = paints.down(lighter(grass, 0.15), darker(grass, 0.25))
    parts += [box(0, horizon, 128, 128 - horizon, lawn), _blades(horizon, grass, rng)]
    return "".join([*parts, "" if snow else _flowers(horizon, rng)])


def _fence(horizon: float, rng: Random) -> str:
    colour = one_of(rng, _PAINTED)
    step, high = rng.uniform(9, 16), rng.uniform(16, 32)
    posts = "".join(
        points("M {0} {1} v {2} l {3} -4 l {3} 4 v {4} Z ", number * step, horizon + 5, -high,
               step * 0.34, high)
        for number in range(-1, int(128 / step) + 1)
    )  # fmt: skip
    rails = points(
        "M -2 {0} H 130 v 3 H -2 Z M -2 {1} H 130 v 3 H -2 Z", horizon - high * 0.6, horizon - 3
    )
    edge = f'stroke="{hexa(darker(colour, 0.3))}" stroke-width=".6"'
    return path(rails, hexa(darker(colour, 0.12))) + path(posts, hexa(colour), edge)


def _blades(horizon: float, grass: Colour, rng: Random) -> str:
    tufts = "".join(
        points("M {} {} q {} -4 {} -6 m 2.4 6 q .3 -3 {} -5 ", rng.uniform(-2, 126),
               rng.uniform(horizon + 7, 127), 0.2, -rng.uniform(0, 2), rng.uniform(0, 2.5))
        for _ in range(14)
    )  # fmt: skip
    return line(tufts, hexa(darker(grass, 0.28)), 0.9)


def _flowers(horizon: float, rng: Random) -> str:
    petals, hearts, colour = "", "", hexa(one_of(rng, _BLOSSOMS))
    for _ in range(rng.randint(0, 10)):
        x, y = rng.uniform(2, 126), rng.uniform(horizon + 8, 124)
        petals += points("M {} {} h .1 m 2.8 0 h .1 m -1.5 -1.5 v .1 m 0 2.8 v .1 ", x - 1.5, y)
        hearts += points("M {} {} h .1 ", x, y)
    return line(petals, colour, 2.6) + line(hearts, "#ffd94a", 1.7)


def beach(light: str, paints: Paints, rng: Random) -> str:
    """Draw sea and sand, with a boat, a parasol or a ball."""
    horizon, shore, snow = rng.uniform(28, 60), rng.uniform(66, 86), light == "winter"
    sea = hsl(rng.uniform(183, 215), 0.28 if snow else 0.5, rng.uniform(0.45, 0.62))
    sand = hsl(rng.uniform(32, 44), 0.15 if snow else 0.5, 0.86 if snow else rng.uniform(0.68, 0.8))
    water = paints.down(darker(sea, 0.12), lighter(sea, 0.3))
    parts = [box(0, 0, 128, horizon + 1, sky(light, paints, rng)), sun_and_clouds(light, rng)]
    parts += [box(0, horizon, 128, shore + 12 - horizon, water)]
    parts += [_boat(horizon, rng) if rng.random() < 0.6 else "", _waves(horizon, shore, rng)]
    bay = points("M -9 {} C 30 {} 70 {} 137 {} V 140 H -9 Z", shore + rng.uniform(-8, 8), shore - 8,
                 shore + 10, shore + rng.uniform(-9, 9))  # fmt: skip
    foam = 'stroke="#ffffff" stroke-width="2.6"'
    parts += [path(bay, paints.down(lighter(sand, 0.2), darker(sand, 0.1)), foam)]
    dots = "".join(
        points("M {} {} h .1 ", rng.uniform(0, 128), rng.uniform(shore + 9, 127)) for _ in range(26)
    )
    return "".join([*parts, line(dots, hexa(darker(sand, 0.28)), 1.1), _beach_thing(shore, rng)])


def _waves(horizon: float, shore: float, rng: Random) -> str:
    crests = "".join(
        points(
            "M {} {} q 4 -2.5 8 0 t 8 0 ", rng.uniform(-8, 120), rng.uniform(horizon + 4, shore - 4)
        )
        for _ in range(8)
    )
    return line(crests, "#ffffff", 0.9, opacity(0.6))


def _boat(horizon: float, rng: Random) -> str:
    sail = hexa(one_of(rng, _BRIGHT))
    drawn = path("M 0 -3 H 20 L 16 3 H 4 Z", "#7b3f2b") + path("M 9 -5 V -26 L -1 -5 Z", "#ffffff")
    drawn += path("M 11 -5 V -22 L 19 -5 Z", sail)
    size = rng.uniform(0.6, 1.2)
    return group(drawn, rng.uniform(0, 108), horizon + 1, wide=size, high=size)


def _beach_thing(shore: float, rng: Random) -> str:
    x = rng.choice((rng.uniform(6, 32), rng.uniform(96, 122)))
    colour, lots = hexa(one_of(rng, _BRIGHT)), rng.random()
    if lots < 0.5:
        shade = path(
            "M -28 0 C -24 -24 24 -24 28 0 Q 18 -5 9 0 Q 0 -5 -9 0 Q -18 -5 -28 0 Z", colour
        )
        rib = path("M -9 0 C -8 -11 -4 -16 0 -18 C 4 -16 8 -11 9 0 Q 0 -5 -9 0 Z", "#fff8ec")
        drawn = line("M 0 -16 V 38", "#f4efe6", 2) + shade + rib
        return group(drawn, x, shore - 14, turn=rng.uniform(-14, 14))
    if lots < 0.8:
        stripe = path("M -8 0 A 8 8 0 0 1 0 -8 Q -3 0 0 8 A 8 8 0 0 1 -8 0 Z", "#fff8ec")
        ball, turn = ellipse(0, 0, 8, 8, colour) + stripe, rng.uniform(0, 180)
        return group(ball, x, shore + rng.uniform(16, 34), turn=turn)
    return ""
