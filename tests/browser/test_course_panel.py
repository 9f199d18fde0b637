"""The course panel, its commands, its launcher card and the device badge in a real JupyterLab."""

import csv
import itertools
import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from dcwidgets.course import class_table, progress_table
from dcwidgets.course.hardware import device
from dcwidgets.course.progress import Progress
from tests import disks
from tests.browser import driver
from tests.browser.driver import Notebook, Server, Watch

ROOT = Path(__file__).resolve().parent.parent.parent
SEEN_SECONDS = 40
# Real progress from a real kernel, without the training that a lesson costs.
PROGRESS = "from pathlib import Path; from dcwidgets.course.progress import Progress; "
LESSONS = ("01_objectives.ipynb", "02_curation.ipynb")
ROW = {"name": "raw", "mean": 0.661, "spread": 0.012, "worst_slice": 0.21, "version": "a41f09c2"}
_SAVED = """async front => {
  const { workspaces } = window.jupyterapp.serviceManager;
  const saved = async () => { const { data } = await workspaces.fetch('default');
    return data['dcwidgets:greeted'] && data['layout-restorer:data']?.left.current === front; };
  while (!await saved()) { await new Promise(resolve => setTimeout(resolve, 100)); }
}"""
_PLACED = """async () => {
  const { workspaces } = window.jupyterapp.serviceManager;
  const placed = async () => (await workspaces.fetch('default')).data['dcwidgets:places'];
  while (!await placed()) { await new Promise(resolve => setTimeout(resolve, 100)); }
}"""
# The panel reads the folder when JupyterLab itself changes a file.
_READ_AGAIN = """async stale => {
  const { commands, serviceManager } = window.jupyterapp;
  await serviceManager.contents.delete(stale);
  await commands.execute('dcwidgets:show-course');
}"""
STALE = "stale.txt"
_NUMBERS = itertools.count()
_RUN = "([id, args]) => { window.jupyterapp.commands.execute(id, args ?? {}); }"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A JupyterLab on a learner's folder of its own, shared by this module."""
    with driver.serve(tmp_path_factory.mktemp("course")) as server:
        yield server


@pytest.fixture
def handed_on() -> None:
    """Take the page of the test before, and leave it to the next.

    For tests that leave neither a message nor a setting nor a lesson that still opens, and begin
    anywhere but in JupyterLab as it opens for the first time. They stand beside each other, as
    any other test has a page of its own.
    """


@pytest.fixture
def shares(request: pytest.FixtureRequest) -> bool:
    return "handed_on" in request.fixturenames


@pytest.fixture
def folder(lab: Server) -> Path:
    """The learner's folder as ``dcwidgets lab`` lays it out, with two short lessons.

    The title of the last lesson is another each time, so that a page shows which one it has read.
    """
    for path in lab.folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    originals = lab.folder / "work" / "originals"
    originals.mkdir(parents=True)
    for name in LESSONS:
        lab.write(name, f"print('original of {name}')", "None")
        shutil.copy(lab.folder / name, originals)
    lessons = json.loads((ROOT / "dcwidgets" / "course" / "lessons.json").read_text())
    for entry in lessons["lessons"]:
        entry["checks"] = []
    lessons["lessons"][1]["checks"] = [
        {"name": "02-leaks", "title": "Find the leaks"},
        {"name": "02-split", "title": "Mend the split"},
    ]
    lessons["lessons"][-1]["title"] = f"Coresets {next(_NUMBERS)}"
    (lab.folder / "work" / "course.json").write_text(json.dumps(lessons))
    (lab.folder / STALE).touch()
    return lab.folder


@pytest.fixture
def panel(lab: Server, page: Page, folder: Path) -> Locator:
    """The course panel, in a JupyterLab that shows nothing else."""
    if page.url == "about:blank":
        page.goto(f"{lab.url}/lab?reset&token={lab.token}")
        # The launcher takes the focus when it is there; before that it would take it from a test.
        page.wait_for_function("() => document.activeElement?.closest('.jp-Launcher')")
    else:
        page.evaluate(_READ_AGAIN, STALE)
    course = json.loads((folder / "work" / "course.json").read_text())
    found = page.get_by_role("region", name="Course")
    expect(found).to_be_visible(timeout=60_000)
    expect(found).to_contain_text(course["lessons"][-1]["title"], timeout=SEEN_SECONDS * 1000)
    return found


