"""Five places a pet is seen in, each drawn anew for every picture."""

from collections.abc import Callable
from random import Random

from dcwidgets.sources.pocket_pets.brush import (
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
    opacity,
    path,
    points,
)

SCENES = ("sofa", "window", "kitchen", "garden", "beach")
SIZE = 128
GROUND = 106


def scene(name: str, light: str, paints: Paints, rng: Random) -> str:
    """Draw the background of a picture 128 units wide and high.

    Parameters
    ----------
    name : str
        One of `SCENES`.
    light : str
        Time of day or weather; skies follow it.
    paints : Paints
        Collects the gradients.
    rng : random.Random
        Source of variety.

    Returns
    -------
    str
        SVG elements; an animal stands well at y = `GROUND`.
    """
    return _DRAWN[name](light, paints, rng)


_SKIES = {
    "morning": ((205, 0.55, 0.80), (32, 0.80, 0.87)),
    "noon": ((208, 0.75, 0.64), (200, 0.70, 0.86)),
    "evening": ((265, 0.40, 0.58), (22, 0.90, 0.68)),
    "night": ((232, 0.50, 0.20), (220, 0.45, 0.42)),
    "cloudy": ((212, 0.14, 0.68), (205, 0.12, 0.82)),
    "winter": ((210, 0.22, 0.80), (205, 0.25, 0.93)),
}


def _sky(light: str, paints: Paints, rng: Random) -> str:
    top, low = (hsl(h + rng.uniform(-8, 8), s, l) for h, s, l in _SKIES[light])
    return paints.down(top, low)


def _lamp_of_the_sky(light: str, paints: Paints, rng: Random) -> str:
    x, y = rng.uniform(10, 118), rng.uniform(8, 30)
    if light == "night":
        stars = "".join(ellipse(rng.uniform(0, 128), rng.uniform(0, 50), 0.6, 0.6, "#fff") for _ in range(9))
        return stars + ellipse(x, y, 18, 18, paints.glow((1, 1, 0.85), 0.6)) + ellipse(x, y, 6.5, 6.5, "#fffbe2")
    if light in {"cloudy", "winter"}:
        return ""
    return ellipse(x, y, 26, 26, paints.glow((1, 0.95, 0.7), 0.9)) + ellipse(x, y, 7, 7, "#fff6cf")


def _cloud(x: float, y: float, size: float, colour: str, strength: float) -> str:
    shape = points("M {} {} q 2 -9 11 -7 q 5 -9 14 -3 q 11 -1 10 10 Z", x, y)
    return group(path(shape, colour, opacity(strength)), f"translate({x:.0f} {y:.0f}) scale({size:.2f}) translate({-x:.0f} {-y:.0f})")  # noqa: E501


def _clouds(light: str, rng: Random) -> str:
    count = {"cloudy": 5, "winter": 4}.get(light, 2)
    colour = "#ffffff" if light != "night" else "#6f7fb0"
    return "".join(
        _cloud(rng.uniform(-20, 110), rng.uniform(12, 44), rng.uniform(0.7, 1.7), colour, rng.uniform(0.45, 0.85))
        for _ in range(rng.randint(1, count))
    )


def _garden(light: str, paints: Paints, rng: Random) -> str:
    horizon = rng.uniform(52, 78)
    snow = light == "winter"
    grass = hsl(rng.uniform(75, 125), 0.10 if snow else 0.45, 0.90 if snow else rng.uniform(0.40, 0.52))
    parts = [box(0, 0, 128, 128, _sky(light, paints, rng)), _lamp_of_the_sky(light, paints, rng), _clouds(light, rng)]
    hill = points("M 0 {} C 30 {} 50 {} 128 {} V 128 H 0 Z", horizon - rng.uniform(-4, 14),
                  horizon - rng.uniform(0, 26), horizon + 6, horizon - rng.uniform(-4, 16))  # fmt: skip
    parts += [path(hill, hexa(mix(grass, hsl(200, 0.3, 0.65), 0.45)))]
    parts += [_tree(rng.uniform(0, 128), horizon + 4, grass, rng) for _ in range(rng.randint(0, 3))]
    parts += [_fence(horizon, rng) if rng.random() < 0.55 else _house(horizon, rng) if rng.random() < 0.4 else ""]
    parts += [box(0, horizon, 128, 128 - horizon, paints.down(lighter(grass, 0.15), darker(grass, 0.3)))]
    parts += [_blades(horizon, grass, rng), "" if snow else _flowers(horizon, rng)]
    return "".join(parts)


