"""Where images come from: the drawn set, TensorFlow Datasets, a learner's own folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from dcwidgets.imageset import ImageSet
from dcwidgets.sources import written
from dcwidgets.sources.records import RecordStore

if TYPE_CHECKING:
    import pandas as pd

DRAWN = "pocket_pets"


def load(
    name: str | os.PathLike[str], *, data_dir: str | os.PathLike[str] | None = None
) -> ImageSet:
    """Load images by name or from a folder, preparing them where that was not done yet.

    Parameters
    ----------
    name : str or path
        ``"pocket_pets"`` (drawn by this package, needs no network), a name in TensorFlow
        Datasets such as ``"cats_vs_dogs"``, or the path of a folder of pictures or of
        what `automate` wrote.
    data_dir : str or path, optional
        Where prepared data lies. The default is that of TensorFlow Datasets: the
        environment variable ``TFDS_DATA_DIR``, or ``tensorflow_datasets`` in the home
        folder.

    Returns
    -------
    ImageSet

    Raises
    ------
    FileNotFoundError
        If ``name`` looks like a path and nothing is there.
    ValueError
        If there is no data set of this name, or no picture in the folder.
    ConnectionError
        If the data has to be downloaded and there is no network.
    OSError
        If ``data_dir`` is full or cannot be written to.

    Examples
    --------
    >>> pets = dcw.load("pocket_pets")
    >>> pets.classes
    ['cat', 'dog']
    """
    place = data_place(data_dir)
    if name == DRAWN:
        return _load_drawn(place)
    if _is_folder(name):
        records = written.find(Path(name).expanduser())
        return _load_folder(Path(name), place) if records is None else written.open_images(records)
    from dcwidgets.sources import catalog

    store = RecordStore(catalog.prepare(str(name), place))
    return ImageSet(store.table, store.layout.classes, store, name=store.layout.name)


def answer_key(
    name: str = DRAWN, *, data_dir: str | os.PathLike[str] | None = None
) -> pd.DataFrame:
    """Return the planted defects of the drawn data.

    Parameters
    ----------
    name : str, default "pocket_pets"
        Only drawn data has a key.
    data_dir : str or path, optional
        As in `load`.

    Returns
    -------
    pandas.DataFrame
        Indexed by id, every image of every split; one row per defect. Columns:
        ``defect`` (``"none"`` where healthy), ``true_label`` (missing if the picture
        shows neither class), ``other`` (the partner of a duplicate, or missing).

    Raises
    ------
    ValueError
        If ``name`` is not drawn data.
    """
    if name != DRAWN:
        raise ValueError(
            f"There is no answer key for {name!r}: only the drawn data {DRAWN!r} has planted "
            "defects. Judge findings in real pictures by looking at them."
        )
    from dcwidgets.sources import pocket_pets

    place = data_place(data_dir)
    pocket_pets.prepare(place)
    return pocket_pets.answer_key(place)


def data_place(data_dir: str | os.PathLike[str] | None = None) -> Path:
    """Return the folder where prepared data lies."""
    default = os.environ.get("TFDS_DATA_DIR") or Path("~/tensorflow_datasets")
    return Path(data_dir if data_dir is not None else default).expanduser().absolute()


def _load_drawn(place: Path) -> ImageSet:
    from dcwidgets.sources import pocket_pets

    store = RecordStore(pocket_pets.prepare(place))
    table = store.table.copy()
    pool = table["split"] == "pool"
    hidden = table.loc[pool, "label"].copy()
    table.loc[pool, "label"] = None  # until somebody pays for the annotation
    return ImageSet(table, store.layout.classes, store, name=DRAWN, hidden_labels=hidden)


def _load_folder(path: Path, place: Path) -> ImageSet:
    from dcwidgets.sources import folder
    from dcwidgets.sources.listing import readable

    prepared = folder.prepare(path, place)
    store = RecordStore(prepared.builder_dir)
    name = readable(path.expanduser().resolve().name)
    return ImageSet(store.table, store.layout.classes, store, name=name, rejects=prepared.rejects)


def _is_folder(name: str | os.PathLike[str]) -> bool:
    """Tell a path from a name; a name of TensorFlow Datasets may hold one slash."""
    if not isinstance(name, str):
        return True
    path = Path(name).expanduser()
    return path.is_dir() or path.is_absolute() or name.startswith((".", "~")) or "\\" in name
