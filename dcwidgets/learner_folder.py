"""The learner's folder: notebooks to work in, pristine copies beside them, never over work."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).parent
# In a work folder: says that the lessons in front of the learner are an edition.
EDITION = "edition.json"


@dataclass(frozen=True)
class LaidOut:
    """What laying out a folder did.

    Attributes
    ----------
    folder : Path
        The learner's folder, absolute.
    added : list of str
        Notebooks that were not there before.
    kept : list of str
        Notebooks that were there and are the learner's: not touched.
    """

    folder: Path
    added: list[str]
    kept: list[str]


def lay_out(folder: str | os.PathLike[str]) -> LaidOut:
    """Put the course's notebooks into a folder, leaving every file that is there alone.

    Pristine copies go to ``work/originals`` and the lesson list to ``work/course.json``;
    these two belong to the package and follow its version.

    Parameters
    ----------
    folder : str or path
        Made if it does not exist.

    Returns
    -------
    LaidOut

    Raises
    ------
    FileNotFoundError
        If this installation carries no notebooks.
    NotADirectoryError
        If ``folder`` is a file.
    OSError
        If the folder cannot be written to.
    """
    place = Path(folder).expanduser().absolute()
    if place.exists() and not place.is_dir():
        raise NotADirectoryError(f"The course needs a folder, and {place} is a file. Name another.")
    keep_originals(place / "work")
    originals = place / "work" / "originals"
    names = [path.name for path in sorted(notebooks_dir().glob("*.ipynb"))]
    names = [name for name in names if (originals / name).is_file()]
    # lexists: a broken link is the learner's too.
    added = [name for name in names if not os.path.lexists(place / name)]
    for name in added:
        _write(place / name, (originals / name).read_bytes())
    return LaidOut(place, added, [name for name in names if name not in added])


def keep_originals(work: Path) -> None:
    """Put pristine notebooks and the lesson list into a work folder, made if need be.

    In an edition the originals are of that edition, so that a learner's have no solutions
    either; in one for grading there are none, because the teacher hands out the notebooks.

    Raises
    ------
    FileNotFoundError
        If this installation carries no notebooks.
    OSError
        If the folder cannot be written to.
    """
    source = notebooks_dir()
    originals = work / "originals"
    originals.mkdir(parents=True, exist_ok=True)
    edition = _edition(work)
    for path in sorted(source.iterdir()):
        if path.is_file() and edition != "grading":
            _write(originals / path.name, _content(path, edition))
    _write(work / "course.json", (PACKAGE / "course" / "lessons.json").read_bytes())


def notebooks_dir() -> Path:
    """Return the folder of the notebooks that came with this installation.

    Raises
    ------
    FileNotFoundError
        If there are none.
    """
    # In a wheel they lie inside the package, in a checkout beside it.
    for place in (PACKAGE / "course" / "notebooks", PACKAGE.parent / "notebooks"):
        if any(place.glob("*.ipynb")):
            return place
    raise FileNotFoundError(
        "This installation of dcwidgets carries no notebooks. "
        "Install it again: pip install --force-reinstall dcwidgets"
    )


def _edition(work: Path) -> str:
    """Return the edition that a work folder belongs to; empty for the course as published."""
    try:
        said = json.loads((work / EDITION).read_bytes())
    except (OSError, ValueError, RecursionError):
        return ""
    return str(said.get("edition", "")) if isinstance(said, dict) else ""


def _content(path: Path, edition: str) -> bytes:
    if edition not in ("learner", "instructor") or path.suffix != ".ipynb":
        return path.read_bytes()
    from dcwidgets.course.edition_folder import cut_text

    return cut_text(path, edition).encode()


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; a file that is right already keeps its date."""
    if path.is_file() and path.read_bytes() == content:
        return
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as new:
        new.write(content)
    temporary = Path(new.name)
    temporary.chmod(0o644)  # temporary files are private by default
    temporary.replace(path)
