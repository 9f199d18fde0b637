"""All widgets, their fallbacks and the course panel together, over names that are markup.

One server, one notebook and one page serve every test here: names stay text, axe finds nothing
serious, Tab reaches every control, and views outlive a second view, a reload and a restart.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Error, Locator, Page, expect

from tests.browser import driver
from tests.browser.axe import found_by_axe
from tests.browser.driver import THEMES, Notebook, Server, Theme, Watch
from tests.hostile_names import EVIL, ledger

ROOT = Path(__file__).resolve().parents[2]
WIDGETS = {
    "annotator": ".dcw-annotator",
    "augmentation": ".dcw-explorer",
    "inspector": ".dcw-inspector",
    "evaluation": ".dcw-ev",
    "coreset": ".dcw-cx",
    "story": ".dcw-story",
}
SHOWN = {**WIDGETS, "stages": ".dcw-stages", "panel": ".dcw-course"}
SET_UP = f"""
import sys; sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from IPython.display import HTML, display
from tests import hostile_names
shown = hostile_names.widgets(Path('hostile'))
"""
STATIC = """
def fallback(widget):
    bundle = widget._repr_mimebundle_()
    return HTML((bundle[0] if isinstance(bundle, tuple) else bundle)['text/html'])
display(hostile_names.stages(), *map(fallback, shown.values()))
display(hostile_names.images().table.head(2), shown['story'].ledger,
        shown['inspector'].findings, shown['annotator'].store)
