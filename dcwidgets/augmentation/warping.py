"""Move the pixels of a batch by one transform a picture, compiled where that is possible."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, TypeAlias

Tensor: TypeAlias = Any  # whatever the backend computes with
Ops: TypeAlias = Any  # a Keras backend: the one chosen, or TensorFlow's inside tf.data


def warp(
    ops: Ops,
    images: Tensor,
    transforms: Tensor,
    *,
    fill_mode: str,
    interpolation: str,
    data_format: str,
    fill_value: float = 0.0,
) -> Tensor:
    """Warp images as ``keras.ops.image.affine_transform`` does, to rounding.

    On TensorFlow the warp is compiled by XLA: its own kernel computes the place of a pixel
    anew for each channel and takes three to four times as long. It is compiled once for
    each shape, so pictures whose edges are known only when they come are left to that kernel.

    Parameters
    ----------
    ops : module
        The Keras backend to compute with.
    images : tensor of shape (n, height, width, channels)
        Floats.
    transforms : tensor of shape (n, 8)
        From output to input pixels; the last two, of the perspective, must be 0.
    fill_mode : str
        "reflect", "nearest", "constant" or "wrap": what lies outside a picture.
    interpolation : str
        "bilinear" or "nearest".
    data_format : str
        "channels_last" or "channels_first".
    fill_value : float, default 0.0
        What "constant" fills with.

    Returns
    -------
    tensor of the shape of ``images``
    """
    known = data_format == "channels_last" and None not in tuple(images.shape)[1:]
    if _is_tensorflow(ops) and known and fill_mode in _PLACES and _compiles():
        shape, outside = tuple(images.shape)[1:], fill_value if fill_mode == "constant" else None
        compiled = _compiled(shape, images.dtype, fill_mode, outside, interpolation)
        return compiled(images, ops.cast(transforms, "float32"))
    return ops.image.affine_transform(
        images,
        transforms,
        fill_mode=fill_mode,
        fill_value=fill_value,
        interpolation=interpolation,
        data_format=data_format,
    )


def _is_tensorflow(ops: Ops) -> bool:
    return str(ops.__name__).endswith(".tensorflow")


@cache
def _compiled(
    shape: tuple[int, ...], dtype: Any, fill_mode: str, outside: float | None, interpolation: str
) -> Callable[..., Tensor]:
    import tensorflow as tf

    height, width = shape[:2]
    place = _PLACES[fill_mode]
    sample = _bilinear if interpolation == "bilinear" else _nearest
    # The number of pictures stays open: a last batch that is smaller is not traced again.
    signature = [tf.TensorSpec((None, *shape), dtype), tf.TensorSpec((None, 8), tf.float32)]

    @tf.autograph.experimental.do_not_convert
    def warp(images: Tensor, transforms: Tensor) -> Tensor:
        x, y = tf.range(width, dtype=tf.float32), tf.range(height, dtype=tf.float32)[:, None]
        a, b, c, d, e, f = tf.unstack(transforms[:, :6, None, None], axis=1)
        across, down = place(a * x + b * y + c, width), place(d * x + e * y + f, height)
        return sample(images, across, down, outside)

    return tf.function(warp, input_signature=signature, jit_compile=True)


@cache
def _compiles() -> bool:
    """Say whether TensorFlow has XLA for this machine, which not every build has."""
    import tensorflow as tf

    try:
        with tf.init_scope():
            tf.function(lambda x: x + 1.0, jit_compile=True)(tf.zeros(1))
    except (tf.errors.OpError, ValueError):
        return False
    return True


def _bilinear(images: Tensor, x: Tensor, y: Tensor, outside: float | None) -> Tensor:
    import tensorflow as tf

    left, top = tf.floor(x), tf.floor(y)
    from_left = tf.cast(x - left, images.dtype)[..., None]
    from_top = tf.cast(y - top, images.dtype)[..., None]
    upper, lower = (
        _read(images, left, row, outside) * (1.0 - from_left)
        + _read(images, left + 1.0, row, outside) * from_left
        for row in (top, top + 1.0)
    )
    return upper * (1.0 - from_top) + lower * from_top


def _nearest(images: Tensor, x: Tensor, y: Tensor, outside: float | None) -> Tensor:
    import tensorflow as tf

    return _read(images, tf.floor(x + 0.5), tf.floor(y + 0.5), outside)


def _read(images: Tensor, x: Tensor, y: Tensor, outside: float | None) -> Tensor:
    """Return the pixels at whole places; beyond the edge ``outside``, or the edge's pixel."""
    import tensorflow as tf

    n, (height, width, channels) = tf.shape(images)[0], images.shape[1:]
    column = tf.cast(tf.clip_by_value(x, 0.0, width - 1.0), tf.int32)
    row = tf.cast(tf.clip_by_value(y, 0.0, height - 1.0), tf.int32)
    picture = tf.range(n)[:, None, None]
    flat = tf.reshape(images, (-1, channels))
    found = tf.gather(flat, (picture * height + row) * width + column)
    if outside is None:
        return found
    inside = (x >= 0.0) & (x <= width - 1.0) & (y >= 0.0) & (y <= height - 1.0)
    return tf.where(inside[..., None], found, tf.cast(outside, found.dtype))


# Where outside is shown what: each brings a coordinate back onto an edge of n pixels.


def _reflect(at: Tensor, n: int) -> Tensor:
    import tensorflow as tf

    around = tf.math.floormod(at + 0.5, 2.0 * n)
    return tf.minimum(around, 2.0 * n - around) - 0.5


def _clip(at: Tensor, n: int) -> Tensor:
    import tensorflow as tf

    return tf.clip_by_value(at, 0.0, n - 1.0)


_PLACES: dict[str, Callable[[Tensor, int], Tensor]] = {
    "reflect": lambda at, n: _clip(_reflect(at, n), n),
    "nearest": _clip,
    "constant": lambda at, _: at,
}
