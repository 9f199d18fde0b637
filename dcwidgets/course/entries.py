"""What a progress file says, read so that nothing in it is believed unseen."""

from __future__ import annotations

import json
import os
import stat
from datetime import datetime
from pathlib import Path
from typing import Any

from dcwidgets.outside import is_number

# Eight lessons take some 3,000 bytes; what is far larger is something else.
LARGEST = 1_000_000
MOST_TRIES = 1_000_000
_LONGEST = 200

Entry = dict[str, Any]  # of one lesson: opened, data, device, checks, score


def read_file(path: Path, *, links: bool = False) -> bytes:
    """Return the content of a regular file that is not too large.

    Parameters
    ----------
    path : Path
        The file.
    links : bool, default False
        Follow a link. What somebody else hands in may point anywhere; do not.

    Raises
    ------
    ValueError
        If it is something else; the message says what.
    OSError
        If it cannot be read.
    """
    if not links and path.is_symlink():
        raise ValueError("it is a link; give the file itself")
    # Not blocking: a named pipe would keep us waiting for ever.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)
    flags |= 0 if links else getattr(os, "O_NOFOLLOW", 0)
    with os.fdopen(os.open(path, flags), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise ValueError("it is no regular file")
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise ValueError(f"it has more than {LARGEST:,} bytes, a progress file a few thousand")
    return content


def parse(content: bytes) -> dict[str, Any]:
    """Return what a progress file holds, fields of later versions included.

    Raises
    ------
    ValueError
        If it is torn, or not of the form that `Progress` writes; the message says why,
        and quotes nothing of the content.
    """
    try:
        whole = json.loads(content)
    except (ValueError, RecursionError):
        raise ValueError("it is torn, or no JSON") from None
    entries = whole.get("lessons") if isinstance(whole, dict) else None
    if not isinstance(entries, dict):
        raise ValueError("it holds no entries by lesson")  # noqa: TRY004 - of a file
    for entry in entries.values():
        _look_at(entry)
    return whole


def plain(text: object) -> str:
    """Return a text from outside as one line that any terminal and any file can take."""
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(text))
    return shown[:_LONGEST]


def when(entry: Entry) -> str:
    """Return when a lesson was opened, ISO 8601; empty where nobody can say."""
    opened = entry.get("opened")
    try:
        return datetime.fromisoformat(opened).isoformat() if isinstance(opened, str) else ""
    except ValueError:
        return ""


def check_of(entries: dict[str, Entry], lesson: str, name: str) -> tuple[bool, int]:
    """Return whether a check was passed, and after how many tries."""
    found = entries.get(lesson, {}).get("checks", {}).get(name, {})
    passed = bool(found.get("passed", False))
    return passed, max(int(found.get("tries", 0)), int(passed))


def _look_at(entry: object) -> None:
    if not isinstance(entry, dict):
        raise ValueError("an entry of a lesson is no object")  # noqa: TRY004 - of a file
    checks, score = entry.get("checks", {}), entry.get("score", {})
    if not isinstance(checks, dict) or not all(map(_is_check, checks.values())):
        raise ValueError("a check says something else than passed and tries")
    if not isinstance(score, dict) or not all(map(_is_share, _ends(score))):
        raise ValueError("a score is no number from 0 to 1")


def _is_check(check: object) -> bool:
    if not isinstance(check, dict):
        return False
    passed, tries = check.get("passed", False), check.get("tries", 0)
    counted = isinstance(tries, int) and not isinstance(tries, bool)
    return isinstance(passed, bool) and counted and 0 <= tries <= MOST_TRIES


def _ends(score: Entry) -> list[Any]:
    return [score[end] for end in ("first", "last") if end in score]


def _is_share(value: object) -> bool:
    return is_number(value) and 0 <= value <= 1
