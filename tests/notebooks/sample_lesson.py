"""A made-up lesson that keeps every rule, and for each rule the smallest way to break it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

from tests.notebooks.lesson_file import Cell, Lesson

SENTENCE = "You look at a picture, you say what you see, and you write it down."
FILLER = "\n".join([SENTENCE] * 4)


def _markdown(text: str) -> Cell:
    return {"cell_type": "markdown", "metadata": {}, "source": f"{text}\n\n{FILLER}"}


def _code(text: str, *names: str) -> Cell:
    metadata: dict[str, Any] = {"tags": list(names)} if names else {}
    if "solution" in names:
        metadata["jupyter"] = {"source_hidden": True}
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": metadata,
        "outputs": [],
        "source": text,
    }


def _details(summary: str) -> str:
    return f"<details><summary>{summary}</summary>\n\nAn answer.\n\n</details>"


def sound() -> Cell:
    """Return a notebook of 31 cells that keeps every rule."""
    cells = [
        _markdown(
            "# 03 Example\n\nLesson 3 of 8 · 45 min · CPU is enough, uses a GPU if there is one\n\n"
            "[![Binder](binder.svg)](binder) [![Open in Colab](colab.svg)](colab)"
        ),
        _markdown("*You will be able to* see, say, write.\n\n*You need* nothing."),
        _code('MODE = "auto"\nDATA = "pocket_pets"', "parameters"),
        _code('import dcwidgets as dcw\n\nrun = dcw.lesson("03", MODE, data=DATA)'),
        _markdown("## The question"),
        _code("run.show(run.images.table.index[:8])"),
        _markdown("Write down your guess."),
        _markdown("## Baseline"),
        _code("raw = dcw.measure(run.images, run.test)\nraw"),
        _markdown("Read the number."),
        _markdown("## Do"),
        _code("audit = dcw.audit(run.images)\naudit.summary()"),
        _markdown("Then the widget."),
        _code("dcw.SplitInspector(run.images, audit)"),
        _markdown("Read it."),
        _markdown("## Look"),
        _code("run.show(audit.findings.id)"),
        _markdown("The worst come first."),
        _markdown(f"## Check yourself\n\n{_details('One?')}\n\n{_details('Two?')}"),
        _markdown("## Exercise"),
        _code("answer = ...", "exercise"),
        _code('dcw.check("03-example", answer)', "raises-exception"),
        _markdown(_details("Hint")),
        _code("answer = 1", "solution"),
        _code('dcw.check("03-example", answer)'),
        _markdown("## What changed in the score"),
        _code('run.ledger.record("mended", raw, run.images)\nrun.ledger.plot()'),
        _code("assert raw.mean > 0"),
        _markdown("Read the picture."),
        _markdown("## Takeaways\n\n1. One.\n2. Two.\n3. Three.\n\n**When this does not work**"),
        _markdown("## Next"),
    ]
    for index, cell in enumerate(cells):
        cell["id"] = f"cell-{index:02}"
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def lesson(change: Callable[[Cell], None] = lambda _: None) -> Lesson:
    """Return the sound lesson after one change, as it would lie on disk."""
    notebook = copy.deepcopy(sound())
    change(notebook)
    return Lesson("03_example.ipynb", json.dumps(notebook))


def _at(notebook: Cell, text: str) -> Cell:
    return next(cell for cell in notebook["cells"] if text in cell["source"])


def _replace(old: str, new: str) -> Callable[[Cell], None]:
    def change(notebook: Cell) -> None:
        cell = _at(notebook, old)
        cell["source"] = cell["source"].replace(old, new)

    return change


def _thin_out(notebook: Cell) -> None:
    for text in ("Write down", "Read the number", "run.show(run", "The worst come"):
        notebook["cells"].remove(_at(notebook, text))


def _say_little(notebook: Cell) -> None:
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = cell["source"].replace(FILLER, "You look.")


def _mostly_code(notebook: Cell) -> None:
    for text in ("Write down", "Read the number", "Read it.", "The worst come"):
        cell = _at(notebook, text)
        cell.update(_code("run.images.version"), id=cell["id"])


def _crowd(notebook: Cell) -> None:
    cells = notebook["cells"]
    index = cells.index(_at(notebook, "dcw.audit"))
    for extra in range(2):
        cells.insert(index, {**_code("len(run.images)"), "id": f"extra-{extra}"})


def _long_cells(notebook: Cell) -> None:
    for text in ("audit = ", "SplitInspector", "run.show(audit"):
        _at(notebook, text)["source"] += "\nlen(run.images)" * 14


def _keep_output(notebook: Cell) -> None:
    _at(notebook, "raw = ")["execution_count"] = 7


def _grow(notebook: Cell) -> None:
    notebook["metadata"]["attachments"] = "x" * 61 * 1024


def _other_kernel(notebook: Cell) -> None:
    notebook["metadata"]["kernelspec"]["name"] = "conda-env-ml-py"


def _same_id(notebook: Cell) -> None:
    notebook["cells"][5]["id"] = notebook["cells"][4]["id"]


def _untag(notebook: Cell) -> None:
    _at(notebook, "MODE = ")["metadata"] = {}


def _show_solution(notebook: Cell) -> None:
    del _at(notebook, "answer = 1")["metadata"]["jupyter"]


def _wide_prose(notebook: Cell) -> None:
    _at(notebook, "Read it.")["source"] = FILLER.replace("\n", " ")


BREAKS: dict[str, Callable[[Cell], None]] = {
    "cell_count": _thin_out,
    "word_count": _say_little,
    "words_a_cell": _replace("Read it.", "\n".join([SENTENCE] * 10)),
    "markdown_to_code": _mostly_code,
    "code_lines": _long_cells,
    "longest_code": _replace("audit.summary()", "audit.summary()\n" * 20),
    "code_in_a_row": _crowd,
    "columns": _wide_prose,
    "stripped": _keep_output,
    "file_size": _grow,
    "title": _replace("# 03 Example", "# Lesson three"),
    "opening": _replace("45 min", "soon done"),
    "sections": _replace("## Look", "## A look"),
    "alt_text": _replace("Read it.", '<img src="leak.png" alt="">'),
    "kernelspec": _other_kernel,
    "cell_ids": _same_id,
    "parameters": _untag,
    "forbidden_calls": _replace("audit.summary()", "!nvidia-smi"),
    "checks_in_the_open": _replace("assert raw", 'with out: dcw.check("x", 1)\nassert raw'),
    "colours": _replace("ledger.plot()", 'ledger.plot(cmap="jet")'),
    "tone": _replace("Read it.", "Simply read it."),
    "no_typed_results": _replace("Read it.", "The score is 0.74."),
    "questions": _replace(_details("Two?"), "Two?"),
    "exercise": _show_solution,
    "score": _replace("assert raw.mean > 0", "raw.mean > 0"),
    "takeaways": _replace("3. Three.\n", ""),
}
