"""The test bench itself: a kernel that answers, errors that are seen."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import OpenNotebook
from tests.browser.driver import Watch


def test_cells_run_and_the_kernel_answers(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook("answers.ipynb", "seed = 6", "seed = seed * 7")

    assert notebook.value("seed") == 42
    assert notebook.cell_errors() == []


def test_an_error_in_a_cell_or_in_asked_code_is_reported(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook("fails.ipynb", "1 / 0")

    assert notebook.cell_errors() == ["cell 0: ZeroDivisionError: division by zero"]
    with pytest.raises(RuntimeError, match="NameError: name 'nothing' is not defined"):
        notebook.python("nothing")


def test_the_theme_changes(open_notebook: OpenNotebook, page: Page) -> None:
    notebook = open_notebook("theme.ipynb", "1", run=False)
    background = "getComputedStyle(document.body).getPropertyValue('--jp-layout-color0')"
    notebook.theme("JupyterLab Light")  # the server remembers what an earlier test chose
    light = page.evaluate(background)

    notebook.theme("JupyterLab Dark")

    assert page.evaluate(background) != light


def test_the_page_is_watched(open_notebook: OpenNotebook, page: Page, watch: Watch) -> None:
    open_notebook("watched.ipynb", "1", run=False)
    elsewhere = f"{page.url.split('/lab')[0].replace('127.0.0.1', 'localhost')}/api"
    page.evaluate("() => console.error('a complaint')")
    page.evaluate("() => setTimeout(() => { throw new Error('an exception') })")
    page.evaluate("url => fetch(url).catch(() => null)", elsewhere)

    assert watch.troubles[:3] == [
        "console: a complaint",
        "exception: an exception",
        f"request to another host: {elsewhere}",
    ]
    watch.troubles.clear()