@pytest.fixture
def open_lesson(page: Page, panel: Locator) -> Callable[[str], Notebook]:
    """Open a lesson by its row in the panel, and wait for its kernel."""

    def open_(number: str) -> Notebook:
        panel.locator(f"[data-key=open-{number}]").click()
        name = next(name for name in LESSONS if name.startswith(number))
        page.wait_for_function(
            "name => window.jupyterapp.shell.currentWidget?.context?.path === name", arg=name
        )
        page.evaluate(driver._READY)
        return Notebook(page, name)

    return open_


def lesson(panel: Locator, number: str) -> Locator:
    return panel.locator(f"[data-lesson='{number}']")


def run(page: Page, command: str, **arguments: Any) -> None:
    """Start a command without waiting for its end: some end with a dialog."""
    page.evaluate(_RUN, [command, arguments])


def cells(path: Path) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(path.read_text())["cells"]]


def test_the_panel_opens_by_itself_with_the_lessons_in_order(panel: Locator) -> None:
    titles = panel.locator("[data-lesson] .dcw-course-title").all_text_contents()
    assert titles[:3] == ["Objectives", "Curation", "Pipelines"]
    assert len(titles) == 8
    expect(lesson(panel, "01")).to_contain_text("45 min")
    expect(lesson(panel, "03")).to_contain_text("not in this folder")
    expect(panel).to_contain_text("0 of 2 checks passed")
    tab = panel.page.locator(".jp-SideBar.jp-mod-left [data-id='dcwidgets-course']")
    expect(tab).to_have_attribute("title", re.compile("Course"))


def test_once_closed_the_panel_stays_closed(lab: Server, page: Page, panel: Locator) -> None:
    # Only a saved workspace remembers.
    page.evaluate(_SAVED, "dcwidgets-course")
    page.evaluate("() => window.jupyterapp.commands.execute('filebrowser:activate')")
    expect(panel).to_be_hidden()
    page.evaluate(_SAVED, "filebrowser")

    page.goto(f"{lab.url}/lab?token={lab.token}")
    page.wait_for_function("() => window.jupyterapp?.restored")
    page.evaluate("() => window.jupyterapp.restored")
    page.locator("#jp-main-statusbar").wait_for()

    expect(page.get_by_role("region", name="Course")).to_be_hidden()


@pytest.mark.usefixtures("handed_on")
def test_what_the_kernel_writes_shows_when_it_turns_idle(
    panel: Locator, open_lesson: Callable[[str], Notebook]
) -> None:
    notebook = open_lesson("02")

    notebook.python(
        f"{PROGRESS} p = Progress(Path('work/progress.json').absolute()); "
        "p.open('02', data='pocket_pets', device='2 CPU cores'); "
        "p.check('02', '02-leaks', passed=True); p.score('02', 0.66); p.score('02', 0.8)"
    )

    expect(lesson(panel, "02")).to_contain_text("1 of 2 checks")
    expect(lesson(panel, "02")).to_contain_text("0.66 → 0.80")
    expect(panel.locator(".dcw-course-next")).to_contain_text("Mend the split")
    expect(panel.get_by_role("img", name="passed")).to_have_count(1)


@pytest.mark.usefixtures("handed_on")
def test_a_torn_progress_file_takes_nothing_away(
    panel: Locator, folder: Path, open_lesson: Callable[[str], Notebook]
) -> None:
    notebook = open_lesson("02")
    notebook.python(
        f"{PROGRESS} Progress(Path('work/progress.json')).check('02', '02-leaks', passed=True)"
    )
    expect(lesson(panel, "02")).to_contain_text("1 of 2 checks")

    notebook.python("Path('work/progress.json').write_text('{\"lessons\": {\"02\"')")

    expect(panel.locator(".dcw-course-note")).to_contain_text("cannot be read")
    expect(lesson(panel, "02")).to_contain_text("1 of 2 checks")


