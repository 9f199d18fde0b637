"""Lessons for Google Colab: the published notebook, after a cell that installs the package."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Any

from dcwidgets._version import __version__
from dcwidgets.learner_folder import notebooks_dir

Cell = dict[str, Any]  # notebooks and their cells, as nbformat 4.5 defines them

# Colab is the page and brings the kernel: it has versions of these that it cannot do without, and
# a newer IPython or ipywidgets in its place stops its kernel.
COLABS_OWN = frozenset(
    {"jupyterlab", "jupyter-server", "jupyter-core", "ipython", "ipywidgets", "traitlets"}
    | {"tensorflow"}
)
TITLE = "#@title Run this first: install dcwidgets (a minute, once a session)"


def install_cell(package: str = f"dcwidgets=={__version__}") -> Cell:
    """Return the cell that installs the package and what Colab lacks of its dependencies.

    Parameters
    ----------
    package : str, optional
        What pip is asked for: this version, or an address before a version is published.
    """
    needed = " ".join(f'"{text}"' for text in _needed(metadata.requires("dcwidgets") or []))
    lines = (TITLE, f'%pip install --quiet --no-deps "{package}"', f"%pip install --quiet {needed}")
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": "colab-install",
        # Colab then shows the title alone.
        "metadata": {"cellView": "form", "tags": ["install"]},
        "outputs": [],
        "source": "\n".join(lines).splitlines(keepends=True),
    }


def colab_edition(notebook: Cell, cell: Cell) -> Cell:
    """Return a lesson with an install cell before everything else.

    Parameters
    ----------
    notebook : dict
        A lesson as its file holds it; it stays as it is.
    cell : dict
        What `install_cell` gives.
    """
    edition = copy.deepcopy(notebook)
    edition["cells"] = [cell, *edition["cells"]]
    return edition


def write_colab(
    folder: str | os.PathLike[str], *, package: str = f"dcwidgets=={__version__}"
) -> list[Path]:
    """Write the Colab edition of every lesson.

    Parameters
    ----------
    folder : str or path
        Made if it does not exist; lessons in it are written anew.
    package : str, optional
        As in `install_cell`.

    Returns
    -------
    list of Path
        The files.

    Raises
    ------
    OSError
        If the folder cannot be written to.
    """
    place = Path(folder).expanduser()
    place.mkdir(parents=True, exist_ok=True)
    cell, written = install_cell(package), []
    for lesson in sorted(notebooks_dir().glob("*.ipynb")):
        edition = colab_edition(json.loads(lesson.read_text("utf-8")), cell)
        text = json.dumps(edition, indent=1, ensure_ascii=False) + "\n"
        (place / lesson.name).write_text(text, encoding="utf-8", newline="\n")
        written.append(place / lesson.name)
    return written


def _needed(requirements: Iterable[str]) -> list[str]:
    from packaging.requirements import Requirement

    asked = map(Requirement, requirements)
    return sorted(
        f"{each.name}{each.specifier}"
        for each in asked
        if not each.marker and each.name.replace("_", "-").lower() not in COLABS_OWN
    )
