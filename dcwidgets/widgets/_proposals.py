"""What a model says about pictures before anybody has looked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from dcwidgets.labeling.records import Annotated, Record, record_of
from dcwidgets.widgets._queue import labels_by_id

REJECTED = "rejected:"
"""A tag with this and a proposal's id says that the proposal was turned down."""
LABEL = "label"
"""Id of the proposal for the picture's class; boxes are p0, p1, ..."""

Proposal = dict[str, Any]


def proposals_of(given: object, classes: Sequence[str]) -> dict[str, list[Proposal]]:
    """Read proposals by id from labels, records or another store.

    Returns
    -------
    dict of list
        By id of the picture: ``{"id", "label"}`` and for boxes ``x, y, w, h`` too.

    Raises
    ------
    ValueError
        If a label is no class, or a box is none.
    """
    if given is None:
        return {}
    records = _records(given)
    return {
        str(record["id"]): _numbered(record_of({**record, "source": "model"}, classes))
        for record in records
    }


def open_proposals(proposals: Iterable[Proposal], record: Record | None) -> list[Proposal]:
    """Leave out what was accepted (its box or a label is there) or turned down."""
    if record is None:
        return list(proposals)
    done = {box["id"] for box in record["boxes"]}
    done |= {tag.removeprefix(REJECTED) for tag in record["tags"] if tag.startswith(REJECTED)}
    if record["label"] is not None:
        done.add(LABEL)
    return [proposal for proposal in proposals if proposal["id"] not in done]


def _records(given: Any) -> Iterable[Mapping[str, Any]]:
    if isinstance(given, Annotated):
        return given.records()
    if isinstance(given, Mapping) and any(isinstance(said, Mapping) for said in given.values()):
        return [{**_said(said), "id": id_} for id_, said in given.items()]
    if isinstance(given, pd.Series | pd.DataFrame | Mapping):
        labels = labels_by_id(given, "proposals")
        return [{"id": id_, "label": label} for id_, label in labels.items()]
    if isinstance(given, Iterable) and not isinstance(given, str):
        return list(given)
    raise ValueError(
        "proposals must give labels by id, records by id, or another annotation store; "
        f"got {type(given).__name__}."
    )


def _said(said: object) -> dict[str, Any]:
    return dict(said) if isinstance(said, Mapping) else {"label": said}


def _numbered(record: Record) -> list[Proposal]:
    boxes: list[Proposal] = [
        {"id": f"p{number}", **{name: box[name] for name in ("label", *"xywh")}}
        for number, box in enumerate(record["boxes"])
    ]
    if record["label"] is None:
        return boxes
    return [{"id": LABEL, "label": record["label"]}, *boxes]
