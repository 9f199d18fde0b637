"""Progress files as learners hand them in: found, named, and read without trusting them."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dcwidgets.course.entries import Entry, parse, plain, read_file

NAME = "progress.json"


@dataclass(frozen=True)
class Learner:
    """One learner's file, read.

    Attributes
    ----------
    name : str
        What tells the file from the others: the part of its path that differs.
    path : Path
        The file.
    entries : dict
        By lesson id, as `Progress` writes them.
    """

    name: str
    path: Path
    entries: dict[str, Entry]


def read_learners(
    paths: Iterable[str | os.PathLike[str]],
) -> tuple[list[Learner], list[tuple[str, str]]]:
    """Read every file, and every ``progress.json`` in every folder.

    Returns
    -------
    learners : list of Learner
        In the order of the paths.
    rejects : list of (path, reason)
        What could not be read.
    """
    files: dict[Path, Path] = {}
    rejects: list[tuple[str, str]] = []
    for given in map(Path, paths):
        for path in _found(given):
            first = files.setdefault(path.resolve(), path)
            if first is not path:
                rejects.append((plain(path), f"it is the same file as {plain(first)}"))
        if given.is_dir() and not any(_found(given)):
            rejects.append((plain(given), f"no {NAME} lies in this folder"))
    kept = list(files.values())
    learners = []
    for name, path in zip(names(kept), kept, strict=True):
        try:
            learners.append(Learner(name, path, parse(read_file(path))["lessons"]))
        except (OSError, ValueError) as error:
            rejects.append((plain(path), _reason(error)))
    return learners, rejects


def own_file(place: str | os.PathLike[str]) -> Path:
    """Return the progress file that a path means: itself, or the one of a course folder."""
    path = Path(place)
    if path.is_dir():
        work = path / "work" / NAME
        return work if work.exists() or not (path / NAME).exists() else path / NAME
    return path


def names(paths: Sequence[Path]) -> list[str]:
    """Return for each path what tells it from the others; for one alone, its folder's name."""
    parts = [list(path.absolute().parts) for path in paths]
    if len(parts) == 1:
        return [plain(_folder_or_stem(paths[0].absolute()))]
    start = _alike(parts)
    own = [each[start:] for each in parts]
    end = _alike([each[::-1] for each in own])
    middle = [each[: len(each) - end] for each in own]
    if not all(middle):  # one path is the end of another
        middle = own
    short = [plain("/".join(each).removesuffix(".json")) for each in middle]
    if max(Counter(short).values(), default=1) > 1:
        return [plain(path) for path in paths]
    return short


def _alike(rows: Sequence[Sequence[str]]) -> int:
    """Return how many first parts all rows share."""
    columns = enumerate(zip(*rows, strict=False))
    shortest = min(map(len, rows), default=0)
    return next((n for n, column in columns if len(set(column)) > 1), shortest)


def _folder_or_stem(path: Path) -> str:
    if path.name != NAME:
        return path.stem
    folder = path.parent.parent if path.parent.name == "work" else path.parent
    return folder.name or "learner"


def _found(given: Path) -> Iterator[Path]:
    if not given.is_dir():
        yield given
        return
    for folder, below, files in os.walk(given):  # links to folders are not followed
        below.sort()
        if NAME in files:
            yield Path(folder, NAME)


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    return plain(error.strerror or error) if isinstance(error, OSError) else str(error)
