"""The annotator: classes and boxes for a queue of pictures, every edit on disk at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
import traitlets

from dcwidgets.annotations import Record
from dcwidgets.imageset import ImageSet
from dcwidgets.labeling import AnnotationStore
from dcwidgets.widgets._annotated import annotated_html
from dcwidgets.widgets._changes import Change, new_box_id, read_change
from dcwidgets.widgets._desk import Desk
from dcwidgets.widgets._messages import Answer, Ask, AskedWidget, Reply, page
from dcwidgets.widgets._proposals import LABEL, REJECTED, Proposal, proposals_of
from dcwidgets.widgets._queue import labels_by_id, queue_of
from dcwidgets.widgets._sheets import EDGE, encode_jpeg, most_tiles, sprite_sheet

_SMALLEST_TILE, _LARGEST_TILE = 16, 320
_LONGEST_ID = 10_000
_EXAMPLES = 6


class Annotator(AskedWidget):
    """Say what pictures show, with classes and boxes, by mouse or by keys.

    Every edit is a line in the store's journal before the page says "saved". Everything
    done in the page can be done by a method here too, and is read back from the store.

    Parameters
    ----------
    images : ImageSet
        The pictures.
    store : AnnotationStore
        Where annotations are kept; several annotators may share one.
    classes : sequence of str, optional
        Classes to offer; new ones are appended to the store. By default the store's.
    boxes : bool, default True
        Whether boxes are drawn; without them only classes are given.
    order : "given", sequence of str, pandas.Series or pandas.DataFrame, default "given"
        The queue: the table's order, ids, or scores by id of which the lowest come first, such
        as what `find_label_issues` returns or a model's confidence.
    gold : mapping, pandas.Series or pandas.DataFrame, optional
        Known labels by id. These pictures are spread over the queue, unmarked, and the share
        that was labelled right is shown.
    proposals : mapping, pandas.Series, pandas.DataFrame or AnnotationStore, optional
        What a model says, by id: a class, or a mapping with ``label`` and ``boxes``.
    hide_proposals : bool, default False
        Do not show proposals until they are switched on.
    guide : str or mapping of str to str, optional
        The guideline: a text, or a text by class.
    examples : mapping of str to sequence of str, optional
        Ids of example pictures by class, shown beside the guideline.
    tags : sequence of str, default ()
        Further words that may be ticked for a picture, such as "occluded".
    advance : bool, optional
        Go on to the next picture after a class was given; by default only without boxes.

    Raises
    ------
    TypeError
        If ``images`` is no image set or ``store`` no annotation store.
    ValueError
        If an id or a class is unknown.

    Examples
    --------
    >>> annotator = dcw.Annotator(pets, dcw.AnnotationStore(classes=pets.classes))  # doctest: +SKIP
    >>> annotator.label("cat").box(20, 30, 40, 40).next()  # doctest: +SKIP
    """

    _esm = page("annotator.js")
    _css = page("annotator.css")

    _at = traitlets.Int(0).tag(sync=True)

    def __init__(  # noqa: PLR0913  each is one choice of the learner
        self,
        images: ImageSet,
        store: AnnotationStore,
        *,
        classes: Sequence[str] | None = None,
        boxes: bool = True,
        order: str | Iterable[str] | pd.Series | pd.DataFrame = "given",
        gold: Mapping[str, str] | pd.Series | pd.DataFrame | None = None,
        proposals: object = None,
        hide_proposals: bool = False,
        guide: str | Mapping[str, str] | None = None,
        examples: Mapping[str, Sequence[str]] | None = None,
        tags: Sequence[str] = (),
        advance: bool | None = None,
    ) -> None:
        _check(images, store)
        for name in classes or ():
            store.add_class(name)
        self.images, self.store = images, store
        self._offered = None if classes is None else list(classes)
        self._tags = [str(tag) for tag in tags]
        known = labels_by_id(gold, "gold")
        images.known(known)
        self._desk = Desk(
            images,
            store,
            queue_of(images, order, known),
            known,
            proposals_of(proposals, store.classes),
        )
        self._desk.heard = self._hear_of
        self._settings: dict[str, Any] = {
            "boxes": bool(boxes),
            "hidden": bool(hide_proposals),
            "advance": bool(not boxes if advance is None else advance),
            "tags": self._tags,
            "guide": _guide(guide, store.classes),
        }
        self._examples = _examples(examples, images, store.classes)
        super().__init__(_at=self._first_open())

    # What a learner reads.

    @property
    def queue(self) -> list[str]:
        """Ids in the order of work."""
        return list(self._desk.queue)

    @property
    def classes(self) -> list[str]:
        """Classes on offer, in the order of their digits."""
        return self.store.classes if self._offered is None else list(self._offered)

    @property
    def labels(self) -> pd.Series:
        """Class by id of the pictures in the queue that have one, in the order of the store."""
        table = self.store.table.set_index("id")
        mine = table.index.isin(self._desk.queue) & table["label"].notna()
        return table.loc[mine, "label"]

    @property
    def boxes(self) -> pd.DataFrame:
        """Boxes of the pictures in the queue, one row each, as in ``store.boxes``."""
        boxes = self.store.boxes
        return boxes[boxes["id"].isin(self._desk.queue)].reset_index(drop=True)

    @property
    def seconds(self) -> pd.Series:
        """Seconds spent by id, for pictures of the queue that were worked on."""
        table = self.store.table.set_index("id")
        mine = table.index.isin(self._desk.queue) & table["seconds"].notna()
        return table.loc[mine, "seconds"]

    @property
    def accuracy(self) -> float | None:
        """Share of the labelled gold pictures whose label is right; None before the first."""
        right, judged = self._desk.board.refresh().facts()["gold"] or (0, 0)
        return right / judged if judged else None

    @property
    def current(self) -> str:
        """Id of the picture on show; assign another id of the queue to go there."""
        return self._desk.queue[self._at]

    @current.setter
    def current(self, id_: str) -> None:
        self._at = self._desk.places[self._desk.known(id_)]

    @property
    def proposals(self) -> list[Proposal]:
        """What the model proposes for the current picture and nobody has decided."""
        return self._desk.proposals(self.current)

    # What a learner does: the twins of the keys. Each is on disk when it returns.

    def next(self) -> Annotator:
        """Go to the next picture, as D does; the last one stays."""
        self._at = min(self._at + 1, len(self._desk.queue) - 1)
        return self

    def previous(self) -> Annotator:
        """Go to the previous picture, as A does; the first one stays."""
        self._at = max(self._at - 1, 0)
        return self

    def label(self, name: str | None) -> Annotator:
        """Give the current picture a class, as Shift+digit does; None takes it away."""
        return self._do(label=name or "")

    def box(
        self, x: float, y: float, w: float, h: float, label: str | None = None, **details: Any
    ) -> str:
        """Add a box to the current picture, or change one by its ``id``.

        Parameters
        ----------
        x, y, w, h : float
            Left, top, width and height in pixels; cut at the border.
        label : str, optional
            Class of the box; by default the picture's, else the first.
        **details
            ``id`` of a box to change, ``difficult`` and ``truncated`` (bool).

        Returns
        -------
        str
            Id of the box.
        """
        now = self.store.get(self.current)
        label = label or (now or {}).get("label") or self.classes[0]
        box = {"id": new_box_id(), **details, "label": label, "x": x, "y": y, "w": w, "h": h}
        self._do(put=[box])
        if not any(kept["id"] == box["id"] for kept in self._now()["boxes"]):
            width, height = self._desk.size(self.current)
            raise ValueError(
                f"The box {x:g}, {y:g}, {w:g}, {h:g} is less than 3 px of the picture of "
                f"{width} x {height} px wide or high, so it was left out."
            )
        return str(box["id"])

    def delete(self, box: str) -> Annotator:
        """Delete a box of the current picture by its id, as Del does."""
        if not any(kept["id"] == box for kept in self._now()["boxes"]):
            raise ValueError(f"The picture has no box {box!r}. Look at `annotator.boxes`.")
        return self._do(remove=[box])

    def copy_boxes(self) -> Annotator:
        """Add copies of the previous picture's boxes, as Ctrl+V does."""
        before = self.store.get(self._desk.queue[self._at - 1]) if self._at else None
        names = ("label", "x", "y", "w", "h", "difficult")
        put = [
            {**{name: box[name] for name in names}, "id": new_box_id(), "source": "copied"}
            for box in (before or {"boxes": []})["boxes"]
        ]
        return self._do(put=put)

    def mark(self, status: str) -> Annotator:
        """Set the status, as Space, U and S do: labeled, verified, unsure or skipped."""
        return self._do(status=status)

    def note(self, text: str) -> Annotator:
        """Write a note about the current picture."""
        return self._do(note=text)

    def tag(self, name: str, *, on: bool = True) -> Annotator:
        """Tick or untick one of the words in ``tags``."""
        return self._do(tags={name: on})

    def accept(self, proposal: str | None = None) -> Annotator:
        """Take a proposal over by its id, as Y does; all of the current picture by default."""
        for found in self._chosen(proposal):
            box = {**found, "source": "model"}
            self._do(**({"label": found["label"]} if found["id"] == LABEL else {"put": [box]}))
        return self

    def reject(self, proposal: str | None = None) -> Annotator:
        """Turn a proposal down by its id, as Del does; all of the current picture by default."""
        return self._do(tags={REJECTED + found["id"]: True for found in self._chosen(proposal)})

    def undo(self) -> Annotator:
        """Take the store's last step back, as Ctrl+Z does, and go to its picture."""
        self._step(back=True)
        return self

    def redo(self) -> Annotator:
        """Do what `undo` took back again, as Ctrl+Shift+Z does."""
        self._step(back=False)
        return self

    def add_class(self, name: str) -> Annotator:
        """Append a class, for this queue and for the store."""
        if self._offered is not None and name not in self._offered:
            self._offered.append(name)
        self._desk.add_class(name)
        return self

    def _now(self) -> Record:
        return self.store.get(self.current) or {"boxes": [], "label": None}

    def _do(self, **fields: Any) -> Annotator:
        # By the page's own door: one place decides what is allowed.
        self._desk.change(self.current, self._read(Ask(fields), self.current))
        return self

    def _read(self, ask: Ask, id_: str) -> Change:
        rejections = [REJECTED + one["id"] for one in self._desk.all_of(id_)]
        return read_change(ask, self.store.classes, [*self._tags, *rejections])

    def _chosen(self, proposal: str | None) -> list[Proposal]:
        found = [one for one in self.proposals if proposal in (None, one["id"])]
        if proposal is not None and not found:
            raise ValueError(
                f"The picture has no proposal {proposal!r}. Look at `annotator.proposals`."
            )
        return found

    def _step(self, *, back: bool) -> list[str]:
        ids = self._desk.step(back=back)
        mine = [id_ for id_ in ids if id_ in self._desk.places]
        if mine:
            self.current = mine[0]
        return ids

    def _first_open(self) -> int:
        states = self._desk.board.refresh().states
        return int((states == 0).argmax())

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
        told = {"picture": id_, "record": self.store.get(id_)} if id_ else {}
        if id_:
            told["row"] = self._desk.places[id_]
        self.send({"event": "changed", **told, **self._state(id_)})

    def _state(self, id_: str) -> dict[str, Any]:
        """Return what may change with any edit."""
        board, place = self._desk.board, self._desk.places.get(id_)
        known = {"undo": self.store.can_undo, "redo": self.store.can_redo}
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
        ids = self._step(back=back)
        mine = [id_ for id_ in ids if id_ in self._desk.places]
        found = {"row": self._desk.places[mine[0]] if mine else None, "n": len(ids)}
        return {**found, **self._state(mine[0] if mine else "")}, []

    def _answer_class(self, ask: Ask) -> Reply:
        self.add_class(ask.text("name", longest=80))
        return self._state(""), []


