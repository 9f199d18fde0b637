"""JSON from outside: parsed, or refused in one sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def parse(text: str | bytes, what: str) -> Any:
    """Parse JSON that may come from anywhere.

    Parameters
    ----------
    text : str or bytes
        Bytes in UTF-8.
    what : str
        What it should be, such as ``"a recipe"``, for the message.

    Raises
    ------
    ValueError
        If it is no JSON, no UTF-8, nested too deeply or holds a number too long to read.
    """
    try:
        return json.loads(text.decode("utf-8-sig") if isinstance(text, bytes) else text)
    except json.JSONDecodeError as error:
        raise ValueError(f"This is not {what}: no JSON at line {error.lineno}.") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"This is not {what}: no text in UTF-8 at byte {error.start}.") from error
    except RecursionError as error:
        raise ValueError(f"This is not {what}: lists lie too deep in each other.") from error
    except ValueError as error:  # Python refuses to read numbers of thousands of digits
        raise ValueError(f"This is not {what}: {error}.") from error


def inside(folder: Path, name: object) -> Path:
    """Return a file or folder directly below a folder, by a name from outside.

    Raises
    ------
    ValueError
        If the name is none, or leads elsewhere.
    """
    if not isinstance(name, str) or name in {"", ".", ".."} or {*name} & {"/", "\\", "\0"}:
        raise ValueError(f"{name!r:.100} is no name of a file in {folder}.")
    return folder / name