"""
NAME = "all.ipynb"
CELLS = (SET_UP, "display(*shown.values())", STATIC)
_SAYS = """([selector, text]) => [...document.querySelectorAll(selector)].some(root =>
  root.textContent.includes(text) || [...root.querySelectorAll('*')].some(node =>
    node.value === text || [...node.attributes].some(({ value }) => value.includes(text))))"""
_DEAD = """selectors => selectors.filter(selector => {
  const roots = [...document.querySelectorAll(selector)];
  return !roots.length
    || !roots.every(root => root.querySelector('button, input, select, [tabindex="0"]'));
})"""
_STOPS = """selector => {
  const root = document.querySelector(selector);
  const shown = node => node.checkVisibility({ visibilityProperty: true })
    && !node.closest('[inert]');
  const all = [...root.querySelectorAll('button, input, select, textarea, a[href], summary, ' +
    '[tabindex]')].filter(node => node.tabIndex >= 0 && !node.disabled && shown(node));
  all.forEach((node, number) => { node.dataset.stop = String(number); });
  all[0]?.focus();
  return all.map(node => [node.dataset.stop, node.type === 'radio' ? node.name : '',
    node.outerHTML.slice(0, 120)]);
}"""
_FOCUSED = """selector => {
  const { activeElement, body } = document;
  return document.querySelector(selector).contains(activeElement)
    ? activeElement.dataset.stop ?? 'none' : activeElement === body ? 'browser' : 'elsewhere';
}"""
_MOVING = """selectors => selectors.flatMap(selector =>
  [...document.querySelectorAll(`${selector}, ${selector} *`)].filter(node => {
    const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(node);
    return !/^(0s(, )?)+$/.test(transitionDuration) || animationName !== 'none'
      || scrollBehavior === 'smooth';
  }).map(node => node.outerHTML.slice(0, 100)))"""
_MUTE = """selectors => selectors.flatMap(selector =>
  [...document.querySelectorAll(`:is(${selector}) :is(canvas, img, svg)`)].filter(node =>
    !node.closest('[aria-hidden="true"]') && !node.getAttribute('aria-label')
    && !node.getAttribute('alt') && !node.getAttribute('aria-labelledby')
    && !node.closest('[role="img"], button, [role="option"], [role="gridcell"], figure')
    && node.checkVisibility() && node.getAttribute('alt') !== '')
  .map(node => node.outerHTML.slice(0, 200)))"""
# What a widget shows once something is chosen in it, pinned, judged or labelled.
_USED = """
ids = list(shown['inspector'].images.table.index)
shown['annotator'].label(shown['annotator'].classes[0]); shown['annotator'].box(10, 20, 30, 40)
shown['augmentation'].pin(0, 0)
shown['inspector'].selection = ids[:2]; shown['inspector'].recipe.drop(ids[4:6], reason='x')
shown['evaluation'].selection = list(shown['evaluation'].ev.images.table.index[:3])
shown['coreset'].selection = list(shown['coreset'].coreset.table.index[:3])
shown['story'].selection = shown['story'].ledger.table['name'].iloc[1]
"""
_UNFOLD = """selectors => selectors.forEach(selector =>
  document.querySelectorAll(`${selector} details`).forEach(each => { each.open = true; }))"""
TABS = ("Findings", "Compare", "Slices", "Recipe", "Pictures")
_TWIN = """async () => {
  const { shell, commands } = window.jupyterapp;
  shell.currentWidget.content.activeCellIndex = 1;
  await commands.execute('notebook:create-output-view');
}"""
_RUN_CELL = """async index => {
  const { shell, commands } = window.jupyterapp;
  shell.currentWidget.content.activeCellIndex = index;
  await commands.execute('notebook:run-cell');
}"""
_CLOSE = """path => {
  const { shell } = window.jupyterapp;
  const all = [...shell.widgets('main')];
  all.filter(each => each.context?.path !== path).forEach(each => each.close());
  shell.activateById(all.find(each => each.context?.path === path).id);
}"""
_RESTART = """async () => {
  const { sessionContext } = window.jupyterapp.shell.currentWidget;
  await sessionContext.session.kernel.restart();
  await sessionContext.session.kernel.info;
}"""
_STAND_INS = ".jp-Cell:nth-of-type(2) .jp-RenderedHTML:visible"
_SAVE = "() => window.jupyterapp.commands.execute('docmanager:save')"
_WITHOUT = """async path => {
  const kernelPreference = { shouldStart: false, canStart: false, autoStartDefault: false };
  await window.jupyterapp.commands.execute('docmanager:open',
    { path, factory: 'Notebook', kernelPreference });
}"""


@pytest.fixture(scope="module")
def watched(lab: Server) -> Watch:
    """What the page of this module complained about."""
    return Watch(urlsplit(lab.url).netloc)


@pytest.fixture(scope="module")
def whole(lab: Server, browser: BrowserContext, watched: Watch) -> Iterator[Notebook]:
    """The notebook of all widgets, run, beside a course panel of hostile titles."""
    work = _course(lab.folder)
    page = browser.new_page()
    page.set_default_timeout(120_000)
    watched.attach(page)
    page.on("pageerror", lambda error: _forgive(watched, error))
    lab.write(NAME, *CELLS)
    notebook = driver.open_notebook(page, lab, NAME)
    notebook.run_all(seconds=300)
    assert notebook.cell_errors() == []
    alive(page)
    page.evaluate("() => window.jupyterapp.commands.execute('dcwidgets:show-course')")
    page.wait_for_selector(".dcw-course [data-lesson]")
    yield notebook
    page.close()
    lab.end_sessions()
    shutil.rmtree(work)
    assert watched.troubles == []


def _forgive(watched: Watch, error: Error) -> None:
    """Take back what ipywidgets' own code trips over where a notebook has no kernel."""
    if "@jupyter-widgets/jupyterlab-manager" in (error.stack or ""):
        watched.troubles.pop()


def _course(folder: Path) -> Path:
    """Lay out a course whose titles, checks and scores are markup."""
    work = folder / "work"
    ledger(work / "ledger.jsonl")
    lessons = json.loads((ROOT / "dcwidgets" / "course" / "lessons.json").read_text())
    for entry in lessons["lessons"]:
        entry["title"] = EVIL + entry["title"]
        entry["checks"] = [{"name": "c", "title": EVIL}]
    (work / "course.json").write_text(json.dumps(lessons))
    entry = {"data": EVIL, "device": EVIL, "checks": {EVIL: {"passed": True}}, "opened": EVIL}
    (work / "progress.json").write_text(json.dumps({"format": 1, "lessons": {"01": entry}}))
    return work


def alive(page: Page) -> None:
    """Wait until every widget has its controls."""
    end = time.monotonic() + 120
    while dead := page.evaluate(_DEAD, list(WIDGETS.values())):
        assert time.monotonic() < end, f"no controls in {', '.join(dead)}"
        page.wait_for_timeout(100)


