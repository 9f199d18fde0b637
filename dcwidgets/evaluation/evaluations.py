"""Everything that follows from what a model says of labelled pictures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from dcwidgets.evaluation import slices, thresholds
from dcwidgets.evaluation.calibrations import Calibration, calibrate
from dcwidgets.evaluation.changes import changes
from dcwidgets.evaluation.groups import grouping
from dcwidgets.evaluation.predictions import Predictions
from dcwidgets.evaluation.scores import curves, metric_table, precision_recall_table, roc_table
from dcwidgets.evaluation.similar import neighbours, shared_features
from dcwidgets.training import SMALLEST_SLICE

if TYPE_CHECKING:
    from dcwidgets.figures import StaticFigure
    from dcwidgets.imageset import ImageSet


class Evaluation(Predictions):
    """What a model says of each picture, and everything that follows from it.

    Parameters are those of `Predictions`; `evaluate` makes one.
    """

    @cached_property
    def _features(self) -> dict[str, pd.DataFrame]:
        """Descriptors shared with the last training set that was asked about, by its version."""
        return {}

    def metrics(self, seed: int = 0) -> pd.DataFrame:
        """Return the usual scores with 95 % intervals.

        Returns
        -------
        pandas.DataFrame of shape (6, 3)
            Rows accuracy, precision, recall, F1, ROC AUC, average precision; columns ``value``,
            ``low``, ``high``. The interval of accuracy is Wilson's, the others come from 1,000
            bootstrap samples of the pictures. With more than two classes, means over classes.
        """
        return metric_table(self._truth, self._predicted, self._probabilities.to_numpy(float), seed)

    def roc(self) -> pd.DataFrame:
        """Return the ROC curve of the positive class.

        Returns
        -------
        pandas.DataFrame
            Columns ``threshold``, ``false_positive_rate``, ``true_positive_rate`` and the 95 %
            interval of the latter, ``low`` to ``high`` (Wilson).
        """
        return roc_table(self._curves())

    def precision_recall(self) -> pd.DataFrame:
        """Return precision over recall of the positive class.

        Returns
        -------
        pandas.DataFrame
            Columns ``threshold``, ``recall``, ``precision`` and the 95 % interval of the latter,
            ``low`` to ``high`` (Wilson); without the threshold that calls nothing positive.
        """
        return precision_recall_table(self._curves())

    def _curves(self) -> pd.DataFrame:
        return curves(self._truth == 1, self._probabilities[self.positive].to_numpy(float))

    def calibration(self, bins: int = 10) -> Calibration:
        """Compare probabilities with shares.

        Parameters
        ----------
        bins : int, default 10
            Intervals of equal width; of more than two classes the most probable one counts.
        """
        if bins < 1:
            raise ValueError(f"bins must be at least 1, got {bins!r}.")
        return calibrate(self._truth, self._probabilities.to_numpy(float), bins)

    def cost(self, cost_false_positive: float, cost_false_negative: float) -> float:
        """Return what errors cost, per picture, at this threshold.

        Raises
        ------
        ValueError
            If a cost is below 0 or both are 0, or there are more than two classes.
        """
        self._checked(0.0)
        thresholds.check_costs(cost_false_positive, cost_false_negative)
        (_, wrong), (missed, _) = self.confusion.to_numpy()
        return float(wrong * cost_false_positive + missed * cost_false_negative) / len(self)

    def best_threshold(
        self, cost_false_positive: float = 1.0, cost_false_negative: float = 1.0
    ) -> float:
        """Return the threshold at which errors cost least on these pictures.

        Choose it on pictures that do not judge the choice. A false positive is a picture of the
        first class called the second.

        Raises
        ------
        ValueError
            If a cost is below 0 or both are 0, or there are more than two classes.
        """
        self._checked(0.0)
        return thresholds.cheapest(
            self._table, self.positive, cost_false_positive, cost_false_negative
        )

    def group_thresholds(
        self, column: str, cost_false_positive: float = 1.0, cost_false_negative: float = 1.0
    ) -> pd.Series:
        """Return the best threshold for each value of a column; hand it to `at`.

        Raises
        ------
        ValueError
            As `best_threshold`, or if the column does not exist.
        """
        self._checked(0.0)
        return thresholds.cheapest_each(
            self._table, column, self.positive, cost_false_positive, cost_false_negative
        )

    def by(self, columns: str | Sequence[str]) -> pd.DataFrame:
        """Return accuracy by group.

        Parameters
        ----------
        columns : str or sequence of str
            Metadata column, or ``"label"``; or two of them. Numbers with more than 12 values are
            cut into quarters, missing values are a group.

        Returns
        -------
        pandas.DataFrame
            Indexed by value; columns ``n``, ``accuracy``, its 95 % interval ``low`` to ``high``
            (Wilson), and ``small``: fewer than 20 pictures, too few to say much.

        Raises
        ------
        ValueError
            If a column does not exist.
        """
        return slices.by(self._table, columns)

    def disparity(self, column: str) -> pd.DataFrame:
        """Return how far apart groups are treated.

        Values with fewer than 20 pictures are left out.

        Returns
        -------
        pandas.DataFrame of shape (4, 6)
            Rows accuracy, selection rate (share called positive), true positive rate, false
            positive rate; columns ``lowest``, ``for`` (its group), ``highest``, ``and`` (its
            group), ``difference``, and ``p_value`` that groups differ that much by luck
            (chi-square over all of them).

        Raises
        ------
        ValueError
            If the column does not exist, or fewer than two values have 20 pictures.
        """
        return slices.disparity(self._table, column, self.positive)

    def weak_slices(
        self,
        columns: Sequence[str] | None = None,
        *,
        alpha: float = 0.05,
        smallest: int = SMALLEST_SLICE,
    ) -> pd.DataFrame:
        """Find slices in which the model errs more than luck explains.

        Looked at are classes, values of each column, and all conjunctions of two. A slice that is
        weak only for the pictures that it shares with a weaker one is left out.

        Parameters
        ----------
        columns : sequence of str, optional
            Columns to look at beside the label; the default is all others of the table.
            Columns with more than 50 values are left out.
        alpha : float, default 0.05
            Chance that any slice is named where errors fall on all alike.
        smallest : int, default 20
            Slices with fewer pictures are not looked at.

        Returns
        -------
        pandas.DataFrame
            Columns ``slice`` (`collect` reads those of a class and a value), ``n``, ``errors``,
            ``accuracy``, its 95 % interval ``low`` to ``high`` (Wilson), ``p_value`` (exact,
            hypergeometric) and ``adjusted`` (Holm's correction for looking at many); worst
            first.

        Raises
        ------
        ValueError
            If a column does not exist.
        """
        known = ("label", "probability", "predicted", "correct")
        own = [str(name) for name in self._table if name not in known]
        own = [name for name in own if not name.startswith("probability of ")]
        names = own if columns is None else list(columns)
        grouping(self._table, ["label", *names])
        return slices.weak_slices(self._table, names, alpha=alpha, smallest=smallest)

    def gain(self, before: Evaluation, columns: str | Sequence[str] = ()) -> pd.DataFrame:
        """Compare with another evaluation of the same pictures, group by group.

        Parameters
        ----------
        before : Evaluation
            What to compare with; pictures that both have judged count.
        columns : str or sequence of str, optional
            As in `by`; without any, all pictures are one group.

        Returns
        -------
        pandas.DataFrame
            Indexed by value; columns ``n``, ``before``, ``after`` (accuracies), ``gain`` and its
            95 % interval, ``low`` to ``high``, over bootstrap samples of the paired pictures;
            where ``before`` was worst comes first.

        Raises
        ------
        ValueError
            If they have no picture in common, or a column does not exist.
        """
        return changes(before.table, self._table, columns)

    def nearest(
        self,
        ids: Iterable[str] | str,
        train: ImageSet,
        k: int = 3,
        features: pd.DataFrame | None = None,
    ) -> pd.DataFrame:
        """Find the training pictures that look most like some pictures: reasons of an error.

        Parameters
        ----------
        ids : iterable of str
            Pictures of this evaluation.
        train : ImageSet
            What the model learned from; where a split ``train`` exists, only that split.
        k : int, default 3
            Neighbours for each role, at least 1.
        features : pandas.DataFrame, optional
            Numbers by id for pictures of both sets. The default is unsupervised: edges and
            colours; computed once for each training set.

        Returns
        -------
        pandas.DataFrame
            Columns ``id``, ``role`` ("nearest", or "other class" than the picture's label),
            ``rank`` from 1, ``neighbour`` (id in ``train``), its ``label``, ``distance``, and
            ``reason``, one sentence for each id.

        Raises
        ------
        ValueError
            If an id is not in this evaluation, or has no features.
        """
        if features is None:
            if train.version not in self._features:
                shared = shared_features(self.images, train)
                self._features.clear()
                self._features[train.version] = shared
            features = self._features[train.version]
        return neighbours(self.images.known(ids), self._table["label"], train, features, k)

    def plot(self) -> StaticFigure:
        """Draw the confusion, the ROC curve, the probabilities and the weakest slices."""
        from dcwidgets.evaluation.drawing import draw

        return draw(self)
