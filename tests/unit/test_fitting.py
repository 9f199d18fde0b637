"""Training shows where it is, can be stopped, and comes out the same on any backend."""

from __future__ import annotations

import re
import signal

import keras
import numpy as np
import pytest

import dcwidgets as dcw
from dcwidgets import fitting
from dcwidgets.fitting import computing
from dcwidgets.training import train_steps
from tests.curation_sets import image_set, photo


@pytest.fixture(scope="module")
def images() -> dcw.ImageSet:
    """Eighty pictures: two batches of 32 and one of 16."""
    return image_set([photo(n) for n in range(80)])


def test_the_bar_shows_epoch_loss_score_and_remaining_time(
    images: dcw.ImageSet, capsys: pytest.CaptureFixture[str]
) -> None:
    dcw.fit(dcw.build_model(), images, images, epochs=2)

    last = capsys.readouterr().err.replace("\r", "\n").strip().splitlines()[-1]
    assert re.search(r"epoch 2 of 2: 100%", last)
    assert re.search(r"6/6 \[\d\d:\d\d<\d\d:\d\d", last)
    assert re.search(r"loss=\d\.\d+, score=\d\.\d+, validation score=\d\.\d+", last)


def test_a_quiet_training_shows_nothing(
    images: dcw.ImageSet, capsys: pytest.CaptureFixture[str]
) -> None:
    dcw.fit(dcw.build_model(), images, epochs=1, verbose=0)

    shown = capsys.readouterr()
    assert "epoch" not in shown.out + shown.err


@pytest.mark.parametrize("classes", [2, 3])
def test_a_step_of_a_new_model_is_traced_once(classes: int, images: dcw.ImageSet) -> None:
    names = [f"class {number}" for number in range(classes)]
    table = images.table.assign(label=[names[n % classes] for n in range(len(images))])
    labelled = dcw.ImageSet(table, names, images.store, name="many")
    model, traced = dcw.build_model(image_size=16, classes=classes), []
    step = model.train_step

    def counted(batch: object) -> object:
        traced.append(batch)
        return step(batch)

    model.train_step = counted
    dcw.fit(model, labelled, epochs=2, verbose=0)

    assert len(traced) == 1


def test_an_interrupt_keeps_the_model_so_far_and_says_so(
    images: dcw.ImageSet, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = dcw.build_model(seed=3)
    dcw.fit(whole, images, epochs=1, verbose=0)
    seen = iter(range(100))

    def stop_at_the_second(*_: object, **__: object) -> None:
        if next(seen) == 1:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(fitting._Bar, "batch", stop_at_the_second)
    stopped = dcw.build_model(seed=3)
    fresh = stopped.get_weights()[0].copy()
    # A shell that started the tests in the background had the signal ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        history = dcw.fit(stopped, images, epochs=8, verbose=0)
    finally:
        signal.signal(signal.SIGINT, before)

    assert "Stopped in epoch 2 of 8" in capsys.readouterr().out
    assert len(history.history["loss"]) == len(history.epoch) == 1
    assert not np.array_equal(stopped.get_weights()[0], fresh)
    # What was learned beyond the epoch that both saw is kept.
    assert not np.array_equal(stopped.get_weights()[0], whole.get_weights()[0])
    monkeypatch.undo()
    assert len(dcw.fit(stopped, images, epochs=1, verbose=0).epoch) == 1


def test_other_errors_are_not_swallowed(
    images: dcw.ImageSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError("disk")

    monkeypatch.setattr(fitting._Bar, "batch", fail)
    with pytest.raises(OSError, match="disk"):
        dcw.fit(dcw.build_model(), images, epochs=1, verbose=0)


def test_no_epochs_are_refused(images: dcw.ImageSet) -> None:
    with pytest.raises(ValueError, match="epochs must be at least 1, got 0"):
        dcw.fit(dcw.build_model(), images, epochs=0)


def test_a_seed_gives_the_same_scores_and_the_same_weights(images: dcw.ImageSet) -> None:
    light = dcw.policy("light")
    runs = []
    for _ in range(2):
        model = dcw.build_model(seed=1)
        history = dcw.fit(model, images, images, epochs=2, augment=light, seed=5, verbose=0)
        runs.append((history.history, model.get_weights()))

    assert runs[0][0] == runs[1][0]
    assert all(map(np.array_equal, runs[0][1], runs[1][1]))


def test_epochs_have_the_batches_of_one_long_training(images: dcw.ImageSet) -> None:
    policy = dcw.policy("light", fuse=True)
    whole, epochs = dcw.build_model(seed=1), dcw.build_model(seed=1)
    train_steps(whole, images, 9, augment=policy, seed=2)

    history = dcw.fit(epochs, images, epochs=3, augment=policy, seed=2, verbose=0)

    assert [len(curve) for curve in history.history.values()] == [3, 3]
    for left, right in zip(whole.get_weights(), epochs.get_weights(), strict=True):
        np.testing.assert_allclose(left, right, atol=1e-5)


def test_no_batch_is_left_out_or_trained_twice(images: dcw.ImageSet) -> None:
    model = dcw.build_model()
    for n, batches_an_epoch in ((80, 3), (40, 2), (80, 3), (20, 1)):
        before = int(model.optimizer.iterations)
        dcw.fit(model, images.take(images.table.index[:n]), epochs=2, verbose=0)
        assert int(model.optimizer.iterations) - before == 2 * batches_an_epoch


def test_a_measured_seed_gives_the_same_score(images: dcw.ImageSet) -> None:
    train, test = (images.take(images.table.index[half::2]) for half in (0, 1))
    first, second = (
        dcw.measure(train, test, seeds=(0, 1), steps=5, progress=False) for _ in range(2)
    )

    assert first.scores == second.scores


@pytest.mark.parametrize(
    ("backend", "capability", "precision", "xla"),
    [
        ("tensorflow", None, "float32", False),
        ("jax", None, "float32", True),
        ("tensorflow", (6, 1), "float32", True),
        ("tensorflow", (8, 0), "mixed_float16", True),
        ("torch", (8, 0), "mixed_float16", False),
    ],
)
def test_half_precision_and_xla_are_for_devices_that_gain(
    backend: str, capability: tuple[int, int] | None, precision: str, *, xla: bool
) -> None:
    chosen = fitting._choose(backend, capability)

    assert (chosen.precision, chosen.xla) == (precision, xla)
    assert chosen.why.endswith(".")


def test_a_model_computes_as_was_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = fitting._choose("tensorflow", (8, 0))
    monkeypatch.setattr("dcwidgets.training.computing", lambda: chosen)
    model = dcw.build_model()

    assert model.jit_compile
    assert model.layers[1].compute_dtype == "float16"
    assert model.output.dtype == "float32"
    assert computing().precision == keras.config.dtype_policy().name == "float32"
