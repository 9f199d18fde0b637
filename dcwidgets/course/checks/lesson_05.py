"""Checks of lesson 05."""

from __future__ import annotations

import math
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from dcwidgets.course.checks import register
from dcwidgets.labeling.agreements import cohen_kappa

if TYPE_CHECKING:
    from dcwidgets.course.run import Run

_NEAR = 1e-6
_CASES = 20
_PICTURES = 40


@register("05-kappa")
def _(answer: Any, run: Run) -> str | None:
    if not callable(answer):
        return "Hand in the function itself, without calling it: kappa."
    rng = np.random.default_rng(5)
    return next(filter(None, (_try(answer, run.images.classes, rng) for _ in range(_CASES))), None)


def _try(answer: Any, classes: list[str], rng: np.random.Generator) -> str | None:
    """Compare the answer with ours for two people who agree in part."""
    shares = rng.dirichlet(np.ones(len(classes)))
    one = rng.choice(len(classes), _PICTURES, p=shares)
    other = np.where(rng.random(_PICTURES) < 0.7, one, rng.permutation(one))
    expected = cohen_kappa(np.stack([one, other], axis=1))
    if math.isnan(expected):
        return None  # both used one label only: nobody can say
    said = answer([classes[n] for n in one], [classes[n] for n in other])
    if not isinstance(said, Real):
        return f"kappa must return a number, got {type(said).__name__}."
    if abs(float(said) - expected) <= _NEAR:
        return None
    equal = float((one == other).mean())
    if abs(float(said) - equal) <= _NEAR:
        return "This is the share of equal labels; what chance would give is still in it."
    return (
        f"For two people with {equal:.0%} equal labels your kappa is {float(said):.3f}, "
        f"and it should be {expected:.3f}."
    )
