"""One picture: scene, animal, light and camera put together."""

import io
import math
from dataclasses import dataclass
from random import Random

import resvg_py
from PIL import Image

from dcwidgets.sources.pocket_pets import bodies, coats, heads, scenes
from dcwidgets.sources.pocket_pets.brush import (
    Paints,
    box,
    ellipse,
    group,
    line,
    opacity,
    points,
)
from dcwidgets.sources.pocket_pets.light import NEW_LIGHT, lit

CAMERAS = {"phone": (128, 128), "compact": (136, 120), "tablet": (120, 128)}


# A thin veil before the scene, as a lens that is focused on the animal would give.
_HAZE = box(0, 0, 128, 128, "#f3ead8", 0, opacity(0.16))


@dataclass(frozen=True, slots=True)
class Scene:
    """What a picture shows, chosen before it is drawn."""

    kind: str
    coat: str
    scene: str
    pose: str
    light: str
    camera: str
    seed: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture before it is encoded.

    Attributes
    ----------
    pixels : PIL.Image.Image
        RGB.
    head : tuple of int
        Box of the head in pixels: left, top, width, height.
    """

    pixels: Image.Image
    head: tuple[int, int, int, int]


def draw(what: Scene) -> Drawing:
    """Draw a picture."""
    rng = Random(what.seed)
    paints = Paints()
    width, height = CAMERAS[what.camera]
    background = scenes.scene(what.scene, what.light, paints, rng)
    animal, frame = _animal(what, paints, rng)
    content = background + _HAZE + animal + _air(what, rng)
    image = render(content, paints, width, height)
    image = lit(image, what.light, rng)
    return Drawing(image, _head_box(frame, width, height))


def render(content: str, paints: Paints, width: int, height: int) -> Image.Image:
    """Turn SVG elements on a sheet of 128 x 128 units into pixels, cut at top and sides."""
    left, top, zoom = _cut(width, height)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="{left:.2f} {top:.2f} {width / zoom:.2f} {height / zoom:.2f}">'
        f"<defs>{''.join(paints.definitions)}</defs>{content}</svg>"
    )
    png = resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True)
    return Image.open(io.BytesIO(bytes(png))).convert("RGB")


def _cut(width: int, height: int) -> tuple[float, float, float]:
    zoom = max(width, height) / scenes.SIZE
    return (scenes.SIZE - width / zoom) / 2, scenes.SIZE - height / zoom, zoom


def _animal(what: Scene, paints: Paints, rng: Random) -> tuple[str, tuple[float, ...]]:
    look = coats.look(what.kind, what.coat, rng)
    drawn = bodies.body(look, what.pose, paints, rng)
    close = what.pose == "portrait"
    scale = rng.uniform(1.25, 1.65) if close else rng.uniform(0.8, 1.12)
    flip = rng.choice((-1, 1))
    x = 64 + rng.uniform(-16, 16)
    y = 118 + rng.uniform(-4, 10) if close else scenes.GROUND + rng.uniform(-6, 12)
    turn, tilt = rng.uniform(-1, 1), rng.gauss(0, 6)
    size = drawn.head_scale
    face = heads.head(look, paints, turn)
    face = group(face, drawn.head_x, drawn.head_y, turn=tilt, wide=size, high=size)
    shadow = ellipse(x, y, drawn.width * scale * 0.55, 5 * scale, "#1a1020", opacity(0.28))
    animal = group(drawn.behind + face + drawn.front, x, y, wide=flip * scale, high=scale)
    svg = animal if close else shadow + animal
    middle = (x + flip * scale * drawn.head_x, y + scale * drawn.head_y)
    return svg, _frame(look.kind, middle, scale * drawn.head_scale, flip * tilt, flip)


def _frame(
    kind: str, middle: tuple[float, float], scale: float, tilt: float, flip: int
) -> tuple[float, ...]:
    left, top, right, bottom = heads.BOUNDS[kind]
    cos, sin = math.cos(math.radians(tilt)), math.sin(math.radians(tilt))
    corners = [
        (flip * x * scale, y * scale) for x in (left * 0.8, right * 0.8) for y in (top, bottom)
    ]
    corners += [(flip * x * scale, 0.0) for x in (left, right)]
    xs = [middle[0] + x * cos - y * sin for x, y in corners]
    ys = [middle[1] + x * sin + y * cos for x, y in corners]
    return min(xs), min(ys), max(xs), max(ys)


def _head_box(frame: tuple[float, ...], width: int, height: int) -> tuple[int, int, int, int]:
    left, top, zoom = _cut(width, height)
    x0, x1 = (min(width, max(0, round((x - left) * zoom))) for x in (frame[0], frame[2]))
    y0, y1 = (min(height, max(0, round((y - top) * zoom))) for y in (frame[1], frame[3]))
    return x0, y0, x1 - x0, y1 - y0


def _air(what: Scene, rng: Random) -> str:
    """Draw what lies between lens and animal: snow."""
    if what.light != NEW_LIGHT or what.scene not in scenes.OUTDOORS:
        return ""
    flakes = "".join(
        points("M {} {} h .1 ", rng.uniform(0, 128), rng.uniform(0, 128)) for _ in range(34)
    )
    return line(flakes, "#ffffff", 2.4)
