"""Every lesson runs whole as it is published, in quick mode and strictly.

That its claims can fail is seen in the browser, where a model that learns nothing goes through it.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from dcwidgets.course.lessons import lessons
from dcwidgets.objectives import Objective
from tests.notebooks.lesson_file import Cell, Lesson, code_cells
from tests.notebooks.nbval_runs import Run, run_nbval

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
# Lessons of the list that are written; the last one makes it eight.
WRITTEN = [each.notebook for each in lessons().values() if (NOTEBOOKS / each.notebook).exists()]
MEGABYTES = 1400


def read(name: str) -> Cell:
    return Lesson(name, (NOTEBOOKS / name).read_text(encoding="utf-8")).notebook


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A learner's folder, empty at first."""
    return tmp_path_factory.mktemp("course")


@pytest.fixture(scope="module")
def published(folder: Path, data_dir: Path) -> Run:
    """The lessons as they are published, run in a fresh folder."""
    return run_nbval([Path(shutil.copy(NOTEBOOKS / name, folder)) for name in WRITTEN], data_dir)


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


def test_the_objective_of_lesson_01_is_on_disk(folder: Path, published: Run) -> None:
    objective = Objective.load(folder / "work" / "objective.json")

    assert objective.good_enough["score"] == 0.9


def test_the_labels_of_lesson_05_are_on_disk(folder: Path, published: Run) -> None:
    journal = (folder / "work" / "05_mine.jsonl").read_text("utf-8").splitlines()
    rows = [row for line in journal for row in json.loads(line).get("rows", [])]

    assert len(rows) >= 30
    assert {row["label"] for row in rows} == {"cat", "dog"}


def test_a_run_writes_into_the_work_folder_only(folder: Path, published: Run) -> None:
    here = {path.name for path in folder.iterdir()} - {"report.xml", "__pycache__"}

    assert here == {*WRITTEN, "work"}
    for name in WRITTEN:
        assert (folder / name).read_bytes() == (NOTEBOOKS / name).read_bytes()
