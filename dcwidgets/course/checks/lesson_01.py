"""Checks of lesson 01."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dcwidgets.course.checks import register
from dcwidgets.course.shelter import CALLS, DEMANDS
from dcwidgets.objectives import Objective

if TYPE_CHECKING:
    from dcwidgets.course.run import Run

_WORDS = {
    "score": "nine of ten pictures have to be right",
    "worst_slice": "three of four have to be right in every slice",
    "cost_per_100": "a hundred pictures may cost up to forty calls",
}


@register("01-objective")
def _(answer: Any, run: Run) -> str | None:
    if not isinstance(answer, Objective):
        return "Replace the dots by dcw.Objective(...)."
    if answer.target != "label":
        return f"The classes stand in the column 'label'; target says {answer.target!r}."
    if answer.metric != "accuracy":
        return f"The shelter counts pictures, whatever their class; metric says {answer.metric!r}."
    return _slices(answer, run) or _costs(answer, run) or _demands(answer)


def _slices(objective: Objective, run: Run) -> str | None:
    columns = [*run.test.metadata, "label"]
    unknown = [column for column in objective.slices if column not in columns]
    if not unknown:
        return None
    return f"There is no column {unknown[0]!r} to cut slices by. Columns are: {', '.join(columns)}."


def _costs(objective: Objective, run: Run) -> str | None:
    classes = run.images.classes[:2]
    if dict(objective.costs) == dict(zip(classes, CALLS, strict=True)):
        return None
    first, second = classes
    return (
        f"Missing a {first} costs five calls and missing a {second} one; "
        f"costs says {dict(objective.costs)}."
    )


def _demands(objective: Objective) -> str | None:
    for name, asked in DEMANDS.items():
        given = objective.good_enough.get(name)
        if given != asked:
            said = "says nothing of it" if given is None else f"says {given!r}"
            return f"The shelter wants: {_WORDS[name]}. good_enough[{name!r}] {said}."
    return None
