"""THE model, trained once per seed, and kept."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from dcwidgets.pipelines.feeding import pixels
from dcwidgets.training import (
    Judge,
    Score,
    build_model,
    class_probabilities,
    readable,
    train_part,
    train_steps,
)
from dcwidgets.workbench import workbench

if TYPE_CHECKING:
    import keras

    from dcwidgets.imageset import ImageSet


def train_models(
    images: ImageSet,
    *,
    seeds: Sequence[int] = (0, 1, 2),
    steps: int = 600,
    augment: keras.Layer | None = None,
    image_size: int = 64,
    progress: bool = True,
) -> Models:
    """Train THE model once per seed, as `measure` does, and keep what was trained.

    Parameters
    ----------
    images : ImageSet
        Labelled pictures; where a split ``train`` exists, only that split. Weights count.
    seeds, steps, augment, image_size, progress
        As in `measure`.

    Returns
    -------
    Models
        `evaluate` takes them: the mean of their probabilities hangs less on one seed.

    Raises
    ------
    ValueError
        If a set is empty, a label is missing, or ``seeds`` or ``steps`` are empty or not positive.

    Examples
    --------
    >>> models = dcw.train_models(pets, seeds=(0, 1), steps=5)
    >>> ev = dcw.evaluate(models, test)
    """
    from tqdm.auto import tqdm

    if not len(seeds) or steps < 1:
        raise ValueError(
            f"Give at least one seed and one step, got seeds={seeds!r}, steps={steps!r}."
        )
    train = train_part(images)
    started = time.perf_counter()
    _, train = readable(train, image_size)
    trained = []
    bench = workbench(build_model, classes=len(images.classes), image_size=image_size)
    for seed in tqdm(seeds, desc="training", unit="seed", disable=not progress):
        model, learner = bench.build(seed), bench.fresh(seed)
        train_steps(learner, train, steps, augment=augment, seed=seed)
        model.set_weights(learner.get_weights())
        trained.append(model)
    return Models(trained, image_size, time.perf_counter() - started)


def as_models(model: Any) -> list[keras.Model]:
    """Return one or several trained models as a list; empty where it is something else."""
    if hasattr(model, "input_shape"):
        return [model]
    several = list(model) if isinstance(model, Models | list | tuple) else []
    return several if all(hasattr(each, "input_shape") for each in several) else []


def ask(models: Sequence[keras.Model], images: ImageSet) -> npt.NDArray[np.floating[Any]]:
    """Return the mean of the models' probabilities, shape (n_images, n_classes).

    Raises
    ------
    ValueError
        If the models know another number of classes than the pictures have.
    """
    inputs, _ = pixels(images, models[0].input_shape[1])
    values = np.mean([class_probabilities(each, inputs) for each in models], axis=0)
    if values.shape[1] != len(images.classes):
        raise ValueError(
            f"The model knows {values.shape[1]} classes, and these pictures have "
            f"{len(images.classes)}: {', '.join(images.classes)}."
        )
    return np.asarray(values, float)


class Models:
    """Models that differ in their seed alone.

    Parameters
    ----------
    models : sequence of keras.Model
        At least one.
    image_size : int
        Edge of their input in pixels.
    seconds : float
        Wall-clock seconds that their training took.
    """

    def __init__(self, models: Sequence[keras.Model], image_size: int, seconds: float) -> None:
        self._models = tuple(models)
        self.image_size, self.seconds = image_size, seconds

    def __len__(self) -> int:
        return len(self._models)

    def __iter__(self) -> Iterator[keras.Model]:
        return iter(self._models)

    def __repr__(self) -> str:
        return f"<{len(self)} models, trained in {self.seconds:.0f} s>"

    def probabilities(self, images: ImageSet) -> pd.DataFrame:
        """Return the mean of the models' probabilities, with or without labels.

        Returns
        -------
        pandas.DataFrame of shape (n_images, n_classes)
            By id, one column per class; pictures that cannot be decoded are left out. `collect`
            takes it for a pool.
        """
        kept = readable(images, self.image_size)[1]
        return pd.DataFrame(ask(list(self), kept), kept.table.index, images.classes)

    def score(self, test: ImageSet) -> Score:
        """Return the score that `measure` would, for the ledger."""
        judge = Judge(test, self.image_size)
        for model in self:
            judge.see(model)
        return judge.score(self.seconds)
