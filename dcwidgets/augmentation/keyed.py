"""A policy inside tf.data, whose draws hang on the example and not on the order of work.

Keras's layers draw from a state that each call moves on. In a parallel pipeline that makes the
draws hang on which batch a thread happened to finish first. Here every number is a hash of the
example's key, the layer's place in the policy and the place of the draw in the layer, so the
same key gives the same picture in any batch, on any thread and in any process.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from dcwidgets.augmentation.policies import flat, is_fused
from dcwidgets.augmentation.steps import build, chance, inner, is_known, read

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

# Layers that blend two pictures of a batch, and their labels with them.
_BLENDING = frozenset({"MixUp", "CutMix"})
# Keras draws its displacements below the layer, where nothing can be put in between.
_DRAWS_BELOW = frozenset({"RandomElasticTransform"})


class KeyedPolicy:
    """A policy for `tf.data.Dataset.map`, on batches of unknown length.

    Parameters
    ----------
    policy : keras.Layer
        As `dcwidgets.policy` makes it. Keras's own layers are copied and draw by key,
        whatever their seeds; a user's own layers are called as they are and draw as
        they please.

    Attributes
    ----------
    blends : bool
        Whether labels are blended with the pictures, and so become fractions.
    pure : bool
        Whether every layer draws by key, so that batches may be made in parallel.
    """

    def __init__(self, policy: keras.Layer) -> None:
        given = flat(policy)
        layers = [inner(layer) for layer in given]
        self.blends = any(type(layer).__name__ in _BLENDING for layer in layers)
        self.pure = all(map(_draws_by_key, layers))
        self._layers = [_copied(layer, place) for place, layer in enumerate(layers, start=1)]
        self._chances = [chance(layer).get("probability", 1.0) for layer in given]

    def __call__(
        self, pictures: tf.Tensor, labels: tf.Tensor, keys: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Change a batch of pictures.

        Parameters
        ----------
        pictures : tf.Tensor of shape (None, height, width, 3)
            float32 in [0, 1].
        labels : tf.Tensor of shape (None,)
            float32 where the policy blends, any type otherwise.
        keys : tf.Tensor of shape (None,)
            uint32; see `keys_of_epoch`.
        """
        for place, layer in enumerate(self._layers, start=1):
            numbers = _KeyedRandom(_hashed(keys, place))
            changed, blended = self._changed(layer, place, pictures, labels, numbers)
            if (probability := self._chances[place - 1]) < 1.0:
                acts = numbers.chosen(probability)
                changed = _where(acts, changed, pictures)
                blended = blended if blended is labels else _where(acts, blended, labels)
            pictures, labels = changed, blended
        return pictures, labels

    def _changed(
        self,
        layer: keras.Layer,
        place: int,
        pictures: tf.Tensor,
        labels: tf.Tensor,
        numbers: _KeyedRandom,
    ) -> tuple[tf.Tensor, tf.Tensor]:
        name = type(layer).__name__
        if name in _NOISES:
            return _NOISES[name](layer, pictures, numbers), labels
        for part in _parts(layer):
            part.backend.random = numbers
        with _python_random(place):
            if name in _BLENDING:
                blended = layer({"images": pictures, "labels": labels[:, None]}, training=True)
                return blended["images"], blended["labels"][:, 0]
            return layer(pictures, training=True), labels


def keys_of_epoch(examples: tf.Tensor, nonce: tf.Tensor) -> tf.Tensor:
    """Give each example its key in one epoch.

    Parameters
    ----------
    examples : tf.Tensor of shape (n,)
        uint32; names an example, such as a checksum of its id.
    nonce : tf.Tensor
        int64 scalar that differs between epochs and between seeds.

    Returns
    -------
    tf.Tensor of shape (n,)
        uint32.
    """
    import tensorflow as tf

    low, high = tf.unstack(tf.cast(tf.bitcast(nonce, tf.uint32), tf.uint32))
    return _hashed(_hashed(examples, low), high)


