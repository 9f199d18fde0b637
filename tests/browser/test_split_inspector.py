"""The split inspector in a real JupyterLab: by mouse, by keyboard, and read back in Python."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenNotebook
from tests.browser.driver import Notebook, Server

ROOT = Path(__file__).resolve().parents[2]
N = 300
SET_UP = f"""
import sys; sys.path.insert(0, {str(ROOT)!r})
import pandas as pd, dcwidgets as dcw
from tests.bench._pictures import picture_set
images = picture_set({N})
ids = list(images.table.index)
class Audit:
    findings = pd.DataFrame(
        [(ids[k], "near_duplicate", k / 20, ids[k + 256 - k], f"near copy number {{k}}")
         for k in range(4)]
        + [(ids[10 + k], "dark", 0.5 + k / 10, None, f"too dark by {{k}}") for k in range(3)],
        columns=["id", "issue", "score", "other", "evidence"])
    pairs = pd.DataFrame({{"id": findings["id"][:4], "other": findings["other"][:4],
                          "distance": [0, 2, 5, 9]}})
"""
SHOW = "inspector = dcw.SplitInspector(images, Audit())\ninspector"


class Inspector:
    """The inspector on a page, and its notebook."""

    def __init__(self, page: Page, notebook: Notebook) -> None:
        self.page = page
        self.notebook = notebook
        self.root = page.locator(".dcw-inspector")
        self.grid = self.root.get_by_role("grid", name="Pictures")
        self.main = self.root.locator(".dcw-browse .dcw-main")

    def tile(self, position: int) -> Locator:
        return self.grid.locator(f'.dcw-tile[data-position="{position}"]')

    def bar(self, column: str, value: str) -> Locator:
        chart = self.root.get_by_role("region", name=column, exact=True)
        return chart.locator(".dcw-bar", has_text=value)

    def tab(self, name: str) -> None:
        self.root.get_by_role("tab", name=name).click()

    def reads(self, expression: str, value: object) -> None:
        """Wait until the kernel reads a value; what it reads instead is in the message."""
        try:
            self.notebook.wait_for(f"({expression}) == {value!r}")
        except TimeoutError:
            assert self.notebook.value(expression) == value


OpenInspector = Callable[..., Inspector]


@pytest.fixture
def open_inspector(open_notebook: OpenNotebook, page: Page) -> OpenInspector:
    def open_(*, set_up: str = SET_UP, show: str = SHOW) -> Inspector:
        notebook = open_notebook("inspector.ipynb", set_up, show, keep=True)
        assert notebook.cell_errors() == []
        inspector = Inspector(page, notebook)
        page.wait_for_selector(".dcw-grid[data-painted]", timeout=30_000)
        inspector.root.first.scroll_into_view_if_needed()
        return inspector

    return open_


def test_a_bar_filters_charts_and_grid_and_python_reads_it(open_inspector: OpenInspector) -> None:
    inspector = open_inspector()
    black = int(inspector.notebook.value("(images.table.coat == 'black').sum().item()"))
    inspector.bar("coat", "black").click()

    expect(inspector.main.locator(".dcw-tally")).to_have_text(f"{black} of {N} pictures")
    expect(inspector.bar("coat", "black")).to_have_attribute("aria-pressed", "true")
    expect(inspector.bar("coat", "white")).to_have_class("dcw-bar dcw-out")
    inspector.reads("inspector.filters", {"coat": ["black"]})
    inspector.reads("len(inspector.filtered)", black)

    inspector.main.get_by_role("button", name="Remove the filter coat: black").click()
    expect(inspector.main.locator(".dcw-tally")).to_have_text(f"{N} pictures")
    inspector.reads("inspector.filters", {})


def test_a_range_is_brushed_by_dragging_and_by_arrow_keys(open_inspector: OpenInspector) -> None:
    inspector = open_inspector()
    chart = inspector.root.get_by_role("region", name="light", exact=True)
    bins = chart.locator(".dcw-bins")
    bins.scroll_into_view_if_needed()
    box = bins.bounding_box()
    assert box is not None
    inspector.page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 10)
    inspector.page.mouse.down()
    inspector.page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 10, steps=4)
    inspector.page.mouse.up()
    inspector.notebook.wait_for("'light' in inspector.filters")
    low, high = inspector.notebook.value("inspector.filters['light']")
    assert 0 < low < high < 1

    slider = chart.get_by_role("slider", name="light from")
    slider.focus()
    slider.press("ArrowRight")
    inspector.notebook.wait_for(f"inspector.filters['light'][0] > {low}")
    inside = "images.table.light.between(*inspector.filters['light']).sum().item()"
    count = int(inspector.notebook.value(inside))
    expect(inspector.main.locator(".dcw-tally")).to_have_text(f"{count} of {N} pictures")


def test_click_ctrl_shift_and_drag_select(open_inspector: OpenInspector) -> None:
    inspector = open_inspector()
    index = "[ids.index(id_) for id_ in inspector.selection]"
    inspector.tile(2).click()
    inspector.reads(index, [2])
    inspector.tile(6).click(modifiers=["Control"])
    inspector.reads(index, [2, 6])
    inspector.tile(8).click(modifiers=["Shift"])
    inspector.reads(index, [6, 7, 8])

    first, last = inspector.tile(0).bounding_box(), inspector.tile(1).bounding_box()
    assert first is not None
    assert last is not None
    inspector.page.mouse.move(first["x"] + 20, first["y"] + 30)
    inspector.page.mouse.down()
    inspector.page.mouse.move(last["x"] + 20, last["y"] + 60, steps=5)
    expect(inspector.root.locator(".dcw-grid-band").first).to_be_visible()
    inspector.page.wait_for_function(
        "() => document.querySelectorAll('.dcw-tile[aria-selected=true]').length === 2"
    )
    inspector.page.mouse.up()
    inspector.reads(index, [0, 1])


def test_the_grid_works_by_keyboard_alone_with_one_tab_stop(open_inspector: OpenInspector) -> None:
    inspector = open_inspector()
    count = "len(inspector.selection)"
    stops = inspector.grid.locator('[tabindex="0"]')
    expect(stops).to_have_count(1)
    stops.focus()
    columns = int(inspector.grid.get_attribute("aria-colcount") or 0)
    press = inspector.page.keyboard.press
    for key in ("ArrowRight", "ArrowDown", "Space"):
        press(key)
    inspector.reads("[ids.index(id_) for id_ in inspector.selection]", [columns + 1])
    press("Shift+ArrowRight")
    inspector.reads(count, 2)
    press("Control+a")
    inspector.reads(count, N)
    press("Escape")
    inspector.reads(count, 0)

    press("Control+End")
    expect(inspector.tile(N - 1)).to_be_focused()
    expect(stops).to_have_count(1)
    press("Tab")
    expect(inspector.grid.locator(":focus")).to_have_count(0)
    cells = inspector.page.locator(".jp-Notebook .jp-Cell")
    expect(cells).to_have_count(2)


def test_python_selects_filters_and_edits_and_the_page_shows_it(
    open_inspector: OpenInspector,
) -> None:
    inspector = open_inspector()
    inspector.notebook.python(
        "inspector.selection = ids[:3]; inspector.filters = {'split': ['test']}"
    )
    expect(inspector.main.locator(".dcw-chosen strong")).to_contain_text("3 selected")
    expect(inspector.bar("split", "test")).to_have_attribute("aria-pressed", "true")

    inspector.notebook.python("inspector.filters = {}; inspector.recipe.drop(ids[:2], reason='x')")
    expect(inspector.tile(0).locator(".dcw-tile-badge")).to_have_text("✕ drop")
    expect(inspector.tile(2).locator(".dcw-tile-badge")).to_have_text("")
    inspector.notebook.python("inspector.undo()")
    expect(inspector.tile(0).locator(".dcw-tile-badge")).to_have_text("")
    inspector.notebook.python("inspector.price = (0.82, 0.74)")
    expect(inspector.root.locator(".dcw-price")).to_have_text(
        "accuracy believed 82 %, after the edits 74 %"
    )


def test_pictures_are_dropped_moved_and_relabelled_with_undo(open_inspector: OpenInspector) -> None:
    inspector = open_inspector()
    steps = (
        "[(s['op'], [ids.index(i) for i in s['ids']], s['reason']) for s in inspector.recipe.steps]"
    )
    inspector.tile(1).click()
    inspector.main.get_by_label("Reason for the edit").fill("not a pet")
    inspector.main.get_by_role("button", name="Drop").click()
    inspector.reads(f"[list(s) for s in {steps}]", [["drop", [1], "not a pet"]])

    inspector.tile(4).click()
    inspector.page.keyboard.press("Delete")
    inspector.reads(f"{steps}[-1][:2] == ('drop', [4])", True)
    inspector.page.keyboard.press("Control+z")
    inspector.reads("len(inspector.recipe)", 1)
    inspector.page.keyboard.press("Control+Shift+z")
    inspector.reads("len(inspector.recipe)", 2)

    label = inspector.notebook.value("images.table.label.iloc[6]")
    other = "dog" if label == "cat" else "cat"
    inspector.tile(6).click()
    inspector.main.get_by_label("Give another label").select_option(other)
    expect(inspector.tile(6).locator(".dcw-tile-caption")).to_have_text(f"{label} → {other}")
    inspector.main.get_by_label("Move to another split").select_option("new split …")
    name = inspector.main.get_by_label("Name of the new split")
    name.fill("gold")
    name.press("Enter")
    inspector.reads("inspector.recipe.apply(images).table.split.loc[ids[6]]", "gold")

    inspector.tab("Recipe")
    expect(inspector.root.locator(".dcw-steps li")).to_have_count(4)
    expect(inspector.root.locator(".dcw-effect tr", has_text="gold")).to_contain_text("+1")


def test_findings_are_walked_and_judged_by_letters(open_inspector: OpenInspector) -> None:
    inspector = open_inspector()
    inspector.tab("Findings")
    expect(inspector.root.locator(".dcw-evidence")).to_have_text("near copy number 0")
    inspector.page.wait_for_selector('.dcw-pair-box[data-painted="0,256"]')
    # The store hands out each picture again after 256, so the pair is one and the same.
    expect(inspector.root.locator("figcaption").last).to_have_text("Equal, pixel by pixel")

    press = inspector.page.keyboard.press
    for key, evidence in (("a", "near copy number 1"), ("r", "near copy number 2")):
        press(key)
        expect(inspector.root.locator(".dcw-evidence")).to_have_text(evidence)
    press("u")
    decisions = "list(inspector.decisions['decision'])"
    inspector.reads(decisions, ["accepted", "rejected", "unsure"])
    press("Control+z")
    inspector.reads(decisions, ["accepted", "rejected"])

    findings = inspector.root.locator(".dcw-findings")
    findings.get_by_role("button", name="Drop").click()
    inspector.reads("[ids.index(i) for i in inspector.recipe.steps[0]['ids']]", [0])
    expect(findings.locator(".dcw-selection strong")).to_have_text(
        "All accepted pictures are dropped"
    )
    expect(inspector.page.locator(".jp-Notebook .jp-Cell")).to_have_count(2)


def test_a_threshold_counts_the_pairs_it_leaves(open_inspector: OpenInspector) -> None:
    inspector = open_inspector()
    inspector.tab("Findings")
    inspector.root.get_by_role("button", name="near duplicate").click()
    limit = inspector.root.locator(".dcw-limit output")
    expect(limit).to_have_text("Distance at most 9: 4 pairs")
    slider = inspector.root.get_by_role("slider", name="Distance at most")
    slider.focus()
    for _ in range(5):
        slider.press("ArrowLeft")
    expect(limit).to_have_text("Distance at most 4: 2 pairs")
    grid = inspector.root.get_by_role("grid", name="Findings, worst first")
    expect(grid.locator(".dcw-tile:visible")).to_have_count(2)

    grid.locator(".dcw-tile").first.click()
    inspector.page.keyboard.press("Control+a")
    inspector.page.keyboard.press("a")
    inspector.reads("len(inspector.decisions)", 2)


def test_ids_and_recipe_are_saved_from_the_page(
    open_inspector: OpenInspector, tmp_path: Path
) -> None:
    inspector = open_inspector()
    inspector.tile(3).click()
    inspector.page.keyboard.press("Delete")
    inspector.reads("len(inspector.recipe)", 1)
    with inspector.page.expect_download() as got:
        inspector.root.get_by_role("button", name="Save ids (CSV)").click()
    got.value.save_as(tmp_path / "ids.csv")
    with inspector.page.expect_download() as got:
        inspector.root.get_by_role("button", name="Save recipe (JSON)").first.click()
    got.value.save_as(tmp_path / "recipe.json")

    header, row = (tmp_path / "ids.csv").read_text().splitlines()
    assert header == "id,filename,label,split"
    assert row.split(",")[1] == "3.jpg"
    steps = json.loads((tmp_path / "recipe.json").read_text())["steps"]
    assert steps == inspector.notebook.value("inspector.recipe.steps")


def test_splits_and_slices_are_compared_and_a_click_shows_them(
    open_inspector: OpenInspector,
) -> None:
    inspector = open_inspector(
        set_up=SET_UP + "table = images.table\n"
        "table.loc[table.split == 'test', 'scene'] = 'sofa'\nimages = images.derive(table)"
    )
    inspector.tab("Compare")
    inspector.root.get_by_label("Second split").select_option("test")
    card = inspector.root.locator(".dcw-card", has_text="scene").first
    expect(card.locator("header")).to_contain_text("▲ beyond chance")

    inspector.tab("Slices")
    inspector.root.get_by_label("Slice by").select_option("scene")
    inspector.root.get_by_label("Against").select_option("split")
    cell = inspector.root.get_by_role("button", name="sofa, test:")
    expect(cell).to_contain_text("▲")
    cell.click()
    inspector.reads("inspector.filters", {"scene": ["sofa"], "split": ["test"]})


def test_one_picture_is_looked_at_closely_and_arrows_go_on(open_inspector: OpenInspector) -> None:
    inspector = open_inspector()
    inspector.tile(2).dblclick()
    inspector.page.wait_for_selector('.dcw-closer canvas[data-painted="2"]')
    dialog = inspector.root.get_by_role("dialog")
    expect(dialog).to_contain_text("2.jpg")
    inspector.page.keyboard.press("ArrowRight")
    inspector.page.wait_for_selector('.dcw-closer canvas[data-painted="3"]')
    inspector.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_names_are_text_and_never_markup(open_inspector: OpenInspector) -> None:
    evil = "<img src=x onerror=window.pwned=1>"
    inspector = open_inspector(
        set_up=SET_UP + f"table = images.table\ntable['coat'] = {evil!r}\n"
        f"table['filename'] = {evil!r}\nimages = images.derive(table)"
    )
    expect(inspector.bar("coat", "<img")).to_contain_text(evil)
    inspector.tile(0).dblclick()
    expect(inspector.root.get_by_role("dialog")).to_contain_text(evil)
    assert inspector.page.evaluate("() => window.pwned ?? null") is None


def test_two_views_of_one_inspector_show_the_same(open_inspector: OpenInspector) -> None:
    show = SHOW + "\nfrom IPython.display import display\ndisplay(inspector, inspector)"
    inspector = open_inspector(show=show)
    views = inspector.page.locator(".dcw-inspector")
    expect(views).to_have_count(2)
    inspector.page.wait_for_function(
        "() => document.querySelectorAll('.dcw-browse .dcw-grid[data-painted]').length === 2"
    )
    views.first.locator('.dcw-tile[data-position="0"]').first.click()
    inspector.page.keyboard.press("Delete")

    badge = views.last.locator('.dcw-tile[data-position="0"] .dcw-tile-badge').first
    expect(badge).to_have_text("✕ drop")


@pytest.mark.parametrize("width", [1280, 480])
def test_it_fits_light_and_dark_wide_and_narrow(open_inspector: OpenInspector, width: int) -> None:
    inspector = open_inspector()
    # The file browser would take two thirds of a narrow window.
    inspector.page.evaluate("window.jupyterapp.shell.collapseLeft()")
    inspector.page.set_viewport_size({"width": width, "height": 900})
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        inspector.notebook.theme(theme)
        for tab in ("Pictures", "Findings", "Compare", "Slices", "Recipe"):
            inspector.tab(tab)
            wider = inspector.root.evaluate("node => node.scrollWidth - node.clientWidth")
            assert wider <= 0, f"{tab} is {wider} px too wide at {width}"


def test_the_last_of_many_rows_is_reached(open_inspector: OpenInspector) -> None:
    many = 300_000
    inspector = open_inspector(
        set_up=SET_UP.replace(f"picture_set({N})", f"picture_set({many})"),
        show="inspector = dcw.SplitInspector(images)\ninspector",
    )
    size = inspector.main.get_by_label("Size of the pictures")
    size.fill("192")
    inspector.grid.locator('[tabindex="0"]').focus()
    inspector.page.keyboard.press("Control+End")

    expect(inspector.tile(many - 1)).to_be_focused()
    inspector.page.keyboard.press("Space")
    inspector.reads("inspector.selection == [ids[-1]]", True)


def test_a_saved_notebook_shows_a_table_and_pictures(
    open_inspector: OpenInspector, lab: Server
) -> None:
    inspector = open_inspector()
    inspector.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    saved = json.loads((lab.folder / "inspector.ipynb").read_text())
    html = "".join(saved["cells"][1]["outputs"][0]["data"]["text/html"])

    assert f"{N:,} images" in html
    assert "data:image/webp;base64," in html


# The later cell runs until a file lies in the folder, so that no machine is too slow for the test.
BUSY = """
import time, pathlib
end = time.monotonic() + 300
while not pathlib.Path("go").exists():
    assert time.monotonic() < end, "nobody let the cell end"
    time.sleep(0.05)
