"""Check an installation: what is there, what is missing, the command that mends it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from dcwidgets.doctor.findings import Finding, guarded
from dcwidgets.doctor.jupyter import command, content_policy, extension, pages, port
from dcwidgets.doctor.machine import certificates, memory, network, room
from dcwidgets.doctor.places import course_folder, data, lessons
from dcwidgets.doctor.software import backend, packages, python, twins

__all__ = [
    "Finding",
    "backend",
    "certificates",
    "command",
    "content_policy",
    "course_folder",
    "data",
    "examine",
    "extension",
    "lessons",
    "memory",
    "network",
    "packages",
    "pages",
    "port",
    "python",
    "room",
    "twins",
]


def examine(
    *,
    data_dir: str | os.PathLike[str] | None = None,
    folder: str | os.PathLike[str] = "course",
    port_number: int = 8888,
    online: bool = False,
) -> list[Finding]:
    """Check everything that the course needs.

    Parameters
    ----------
    data_dir : str or path, optional
        Where data sets lie, as in `dcwidgets.load`.
    folder : str or path, default "course"
        The learner's folder.
    port_number : int, default 8888
        The port that JupyterLab is to take.
    online : bool, default False
        Also try the way to a download, which the course needs for ``cats_vs_dogs`` only.

    Returns
    -------
    list of Finding
        In the order in which a learner would meet the trouble.
    """
    place = _data_place(data_dir)
    checks: dict[str, Callable[[], Finding]] = {
        "Python": python,
        "packages": packages,
        "one TensorFlow": twins,
        "TensorFlow": backend,
        "jupyter lab": command,
        "JupyterLab extension": extension,
        "widgets": pages,
        "lessons": lessons,
        "your folder": lambda: course_folder(folder),
        "data": lambda: data(place),
        "disk": lambda: room(place),
        "memory": memory,
        "port": lambda: port(port_number),
        "certificates": certificates,
        "content policy": content_policy,
    }
    if online:
        checks["network"] = lambda: network(_download())
    return [guarded(subject, check) for subject, check in checks.items()]


def _data_place(data_dir: str | os.PathLike[str] | None) -> Path:
    # What `dcwidgets.sources.data_place` says, which loads pandas: it may be what is broken.
    default = os.environ.get("TFDS_DATA_DIR") or "~/tensorflow_datasets"
    return Path(data_dir if data_dir is not None else default).expanduser().absolute()


def _download() -> str:
    from tensorflow_datasets.image_classification import cats_vs_dogs

    return str(cats_vs_dogs._URL)  # noqa: SLF001 - it stands nowhere else
