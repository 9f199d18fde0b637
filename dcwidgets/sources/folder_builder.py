"""The builder of TensorFlow Datasets that writes a learner's folder."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import tensorflow_datasets as tfds
from absl import logging
from tensorflow_datasets.core import shuffle
from tensorflow_datasets.core.utils import tqdm_utils

from dcwidgets.sources.folder import VERSION, Kept

_USUAL_ORDER = ("train", "validation", "test")
# The writer would hold up to 1 GB of records in memory before it turns to the disk.
_BUFFERED_BYTES = 256 * 2**20
# It would then open a thousand files, which is more than many systems allow.
_BUCKETS = 64
_INTEGER = re.compile(r"-?(0|[1-9]\d{0,17})")
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")
# Above, not every integer has a float32 of its own.
_EXACT = 2**24


def write_records(kept: list[Kept], spool: Path, data_dir: Path, config: str) -> Path:
    """Write pictures as a data set of TensorFlow Datasets.

    Parameters
    ----------
    kept : list of Kept
        At least one picture.
    spool : Path
        The file that holds their bytes.
    data_dir : Path
        Where the data set goes.
    config : str
        Name of its configuration.

    Returns
    -------
    Path
        The version folder.
    """
    described = tfds.core.BuilderConfig(name=config, version=VERSION)
    with quiet():
        builder = Folder(kept, spool, data_dir=data_dir, config=described)
        builder.download_and_prepare()
    return Path(builder.data_dir)


class Folder(tfds.core.GeneratorBasedBuilder, skip_registration=True):  # type: ignore[call-arg]
    """Pictures of a learner's folder with class, file name, size and metadata."""

    VERSION = tfds.core.Version(VERSION)

    def __init__(self, kept: list[Kept], spool: Path, **options: Any) -> None:
        self._kept = kept
        self._spool = spool
        self._kinds = column_kinds([picture.item.metadata for picture in kept])
        super().__init__(**options)

    def _info(self) -> tfds.core.DatasetInfo:
        features = {
            "image": tfds.features.Image(shape=(None, None, 3), encoding_format="jpeg"),
            "label": tfds.features.ClassLabel(names=sorted({p.item.label for p in self._kept})),
            "filename": tfds.features.Text(),
            "width": np.int64,
            "height": np.int64,
        }
        kinds = {str: tfds.features.Text(), int: np.int64, float: np.float32}
        features.update({column: kinds[kind] for column, kind in self._kinds.items()})
        return tfds.core.DatasetInfo(
            builder=self,
            features=tfds.features.FeaturesDict(features),
            supervised_keys=("image", "label"),
        )

    def _split_generators(self, _: Any) -> dict[str, Iterator[tuple[bytes, dict[str, Any]]]]:
        splits = sorted({picture.item.split for picture in self._kept}, key=_rank)
        return {split: self._generate_examples(split) for split in splits}

    def _generate_examples(self, split: str) -> Iterator[tuple[bytes, dict[str, Any]]]:
        with self._spool.open("rb") as spool:
            for picture in self._kept:
                if picture.item.split != split:
                    continue
                spool.seek(picture.offset)
                yield (
                    b"/".join(map(os.fsencode, picture.item.found.parts)),
                    {
                        "image": spool.read(picture.length),
                        "label": picture.item.label,
                        "filename": picture.item.found.name,
                        "width": picture.width,
                        "height": picture.height,
                        **self._values(picture.item.metadata),
                    },
                )

    def _values(self, metadata: dict[str, str]) -> dict[str, Any]:
        return {
            column: kind(metadata.get(column) or (np.nan if kind is float else ""))
            for column, kind in self._kinds.items()
        }

    def _log_download_bytes(self) -> None:
        """Say nothing: the name of a temporary folder tells a learner nothing."""

    _log_download_done = _log_download_bytes


def column_kinds(rows: list[dict[str, str]]) -> dict[str, type]:
    """Find out which columns of a CSV hold numbers.

    Parameters
    ----------
    rows : list of dict
        Column name to text, empty where nothing is written.

    Returns
    -------
    dict
        Column name to `int` (whole numbers in every row), `float` (numbers, or nothing
        written) or `str`. Numbers with leading zeros are text: they are names.
    """
    columns = dict.fromkeys(column for row in rows for column in row)
    return {column: _kind([row.get(column, "") for row in rows]) for column in columns}


def _kind(texts: list[str]) -> type:
    written = [text for text in texts if text]
    if not written or not all(map(_NUMBER.fullmatch, written)):
        return str
    whole = all(map(_INTEGER.fullmatch, written))
    if whole and len(written) == len(texts):
        return int
    if all(abs(float(text)) < _EXACT for text in written) or not whole:
        return float
    return str


def _rank(split: str) -> tuple[int, str]:
    usual = split in _USUAL_ORDER
    return (_USUAL_ORDER.index(split) if usual else len(_USUAL_ORDER), split)


@contextmanager
def quiet() -> Iterator[None]:
    """Keep memory small, and leave the progress bar to the caller."""
    shown = tqdm_utils._active  # noqa: SLF001 - there is a door to set it and none to ask
    verbosity = logging.get_verbosity()
    tfds.display_progress_bar(enable=False)
    logging.set_verbosity(logging.ERROR)  # a configuration of our own is no reason to warn
    try:
        with patch.multiple(shuffle, MAX_MEM_BUFFER_SIZE=_BUFFERED_BYTES, BUCKETS_NUMBER=_BUCKETS):
            yield
    finally:
        tfds.display_progress_bar(enable=shown)
        logging.set_verbosity(verbosity)
