"""Files of unknown origin, read so that none can harm: XML, JSON, text and names."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, NoReturn
from unicodedata import category
from xml.parsers import expat

PICTURES = (".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff")
MAX_XML = 8 * 2**20
MAX_JSON = 512 * 2**20
MAX_DEPTH = 32


class FormatError(ValueError):
    """A file that is not what its format says; the text names the file and the place."""


@dataclass
class Node:
    """One element of an XML file."""

    tag: str
    line: int
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    children: list[Node] = field(default_factory=list)

    def all(self, tag: str) -> list[Node]:
        """Return the children with a tag."""
        return [child for child in self.children if child.tag == tag]

    def find(self, path: str) -> Node | None:
        """Return the first element on a path such as ``size/width``."""
        node: Node | None = self
        for tag in path.split("/"):
            node = next(iter(node.all(tag)), None) if node else None
        return node

    def said(self, path: str) -> str:
        """Return the text on a path without spaces around it, empty where there is none."""
        node = self.find(path)
        return node.text.strip() if node else ""


def read_xml(path: Path) -> Node:
    """Read an XML file that declares nothing: no document type, no entities.

    Raises
    ------
    FormatError
        If it is no XML, too large, too deep, or declares a document type.
    """
    return _Tree(path).parse(_bytes(path, MAX_XML))


class _Tree:
    """Builds nodes from what expat, of the standard library, reports.

    Entities are declared in a document type, which no annotation needs: refusing it refuses
    every entity bomb and every reference to another file.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.root = path, Node("", 0)
        self.open = [self.root]
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = lambda _tag: self.open.pop()
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.EntityDeclHandler = self._doctype

    def parse(self, content: bytes) -> Node:
        try:
            self.parser.Parse(content, True)
        except expat.ExpatError as error:
            raise FormatError(f"{self.path}:{error.lineno}: this is no XML: {error}.") from None
        except (ValueError, LookupError) as error:  # an encoding that expat does not know
            if isinstance(error, FormatError):
                raise
            raise FormatError(f"{self.path}: this XML cannot be read: {error}.") from None
        return self.root.children[0]

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        line = self.parser.CurrentLineNumber
        if len(self.open) > MAX_DEPTH:
            raise FormatError(f"{self.path}:{line}: elements lie over {MAX_DEPTH} deep.")
        node = Node(tag, line, attributes)
        self.open[-1].children.append(node)
        self.open.append(node)

    def _text(self, text: str) -> None:
        self.open[-1].text += text

    def _doctype(self, *_: Any) -> NoReturn:
        raise FormatError(
            f"{self.path}:{self.parser.CurrentLineNumber}: the file declares a document type or "
            "an entity, which annotations never need and attacks do. It was not read."
        )


def read_json(path: Path) -> Any:
    """Read a JSON file.

    Raises
    ------
    FormatError
        If it is no JSON, too large, nested too deeply, or holds numbers that are none.
    """
    content = _bytes(path, MAX_JSON)
    try:
        return json.loads(content.decode("utf-8-sig"), parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise FormatError(f"{path}:{error.lineno}: this is no JSON: {error.msg}.") from None
    except RecursionError:
        raise FormatError(f"{path}: lists lie too deep in each other.") from None
    except ValueError as error:
        raise FormatError(f"{path}: {error}.") from None


def read_lines(path: Path) -> list[str]:
    """Read a text file; line ends of any system, with or without a byte order mark."""
    try:
        text = _bytes(path, MAX_XML).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormatError(f"{path}: this is no text in UTF-8: {error}.") from None
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def files(folder: Path, suffix: str) -> Iterator[Path]:
    """Yield the files below a folder whose names end so, in order; no links, no pipes."""
    for path in sorted(folder.rglob(f"*{suffix}")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not path.is_symlink() and not hidden:
            yield path


def safe_name(name: str, where: str) -> str:
    """Return the name of a picture as a path that stays in its folder.

    An absolute path, which labelling tools write, is cut to its last part.

    Raises
    ------
    FormatError
        If it is empty, climbs out of its folder, or holds what no name holds.
    """
    path = PurePosixPath(name.replace("\\", "/").strip())
    if path.is_absolute() or (path.parts[:1] and path.parts[0].endswith(":")):
        path = PurePosixPath(path.name)
    if ".." in path.parts or not path.name or any(category(sign) in ("Cc", "Cs") for sign in name):
        raise FormatError(f"{where}: {name!r:.200} is no name of a picture in this folder.")
    return str(path)


def stem(name: str) -> str:
    """Return a name without the ending of a picture; other dots belong to it."""
    ending = PurePosixPath(name).suffix
    return name[: -len(ending)] if ending.lower() in PICTURES else name


def number(text: Any, where: str, kind: Callable[[Any], float] = float) -> float:
    """Return a finite number.

    Raises
    ------
    FormatError
        If it is none.
    """
    try:
        value = kind(text) if not isinstance(text, bool) else None
    except (TypeError, ValueError, OverflowError):
        value = None
    if value is None or not abs(value) < 1e15:
        raise FormatError(f"{where}: expected a number, got {text!r:.100}.")
    return value


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number that JSON has")


def _bytes(path: Path, limit: int) -> bytes:
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path}.")
    size = path.stat().st_size
    if size > limit:
        raise FormatError(f"{path} has {size:,} bytes, over the limit of {limit:,}.")
    return path.read_bytes()
