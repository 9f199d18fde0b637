"""What a check says: what was looked at, whether it will do, and the command that mends it."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
# The very interpreter that was examined: a bare `pip` may belong to another environment.
PIP = f"{shlex.quote(sys.executable)} -m pip"
AGAIN = f"{PIP} install --force-reinstall --no-deps dcwidgets"


@dataclass(frozen=True)
class Finding:
    """One thing that was checked.

    Attributes
    ----------
    subject : str
        What was looked at.
    ok : bool
        Whether the course can run with it.
    text : str
        What was found, in one sentence.
    mend : str
        One command that mends it. Where ``ok`` is true, one that is worth knowing; empty
        where there is nothing to do.
    """

    subject: str
    ok: bool
    text: str
    mend: str = ""


def guarded(subject: str, check: Callable[[], Finding]) -> Finding:
    """Run a check; one that cannot even look is itself a finding, and the next ones still run."""
    try:
        return check()
    except Exception as error:  # noqa: BLE001  whatever is broken here is what is asked for
        text = f"could not be checked ({type(error).__name__}: {error})."
        return Finding(subject, ok=False, text=text, mend=reinstall())


def reinstall() -> str:
    """Return the command that puts this installation right, in a checkout or elsewhere."""
    root = PACKAGE.parent
    if (root / "Makefile").exists() and (root / "notebooks").is_dir():
        # What `make` believes to be installed is forgotten, so that it looks again.
        return f"cd {shlex.quote(str(root))} && rm -f .venv/.lab .venv/.package && make lab"
    return AGAIN
