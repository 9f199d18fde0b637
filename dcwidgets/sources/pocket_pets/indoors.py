"""Sofa, window and kitchen."""

from itertools import pairwise
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
    one_of,
    opacity,
    path,
    points,
)
from dcwidgets.sources.pocket_pets.outdoors import house, sky, sun_and_clouds, tree

_WALLS = ((28, 0.35, 0.82), (140, 0.18, 0.74), (200, 0.28, 0.74), (345, 0.3, 0.8), (48, 0.5, 0.8),
          (255, 0.2, 0.76), (16, 0.4, 0.7), (178, 0.22, 0.66))  # fmt: skip
_CLOTHS = ((355, 0.42, 0.46), (196, 0.4, 0.4), (92, 0.25, 0.42), (25, 0.42, 0.46),
           (280, 0.24, 0.44), (44, 0.55, 0.55), (340, 0.38, 0.64), (212, 0.26, 0.6),
           (20, 0.2, 0.76))  # fmt: skip
_CUSHIONS = (
    (45, 0.7, 0.66),
    (8, 0.55, 0.6),
    (180, 0.4, 0.6),
    (330, 0.4, 0.74),
    (95, 0.35, 0.6),
    (40, 0.3, 0.9),
)
_WOODS = (
    (22, 0.45, 0.42),
    (30, 0.45, 0.58),
    (16, 0.3, 0.34),
    (40, 0.35, 0.72),
    (205, 0.2, 0.5),
    (120, 0.15, 0.52),
)
_FLOORS = ((28, 0.3, 0.62), (210, 0.15, 0.68), (12, 0.3, 0.58), (45, 0.25, 0.78), (150, 0.15, 0.6))
_POTTERY = ((14, 0.5, 0.52), (202, 0.4, 0.55), (44, 0.5, 0.62), (350, 0.35, 0.62), (35, 0.3, 0.86))


def _seam(colour: Colour) -> str:
    return f'stroke="{hexa(darker(colour, 0.32))}" stroke-width="1"'


def sofa(light: str, paints: Paints, rng: Random) -> str:  # noqa: ARG001 - every scene takes the light
    """Draw a sofa before a papered wall, with pictures, a lamp and cushions."""
    wall, cloth = one_of(rng, _WALLS), one_of(rng, _CLOTHS)
    seat, back, shift = rng.uniform(84, 95), rng.uniform(36, 58), rng.uniform(-46, 46)
    soft = paints.down(lighter(cloth, 0.14), darker(cloth, 0.2))
    parts = [
        box(0, 0, 128, 128, hexa(wall)),
        _wallpaper(wall, rng),
        _frame(rng.uniform(4, 92), rng),
    ]
    parts += [_lamp(rng) if rng.random() < 0.6 else _frame(rng.uniform(4, 92), rng)]
    parts += [box(x + shift, back, 112, 64, soft, 12, _seam(cloth)) for x in (-50, 64)]
    for _ in range(rng.randint(0, 2)):
        parts.append(_cushion(rng.choice((rng.uniform(0, 24), rng.uniform(90, 114))), seat, rng))
    cushion = paints.down(lighter(cloth, 0.22), darker(cloth, 0.22))
    return "".join([*parts, box(-10, seat, 148, 60, cushion, 8, _seam(cloth))])


def _wallpaper(wall: Colour, rng: Random) -> str:
    tint = hexa(darker(wall, 0.12) if rng.random() < 0.5 else lighter(wall, 0.35))
    step, lots = rng.uniform(9, 18), rng.random()
    columns = range(int(128 / step) + 1)
    if lots < 0.35:
        return line("".join(points("M {} 0 V 100 ", x * step) for x in columns), tint, step * 0.35)
    if lots < 0.7:
        dots = "".join(
            points("M {} {} h .1 ", (x + y % 2 / 2) * step, y * step * 0.8)
            for x in columns
            for y in range(int(90 / step))
        )
        return line(dots, tint, rng.uniform(2, 4.5))
    return ""


def _frame(x: float, rng: Random) -> str:
    wide, high, y = rng.uniform(16, 36), rng.uniform(16, 32), rng.uniform(3, 14)
    air, land = hexa(one_of(rng, _WALLS)), hexa(one_of(rng, _CLOTHS))
    hill = points("M {} {} q {} {} {} 0 Z", x, y + high, wide / 2, -high * 1.2, wide)
    rim = rng.choice(("#6b4a2f", "#d8b76a", "#3a3434", "#f6f1e6"))
    edge = f'stroke="{rim}" stroke-width="2.4"'
    return box(x, y, wide, high, air) + path(hill, land) + box(x, y, wide, high, "none", 1, edge)