@pytest.mark.usefixtures("handed_on")
def test_a_repaint_leaves_the_focus_where_it_was(
    page: Page, panel: Locator, open_lesson: Callable[[str], Notebook]
) -> None:
    notebook = open_lesson("01")
    panel.locator("[data-key=open-02]").focus()

    notebook.python(f"{PROGRESS} Progress(Path('work/progress.json')).score('01', 0.5)")

    expect(lesson(panel, "01")).to_contain_text("0.50")
    assert page.evaluate("() => document.activeElement.dataset.key") == "open-02"


@pytest.mark.usefixtures("handed_on")
def test_every_command_is_in_the_palette_and_describes_its_arguments(
    page: Page, panel: Locator
) -> None:
    panel.locator("[data-key=next]").focus()
    page.keyboard.press("Control+Shift+C")
    page.locator(".lm-CommandPalette-input").fill("course")
    shown = page.locator(".lm-CommandPalette-itemLabel")
    for label in ("Open Lesson…", "Next Lesson", "Reset Lesson to the Original…"):
        expect(shown.filter(has_text=label)).to_be_visible()
    for label in ("Show the Ledger", "Export Progress…"):
        expect(shown.filter(has_text=label)).to_be_visible()

    described = page.evaluate(
        """async () => { const { commands } = window.jupyterapp;
        const ids = commands.listCommands().filter(id => id.startsWith('dcwidgets:'));
        const args = await Promise.all(ids.map(id => commands.describedBy(id)));
        return ids.filter((_, i) => args[i].args?.type !== 'object'); }"""
    )
    assert described == []


@pytest.mark.usefixtures("handed_on")
def test_a_notebook_that_is_open_stays_where_it_is(
    lab: Server, page: Page, panel: Locator, open_lesson: Callable[[str], Notebook]
) -> None:
    pass_a_check(lab, panel, open_lesson)
    page.evaluate(_ACTIVATE, 5)

    panel.locator("[data-key=next]").click()

    page.wait_for_function("() => document.activeElement?.closest('.jp-Notebook')")
    assert page.evaluate(_ACTIVE) == "step = 4"


@pytest.mark.usefixtures("handed_on")
def test_what_a_kernel_wrote_before_it_died_is_not_lost(
    panel: Locator, open_lesson: Callable[[str], Notebook]
) -> None:
    open_lesson("02")

    panel.page.evaluate(
        """code => { const { sessionContext } = window.jupyterapp.shell.currentWidget;
        sessionContext.session.kernel.requestExecute({ code }); }""",
        f"{PROGRESS} p = Progress(Path('work/progress.json').absolute())\n"
        "p.open('02', data='', device=''); p.check('02', '02-leaks', passed=True)\n"
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    )

    expect(lesson(panel, "02")).to_contain_text("1 of 2 checks", timeout=30_000)
    expect(panel.locator(".dcw-course-next")).to_contain_text("Mend the split")


@pytest.mark.usefixtures("handed_on")
def test_the_ledger_shows_and_follows_new_rows(
    page: Page, panel: Locator, folder: Path, open_lesson: Callable[[str], Notebook]
) -> None:
    notebook = open_lesson("01")
    ledger = folder / "work" / "ledger.jsonl"
    ledger.write_text(json.dumps(ROW) + "\n")

    panel.locator("[data-key=ledger]").click()
    expect(page.locator(".dcw-ledger")).to_contain_text("0.661 ± 0.012")

    row = json.dumps({**ROW, "name": "leaks dropped", "spread": None})
    page.evaluate(
        "() => window.jupyterapp.commands.execute('docmanager:open', "
        "{ path: '01_objectives.ipynb' })"
    )
    notebook.python(f"open('work/ledger.jsonl', 'a').write({row!r})")
    expect(page.locator(".dcw-ledger tbody tr")).to_have_count(2)
    bars = page.locator(".dcw-ledger-bar")
    expect(bars).to_have_count(2)
    lefts = bars.evaluate_all("bars => bars.map(bar => bar.getBoundingClientRect().left)")
    assert lefts[0] == lefts[1]


