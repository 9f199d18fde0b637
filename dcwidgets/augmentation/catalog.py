"""The Keras layers that a policy may hold, what can be turned on each, and the presets.

Nothing here imports Keras, so a page can be drawn before it is loaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from dcwidgets.outside import is_number

Pair: TypeAlias = tuple[float, float]
Config: TypeAlias = dict[str, Any]  # constructor arguments of a Keras layer, as JSON

MOST_STEPS = 32


@dataclass(frozen=True)
class Knob:
    """One argument of a layer that a slider turns.

    Attributes
    ----------
    name : str
        Argument of the layer's constructor.
    label : str
        What it does, for a reader.
    default : tuple of float, float or str
        A pair for a range to draw from, a number, or one of ``choices``.
    low, high : float
        Smallest and largest allowed value, both included.
    step : float
        Step of the slider.
    unit : str
        How to read a value aloud: ``"turn"`` (360 degrees), ``"part"`` (hundredths),
        ``"less_more"`` (a pair of distances below and above 1) or ``""``.
    mirrored : bool
        Whether Keras reads one number x as the pair (-x, x).
    ends : tuple of str, optional
        What a small and what a large value does.
    kept_as : tuple of str
        Attribute where the layer keeps a range as a pair, or the two attributes where it
        keeps the ends; empty if the layer computes with the value outside its graph.
    choices : tuple of str
        The allowed texts, for an argument that is no number.
    """

    name: str
    label: str
    default: Pair | float | str
    low: float = 0.0
    high: float = 1.0
    step: float = 0.01
    unit: Literal["turn", "part", "less_more", ""] = "part"
    mirrored: bool = False
    ends: tuple[str, str] | None = None
    kept_as: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()

    def read(self, value: object) -> Pair | float | str:
        """Check one value for this knob and return it in its plain form.

        Raises
        ------
        ValueError
            If it is not what the knob takes; says what it takes.
        """
        if self.choices:
            return self._choice(value)
        if isinstance(self.default, tuple):
            return self._pair(value)
        return self._number(value)

    def _choice(self, value: object) -> str:
        if not isinstance(value, str) or value not in self.choices:
            allowed = ", ".join(map(repr, self.choices))
            raise ValueError(f"{self.name} must be one of {allowed}, got {value!r}.")
        return value

    def _number(self, value: object) -> float:
        if not is_number(value) or not self.low <= value <= self.high:
            raise ValueError(
                f"{self.name} must lie between {self.low:g} and {self.high:g}, got {value!r}."
            )
        return float(value)

    def _pair(self, value: object) -> Pair:
        if not isinstance(value, list | tuple):
            end = self._number(value)
            return (-abs(end) if self.mirrored else 0.0, abs(end))
        if len(value) != 2:
            raise ValueError(f"{self.name} must be a pair of numbers, got {list(value)!r}.")
        lower, upper = map(self._number, value)
        if lower > upper:
            raise ValueError(
                f"{self.name} must not go from a larger to a smaller value, got {list(value)!r}."
            )
        return lower, upper


PROBABILITY = Knob("probability", "Probability", 1.0)
"""How often a step acts on a picture; no argument of the layer, but of `Sometimes`."""


@dataclass(frozen=True)
class Kind:
    """One class of Keras layer: its name for a reader and its knobs.

    ``fixed`` are arguments that pictures in [0, 1] need and nobody turns.
    """

    title: str
    knobs: tuple[Knob, ...]
    fixed: Config = field(default_factory=dict)
    geometric: bool = False

    def defaults(self) -> Config:
        """Return the constructor arguments of a layer just added."""
        return {**{knob.name: knob.default for knob in self.knobs}, **self.fixed}


def _range(name: str, label: str, default: Pair, **more: Any) -> Knob:
    return Knob(name, label, default, **{"kept_as": (name,), **more})


def _signed(
    name: str,
    label: str,
    default: Pair,
    ends: tuple[str, str] | None = None,
    *,
    low: float = -1.0,
    reach: float = 1.0,
    **more: Any,
) -> Knob:
    limits = {"low": max(low, -reach), "high": reach}
    return _range(name, label, default, ends=ends, mirrored=True, **limits, **more)


# Keras's zoom and translation keep each end by itself.
_HEIGHT, _WIDTH = ("height_lower", "height_upper"), ("width_lower", "width_upper")
_UNIT = {"value_range": (0, 1)}  # Keras assumes 0 to 255; `prepare` gives 0 to 1

CATALOG: Mapping[str, Kind] = {
    "RandomFlip": Kind(
        "Flip",
        (
            Knob(
                "mode",
                "Direction",
                "horizontal",
                choices=("horizontal", "vertical", "horizontal_and_vertical"),
            ),
        ),
        geometric=True,
    ),
    "RandomRotation": Kind(
        "Rotation",
        (_signed("factor", "Turn", (-0.05, 0.05), ("right", "left"), reach=0.5, unit="turn"),),
        geometric=True,
    ),
    "RandomZoom": Kind(
        "Zoom",
        (
            _signed(
                "height_factor",
                "Distance",
                (-0.1, 0.1),
                ("nearer", "farther"),
                low=-0.99,
                kept_as=_HEIGHT,
            ),
        ),
        geometric=True,
    ),
    "RandomTranslation": Kind(
        "Translation",
        (
            _signed("height_factor", "Upright", (-0.1, 0.1), ("up", "down"), kept_as=_HEIGHT),
            _signed("width_factor", "Sideways", (-0.1, 0.1), ("left", "right"), kept_as=_WIDTH),
        ),
        geometric=True,
    ),
    "RandomShear": Kind(
        "Shear",
        (
            # One number would do in Keras 3.15, but such a layer cannot be made from its config.
            _range("x_factor", "Sideways", (0.0, 0.2)),
            _range("y_factor", "Upright", (0.0, 0.0)),
        ),
        geometric=True,
    ),
    "RandomBrightness": Kind(
        "Brightness",
        (_signed("factor", "Light", (-0.1, 0.1), ("darker", "lighter")),),
        _UNIT,
    ),
    "RandomContrast": Kind(
        "Contrast",
        (
            _range(
                "factor",
                "Change",
                (0.2, 0.2),
                ends=("weaker", "stronger"),
                unit="less_more",
            ),
        ),
        _UNIT,
    ),
    "RandomSaturation": Kind(
        "Saturation", (_range("factor", "Colour", (0.4, 0.6), ends=("grey", "glaring")),), _UNIT
    ),
    "RandomHue": Kind("Hue", (_range("factor", "Shift of every colour", (0.0, 0.1)),), _UNIT),
    "RandomGrayscale": Kind("Grey", (Knob("factor", "Share of pictures", 0.2),)),
    "RandomSharpness": Kind(
        "Sharpness", (_range("factor", "Edges", (0.3, 0.7), ends=("soft", "sharp")),), _UNIT
    ),
    "RandomGaussianBlur": Kind(
        "Blur",
        # Keras stops at 1; its graph rounds otherwise, so it draws op by op.
        (
            _range("factor", "Chance", (1.0, 1.0), kept_as=()),
            _range("sigma", "Pixels", (0.1, 1.0), low=0.1, unit="", kept_as=()),
        ),
        {"kernel_size": (9, 9), **_UNIT},
    ),
    "GaussianNoise": Kind("Noise", (Knob("stddev", "Strength", 0.05),)),
    "RandomErasing": Kind(
        "Erasing",
        (
            _range("factor", "Chance", (0.5, 0.5)),
            _range("scale", "Share of the picture", (0.02, 0.2)),
        ),
        {"fill_value": 0.5, **_UNIT},
    ),
    "RandomInvert": Kind("Negative", (_range("factor", "Chance", (0.2, 0.2)),), _UNIT),
    "RandAugment": Kind(
        "RandAugment",
        (_range("factor", "Strength", (0.0, 0.5), kept_as=()),),
        {"num_ops": 2, **_UNIT},
    ),
    # `prepare` blends the labels too.
    "MixUp": Kind("MixUp", (Knob("alpha", "Evenness", 0.2, low=0.01),)),
    "CutMix": Kind("CutMix", (_range("factor", "Evenness", (1.0, 1.0), kept_as=()),)),
}

OTHER_LAYERS = (
    "AugMix",
    "AutoContrast",
    "Equalization",
    "GaussianDropout",
    "RandomColorDegeneration",
    "RandomColorJitter",
    "RandomCrop",
    "RandomElasticTransform",
    "RandomPerspective",
    "RandomPosterization",
    "Solarization",
)
"""Keras's further image layers: they train and are saved, but nothing is turned on them yet."""

