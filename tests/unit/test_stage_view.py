"""The stage view: what each stage hands on is what the real pipeline makes, timed."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from dcwidgets.augmentation import policy
from dcwidgets.imageset import ImageSet, open_picture
from dcwidgets.pipelines import feeding, stage_bench
from dcwidgets.pipelines.feeding import pixels
from dcwidgets.pipelines.stage_view import Stages, ms_per_batch, stages
from dcwidgets.training import build_model
from tests import curation_sets

ORDER = ["read", "decode", "resize", "shuffle", "batch", "rescale", "augment", "prefetch"]
SIZE = 32


def pictures(n: int = 24) -> ImageSet:
    return curation_sets.image_set(
        [curation_sets.photo(seed, 90 + seed % 3, 80) for seed in range(n)]
    )


@pytest.fixture(scope="module")
def images() -> ImageSet:
    """Twenty-four pictures, some a little wider."""
    return pictures()


def run(images: ImageSet, **options: Any) -> Stages:
    given = {"image_size": SIZE, "batch_size": 8, "batches": 3, "progress": False, **options}
    return stages(images, **given)


@pytest.fixture(scope="module")
def view(images: ImageSet) -> Stages:
    """The whole pipeline, with augmentation."""
    return run(images, augment=policy("light", seed=1))


def row(view: Stages, stage: str) -> Any:  # a namedtuple
    return next(each for each in view.table.itertuples() if each.stage == stage)


def test_every_stage_is_there_in_the_order_in_which_it_runs(view: Stages) -> None:
    assert view.table["stage"].tolist() == ORDER
    assert view.table["runs"].tolist() == ["once"] * 3 + ["every epoch"] * 5


def test_without_augmentation_there_is_no_such_stage(images: ImageSet) -> None:
    assert run(images).table["stage"].tolist() == [name for name in ORDER if name != "augment"]


@pytest.mark.parametrize(
    ("stage", "shape", "dtype"),
    [
        ("decode", "(8, 80, 90-92, 3)", "uint8"),
        ("resize", "(8, 32, 32, 3)", "uint8"),
        ("shuffle", "(8,)", "int32"),
        ("batch", "(8, 32, 32, 3)", "uint8"),
        ("rescale", "(8, 32, 32, 3)", "float32"),
        ("augment", "(8, 32, 32, 3)", "float32"),
        ("prefetch", "(8, 32, 32, 3)", "float32"),
    ],
)
def test_shape_and_type_are_those_of_what_is_handed_on(
    stage: str, shape: str, dtype: str, view: Stages
) -> None:
    assert (row(view, stage).shape, row(view, stage).dtype) == (shape, dtype)


def test_ranges_are_those_of_what_is_handed_on(view: Stages) -> None:
    assert np.isnan(row(view, "read").low)
    assert row(view, "resize").high > 1
    assert 0 <= row(view, "shuffle").low < row(view, "shuffle").high <= 23
    for stage in ("rescale", "augment", "prefetch"):
        assert 0 <= row(view, stage).low < row(view, stage).high <= 1


def test_the_stages_make_what_the_pipeline_makes(images: ImageSet) -> None:
    view = run(images)
    numbers = [int(text.removeprefix("no. ")) for text in view.samples["shuffle"]]
    ids = images.table.index[np.random.default_rng(0).permutation(24)]
    squares, _ = pixels(images.take(ids), SIZE)

    np.testing.assert_array_equal(view.samples["resize"], squares[:8])
    np.testing.assert_array_equal(view.samples["batch"], squares[numbers])
    np.testing.assert_array_equal(view.samples["rescale"], squares[numbers])
    np.testing.assert_array_equal(view.samples["prefetch"], squares[numbers])


def test_augmented_pictures_are_not_the_ones_before(view: Stages) -> None:
    assert not np.array_equal(view.samples["augment"], view.samples["rescale"])
    np.testing.assert_array_equal(view.samples["augment"], view.samples["prefetch"])


def test_numbers_follow_from_the_times(view: Stages) -> None:
    for table in (view.table, view.epochs):
        ms = table["ms_per_batch"]
        assert (ms > 0).all()
        np.testing.assert_allclose(table["images_per_second"], 8000 / ms)
        np.testing.assert_allclose(table["share_of_step"], ms / view.step_ms)


def test_a_stage_that_dawdles_is_the_bottleneck(
    images: ImageSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(encoded: bytes, **options: Any) -> Any:
        time.sleep(0.02)
        return open_picture(encoded, **options)

    monkeypatch.setattr(stage_bench, "open_picture", slowly)
    monkeypatch.setattr(feeding, "open_picture", slowly)
    view = run(images)

    assert view.bottleneck == "decode"
    assert row(view, "decode").ms_per_batch >= 20
    uncached, cached = view.epochs["ms_per_batch"]
    assert uncached >= 20
    assert cached < uncached / 2
    assert "Slowest stage: decode." in str(view)


def test_the_first_run_of_a_stage_does_not_count() -> None:
    def outputs() -> Any:
        for delay in (0.2, 0.0, 0.0):
            time.sleep(delay)
            yield delay

    _, ms = stage_bench.timed(outputs())

    assert ms < 100


def test_the_model_that_is_timed_learns_nothing(images: ImageSet) -> None:
    model = build_model(image_size=SIZE)
    before = model.get_weights()

    run(images, model=model)

    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_the_yardstick_is_the_model_that_is_given(images: ImageSet) -> None:
    def dawdle(pictures: np.ndarray) -> np.ndarray:
        time.sleep(0.05)
        return pictures

    class Slow(keras.layers.Layer):
        def call(self, inputs: Any) -> Any:
            outputs = tf.numpy_function(dawdle, [inputs], tf.float32)
            return tf.ensure_shape(outputs, inputs.shape)

    image = keras.Input((SIZE, SIZE, 3))
    out = keras.layers.Dense(1, "sigmoid")(keras.layers.Flatten()(Slow()(image)))
    slow = keras.Model(image, out)
    slow.compile(optimizer="adam", loss="binary_crossentropy", jit_compile=False)

    assert run(images, model=slow).step_ms >= 50


def test_pictures_that_do_not_decode_are_left_out() -> None:
    images = pictures()
    images.store.files[images.table.index[5]] = b"torn"  # type: ignore[attr-defined]

    view = run(images)

    assert row(view, "shuffle").high <= 22


def test_fewer_images_than_a_batch_are_one_batch() -> None:
    view = run(pictures(5))

    assert view.batch_size == 5
    assert row(view, "prefetch").shape == "(5, 32, 32, 3)"


@pytest.mark.parametrize("wrong", [{"batches": 1}, {"batch_size": 0}])
def test_sizes_out_of_range_are_refused(wrong: dict[str, int], images: ImageSet) -> None:
    with pytest.raises(ValueError, match=f"{next(iter(wrong))}={next(iter(wrong.values()))}"):
        run(images, **wrong)


def test_an_empty_set_is_refused(images: ImageSet) -> None:
    with pytest.raises(ValueError, match="The image set is empty"):
        run(images.where(split="nowhere"))


def test_the_page_says_everything_the_table_says_and_speaks_its_pictures(view: Stages) -> None:
    page = view._repr_html_()
    words = re.sub(r"<[^>]+>", " ", page)
    alts = re.findall(r'alt="([^"]*)"', page)

    for each in view.table.to_dict("records"):
        assert f"{each['ms_per_batch']:.2f} ms a batch" in words
        assert f"{each['dtype']} {each['shape']}" in words
    assert alts == [
        f"8 pictures as the stage {stage} hands them on"
        for stage in ORDER
        if stage not in {"read", "shuffle"}
    ]
    assert "<script" not in page
    assert words.count("slowest") == 1
    assert len(page) < 150_000


def test_the_page_is_well_formed(view: Stages) -> None:
    open_tags: list[str] = []

    class Checker(HTMLParser):
        def handle_starttag(self, tag: str, attrs: Any) -> None:
            if tag != "img":
                open_tags.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert open_tags.pop() == tag

    Checker().feed(view._repr_html_())

    assert open_tags == []


def test_a_terminal_gets_the_table_and_the_sentence(view: Stages) -> None:
    lines = repr(view).splitlines()

    assert [line.split()[0] for line in lines[1:-1]] == ORDER
    assert lines[-1] == str(view)


def test_the_fastest_epoch_counts_and_the_first_does_not() -> None:
    delays = iter([0.0, 0.3, 0.1, 0.2])

    class Epochs:
        def __iter__(self) -> Iterator[int]:
            time.sleep(next(delays))
            return iter(range(2))

    assert 50 <= ms_per_batch(Epochs(), epochs=4) < 100


def test_one_epoch_is_too_few() -> None:
    with pytest.raises(ValueError, match="epochs must be at least 2, got 1"):
        ms_per_batch([1, 2], epochs=1)
