"""What lies in a learner's folder, without opening a single file."""

import errno
import hashlib
import os
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from dcwidgets.sources.pictures import kind_of

_HIDDEN = {"__MACOSX", "Thumbs.db", "desktop.ini"}


@dataclass(frozen=True)
class Found:
    """A file that may be a picture.

    Attributes
    ----------
    parts : tuple of str
        Folders and file name below the root, as the file system spells them.
    path : str
        Where to open it; links are followed.
    size : int
        Bytes.
    changed : int
        Time of the last change in nanoseconds.
    """

    parts: tuple[str, ...]
    path: str
    size: int
    changed: int

    @property
    def name(self) -> str:
        """The path below the root, readable."""
        return readable("/".join(self.parts))


@dataclass
class Listing:
    """The files of a folder, in the same order on every machine.

    Attributes
    ----------
    root : str
        The folder, links followed.
    files : list of Found
        Regular files, and links to such files inside the folder.
    rejects : list of tuple
        Path below the root and reason of everything else.
    """

    root: str
    files: list[Found] = field(default_factory=list)
    rejects: list[tuple[str, str]] = field(default_factory=list)

    def digest(self, *parameters: object) -> str:
        """Return twelve hexadecimal digits that change when any file does."""
        rows = [
            *map(repr, parameters),
            repr(self.root),
            *(repr((file.parts, file.size, file.changed)) for file in self.files),
            *map(repr, self.rejects),
        ]
        text = "\n".join(rows).encode("utf-8", "surrogatepass")
        return hashlib.sha256(text).hexdigest()[:12]


def list_folder(root: Path, *, skip: Path | None = None) -> Listing:
    """List a folder with everything below it.

    Parameters
    ----------
    root : Path
        An existing folder.
    skip : Path, optional
        A folder that is left out, such as the one where records are written.

    Returns
    -------
    Listing
        Nothing is opened, so that named pipes do not block, and links to folders are
        not followed, so that they cannot lead in circles.
    """
    listing = Listing(os.path.realpath(root))
    left_out = os.path.realpath(skip) if skip is not None else ""
    waiting: list[tuple[str, ...]] = [()]
    while waiting:
        parts = waiting.pop()
        for entry in _entries(listing, parts):
            inner = (*parts, entry.name)
            if entry.path == left_out:
                continue
            if entry.name.startswith(".") or entry.name in _HIDDEN:
                _reject(listing, inner, "is hidden")
            elif entry.is_dir(follow_symlinks=False):
                waiting.append(inner)
            else:
                _look(listing, inner, entry)
    listing.files.sort(key=lambda file: [os.fsencode(part) for part in file.parts])
    listing.rejects.sort()
    return listing


def readable(text: str) -> str:
    r"""Return text that can be shown and stored anywhere.

    Bytes that are no UTF-8, line breaks and other invisible characters turn into
    escapes such as ``\xe9``.

    Examples
    --------
    >>> readable("a\nb")
    'a\\nb'
    """
    whole = os.fsencode(text).decode("utf-8", "backslashreplace")
    composed = unicodedata.normalize("NFC", whole)
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii")
        for letter in composed
    )


def _entries(listing: Listing, parts: tuple[str, ...]) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(os.path.join(listing.root, *parts)) as entries:  # noqa: PTH118
            yield from entries
    except OSError as error:
        _reject(listing, parts, f"cannot be opened ({(error.strerror or '').lower()})")


def _look(listing: Listing, parts: tuple[str, ...], entry: os.DirEntry[str]) -> None:
    try:
        target = _target(listing.root, entry)
        state = os.stat(target)  # noqa: PTH116 - names that are no UTF-8 stay as they are
    except _LinkError as error:
        _reject(listing, parts, str(error))
        return
    except OSError as error:
        _reject(listing, parts, f"cannot be read ({(error.strerror or '').lower()})")
        return
    if not stat.S_ISREG(state.st_mode):
        _reject(listing, parts, kind_of(state.st_mode))
        return
    listing.files.append(Found(parts, target, state.st_size, state.st_mtime_ns))


class _LinkError(Exception):
    """A link that is not followed."""


def _target(root: str, entry: os.DirEntry[str]) -> str:
    if not entry.is_symlink():
        return entry.path
    try:
        target = os.path.realpath(entry.path, strict=True)
    except FileNotFoundError:
        raise _LinkError("is a link to a file that is not there") from None
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        raise _LinkError("is a link that leads to itself") from None
    if not Path(target).is_relative_to(root):
        raise _LinkError("is a link that leads out of the folder")
    if os.path.isdir(target):  # noqa: PTH112
        raise _LinkError("is a link to a folder, which is not followed")
    return target


def _reject(listing: Listing, parts: tuple[str, ...], reason: str) -> None:
    listing.rejects.append((readable("/".join(parts)) or ".", reason))
