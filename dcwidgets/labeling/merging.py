"""Several people's annotations, brought together file by file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from dcwidgets.labeling.records import TABLE, Annotated, Annotations, class_difference
from dcwidgets.labeling.store import AnnotationStore

Source = Annotated | str | os.PathLike[str]


def merge_annotations(
    sources: Sequence[Source], to: str | os.PathLike[str] | None = None
) -> pd.DataFrame:
    """Bring the annotations of several people together.

    Parameters
    ----------
    sources : sequence of AnnotationStore, Annotations or path
        One per person; their class lists must be the beginning of the longest.
    to : str or path, optional
        A journal to merge into, made where it is not there. Of several annotations of one
        picture the newest is taken; run it again when there are more. The others stay where
        they are: in the sources, and in the returned table.

    Returns
    -------
    pandas.DataFrame of shape (n_annotations, 13)
        ``annotator``, then the columns of ``store.table``; one row per person and picture.

    Raises
    ------
    ValueError
        If there are no sources, or class lists contradict each other; shows the difference.
    FileNotFoundError
        If a path is no file.
    """
    named = open_sources(sources)
    classes = common_classes(named)
    frames = [
        source.table.assign(annotator=_annotators(source.table, name))
        for name, source in named.items()
    ]
    if to is not None:
        _merge_into(AnnotationStore(to, classes), list(named.values()))
    return pd.concat(frames, ignore_index=True)[["annotator", *TABLE]]


def open_sources(sources: Sequence[Source]) -> dict[str, Annotated]:
    """Open what people annotated, by a name of each that is unique."""
    if isinstance(sources, str | os.PathLike | Annotated) or not sources:
        raise ValueError(f"Give a list of stores or of their paths, got {sources!r}.")
    named: dict[str, Annotated] = {}
    for number, source in enumerate(sources, 1):
        opened = source if isinstance(source, Annotated) else _opened(Path(source))
        name = _name(opened, f"annotator {number}")
        named[name if name not in named else f"{name} ({number})"] = opened
    return named


def common_classes(named: dict[str, Annotated]) -> list[str]:
    """Return the longest class list, of which all others must be the beginning."""
    longest = max((source.classes for source in named.values()), key=len)
    for name, source in named.items():
        if source.classes != longest[: len(source.classes)]:
            raise ValueError(
                f"The classes of {name} are not those of the others, so its numbers mean "
                f"something else:\n{class_difference(longest, source.classes)}\n"
                "(- the others', + its own). Label with one class list, or leave it out."
            )
    return longest


def _opened(path: Path) -> AnnotationStore:
    if not path.is_file():
        raise FileNotFoundError(f"There is no journal at {path}. `store.path` says where one lies.")
    return AnnotationStore(path)


def _name(source: Annotated, otherwise: str) -> str:
    authors = {record["author"] for record in source.records()} - {""}
    if len(authors) == 1:
        return str(authors.pop())
    return source.path.stem if isinstance(source, AnnotationStore) else otherwise


def _annotators(table: pd.DataFrame, name: str) -> pd.Series:
    return table["author"].where(table["author"] != "", name)


def _merge_into(store: AnnotationStore, sources: Sequence[Annotated]) -> None:
    newest = {record["id"]: record for record in store.records()}
    known = dict(newest)
    for record in sorted((r for source in sources for r in source), key=lambda r: str(r["ts"])):
        if record["id"] not in newest or newest[record["id"]]["ts"] < record["ts"]:
            newest[record["id"]] = record
    changed = [record for id_, record in newest.items() if record != known.get(id_)]
    store.add_all(Annotations(changed, store.classes))
