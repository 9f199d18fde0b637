"""The check of lesson 08: farthest first, and what is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest

from dcwidgets.coresets import k_center
from dcwidgets.course.checks import registered


def verdict(answer: Any) -> str | None:
    return registered("08")["08-k-center"](answer, Mock())


def test_farthest_first_passes() -> None:
    assert verdict(lambda points, k: k_center(points, k, start=0)) is None


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ([0, 1], "Hand in the function"),
        (lambda _, k: list(range(k)), "Choice 2 is row 1, "),
        (lambda _, k: [0] * k, "Expected 12 different rows"),
        (lambda points, k: k_center(points, k, start=5), "Begin with row 0, got 5"),
        (lambda points, _: points[99], "stopped: IndexError"),
        (lambda _, k: np.arange(k + 1), "Expected 12 different rows"),
    ],
    ids=["no function", "the stub", "one row", "another start", "an error", "too many"],
)
def test_anything_else_is_told_why(answer: Callable[..., Any], message: str) -> None:
    assert message in str(verdict(answer))
