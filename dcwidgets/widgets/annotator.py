"""The annotator: classes and boxes for a queue of pictures, every edit on disk at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from dcwidgets.imageset import ImageSet
from dcwidgets.labeling.records import Record
from dcwidgets.labeling.store import AnnotationStore
from dcwidgets.widgets._annotator_page import AnnotatorPage
from dcwidgets.widgets._changes import new_box_id
from dcwidgets.widgets._desk import Desk
from dcwidgets.widgets._guideline import example_ids, guide_texts
from dcwidgets.widgets._messages import Ask, page
from dcwidgets.widgets._proposals import LABEL, REJECTED, Proposal, proposals_of
from dcwidgets.widgets._queue import labels_by_id, queue_of


class Annotator(AnnotatorPage):
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
        The queue: the table's order; ids, and only these; or scores by id, lowest first, then
        pictures without a score. What `find_label_issues` returns puts the most doubtful labels
        first, what `cross_validate` returns the pictures that models are least sure of.
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
    >>> store = dcw.AnnotationStore("work/labels.jsonl", classes=pets.classes)
    >>> annotator = dcw.Annotator(pets, store)
    >>> box = annotator.label("cat").box(20, 30, 40, 40)
    >>> annotator.next().labels.tolist()
    ['cat']
    """

    _esm = page("annotator.js")
    _css = page("annotator.css")

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
        known = _gold(gold, images, store.classes)
        queue = queue_of(images, order, known)
        settings = {
            "boxes": bool(boxes),
            "hidden": bool(hide_proposals),
            "advance": bool(not boxes if advance is None else advance),
            "tags": [str(tag) for tag in tags],
            "guide": guide_texts(guide, store.classes),
        }
        super().__init__(
            Desk(images, store, queue, known, proposals_of(proposals, store.classes)),
            settings,
            example_ids(examples, images, store.classes),
            classes,
        )

    # What a learner reads.

    @property
    def queue(self) -> list[str]:
        """Ids in the order of work."""
        return list(self._desk.queue)

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

    def _now(self) -> Record:
        return self.store.get(self.current) or {"boxes": [], "label": None}

    def _do(self, **fields: Any) -> Annotator:
        # By the page's own door: one place decides what is allowed.
        self._desk.change(self.current, self._read(Ask(fields), self.current))
        return self

    def _chosen(self, proposal: str | None) -> list[Proposal]:
        found = [one for one in self.proposals if proposal in (None, one["id"])]
        if proposal is not None and not found:
            raise ValueError(
                f"The picture has no proposal {proposal!r}. Look at `annotator.proposals`."
            )
        return found


def _gold(given: object, images: ImageSet, classes: Sequence[str]) -> dict[str, str]:
    gold = labels_by_id(given, "gold")
    images.known(gold)
    strange = set(gold.values()) - set(classes)
    if strange:
        raise ValueError(f"gold has the label {min(strange)!r}. Classes are: {', '.join(classes)}.")
    return gold


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
