"""Run the lessons for their pages: ``make lessons``, then ``make docs``.

Writes each of them, with what its cells show, to ``build/lessons``. One after the other, as a
learner runs them, in a folder of their own; with ``DCW_QUICK=1`` they train less. Data are drawn
where they are missing.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from dcwidgets.journal import write_whole
from docs.building.lesson_pages import EXECUTED, NOTEBOOKS

_LONGEST = 1200  # seconds of a cell


def run(notebook: Path, folder: Path) -> str:
    """Run one lesson in a folder; return it as JSON that does not tell where that folder lies.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        If a cell fails that is not meant to.
    """
    cells = nbformat.read(notebook, as_version=4)
    NotebookClient(
        cells, timeout=_LONGEST, kernel_name="python3", resources={"metadata": {"path": folder}}
    ).execute()
    return json.dumps(cells, ensure_ascii=False).replace(str(folder), folder.name)


def main() -> None:
    """Run them all."""
    EXECUTED.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place).resolve() / "course"
        folder.mkdir()
        for notebook in sorted(NOTEBOOKS.glob("*.ipynb")):
            print(notebook.name, file=sys.stderr, flush=True)
            write_whole(EXECUTED / notebook.name, run(notebook, folder).encode())


if __name__ == "__main__":
    main()
