"""Lesson 3: what each stage of the input pipeline hands to the next, and what it costs."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from dcwidgets.imageset import ImageSet
from dcwidgets.pipelines.feeding import pixels
from dcwidgets.pipelines.stage_bench import Bench
from dcwidgets.pipelines.stage_page import in_words, span, stage_page
from dcwidgets.quiet import load_tensorflow

if TYPE_CHECKING:
    import keras

FEWEST = 2


@dataclass(frozen=True)
class Stages:
    """The input pipeline, stage by stage; made by `stages`.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per stage, in order: ``stage``; ``runs`` (``"once"`` for what the cache
        keeps, ``"every epoch"`` for what comes after it); ``shape``, ``dtype``, ``low``
        and ``high`` of what it hands on; ``ms_per_batch`` (median, this stage alone; for
        ``prefetch`` what the model waits for a batch while it trains);
        ``images_per_second``; ``share_of_step`` (of a training step of the model, 1 is
        as long as the step).
    epochs : pandas.DataFrame
        The whole pipeline, rows ``uncached`` (every picture read and decoded) and
        ``cached``: ``ms_per_batch`` (fastest of several), ``images_per_second``,
        ``share_of_step``.
    step_ms : float
        A training step of the model on one batch, in milliseconds, median.
    batch_size : int
        Images in a batch.
    samples : dict
        What a stage hands on, for the first images of a batch: an array of shape
        (n, height, width, 3), uint8, or a list of str.
    """

    table: pd.DataFrame
    epochs: pd.DataFrame
    step_ms: float
    batch_size: int
    samples: dict[str, np.ndarray | list[str]] = field(repr=False, compare=False)

    @property
    def bottleneck(self) -> str:
        """Name of the stage that takes longest for a batch."""
        own = self.table[self.table["stage"] != "prefetch"]
        return str(own.set_index("stage")["ms_per_batch"].idxmax())

    def __str__(self) -> str:
        uncached, cached = map(in_words, self.epochs["share_of_step"])
        return (
            f"Slowest stage: {self.bottleneck}. A batch of {self.batch_size} takes the model "
            f"{self.step_ms:.1f} ms; the whole pipeline takes {uncached} a step where nothing is "
            f"cached, and {cached} a step where pictures are cached."
        )

    def __repr__(self) -> str:
        shown = self.table.assign(range=[span(row) for row in self.table.to_dict("records")])
        columns = ["stage", "runs", "dtype", "shape", "range", "ms_per_batch", "share_of_step"]
        text = shown[columns].to_string(index=False, float_format=lambda value: f"{value:.3g}")
        return f"{text}\n{self}"

    def _repr_html_(self) -> str:
        return stage_page(self.table, self.samples, self.bottleneck, str(self))


def stages(
    images: ImageSet,
    *,
    augment: keras.Layer | None = None,
    image_size: int = 64,
    batch_size: int = 32,
    seed: int = 0,
    model: keras.Model | None = None,
    batches: int = 20,
    progress: bool = True,
) -> Stages:
    """Run the input pipeline stage by stage, and time each stage.

    Parameters
    ----------
    images : ImageSet
        Labelled images; a sample of ``batches * batch_size`` is run.
    augment : keras.Layer, optional
        Policy, as in `prepare`.
    image_size, batch_size, seed
        As in `prepare`.
    model : keras.Model, optional
        Compiled model whose training step is the yardstick; the default is THE model.
        A copy is trained, the model stays as it is.
    batches : int, default 20
        Batches that each stage is timed on, at least 2; times are medians, the first
        batch left out.
    progress : bool, default True
        Show a progress bar over the stages.

    Returns
    -------
    Stages
        A notebook shows it as pictures and numbers; ``.table`` is the same as a table.

    Raises
    ------
    ValueError
        If the set is empty, a label is missing, or a size is out of range.

    Examples
    --------
    >>> view = dcw.stages(train, batches=3)
    >>> view.bottleneck in set(view.table["stage"])
    True
    """
    if batches < FEWEST or batch_size < 1:
        raise ValueError(
            f"batches must be at least {FEWEST} and batch_size at least 1, "
            f"got batches={batches!r}, batch_size={batch_size!r}."
        )
    from tqdm.auto import tqdm

    load_tensorflow()
    sample = _sample(images, image_size, batches * batch_size, seed)
    bench = Bench(sample, augment, image_size, batch_size, seed)
    steps = [*bench.stages(), ("model", partial(bench.train, model)), ("epochs", bench.epochs)]
    runs = cast("list[tuple[str, Callable[[], None]]]", steps)
    with tqdm(total=len(runs), desc="timing", unit="stage", disable=not progress) as bar:
        for name, act in runs:
            bar.set_postfix_str(name)
            act()
            bar.update()
    return _report(bench)


def ms_per_batch(data: Iterable[object], *, epochs: int = 5) -> float:
    """Time whole epochs of any pipeline with nobody learning from it.

    Parameters
    ----------
    data : iterable
        Batches, such as a ``tf.data.Dataset``.
    epochs : int, default 5
        Times it is gone through, at least 2; the first, which may fill a cache, does not
        count.

    Returns
    -------
    float
        Milliseconds a batch in the fastest epoch: what else the machine does only adds.
    """

    def epoch() -> float:
        start = time.perf_counter()
        count = sum(1 for _ in data)
        return (time.perf_counter() - start) / max(count, 1)

    if epochs < FEWEST:
        raise ValueError(f"epochs must be at least {FEWEST}, got {epochs!r}.")
    return min([epoch() for _ in range(epochs)][1:]) * 1000


def _sample(images: ImageSet, image_size: int, n: int, seed: int) -> ImageSet:
    """Draw images that decode."""
    ids = images.table.index.to_numpy()
    drawn = np.random.default_rng(seed).permutation(len(ids))[:n]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # `prepare` tells it of the whole set
        _, kept = pixels(images.take(ids[drawn]), image_size)
    return images.take(kept)


def _report(bench: Bench) -> Stages:
    table = pd.DataFrame([vars(row) for row in bench.rows]).rename(columns={"ms": "ms_per_batch"})
    whole = pd.DataFrame({"ms_per_batch": bench.whole})
    for frame in (table, whole):
        frame["images_per_second"] = bench.batch_size * 1000 / frame["ms_per_batch"]
        frame["share_of_step"] = frame["ms_per_batch"] / bench.step_ms
    return Stages(table, whole, bench.step_ms, bench.batch_size, bench.samples)
