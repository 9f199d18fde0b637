"""What goes wrong with a picture after it was taken: light, focus, bytes, copies."""

import io
from random import Random

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter

from dcwidgets.sources.pocket_pets.brush import hsl

QUALITY = 82


def encode(image: Image.Image, quality: int = QUALITY) -> bytes:
    """Return the bytes of a JPEG file."""
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return file.getvalue()


def damaged(image: Image.Image, kind: str, rng: Random) -> Image.Image:
    """Return a picture with one of the damages ``dark``, ``light``, ``blurry``, ``blank``."""
    if kind == "dark":
        return image.point(_curve(rng.uniform(0.12, 0.2), 0))
    if kind == "light":
        return image.point(_curve(rng.uniform(0.2, 0.32), rng.uniform(0.72, 0.8)))
    if kind == "blurry":
        return image.filter(ImageFilter.GaussianBlur(rng.uniform(3.2, 5)))
    return _blank(image.size, rng)


def _curve(gain: float, offset: float) -> list[int]:
    return [min(255, round(255 * offset + gain * level)) for level in range(256)] * 3


def _blank(size: tuple[int, int], rng: Random) -> Image.Image:
    """Return a picture of nothing: the inside of a pocket, a lens cap, a wall."""
    colour = np.array(hsl(rng.uniform(0, 360), 0.15, rng.uniform(0.3, 0.75))) * 255
    # Faint and coarse, so that no two pockets have the same perceptual hash.
    folds = np.array([[rng.uniform(-6, 6) for _ in range(5)] for _ in range(5)], np.float32)
    shades = Image.fromarray(folds).resize(size, Image.Resampling.BICUBIC)
    pixels = colour + np.asarray(shades)[..., None]
    return Image.fromarray(pixels.round().astype(np.uint8))


def broken(encoded: bytes, rng: Random) -> bytes:
    """Return bytes that no decoder accepts: cut short, overwritten, or no picture at all."""
    choice = rng.random()
    if choice < 0.5:
        return encoded[: int(len(encoded) * rng.uniform(0.2, 0.7))]
    if choice < 0.75:
        return b"<!DOCTYPE html><html><title>404 Not Found</title><h1>Not Found</h1></html>"
    return bytes(rng.getrandbits(8) for _ in range(600))


def near_copy(
    image: Image.Image, head: tuple[int, int, int, int], rng: Random
) -> tuple[bytes, tuple[int, int], tuple[int, int, int, int]]:
    """Return a slightly changed copy: bytes, size and the box of the head in it."""
    left, top = (rng.choice((0, 0, 1)) for _ in range(2))
    cropped = image.crop(
        (left, top, image.width - rng.choice((0, 1)), image.height - rng.choice((0, 1)))
    )
    scale = rng.choice((1.0, 0.8, 0.9, 1.2))
    size = round(cropped.width * scale), round(cropped.height * scale)
    if size != cropped.size:
        cropped = cropped.resize(size, Image.Resampling.BICUBIC)
    if rng.random() < 0.5:
        cropped = ImageEnhance.Brightness(cropped).enhance(rng.uniform(1.04, 1.1))
    x, y, width, height = head
    x0, y0 = max(0, x - left), max(0, y - top)
    x1, y1 = x + width - left, y + height - top
    box = tuple(round(edge * scale) for edge in (x0, y0, x1 - x0, y1 - y0))
    quality = rng.choice((60, 68, 75))
    return (
        encode(cropped, quality),
        size,
        (box[0], box[1], min(box[2], size[0] - box[0]), min(box[3], size[1] - box[1])),
    )
