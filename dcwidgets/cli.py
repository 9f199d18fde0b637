"""The command ``dcwidgets``: open the course, look after its data, look after the installation."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from dcwidgets import setup_commands
from dcwidgets._version import __version__
from dcwidgets.course.teacher_commands import add_to

NODELAY = "dcwidgets.nodelay.NoDelayConnection"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        Without it, those of the process.

    Returns
    -------
    int
        The exit status: 0 if all went well, 1 if not, 2 for a wrong command line.
    """
    parser = _parser()
    options, rest = parser.parse_known_args(arguments)
    if rest and options.command != "lab":
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    try:
        return int(options.run(options, rest))
    except (OSError, ValueError) as error:
        print(f"dcwidgets: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def lab_arguments(
    folder: Path, rest: Sequence[str], environment: Mapping[str, str] = os.environ
) -> list[str]:
    """Return the arguments with which JupyterLab opens a learner's folder.

    Parameters
    ----------
    folder : Path
        The learner's folder, absolute.
    rest : sequence of str
        The learner's own arguments; they win over ours.
    environment : mapping, optional
        Environment variables; ``JUPYTER_GATEWAY_URL`` is looked at.
    """
    arguments = [f"--ServerApp.root_dir={folder}"]
    behind_gateway = "JUPYTER_GATEWAY_URL" in environment or any("ateway" in text for text in rest)
    if not behind_gateway:  # a gateway needs a connection class of its own
        arguments.append(f"--ServerApp.kernel_websocket_connection_class={NODELAY}")
    if _is_root():  # in a container there is nobody else, and JupyterLab would refuse to start
        arguments.append("--allow-root")
    return [*arguments, *rest]


def _lab(options: argparse.Namespace, rest: Sequence[str]) -> int:
    from dcwidgets.learner_folder import lay_out

    laid_out = lay_out(options.folder)
    print(f"Course in {laid_out.folder}: {_count(laid_out.added, laid_out.kept)}")
    if options.data_dir is not None:
        os.environ["TFDS_DATA_DIR"] = str(Path(options.data_dir).expanduser().absolute())
    return _prepare_apart() or _open_lab(laid_out.folder, rest)


def _prepare_apart() -> int:
    """Prepare the drawn data in another process, so that the server does not keep TensorFlow."""
    return subprocess.run(
        [sys.executable, "-m", "dcwidgets.cli", "prepare"], check=False
    ).returncode


def _open_lab(folder: Path, rest: Sequence[str]) -> int:
    from jupyterlab.labapp import LabApp

    os.chdir(folder)
    LabApp.launch_instance(lab_arguments(folder, rest))
    return 0


def _count(added: Sequence[str], kept: Sequence[str]) -> str:
    if not kept:
        return f"{len(added)} lessons added"
    return f"{len(added)} lessons added, {len(kept)} left as you have them"


def _prepare(options: argparse.Namespace, _rest: Sequence[str]) -> int:
    from dcwidgets.sources import data_place, load

    for name in options.names:
        if name.endswith(".toml"):
            _automate(name, options)
            continue
        start = time.monotonic()
        images = load(name, data_dir=options.data_dir)
        seconds = time.monotonic() - start
        place = data_place(options.data_dir)
        print(f"{name}: {len(images):,} images in {place}, ready after {seconds:.0f} s")
        if len(images.rejects):
            print(f"{name}: files left out: {len(images.rejects):,}; see `load(...).rejects`")
    return 0


def _automate(config: str, options: argparse.Namespace) -> None:
    from dcwidgets.pipelines.automation import automate

    changes = options.accept_changes
    print(automate(config, accept_changes=changes, data_dir=options.data_dir))


def _bench(_options: argparse.Namespace, _rest: Sequence[str]) -> int:
    root = Path(__file__).parent.parent
    if not (root / "tests" / "bench" / "__main__.py").exists():
        raise FileNotFoundError(
            "The benchmarks and their peers are not part of the installed package. "
            "Take a checkout of the project and run `make bench` in it."
        )
    return subprocess.run([sys.executable, "-m", "tests.bench"], cwd=root, check=False).returncode


def _parser() -> argparse.ArgumentParser:
    # No abbreviations: what is not ours goes on to JupyterLab as it was typed.
    parser = argparse.ArgumentParser(prog="dcwidgets", description=__doc__, allow_abbrev=False)
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    data = argparse.ArgumentParser(add_help=False)
    data.add_argument(
        "--data-dir",
        metavar="DIR",
        help="where data sets lie (default: $TFDS_DATA_DIR, else ~/tensorflow_datasets)",
    )

    lab = commands.add_parser(
        "lab",
        parents=[data],
        allow_abbrev=False,
        help="open JupyterLab on the course",
        description="Put the lessons into a folder (never over your work), draw the data, and "
        "open JupyterLab on it. Other options go to JupyterLab, such as --no-browser --port 8899.",
    )
    lab.add_argument("--folder", default="course", help="your folder (default: ./course)")
    lab.set_defaults(run=_lab)

    prepare = commands.add_parser(
        "prepare",
        parents=[data],
        help="draw or download data sets, or run a configured pipeline",
        description="Draw or download data sets by name. A CONFIG.toml instead runs a pipeline: "
        "ingest, audit, apply a recipe, check a contract, write records and a manifest. It holds "
        "source and to and, if you like, recipe, contract, splits and shards; paths are relative "
        "to the file.",
    )
    prepare.add_argument(
        "names",
        nargs="*",
        default=["pocket_pets"],
        metavar="NAME|CONFIG.toml",
        help="default: pocket_pets",
    )
    prepare.add_argument(
        "--accept-changes",
        action="store_true",
        help="with CONFIG.toml: write a new version where the input has changed",
    )
    prepare.set_defaults(run=_prepare)

    add_to(commands)
    setup_commands.add_to(commands, data)
    bench = commands.add_parser("bench", help="run the benchmarks of a checkout")
    bench.set_defaults(run=_bench)
    return parser


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


if __name__ == "__main__":
    sys.exit(main())
