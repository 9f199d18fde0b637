"""Whole epochs of training: seen while they run, stopped without loss."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from dcwidgets.pipelines.feeding import batches, prepare

if TYPE_CHECKING:
    import keras

    from dcwidgets.imageset import ImageSet

# Batches between two visits to Python: the same weights, up to 1.3 times as fast on two cores,
# and still a fifth of a second between two looks at an interrupt.
BATCHES_AT_ONCE = 25


def fit(
    model: keras.Model,
    train: ImageSet,
    validation: ImageSet | None = None,
    *,
    epochs: int = 8,
    augment: keras.Layer | None = None,
    seed: int = 0,
    verbose: int | str = "auto",
) -> keras.callbacks.History:
    """Train a model on an image set for whole epochs.

    A bar shows the epoch, loss, score and remaining time. An interrupt, such as the stop
    button of the notebook, ends the training: the model keeps what it has learned so far.

    Parameters
    ----------
    model : keras.Model
        A compiled model, such as `build_model` gives.
    train, validation : ImageSet
        Images to learn from, and to watch.
    epochs : int, default 8
        Times each image is seen, at least 1.
    augment : keras.Layer, optional
        Policy that changes training pictures as they are drawn.
    seed : int, default 0
        Seed of the order and of the augmentation.
    verbose : int or str, default "auto"
        0 shows nothing.

    Returns
    -------
    keras.callbacks.History
        ``.history`` holds one value per whole epoch for each curve, 0 to 1 for accuracy.

    Raises
    ------
    ValueError
        If ``epochs`` is below 1, a set is empty, or a label is missing.
    """
    import keras

    if epochs < 1:
        raise ValueError(f"epochs must be at least 1, got {epochs!r}.")
    size = model.input_shape[1]
    watched = prepare(validation, image_size=size) if validation is not None else None
    data = batches(train, shuffle=True, augment=augment, image_size=size, seed=seed)
    # Handed in, so that what it holds outlives an interrupt.
    history = keras.callbacks.History()
    n = int(data.cardinality())
    bar = _Bar(epochs, n, shown=verbose != 0)
    # To begin an epoch of augmented pictures takes a third of a second, of a small set more than
    # its batches: one endless run has the same batches, where an execution never crosses epochs.
    if n <= BATCHES_AT_ONCE and n % model.steps_per_execution:
        model.steps_per_execution = n
        model.train_function = None
    endless = n % model.steps_per_execution == 0
    try:
        model.fit(
            data.repeat() if endless else data,
            steps_per_epoch=n if endless else None,
            validation_data=watched,
            epochs=epochs,
            verbose=0,
            shuffle=False,
            callbacks=[history, bar.callback()],
        )
    except KeyboardInterrupt:
        done = len(history.epoch)
        bar.close()
        print(
            f"Stopped in epoch {min(done + 1, epochs)} of {epochs}: the model keeps what it has "
            f"learned so far, and the history holds {done} whole epochs."
        )
    finally:
        bar.close()
    return history


class _Bar:
    """One bar over all batches of all epochs."""

    def __init__(self, epochs: int, batches_an_epoch: int, *, shown: bool) -> None:
        from tqdm.auto import tqdm

        self._epochs = epochs
        self._batches_an_epoch = batches_an_epoch
        self._epoch = 0
        self._numbers: dict[str, str] = {}
        self._bar = tqdm(total=epochs * batches_an_epoch, unit="batch", disable=not shown)

    def callback(self) -> keras.callbacks.Callback:
        import keras

        return keras.callbacks.LambdaCallback(
            on_epoch_begin=self.begin, on_epoch_end=self.end, on_train_batch_end=self.batch
        )

    def begin(self, epoch: int, _: Any = None) -> None:
        self._epoch = epoch
        self._bar.set_description(f"epoch {epoch + 1} of {self._epochs}")

    def batch(self, batch: int, logs: dict[str, float]) -> None:
        # Keras runs several batches before it tells of one, and counts beyond the last.
        done = self._epoch * self._batches_an_epoch + min(batch + 1, self._batches_an_epoch)
        self._numbers["loss"] = f"{logs['loss']:.3f}"
        self._bar.set_postfix(self._numbers, refresh=False)
        self._bar.update(done - self._bar.n)

    def end(self, _: int, logs: dict[str, float]) -> None:
        for name, shown in (("accuracy", "score"), ("val_accuracy", "validation score")):
            if name in logs:
                self._numbers[shown] = f"{logs[name]:.3f}"
        self._bar.set_postfix(self._numbers)

    def close(self) -> None:
        self._bar.close()


@dataclass(frozen=True)
class Computing:
    """How THE model computes on a device.

    Attributes
    ----------
    precision : str
        Keras's name: ``"float32"`` or ``"mixed_float16"``.
    xla : bool
        Whether training steps are compiled by XLA.
    why : str
        One sentence.
    growth : bool
        Whether memory of the device is taken as it is needed, so that several kernels can
        share it; false on a CPU, which has none of its own.
    """

    precision: str
    xla: bool
    why: str = field(compare=False)
    growth: bool = False

    def __str__(self) -> str:
        parts = [self.precision, "compiled by XLA" if self.xla else "not compiled"]
        return ", ".join([*parts, "device memory as needed"] if self.growth else parts)


def computing() -> Computing:
    """Choose how models compute on this device; `build_model` follows it.

    The choice depends on the device alone, never on a stopwatch, so that a seed gives the
    same scores tomorrow.

    Returns
    -------
    Computing

    Examples
    --------
    >>> computing().precision in {"float32", "mixed_float16"}
    True
    """
    import keras

    backend = keras.config.backend()
    chosen = _choose(backend, _gpu_capability())
    return replace(chosen, growth=chosen.growth and _grows(backend))


# Measured on two cores with THE model: XLA compiles for 2.4 s, and 100 batches then take 1.6 s
# instead of 1.4 s. bfloat16 halves them on a CPU with matrix units, is emulated on others, and
# gives other scores: one seed must mean the same on any laptop.
_CPU = (
    "On a CPU compiling costs more than it saves, and half precision is fast on a few CPUs only.",
    "JAX compiles every step; half precision is fast on a few CPUs only.",
)


def _choose(backend: str, capability: tuple[int, int] | None) -> Computing:
    if capability is None:
        return Computing("float32", backend == "jax", _CPU[backend == "jax"])
    compiled = backend != "torch"
    if capability < (7, 0):
        return Computing("float32", compiled, "This GPU has no fast half precision.", growth=True)
    why = "This GPU multiplies in half precision and loses time between small operations."
    return Computing("mixed_float16", compiled, why, growth=True)


def _grows(backend: str) -> bool:
    """Tell whether the backend was asked to leave memory of the GPU to others."""
    if backend == "tensorflow":
        return os.environ.get("TF_FORCE_GPU_ALLOW_GROWTH", "").lower() == "true"
    return backend != "jax" or os.environ.get("XLA_PYTHON_CLIENT_PREALLOCATE", "") == "false"


def _gpu_capability() -> tuple[int, int] | None:
    """Return the compute capability of the first GPU that the backend uses; None without one."""
    import keras

    try:
        if not keras.distribution.list_devices("gpu"):
            return None
    except (RuntimeError, ValueError):  # JAX raises where there is none
        return None
    return _tensorflow_capability() if keras.config.backend() == "tensorflow" else (7, 0)


def _tensorflow_capability() -> tuple[int, int]:
    import tensorflow as tf

    device = tf.config.list_physical_devices("GPU")[0]
    major, minor = tf.config.experimental.get_device_details(device).get(
        "compute_capability", (0, 0)
    )
    return int(major), int(minor)
