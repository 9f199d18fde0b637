"""Files written whole or not at all, one or many."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from dcwidgets.journal import sync_folder, write_whole


def publish(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write files into a folder: all of them, or none and the folder as it was.

    Parameters
    ----------
    folder : path
        Made where it is not there.
    contents : mapping of str to bytes
        Content by name; names are relative and stay in the folder.

    Raises
    ------
    ValueError
        If a link in the folder leads a name out of it.
    OSError
        If a file cannot be written.
    """
    anew = not folder.exists()
    home = folder.parent if anew else folder
    home.mkdir(parents=True, exist_ok=True)
    stage = Path(tempfile.mkdtemp(prefix=".export-", dir=home))
    try:
        for name, content in contents.items():
            target = stage / "new" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            write_whole(target, content)
        (stage / "new").mkdir(exist_ok=True)
        if anew:
            (stage / "new").rename(folder)
        else:
            _replace_all(folder, stage, contents)
        sync_folder(home)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _replace_all(folder: Path, stage: Path, contents: Mapping[str, bytes]) -> None:
    targets = {name: folder / name for name in contents}
    for target in targets.values():
        if not target.parent.resolve().is_relative_to(folder.resolve()):
            raise ValueError(f"{target.parent} leads out of {folder}: remove that link first.")
    written: list[tuple[Path, Path | None]] = []
    try:
        for number, (name, target) in enumerate(targets.items()):
            target.parent.mkdir(parents=True, exist_ok=True)
            old = None
            if os.path.lexists(target):
                old = stage / f"old-{number}"
                target.rename(old)
            written.append((target, old))
            (stage / "new" / name).rename(target)
    except BaseException:
        for target, old in reversed(written):
            target.unlink(missing_ok=True)
            if old is not None:
                old.rename(target)
        raise