"""


def test_it_opens_and_answers_while_a_later_cell_still_runs(
    open_notebook: OpenNotebook, page: Page, lab: Server
) -> None:
    notebook = open_notebook("busy.ipynb", SET_UP, SHOW, BUSY, run=False)
    page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
    page.wait_for_selector(".dcw-grid[data-painted]", timeout=60_000)
    running = page.locator(".jp-Cell").nth(2).locator(".jp-InputPrompt")
    expect(running).to_have_text("[*]:")

    Inspector(page, notebook).tile(0).click()
    expect(page.locator(".dcw-chosen strong")).to_have_text("1 selected")
    expect(running).to_have_text("[*]:")
    (lab.folder / "go").touch()
    notebook.wait_for("len(inspector.selection) == 1", seconds=40)
    assert notebook.cell_errors() == []


def test_what_the_kernel_refuses_is_told_in_a_sentence(open_inspector: OpenInspector) -> None:
    inspector = open_inspector()
    # It answers all else: thumbnails may be asked for at any moment.
    inspector.notebook.python(
        "known = {**inspector._answers()}; known.pop('select'); inspector._answers = lambda: known"
    )
    inspector.tile(0).click()

    expect(inspector.root.locator(".dcw-footer .dcw-status")).to_contain_text("'type' is 'select'")