def only(notebook: Notebook) -> None:
    """Close whatever else is open, and come back to the notebook."""
    notebook.page.evaluate(_CLOSE, notebook.name)
    notebook.page.wait_for_function(
        "path => window.jupyterapp.shell.currentWidget?.context?.path === path", arg=notebook.name
    )


def says(page: Page, selector: str, text: str) -> bool:
    return bool(page.evaluate(_SAYS, [selector, text]))


def test_markup_in_names_is_text_in_widgets_fallbacks_tables_and_panel(whole: Notebook) -> None:
    page = whole.page
    page.evaluate("() => { window.jupyterapp.commands.execute('dcwidgets:show-ledger'); }")
    page.wait_for_selector(".dcw-ledger-table")

    assert [name for name, root in SHOWN.items() if not says(page, root, EVIL)] == []
    assert says(page, ".jp-RenderedHTMLCommon", EVIL)
    assert says(page, ".dcw-ledger-table", EVIL)
    assert page.evaluate("() => window.pwned ?? null") is None
    assert page.locator("img[src='x'], img[onerror]").count() == 0
    only(whole)


def states(whole: Notebook) -> Iterator[tuple[str, str]]:
    """Bring the widgets into one state after the other; yield its name and the widget's root."""
    yield from WIDGETS.items()
    whole.python(_USED)
    expect(whole.page.locator(".dcw-ax-pin")).to_be_attached()
    expect(whole.page.locator(".dcw-inspector .dcw-chosen strong").first).to_contain_text("2")
    whole.page.evaluate(_UNFOLD, list(WIDGETS.values()))
    for tab in TABS:
        whole.page.locator(".dcw-inspector").first.get_by_role("tab", name=tab).click()
        yield f"inspector, {tab}", WIDGETS["inspector"]
    for name, root in WIDGETS.items():
        yield f"{name}, used", root
    # A row of the story opens an inspector of its own.
    whole.python("shown['story'].selection = None")
    expect(whole.page.locator(WIDGETS["inspector"])).to_have_count(1)


def dialogs(page: Page) -> Iterator[Locator]:
    """Open one dialog after the other by keyboard; yield it, and see Escape close it."""
    tile = page.locator(".dcw-inspector .dcw-grid .dcw-tile").first
    keys = page.locator(".dcw-annotator").get_by_role("button", name="Keys")
    for opener, dialog in ((tile, ".dcw-closer"), (keys, ".dcw-an-help")):
        opener.focus()
        page.keyboard.press("Enter")
        opened = page.locator(dialog)
        expect(opened).to_be_visible()
        yield opened
        page.keyboard.press("Escape")
        expect(opened).to_be_hidden()
        expect(opener).to_be_focused()


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_serious_in_our_elements(whole: Notebook, theme: Theme) -> None:
    page = whole.page
    whole.theme(theme)
    found = {name: found_by_axe(page, root) for name, root in states(whole)}
    found["panel"] = found_by_axe(page, SHOWN["panel"])
    found["stages"] = found_by_axe(page, SHOWN["stages"])
    for dialog in dialogs(page):
        name = str(dialog.get_attribute("class"))
        found[name] = found_by_axe(page, f".{name}")

    assert len(found) == 6 + 5 + 6 + 4
    assert {name: problems for name, problems in found.items() if problems} == {}


def missed_by_tab(page: Page, root: str, *, leaves: bool) -> list[str]:
    """Walk by Tab from the first control; return the HTML of controls it never came to.

    Whoever must not leave may come to the browser's own controls, and nowhere else in the page.
    """
    stops = page.evaluate(_STOPS, root)
    assert stops, root
    visited = set()
    for _ in range(3 * len(stops)):
        at = page.evaluate(_FOCUSED, root)
        if leaves and at in {"browser", "elsewhere"}:
            break
        assert at != "elsewhere", f"Tab leaves {root}"
        visited.add(at)
        page.keyboard.press("Tab")
    else:
        assert not leaves, f"Tab never leaves {root}"
    groups = {group for number, group, _ in stops if group and number in visited}
    missed = [html for number, group, html in stops if number not in visited | groups]
    return [html for html in missed if 'type="radio"' not in html]


def test_tab_reaches_every_control_and_leaves(whole: Notebook) -> None:
    for state, root in states(whole):
        whole.page.locator(root).first.scroll_into_view_if_needed()
        assert missed_by_tab(whole.page, root, leaves=True) == [], state


