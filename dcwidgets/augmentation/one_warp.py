"""Several geometric layers in one interpolation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any, TypeAlias

import keras

from dcwidgets.augmentation.steps import inner, is_sometimes
from dcwidgets.augmentation.warping import warp

# Keras keeps the class of layers that run on any backend inside tf.data to itself.
_DataLayer: Any = keras.layers.Rescaling.__base__
_SHARED = ("fill_mode", "fill_value", "interpolation", "data_format")

Tensor: TypeAlias = Any  # whatever the backend computes with
Entry: TypeAlias = Any  # float, or Tensor of shape (n,)
Matrix: TypeAlias = tuple[Entry, ...]
Drawn: TypeAlias = Mapping[str, Tensor]


@keras.saving.register_keras_serializable(package="dcwidgets")
class OneWarp(_DataLayer):
    """Flip, turn, zoom, move and shear in one warp instead of one after another.

    The layers draw their random numbers as they would alone, so the same seeds give the
    same movements; their matrices are multiplied and each pixel is interpolated once.
    That is faster, and sharper: a chain of layers blurs a picture a little at each step,
    and fills at each step what the step before has moved out of sight.

    Parameters
    ----------
    layers : sequence of keras.Layer
        In order: ``RandomFlip``, ``RandomRotation``, ``RandomZoom``,
        ``RandomTranslation`` and ``RandomShear``, at least one; each may be in a
        `Sometimes`, and then leaves some pictures where they are. All but the flips must
        agree on ``fill_mode``, ``fill_value`` and ``interpolation``.
    **kwargs
        As for any Keras layer.

    Raises
    ------
    ValueError
        If a layer is of another class, the layers disagree, or there is none.

    Examples
    --------
    >>> import keras
    >>> warp = dcwidgets.augmentation.OneWarp(
    ...     [keras.layers.RandomFlip("horizontal"), keras.layers.RandomRotation(0.1)]
    ... )
    >>> warp(pictures, training=True).shape == pictures.shape
    True
    """

    def __init__(self, layers: Sequence[keras.Layer], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        _check_layers(layers)
        self.layers = list(layers)
        self._border = _border(layers)
        # Inside tf.data another backend may take over for a call; the parts must follow.
        for layer in self.layers:
            layer.backend = inner(layer).backend = self.backend
        self._convert_input_args = False
        self.supports_jit = False

    def call(self, images: Tensor, training: bool = True) -> Tensor:  # noqa: FBT001, FBT002 - Keras passes it so
        """Warp float images of shape (n, height, width, 3) or (height, width, 3)."""
        ops = self.backend
        images = ops.cast(ops.convert_to_tensor(images), self.compute_dtype)
        if not training:
            return images
        single = len(images.shape) == 3
        batch = ops.numpy.expand_dims(images, 0) if single else images
        warped = warp(ops, batch, self._transforms(batch), **self._border)
        return ops.numpy.squeeze(warped, 0) if single else warped

    def _transforms(self, batch: Tensor) -> Tensor:
        """Draw one transform a picture, shape (n, 8), from output to input pixels."""
        ops = self.backend
        height, width = _edges(ops, batch, self._border["data_format"])
        matrices = []
        for layer in self.layers:
            drawn = layer.get_random_transformation(batch, training=True)
            entries = movement(layer, drawn, height, width)
            matrices.append(_stack(ops, entries, ops.shape(batch)[0]))
        # A warp asks where a pixel comes from, so the first layer's matrix acts last.
        whole = reduce(ops.numpy.matmul, matrices)
        return ops.numpy.reshape(whole, (-1, 9))[:, :8]

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Do nothing: no layer here has weights."""

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the shape unchanged."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Describe the layer and its parts, for Keras to save."""
        layers = [keras.saving.serialize_keras_object(layer) for layer in self.layers]
        return {**super().get_config(), "layers": layers}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> OneWarp:
        """Make the layer that `get_config` describes."""
        layers = [keras.saving.deserialize_keras_object(part) for part in config["layers"]]
        return cls(**{**config, "layers": layers})


def fits_one_warp(layer: keras.Layer) -> bool:
    """Say whether a layer is one that `OneWarp` takes."""
    kind = type(inner(layer))
    return kind.__name__ in _MATRICES and kind is getattr(keras.layers, kind.__name__)


def movement(layer: keras.Layer, drawn: Drawn, height: Tensor, width: Tensor) -> Matrix:
    """Return the matrix of what such a layer drew; see `Matrix` for its entries."""
    if is_sometimes(layer):
        moved = movement(layer.layer, drawn["drawn"], height, width)
        where = layer.backend.numpy.where
        return tuple(where(drawn["acts"], x, still) for x, still in zip(moved, _STILL, strict=True))
    return _MATRICES[type(layer).__name__](layer, drawn, height, width)


