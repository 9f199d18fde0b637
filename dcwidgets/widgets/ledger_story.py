"""The ledger's story: scores in the order in which data was edited, to point at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import traitlets
from ipywidgets import widget_serialization

from dcwidgets.ledger import Ledger
from dcwidgets.recipe import Recipe
from dcwidgets.widgets._edits import describe
from dcwidgets.widgets._messages import Tidy, page

if TYPE_CHECKING:
    from dcwidgets.imageset import ImageSet
    from dcwidgets.widgets.split_inspector import SplitInspector

_MOST_STEPS = 12


class LedgerStory(Tidy):
    """See what every edit was worth, and open the pictures behind a row.

    Point at a row, or move to it with the arrow keys, to read its recipe and versions; Enter
    or a click hands it to Python and, where ``images`` are given, opens its pictures below.
    Other rows are then compared with it. The table beneath holds all rows, to save as CSV.

    Parameters
    ----------
    ledger : Ledger
        The rows; one that was recorded again, under the same name and on the same data, is
        shown once, as it was last.
    images : ImageSet, optional
        What the recipes were applied to, such as ``run.everything``.

    Raises
    ------
    TypeError
        If ``ledger`` is none.
    ValueError
        If it is empty.

    Examples
    --------
    >>> ledger = dcw.Ledger("work/ledger.jsonl")
    >>> row = ledger.record("raw", dcw.measure(pets, test, seeds=(0,), steps=5), pets)
    >>> story = dcw.LedgerStory(ledger)
    >>> story.selection = "raw"
    >>> recipe = story.recipe
    """

    _esm = page("ledger_story.js")
    _css = page("ledger_story.css")
    _ipython_display_ = None  # as in AskedWidget
    _rows: traitlets.List[Any] = traitlets.List().tag(sync=True)
    _selected = traitlets.Int(-1).tag(sync=True)
    _opens = traitlets.Bool().tag(sync=True)
    _inspector = traitlets.Any(None).tag(sync=True, **widget_serialization)
    _problem = traitlets.Unicode().tag(sync=True)

    def __init__(self, ledger: Ledger, images: ImageSet | None = None) -> None:
        if not isinstance(ledger, Ledger):
            raise TypeError(
                f"ledger must be a Ledger, such as run.ledger, got {type(ledger).__name__}."
            )
        self.ledger, self.images = ledger, images
        self._shown = ledger.table.drop_duplicates(["name", "data"], keep="last")
        if self._shown.empty:
            raise ValueError(
                f"The ledger at {ledger.path} is empty. `ledger.record(...)` writes a row."
            )
        rows = zip(self._shown.index.astype(int), self._shown.iterrows(), strict=True)
        told = [self._told(position, row) for position, (_, row) in rows]
        super().__init__(_rows=told, _opens=images is not None)

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take from the page what was chosen there, and nothing else."""
        super().set_state({name: sync_data[name] for name in ("_selected",) if name in sync_data})

    @traitlets.validate("_selected")
    def _valid_selected(self, proposal: Any) -> int:
        if not -1 <= proposal["value"] < len(self._shown):
            raise traitlets.TraitError(f"There is no row {proposal['value']} in this story.")
        return int(proposal["value"])

    @traitlets.observe("_selected")
    def _open(self, _: Any) -> None:
        if self.images is None:
            return
        problem, inspector = "", None
        if self._selected >= 0:
            try:
                inspector = self.inspect(self.images)
            except (ValueError, FileNotFoundError) as error:  # the page says why
                problem = str(error)
        before = self._inspector
        with self.hold_sync():
            self._inspector, self._problem = inspector, problem
        if before is not None:
            before.close()

    def close(self) -> None:
        """Close the story in every view, with the pictures that it opened."""
        inspector = self._inspector
        super().close()
        if inspector is not None:
            inspector.close()

    @property
    def selection(self) -> pd.Series | None:
        """The row that was chosen in the page, or None; assign a row's name to choose it."""
        return None if self._selected < 0 else self._shown.iloc[self._selected]

    @selection.setter
    def selection(self, name: str | None) -> None:
        names = self._shown["name"].tolist()
        if name is not None and name not in names:
            raise ValueError(f"There is no row {name!r}. Rows are: {', '.join(names)}.")
        self._selected = -1 if name is None else len(names) - 1 - names[::-1].index(name)

    @property
    def recipe(self) -> Recipe:
        """The recipe of the chosen row.

        Raises
        ------
        ValueError
            If no row is chosen.
        """
        row = self.selection
        if row is None:
            raise ValueError(
                "No row is chosen. Press Enter on one, or set story.selection to its name."
            )
        return self.ledger.recipe(int(row.name))  # type: ignore[call-overload]

    def inspect(self, images: ImageSet) -> SplitInspector:
        """Open the chosen row's pictures: ``images`` with the edits of its recipe marked.

        Parameters
        ----------
        images : ImageSet
            What the recipe was applied to, such as ``run.everything``.

        Returns
        -------
        SplitInspector

        Raises
        ------
        ValueError
            If no row is chosen, or its recipe names pictures that are not in ``images``.
        """
        from dcwidgets.widgets.split_inspector import SplitInspector

        recipe = self.recipe
        inspector = SplitInspector(images)
        inspector.recipe = recipe
        return inspector

    def _told(self, position: int, row: pd.Series) -> dict[str, Any]:
        """Tell the page about one row; ids stay here."""
        numbers = {
            name: None if pd.isna(row[name]) else float(row[name])
            for name in ("mean", "spread", "worst_slice", "seconds", "images")
        }
        words = {name: str(row[name] or "") for name in ("name", "version", "data", "at")}
        words["edits"] = str(row["edits"] or "")
        scores = [float(score) for score in row["scores"] or []]
        return {**numbers, **words, "scores": scores, "steps": self._steps(position)}

    def _steps(self, position: int) -> list[dict[str, Any]]:
        try:
            steps = self.ledger.recipe(position).steps
        except (ValueError, FileNotFoundError):
            return []  # the summary of the edits is still shown
        return [describe(step) for step in steps[-_MOST_STEPS:]]

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is not None:
            data = bundle[0] if isinstance(bundle, tuple) else bundle
            data["text/html"] = self.ledger.plot()._repr_html_()
        return bundle
