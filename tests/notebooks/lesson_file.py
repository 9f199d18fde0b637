"""A lesson as it lies on disk, taken apart into cells, headings, prose and tags."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

Cell = dict[str, Any]  # one cell of a notebook file, as nbformat 4.5 defines it

WORD = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")


def source(cell: Cell) -> str:
    """The text of a cell."""
    return "".join(cell["source"])


def tags(cell: Cell) -> list[str]:
    """The tags of a cell."""
    found: list[str] = cell["metadata"].get("tags", [])
    return found


def code_cells(notebook: Cell) -> list[Cell]:
    """The code cells of a notebook, in order."""
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def lines(cell: Cell) -> int:
    """The number of lines of a cell."""
    return len(source(cell).splitlines())


def headings(cell: Cell, level: int) -> list[str]:
    """The headings of one level, in order; none in code."""
    if cell["cell_type"] != "markdown":
        return []
    return re.findall(rf"^{'#' * level} (.+)$", source(cell), re.MULTILINE)


def prose(cell: Cell) -> str:
    """Markdown without code, tags and the targets of links."""
    text = re.sub(r"```.*?```|`[^`]*`|<[^>]+>", " ", source(cell), flags=re.DOTALL)
    return re.sub(r"\]\([^)]*\)", "]", text)


def words(cell: Cell) -> int:
    """The number of words of prose."""
    return len(WORD.findall(prose(cell)))


@dataclass(frozen=True)
class Lesson:
    """A notebook as it lies on disk."""

    name: str
    raw: str

    @property
    def notebook(self) -> Cell:
        """The parsed file."""
        parsed: Cell = json.loads(self.raw)
        return parsed

    @property
    def cells(self) -> list[Cell]:
        """All cells, in order."""
        cells: list[Cell] = self.notebook["cells"]
        return cells

    @property
    def number(self) -> str:
        """The two digits that the file's name starts with."""
        return self.name[:2]

    def of(self, kind: str) -> list[Cell]:
        """Cells of one kind, ``"code"`` or ``"markdown"``."""
        return [cell for cell in self.cells if cell["cell_type"] == kind]

    def section(self, title: str) -> list[Cell]:
        """Cells from one H2 to the next."""
        current, found = "", []
        for cell in self.cells:
            current = next(iter(headings(cell, 2)), current)
            if current == title:
                found.append(cell)
        return found
