"""A data set in the layout of TensorFlow Datasets, written by hand in a millisecond.

Run as a program it prepares the set in a process of its own, which a test may kill:
``python small_set.py BUILDER_DIR GATE``. It writes half of the records, creates
``GATE.half``, waits until ``GATE`` exists, and goes on.
"""

import json
import struct
import sys
import time
from pathlib import Path

RECORDS = {"train": [b"one", b"two", b"three"], "gold": [b"four"]}


def frame(record: bytes) -> bytes:
    """Wrap a record as TFRecord does; nothing here looks at the checksums."""
    return struct.pack("<Q", len(record)) + b"\0" * 4 + record + b"\0" * 4


def shard(split: str) -> str:
    return f"small-{split}.tfrecord-00000-of-00001"


def write(data_dir: Path, gate: Path | None = None) -> Path:
    """Write the set below ``data_dir``; return its version folder."""
    folder = data_dir / "small" / "1.0.0"
    folder.mkdir(parents=True)
    write_info(folder)
    for split, records in RECORDS.items():
        (folder / shard(split)).write_bytes(b"".join(map(frame, records)))
        if gate is not None and split == "train":
            _wait_at(gate)
    return folder


def write_info(folder: Path) -> None:
    splits = [
        {
            "name": split,
            "shardLengths": [str(len(records))],
            "numBytes": str(sum(map(len, records))),
            "filepathTemplate": "{DATASET}-{SPLIT}.{FILEFORMAT}-{SHARD_X_OF_Y}",
        }
        for split, records in RECORDS.items()
    ]
    info = {"name": "small", "version": "1.0.0", "fileFormat": "tfrecord", "splits": splits}
    (folder / "dataset_info.json").write_text(json.dumps(info))


def _wait_at(gate: Path) -> None:
    gate.with_suffix(".half").touch()
    while not gate.exists():
        time.sleep(0.01)


def _main() -> None:
    from dcwidgets.sources.preparation import prepare_once

    builder_dir, gate = map(Path, sys.argv[1:])
    print(prepare_once(builder_dir, lambda staging: write(staging, gate)))


if __name__ == "__main__":
    _main()
