"""One layer on some of the pictures of a batch, and the others as they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import keras

from dcwidgets.augmentation.catalog import PROBABILITY
from dcwidgets.augmentation.steps import is_sometimes

# Keras keeps the class of layers that run on any backend inside tf.data to itself.
_DataLayer: Any = keras.layers.Rescaling.__base__
_GROUPS = ("Sometimes", "OneWarp", "Pipeline", "Sequential")
_PARTS = ("images", "labels", "segmentation_masks")

Tensor: TypeAlias = Any  # whatever the backend computes with


@keras.saving.register_keras_serializable(package="dcwidgets")
class Sometimes(_DataLayer):
    """Let a layer act on each picture with a probability.

    Every picture draws by itself. What the layer draws is what it draws alone with the
    same seed, so a picture that it acts on looks as it does without this class.

    Parameters
    ----------
    layer : keras.Layer
        One layer that keeps the shape of pictures. `OneWarp` takes such layers; it is
        none itself.
    probability : float
        From 0, never, to 1, always.
    seed : int, optional
        Seed of who is left out. It may be that of the layer: the numbers are others.
    **kwargs
        As for any Keras layer.

    Raises
    ------
    ValueError
        If the probability is out of range, or ``layer`` is several layers in one.

    Examples
    --------
    >>> import keras
    >>> turn = dcwidgets.augmentation.Sometimes(keras.layers.RandomRotation(0.1), 0.3)
    >>> policy = dcw.policy([keras.layers.RandomFlip(), turn], seed=0)
    >>> policy(pictures, training=True).shape == pictures.shape
    True
    """

    def __init__(
        self, layer: keras.Layer, probability: float, seed: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.probability = PROBABILITY.read(probability)
        self.layer = _one_layer(layer)
        # Keras makes further generators from this attribute, one for each backend.
        self.seed = None if seed is None else apart(seed)
        self.generator = keras.random.SeedGenerator(self.seed)

    @property
    def chance_seed(self) -> int | None:
        """The seed as it was given."""
        return None if self.seed is None else apart(self.seed)

    def call(self, data: Any, training: bool = True) -> Any:  # noqa: FBT001, FBT002 - Keras passes it so
        """Change pictures of shape (n, height, width, 3), or a dictionary with ``"images"``."""
        if not training:
            return data
        # Keras's layers write their results into the dictionary that they are given.
        given = dict(data) if isinstance(data, Mapping) else data
        return self.choose(data, self.layer(given, training=True))

    def choose(self, before: Any, after: Any) -> Any:
        """Draw who is left out, and return those as before and the others as after."""
        if not isinstance(before, Mapping):
            return self._mixed("images", before, after, self.acts(before))
        acts = self.acts(before["images"])
        return {name: self._mixed(name, before[name], after[name], acts) for name in before}

    def acts(self, images: Tensor) -> Tensor:
        """Draw for each picture whether the layer acts on it, booleans of shape (n,)."""
        ops = self.backend
        n = 1 if len(images.shape) == 3 else ops.shape(images)[0]
        seed = self._get_seed_generator(ops._backend)  # noqa: SLF001 - as Keras's layers do
        return ops.random.uniform((n,), seed=seed) < ops.cast(self.probability, "float32")

    def get_random_transformation(
        self,
        data: Any,
        training: bool = True,  # noqa: FBT001, FBT002 - as Keras's layers have it
        seed: object = None,
    ) -> dict[str, Any]:
        """Draw what the layer does, as ``"drawn"``, and on which pictures, as ``"acts"``."""
        draw = getattr(self.layer, "get_random_transformation", None)
        drawn = draw(data, training=training, seed=seed) if draw else None
        return {
            "drawn": drawn,
            "acts": self.acts(data["images"] if isinstance(data, Mapping) else data),
        }

    def _mixed(self, name: str, before: Tensor, after: Tensor, acts: Tensor) -> Tensor:
        ops = self.backend
        before, after = ops.convert_to_tensor(before), ops.convert_to_tensor(after)
        self._check_shapes(name, tuple(before.shape), tuple(after.shape))
        each = ops.numpy.reshape(acts, (-1, *[1] * (len(after.shape) - 1)))
        return ops.numpy.where(each, after, ops.cast(before, after.dtype))

    def _check_shapes(self, name: str, before: tuple[Any, ...], after: tuple[Any, ...]) -> None:
        called = type(self.layer).__name__
        if name not in _PARTS:
            raise ValueError(
                f"Sometimes takes {', '.join(_PARTS)}, got {name!r}. Leave it out, or use "
                f"{called} with no probability of its own."
            )
        if len(before) != len(after) or any(map(_differ, before, after)):
            raise ValueError(
                f"{called} turns {name} of shape {before} into {after}, and with a probability "
                "some would stay as they are. Use it on all of them, or a layer that keeps the "
                "shape."
            )

    def build(self, input_shape: Any) -> None:
        """Do nothing: no layer here has weights."""

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape unchanged."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Describe the layer and the one in it, for Keras to save."""
        return {
            **super().get_config(),
            "layer": keras.saving.serialize_keras_object(self.layer),
            "probability": self.probability,
            "seed": self.chance_seed,
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Sometimes:
        """Make the layer that `get_config` describes."""
        return cls(**{**config, "layer": keras.saving.deserialize_keras_object(config["layer"])})


def _differ(before: int | None, after: int | None) -> bool:
    return None not in (before, after) and before != after  # inside tf.data an edge may be open


def apart(seed: int) -> int:
    """Return another seed for each seed, and from that the first one again.

    With the seed of its layer, a picture would be left out whenever the layer draws a large
    number: the turns that remain would all be to the same side.
    """
    return seed ^ 2**30


def _one_layer(layer: keras.Layer) -> keras.Layer:
    name = type(layer).__name__
    if not isinstance(layer, keras.Layer) or is_sometimes(layer) or name in _GROUPS:
        raise ValueError(
            f"Sometimes takes one Keras layer such as keras.layers.RandomFlip(), got {name}. "
            "Give each layer in it a probability of its own."
        )
    return layer
