"""Steps: a policy as plain data, checked, and turned into Keras layers and back."""

from __future__ import annotations

import inspect
import json
import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NotRequired, TypedDict

from dcwidgets.augmentation.catalog import (
    CATALOG,
    KNOWN_LAYERS,
    MOST_STEPS,
    PROBABILITY,
    Config,
)

if TYPE_CHECKING:
    import keras

# What every Keras layer carries and no policy is about; seeds travel by their attribute,
# because RandomGrayscale leaves its own out of its config (Keras 3.15).
_EVERY_LAYER = frozenset({"name", "trainable", "dtype", "data_format", "seed"})
_NOT_HERE = {*_EVERY_LAYER, "config"}
_LARGEST_SEED = 2**31 - 1


class Step(TypedDict):
    """One layer of a policy: class name and constructor arguments.

    ``probability`` is there only where the layer does not act on every picture, and
    ``chance_seed`` is then the seed of who is left out.
    """

    layer: str
    config: Config
    seed: NotRequired[int]
    probability: NotRequired[float]
    chance_seed: NotRequired[int]


def check_step(given: object, where: str) -> Step:
    """Check one step that came from outside and return it in its plain form.

    Parameters
    ----------
    given : object
        Decoded JSON; nothing in it is trusted.
    where : str
        How to call the step in an error, such as ``"Step 2"``.

    Raises
    ------
    ValueError
        If the class is unknown, or an argument is unknown or not allowed.
    """
    fields = given if isinstance(given, dict) else {}
    layer, config = fields.get("layer"), fields.get("config")
    if not isinstance(layer, str) or layer not in KNOWN_LAYERS:
        raise ValueError(
            f"{where} names the layer {layer!r:.60}. Known are: {', '.join(KNOWN_LAYERS)}."
        )
    step: Step = {"layer": layer, "config": _check_config(layer, config, where)}
    if fields.get("seed") is not None:
        step["seed"] = check_seed(fields["seed"], f"{where}, {layer}: seed")
    step["probability"] = check_probability(fields, f"{where}, {layer}")
    if fields.get("chance_seed") is not None:
        step["chance_seed"] = check_seed(fields["chance_seed"], f"{where}, {layer}: chance_seed")
    return _tidied(step)


def check_probability(fields: Mapping[str, Any], where: str) -> float:
    """Read how often a step acts: 1, always, where nothing is said."""
    try:
        return float(PROBABILITY.read(fields.get("probability", PROBABILITY.default)))  # type: ignore[arg-type]
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None


def _tidied(step: Step) -> Step:
    """Leave out of a step what says nothing: that it always acts."""
    if step.get("probability", 1.0) == 1.0:
        step.pop("probability", None)
        step.pop("chance_seed", None)
    return step


def check_seed(seed: object, name: str = "seed", *, largest: int = _LARGEST_SEED) -> int:
    """Check a seed: a whole number from 0 to ``largest``."""
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= largest:
        raise ValueError(f"{name} must be a whole number from 0 to {largest}, got {seed!r}.")
    return seed


def as_rows(given: object, name: str) -> list[Any]:
    """Check that something from outside is a list of not too many steps, and return it."""
    if not isinstance(given, list) or len(given) > MOST_STEPS:
        found = f"{len(given)}" if isinstance(given, list) else f"{given!r:.60}"
        raise ValueError(f"{name} must be a list of at most {MOST_STEPS} layers, got {found}.")
    return given


def _check_config(layer: str, given: object, where: str) -> Config:
    config = given if isinstance(given, dict) else {"config": given}
    kind = CATALOG.get(layer)
    knobs = {knob.name: knob for knob in kind.knobs} if kind else {}
    checked: Config = kind.defaults() if kind else {}
    for name, value in config.items():
        try:
            checked[name] = knobs[name].read(value) if name in knobs else _plain(name, value)
        except ValueError as error:
            raise ValueError(f"{where}, {layer}: {error}") from None
    return checked


def _plain(name: str, value: object) -> Any:  # a JSON value, lists as tuples
    if name in _NOT_HERE:
        raise ValueError(f"{name!r} is not an argument to set here.")
    if isinstance(value, list | tuple):
        return tuple(_plain(name, part) for part in value)
    finite = not isinstance(value, float) or math.isfinite(value)
    if not finite or not (value is None or isinstance(value, str | int | float)):
        raise ValueError(f"{name} must be finite numbers or texts, got {value!r:.60}.")
    return value


