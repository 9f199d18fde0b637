"""Pages of lessons: what cells showed stands below them, and nothing of another notebook does."""

from __future__ import annotations

from typing import Any

import pytest

from docs.building.lesson_pages import as_it_ran, lesson_page


def notebook(*outputs: dict[str, Any], code: str = "1 + 1", tags: tuple[str, ...] = ()) -> Any:
    first = {"cell_type": "markdown", "source": ["# A lesson\n", "\n", "In words.\n"]}
    cell = {"cell_type": "code", "source": code, "metadata": {"tags": [*tags]}}
    return {"cells": [first, {**cell, "outputs": [*outputs]}]}


def shown(**data: str) -> dict[str, Any]:
    kinds = {"html": "text/html", "png": "image/png", "plain": "text/plain"}
    named = {kinds[kind]: content for kind, content in data.items()}
    return {"output_type": "execute_result", "data": named}


def printed(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text}


def test_what_was_printed_is_text_as_it_stood_at_last() -> None:
    pieces = printed(" 5 %\r50 %\rdo"), printed("ne\n\x1b[31mred\x1b[0m\n")
    page = lesson_page(notebook(*pieces), "01.ipynb")

    assert "```{code-block} text\n:class: output\n\ndone\nred\n```" in page


def test_text_cannot_end_its_block() -> None:
    page = lesson_page(notebook(printed("```\n<b>\n")), "01.ipynb")

    assert "````{code-block} text\n:class: output\n\n```\n<b>\n````" in page


@pytest.mark.parametrize(
    ("output", "there"),
    [
        (
            shown(html="<table>\n\n</table>", plain="a table"),
            "<table>\n\n</table></div></div>\n```",
        ),
        (shown(png="iVBOR\n", plain="<Figure>"), 'alt="&lt;Figure&gt;" src="data:image/png;base64'),
        (shown(plain="0.93"), "\n\n0.93\n```"),
        (
            {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": ["x"]},
            "\n\nValueError: no\n```",
        ),
    ],
)
def test_the_richest_form_of_an_output_is_shown(output: dict[str, Any], there: str) -> None:
    page = lesson_page(notebook(output), "01.ipynb")

    assert there in page
    assert "a table" not in page
    assert "as it ran when this site was built" in page


def test_a_progress_bar_is_left_out_and_a_widget_is_shown_as_it_was_saved() -> None:
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "a"}}
    bar = {"output_type": "display_data", "data": {**view, "text/plain": "0 %"}}
    widget = {"output_type": "display_data", "data": {**view, "text/html": "<p>a grid</p>"}}

    page = lesson_page(notebook(bar, widget), "01.ipynb")

    assert "0 %" not in page
    assert "<p>a grid</p>" in page


def test_without_outputs_the_page_says_that_they_are_missing() -> None:
    page = lesson_page(notebook(printed("\n")), "01.ipynb")

    assert "{code-block}" not in page
    assert "keeps no outputs" in lesson_page(notebook(), "01.ipynb")


def test_outputs_of_a_notebook_that_was_changed_since_are_left_out() -> None:
    now, then = notebook(code="1 + 2"), notebook(printed("2"))

    assert as_it_ran(now, then) is now
    assert as_it_ran(notebook(), then) is then
    assert as_it_ran(now, {"cells": []}) is now


def test_what_a_solution_shows_is_not_folded_with_it() -> None:
    page = lesson_page(notebook(printed("right"), tags=("solution",)), "01.ipynb")

    assert page.index("</details>") < page.index("right")
