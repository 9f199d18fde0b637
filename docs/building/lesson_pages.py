"""Write a page for each lesson: its prose, its code, and what cells show where they were run."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "notebooks"
# Outputs lie beside the site, not in the repository; `docs.building.run_lessons` writes them.
EXECUTED = ROOT / "build" / "lessons"

WITHOUT = """\
:::{{note}}
This is `notebooks/{name}` to read. The repository keeps no outputs, so the pictures, tables and
scores that its cells show are not on this page. [Open the lesson](../howto/start.md) to see and
change them.
:::
"""
WITH = """\
:::{{note}}
This is `notebooks/{name}` as it ran when this site was built. Where a widget would stand, there is
the picture or table that a saved notebook keeps of it. [Open the lesson](../howto/start.md) to use
widgets and to change what you see.
:::
"""
# The badges are drawn into their addresses, which Markdown outside JupyterLab takes for text.
BADGES = re.compile(r"\[!\[([^\]]*)\]\(data:[^)]*\)\]\(([^)]*)\)\n?")
PLACES = {"Binder": "Open on Binder"}
FOLDED = "<details><summary>Solution</summary>\n\n{code}\n\n</details>"
WIDGET = "application/vnd.jupyter.widget-view+json"
COLOURS = re.compile(r"\x1b\[[\d;]*m")


def lesson_page(notebook: dict[str, Any], name: str) -> str:
    """Return a notebook as Markdown: solutions folded, and a note on where its outputs are."""
    first, *others = map(_cell, notebook["cells"])
    badges = [f"[{PLACES.get(text, text)}]({where})" for text, where in BADGES.findall(first)]
    first = BADGES.sub("", first) + " · ".join(badges)
    note = WITH if any(cell.get("outputs") for cell in notebook["cells"]) else WITHOUT
    return "\n\n".join([first, note.format(name=name), *others]) + "\n"


def _cell(cell: dict[str, Any]) -> str:
    text = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        return text
    code = _fenced("python", text)
    if "solution" in cell["metadata"].get("tags", []):
        code = FOLDED.format(code=code)
    return "\n\n".join([code, *filter(None, map(_output, _joined(cell.get("outputs", []))))])


def _joined(outputs: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield outputs; what was printed in one go is one, however many pieces it came in."""
    for kind, group in groupby(outputs, lambda output: output["output_type"]):
        if kind == "stream":
            yield {"output_type": kind, "text": "".join("".join(one["text"]) for one in group)}
        else:
            yield from group


def _output(output: dict[str, Any]) -> str:
    """Return what one output shows: HTML or a picture where there is one, else its text."""
    if output["output_type"] == "stream":
        return _text(output["text"])
    if output["output_type"] == "error":
        return _text(f"{output['ename']}: {output['evalue']}")
    data = output["data"]
    plain = "".join(data.get("text/plain", ""))
    if "text/html" in data:
        return _html("".join(data["text/html"]))
    if WIDGET in data:  # a progress bar, which says nothing where it does not move
        return ""
    if "image/png" in data:
        source = "".join(data["image/png"]).strip()
        return _html(f'<img alt="{escape(plain)}" src="data:image/png;base64,{source}">')
    return _text(plain)


def _text(text: str) -> str:
    plain = COLOURS.sub("", text)
    # A progress bar writes over its line; the last state is what stays.
    last = "\n".join(line.rstrip("\r").rsplit("\r", 1)[-1] for line in plain.split("\n"))
    return (
        _fenced("{code-block} text", f":class: output\n\n{last.rstrip()}") if last.strip() else ""
    )


def _html(html: str) -> str:
    # The theme lets the keyboard scroll what has these classes and is too wide.
    return _fenced("{raw} html", f'<div class="cell_output"><div class="output">{html}</div></div>')


def _fenced(what: str, text: str) -> str:
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}{what}\n{text}\n{fence}"


def write_pages(app: Sphinx) -> None:
    """Write one page per notebook into ``lessons/``."""
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        notebook = as_it_ran(_read(path), _read(EXECUTED / path.name))
        write_if_new(
            Path(app.srcdir) / "lessons" / f"{path.stem}.md", lesson_page(notebook, path.name)
        )


def _read(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text("utf-8"))) if path.exists() else {"cells": []}


def as_it_ran(notebook: dict[str, Any], executed: dict[str, Any]) -> dict[str, Any]:
    """Return the executed notebook if it is the same one, else the one without outputs."""
    same = _sources(notebook) == _sources(executed)
    return executed if same else notebook


def _sources(notebook: dict[str, Any]) -> list[str]:
    return ["".join(cell["source"]) for cell in notebook["cells"]]


def write_if_new(path: Path, text: str) -> None:
    """Write a page unless it says the same already: an unchanged page is not built again."""
    if not path.exists() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Take part in a build."""
    app.connect("builder-inited", write_pages)
    return {"parallel_read_safe": True}
