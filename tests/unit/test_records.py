"""Records are read by id without TensorFlow, in the order and with the ids of TFDS."""

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dcwidgets.sources import records
from dcwidgets.sources.records import Layout, RecordStore
from tests import hostile

COUNT = 700


class Numbered(tfds.core.GeneratorBasedBuilder, skip_registration=True):  # type: ignore[call-arg]
    """Pictures whose number stands in their features; some of them broken."""

    VERSION = tfds.core.Version("1.0.0")

    def __init__(self, *, is_ordered: bool, **options: Any) -> None:
        self._is_ordered = is_ordered
        super().__init__(**options)

    def _info(self) -> tfds.core.DatasetInfo:
        return tfds.core.DatasetInfo(
            builder=self,
            disable_shuffling=self._is_ordered,
            features=tfds.features.FeaturesDict(
                {
                    "image": tfds.features.Image(encoding_format="jpeg"),
                    "label": tfds.features.ClassLabel(names=["even", "odd one"]),
                    "number": np.int64,
                    "share": np.float32,
                    "name": tfds.features.Text(),
                    "box": tfds.features.BBoxFeature(),
                    "many": tfds.features.Sequence(np.int64),
                }
            ),
        )

    def _split_generators(self, _: object) -> dict[str, Iterator[tuple[int, dict[str, Any]]]]:
        return {"train": self._generate_examples(COUNT), "test": self._generate_examples(40)}

    def _generate_examples(self, count: int) -> Iterator[tuple[int, dict[str, Any]]]:
        pictures = [hostile.encoded(hostile.picture(seed, 12 + seed, 8)) for seed in range(7)]
        for number in range(count):
            yield (
                number,
                {
                    "image": pictures[number % 7],
                    "label": number % 2,
                    "number": number - 3,
                    "share": number / 8,
                    "name": f"Bär {number}",
                    "box": tfds.features.BBox(0.0, 0.0, 1.0, 1.0),
                    "many": [number] * (number % 3),
                },
            )


def write(data_dir: Path, *, shards: int, is_ordered: bool = False) -> Path:
    builder = Numbered(is_ordered=is_ordered, data_dir=data_dir)
    tfds.display_progress_bar(enable=False)
    builder.download_and_prepare(download_config=tfds.download.DownloadConfig(num_shards=shards))
    tfds.display_progress_bar(enable=True)
    return Path(builder.data_dir)


def read_by_tfds(folder: Path, split: str) -> list[dict[str, Any]]:
    dataset = tfds.builder_from_directory(folder).as_dataset(
        split=split, shuffle_files=False, read_config=tfds.ReadConfig(add_tfds_id=True)
    )
    return list(tfds.as_numpy(dataset))


