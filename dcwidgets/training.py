"""The frozen model, and the score that data earn with it."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dcwidgets.fitting import BATCHES_AT_ONCE, computing
from dcwidgets.pipelines.feeding import batches, label_numbers, pixels
from dcwidgets.workbench import workbench

if TYPE_CHECKING:
    import keras

    from dcwidgets.imageset import ImageSet

BATCH = 32
# Smaller slices say more about luck than about data.
SMALLEST_SLICE = 20


@dataclass(frozen=True)
class Score:
    """What a set of training images is worth with the frozen model.

    Attributes
    ----------
    mean : float
        Accuracy on the test images, 0 to 1, mean over the seeds.
    spread : float
        Standard deviation over the seeds (0 for one seed).
    scores : tuple of float
        Accuracy of each seed.
    worst_slice : float
        Accuracy of the worst slice, mean over the seeds.
    seconds : float
        Wall-clock seconds of all trainings together.
    slices : pandas.DataFrame
        Columns ``slice``, ``n``, ``accuracy``; worst first. A slice holds the test
        images of one class that share a metadata value, at least 20 of them.
    """

    mean: float
    spread: float
    scores: tuple[float, ...]
    worst_slice: float
    seconds: float
    slices: pd.DataFrame = field(repr=False, compare=False)

    def __str__(self) -> str:
        n = len(self.scores)
        seeds = f" ± {self.spread:.3f} over {n} seeds" if n > 1 else " with one seed"
        return f"{self.mean:.3f}{seeds}, worst slice {self.worst_slice:.2f}, {self.seconds:.0f} s"


def build_model(*, image_size: int = 64, seed: int = 0, classes: int = 2) -> keras.Model:
    """Build THE model: nothing in any lesson changes it.

    Three convolutions, the first at stride 2, then an average over the picture and one
    decision. Compiled with Adam, binary cross-entropy and accuracy (for more than two
    classes: categorical cross-entropy).

    Parameters
    ----------
    image_size : int, default 64
        Edge of the square input in pixels, at least 16.
    seed : int, default 0
        Seed of the initial weights.
    classes : int, default 2
        Number of classes.

    Returns
    -------
    keras.Model
        Takes float32 of shape (n, image_size, image_size, 3) in [0, 1]; returns the
        probability of the second class, shape (n, 1), or of each class, shape
        (n, classes), where there are more than two.

    Raises
    ------
    ValueError
        If ``image_size`` or ``classes`` is too small.
    """
    return _network((16, 32, 64), image_size=image_size, seed=seed, classes=classes)


def build_bigger_model(*, image_size: int = 64, seed: int = 0, classes: int = 2) -> keras.Model:
    """Build a model with four to five times the weights, to compare with better data.

    Parameters and result are those of `build_model`.
    """
    return _network((48, 96, 192), image_size=image_size, seed=seed, classes=classes)


def _network(widths: Sequence[int], *, image_size: int, seed: int, classes: int) -> keras.Model:
    import keras

    if image_size < 16 or classes < 2:
        raise ValueError(
            "image_size must be at least 16 pixels and classes at least 2, "
            f"got image_size={image_size!r}, classes={classes!r}."
        )

    how = computing()

    def start(layer: int) -> keras.Initializer:
        return keras.initializers.GlorotUniform(seed=seed * 1000 + layer)

    image = keras.Input((image_size, image_size, 3))
    x = image
    for layer, width in enumerate(widths):
        x = keras.layers.Conv2D(
            width,
            3,
            strides=2 if layer == 0 else 1,
            padding="same",
            activation="relu",
            kernel_initializer=start(layer),
            dtype=how.precision,
        )(x)
        x = keras.layers.MaxPooling2D(dtype=how.precision)(x)
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dense(64, activation="relu", kernel_initializer=start(8), dtype=how.precision)(
        x
    )
    units, activation = (1, "sigmoid") if classes == 2 else (classes, "softmax")
    # Probabilities stay in full precision.
    out = keras.layers.Dense(
        units, activation=activation, kernel_initializer=start(9), dtype="float32"
    )(x)
    model = keras.Model(image, out)
    loss = "binary_crossentropy" if classes == 2 else "sparse_categorical_crossentropy"
    model.compile(
        optimizer="adam",
        loss=loss,
        metrics=["accuracy"],
        jit_compile=how.xla,
        steps_per_execution=BATCHES_AT_ONCE,
    )
    # A step that makes variables is traced a second time without: half of what a new model
    # takes to begin. One picture made up has the metrics make theirs.
    model.optimizer.build(model.trainable_variables)
    model.compute_metrics(None, np.zeros(1), np.zeros((1, units)))
    model.reset_metrics()
    return model


def measure(
    images: ImageSet,
    test: ImageSet,
    *,
    seeds: Sequence[int] = (0, 1, 2),
    augment: keras.Layer | None = None,
    steps: int = 600,
    image_size: int = 64,
    build: Callable[..., keras.Model] = build_model,
    progress: bool = True,
) -> Score:
    """Train THE model from scratch per seed and score it on trusted images.

    Every training takes the same number of batches of 32, so that a small set is not
    punished by fewer updates. Pictures that cannot be decoded are left out.

    Parameters
    ----------
    images : ImageSet
        Training images; where a split ``train`` exists, only that split. Weights of
        the images count as sample weights.
    test : ImageSet
        Images to score on, none of which may be trained on.
    seeds : sequence of int, default (0, 1, 2)
        One training each; compare two sets by the same seeds.
    augment : keras.Layer, optional
        Policy that changes training pictures as they are drawn.
    steps : int, default 600
        Batches per training.
    image_size : int, default 64
        Edge of the square input in pixels.
    build : callable, default build_model
        Builds the model; only lesson 1 ever passes another one.
    progress : bool, default True
        Show a progress bar over the trainings.

    Returns
    -------
    Score

    Raises
    ------
    ValueError
        If a set is empty, a label is missing, an image stands on both sides, or
        ``seeds`` or ``steps`` are empty or not positive.
    """
    measured = measure_each(
        images,
        {"test": test},
        seeds=seeds,
        augment=augment,
        steps=steps,
        image_size=image_size,
        build=build,
        progress=progress,
    )
    return measured["test"]


def measure_each(
    images: ImageSet,
    tests: Mapping[str, ImageSet],
    *,
    seeds: Sequence[int] = (0, 1, 2),
    augment: keras.Layer | None = None,
    steps: int = 600,
    image_size: int = 64,
    build: Callable[..., keras.Model] = build_model,
    progress: bool = True,
) -> dict[str, Score]:
    """Train as `measure` does, and score the same models on several sets.

    What one set says and another denies is then due to the sets, not to the training.

    Parameters
    ----------
    images : ImageSet
        Training images, as in `measure`.
    tests : mapping of str to ImageSet
        Sets to score on by name, such as ``{"validation": ..., "gold": ...}``.
    seeds, augment, steps, image_size, build, progress
        As in `measure`.

    Returns
    -------
    dict of str to Score
        One score per name; ``seconds`` are those of all trainings together.

    Raises
    ------
    ValueError
        As `measure`.
    """
    from tqdm.auto import tqdm

    train = train_part(images)
    for test in tests.values():
        _check_measure(train, test, seeds, steps)
    started = time.perf_counter()
    left_out, train = readable(train, image_size)
    judges = {name: Judge(test, image_size) for name, test in tests.items()}
    task = f"training, {left_out} unreadable pictures left out" if left_out else "training"
    shape = {"image_size": image_size, "classes": len(images.classes)}
    # Another model may hold more than weights, such as the state of a dropout.
    bench = workbench(build, **shape) if build in (build_model, build_bigger_model) else None
    for seed in tqdm(seeds, desc=task, unit="seed", disable=not progress):
        if bench is None:
            gc.collect()  # a trained model holds itself in a circle: many would pile up 20 MB each
        model = bench.fresh(seed) if bench else build(seed=seed, **shape)
        train_steps(model, train, steps, augment=augment, seed=seed)
        for judge in judges.values():
            judge.see(model)
    seconds = time.perf_counter() - started
    return {name: judge.score(seconds) for name, judge in judges.items()}


def train_part(images: ImageSet) -> ImageSet:
    """Return what is trained on: the split ``train`` where there is one, else all images."""
    is_train = images.table["split"] == "train"
    return images.where(split="train") if is_train.any() else images


def train_steps(
    model: keras.Model,
    train: ImageSet,
    steps: int,
    *,
    augment: keras.Layer | None = None,
    seed: int = 0,
) -> None:
    """Train a model in place for a fixed number of batches of 32."""
    size = model.input_shape[1]
    data = batches(train, shuffle=True, augment=augment, image_size=size, seed=seed)
    model.fit(data.repeat().take(steps), epochs=1, verbose=0, shuffle=False)


def readable(images: ImageSet, image_size: int) -> tuple[int, ImageSet]:
    """Count the pictures that cannot be decoded and leave them out, without a warning."""
    # One picture that is left out is a line in the progress bar, not a red box per seed.
    _, kept = pixels(images, image_size, quiet=True)
    return len(images) - len(kept), images.take(kept)


class Judge:
    """Collects what models decide on one test set, pictures decoded once."""

    def __init__(self, test: ImageSet, image_size: int) -> None:
        _, decoded = readable(test, image_size)
        self.inputs, _ = pixels(decoded, image_size)
        self.table = decoded.table
        self.truth = label_numbers(decoded)
        self.metadata = test.metadata
        self.right: list[np.ndarray] = []

    def anew(self) -> Judge:
        """Return a judge of the same decoded pictures that has seen no model."""
        twin = copy(self)
        twin.right = []
        return twin

    def see(self, model: keras.Model) -> None:
        """Let a model decide on every picture."""
        self.right.append(decide(model, self.inputs) == self.truth)

    def score(self, seconds: float) -> Score:
        """Return the score over all models seen."""
        correct = np.stack(self.right)
        scores = correct.mean(axis=1)
        slices = _slices(self.table, correct.mean(axis=0), self.metadata)
        return Score(
            mean=float(scores.mean()),
            spread=float(scores.std(ddof=1)) if len(scores) > 1 else 0.0,
            scores=tuple(map(float, scores)),
            worst_slice=float(slices["accuracy"].iloc[0]),
            seconds=seconds,
            slices=slices,
        )


def decide(model: keras.Model, inputs: np.ndarray) -> np.ndarray:
    """Return the class number a model gives each picture, shape (n,).

    Pictures are uint8, or floats in [0, 1].
    """
    outputs = predict(model, inputs)
    return (outputs[:, 0] > 0.5).astype(int) if outputs.shape[1] == 1 else outputs.argmax(axis=1)


def predict(model: keras.Model, inputs: np.ndarray) -> np.ndarray:
    """Return what a model answers to each picture, shape (n, n_outputs); inputs as in `decide`."""
    import keras

    scale = 255.0 if inputs.dtype == np.uint8 else 1.0
    # Called, not `predict`ed: tracing a function for each of many models costs more than it saves.
    return np.concatenate(
        [
            keras.ops.convert_to_numpy(
                model(inputs[start : start + 64].astype("float32") / scale, training=False)
            )
            for start in range(0, len(inputs), 64)
        ]
    )


def class_probabilities(model: keras.Model, inputs: np.ndarray) -> np.ndarray:
    """Return the probability of each class, shape (n, n_classes); inputs as in `decide`."""
    outputs = predict(model, inputs)
    return np.hstack([1 - outputs, outputs]) if outputs.shape[1] == 1 else outputs


def _check_measure(train: ImageSet, test: ImageSet, seeds: Sequence[int], steps: int) -> None:
    if not len(seeds) or steps < 1:
        raise ValueError(
            f"Give at least one seed and one step, got seeds={seeds!r}, steps={steps!r}."
        )
    for role, images in (("training", train), ("test", test)):
        if not len(images):
            raise ValueError(
                f"There are no {role} images. Look at `images.table` and `where(...)`."
            )
    both = train.table.index.intersection(test.table.index)
    if len(both) and train.store is test.store:
        raise ValueError(
            f"{len(both)} images are both trained on and tested on, such as {both[0]!r}: "
            "the score would be learned by heart. Split the set first."
        )


def slice_name(label: object, column: str, value: object) -> str:
    """Name the pictures of one class that share a value, as `Score.slices` does."""
    return f"{label}, {column}={value!s}"


def _slices(table: pd.DataFrame, accuracy: np.ndarray, metadata: Sequence[str]) -> pd.DataFrame:
    scored = table.assign(accuracy=accuracy)
    found: list[dict[str, Any]] = []
    for column in metadata:
        if not 2 <= table[column].nunique() <= 20:
            continue
        for (label, value), rows in scored.groupby(["label", column], observed=True):
            if len(rows) >= SMALLEST_SLICE:
                name = slice_name(label, column, value)
                found.append({"slice": name, "n": len(rows), "accuracy": rows["accuracy"].mean()})
    for label, rows in scored.groupby("label", observed=True):
        found.append({"slice": str(label), "n": len(rows), "accuracy": rows["accuracy"].mean()})
    return pd.DataFrame(found).sort_values("accuracy", kind="stable", ignore_index=True)
