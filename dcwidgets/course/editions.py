"""Editions of a lesson, all cut from the published notebook: learner's and instructor's."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

from dcwidgets.course.teaching import START, Graded, Section, Teaching

Cell = dict[str, Any]  # notebooks and their cells, as nbformat 4.5 defines them

NOTE = "instructor"


def learner_edition(notebook: Cell) -> Cell:
    """Return a notebook without its solutions.

    Parameters
    ----------
    notebook : dict
        A lesson as its file holds it.

    Returns
    -------
    dict
        A copy without the cells tagged ``solution``; everything else stays as it is.

    Raises
    ------
    ValueError
        If no cell is tagged ``solution``: then this is no lesson, or it was cut before.
    """
    edition = copy.deepcopy(notebook)
    edition["cells"] = [cell for cell in edition["cells"] if "solution" not in tags(cell)]
    if len(edition["cells"]) == len(notebook["cells"]):
        raise ValueError(
            "No cell of this notebook is tagged 'solution'. Give the notebook of a lesson "
            "as it is published, not a learner's edition."
        )
    return edition


def instructor_edition(notebook: Cell, notes: Teaching) -> Cell:
    """Return a notebook with its solutions open and notes for the teacher between its cells.

    Parameters
    ----------
    notebook : dict
        A lesson as its file holds it.
    notes : Teaching
        What to say in the notes.

    Returns
    -------
    dict
        A copy. Its code cells are the published ones; notes are Markdown cells tagged
        ``instructor``: minutes and a hint under each heading, common wrong answers above
        the solution, the break at the end.
    """
    edition = copy.deepcopy(notebook)
    minutes = _minutes(notes)
    texts: list[Cell | str] = []
    for cell in edition["cells"]:
        if "solution" in tags(cell):
            texts += map(_wrong_answers, notes.checks.values())
            _open(cell)
        texts += [cell, *(minutes[name] for name in headings(cell) if name in minutes)]
    if notes.break_after:
        texts.append(f"Teacher · **Break** · {notes.break_after} min")
    edition["cells"] = [
        _note(number, text) if isinstance(text, str) else text for number, text in enumerate(texts)
    ]
    return edition


def tags(cell: Cell) -> list[str]:
    """Return the tags of a cell."""
    return list(cell["metadata"].get("tags", []))


def source(cell: Cell) -> str:
    """Return the text of a cell, which a file may hold as lines."""
    return "".join(cell["source"])


def headings(cell: Cell) -> Iterator[str]:
    """Yield the sections that begin in a cell: `START` for the title, else the words of an H2."""
    if cell["cell_type"] != "markdown":
        return
    for level, words in re.findall(r"^(##?) (.+)$", source(cell), re.MULTILINE):
        yield START if level == "#" else words


def _note(number: int, text: str) -> Cell:
    """Return a note for the teacher, set apart as a quotation."""
    quoted = "\n".join(f"> {line}".rstrip() for line in text.split("\n"))
    return {
        "cell_type": "markdown",
        "id": f"{NOTE}-{number}",
        "metadata": {"tags": [NOTE]},
        "source": quoted,
    }


def _minutes(notes: Teaching) -> dict[str, str]:
    said, passed = {}, 0
    for section in notes.sections:
        said[section.heading] = _time(section, passed)
        passed += section.minutes
    return said


def _time(section: Section, start: int) -> str:
    time = f"Teacher · **{section.minutes} min** · minute {start} to {start + section.minutes}"
    return f"{time}\n\n{section.note}" if section.note else time


def _wrong_answers(check: Graded) -> str:
    parts = [f"Teacher · **Common wrong answers** · {check.points} points"]
    for number, each in enumerate(check.wrong_answers, 1):
        parts.append(f"{number}. The check says: *… {each.says} …*")
        parts.append(f"```python\n{each.code}\n```")
        parts.append(f"Ask: {each.ask}")
    return "\n\n".join(parts)


def _open(cell: Cell) -> None:
    """Show the source of a solution."""
    jupyter = cell["metadata"].get("jupyter", {})
    jupyter.pop("source_hidden", None)
    if not jupyter:
        cell["metadata"].pop("jupyter", None)
