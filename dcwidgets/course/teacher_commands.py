"""The commands ``dcwidgets class``, ``progress`` and ``editions``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

STDOUT = "-"


def add_to(commands: Any) -> None:
    """Add the commands to the sub-parsers of ``dcwidgets``."""
    _add_class(commands)
    _add_progress(commands)
    _add_editions(commands)


def _add_class(commands: Any) -> None:
    parser = commands.add_parser(
        "class",
        help="merge learners' progress, and show which checks are hard",
        description="Merge progress files of many learners. A folder means every progress.json "
        "in it. What cannot be read is named and left out.",
    )
    parser.add_argument("files", nargs="+", metavar="FILE|FOLDER")
    parser.add_argument("--csv", metavar="FILE", help="write the checks as CSV (-: print it)")
    parser.add_argument("--learners-csv", metavar="FILE", help="write the learners as CSV")
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    parser.set_defaults(run=_class)


def _add_progress(commands: Any) -> None:
    parser = commands.add_parser(
        "progress",
        help="show one learner's progress",
        description="Show the progress in a course folder, or in a progress file.",
    )
    parser.add_argument(
        "place", nargs="?", default=".", metavar="FOLDER|FILE", help="default: this folder"
    )
    parser.add_argument("--csv", metavar="FILE", help="write it as CSV (-: print it)")
    parser.add_argument("--json", action="store_true", help="print it as JSON")
    parser.set_defaults(run=_progress)


def _add_editions(commands: Any) -> None:
    parser = commands.add_parser(
        "editions",
        help="write the lessons for learners, for teachers and for grading",
        description="Write DIR/learner (no solutions), DIR/instructor (minutes, breaks, common "
        "wrong answers, solutions) and DIR/grading (for nbgrader).",
    )
    parser.add_argument("--to", required=True, metavar="DIR", help="a folder that is not there yet")
    parser.add_argument(
        "--force", action="store_true", help="put a folder that is there aside, as DIR.kept-1"
    )
    parser.set_defaults(run=_editions)


def _class(options: argparse.Namespace, _rest: object) -> int:
    from dcwidgets.course.gradebook import class_table

    _spare(options.files, options.csv, options.learners_csv)
    table = class_table(options.files)
    for path, reason in table.rejects.itertuples(index=False):
        print(f"left out {path}: {reason}", file=sys.stderr)
    _write(table.checks, options.csv)
    _write(table.learners, options.learners_csv)
    if options.json:
        print(table.to_json())
    elif STDOUT not in (options.csv, options.learners_csv):
        print(table)
        print(_aligned(table.checks.drop(columns=["lesson", "learners", "low", "high"])))
        _name_hardest(table.hardest())
    return 0 if len(table.learners) else 1


def _name_hardest(hardest: Any) -> None:
    for row in hardest.itertuples():
        print(
            f"hard: {row.check} ({row.title}): {row.passed} of {row.tried} who tried passed, "
            f"median {row.median_tries:g} tries"
        )


def _progress(options: argparse.Namespace, _rest: object) -> int:
    from dcwidgets.course.own_progress import as_json, progress_table, read_own

    _spare([options.place], options.csv)
    table = progress_table(options.place)
    _write(table, options.csv)
    if options.json:
        print(as_json(read_own(options.place)))
    elif options.csv != STDOUT:
        print(_aligned(table[["lesson", "title", "check", "passed", "tries", "score_last"]]))
        print(f"{int(table['passed'].sum())} of {len(table)} checks passed")
    return 0


def _editions(options: argparse.Namespace, _rest: object) -> int:
    from dcwidgets.course.edition_folder import write_editions

    written = write_editions(options.to, force=options.force)
    if written.kept is not None:
        print(f"What was there is kept as {written.kept}")
    for name in ("learner", "instructor", "grading"):
        print(written.folder / name)
    return 0


def _spare(files: list[str], *targets: str | None) -> None:
    """Refuse to write over what is to be read."""
    read = {Path(file).resolve() for file in files}
    for target in targets:
        if target not in (None, STDOUT) and Path(str(target)).resolve() in read:
            raise ValueError(f"{target} is to be read, not written. Name another file.")


def _write(table: Any, target: str | None) -> None:
    from dcwidgets.course.plain_tables import csv_text, write_csv

    if target == STDOUT:
        print(csv_text(table), end="")
    elif target is not None:
        write_csv(table, target)


def _aligned(table: Any) -> str:
    return str(table.to_string(index=False, float_format="{:.2f}".format, na_rep="-"))
