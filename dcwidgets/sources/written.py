"""Image sets that were written as records: found by their folder, opened as they were."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dcwidgets.imageset import ImageSet
from dcwidgets.outside import inside, parse
from dcwidgets.sources.preparation import prepared
from dcwidgets.sources.records import RecordStore

MANIFEST = "manifest.json"
# The column that carries weights, where an image set has any.
WEIGHT = "weight"


def find(folder: Path) -> Path | None:
    """Return the records that a folder holds or points to; None if it is no such folder.

    Parameters
    ----------
    folder : Path
        What `automate` wrote, one version of it, or any version folder of TensorFlow
        Datasets.
    """
    if prepared(folder):
        return folder
    manifest = read_manifest(folder)
    if manifest is None:
        return None
    current = inside(folder, manifest["folder"])
    if not prepared(current):
        raise FileNotFoundError(
            f"{folder / MANIFEST} names the version {manifest['folder']}, and {current} is not "
            "complete. Run `dcwidgets prepare` with its configuration again."
        )
    return current


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """Read the manifest of a folder; None if there is none or it is somebody else's."""
    try:
        content = parse((folder / MANIFEST).read_bytes(), "a manifest")
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError, ValueError):
        return None
    is_ours = isinstance(content, dict) and {"dcwidgets", "folder", "version"} <= content.keys()
    return content if is_ours else None


def open_images(folder: Path) -> ImageSet:
    """Open a version folder as an image set, weights included."""
    store = RecordStore(folder)
    table = store.table
    weights = table.pop(WEIGHT) if WEIGHT in table else None
    return ImageSet(table, store.layout.classes, store, name=store.layout.name, weights=weights)
