"""The list of lessons, which the course panel reads too."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LIST = Path(__file__).with_name("lessons.json")


@dataclass(frozen=True)
class Lesson:
    """One lesson as the list describes it.

    Attributes
    ----------
    id : str
        Two digits, such as ``"02"``.
    title : str
        Such as ``"Curation"``.
    notebook : str
        File name of its notebook.
    minutes : int
        What a learner needs, reading and exercises included.
    state : str
        ``"raw"``, or the name of the start state in ``states/``.
    checks : dict of str to str
        Names of its checks, in order, to their titles.
    """

    id: str
    title: str
    notebook: str
    minutes: int
    state: str
    checks: dict[str, str]


@cache
def lessons() -> dict[str, Lesson]:
    """Return the lessons by id, in order."""
    entries = json.loads(LIST.read_text(encoding="utf-8"))["lessons"]
    return {entry["id"]: _read(entry) for entry in entries}


def all_checks() -> list[tuple[Lesson, str]]:
    """Return every check of the course, in order, with its lesson."""
    return [(lesson, check) for lesson in lessons().values() for check in lesson.checks]


def find_lesson(number: str) -> Lesson:
    """Return one lesson.

    Raises
    ------
    ValueError
        If there is no lesson of this number.
    """
    found = lessons().get(str(number).zfill(2))
    if found is None:
        known = ", ".join(f"{lesson.id} {lesson.title}" for lesson in lessons().values())
        raise ValueError(f"There is no lesson {number!r}. Lessons are: {known}.")
    return found


def _read(entry: dict[str, object]) -> Lesson:
    checks = entry["checks"]
    assert isinstance(checks, list)
    return Lesson(
        id=str(entry["id"]),
        title=str(entry["title"]),
        notebook=str(entry["notebook"]),
        minutes=int(str(entry["minutes"])),
        state=str(entry["state"]),
        checks={check["name"]: check["title"] for check in checks},
    )
