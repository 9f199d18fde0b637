"""Which file shows which class: folders per class, splits above them, or a CSV."""

import os
import re
from dataclasses import dataclass, field

from dcwidgets.sources.label_table import LabelTable, find_label_table
from dcwidgets.sources.listing import Found, Listing, readable

SPLITS = {
    "train": "train",
    "training": "train",
    "valid": "validation",
    "validation": "validation",
    "val": "validation",
    "dev": "validation",
    "test": "test",
    "testing": "test",
    "pool": "pool",
    "gold": "gold",
    "fresh": "fresh",
}
ACCEPTED = (
    "a folder per class ('cat/1.jpg'), the same below 'train', 'validation' and 'test', or all "
    "pictures in one folder with a 'labels.csv' (columns filename,label and, if you like, split)"
)
_SUFFIXES = re.compile(
    r"\.(jpe?g|jfif|png|gif|bmp|dib|webp|tiff?|p[bgp]m|pnm|jp2|j2k|avif|heic)$", re.IGNORECASE
)


@dataclass(frozen=True)
class Item:
    """A file with what the layout says of it.

    Attributes
    ----------
    found : Found
        The file.
    label, split : str
        Names of class and split.
    metadata : dict
        Further columns of the CSV as text.
    """

    found: Found
    label: str
    split: str
    metadata: dict[str, str] = field(default_factory=dict)


def arrange(listing: Listing) -> tuple[list[Item], list[tuple[str, str]]]:
    """Give each file its class and split.

    Parameters
    ----------
    listing : Listing
        What lies in the folder.

    Returns
    -------
    items : list of Item
        Files that may be pictures, in the order of the listing.
    rejects : list of tuple
        Path and reason of the files, and of the rows of a CSV, that have no place.

    Raises
    ------
    ValueError
        If pictures lie side by side and nothing says what they show.
    """
    table = find_label_table(listing)
    if table is not None:
        return _by_table(listing, table)
    depth = _depth_of_classes(listing)
    if depth is None:
        return _refuse_flat(listing)
    return _by_folders(listing, depth)


def split_name(text: str) -> str | None:
    """Return the name of a split as it is used here, or None if the text can be none."""
    name = text.strip()
    known = SPLITS.get(name.casefold())
    if known is not None or not re.fullmatch(r"[A-Za-z]\w*", name, re.ASCII) or name == "all":
        return known
    return name


def _depth_of_classes(listing: Listing) -> int | None:
    """Count the folders above the class folders; an archive often adds one or two."""
    pictures = [file.parts for file in listing.files if _SUFFIXES.search(file.parts[-1])]
    depth = 0
    while pictures:
        below = [parts for parts in pictures if len(parts) > depth + 1]
        names = {parts[depth] for parts in below}
        inner = any(len(parts) > depth + 2 for parts in below)
        if not below:
            return None
        if len(names) > 1 or not inner or len(below) < len(pictures) or _is_split(names):
            return depth
        depth += 1
    return 0


def _is_split(names: set[str]) -> bool:
    return any(name.casefold() in SPLITS for name in names)


def _by_folders(listing: Listing, depth: int) -> tuple[list[Item], list[tuple[str, str]]]:
    inside = [file for file in listing.files if len(file.parts) > depth + 1]
    split_folders = {
        file.parts[depth]
        for file in inside
        if _is_split({file.parts[depth]}) and len(file.parts) > depth + 2
    }
    items, rejects = [], []
    for file in listing.files:
        place = file.parts[depth:]
        split = "train"
        if split_folders:
            split, place = SPLITS.get(place[0].casefold(), ""), place[1:]
        if len(place) < 2:
            rejects.append((file.name, "lies in no class folder"))
        elif not split:
            rejects.append((file.name, f"lies in none of {', '.join(sorted(split_folders))}"))
        else:
            items.append(Item(file, readable(place[0]).strip() or "_", split))
    return items, rejects


def _by_table(listing: Listing, table: LabelTable) -> tuple[list[Item], list[tuple[str, str]]]:
    items, rejects = [], list(table.rejects)
    for file in listing.files:
        if file is table.file:
            continue
        row = table.rows.pop(file.name, None)
        if row is None:
            rejects.append((file.name, f"is not listed in {table.file.name}"))
            continue
        split = split_name(row.split) if row.split else "train"
        if split is None:
            reason = f"has a split that can be no name, {row.split!r} ({row.place})"
            rejects.append((file.name, reason))
            continue
        items.append(Item(file, row.label, split, row.metadata))
    refused = {path for path, _ in listing.rejects}
    rejects += [
        (name, f"is no file ({row.place})")
        for name, row in table.rows.items()
        if name not in refused
    ]
    return items, rejects


def _refuse_flat(listing: Listing) -> tuple[list[Item], list[tuple[str, str]]]:
    count = sum(bool(_SUFFIXES.search(file.parts[-1])) for file in listing.files)
    table = os.path.join(listing.root, "labels.csv")  # noqa: PTH118
    raise ValueError(
        f"{readable(listing.root)} holds {count:,} pictures side by side, and nothing says what "
        "they show. Put the pictures of each class into a folder of its own, or write "
        f"{readable(table)} with the columns filename,label."
    )