KNOWN_LAYERS = (*CATALOG, *OTHER_LAYERS)


def _step(layer: str, **knobs: Any) -> tuple[str, Config]:
    return layer, {**CATALOG[layer].defaults(), **knobs}


PRESETS: Mapping[str, tuple[tuple[str, Config], ...]] = {
    "none": (),
    "light": (
        _step("RandomFlip"),
        _step("RandomRotation", factor=(-0.03, 0.03)),
        _step("RandomZoom", height_factor=(-0.1, 0.1)),
        _step("RandomBrightness", factor=(-0.1, 0.1)),
    ),
    "medium": (
        _step("RandomFlip"),
        _step("RandomRotation", factor=(-0.06, 0.06)),
        _step("RandomZoom", height_factor=(-0.2, 0.2)),
        _step("RandomTranslation", height_factor=(-0.08, 0.08), width_factor=(-0.08, 0.08)),
        _step("RandomBrightness", factor=(-0.2, 0.2)),
        _step("RandomContrast", factor=(0.2, 0.2)),
    ),
    "heavy": (
        _step("RandomFlip"),
        _step("RandomRotation", factor=(-0.12, 0.12)),
        _step("RandomZoom", height_factor=(-0.35, 0.35)),
        _step("RandomTranslation", height_factor=(-0.18, 0.18), width_factor=(-0.18, 0.18)),
        _step("RandomBrightness", factor=(-0.35, 0.35)),
        _step("RandomContrast", factor=(0.5, 0.5)),
        _step("GaussianNoise", stddev=0.06),
        _step("RandomErasing", factor=(0.5, 0.5), scale=(0.02, 0.2)),
    ),
    "absurd": (
        _step("RandomFlip", mode="horizontal_and_vertical"),
        _step("RandomRotation", factor=(-0.5, 0.5)),
        _step("RandomZoom", height_factor=(-0.7, 0.9)),
        _step("RandomTranslation", height_factor=(-0.4, 0.4), width_factor=(-0.4, 0.4)),
        _step("RandomShear", x_factor=(0.0, 0.6), y_factor=(0.0, 0.4)),
        _step("RandomBrightness", factor=(-0.5, 0.5)),
        _step("RandomContrast", factor=(0.8, 0.8)),
        _step("RandomHue", factor=(0.0, 1.0)),
        _step("GaussianNoise", stddev=0.15),
        _step("RandomErasing", factor=(1.0, 1.0), scale=(0.1, 0.5)),
    ),
}


def preset_steps(name: str) -> tuple[tuple[str, Config], ...]:
    """Look a preset up.

    Raises
    ------
    ValueError
        If there is none of that name.
    """
    if name not in PRESETS:
        raise ValueError(
            f"policy must be one of {', '.join(map(repr, PRESETS))} or a list of Keras layers, "
            f"got {name!r}."
        )
    return PRESETS[name]