def _check(images: object, store: object) -> None:
    if not hasattr(images, "thumbnails"):
        raise TypeError(
            f"images must be an image set, got {type(images).__name__}. "
            'Load one with `dcw.load("pocket_pets")`.'
        )
    if not isinstance(store, AnnotationStore):
        raise TypeError(
            f"store must be an annotation store, got {type(store).__name__}. "
            'Make one with `dcw.AnnotationStore("work/labels.jsonl", classes=images.classes)`.'
        )


def _guide(guide: str | Mapping[str, str] | None, classes: Sequence[str]) -> dict[str, str]:
    texts = {"": guide} if isinstance(guide, str) else dict(guide or {})
    strange = [name for name in texts if name and name not in classes]
    if strange:
        raise ValueError(f"guide has a text for {strange[0]!r}. Classes are: {', '.join(classes)}.")
    return {name: str(text) for name, text in texts.items()}


def _examples(
    given: Mapping[str, Sequence[str]] | None, images: ImageSet, classes: Sequence[str]
) -> dict[str, list[str]]:
    strange = [name for name in given or {} if name not in classes]
    if strange:
        raise ValueError(
            f"examples has pictures for {strange[0]!r}. Classes are: {', '.join(classes)}."
        )
    found = {name: images.known(ids)[:_EXAMPLES] for name, ids in (given or {}).items()}
    return {name: ids for name, ids in found.items() if ids}
