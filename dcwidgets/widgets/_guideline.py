"""The guideline beside the pictures: a text and example pictures for each class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dcwidgets.imageset import ImageSet

_EXAMPLES = 6


def guide_texts(guide: str | Mapping[str, str] | None, classes: Sequence[str]) -> dict[str, str]:
    """Return the texts by class, a text for all under the empty name.

    Raises
    ------
    ValueError
        If there is a text for a class that is none.
    """
    texts = {"": guide} if isinstance(guide, str) else dict(guide or {})
    strange = [name for name in texts if name and name not in classes]
    if strange:
        raise ValueError(f"guide has a text for {strange[0]!r}. Classes are: {', '.join(classes)}.")
    return {name: str(text) for name, text in texts.items()}


def example_ids(
    given: Mapping[str, Sequence[str]] | None, images: ImageSet, classes: Sequence[str]
) -> dict[str, list[str]]:
    """Return at most six ids of example pictures by class.

    Raises
    ------
    ValueError
        If a class or an id is unknown.
    """
    strange = [name for name in given or {} if name not in classes]
    if strange:
        raise ValueError(
            f"examples has pictures for {strange[0]!r}. Classes are: {', '.join(classes)}."
        )
    found = {name: images.known(ids)[:_EXAMPLES] for name, ids in (given or {}).items()}
    return {name: ids for name, ids in found.items() if ids}
