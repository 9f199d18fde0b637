"""Editions are cut from the published notebook, which stays as it is."""

import copy
from typing import Any

import pytest

from dcwidgets.course.editions import learner_edition


def notebook(*tags: list[str]) -> dict[str, Any]:
    cells = [
        {"cell_type": "code", "source": f"x = {number}", "metadata": {"tags": own} if own else {}}
        for number, own in enumerate(tags)
    ]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def test_solutions_are_cut_and_everything_else_stays() -> None:
    published = notebook([], ["exercise"], ["solution"], ["raises-exception"])
    before = copy.deepcopy(published)
    cut = learner_edition(published)

    assert [cell["source"] for cell in cut["cells"]] == ["x = 0", "x = 1", "x = 3"]
    assert published == before


def test_a_notebook_without_a_solution_is_refused() -> None:
    with pytest.raises(ValueError, match="No cell of this notebook is tagged 'solution'"):
        learner_edition(notebook([], ["exercise"]))
