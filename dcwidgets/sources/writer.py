"""The builder of TensorFlow Datasets that writes an image set."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import tensorflow_datasets as tfds

from dcwidgets.imageset import ImageSet
from dcwidgets.sources.folder_builder import quiet
from dcwidgets.sources.written import WEIGHT

VERSION = "1.0.0"
_NO_LABEL = -1  # as TensorFlow Datasets writes it


def write_images(images: ImageSet, data_dir: Path, name: str, *, shards: int | None = None) -> Path:
    """Write an image set as TFRecord files, pictures byte for byte.

    Parameters
    ----------
    images : ImageSet
        At least one image.
    data_dir : Path
        Where the data set goes.
    name : str
        Name of its configuration: letters, digits and underscores.
    shards : int, optional
        Files for each split; by size where not given.

    Returns
    -------
    Path
        The version folder. The same images give the same files.
    """
    with quiet():
        described = tfds.core.BuilderConfig(name=name, version=VERSION)
        builder = Prepared(images, data_dir=data_dir, config=described)
        builder.download_and_prepare(
            download_config=tfds.download.DownloadConfig(num_shards=shards)
        )
    return Path(builder.data_dir)


class Prepared(tfds.core.GeneratorBasedBuilder, skip_registration=True):  # type: ignore[call-arg]
    """Pictures with class, file name, size and metadata."""

    VERSION = tfds.core.Version(VERSION)

    def __init__(self, images: ImageSet, **options: Any) -> None:
        self._images = images
        self._rows = _plain(images)
        super().__init__(**options)

    def _info(self) -> tfds.core.DatasetInfo:
        columns = self._rows.drop(columns=["label", "split"])
        features = {
            "image": tfds.features.Image(shape=(None, None, 3)),
            "label": tfds.features.ClassLabel(names=self._images.classes),
            **{str(name): _feature(columns[name]) for name in columns},
        }
        return tfds.core.DatasetInfo(
            builder=self,
            features=tfds.features.FeaturesDict(features),
            supervised_keys=("image", "label"),
        )

    def _split_generators(self, _: Any) -> dict[str, Iterator[tuple[str, dict[str, Any]]]]:
        return {split: self._generate_examples(split) for split in self._rows["split"].unique()}

    def _generate_examples(self, split: str) -> Iterator[tuple[str, dict[str, Any]]]:
        rows = self._rows[self._rows["split"] == split].drop(columns="split")
        for id_, row in zip(rows.index, rows.to_dict("records"), strict=True):
            values = {str(name): value for name, value in row.items()}
            yield str(id_), {"image": self._images.store.read(id_), **values}

    def _log_download_bytes(self) -> None:
        """Say nothing: the name of a temporary folder tells a learner nothing."""

    _log_download_done = _log_download_bytes


def _plain(images: ImageSet) -> pd.DataFrame:
    """Return the table in the types that records hold."""
    table = images.table
    numbers = {name: number for number, name in enumerate(images.classes)}
    table["label"] = table["label"].map(numbers).fillna(_NO_LABEL).astype(int)
    if (images.weights != 1).any():
        table[WEIGHT] = images.weights
    for column in table:
        if not pd.api.types.is_numeric_dtype(table[column]):
            table[column] = table[column].astype(object).where(table[column].notna(), "").map(str)
    return table


def _feature(column: pd.Series) -> Any:  # what a FeaturesDict takes
    if pd.api.types.is_float_dtype(column):
        return np.float32
    return np.int64 if pd.api.types.is_numeric_dtype(column) else tfds.features.Text()
