"""What a teacher should know of each lesson: minutes, breaks, points, common wrong answers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

NOTES = Path(__file__).with_name("teaching.json")
# What stands above the first H2: title, aims, the cells that start the lesson.
START = "Start"


@dataclass(frozen=True)
class Section:
    """One part of a lesson: its H2, its minutes, a hint for the teacher or nothing."""

    heading: str
    minutes: int
    note: str


@dataclass(frozen=True)
class WrongAnswer:
    """A wrong answer as learners write it, words of what the check says, what to ask then."""

    code: str
    says: str
    ask: str


@dataclass(frozen=True)
class Graded:
    """A check as teachers see it."""

    points: int
    wrong_answers: tuple[WrongAnswer, ...]


@dataclass(frozen=True)
class Teaching:
    """Notes on one lesson.

    Attributes
    ----------
    sections : tuple of Section
        In order, the first one `START`.
    break_after : int
        Minutes of break after the lesson.
    checks : dict of str to Graded
        By name.
    """

    sections: tuple[Section, ...]
    break_after: int
    checks: dict[str, Graded]


@cache
def teaching() -> dict[str, Teaching]:
    """Return the notes by lesson id."""
    entries = json.loads(NOTES.read_text(encoding="utf-8"))["lessons"]
    return {id_: _read(entry) for id_, entry in entries.items()}


def _read(entry: dict[str, Any]) -> Teaching:
    sections = (
        Section(each["heading"], each["minutes"], each.get("note", ""))
        for each in entry["sections"]
    )
    checks = {name: _graded(check) for name, check in entry["checks"].items()}
    return Teaching(tuple(sections), entry["break_after"], checks)


def _graded(check: dict[str, Any]) -> Graded:
    answers = (
        WrongAnswer("\n".join(each["code"]), each["says"], each["ask"])
        for each in check["wrong_answers"]
    )
    return Graded(check["points"], tuple(answers))
