"""What went into an image set, picture by picture, so that a change can be named."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

import pandas as pd

from dcwidgets.imageset import ImageSet, each_in_threads

# Examples that a sentence names.
_NAMED = 2


def fingerprint_table(images: ImageSet) -> pd.DataFrame:
    """Hash every picture of a set.

    Returns
    -------
    pandas.DataFrame
        Indexed by file name (by id where file names repeat): ``label``, ``split``,
        ``metadata`` (JSON), ``sha256`` of the encoded bytes.
    """
    digests: dict[str, str] = {}

    def look(id_: str) -> None:
        digests[id_] = hashlib.sha256(images.store.read(id_)).hexdigest()

    table = images.table
    each_in_threads(look, table.index)
    names = table["filename"] if table["filename"].is_unique else table.index
    metadata = table[images.metadata].astype(object).where(table[images.metadata].notna(), None)
    return pd.DataFrame(
        {
            "label": table["label"].astype(object).where(table["label"].notna(), "").to_numpy(),
            "split": table["split"].to_numpy(),
            "metadata": [json.dumps(row, default=str) for row in metadata.to_dict("records")],
            "sha256": [digests[id_] for id_ in table.index],
        },
        index=pd.Index(list(map(str, names)), name="picture"),
    ).sort_index()


def fingerprint(table: pd.DataFrame) -> str:
    """Return the SHA-256 of a table that `fingerprint_table` made, 64 hexadecimal digits."""
    digest = hashlib.sha256()
    for name, *values in table.itertuples():
        digest.update("\x1f".join([name, *values, "\x1e"]).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def describe_changes(before: pd.DataFrame, after: pd.DataFrame) -> list[str]:
    """Say what differs between two fingerprint tables, one phrase for each kind of change."""
    both = before.index.intersection(after.index)
    kinds = {
        "added": after.index.difference(before.index),
        "gone": before.index.difference(after.index),
        "with another content": _differ(before, after, both, "sha256"),
        "with another label": _differ(before, after, both, "label"),
        "in another split": _differ(before, after, both, "split"),
        "with other metadata": _differ(before, after, both, "metadata"),
    }
    return [_phrase(list(names), kind) for kind, names in kinds.items() if len(names)]


def _differ(
    before: pd.DataFrame, after: pd.DataFrame, both: pd.Index[str], column: str
) -> pd.Index[str]:
    return both[(before.loc[both, column] != after.loc[both, column]).to_numpy()]


def _phrase(names: Sequence[str], kind: str) -> str:
    shown = ", ".join(names[:_NAMED]) + (", ..." if len(names) > _NAMED else "")
    return f"{len(names):,} picture{'s' * (len(names) != 1)} {kind} ({shown})"
