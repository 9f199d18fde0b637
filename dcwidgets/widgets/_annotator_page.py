"""The page's side of the annotator: what it is told, and what it may ask."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Self

import traitlets

from dcwidgets.widgets._annotated import annotated_html
from dcwidgets.widgets._changes import Change, read_change
from dcwidgets.widgets._desk import Desk
from dcwidgets.widgets._messages import Answer, Ask, AskedWidget, Reply
from dcwidgets.widgets._proposals import REJECTED
from dcwidgets.widgets._sheets import EDGE, encode_jpeg, most_tiles, sprite_sheet

_SMALLEST_TILE, _LARGEST_TILE = 16, 320
_LONGEST_ID = 10_000


class AnnotatorPage(AskedWidget):
    """Answer the page of an annotator.

    Parameters
    ----------
    desk : Desk
        The queue and its store.
    settings : mapping
        What the page is told once: ``boxes``, ``hidden``, ``advance``, ``tags``, ``guide``.
    examples : mapping of str to list of str
        Ids of example pictures by class.
    offered : sequence of str, optional
        Classes on offer; by default the store's.
    """

    _at = traitlets.Int(0).tag(sync=True)

    def __init__(
        self,
        desk: Desk,
        settings: Mapping[str, Any],
        examples: Mapping[str, list[str]],
        offered: Sequence[str] | None,
    ) -> None:
        self.images, self.store = desk.images, desk.store
        self._desk, self._settings, self._examples = desk, settings, examples
        self._offered = None if offered is None else list(offered)
        desk.heard = self._hear_of
        super().__init__(_at=int((desk.board.refresh().states == 0).argmax()))

    @property
    def classes(self) -> list[str]:
        """Classes on offer, in the order of their digits."""
        return self.store.classes if self._offered is None else list(self._offered)

    def add_class(self, name: str) -> Self:
        """Append a class, for this queue and for the store."""
        self.store.add_class(name)  # a name that is none is refused before it is offered
        if self._offered is not None and name not in self._offered:
            self._offered.append(name)
        self._desk.tell_classes()
        return self

    def _step(self, *, back: bool) -> list[str]:
        ids = self._desk.step(back=back)
        mine = [id_ for id_ in ids if id_ in self._desk.places]
        if mine:
            self._at = self._desk.places[mine[0]]
        return ids

    def _read(self, ask: Ask, id_: str) -> Change:
        rejections = [REJECTED + one["id"] for one in self._desk.all_of(id_)]
        return read_change(ask, self.store.classes, [*self._settings["tags"], *rejections])

    @traitlets.validate("_at")
    def _valid_place(self, proposal: Any) -> int:
        place, n = proposal["value"], len(self._desk.queue)
        if isinstance(place, bool) or not 0 <= place < n:
            raise traitlets.TraitError(f"the place in the queue is 0 to {n - 1}, got {place!r}.")
        return int(place)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is not None:
            data = bundle[0] if isinstance(bundle, tuple) else bundle
            data["text/html"] = annotated_html(self.images, self._desk, self._at)
        return bundle

    # What the page is told and may ask.

    def _hear_of(self, id_: str) -> None:
        told: dict[str, Any] = {"picture": id_, "record": self.store.get(id_)} if id_ else {}
        if id_:
            told["row"] = self._desk.places[id_]
        self.send({"event": "changed", **told, **self._state(id_)})

    def _state(self, id_: str) -> dict[str, Any]:
        """Return what may change with any edit."""
        board, place = self._desk.board, self._desk.places.get(id_)
        known: dict[str, Any] = {"undo": self.store.can_undo, "redo": self.store.can_redo}
        if place is not None:
            known["state"] = int(board.states[place])
            known["label"] = int(board.labels[place])
        return {**known, "classes": self.classes, "known": self.store.classes, **board.facts()}

    def _answers(self) -> Mapping[str, Answer]:
        return {
            "open": self._open,
            "thumbnails": self._thumbnails,
            "examples": self._answer_examples,
            "picture": self._picture,
            "look": self._look,
            "save": self._save,
            "undo": lambda _: self._answer_step(back=True),
            "redo": lambda _: self._answer_step(back=False),
            "class": self._answer_class,
        }

    def _open(self, _: Ask) -> Reply:
        board = self._desk.board.refresh()
        journal = str(self.store.path.resolve())
        fields: dict[str, Any] = {
            **self._settings,
            **self._state(""),
            "name": self.images.name,
            "n": len(self._desk.queue),
            "at": self._at,
            "store": hashlib.sha256(journal.encode("utf-8", "surrogatepass")).hexdigest()[:16],
            "file": self.store.path.name,
            "examples": {name: len(ids) for name, ids in self._examples.items()},
            "proposing": self._desk.proposing,
        }
        return fields, [board.states.tobytes(), board.labels.astype("<u2").tobytes()]

    def _thumbnails(self, ask: Ask) -> Reply:
        size = ask.integer("size", low=_SMALLEST_TILE, high=_LARGEST_TILE)
        rows = ask.indices(below=len(self._desk.queue), most=most_tiles(size))
        ids = [self._desk.queue[row] for row in rows]
        sheet, columns = sprite_sheet(self.images.thumbnails(ids, size=size))
        return {"columns": columns}, [sheet]

    def _answer_examples(self, ask: Ask) -> Reply:
        ids = self._examples[ask.choice("class", list(self._examples))]
        sheet, _ = sprite_sheet(self.images.thumbnails(ids, size=96), columns=len(ids))
        return {"n": len(ids)}, [sheet]

    def _picture(self, ask: Ask) -> Reply:
        """One picture, at most ``size`` pixels on the longer edge, with what was said of it."""
        row = ask.integer("row", low=0, high=len(self._desk.queue) - 1)
        longest = ask.integer("size", low=_SMALLEST_TILE, high=EDGE)
        id_ = self._desk.queue[row]
        try:
            pixels, trouble = self.images.array(id_), ""
            self._desk.note_size(id_, (pixels.shape[1], pixels.shape[0]))
        except ValueError as error:
            pixels = self.images.thumbnails([id_], size=_LARGEST_TILE)[0]
            trouble = str(error)
        width, height = self._desk.size(id_)
        facts = {"row": row, "picture": id_, "width": width, "height": height, "trouble": trouble}
        jpeg = encode_jpeg(pixels, quality=92, longest=longest)
        return {**facts, **self._said(id_)}, [jpeg]

    def _look(self, ask: Ask) -> Reply:
        """Return what was done meanwhile, here or in another kernel."""
        row = ask.integer("row", low=0, high=len(self._desk.queue) - 1)
        board = self._desk.board.refresh()
        id_ = self._desk.queue[row]
        fields = {"row": row, "picture": id_, **self._said(id_), **self._state(id_)}
        return fields, [board.states.tobytes(), board.labels.astype("<u2").tobytes()]

    def _said(self, id_: str) -> dict[str, Any]:
        return {"record": self.store.get(id_), "proposals": self._desk.all_of(id_)}

    def _save(self, ask: Ask) -> Reply:
        try:
            id_ = ask.text("picture", longest=_LONGEST_ID)
            record = self._desk.change(id_, self._read(ask, id_))
        except ValueError as error:
            # Unlike a full disk, this will not pass by trying again.
            return {"refused": str(error)}, []
        return {"picture": id_, "record": record, **self._state(id_)}, []

    def _answer_step(self, *, back: bool) -> Reply:
        # The page goes there itself, unless its reader has gone on meanwhile.
        ids = self._desk.step(back=back)
        mine = [id_ for id_ in ids if id_ in self._desk.places]
        found = {"row": self._desk.places[mine[0]] if mine else None, "n": len(ids)}
        return {**found, **self._state(mine[0] if mine else "")}, []

    def _answer_class(self, ask: Ask) -> Reply:
        self.add_class(ask.text("name", longest=80))
        return self._state(""), []
