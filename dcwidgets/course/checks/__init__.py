"""Checks: what a learner hands in, looked at, and answered with one sentence.

A lesson's checks stand in ``lesson_NN.py`` beside this file, their names and titles in
``lessons.json``. A check says what is wrong without giving the solution away::

    @register("02-leaks")
    def _(answer, run):
        if not set(answer) <= set(run.images.table.index):
            return "Some of these ids are not in run.images: take ids from its table."
        return None
"""

from __future__ import annotations

import difflib
import html
import importlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from dcwidgets.course.lessons import lessons
from dcwidgets.course.run import current_run

if TYPE_CHECKING:
    from dcwidgets.course.run import Run

# Answers are whatever a task asks for: ids, a table, a recipe, a number.
Checker = Callable[[Any, "Run"], "str | None"]

_checkers: dict[str, Checker] = {}


def register(name: str) -> Callable[[Checker], Checker]:
    """Make a function the check of this name.

    Parameters
    ----------
    name : str
        As in ``lessons.json``, which also holds its title: ``"02-leaks"``.

    Returns
    -------
    callable
        Decorator of a function that takes the answer and the `Run`, and returns what is
        wrong in one sentence, or None.

    Raises
    ------
    ValueError
        If the lesson list does not name the check.
    """
    _title(name)

    def keep(checker: Checker) -> Checker:
        _checkers[name] = checker
        return checker

    return keep


def check(name: str, answer: Any, *, strict: bool | None = None) -> None:
    """Look at an answer, show what came of it, and note it in the learner's progress.

    Parameters
    ----------
    name : str
        Name of the check, as the task gives it: ``"02-leaks"``.
    answer : any
        What the task asks for.
    strict : bool, optional
        Raise where the answer is wrong, as grading needs it. Without it the environment
        variable ``DCW_STRICT`` decides: 1 is True.

    Raises
    ------
    ValueError
        If there is no check of this name.
    RuntimeError
        If the lesson was not started in this kernel.
    AssertionError
        If the answer is wrong and ``strict``.
    """
    title = _title(name)
    run = current_run(name[:2])
    wrong = _look(name, answer, run)
    run.progress.check(run.lesson.id, name, passed=wrong is None)
    _show(Verdict(title, wrong))
    if strict is None:
        strict = os.environ.get("DCW_STRICT") == "1"
    if wrong is not None and strict:
        raise AssertionError(f"{name}: {wrong}")


def registered(lesson: str) -> dict[str, Checker]:
    """Return the checks of a lesson by name, its module loaded."""
    module = f"{__name__}.lesson_{lesson}"
    if find_spec(module):
        importlib.import_module(module)
    return {name: checker for name, checker in _checkers.items() if name[:2] == lesson}


@dataclass(frozen=True)
class Verdict:
    """What came of a check, as text and as a small piece of HTML.

    Attributes
    ----------
    title : str
        What was checked.
    wrong : str or None
        What is wrong; None where nothing is.
    """

    title: str
    wrong: str | None

    def __repr__(self) -> str:
        if self.wrong is None:
            return f"✓ Passed: {self.title}"
        return f"✗ Not yet: {self.title}\n{self.wrong}"

    def _repr_html_(self) -> str:
        passed = self.wrong is None
        colour = "--jp-success-color1, #2e7d32" if passed else "--jp-error-color1, #c62828"
        words = f"{'✓ Passed' if passed else '✗ Not yet'}: {html.escape(self.title)}"
        more = "" if passed else f"<div>{html.escape(self.wrong or '')}</div>"
        return (
            f'<div class="dcw-check" style="border-left: 4px solid var({colour}); '
            f'padding: 4px 12px"><strong>{words}</strong>{more}</div>'
        )


def _title(name: str) -> str:
    titles = {each: title for lesson in lessons().values() for each, title in lesson.checks.items()}
    if name not in titles:
        near = difflib.get_close_matches(str(name), titles, n=1, cutoff=0.4)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"There is no check {name!r}.{hint} Checks are: {', '.join(titles)}.")
    return titles[name]


def _look(name: str, answer: Any, run: Run) -> str | None:
    checker = registered(run.lesson.id)[name]
    try:
        return checker(answer, run)
    except Exception as error:  # noqa: BLE001 - an answer of any shape must not end in a traceback
        return (
            f"This answer cannot be read ({type(error).__name__}: {error}). "
            "Look at what the task asks for: its type, its columns, its ids."
        )


def _show(verdict: Verdict) -> None:
    from IPython import get_ipython

    if get_ipython() is None:
        print(verdict)
        return
    from IPython.display import display

    display(verdict)  # type: ignore[no-untyped-call]
