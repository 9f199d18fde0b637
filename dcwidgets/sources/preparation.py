"""Write a data set once, whole or not at all, however many kernels ask for it.

TensorFlow Datasets takes a version folder that merely exists for a complete
one, leaves `incomplete.*` folders behind when its process dies, and lets the
slower of two processes fail. Here a data set is written into a folder of its
own under a lock and renamed when it is complete, so that a reader sees all of
it or nothing.
"""

import errno
import os
import re
import secrets
import shutil
import sys
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from tqdm import tqdm

from dcwidgets.outside import inside, parse

# Length and two checksums around each record of a TFRecord file.
_FRAME_BYTES = 16
# A folder of TensorFlow Datasets itself may belong to a living process that we share no lock with.
_FOREIGN_LEFTOVER_SECONDS = 24 * 3600
_PATIENCE_SECONDS = 2.0

# Not every OSError: what cannot be read just now is no reason to write it anew.
_NOT_THERE = (
    FileNotFoundError,
    NotADirectoryError,
    IsADirectoryError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
)

_FULL = (errno.ENOSPC, errno.EDQUOT)
_FORBIDDEN = (errno.EROFS, errno.EACCES, errno.EPERM)


def prepared(builder_dir: Path, splits: Collection[str] = ()) -> bool:
    """Tell whether a data set is on disk and complete.

    Parameters
    ----------
    builder_dir : Path
        The version folder that TensorFlow Datasets reads, which holds
        ``dataset_info.json``.
    splits : collection of str
        Names of splits that have to be there. Every split that the folder
        itself records is checked as well.

    Returns
    -------
    bool
        True if every shard of every split exists with the number of bytes
        that was recorded when it was written.

    Raises
    ------
    OSError
        If the folder is there and cannot be read.
    """
    try:
        info = parse(
            (builder_dir / "dataset_info.json").read_bytes(), "a description of a data set"
        )
        recorded = {split["name"]: split for split in info["splits"]}
        return (
            bool(recorded)
            and recorded.keys() >= set(splits)
            and all(_split_is_whole(builder_dir, info, split) for split in recorded.values())
        )
    except _NOT_THERE:
        return False


def prepare_once(
    builder_dir: Path, write: Callable[[Path], Path], *, splits: Collection[str] = ()
) -> bool:
    """Write a data set unless it is there already.

    Parameters
    ----------
    builder_dir : Path
        Where the complete version folder shall stand.
    write : callable
        Receives an empty folder, writes the data set somewhere below it, and
        returns the version folder that it wrote. For a builder of TensorFlow
        Datasets the empty folder serves as ``data_dir``. Whatever else lies
        in the returned folder becomes visible together with the records.
    splits : collection of str
        Names of splits that have to be there afterwards.

    Returns
    -------
    bool
        True if this call wrote the data, False if it was there or another
        process wrote it meanwhile.

    Raises
    ------
    OSError
        If the disk is full.
    PermissionError
        If the place can be read only.
    RuntimeError
        If `write` returned, but left no complete data set.
    """
    if prepared(builder_dir, splits):
        return False
    try:
        builder_dir.parent.mkdir(parents=True, exist_ok=True)
        with _only_one(builder_dir):
            if prepared(builder_dir, splits):
                return False
            _sweep(builder_dir)
            return _write_and_publish(builder_dir, write, splits)
    except Exception as error:
        explained = _explain(error, builder_dir)
        if explained is None:
            raise
        raise explained from None  # a stack of TensorFlow helps no learner


def _split_is_whole(builder_dir: Path, info: dict[str, Any], split: dict[str, Any]) -> bool:
    lengths = [int(length) for length in split.get("shardLengths", [])]
    shards = [inside(builder_dir, name) for name in shard_names(info, split, len(lengths))]
    written = sum(shard.stat().st_size for shard in shards)
    if info.get("fileFormat", "tfrecord") != "tfrecord":
        return True
    return written == int(split.get("numBytes", 0)) + _FRAME_BYTES * sum(lengths)


