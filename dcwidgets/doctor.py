"""Check an installation: what is there, what is missing, what to do about it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

# The drawn data, a downloaded cats_vs_dogs and the learner's own folder, prepared.
ROOM_GB = 2.0
# What a lesson in quick mode may take at its peak, with TensorFlow loaded.
MEMORY_GB = 1.4
POLICY = "Content-Security-Policy"


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
        What was found and, where it is wrong, what to do.
    """

    subject: str
    ok: bool
    text: str


def examine(*, data_dir: str | os.PathLike[str] | None = None) -> list[Finding]:
    """Check everything that the course needs.

    Parameters
    ----------
    data_dir : str or path, optional
        Where data sets lie, as in `dcwidgets.load`.

    Returns
    -------
    list of Finding
        In the order in which a learner would meet the trouble.
    """
    from dcwidgets.sources import data_place

    place = data_place(data_dir)
    return [
        _python(),
        packages(),
        extension(),
        _notebooks(),
        _data(place),
        room(place),
        memory(),
        _device(),
        content_policy(_server_settings()),
    ]


def packages(requirements: list[str] | None = None) -> Finding:
    """Compare the installed packages with what dcwidgets asks for.

    Parameters
    ----------
    requirements : list of str, optional
        Without it, those of the installed dcwidgets.
    """
    try:
        asked = metadata.requires("dcwidgets") or [] if requirements is None else requirements
    except metadata.PackageNotFoundError:
        return Finding(
            "packages", ok=False, text="dcwidgets is not installed: pip install dcwidgets"
        )
    wrong = list(_unmet(asked))
    if wrong:
        advice = f"{'; '.join(wrong)}. Install again: pip install --upgrade dcwidgets"
        return Finding("packages", ok=False, text=advice)
    return Finding("packages", ok=True, text=f"{', '.join(_versions())}")


def extension(info: Mapping[str, Any] | None = None) -> Finding:
    """Ask JupyterLab whether it has the course's extension and lets it run.

    Parameters
    ----------
    info : mapping, optional
        What ``jupyterlab.commands.get_app_info`` says; asked for if not given.
    """
    info = _lab_info() if info is None else info
    subject = "JupyterLab extension"
    if "dcwidgets" not in info["federated_extensions"]:
        advice = "not found. Install again: pip install --force-reinstall --no-deps dcwidgets"
        return Finding(subject, ok=False, text=advice)
    if any(name.partition(":")[0] == "dcwidgets" for name in info["disabled"]):
        advice = "disabled. Switch it on: jupyter labextension enable dcwidgets"
        return Finding(subject, ok=False, text=advice)
    return Finding(subject, ok=True, text="enabled")


def room(place: Path, *, needed_gb: float = ROOM_GB) -> Finding:
    """Look for free disk where data sets go.

    Parameters
    ----------
    place : Path
        The folder of the data sets; it need not exist yet.
    needed_gb : float, default 2.0
        Gigabytes that are enough.
    """
    there = next(path for path in (place, *place.parents) if path.exists())
    free = shutil.disk_usage(there).free / 1e9
    if not os.access(there, os.W_OK):
        return Finding("disk", ok=False, text=f"{there} cannot be written to; set TFDS_DATA_DIR")
    if free < needed_gb:
        advice = (
            f"{free:.1f} GB free in {there}, {needed_gb:g} needed; free some or set TFDS_DATA_DIR"
        )
        return Finding("disk", ok=False, text=advice)
    return Finding("disk", ok=True, text=f"{free:.0f} GB free in {there}")


def memory(*, needed_gb: float = MEMORY_GB) -> Finding:
    """Compare the machine's memory with what a lesson takes.

    Parameters
    ----------
    needed_gb : float, default 1.4
        Gigabytes that are enough.
    """
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    except (AttributeError, ValueError, OSError):  # Windows; some systems do not tell
        return Finding("memory", ok=True, text=f"unknown; a lesson takes up to {needed_gb:g} GB")
    ok = total >= needed_gb
    return Finding("memory", ok=ok, text=f"{total:.1f} GB; a lesson takes up to {needed_gb:g} GB")


def content_policy(settings: Mapping[str, Any]) -> Finding:
    """Look for a content security policy that stops widgets from loading.

    Parameters
    ----------
    settings : mapping
        The ``tornado_settings`` of the Jupyter server.
    """
    policy = str(settings.get("headers", {}).get(POLICY, ""))
    directives = dict(
        part.strip().partition(" ")[::2] for part in policy.split(";") if part.strip()
    )
    scripts = directives.get("script-src", directives.get("default-src"))
    if scripts is not None and "blob:" not in scripts.split():
        advice = f"the server's {POLICY} lets no widget load: add blob: to its script-src"
        return Finding("content policy", ok=False, text=advice)
    return Finding("content policy", ok=True, text="lets widgets load")


def _lab_info() -> Mapping[str, Any]:
    from jupyter_core.paths import jupyter_path
    from jupyterlab.commands import AppOptions, get_app_info

    # Without the paths JupyterLab answers that there are no extensions.
    return get_app_info(AppOptions(labextensions_path=jupyter_path("labextensions")))


def _python() -> Finding:
    text = f"{sys.version.split()[0]} in {sys.prefix}"
    ok = (3, 11) <= sys.version_info[:2] < (3, 14)
    return Finding("Python", ok=ok, text=text if ok else f"{text}; 3.11 to 3.13 is needed")


def _unmet(requirements: list[str]) -> Iterator[str]:
    for requirement in map(Requirement, requirements):
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            version = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            yield f"{requirement.name} is missing"
            continue
        if not requirement.specifier.contains(version, prereleases=True):
            yield f"{requirement.name} is {version}, needed is {requirement.specifier}"


def _versions() -> Iterator[str]:
    for name in ("dcwidgets", "jupyterlab", "anywidget", "tensorflow", "keras"):
        yield f"{name} {metadata.version(name)}"


def _notebooks() -> Finding:
    from dcwidgets.learner_folder import notebooks_dir

    try:
        place = notebooks_dir()
    except FileNotFoundError as error:
        return Finding("lessons", ok=False, text=str(error))
    return Finding("lessons", ok=True, text=f"{len(list(place.glob('*.ipynb')))} in {place}")


def _data(place: Path) -> Finding:
    # Not an error: `dcwidgets lab` draws it.
    drawn = any(place.glob("pocket_pets/*/*/dataset_info.json"))
    text = f"pocket_pets in {place}" if drawn else "none drawn yet; `dcwidgets prepare` does"
    return Finding("data", ok=True, text=text)


def _device() -> Finding:
    from dcwidgets.course.hardware import device

    return Finding("device", ok=True, text=device())


def _server_settings() -> dict[str, Any]:
    from jupyter_server.serverapp import ServerApp

    app = ServerApp()
    app.load_config_file()
    return dict(app.config.ServerApp.get("tornado_settings", {}))
