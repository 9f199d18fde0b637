"""One line of the benchmark table, and how its numbers are taken."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Row:
    """One measured piece of work; ours and the peer's in the same run.

    Attributes
    ----------
    work : str
        What was done, with its sizes.
    ours : float
        Our number, in `unit`; smaller is better unless only `at_least` judges it.
    unit : str
        ``"s"``, ``"ms"``, ``"MB"``, ...
    peer : str
        Name and version of what was measured beside it; empty if there is none.
    theirs : float or None
        The peer's number, in the same unit.
    at_least : float or None
        Target for ``theirs / ours``.
    at_most : float or None
        Target for ``ours``, in `unit`.
    note : str
        What a reader has to know to believe the row.
    """

    work: str
    ours: float
    unit: str = "s"
    peer: str = ""
    theirs: float | None = None
    at_least: float | None = None
    at_most: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times the peer's number is ours."""
        return None if self.theirs is None or not self.ours else self.theirs / self.ours

    @property
    def met(self) -> bool | None:
        """Whether every target is met; None if there is no target."""
        judged = [
            *([] if self.at_most is None else [self.ours <= self.at_most]),
            *([] if self.at_least is None else [(self.ratio or 0.0) >= self.at_least]),
        ]
        return all(judged) if judged else None

    @property
    def target(self) -> str:
        """The targets in words, such as ``at least 3x, at most 30 s``."""
        parts = [
            *([] if self.at_least is None else [f"at least {self.at_least:g}x"]),
            *([] if self.at_most is None else [f"at most {self.at_most:g} {self.unit}"]),
        ]
        return ", ".join(parts)

    def to_json(self) -> dict[str, object]:
        """Return every field, with what follows from them."""
        return {**asdict(self), "ratio": self.ratio, "met": self.met}


def seconds(work: Callable[[], object], *, repeats: int = 5) -> float:
    """Return the median wall-clock seconds of a piece of work, after one run to warm up.

    Parameters
    ----------
    work : callable
        Called without arguments.
    repeats : int, default 5
        How many runs count.
    """
    work()
    return statistics.median(_once(work) for _ in range(repeats))


def _once(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
