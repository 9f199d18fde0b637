"""A policy as code that needs Keras and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from dcwidgets.augmentation.policies import flat, is_fused, unfuse
from dcwidgets.augmentation.steps import Step, is_known, read

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
    own = {n: layer for n, layer in enumerate(parts) if not is_known(layer)}
    steps = [
        Step(layer=str(n), config={}) if n in own else read(layer) for n, layer in enumerate(parts)
    ]
    return steps_code(
        steps, fuse=any(map(is_fused, layers)), own={str(n): layer for n, layer in own.items()}
    )


def steps_code(steps: Sequence[Step], *, fuse: bool, own: Mapping[str, keras.Layer]) -> str:
    """Write steps as `policy_code` does, without making their layers.

    ``own`` holds a user's layers by the name that stands for them in ``steps``.
    """
    lines = [line for step in steps for line in _call(step, own)]
    lines = lines or [f"{_INDENT}keras.layers.Rescaling(1.0),  # changes nothing"]
    head = ["import keras", *_imports(own.values()), ""]
    body = ["policy = keras.layers.Pipeline(", "    [", *lines, "    ]", ")", _USE]
    return "\n".join([*head, *([_FUSED] if fuse else []), *body]) + "\n"


def _imports(layers: Iterable[keras.Layer]) -> list[str]:
    return sorted(
        f"from {kind.__module__} import {kind.__name__}  # not part of Keras"
        for kind in {type(layer) for layer in layers}
    )


def _call(step: Step, own: Mapping[str, keras.Layer]) -> list[str]:
    """Write one layer as lines, broken as a formatter would."""
    name = step["layer"]
    if name in own:
        layer = own[name]
        return [f"{_INDENT}{type(layer).__name__}.from_config({layer.get_config()!r}),"]
    arguments = {**step["config"], **({"seed": step["seed"]} if "seed" in step else {})}
    written = [f"{argument}={_literal(value)}" for argument, value in arguments.items()]
    start = f"{_INDENT}keras.layers.{name}("
    line = f"{start}{', '.join(written)}),"
    if len(line) <= _WIDTH:
        return [line]
    return [start, *[f"{_INDENT}    {argument}," for argument in written], f"{_INDENT}),"]


def _literal(value: object) -> str:
    return json.dumps(value) if isinstance(value, str) else repr(value)
