"""Light that falls on a finished drawing, and the grain of the camera."""

import math
from random import Random

import numpy as np
from PIL import Image

LIGHTS = ("morning", "noon", "evening", "night", "cloudy")
NEW_LIGHT = "winter"
# What each colour is multiplied by away from the source of light, and what the source adds.
_AMBIENT = {
    "morning": (0.96, 0.92, 0.84),
    "noon": (1.02, 1.02, 1.00),
    "evening": (0.94, 0.78, 0.64),
    "night": (0.56, 0.60, 0.80),
    "cloudy": (0.87, 0.89, 0.92),
    "winter": (0.84, 0.93, 1.04),
}
_SOURCE = {
    "morning": (0.22, 0.17, 0.06),
    "noon": (0.06, 0.06, 0.04),
    "evening": (0.36, 0.20, 0.02),
    "night": (0.52, 0.40, 0.16),
    "cloudy": (0.0, 0.0, 0.0),
    "winter": (0.10, 0.08, 0.04),
}
# How much a beam of light, or a shadow, changes brightness.
_BEAMS = {
    "morning": 0.20,
    "noon": 0.24,
    "evening": 0.20,
    "night": 0.24,
    "cloudy": 0.12,
    "winter": 0.12,
}
_GRAIN = np.random.default_rng(20).normal(0, 1.1, (256, 256)).astype(np.float32)


def lit(image: Image.Image, light: str, rng: Random) -> Image.Image:
    """Return the picture under a light.

    Parameters
    ----------
    image : PIL.Image.Image
        RGB, at most 144 pixels wide and high.
    light : str
        One of `LIGHTS` or `NEW_LIGHT`.
    rng : random.Random
        Decides where the light comes from.

    Returns
    -------
    PIL.Image.Image
        RGB, of the same size.
    """
    source = np.asarray(_SOURCE[light], np.float32)
    ambient = np.asarray(_AMBIENT[light], np.float32) * rng.uniform(0.95, 1.04)
    across = _bell(image.width, rng.uniform(-0.1, 1.1))
    down = _bell(image.height, rng.uniform(-0.1, 0.6))
    gain = ambient + (down[:, None] * across)[..., None] * source
    gain *= 1 + _BEAMS[light] * _beam(image.width, image.height, rng)[..., None]
    x, y = rng.randrange(112), rng.randrange(112)
    grain = _GRAIN[y : y + image.height, x : x + image.width, None]
    gain *= np.asarray(image)
    gain += grain
    return Image.fromarray(np.clip(gain, 0, 255, out=gain).astype(np.uint8))


def _beam(width: int, height: int, rng: Random) -> np.ndarray:
    """Return a slanted band of light (1) or shade (-1) with soft edges, as through a window."""
    angle = math.radians(rng.choice((-1, 1)) * rng.uniform(20, 70))
    x = np.linspace(-0.5, 0.5, width, dtype=np.float32) * math.cos(angle)
    y = np.linspace(-0.5, 0.5, height, dtype=np.float32) * math.sin(angle)
    away = np.abs(x + y[:, None] - rng.uniform(-0.45, 0.45))
    band = np.clip((rng.uniform(0.08, 0.24) - away) / 0.06 + 0.5, 0, 1)
    return band * rng.choice((-0.8, 1))


def _bell(length: int, middle: float) -> np.ndarray:
    places = np.linspace(0, 1, length, dtype=np.float32)
    return np.exp(-(((places - middle) / 0.55) ** 2))