def _hashed(numbers: tf.Tensor, salt: Any) -> tf.Tensor:  # salt: an int or a uint32 tensor
    """Scramble 32-bit numbers; any change of number or salt flips each bit by half a chance.

    Multiply-xorshift mixing with the constants of Wellons' `lowbias32`
    (https://nullprogram.com/blog/2018/07/31/).
    """
    import tensorflow as tf

    def fold(x: tf.Tensor, by: int) -> tf.Tensor:
        return tf.bitwise.bitwise_xor(x, tf.bitwise.right_shift(x, tf.constant(by, tf.uint32)))

    golden = tf.constant(0x9E3779B9, tf.uint32)  # a salt of 0 must change something too
    x = tf.bitwise.bitwise_xor(numbers, (tf.cast(salt, tf.uint32) + 1) * golden)
    x = fold(x, 16) * tf.constant(0x7FEB352D, tf.uint32)
    x = fold(x, 15) * tf.constant(0x846CA68B, tf.uint32)
    return fold(x, 16)


class _KeyedBackend:
    """A Keras layer's backend, which inside tf.data is TensorFlow, with other random numbers."""

    def __init__(self, backend: Any) -> None:
        self._dynamic = backend
        self.random: Any = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._dynamic, name)


class _KeyedRandom:
    """What layers call `backend.random`: numbers by key where one is drawn per example.

    Their seeds play no part. What is drawn once for a batch hangs on all its keys.
    """

    def __init__(self, keys: tf.Tensor) -> None:
        self._keys = keys
        self._draws = 0

    def chosen(self, probability: float) -> tf.Tensor:
        """Draw for each example whether something is done to it."""
        import tensorflow as tf

        return self._unit(tf.shape(self._keys)) < probability

    def uniform(
        self,
        shape: Sequence[Any],
        minval: Any = 0.0,
        maxval: Any = 1.0,
        dtype: str | None = None,
        seed: object = None,  # noqa: ARG002 - Keras passes it
    ) -> tf.Tensor:
        import tensorflow as tf

        low, high = tf.cast(minval, tf.float32), tf.cast(maxval, tf.float32)
        return tf.cast(low + self._unit(shape) * (high - low), dtype or "float32")

    def randint(
        self,
        shape: Sequence[Any],
        minval: int,
        maxval: int,
        dtype: str = "int32",
        seed: object = None,  # noqa: ARG002 - Keras passes it
    ) -> tf.Tensor:
        import tensorflow as tf

        return tf.cast(tf.floor(minval + self._unit(shape) * (maxval - minval)), dtype)

    def normal(
        self,
        shape: Sequence[Any],
        mean: float = 0.0,
        stddev: float = 1.0,
        dtype: str | None = None,
        seed: object = None,  # noqa: ARG002 - Keras passes it
    ) -> tf.Tensor:
        import tensorflow as tf

        # Box and Muller: two even numbers make one that is normal. 0 has no logarithm.
        radius = tf.sqrt(-2.0 * tf.math.log(1.0 - self._unit(shape)))
        drawn = radius * tf.cos(2.0 * math.pi * self._unit(shape))
        return tf.cast(mean + stddev * drawn, dtype or "float32")

    def shuffle(self, x: tf.Tensor, axis: int = 0, seed: object = None) -> tf.Tensor:  # noqa: ARG002 - Keras passes it
        import tensorflow as tf

        return tf.gather(x, tf.argsort(self._unit(tf.shape(x)[axis : axis + 1])), axis=axis)

    def beta(
        self,
        shape: Sequence[Any],
        alpha: Any,
        beta: Any,
        dtype: str | None = None,
        seed: object = None,  # noqa: ARG002 - Keras passes it
    ) -> tf.Tensor:
        import tensorflow as tf

        first, second = (
            tf.random.stateless_gamma(shape, self._of_batch(), alpha=tf.cast(number, tf.float32))
            for number in (alpha, beta)
        )
        return tf.cast(first / (first + second), dtype or "float32")

    def gamma(
        self,
        shape: Sequence[Any],
        alpha: Any,
        dtype: str | None = None,
        seed: object = None,  # noqa: ARG002 - Keras passes it
    ) -> tf.Tensor:
        import tensorflow as tf

        drawn = tf.random.stateless_gamma(shape, self._of_batch(), alpha=tf.cast(alpha, tf.float32))
        return tf.cast(drawn, dtype or "float32")

    def __getattr__(self, name: str) -> Any:
        # Layers also make seed generators of this module, and never draw from them here.
        from keras.src.backend.tensorflow import random as tensorflows

        return getattr(tensorflows, name)

    def _unit(self, shape: Any) -> tf.Tensor:
        """Draw numbers in [0, 1), by example where the first length is that of the batch."""
        import tensorflow as tf

        self._draws += 1
        # The batch has an unknown length, so a number that is known is no batch.
        edges = tf.unstack(shape) if tf.is_tensor(shape) else list(shape)
        if not edges or isinstance(edges[0], int):
            return tf.random.stateless_uniform(shape, self._of_batch())
        whole = tf.stack([tf.cast(edge, tf.int32) for edge in edges])
        each = tf.range(tf.cast(tf.reduce_prod(whole[1:]), tf.int64))
        keys = _hashed(self._keys, self._draws)[:, None]
        bits = _hashed(keys, tf.cast(each, tf.uint32)[None, :])
        # 24 bits are what a float32 below 1 holds without rounding up to 1.
        few = tf.bitwise.right_shift(bits, tf.constant(8, tf.uint32))
        return tf.reshape(tf.cast(few, tf.float32) * 2.0**-24, whole)

    def _of_batch(self) -> tf.Tensor:
        """Return the seed of what is drawn once for a batch, another one each time."""
        import tensorflow as tf

        self._draws += 1
        return tf.stack(
            [tf.reduce_sum(tf.cast(self._keys, tf.int64)), tf.constant(self._draws, tf.int64)]
        )


