"""Run every benchmark: ``python -m tests.bench [NAME ...]``.

Each module ``tests/bench/NAME.py`` with a function ``rows()`` adds its rows. Prints one table and
writes ``bench.json`` with machine, versions and numbers. A missed target shows; it is no error.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from tests.bench._rows import Row

HERE = Path(__file__).parent
NAMED = (
    *("dcwidgets", "numpy", "pandas", "pillow", "scipy", "tensorflow", "keras", "jupyterlab"),
    *("imagehash", "faiss-cpu", "cleanvision"),
)
COLUMNS = ("work", "ours", "peer", "theirs", "ratio", "target", "")


def modules() -> list[str]:
    """Return the names of all benchmark modules."""
    return sorted(path.stem for path in HERE.glob("*.py") if not path.stem.startswith("_"))


def collect(names: Sequence[str]) -> Iterator[Row]:
    """Run the named benchmarks one after the other, saying which one runs."""
    for name in names:
        print(f"{name} ...", file=sys.stderr, flush=True)
        yield from importlib.import_module(f"tests.bench.{name}").rows()


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a Markdown table."""
    lines = [COLUMNS, *map(_cells, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(COLUMNS))]
    text = [
        "| " + " | ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)) + " |"
        for line in lines
    ]
    text.insert(1, "| " + " | ".join("-" * max(width, 3) for width in widths) + " |")
    return "\n".join(text)


def report(rows: Sequence[Row]) -> dict[str, object]:
    """Return everything that ``bench.json`` holds."""
    return {
        "format": 1,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _commit(),
        "machine": {
            "processor": _processor(),
            "cores": os.cpu_count(),
            "system": platform.platform(terse=True),
            "python": platform.python_version(),
        },
        "versions": {name: _version(name) for name in NAMED},
        "rows": [row.to_json() for row in rows],
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run benchmarks, print the table, write the file."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(modules())}")
    parser.add_argument("--out", type=Path, default=Path("bench.json"))
    options = parser.parse_args(arguments)
    unknown = sorted(set(options.names) - set(modules()))
    if unknown:
        parser.error(f"no benchmark {', '.join(unknown)}; there are {', '.join(modules())}")
    rows = list(collect(options.names or modules()))
    print(table(rows))
    for row in rows:
        if row.note:
            print(f"\n{row.work}: {row.note}")
    options.out.write_text(json.dumps(report(rows), indent=2) + "\n")
    return 0


def _cells(row: Row) -> tuple[str, ...]:
    theirs = "" if row.theirs is None else _number(row.theirs, row.unit)
    ratio = "" if row.ratio is None else f"{row.ratio:.3g}x"
    verdict = {True: "met", False: "MISSED", None: ""}[row.met]
    return (row.work, _number(row.ours, row.unit), row.peer, theirs, ratio, row.target, verdict)


def _number(value: float, unit: str) -> str:
    return f"{value:,.0f} {unit}" if abs(value) >= 1000 else f"{value:.3g} {unit}"


def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:  # not Linux
        return platform.processor()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), "")


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


if __name__ == "__main__":
    sys.exit(main())
