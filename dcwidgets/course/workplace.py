"""Where a lesson writes: beside its notebook, or elsewhere where that cannot be written to."""

from __future__ import annotations

import os
import tempfile
import warnings
from pathlib import Path


def work_folder() -> Path:
    """Return the folder ``work`` of the current one, made if need be.

    Where it cannot be written to, the kernel moves to a temporary folder, so that every cell
    that saves under ``work`` runs; a warning says so, and where that is.
    """
    work = Path("work").absolute()
    problem = _problem(work)
    if problem is None:
        return work
    place = Path(tempfile.mkdtemp(prefix="dcwidgets-"))
    os.chdir(place)
    warnings.warn(
        f"{work} cannot be written to ({problem}). The lesson works in {place} instead, and what "
        "it saves there may be gone tomorrow, your progress too. Copy the course to a folder of "
        "your own to keep it.",
        stacklevel=3,
    )
    return place / "work"


def _problem(work: Path) -> OSError | None:
    try:
        work.mkdir(exist_ok=True)
        with tempfile.TemporaryFile(dir=work):
            return None
    except OSError as error:
        return error