def _tree(x: float, y: float, grass: tuple[float, float, float], rng: Random) -> str:
    leaf, size = hexa(darker(grass, rng.uniform(0.1, 0.4))), rng.uniform(0.8, 1.9)
    crown = ellipse(0, -26, 13, 13, leaf) + ellipse(-8, -19, 9, 8, leaf) + ellipse(9, -20, 9, 8, leaf)
    if rng.random() < 0.4:
        crown = path("M 0 -44 L 11 -20 H 6 L 13 -8 H -13 L -6 -20 H -11 Z", leaf)
    return group(box(-2, -14, 4, 16, "#7a5136") + crown, f"translate({x:.0f} {y:.0f}) scale({size:.2f})")


def _fence(horizon: float, rng: Random) -> str:
    colour = hexa(hsl(rng.choice((30, 200, 20)), 0.25, rng.uniform(0.6, 0.93)))
    step, high = rng.uniform(9, 15), rng.uniform(16, 30)
    post = "".join(
        points("M {0} {1} v {2} l {3} -4 l {3} 4 v {4} Z ", x * step, horizon + 5, -high, step * 0.33, high)
        for x in range(-1, 15)
    )
    rail = box(0, horizon - high * 0.6, 128, 3, colour) + box(0, horizon - 3, 128, 3, colour)
    return rail + path(post, colour, 'stroke="#0003" stroke-width=".7"')


def _house(horizon: float, rng: Random) -> str:
    x, wall = rng.uniform(-10, 90), hsl(rng.uniform(0, 60), 0.4, rng.uniform(0.6, 0.85))
    roof = path("M -4 -34 L 22 -56 L 48 -34 Z", hexa(hsl(rng.uniform(0, 25), 0.5, 0.42)))
    panes = box(8, -26, 9, 10, "#fce9a9") + box(27, -26, 9, 10, "#fce9a9")
    drawn = box(0, -34, 44, 38, hexa(wall)) + roof + panes + box(17, -14, 9, 18, "#7b4a35")
    return group(drawn, f"translate({x:.0f} {horizon:.0f})")


def _blades(horizon: float, grass: tuple[float, float, float], rng: Random) -> str:
    tufts = "".join(
        points("M {} {} l 1.5 -5 l 1.2 5 l 2.2 -4 l .6 4 ", rng.uniform(-2, 126), rng.uniform(horizon + 6, 127))
        for _ in range(22)
    )
    return line(tufts, hexa(darker(grass, 0.28)), 0.9, opacity(0.7))


def _flowers(horizon: float, rng: Random) -> str:
    parts = []
    for _ in range(rng.randint(0, 9)):
        x, y, hue = rng.uniform(2, 126), rng.uniform(horizon + 8, 124), rng.choice((0, 45, 280, 320, 210))
        petals = "".join(ellipse(x + dx, y + dy, 1.5, 1.5, hexa(hsl(hue, 0.8, 0.72))) for dx, dy in ((-1.5, 0), (1.5, 0), (0, -1.5), (0, 1.5)))  # noqa: E501
        parts.append(petals + ellipse(x, y, 1, 1, "#ffd94a"))
    return "".join(parts)


