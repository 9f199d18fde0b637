"""What a model says of each picture, beside what the picture shows."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from dcwidgets.evaluation import thresholds
from dcwidgets.evaluation.properties import described
from dcwidgets.imageset import IDENTITY
from dcwidgets.intervals import wilson
from dcwidgets.pipelines.feeding import label_numbers

if TYPE_CHECKING:
    from dcwidgets.imageset import ImageSet

HALF = 0.5


class Predictions:
    """What is said of each picture, at a threshold.

    Parameters
    ----------
    images : ImageSet
        Labelled pictures.
    probabilities : pandas.DataFrame of shape (n_images, n_classes)
        By id, in the order of the images.
    threshold : float or pandas.Series, default 0.5
        As in `at`.
    """

    def __init__(
        self,
        images: ImageSet,
        probabilities: pd.DataFrame,
        threshold: float | pd.Series = HALF,
    ) -> None:
        self.images = images
        self._probabilities = probabilities
        self._truth = label_numbers(images)
        self.threshold = self._checked(threshold)

    def _checked(self, threshold: float | pd.Series) -> float | pd.Series:
        values = np.atleast_1d(np.asarray(threshold, float))
        if not ((values >= 0) & (values <= 1)).all():
            raise ValueError(f"threshold is a probability, 0 to 1; got {threshold!r}.")
        if self.binary:
            return threshold if isinstance(threshold, pd.Series) else float(threshold)
        if isinstance(threshold, pd.Series) or threshold != HALF:
            raise ValueError(
                f"A threshold needs two classes, and these pictures have {len(self.classes)}: "
                "each is called by its most probable class."
            )
        return HALF

    @property
    def classes(self) -> list[str]:
        """Class names, in the order of their numbers."""
        return self.images.classes

    @property
    def binary(self) -> bool:
        """Whether there are two classes, and so a threshold."""
        return len(self.images.classes) == 2

    @property
    def positive(self) -> str:
        """The class that ``probability`` is about: the second one."""
        return self.images.classes[1]

    @cached_property
    def _predicted(self) -> Any:
        if not self.binary:
            return self._probabilities.to_numpy().argmax(axis=1)
        limits: Any = self.threshold
        if isinstance(limits, pd.Series):
            limits = thresholds.per_picture(described(self.images), limits).to_numpy(float)
        return (self._probabilities[self.positive].to_numpy() > limits).astype(int)

    @cached_property
    def _table(self) -> pd.DataFrame:
        images, names = self.images, np.asarray(self.classes, dtype=object)
        table = pd.DataFrame(
            {
                "label": images.table["label"],
                "probability": self._probabilities[self.positive],
                "predicted": pd.Series(names[self._predicted], images.table.index, dtype="str"),
                "correct": self._predicted == self._truth,
            }
        )
        if not self.binary:
            table = table.join(self._probabilities.add_prefix("probability of "))
        more = described(images)
        kept = [name for name in more if name not in IDENTITY and name not in table]
        return table.join(more[kept])

    @property
    def table(self) -> pd.DataFrame:
        """One row per picture, by id; a copy.

        Columns ``label``, ``probability`` (of the positive class), ``predicted``, ``correct``,
        for more than two classes ``probability of`` each, and all metadata; where there is none,
        measured properties: brightness, contrast, saturation, warmth, sharpness, aspect ratio.
        """
        return self._table.copy()

    @property
    def accuracy(self) -> float:
        """Share of pictures called by their class."""
        return float(np.mean(self._predicted == self._truth))

    @property
    def confusion(self) -> pd.DataFrame:
        """Pictures by class (rows) and by what they were called (columns)."""
        k = len(self.classes)
        counts = np.bincount(self._truth * k + self._predicted, minlength=k * k).reshape(k, k)
        rows = pd.Index(self.classes, name="label")
        return pd.DataFrame(counts, rows, pd.Index(self.classes, name="predicted"))

    def __len__(self) -> int:
        return len(self.images)

    def __repr__(self) -> str:
        low, high = wilson(int((self._predicted == self._truth).sum()), len(self))
        at = f" at threshold {self.threshold:.2f}" if isinstance(self.threshold, float) else ""
        return (
            f"<{type(self).__name__} of {len(self):,} images{at}: "
            f"accuracy {self.accuracy:.3f} (95% interval {low:.3f} to {high:.3f})>"
        )

    def at(self, threshold: float | pd.Series) -> Self:
        """Judge the same probabilities at another threshold.

        Parameters
        ----------
        threshold : float or pandas.Series
            Probability, 0 to 1; or one for each value of a column, as `group_thresholds` gives:
            its index has the name of the column.

        Raises
        ------
        ValueError
            If it is out of range, there are more than two classes, or a value has none.
        """
        return type(self)(self.images, self._probabilities, threshold)

    def where(self, **conditions: Any) -> Self:
        """Keep the pictures whose columns have the given values, as `ImageSet.where` does.

        Raises
        ------
        ValueError
            If a column does not exist, or no picture is left.
        """
        kept = self.images.where(**conditions)
        if not len(kept):
            raise ValueError(f"No picture has {conditions}. Look at `ev.table`.")
        return type(self)(kept, self._probabilities.loc[kept.table.index], self.threshold)