@pytest.mark.usefixtures("handed_on")
def test_the_badge_names_the_device_and_leaves_no_trace_in_the_kernel(
    page: Page, open_lesson: Callable[[str], Notebook]
) -> None:
    notebook = open_lesson("01")

    expect(page.locator(".dcw-badge")).to_have_text(device(quick=True))
    assert notebook.value("[len(In), [n for n in globals() if 'dcw' in n or 'device' in n]]") == [
        1,
        [],
    ]


def test_without_a_work_folder_the_notebooks_are_the_lessons(
    lab: Server, page: Page, folder: Path
) -> None:
    shutil.rmtree(folder / "work")

    page.goto(f"{lab.url}/lab?reset&token={lab.token}")

    panel = page.get_by_role("region", name="Course")
    expect(panel).to_be_visible(timeout=60_000)
    expect(panel.locator(".dcw-course-title")).to_have_text(["Objectives", "Curation"])


def test_it_works_by_keyboard_alone(page: Page, panel: Locator) -> None:
    page.evaluate("() => window.jupyterapp.commands.execute('dcwidgets:show-course')")
    keys = []
    for _ in range(4):
        keys.append(page.evaluate("() => document.activeElement.dataset.key"))
        page.keyboard.press("Tab")
    assert keys == ["next", "open-01", "reset-01", "open-02"]

    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")

    page.wait_for_function(
        "() => window.jupyterapp.shell.currentWidget?.context?.path === '02_curation.ipynb'"
    )
    expect(panel.locator("[aria-current]")).to_contain_text("Curation")


def test_next_lesson_opens_the_one_after_the_lesson_in_front(
    page: Page, panel: Locator, open_lesson: Callable[[str], Notebook]
) -> None:
    open_lesson("01")

    run(page, "dcwidgets:next-lesson")

    page.wait_for_function(
        "() => window.jupyterapp.shell.currentWidget?.context?.path === '02_curation.ipynb'"
    )


def test_open_lesson_asks_which_where_nobody_says(page: Page, panel: Locator) -> None:
    run(page, "dcwidgets:open-lesson")
    dialog = page.get_by_role("dialog")
    dialog.locator("select").select_option(label="02 Curation")
    dialog.get_by_role("button", name="Ok").click()

    page.wait_for_function(
        "() => window.jupyterapp.shell.currentWidget?.context?.path === '02_curation.ipynb'"
    )


def test_reset_brings_the_original_and_keeps_the_old_copy_beside_it(
    page: Page, panel: Locator, folder: Path, open_lesson: Callable[[str], Notebook]
) -> None:
    open_lesson("02")
    page.evaluate(
        """() => window.jupyterapp.shell.currentWidget.content.model.sharedModel
        .cells[0].setSource('my unsaved work')"""
    )

    panel.locator("[data-key=reset-02]").click()
    page.get_by_role("dialog").get_by_role("button", name="Reset").click()

    expect(page.locator(".jp-Notebook .jp-Cell").first).to_contain_text("original of 02")
    kept = folder / "02_curation-kept-1.ipynb"
    assert cells(kept) == ["my unsaved work", "None"]
    assert cells(folder / "02_curation.ipynb") == ["print('original of 02_curation.ipynb')", "None"]


def test_reset_called_off_or_without_an_original_touches_nothing(
    page: Page, panel: Locator, folder: Path
) -> None:
    notebook = folder / "01_objectives.ipynb"
    mine = notebook.read_text().replace("original of", "my own")
    notebook.write_text(mine)
    run(page, "dcwidgets:reset-lesson", lesson="01")
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert notebook.read_text() == mine

    shutil.rmtree(folder / "work" / "originals")
    run(page, "dcwidgets:reset-lesson", lesson="01")

    expect(page.locator(".Toastify")).to_contain_text("There is no original of lesson 01")
    assert notebook.read_text() == mine
    assert not (folder / "01_objectives-kept-1.ipynb").exists()


