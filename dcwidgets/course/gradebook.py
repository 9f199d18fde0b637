"""Progress of a class as tables, which show the hard checks."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from dcwidgets.course.entries import check_of, plain, when
from dcwidgets.course.handed_in import Learner, read_learners
from dcwidgets.course.lessons import Lesson, all_checks, lessons
from dcwidgets.course.plain_tables import records, write_csv
from dcwidgets.intervals import wilson

_TABLES = ("checks", "learners", "rejects")


@dataclass(frozen=True)
class ClassTable:
    """How a class fared, made by `class_table`.

    Attributes
    ----------
    checks : pandas.DataFrame
        One row per check, in the order of the course: ``lesson``, ``check``, ``title``,
        ``learners`` (files read), ``tried``, ``never_tried``, ``passed``, ``share`` (of all
        learners who passed), ``share_of_tried`` with its 95 % interval ``low`` to ``high``,
        ``median_tries`` (of those who tried). Shares lie between 0 and 1.
    learners : pandas.DataFrame
        One row per file: ``learner``, ``lessons_opened``, ``passed``, ``tries``,
        ``score_first``, ``score_last`` (accuracy, 0 to 1), ``last_opened``, ``file``.
    rejects : pandas.DataFrame
        ``path`` and ``reason`` of every file that could not be read.
    """

    checks: pd.DataFrame = field(repr=False)
    learners: pd.DataFrame = field(repr=False)
    rejects: pd.DataFrame = field(repr=False)

    def hardest(self, n: int = 3) -> pd.DataFrame:
        """Return the checks at which most of those who tried were stopped, hardest first.

        Parameters
        ----------
        n : int, default 3
            How many at most; checks that all passed at once are not among them.

        Returns
        -------
        pandas.DataFrame
            Rows of ``checks``.
        """
        tried = self.checks[self.checks["tried"] > 0]
        hard = tried[(tried["share_of_tried"] < 1) | (tried["median_tries"] > 1)]
        order = hard.sort_values(
            ["share_of_tried", "median_tries"], ascending=[True, False], kind="stable"
        )
        return order.head(n)

    def to_csv(self, path: str | os.PathLike[str], table: str = "checks") -> Path:
        """Write one of the tables as CSV, with nothing in it that a spreadsheet would run.

        Parameters
        ----------
        path : str or path
            The file; written whole or not at all.
        table : {"checks", "learners", "rejects"}, default "checks"
            Which one.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        ValueError
            If there is no such table.
        """
        if table not in _TABLES:
            raise ValueError(f"table must be one of {', '.join(_TABLES)}, got {table!r}.")
        return write_csv(getattr(self, table), path)

    def to_json(self) -> str:
        """Return all three tables as JSON; what is missing is null."""
        return json.dumps({name: records(getattr(self, name)) for name in _TABLES}, indent=1)

    def __repr__(self) -> str:
        return f"ClassTable (learners: {len(self.learners)}, files left out: {len(self.rejects)})"

    def _repr_html_(self) -> str:
        shown = self.checks.drop(columns=["lesson", "learners"])
        return f"<p>{self!r}</p>{shown.to_html(index=False, float_format='{:.2f}'.format)}"


def class_table(paths: Iterable[str | os.PathLike[str]]) -> ClassTable:
    """Merge learners' progress files, and show which checks are hard.

    Parameters
    ----------
    paths : iterable of str or path
        Progress files, what `dcwidgets progress --json` wrote, or folders in which every
        ``progress.json`` is taken. Links are not followed.

    Returns
    -------
    ClassTable
        Files that cannot be read stand in its ``rejects`` and stop nothing. Checks that
        the lesson list does not know are not counted.

    Examples
    --------
    >>> class_table([])
    ClassTable (learners: 0, files left out: 0)
    """
    learners, rejects = read_learners(paths)
    rows = [_check_row(lesson, check, learners) for lesson, check in all_checks()]
    return ClassTable(
        checks=pd.DataFrame(rows),
        learners=pd.DataFrame([_learner_row(each) for each in learners], columns=_LEARNER),
        rejects=pd.DataFrame(rejects, columns=["path", "reason"]),
    )


_LEARNER = [
    *("learner", "lessons_opened", "passed", "tries"),
    *("score_first", "score_last", "last_opened", "file"),
]


def _check_row(lesson: Lesson, check: str, learners: list[Learner]) -> dict[str, Any]:
    found = [check_of(each.entries, lesson.id, check) for each in learners]
    tries = [n for _, n in found if n > 0]
    passed, n = sum(done for done, _ in found), len(found)
    low, high = wilson(passed, len(tries))
    return {
        "lesson": lesson.id,
        "check": check,
        "title": lesson.checks[check],
        "learners": n,
        "tried": len(tries),
        "never_tried": n - len(tries),
        "passed": passed,
        "share": passed / n if n else np.nan,
        "share_of_tried": passed / len(tries) if tries else np.nan,
        "low": float(low),
        "high": float(high),
        "median_tries": float(np.median(tries)) if tries else np.nan,
    }


def _learner_row(learner: Learner) -> dict[str, Any]:
    known = {id_: learner.entries.get(id_, {}) for id_ in lessons()}
    checks = [check_of(known, lesson.id, name) for lesson, name in all_checks()]
    scores = [entry["score"] for entry in known.values() if entry.get("score")]
    opened = [when(entry) for entry in known.values()]
    values = (
        *(learner.name, sum(map(bool, opened))),
        *(sum(done for done, _ in checks), sum(n for _, n in checks)),
        scores[0].get("first", np.nan) if scores else np.nan,
        scores[-1].get("last", np.nan) if scores else np.nan,
        *(max(opened), plain(learner.path)),
    )
    return dict(zip(_LEARNER, values, strict=True))
