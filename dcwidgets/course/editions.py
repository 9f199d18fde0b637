"""Editions of a lesson: what a learner gets is what is published, less the solutions."""

from __future__ import annotations

import copy
from typing import Any

Cell = dict[str, Any]  # notebooks and their cells, as nbformat 4.5 defines them


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
    edition["cells"] = [cell for cell in edition["cells"] if "solution" not in _tags(cell)]
    if len(edition["cells"]) == len(notebook["cells"]):
        raise ValueError(
            "No cell of this notebook is tagged 'solution'. Give the notebook of a lesson "
            "as it is published, not a learner's edition."
        )
    return edition


def _tags(cell: Cell) -> list[str]:
    return list(cell["metadata"].get("tags", []))
