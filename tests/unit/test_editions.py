"""Editions are cut from the published notebooks, which stay as they are."""

import copy
import json
import os
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from dcwidgets import cli, learner_folder
from dcwidgets.course import edition_folder, write_editions
from dcwidgets.course.editions import headings, instructor_edition, learner_edition, source, tags
from dcwidgets.course.grading import (
    BEGIN,
    END,
    SCHEMA,
    grading_edition,
    outside_the_cut,
    with_cut,
)
from dcwidgets.course.lessons import lessons
from dcwidgets.course.teaching import START, teaching
from tests.conftest import ROOT
from tests.notebooks.lesson_file import Cell, code_cells

NAMES = [lesson.notebook for lesson in lessons().values()]


def notebook(*tags: list[str]) -> dict[str, Any]:
    cells = [
        {"cell_type": "code", "source": f"x = {number}", "metadata": {"tags": own} if own else {}}
        for number, own in enumerate(tags)
    ]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def published(name: str) -> Cell:
    found: Cell = json.loads((ROOT / "notebooks" / name).read_text("utf-8"))
    return found


def snapshot(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All editions, as the command writes them."""
    folder = tmp_path_factory.mktemp("class") / "editions"
    assert cli.main(["editions", "--to", str(folder)]) == 0
    return folder


def read(written: Path, edition: str, name: str) -> Cell:
    found: Cell = json.loads((written / edition / name).read_text("utf-8"))
    return found


def test_solutions_are_cut_and_everything_else_stays() -> None:
    whole = notebook([], ["exercise"], ["solution"], ["raises-exception"])
    before = copy.deepcopy(whole)
    cut = learner_edition(whole)

    assert [cell["source"] for cell in cut["cells"]] == ["x = 0", "x = 1", "x = 3"]
    assert whole == before


def test_a_notebook_without_a_solution_is_refused() -> None:
    with pytest.raises(ValueError, match="No cell of this notebook is tagged 'solution'"):
        learner_edition(notebook([], ["exercise"]))


@pytest.mark.parametrize("edition", ["learner", "instructor", "grading"])
def test_an_edition_holds_every_lesson_as_a_valid_notebook(edition: str, written: Path) -> None:
    found = sorted(path.name for path in (written / edition).glob("*.ipynb"))

    assert found == sorted(NAMES)
    for name in found:
        whole = nbformat.reads((written / edition / name).read_text("utf-8"), 4)
        nbformat.validate(whole)
        ids = [cell["id"] for cell in whole["cells"]]
        assert len(set(ids)) == len(ids)
        assert [cell for cell in whole["cells"] if cell.get("outputs")] == []
    assert (written / edition / "LICENSE").exists()
    listed = json.loads((written / edition / "work" / "course.json").read_text("utf-8"))
    assert [lesson["notebook"] for lesson in listed["lessons"]] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_learners_lesson_is_the_published_one_less_its_solution(
    name: str, written: Path
) -> None:
    whole = published(name)
    rest = [cell for cell in whole["cells"] if "solution" not in tags(cell)]

    assert read(written, "learner", name) == {**whole, "cells": rest}
    assert len(rest) == len(whole["cells"]) - 1


@pytest.mark.parametrize("name", NAMES)
def test_the_instructors_lesson_runs_the_very_code_that_is_published(
    name: str, written: Path
) -> None:
    # The published lessons run whole in tests/notebooks; so these do.
    ours, theirs = code_cells(read(written, "instructor", name)), code_cells(published(name))

    assert [(cell["id"], cell["source"]) for cell in ours] == [
        (cell["id"], cell["source"]) for cell in theirs
    ]
    assert [tags(cell) for cell in ours] == [tags(cell) for cell in theirs]
    assert "source_hidden" not in json.dumps(ours)


@pytest.mark.parametrize("name", NAMES)
def test_the_instructors_notes_are_additions_and_cover_every_section(
    name: str, written: Path
) -> None:
    whole = read(written, "instructor", name)
    notes = [source(cell) for cell in whole["cells"] if "instructor" in tags(cell)]
    rest = [cell["id"] for cell in whole["cells"] if "instructor" not in tags(cell)]

    assert rest == [cell["id"] for cell in published(name)["cells"]]
    minutes = [
        int(n) for text in notes for n in re.findall(r"^> Teacher · \*\*(\d+) min\*\*", text)
    ]
    assert (
        sum(minutes) == next(each for each in lessons().values() if each.notebook == name).minutes
    )
    assert len([text for text in notes if "Common wrong answers" in text]) == 1
    last = name == NAMES[-1]
    assert ("**Break**" in notes[-1]) is not last


@pytest.mark.parametrize("lesson", list(lessons().values()), ids=lambda lesson: lesson.id)
def test_the_notes_know_the_sections_and_checks_of_their_lesson(lesson: Any) -> None:
    notes = teaching()[lesson.id]
    found = [name for cell in published(lesson.notebook)["cells"] for name in headings(cell)]

    assert [section.heading for section in notes.sections] == found
    assert found[0] == START
    assert list(notes.checks) == list(lesson.checks)
    assert all(check.points > 0 for check in notes.checks.values())


@pytest.mark.parametrize("name", NAMES)
def test_a_graded_lesson_has_one_answer_and_one_read_only_check(name: str, written: Path) -> None:
    cells = read(written, "grading", name)["cells"]
    said = {cell["id"]: cell["metadata"].get("nbgrader", {}) for cell in cells}
    graded = [cell for cell in cells if said[cell["id"]].get("grade")]
    answers = [cell for cell in cells if said[cell["id"]].get("solution")]

    assert (len(graded), len(answers)) == (1, 1)
    assert source(graded[0]).endswith(", strict=True)")
    assert said[graded[0]["id"]]["points"] > 0
    assert (graded[0]["metadata"]["editable"], said[graded[0]["id"]]["locked"]) == (False, True)
    assert said[answers[0]["id"]]["locked"] is False
    assert cells.index(answers[0]) < cells.index(graded[0])
    described = [each for each in said.values() if each]
    assert {each["schema_version"] for each in described} == {SCHEMA}
    assert [each["grade_id"] for each in described] == [id_ for id_ in said if said[id_]]
    assert not any(each["locked"] and each["solution"] for each in described)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_but_the_answer_and_its_checks_is_graded_otherwise_than_published(
    name: str, written: Path
) -> None:
    whole = published(name)
    graded = {cell["id"]: source(cell) for cell in read(written, "grading", name)["cells"]}
    before = {cell["id"]: source(cell) for cell in whole["cells"]}
    changed = [
        cell["id"] for cell in whole["cells"] if graded.get(cell["id"]) != before[cell["id"]]
    ]
    kinds = {cell["id"]: (tags(cell), source(cell)[:9]) for cell in whole["cells"]}

    assert [kinds[id_] for id_ in changed] == [
        (["exercise"], kinds[changed[0]][1]),
        (["raises-exception"], "dcw.check"),
        (["solution"], kinds[changed[2]][1]),
        ([], "dcw.check"),
    ]
    assert list(graded) == [id_ for id_ in before if id_ not in changed[1:3]]


@pytest.mark.parametrize("name", NAMES)
def test_stub_equals_solution_outside_the_cut(name: str, written: Path) -> None:
    stub, solution = (
        next(source(cell) for cell in published(name)["cells"] if tag in tags(cell))
        for tag in ("exercise", "solution")
    )
    text = next(
        source(cell) for cell in read(written, "grading", name)["cells"] if BEGIN in source(cell)
    )
    kept = outside_the_cut(text)
    inside = text.split(BEGIN)[1].split(END)[0]

    assert stub.splitlines()[: len(kept)] == kept
    assert inside.strip() in solution
    shared = solution.replace(inside.strip(), "").strip()
    assert shared in "\n".join(kept)  # a function's first line, or nothing
    compile(text, name, "exec")


@pytest.mark.parametrize(
    ("stub", "solution", "expected"),
    [
        ("x = ...", "x = 1", f"{BEGIN}\nx = 1\n{END}"),
        ("a = 0\nx = ...", "b = 2\nx = b", f"a = 0\n{BEGIN}\nb = 2\nx = b\n{END}"),
        (
            "def f(x):\n    return x",
            "def f(x):\n    y = x\n    return y",
            f"def f(x):\n    {BEGIN}\n    y = x\n    return y\n    {END}",
        ),
        (
            "def f(x):\n    return x",
            "def g(x):\n    return 2",
            f"{BEGIN}\ndef g(x):\n    return 2\n{END}",
        ),
        ("def f(x):\n    return x", "f = abs", f"{BEGIN}\nf = abs\n{END}"),
    ],
    ids=["a value", "a line before", "a function's body", "another function", "no function"],
)
def test_the_cut_takes_the_answer_and_no_more(stub: str, solution: str, expected: str) -> None:
    assert with_cut(stub, solution) == expected


def test_what_is_no_python_cannot_be_cut() -> None:
    with pytest.raises(ValueError, match="must be Python"):
        with_cut("%matplotlib inline", "x = 1")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda cells: [c for c in cells if "exercise" not in tags(c)],
            "tagged 'exercise', found 0",
        ),
        (lambda cells: [*cells, *[c for c in cells if "solution" in tags(c)]], "found 2"),
        (lambda cells: [c for c in cells if c["id"] != "again"], "after the solution"),
    ],
)
def test_a_lesson_of_another_shape_is_not_graded(change: Any, message: str) -> None:
    lesson = published(NAMES[0])
    lesson["cells"] = change(lesson["cells"])

    with pytest.raises(ValueError, match=message):
        grading_edition(lesson, teaching()["01"])


def test_the_plan_adds_up_and_names_every_lesson(written: Path) -> None:
    plan = (written / "instructor" / "PLAN.md").read_text("utf-8")
    rows = [line for line in plan.splitlines() if line.startswith("| 0")]

    assert [row.split(" | ")[0][2:] for row in rows] == [
        f"{lesson.id} {lesson.title}" for lesson in lessons().values()
    ]
    minutes = sum(lesson.minutes for lesson in lessons().values())
    total = minutes + sum(notes.break_after for notes in teaching().values())
    assert f" {total // 60}:{total % 60:02} | - |" in rows[-1]


def test_a_folder_that_is_there_is_not_touched(
    written: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (written / "mine.txt").write_text("my notes")
    before = snapshot(written)

    assert cli.main(["editions", "--to", str(written)]) == 1

    assert "is there already" in capsys.readouterr().err
    assert snapshot(written) == before
    (written / "mine.txt").unlink()


@pytest.mark.parametrize("kind", ["folder", "file", "broken link"])
def test_with_force_what_was_there_is_kept_beside(kind: str, tmp_path: Path) -> None:
    to = tmp_path / "class"
    for number in (1, 2):
        if kind == "folder":
            to.mkdir()
            (to / "mine.txt").write_text("my notes")
        elif kind == "file":
            to.write_text("my notes")
        else:
            to.symlink_to("nowhere")
        done = write_editions(to, force=True)

        assert done.kept == tmp_path / f"class.kept-{number}"
        assert sorted(path.name for path in to.iterdir()) == ["grading", "instructor", "learner"]
        to.rename(tmp_path / f"written-{number}")

    assert done.kept is not None
    if kind == "broken link":
        assert done.kept.readlink() == Path("nowhere")
    else:
        mine = done.kept / "mine.txt" if kind == "folder" else done.kept
        assert mine.read_text() == "my notes"
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    done = write_editions(tmp_path / "new" / "class")
    (tmp_path / "empty").mkdir()

    assert write_editions(tmp_path / "empty").kept is done.kept is None
    assert snapshot(tmp_path / "empty") == snapshot(done.folder)
    assert (tmp_path / "empty").stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("force", [False, True])
def test_a_writing_that_fails_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, force: bool
) -> None:
    to = tmp_path / "class"
    if force:
        to.mkdir()
        (to / "mine.txt").write_text("my notes")
    before = snapshot(tmp_path)

    def full() -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(edition_folder, "plan", full)
    with pytest.raises(OSError, match="No space left"):
        write_editions(to, force=force)

    assert snapshot(tmp_path) == before
    assert [path.name for path in tmp_path.iterdir()] == (["class"] if force else [])


def test_a_move_that_fails_brings_the_old_folder_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = tmp_path / "class"
    to.mkdir()
    (to / "mine.txt").write_text("my notes")

    def refuse(self: Path, target: Path) -> Path:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="Input/output"):
        write_editions(to, force=True)

    assert snapshot(tmp_path) == {"class/mine.txt": b"my notes"}


def test_the_folder_that_one_stands_in_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    for to in (".", "..", os.fspath(tmp_path)):
        with pytest.raises(ValueError, match="You are in"):
            write_editions(to, force=True)


def test_originals_of_a_learners_edition_have_no_solutions_either(
    written: Path, tmp_path: Path
) -> None:
    course = tmp_path / "course"
    (course / "work").mkdir(parents=True)
    (course / "work" / "edition.json").write_bytes(
        (written / "learner" / "work" / "edition.json").read_bytes()
    )

    added = learner_folder.lay_out(course).added

    assert added == sorted(NAMES)
    for name in NAMES:
        expected = (written / "learner" / name).read_bytes()
        assert (course / "work" / "originals" / name).read_bytes() == expected
        assert (course / name).read_bytes() == expected


def test_a_folder_for_grading_gets_no_originals(written: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    (work / "edition.json").write_bytes(
        (written / "grading" / "work" / "edition.json").read_bytes()
    )

    learner_folder.keep_originals(work)

    assert list((work / "originals").iterdir()) == []
    assert (work / "course.json").exists()


@pytest.mark.parametrize("said", ["", "{", "[]", '{"edition": 3}', '{"edition": "../x"}'])
def test_an_edition_that_nobody_knows_is_the_published_course(said: str, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    (work / "edition.json").write_text(said)

    learner_folder.keep_originals(work)

    assert (work / "originals" / NAMES[0]).read_bytes() == (
        ROOT / "notebooks" / NAMES[0]
    ).read_bytes()


def test_the_instructors_edition_is_made_from_a_copy() -> None:
    lesson = published(NAMES[0])
    before = copy.deepcopy(lesson)
    instructor_edition(lesson, teaching()["01"])
    grading_edition(lesson, teaching()["01"])

    assert lesson == before
