"""Bodies in four poses, and where the head sits on each.

Coordinates are the animal's own: (0, 0) is the middle of its footing, y grows
downwards, a sitting cat is about 80 units tall.
"""

from dataclasses import dataclass
from random import Random

from dcwidgets.sources.pocket_pets.brush import (
    Colour,
    Paints,
    darker,
    ellipse,
    hexa,
    lighter,
    line,
    opacity,
    path,
    points,
)
from dcwidgets.sources.pocket_pets.coats import Look

POSES = ("portrait", "sitting", "lying", "standing")


@dataclass(frozen=True, slots=True)
class Body:
    """A drawn body.

    Attributes
    ----------
    behind, front : str
        SVG elements drawn before and after the head.
    head_x, head_y, head_scale : float
        Where the middle of the face goes, and its size against `heads`.
    width : float
        Width of the footing, for the shadow.
    """

    behind: str
    front: str
    head_x: float
    head_y: float
    head_scale: float
    width: float


def body(look: Look, pose: str, paints: Paints, rng: Random) -> Body:
    """Draw the body of an animal in one of `POSES`."""
    return _DRAWN[pose](look, paints, rng)


def _round(look: Look, paints: Paints, colour: Colour | None = None) -> str:
    fur = look.fur if colour is None else colour
    return paints.ball(lighter(fur, 0.14), fur, darker(fur, 0.34), y=0.2)


def _tail(look: Look, shape: str, width: float) -> str:
    tail = line(shape, hexa(darker(look.fur, 0.42)), width + 1.4)
    tail += line(shape, hexa(darker(look.fur, 0.08)), width)
    rings = f'stroke-dasharray="2.2 4.5" {opacity(0.85)}'
    return tail + (
        line(shape, hexa(look.mark), width, rings).replace("round", "butt", 1)
        if look.striped
        else ""
    )


def _paw(look: Look, x: float, y: float, size: float = 1.0) -> str:
    colour = look.pale if look.socks or look.patches else lighter(look.fur, 0.06)
    paw = ellipse(x, y - 2.6 * size, 5.4 * size, 3.4 * size, hexa(colour), look.edge)
    toes = points("M {} {} v {} M {} {} v {}", x - 1.7 * size, y - 2.2 * size, 1.8 * size,
                  x + 1.7 * size, y - 2.2 * size, 1.8 * size)  # fmt: skip
    return paw + line(toes, hexa(darker(colour, 0.45)), 0.7)


def _collar(look: Look, x: float, y: float, half: float) -> str:
    if look.collar is None:
        return ""
    band = points("M {} {} Q {} {} {} {}", x - half, y - 2, x, y + 5, x + half, y - 2)
    return line(band, hexa(look.collar), 3) + ellipse(
        x, y + 4, 2.3, 2.5, "#f3c64e", 'stroke="#9a6a14" stroke-width=".6"'
    )


def _stripes(look: Look, shape: str) -> str:
    return line(shape, hexa(look.mark), 2.2, opacity(0.75)) if look.striped else ""


def _patch(look: Look, x: float, y: float, rx: float, ry: float) -> str:
    return ellipse(x, y, rx, ry, hexa(look.mark)) if look.patches else ""


def _sitting(look: Look, paints: Paints, rng: Random) -> Body:
    cat = look.kind == "cat"
    tall = (60.0 if cat else 64.0) + rng.uniform(-3, 3)
    fur = _round(look, paints)
    tail = "M 15 -5 C 33 -1 38 -16 28 -27" if cat else "M 15 -8 C 26 -10 33 -20 31 -32"
    if cat and rng.random() < 0.4:
        tail = "M 17 -4 C 27 -1 22 2 4 -1"
    trunk = points(
        "M -10 {0} C -17 -32 -22 -16 -20 -4 Q -19 0 -12 0 H 12 "
        "Q 19 0 20 -4 C 22 -16 17 -32 10 {0} Z",
        14 - tall,
    )
    chest = points(
        "M -8 {} Q 0 {} 8 {} Q 7 -26 0 -20 Q -7 -26 -8 {} Z",
        16 - tall,
        10 - tall,
        16 - tall,
        16 - tall,
    )
    parts = [_tail(look, tail, 5.2 if cat else 6.5 + 2 * look.fluff), path(trunk, fur, look.edge)]
    parts += [
        _patch(look, -10, -22, 6, 9),
        _stripes(
            look,
            "M -19 -18 q 4 2 7 1 M -18.5 -12 q 4 1 7 0 M 19 -18 q -4 2 -7 1 M 18.5 -12 q -4 1 -7 0",
        ),
    ]
    parts += [
        ellipse(side * 14.5, -8, 8, 9, fur, look.edge) + _paw(look, side * 15, 0)
        for side in (-1, 1)
    ]
    parts += [path(chest, hexa(look.pale), opacity(0.95))]
    legs = "".join(_fore_leg(look, x, fur) for x in (-5, 5))
    parts += [legs, _collar(look, 0, 19 - tall, 9.5)]
    return Body("".join(parts), "", rng.uniform(-1.5, 1.5), -tall - 3, 1.3, 46)