def _lamp(rng: Random) -> str:
    x = rng.choice((rng.uniform(4, 24), rng.uniform(104, 124)))
    shade = points("M {} 42 L {} 19 H {} L {} 42 Z", x - 14, x - 8, x + 8, x + 14)
    glow = ellipse(x, 36, 30, 27, "#fff1c4", opacity(0.25)) + ellipse(
        x, 36, 20, 18, "#fff1c4", opacity(0.3)
    )
    return glow + line(points("M {} 40 V 104", x), "#6f5540", 2.4) + path(shade, "#ffe3a1")


def _cushion(x: float, seat: float, rng: Random) -> str:
    colour = one_of(rng, _CUSHIONS)
    shape = "M -14 -14 Q 0 -10 14 -14 Q 10 0 14 14 Q 0 10 -14 14 Q -10 0 -14 -14 Z"
    cross = line("M -7 -8 L 7 8 M 7 -8 L -7 8", hexa(lighter(colour, 0.45)), 1.3)
    cushion = path(shape, hexa(colour), _seam(colour)) + cross
    return group(cushion, x, seat - 9, turn=rng.uniform(-25, 25))


def window(light: str, paints: Paints, rng: Random) -> str:
    """Draw a window with a view, curtains, a sill and a plant."""
    wall, sill = one_of(rng, _WALLS), rng.uniform(90, 103)
    left, right = rng.uniform(-14, 28), rng.uniform(98, 142)
    parts = [
        box(0, 0, 128, sill, hexa(wall)),
        box(left, -4, right - left, sill + 4, sky(light, paints, rng)),
    ]
    parts += [sun_and_clouds(light, rng), _view(sill, light, rng)]
    parts += [
        box(-20, -4, left + 20, sill + 4, hexa(wall)),
        box(right, -4, 40, sill + 4, hexa(wall)),
    ]
    bars = points("M {0} -4 V {3} H {1} V -4 M {2} -4 V {3} M {0} {4} H {1}", left, right,
                  (left + right) / 2 + rng.uniform(-16, 16), sill, rng.uniform(20, 52))  # fmt: skip
    parts += [line(bars, rng.choice(("#f7f3ea", "#8a6242", "#dfe6e4")), 3.6)]
    parts += [_curtains(left, right, sill, paints, rng) if rng.random() < 0.8 else ""]
    parts += [
        box(-2, sill, 132, 40, hexa(darker(wall, 0.15))),
        box(-2, sill, 132, 5, hexa(lighter(wall, 0.6))),
    ]
    pot = rng.choice((rng.uniform(4, 20), rng.uniform(108, 124)))
    return "".join([*parts, _plant(pot, sill + 4, rng) if rng.random() < 0.7 else ""])


def _view(sill: float, light: str, rng: Random) -> str:
    winter, base = light == "winter", sill - rng.uniform(16, 46)
    green = hsl(rng.uniform(80, 150), 0.1 if winter else 0.35, 0.86 if winter else 0.46)
    hill = points("M -20 {} C 40 {} 80 {} 148 {} V {} H -20 Z", base, base - rng.uniform(-6, 22),
                  base + 8, base - rng.uniform(-6, 16), sill)  # fmt: skip
    houses = "".join(house(base + 8, rng) for _ in range(rng.randint(0, 2)))
    wood = (
        tree(rng.uniform(10, 118), base + 8, darker(green, 0.25), rng) if rng.random() < 0.6 else ""
    )
    return houses + path(hill, hexa(green)) + wood


def _curtains(left: float, right: float, sill: float, paints: Paints, rng: Random) -> str:
    cloth, wide = one_of(rng, _CLOTHS), rng.uniform(14, 32)
    paint = paints.across(lighter(cloth, 0.22), darker(cloth, 0.16))
    drawn = ""
    for edge, inner in ((left - 8, wide + 8), (right + 8, -wide - 8)):
        x = [edge + inner * share for share in (1, 0.86, 0.5)]
        drawn += path(
            points("M {0} -2 H {1} C {1} 30 {2} 60 {3} {4} H {0} Z", edge, *x, sill), paint
        )
        folds = points(
            "M {} -2 Q {} 50 {} {}",
            edge + inner * 0.6,
            edge + inner * 0.55,
            edge + inner * 0.3,
            sill,
        )
        drawn += line(folds, hexa(darker(cloth, 0.22)), 1)
    return drawn


def _plant(x: float, y: float, rng: Random) -> str:
    leaf = hexa(hsl(rng.uniform(95, 150), 0.42, rng.uniform(0.3, 0.46)))
    leaves = "".join(
        points("M 0 -12 Q {} {} {} {} Q {} {} 0 -12 Z ", dx * 0.2, dy, dx, dy - 4, dx * 0.9, dy + 8)
        for dx, dy in ((-13, -24), (-6, -32), (4, -35), (12, -26), (16, -16), (-16, -15))
    )
    pot = path("M -8 -12 H 8 L 6 2 H -6 Z", hexa(one_of(rng, _POTTERY)))
    size = rng.uniform(0.9, 1.4)
    return group(path(leaves, leaf) + pot, x, y, wide=size, high=size)


