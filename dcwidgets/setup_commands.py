"""The commands ``dcwidgets doctor``, ``kernel`` and ``colab``: what a course stands on."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from dcwidgets._version import __version__


# argparse names no type for what `add_subparsers` returns.
def add_to(commands: Any, data: argparse.ArgumentParser) -> None:
    """Add the commands to the parser of ``dcwidgets``.

    Parameters
    ----------
    commands : action of argparse
        What ``add_subparsers`` returned.
    data : argparse.ArgumentParser
        Parent with the option ``--data-dir``.
    """
    _add_doctor(commands, data)
    _add_kernel(commands)
    _add_colab(commands)


def _add_doctor(commands: Any, data: argparse.ArgumentParser) -> None:
    doctor = commands.add_parser(
        "doctor",
        parents=[data],
        help="check this installation",
        description="Check what the course needs. What fails and what is worth knowing comes with "
        "the command that mends it.",
    )
    doctor.add_argument("--folder", default="course", help="your folder (default: ./course)")
    doctor.add_argument("--port", type=int, default=8888, help="port of JupyterLab (default: 8888)")
    doctor.add_argument("--network", action="store_true", help="also try the way to a download")
    doctor.add_argument("--json", action="store_true", help="for a help desk's programs")
    doctor.set_defaults(run=_doctor)


def _add_kernel(commands: Any) -> None:
    kernel = commands.add_parser(
        "kernel",
        help="put a kernel of this environment into JupyterLab's menu",
        description="Put a kernel of this environment into JupyterLab's menu, one that hides the "
        "GPU or, with --gpu, one that uses it. Another program's kernel is never written over.",
    )
    kernel.add_argument("--gpu", action="store_true", help="compute on the GPU")
    place = kernel.add_mutually_exclusive_group()
    place.add_argument("--user", action="store_true", help="in every JupyterLab of yours")
    place.add_argument("--prefix", type=Path, metavar="DIR", help="in the environment at DIR")
    kernel.add_argument("--name", help="default: dcwidgets, or dcwidgets-gpu")
    kernel.set_defaults(run=_kernel)


def _add_colab(commands: Any) -> None:
    colab = commands.add_parser(
        "colab",
        help="write the lessons for Google Colab",
        description="Write every lesson with a cell before it that installs dcwidgets in Colab.",
    )
    colab.add_argument("--to", required=True, metavar="DIR", help="folder to write to")
    colab.add_argument(
        "--package",
        default=f"dcwidgets=={__version__}",
        metavar="WHAT",
        help="what pip is asked for (default: this version)",
    )
    colab.set_defaults(run=_colab)


def _doctor(options: argparse.Namespace, _rest: Sequence[str]) -> int:
    from dcwidgets.doctor import examine

    findings = examine(
        data_dir=options.data_dir,
        folder=options.folder,
        port_number=options.port,
        online=options.network,
    )
    sound = all(finding.ok for finding in findings)
    if options.json:
        listed = [asdict(finding) for finding in findings]
        print(json.dumps({"dcwidgets": __version__, "ok": sound, "findings": listed}, indent=1))
        return 0 if sound else 1
    for finding in findings:
        mark = "FAIL" if not finding.ok else "note" if finding.mend else "ok  "
        print(f"{mark} {finding.subject}: {finding.text}")
        if finding.mend:
            print(f"     $ {finding.mend}")
    return 0 if sound else 1


def _kernel(options: argparse.Namespace, _rest: Sequence[str]) -> int:
    from dcwidgets.kernel_specs import install_kernel, kernel_spec

    folder = install_kernel(
        gpu=options.gpu, user=options.user, prefix=options.prefix, name=options.name
    )
    print(f"{kernel_spec(gpu=options.gpu)['display_name']} is in {folder}.")
    print("In a notebook: Kernel > Change Kernel.")
    if options.gpu:
        from dcwidgets.doctor import backend

        finding = backend()
        print(f"TensorFlow on this machine: {finding.text}")
        if finding.mend:
            print(f"     $ {finding.mend}")
    return 0


def _colab(options: argparse.Namespace, _rest: Sequence[str]) -> int:
    from dcwidgets.course.colab import write_colab

    written = write_colab(options.to, package=options.package)
    print(f"{len(written)} lessons for Colab in {options.to}, which install {options.package}")
    return 0
