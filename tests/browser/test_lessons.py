"""The lessons in a real JupyterLab, as a learner runs them: up to the widget, then by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import driver
from tests.browser.axe import found_by_axe
from tests.browser.driver import THEMES, Notebook, Server, Watch
from tests.notebooks.hurried import hurried

TEXTS_AND_OUTPUTS = ".jp-RenderedMarkdown, .jp-OutputArea-output"
NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


@pytest.fixture(scope="module")
def learners_lab(tmp_path_factory: pytest.TempPathFactory, data_dir: Path) -> Iterator[Server]:
    """A JupyterLab where a wrong answer is told and raises nothing, in quick mode."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DCW_STRICT", raising=False)
        patch.setenv("DCW_QUICK", "1")
        with driver.serve(tmp_path_factory.mktemp("course"), data_dir=data_dir) as server:
            yield server


@pytest.fixture
def lesson_page(learners_lab: Server, browser: BrowserContext) -> Iterator[Page]:
    """A page that may have no trouble at all."""
    watch = Watch(learners_lab.url.split("//")[1])
    page = browser.new_page()
    watch.attach(page)
    yield page
    page.close()
    learners_lab.end_sessions()
    assert watch.troubles == []


def hurry_through(name: str, lab: Server, page: Page, *, up_to: str = "") -> Notebook:
    """Run a lesson, hardly trained, up to a cell: the whole of it is tested elsewhere."""
    lesson = json.loads((NOTEBOOKS / name).read_text("utf-8"))
    (lab.folder / name).write_text(json.dumps(hurried(lesson)), "utf-8")
    notebook = driver.open_notebook(page, lab, name)
    if up_to:
        notebook.run_up_to(up_to, seconds=400)
    else:
        notebook.run_all(seconds=400)
    assert notebook.cell_errors() == []
    _is_sound(notebook, texts=sum(cell["cell_type"] == "markdown" for cell in lesson["cells"]))
    return notebook


def _is_sound(notebook: Notebook, *, texts: int) -> None:
    """Look at all text and all outputs so far with axe, in both themes."""
    notebook.show_whole()
    written = notebook.page.locator(".jp-MarkdownCell .jp-RenderedMarkdown:not(:empty)")
    expect(written).to_have_count(texts)
    for theme in THEMES:
        notebook.theme(theme)
        assert found_by_axe(notebook.page, TEXTS_AND_OUTPUTS) == [], theme


def checks_noted(lab: Server, lesson: str) -> dict[str, bool]:
    progress = json.loads((lab.folder / "work" / "progress.json").read_text("utf-8"))
    return {name: each["passed"] for name, each in progress["lessons"][lesson]["checks"].items()}


def test_lesson_01_runs_and_its_ledger_is_a_picture_with_words(
    learners_lab: Server, lesson_page: Page
) -> None:
    notebook = hurry_through("01_objectives.ipynb", learners_lab, lesson_page)

    picture = lesson_page.get_by_role("img", name="Accuracy row by row: raw 0.")
    picture.scroll_into_view_if_needed()
    expect(picture).to_be_visible()
    assert notebook.value("run.ledger.table['name'].tolist()") == [
        "raw",
        "raw, bigger model",
        "a cleaned sample",
    ]
    assert checks_noted(learners_lab, "01") == {"01-objective": True}
    assert notebook.value("dcw.Objective.load().good_enough['score']") == 0.9


def test_lesson_02_runs_and_its_inspector_works_by_mouse_and_by_keyboard(
    learners_lab: Server, lesson_page: Page
) -> None:
    page = lesson_page
    notebook = hurry_through("02_curation.ipynb", learners_lab, page, up_to="dcw.SplitInspector(")
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
    learners_lab: Server, lesson_page: Page
) -> None:
    page = lesson_page
    notebook = hurry_through("03_pipelines.ipynb", learners_lab, page, up_to="dcw.stages(")

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
    learners_lab: Server, lesson_page: Page
) -> None:
    page = lesson_page
    notebook = hurry_through(
        "04_augmentation.ipynb", learners_lab, page, up_to="dcw.AugmentationExplorer("
    )
    explorer = page.locator(".dcw-explorer")
    explorer.scroll_into_view_if_needed()
    page.wait_for_selector(".dcw-explorer canvas[data-painted]", timeout=60_000)

    explorer.get_by_role("slider", name="Rotation, Turn, to").focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    notebook.wait_for("'factor=(-0.03, 0.07)' in explorer.code")


def test_lesson_05_runs_and_a_label_given_by_a_key_is_on_disk(
    learners_lab: Server, lesson_page: Page
) -> None:
    page = lesson_page
    notebook = hurry_through("05_labeling.ipynb", learners_lab, page, up_to="dcw.Annotator(")
    annotator = page.locator(".dcw-annotator")
    annotator.scroll_into_view_if_needed()
    stage = annotator.locator(".dcw-an-stage[data-painted]")
    stage.click()

    page.keyboard.press("Shift+Digit2")
    notebook.wait_for("mine.get(annotator.queue[0])['source'] == 'human'")
    journal = (learners_lab.folder / "work" / "05_mine.jsonl").read_text("utf-8")

    assert notebook.value("mine.get(annotator.queue[0])['label']") == "dog"
    assert '"dog"' in journal.splitlines()[-1]


def test_lesson_06_runs_and_its_story_is_told_row_by_row(
    learners_lab: Server, lesson_page: Page
) -> None:
    notebook = hurry_through("06_training.ipynb", learners_lab, lesson_page)

    rows = notebook.value("run.ledger.table['name'].tolist()")
    assert rows[-3:] == [
        "before collecting",
        "three rounds by random",
        "three rounds by weak_slice",
    ]
    assert "06-collect" in checks_noted(learners_lab, "06")  # a network without training fails it


def test_lesson_07_runs_and_its_explorer_shows_the_pictures_of_a_cell(
    learners_lab: Server, lesson_page: Page
) -> None:
    page = lesson_page
    notebook = hurry_through(
        "07_evaluation.ipynb", learners_lab, page, up_to="dcw.EvaluationExplorer("
    )
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
    learners_lab: Server, lesson_page: Page
) -> None:
    page = lesson_page
    notebook = hurry_through("08_coresets.ipynb", learners_lab, page, up_to="dcw.CoresetExplorer(")
    explorer = page.get_by_role("region", name="Coreset explorer")
    explorer.scroll_into_view_if_needed()

    explorer.get_by_role("combobox", name="Method").select_option("k_center")
    notebook.wait_for("explorer.method == 'k_center'")

    assert notebook.value("len(explorer.coreset)") == notebook.value("explorer.size")
