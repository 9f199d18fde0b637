"""Random access into the TFRecord files of a TFDS data set, without TensorFlow.

Layout of a TFRecord file: per record 8 bytes of length (little endian), 4 bytes of
checksum, the record, 4 bytes of checksum; the record is a ``tf.train.Example``
(https://www.tensorflow.org/tutorials/load_data/tfrecord).
"""

from __future__ import annotations

import io
import json
import mmap
import os
import struct
import tempfile
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, text_format
from google.protobuf.message import DecodeError
from PIL import Image

from dcwidgets.outside import inside, parse
from dcwidgets.sources.preparation import shard_names

_HEADER = struct.Struct("<Q")
_OVERHEAD = 16  # length, and a checksum on either side of the record
_CACHE = "dcwidgets-table.parquet"
_SCALAR = ("ClassLabel", "Scalar", "Text")
_INTERLEAVED = 16  # files at a time, and records of one in a row: defaults of `ReadConfig`


@dataclass(frozen=True)
class Layout:
    """What a TFDS version folder says of itself.

    Attributes
    ----------
    name : str
        Name of the data set, with its configuration where it has one.
    classes : list of str
        Class names of the label feature.
    image, label : str
        Names of the features that hold picture and class.
    scalars : tuple of str
        Names of the features with one value a record, in alphabetical order.
    shards : dict
        Split name to its files, in order.
    is_ordered : bool
        Whether the records were kept in the order of their source.
    """

    name: str
    classes: list[str]
    image: str
    label: str
    scalars: tuple[str, ...]
    shards: dict[str, list[Path]]
    is_ordered: bool = False

    @classmethod
    def read(cls, folder: Path) -> Layout:
        """Read ``dataset_info.json`` and ``features.json``.

        Raises
        ------
        ValueError
            If the folder is no image-classification set in TFRecord files.
        """
        try:
            return cls._read(folder)
        except (LookupError, TypeError, AttributeError) as error:
            raise ValueError(
                f"The description of the data in {folder} is damaged ({error!r:.200}). "
                "Delete the folder and load the data again."
            ) from error

    @classmethod
    def _read(cls, folder: Path) -> Layout:
        info = parse((folder / "dataset_info.json").read_bytes(), "a description of a data set")
        features = parse((folder / "features.json").read_bytes(), "a description of features")
        kinds = _feature_kinds(features)
        image = next((name for name, kind in kinds.items() if kind == "Image"), None)
        label = next((name for name, kind in kinds.items() if kind == "ClassLabel"), None)
        if image is None or label is None or info.get("fileFormat", "tfrecord") != "tfrecord":
            raise ValueError(
                f"{info['name']} is not an image-classification set in TFRecord files: it needs "
                "one Image and one ClassLabel feature, and has "
                f"{', '.join(sorted(set(kinds.values())))}."
            )
        names = folder / f"{label.replace('/', '-')}.labels.txt"
        config = info.get("configName", "")
        return cls(
            name=f"{info['name']}/{config}" if config else info["name"],
            classes=[name for name in names.read_text(encoding="utf-8").split("\n") if name],
            image=image,
            label=label,
            scalars=tuple(sorted(name for name, kind in kinds.items() if kind in _SCALAR)),
            shards={split["name"]: _shard_files(folder, info, split) for split in info["splits"]},
            is_ordered=bool(info.get("disableShuffling", False)),
        )


