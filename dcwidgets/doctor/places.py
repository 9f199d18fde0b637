"""The lessons, the learner's folder, and the folder of the data."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from dcwidgets.doctor.findings import Finding, reinstall
from dcwidgets.learner_folder import notebooks_dir

DRAWN = "pocket_pets"


def lessons() -> Finding:
    """Look for the notebooks that came with the package."""
    try:
        place = notebooks_dir()
    except FileNotFoundError:
        text = "this installation carries no notebooks."
        return Finding("lessons", ok=False, text=text, mend=reinstall())
    return Finding("lessons", ok=True, text=f"{len(list(place.glob('*.ipynb')))} in {place}")


def course_folder(folder: str | os.PathLike[str] = "course") -> Finding:
    """Look whether the learner's folder holds lessons and takes what a learner does.

    Parameters
    ----------
    folder : str or path, default "course"
        The folder that ``dcwidgets lab --folder`` is given; the current one where
        lessons lie in it.
    """
    place = Path() if any(Path().glob("0?_*.ipynb")) else Path(folder).expanduser()
    place = place.absolute()
    subject, elsewhere = "your folder", "dcwidgets lab --folder ~/dcwidgets-course"
    if place.exists() and not place.is_dir():
        return Finding(subject, ok=False, text=f"{place} is a file.", mend=elsewhere)
    if not place.exists():
        if _writable(place):
            return Finding(subject, ok=True, text=f"{place} is made by `dcwidgets lab`")
        text = f"{place} cannot be made: {_nearest(place)} can only be read."
        return Finding(subject, ok=False, text=text, mend=elsewhere)
    if not all(map(_writable, (place, place / "work"))):
        text = f"{place} can only be read: answers, progress and scores would be lost."
        return Finding(subject, ok=False, text=text, mend=elsewhere)
    if not (found := len(list(place.glob("0?_*.ipynb")))):
        mend = f"dcwidgets lab --folder {shlex.quote(str(place))}"
        return Finding(subject, ok=False, text=f"{place} holds no lessons.", mend=mend)
    return Finding(subject, ok=True, text=f"{found} lessons in {place}")


def data(place: Path) -> Finding:
    """Look for the drawn data, or for leave to put it there.

    Parameters
    ----------
    place : Path
        The folder of the data sets.
    """
    from dcwidgets.sources.preparation import prepared

    started = [path.parent for path in place.glob(f"{DRAWN}/*/*/dataset_info.json")]
    if any(map(prepared, started)):
        return Finding("data", ok=True, text=f"{DRAWN} in {place}")
    if not _writable(place):
        text = f"{DRAWN} is not drawn, and {_nearest(place)} can only be read."
        mend = "dcwidgets lab --data-dir ~/dcwidgets-data"
        return Finding("data", ok=False, text=text, mend=mend)
    state = "is half written" if started else "is not drawn yet"
    text = f"{DRAWN} {state} in {place}; `dcwidgets lab` draws it, in a minute."
    return Finding("data", ok=True, text=text, mend="dcwidgets prepare")


def _nearest(place: Path) -> Path:
    return next(path for path in (place, *place.parents) if path.exists())


def _writable(place: Path) -> bool:
    return os.access(_nearest(place), os.W_OK | os.X_OK)
