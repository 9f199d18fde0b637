"""The edition of a lesson that nbgrader grades, and the cut between stub and solution."""

from __future__ import annotations

import ast
import copy
import re
from typing import Any

from dcwidgets.course.editions import Cell, headings, source, tags
from dcwidgets.course.teaching import Teaching

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
# Of nbgrader's metadata; version 3 is what nbgrader 0.6 to 0.9 read and write.
SCHEMA = 3
_CHECK = re.compile(r'dcw\.check\("(?P<name>[^"]+)", (?P<answer>\w+)\)')


def grading_edition(notebook: Cell, notes: Teaching) -> Cell:
    """Return a notebook as nbgrader's ``source`` folder wants it.

    Parameters
    ----------
    notebook : dict
        A lesson as its file holds it.
    notes : Teaching
        Says how many points each check is worth.

    Returns
    -------
    dict
        A copy. The stub's cell holds the solution between nbgrader's marks; the check after
        it is graded, cannot be edited and raises where the answer is wrong; the task and the
        cell that starts the lesson are read-only.

    Raises
    ------
    ValueError
        If the notebook has not one stub, one solution and one check after it.
    """
    edition = copy.deepcopy(notebook)
    stub, solution = (_only(edition, tag) for tag in ("exercise", "solution"))
    check = _last_check(edition)
    stub["source"] = with_cut(source(stub), source(solution))
    _describe(stub, solution=True)
    _grade(check, notes)
    for cell in edition["cells"]:
        if _is_given(cell):
            _describe(cell, locked=True)
    edition["cells"] = [cell for cell in edition["cells"] if not _is_left_out(cell)]
    return edition


def with_cut(stub: str, solution: str) -> str:
    """Return the stub with its answer replaced by the solution, between nbgrader's marks.

    The answer is the stub's last statement, or the body of that statement where stub and
    solution define the same function. What stands before it stays as it is.

    Raises
    ------
    ValueError
        If stub or solution is no Python.
    """
    try:
        asked, solved = ast.parse(stub).body[-1], ast.parse(solution).body[-1]
    except (SyntaxError, IndexError):
        raise ValueError("Stub and solution must be Python that holds a statement.") from None
    opening = _opening(asked, stub)
    inside = opening is not None and opening == _opening(solved, solution)
    kept = stub.splitlines()[: _line(asked, inside=inside) - 1]
    answer = solution.splitlines()
    if inside:
        answer = answer[_line(solved, inside=True) - 1 :]
    margin = answer[0][: len(answer[0]) - len(answer[0].lstrip())]
    return "\n".join([*kept, margin + BEGIN, *answer, margin + END])


def outside_the_cut(text: str) -> list[str]:
    """Return the lines of a cell that do not belong to the solution."""
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    return [*before.rstrip(" ").splitlines(), *after.splitlines()[1:]]


def _opening(statement: ast.stmt, text: str) -> list[str] | None:
    """Return the lines of a function up to its body; None for any other statement."""
    if not isinstance(statement, ast.FunctionDef):
        return None
    return text.splitlines()[statement.lineno - 1 : statement.body[0].lineno - 1]


def _line(statement: ast.stmt, *, inside: bool) -> int:
    if inside and isinstance(statement, ast.FunctionDef):
        return statement.body[0].lineno
    return statement.lineno


def _only(notebook: Cell, tag: str) -> Cell:
    found = [cell for cell in notebook["cells"] if tag in tags(cell)]
    if len(found) != 1:
        raise ValueError(f"Expected one cell tagged {tag!r}, found {len(found)}.")
    return found[0]


def _last_check(notebook: Cell) -> Cell:
    found = [cell for cell in notebook["cells"] if _CHECK.fullmatch(source(cell))]
    if not found or "raises-exception" in tags(found[-1]):
        raise ValueError("Expected a cell with dcw.check(NAME, ANSWER) after the solution.")
    return found[-1]


def _grade(cell: Cell, notes: Teaching) -> None:
    match = _CHECK.fullmatch(source(cell))
    assert match is not None
    name, answer = match["name"], match["answer"]
    cell["source"] = f'dcw.check("{name}", {answer}, strict=True)'
    _describe(cell, grade=True, locked=True, points=notes.checks[name].points)


def _is_given(cell: Cell) -> bool:
    starts = cell["cell_type"] == "code" and "dcw.lesson(" in source(cell)
    return starts or "Exercise" in headings(cell)


def _is_left_out(cell: Cell) -> bool:
    """Tell whether a cell is the solution, or the check of the stub before it."""
    first_try = "raises-exception" in tags(cell) and _CHECK.fullmatch(source(cell)) is not None
    return "solution" in tags(cell) or first_try


def _describe(cell: Cell, **said: Any) -> None:
    cell["metadata"]["nbgrader"] = {
        "grade": False,
        "grade_id": cell["id"],
        "locked": False,
        "schema_version": SCHEMA,
        "solution": False,
        "task": False,
        **said,
    }
    if said.get("locked"):
        cell["metadata"] |= {"deletable": False, "editable": False}
