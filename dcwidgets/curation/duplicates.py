"""Duplicate pictures: perceptual hashes, the search for close pairs, and groups of copies."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import scipy.fft
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Hashes = NDArray[np.uint64]
Positions = NDArray[np.int64]

HASH_BITS = 64
# Luma of ITU-R BT.601, the grey that Pillow and JPEG use.
LUMA = np.array([0.299, 0.587, 0.114], np.float32)
# Distances of one block fit into the second-level cache of a core.
_BLOCK_PAIRS = 1 << 14
_COLUMNS = 2048
_PAIRS_AT_ONCE = 4096


class Pairs(NamedTuple):
    """Pairs of positions, ``first`` before ``second``, with the bits in which hashes differ.

    Attributes
    ----------
    first, second : numpy.ndarray of shape (n_pairs,)
        int64, positions in the hashes that were searched.
    distance : numpy.ndarray of shape (n_pairs,)
        uint8, 0 to 64.
    """

    first: Positions
    second: Positions
    distance: NDArray[np.uint8]


def perceptual_hashes(thumbnails: NDArray[np.uint8]) -> Hashes:
    """Hash pictures so that copies which look alike differ in few bits.

    Parameters
    ----------
    thumbnails : numpy.ndarray of shape (n, 32, 32, 3)
        RGB, uint8, the whole picture shrunk to 32 by 32 pixels.

    Returns
    -------
    numpy.ndarray of shape (n,)
        uint64. Bit by bit: is this low frequency of the picture above the median of its
        64 lowest ones?

    Notes
    -----
    The DCT hash of C. Zauner, "Implementation and benchmarking of perceptual image hash
    functions" (2010), as imagehash and imagededup compute it, for many pictures at once.
    """
    hashes = np.empty(len(thumbnails), np.uint64)
    for start in range(0, len(thumbnails), _PAIRS_AT_ONCE):
        part = slice(start, start + _PAIRS_AT_ONCE)
        waves = scipy.fft.dctn(thumbnails[part] @ LUMA, axes=(1, 2))[:, :8, :8].reshape(-1, 64)
        bits = waves > np.median(waves, axis=1, keepdims=True)
        hashes[part] = np.packbits(bits, axis=1).view(">u8").ravel()
    return hashes


def near_pairs(
    hashes: Hashes,
    *,
    max_distance: int = 10,
    partners: int | None = None,
    workers: int | None = None,
) -> Pairs:
    """Find every pair of 64-bit hashes that differ in few bits.

    Parameters
    ----------
    hashes : numpy.ndarray of shape (n,)
        uint64.
    max_distance : int, default 10
        Largest number of differing bits, 0 to 64, included.
    partners : int, optional
        Keep at most about this many later partners of one hash, nearest rows first, so
        that a film of 20,000 frames does not fill the memory with 200 million pairs.
        Each hash that has an earlier partner still has one. None keeps all pairs.
    workers : int, optional
        Threads; all cores by default.

    Returns
    -------
    Pairs
        Ordered by ``first``, then ``second``; each pair once.

    Raises
    ------
    ValueError
        If ``max_distance`` is out of range, or the hashes are not 64-bit numbers.

    Notes
    -----
    Pigeonhole search: cut the 64 bits into ``max_distance + 1`` bands, and two hashes that
    differ in at most ``max_distance`` bits agree in one band at least (M. Norouzi,
    A. Punjani, D. Fleet, "Fast search in Hamming space with multi-index hashing", 2012).
    So only hashes that share a band are compared, block by block.

    Examples
    --------
    >>> near_pairs(np.array([0b0000, 0b0011, 0b1111], np.uint64), max_distance=2)[:2]
    (array([0, 1]), array([1, 2]))
    """
    if not 0 <= max_distance <= HASH_BITS:
        raise ValueError(f"max_distance must lie between 0 and 64 bits, got {max_distance!r}.")
    if hashes.dtype != np.uint64 or hashes.ndim != 1:
        raise ValueError(
            f"hashes must be one uint64 per picture, got {hashes.dtype} of shape {hashes.shape}. "
            "`perceptual_hashes` makes them."
        )
    n, limit = len(hashes), len(hashes) if partners is None else partners
    with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
        search = partial(_pairs_in_band, hashes, max_distance=max_distance, limit=limit)
        found = list(pool.map(search, _bands(max_distance)))
    codes = np.unique(np.concatenate(found))
    first, second = np.divmod(codes, max(n, 1))
    return Pairs(first, second, np.bitwise_count(hashes[first] ^ hashes[second]))


def _bands(max_distance: int) -> list[tuple[int, int]]:
    """Return (lowest bit, width) of each band; one band of no bits where bands would not pay."""
    count = max_distance + 1
    if count > HASH_BITS // 4:
        return [(0, 0)]
    edges = np.linspace(0, HASH_BITS, count + 1).round().astype(int)
    return [(int(low), int(high - low)) for low, high in pairwise(edges)]


def _pairs_in_band(
    hashes: Hashes, band: tuple[int, int], max_distance: int, limit: int
) -> Positions:
    """Return ``first * n + second`` of the close pairs that agree in one band."""
    low, width = band
    key = (hashes >> np.uint64(low)) & np.uint64((1 << width) - 1)
    order = np.argsort(key, kind="stable")
    edges = np.flatnonzero(np.diff(key[order])) + 1
    codes = [np.empty(0, np.int64)]
    for bucket in np.split(order, edges):
        for i, j in _pairs_in_bucket(hashes[bucket], max_distance, limit):
            codes.append(bucket[i] * len(hashes) + bucket[j])
    return np.concatenate(codes)


def _pairs_in_bucket(
    hashes: Hashes, max_distance: int, limit: int
) -> Iterator[tuple[Positions, Positions]]:
    met = np.zeros(len(hashes), bool)
    rows = int(np.clip(_BLOCK_PAIRS // max(len(hashes), 1), 8, 64))
    for start in range(0, len(hashes) - 1, rows):
        block = hashes[start : start + rows]
        partners = np.zeros(len(block), np.int64)
        for left in range(start, len(hashes), _COLUMNS):
            i, j = _close(block, hashes[left : left + _COLUMNS], start - left, max_distance)
            keep = partners[i] + np.arange(len(i)) - np.searchsorted(i, i) < limit
            # Closeness is not transitive: past the limit a copy may have no other partner.
            others, earliest = np.unique(j + left, return_index=True)
            keep[earliest[~met[others]]] = True
            met[others] = True
            yield i[keep] + start, j[keep] + left
            partners += np.bincount(i, minlength=len(block))


def _close(
    block: Hashes, others: Hashes, ahead: int, max_distance: int
) -> tuple[Positions, Positions]:
    """Return the close pairs of which the second stands behind the first.

    ``ahead`` is by how many rows the block begins behind the others.
    """
    flat = np.flatnonzero(np.bitwise_count(block[:, None] ^ others[None, :]) <= max_distance)
    if not len(flat) or (ahead == 0 and len(flat) == len(block)):  # itself and no other
        return flat[:0], flat[:0]
    i, j = np.divmod(flat, len(others))
    behind = j > i + ahead
    return i[behind], j[behind]


def likeness(
    thumbnails: NDArray[np.uint8], first: Positions, second: Positions
) -> NDArray[np.float32]:
    """Correlate the pixels of pairs, all colours at once.

    A hash sees only the roughest forms, so that different drawings of one scene may share it;
    their pixels do not agree. Brightness and contrast make no difference.

    Parameters
    ----------
    thumbnails : numpy.ndarray of shape (n, 32, 32, 3)
        RGB, uint8.
    first, second : numpy.ndarray of shape (n_pairs,)
        Positions in ``thumbnails``.

    Returns
    -------
    numpy.ndarray of shape (n_pairs,)
        float32, Pearson's correlation, -1 to 1; 0 where a picture has one colour only.
    """
    result = np.empty(len(first), np.float32)
    for start in range(0, len(first), _PAIRS_AT_ONCE):
        part = slice(start, start + _PAIRS_AT_ONCE)
        one, other = (_standardised(thumbnails[rows[part]]) for rows in (first, second))
        result[part] = np.einsum("ij,ij->i", one, other)
    return result


def _standardised(thumbnails: NDArray[np.uint8]) -> NDArray[np.float32]:
    pixels = thumbnails.reshape(len(thumbnails), -1).astype(np.float32)
    pixels -= pixels.mean(axis=1, keepdims=True)
    length = np.sqrt(np.einsum("ij,ij->i", pixels, pixels))
    pixels /= np.maximum(length, 1e-6)[:, None]
    return pixels


def equal_pairs(digests: NDArray[np.uint64], *, all_up_to: int = 20) -> tuple[Positions, Positions]:
    """Find the pairs of equal digests.

    Parameters
    ----------
    digests : numpy.ndarray of shape (n,)
        uint64.
    all_up_to : int, default 20
        Groups of more equal digests are not paired each with each, only each with the first:
        1,000 copies of one placeholder would make half a million pairs.

    Returns
    -------
    first, second : numpy.ndarray of shape (n_pairs,)
        int64 positions, ``first`` before ``second``.
    """
    _, group, sizes = np.unique(digests, return_inverse=True, return_counts=True)
    order = np.argsort(group, kind="stable")
    start = np.repeat(np.cumsum(sizes) - sizes, sizes)
    place = np.arange(len(order)) - start
    small = sizes[group[order]] <= all_up_to
    firsts, seconds = [order[start[~small]]], [order[~small]]
    firsts[0], seconds[0] = firsts[0][place[~small] > 0], seconds[0][place[~small] > 0]
    for ahead in range(1, all_up_to):
        rows = np.flatnonzero(small & (place >= ahead))
        firsts.append(order[rows - ahead])
        seconds.append(order[rows])
    return np.concatenate(firsts), np.concatenate(seconds)


def connected(n: int, first: Positions, second: Positions) -> Positions:
    """Group what pairs connect.

    Parameters
    ----------
    n : int
        Number of pictures.
    first, second : numpy.ndarray of shape (n_pairs,)
        Positions, 0 to ``n`` excluded.

    Returns
    -------
    numpy.ndarray of shape (n,)
        int64: for each picture, the position of the first of its group; its own if alone.
    """
    edges = coo_array((np.ones(len(first), bool), (first, second)), shape=(n, n))
    _, component = connected_components(edges, directed=False)
    _, firsts, inverse = np.unique(component, return_index=True, return_inverse=True)
    return firsts[inverse].astype(np.int64)