class RecordStore:
    """Encoded pictures by id, straight from the record files.

    Parameters
    ----------
    folder : path
        A TFDS version folder.

    Notes
    -----
    Ids are those of ``ReadConfig(add_tfds_id=True)``: file name, two underscores, number
    of the record in the file. Order is that of ``as_dataset(shuffle_files=False)``.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder)
        self.layout = Layout.read(self.folder)
        self._files: dict[str, _RecordFile] = {}
        for shards in self.layout.shards.values():
            for path in shards:
                self._files[path.name] = _RecordFile(path)

    def __reduce__(self) -> tuple[type[RecordStore], tuple[Path]]:
        """Travel to another process as a path: mapped files cannot, and need not."""
        return RecordStore, (self.folder.resolve(),)

    def read(self, id_: str) -> bytes:
        """Return the encoded bytes of one picture.

        Raises
        ------
        ValueError
            If there is no such id.
        """
        return bytes(_values(self._example(id_), self.layout.image)[0])

    def features(self, id_: str) -> dict[str, Any]:
        """Return the scalar features of one record; the class as its number."""
        return _scalars(self._example(id_), self.layout.scalars)

    def _example(self, id_: str) -> Any:
        name, _, number = id_.rpartition("__")
        file = self._files.get(name)
        is_number = number.isascii() and number.isdigit()
        if file is None or not is_number or int(number) >= len(file):
            raise ValueError(
                f"There is no record {id_!r} in {self.layout.name}. Take ids from `images.table`."
            )
        return _parsed(file[int(number)])

    @cached_property
    def table(self) -> pd.DataFrame:
        """Scalar features of all records, indexed by id.

        Kept in a file beside the records where the folder can be written, since measuring
        the pictures takes seconds for some data sets.
        """
        cache = self.folder / _CACHE
        stamp = json.dumps({name: file.size for name, file in sorted(self._files.items())})
        table = _cached(cache, stamp)
        if table is None:
            table = self._read_table()
            _write_cache(cache, table, stamp)
        return table

    def _read_table(self) -> pd.DataFrame:
        rows, ids = [], []
        for split, shards in self.layout.shards.items():
            files = [self._files[path.name] for path in shards]
            for shard, number in _read_order([*map(len, files)], is_ordered=self.layout.is_ordered):
                ids.append(f"{shards[shard].name}__{number}")
                rows.append(self._row_of(split, files[shard][number], ids[-1]))
        table = pd.DataFrame(rows, index=pd.Index(ids, name="id", dtype="str"))
        leading = ["filename", "label", "split", "width", "height"]
        if "filename" not in table:
            table["filename"] = table.index
        return table[[*leading, *(column for column in table if column not in leading)]]

    def _row_of(self, split: str, record: bytes, id_: str) -> dict[str, Any]:
        try:
            return self._row(split, _parsed(record))
        except (LookupError, TypeError, ValueError) as error:
            raise ValueError(
                f"The record {id_} in {self.folder} is damaged ({error!r:.200}). "
                "Delete the folder and load the data again."
            ) from error

    def _row(self, split: str, example: Any) -> dict[str, Any]:
        row = _scalars(example, self.layout.scalars)
        number = row.pop(self.layout.label.replace("/", "_"))
        if "image_filename" in row:  # cats_vs_dogs says image/filename
            row["filename"] = row.pop("image_filename")
        if "width" not in row or "height" not in row:
            row["width"], row["height"] = _size(bytes(_values(example, self.layout.image)[0]))
        row["split"] = split
        row["label"] = (
            self.layout.classes[number] if 0 <= number < len(self.layout.classes) else None
        )
        return row


class _RecordFile:
    """One TFRecord file, mapped into memory; slices of it are safe from any thread."""

    def __init__(self, path: Path) -> None:
        self.size = path.stat().st_size
        self._path = path
        self._bytes: mmap.mmap | bytes = b""
        if self.size:
            with path.open("rb") as file:
                self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._starts = self._index()

    def _index(self) -> np.ndarray:
        starts, position = [], 0
        while position < self.size:
            starts.append(position)
            if position + _OVERHEAD > self.size:
                break
            position += _HEADER.unpack_from(self._bytes, position)[0] + _OVERHEAD
        if position != self.size:
            raise ValueError(
                f"{self._path} is cut off or damaged at record {len(starts) - 1}. "
                "Delete its folder and load the data again."
            )
        return np.array([*starts, position], np.int64)

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, number: int) -> bytes:
        return bytes(self._bytes[self._starts[number] + 12 : self._starts[number + 1] - 4])

    def __iter__(self) -> Iterator[bytes]:
        return (self[number] for number in range(len(self)))


# `tf.train.Example`, stated here so that reading a picture does not import TensorFlow.
_EXAMPLE = """
name: "example.proto" package: "dcw" syntax: "proto3"
message_type { name: "BytesList"
  field { name: "value" number: 1 type: TYPE_BYTES label: LABEL_REPEATED } }
message_type { name: "FloatList"
  field { name: "value" number: 1 type: TYPE_FLOAT label: LABEL_REPEATED } }
message_type { name: "Int64List"
  field { name: "value" number: 1 type: TYPE_INT64 label: LABEL_REPEATED } }
message_type { name: "Feature" oneof_decl { name: "kind" }
  field { name: "bytes_list" number: 1 oneof_index: 0
    type: TYPE_MESSAGE type_name: ".dcw.BytesList" }
  field { name: "float_list" number: 2 oneof_index: 0
    type: TYPE_MESSAGE type_name: ".dcw.FloatList" }
  field { name: "int64_list" number: 3 oneof_index: 0
    type: TYPE_MESSAGE type_name: ".dcw.Int64List" } }
