"""Every lesson runs whole, in quick mode and strictly, and each of its claims can fail."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dcwidgets.course.editions import learner_edition
from dcwidgets.course.lessons import lessons
from tests.notebooks.hurried import HARDLY_TRAINED, start_cell
from tests.notebooks.lesson_file import Cell, Lesson, source, tags
from tests.notebooks.nbval_runs import Run, run_nbval

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
# Lessons of the list that are written; the last one makes it eight.
WRITTEN = [each.notebook for each in lessons().values() if (NOTEBOOKS / each.notebook).exists()]
MEGABYTES = 1400

# Every picture is called a member of the first class, whatever the data were.
CONSTANT_MODEL = """
import numpy as np
import dcwidgets.training
dcwidgets.training.decide = lambda model, inputs: np.zeros(len(inputs), int)
"""


def code_cells(notebook: Cell) -> list[Cell]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def read(name: str) -> Cell:
    return Lesson(name, (NOTEBOOKS / name).read_text(encoding="utf-8")).notebook


def ignorant(notebook: Cell) -> Cell:
    """Cut the solutions, and let the model learn nothing."""
    edition = learner_edition(notebook)
    start = start_cell(edition)
    start["source"] = source(start) + HARDLY_TRAINED + CONSTANT_MODEL
    return edition


def is_check(cell: Cell) -> bool:
    return source(cell).startswith("dcw.check(")


def write(folder: Path, change: Callable[[Cell], Cell]) -> list[Path]:
    """Write every lesson into a folder, changed; return the paths."""
    for name in WRITTEN:
        text = json.dumps(change(read(name)), ensure_ascii=False)
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in WRITTEN]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A learner's folder, empty at first."""
    return tmp_path_factory.mktemp("course")


@pytest.fixture(scope="module")
def published(folder: Path, data_dir: Path) -> Run:
    """The lessons as they are published, run in a fresh folder."""
    return run_nbval(write(folder, lambda notebook: notebook), data_dir)


@pytest.fixture(scope="module")
def learners(folder: Path, published: Run, data_dir: Path) -> Run:
    """The lessons without their solutions, with a model that always says the same.

    They run in the folder where the lessons ran before: a learner starts a lesson twice, too.
    """
    return run_nbval(write(folder, ignorant), data_dir)


def test_exactly_the_lessons_of_the_list_are_there() -> None:
    assert sorted(path.name for path in NOTEBOOKS.glob("*.ipynb")) == WRITTEN
    assert WRITTEN[:2] == ["01_objectives.ipynb", "02_curation.ipynb"]


def test_every_code_cell_of_every_lesson_is_collected(published: Run) -> None:
    ran = {name: len(published.of(name)) for name in {o.notebook for o in published.outcomes}}

    assert ran == {name: len(code_cells(read(name))) for name in WRITTEN}


@pytest.mark.parametrize("name", WRITTEN)
def test_a_lesson_runs_whole(name: str, published: Run) -> None:
    failures = [o.message for o in published.of(name) if o.result != "passed"]
    print(f"{name}: {published.seconds(name):.0f} s of cells, peak {published.peak:.0f} MB")

    assert failures == [], published.log


def test_no_lesson_needs_more_memory_than_a_small_machine_has(published: Run) -> None:
    assert published.peak <= MEGABYTES


def test_every_exercise_is_noted_as_passed(folder: Path, published: Run) -> None:
    noted = json.loads((folder / "work" / "progress.json").read_text("utf-8"))["lessons"]
    passed = {id_: [c["passed"] for c in each["checks"].values()] for id_, each in noted.items()}

    assert passed == {id_: [True] * len(each.checks) for id_, each in lessons().items()}


def test_the_raw_row_is_the_first_of_the_first_lesson(folder: Path, published: Run) -> None:
    rows = (folder / "work" / "ledger.jsonl").read_text("utf-8").splitlines()
    names = [json.loads(row)["name"] for row in rows]  # of two lessons at a time
    first = ["raw", "raw, bigger model", "a cleaned sample"]

    assert [name for name in names if name in first] == first


def test_the_labels_of_lesson_05_are_on_disk(folder: Path, published: Run) -> None:
    journal = (folder / "work" / "05_mine.jsonl").read_text("utf-8").splitlines()
    rows = [row for line in journal for row in json.loads(line).get("rows", [])]

    assert len(rows) >= 30
    assert {row["label"] for row in rows} == {"cat", "dog"}


@pytest.mark.parametrize("name", WRITTEN)
def test_without_solutions_a_lesson_fails_at_exactly_its_exercise_checks(
    name: str, learners: Run
) -> None:
    cells = code_cells(learner_edition(read(name)))
    last_tries = [
        number
        for number, cell in enumerate(cells)
        if is_check(cell) and "raises-exception" not in tags(cell)
    ]
    failed = [number for number in learners.not_passed(name) if is_check(cells[number])]

    assert len(last_tries) >= 1
    assert failed == last_tries, learners.log


@pytest.mark.parametrize("name", WRITTEN)
def test_a_constant_model_turns_the_asserts_of_a_lesson_red(name: str, learners: Run) -> None:
    cells = code_cells(learner_edition(read(name)))
    red = [
        outcome
        for outcome in learners.of(name)
        if outcome.result != "passed" and not is_check(cells[outcome.cell])
    ]

    assert ["assert " in source(cells[outcome.cell]) for outcome in red] == [True], learners.log
    assert "AssertionError" in red[0].message


def test_a_run_writes_into_the_work_folder_only(folder: Path, learners: Run) -> None:
    here = {path.name for path in folder.iterdir()} - {"report.xml", "__pycache__"}

    assert here == {*WRITTEN, "work"}
    for name in WRITTEN:
        assert json.loads((folder / name).read_text("utf-8")) == ignorant(read(name))
