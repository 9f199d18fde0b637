"""The drawn set as a builder of TensorFlow Datasets."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any
from unittest import mock

import numpy as np
import tensorflow_datasets as tfds
from tensorflow_datasets.core.example_serializer import ExampleSerializer
from tqdm.auto import tqdm

from dcwidgets.sources.pocket_pets.plan import KINDS, SPLITS, Entry, plan
from dcwidgets.sources.pocket_pets.studio import Taken, drawing
from dcwidgets.sources.pocket_pets.version import VERSION, config_name

_DESCRIPTION = """\
Cats and dogs drawn by dcwidgets, with planted defects and an answer key, for lessons on
data-centric machine learning. Splits: train (defects planted), pool (representative),
gold (trusted, balanced over every slice), fresh (winter light and a new coat).
"""


@dataclasses.dataclass
class PocketPetsConfig(tfds.core.BuilderConfig):
    """Parameters of the drawn set; each stands in the name.

    Attributes
    ----------
    seed : int
        Another seed gives another set of the same make.
    percent : int
        Size of the set, 1 to 100.
    """

    seed: int = 0
    percent: int = 100

    def __post_init__(self) -> None:
        """Derive the name from the parameters."""
        self.name = config_name(self.seed, self.percent)


class PocketPets(tfds.core.GeneratorBasedBuilder):
    """Draws the set and writes it as TFRecord files."""

    VERSION = tfds.core.Version(VERSION)
    BUILDER_CONFIGS = [PocketPetsConfig(name="default")]  # noqa: RUF012 - as the base class wants it
    show_progress = True
    pictures: Iterator[Taken] | None = None
    """The drawn plan, where somebody began to draw it before TensorFlow was loaded."""

    def download_and_prepare(self, **options: Any) -> None:
        """Write the records, equal byte for byte for equal parameters."""
        with mock.patch.object(ExampleSerializer, "serialize_example", _serialized):
            super().download_and_prepare(**options)

    def _info(self) -> tfds.core.DatasetInfo:
        text, whole = tfds.features.Text(), tfds.features.Scalar(np.int32)
        features = {
            "image": tfds.features.Image(shape=(None, None, 3), encoding_format="jpeg"),
            "label": tfds.features.ClassLabel(names=list(KINDS)),
            "filename": text,
            **dict.fromkeys(("coat", "scene", "pose", "light", "camera"), text),
            **dict.fromkeys(("head_x", "head_y", "head_w", "head_h", "width", "height"), whole),
        }
        return tfds.core.DatasetInfo(
            builder=self,
            description=_DESCRIPTION,
            features=tfds.features.FeaturesDict(features),
            supervised_keys=("image", "label"),
        )

    def _split_generators(
        self,
        dl_manager: object,  # noqa: ARG002 - as the base class calls it
    ) -> dict[str, Iterator[tuple[str, dict[str, Any]]]]:
        config = self.builder_config
        entries = plan(config.seed, config.percent)
        # One stream for all splits: TensorFlow Datasets writes them in this order.
        pictures = self.pictures or self._drawn(entries)
        bar = tqdm(
            total=len(entries),
            desc="drawing pocket_pets",
            unit="picture",
            disable=not self.show_progress,
        )
        counts = Counter(entry.split for entry in entries)
        return {split: self._generate_examples(pictures, counts[split], bar) for split in SPLITS}

    @staticmethod
    def _drawn(entries: list[Entry]) -> Iterator[Taken]:
        with drawing(entries) as pictures:
            yield from pictures

    def _generate_examples(
        self, pictures: Iterator[Taken], count: int, bar: tqdm[Any]
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        for taken in islice(pictures, count):
            bar.update()
            yield taken.entry.filename, _example(taken)
        if bar.n == bar.total:
            bar.close()


def _serialized(serializer: ExampleSerializer, example: dict[str, Any]) -> bytes:
    # Protobuf writes the entries of a map in an order that differs between processes.
    record: bytes = serializer.get_tf_example(example).SerializeToString(deterministic=True)
    return record


def _example(taken: Taken) -> dict[str, Any]:
    entry, what = taken.entry, taken.entry.what
    boxes = dict(zip(("head_x", "head_y", "head_w", "head_h"), taken.head, strict=True))
    return {
        "image": taken.encoded,
        "label": entry.label,
        "filename": entry.filename,
        "coat": what.coat,
        "scene": what.scene,
        "pose": what.pose,
        "light": what.light,
        "camera": what.camera,
        "width": taken.width,
        "height": taken.height,
        **boxes,
    }
