"""What must hold where Keras computes with JAX, as one process: ``python -m tests.on_jax``.

The backend is chosen once per process and TensorFlow takes seconds to load, so all of it is tried
here together. Prints one line of JSON per part: its name and what it returned.
"""

import json
import os

os.environ |= {
    "KERAS_BACKEND": "jax",
    "JAX_PLATFORMS": "cpu",
    # What is compiled here runs once or twice: the compiler's best would cost more than it saves.
    "XLA_FLAGS": "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true",
}

import keras
import numpy as np
import tensorflow as tf

import dcwidgets as dcw
from dcwidgets.augmentation import Sometimes
from dcwidgets.augmentation.keyed import KeyedPolicy
from tests.curation_sets import image_set, photo


def backend() -> str:
    """Name what computes."""
    return str(keras.config.backend())


def training() -> list[object]:
    """Train, measure and collect: the history's names, a score, and how many were collected."""
    images = image_set([photo(n) for n in range(40)])
    model = dcw.build_model()
    history = dcw.fit(model, images, images, epochs=1, verbose=0)
    train, test = (images.take(images.table.index[half::2]) for half in (0, 1))
    score = dcw.measure(train, test, seeds=(0,), steps=2, progress=False)
    return [sorted(history.history), score.mean, len(dcw.collect(model, images, 3))]


def feeding() -> list[float]:
    """Train with a policy; return the loss, and the mean of the first batch it draws."""
    images, policy = image_set([photo(seed) for seed in range(20)]), dcw.policy("heavy")
    data = dcw.prepare(images, augment=policy, image_size=16, batch_size=8, seed=5)
    model = dcw.build_model(image_size=16)
    history = dcw.fit(model, images, epochs=1, augment=policy, verbose=0)
    return [history.history["loss"][0], float(next(iter(data))[0].numpy().mean())]


def guarding() -> list[object]:
    """Lay out stages and train on spoiled batches: stages, and what the guard stopped where."""
    images = image_set([photo(seed, 64, 64) for seed in range(24)])
    view = dcw.stages(images, image_size=32, batch_size=8, batches=3, progress=False)
    spoiled = np.full((10, 32, 32, 3), 0.5, np.float32)
    spoiled[7] = np.nan
    feed = tf.data.Dataset.from_tensor_slices((spoiled, np.zeros(10, int))).batch(4)
    model = dcw.build_model(image_size=32)
    try:
        with dcw.contract(images).guard(feed, ids="abcdefghij", image_size=32) as batches:
            model.fit(batches, verbose=0, shuffle=False)
    except dcw.ContractError as error:
        return [len(view.table), error.ids, error.batch]
    return [len(view.table), [], None]


def sometimes() -> dict[str, float]:
    """Run layers with probabilities by themselves, in a pipeline, by key, and in a model."""
    x = np.random.default_rng(0).random((16, 8, 8, 3), np.float32)
    parts = [keras.layers.RandomFlip(seed=1), keras.layers.RandomTranslation(0.3, 0.3, seed=2)]

    def made(*more: Sometimes, fuse: bool = True) -> keras.layers.Layer:
        chain = [Sometimes(part, 0.5, seed=3) for part in parts]
        return dcw.policy([*chain, *more], fuse=fuse)

    def moved(images: object) -> int:
        change = np.abs(np.asarray(images) - x).max(axis=(1, 2, 3))
        return int((change > 1e-5).sum())

    one_by_one = zip(np.asarray(made(fuse=False)(x, training=True)), x, strict=True)
    outside = made()
    pictures = tf.data.Dataset.from_tensor_slices(x).batch(5)
    raw = [np.asarray(b) for b in pictures.map(lambda batch: outside(batch, training=True))]

    noisy = made(Sometimes(keras.layers.GaussianNoise(0.1), 0.5))
    rows = (x, np.zeros(16, "float32"), np.arange(16, dtype="uint32"))

    def keyed(size: int) -> np.ndarray:
        batches = tf.data.Dataset.from_tensor_slices(rows).batch(size).map(KeyedPolicy(noisy))
        return np.concatenate([np.asarray(batch) for batch, _ in batches])

    tail = [keras.layers.Flatten(), keras.layers.Dense(1)]
    model = keras.Sequential([keras.Input((8, 8, 3)), made(), *tail])
    model.compile("sgd", "mse")
    return {
        "one by one": sum(not np.array_equal(after, before) for after, before in one_by_one),
        "fused": moved(made()(x, training=True)),
        "in a pipeline": moved(np.concatenate(raw)),
        "keyed": float(np.abs(keyed(3) - keyed(16)).max()),
        "loss": float(model.fit(x, np.zeros((16, 1)), verbose=0).history["loss"][0]),
    }


if __name__ == "__main__":
    for part in (backend, training, feeding, guarding, sometimes):
        print(json.dumps([part.__name__, part()]), flush=True)
