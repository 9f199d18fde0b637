"""Policies: Keras layers that change pictures as they are drawn for training."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from dcwidgets.augmentation.catalog import preset_steps
from dcwidgets.augmentation.steps import (
    as_rows,
    build,
    check_seed,
    check_step,
    inner,
    read,
    with_seeds,
)

if TYPE_CHECKING:
    import keras

_FORMAT = 1
_LONGEST_TEXT = 100_000
LARGEST_SEED = 999_999  # a thousand layers' seeds are derived from it


def policy(
    spec: str | keras.Layer | Sequence[keras.Layer] = "light",
    *,
    seed: int | None = None,
    fuse: bool = False,
) -> keras.Layer:
    """Make an augmentation policy: a Keras layer that changes pictures while training.

    Parameters
    ----------
    spec : str, keras.Layer or sequence of keras.Layer, default "light"
        A preset (``"none"``, ``"light"``, ``"medium"``, ``"heavy"``, ``"absurd"``), or
        layers to run in this order; in a `dcwidgets.augmentation.Sometimes` a layer acts
        with a probability. Layers that work on values, such as
        ``RandomBrightness``, must be made with ``value_range=(0, 1)``.
    seed : int, optional
        Seed from 0 to 999,999 of which each layer gets one of its own: the first call
        of two policies with the same seed draws the same pictures. Only Keras's own
        layers can be seeded anew.
    fuse : bool, default False
        Do neighbouring geometric layers in one warp (`OneWarp`): the same movements,
        sharper and faster, but no longer layers of Keras alone.

    Returns
    -------
    keras.layers.Pipeline
        Takes float32 pictures of shape (n, height, width, 3) in [0, 1]; changes them
        when called with ``training=True``. Can be saved by Keras, used in ``tf.data``
        and put in front of a model.

    Raises
    ------
    ValueError
        If the preset is unknown, something in ``spec`` is not a Keras layer, or a layer
        cannot be seeded.

    Examples
    --------
    >>> light = dcw.policy("light", seed=0)
    >>> changed = light(pictures, training=True)
    """
    layers = preset(spec) if isinstance(spec, str) else flat(spec)
    _warn_of_255(layers)
    if seed is not None:
        check_seed(seed, largest=LARGEST_SEED)
        fuse = fuse or any(map(is_fused, layers))
        layers = [build(step) for step in with_seeds(map(read, unfuse(layers)), seed)]
    return chain(fused(layers) if fuse else layers)


def _warn_of_255(layers: Sequence[keras.Layer]) -> None:
    for layer in map(inner, unfuse(layers)):
        if tuple(getattr(layer, "value_range", (0, 1))) == (0, 255):
            warnings.warn(
                f"{type(layer).__name__} expects values from 0 to 255, but pictures here go from "
                "0 to 1. Make it with value_range=(0, 1).",
                stacklevel=3,
            )


def preset(name: str) -> list[keras.Layer]:
    """Make the layers of a preset, each with a random seed."""
    return [build({"layer": layer, "config": config}) for layer, config in preset_steps(name)]


def chain(layers: Sequence[keras.Layer]) -> keras.Layer:
    """Put layers into one `keras.layers.Pipeline`; no layers become one that changes nothing."""
    import keras

    # An empty Pipeline fails when called; Rescaling also runs inside tf.data on any backend.
    pipeline = keras.layers.Pipeline(list(layers) or [keras.layers.Rescaling(1.0)])
    # Nothing here has weights to build; without this Keras traces the first call as a graph,
    # which takes several times as long as the call.
    pipeline.built = True
    return pipeline


def flat(spec: object) -> list[keras.Layer]:
    """List the layers of a policy, a layer or a sequence of them, pipelines opened.

    Layers that change nothing are left out.
    """
    import keras

    if isinstance(spec, keras.layers.Pipeline | keras.Sequential):
        return [layer for part in spec.layers for layer in flat(part)]
    if isinstance(spec, keras.Layer):
        return [] if _does_nothing(spec) else [spec]
    if isinstance(spec, Iterable) and not isinstance(spec, str | bytes):
        return [layer for part in spec for layer in flat(part)]
    raise ValueError(
        f"A policy is made of Keras layers such as keras.layers.RandomFlip(), got {spec!r:.60}."
    )


def _does_nothing(layer: keras.Layer) -> bool:
    import keras

    if isinstance(layer, keras.layers.Rescaling):
        return layer.scale == 1.0 and layer.offset == 0.0
    return type(layer) is keras.layers.Identity


def fused(layers: Sequence[keras.Layer]) -> list[keras.Layer]:
    """Replace each run of two or more geometric layers by one `OneWarp`."""
    from dcwidgets.augmentation.one_warp import OneWarp

    parts = unfuse(layers)
    groups = [[parts[place] for place in places] for places in neighbours(parts)]
    return [OneWarp(group) if len(group) > 1 else group[0] for group in groups]


def neighbours(layers: Sequence[keras.Layer]) -> list[list[int]]:
    """List the places of layers that one warp can do together; others stand alone."""
    from dcwidgets.augmentation.one_warp import fits_one_warp, same_border

    groups: list[list[int]] = []
    for geometric, run in groupby(range(len(layers)), key=lambda n: fits_one_warp(layers[n])):
        places = list(run)
        together = geometric and same_border([layers[n] for n in places])
        groups.extend([places] if together else [[n] for n in places])
    return groups


def unfuse(layers: Sequence[keras.Layer]) -> list[keras.Layer]:
    """Replace each `OneWarp` by the layers in it."""
    return [part for layer in layers for part in (layer.layers if is_fused(layer) else [layer])]


def is_fused(layer: keras.Layer) -> bool:
    """Say whether a layer is a `OneWarp`."""
    return type(layer).__name__ == "OneWarp" and type(layer).__module__.startswith("dcwidgets.")


def policy_to_json(policy: keras.Layer) -> str:
    """Write a policy as JSON text, to keep or to send.

    Parameters
    ----------
    policy : keras.Layer
        As `policy` makes it: Keras's image layers, fused or not, with probabilities or
        without.

    Returns
    -------
    str
        Class names and constructor arguments only: no code, no pickle.

    Raises
    ------
    ValueError
        If a layer is not one of Keras's image layers.
    """
    rows: list[Any] = []
    for layer in flat(policy):
        parts = [read(part) for part in unfuse([layer])]
        rows.append({"one_warp": parts} if is_fused(layer) else parts[0])
    return json.dumps({"format": _FORMAT, "layers": rows}, indent=2)


def policy_from_json(text: str) -> keras.Layer:
    """Make the policy that `policy_to_json` wrote.

    Parameters
    ----------
    text : str
        May come from anywhere: only known layers are made, and only from numbers and
        texts that they allow.

    Returns
    -------
    keras.layers.Pipeline

    Raises
    ------
    ValueError
        If the text is no such JSON; names the layer and the argument.
    """
    from dcwidgets.augmentation.one_warp import OneWarp

    layers: list[keras.Layer] = []
    for where, row in enumerate(_rows(text), start=1):
        if isinstance(row, dict) and "one_warp" in row:
            layers.append(OneWarp(_parts(row["one_warp"], where)))
        else:
            layers.append(build(check_step(row, f"Layer {where}"), f"Layer {where}"))
    return chain(layers)


def _rows(text: str) -> list[Any]:
    if not isinstance(text, str) or len(text) > _LONGEST_TEXT:
        raise ValueError(f"A policy is JSON text of at most {_LONGEST_TEXT:,} characters.")
    try:
        data = json.loads(text, parse_constant=_refuse_constant)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"The text is not JSON: {error}. Write it with policy_to_json.") from None
    if not isinstance(data, dict) or data.get("format") != _FORMAT:
        raise ValueError(
            f'A policy is a JSON object with "format": {_FORMAT}, as policy_to_json writes it.'
        )
    return as_rows(data.get("layers"), '"layers"')


def _parts(rows: object, where: int) -> list[keras.Layer]:
    parts = as_rows(rows, f'Layer {where}: "one_warp"')
    return [build(check_step(row, f"Layer {where}"), f"Layer {where}") for row in parts]


def _refuse_constant(name: str) -> float:
    raise ValueError(f"numbers must be finite, got {name}.")