def shard_names(info: dict[str, Any], split: dict[str, Any], count: int) -> Iterator[str]:
    """Yield the file names of a split's ``count`` shards, in order."""
    template = split.get("filepathTemplate") or "{DATASET}-{SPLIT}.{FILEFORMAT}-{SHARD_X_OF_Y}"
    for index in range(count):
        words = {
            "DATASET": info["name"],
            "SPLIT": split["name"],
            "FILEFORMAT": info.get("fileFormat", "tfrecord"),
            "SHARD_X_OF_Y": f"{index:05d}-of-{count:05d}",
            "SHARD_INDEX": f"{index:05d}",
            "NUM_SHARDS": f"{count:05d}",
        }
        # Not `format`: of a template from outside it would read attributes and pad to any width.
        yield re.sub(r"\{(\w+)\}", partial(_look_up, words), template)


def _look_up(words: dict[str, str], found: re.Match[str]) -> str:
    return words[found[1]]


@contextmanager
def _only_one(builder_dir: Path) -> Iterator[None]:
    """Hold the lock of one data set; say so if it takes long to get it."""
    lock = FileLock(builder_dir.parent / f".{builder_dir.name}.lock")
    try:
        lock.acquire(timeout=_PATIENCE_SECONDS)
    except Timeout:
        tqdm.write(f"Another kernel is preparing {builder_dir.parent}; waiting for it.")
        sys.stdout.flush()  # into a pipe or a log it would come when the wait is over
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _write_and_publish(
    builder_dir: Path, write: Callable[[Path], Path], splits: Collection[str]
) -> bool:
    staging = builder_dir.parent / f"incomplete.{builder_dir.name}.{secrets.token_hex(4)}"
    staging.mkdir()
    try:
        written = write(staging)
        if not prepared(written, splits):
            msg = (
                f"{builder_dir} was written without an error, but is no complete data set with "
                f"the splits {sorted(splits)}. Please report this: the fault is not in your data."
            )
            raise RuntimeError(msg)
        return _publish(written, builder_dir, splits)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _publish(written: Path, builder_dir: Path, splits: Collection[str]) -> bool:
    try:
        written.rename(builder_dir)
    except OSError:
        # TensorFlow Datasets itself, which takes no lock, may have been faster.
        if prepared(builder_dir, splits):
            return False
        raise
    return True


def _sweep(builder_dir: Path) -> None:
    """Remove what dead processes left; the caller holds the lock."""
    shutil.rmtree(builder_dir, ignore_errors=True)
    for ours in builder_dir.parent.glob(f"incomplete.{builder_dir.name}.*"):
        shutil.rmtree(ours, ignore_errors=True)
    for foreign in builder_dir.parent.glob(f"incomplete.??????_{builder_dir.name}"):
        if time.time() - _last_touched(foreign) > _FOREIGN_LEFTOVER_SECONDS:
            shutil.rmtree(foreign, ignore_errors=True)


def _last_touched(folder: Path) -> float:
    return max(path.lstat().st_mtime for path in [folder, *folder.rglob("*")])


def _explain(error: BaseException, builder_dir: Path) -> OSError | None:
    """Turn a failed write into one sentence that says what to do; None if it was none."""
    place = builder_dir.parent
    way_out = "or name another place with data_dir=..."
    for cause in _chain(error):
        no_room = isinstance(cause, OSError) and "Not enough disk space" in str(cause)
        if no_room or _says(cause, _FULL, place):
            text = f"The disk that holds {place} is full. Free some space there, {way_out}"
            return OSError(errno.ENOSPC, text)
        if _says(cause, _FORBIDDEN, place):
            text = f"{place} cannot be written to. Change its permissions, {way_out}"
            return PermissionError(errno.EACCES, text)
        if isinstance(cause, FileExistsError | NotADirectoryError) and _concerns(cause, place):
            text = f"{place} lies inside a file, not a folder. Remove {cause.filename}, {way_out}"
            return NotADirectoryError(errno.ENOTDIR, text)
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _says(error: BaseException, numbers: Collection[int], place: Path) -> bool:
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno in numbers and _concerns(error, place)
    # TensorFlow's own errors carry the text of the system alone.
    is_tensorflow = type(error).__module__.startswith("tensorflow")
    return is_tensorflow and any(os.strerror(number) in str(error) for number in numbers)


def _concerns(error: OSError, place: Path) -> bool:
    """Tell whether an error is about the place that is written to, as far as it says."""
    if error.filename is None:
        return True
    path = Path(os.fsdecode(error.filename))
    return path.is_relative_to(place) or place.is_relative_to(path)
