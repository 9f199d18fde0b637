"""Audits and near-duplicate search beside imagehash, faiss, imagededup and CleanVision."""

from __future__ import annotations

import contextlib
import importlib
import importlib.metadata
import importlib.util
import io
import os
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from PIL import Image, ImageOps

import dcwidgets as dcw
from dcwidgets.curation.duplicates import Hashes, near_pairs, perceptual_hashes
from dcwidgets.curation.measures import measure_pictures
from dcwidgets.imageset import ImageSet
from tests.bench._rows import Row, seconds

if TYPE_CHECKING:
    import imagehash

WHOLE, PART = 23_262, 6_250
DISTANCE = 10
SAMPLE = "cats_vs_dogs_sample.zip"
QUALITY = (
    *("dark", "light", "blurry", "low_information"),
    *("odd_size", "odd_aspect_ratio", "grayscale"),
)
_TURNS = (None, ImageOps.mirror, ImageOps.flip, lambda picture: picture.rotate(180))


class Files:
    """Encoded pictures in a folder, which the peers read as well."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, id_: str) -> bytes:
        """Return the bytes of one file."""
        return (self.folder / id_).read_bytes()


def rows() -> Iterator[Row]:
    """Measure the audit and its parts."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        note = _write_pictures(folder)
        whole = _image_set(folder)
        part = whole.take(sorted(whole.table.index)[:PART])
        yield from _searches(whole)
        yield from _audits(whole, part, folder, note)


def _searches(images: ImageSet) -> Iterator[Row]:
    hashes = _with_copies(perceptual_hashes(measure_pictures(images, progress=False).thumbnails))
    work = f"near-duplicate pairs, {len(hashes):,} 64-bit hashes, distance <= {DISTANCE}"
    found = near_pairs(hashes, max_distance=DISTANCE)
    ours = set(zip(found.first.tolist(), found.second.tolist(), strict=True))
    if ours != _faiss_pairs(hashes):
        raise RuntimeError("faiss finds other pairs: the numbers would compare different work.")
    yield Row(
        work,
        seconds(lambda: near_pairs(hashes, max_distance=DISTANCE)),
        peer=f"faiss {_version('faiss-cpu')} IndexBinaryFlat",
        theirs=seconds(lambda: _faiss(hashes)),
        at_least=1 / 3,
        note=f"the same {len(ours):,} pairs; hashes of pictures, a tenth of them near copies",
    )
    name = f"imagededup {_version('imagededup')} (Cython brute force)"
    if importlib.util.find_spec("imagededup") is None:
        yield Row(
            work,
            seconds(lambda: near_pairs(hashes, max_distance=DISTANCE)),
            peer="imagededup, not installed",
            note="it brings torch, so the extra leaves it out: pip install imagededup",
        )
        return
    yield Row(
        work,
        seconds(lambda: near_pairs(hashes, max_distance=DISTANCE)),
        peer=name,
        theirs=_once(lambda: _imagededup(hashes)),
        at_least=50,
        note="the peer ran once: it takes minutes",
    )


def _audits(whole: ImageSet, part: ImageSet, folder: Path, note: str) -> Iterator[Row]:
    ours = seconds(lambda: dcw.audit(part, progress=False), repeats=3)
    files = [folder / id_ for id_ in part.table.index]
    work = f"audit of {len(part):,} pictures of 180 px"
    version = _version("imagehash")
    hashing = _once(lambda: _imagehash(files))
    hashes = _imagehash(files)
    pairing = _once(lambda: _imagehash_pairs(hashes))
    yield Row(
        work,
        ours,
        peer=f"imagehash {version}: hashes and pairs",
        theirs=hashing + pairing,
        at_least=3,
        note="the peer ran once; it hashes in threads on all cores and compares each with each",
    )
    yield Row(
        work,
        ours,
        peer=f"imagehash {version}: hashes alone",
        theirs=hashing,
        note="no target: ours also measures, pairs and looks for outliers and shortcuts",
    )
    _, own_cpu = _cost(lambda: dcw.audit(part, progress=False))
    theirs, their_cpu = _cost(lambda: _cleanvision(files, os.cpu_count()))
    _, one_cpu = _cost(lambda: _cleanvision(files, 1))
    yield Row(
        work,
        ours,
        peer=f"CleanVision {_version('cleanvision')}: quality alone, all cores",
        theirs=theirs,
        at_least=3,
        note="the peer ran once, without its duplicates; seconds of processor time: "
        f"ours {own_cpu:.1f}, the peer's {their_cpu:.1f} on all cores and {one_cpu:.1f} on one",
    )
    yield Row(
        f"audit of {len(whole):,} pictures of 180 px",
        seconds(lambda: dcw.audit(whole, progress=False), repeats=1),
        at_most=30,
        note=f"one run after one to warm up, on {os.cpu_count()} cores; {note}",
    )


