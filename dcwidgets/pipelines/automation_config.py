"""The TOML file of an automated pipeline, read so that every mistake has a place."""

from __future__ import annotations

import difflib
import json
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dcwidgets.journal import write_whole

_KEYS = {
    "source": "a data set's name or a folder of pictures",
    "to": "the folder to write to",
    "recipe": "the path of a recipe in JSON",
    "contract": "the path of a contract in JSON",
    "splits": "a list of split names",
    "shards": "the number of files for each split, at least 1",
}
_REQUIRED = ("source", "to")


@dataclass(frozen=True)
class Config:
    """An automated pipeline.

    Attributes
    ----------
    path : Path
        The file itself.
    source : str
        As `load` takes it; a folder as an absolute path.
    to : Path
        The folder to write to.
    recipe, contract : Path or None
        JSON files.
    splits : tuple of str
        Splits to keep; all if empty.
    shards : int or None
        Files for each split, so that as many machines can read them; by size if None.
    """

    path: Path
    source: str
    to: Path
    recipe: Path | None = None
    contract: Path | None = None
    splits: tuple[str, ...] = ()
    shards: int | None = None


def read_config(path: str | os.PathLike[str]) -> Config:
    """Read and check a configuration.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not TOML, a key is unknown or missing, or a value is not what is
        expected; names file and key.
    """
    file = Path(path).expanduser().absolute()
    if not file.is_file():
        raise FileNotFoundError(f"There is no configuration {file}.")
    try:
        content = tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{file.name} is not TOML: {error}") from error
    _check_keys(file, content)
    here = file.parent
    texts = {key: _text(file, content, key) for key in ("source", "to", "recipe", "contract")}
    source = here / Path(texts["source"] or "").expanduser()
    return Config(
        file,
        source=str(source) if source.is_dir() else str(texts["source"]),
        to=here / Path(texts["to"] or "").expanduser(),
        recipe=_beside(here, texts["recipe"]),
        contract=_beside(here, texts["contract"]),
        splits=_splits(file, content),
        shards=_shards(file, content),
    )


def write_config(path: str | os.PathLike[str], **keys: str | int | list[str] | None) -> Path:
    """Write a configuration; a source that is a folder keeps its place, None is left out."""
    file = Path(path)
    source = str(keys.get("source", ""))
    if Path(source).expanduser().is_dir():
        keys["source"] = str(Path(source).expanduser().resolve())
    lines = [f"{key} = {json.dumps(value)}" for key, value in keys.items() if value is not None]
    file.parent.mkdir(parents=True, exist_ok=True)
    write_whole(file, "".join(f"{line}\n" for line in lines).encode())
    read_config(file)
    return file


def _check_keys(file: Path, content: dict[str, Any]) -> None:
    for key in content:
        if key not in _KEYS:
            near = difflib.get_close_matches(key, _KEYS, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise ValueError(f"{file.name}: unknown key {key!r}.{hint} Keys are: {_all_keys()}.")
    for key in _REQUIRED:
        if key not in content:
            raise ValueError(f"{file.name}: {key!r} is missing; expected {_KEYS[key]}.")


def _all_keys() -> str:
    return ", ".join(_KEYS)


def _text(file: Path, content: dict[str, Any], key: str) -> str | None:
    value = content.get(key)
    if key in content and not (isinstance(value, str) and value.strip()):
        raise ValueError(f"{file.name}: {key!r} is {value!r}; expected {_KEYS[key]}.")
    return value


def _splits(file: Path, content: dict[str, Any]) -> tuple[str, ...]:
    value = content.get("splits", [])
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise ValueError(f"{file.name}: 'splits' is {value!r}; expected {_KEYS['splits']}.")
    return tuple(value)


def _shards(file: Path, content: dict[str, Any]) -> int | None:
    value = content.get("shards")
    if "shards" in content and (type(value) is not int or value < 1):
        raise ValueError(f"{file.name}: 'shards' is {value!r}; expected {_KEYS['shards']}.")
    return value


def _beside(here: Path, name: str | None) -> Path | None:
    return None if name is None else here / Path(name).expanduser()
