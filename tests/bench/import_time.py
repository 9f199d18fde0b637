"""How long ``import dcwidgets`` takes, in a new process."""

from __future__ import annotations

import subprocess
import sys

from tests.bench._rows import Row, seconds


def rows() -> list[Row]:
    """Measure the import against an interpreter that imports nothing."""
    bare = seconds(lambda: _python("pass"))
    ours = seconds(lambda: _python("import dcwidgets")) - bare
    return [
        Row(
            "import dcwidgets",
            max(ours, 0.0),
            at_most=0.5,
            note="a bare interpreter's time is taken off",
        )
    ]


def _python(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True)