def _write_pictures(folder: Path) -> str:
    """Fill a folder; return what the pictures are."""
    place = os.environ.get("DCW_SAMPLE_ZIP")
    root = Path(__file__).resolve().parents[2]
    sample = Path(place) if place else root.parent / "shared" / "data" / SAMPLE
    if sample.exists():
        with zipfile.ZipFile(sample) as archive:
            names = [name for name in sorted(archive.namelist()) if name.endswith(".jpg")]
            sources = [archive.read(name) for name in names]
        what = f"{len(sources):,} real pictures"
    else:
        pets = dcw.load("pocket_pets")
        sources = [pets.encoded(id_) for id_ in pets.where(split=["gold", "fresh"]).table.index]
        what = f"{len(sources):,} drawn pictures of 128 px, as {SAMPLE} is not here"
    with ThreadPoolExecutor() as pool:
        for _ in pool.map(lambda number: _write(folder, sources, number), range(WHOLE)):
            pass
    return f"{what}, and mirrored, flipped, turned and newly encoded ones to fill up"


def _write(folder: Path, sources: list[bytes], number: int) -> None:
    turn, encoded = (number // len(sources)) % 4, sources[number % len(sources)]
    act = _TURNS[turn]
    if act is not None:
        file = io.BytesIO()
        act(Image.open(io.BytesIO(encoded)).convert("RGB")).save(file, "JPEG", quality=75)
        encoded = file.getvalue()
    (folder / f"{number:05d}.jpg").write_bytes(encoded)


def _image_set(folder: Path) -> ImageSet:
    names = sorted(path.name for path in folder.iterdir())
    half = np.arange(len(names)) % 2
    table = pd.DataFrame(
        {
            "filename": names,
            "label": np.array(["cat", "dog"])[half],
            "split": np.where(np.arange(len(names)) % 10 < 8, "train", "test"),
            "width": 180,
            "height": 180,
        },
        index=names,
    )
    return ImageSet(table, ["cat", "dog"], Files(folder), name="bench")


def _with_copies(hashes: Hashes) -> Hashes:
    """Turn a tenth into near copies of others, up to 12 bits away: clusters, as in real sets."""
    rng = np.random.default_rng(0)
    copies = rng.choice(len(hashes), len(hashes) // 10, replace=False)
    result = hashes.copy()
    result[copies] = hashes[rng.integers(0, len(hashes), len(copies))]
    flips = rng.integers(0, 13, len(copies))
    for flip in range(12):
        bit = np.uint64(1) << rng.integers(0, 64, len(copies), dtype=np.uint64)
        result[copies] ^= np.where(flips > flip, bit, np.uint64(0))
    return result


def _faiss(hashes: Hashes) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    import faiss

    codes = hashes.view(np.uint8).reshape(-1, 8)
    index = faiss.IndexBinaryFlat(64)
    index.add(codes)
    return index.range_search(codes, DISTANCE + 1)


def _faiss_pairs(hashes: Hashes) -> set[tuple[int, int]]:
    limits, _, others = _faiss(hashes)
    first = np.repeat(np.arange(len(hashes)), (limits[1:] - limits[:-1]).astype(np.int64))
    later = others > first
    return set(zip(first[later].tolist(), others[later].tolist(), strict=True))


def _imagededup(hashes: Hashes) -> None:
    hashing = importlib.import_module("imagededup.methods")

    encodings = {str(row): f"{int(value):016x}" for row, value in enumerate(hashes)}
    with contextlib.redirect_stderr(io.StringIO()):
        hashing.PHash(verbose=False).find_duplicates(
            encoding_map=encodings,
            max_distance_threshold=DISTANCE,
            search_method="brute_force_cython",
        )


def _imagehash(files: list[Path]) -> list[imagehash.ImageHash]:
    import imagehash

    with ThreadPoolExecutor() as pool:
        return list(pool.map(lambda path: imagehash.phash(Image.open(path)), files))


def _imagehash_pairs(hashes: list[imagehash.ImageHash]) -> int:
    return sum(one - other <= DISTANCE for one, other in combinations(hashes, 2))


def _cleanvision(files: list[Path], jobs: int | None) -> None:
    from cleanvision import Imagelab

    quiet = io.StringIO()
    with contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
        lab = Imagelab(filepaths=[str(path) for path in files])
        lab.find_issues({issue: {} for issue in QUALITY}, n_jobs=jobs, verbose=False)


def _once(work: Callable[[], object]) -> float:
    return _cost(work)[0]


def _cost(work: Callable[[], object]) -> tuple[float, float]:
    """Return seconds on the wall, and of processor time with that of child processes."""
    start, before = time.perf_counter(), sum(os.times()[:4])
    work()
    return time.perf_counter() - start, sum(os.times()[:4]) - before


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""
