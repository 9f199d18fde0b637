"""JupyterLab: the right one, with the extensions, able to load widgets, on a free port."""

from __future__ import annotations

import errno
import os
import shutil
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dcwidgets._version import __version__
from dcwidgets.doctor.findings import AGAIN, PACKAGE, PIP, Finding, reinstall

POLICY = "Content-Security-Policy"
MANAGER = "@jupyter-widgets/jupyterlab-manager"
# JupyterLab tries so many ports after the one it was given.
RETRIES = 50


def command(found: str | None = None) -> Finding:
    """Look whether typing ``jupyter lab`` starts the JupyterLab of this environment.

    Parameters
    ----------
    found : str, optional
        Path of the program; without it, the first on ``PATH``.
    """
    found = found or shutil.which("jupyter-lab")
    here = Path(sys.prefix)
    if found is None or Path(found).parent.resolve() == Path(sys.executable).parent.resolve():
        return Finding("jupyter lab", ok=True, text=f"belongs to {here}")
    text = f"`jupyter lab` starts {found}, which knows nothing of {here}."
    return Finding("jupyter lab", ok=True, text=text, mend=f"{sys.executable} -m dcwidgets.cli lab")


def extension(info: Mapping[str, Any] | None = None) -> Finding:
    """Ask JupyterLab whether it has the course's extension and lets it run.

    Parameters
    ----------
    info : mapping, optional
        What ``jupyterlab.commands.get_app_info`` says; asked for if not given.
    """
    info = _lab_info() if info is None else info
    subject, there = "JupyterLab extension", info["federated_extensions"]
    for name, package in (
        ("dcwidgets", AGAIN),
        (MANAGER, f"{PIP} install --force-reinstall --no-deps jupyterlab_widgets"),
    ):
        if name not in there:
            return Finding(subject, ok=False, text=f"{name} is not found.", mend=package)
        if any(key.partition(":")[0] == name for key in info["disabled"]):
            mend = f"jupyter labextension enable {name}"
            return Finding(subject, ok=False, text=f"{name} is disabled.", mend=mend)
    version = there["dcwidgets"].get("version")
    if version != __version__:
        text = f"is of version {version}, the package of {__version__}: an old copy is in the way."
        return Finding(subject, ok=False, text=text, mend=reinstall())
    return Finding(subject, ok=True, text="enabled")


def pages(static: Path = PACKAGE / "static") -> Finding:
    """Look for the page half of every widget.

    Parameters
    ----------
    static : Path, optional
        The folder of the built modules.
    """
    wanted = {path.stem for path in (PACKAGE / "widgets").glob("[a-z]*.py")}
    missing = sorted(name for name in wanted if not (static / f"{name}.js").is_file())
    if missing:
        text = f"the page half of {', '.join(missing)} is not built."
        return Finding("widgets", ok=False, text=text, mend=reinstall())
    return Finding("widgets", ok=True, text=f"{len(wanted)} built")


def content_policy(settings: Mapping[str, Any] | None = None) -> Finding:
    """Look for a content security policy that stops widgets from loading.

    Parameters
    ----------
    settings : mapping, optional
        The ``tornado_settings`` of the Jupyter server; read if not given.
    """
    settings = _server_settings() if settings is None else settings
    policy = str(settings.get("headers", {}).get(POLICY, ""))
    directives = dict(
        part.strip().partition(" ")[::2] for part in policy.split(";") if part.strip()
    )
    scripts = directives.get("script-src", directives.get("default-src"))
    if scripts is not None and "blob:" not in scripts.split():
        text = f"the server's {POLICY} lets no widget load: its script-src needs blob:."
        mend = "jupyter server --show-config"
        return Finding("content policy", ok=False, text=text, mend=mend)
    return Finding("content policy", ok=True, text="lets widgets load")


def port(number: int = 8888) -> Finding:
    """Look whether JupyterLab's port is free on this machine.

    Parameters
    ----------
    number : int, default 8888
        Port that JupyterLab is asked to take.
    """
    subject, trouble = "port", _trouble(number)
    if not trouble:
        return Finding(subject, ok=True, text=f"{number} is free")
    tried = range(number + 1, min(number + RETRIES, 65535))
    free = next((other for other in tried if not _trouble(other)), None)
    text = f"{number} cannot be used ({trouble})"
    if free is None:
        text = f"{text}, nor can those after it."
        return Finding(subject, ok=False, text=text, mend="dcwidgets lab --port 0")
    mend = f"dcwidgets lab --port {free}"
    return Finding(subject, ok=True, text=f"{text}; JupyterLab takes {free} instead.", mend=mend)


def _trouble(number: int) -> str:
    with socket.socket() as probe:
        if os.name == "posix":  # as the server does: a port that was just closed is free
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", number))
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            return "another program has it" if taken else str(error.strerror)
    return ""


def _lab_info() -> Mapping[str, Any]:
    from jupyter_core.paths import jupyter_path
    from jupyterlab.commands import AppOptions, get_app_info

    # Without the paths JupyterLab answers that there are no extensions.
    return get_app_info(AppOptions(labextensions_path=jupyter_path("labextensions")))


def _server_settings() -> dict[str, Any]:
    from jupyter_server.serverapp import ServerApp

    app = ServerApp()
    app.load_config_file()
    return dict(app.config.ServerApp.get("tornado_settings", {}))
