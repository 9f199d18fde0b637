"""The same policy drawn again and again, each time as its first call would."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from dcwidgets.augmentation.chips import Chip, Chips, own_name, seeded, to_layer
from dcwidgets.augmentation.policies import chain, fused, neighbours
from dcwidgets.augmentation.steps import Step, build, is_sometimes
from dcwidgets.augmentation.turning import Turned, can_turn, structure

if TYPE_CHECKING:
    import keras

_KEPT = 128

Tensor = Any  # whatever the backend computes with


class Drawer:
    """Draws pictures by a policy whose ranges, order and seed change between calls.

    What it draws is what the policy's own layers draw when called with
    ``training=True``. Layers are kept between calls, and those that can take their
    ranges as tensors run as graphs.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Any] = OrderedDict()
        # A page is answered by another thread than the one that runs cells; both may draw.
        self._one_at_a_time = Lock()

    def draw(self, chips: Chips, pictures: Tensor, *, seed: int) -> npt.NDArray[np.float32]:
        """Draw one changed picture for each picture given.

        Parameters
        ----------
        chips : Chips
            Checked chips.
        pictures : array or tensor of shape (n, height, width, 3)
            float32 in [0, 1].
        seed : int
            The same seed draws the same pictures.

        Returns
        -------
        numpy.ndarray of shape (n, height, width, 3)
            float32, as the policy gives them: noise may leave [0, 1].

        Raises
        ------
        ValueError
            If a step cannot draw pictures of this size, or changes the size; names it.
        """
        import keras

        pictures = keras.ops.convert_to_tensor(pictures, "float32")
        with self._one_at_a_time:
            for group in self._groups(chips):
                pictures = self._run_named(group, chips, pictures, seed)
        return _as_array(pictures)

    def _groups(self, chips: Chips) -> list[list[Chip]]:
        on = [chip for chip in chips.chips if chip["on"]]
        if not chips.fuse:
            return [[chip] for chip in on]
        alike = [self._alike(chip, chips) for chip in on]
        return [[on[place] for place in places] for places in neighbours(alike)]

    def _alike(self, chip: Chip, chips: Chips) -> keras.Layer:
        """Return some layer of the same structure: ranges and seed play no part."""
        if chip["own"]:
            return chips.own[chip["key"]]
        return self._keep(f"like {json.dumps(structure(chip))}", lambda: build(chip))

    def _run_named(self, group: list[Chip], chips: Chips, pictures: Tensor, seed: int) -> Tensor:
        try:
            drawn = self._run(group, chips, pictures, seed)
        except Exception as error:  # Keras and TensorFlow raise almost anything
            reason = str(error).strip().split("\n")[0] or type(error).__name__
            raise ValueError(
                f"{_where(group, chips)} cannot draw {_size(pictures)}. {reason}"
            ) from error
        if tuple(drawn.shape) != tuple(pictures.shape):
            raise ValueError(
                f"{_where(group, chips)} turns {_size(pictures)} into {_size(drawn)}. "
                "A policy keeps the size: resize before it or after it."
            )
        return drawn

    def _run(self, group: list[Chip], chips: Chips, pictures: Tensor, seed: int) -> Tensor:
        steps = [seeded(chip, seed) for chip in group]
        if group[0]["own"]:
            own = chips.own[group[0]["key"]]
            played = self._keep(own_name(group[0]["key"]), lambda: _Replayed([own]))
            # Its own state moves on with each call, so it is never made anew.
            layer, changed = to_layer(chips, group[0], seed), played(pictures)
            return layer.choose(pictures, changed) if is_sometimes(layer) else changed
        if all(map(can_turn, steps)):
            name = json.dumps([list(pictures.shape), *map(structure, steps)])
            return self._keep(name, lambda: Turned(steps, pictures))(pictures, steps)
        played = self._keep(json.dumps(steps), lambda: _Replayed(_built(steps)))
        return played(pictures)

    def _keep(self, name: str, make: Callable[[], Any]) -> Any:  # what `make` makes
        if name not in self._kept:
            self._kept[name] = make()
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(name)
        return self._kept[name]


def _as_array(pictures: Tensor) -> npt.NDArray[np.float32]:
    """Look into a tensor's memory; Keras would copy it, which takes as long as to draw it."""
    import keras

    try:
        seen = np.asarray(memoryview(pictures))
    except TypeError:  # another backend's tensor, or one on a GPU
        seen = np.asarray(keras.ops.convert_to_numpy(pictures))
    return seen.astype(np.float32, copy=False)


class _Replayed:
    """Layers whose random state is set back before each call."""

    def __init__(self, layers: Sequence[keras.Layer]) -> None:
        self._policy = chain(layers)
        self._start = [(v, np.array(v.numpy())) for v in self._policy.variables]

    def __call__(self, pictures: Tensor) -> Tensor:
        for variable, value in self._start:
            variable.assign(value)
        return self._policy(pictures, training=True)


def _where(group: Sequence[Chip], chips: Chips) -> str:
    place = chips.chips.index(group[0]) + 1
    names = ", ".join(chip["layer"] for chip in group)
    return f"Step {place}, {names}:" if len(group) == 1 else f"Steps from {place}, {names}:"


def _size(pictures: Tensor) -> str:
    shape = tuple(pictures.shape)
    if len(shape) != 4:
        return f"an array of shape {shape}"
    channels = "" if shape[3] == 3 else f" and {shape[3]} channels"
    return f"pictures of {shape[1]} x {shape[2]} pixels{channels}"


def _built(steps: Sequence[Step]) -> list[keras.Layer]:
    return fused([build(step) for step in steps]) if len(steps) > 1 else [build(steps[0])]


def to_tiles(pictures: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """Turn float pictures in [0, 1] into RGB uint8, values outside cut off."""
    tiles = np.empty(pictures.shape, np.uint8)
    scratch = np.empty(pictures.shape[1:], np.float32)
    for picture, tile in zip(pictures, tiles, strict=True):  # one at a time stays in the cache
        np.multiply(picture, 255.0, out=scratch)
        np.add(scratch, 0.5, out=scratch)
        np.clip(scratch, 0.0, 255.0, out=scratch)
        np.copyto(tile, scratch, casting="unsafe")
    return tiles