def _lying(look: Look, paints: Paints, rng: Random) -> Body:
    cat = look.kind == "cat"
    fur = _round(look, paints)
    tail = "M 36 -5 C 46 -2 44 5 22 1" if cat else "M 37 -8 C 47 -10 52 -17 50 -24"
    trunk = (
        "M -26 -2 C -30 -18 -16 -31 6 -31 C 28 -31 42 -20 41 -5 Q 40 0 34 0 H -20 Q -26 0 -26 -2 Z"
    )
    parts = [
        "" if cat else _tail(look, tail, 7),
        path(trunk, fur, look.edge),
        _patch(look, 16, -22, 12, 7),
    ]
    parts += [
        _stripes(
            look,
            "M 2 -30 q 2 5 0 9 M 10 -30.5 q 2 5 0 10 M 18 -29.5 q 2 5 0 10 M 26 -27 q 1 5 -1 8",
        )
    ]
    parts += [ellipse(27, -10.5, 13, 10.5, fur, look.edge), _paw(look, 22, 0, 1.1)]
    parts += [_tail(look, tail, 5.4) if cat else ""]
    front = _paw(look, -25, 1, 1.15) + _paw(look, -12, 1.4, 1.15)
    chest = ellipse(-17, -13, 10, 10, hexa(look.pale), opacity(0.9))
    drop = rng.uniform(-4, 4)
    return Body(
        "".join([*parts, chest, _collar(look, -17, -11 + drop, 10)]),
        front,
        -17,
        -36 + drop,
        1.36,
        74,
    )


def _standing(look: Look, paints: Paints, rng: Random) -> Body:
    cat = look.kind == "cat"
    high = 27.0 if cat else 33.0
    fur, far = _round(look, paints), hexa(darker(look.fur, 0.3))
    tail = "M 29 {0} C 44 {1} 34 {2} 44 {3}" if cat else "M 30 {0} C 38 {1} 46 {2} 43 {3}"
    swing = rng.uniform(-6, 6)
    tail = points(
        tail,
        -high - 14,
        -high - 20,
        -high - 34 + swing,
        -high - 44 + swing if cat else -high - 36 + swing,
    )
    legs = [(-16, far), (22, far), (-9, fur), (29, fur)]
    parts = [_tail(look, tail, 5 if cat else 6 + 2.5 * look.fluff)]
    parts += [_leg(look, x, high, paint) for x, paint in legs[:2]]
    trunk = points(
        "M -22 {0} C -24 {1} -12 {2} 6 {3} C 24 {4} 36 {2} 35 {0} "
        "C 34 {5} 20 {6} 6 {6} C -8 {6} -20 {5} -22 {0} Z",
        *(lift - high for lift in (-9, -22, -21, -18, -20, 4, 3)),
    )
    parts += [path(trunk, fur, look.edge), _patch(look, 12, -high - 9, 12, 7)]
    top = -high - 18
    parts += [
        _stripes(
            look,
            points(
                "M 0 {0} q 2 5 0 9 M 8 {0} q 2 5 0 10 M 16 {0} q 2 5 0 10 M 24 {0} q 1 5 -1 8", top
            ),
        )
    ]
    parts += [_leg(look, x, high, paint) for x, paint in legs[2:]]
    parts += [
        ellipse(-16, -high - 9, 9, 11, hexa(look.pale), opacity(0.85)),
        _collar(look, -17, -high - 14, 10),
    ]
    nod = rng.uniform(-5, 4)
    return Body("".join(parts), "", -18 + nod, -high - 36 - nod, 1.28, 66)


def _fore_leg(look: Look, x: float, fur: str) -> str:
    shape = points(
        "M {} -26 C {} -14 {} -8 {} -2 H {} C {} -10 {} -18 {} -26 Z",
        *(x + dx for dx in (-3.5, -4.5, -4, -4, 4, 4, 4, 3.5)),
    )
    return path(shape, fur, look.edge) + _paw(look, x, 0.6)


def _leg(look: Look, x: float, high: float, paint: str) -> str:
    shape = points(
        "M {1} {0} C {2} {7} {3} -10 {3} -2 H {4} C {4} -10 {5} {7} {6} {0} Z",
        -high - 6,
        *(x + dx for dx in (-5.5, -5, -3.6, 3.6, 5, 5.5)),
        -high / 2,
    )
    return path(shape, paint, look.edge) + _paw(look, x - 0.8, 0.4, 0.9)


def _portrait(look: Look, paints: Paints, rng: Random) -> Body:
    fur = _round(look, paints)
    wide = 27.0 if look.kind == "cat" else 31.0
    shoulders = points(
        "M {} 20 C {} -18 -12 -30 0 -30 C 12 -30 {} -18 {} 20 Z", -wide - 4, -wide, wide, wide + 4
    )
    chest = (
        "M -15 -24 Q 0 -18 15 -24 C 15 -12 11 -4 7 -1 "
        "L 5 -5 L 2 3 L 0 -2 L -3 3 L -5 -4 L -8 -1 C -12 -6 -15 -12 -15 -24 Z"
    )
    parts = [path(shoulders, fur, look.edge), _patch(look, -16, 0, 8, 12)]
    parts += [path(chest, hexa(look.pale), opacity(0.92)), _collar(look, 0, -25, 13)]
    return Body("".join(parts), "", rng.uniform(-2, 2), -44, 1.12, 0)


_DRAWN = {"portrait": _portrait, "sitting": _sitting, "lying": _lying, "standing": _standing}
