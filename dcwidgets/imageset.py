"""Image sets: pictures with one table row each, never changed in place."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import pandas as pd
from PIL import Image, ImageDraw, ImageOps

COLUMNS = ("filename", "label", "split", "width", "height")
# Everything in a table that is not a description of the picture's content.
IDENTITY = (*COLUMNS, "head_x", "head_y", "head_w", "head_h")
MAX_PIXELS = 40_000_000


class Store(Protocol):
    """Where the encoded pictures lie."""

    def read(self, id_: str) -> bytes:
        """Return the encoded bytes of one picture; safe to call from threads."""
        ...


class ImageSet:
    """Images with one table row each.

    Parameters
    ----------
    table : pandas.DataFrame of shape (n_images, n_columns)
        Indexed by id (str, unique); columns ``filename``, ``label``, ``split``,
        ``width``, ``height`` (pixels) and any further metadata. ``label`` is the
        name of a class, or missing where nobody has annotated the image yet.
    classes : sequence of str
        Class names; their position is the number a model learns.
    store : Store
        Gives the encoded bytes of an image by id.
    name : str
        Name of the data, such as ``"pocket_pets"``.
    rejects : pandas.DataFrame, optional
        Files that did not become images: columns ``path`` and ``reason``.
    hidden_labels : pandas.Series, optional
        Labels by id that only annotation (``Recipe.add``) reveals.
    weights : pandas.Series, optional
        Weight of each image by id, at least 0; 1 where not given.
    """

    def __init__(
        self,
        table: pd.DataFrame,
        classes: Sequence[str],
        store: Store,
        *,
        name: str,
        rejects: pd.DataFrame | None = None,
        hidden_labels: pd.Series | None = None,
        weights: pd.Series | None = None,
    ) -> None:
        _check_table(table, classes)
        # Copies, so that the set stays as it is whatever happens to what was handed in.
        self._table = table.copy()
        self._classes = tuple(classes)
        self.store = store
        self.name = name
        self._rejects = (
            pd.DataFrame({"path": [], "reason": []}, dtype="str")
            if rejects is None
            else rejects.copy()
        )
        self._hidden = None if hidden_labels is None else hidden_labels.copy()
        self._weights = None if weights is None else weights.copy()

    @property
    def table(self) -> pd.DataFrame:
        """One row per image, indexed by id; a copy, so that the set stays as it is."""
        return self._table.copy()

    @property
    def classes(self) -> list[str]:
        """Class names, in the order of their numbers."""
        return list(self._classes)

    @property
    def rejects(self) -> pd.DataFrame:
        """Files that did not become images, with the reason of each."""
        return self._rejects.copy()

    @property
    def weights(self) -> pd.Series:
        """Weight of each image by id, 1.0 unless a recipe says otherwise."""
        weights = pd.Series(1.0, index=self._table.index, name="weight")
        if self._weights is not None:
            weights.update(self._weights)
        return weights

    @property
    def metadata(self) -> list[str]:
        """Names of the columns that describe what a picture shows."""
        return [str(column) for column in self._table.columns if column not in IDENTITY]

    @cached_property
    def version(self) -> str:
        """Eight hexadecimal digits that stand for ids, labels, splits and weights.

        Two sets with the same content have the same version, in whatever order
        their rows stand.
        """
        labels = self._table["label"].astype(object).where(self._table["label"].notna(), "\x00")
        rows = zip(
            self._table.index.astype(str),
            labels.astype(str),
            self._table["split"].astype(str),
            self.weights.map("{:.12g}".format),
            strict=True,
        )
        text = "\x1e".join([self.name, "\x1f".join(self._classes), *sorted(map("\x1f".join, rows))])
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]

    def __len__(self) -> int:
        return len(self._table)

    def __repr__(self) -> str:
        counts = self._table["split"].value_counts(sort=False)
        parts = ", ".join(f"{split} {n:,}" for split, n in counts.items())
        return f"<ImageSet {self.name} {self.version}: {len(self):,} images ({parts or 'empty'})>"

    def where(self, **conditions: Any) -> ImageSet:
        """Keep the images whose columns have the given values.

        Parameters
        ----------
        **conditions
            Column name to one value, or to a list of values.

        Returns
        -------
        ImageSet
            May be empty.

        Raises
        ------
        ValueError
            If a column does not exist, or a label is not one of the classes.

        Examples
        --------
        >>> train = pets.where(split="train", label=["cat", "dog"])
        """
        keep = np.ones(len(self), dtype=bool)
        for column, wanted in conditions.items():
            if column not in self._table.columns:
                raise ValueError(
                    f"There is no column {column!r}. "
                    f"Columns are: {', '.join(map(str, self._table.columns))}."
                )
            values = _as_list(wanted)
            if column == "label":
                _check_labels(values, self._classes)
            keep &= self._table[column].isin(values).to_numpy()
        return self.take(self._table.index[keep])

    def take(self, ids: Iterable[str]) -> ImageSet:
        """Keep the images with these ids, in this order.

        Raises
        ------
        ValueError
            If an id is not in the set.
        """
        rows = self._table.loc[self.known(ids)]
        return self.derive(rows)

    def derive(self, table: pd.DataFrame, *, weights: pd.Series | None = None) -> ImageSet:
        """Return a set with another table over the same store.

        ``weights`` replace those of this set where given. This is what recipes
        build on; a learner edits data with `Recipe`.
        """
        return ImageSet(
            table,
            self._classes,
            self.store,
            name=self.name,
            rejects=self._rejects,
            hidden_labels=self._hidden,
            weights=self._weights if weights is None else weights,
        )

    def known(self, ids: Iterable[str]) -> list[str]:
        """Return ``ids`` as a list after checking that each is in the set.

        Raises
        ------
        ValueError
            If an id is not in the set; names the first three.
        """
        wanted = _as_list(ids)
        # Not isin: that hashes the whole index each time, 110 ms for 23,262 ids.
        found = self._table.index.get_indexer(pd.Index(wanted)) >= 0
        if not found.all():
            missing = [id_ for id_, there in zip(wanted, found, strict=True) if not there]
            raise ValueError(
                f"{len(missing)} of {len(wanted)} ids are not in this image set of {len(self):,}: "
                f"{', '.join(map(repr, missing[:3]))}{' ...' if len(missing) > 3 else ''}. "
                "Take ids from the index of `images.table`."
            )
        return wanted

    def revealed_labels(self, ids: Sequence[str]) -> pd.Series:
        """Return what annotation would say of these images; missing where unknown."""
        if self._hidden is None:
            return pd.Series(index=pd.Index(ids), dtype=object)
        return self._hidden.reindex(list(ids))

    def split(
        self,
        *,
        seed: int = 0,
        stratify: str | None = "label",
        group: str | pd.Series | None = None,
        **fractions: float,
    ) -> ImageSet:
        """Deal the images into named splits.

        Parameters
        ----------
        seed : int, default 0
            The same seed deals the same images, in whatever order rows stand.
        stratify : str or None, default "label"
            Column whose shares each split keeps.
        group : str or pandas.Series, optional
            Column name, or group by id; images of one group stay together, so
            that a picture and its copy never face each other across a split.
            Images without a group stand alone.
        **fractions : float
            Split name to share; shares add up to 1.

        Returns
        -------
        ImageSet
            The same images with a new ``split`` column.

        Raises
        ------
        ValueError
            If the shares do not add up to 1, or a column does not exist.

        Examples
        --------
        >>> dealt = test.split(train=0.8, validation=0.1, test=0.1)
        >>> sorted(set(dealt.table["split"]))
        ['test', 'train', 'validation']
        """
        _check_fractions(fractions)
        strata = self._keys(stratify, "stratify").fillna("").astype(str)
        groups = self._keys(group, "group")
        groups = groups.astype(object).where(groups.notna(), pd.Series(groups.index, groups.index))
        table = self._table.copy()
        table["split"] = _deal(strata, groups.astype(str), fractions, seed).reindex(table.index)
        return self.derive(table)

    def _keys(self, column: str | pd.Series | None, argument: str) -> pd.Series:
        if column is None:
            return pd.Series(np.nan, index=self._table.index, dtype=object)
        if isinstance(column, pd.Series):
            return column.reindex(self._table.index)
        if column not in self._table.columns:
            raise ValueError(
                f"{argument} must name a column, got {column!r}. "
                f"Columns are: {', '.join(map(str, self._table.columns))}."
            )
        return self._table[column]

    def encoded(self, id_: str) -> bytes:
        """Return the bytes of one picture as they are stored.

        Raises
        ------
        ValueError
            If the id is not in the set.
        """
        if id_ not in self._table.index:
            self.known([id_])  # raises with the whole story
        return self.store.read(id_)

    def array(self, id_: str) -> np.ndarray:
        """Decode one picture.

        Returns
        -------
        numpy.ndarray of shape (height, width, 3)
            RGB, uint8, turned as its EXIF orientation says.

        Raises
        ------
        ValueError
            If the id is not in the set, or its bytes are not a picture.
        """
        try:
            return np.asarray(open_picture(self.encoded(id_)))
        except UnreadableError as error:
            raise ValueError(f"Image {id_!r} cannot be decoded: {error}") from error

    def thumbnails(self, ids: Iterable[str], size: int = 64) -> np.ndarray:
        """Decode small square pictures, cropped around the centre.

        Parameters
        ----------
        ids : iterable of str
            Ids in this set.
        size : int, default 64
            Edge in pixels, 8 to 512.

        Returns
        -------
        numpy.ndarray of shape (n_ids, size, size, 3)
            RGB, uint8. A picture that cannot be decoded is a grey tile with a cross.

        Raises
        ------
        ValueError
            If an id is not in the set, or ``size`` is out of range.
        """
        if not 8 <= size <= 512:
            raise ValueError(f"size must lie between 8 and 512 pixels, got {size!r}.")
        wanted = self.known(ids)
        tiles = np.empty((len(wanted), size, size, 3), np.uint8)

        def draw(position: int) -> None:
            tiles[position] = _thumbnail(self.store.read(wanted[position]), size)

        each_in_threads(draw, range(len(wanted)))
        return tiles


class UnreadableError(ValueError):
    """Bytes that are not a whole picture."""


def open_picture(encoded: bytes, *, at_least: int | None = None) -> Image.Image:
    """Decode a picture to RGB, turned as its EXIF orientation says.

    Parameters
    ----------
    encoded : bytes
        A file of any format Pillow reads; of an animation, the first frame.
    at_least : int, optional
        Decode a JPEG at a reduced size whose edges are still at least this many
        pixels, which is several times faster; the picture may be larger.

    Raises
    ------
    UnreadableError
        If the bytes are empty, cut off, too large (over 40 megapixels) or no picture.
    """
    try:
        picture = Image.open(io.BytesIO(encoded))
        _check_size(picture)
        if at_least is not None:
            picture.draft("RGB", (at_least, at_least))
        picture.load()  # `verify` passes pictures that are cut off
        ImageOps.exif_transpose(picture, in_place=True)  # without a copy where nothing turns
        return picture if picture.mode == "RGB" else picture.convert("RGB")
    except UnreadableError:
        raise
    except Exception as error:  # Pillow's decoders raise almost anything on broken bytes
        raise UnreadableError(_reason(encoded, error)) from error


def _check_size(picture: Image.Image) -> None:
    if picture.width * picture.height > MAX_PIXELS:
        raise UnreadableError(
            f"{picture.width} x {picture.height} pixels, over the limit of 40 megapixels"
        )


def each_in_threads(act: Any, items: Iterable[Any]) -> None:
    """Call ``act`` on each item on all cores; Pillow and numpy release the interpreter."""
    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        for _ in pool.map(act, items):
            pass


def _reason(encoded: bytes, error: Exception) -> str:
    if not encoded:
        return "the file is empty"
    if encoded.lstrip()[:1] == b"<":
        return "this is a text file (HTML or XML), not a picture"
    return (
        str(error).replace(f"{io.BytesIO!r}", "these bytes").split(" <_io")[0]
        or type(error).__name__
    )


def _thumbnail(encoded: bytes, size: int) -> np.ndarray:
    try:
        picture = open_picture(encoded, at_least=size)
    except UnreadableError:
        return _broken_tile(size)
    return np.asarray(ImageOps.fit(picture, (size, size), Image.Resampling.BILINEAR))


def _broken_tile(size: int) -> np.ndarray:
    tile = Image.new("RGB", (size, size), (128, 128, 128))
    pen = ImageDraw.Draw(tile)
    near, far, width = size // 4, size - size // 4, max(1, size // 16)
    pen.line((near, near, far, far), (230, 230, 230), width)
    pen.line((near, far, far, near), (230, 230, 230), width)
    return np.asarray(tile)


def _as_list(values: Any) -> list[Any]:
    if isinstance(values, str | bytes) or not isinstance(values, Iterable):
        return [values]
    return list(values)


def _check_table(table: pd.DataFrame, classes: Sequence[str]) -> None:
    missing = [column for column in COLUMNS if column not in table.columns]
    if missing:
        raise ValueError(
            f"The table of an image set needs the columns {', '.join(COLUMNS)}; "
            f"missing: {', '.join(missing)}."
        )
    if not table.index.is_unique:
        twice = table.index[table.index.duplicated()][0]
        raise ValueError(f"Ids must be unique; {twice!r} stands in more than one row.")
    _check_labels(table["label"].dropna().unique(), classes)


def _check_labels(labels: Iterable[Any], classes: Sequence[str]) -> None:
    unknown = [label for label in labels if label not in classes]
    if unknown:
        raise ValueError(
            f"{unknown[0]!r} is not a class of this image set. Classes are: {', '.join(classes)}."
        )


def _check_fractions(fractions: Mapping[str, float]) -> None:
    bad = [f"{name}={share!r}" for name, share in fractions.items() if not 0 < share <= 1]
    if bad or not fractions or abs(sum(fractions.values()) - 1) > 1e-6:
        given = ", ".join(f"{name}={share!r}" for name, share in fractions.items()) or "nothing"
        raise ValueError(
            f"Shares must be above 0 and add up to 1, got {given}. "
            "Write for example split(train=0.8, validation=0.1, test=0.1)."
        )


def _deal(
    strata: pd.Series, groups: pd.Series, fractions: Mapping[str, float], seed: int
) -> pd.Series:
    """Give each id a split: group by group, to the split that lacks most of its stratum.

    With groups of one this is stratified sampling; with larger groups it stays as near to
    the shares as whole groups allow. What a stratum lacks in the end is carried to the
    next, so that many strata of few images still fill every split.
    """
    frame = pd.DataFrame({"stratum": strata, "group": groups}).sort_index()
    sizes = frame.groupby("group", sort=True).agg(
        stratum=("stratum", "first"), n=("stratum", "size")
    )
    order = np.random.default_rng(seed).permutation(len(sizes))
    # Large groups first: a late large group finds no split left that it fits into.
    sizes = sizes.iloc[order].sort_values("n", ascending=False, kind="stable")
    names, shares = list(fractions), np.fromiter(fractions.values(), float)
    lacking, chosen = np.zeros(len(names)), {}
    for _, members in sizes.groupby("stratum", sort=True):
        lacking += shares * members["n"].sum()
        for group, n in members["n"].items():
            split = int(np.argmax(lacking))
            lacking[split] -= n
            chosen[group] = names[split]
    return frame["group"].map(chosen)
