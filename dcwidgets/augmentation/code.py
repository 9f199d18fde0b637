"""A policy as code that needs Keras and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from dcwidgets.augmentation.policies import flat, is_fused, unfuse
from dcwidgets.augmentation.steps import Step, chance, inner, is_known, read

if TYPE_CHECKING:
    import keras

_INDENT = " " * 8
_WIDTH = 79
_USE = "# Pictures are float32 in [0, 1]:  pictures = policy(pictures, training=True)"
_FUSED = (
    "# dcwidgets does neighbouring geometric layers in one warp: the same movements,\n"
    "# sharper and faster. Here they run one after another."
)


def policy_code(policy: keras.Layer) -> str:
    """Write a policy as Python code that runs without this package.

    Parameters
    ----------
    policy : keras.Layer
        As `dcwidgets.policy` makes it.

    Returns
    -------
    str
        Defines ``policy``. Where the policy holds more than Keras's own layers, a
        comment says what differs or what to import.

    Examples
    --------
    >>> print(dcw.policy_code(dcw.policy("light")))
    import keras
    <BLANKLINE>
    policy = keras.layers.Pipeline(
        [
            keras.layers.RandomFlip(mode="horizontal"),
            keras.layers.RandomRotation(factor=(-0.03, 0.03)),
            keras.layers.RandomZoom(height_factor=(-0.1, 0.1)),
            keras.layers.RandomBrightness(factor=(-0.1, 0.1), value_range=(0, 1)),
        ]
    )
    # Pictures are float32 in [0, 1]:  pictures = policy(pictures, training=True)
    <BLANKLINE>
    """
    layers = flat(policy)
    parts = unfuse(layers)
    own = {str(n): inner(layer) for n, layer in enumerate(parts) if not is_known(layer)}
    steps = [
        _standing_for(str(n), layer) if str(n) in own else read(layer)
        for n, layer in enumerate(parts)
    ]
    return steps_code(steps, fuse=any(map(is_fused, layers)), own=own)


def _standing_for(name: str, layer: keras.Layer) -> Step:
    step: Step = {"layer": name, "config": {}}
    return {**step, **chance(layer)}


def steps_code(steps: Sequence[Step], *, fuse: bool, own: Mapping[str, keras.Layer]) -> str:
    """Write steps as `policy_code` does, without making their layers.

    ``own`` holds a user's layers by the name that stands for them in ``steps``.
    """
    lines = [_INDENT + line for step in steps for line in _sometimes(step, own)]
    lines = lines or [f"{_INDENT}keras.layers.Rescaling(1.0),  # changes nothing"]
    head = ["import keras", *_imports(steps, own), ""]
    body = ["policy = keras.layers.Pipeline(", "    [", *lines, "    ]", ")", _USE]
    return "\n".join([*head, *([_FUSED] if fuse else []), *body]) + "\n"


def _imports(steps: Iterable[Step], own: Mapping[str, keras.Layer]) -> list[str]:
    needed = {(type(layer).__module__, type(layer).__name__) for layer in own.values()}
    if any("probability" in step for step in steps):
        needed.add(("dcwidgets.augmentation", "Sometimes"))
    return [f"from {module} import {name}  # not part of Keras" for module, name in sorted(needed)]


def _sometimes(step: Step, own: Mapping[str, keras.Layer]) -> list[str]:
    """Write one layer with its probability, if it has one, as lines."""
    if "probability" not in step:
        return _call(step, own, len(_INDENT))
    how = {"probability": step["probability"], "seed": step.get("chance_seed")}
    written = [f"{name}={value!r}," for name, value in how.items() if value is not None]
    lines = [*_call(step, own, len(_INDENT) + 4), *written]
    return ["Sometimes(", *[f"    {line}" for line in lines], "),"]


def _call(step: Step, own: Mapping[str, keras.Layer], indent: int) -> list[str]:
    """Write one layer as lines, broken as a formatter would."""
    name = step["layer"]
    if name in own:
        layer = own[name]
        return [f"{type(layer).__name__}.from_config({layer.get_config()!r}),"]
    arguments = {**step["config"], **({"seed": step["seed"]} if "seed" in step else {})}
    written = [f"{argument}={_literal(value)}" for argument, value in arguments.items()]
    start = f"keras.layers.{name}("
    line = f"{start}{', '.join(written)}),"
    if indent + len(line) <= _WIDTH:
        return [line]
    return [start, *[f"    {argument}," for argument in written], "),"]


def _literal(value: object) -> str:
    return json.dumps(value) if isinstance(value, str) else repr(value)
