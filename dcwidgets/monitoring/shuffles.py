"""Shuffled labels, and statistics of all shuffles at once.

Row 0 of every matrix of labels is what was seen; the others are permutations of it. A label is
1 for a picture of the current set and 0 for one of the reference.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]

_FOLDS = 5
_RIDGE = 0.01


def shuffles(n_reference: int, n_current: int, permutations: int, seed: int) -> Floats:
    """Return labels of shape (1 + permutations, n_reference + n_current), float32."""
    n = n_reference + n_current
    seen = np.repeat(np.array([0, 1], np.float32), [n_reference, n_current])
    # The largest of random keys are current: faster than to shuffle each row. Keys have 64
    # bits, for two that are equal would leave one picture too many.
    keys = np.random.default_rng(seed).random((permutations, n))
    limit = np.partition(keys, n_reference, axis=1)[:, n_reference, None]
    return np.concatenate([seen[None], (keys >= limit).astype(np.float32)])


def p_values(statistics: Floats) -> Floats:
    """Return (1 + k) / (B + 1) for each row: k of the B others are at least as large.

    The p-value of the observation is the first; those of the permutations say what to expect.
    """
    total = statistics.shape[-1]
    ordered = np.sort(statistics, axis=-1)
    # Sums in another order differ in the last digits: equal shall count as equal.
    slack = 1e-6 * np.maximum(np.abs(ordered[..., -1:]), 1e-12)
    rows = [
        total - np.searchsorted(row, values - gap, side="left")
        for row, values, gap in zip(ordered, statistics, slack[..., 0], strict=True)
    ]
    return np.stack(rows) / total


def largest_gap(values: Floats, labels: Floats) -> Floats:
    """Return the Kolmogorov-Smirnov distance for each row of labels."""
    order = np.argsort(values, kind="stable")
    last = np.r_[np.diff(values[order]) > 0, True]
    n, n_current = len(values), labels[0].sum()
    current = labels[:, order].cumsum(axis=1)[:, last]
    everyone = np.arange(1, n + 1, dtype=np.float32)[last]
    gaps = current / n_current - (everyone - current) / (n - n_current)
    return np.asarray(np.abs(gaps).max(axis=1))


def chi_square(codes: npt.NDArray[np.integer[Any]], labels: Floats) -> Floats:
    """Return the chi-square statistic of categories for each row of labels."""
    is_in = np.eye(codes.max() + 1, dtype=np.float32)[codes]
    share = labels[0].mean()
    total = is_in.sum(axis=0)
    apart = (labels @ is_in - share * total) ** 2
    return np.asarray((apart / total).sum(axis=1) / (share * (1 - share)))


def told_apart(features: Floats, labels: Floats, seed: int) -> Floats:
    """Return, for each row of labels, how often a classifier tells the two sets apart.

    Ridge regression over five folds; the balanced accuracy on the fold that it has not seen.
    Its solution is linear in the labels, so all rows are one product.
    """
    n, share = len(features), labels[0].mean()
    scaled = features - features.mean(axis=0)
    scaled = scaled / np.maximum(scaled.std(axis=0), 1e-9)
    inputs = np.column_stack([scaled, np.ones(n)]).astype(np.float32)
    folds = np.random.default_rng(seed).permutation(n) % min(_FOLDS, n)
    scores = np.empty_like(labels)
    for fold in np.unique(folds):
        rest, own = inputs[folds != fold], inputs[folds == fold]
        gram = rest.T @ rest + _RIDGE * len(rest) * np.eye(inputs.shape[1], dtype=np.float32)
        answers = np.linalg.solve(gram, rest.T @ labels[:, folds != fold].T)
        scores[:, folds == fold] = (own @ answers).T
    said = scores > share
    found = (said * labels).sum(axis=1) / labels[0].sum()
    spared = (~said * (1 - labels)).sum(axis=1) / (n - labels[0].sum())
    return np.asarray((found + spared) / 2)
