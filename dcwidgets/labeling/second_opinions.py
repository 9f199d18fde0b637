"""A second judge of labels, who looks at pictures in another way than THE model."""

from __future__ import annotations

import warnings

import numpy as np
import numpy.typing as npt
import pandas as pd

from dcwidgets.descriptors import raw_descriptors
from dcwidgets.imageset import ImageSet
from dcwidgets.pipelines.feeding import label_numbers

_COMPONENTS = 96
_FOLDS = 4
# Few numbers and strong regularisation: a judge that can learn single pictures excuses them.
_FREEDOM = 0.1
_LEAST = 1e-4


def second_opinion(images: ImageSet, *, seed: int = 0) -> pd.DataFrame:
    """Predict every picture from its edges and colours, by a linear model that has not seen it.

    Two judges that err in different ways miss fewer errors together: what a network takes
    for granted because of a habit in the data, a linear model of edges may still doubt.

    Parameters
    ----------
    images : ImageSet
        Labelled images.
    seed : int, default 0
        Seed of the folds.

    Returns
    -------
    pandas.DataFrame of shape (n_judged, n_classes)
        Probabilities by id, one column per class. Pictures that cannot be decoded are left
        out; without rows where pictures or classes are too few for four folds.
    """
    from sklearn.decomposition import PCA
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    nothing = pd.DataFrame(columns=images.classes, dtype=float)
    described = _described(images)
    if described is None:
        return nothing
    features, kept = described
    numbers = label_numbers(images.take(kept))
    found, counts = np.unique(numbers, return_counts=True)
    if len(found) < 2 or counts.min() < _FOLDS:
        return nothing
    components = min(_COMPONENTS, *features.shape)
    reduced = PCA(components, random_state=seed)
    points = reduced.fit_transform(features)
    # Scaled to one size, a direction in which nothing but rounding varies would count in full.
    points = points[:, reduced.explained_variance_ratio_ > _LEAST]
    shares = np.zeros((len(kept), len(images.classes)))
    for seen, unseen in StratifiedKFold(_FOLDS, shuffle=True, random_state=seed).split(
        points, numbers
    ):
        judge = make_pipeline(StandardScaler(), LogisticRegression(C=_FREEDOM, max_iter=1000))
        judge.fit(points[seen], numbers[seen])
        shares[np.ix_(unseen, found)] = judge.predict_proba(points[unseen])
    return pd.DataFrame(shares, pd.Index(kept), images.classes)


def _described(images: ImageSet) -> tuple[npt.NDArray[np.float32], list[str]] | None:
    try:
        with warnings.catch_warnings():
            # That pictures are left out is said where probabilities are made.
            warnings.simplefilter("ignore", UserWarning)
            return raw_descriptors(images)
    except ValueError:  # none can be decoded
        return None
