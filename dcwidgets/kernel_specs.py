"""Kernels for the course in JupyterLab's menu: one that computes on the GPU, one that does not."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from dcwidgets._version import __version__

# What JupyterLab allows as the name of a kernel.
NAME = re.compile(r"[A-Za-z0-9._-]+")


def kernel_spec(*, gpu: bool) -> dict[str, Any]:
    """Describe a kernel of this environment, as ``kernel.json`` holds it.

    Parameters
    ----------
    gpu : bool
        Whether it may compute on the GPU; the other one hides it, which is the way to go on
        while somebody else fills the GPU.
    """
    # Two kernels share a GPU only where each takes memory as it needs it, not all at the start.
    environment = {"TF_FORCE_GPU_ALLOW_GROWTH": "true"} if gpu else {"CUDA_VISIBLE_DEVICES": "-1"}
    return {
        "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": f"dcwidgets ({'GPU' if gpu else 'CPU'})",
        "language": "python",
        "env": {"TF_CPP_MIN_LOG_LEVEL": "2", **environment},
        "metadata": {"debugger": True, "dcwidgets": {"version": __version__, "gpu": gpu}},
    }


def install_kernel(
    *, gpu: bool = False, user: bool = False, prefix: Path | None = None, name: str | None = None
) -> Path:
    """Put a kernel of this environment into JupyterLab's menu.

    Parameters
    ----------
    gpu : bool, default False
        As in `kernel_spec`.
    user : bool, default False
        For this user, in every JupyterLab of theirs; otherwise in this environment.
    prefix : Path, optional
        An environment to install into, such as that of a hub's JupyterLab.
    name : str, optional
        Folder name of the kernel; ``dcwidgets-gpu`` or ``dcwidgets`` without it.

    Returns
    -------
    Path
        The folder of the kernel.

    Raises
    ------
    ValueError
        If ``name`` holds other characters than letters, digits, dot, dash and underscore.
    FileExistsError
        If a kernel of that name is somebody else's; it is left as it is.
    OSError
        If the place cannot be written to.
    """
    name = name or ("dcwidgets-gpu" if gpu else "dcwidgets")
    if not NAME.fullmatch(name) or not name.strip("."):
        raise ValueError(
            f"A kernel cannot be called {name!r}. Use letters, digits, dots, dashes and "
            "underscores, as in dcwidgets-gpu."
        )
    folder = _kernels(user=user, prefix=prefix) / name
    _check_ours(folder)
    folder.mkdir(parents=True, exist_ok=True)
    spec = json.dumps(kernel_spec(gpu=gpu), indent=1) + "\n"
    (folder / "kernel.json").write_text(spec, encoding="utf-8")
    return folder


def _kernels(*, user: bool, prefix: Path | None) -> Path:
    if user:
        from jupyter_core.paths import jupyter_data_dir

        return Path(jupyter_data_dir()) / "kernels"
    place = Path(sys.prefix) if prefix is None else prefix.expanduser().absolute()
    return place / "share" / "jupyter" / "kernels"


def _check_ours(folder: Path) -> None:
    """Refuse a folder that this environment's dcwidgets did not write."""
    if not folder.exists():
        return
    try:
        spec = json.loads((folder / "kernel.json").read_text("utf-8"))
        ours = "dcwidgets" in spec["metadata"] and spec["argv"][0] == sys.executable
    except (OSError, ValueError, LookupError, TypeError):
        ours = False
    if not ours:
        raise FileExistsError(
            f"{folder} is the kernel of another program or environment and stays as it is. "
            "Give ours another name: dcwidgets kernel --name NAME"
        )