def same_border(layers: Sequence[keras.Layer]) -> bool:
    """Say whether the layers agree on how they fill and interpolate."""
    fillers = [inner(layer) for layer in layers if not _flips(layer)]
    found = [[getattr(layer, name) for name in _SHARED] for layer in fillers]
    return all(settings == found[0] for settings in found)


def _check_layers(layers: Sequence[keras.Layer]) -> None:
    wrong = [type(inner(layer)).__name__ for layer in layers if not fits_one_warp(layer)]
    if wrong or not layers:
        raise ValueError(
            f"OneWarp takes at least one of Keras's {', '.join(_MATRICES)}, "
            f"got {wrong[0] if wrong else 'none'}. Put other layers before or after it."
        )
    if not same_border(layers):
        raise ValueError(
            f"OneWarp interpolates once, so its layers must agree on {', '.join(_SHARED)}. "
            "Give them the same values, or use two OneWarp layers."
        )


def _border(layers: Sequence[keras.Layer]) -> dict[str, Any]:
    filling = next((inner(layer) for layer in layers if not _flips(layer)), None)
    if filling is None:
        # A flip alone looks at no pixel outside the picture, and at whole pixels only.
        return {
            "fill_mode": "nearest",
            "interpolation": "nearest",
            "data_format": inner(layers[0]).data_format,
        }
    return {name: getattr(filling, name) for name in _SHARED}


def _flips(layer: keras.Layer) -> bool:
    return type(inner(layer)).__name__ == "RandomFlip"


def _edges(ops: Any, batch: Tensor, data_format: str) -> tuple[Tensor, Tensor]:
    shape = ops.shape(batch)
    height, width = shape[1:3] if data_format == "channels_last" else shape[2:4]
    return _number(ops, height), _number(ops, width)


def _number(ops: Any, edge: Tensor) -> Tensor:
    # Inside tf.data an edge may be known only when the pictures come.
    return float(edge) if isinstance(edge, int) else ops.cast(edge, "float32")


def _stack(ops: Any, entries: Matrix, n: Tensor) -> Tensor:
    """Lay six entries out as matrices of shape (n, 3, 3)."""
    still = ops.numpy.zeros((n,))
    rows = [still + entry for entry in (*entries, 0.0, 0.0, 1.0)]
    return ops.numpy.reshape(ops.numpy.stack(rows, axis=1), (-1, 3, 3))


# A matrix is a, b, c, d, e, f: output pixel (x, y) shows input pixel (ax + by + c, dx + ey + f).
# Each entry is of shape (n,), or one number for all pictures.
_STILL: Matrix = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


def _flip(layer: keras.Layer, drawn: Drawn, height: Tensor, width: Tensor) -> Matrix:
    flips = layer.backend.numpy.reshape(layer.backend.cast(drawn["flips"], "float32"), (-1,))
    sign = 1.0 - 2.0 * flips
    across = (sign, flips * (width - 1.0)) if "horizontal" in layer.mode else (1.0, 0.0)
    upright = (sign, flips * (height - 1.0)) if "vertical" in layer.mode else (1.0, 0.0)
    return across[0], 0.0, across[1], 0.0, *upright


def _rotation(layer: keras.Layer, drawn: Drawn, *_edges: Tensor) -> Matrix:
    return tuple(layer.backend.core.unstack(drawn["rotation_matrix"], 8, axis=1)[:6])


def _zoom(_: keras.Layer, drawn: Drawn, height: Tensor, width: Tensor) -> Matrix:
    across, upright = drawn["width_zoom"][:, 0], drawn["height_zoom"][:, 0]
    x, y = (width - 1.0) / 2.0, (height - 1.0) / 2.0
    return across, 0.0, x * (1.0 - across), 0.0, upright, y * (1.0 - upright)


def _translation(_: keras.Layer, drawn: Drawn, *_edges: Tensor) -> Matrix:
    moved = drawn["translations"]
    return 1.0, 0.0, -moved[:, 0], 0.0, 1.0, -moved[:, 1]


def _shear(_: keras.Layer, drawn: Drawn, *_edges: Tensor) -> Matrix:
    factors = drawn["shear_factor"]
    return 1.0, factors[:, 0], 0.0, factors[:, 1], 1.0, 0.0


_MATRICES: Mapping[str, Callable[[keras.Layer, Drawn, Tensor, Tensor], Matrix]] = {
    "RandomFlip": _flip,
    "RandomRotation": _rotation,
    "RandomZoom": _zoom,
    "RandomTranslation": _translation,
    "RandomShear": _shear,
}
