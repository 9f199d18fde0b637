"""What `prepare` feeds a model: shapes, orders, draws, and what it refuses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import dcwidgets as dcw
from tests.curation_sets import encoded, image_set, photo

ROOT = Path(__file__).resolve().parents[2]


def collected(data: object) -> tuple[np.ndarray, np.ndarray]:
    """Join all batches of one epoch."""
    batches = list(data.as_numpy_iterator())  # type: ignore[attr-defined]
    return tuple(np.concatenate(part) for part in zip(*batches, strict=True))  # type: ignore[return-value]


@pytest.fixture(scope="module")
def images() -> dcw.ImageSet:
    return image_set([photo(seed) for seed in range(20)])


def test_batches_hold_float_pictures_in_0_to_1_and_class_numbers(images: dcw.ImageSet) -> None:
    data = dcw.prepare(images, image_size=32, batch_size=8)
    shapes = [tuple(x.shape) for x, _ in data]
    pictures, labels = collected(data)

    assert shapes == [(8, 32, 32, 3), (8, 32, 32, 3), (4, 32, 32, 3)]
    assert len(data) == 3
    assert [str(pictures.dtype), str(labels.dtype)] == ["float32", "int32"]
    assert 0 <= pictures.min() < 0.3
    assert 0.7 < pictures.max() <= 1
    assert labels.tolist() == [0, 1] * 10


def test_grey_alpha_wide_and_palette_pictures_come_out_as_rgb() -> None:
    red = Image.new("RGB", (90, 30), (200, 40, 40))
    alpha = red.convert("RGBA")
    alpha.putalpha(Image.new("L", red.size, 255))
    kinds = [red, red.convert("L"), alpha, red.convert("P", palette=Image.Palette.ADAPTIVE)]

    pictures, _ = collected(dcw.prepare(image_set(kinds), image_size=16))

    colours = (pictures.mean(axis=(1, 2)) * 255).round().astype(int)
    assert pictures.shape == (4, 16, 16, 3)
    assert colours[0].tolist() == [200, 40, 40]
    assert len(set(colours[1])) == 1
    assert np.abs(colours[2:] - colours[0]).max() <= 2


def test_a_picture_that_does_not_decode_is_left_out_with_a_warning() -> None:
    images = image_set([photo(0), b"no picture", photo(2)])

    with pytest.warns(UserWarning, match="1 of 3 pictures cannot be decoded"):
        _, labels = collected(dcw.prepare(images, image_size=16))

    assert labels.tolist() == [0, 0]


def test_each_epoch_has_another_order_with_every_picture_once(images: dcw.ImageSet) -> None:
    data = dcw.prepare(images, shuffle=True, image_size=16, batch_size=8)
    first, second = (collected(data)[0].mean(axis=(1, 2, 3)) for _ in range(2))

    assert first.tolist() != second.tolist()
    assert sorted(first) == sorted(second)


def test_epochs_also_differ_within_one_repeated_run(images: dcw.ImageSet) -> None:
    data = dcw.prepare(images, shuffle=True, image_size=16, batch_size=20).repeat(3)
    orders = {tuple(x.numpy().mean(axis=(1, 2, 3)).tolist()) for x, _ in data}

    assert len(orders) == 3


def test_the_same_seed_gives_the_same_epochs_and_another_seed_others(images: dcw.ImageSet) -> None:
    def epochs(seed: int) -> list[list[int]]:
        data = dcw.prepare(
            images, shuffle=True, augment=dcw.policy("medium"), image_size=16, seed=seed
        )
        return [np.round(collected(data)[0] * 1e4).astype(int).ravel().tolist() for _ in range(2)]

    assert epochs(3) == epochs(3)
    assert epochs(3)[0] != epochs(4)[0]


def sums_of_batches() -> list[int]:
    """Return a checksum per batch of two epochs, drawn with a seed."""
    images = image_set([photo(seed) for seed in range(20)])
    data = dcw.prepare(images, shuffle=True, augment=dcw.policy("heavy"), image_size=16, seed=5)
    return [zlib.crc32(x.numpy().round(4).tobytes()) for _ in range(2) for x, _ in data]


def test_the_same_seed_gives_the_same_batches_in_another_process() -> None:
    code = "from tests.unit.test_pipelines import sums_of_batches; print(sums_of_batches())"
    names = ("OMP_NUM_THREADS", "TF_NUM_INTEROP_THREADS", "TF_NUM_INTRAOP_THREADS")
    threads = dict.fromkeys(names, "4")  # more than here
    there = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT), **threads},
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(there.stdout.splitlines()[-1]) == sums_of_batches()


def test_a_picture_draws_the_same_whoever_its_neighbours_are(images: dcw.ImageSet) -> None:
    policy = dcw.policy("heavy")
    few = images.take(images.table.index[[3, 11]])

    alone, _ = collected(dcw.prepare(few, augment=policy, image_size=32, batch_size=1))
    among, _ = collected(dcw.prepare(images, augment=policy, image_size=32, batch_size=7))

    assert np.abs(alone - among[[3, 11]]).max() < 1e-5


def test_nothing_is_tuned_that_a_training_would_wait_for(images: dcw.ImageSet) -> None:
    for augment in (None, dcw.policy("light")):
        data = dcw.prepare(images, shuffle=True, augment=augment, image_size=32)
        assert data.repeat().take(3).options().autotune.enabled is False


def test_every_epoch_draws_anew(images: dcw.ImageSet) -> None:
    data = dcw.prepare(images, augment=dcw.policy("light"), image_size=32)
    first, second = (collected(data)[0] for _ in range(2))

    assert np.abs(first - second).mean(axis=(1, 2, 3)).min() > 1e-3


def test_augmenting_before_a_cache_would_freeze_the_draws(images: dcw.ImageSet) -> None:
    frozen = dcw.prepare(images, augment=dcw.policy("light"), image_size=32).cache()
    first, second = (collected(frozen)[0] for _ in range(2))

    assert np.array_equal(first, second)


def test_weights_do_not_show_in_prepare_and_do_in_training_batches(images: dcw.ImageSet) -> None:
    from dcwidgets.pipelines.feeding import batches

    weighted = dcw.Recipe().weight(["p1"], 3).apply(images)

    assert len(next(iter(dcw.prepare(weighted, image_size=16)))) == 2
    assert next(iter(batches(weighted, image_size=16)))[2].numpy()[:3].tolist() == [1, 3, 1]


def test_blended_pictures_have_blended_labels(images: dcw.ImageSet) -> None:
    import keras

    policy = dcw.policy([keras.layers.MixUp(alpha=1.0)])
    plain, hard = collected(dcw.prepare(images, image_size=16))
    blended, soft = collected(dcw.prepare(images, augment=policy, image_size=16))

    assert soft.dtype == np.float32
    assert ((soft > 0.02) & (soft < 0.98)).any()
    whole = np.isclose(soft, hard)
    assert not np.isclose(blended[~whole], plain[~whole]).all()


def test_labels_of_three_classes_are_not_blended() -> None:
    import keras

    images = image_set([photo(seed) for seed in range(4)])
    three = dcw.ImageSet(images.table, ["cat", "dog", "cow"], images.store, name="three")

    with pytest.raises(ValueError, match="blend labels, which needs two classes"):
        dcw.prepare(three, augment=dcw.policy([keras.layers.CutMix()]), image_size=16)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"batch_size": 0}, "batch_size must be a whole number of at least 1, got 0"),
        ({"batch_size": 2.5}, "batch_size must be a whole number of at least 1, got 2.5"),
        ({"batch_size": True}, "batch_size must be a whole number of at least 1, got True"),
        ({"image_size": 4}, "image_size must be a whole number of at least 8, got 4"),
        ({"image_size": float("nan")}, "image_size must be a whole number of at least 8, got nan"),
        ({"seed": -1}, "seed must be a whole number of at least 0, got -1"),
    ],
    ids=str,
)
def test_a_bad_number_is_refused(
    images: dcw.ImageSet, options: dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        dcw.prepare(images, **options)  # type: ignore[arg-type]


def test_an_empty_set_is_refused(images: dcw.ImageSet) -> None:
    with pytest.raises(ValueError, match="The image set is empty"):
        dcw.prepare(images.where(split="nowhere"))


def test_a_missing_label_is_refused_with_an_id() -> None:
    images = image_set([photo(0), photo(1), photo(2)], labels=["cat", None, "dog"])

    with pytest.raises(ValueError, match="1 of 3 images have no label yet, such as 'p1'"):
        dcw.prepare(images)


def test_a_file_of_nothing_but_trouble_is_refused() -> None:
    with pytest.raises(ValueError, match="None of the 2 pictures can be decoded"), pytest.warns():
        dcw.prepare(image_set([b"no picture", encoded(photo(1))[:40]]))


def test_a_part_asked_for_after_the_whole_has_the_same_pixels() -> None:
    from dcwidgets.pipelines.feeding import pixels

    files = [photo(seed) for seed in range(6)]
    mixed = image_set([*files[:3], b"no picture", *files[3:]])
    first, _ = pixels(mixed.take(["p0", "p1"]), 16)
    with pytest.warns(UserWarning, match="1 of 7 pictures"):
        whole, kept = pixels(mixed, 16)
    part, names = pixels(mixed.take(["p5", "p0"]), 16)

    assert kept == ["p0", "p1", "p2", "p4", "p5", "p6"]
    assert names == ["p5", "p0"]
    assert np.array_equal(part, whole[[4, 0]])
    assert np.array_equal(first, whole[:2])
