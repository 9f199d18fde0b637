"""A real JupyterLab and a real Chromium for each test that asks.

``open_notebook("name.ipynb", "cell one", "cell two")`` writes the cells, opens the notebook, runs
it and returns a :class:`~tests.browser.driver.Notebook`; ``.python(code)`` and ``.value(expr)``
read the kernel, ``.theme("JupyterLab Dark")`` changes the look. At the end of every test the page
must have had no exception, no console error and no request to another host, and the kernel ends;
with ``keep=True`` the next test of the file that opens this notebook goes on with it. The page
itself stays for the next test that opens notebooks so, unless this one failed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import driver
from tests.browser.driver import SIZE, Notebook, Server, Watch

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
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    """One headless Chromium for all tests."""
    with driver.browse_with(tmp_path_factory.mktemp("profile")) as started:
        yield started


@pytest.fixture(scope="module")
def kept(lab: Server) -> Iterator[set[str]]:
    """Notebooks whose kernel outlives a test: one that imports TensorFlow takes seconds."""
    names: set[str] = set()
    yield names
    lab.end_sessions()


@dataclass
class Tab:
    """The page that the tests of a file share as long as none of them fails."""

    browser: BrowserContext
    host: str
    page: Page | None = None
    watch: Watch = field(init=False)

    def fresh(self) -> None:
        """Put an empty page in the place of the one before."""
        self.close()
        self.page = self.browser.new_page()
        self.watch = Watch(self.host)
        self.watch.attach(self.page)

    def close(self) -> None:
        """Close the page, if there is one."""
        if self.page:
            self.page.close()
        self.page = None


@pytest.fixture(scope="module")
def tab(lab: Server, browser: BrowserContext) -> Iterator[Tab]:
    """The page of a file: JupyterLab takes seconds to load, a notebook half of one to open."""
    shared = Tab(browser, urlsplit(lab.url).netloc)
    yield shared
    shared.close()


@pytest.fixture
def shares(request: pytest.FixtureRequest) -> bool:
    """Whether this test takes JupyterLab as it is, with no notebook open, and hands it on."""
    return "open_notebook" in request.fixturenames


@pytest.fixture
def watch(tab: Tab, shares: bool) -> Watch:  # noqa: FBT001 - pytest gives it by name
    """What the page of this test complained about; a test may remove what it provokes."""
    if tab.page is None or not shares:
        tab.fresh()
    tab.watch.troubles.clear()
    return tab.watch


@pytest.fixture
def page(
    lab: Server,
    tab: Tab,
    watch: Watch,
    kept: set[str],
    shares: bool,  # noqa: FBT001 - pytest gives it by name
    request: pytest.FixtureRequest,
) -> Iterator[Page]:
    """A page of 1280 by 900 pixels without a notebook, that may have no trouble at all."""
    failed = request.session.testsfailed
    assert tab.page is not None
    tab.page.set_viewport_size(SIZE)
    yield tab.page
    troubles = [*watch.troubles]  # JupyterLab has some of its own when all is closed at once
    sound = not troubles and request.session.testsfailed == failed
    if not (sound and shares and driver.close_all(tab.page)):
        tab.close()
    lab.end_sessions(but=kept)
    assert troubles == []


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
        if page.url == "about:blank":
            notebook = driver.open_notebook(page, lab, name)
        else:
            notebook = driver.open_another(page, name)
        if run:
            notebook.run_all(seconds=seconds)
        return notebook

    return open_