message_type { name: "Features"
  nested_type { name: "FeatureEntry" options { map_entry: true }
    field { name: "key" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL }
    field { name: "value" number: 2 label: LABEL_OPTIONAL
      type: TYPE_MESSAGE type_name: ".dcw.Feature" } }
  field { name: "feature" number: 1 label: LABEL_REPEATED type: TYPE_MESSAGE
    type_name: ".dcw.Features.FeatureEntry" } }
message_type { name: "Example"
  field { name: "features" number: 1 type: TYPE_MESSAGE type_name: ".dcw.Features" } }
"""


def _example_class() -> Any:
    # A pool of our own: in the common one TensorFlow would register the same message again.
    pool = descriptor_pool.DescriptorPool()
    pool.Add(text_format.Parse(_EXAMPLE, descriptor_pb2.FileDescriptorProto()))
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("dcw.Example"))


_Example = _example_class()


def _parsed(record: bytes) -> Any:
    try:
        return _Example.FromString(record)
    except DecodeError as error:
        raise ValueError("This is no record of TensorFlow Datasets.") from error


def _values(example: Any, name: str) -> Any:
    feature = example.features.feature[name]
    return getattr(feature, feature.WhichOneof("kind") or "bytes_list").value


def _scalars(example: Any, names: Sequence[str]) -> dict[str, Any]:
    row = {}
    for name in names:
        for value in _values(example, name):
            row[name.replace("/", "_")] = (
                value.decode("utf-8", "replace") if isinstance(value, bytes) else value
            )
    return row


def _size(encoded: bytes) -> tuple[int, int]:
    try:
        picture = Image.open(io.BytesIO(encoded))
    except Exception:  # noqa: BLE001 - Pillow raises almost anything on broken bytes
        return (0, 0)
    turned = picture.getexif().get(0x0112, 1) >= 5  # EXIF orientations 5 to 8 swap the sides
    return picture.size[::-1] if turned else picture.size


def _feature_kinds(features: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Name each leaf feature by the last part of its class; a tensor without axes is a scalar."""
    nested = features.get("featuresDict", {}).get("features")
    if nested is None:
        kind = features.get("pythonClassName", "").rpartition(".")[2]
        is_scalar = kind == "Tensor" and not features.get("tensor", {}).get("shape", {})
        return {prefix: "Scalar" if is_scalar else kind}
    kinds: dict[str, str] = {}
    for name, feature in nested.items():
        kinds |= _feature_kinds(feature, f"{prefix}/{name}" if prefix else name)
    return kinds


def _read_order(lengths: Sequence[int], *, is_ordered: bool) -> Iterator[tuple[int, int]]:
    """Yield shard and record in the order of ``as_dataset(shuffle_files=False)``.

    Unless a set is ordered, TFDS has tf.data interleave 16 files in blocks of 16 records.
    """
    if is_ordered:
        yield from ((shard, n) for shard, length in enumerate(lengths) for n in range(length))
        return
    unopened = ((shard, 0) for shard in range(len(lengths)))
    cycle: deque[tuple[int, int] | None] = deque([None] * _INTERLEAVED)
    while cycle:
        place = cycle.popleft() or next(unopened, None)
        if place is None:
            continue
        shard, start = place
        end = min(start + _INTERLEAVED, lengths[shard])
        yield from ((shard, n) for n in range(start, end))
        cycle.append((shard, end) if end - start == _INTERLEAVED else None)


def _shard_files(folder: Path, info: dict[str, Any], split: dict[str, Any]) -> list[Path]:
    return [
        inside(folder, name)
        for name in shard_names(info, split, len(split.get("shardLengths", [])))
    ]


def _cached(cache: Path, stamp: str) -> pd.DataFrame | None:
    try:
        table = pd.read_parquet(cache)
    except Exception:  # noqa: BLE001 - absent, torn or of another version: read the records instead
        return None
    if table.attrs.get("files") != stamp:
        return None
    table.attrs = {}
    return table


def _write_cache(cache: Path, table: pd.DataFrame, stamp: str) -> None:
    stamped = table.copy()
    stamped.attrs = {"files": stamp}
    try:
        handle, temporary = tempfile.mkstemp(dir=cache.parent, prefix=f".{cache.name}.")
        os.close(handle)
    except OSError:  # a read-only folder: the table is read from the records each time
        return
    try:
        stamped.to_parquet(temporary)
        Path(temporary).replace(cache)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
