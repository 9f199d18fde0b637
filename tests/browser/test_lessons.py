"""The lessons in a real JupyterLab, as learners run them who solve nothing, and then by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import driver
from tests.browser.axe import found_by_axe
from tests.browser.conftest import OpenNotebook
from tests.browser.driver import THEMES, Notebook, Server
from tests.notebooks.ignorant import TOLD_TO_FAIL, ignorant, is_check, to_the_end
from tests.notebooks.lesson_file import Cell, code_cells, source, tags

TEXTS_AND_OUTPUTS = ".jp-RenderedMarkdown, .jp-OutputArea-output"
NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
STARTED_TWICE = ("01", "05")  # with what the first run wrote, as learners do

GoThrough = Callable[[str], Notebook]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, data_dir: Path) -> Iterator[Server]:
    """A JupyterLab on an empty folder, where a wrong answer raises."""
    with driver.serve(tmp_path_factory.mktemp("course"), data_dir=data_dir) as server:
        yield server


@pytest.fixture
def go_through(lab: Server, open_notebook: OpenNotebook) -> GoThrough:
    """Run a lesson to its end, without its solutions and with a model that learns nothing.

    Exactly what must go wrong does: the answers, and one cell of claims. Text and outputs are
    sound in both themes.
    """

    def go(name: str) -> Notebook:
        lesson = ignorant(json.loads((NOTEBOOKS / name).read_text("utf-8")))
        (lab.folder / name).write_text(json.dumps(to_the_end(lesson)), "utf-8")
        notebook = open_notebook(name, seconds=400)
        _goes_wrong(notebook, lesson)
        if name.startswith(STARTED_TWICE):
            notebook.run_all(seconds=400)
            _goes_wrong(notebook, lesson)
        _is_sound(notebook, lesson)
        return notebook

    return go


def _goes_wrong(notebook: Notebook, lesson: Cell) -> None:
    """Look for an error in each check, as in what is meant to fail, and in one cell of claims."""
    answers = {
        f"cell {place}"
        for place, cell in enumerate(lesson["cells"])
        if is_check(cell) or TOLD_TO_FAIL in tags(cell)
    }
    raised = dict(error.split(": ", 1) for error in notebook.cell_errors())
    claims = [place for place in raised if place not in answers]

    assert len(answers) >= 2
    assert answers <= set(raised), raised
    assert len(claims) == 1, raised
    assert "assert " in source(lesson["cells"][int(claims[0].removeprefix("cell "))])
    assert raised[claims[0]].startswith("AssertionError")


def _is_sound(notebook: Notebook, lesson: Cell) -> None:
    """Look at all text and all outputs with axe, in both themes."""
    notebook.show_whole()
    written = notebook.page.locator(".jp-MarkdownCell .jp-RenderedMarkdown:not(:empty)")
    expect(written).to_have_count(len(lesson["cells"]) - len(code_cells(lesson)))
    for theme in THEMES:
        notebook.theme(theme)
        assert found_by_axe(notebook.page, TEXTS_AND_OUTPUTS) == [], theme
    notebook.theme(THEMES[0])


def checks_noted(lab: Server, lesson: str) -> dict[str, bool]:
    progress = json.loads((lab.folder / "work" / "progress.json").read_text("utf-8"))
    return {name: each["passed"] for name, each in progress["lessons"][lesson]["checks"].items()}


def test_lesson_01_runs_and_its_ledger_is_a_picture_with_words(
    lab: Server, page: Page, go_through: GoThrough
) -> None:
    notebook = go_through("01_objectives.ipynb")

    picture = page.get_by_role("img", name="Accuracy row by row: raw 0.")
    picture.scroll_into_view_if_needed()
    expect(picture).to_be_visible()
    rows = ["raw", "raw, bigger model", "a cleaned sample"]
    assert notebook.value("run.ledger.table['name'].tolist()") == [*rows, *rows]
    assert checks_noted(lab, "01") == {"01-objective": False}


def test_lesson_02_runs_and_its_inspector_works_by_mouse_and_by_keyboard(
    lab: Server, page: Page, go_through: GoThrough
) -> None:
    notebook = go_through("02_curation.ipynb")
    inspector = page.locator(".dcw-inspector")
    inspector.scroll_into_view_if_needed()
    page.wait_for_selector(".dcw-grid[data-painted]", timeout=30_000)

    inspector.get_by_role("tab", name="Findings").click()
    inspector.get_by_role("button", name="leak").click()
    page.keyboard.press("a")
    page.keyboard.press("r")
    inspector.locator(".dcw-verdicts").get_by_role("button", name="Accept").click()
    notebook.wait_for("len(inspector.decisions) == 3")
    decisions = notebook.value("inspector.decisions[['issue', 'decision']].values.tolist()")

    assert decisions == [["leak", "accepted"], ["leak", "rejected"], ["leak", "accepted"]]

    inspector.locator(".dcw-findings").get_by_role("button", name="Drop").click()
    notebook.wait_for("len(inspector.recipe) == 1")
    leaks = "set(audit.findings.query(\"issue == 'leak'\")['id'])"
    assert notebook.value(f"set(inspector.recipe.steps[0]['ids']) <= {leaks}") is True
    page.keyboard.press("Control+z")
    notebook.wait_for("len(inspector.recipe) == 0")


def test_lesson_03_runs_and_its_stages_are_pictures_with_words(
    lab: Server, page: Page, go_through: GoThrough
) -> None:
    notebook = go_through("03_pipelines.ipynb")

    view = page.locator(".dcw-stages")
    view.scroll_into_view_if_needed()
    stages = view.get_by_role("listitem")
    expect(stages).to_have_count(7)
    assert stages.locator("strong").all_text_contents() == notebook.value("[*view.table['stage']]")
    for stage in ("decode", "resize", "batch", "rescale", "prefetch"):
        picture = view.get_by_role("img", name=f"8 pictures as the stage {stage} hands them on")
        expect(picture).to_be_visible()
        assert picture.evaluate("image => image.naturalWidth") == 8 * 64


def test_lesson_04_runs_and_its_explorer_works_by_keyboard(
    lab: Server, page: Page, go_through: GoThrough
) -> None:
    notebook = go_through("04_augmentation.ipynb")
    explorer = page.locator(".dcw-explorer")
    explorer.scroll_into_view_if_needed()
    page.wait_for_selector(".dcw-explorer canvas[data-painted]", timeout=60_000)

    explorer.get_by_role("slider", name="Rotation, Turn, to").focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    notebook.wait_for("'factor=(-0.03, 0.07)' in explorer.code")


def test_lesson_05_runs_and_a_label_given_by_a_key_is_on_disk(
    lab: Server, page: Page, go_through: GoThrough
) -> None:
    notebook = go_through("05_labeling.ipynb")
    annotator = page.locator(".dcw-annotator")
    annotator.scroll_into_view_if_needed()
    stage = annotator.locator(".dcw-an-stage[data-painted]")
    stage.click()

    page.keyboard.press("Shift+Digit2")
    notebook.wait_for("mine.get(annotator.queue[0])['source'] == 'human'")
    journal = (lab.folder / "work" / "05_mine.jsonl").read_text("utf-8")

    assert notebook.value("mine.get(annotator.queue[0])['label']") == "dog"
    assert '"dog"' in journal.splitlines()[-1]


def test_lesson_06_runs_and_its_story_is_told_row_by_row(
    lab: Server, page: Page, go_through: GoThrough
) -> None:
    notebook = go_through("06_training.ipynb")

    rows = notebook.value("run.ledger.table['name'].tolist()")
    assert rows[-3:] == [
        "before collecting",
        "three rounds by random",
        "three rounds by weak_slice",
    ]
    assert checks_noted(lab, "06") == {"06-collect": False}


def test_lesson_07_runs_and_its_explorer_shows_the_pictures_of_a_cell(
    lab: Server, page: Page, go_through: GoThrough
) -> None:
    notebook = go_through("07_evaluation.ipynb")
    explorer = page.locator(".dcw-ev")
    explorer.scroll_into_view_if_needed()
    page.wait_for_selector(".dcw-ev .dcw-grid[data-painted]", timeout=60_000)

    explorer.get_by_role("slider", name="Called dog above").focus()
    page.keyboard.press("Home")
    notebook.wait_for("explorer.threshold == 0")
    explorer.get_by_role("button", name="pictures of cat called dog").focus()
    page.keyboard.press("Enter")
    explorer.get_by_role("button", name="Select shown").click()
    cats = "[*seen.table.index[seen.table['label'] == 'cat']]"
    notebook.wait_for(f"explorer.selection == {cats}")


def test_lesson_08_runs_and_its_explorer_is_read_in_python(
    lab: Server, page: Page, go_through: GoThrough
) -> None:
    notebook = go_through("08_coresets.ipynb")
    explorer = page.get_by_role("region", name="Coreset explorer")
    explorer.scroll_into_view_if_needed()

    explorer.get_by_role("combobox", name="Method").select_option("k_center")
    notebook.wait_for("explorer.method == 'k_center'")

    assert notebook.value("len(explorer.coreset)") == notebook.value("explorer.size")