def test_tab_stays_in_a_dialog_and_reaches_every_control(whole: Notebook) -> None:
    for dialog in dialogs(whole.page):
        name = str(dialog.get_attribute("class"))
        assert missed_by_tab(whole.page, f".{name}", leaves=False) == []
        assert dialog.is_visible()
        dialog.get_by_role("button").first.focus()


def test_nothing_moves_where_motion_is_unwanted(whole: Notebook) -> None:
    whole.page.emulate_media(reduced_motion="reduce")
    assert whole.page.evaluate(_MOVING, list(SHOWN.values())) == []
    whole.page.emulate_media(reduced_motion="no-preference")


def test_every_picture_has_words(whole: Notebook) -> None:
    assert whole.page.evaluate(_MUTE, list(SHOWN.values())) == []


def test_a_second_view_shows_the_same(whole: Notebook) -> None:
    page = whole.page
    page.evaluate(_TWIN)
    for root in WIDGETS.values():
        expect(page.locator(root)).to_have_count(2)
    alive(page)
    only(whole)
    for root in WIDGETS.values():
        expect(page.locator(root)).to_have_count(1)


def test_cells_that_run_again_leave_nothing_of_their_views(whole: Notebook) -> None:
    page = whole.page
    protocol = page.context.new_cdp_session(page)

    def nodes_after_a_run() -> int:
        whole.python("shown = hostile_names.widgets(Path('hostile'))")
        page.evaluate(_RUN_CELL, 1)  # and no other: JupyterLab keeps toolbars of cells it has left
        alive(page)
        page.wait_for_timeout(1000)  # pictures are painted, what is gone is let go
        protocol.send("HeapProfiler.collectGarbage")
        return int(protocol.send("Memory.getDOMCounters")["nodes"])

    nodes_after_a_run()
    first = nodes_after_a_run()
    for _ in range(3):
        last = nodes_after_a_run()
    protocol.detach()

    views = page.evaluate("() => document.querySelectorAll('.dcw-root *').length")
    assert views > 1000
    assert last - first < views / 10


def test_a_reload_brings_every_widget_back(whole: Notebook, lab: Server) -> None:
    page = whole.page
    page.evaluate(_SAVE)
    whole.python("shown['coreset'].method = 'k_center'; shown['evaluation'].threshold = 0.7")
    driver.open_notebook(page, lab, NAME)
    alive(page)
    expect(page.locator(".dcw-cx").get_by_label("Method")).to_have_value("k_center")


def test_a_restart_leaves_a_page_that_runs_again(whole: Notebook) -> None:
    page = whole.page
    page.evaluate(_RESTART)
    whole.run_all(seconds=300)
    assert whole.cell_errors() == []
    alive(page)


def test_without_a_kernel_every_widget_is_shown_as_it_was_saved(
    whole: Notebook, lab: Server
) -> None:
    page = whole.page
    page.evaluate(_SAVE)
    lab.end_sessions()
    page.goto(f"{lab.url}/lab?reset&token={lab.token}")
    page.wait_for_function("() => window.jupyterapp?.shell?.currentWidget")
    page.evaluate(_WITHOUT, NAME)

    _expect_stand_ins(page)
    assert page.evaluate("() => window.pwned ?? null") is None


def test_a_new_kernel_shows_widgets_as_they_were_saved_until_the_cell_runs_again(
    whole: Notebook, lab: Server, watched: Watch
) -> None:
    notebook = driver.open_notebook(whole.page, lab, NAME)

    _expect_stand_ins(notebook.page)
    notebook.run_all(seconds=300)
    alive(notebook.page)
    assert notebook.page.locator(_STAND_INS).count() == 0
    # ipywidgets writes each widget that it misses to the console before we show its picture.
    watched.troubles[:] = [said for said in watched.troubles if "not found" not in said]


def _expect_stand_ins(page: Page) -> None:
    expect(page.locator(_STAND_INS)).to_have_count(len(WIDGETS))
    outputs = page.locator(".jp-Cell").nth(1).locator(".jp-OutputArea")
    for sign in ("Loading widget", "Error displaying widget"):
        expect(outputs.get_by_text(sign).locator("visible=true")).to_have_count(0)
