"""What an animal looks like: colours of the fur, marks, eyes, ears."""

from dataclasses import dataclass
from random import Random

from dcwidgets.sources.pocket_pets.brush import Colour, darker, hexa, hsl, lighter, mix

COATS = ("black", "white", "ginger", "grey", "patched")
NEW_COAT = "chocolate"

_DARK_FUR = 0.32
_WHITE: Colour = (0.97, 0.95, 0.91)
_BLACK: Colour = (0.19, 0.18, 0.20)


@dataclass(frozen=True, slots=True)
class Look:
    """One animal.

    Attributes
    ----------
    kind : str
        ``"cat"`` or ``"dog"``.
    fur, pale, mark : tuple of float
        Colours of the back, of muzzle and chest, and of stripes or patches.
    nose, eyes, collar : tuple of float
        Colours.
    striped, socks, patches : bool
        Which marks the fur has.
    ears : str
        ``"pricked"``, ``"round"`` or ``"folded"`` for a cat; ``"hanging"``,
        ``"tipped"`` or ``"pricked"`` for a dog.
    mood : str
        ``"calm"``, ``"happy"`` or ``"sleepy"``.
    fluff : float
        Length of the fur, 0 to 1.
    """

    kind: str
    fur: Colour
    pale: Colour
    mark: Colour
    nose: Colour
    eyes: Colour
    collar: Colour | None
    striped: bool
    socks: bool
    patches: bool
    ears: str
    mood: str
    fluff: float

    @property
    def edge(self) -> str:
        """Attributes of the outline: a shade of the fur, or a sheen where the fur is dark."""
        colour = darker(self.fur, 0.45) if max(self.fur) > _DARK_FUR else lighter(self.fur, 0.3)
        return f'stroke="{hexa(colour)}" stroke-width=".9" stroke-linejoin="round"'


def look(kind: str, coat: str, rng: Random) -> Look:
    """Draw lots for one animal of a kind and a coat."""
    fur, pale, mark = _colours(coat, rng)
    cat = kind == "cat"
    return Look(
        kind=kind,
        fur=fur,
        pale=pale,
        mark=mark,
        nose=_nose(kind, coat, rng),
        eyes=_eyes(kind, rng),
        collar=hsl(rng.random() * 360, 0.65, 0.48) if rng.random() < 0.45 else None,
        striped=coat in {"ginger", "grey"} and rng.random() < (0.75 if cat else 0.2),
        socks=coat in {"black", "grey", "ginger", NEW_COAT} and rng.random() < 0.4,
        patches=coat == "patched",
        ears=_pick(rng, pricked=0.86, round=0.09, folded=0.05)
        if cat
        else _pick(rng, hanging=0.66, tipped=0.24, pricked=0.10),
        mood=_pick(rng, calm=0.65, happy=0.22, sleepy=0.13)
        if cat
        else _pick(rng, calm=0.46, happy=0.47, sleepy=0.07),
        fluff=rng.random(),
    )


def _colours(coat: str, rng: Random) -> tuple[Colour, Colour, Colour]:
    shift = rng.uniform(-1, 1)
    if coat == "black":
        fur = mix(_BLACK, hsl(25 if shift > 0 else 230, 0.3, 0.25), abs(shift) * 0.4)
        return fur, _WHITE if rng.random() < 0.5 else lighter(fur, 0.3), lighter(fur, 0.1)
    if coat == "white":
        fur = mix(_WHITE, hsl(36, 0.5, 0.85), max(0.0, shift) * 0.6)
        return fur, lighter(fur, 0.6), mix(fur, hsl(32, 0.4, 0.7), 0.5)
    if coat == "ginger":
        fur = hsl(28 + 5 * shift, 0.72, 0.56 + 0.05 * rng.uniform(-1, 1))
        return fur, lighter(fur, 0.72), hsl(20 + 3 * shift, 0.7, 0.38)
    if coat == "grey":
        fur = hsl(215 + 25 * shift, 0.10, 0.50 + 0.08 * rng.uniform(-1, 1))
        return fur, lighter(fur, 0.62), mix(fur, _BLACK, 0.55)
    if coat == "patched":
        mark = hsl(26, 0.6, 0.42) if rng.random() < 0.5 else _BLACK
        return _WHITE, (1.0, 0.99, 0.97), mark
    fur = hsl(18 + 5 * shift, 0.45, 0.27)
    return fur, lighter(fur, 0.25), mix(fur, _BLACK, 0.4)


def _nose(kind: str, coat: str, rng: Random) -> Colour:
    if kind == "dog":
        return mix(_BLACK, hsl(15, 0.4, 0.3), rng.random() * 0.5)
    dark = coat in {"black", NEW_COAT} or (coat == "grey" and rng.random() < 0.5)
    return hsl(350, 0.25, 0.3) if dark else hsl(352, 0.6, 0.72)


def _eyes(kind: str, rng: Random) -> Colour:
    if kind == "dog":
        return hsl(24, 0.5, rng.uniform(0.18, 0.34)) if rng.random() < 0.95 else hsl(205, 0.5, 0.6)
    hue = rng.choice((48, 70, 95, 150, 205))
    return hsl(hue + rng.uniform(-8, 8), 0.65, 0.56)


def _pick(rng: Random, **shares: float) -> str:
    level = rng.random()
    for name, share in shares.items():
        level -= share
        if level < 0:
            return name
    return name
