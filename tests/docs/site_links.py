"""What a built site links to: pages and anchors that are there, addresses that can be some."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOADED = {"img", "script", "link", "source", "iframe", "video", "audio"}


@dataclass
class Page(HTMLParser):
    """A page: its anchors, where it leads, and what it loads."""

    path: Path
    anchors: set[str] = field(default_factory=set)
    targets: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.anchors |= {value for name in ("id", "name") if (value := given.get(name))}
        target = given.get("href") or given.get("src")
        if target and not target.startswith("data:"):
            # A link element may only name a page, such as the next one.
            is_named = tag == "link" and given.get("rel") not in {"stylesheet", "icon", "preload"}
            (self.loads if tag in LOADED and not is_named else self.targets).append(target)


def pages(site: Path) -> dict[Path, Page]:
    """Read every page of a site; the theme keeps a template among its files, which is none."""
    found = sorted(site.resolve().rglob("*.html"))
    return {path: Page(path) for path in found if "_static" not in path.parts}


def broken(found: dict[Path, Page]) -> list[str]:
    """Return ``page: target`` of each link that leads nowhere."""
    return [
        f"{page.path.name}: {target}"
        for page in found.values()
        for target in [*page.targets, *page.loads]
        if not _leads_somewhere(page, target, found)
    ]


def from_elsewhere(found: dict[Path, Page]) -> list[str]:
    """Return ``page: target`` of what a page loads from another host."""
    return [
        f"{page.path.name}: {target}"
        for page in found.values()
        for target in page.loads
        if urlsplit(target).netloc
    ]


def _leads_somewhere(page: Page, target: str, found: dict[Path, Page]) -> bool:
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return parts.scheme in {"https", "mailto"} and "." in (parts.netloc or parts.path)
    path = (page.path.parent / unquote(parts.path)).resolve() if parts.path else page.path
    if not path.is_file():
        return False
    anchor = unquote(parts.fragment)
    return not anchor or path not in found or anchor in found[path].anchors
