"""A queue of pictures on one store, and whoever else works on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import RLock
from typing import Any
from weakref import WeakSet

from dcwidgets.imageset import ImageSet
from dcwidgets.labeling.records import Record
from dcwidgets.labeling.store import AnnotationStore
from dcwidgets.widgets._board import Board
from dcwidgets.widgets._changes import Change, changed, same
from dcwidgets.widgets._proposals import Proposal, open_proposals

# Pages are answered in a second thread: what is read, changed and written must be one piece.
_WRITING = RLock()
_DESKS: WeakSet[Desk] = WeakSet()
_EDITED = ("label", "boxes", "tags", "status", "note")


class _NoEdit(Exception):  # noqa: N818  nothing went wrong
    """What was asked for is so already."""


class Desk:
    """Reads and changes annotations; every desk on the same journal hears of a change.

    Parameters
    ----------
    images : ImageSet
        The pictures.
    store : AnnotationStore
        Where annotations are kept.
    queue : sequence of str
        Ids in the order of work.
    gold : mapping of str to str
        Known labels by id.
    proposals : mapping of str to list
        What a model says, by id.
    """

    def __init__(
        self,
        images: ImageSet,
        store: AnnotationStore,
        queue: Sequence[str],
        gold: Mapping[str, str],
        proposals: Mapping[str, list[Proposal]],
    ) -> None:
        self.images, self.store, self.queue = images, store, list(queue)
        self.places = {id_: place for place, id_ in enumerate(self.queue)}
        self.board = Board(store, self.places, gold)
        self.heard: Callable[[str], None] = lambda _: None
        self._proposals = proposals
        self._sizes: dict[str, tuple[int, int]] = {}
        self.path = Path(store.path).resolve()
        _DESKS.add(self)

    def known(self, id_: str) -> str:
        """Return an id of the queue, or raise a ValueError."""
        if id_ not in self.places:
            raise ValueError(
                f"{id_!r:.80} is not in this queue of {len(self.queue):,}. "
                "Take ids from `annotator.queue`."
            )
        return id_

    def size(self, id_: str) -> tuple[int, int]:
        """Return width and height in pixels; of what cannot be decoded, as its table says."""
        if id_ not in self._sizes:
            try:
                height, width = self.images.array(id_).shape[:2]
            except ValueError:
                table = self.images.table
                width, height = (int(table[edge].loc[id_]) for edge in ("width", "height"))
            self.note_size(id_, (width, height))
        return self._sizes[id_]

    def note_size(self, id_: str, size: tuple[int, int]) -> None:
        """Remember the size of a picture that was decoded anyway."""
        self._sizes[id_] = size

    @property
    def proposing(self) -> bool:
        """Whether a model proposes anything."""
        return any(self._proposals.values())

    def all_of(self, id_: str) -> list[Proposal]:
        """Return what a model proposes for a picture, decided or not."""
        return list(self._proposals.get(id_, ()))

    def proposals(self, id_: str) -> list[Proposal]:
        """Return what a model proposes for a picture and nobody has decided."""
        return open_proposals(self._proposals.get(id_, ()), self.store.get(id_))

    def change(self, id_: str, change: Change) -> Record | None:
        """Make an edit and return the picture's record once it is safe on disk."""
        with _WRITING:
            self.images.known([id_])  # another queue may have left the edit behind
            width, height = self.size(id_)

            def edit(before: Record | None) -> dict[str, Any]:
                record = changed(before, change, (width, height))
                # The page asks again when it did not hear the answer: that is no second edit.
                if same(before, record):
                    raise _NoEdit
                spent = (before or {}).get("seconds") or 0.0
                kept = {name: record[name] for name in _EDITED}
                seconds = round(spent + change.get("spent", 0.0), 1)
                return {**kept, "seconds": seconds, "source": "human", **size}

            size = {"width": width, "height": height}
            try:
                # Another kernel may write at this moment: the edit is of what stands there then.
                after = self.store.update(id_, edit)
            except _NoEdit:
                return self.store.get(id_)
        self._tell([id_])
        return after

    def step(self, *, back: bool) -> list[str]:
        """Undo or redo the last step on the store; return the pictures that changed."""
        with _WRITING:
            ids = self.store.undo() if back else self.store.redo()
        self._tell(ids)
        return ids

    def tell_classes(self) -> None:
        """Tell every desk that the class list has grown."""
        self._tell([""])

    def _tell(self, ids: Sequence[str]) -> None:
        for desk in list(_DESKS):
            if desk.path == self.path:
                for id_ in ids:
                    desk.hear(id_)

    def hear(self, id_: str) -> None:
        """Take in that a picture's record, or with an empty id the class list, has changed."""
        if id_ in self.places:
            self.board.note(id_, self.store.get(id_), self.store.classes)
        if id_ in self.places or not id_:
            self.heard(id_)
