"""The coreset explorer: which pictures a method keeps, what it misses, and when it pays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd
import traitlets

from dcwidgets.coresets.choosing import METHODS, how_many
from dcwidgets.widgets._columns import encode_categories
from dcwidgets.widgets._coreset_task import CoresetTask, positions
from dcwidgets.widgets._fallback import static_html
from dcwidgets.widgets._messages import Answer, Ask, Reply, page
from dcwidgets.widgets._selecting import SelectingWidget

if TYPE_CHECKING:
    import numpy.typing as npt

    from dcwidgets.imageset import ImageSet

_MOST_SECONDS = 1e8


class CoresetExplorer(SelectingWidget):
    """See what a coreset keeps of a set of pictures, what it leaves out, and what it saves.

    Every picture is a mark on a map of its features. The budget and the method can be changed
    in the page or here; the page shows how well each class is covered, and after how many
    trainings choosing has paid for itself.

    Parameters
    ----------
    images : ImageSet
        Labelled images; where a split ``train`` exists, only that split is shown and chosen
        from, and of it pictures with features.
    features : array_like of shape (n_images, d), optional
        In the order of ``images.table``, as `embed` gives them, which is called if needed.
    scores : pandas.DataFrame, optional
        What `training_scores` gives; without it methods that need it are not offered.
    probabilities : pandas.DataFrame, optional
        What `cross_validate` gives; without it ``"clean_then_cover"`` is not offered.
    seed : int, default 0
        From 0 on.

    Attributes
    ----------
    method : str
        One of `METHODS` for which everything is here; the page follows.
    train_seconds : float
        What one training on all pictures takes, to set beside the choice; 0 is unknown.
    prepare_seconds : float
        What features, scores and probabilities took, to be counted with the choice.

    Raises
    ------
    TypeError
        If ``images`` is no image set.
    ValueError
        If a label is missing, or features do not fit.

    Examples
    --------
    >>> explorer = dcw.CoresetExplorer(pets, dcw.embed(pets))
    >>> explorer.size, explorer.method = 0.1, "k_center"
    >>> core = explorer.coreset
    """

    _esm = page("coreset_explorer.js")
    _css = page("coreset_explorer.css")
    method = traitlets.Unicode("facility_location").tag(sync=True)
    train_seconds = traitlets.Float(0.0).tag(sync=True)
    prepare_seconds = traitlets.Float(0.0).tag(sync=True)
    _size = traitlets.Int(1).tag(sync=True)

    def __init__(
        self,
        images: ImageSet,
        features: npt.ArrayLike | None = None,
        *,
        scores: pd.DataFrame | None = None,
        probabilities: pd.DataFrame | None = None,
        seed: int = 0,
    ) -> None:
        if not hasattr(images, "thumbnails"):
            raise TypeError(
                f"images must be an image set, got {type(images).__name__}. "
                'Load one with `dcw.load("pocket_pets")`.'
            )
        self._task = CoresetTask(images, features, scores, probabilities, seed)
        self.images = self._task.images
        super().__init__(
            self.images,
            method="facility_location" if probabilities is None else "clean_then_cover",
            _size=how_many(0.1, len(self.images)),
            prepare_seconds=round(self._task.prepared, 1),
        )

    @traitlets.validate("method")
    def _valid_method(self, proposal: Any) -> str:
        method = proposal["value"]
        if method not in METHODS:
            raise traitlets.TraitError(
                f"method must be one of {', '.join(self._task.methods)}, got {method!r}."
            )
        if method not in self._task.methods:
            lacking = self._task.lacking(method)
            raise traitlets.TraitError(f"{method} needs {lacking}: pass {lacking}=....")
        return str(method)

    @traitlets.validate("_size")
    def _valid_size(self, proposal: Any) -> int:
        if not 1 <= proposal["value"] <= len(self.images):
            raise traitlets.TraitError(
                f"size must be 1 to {len(self.images)} images, got {proposal['value']!r}."
            )
        return int(proposal["value"])

    @traitlets.validate("train_seconds", "prepare_seconds")
    def _valid_seconds(self, proposal: Any) -> float:
        if not 0 <= proposal["value"] <= _MOST_SECONDS:
            raise traitlets.TraitError(
                f"Seconds are a number from 0 to {_MOST_SECONDS:,.0f}, got {proposal['value']!r}."
            )
        return float(proposal["value"])

    @property
    def size(self) -> int:
        """Images to keep; assign a number of them, or a share above 0 and up to 1.0."""
        return self._size

    @size.setter
    def size(self, size: float) -> None:
        self._size = how_many(size, len(self.images))

    @property
    def coreset(self) -> ImageSet:
        """The images that are kept at this size by this method, with weights where it gives any."""
        return self._task.kept(self.method, self.size)

    def compare(self, methods: Iterable[str] | None = None) -> pd.DataFrame:
        """Choose by several methods at the size of the page.

        Parameters
        ----------
        methods : iterable of str, optional
            All for which everything is here by default.

        Returns
        -------
        pandas.DataFrame
            By method: ``kept`` images, of them each class, ``mean distance`` of all images to
            the nearest one kept, ``farthest`` of them, in units of the features, ``seconds``.
        """
        rows = {}
        for method in self._task.methods if methods is None else methods:
            self._valid_method({"value": method})
            facts = self._task.facts(method, self.size)
            counts = dict(zip(self.images.classes, facts["counts"], strict=True))
            rows[method] = {
                "kept": sum(facts["counts"]),
                **counts,
                "mean distance": facts["gap"],
                "farthest": facts["farthest"],
                "seconds": facts["seconds"],
            }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("method")

    def _answers(self) -> Mapping[str, Answer]:
        return {
            **super()._answers(),
            "open": self._open,
            "choose": self._choose,
        }

    def _open(self, _: Ask) -> Reply:
        told = {
            "name": self.images.name,
            "n": len(self._ids),
            "classes": self.images.classes,
            "methods": [
                {"name": name, "lacking": "" if name in offered else self._task.lacking(name)}
                for offered in [set(self._task.methods)]
                for name in METHODS
            ],
        }
        buffers = [
            positions(self._task.features).tobytes(),
            self._task.labels.astype("<u2").tobytes(),
            self._packed_selection(),
        ]
        return told, buffers

    def _choose(self, ask: Ask) -> Reply:
        method = ask.choice("method", self._task.methods)
        k = ask.integer("size", low=1, high=len(self._ids))
        chosen, _ = self._task.choose(method, k)
        return self._task.facts(method, k), [
            chosen.rows.astype("<u4").tobytes(),
            chosen.weights.astype("<f4").tobytes(),
        ]

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is not None:
            data = bundle[0] if isinstance(bundle, tuple) else bundle
            table = self.images.table
            columns = [encode_categories(name, table[name]) for name in ("split", "label")]
            if columns[0] is not None and columns[1] is not None:
                data["text/html"] = static_html(self.images, columns[0], columns[1])
        return bundle