def _beach(light: str, paints: Paints, rng: Random) -> str:
    horizon, shore = rng.uniform(30, 58), rng.uniform(66, 84)
    snow = light == "winter"
    sea = hsl(rng.uniform(185, 215), 0.25 if snow else 0.5, 0.32 if light == "night" else rng.uniform(0.45, 0.62))
    sand = hsl(rng.uniform(32, 44), 0.15 if snow else 0.48, 0.84 if snow else rng.uniform(0.66, 0.78))
    parts = [box(0, 0, 128, 128, _sky(light, paints, rng)), _lamp_of_the_sky(light, paints, rng), _clouds(light, rng)]
    parts += [box(0, horizon, 128, 128 - horizon, paints.down(lighter(sea, 0.1), darker(sea, 0.18), lighter(sea, 0.45)))]
    parts += [_sail(horizon, rng) if rng.random() < 0.6 else ""]
    waves = "".join(points("M {} {} q 4 -2.5 8 0 t 8 0 ", rng.uniform(-8, 120), rng.uniform(horizon + 4, shore - 4)) for _ in range(9))
    parts += [line(waves, "#ffffff", 1, opacity(0.55))]
    bay = points("M 0 {} C 30 {} 70 {} 128 {} V 128 H 0 Z", shore + rng.uniform(-6, 6), shore - 7, shore + 9, shore + rng.uniform(-8, 8))
    parts += [path(bay, paints.down(lighter(sand, 0.2), darker(sand, 0.12)), 'stroke="#fff" stroke-width="2.4" stroke-opacity=".75"')]
    dots = "".join(points("M {} {} h .1 ", rng.uniform(0, 128), rng.uniform(shore + 8, 127)) for _ in range(30))
    parts += [line(dots, hexa(darker(sand, 0.35)), 1.1, opacity(0.6)), _beach_thing(shore, rng)]
    return "".join(parts)


def _sail(horizon: float, rng: Random) -> str:
    colour = hexa(hsl(rng.uniform(0, 360), 0.6, 0.75))
    drawn = path("M 0 -3 H 20 L 16 3 H 4 Z", "#7b3f2b") + path("M 9 -5 V -26 L -1 -5 Z", "#fff") + path("M 11 -5 V -22 L 19 -5 Z", colour)
    return group(drawn, f"translate({rng.uniform(0, 108):.0f} {horizon + 1:.0f}) scale({rng.uniform(0.6, 1.1):.2f})")


def _beach_thing(shore: float, rng: Random) -> str:
    x, hue = rng.choice((rng.uniform(8, 34), rng.uniform(94, 120))), rng.uniform(0, 360)
    if rng.random() < 0.45:
        shade = path("M -26 0 C -22 -22 22 -22 26 0 Q 17 -5 9 0 Q 0 -5 -9 0 Q -17 -5 -26 0 Z", hexa(hsl(hue, 0.65, 0.6)))
        ribs = path("M -9 0 C -8 -10 -4 -15 0 -16.5 C 4 -15 8 -10 9 0 Q 0 -5 -9 0 Z", "#fff8ec")
        return group(line("M 0 -16 V 36", "#f4efe6", 2) + shade + ribs, f"translate({x:.0f} {shore - 14:.0f}) rotate({rng.uniform(-14, 14):.0f})")  # noqa: E501
    if rng.random() < 0.6:
        ball = ellipse(0, 0, 8, 8, hexa(hsl(hue, 0.7, 0.62))) + path("M -8 0 A 8 8 0 0 1 0 -8 Q -3 0 0 8 A 8 8 0 0 1 -8 0 Z", "#fff8ec")
        return group(ball, f"translate({x:.0f} {shore + rng.uniform(16, 34):.0f}) rotate({rng.uniform(0, 180):.0f})")
    return ""


def _sofa(light: str, paints: Paints, rng: Random) -> str:
    wall = hsl(rng.uniform(0, 360), rng.uniform(0.12, 0.36), rng.uniform(0.62, 0.86))
    cloth = hsl(rng.uniform(0, 360), rng.uniform(0.2, 0.55), rng.uniform(0.34, 0.66))
    seat, back = rng.uniform(84, 94), rng.uniform(38, 56)
    parts = [box(0, 0, 128, 128, paints.down(lighter(wall, 0.18), darker(wall, 0.12))), _wallpaper(wall, rng)]
    parts += [_frame(rng.uniform(6, 90), rng), _lamp(paints, rng) if rng.random() < 0.6 else _frame(rng.uniform(6, 90), rng)]
    soft = paints.down(lighter(cloth, 0.14), darker(cloth, 0.2))
    seam = f'stroke="{hexa(darker(cloth, 0.35))}" stroke-width="1"'
    shift = rng.uniform(-44, 44)
    parts += [box(-50 + shift, back, 112, 70, soft, 12, seam), box(64 + shift, back, 112, 70, soft, 12, seam)]
    parts += [_cushion(rng.choice((rng.uniform(0, 22), rng.uniform(88, 112))), seat, rng) for _ in range(rng.randint(0, 2))]
    parts += [box(-10, seat, 148, 60, paints.down(lighter(cloth, 0.22), darker(cloth, 0.1), darker(cloth, 0.3)), 8, seam)]
    return "".join(parts)


