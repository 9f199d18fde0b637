"""A real JupyterLab and a real Chromium for each test that asks.

``open_notebook("name.ipynb", "cell one", "cell two")`` writes the cells, opens the notebook, runs
it and returns a :class:`~tests.browser.driver.Notebook`; ``.python(code)`` and ``.value(expr)``
read the kernel, ``.theme("JupyterLab Dark")`` changes the look. At the end of every test the page
must have had no exception, no console error and no request to another host, and the kernel ends;
with ``keep=True`` the next test of the file that opens this notebook goes on with it.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import driver
from tests.browser.driver import Notebook, Server, Watch

OpenNotebook = Callable[..., Notebook]

# What is late on a busy machine is no bug: 5 seconds, which is usual, were too few at times.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory, data_root: Path) -> Iterator[Server]:
    """A JupyterLab on an empty folder, with the tests' data sets."""
    folder = tmp_path_factory.mktemp("lab")
    with driver.serve(folder, data_dir=data_root) as server:
        yield server


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless Chromium for all tests."""
    with driver.browse() as started:
        yield started


@pytest.fixture
def watch(lab: Server) -> Watch:
    """What the page of this test complained about; a test may remove what it provokes."""
    return Watch(urlsplit(lab.url).netloc)


@pytest.fixture(scope="module")
def kept(lab: Server) -> Iterator[set[str]]:
    """Notebooks whose kernel outlives a test: one that imports TensorFlow takes seconds."""
    names: set[str] = set()
    yield names
    lab.end_sessions()


@pytest.fixture
def page(lab: Server, browser: Browser, watch: Watch, kept: set[str]) -> Iterator[Page]:
    """A fresh page of 1280 by 900 pixels that may have no trouble at all."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    fresh = context.new_page()
    watch.attach(fresh)
    yield fresh
    context.close()
    lab.end_sessions(but=kept)
    assert watch.troubles == []


@pytest.fixture
def open_notebook(lab: Server, page: Page, kept: set[str]) -> OpenNotebook:
    """Open a notebook of the lab's folder; write it first if there are cells; run it."""

    def open_(
        name: str, *cells: str, run: bool = True, keep: bool = False, seconds: float = 120
    ) -> Notebook:
        if cells:
            lab.write(name, *cells)
        if keep:
            kept.add(name)
        notebook = driver.open_notebook(page, lab, name)
        if run:
            notebook.run_all(seconds=seconds)
        return notebook

    return open_
