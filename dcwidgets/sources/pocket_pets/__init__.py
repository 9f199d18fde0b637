"""The drawn set: how one animal is drawn, the builder, the answer key.

Importing this imports neither TensorFlow nor pandas.
"""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import TYPE_CHECKING

from dcwidgets.quiet import load_tensorflow
from dcwidgets.sources.pocket_pets.version import NAME, VERSION, config_name

if TYPE_CHECKING:
    import pandas as pd

    from dcwidgets.sources.pocket_pets.builder import PocketPets

_SPLITS = ("train", "pool", "gold", "fresh")
_KEY = "answer_key.parquet"


def prepare(data_dir: Path, *, progress: bool = True, seed: int = 0, percent: int = 100) -> Path:
    """Draw the set and write it, unless it is there already.

    Parameters
    ----------
    data_dir : Path
        Folder of prepared data sets, as TensorFlow Datasets lays it out.
    progress : bool, default True
        Show a progress bar.
    seed : int, default 0
        Another seed gives another set of the same make.
    percent : int, default 100
        Size of the set, 1 to 100.

    Returns
    -------
    Path
        The version folder.

    Raises
    ------
    ValueError
        If ``percent`` lies outside 1 to 100.
    OSError
        If the disk is full or ``data_dir`` cannot be written to.
    """
    from dcwidgets.sources.preparation import prepare_once

    if not 1 <= percent <= 100:
        raise ValueError(f"percent must lie between 1 and 100, both included, got {percent!r}.")
    target = data_dir / NAME / config_name(seed, percent) / VERSION
    prepare_once(target, lambda staging: _write(staging, progress, seed, percent), splits=_SPLITS)
    return target


def answer_key(data_dir: Path, *, seed: int = 0, percent: int = 100) -> pd.DataFrame:
    """Return the planted defects of a prepared set.

    Parameters
    ----------
    data_dir : Path
        Where `prepare` put the set.
    seed, percent : int
        As given to `prepare`.

    Returns
    -------
    pandas.DataFrame
        Indexed by id, every image of every split, one row per defect. Columns:
        ``defect`` (``"none"`` where healthy), ``true_label`` (missing if the picture
        shows neither class), ``other`` (id of the partner of a duplicate, or missing).

    Raises
    ------
    FileNotFoundError
        If the set was not prepared there.
    """
    import pandas as pd

    from dcwidgets.sources.records import RecordStore

    folder = data_dir / NAME / config_name(seed, percent) / VERSION
    if not (folder / _KEY).is_file():
        raise FileNotFoundError(
            f"There is no answer key in {folder}. Prepare the set first: dcwidgets prepare."
        )
    filenames = RecordStore(folder).table["filename"]
    ids = pd.Series(filenames.index, index=filenames.to_numpy())
    key = pd.read_parquet(folder / _KEY)
    key.index = pd.Index(key.pop("filename").map(ids), name="id", dtype="str")
    key["other"] = key["other"].map(ids)
    return key.loc[filenames.index]


def _write(staging: Path, progress: bool, seed: int, percent: int) -> Path:  # noqa: FBT001
    from dcwidgets.sources.pocket_pets.key import answers
    from dcwidgets.sources.pocket_pets.plan import plan
    from dcwidgets.sources.pocket_pets.studio import drawing

    entries = plan(seed, percent)
    with drawing(entries) as pictures:  # which takes all cores while TensorFlow is loaded by one
        builder = _builder(staging, seed, percent)
        builder.pictures = pictures
        builder.show_progress = progress
        # It would say that it downloads.
        with contextlib.redirect_stdout(io.StringIO()):
            builder.download_and_prepare()
    folder = Path(builder.data_dir)
    answers(entries).to_parquet(folder / _KEY)
    return folder


def _builder(staging: Path, seed: int, percent: int) -> PocketPets:
    load_tensorflow()
    import tensorflow_datasets as tfds

    from dcwidgets.sources.pocket_pets.builder import PocketPets, PocketPetsConfig

    tfds.disable_progress_bar()  # ours counts pictures over all splits
    config = PocketPetsConfig(name="", seed=seed, percent=percent)
    known = config in PocketPets.BUILDER_CONFIGS  # a known one has to be given by name
    return PocketPets(data_dir=staging, config=config.name if known else config)
