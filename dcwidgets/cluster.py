"""Many pictures on many machines: parts of an image set, sent to a Dask cluster."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from distributed import Client

    from dcwidgets.imageset import ImageSet

T = TypeVar("T")

# Small enough that a lost part is soon done again, large enough that sending it costs nothing.
_PART = 1000
_TRIES = 5


def in_parts(
    client: Client, act: Callable[[ImageSet], T], images: ImageSet, *, size: int = _PART
) -> list[T]:
    """Do the same to parts of an image set on a cluster; results in the order of the parts.

    What travels are rows of the table and the path of the pictures, which every worker must
    be able to read. A part whose worker dies is done again by another.

    Parameters
    ----------
    client : distributed.Client
        Such as ``Client(n_workers=2, threads_per_worker=1)`` on one machine, or
        ``Client("tcp://scheduler:8786")``.
    act : callable
        Takes an image set; found by name on the workers, which need the same version of
        this package.
    images : ImageSet
        At least one image.
    size : int, default 1000
        Images in a part.

    Raises
    ------
    TypeError
        If ``client`` is none.
    ValueError
        If there are no images.
    """
    if not hasattr(client, "submit"):
        raise TypeError(
            f"client must be a distributed.Client, got {type(client).__name__}. "
            'Install "dcwidgets[cluster]" and make one: Client(n_workers=2).'
        )
    ids = images.table.index
    if not len(ids):
        raise ValueError("The image set is empty. Look at `images.table` and `where(...)`.")
    parts = [images.take(ids[start : start + size]) for start in range(0, len(ids), size)]
    # Never by content: hashing a part reads as much as sending it.
    futures = [client.submit(act, part, retries=_TRIES, pure=False) for part in parts]
    return list(client.gather(futures))  # type: ignore[no-untyped-call]
