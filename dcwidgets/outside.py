"""What comes from outside: parsed, named and counted safely, or refused in one sentence."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, TypeGuard

_LONGEST_NAME = 255  # bytes; a file system's answer to more is an error of its own kind


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
        If the name is none, leads elsewhere, or is longer than disks take.
    """
    if (
        not isinstance(name, str)
        or name in {"", ".", ".."}
        or {*name} & {"/", "\\", "\0"}
        or len(name.encode("utf-8", "surrogatepass")) > _LONGEST_NAME
    ):
        raise ValueError(f"{name!r:.100} is no name of a file in {folder}.")
    return folder / name


def is_number(value: object) -> TypeGuard[float]:
    """Say whether a value is a number that a float can hold; true and false are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    # Not `isfinite`, which raises for an integer beyond every float. False for NaN.
    return abs(value) <= sys.float_info.max
