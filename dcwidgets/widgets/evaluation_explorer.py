"""The evaluation explorer: where a model fails, for whom, and what a threshold changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets

from dcwidgets.recipe import Recipe
from dcwidgets.widgets._columns import encode_columns
from dcwidgets.widgets._messages import Answer, Ask, Reply, page
from dcwidgets.widgets._selecting import SelectingWidget
from dcwidgets.widgets._sheets import sprite_sheet

if TYPE_CHECKING:
    import os

    from dcwidgets.evaluation import Evaluation
    from dcwidgets.imageset import ImageSet
    from dcwidgets.widgets.annotator import Annotator

_NEIGHBOURS, _NEIGHBOUR_EDGE = 4, 96
_LARGEST_COST = 1_000_000.0
_OWN = ("label", "probability", "predicted", "correct")


class EvaluationExplorer(SelectingWidget):
    """See the pictures behind every number of an evaluation.

    Confusion, slices, ROC curve and probabilities stand beside the pictures they are made
    of; a click on any of them shows these. The threshold moves in the page, without asking
    the kernel.

    Parameters
    ----------
    ev : Evaluation
        As `evaluate` gives.
    train : ImageSet, optional
        What the model learned from: shows which of its pictures look most like one that is
        looked at, and which of the other class do.

    Attributes
    ----------
    threshold : float
        A picture is called the second class where its probability is above; 0 to 1. Moves
        the page when it is set. Without meaning for more than two classes.

    Raises
    ------
    TypeError
        If ``ev`` is no evaluation.

    Examples
    --------
    >>> explorer = dcw.EvaluationExplorer(dcw.evaluate(model, test))
    >>> explorer.threshold
    0.5
    """

    _esm = page("evaluation_explorer.js")
    _css = page("evaluation_explorer.css")
    threshold = traitlets.Float(0.5).tag(sync=True)
    _costs: traitlets.List[float] = traitlets.List([1.0, 1.0]).tag(sync=True)

    def __init__(self, ev: Evaluation, train: ImageSet | None = None) -> None:
        if not hasattr(ev, "confusion"):
            raise TypeError(
                f"ev must be an evaluation, got {type(ev).__name__}. "
                "`dcw.evaluate(model, test)` makes one."
            )
        # Here and not in the thread that answers the page; see augmentation/loading.py.

        limit = ev.threshold
        super().__init__(ev.images, threshold=limit if isinstance(limit, float) else 0.5)
        self.ev, self.train = ev, train
        self.recipe = Recipe()

    @traitlets.validate("threshold")
    def _valid_threshold(self, proposal: Any) -> float:
        value = proposal["value"]
        if not 0 <= value <= 1:
            raise traitlets.TraitError(f"threshold is a probability, 0 to 1; got {value!r}.")
        return float(value)

    @traitlets.validate("_costs")
    def _valid_costs(self, proposal: Any) -> list[float]:
        costs = proposal["value"]
        if len(costs) != 2 or not all(
            isinstance(cost, int | float) and 0 <= cost <= _LARGEST_COST for cost in costs
        ):
            raise traitlets.TraitError(
                f"costs are two numbers from 0 to {_LARGEST_COST:,.0f}, of a false positive and "
                f"of a false negative; got {costs!r}."
            )
        return [float(cost) for cost in costs]

    @property
    def costs(self) -> tuple[float, float]:
        """What a false positive and a false negative cost, in any unit; assign to change."""
        return self._costs[0], self._costs[1]

    @costs.setter
    def costs(self, costs: tuple[float, float]) -> None:
        self._costs = list(costs)

    @property
    def evaluation(self) -> Evaluation:
        """The evaluation at the threshold of the page."""
        return self.ev.at(self.threshold) if self.ev.binary else self.ev

    def annotate(self, store: str | os.PathLike[str], *, boxes: bool = False) -> Annotator:
        """Open the selected pictures in an annotator.

        Parameters
        ----------
        store : str or path
            Journal of the labels, as for `AnnotationStore`.
        boxes : bool, default False
            As for `Annotator`.

        Raises
        ------
        ValueError
            If nothing is selected.
        """
        from dcwidgets.labeling import AnnotationStore
        from dcwidgets.widgets.annotator import Annotator

        if not self.selection:
            raise ValueError("Nothing is selected. Select pictures in the page, or set selection.")
        images = self.ev.images.take(self.selection)
        return Annotator(images, AnnotationStore(store, classes=images.classes), boxes=boxes)

    def _answers(self) -> Mapping[str, Answer]:
        return {
            **super()._answers(),
            "open": self._open,
            "near": self._near,
            "edit": self._edit,
        }

    def _open(self, _: Ask) -> Reply:
        table, ev = self.ev.table, self.ev
        numbers = {name: number for number, name in enumerate(ev.classes)}
        slices = [name for name in ev.images.metadata if name not in _OWN]
        columns = [
            column
            for column in encode_columns(table[slices])
            if len(column.categories) > 1 or column.kind == "number"
        ]
        told = {
            "name": ev.images.name,
            "classes": ev.classes,
            "binary": ev.binary,
            "columns": [column.header() for column in columns],
            "near": self.train is not None,
        }
        buffers = [
            table["label"].map(numbers).to_numpy(np.uint16).tobytes(),
            table["predicted"].map(numbers).to_numpy(np.uint16).tobytes(),
            table["probability"].to_numpy("<f4").tobytes(),
            self._packed_selection(),
            *(column.data.tobytes() for column in columns),
        ]
        return told, buffers

    def _near(self, ask: Ask) -> Reply:
        """Answer with training pictures that look like one, and why that matters."""
        id_ = str(self._ids[ask.integer("row", low=0, high=len(self._ids) - 1)])
        if self.train is None:
            raise ValueError("Pass train=..., what the model learned from, to see what is near.")
        near = self.ev.nearest(id_, self.train, _NEIGHBOURS)
        tiles = self.train.thumbnails(list(near["neighbour"]), size=_NEIGHBOUR_EDGE)
        sheet, columns = sprite_sheet(tiles, columns=min(8, len(tiles)))
        told = {
            "columns": columns,
            "size": _NEIGHBOUR_EDGE,
            "labels": list(map(str, near["label"])),
            "roles": list(map(str, near["role"])),
            "reason": str(near["reason"].iloc[0]),
        }
        return told, [sheet]

    def _edit(self, ask: Ask) -> Reply:
        """Add an edit of the selected pictures to the recipe, or take the last one back."""
        what = ask.choice("op", ["drop", "relabel", "undo"])
        if what == "undo":
            self.recipe.undo()
        elif not len(self._selected):
            raise ValueError("Nothing is selected: select pictures first.")
        elif what == "drop":
            self.recipe.drop(self.selection, reason="chosen in the evaluation")
        else:
            label = ask.choice("label", self.ev.classes)
            self.recipe.relabel(self.selection, label, reason="chosen in the evaluation")
        return {"steps": len(self.recipe.steps)}, []

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is not None:
            data = bundle[0] if isinstance(bundle, tuple) else bundle
            data["text/html"] = self.ev.plot()._repr_html_()
        return bundle
