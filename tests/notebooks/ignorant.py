"""Lessons without their solutions, and a model that learns nothing: what must go wrong in them."""

from __future__ import annotations

from copy import deepcopy

from dcwidgets.course.editions import learner_edition
from tests.notebooks.lesson_file import Cell, code_cells, source, tags

# For the end of the cell that starts a lesson. Lesson 08 leaves it to the library how long it
# looks for wrong labels and for what is hard. Every picture is then called a member of the first
# class, whatever the data were.
IGNORANT = """
import numpy as np
import dcwidgets.coresets, dcwidgets.training
run.seeds, run.epochs, run.steps = run.seeds[:1], 1, 1
dcw.cross_validate.__kwdefaults__["epochs"] = 1
dcwidgets.coresets.training_scores.__kwdefaults__["epochs"] = 2
dcwidgets.training.decide = lambda model, inputs: np.zeros(len(inputs), int)
"""
TOLD_TO_FAIL = "raises-exception"


def ignorant(notebook: Cell) -> Cell:
    """Return a lesson without its solutions that hardly trains, to no avail."""
    edition = learner_edition(notebook)
    start = start_cell(edition)
    start["source"] = source(start) + IGNORANT
    return edition


def to_the_end(notebook: Cell) -> Cell:
    """Return a notebook whose every cell runs, whatever was raised before."""
    whole = deepcopy(notebook)
    for cell in code_cells(whole):
        cell["metadata"]["tags"] = sorted({*tags(cell), TOLD_TO_FAIL})
    return whole


def start_cell(notebook: Cell) -> Cell:
    """Return the cell that starts the lesson."""
    return next(cell for cell in code_cells(notebook) if "dcw.lesson(" in source(cell))


def is_check(cell: Cell) -> bool:
    """Whether a cell asks what an answer is worth."""
    return source(cell).startswith("dcw.check(")