def _wallpaper(wall: tuple[float, float, float], rng: Random) -> str:
    tint, choice = hexa(darker(wall, 0.16) if rng.random() < 0.5 else lighter(wall, 0.4)), rng.random()
    step = rng.uniform(9, 17)
    if choice < 0.35:
        stripes = "".join(points("M {} 0 V 100 ", i * step) for i in range(int(128 / step) + 1))
        return line(stripes, tint, step * 0.35, opacity(0.6))
    if choice < 0.7:
        dots = "".join(points("M {} {} h .1 ", i * step + (j % 2) * step / 2, j * step * 0.8) for i in range(int(128 / step) + 1) for j in range(int(90 / step)))  # noqa: E501
        return line(dots, tint, rng.uniform(2, 4.5), opacity(0.7))
    return ""


def _frame(x: float, rng: Random) -> str:
    wide, high, y = rng.uniform(16, 34), rng.uniform(16, 30), rng.uniform(4, 14)
    sky, land = hexa(hsl(rng.uniform(0, 360), 0.4, 0.75)), hexa(hsl(rng.uniform(0, 360), 0.4, 0.5))
    hill = points("M {} {} q {} {} {} 0 Z", x, y + high, wide / 2, -high * 1.2, wide)
    rim = f'stroke="{rng.choice(("#6b4a2f", "#d8b76a", "#2f2b2b", "#f2ece0"))}" stroke-width="2.2"'
    return box(x, y, wide, high, sky) + path(hill, land) + box(x, y, wide, high, "none", 1, rim)


def _lamp(paints: Paints, rng: Random) -> str:
    x, shade = rng.choice((rng.uniform(4, 24), rng.uniform(104, 124))), hsl(rng.uniform(20, 55), 0.7, 0.75)
    glow = ellipse(x, 34, 44, 40, paints.glow((1, 0.9, 0.62), 0.7))
    lit = points("M {} 42 L {} 20 H {} L {} 42 Z", x - 13, x - 8, x + 8, x + 13)
    return glow + line(points("M {} 40 V 104", x), "#6f5540", 2.4) + path(lit, hexa(shade))


def _cushion(x: float, seat: float, rng: Random) -> str:
    colour = hsl(rng.uniform(0, 360), 0.5, rng.uniform(0.45, 0.75))
    shape = "M -13 -13 Q 0 -9 13 -13 Q 9 0 13 13 Q 0 9 -13 13 Q -9 0 -13 -13 Z"
    drawn = path(shape, hexa(colour), f'stroke="{hexa(darker(colour, 0.4))}" stroke-width="1"') + line("M -7 -8 L 7 8 M 7 -8 L -7 8", hexa(lighter(colour, 0.5)), 1.2)  # noqa: E501
    return group(drawn, f"translate({x:.0f} {seat - 9:.0f}) rotate({rng.uniform(-25, 25):.0f})")


def _window(light: str, paints: Paints, rng: Random) -> str:
    wall = hsl(rng.uniform(0, 360), rng.uniform(0.1, 0.4), rng.uniform(0.45, 0.82))
    left, right = rng.uniform(-12, 26), rng.uniform(98, 140)
    sill = rng.uniform(92, 102)
    parts = [box(0, 0, 128, 128, hexa(wall))]
    parts += [box(left, -4, right - left, sill + 4, _sky(light, paints, rng)), _lamp_of_the_sky(light, paints, rng)]
    parts += [_outside(sill, light, rng)]
    bar = rng.choice(("#f7f3ea", "#8a6242", "#dfe6e4"))
    cross = points("M {0} -4 V {3} H {1} V -4 M {2} -4 V {3} M {0} {4} H {1}", left, right, (left + right) / 2 + rng.uniform(-14, 14), sill, rng.uniform(22, 50))  # noqa: E501
    parts += [line(cross, bar, 3.6), _curtains(left, right, sill, paints, rng)]
    parts += [box(-2, sill, 132, 40, paints.down(lighter(wall, 0.55), darker(wall, 0.1), darker(wall, 0.25)))]
    return "".join([*parts, _pot(rng.choice((rng.uniform(4, 20), rng.uniform(108, 124))), sill + 4, rng) if rng.random() < 0.7 else ""])


