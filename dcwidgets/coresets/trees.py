"""A coreset of data that keeps arriving: merge two summaries, reduce them to one."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from dcwidgets.coresets.geometry import Floats, Rows, facility_location, squared_distances
from dcwidgets.journal import write_whole

if TYPE_CHECKING:
    from distributed import Client

    from dcwidgets.imageset import ImageSet

_FORMAT = 1


class CoresetTree:
    """Keep a small weighted summary of pictures that are inserted, removed and relabelled.

    Pictures are gathered into leaves; each full leaf is reduced to ``size`` weighted
    pictures, and two summaries of one height to one of the next. So a new leaf changes as
    many summaries as the tree is high, and so does a removal, however many pictures there
    are.

    Parameters
    ----------
    size : int, default 200
        Most pictures in any summary, at least 1.
    leaf : int, default 400
        Pictures that are gathered before they are reduced, at least ``size``.
    seed : int, default 0
        Seed of the directions that describe pictures; see `insert`.

    Attributes
    ----------
    reductions : int
        Summaries made so far: what the tree's work is counted in.

    Raises
    ------
    ValueError
        If ``size`` or ``leaf`` is out of range.

    Notes
    -----
    S. Har-Peled, S. Mazumdar, "On coresets for k-means and k-median clustering", STOC 2004.
    A summary is chosen by facility location within each class; a picture weighs as much as
    those that lie nearest to it.

    Examples
    --------
    >>> tree = dcw.CoresetTree(size=20, leaf=40)
    >>> for week in weeks:
    ...     tree = tree.insert(week)
    >>> len(tree.coreset()) <= 20
    True
    """

    def __init__(self, size: int = 200, leaf: int = 400, *, seed: int = 0) -> None:
        for name, value, least in (("size", size, 1), ("leaf", leaf, size)):
            if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
                raise ValueError(
                    f"{name} must be a whole number of at least {least}, got {value!r}."
                )
        self.size, self.leaf, self.seed = int(size), int(leaf), int(seed)
        self.reductions = 0
        self._images: ImageSet | None = None
        self._ids: list[str] = []
        self._place: dict[str, int] = {}
        self._features = np.empty((0, 0), np.float32)
        self._labels = np.empty(0, object)
        self._alive = np.empty(0, bool)
        # Summaries by height, left to right: row numbers and weights.
        self._levels: list[list[tuple[Rows, Floats]]] = []

    def __len__(self) -> int:
        return int(self._alive.sum())

    def __repr__(self) -> str:
        return f"<CoresetTree of {len(self):,} pictures, {len(self._levels)} levels>"

    def insert(
        self,
        images: ImageSet,
        features: npt.ArrayLike | None = None,
        *,
        client: Client | None = None,
    ) -> CoresetTree:
        """Add pictures.

        Parameters
        ----------
        images : ImageSet
            Labelled images of the same store as before; none of them in the tree already.
            Pictures that cannot be decoded are left out.
        features : array_like of shape (n_images, d), optional
            By default edges and colours in 64 random directions, which unlike `embed` do
            not depend on what else has arrived.
        client : distributed.Client, optional
            A cluster that decodes and describes the pictures, part by part, with the same
            result.

        Raises
        ------
        ValueError
            If a picture is in the tree already, a label is missing, or the features or the
            images do not fit those before; the tree is then as it was.
        """
        described = self._described(images, features, client)
        sound = np.isfinite(described).all(axis=1)
        described, kept = described[sound], images.take(images.table.index[np.flatnonzero(sound)])
        self._check(kept, described)
        first = len(self._ids)
        self._remember(images)
        self._ids += kept.table.index.tolist()
        self._place |= {id_: first + at for at, id_ in enumerate(kept.table.index)}
        if not self._features.size:
            self._features = np.empty((0, described.shape[1]), np.float32)
        self._features = np.concatenate([self._features, described])
        self._labels = np.concatenate([self._labels, kept.table["label"].to_numpy(object)])
        self._alive = np.concatenate([self._alive, np.ones(len(kept), bool)])
        full = len(self._ids) // self.leaf
        for leaf in range(first // self.leaf, full):
            self._grow(leaf)
        return self

    def remove(self, ids: Iterable[str]) -> CoresetTree:
        """Take pictures out, as if they had never been inserted.

        Raises
        ------
        ValueError
            If an id is not in the tree.
        """
        rows = self._rows(ids)
        self._alive[rows] = False
        for row in rows:
            self._place.pop(self._ids[row], None)
        return self._renew(rows)

    def relabel(self, ids: Iterable[str], label: str) -> CoresetTree:
        """Give pictures another label.

        Raises
        ------
        ValueError
            If an id is not in the tree, or the label is no class.
        """
        rows = self._rows(ids)
        if self._images is not None and label not in self._images.classes:
            raise ValueError(
                f"{label!r} is no class. Classes are {', '.join(self._images.classes)}."
            )
        self._labels[rows] = label
        return self._renew(rows)

    def coreset(self) -> ImageSet:
        """Return the summary of all pictures, at most ``size``, with weights.

        The weights add up to the number of pictures in the tree.

        Raises
        ------
        ValueError
            If the tree is empty, or was opened without images.
        """
        rows, weights = self.summary()
        if self._images is None:
            raise ValueError(
                "The tree was opened without images: pass them, CoresetTree.load(path, images)."
            )
        ids = [self._ids[row] for row in rows]
        kept = self._images.take(ids)
        table = kept.table.assign(label=self._labels[rows].astype(str))
        return kept.derive(table, weights=pd.Series(weights.astype(float), ids))

    def summary(self) -> tuple[Rows, Floats]:
        """Return the rows, in the order of insertion, and weights of `coreset`.

        Raises
        ------
        ValueError
            If the tree is empty.
        """
        if not len(self):
            raise ValueError("The tree is empty: insert pictures first.")
        parts = [self._rest()]
        for height, level in enumerate(self._levels):
            # What the next height does not cover yet: the last one of an odd number.
            covered = 2 * len(self._levels[height + 1]) if height + 1 < len(self._levels) else 0
            parts += level[covered:]
        return self._reduce(_joined(parts))

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the tree to one file, whole or not at all; the pictures stay where they are."""
        file = io.BytesIO()
        heights = [len(level) for level in self._levels]
        summaries = [summary for level in self._levels for summary in level]
        about = {
            "format": _FORMAT,
            "size": self.size,
            "leaf": self.leaf,
            "seed": self.seed,
            "reductions": self.reductions,
            "heights": heights,
            "lengths": [len(rows) for rows, _ in summaries],
        }
        rows, weights = _joined(summaries)
        np.savez(
            file,
            about=np.array(json.dumps(about)),
            ids=np.array(self._ids, str),
            labels=self._labels.astype(str),
            features=self._features,
            alive=self._alive,
            rows=rows,
            weights=weights,
        )
        write_whole(Path(path), file.getvalue())
        return Path(path)

    @classmethod
    def load(cls, path: str | os.PathLike[str], images: ImageSet | None = None) -> CoresetTree:
        """Open a tree that `save` wrote.

        Parameters
        ----------
        path : str or path
            The file.
        images : ImageSet, optional
            The pictures that were inserted, for `coreset` to return them.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If the file holds no tree.
        """
        if not Path(path).is_file():
            raise FileNotFoundError(f"There is no file {path}. `tree.save(path)` writes one.")
        try:
            with np.load(path, allow_pickle=False) as read:
                stored = {name: read[name] for name in read.files}
            about = json.loads(str(stored["about"]))
            tree = cls(about["size"], about["leaf"], seed=about["seed"])
            tree._take_over(about, stored)
        except Exception as error:  # zip and NumPy raise almost anything on broken bytes
            raise ValueError(f"{path} holds no coreset tree ({error}). Build it anew.") from error
        if images is not None:
            tree._remember(images.take(id_ for id_ in tree._ids if id_ in images.table.index))
        return tree

    def _take_over(self, about: dict[str, Any], stored: dict[str, npt.NDArray[Any]]) -> None:
        self.reductions = int(about["reductions"])
        self._ids = stored["ids"].tolist()
        self._alive, self._features = stored["alive"], stored["features"]
        self._labels = stored["labels"].astype(object)
        self._place = {id_: at for at, id_ in enumerate(self._ids) if self._alive[at]}
        ends = np.cumsum(about["lengths"])[:-1].astype(int)
        summaries = list(
            zip(np.split(stored["rows"], ends), np.split(stored["weights"], ends), strict=True)
        )
        rest = iter(summaries)
        self._levels = [[next(rest) for _ in range(count)] for count in about["heights"]]

    def _described(
        self, images: ImageSet, features: npt.ArrayLike | None, client: Client | None
    ) -> Floats:
        from dcwidgets.coresets.embedding import projected

        if features is None:
            return projected(images, client=client, seed=self.seed)
        table = np.asarray(features, np.float32)
        if table.ndim != 2 or len(table) != len(images):
            raise ValueError(
                f"features have shape {table.shape}; expected one row for each of the "
                f"{len(images)} images, in the order of `images.table`."
            )
        return table

    def _check(self, images: ImageSet, features: Floats) -> None:
        table = images.table
        known = [id_ for id_ in table.index if id_ in self._place]
        if known:
            raise ValueError(
                f"{len(known)} of the images are in the tree already, such as {known[0]!r}. "
                "Remove them first, or leave them out."
            )
        if table["label"].isna().any():
            raise ValueError(
                f"{int(table['label'].isna().sum())} images have no label yet, such as "
                f"{table.index[table['label'].isna()][0]!r}. Annotate them, or leave them out."
            )
        if self._features.size and features.shape[1] != self._features.shape[1]:
            raise ValueError(
                f"features have {features.shape[1]} columns; those before had "
                f"{self._features.shape[1]}."
            )
        if self._images is not None and self._images.store is not images.store:
            raise ValueError(
                "The images come from another store than those before. Load both together."
            )

    def _remember(self, images: ImageSet) -> None:
        if self._images is None:
            self._images = images
        else:
            both = pd.concat([self._images.table, images.table])
            self._images = self._images.derive(both[~both.index.duplicated(keep="last")])

    def _rows(self, ids: Iterable[str]) -> Rows:
        wanted = [ids] if isinstance(ids, str) else list(ids)
        missing = [id_ for id_ in wanted if id_ not in self._place]
        if missing:
            raise ValueError(
                f"{len(missing)} of {len(wanted)} ids are not in the tree, such as {missing[0]!r}."
            )
        return np.array([self._place[id_] for id_ in wanted], int)

    def _renew(self, rows: Rows) -> CoresetTree:
        """Make the summaries anew that know of these rows, each once."""
        touched = sorted({int(row) // self.leaf for row in rows})
        for height, level in enumerate(self._levels):
            touched = [at for at in touched if at < len(level)]
            for at in touched:
                level[at] = self._summary_of(height, at)
            touched = sorted({at // 2 for at in touched})
        return self

    def _grow(self, leaf: int) -> None:
        """Summarise a leaf that is full now, and what it completes above."""
        at, height = leaf, 0
        while True:
            if height == len(self._levels):
                self._levels.append([])
            self._levels[height].append(self._summary_of(height, at))
            if at % 2 == 0:
                return
            at, height = at // 2, height + 1

    def _summary_of(self, height: int, at: int) -> tuple[Rows, Floats]:
        if height:
            return self._reduce(_joined(self._levels[height - 1][2 * at : 2 * at + 2]))
        return self._reduce(self._living(at * self.leaf, (at + 1) * self.leaf))

    def _rest(self) -> tuple[Rows, Floats]:
        """Return what waits for its leaf to be full."""
        return self._living(len(self._ids) // self.leaf * self.leaf, len(self._ids))

    def _living(self, start: int, end: int) -> tuple[Rows, Floats]:
        rows = start + np.flatnonzero(self._alive[start:end])
        return rows, np.ones(len(rows), np.float32)

    def _reduce(self, summary: tuple[Rows, Floats]) -> tuple[Rows, Floats]:
        """Reduce weighted rows to at most ``size``, each class by its share of the weight."""
        rows, weights = summary
        if len(rows) <= self.size:
            return summary
        self.reductions += 1
        labels = self._labels[rows].astype(str)
        kept, theirs = [], []
        for label, quota in _quotas(labels, weights, self.size).items():
            inside = np.flatnonzero(labels == label)
            points = self._features[rows[inside]]
            chosen = facility_location(points, quota, weights=weights[inside])
            nearest = squared_distances(points, chosen).argmin(axis=0)
            carried = np.bincount(nearest, weights[inside], minlength=quota)
            kept.append(rows[inside[chosen]])
            theirs.append(carried.astype(np.float32))
        return np.concatenate(kept), np.concatenate(theirs)


def _quotas(labels: npt.NDArray[Any], weights: Floats, size: int) -> dict[str, int]:
    """Share ``size`` among classes by weight, none beyond its rows, none left out if it fits."""
    names, number = np.unique(labels, return_inverse=True)
    counts = np.bincount(number)
    shares = np.bincount(number, weights).astype(float)
    quotas = np.minimum(counts, 1) if len(names) <= size else np.zeros(len(names), int)
    while quotas.sum() < min(size, counts.sum()):
        owed = np.where(quotas < counts, shares / (quotas + 1), -1.0)
        quotas[int(owed.argmax())] += 1
    return {str(n): int(q) for n, q in zip(names, quotas, strict=True) if q}


def _joined(summaries: list[tuple[Rows, Floats]]) -> tuple[Rows, Floats]:
    if not summaries:
        return np.empty(0, int), np.empty(0, np.float32)
    rows, weights = zip(*summaries, strict=True)
    return np.concatenate(rows), np.concatenate(weights)
