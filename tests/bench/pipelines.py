"""The input pipeline: one warp against a chain, later epochs, and how long the model waits."""

from __future__ import annotations

import time
from collections.abc import Iterator
from importlib import metadata
from typing import Any

import numpy as np

from tests.bench._pictures import picture_set
from tests.bench._rows import Row, seconds
from tests.bench.explorer import CHAIN, chain

N = 2_400
KERAS = f"chain of Keras {metadata.version('keras')} layers"


def rows() -> Iterator[Row]:
    """Measure augmenting, feeding and training, ours and the usual way in turns."""
    yield from _augmenting()
    images = picture_set(N)
    images = images.derive(images.table.assign(split="train"))
    yield _later_epochs(images)
    yield _training(images)
    yield from _waiting(images)


def _augmenting() -> Iterator[Row]:
    import tensorflow as tf

    import dcwidgets as dcw

    pictures = np.random.default_rng(0).random((256, 128, 128, 3), np.float32)
    batches = tf.data.Dataset.from_tensor_slices(pictures).batch(32).cache().repeat(4)

    def drain(policy: Any) -> float:
        data = batches.map(
            lambda x: policy(x, training=True), num_parallel_calls=tf.data.AUTOTUNE
        ).prefetch(tf.data.AUTOTUNE)
        return seconds(lambda: _drained(data)) / 32 * 1000

    yield Row(
        f"tf.data: {CHAIN}, batch of 32 at 128 px, one warp",
        drain(dcw.policy(chain(), fuse=True)),
        "ms",
        peer=KERAS,
        theirs=drain(dcw.policy(chain())),
        at_least=2.5,
    )


def _later_epochs(images: Any) -> Row:
    import tensorflow as tf

    import dcwidgets as dcw

    encoded = [images.encoded(id_) for id_ in images.table.index]
    labels = (images.table["label"] == "dog").to_numpy(np.int32)

    def ready(jpeg: tf.Tensor, label: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        picture = tf.image.resize(tf.io.decode_jpeg(jpeg, channels=3), (64, 64))
        return picture / 255.0, label

    textbook = (
        tf.data.Dataset.from_tensor_slices((encoded, labels))
        .map(ready, num_parallel_calls=tf.data.AUTOTUNE)
        .shuffle(1000)
        .batch(32)
        .prefetch(tf.data.AUTOTUNE)
    )
    ours = dcw.prepare(images, shuffle=True)
    return Row(
        f"an epoch after the first, {N:,} pictures of 180 px at 64 px",
        seconds(lambda: _drained(ours)),
        peer="map, shuffle, batch, prefetch",
        theirs=seconds(lambda: _drained(textbook)),
        at_least=10,
    )


def _training(images: Any) -> Row:
    import dcwidgets as dcw
    from dcwidgets.pipelines.feeding import label_numbers, pixels

    inputs = pixels(images)[0].astype(np.float32) / 255
    labels = label_numbers(images)
    data = dcw.prepare(images, shuffle=True)
    ours, theirs = dcw.build_model(), dcw.build_model()
    spent: dict[str, list[float]] = {"ours": [], "theirs": []}
    for _ in range(6):  # in turns, because the machine has good and bad moments
        started = time.perf_counter()
        ours.fit(data, verbose=0, shuffle=False)
        between = time.perf_counter()
        theirs.fit(inputs, labels, batch_size=32, verbose=0)
        spent["ours"].append(between - started)
        spent["theirs"].append(time.perf_counter() - between)
    steps = -(-N // 32)
    return Row(
        f"a training step of THE model, {N:,} pictures",
        float(np.median(spent["ours"][1:])) / steps * 1000,
        "ms",
        peer="the same on tensors in memory",
        theirs=float(np.median(spent["theirs"][1:])) / steps * 1000,
        at_least=0.97,
    )


def _waiting(images: Any) -> Iterator[Row]:
    import dcwidgets as dcw

    for name in ("none", "light", "heavy"):
        model = dcw.build_model()
        augment = dcw.policy(name, fuse=True) if name != "none" else None
        data = dcw.prepare(images, shuffle=True, augment=augment)
        _share(model, data)
        yield Row(
            f"share of training in which the model waits for data, CPU, policy {name}",
            float(np.median([_share(model, data) for _ in range(3)])) * 100,
            "%",
            note="" if name != "none" else "On a CPU, augmentation and model share the cores.",
        )


def _share(model: Any, data: Any) -> float:
    waited, started = 0.0, time.perf_counter()
    batches = iter(data)
    while True:
        asked = time.perf_counter()
        batch = next(batches, None)
        waited += time.perf_counter() - asked
        if batch is None:
            return waited / (time.perf_counter() - started)
        model.train_on_batch(*batch)


def _drained(data: Any) -> None:
    for _ in data:
        pass