def _outside(sill: float, light: str, rng: Random) -> str:
    green = hsl(rng.uniform(80, 150), 0.08 if light == "winter" else 0.35, 0.85 if light == "winter" else 0.45)
    base = sill - rng.uniform(18, 44)
    hill = points("M 0 {} C 40 {} 80 {} 128 {} V {} H 0 Z", base, base - rng.uniform(-6, 20), base + 8, base - rng.uniform(-6, 14), sill)  # noqa: E501
    houses = "".join(_house(base + 8, rng) for _ in range(rng.randint(0, 2)))
    return houses + path(hill, hexa(green)) + (_tree(rng.uniform(10, 118), base + 8, green, rng) if rng.random() < 0.6 else "")


def _curtains(left: float, right: float, sill: float, paints: Paints, rng: Random) -> str:
    if rng.random() < 0.2:
        return ""
    cloth = hsl(rng.uniform(0, 360), rng.uniform(0.25, 0.6), rng.uniform(0.4, 0.78))
    paint = paints.across(lighter(cloth, 0.2), darker(cloth, 0.12), lighter(cloth, 0.12), darker(cloth, 0.2))
    wide = rng.uniform(14, 30)
    one = points("M {0} -2 H {1} C {1} 30 {2} 60 {3} {4} H {0} Z", left - 8, left + wide, left + wide * 0.8, left + wide * 0.35, sill)  # noqa: E501
    two = points("M {0} -2 H {1} C {1} 30 {2} 60 {3} {4} H {0} Z", right + 8, right - wide, right - wide * 0.8, right - wide * 0.35, sill)  # noqa: E501
    return path(one, paint) + path(two, paint)


def _pot(x: float, y: float, rng: Random) -> str:
    pot = hexa(hsl(rng.choice((16, 16, 200, 45)), 0.5, rng.uniform(0.4, 0.7)))
    leaf = hexa(hsl(rng.uniform(90, 150), 0.45, rng.uniform(0.28, 0.45)))
    leaves = "".join(
        path(points("M 0 -12 Q {} {} {} {} Q {} {} 0 -12 Z", dx * 0.2, dy, dx, dy - 4, dx * 0.9, dy + 8), leaf)
        for dx, dy in ((-12, -24), (-5, -32), (4, -34), (12, -25), (15, -16), (-15, -15))
    )
    return group(leaves + path("M -8 -12 H 8 L 6 2 H -6 Z", pot), f"translate({x:.0f} {y:.0f}) scale({rng.uniform(0.8, 1.3):.2f})")


def _kitchen(light: str, paints: Paints, rng: Random) -> str:
    tile = hsl(rng.uniform(0, 360), rng.uniform(0.08, 0.35), rng.uniform(0.68, 0.9))
    wood = hsl(rng.uniform(15, 40), rng.uniform(0.25, 0.5), rng.uniform(0.36, 0.66))
    floor = rng.uniform(72, 92)
    parts = [box(0, 0, 128, 128, paints.down(lighter(tile, 0.2), darker(tile, 0.08))), _tiles(floor, tile, rng)]
    parts += [_shelf(rng.uniform(8, 26), wood, rng) if rng.random() < 0.7 else ""]
    parts += [_cupboards(floor, wood, paints, rng) if rng.random() < 0.75 else _fridge(floor, rng)]
    parts += [_checks(floor, paints, rng), _bowl(rng) if rng.random() < 0.6 else ""]
    return "".join(parts)


