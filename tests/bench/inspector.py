"""The split inspector in real JupyterLab and Chromium: opening, brushing, jumping."""

from __future__ import annotations

import io
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from playwright.sync_api import Page

from dcwidgets.imageset import ImageSet
from tests.bench._pictures import picture_set
from tests.bench._rows import Row, seconds
from tests.browser import driver

ROOT = Path(__file__).resolve().parents[2]
CATS_VS_DOGS = 23_262
MANY = 1_000_000
PEER = "matplotlib inline"
PEER_NOTE = "the peer's kernel time alone: 9 histograms and 40 thumbnails redrawn as one PNG"

_CELLS = (
    (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from tests.bench._pictures import picture_set\n"
        "import dcwidgets as dcw\n"
        "images = picture_set({n})"
    ),
    "dcw.SplitInspector(images)",
)
# From running the cell to the frame that shows the first thumbnails.
_OPEN = """async () => {
  const { commands, shell } = window.jupyterapp;
  const notebook = shell.currentWidget.content;
  notebook.activeCellIndex = 1;
  const until = async (test) => {
    while (!test()) await new Promise(requestAnimationFrame);
  };
  const grid = () => document.querySelector('.dcw-grid');
  await commands.execute('notebook:clear-cell-output');
  await until(() => !grid());
  const start = performance.now();
  commands.execute('notebook:run-cell');
  await until(() => grid()?.dataset.painted);
  return performance.now() - start;
}"""
# From the event to the end of the frame that answers it.
_WATCH_LAG = """selector => {
  window.dcwLags = [];
  for (const type of ['pointermove', 'click']) {
    document.querySelector(selector).addEventListener(type, event => {
      requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () =>
          window.dcwLags.push(performance.now() - event.timeStamp);
        channel.port2.postMessage(0);
      });
    }, true);
  }
}"""
# From a jump of the scroll bar to the frame with all thumbnails of the new place.
_JUMP = """async share => {
  const grid = document.querySelector('.dcw-grid');
  const before = grid.dataset.painted;
  const start = performance.now();
  grid.scrollTop = share * grid.scrollHeight;
  while (!grid.dataset.painted || grid.dataset.painted === before)
    await new Promise(requestAnimationFrame);
  return performance.now() - start;
}"""


def rows() -> Iterator[Row]:
    """Measure opening, brushing and jumping; the peer redraws in the kernel."""
    images = picture_set(CATS_VS_DOGS)
    peer = seconds(lambda: _redraw(images)) * 1000
    with driver.browse() as browser, tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "lab"
        folder.mkdir()
        with driver.serve(folder) as server:
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            with _notebook(page, server, CATS_VS_DOGS):
                yield from _at_cats_vs_dogs(page, peer)
            with _notebook(page, server, MANY):
                yield _row_of_opening(page, MANY, 2000)


def _at_cats_vs_dogs(page: Page, peer: float) -> Iterator[Row]:
    yield _row_of_opening(page, CATS_VS_DOGS, 1000)
    jumps = [float(page.evaluate(_JUMP, share)) for share in _places(41)][1:]
    median = f"median {statistics.median(jumps):.0f} ms"
    for work, lags, limit, note in (
        ("brush", _brush(page), 50, PEER_NOTE),
        ("click a bar", _click(page), 50, PEER_NOTE),
        ("jump, see thumbnails", jumps, 150, median),
    ):
        yield Row(
            f"inspector: {work} of {CATS_VS_DOGS:,}, p95",
            float(np.percentile(lags, 95)),
            unit="ms",
            peer=PEER,
            theirs=peer,
            at_most=limit,
            note=note,
        )


def _row_of_opening(page: Page, n: int, limit: float) -> Row:
    runs = [float(page.evaluate(_OPEN)) for _ in range(6)][1:]
    note = f"run of the cell to thumbnails on screen; worst of 5: {max(runs):.0f} ms"
    work = f"inspector: open {n:,} rows"
    return Row(work, statistics.median(runs), unit="ms", at_most=limit, note=note)


def _brush(page: Page) -> list[float]:
    plot = page.locator(".dcw-bins").first
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box is not None
    page.evaluate(_WATCH_LAG, ".dcw-bins")
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 2, y)
    page.mouse.down()
    page.evaluate("() => { window.dcwLags = []; }")
    for _ in range(2):
        page.mouse.move(box["x"] + box["width"] - 2, y, steps=40)
        page.mouse.move(box["x"] + 2, y, steps=40)
    page.mouse.up()
    return _lags(page)


def _click(page: Page) -> list[float]:
    page.evaluate(_WATCH_LAG, ".dcw-sidebar")
    bars = page.locator(".dcw-sidebar .dcw-bar")
    for number in range(40):
        bars.nth(number % 6).click()
        page.evaluate("() => new Promise(requestAnimationFrame)")
    return _lags(page)


def _lags(page: Page) -> list[float]:
    page.wait_for_timeout(300)
    return [float(lag) for lag in page.evaluate("() => window.dcwLags")]


def _places(n: int) -> list[float]:
    return [float(share) for share in np.random.default_rng(0).random(n) * 0.98]


def _redraw(images: ImageSet) -> bytes:
    """Draw what one change of a filter makes a notebook without the inspector draw."""
    from matplotlib.figure import Figure

    table = images.table
    kept = table[table["light"] > 0.5]
    figure = Figure(figsize=(12, 8))
    axes = figure.subplots(7, 7).ravel()
    for axis, name in zip(axes, table.columns[1:], strict=False):
        axis.hist(kept[name], bins=20)
    for axis, tile in zip(axes[9:], images.thumbnails(kept.index[:40], size=96), strict=False):
        axis.imshow(tile)
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()


@contextmanager
def _notebook(page: Page, server: driver.Server, n: int) -> Iterator[None]:
    name = f"bench-{n}.ipynb"
    server.write(name, _CELLS[0].replace("{n}", str(n)), _CELLS[1])
    driver.open_notebook(page, server, name).run_all(seconds=300)
    page.wait_for_selector(".dcw-grid[data-painted]", timeout=120_000)
    page.locator(".dcw-inspector").scroll_into_view_if_needed()
    yield
    server.end_sessions()
