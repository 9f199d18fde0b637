"""Tables that go out to spreadsheets and programs: what they hold is data, never a formula."""

from __future__ import annotations

import json
import os
import unicodedata
from pathlib import Path
from typing import Any

import pandas as pd

from dcwidgets.journal import write_whole

# What a spreadsheet takes for the start of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_text(table: pd.DataFrame) -> str:
    """Return a table as CSV in which no text starts like a formula."""
    return table.map(_harmless).to_csv(index=False, lineterminator="\n")


def write_csv(table: pd.DataFrame, path: str | os.PathLike[str]) -> Path:
    """Write a table as `csv_text` gives it; whole or not at all."""
    write_whole(Path(path), csv_text(table).encode("utf-8", "replace"))
    return Path(path)


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows that JSON can hold; what is missing is None."""
    rows: list[dict[str, Any]] = json.loads(table.to_json(orient="records"))
    return rows


def _harmless(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    # Full-width signs count, too, and so does what hides behind a space.
    begins = unicodedata.normalize("NFKC", value).lstrip(" \n").startswith(_FORMULA)
    return f"'{value}" if begins else value
