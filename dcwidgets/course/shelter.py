"""What the shelter of lesson 01 asks for, and what the last lesson is judged by."""

from __future__ import annotations

from collections.abc import Sequence

from dcwidgets.objectives import Objective

# Phone calls for a missed picture of the first class, and of the second.
CALLS = (5, 1)
DEMANDS = {"score": 0.9, "worst_slice": 0.75, "cost_per_100": 40}


def shelters_objective(classes: Sequence[str], slices: Sequence[str]) -> Objective:
    """Write it down for the first two of some classes."""
    return Objective(
        target="label",
        metric="accuracy",
        slices=slices,
        costs=dict(zip(classes[:2], CALLS, strict=True)),
        good_enough=DEMANDS,
    )