LONG = [
    "import types; dcw = types.SimpleNamespace(check=print)",
    *(f"step = {number}" for number in range(30)),
    "dcw.check('02-leaks', step)",
    *(f"after = {number}" for number in range(30)),
    "dcw.check('02-split', after)",
    "print('the end')",
]
_ACTIVE = """() => { const { content } = window.jupyterapp.shell.currentWidget;
  return content.activeCell.model.sharedModel.getSource(); }"""
_ACTIVATE = "index => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = index; }"


def reopen(page: Page, lab: Server, *, reset: bool) -> None:
    """Come back another day: a page without the notebook, in the same workspace or in none."""
    lab.end_sessions()
    page.goto(f"{lab.url}/lab?{'reset&' if reset else ''}token={lab.token}")
    page.get_by_role("region", name="Course").locator("[data-key=next]").wait_for()


def came_to(page: Page, text: str) -> None:
    """Wait until a cell is active and in sight."""
    active = page.locator(".jp-Notebook .jp-mod-active")
    expect(active).to_contain_text(text, timeout=SEEN_SECONDS * 1000)
    expect(active).to_be_in_viewport(timeout=SEEN_SECONDS * 1000)


def pass_a_check(lab: Server, panel: Locator, open_lesson: Callable[[str], Notebook]) -> None:
    """Open a long lesson and pass the first of its checks."""
    lab.write(LESSONS[1], *LONG)
    open_lesson("02").python(
        f"{PROGRESS} p = Progress(Path('work/progress.json').absolute()); "
        "p.open('02', data='', device=''); p.check('02', '02-leaks', passed=True)"
    )
    expect(lesson(panel, "02")).to_contain_text("1 of 2 checks")


def test_continue_goes_to_the_cell_after_the_last_passed_check(
    lab: Server, page: Page, panel: Locator, open_lesson: Callable[[str], Notebook]
) -> None:
    pass_a_check(lab, panel, open_lesson)
    reopen(page, lab, reset=True)

    panel.locator("[data-key=next]").click()

    came_to(page, "after = 0")
    page.get_by_role("button", name="Run the cells above").click()
    notebook = Notebook(page, LESSONS[1])
    page.evaluate(driver._READY)
    notebook.wait_for("'step' in dir() and step == 29")
    assert notebook.value("'after' in dir()") is False


def test_the_place_where_the_learner_stopped_outlives_page_and_kernel(
    lab: Server, page: Page, panel: Locator, open_lesson: Callable[[str], Notebook]
) -> None:
    lab.write(LESSONS[1], *LONG)
    open_lesson("02").python(
        f"{PROGRESS} Progress(Path('work/progress.json')).open('02', data='', device='')"
    )
    expect(lesson(panel, "02")).to_contain_text("under way")
    page.evaluate(_ACTIVATE, 20)
    page.evaluate(_PLACED)
    reopen(page, lab, reset=False)
    page.locator(".jp-Notebook .jp-Cell").first.wait_for()  # JupyterLab brings it back by itself

    panel.locator("[data-key=next]").click()

    came_to(page, "step = 19")


