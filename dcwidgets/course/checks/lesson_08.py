"""Checks of lesson 08."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dcwidgets.course.checks import register

if TYPE_CHECKING:
    from dcwidgets.course.run import Run

_K = 12


@register("08-k-center")
def _(answer: Any, _run: Run) -> str | None:
    if not callable(answer):
        return "Hand in the function, far_apart, without calling it."
    rng = np.random.default_rng(8)
    points = rng.normal(size=(60, 2)) + rng.integers(0, 4, (60, 1)) * 5
    try:
        rows = [int(row) for row in answer(points.copy(), _K)]
    except Exception as error:  # noqa: BLE001  the learner's own code
        return f"far_apart(points, {_K}) stopped: {type(error).__name__}: {error}"
    return _wrong(points, rows)


def _wrong(points: np.ndarray, rows: list[int]) -> str | None:
    if len(rows) != _K or len(set(rows)) != _K or not set(rows) <= set(range(len(points))):
        return f"Expected {_K} different rows of {len(points)}, got {rows}."
    if rows[0] != 0:
        return f"Begin with row 0, got {rows[0]}."
    for number in range(1, _K):
        near = np.linalg.norm(points[:, None] - points[rows[:number]][None], axis=2).min(axis=1)
        if near[rows[number]] < near.max() - 1e-9:
            return (
                f"Choice {number + 1} is row {rows[number]}, {near[rows[number]]:.2f} away from "
                f"those before; row {int(near.argmax())} is {near.max():.2f} away."
            )
    return None
