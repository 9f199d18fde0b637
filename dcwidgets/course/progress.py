"""What the learner has reached, in ``work/progress.json``, where the course panel reads it."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from dcwidgets.course.entries import Entry, parse, read_file
from dcwidgets.journal import write_whole

FORMAT = 1
# Longer than any write takes; a lock that is held longer belongs to something that hangs.
PATIENCE = 10.0


class Progress:
    """The progress file of one learner's folder.

    Two kernels may write at once, and a killed kernel leaves the old file or the new one.
    A file that cannot be read is kept beside the new one. A folder that cannot be written
    to is a warning, never an error: the lesson goes on without progress.

    Parameters
    ----------
    path : Path
        The file; made with its folder at the first change.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> dict[str, Entry]:
        """Return the entries by lesson id; none where the file is missing or torn."""
        try:
            return _lessons(self.path)
        except (OSError, ValueError):
            return {}

    def open(self, lesson: str, *, data: str, device: str) -> None:
        """Note that a lesson was started; another data set starts its scores anew."""

        def change(entry: Entry) -> None:
            if entry.get("data") != data:
                entry.pop("score", None)
            entry.update(opened=now(), data=data, device=device)

        self._change(lesson, change)

    def check(self, lesson: str, name: str, *, passed: bool) -> None:
        """Note an answer; what was passed once stays passed."""

        def change(entry: Entry) -> None:
            checks = entry.setdefault("checks", {})
            before = checks.get(name, {})
            checks[name] = {
                "passed": passed or bool(before.get("passed")),
                "tries": int(before.get("tries", 0)) + 1,
                "at": now(),
            }

        self._change(lesson, change)

    def score(self, lesson: str, mean: float) -> None:
        """Note a score on the trusted images, 0 to 1; what is no number is no score."""
        if not 0 <= mean <= 1:
            return

        def change(entry: Entry) -> None:
            score = entry.setdefault("score", {"first": mean})
            score["last"] = mean

        self._change(lesson, change)

    def _change(self, lesson: str, change: Callable[[Entry], None]) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(f"{self.path}.lock", timeout=PATIENCE):
                entries = self._read_or_set_aside()
                change(entries.setdefault(lesson, {}))
                text = json.dumps({"format": FORMAT, "lessons": entries}, indent=1)
                write_whole(self.path, text.encode())
        except (OSError, Timeout) as error:
            warnings.warn(
                f"Your progress is not kept: {self.path} cannot be written ({error}). "
                "The lesson works without it.",
                stacklevel=2,
            )

    def _read_or_set_aside(self) -> dict[str, Entry]:
        if not self.path.exists():
            return {}
        try:
            return _lessons(self.path)
        except ValueError:
            aside = _free_name(self.path)
            self.path.replace(aside)
            warnings.warn(
                f"{self.path} cannot be read. It is kept as {aside.name}, and a new one is begun.",
                stacklevel=2,
            )
            return {}


def now() -> str:
    """Return the time in ISO 8601, UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _lessons(path: Path) -> dict[str, Entry]:
    entries: dict[str, Entry] = parse(read_file(path, links=True))["lessons"]
    return entries


def _free_name(path: Path) -> Path:
    taken = 1
    while (aside := path.with_name(f"{path.stem}.torn-{taken}{path.suffix}")).exists():
        taken += 1
    return aside
