"""The places a pet is seen in, each drawn anew for every picture."""

from collections.abc import Callable
from random import Random

from dcwidgets.sources.pocket_pets import indoors, outdoors
from dcwidgets.sources.pocket_pets.brush import Paints

SIZE = 128
GROUND = 106
OUTDOORS = ("garden", "beach")
_DRAWN: dict[str, Callable[[str, Paints, Random], str]] = {
    "sofa": indoors.sofa,
    "window": indoors.window,
    "kitchen": indoors.kitchen,
    "garden": outdoors.garden,
    "beach": outdoors.beach,
}
SCENES = tuple(_DRAWN)


def scene(name: str, light: str, paints: Paints, rng: Random) -> str:
    """Draw the background of a picture of `SIZE` units, wide and high.

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
