"""Lesson 5: labels that are never lost."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypedDict, Unpack

import pandas as pd

from dcwidgets.labeling.event_log import EventLog
from dcwidgets.labeling.records import (
    Annotated,
    Record,
    check_classes,
    class_difference,
    copied,
    record_of,
)

HISTORY = ("n", "ts", "op", "id", "label", "boxes", "status", "author")


class Details(TypedDict, total=False):
    """What may be said about a picture besides its label and boxes."""

    tags: Sequence[str]
    author: str
    status: str
    note: str
    seconds: float | None
    source: str
    width: int | None
    height: int | None


class AnnotationStore(Annotated):
    """Labels and boxes in an append-only journal that loses none.

    Every change is one line of JSON that is flushed to the disk before the call returns;
    undo and redo are lines too. A killed kernel loses nothing that was acknowledged, and
    several kernels may write at once. Half a line that a killed kernel left is set aside in
    ``<path>.torn``.

    Parameters
    ----------
    path : str or path, default "work/labels.jsonl"
        The journal; created with its folder.
    classes : sequence of str, optional
        Class names; needed for a new journal. A name never changes its number: a longer list
        appends to the journal's, a list that contradicts it is refused.
    author : str, default ""
        Who labels, where `add` does not say so.

    Raises
    ------
    ValueError
        If ``classes`` contradicts the journal, or a new journal has none.
    OSError
        If the journal cannot be read or written.
    """

    def __init__(
        self,
        path: str | os.PathLike[str] = "work/labels.jsonl",
        classes: Sequence[str] | None = None,
        *,
        author: str = "",
    ) -> None:
        self.path = Path(path)
        self.author = author
        self._log = EventLog(self.path)
        if classes is None and not self.classes:
            raise ValueError(
                f"There are no labels at {self.path} yet. "
                'Give the classes of a new store: classes=["cat", "dog"].'
            )
        if classes is not None:
            self._agree_on(check_classes(classes))

    @property
    def classes(self) -> list[str]:
        """Class names; the position of a name is its number, for ever."""
        return list(self._log.current().classes)

    @property
    def class_version(self) -> int:
        """How often the class list has grown; 1 for the list it began with."""
        return self._log.current().class_version

    def add_class(self, name: str) -> int:
        """Append a class.

        Returns
        -------
        int
            Its number, also where it was there already.

        Raises
        ------
        ValueError
            If the name is empty, or does not fit on a line.
        OSError
            If it cannot be written.
        """
        (name,) = check_classes([name])
        with self._log.writing():
            if name not in self.classes:
                self._log.commit("classes", names=[name])
            return self.classes.index(name)

    def add(
        self,
        id: str,  # noqa: A002 - the name every table uses
        label: str | None = None,
        boxes: Iterable[Mapping[str, Any]] = (),
        **details: Unpack[Details],
    ) -> Record:
        """Say what a picture shows; returns when that is safe on disk.

        What was said about the picture before is replaced, and comes back with `undo`.

        Parameters
        ----------
        id : str
            The picture.
        label : str, optional
            Its class.
        boxes : iterable of mapping
            ``x``, ``y``, ``w``, ``h`` in pixels from the top left, ``label`` (the picture's
            where left out), and if wanted ``difficult``, ``truncated``, ``author``,
            ``source``, ``ts``, ``id``. Cut at the picture's border if its size is given.
        **details
            ``tags`` (words), ``author``, ``status`` ("labeled", "verified", "unsure" or
            "skipped"), ``note``, ``seconds`` it took, ``source`` (such as "human" or
            "model"), ``width`` and ``height`` of the picture in pixels.

        Returns
        -------
        dict
            The record as it stands on disk.

        Raises
        ------
        ValueError
            If a field holds what it cannot, or a label is not one of the classes.
        OSError
            If it cannot be written, such as on a full disk; everything before is safe.
        """
        given = {"id": id, "label": label, "boxes": boxes, **details}
        return self.add_all([given])[0]

    def add_all(self, records: Iterable[Mapping[str, Any]]) -> list[Record]:
        """Say what several pictures show, all or none, in one step of `undo`.

        Parameters
        ----------
        records : iterable of mapping
            ``id`` and what `add` takes; another store and what `import_annotations` reads
            are such iterables.

        Returns
        -------
        list of dict
            The records as they stand on disk.

        Raises
        ------
        ValueError, OSError
            As `add`; nothing was written then.
        """
        if isinstance(records, Annotated):
            self._refuse(records.classes, f"The annotations come with {len(records.classes)}")
        given = list(records)
        with self._log.writing() as state:
            rows = [record_of(one, state.classes, self.author) for one in given]
            if rows:
                self._log.commit("add", rows=rows)
        return [copied(row) for row in rows]

    def update(
        self,
        id: str,  # noqa: A002
        change: Callable[[Record | None], Mapping[str, Any]],
    ) -> Record:
        """Change what is said about a picture, from what is said about it at that moment.

        No other kernel writes between reading and writing: of two that change one picture at
        once, the second sees what the first has said, and nothing is lost.

        Parameters
        ----------
        id : str
            The picture.
        change : callable
            Takes its record, None where there is none, and returns what `add` takes, most
            often the record changed. Runs while others wait: keep it short. Where the record
            comes back as it was, nothing is written.

        Returns
        -------
        dict
            The record as it stands on disk.

        Raises
        ------
        ValueError
            As `add`, or if ``change`` answers about another picture; nothing was written then.
        OSError
            If it cannot be written.

        Examples
        --------
        >>> store = dcw.AnnotationStore("work/labels.jsonl", classes=["cat", "dog"])
        >>> added = store.add("a", label="cat")
        >>> changed = store.update("a", lambda record: {**record, "status": "verified"})
        >>> changed["status"]
        'verified'
        """
        with self._log.writing() as state:
            before = state.records.get(id)
            given = _answer(change(None if before is None else copied(before)), id)
            if before is not None and given == before:
                return copied(before)
            if before is not None and given.get("ts") == before["ts"]:
                del given["ts"]
            row = record_of(given, state.classes, self.author)
            self._log.commit("add", rows=[row])
        return copied(row)

    def remove(self, id: str) -> None:  # noqa: A002
        """Take back everything that was said about a picture; `undo` brings it back.

        Raises
        ------
        ValueError
            If nothing was said about it.
        OSError
            If this cannot be written.
        """
        with self._log.writing() as state:
            if id not in state.records:
                raise ValueError(f"There is no annotation of {id!r} in {self.path.name}.")
            self._log.commit("remove", ids=[id])

    def undo(self) -> list[str]:
        """Take the last step back, whoever made it and whichever picture it was about.

        Returns
        -------
        list of str
            The pictures that changed; empty where there is nothing to undo.

        Raises
        ------
        OSError
            If this cannot be written.
        """
        return self._step("undo")

    def redo(self) -> list[str]:
        """Do what `undo` took back again; returns and raises as `undo` does."""
        return self._step("redo")

    @property
    def can_undo(self) -> bool:
        """Whether `undo` would change anything."""
        return self._log.current().can_undo

    @property
    def can_redo(self) -> bool:
        """Whether `redo` would change anything."""
        return self._log.current().can_redo

    def records(self) -> list[Record]:
        """Return one record per picture, in the order in which they were first annotated."""
        return [copied(record) for record in self._log.current().records.values()]

    def get(self, id: str) -> Record | None:  # noqa: A002
        """Return the record of a picture, None where there is none."""
        record = self._log.current().records.get(id)
        return None if record is None else copied(record)

    def __len__(self) -> int:
        return len(self._log.current().records)

    def __repr__(self) -> str:
        return f"<AnnotationStore {self.path}: {len(self):,} pictures, {', '.join(self.classes)}>"

    @property
    def history(self) -> pd.DataFrame:
        """One row per change and picture, oldest first, undone ones and archives included.

        ``op`` is "classes", "add", "remove", "undo" or "redo"; the other columns say what
        held afterwards, and are missing where the picture has no annotation.
        """
        rows = []
        for n, ts, op, id_, record in self._log.with_archive().outcomes:
            row = {"n": n, "ts": ts, "op": op, "id": id_}
            if record is not None:
                row |= {name: record[name] for name in ("label", "status", "author")}
                row["boxes"] = len(record["boxes"])
            rows.append(row)
        return pd.DataFrame(rows, columns=list(HISTORY)).astype({"boxes": "Int64"})

    def compact(self) -> Path | None:
        """Shorten the journal to what holds now; the old one becomes a numbered archive.

        Nothing is lost: `history`, `undo` and `redo` read the archives where they need to.

        Returns
        -------
        Path or None
            The archive; None where there was nothing to put away.

        Raises
        ------
        OSError
            If a file cannot be written; the journal stays as it was.
        """
        return self._log.compact()

    def _agree_on(self, classes: list[str]) -> None:
        """Take a class list that repeats or extends the journal's."""
        if self._missing(classes):
            with self._log.writing():
                missing = self._missing(classes)
                if missing:
                    self._log.commit("classes", names=missing)

    def _missing(self, classes: list[str]) -> list[str]:
        known = self.classes
        if classes[: len(known)] != known:
            self._refuse(classes, f"classes has {len(classes)}")
        return classes[len(known) :]

    def _refuse(self, classes: list[str], whose: str) -> None:
        """Raise unless a class list is how the journal's begins."""
        known = self.classes
        if known[: len(classes)] != classes:
            raise ValueError(
                f"{whose} names that do not match the {len(known)} of {self.path.name}, "
                "and a class never changes its number:\n"
                f"{class_difference(known, classes)}\n"
                "(- in the journal, + given). Append with `store.add_class(name)`, or take "
                "another file."
            )

    def _step(self, op: Literal["undo", "redo"]) -> list[str]:
        source = "done" if op == "undo" else "undone"
        with self._log.writing() as state:
            if not (state.can_undo if op == "undo" else state.can_redo):
                return []
            steps = getattr(state, source) or getattr(self._log.with_archive(), source)
            if not steps:
                raise ValueError(
                    f"{self.path.name} says that there is a step to {op}, and no journal holds it."
                )
            step = steps[-1]
            self._log.commit(op, of=step.n)
        return list(step.after)


def _answer(given: object, id_: str) -> dict[str, Any]:
    """Return what a change answers, as `record_of` takes it."""
    if not isinstance(given, Mapping):
        raise ValueError(  # noqa: TRY004 - as every wrong annotation
            f"The change of {id_!r:.100} must return a mapping, such as the record that it was "
            f"given; got {type(given).__name__}. To take a record back, call `remove`."
        )
    if given.get("id", id_) != id_:
        raise ValueError(f"The change of {id_!r:.100} answers about {given['id']!r:.100}.")
    return {**given, "id": id_}