def build(step: Step, where: str = "The step") -> keras.Layer:
    """Make the Keras layer of a checked step.

    Raises
    ------
    ValueError
        If Keras refuses the arguments; keeps Keras's first sentence.
    """
    import keras

    kind = getattr(keras.layers, step["layer"])
    # Layers without chance, such as AutoContrast, take no seed.
    seeded = "seed" in step and "seed" in inspect.signature(kind.__init__).parameters
    try:
        layer = kind(**step["config"], **({"seed": step["seed"]} if seeded else {}))
    except (TypeError, ValueError, NotImplementedError) as error:
        reason = str(error).strip().split("\n")[0]
        raise ValueError(f"{where}, {step['layer']}: Keras refuses it. {reason}") from error
    return with_chance(layer, step)


def with_chance(layer: keras.Layer, step: Step) -> keras.Layer:
    """Return a layer that acts as often as a step says."""
    if "probability" not in step:
        return layer
    from dcwidgets.augmentation.sometimes import Sometimes

    return Sometimes(layer, step["probability"], step.get("chance_seed"))


def is_sometimes(layer: object) -> bool:
    """Say whether a layer is a `Sometimes`."""
    kind = type(layer)
    return kind.__name__ == "Sometimes" and kind.__module__.startswith("dcwidgets.")


def inner(layer: keras.Layer) -> keras.Layer:
    """Return the layer that a `Sometimes` holds; any other layer is itself."""
    return layer.layer if is_sometimes(layer) else layer


def is_known(layer: keras.Layer) -> bool:
    """Say whether a layer is Keras's own class of that name, with a probability or without."""
    import keras

    layer = inner(layer)
    name = type(layer).__name__
    return name in KNOWN_LAYERS and type(layer) is getattr(keras.layers, name, None)


def read(layer: keras.Layer) -> Step:
    """Turn a Keras layer into a step.

    Arguments that no knob turns are kept where they differ from Keras's default.

    Raises
    ------
    ValueError
        If the layer is not one of the known classes.
    """
    acting, layer = chance(layer), inner(layer)
    name = type(layer).__name__
    if not is_known(layer):
        raise ValueError(
            f"{name} is not one of Keras's image layers, so it cannot be written as plain data. "
            f"Known are: {', '.join(KNOWN_LAYERS)}."
        )
    step: Step = {"layer": name, "config": _read_config(layer)}
    if getattr(layer, "seed", None) is not None:
        step["seed"] = layer.seed
    return _tidied({**step, **acting})


class Chance(TypedDict, total=False):
    """What a step says of how often it acts."""

    probability: float
    chance_seed: int


def chance(layer: keras.Layer) -> Chance:
    """Read how often a layer acts; nothing where it always does."""
    if not is_sometimes(layer):
        return {}
    seed = layer.chance_seed
    return {"probability": layer.probability, **({} if seed is None else {"chance_seed": seed})}


def _read_config(layer: keras.Layer) -> Config:
    name = type(layer).__name__
    kind = CATALOG.get(name)
    knobs = {knob.name: knob for knob in kind.knobs} if kind else {}
    fixed = set(kind.fixed) if kind else set()
    usual = inspect.signature(type(layer).__init__).parameters
    config: Config = {}
    for argument, value in layer.get_config().items():
        if argument in knobs:
            config[argument] = knobs[argument].read(value)
        elif argument not in _EVERY_LAYER and (
            argument in fixed or not _same(value, usual.get(argument))
        ):
            config[argument] = _plain(argument, value)
    return config


def _same(value: object, parameter: inspect.Parameter | None) -> bool:
    default = parameter.default if parameter else None
    return json.dumps(value, default=str) == json.dumps(default, default=str)


def with_seeds(steps: Iterable[Step], seed: int) -> list[Step]:
    """Give each step a seed of its own, derived from one seed.

    Two layers with the same seed would draw the same numbers: every picture turned to
    the left would also be dark.
    """
    return [with_seed(step, seed * 1000 + n) for n, step in enumerate(steps, start=1)]


def with_seed(step: Step, seed: int) -> Step:
    """Give a step one seed for what it draws, and for whom it leaves out."""
    return _tidied({**step, "seed": seed, "chance_seed": seed})
