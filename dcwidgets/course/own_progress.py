"""One learner's progress as a table and as JSON."""

from __future__ import annotations

import json
import os
from typing import Any

import pandas as pd

from dcwidgets.course.entries import Entry, check_of, plain, when
from dcwidgets.course.handed_in import Learner, own_file, read_learners
from dcwidgets.course.lessons import Lesson, all_checks, lessons


def progress_table(place: str | os.PathLike[str] = ".") -> pd.DataFrame:
    """Return one learner's progress, one row per check.

    Parameters
    ----------
    place : str or path, default "."
        The course folder, or a progress file.

    Returns
    -------
    pandas.DataFrame
        ``lesson``, ``title``, ``opened`` (ISO 8601), ``data``, ``device``, ``check``,
        ``task``, ``passed``, ``tries``, ``at``, ``score_first``, ``score_last``.

    Raises
    ------
    FileNotFoundError
        If there is no progress file yet.
    ValueError
        If it cannot be read.
    """
    entries = read_own(place).entries
    return pd.DataFrame([_own_row(lesson, check, entries) for lesson, check in all_checks()])


def read_own(place: str | os.PathLike[str]) -> Learner:
    """Read the progress file of a course folder; errors as in `progress_table`."""
    path = own_file(place)
    if not path.exists():
        raise FileNotFoundError(
            f"There is no progress in {place}: expected {path}. It is written when a lesson starts."
        )
    learners, rejects = read_learners([path])
    if rejects:
        raise ValueError(
            f"{path} cannot be read: {rejects[0][1]}. Your next check begins a new file and "
            "keeps this one beside it."
        )
    return learners[0]


def as_json(learner: Learner) -> str:
    """Return one learner's progress as JSON, in the form of a progress file, every lesson in it."""
    rows = {lesson.id: _own_entry(lesson, learner.entries) for lesson in lessons().values()}
    return json.dumps({"format": 1, "learner": learner.name, "lessons": rows}, indent=1)


def _own_row(lesson: Lesson, check: str, entries: dict[str, Entry]) -> dict[str, Any]:
    entry = _own_entry(lesson, entries)
    score = entry.pop("score", {})
    checks = entry.pop("checks")
    return {
        "lesson": lesson.id,
        **entry,
        "check": check,
        "task": lesson.checks[check],
        **checks[check],
        **{f"score_{end}": score.get(end, float("nan")) for end in ("first", "last")},
    }


def _own_entry(lesson: Lesson, entries: dict[str, Entry]) -> Entry:
    """Return what is known of one lesson, and nothing else that the file may hold."""
    entry = entries.get(lesson.id, {})
    known: Entry = {"title": lesson.title, "opened": when(entry)}
    known |= {name: plain(entry.get(name, "")) for name in ("data", "device")}
    known["checks"] = {name: _own_check(entry, name) for name in lesson.checks}
    score = entry.get("score", {})
    if score:
        known["score"] = {end: score[end] for end in ("first", "last") if end in score}
    return known


def _own_check(entry: Entry, name: str) -> Entry:
    found = entry.get("checks", {}).get(name, {})
    passed, tries = check_of({"": entry}, "", name)
    return {"passed": passed, "tries": tries, "at": plain(found.get("at", ""))}
