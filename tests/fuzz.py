"""Hostile input for every reader of what comes from outside, and for every widget.

``python -m tests.fuzz 5000`` tries that many examples a target and prints a line for each;
``python -m tests.fuzz 5000 recipe story`` only these. `tests/unit/test_fuzz.py` runs a few.
"""

from __future__ import annotations

import argparse
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests import fuzz_files, fuzz_widgets

Target = Callable[[Any, Path], None]
TARGETS: dict[str, Target] = {**fuzz_files.TARGETS, **fuzz_widgets.TARGETS}


def attack(name: str, examples: int) -> int:
    """Try examples of one target; return how many were tried.

    Whatever leaves the target is a bug: a target takes the errors that are promised itself.
    """
    tried = 0

    # Neither shrinking nor a database: a failure prints what was drawn, and that is small.
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=[*HealthCheck],
        report_multiple_bugs=False,
    )
    @given(st.data())
    def one(data: st.DataObject) -> None:
        nonlocal tried
        tried += 1
        with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            TARGETS[name](data.draw, Path(folder))

    one()
    return tried


def main() -> None:
    """Attack the named targets, all by default."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("examples", nargs="?", type=int, default=1000, help="for each target")
    parser.add_argument("targets", nargs="*", metavar="target", help=", ".join(TARGETS))
    wanted = parser.parse_args()
    if unknown := sorted({*wanted.targets} - {*TARGETS}):
        parser.error(f"no such target: {', '.join(unknown)}; there are {', '.join(TARGETS)}")
    for name in wanted.targets or TARGETS:
        start = time.monotonic()
        tried = attack(name, wanted.examples)
        print(f"{name}: {tried} examples, {time.monotonic() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
