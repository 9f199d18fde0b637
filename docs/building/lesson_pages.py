"""Write a page for each lesson: its prose and code, without running anything."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "notebooks"

NOTE = """\
:::{{note}}
This is `notebooks/{name}` to read. The repository keeps no outputs, so the pictures, tables and
scores that its cells show are not on this page. [Open the lesson](../howto/start.md) to see and
change them.
:::
"""
# The badges are drawn into their addresses, which Markdown outside JupyterLab takes for text.
BADGES = re.compile(r"\[!\[([^\]]*)\]\(data:[^)]*\)\]\(([^)]*)\)\n?")
PLACES = {"Binder": "Open on Binder"}
FOLDED = "<details><summary>Solution</summary>\n\n{code}\n\n</details>"


def lesson_page(notebook: dict[str, Any], name: str) -> str:
    """Return a notebook as Markdown: solutions folded, and a note on what is missing."""
    first, *others = map(_cell, notebook["cells"])
    badges = [f"[{PLACES.get(text, text)}]({where})" for text, where in BADGES.findall(first)]
    first = BADGES.sub("", first) + " · ".join(badges)
    return "\n\n".join([first, NOTE.format(name=name), *others]) + "\n"


def _cell(cell: dict[str, Any]) -> str:
    text = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        return text
    fence = "```"
    while fence in text:
        fence += "`"
    code = f"{fence}python\n{text}\n{fence}"
    return FOLDED.format(code=code) if "solution" in cell["metadata"].get("tags", []) else code


def write_pages(app: Sphinx) -> None:
    """Write one page per notebook into ``lessons/``."""
    for notebook in sorted(NOTEBOOKS.glob("*.ipynb")):
        page = lesson_page(json.loads(notebook.read_text("utf-8")), notebook.name)
        write_if_new(Path(app.srcdir) / "lessons" / f"{notebook.stem}.md", page)


def write_if_new(path: Path, text: str) -> None:
    """Write a page unless it says the same already: an unchanged page is not built again."""
    if not path.exists() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Take part in a build."""
    app.connect("builder-inited", write_pages)
    return {"parallel_read_safe": True}
