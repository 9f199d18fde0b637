"""Time the stages of the input pipeline, one after the other, on the same pictures."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from PIL import Image

from dcwidgets.imageset import ImageSet, open_picture
from dcwidgets.pipelines.feeding import batches, prepare, squared

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

# Pictures of a stage that are kept to be shown; more would wrap in a notebook's column.
SHOWN = 8
ONCE, EVERY = "once", "every epoch"


@dataclass
class Row:
    """What one stage hands on, and the median milliseconds that a batch takes it."""

    stage: str
    runs: str
    shape: str
    dtype: str
    low: float
    high: float
    ms: float


class Bench:
    """Runs the stages one after the other; what one hands on is what the next one takes."""

    def __init__(
        self,
        images: ImageSet,
        augment: keras.Layer | None,
        image_size: int,
        batch_size: int,
        seed: int,
    ) -> None:
        self.images = images
        self.augment = augment
        self.size = image_size
        self.batch_size = min(batch_size, len(images))
        self.seed = seed
        self.rows: list[Row] = []
        self.samples: dict[str, np.ndarray | list[str]] = {}
        self.step_ms = float("nan")
        self.whole: dict[str, float] = {}

    def stages(self) -> list[tuple[str, Callable[[], None]]]:
        """List the stages in the order in which the pipeline runs them."""
        return [
            ("read", self._read),
            ("decode", self._decode),
            ("resize", self._resize),
            ("shuffle", self._shuffle),
            ("batch", self._batch),
            ("rescale", self._rescale),
            *([("augment", self._augment)] if self.augment is not None else []),
        ]

    def _read(self) -> None:
        ids = self.images.table.index.tolist()
        self._chunks = [
            ids[at : at + self.batch_size] for at in range(0, len(ids), self.batch_size)
        ]
        self._files, ms = self._in_threads(self.images.store.read, self._chunks)
        lengths = [len(file) for file in self._files[0]]
        first = [file[:12].hex(" ") for file in self._files[0][:SHOWN]]
        shape = f"({len(lengths)},), {_between(lengths)} each"
        self._note("read", ONCE, first, ms, shape=shape, dtype="bytes")

    def _decode(self) -> None:
        def decode(file: bytes) -> Any:  # a PIL picture
            return open_picture(file, at_least=self.size)

        self._pictures, ms = self._in_threads(decode, self._files)
        first = [np.asarray(picture) for picture in self._pictures[0]]
        height, width = (_between([picture.shape[axis] for picture in first]) for axis in (0, 1))
        tiles = np.stack([_tile(picture, self.size) for picture in first[:SHOWN]])
        values = np.concatenate([picture.reshape(-1) for picture in first])
        shape = f"({len(first)}, {height}, {width}, 3)"
        self._note("decode", ONCE, tiles, ms, values=values, shape=shape)

    def _resize(self) -> None:
        squares, ms = self._in_threads(lambda picture: squared(picture, self.size), self._pictures)
        self._squares = np.stack([picture for chunk in squares for picture in chunk])
        self._files, self._pictures = [], []  # they are large, and nothing needs them any more
        first = np.stack(squares[0])
        self._note("resize", ONCE, first[:SHOWN], ms, values=first)

    def _shuffle(self) -> None:
        import tensorflow as tf

        n = len(self.images)

        def numbers() -> tf.Tensor:
            # As `batches` shuffles an epoch: all at once.
            return tf.random.experimental.stateless_shuffle(tf.range(n), seed=[self.seed, 0])

        _, epoch = timed(numbers().numpy() for _ in self._chunks)
        ms = epoch / len(self._chunks)
        self._first, self._numbers = self._first_batch()
        shown = [f"no. {number}" for number in self._numbers[:SHOWN]]
        self._note("shuffle", EVERY, shown, ms, values=self._numbers)

    def _batch(self) -> None:
        import tensorflow as tf

        with tf.device("/CPU:0"):
            source = tf.constant(self._squares)
        taken = self._graph(lambda rows: tf.gather(source, rows), self._rows())
        self._note("batch", EVERY, taken[0][:SHOWN], taken[1], values=taken[0])

    def _rescale(self) -> None:
        import tensorflow as tf

        def rescale(pictures: tf.Tensor) -> tf.Tensor:
            return tf.cast(pictures, tf.float32) / 255.0

        squares = (self._squares[rows] for rows in self._rows())
        values, ms = self._graph(rescale, squares)
        self._note("rescale", EVERY, _as_tiles(values), ms, values=values)

    def _augment(self) -> None:
        import tensorflow as tf

        from dcwidgets.augmentation.keyed import KeyedPolicy

        policy = KeyedPolicy(self.augment)
        keys = tf.constant(np.arange(self.batch_size, dtype=np.uint32))
        labels = tf.zeros(self.batch_size)
        floats = (self._squares[rows].astype(np.float32) / 255 for rows in self._rows())
        _, ms = self._graph(lambda pictures: policy(pictures, labels, keys)[0], floats)
        self._note("augment", EVERY, _as_tiles(self._first), ms, values=self._first)

    def train(self, model: keras.Model | None) -> None:
        """Time training steps, and how long each one waits for its batch."""
        learner = _copy(model, self.size, len(self.images.classes), self.seed)
        feed = self._prepare(cache=True).repeat().as_numpy_iterator()  # for any backend of Keras
        waits, steps = [], []
        for _ in range(len(self._chunks) + 1):
            start = time.perf_counter()
            x, y = next(feed)
            ready = time.perf_counter()
            learner.train_on_batch(x, y)
            waits.append(ready - start)
            steps.append(time.perf_counter() - ready)
        self.step_ms = median_ms(steps)
        handed = self._first
        self._note("prefetch", EVERY, _as_tiles(handed), median_ms(waits), values=handed)

    def epochs(self) -> None:
        """Time the whole pipeline, with and without the cache."""
        # The fastest: what else the machine does only adds, and ten cached batches take no time.
        self.whole["uncached"] = min(self._drain(1, cache=False)[0] for _ in range(3))
        self.whole["cached"] = min(self._drain(6, cache=True)[1:])

    def _drain(self, times: int, *, cache: bool) -> list[float]:
        """Milliseconds a batch, from nothing to the end and then once more through."""
        spent, start = [], time.perf_counter()
        data = self._prepare(cache=cache)
        for _ in range(times):
            for _ in data:
                pass
            end = time.perf_counter()
            spent.append((end - start) * 1000 / len(self._chunks))
            start = end
        return spent

    def _prepare(self, *, cache: bool) -> tf.data.Dataset:
        return prepare(
            self.images,
            shuffle=True,
            augment=self.augment,
            image_size=self.size,
            batch_size=self.batch_size,
            cache=cache,
            seed=self.seed,
        )

    def _first_batch(self) -> tuple[np.ndarray, np.ndarray]:
        """Take the first batch of the running pipeline, with the number of each picture."""
        numbers = pd.Series(np.arange(len(self.images), dtype=float) + 2, self.images.table.index)
        numbered = self.images.derive(self.images.table, weights=numbers)
        pictures, _, weights = next(
            iter(
                batches(
                    numbered,
                    shuffle=True,
                    augment=self.augment,
                    image_size=self.size,
                    batch_size=self.batch_size,
                    seed=self.seed,
                )
            )
        )
        return pictures.numpy(), weights.numpy().astype(np.int32) - 2

    def _rows(self) -> Iterator[np.ndarray]:
        yield self._numbers
        rng = np.random.default_rng(self.seed)
        for _ in self._chunks[1:]:
            yield rng.integers(0, len(self.images), self.batch_size)

    def _graph(
        self, act: Callable[[tf.Tensor], tf.Tensor], inputs: Iterator[np.ndarray]
    ) -> tuple[np.ndarray, float]:
        """Run a stage as tf.data runs it, as a graph on the CPU; return its first output."""
        import tensorflow as tf

        with tf.device("/CPU:0"):
            graph = tf.function(act, reduce_retracing=True)
            tensors = [tf.constant(each) for each in inputs]
            graph(tensors[0])  # traces it
            outputs, ms = timed(map(graph, tensors))
        return outputs[0].numpy(), ms

    def _in_threads(self, act: Callable[[Any], Any], chunks: Any) -> tuple[list[list[Any]], float]:
        """Run a stage on all cores, as `pixels` does, batch by batch."""
        with ThreadPoolExecutor(_threads()) as pool:
            return timed(list(pool.map(act, chunk)) for chunk in chunks)

    def _note(
        self,
        stage: str,
        runs: str,
        sample: np.ndarray | list[str],
        ms: float,
        *,
        values: np.ndarray | None = None,
        shape: str | None = None,
        dtype: str | None = None,
    ) -> None:
        low, high = (np.nan, np.nan) if values is None else (values.min(), values.max())
        self.samples[stage] = sample
        self.rows.append(
            Row(
                stage,
                runs,
                shape or str(getattr(values, "shape", "")),
                dtype or str(getattr(values, "dtype", "")),
                float(low),
                float(high),
                ms,
            )
        )


def timed(outputs: Iterable[Any]) -> tuple[list[Any], float]:
    """Take all that an iterator gives; return it with the median milliseconds of one."""
    taken: list[Any] = []
    seconds: list[float] = []
    feed = iter(outputs)
    while True:
        start = time.perf_counter()
        try:
            taken.append(next(feed))
        except StopIteration:
            return taken, median_ms(seconds)
        seconds.append(time.perf_counter() - start)


def median_ms(seconds: Sequence[float]) -> float:
    """Return the median in milliseconds, the first run left out where there are more."""
    return statistics.median(seconds[1:] or seconds) * 1000


def _copy(model: keras.Model | None, size: int, classes: int, seed: int) -> keras.Model:
    """Return a model that may be trained."""
    if model is None:
        from dcwidgets.training import build_model

        return build_model(image_size=size, seed=seed, classes=classes)
    import keras

    twin = keras.models.clone_model(model)
    twin.compile_from_config(model.get_compile_config())
    return twin


def _threads() -> int:
    return min(8, os.cpu_count() or 1)


def _between(numbers: Sequence[int]) -> str:
    low, high = min(numbers), max(numbers)
    return f"{low:,}" if low == high else f"{low:,}-{high:,}"


def _tile(picture: np.ndarray, size: int) -> np.ndarray:
    """Fit a picture of any size into a square, its proportions kept, on middle grey."""
    small = Image.fromarray(picture)
    small.thumbnail((size, size))
    square = Image.new("RGB", (size, size), (128, 128, 128))
    square.paste(small, ((size - small.width) // 2, (size - small.height) // 2))
    return np.asarray(square)


def _as_tiles(pictures: np.ndarray) -> np.ndarray:
    shown = np.nan_to_num(pictures[:SHOWN])
    return (shown.clip(0, 1) * 255).round().astype(np.uint8)
