"""The folder of all editions, written whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dcwidgets._version import __version__
from dcwidgets.course.editions import Cell, instructor_edition, learner_edition
from dcwidgets.course.grading import grading_edition
from dcwidgets.course.lessons import LIST, lessons
from dcwidgets.course.teaching import Teaching, teaching

PLAN = "PLAN.md"

Cut = Callable[[Cell, Teaching], Cell]
EDITIONS: dict[str, Cut] = {
    "learner": lambda notebook, _: learner_edition(notebook),
    "instructor": instructor_edition,
    "grading": grading_edition,
}


@dataclass(frozen=True)
class WrittenEditions:
    """Where editions lie, and where what was there before went, if anything was.

    Attributes
    ----------
    folder : Path
        Holds ``learner``, ``instructor`` and ``grading``.
    kept : Path or None
        What was there before.
    """

    folder: Path
    kept: Path | None


def write_editions(to: str | os.PathLike[str], *, force: bool = False) -> WrittenEditions:
    """Write the lessons for learners, for teachers and for grading.

    Parameters
    ----------
    to : str or path
        The folder; it must not be there yet, or be empty.
    force : bool, default False
        Put what is there aside under a new name, ``NAME.kept-1``.

    Returns
    -------
    WrittenEditions

    Raises
    ------
    FileExistsError
        If something is there, and ``force`` is False.
    ValueError
        If ``to`` is the current folder or one above it.
    OSError
        If it cannot be written; what was there is then as it was.
    """
    folder = Path(os.path.abspath(Path(to).expanduser()))  # noqa: PTH100 - ".." has to go
    if Path.cwd().is_relative_to(folder):
        raise ValueError(f"You are in {folder}. Name a folder of its own for the editions.")
    if _is_taken(folder) and not force:
        raise FileExistsError(
            f"{folder} is there already. Name another folder, or add --force (force=True), "
            "which puts it aside under a new name."
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        _fill(new)
        return WrittenEditions(folder, _put(new, folder))
    finally:
        shutil.rmtree(new, ignore_errors=True)


def plan() -> str:
    """Return the timetable of all lessons, breaks included, as Markdown."""
    rows, clock = [], 0
    for lesson in lessons().values():
        notes = teaching()[lesson.id]
        points = sum(check.points for check in notes.checks.values())
        end = clock + lesson.minutes
        rows.append(
            f"| {lesson.id} {lesson.title} | {_clock(clock)} | {_clock(end)} | "
            f"{notes.break_after or '-'} | {', '.join(lesson.checks)} | {points} |"
        )
        clock = end + notes.break_after
    return _PLAN.format(rows="\n".join(rows))


_PLAN = """# The course in a day

Hours and minutes from the start. Break up the day where you like: every lesson starts from its
own state, and none needs another one to have been run.

| lesson | from | to | break (min) | check | points |
| --- | --- | --- | --- | --- | --- |
{rows}

The notebooks beside this page hold the minutes of each section, hints, common wrong answers with
what the check says to them and what to ask then, and the solutions.
"""


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"


def _fill(folder: Path) -> None:
    from dcwidgets.learner_folder import EDITION, notebooks_dir

    for edition in EDITIONS:
        place = folder / edition
        (place / "work").mkdir(parents=True)
        for path in sorted(notebooks_dir().glob("*.ipynb")):
            _write_text(place / path.name, cut_text(path, edition))
        shutil.copyfile(notebooks_dir() / "LICENSE", place / "LICENSE")
        shutil.copyfile(LIST, place / "work" / "course.json")  # the panel reads it before a kernel
        said = {"edition": edition, "version": __version__}
        _write_text(place / "work" / EDITION, json.dumps(said) + "\n")
    _write_text(folder / "instructor" / PLAN, plan())
    folder.chmod(0o755)  # temporary folders are private by default


def cut_text(path: Path, edition: str) -> str:
    """Return an edition of a published notebook, as Jupyter writes notebooks."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cut = EDITIONS[edition](notebook, teaching()[path.name[:2]])
    return json.dumps(cut, indent=1, ensure_ascii=False) + "\n"


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _is_taken(folder: Path) -> bool:
    if folder.is_dir() and not folder.is_symlink():
        return any(folder.iterdir())
    return os.path.lexists(folder)


def _put(new: Path, folder: Path) -> Path | None:
    """Move the new folder into place; return where what was there went."""
    if not _is_taken(folder):
        new.replace(folder)  # also where an empty folder is
        return None
    aside = _free_name(folder)
    folder.rename(aside)
    try:
        new.replace(folder)
    except OSError:
        aside.rename(folder)
        raise
    return aside


def _free_name(folder: Path) -> Path:
    number = 1
    while os.path.lexists(aside := folder.with_name(f"{folder.name}.kept-{number}")):
        number += 1
    return aside
