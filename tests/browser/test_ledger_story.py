"""The story of a ledger in real JupyterLab, by mouse and by keyboard, read back in Python."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.driver import THEMES, Notebook, Theme

LEDGER = """
import json
from pathlib import Path
import dcwidgets as dcw
rows = [("raw", 0.62, 0.2), ("copies gone", 0.66, 0.3), ("labels mended", 0.74, 0.5)]
kept = {"spread": 0.02, "images": 1200, "seconds": 9.5, "version": "a41f09c2", "data": "pets"}
Path("story.jsonl").write_text("".join(
    json.dumps({"name": name, "mean": mean, "worst_slice": worst, **kept}) + chr(10)
    for name, mean, worst in rows))
from tests.curation_sets import image_set, photo
story = dcw.LedgerStory(dcw.Ledger("story.jsonl"), image_set([photo(n) for n in range(6)]))
story
"""
_OVERFLOW = """root => [...root.querySelectorAll('*')]
  .filter(node => !node.closest('svg') && !node.parentElement.closest('.dcw-ls-scroll')
    && node.getBoundingClientRect().right > root.getBoundingClientRect().right + 1)
  .map(node => node.className)"""


@pytest.fixture
def notebook(open_notebook: Callable[..., Notebook]) -> Notebook:
    """A notebook that shows a story of three rows."""
    opened = open_notebook("story.ipynb", LEDGER, keep=True)
    opened.page.wait_for_selector(".dcw-ls-row")
    assert opened.cell_errors() == []
    return opened


def test_arrows_and_enter_choose_a_row_that_python_reads(notebook: Notebook) -> None:
    page = notebook.page
    page.locator(".dcw-ls-row[tabindex='0']").focus()
    page.keyboard.press("ArrowUp")
    expect(page.locator(".dcw-ls-details h3")).to_have_text("copies gone")
    page.keyboard.press("Enter")

    notebook.wait_for("story.selection is not None")
    assert notebook.value("story.selection['name']") == "copies gone"
    expect(page.locator(".dcw-ls-beneath")).to_contain_text("6 pictures")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".dcw-ls-details")).to_contain_text("Against copies gone")


def test_a_click_chooses_and_python_chooses_back(notebook: Notebook) -> None:
    rows = notebook.page.locator(".dcw-ls-row")
    rows.nth(0).click()
    notebook.wait_for("story._selected == 0")
    notebook.python("story.selection = 'labels mended'")

    expect(rows.nth(2)).to_have_attribute("aria-selected", "true")
    expect(rows.nth(0)).to_have_attribute("aria-selected", "false")


@pytest.mark.parametrize("width", [1280, 480])
@pytest.mark.parametrize("theme", THEMES)
def test_nothing_leaves_the_widget(notebook: Notebook, theme: Theme, width: int) -> None:
    notebook.theme(theme)
    notebook.page.set_viewport_size({"width": width, "height": 900})

    assert notebook.page.locator(".dcw-story").evaluate(_OVERFLOW) == []
