"""The split inspector: every picture of a set, its splits, its findings and its edits."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from dcwidgets.imageset import ImageSet
from dcwidgets.recipe import Recipe
from dcwidgets.widgets._edits import Effects, describe
from dcwidgets.widgets._fallback import static_html
from dcwidgets.widgets._filters import FilterValue, filter_from_page, filter_to_page
from dcwidgets.widgets._findings import Findings
from dcwidgets.widgets._history import VERDICTS, History
from dcwidgets.widgets._inspected import InspectedRows
from dcwidgets.widgets._messages import Answer, Ask, AskedWidget, Reply, page
from dcwidgets.widgets._sheets import encode_jpeg
from dcwidgets.widgets._tiles import LARGEST, SMALLEST, thumbnails

_LONGEST_EDGE = 1600


class SplitInspector(AskedWidget):
    """See, select, judge and edit the pictures of an image set.

    Filtering, sorting and brushing run in the page. What is selected, filtered,
    decided and edited there can be read here in the next cell, and set from here.

    Parameters
    ----------
    images : ImageSet
        The pictures and their table.
    audit : Audit or pandas.DataFrame, optional
        What ``dcw.audit(images)`` found; adds the walk through the findings.

    Raises
    ------
    TypeError
        If ``images`` is no image set, or ``audit`` has no findings.

    Examples
    --------
    >>> inspector = dcw.SplitInspector(pets, dcw.audit(pets))
    >>> inspector.filters = {"split": ["train"], "coat": ["black"]}
    >>> recipe = inspector.recipe.drop(inspector.selection, reason="off topic")
    """

    _esm = page("split_inspector.js")
    _css = page("split_inspector.css")

    def __init__(self, images: ImageSet, audit: object = None) -> None:
        if not hasattr(images, "thumbnails"):
            raise TypeError(
                f"images must be an image set, got {type(images).__name__}. "
                'Load one with `dcw.load("pocket_pets")`.'
            )
        super().__init__()
        self.images = images
        self._ids = images.table.index
        self._found = Findings(audit, self._ids)
        self._rows = InspectedRows(images, audit, self._found)
        self._history = History(len(self._found), self._tell_state)
        self._selected: npt.NDArray[np.int64] = np.zeros(0, np.int64)
        self._filters: dict[str, FilterValue] = {}
        self._price: tuple[float, float] | None = None

    @property
    def selection(self) -> list[str]:
        """Ids of the selected pictures, in the order of the table.

        Assign ids to select pictures in the page.
        """
        return list(self._ids[self._selected])

    @selection.setter
    def selection(self, ids: Iterable[str]) -> None:
        self._selected = np.unique(self._ids.get_indexer(pd.Index(self.images.known(ids))))
        self._tell("selection", *_pack(self._selected, len(self._ids)))

    @property
    def filters(self) -> dict[str, FilterValue]:
        """What the page is filtered by: column name to the values that pass.

        For categories a list of values, where None stands for missing; for numbers
        and dates a pair ``(low, high)``, both included and None where open, or None
        for missing alone. Assign such a dictionary to filter the page; ``{}`` shows
        everything.
        """
        return dict(self._filters)

    @filters.setter
    def filters(self, filters: Mapping[str, Any]) -> None:
        # Through the page's form and back: one place decides what is allowed.
        told = {
            name: filter_to_page(self._rows.column(name), value) for name, value in filters.items()
        }
        self._filters = {
            n: filter_from_page(self._rows.column(n), value) for n, value in told.items()
        }
        self._tell("filters", {"filters": told}, [])

    @property
    def filtered(self) -> list[str]:
        """Ids of the pictures that pass `filters`, in the order of the table."""
        return list(self._ids[self._rows.passing(self._filters)])

    @property
    def recipe(self) -> Recipe:
        """The edits made so far, a live `Recipe`: edit it by code and the page shows it.

        Assign a recipe to go on with its edits; they can be undone one by one.
        """
        return self._history.recipe

    @recipe.setter
    def recipe(self, recipe: Recipe) -> None:
        for step in recipe.steps:
            self.images.known(step["ids"])
        self._history.adopt(recipe)

    @property
    def findings(self) -> pd.DataFrame:
        """The findings of the audit about pictures of this set, worst first.

        Their row numbers are what `decide` takes and what the page counts by.
        """
        return self._found.frame.copy()

    @property
    def decisions(self) -> pd.DataFrame:
        """The findings that were judged, with a column ``decision``.

        Returns
        -------
        pandas.DataFrame
            Columns id, issue, score, other, evidence, decision (``"accepted"``,
            ``"rejected"`` or ``"unsure"``); worst first.
        """
        frame = self._found.frame.copy()
        frame["decision"] = [VERDICTS[code] for code in self._history.verdicts]
        return frame[self._history.verdicts > 0].reset_index(drop=True)

    @property
    def price(self) -> tuple[float, float] | None:
        """Accuracy believed before the edits and measured after them, if you measured both.

        Nothing is shown unless you assign a pair, such as two means of `dcw.measure`.
        """
        return self._price

    @price.setter
    def price(self, price: tuple[float, float] | None) -> None:
        if price is not None and not (len(price) == 2 and all(0 <= p <= 1 for p in price)):
            raise ValueError(
                f"price must be two accuracies from 0 to 1, (believed, after), got {price!r}."
            )
        self._price = None if price is None else (float(price[0]), float(price[1]))
        self._tell("price", {"price": self._price}, [])

    def decide(
        self,
        findings: Iterable[str] | Iterable[int] | None,
        decision: str,
        *,
        issue: str | None = None,
    ) -> SplitInspector:
        """Judge findings, as the keys A, R and U do.

        Parameters
        ----------
        findings : iterable of str, iterable of int or None
            Ids in the column ``id`` of `findings`, or row numbers of `findings`; None for all.
        decision : {"accepted", "rejected", "unsure", "open"}
            ``"open"`` takes a decision back.
        issue : str, optional
            Only findings of this issue.

        Raises
        ------
        ValueError
            If the decision, the issue, an id or a row number is unknown.
        """
        if decision not in VERDICTS:
            raise ValueError(f"decision must be one of {', '.join(VERDICTS)}, got {decision!r}.")
        self._history.decide(self._found.select(findings, issue), decision)
        return self

    def undo(self) -> SplitInspector:
        """Take the last decision or edit back, as Ctrl+Z does; ValueError if there is none."""
        self._history.undo()
        return self

    def redo(self) -> SplitInspector:
        """Take the last undone step again, as Ctrl+Shift+Z does; ValueError if there is none."""
        self._history.redo()
        return self

    def to_csv(self, path: str | os.PathLike[str]) -> Path:
        """Write ids, file names, labels and splits as CSV.

        The selected pictures are written; where none is selected, those that pass
        the filters.
        """
        rows = (
            self._selected
            if len(self._selected)
            else np.flatnonzero(self._rows.passing(self._filters))
        )
        target = Path(path)
        target.write_text(self._rows.csv(rows), encoding="utf-8", newline="")
        return target

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is not None:
            data = bundle[0] if isinstance(bundle, tuple) else bundle
            data["text/html"] = static_html(
                self.images, self._rows.column("split"), self._rows.column("label")
            )
        return bundle

    def _effects(self) -> Effects:
        return Effects(self.recipe.steps, self._rows.table, self._rows.splits, self.images.classes)

    def _state(self) -> Reply:
        steps, effects = self.recipe.steps, self._effects()
        fields = {
            "steps": [describe(step) for step in steps],
            "undo": self._history.can_undo,
            "redo": self._history.can_redo,
            "splits": effects.splits,
        }
        return fields, [*effects.buffers(), self._history.verdicts.tobytes()]

    def _tell_state(self) -> None:
        self._tell("state", *self._state())

    def _tell(self, event: str, fields: dict[str, Any], buffers: list[bytes] | Any) -> None:
        self.send({"event": event, **fields}, list(buffers))

    # What the page may ask.

    def _answers(self) -> Mapping[str, Answer]:
        return {
            "open": self._open,
            "thumbnails": lambda ask: thumbnails(self.images, self._ids, ask),
            "pictures": self._pictures,
            "evidence": self._evidence,
            "version": lambda _: ({"version": self.images.version}, []),
            "select": self._select,
            "filter": self._filter,
            "edit": self._edit,
            "decide": self._decide,
            "undo": lambda _: (self.undo() and {}, []),
            "redo": lambda _: (self.redo() and {}, []),
            "csv": lambda ask: ({}, [self._rows.csv(self._asked_rows(ask)).encode()]),
            "recipe": lambda _: ({}, [self.recipe.to_json().encode()]),
        }

    def _open(self, _: Ask) -> Reply:
        state, state_buffers = self._state()
        chosen, chosen_buffers = _pack(self._selected, len(self._ids))
        fields = {
            "name": self.images.name,
            "n": len(self._ids),
            "classes": self.images.classes,
            "columns": [column.header() for column in self._rows.columns],
            "findings": self._found.header(),
            "filters": {
                n: filter_to_page(self._rows.column(n), v) for n, v in self._filters.items()
            },
            "selection": chosen,
            "state": state,
            "price": self._price,
        }
        data = [column.data.tobytes() for column in self._rows.columns]
        return fields, [*data, *self._found.buffers(), *chosen_buffers, *state_buffers]

    def _pictures(self, ask: Ask) -> Reply:
        """One or two whole pictures, at most ``size`` pixels on the longer edge."""
        size = ask.integer("size", low=SMALLEST, high=_LONGEST_EDGE)
        rows = ask.indices(below=len(self._ids), most=2)
        found = [self._picture(str(self._ids[row]), size) for row in rows]
        facts = [
            {"facts": self._rows.facts(int(row)), "note": note}
            for row, (note, _) in zip(rows, found, strict=True)
        ]
        return {"pictures": facts}, [jpeg for _, jpeg in found]

    def _picture(self, id_: str, size: int) -> tuple[str, bytes]:
        try:
            pixels, note = self.images.array(id_), ""
        except ValueError as error:
            pixels, note = self.images.thumbnails([id_], size=LARGEST)[0], str(error)
        return note, encode_jpeg(pixels, quality=92, longest=size)

    def _evidence(self, ask: Ask) -> Reply:
        finding = ask.integer("finding", low=0, high=len(self._found) - 1)
        return {"evidence": self._found.evidence(finding)}, []

    def _select(self, ask: Ask) -> Reply:
        self._selected = self._asked_rows(ask)
        return {}, []

    def _filter(self, ask: Ask) -> Reply:
        asked = ask.mapping("filters")
        self._filters = {
            n: filter_from_page(self._rows.column(n), value) for n, value in asked.items()
        }
        return {}, []

    def _edit(self, ask: Ask) -> Reply:
        op = ask.choice("op", ["drop", "move", "relabel"])
        reason = ask.text("reason", longest=400)
        value = "" if op == "drop" else ask.text("value", longest=60)
        if op == "relabel":
            ask.choice("value", self.images.classes)
        rows = self._asked_rows(ask)
        kept = self._ids[rows[~self._effects().done(op, value)[rows]]]
        if not len(kept):
            state = "dropped already" if op == "drop" else f"dropped or {value!r} already"
            raise ValueError(f"Nothing was edited: every picture chosen is {state}.")
        if op == "drop":
            self.recipe.drop(kept, reason=reason)
        else:
            getattr(self.recipe, op)(kept, value, reason=reason)
        return {"n": len(kept)}, []

    def _decide(self, ask: Ask) -> Reply:
        decision = ask.choice("decision", VERDICTS)
        self._history.decide(ask.indices(below=len(self._found)), decision)
        return {}, []

    def _asked_rows(self, ask: Ask) -> npt.NDArray[np.int64]:
        n = len(self._ids)
        if ask.choice("form", ["rows", "bits"]) == "bits":
            return np.flatnonzero(ask.mask(length=n))
        return np.unique(ask.indices(below=n))


def _pack(rows: npt.NDArray[np.int64], n: int) -> Reply:
    """Write row numbers in the shorter form: uint32 each, or one bit per row of the table."""
    if len(rows) * 32 <= n:
        return {"form": "rows"}, [rows.astype("<u4").tobytes()]
    mask = np.zeros(n, bool)
    mask[rows] = True
    return {"form": "bits"}, [np.packbits(mask, bitorder="little").tobytes()]
