"""The coreset explorer in a real JupyterLab: by mouse, by keyboard, and read back in Python."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenNotebook
from tests.browser.driver import Notebook

ROOT = Path(__file__).resolve().parents[2]
SET_UP = f"""
import sys; sys.path.insert(0, {str(ROOT)!r})
import numpy as np, dcwidgets as dcw
from tests.bench._pictures import picture_set
images = picture_set(400)
features = np.random.default_rng(0).normal(size=(400, 6)).astype("float32")
n = len(images.where(split="train"))
"""
SHOW = "explorer = dcw.CoresetExplorer(images, features)\nexplorer"


def painted(page: Page, method: str, size: int) -> None:
    page.wait_for_selector(f'.dcw-cx-canvas[data-painted="{method}:{size}"]', timeout=30_000)


def open_explorer(open_notebook: OpenNotebook, page: Page, *more: str) -> Notebook:
    notebook = open_notebook("coresets.ipynb", SET_UP, SHOW, *more)
    assert notebook.cell_errors() == []
    page.wait_for_selector('.dcw-cx-canvas[data-painted^="facility_location"]', timeout=30_000)
    page.locator(".dcw-cx").first.scroll_into_view_if_needed()
    return notebook


def drag(page: Page, *shares: tuple[float, float]) -> None:
    """Drag over the map through places given as shares of its width and height."""
    box = page.locator(".dcw-cx-canvas").first.bounding_box()
    assert box is not None
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in shares]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=4)
    page.mouse.up()


def test_what_is_done_by_mouse_is_read_in_python_and_shown_in_both_views(
    open_notebook: OpenNotebook, page: Page
) -> None:
    notebook = open_explorer(open_notebook, page, "explorer")
    expect(page.locator(".dcw-cx-canvas")).to_have_count(2)
    _method_and_budget(page, notebook)
    _lasso_and_moves(page, notebook)


def _method_and_budget(page: Page, notebook: Notebook) -> None:
    root = page.locator(".dcw-cx").first
    root.get_by_label("Method").select_option("k_center")
    exact = root.get_by_label("Pictures to keep, exactly")
    exact.fill("25")
    exact.press("Enter")
    painted(page, "k_center", 25)

    notebook.wait_for("(explorer.method, explorer.size) == ('k_center', 25)")
    expected = "dcw.coreset(images, 25, 'k_center', features=features).table.index"
    assert notebook.value(f"list(explorer.coreset.table.index) == list({expected})")
    expect(root.get_by_role("button", name="kept 25")).to_be_visible()

    notebook.python("explorer.method, explorer.size = 'stratified', 40")
    painted(page, "stratified", 40)
    other = page.locator(".dcw-cx-canvas").nth(1)
    expect(other).to_have_attribute("data-painted", "stratified:40", timeout=60_000)
    expect(root.get_by_label("Method")).to_have_value("stratified")
    expect(root.get_by_label("Pictures to keep, exactly")).to_have_value("40")

    root.get_by_label("One training on all, in s").fill("100")
    root.get_by_label("One training on all, in s").press("Enter")
    expect(root.locator(".dcw-cx-costs")).to_contain_text("paid for itself after the first")
    root.get_by_role("button", name="Compare all methods").click()
    rows = root.locator(".dcw-cx-compare tbody tr")
    expect(rows.filter(has_text="herding")).to_contain_text("40", timeout=60_000)
    expect(rows).to_have_count(6)


def _lasso_and_moves(page: Page, notebook: Notebook) -> None:
    root = page.locator(".dcw-cx").first
    root.locator(".dcw-cx-canvas").scroll_into_view_if_needed()
    root.get_by_role("button", name="Lasso").click()
    drag(page, (0.4, 0.3), (0.6, 0.3), (0.6, 0.7), (0.4, 0.7))
    notebook.wait_for("0 < len(explorer.selection) < n")
    inside = notebook.value("len(explorer.selection)")
    expect(root.get_by_role("button", name=f"selected {inside}")).to_be_visible()

    root.get_by_role("button", name="Move").click()
    root.get_by_role("button", name="Magnify").click()
    drag(page, (0.5, 0.5), (0.7, 0.5))
    root.get_by_role("button", name="Select view").click()
    notebook.wait_for(f"len(explorer.selection) not in (0, n, {inside})")

    notebook.python("explorer.selection = list(explorer.coreset.table.index[:3])")
    expect(root.get_by_role("button", name="selected 3")).to_be_visible()


def test_the_map_works_by_keyboard_alone_and_tells_of_a_kernel_that_is_gone(
    open_notebook: OpenNotebook, page: Page
) -> None:
    notebook = open_explorer(open_notebook, page)
    cells = page.locator(".jp-Notebook .jp-Cell").count()
    root, press = page.locator(".dcw-cx"), page.keyboard.press
    root.locator(".dcw-cx-canvas").focus()
    press("ArrowRight")
    press("ArrowDown")
    press("Space")
    root.locator(".dcw-cx-looked[data-painted]").wait_for(timeout=60_000)
    notebook.wait_for("len(explorer.selection) == 1")
    press("Escape")
    notebook.wait_for("explorer.selection == []")
    press("v")
    notebook.wait_for("len(explorer.selection) == n")
    for _ in range(4):
        press("+")
    press("v")
    notebook.wait_for("0 < len(explorer.selection) < n")
    press("Tab")
    expect(root.get_by_role("button", name="Move")).to_be_focused()
    assert page.locator(".jp-Notebook .jp-Cell").count() == cells

    # A kernel that starts anew knows nothing of the widget, and the page says what to do.
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.restartKernel()")
    root.get_by_label("Pictures to keep, exactly").fill("30")
    press("Enter")
    expect(page.locator(".dcw-root > .dcw-status").first).to_contain_text(
        "run this cell again", timeout=60_000
    )
