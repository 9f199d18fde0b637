"""What each layer of a policy drew for each picture: as numbers, and in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from dcwidgets.augmentation.catalog import CATALOG
from dcwidgets.augmentation.chips import Chip, Chips, to_layer
from dcwidgets.augmentation.steps import inner, is_sometimes

if TYPE_CHECKING:
    import keras

Tensor = Any  # whatever the backend computes with
Values: TypeAlias = dict[str, float]
Numbers: TypeAlias = npt.NDArray[np.float64]
_MINUS = "\N{MINUS SIGN}"
_TIMES = "\N{MULTIPLICATION SIGN}"


@dataclass(frozen=True)
class DrawnStep:
    """One step of a policy with what it drew for a batch of pictures.

    Attributes
    ----------
    place : int
        Place among all steps, from 1.
    chip : Chip
        The step.
    layer : keras.Layer
        A layer of the step, or the user's own; in a `Sometimes` where it may be left out.
    drawn : mapping or tensor, optional
        What the layer's ``get_random_transformation`` gave; None where it has none.
    """

    place: int
    chip: Chip
    layer: keras.Layer
    drawn: Any = None


@dataclass(frozen=True)
class Draw:
    """What one step drew for one picture.

    ``numbers`` holds ``degrees`` (counter-clockwise), ``zoom`` (2 shows
    things twice as large), ``right`` and ``down`` (parts of an edge), ``factor``, and so
    on; booleans are 0 or 1. Where the step was left out it holds ``left_out`` alone.
    """

    step: int
    layer: str
    numbers: Mapping[str, float]
    words: str


def drawn_steps(chips: Chips, pictures: Tensor, *, seed: int) -> list[DrawnStep]:
    """Draw the numbers of each step that is on once more, with the seeds of a `Drawer`.

    Parameters
    ----------
    chips : Chips
        Checked chips.
    pictures : tensor of shape (n, height, width, 3)
        The pictures of the draw; only their shape counts.
    seed : int
        As given to `Drawer.draw`.
    """
    return [
        _drawn(place, chip, chips, pictures, seed)
        for place, chip in enumerate(chips.chips, start=1)
        if chip["on"]
    ]


def _drawn(place: int, chip: Chip, chips: Chips, pictures: Tensor, seed: int) -> DrawnStep:
    layer, drawn = to_layer(chips, chip, seed), None
    # Layers made anew start where a Drawer starts them: their first numbers are its numbers.
    if chip["layer"] in _SAID and not chip["own"]:
        drawn = inner(layer).get_random_transformation(pictures, training=True)
    if is_sometimes(layer):
        drawn = {"drawn": drawn, "acts": layer.acts(pictures)}
    return DrawnStep(place, chip, layer, drawn)


def describe(steps: Sequence[DrawnStep], n: int, size: int) -> list[list[Draw]]:
    """Say what the steps drew for each of ``n`` square pictures of ``size`` pixels.

    Returns
    -------
    list of list of Draw
        For each picture, one per step, in order.
    """
    by_step = [_said(step, n, size) for step in steps]
    return [[said[k] for said in by_step] for k in range(n)]


def in_words(draws: Sequence[Draw]) -> str:
    """Write what was drawn for one picture in a line, such as "turn 12° left · no flip"."""
    return " · ".join(draw.words for draw in draws) or "nothing to draw"


def _said(step: DrawnStep, n: int, size: int) -> list[Draw]:
    name = step.chip["layer"]
    if is_sometimes(step.layer):
        always = replace(step, layer=step.layer.layer, drawn=step.drawn["drawn"])
        left_out = Draw(step.place, name, {"left_out": 1.0}, f"{_title(name)} left out")
        acts = _flat(step.drawn["acts"])
        said = _said(always, n, size)
        return [draw if act else left_out for draw, act in zip(said, acts, strict=True)]
    if step.drawn is None:
        return [Draw(step.place, name, *_constant(step.chip))] * n
    columns, words = _SAID[name](step, size)
    flat = {key: np.broadcast_to(column, (n,)) for key, column in columns.items()}
    rows: list[Values] = [{key: float(flat[key][k]) for key in flat} for k in range(n)]
    return [Draw(step.place, name, row, words(row)) for row in rows]


def _constant(chip: Chip) -> tuple[Values, str]:
    """Say what a layer does that draws no number for a whole picture, such as noise."""
    kind = CATALOG.get(chip["layer"])
    numbers = {
        name: float(value)
        for name, value in chip["config"].items()
        if kind and name in {k.name for k in kind.knobs} and isinstance(value, int | float)
    }
    return numbers, " ".join([_title(chip["layer"]), *map(_percent, numbers.values())])


def _title(layer: str) -> str:
    kind = CATALOG.get(layer)
    if kind is None or kind.title == layer:
        return layer
    return kind.title.lower()


# Each of these reads what a layer drew: columns of shape (n,), and how to say one row.
_Said: TypeAlias = "tuple[Mapping[str, Numbers], Callable[[Values], str]]"


def _flip(step: DrawnStep, _: int) -> _Said:
    ways = {"horizontal": "sideways", "vertical": "upside down"}
    how = ways.get(step.layer.mode, "both ways")
    columns = {"flipped": _flat(step.drawn["flips"])}
    return columns, lambda row: f"flip {how}" if row["flipped"] else "no flip"


def _rotation(step: DrawnStep, _: int) -> _Said:
    columns = {"degrees": _flat(step.drawn["angle"])}
    return columns, lambda row: f"turn {_sided(row['degrees'], '°', 'right', 'left')}"


def _zoom(step: DrawnStep, _: int) -> _Said:
    columns = {
        "zoom": 1.0 / _flat(step.drawn["height_zoom"]),
        "across": 1.0 / _flat(step.drawn["width_zoom"]),
    }

    def words(row: Values) -> str:
        if row["zoom"] == row["across"]:
            return f"zoom {row['zoom']:.2f}{_TIMES}"
        return f"zoom {row['across']:.2f}{_TIMES} wide, {row['zoom']:.2f}{_TIMES} high"

    return columns, words


def _translation(step: DrawnStep, size: int) -> _Said:
    moved = _numbers(step.drawn["translations"]) / size
    columns = {"right": moved[:, 0], "down": moved[:, 1]}

    def words(row: Values) -> str:
        across = _sided(row["right"] * 100, " %", "left", "right")
        return f"move {across}, {_sided(row['down'] * 100, ' %', 'up', 'down')}"

    return columns, words


def _shear(step: DrawnStep, _: int) -> _Said:
    factors = _numbers(step.drawn["shear_factor"])
    columns = {"sideways": factors[:, 0], "upright": factors[:, 1]}

    def words(row: Values) -> str:
        sideways = f"shear {_signed_percent(row['sideways'])} sideways"
        return sideways + (f", {_signed_percent(row['upright'])} upright" if row["upright"] else "")

    return columns, words


def _brightness(step: DrawnStep, _: int) -> _Said:
    columns = {"light": _flat(step.drawn["rgb_delta"])}
    return columns, lambda row: f"brightness {_signed_percent(row['light'])}"


def _factor(title: str, entry: str = "factor", scale: float = 1.0) -> Callable[..., _Said]:
    def read(step: DrawnStep, _: int) -> _Said:
        columns = {"factor": _flat(step.drawn[entry]) * scale}
        return columns, lambda row: f"{title} {row['factor']:.2f}{_TIMES}"

    return read


def _hue(step: DrawnStep, _: int) -> _Said:
    columns = {"degrees": _flat(step.drawn["factor"]) * 360}
    return columns, lambda row: f"hue {_signed(row['degrees'])}°"


def _yes_no(entry: str, yes: str, no: str) -> Callable[..., _Said]:
    def read(step: DrawnStep, _: int) -> _Said:
        drawn = step.drawn[entry] if entry else step.drawn
        return {"done": _flat(drawn)}, lambda row: yes if row["done"] else no

    return read


def _blur(step: DrawnStep, _: int) -> _Said:
    # Keras draws one strength for the whole batch, and whether each picture gets it.
    sideways, upright = _flat(step.drawn["blur_factor"])
    done = _flat(step.drawn["should_apply_blur"])
    columns = {"done": done, "sideways": sideways * done, "upright": upright * done}

    def words(row: Values) -> str:
        return f"blur {row['sideways']:.2f} px" if row["done"] else "no blur"

    return columns, words


def _erasing(step: DrawnStep, _: int) -> _Said:
    done = _flat(step.drawn["apply_erasing"])
    share = _numbers(step.drawn["batch_masks"])[..., 0].mean(axis=(1, 2)) * done
    columns = {"done": done, "share": share}
    return columns, lambda row: f"erase {_percent(row['share'])}" if row["done"] else "no erasing"


def _mix_up(step: DrawnStep, _: int) -> _Said:
    return _kept("MixUp", _flat(step.drawn["mix_weight"]), step)


def _cut_mix(step: DrawnStep, _: int) -> _Said:
    masks = _numbers(step.drawn["batch_masks"])[..., 0]
    return _kept("CutMix", 1.0 - masks.mean(axis=(1, 2)), step)


def _kept(title: str, shares: Numbers, step: DrawnStep) -> _Said:
    """Say how much of a picture is its own; ``partner`` is the one it was mixed with."""
    columns = {"share": shares, "partner": _flat(step.drawn["permutation_order"])}
    return columns, lambda row: f"{title} keeps {_percent(row['share'])}"


def _rand_augment(step: DrawnStep, _: int) -> _Said:
    # Keras draws which layers act for the whole batch.
    names = [name.removeprefix("random_").replace("_", " ") for name in step.drawn["transforms"]]
    chosen = _flat(step.drawn["layer_idxes"]).astype(int)
    words = f"RandAugment: {', '.join(names[number] for number in chosen)}"
    columns = {f"layer {n}": np.array([float(k)]) for n, k in enumerate(chosen, start=1)}
    return columns, lambda _: words


_SAID: Mapping[str, Callable[[DrawnStep, int], _Said]] = {
    "RandomFlip": _flip,
    "RandomRotation": _rotation,
    "RandomZoom": _zoom,
    "RandomTranslation": _translation,
    "RandomShear": _shear,
    "RandomBrightness": _brightness,
    "RandomContrast": _factor("contrast", "contrast_factor"),
    "RandomSaturation": _factor("saturation"),
    "RandomHue": _hue,
    "RandomGrayscale": _yes_no("", "grey", "in colour"),
    "RandomSharpness": _factor("sharpness", scale=2.0),
    "RandomGaussianBlur": _blur,
    "RandomErasing": _erasing,
    "RandomInvert": _yes_no("apply_inversion", "negative", "no negative"),
    "MixUp": _mix_up,
    "CutMix": _cut_mix,
    "RandAugment": _rand_augment,
}


def _numbers(tensor: Tensor) -> Numbers:
    import keras

    return np.asarray(keras.ops.convert_to_numpy(tensor), np.float64)


def _flat(tensor: Tensor) -> Numbers:
    return _numbers(tensor).reshape(-1)


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"


def _signed(value: float) -> str:
    rounded = round(value)
    return f"{'+' if rounded > 0 else _MINUS if rounded < 0 else ''}{abs(rounded)}"


def _signed_percent(share: float) -> str:
    return f"{_signed(share * 100)} %"


def _sided(value: float, unit: str, negative: str, positive: str) -> str:
    size = round(abs(value))
    return f"{size}{unit} {negative if value < 0 else positive}" if size else f"0{unit}"