def _tiles(floor: float, tile: tuple[float, float, float], rng: Random) -> str:
    step = rng.uniform(10, 20)
    grid = "".join(points("M {} 0 V {} ", i * step, floor) for i in range(int(128 / step) + 1))
    grid += "".join(points("M 0 {} H 128 ", j * step) for j in range(int(floor / step) + 1))
    return line(grid, hexa(darker(tile, 0.2)), 0.8, opacity(0.6))


def _shelf(y: float, wood: tuple[float, float, float], rng: Random) -> str:
    parts = [box(rng.uniform(-10, 30), y + 14, rng.uniform(60, 110), 3, hexa(darker(wood, 0.25)))]
    for x in range(8, 120, 17):
        colour = hexa(hsl(rng.uniform(0, 360), 0.45, rng.uniform(0.45, 0.8)))
        if rng.random() < 0.7:
            parts.append(box(x, y + 14 - rng.uniform(6, 13), rng.uniform(7, 12), 13, colour, 2))
    return "".join(parts)


def _cupboards(floor: float, wood: tuple[float, float, float], paints: Paints, rng: Random) -> str:
    top, wide, shift = floor - rng.uniform(26, 42), rng.uniform(26, 42), rng.uniform(-20, 0)
    face = paints.down(lighter(wood, 0.1), darker(wood, 0.1))
    seam = f'stroke="{hexa(darker(wood, 0.4))}" stroke-width="1"'
    doors = "".join(
        box(shift + i * wide, top, wide - 2, floor - top, face, 2, seam)
        + ellipse(shift + i * wide + wide - 7, (top + floor) / 2, 1.3, 1.3, "#f0e3c0")
        for i in range(7)
        if shift + i * wide < 128
    )
    return doors + box(-2, top - 4, 132, 5, hexa(lighter(wood, 0.6)))


def _fridge(floor: float, rng: Random) -> str:
    x, colour = rng.uniform(-6, 88), hsl(rng.choice((200, 160, 5, 45)), 0.3, rng.uniform(0.55, 0.85))
    rim = f'stroke="{hexa(darker(colour, 0.4))}" stroke-width="1"'
    door = box(x, 8, 42, floor - 8, hexa(colour), 6, rim) + line(points("M {} 38 h 42", x), hexa(darker(colour, 0.4)), 1)
    return door + box(x + 5, 20, 2.5, 13, "#f6f6f2", 1) + box(x + 5, 44, 2.5, 13, "#f6f6f2", 1) + box(x + 20, 18, 9, 11, "#fff6c9")


def _checks(floor: float, paints: Paints, rng: Random) -> str:
    one = hsl(rng.uniform(0, 360), rng.uniform(0.05, 0.35), rng.uniform(0.5, 0.85))
    squares = []
    lead = rng.uniform(40, 90)
    rows = (floor, floor + 9, floor + 22, 130)
    for row, (y0, y1) in enumerate(zip(rows, rows[1:], strict=False)):
        s0, s1 = (1 + (y - floor) / 40 for y in (y0, y1))
        squares += [
            points("M {} {} H {} L {} {} H {} Z ", lead + i * 17 * s0, y0, lead + (i + 1) * 17 * s0,
                   lead + (i + 1) * 17 * s1, y1, lead + i * 17 * s1)
            for i in range(-8, 8)
            if (i + row) % 2
        ]  # fmt: skip
    base = box(0, floor, 128, 128 - floor, paints.down(lighter(one, 0.25), one))
    return base + path("".join(squares), hexa(darker(one, 0.28)), opacity(0.55))


def _bowl(rng: Random) -> str:
    x, colour = rng.choice((rng.uniform(10, 26), rng.uniform(102, 118))), hsl(rng.uniform(0, 360), 0.6, 0.55)
    food = ellipse(0, -7, 9, 2.8, "#8a5a35")
    return group(ellipse(0, -7, 11, 3.6, hexa(lighter(colour, 0.3))) + food + path("M -11 -7 Q 0 -3 11 -7 L 13 2 Q 0 5 -13 2 Z", hexa(colour)), f"translate({x:.0f} 120)")  # noqa: E501


_DRAWN: dict[str, Callable[[str, Paints, Random], str]] = {
    "sofa": _sofa,
    "window": _window,
    "kitchen": _kitchen,
    "garden": _garden,
    "beach": _beach,
}