def _where(acts: tf.Tensor, changed: tf.Tensor, before: tf.Tensor) -> tf.Tensor:
    import tensorflow as tf

    each = tf.reshape(acts, (-1, *[1] * (len(before.shape) - 1)))
    return tf.where(each, changed, tf.cast(before, changed.dtype))


@contextmanager
def _python_random(seed: int) -> Iterator[None]:
    """Seed Python's own generator, which `AugMix` asks which layers to chain."""
    state = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(state)


def _gaussian_noise(layer: keras.Layer, pictures: tf.Tensor, numbers: _KeyedRandom) -> tf.Tensor:
    import tensorflow as tf

    return pictures + numbers.normal(tf.shape(pictures), stddev=layer.stddev)


def _gaussian_dropout(layer: keras.Layer, pictures: tf.Tensor, numbers: _KeyedRandom) -> tf.Tensor:
    import tensorflow as tf

    spread = math.sqrt(layer.rate / (1.0 - layer.rate))
    return pictures * numbers.normal(tf.shape(pictures), mean=1.0, stddev=spread)


# Keras computes these on the backend that trains, which inside tf.data need not be TensorFlow.
_NOISES: dict[str, Callable[[Any, tf.Tensor, _KeyedRandom], tf.Tensor]] = {
    "GaussianNoise": _gaussian_noise,
    "GaussianDropout": _gaussian_dropout,
}


def _draws_by_key(layer: keras.Layer) -> bool:
    return is_fused(layer) or (is_known(layer) and type(layer).__name__ not in _DRAWS_BELOW)


def _copied(layer: keras.Layer, seed: int) -> keras.Layer:
    """Copy a layer that can draw by key; a user's own stays the one that it is."""
    if is_fused(layer):
        copy = type(layer)([build(read(part)) for part in layer.layers])
    elif is_known(layer):
        copy = build({**read(layer), "seed": seed})
    else:
        return layer
    for part in _parts(copy):
        part.backend = _KeyedBackend(part.backend)
    return copy


def _parts(layer: keras.Layer) -> list[keras.Layer]:
    """List a layer of images and those in it, which draw too; none of a user's own."""
    if not (is_fused(layer) or is_known(layer)):
        return []
    inside = [part for part in vars(layer).values() if _draws(part)]
    held = [part for one in layer.layers for part in {one, inner(one)}] if is_fused(layer) else []
    return [part for part in [layer, *inside, *held] if _draws(part)]


def _draws(part: object) -> bool:
    return hasattr(part, "backend") and hasattr(part, "get_random_transformation")
