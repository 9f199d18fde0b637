"""Keras layers whose ranges can be turned without tracing them again."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from dcwidgets.augmentation.catalog import CATALOG, Knob
from dcwidgets.augmentation.steps import Step, build, inner, is_sometimes

if TYPE_CHECKING:
    import keras

Tensor = Any  # whatever the backend computes with


def can_turn(step: Step) -> bool:
    """Say whether a layer of this class draws from its ranges as tensors, on this backend."""
    import keras

    return keras.backend.backend() == "tensorflow" and _keeps_ranges(step["layer"])


@cache
def _keeps_ranges(layer: str) -> bool:
    """Say whether a class keeps its ranges where the catalog says, in the Keras at hand."""
    kind = CATALOG.get(layer)
    if kind is None or not all(knob.kept_as or knob.choices for knob in kind.knobs):
        return False
    made = build({"layer": layer, "config": kind.defaults()})
    return all(hasattr(made, name) for knob in kind.knobs for name in knob.kept_as)


def structure(step: Step) -> dict[str, Any]:
    """Return what a step's graph depends on: its class, and all but the ranges and how often."""
    turned = {knob.name for knob in _numbers(step)}
    return {
        "layer": step["layer"],
        "config": {name: v for name, v in step["config"].items() if name not in turned},
        "sometimes": "probability" in step,
    }


class Turned:
    """One layer, or several in one warp, as a graph that takes ranges and chances as tensors.

    The graph is the layer's own call: while it is traced, the attributes that hold the
    ranges are tensors. So each position of a slider costs one run of the graph, where
    a layer made anew costs two milliseconds and runs op by op.

    Parameters
    ----------
    steps : sequence of Step
        Steps that `can_turn`; more than one become a `OneWarp`.
    pictures : tensor of shape (n, height, width, 3)
        Pictures of the size that it will draw.
    """

    def __init__(self, steps: Sequence[Step], pictures: Tensor) -> None:
        import tensorflow as tf

        from dcwidgets.augmentation.one_warp import OneWarp

        self._layers = [build(step) for step in steps]
        self._call = self._layers[0] if len(steps) == 1 else OneWarp(self._layers)
        self._knobs = [_numbers(step) for step in steps]
        # Traced once and here: a tf.function would warn of every further layer as a retracing.
        traced = tf.function(self._trace, autograph=False)
        self._run = traced.get_concrete_function(pictures, self._values(steps))

    def __call__(self, pictures: Tensor, steps: Sequence[Step]) -> Tensor:
        """Draw as layers of these steps would on their first call."""
        from dcwidgets.augmentation.sometimes import apart

        for layer, step in zip(self._layers, steps, strict=True):
            inner(layer).generator.state.assign([step["seed"], 0])
            if is_sometimes(layer):
                layer.generator.state.assign([apart(step["chance_seed"]), 0])
        return self._run(pictures, self._values(steps))

    def _values(self, steps: Sequence[Step]) -> list[list[Tensor]]:
        return [
            [
                _as_tensor(step.get("probability", 1.0)),
                *[_as_tensor(step["config"][knob.name]) for knob in knobs],
            ]
            for step, knobs in zip(steps, self._knobs, strict=True)
        ]

    def _trace(self, pictures: Tensor, values: list[list[Tensor]]) -> Tensor:
        for layer, knobs, (often, *turned) in zip(self._layers, self._knobs, values, strict=True):
            if is_sometimes(layer):
                layer.probability = often
            for knob, value in zip(knobs, turned, strict=True):
                set_range(inner(layer), knob.kept_as, value)
        return self._call(pictures, training=True)


def _numbers(step: Step) -> list[Knob]:
    kind = CATALOG.get(step["layer"])
    return [knob for knob in kind.knobs if not knob.choices] if kind else []


def _as_tensor(value: Any) -> Tensor:
    import tensorflow as tf

    # Layers compute with their ranges as Python does, and round to float32 when they draw.
    return tf.constant(value, tf.float64)


def set_range(layer: keras.Layer, attributes: Sequence[str], value: Tensor) -> None:
    """Set the range of a layer where it keeps it; see `Knob.kept_as`."""
    if len(attributes) == 1:
        setattr(layer, attributes[0], (value[0], value[1]))
    else:
        for attribute, end in zip(attributes, (value[0], value[1]), strict=True):
            setattr(layer, attribute, end)