def kitchen(light: str, paints: Paints, rng: Random) -> str:  # noqa: ARG001 - every scene takes the light
    """Draw tiles, cupboards or a fridge, a shelf, a chequered floor and a bowl."""
    tile, wood, floor = one_of(rng, _WALLS), one_of(rng, _WOODS), rng.uniform(70, 93)
    parts = [box(0, 0, 128, floor, hexa(lighter(tile, 0.25))), _tiles(floor, tile, rng)]
    parts += [_shelf(rng.uniform(6, 26), wood, rng) if rng.random() < 0.75 else ""]
    parts += [_cupboards(floor, wood, paints, rng) if rng.random() < 0.7 else _fridge(floor, rng)]
    return "".join([*parts, _checks(floor, rng), _bowl(rng) if rng.random() < 0.6 else ""])


def _tiles(floor: float, tile: Colour, rng: Random) -> str:
    step = rng.uniform(10, 21)
    grid = "".join(points("M {} 0 V {} ", x * step, floor) for x in range(int(128 / step) + 1))
    grid += "".join(points("M 0 {} H 128 ", y * step) for y in range(int(floor / step) + 1))
    return line(grid, hexa(darker(tile, 0.08)), 0.8)


def _shelf(y: float, wood: Colour, rng: Random) -> str:
    left, wide = rng.uniform(-14, 40), rng.uniform(60, 110)
    parts, x = [box(left, y + 14, wide, 3.2, hexa(darker(wood, 0.2)), 1)], left + 4
    while x < left + wide - 12:
        high, colour = rng.uniform(8, 14), hexa(one_of(rng, _POTTERY))
        parts.append(box(x, y + 14 - high, rng.uniform(7, 10), high, colour, 2))
        if rng.random() < 0.4:
            parts.append(
                ellipse(x + 9, y + 9, 2.4, 2.6, "none", f'stroke="{colour}" stroke-width="1.4"')
            )
        x += rng.uniform(12, 22)
    return "".join(parts)


def _cupboards(floor: float, wood: Colour, paints: Paints, rng: Random) -> str:
    top, wide, shift = floor - rng.uniform(26, 46), rng.uniform(26, 44), rng.uniform(-22, 0)
    count = int((128 - shift) / wide) + 1
    face = paints.down(lighter(wood, 0.12), darker(wood, 0.1))
    starts = [shift + number * wide for number in range(count)]
    doors = "".join(box(x, top, wide - 2, floor - top, face, 2, _seam(wood)) for x in starts)
    knobs = "".join(points("M {} {} h .1 ", x + wide - 7, (top + floor) / 2) for x in starts)
    plinth = box(-2, floor - 3, 132, 4, hexa(darker(wood, 0.4)))
    return (
        doors
        + line(knobs, "#f3e8c8", 2.6)
        + plinth
        + box(-2, top - 4, 132, 5, hexa(lighter(wood, 0.6)))
    )


def _fridge(floor: float, rng: Random) -> str:
    x, colour = rng.uniform(-10, 90), one_of(rng, _POTTERY)
    door = box(0, 6, 46, floor - 6, hexa(lighter(colour, 0.3)), 6, _seam(colour))
    gap = line("M 0 38 h 46", hexa(darker(colour, 0.3)), 1)
    grips = box(5, 20, 2.5, 13, "#ffffff", 1) + box(5, 44, 2.5, 15, "#ffffff", 1)
    note = box(22, 15, 10, 12, "#fff6c9") + line("M 24 18 h 6 m -6 3 h 6", "#8a7a50", 0.8)
    return group(door + gap + grips + note, x)


def _checks(floor: float, rng: Random) -> str:
    colour, lead, squares = one_of(rng, _FLOORS), rng.uniform(40, 90), ""
    rows = (floor, floor + 9, floor + 22, 130)
    for row, (high, low) in enumerate(pairwise(rows)):
        near, far = (1 + (y - floor) / 40 for y in (high, low))
        for x in range(-8 + row % 2, 8, 2):
            squares += points("M {} {} H {} L {} {} H {} Z ", lead + x * 17 * near, high,
                              lead + (x + 1) * 17 * near, lead + (x + 1) * 17 * far, low, lead + x * 17 * far)  # fmt: skip  # noqa: E501
    return box(0, floor, 128, 128 - floor, hexa(lighter(colour, 0.3))) + path(
        squares, hexa(darker(colour, 0.06))
    )


def _bowl(rng: Random) -> str:
    x, colour = rng.choice((rng.uniform(8, 26), rng.uniform(102, 120))), one_of(rng, _POTTERY)
    drawn = ellipse(0, -7, 11, 3.6, hexa(lighter(colour, 0.3))) + ellipse(0, -7, 9, 2.8, "#8a5a35")
    drawn += path("M -11 -7 Q 0 -3 11 -7 L 13 2 Q 0 5 -13 2 Z", hexa(colour))
    return group(drawn, x, rng.uniform(114, 124))
