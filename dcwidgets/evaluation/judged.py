"""What a model, or a table of its probabilities, says of each picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dcwidgets.evaluation.evaluations import Evaluation
from dcwidgets.evaluation.models import as_models, ask
from dcwidgets.evaluation.predictions import HALF
from dcwidgets.training import readable

if TYPE_CHECKING:
    from dcwidgets.imageset import ImageSet


def evaluate(model: Any, test: ImageSet, *, threshold: float = HALF) -> Evaluation:
    """Judge a model on labelled pictures.

    Parameters
    ----------
    model : keras.Model, Models, pandas.DataFrame or numpy.ndarray
        A trained model; several, as `train_models` gives, whose mean probability counts; or
        probabilities: by id with one column per class, as `cross_validate` gives, which makes
        this an evaluation over folds; or an array in the order of ``test.table`` with one column
        per class, or with one number, the probability of the second class.
    test : ImageSet
        Labelled pictures that the model has not seen. Pictures that cannot be decoded are left
        out of what a model is asked, and so are those without probabilities.
    threshold : float, default 0.5
        With two classes, a picture is called the second one where its probability is above.

    Returns
    -------
    Evaluation

    Raises
    ------
    ValueError
        If a label is missing, the set is empty, probabilities do not fit it or are none, or the
        threshold is out of range.

    Examples
    --------
    >>> ev = dcw.evaluate(model, test)
    >>> ev.by("scene").columns.tolist()
    ['n', 'accuracy', 'low', 'high', 'small']
    """
    images, probabilities = judged(model, test)
    return Evaluation(images, probabilities, threshold)


def judged(model: Any, test: ImageSet) -> tuple[ImageSet, pd.DataFrame]:
    """Return the pictures with probabilities, and these by id, one column per class.

    Raises
    ------
    ValueError
        If the set is empty, or probabilities do not fit it or are none.
    """
    if not len(test):
        raise ValueError("There are no pictures to judge. Look at `test.table` and `where(...)`.")
    models = as_models(model)
    if models:
        images = readable(test, models[0].input_shape[1])[1]
        said = pd.DataFrame(ask(models, images), images.table.index)
        return images, _checked(said, test.classes)
    if isinstance(model, pd.DataFrame):
        return _of_frame(model, test)
    values = np.asarray(model, float)
    if values.ndim == 1 and len(test.classes) == 2:
        values = np.stack([1 - values, values], axis=1)
    if values.shape != (len(test), len(test.classes)):
        raise ValueError(
            f"Probabilities have shape {values.shape}; expected one row per picture and one column "
            f"per class, {(len(test), len(test.classes))}, in the order of `test.table`."
        )
    return test, _checked(pd.DataFrame(values, test.table.index), test.classes)


def _of_frame(frame: pd.DataFrame, test: ImageSet) -> tuple[ImageSet, pd.DataFrame]:
    missing = [name for name in test.classes if name not in frame]
    known = test.table.index[test.table.index.isin(frame.index)]
    if missing or known.empty:
        what = f"the class {missing[0]!r}" if missing else "any of these pictures"
        raise ValueError(
            f"The probabilities do not hold {what}. Expected are one row by id of `test.table` "
            f"and the columns {', '.join(test.classes)}."
        )
    rows = frame.loc[known, test.classes].dropna()
    return test.take(rows.index), _checked(rows, test.classes)


def _checked(frame: pd.DataFrame, classes: list[str]) -> pd.DataFrame:
    values = frame.to_numpy(float)
    inside = np.isfinite(values).all() and (values >= -1e-6).all()
    if not inside or np.abs(values.sum(axis=1) - 1).max() > 1e-3:
        raise ValueError(
            "These are no probabilities: each row must hold numbers of 0 to 1 that add up to 1. "
            "Pass what a softmax or a sigmoid gives, not logits."
        )
    return pd.DataFrame(values.clip(0, 1), frame.index, classes)
