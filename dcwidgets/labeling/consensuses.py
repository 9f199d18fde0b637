"""What several annotators say together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from dcwidgets.labeling.agreements import class_numbers, label_counts, label_table, seen_by
from dcwidgets.labeling.merging import Source, common_classes, open_sources


def consensus(
    stores: Sequence[Source],
    *,
    method: str = "majority",
    probabilities: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Say what annotators say together.

    Parameters
    ----------
    stores : sequence of AnnotationStore, Annotations or path
        One per annotator; skipped pictures do not count.
    method : str, default "majority"
        "majority" takes the label most gave. "cleanlab" weighs each annotator by how often
        others and a model agree (CROWDLAB), and needs ``probabilities``.
    probabilities : pandas.DataFrame, optional
        Out-of-fold probabilities by id, one column per class, as `cross_validate` gives.

    Returns
    -------
    pandas.DataFrame of shape (n_pictures, 5)
        ``id``, ``label`` (missing where a majority is tied), ``agreement`` (share of the
        annotators who gave it), ``quality`` (0 to 1, low is doubtful; for "majority" the
        agreement) and ``n`` (labels).

    Raises
    ------
    ValueError
        If there are no labels, the method is not known, or probabilities are missing.

    Notes
    -----
    H. W. Goh, U. Tkachenko, J. Mueller, "CROWDLAB: supervised learning to infer consensus
    labels and quality scores for data with multiple annotators" (2022).
    """
    if method not in ("majority", "cleanlab"):
        raise ValueError(f'method must be "majority" or "cleanlab", got {method!r}.')
    named = open_sources(stores)
    classes = common_classes(named)
    labels = label_table(list(named), [seen_by(source) for source in named.values()])
    labels = labels[labels.notna().any(axis=1)]
    if labels.empty:
        raise ValueError(f"None of {', '.join(named)} has given a picture a label yet.")
    if method == "majority":
        return _majority(labels, classes)
    return _crowd(labels, classes, probabilities)


def _majority(labels: pd.DataFrame, classes: Sequence[str]) -> pd.DataFrame:
    counts = label_counts(labels, classes)
    most = counts.max(axis=1)
    tied = (counts == most[:, None]).sum(axis=1) > 1
    names = np.asarray(classes, dtype=object)[counts.argmax(axis=1)]
    share = most / counts.sum(axis=1)
    return pd.DataFrame(
        {
            "id": labels.index,
            "label": np.where(tied, None, names),
            "agreement": share,
            "quality": share,
            "n": counts.sum(axis=1),
        }
    )


def _crowd(
    labels: pd.DataFrame, classes: Sequence[str], probabilities: pd.DataFrame | None
) -> pd.DataFrame:
    from cleanlab.multiannotator import get_label_quality_multiannotator

    if probabilities is None or set(map(str, probabilities.columns)) != set(classes):
        raise ValueError(
            'method="cleanlab" needs probabilities by id, one column for each of '
            f"{', '.join(classes)}: `dcw.cross_validate(images)` gives them."
        )
    known = labels[labels.index.isin(probabilities.index)]
    if known.empty:
        raise ValueError("None of the labelled pictures has a row in probabilities, by id.")
    codes = pd.DataFrame(class_numbers(known, classes)).astype(float)
    rated = codes.where(codes >= 0).dropna(axis=1, how="all")
    shares = probabilities.loc[known.index, list(classes)].to_numpy(float)
    found = get_label_quality_multiannotator(
        rated, shares, verbose=False, return_detailed_quality=False, return_annotator_stats=False
    )["label_quality"]
    names = np.asarray(classes, dtype=object)[found["consensus_label"].to_numpy(int)]
    return pd.DataFrame(
        {
            "id": known.index,
            "label": names,
            "agreement": found["annotator_agreement"].to_numpy(float),
            "quality": found["consensus_quality_score"].to_numpy(float),
            "n": found["num_annotations"].to_numpy(int),
        }
    )