def test_in_a_folder_that_cannot_be_written_to_the_panel_says_so_and_reset_does_no_harm(
    lab: Server, page: Page, folder: Path, watch: Watch
) -> None:
    files = {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.*")}
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    course = folder / "course"
    with disks.mounted(course, kilobytes=2_000):
        for name, content in files.items():
            (course / name).parent.mkdir(parents=True, exist_ok=True)
            (course / name).write_bytes(content)
        disks.make_read_only(course)
        page.goto(f"{lab.url}/lab?reset&token={lab.token}")
        panel = page.get_by_role("region", name="Course")
        expect(panel.locator(".dcw-course-note")).to_contain_text(
            "cannot be written to", timeout=60_000
        )
        expect(panel.locator("[data-lesson]")).to_have_count(8)

        panel.locator("[data-key=reset-01]").click()
        page.get_by_role("dialog").get_by_role("button", name="Reset").click()
        expect(page.locator(".Toastify")).to_contain_text("Lesson 01 is not reset")

        left = {path.relative_to(course): path.read_bytes() for path in course.rglob("*.*")}
        assert left == files
        watch.troubles[:] = [each for each in watch.troubles if "Failed to load" not in each]


def test_progress_goes_out_as_csv_and_json_that_the_class_table_reads(
    page: Page, panel: Locator, folder: Path, tmp_path: Path
) -> None:
    run(page, "dcwidgets:export-progress", format="json")
    expect(page.locator(".Toastify")).to_contain_text("There is no progress yet")
    progress = Progress(folder / "work" / "progress.json")
    progress.check("02", "02-split", passed=True)

    with page.expect_download() as taken:
        panel.get_by_role("button", name="Export progress…").click()
        page.get_by_role("dialog").locator("select").select_option(label="JSON, to hand in")
        page.get_by_role("dialog").get_by_role("button", name="Ok").click()
    taken.value.save_as(tmp_path / "ada.json")
    with page.expect_download() as taken:
        run(page, "dcwidgets:export-progress", format="csv")
    taken.value.save_as(tmp_path / "ada.csv")

    assert class_table([tmp_path / "ada.json"]).learners["passed"].tolist() == [1]
    rows = list(csv.DictReader((tmp_path / "ada.csv").open()))
    assert {row["check"]: row["passed"] for row in rows} == {
        "02-leaks": "False",
        "02-split": "True",
    }
    assert list(rows[0]) == list(progress_table(folder).columns)


def test_the_launcher_has_a_card_that_goes_on_with_the_course(page: Page, panel: Locator) -> None:
    page.locator(".jp-LauncherCard", has_text="Continue the Course").click()

    page.wait_for_function(
        "() => window.jupyterapp.shell.currentWidget?.context?.path === '01_objectives.ipynb'"
    )


def test_the_badge_obeys_its_setting(
    lab: Server, page: Page, open_lesson: Callable[[str], Notebook]
) -> None:
    open_lesson("01")
    badge = page.locator(".dcw-badge")
    expect(badge).to_be_visible()
    set_ = """show => window.jupyterapp.serviceManager.settings.save(
        'dcwidgets:plugin', JSON.stringify({ showBadge: show }))"""

    page.evaluate(set_, False)
    page.goto(f"{lab.url}/lab/tree/01_objectives.ipynb?reset&token={lab.token}")
    page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=60_000)
    page.evaluate(driver._READY)
    expect(badge).to_be_hidden()
    page.evaluate(set_, True)


def test_it_is_whole_and_readable_in_light_and_dark_wide_and_narrow(
    page: Page, panel: Locator
) -> None:
    for theme, width in itertools.product(driver.THEMES, (1280, 480)):
        driver.switch_theme(page, theme)
        page.set_viewport_size({"width": width, "height": 800})

        assert panel.evaluate(_CUT_OFF) == [], (theme, width)
        assert panel.evaluate(_CONTRASTS, 4.5) == [], (theme, width)


# Classes of what is wider than its place.
_CUT_OFF = """root => [...root.querySelectorAll('*')]
  .filter(node => node.clientWidth > 0 && node.scrollWidth > node.clientWidth + 1
                  && getComputedStyle(node).display !== 'inline')
  .map(node => node.className)"""
# Texts whose contrast with what lies behind them is under a limit (WCAG 2.1, relative luminance).
_CONTRASTS = """(root, limit) => {
  const parse = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const over = ([r, g, b, a = 1], below) => [r, g, b].map((v, i) => v * a + below[i] * (1 - a));
  const behind = node => {
    if (!node) return [255, 255, 255];
    const colour = parse(getComputedStyle(node).backgroundColor);
    return colour[3] === 0 ? behind(node.parentElement) : over(colour, behind(node.parentElement));
  };
  const texts = [...root.querySelectorAll('*')].filter(node =>
    [...node.childNodes].some(child => child.nodeType === 3 && child.textContent.trim()));
  return texts.flatMap(node => {
    const back = behind(node);
    const [a, b] = [light(over(parse(getComputedStyle(node).color), back)), light(back)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    return ratio < limit ? [`${node.textContent.trim()}: ${ratio.toFixed(2)}`] : [];
  });
}"""
