"""The head of a cat and of a dog, seen from the front or half turned.

Coordinates are the head's own: the middle of the face is (0, 0), x grows to the
right, y downwards, and half the width of the skull is about 20.
"""

from dcwidgets.sources.pocket_pets.brush import (
    Colour,
    Paints,
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
from dcwidgets.sources.pocket_pets.coats import Look

SIDES = (-1, 1)
# Left, top, right, bottom of the drawing below, ears and muzzle included.
BOUNDS = {"cat": (-24.0, -34.0, 24.0, 19.0), "dog": (-27.0, -26.0, 27.0, 19.0)}
_DARK: Colour = (0.13, 0.09, 0.10)
_PINK = hsl(352, 0.6, 0.74)


def head(look: Look, paints: Paints, turn: float) -> str:
    """Draw a head.

    Parameters
    ----------
    look : Look
        The animal.
    paints : Paints
        Collects the gradients.
    turn : float
        -1 looks far to the left, 0 at the viewer, 1 far to the right.

    Returns
    -------
    str
        SVG elements.
    """
    return _cat(look, paints, turn) if look.kind == "cat" else _dog(look, paints, turn)


def _fur(paints: Paints, colour: Colour) -> str:
    return paints.ball(lighter(colour, 0.16), colour, darker(colour, 0.26))


def _cat(look: Look, paints: Paints, turn: float) -> str:
    shift = turn * 4.5
    fur = _fur(paints, look.fur)
    parts = [_cat_ear(look, fur, side, turn) for side in SIDES]
    tuft = 2 + 3 * look.fluff
    skull = points(
        "M -21 2 C -22 -11 -12 -18 0 -18 C 12 -18 22 -11 21 2 L {} 6 L 19.5 8 L {} 12 "
        "C 14 17 7 19 0 19 C -7 19 -14 17 {} 12 L -19.5 8 L {} 6 Z",
        20.5 + tuft, 16.5 + tuft, -16.5 - tuft, -20.5 - tuft,
    )  # fmt: skip
    parts += [path(skull, fur, look.edge), _marks(look, shift)]
    parts += [_cat_muzzle(look, shift), _cat_eyes(look, paints, shift), _whiskers(look, shift)]
    return "".join(parts)


def _cat_ear(look: Look, fur: str, side: int, turn: float) -> str:
    wide = 1 - 0.22 * max(0.0, side * turn)
    inner = hexa(mix(_PINK, look.fur, 0.35))
    if look.ears == "folded":
        shape = "M 5 -15 C 8 -24 14 -25 18 -20 C 21 -16 21 -11 20 -7 C 15 -12 10 -13 5 -15 Z"
        return group(path(shape, fur, look.edge), wide=side * wide)
    tip = -34 if look.ears == "pricked" else -29
    outer = points("M 4 -16 C 8 -24 13 {} 17 {} C 20 {} 22 -16 20.5 -3 Z", tip + 2, tip, tip + 1)
    inside = points(
        "M 9 -16 C 11 -22 14 {} 16.5 {} C 18 {} 19 -15 18.5 -9 Z", tip + 6, tip + 4.5, tip + 6
    )
    return group(path(outer, fur, look.edge) + path(inside, inner), wide=side * wide)


def _cat_muzzle(look: Look, shift: float) -> str:
    pale, dark = hexa(look.pale), hexa(darker(look.fur, 0.6))
    x = shift * 1.15
    parts = [ellipse(x, 13.2, 4.6, 3.6, pale)]
    parts += [ellipse(x + side * 4.4, 9.4, 6.0, 4.9, pale) for side in SIDES]
    smile = 3.2 if look.mood == "happy" else 2.2
    mouth = points(
        "M {0} 7.5 V 10 M {1} {4} Q {2} 13 {0} 10 Q {3} 13 {5} {4}",
        x, x - 5, x - 3, x + 3, 13.6 - smile, x + 5,
    )  # fmt: skip
    parts.append(line(mouth, dark if look.pale[0] > 0.5 else hexa(lighter(look.fur, 0.35)), 0.9))
    nose = points("M {} 4.6 Q {} 3.6 {} 4.6 Q {} 7.6 {} 8 Q {} 7.6 {} 4.6 Z",
                  x - 2.9, x, x + 2.9, x + 1.8, x, x - 1.8, x - 2.9)  # fmt: skip
    return "".join([*parts, path(nose, hexa(look.nose))])


def _cat_eyes(look: Look, paints: Paints, shift: float) -> str:
    if look.mood == "sleepy":
        return _shut_eyes(look, shift * 0.85, 8.8, -1.5)
    iris = paints.ball(lighter(look.eyes, 0.35), look.eyes, darker(look.eyes, 0.35), x=0.5, y=0.75)
    pupil = 1.5 + 1.4 * (1 - look.fluff)
    one = (
        path("M -5.4 .8 C -4.2 -5.6 4.2 -6.2 5.6 -1.2 C 5.2 4.6 -3.2 6 -5.4 .8 Z", hexa(_DARK))
        + path("M -4.4 .7 C -3.4 -4.6 3.6 -5 4.6 -1 C 4.2 3.6 -2.6 4.8 -4.4 .7 Z", iris)
        + ellipse(0.2, -0.2, pupil, 3.9, "#120c10")
        + ellipse(-1.4, -2, 1.25, 1.25, "#fff")
        + ellipse(1.5, 1.7, 0.6, 0.6, "#fff", opacity(0.8))
    )
    return _pair(one, shift * 0.85, 9.1, -1.8, size=1.16)


def _whiskers(look: Look, shift: float) -> str:
    light = hexa((1.0, 1.0, 1.0)) if look.fur[0] < 0.85 else hexa(darker(look.fur, 0.3))
    hairs = "".join(
        points(
            "M {} {} q {} {} {} {} ", shift * 1.15 + side * 8, y, side * 8, lift, side * 17, drop
        )
        for side in SIDES
        for y, lift, drop in ((8.4, -2.5, -3), (9.8, -0.5, 0.5), (11.2, 1.5, 4))
    )
    return line(hairs, light, 0.5, opacity(0.85))


def _marks(look: Look, shift: float) -> str:
    if look.patches:
        return _patches(look, shift)
    if not look.striped:
        return ""
    x = shift * 0.8
    bars = points("M {0} -17.4 V -10 M {1} -17 Q {2} -13 {2} -10.5 M {3} -17 Q {4} -13 {4} -10.5",
                  x, x - 5.5, x - 4.2, x + 5.5, x + 4.2)  # fmt: skip
    cheeks = (
        "M -20 3 Q -16 5 -13.5 4.5 M -19 8 Q -16 9 -13.5 8 "
        "M 20 3 Q 16 5 13.5 4.5 M 19 8 Q 16 9 13.5 8"
    )
    return line(bars, hexa(look.mark), 2.1) + line(cheeks, hexa(look.mark), 1.4, opacity(0.8))


def _patches(look: Look, shift: float) -> str:
    side = 1 if look.fluff > 0.5 else -1
    mark = hexa(look.mark)
    shape = "M 3 -17.6 C 12 -18 20.5 -11 20.6 0 C 18 7 8 7 4.5 1 C 2 -4 1 -12 3 -17.6 Z"
    blaze = (
        ""
        if look.kind == "cat"
        else path("M -3 -19 C -12 -19 -16 -8 -15 0 C -9 4 -4 -2 -3 -19 Z", mark)
    )
    return group(path(shape, mark) + blaze, shift * 0.5, wide=side)


def _dog(look: Look, paints: Paints, turn: float) -> str:
    shift = turn * 5.5
    fur = _fur(paints, look.fur)
    ears = "".join(_dog_ear(look, paints, side, turn) for side in SIDES)
    skull = (
        "M -17.5 -6 C -18 -17 -9 -21 0 -21 C 9 -21 18 -17 17.5 -6 C 18 3 16 8 12 13 "
        "C 8 19.5 -8 19.5 -12 13 C -16 8 -18 3 -17.5 -6 Z"
    )
    parts = [path(skull, fur, look.edge), _marks(look, shift), _dog_muzzle(look, paints, shift)]
    face = "".join([*parts, _dog_eyes(look, paints, shift)])
    return ears + face if look.ears == "pricked" else face + ears


def _dog_ear(look: Look, paints: Paints, side: int, turn: float) -> str:
    wide = 1 - 0.25 * max(0.0, side * turn)
    colour = look.mark if look.patches or look.striped else darker(look.fur, 0.14)
    fill = paints.down(lighter(colour, 0.08), darker(colour, 0.3))
    if look.ears == "pricked":
        outer, inner = "M 4 -18 C 7 -26 11 -32 14 -33 C 18 -27 19 -16 17.5 -8 Z", "M 8.5 -18 C 10 -24 12 -28 13.5 -29 C 15.5 -24 16 -17 15.5 -13 Z"  # fmt: skip # noqa: E501
        drawn = path(outer, fill, look.edge) + path(inner, hexa(mix(_PINK, look.fur, 0.5)))
    elif look.ears == "tipped":
        drawn = path("M 5 -19.5 C 10 -27 18 -28 23 -22 C 27.5 -16 28 -8 25 -2 C 20 -6 16 -11 13 -17 Z", fill, look.edge)  # fmt: skip # noqa: E501
    else:
        drop = 12 + 7 * look.fluff
        shape = points(
            "M 8 -20 C 17 -24.5 25 -17 27 -4 C 28.5 {0} 25.5 {1} 21 {1} "
            "C 15.5 {1} 14.5 {0} 15.5 -1 C 15 -8 13 -14 9 -19.5 Z",
            drop - 4,
            drop,
        )
        drawn = path(shape, fill, look.edge)
    return group(drawn, wide=side * wide)


def _dog_muzzle(look: Look, paints: Paints, shift: float) -> str:
    x = shift * 1.3
    pale = paints.ball(lighter(look.pale, 0.2), look.pale, darker(look.pale, 0.18), y=0.2)
    dark = hexa(darker(look.fur, 0.75) if look.pale[0] > 0.5 else lighter(look.fur, 0.3))
    bridge = points("M {} -10 C {} -4 {} 0 {} 6 L {} 6 C {} 0 {} -4 {} -10 Z", shift - 3, shift - 4,
                    x - 7, x - 9, x + 9, x + 7, shift + 4, shift + 3)  # fmt: skip
    parts = [path(bridge, hexa(look.pale)) if look.fluff < 0.6 else ""]
    parts += [_tongue(x) if look.mood == "happy" else "", ellipse(x, 8.4, 11.8, 8.8, pale)]
    mouth = points("M {0} 6 V 10.5 M {1} 10.5 Q {2} 14.5 {0} 10.5 Q {3} 14.5 {4} 10.5",
                   x, x - 7.5, x - 4, x + 4, x + 7.5)  # fmt: skip
    nose = points("M {} 1.8 C {} -1.4 {} -1.4 {} 1.8 C {} 5.2 {} 7 {} 7 C {} 7 {} 5.2 {} 1.8 Z",
                  x - 5, x - 4, x + 4, x + 5, x + 5, x + 2, x, x - 2, x - 5, x - 5)  # fmt: skip
    parts += [line(mouth, dark, 1.0), path(nose, hexa(look.nose))]
    return "".join([*parts, ellipse(x - 1.2, 1.4, 2, 0.9, "#fff", opacity(0.55))])


def _tongue(x: float) -> str:
    shape = points(
        "M {0} 12 H {1} V 18 Q {1} 22.5 {2} 22.5 Q {0} 22.5 {0} 18 Z", x - 3.4, x + 3.4, x
    )
    return path(shape, "#ec7f8d", 'stroke="#b9505f" stroke-width=".6"') + line(
        points("M {} 15 V 19", x), "#c75c6c", 0.7
    )


def _dog_eyes(look: Look, paints: Paints, shift: float) -> str:
    if look.mood == "sleepy":
        return _shut_eyes(look, shift * 0.9, 7.8, -4.5)
    iris = paints.ball(lighter(look.eyes, 0.18), look.eyes, darker(look.eyes, 0.5), y=0.7)
    rim = hexa(mix(look.fur, _DARK, 0.75) if look.fur[0] > 0.3 else lighter(look.fur, 0.22))
    one = (
        ellipse(0, 0, 3.9, 4.1, rim)
        + ellipse(0, 0, 3.2, 3.4, iris)
        + ellipse(0, 0.1, 1.7, 1.9, "#0c0708")
        + ellipse(-1.1, -1.4, 1.15, 1.15, "#fff")
    )
    brow = line("M -3.4 -6.2 Q 0 -8.2 3.2 -6.6", hexa(lighter(look.fur, 0.25)), 1.5, opacity(0.75))
    return _pair(one + brow, shift * 0.9, 7.9, -4.6, size=1.06)


def _shut_eyes(look: Look, x: float, apart: float, y: float) -> str:
    ink = hexa(darker(look.fur, 0.75) if look.fur[0] > 0.3 else lighter(look.fur, 0.5))
    return _pair(line("M -4.2 -.5 Q 0 3.6 4.2 -.5", ink, 1.3), x, apart, y)


def _pair(one: str, x: float, apart: float, y: float, *, size: float = 1) -> str:
    left = group(one, x - apart, y, wide=size, high=size)
    return left + group(one, x + apart, y, wide=-size, high=size)
