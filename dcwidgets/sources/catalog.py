"""Any image-classification set that TensorFlow Datasets knows by name."""

from __future__ import annotations

import difflib
import importlib
import os
import socket
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlparse

from dcwidgets.quiet import load_tensorflow
from dcwidgets.sources.preparation import prepare_once, prepared

if TYPE_CHECKING:
    import tensorflow_datasets as tfds

PROBE_SECONDS = 3.0


def find(name: str, data_dir: Path) -> Path | None:
    """Return the newest complete version folder of a data set, without TensorFlow."""
    root = data_dir.joinpath(*name.split("/"))
    if not root.is_dir():
        return None
    versions = [path for path in root.iterdir() if _version(path) and prepared(path)]
    return max(versions, key=_version, default=None)


def prepare(name: str, data_dir: Path) -> Path:
    """Download and write a data set where it is not there yet.

    Parameters
    ----------
    name : str
        A name in TensorFlow Datasets, such as ``"cats_vs_dogs"`` or ``"name/config"``.
    data_dir : Path
        Where data sets lie. An archive placed at ``downloads/manual`` below it serves
        ``cats_vs_dogs`` without a network.

    Returns
    -------
    Path
        The version folder.

    Raises
    ------
    ValueError
        If there is no such data set.
    ConnectionError
        If it has to be downloaded and there is no network; found out in 3 seconds.
    OSError
        If the disk is full or cannot be written to.
    """
    found = find(name, data_dir)
    if found:
        return found
    builder = _builder(name, data_dir)
    archive = _placed_archive(data_dir) if builder.name == "cats_vs_dogs" else None
    if archive is None:
        _require_network(builder, data_dir)

    def write(staging: Path) -> Path:
        with _local_archive(archive) if archive else _as_is():
            fresh = _builder(name, staging)
            fresh.download_and_prepare(download_dir=data_dir / "downloads")
        return Path(fresh.data_dir)

    target = Path(builder.data_dir)
    prepare_once(target, write)
    return target


def _version(path: Path) -> tuple[int, ...]:
    parts = path.name.split(".")
    return tuple(map(int, parts)) if len(parts) == 3 and all(map(str.isdigit, parts)) else ()


def _builder(name: str, data_dir: Path) -> tfds.core.DatasetBuilder:
    load_tensorflow()
    import tensorflow_datasets as tfds

    try:
        return tfds.builder(name, data_dir=data_dir)
    except tfds.core.DatasetNotFoundError as error:
        # The registry asks the network for community data; its own list needs none.
        known = [*tfds.list_builders(with_community_datasets=False), "pocket_pets"]
        near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
        hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
        raise ValueError(
            f"There is no data set {name!r} in TensorFlow Datasets.{hint} Give such a name, "
            "'pocket_pets', or the path of a folder of pictures."
        ) from error


def _placed_archive(data_dir: Path) -> Path | None:
    """Find an archive of cats_vs_dogs that somebody placed by hand."""
    for path in sorted((data_dir / "downloads" / "manual").glob("*.zip")):
        try:
            with zipfile.ZipFile(path) as archive:
                if any(name.startswith("PetImages/") for name in archive.namelist()):
                    return path
        except (OSError, zipfile.BadZipFile):
            continue
    return None


class _AnyNumber(int):
    """Equal to every number: a part of the archive has another count of corrupt files."""

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False

    __hash__ = int.__hash__


@contextmanager
def _local_archive(archive: Path) -> Iterator[None]:
    """Let the builder of cats_vs_dogs read an archive on this machine."""
    module: Any = importlib.import_module("tensorflow_datasets.image_classification.cats_vs_dogs")
    saved = module._URL, module._NUM_CORRUPT_IMAGES  # noqa: SLF001 - it has no other door
    module._URL, module._NUM_CORRUPT_IMAGES = str(archive), _AnyNumber(saved[1])  # noqa: SLF001
    try:
        yield
    finally:
        module._URL, module._NUM_CORRUPT_IMAGES = saved  # noqa: SLF001


@contextmanager
def _as_is() -> Iterator[None]:
    yield


def _require_network(builder: tfds.core.DatasetBuilder, data_dir: Path) -> None:
    """Find out in three seconds what a download would find out in three minutes."""
    address = _address(builder)
    if address is None or _answers(address):
        return
    by_hand = (
        f"place the archive kagglecatsanddogs_5340.zip in {data_dir / 'downloads' / 'manual'} "
        "by hand and load it again"
        if builder.name == "cats_vs_dogs"
        else f"load it once on a machine that has a network and copy the folder {builder.data_dir}"
    )
    raise ConnectionError(
        f"{builder.name} is not on this machine and {address[0]} does not answer: {by_hand}, or "
        'use the drawn data, which needs no network: dcw.load("pocket_pets").'
    )


def _address(builder: tfds.core.DatasetBuilder) -> tuple[str, int] | None:
    """Return host and port of the first download, or of the proxy on the way to it."""
    # A builder of the learner's own has no list of downloads.
    for url in builder.url_infos or ():
        target = urlparse(url)
        proxy = os.environ.get(f"{target.scheme}_proxy") or os.environ.get(
            f"{target.scheme.upper()}_PROXY"
        )
        if proxy:
            target = urlparse(proxy)
        if target.hostname:
            return target.hostname, target.port or (443 if target.scheme == "https" else 80)
    return None


def _answers(address: tuple[str, int]) -> bool:
    answered = threading.Event()

    def connect() -> None:
        try:
            socket.create_connection(address, timeout=PROBE_SECONDS).close()
        except OSError:
            return
        answered.set()

    # Looking a name up has no time limit of its own, so the whole probe gets one; a thread
    # that still hangs in it must not keep the kernel from ending.
    probe = threading.Thread(target=connect, daemon=True)
    probe.start()
    probe.join(PROBE_SECONDS)
    return answered.is_set()