@pytest.fixture(scope="module", params=[(1, False), (5, False), (19, False), (5, True)], ids=str)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same records in one file and in several, more than TFDS reads at a time."""
    shards, is_ordered = request.param
    written = write(tmp_path_factory.mktemp("numbered"), shards=shards, is_ordered=is_ordered)
    assert len(list(written.glob("*-train.tfrecord*"))) == shards
    return written


@pytest.fixture(scope="module")
def one_shard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("one"), shards=1)


@pytest.mark.parametrize("split", ["train", "test"])
def test_ids_order_and_content_are_those_of_tensorflow_datasets(folder: Path, split: str) -> None:
    store = RecordStore(folder)
    table = store.table[store.table["split"] == split]

    examples = read_by_tfds(folder, split)

    assert [one["tfds_id"].decode() for one in examples] == table.index.tolist()
    for one, (id_, row) in zip(examples, table.iterrows(), strict=True):
        assert one["number"] == row["number"]
        assert one["name"].decode() == row["name"]
        assert one["share"] == row["share"]
        assert store.layout.classes[one["label"]] == row["label"]
        decoded = tf.io.decode_jpeg(store.read(str(id_))).numpy()
        assert np.array_equal(decoded, one["image"])
        assert one["image"].shape == (row["height"], row["width"], 3)


def test_every_scalar_feature_is_a_column_and_no_list_is(folder: Path) -> None:
    columns = ["filename", "label", "split", "width", "height", "name", "number", "share"]

    assert RecordStore(folder).table.columns.tolist() == columns


def test_the_table_is_kept_beside_the_records(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = RecordStore(folder).table

    def never(_: RecordStore) -> None:
        pytest.fail("the records were read again")

    monkeypatch.setattr(RecordStore, "_read_table", never)
    assert RecordStore(folder).table.equals(first)


def test_a_torn_table_is_read_anew(folder: Path) -> None:
    first = RecordStore(folder).table
    kept = folder / "dcwidgets-table.parquet"
    kept.write_bytes(kept.read_bytes()[:-50])

    assert RecordStore(folder).table.equals(first)


def test_threads_read_the_same_bytes(folder: Path) -> None:
    store = RecordStore(folder)
    ids = list(store.table.index) * 4
    expected = [store.read(id_) for id_ in ids]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(store.read, ids)) == expected


@pytest.mark.parametrize(
    "id_",
    [
        "",
        "numbered-train.tfrecord-00000-of-00001",
        "numbered-train.tfrecord-00000-of-00001__700",
        "numbered-train.tfrecord-00000-of-00001__-1",
        "numbered-train.tfrecord-00000-of-00001__x",
        "numbered-train.tfrecord-00000-of-00001__²",
        "../features.json__0",
    ],
)
def test_an_id_that_is_not_there_is_refused(id_: str, one_shard: Path) -> None:
    store = RecordStore(one_shard)

    with pytest.raises(ValueError, match="There is no record ") as refused:
        store.read(id_)
    assert str(refused.value) == (
        f"There is no record {id_!r} in numbered. Take ids from `images.table`."
    )


@pytest.mark.parametrize("cut", [1, 4, 11, 17, 500])
def test_a_file_that_was_cut_off_is_named(cut: int, one_shard: Path, tmp_path: Path) -> None:
    for path in one_shard.iterdir():
        if path.suffix in {".json", ".txt"} or "tfrecord" in path.name:
            (tmp_path / path.name).write_bytes(path.read_bytes())
    (shard,) = tmp_path.glob("*-train.tfrecord*")
    shard.write_bytes(shard.read_bytes()[:-cut])

    with pytest.raises(ValueError, match="is cut off or damaged at record ") as refused:
        RecordStore(tmp_path)
    assert str(shard) in str(refused.value)


def test_a_set_without_pictures_or_classes_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "dataset_info.json").write_text(json.dumps({"name": "texts", "splits": []}))
    features = {"featuresDict": {"features": {"text": {"pythonClassName": "x.Text"}}}}
    (tmp_path / "features.json").write_text(json.dumps(features))

    expected = (
        "texts is not an image-classification set in TFRecord files: it needs one Image and one "
        "ClassLabel feature, and has Text."
    )
    with pytest.raises(ValueError, match="image-classification") as refused:
        Layout.read(tmp_path)
    assert str(refused.value) == expected


def test_reading_records_does_not_import_tensorflow(folder: Path) -> None:
    script = (
        "import sys; from dcwidgets.sources.records import RecordStore\n"
        "store = RecordStore(sys.argv[1]); store.read(store.table.index[0])\n"
        "print('tensorflow' in sys.modules)"
    )

    told = subprocess.run(
        [sys.executable, "-c", script, str(folder)], capture_output=True, text=True, check=True
    )

    assert told.stdout == "False\n"


@settings(max_examples=60)
@given(st.lists(st.integers(1, 70), min_size=1, max_size=40))
@example([16] * 20)
@example([17, *[1] * 30, 48])
def test_the_order_over_files_is_that_of_tf_data(lengths: list[int]) -> None:
    shards = tf.data.Dataset.from_tensor_slices((tf.range(len(lengths), dtype=tf.int64), lengths))
    interleaved = shards.interleave(
        lambda shard, length: tf.data.Dataset.range(tf.cast(length, tf.int64)).map(
            lambda number: (shard, number)
        ),
        cycle_length=16,
        block_length=16,
    )
    (batch,) = interleaved.batch(sum(lengths)).as_numpy_iterator()
    expected = [(int(shard), int(number)) for shard, number in zip(*batch, strict=True)]

    assert list(records._read_order(lengths, is_ordered=False)) == expected
    assert list(records._read_order(lengths, is_ordered=True)) == sorted(expected)
