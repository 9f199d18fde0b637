"""A learner's own folder of pictures, brought into the records every lesson reads."""

import json
import os
import re
import warnings
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from tqdm.auto import tqdm

from dcwidgets.quiet import load_tensorflow
from dcwidgets.sources.layouts import ACCEPTED, Item, arrange
from dcwidgets.sources.listing import list_folder, readable
from dcwidgets.sources.pictures import Picture, RefusedError, limit_warnings, read_picture
from dcwidgets.sources.preparation import prepare_once, prepared

# Changes whenever the same files would give other records.
VERSION = "1.0.0"
_REJECTS = "rejects.json"
_MOST_THREADS = 16


@dataclass(frozen=True)
class Prepared:
    """A folder that has become records.

    Attributes
    ----------
    builder_dir : Path
        The version folder of TensorFlow Datasets.
    rejects : pandas.DataFrame
        Columns ``path`` (below the folder) and ``reason``, one row for each file, and for
        each row of a CSV, that did not become a picture.
    """

    builder_dir: Path
    rejects: pd.DataFrame


@dataclass(frozen=True)
class Kept:
    """A picture that waits in the spool file for being written.

    Attributes
    ----------
    item : Item
        File, label, split and metadata.
    offset, length : int
        Where its JPEG lies in the spool file, in bytes.
    width, height : int
        Pixels.
    """

    item: Item
    offset: int
    length: int
    width: int
    height: int


def prepare(
    path: str | os.PathLike[str],
    data_dir: str | os.PathLike[str],
    *,
    image_size: int = 512,
    progress: bool = True,
) -> Prepared:
    """Bring a folder of pictures into records, unless it is there unchanged.

    Parameters
    ----------
    path : str or path
        A folder per class, the same below ``train``, ``validation`` and ``test``, or
        pictures side by side with a ``labels.csv``.
    data_dir : str or path
        Where records lie. The folder itself is never written to.
    image_size : int, default 512
        Longest side in pixels; larger pictures are scaled down.
    progress : bool, default True
        Show a progress bar.

    Returns
    -------
    Prepared
        Records and rejects. Pictures are JPEG without any metadata; see
        `dcwidgets.sources.pictures`.

    Raises
    ------
    FileNotFoundError
        If there is no such folder.
    NotADirectoryError
        If it is a file.
    ValueError
        If there is no picture in it, if nothing says what its pictures show, or if
        ``image_size`` is out of range.
    OSError
        If ``data_dir`` is full or cannot be written to.
    """
    root, place = _existing_folder(path), Path(data_dir).expanduser().absolute()
    if not 16 <= image_size <= 4096:
        raise ValueError(f"image_size must lie between 16 and 4096 pixels, got {image_size!r}.")
    listing = list_folder(root, skip=place)
    config = f"{_slug(listing.root)}-{image_size}px-{listing.digest(image_size, VERSION)}"
    builder_dir = place / "folder" / config / VERSION
    if not prepared(builder_dir):
        items, misplaced = arrange(listing)
        rejects = [*listing.rejects, *misplaced]
        if not items:
            raise ValueError(_nothing_found(listing.root, rejects))

        def write(staging: Path) -> Path:
            kept, refused = _read_all(items, staging / "spool", image_size, progress=progress)
            everything = sorted([*rejects, *refused])
            if not kept:
                raise ValueError(_nothing_found(listing.root, everything))
            load_tensorflow()
            from dcwidgets.sources.folder_builder import write_records

            written = write_records(kept, staging / "spool", staging, config)
            (written / _REJECTS).write_text(json.dumps(everything, indent=0), "utf-8")
            return written

        prepare_once(builder_dir, write)
    return Prepared(builder_dir, _load_rejects(builder_dir))


def _existing_folder(path: str | os.PathLike[str]) -> Path:
    folder = Path(path).expanduser().absolute()
    if folder.is_dir():
        return folder
    if folder.exists():
        raise NotADirectoryError(
            f"{readable(str(folder))} is a file, not a folder. If it is an archive, unpack it and "
            "give the folder."
        )
    above = next(parent for parent in folder.parents if parent.is_dir())
    raise FileNotFoundError(
        f"There is no folder {readable(str(folder))}. The nearest that exists is "
        f"{readable(str(above))}; check the spelling below it."
    )


def _slug(root: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", Path(root).name.lower()).strip("_")[:32] or "folder"


def _nothing_found(root: str, rejects: list[tuple[str, str]]) -> str:
    shown = "; ".join(f"{path} {reason}" for path, reason in rejects[:5])
    more = f"; and {len(rejects) - 5:,} more" if len(rejects) > 5 else ""
    return (
        f"There is no picture in {readable(root)} that can be used. Accepted are {ACCEPTED}. "
        f"Found: {shown or 'no files at all'}{more}."
    )


def _load_rejects(builder_dir: Path) -> pd.DataFrame:
    rows = json.loads((builder_dir / _REJECTS).read_text("utf-8"))
    return pd.DataFrame(rows, columns=["path", "reason"], dtype="str")


def _read_all(
    items: list[Item], spool: Path, image_size: int, *, progress: bool
) -> tuple[list[Kept], list[tuple[str, str]]]:
    """Convert the files on all cores into a spool file; keep what became a picture."""
    kept: list[Kept] = []
    refused: list[tuple[str, str]] = []
    threads = _cores()
    with (
        spool.open("wb") as file,
        tqdm(total=len(items), unit="file", desc="Reading pictures", disable=not progress) as bar,
        warnings.catch_warnings(),
        ThreadPoolExecutor(threads) as pool,
    ):
        limit_warnings()
        waiting: deque[tuple[Item, Future[Picture | RefusedError]]] = deque()

        def take() -> None:
            item, future = waiting.popleft()
            result = future.result()
            if isinstance(result, RefusedError):
                refused.append((item.found.name, str(result)))
            else:
                place = (file.tell(), file.write(result.jpeg))
                kept.append(Kept(item, *place, result.width, result.height))
            bar.update()

        for item in items:
            waiting.append((item, pool.submit(_attempt, item.found.path, image_size)))
            # No more than that wait in memory, however many files there are.
            if len(waiting) > 4 * threads:
                take()
        while waiting:
            take()
    return kept, refused


def _attempt(path: str, image_size: int) -> Picture | RefusedError:
    try:
        return read_picture(path, image_size=image_size)
    except RefusedError as error:
        return error


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):  # fewer than the machine has, in a container
        return min(_MOST_THREADS, len(os.sched_getaffinity(0)))
    return min(_MOST_THREADS, os.cpu_count() or 1)
