"""Progress: one file, whole or not at all, that no accident takes a learner's ticks from."""

import json
import multiprocessing
import os
import warnings
from pathlib import Path

import pytest

from dcwidgets.course.progress import Progress


@pytest.fixture
def progress(tmp_path: Path) -> Progress:
    return Progress(tmp_path / "work" / "progress.json")


def test_a_lesson_its_checks_and_its_score_stand_in_the_file(progress: Progress) -> None:
    progress.open("02", data="pocket_pets", device="2 CPU cores")
    progress.check("02", "02-leaks", passed=False)
    progress.check("02", "02-leaks", passed=True)
    progress.score("02", 0.66)
    progress.score("02", 0.80)

    whole = json.loads(progress.path.read_text())
    entry = whole["lessons"]["02"]
    assert whole["format"] == 1
    assert (entry["data"], entry["device"]) == ("pocket_pets", "2 CPU cores")
    assert entry["checks"]["02-leaks"]["passed"] is True
    assert entry["checks"]["02-leaks"]["tries"] == 2
    assert entry["score"] == {"first": 0.66, "last": 0.80}
    assert entry["opened"].endswith("+00:00")


def test_what_was_passed_once_stays_passed(progress: Progress) -> None:
    progress.check("02", "02-leaks", passed=True)
    progress.check("02", "02-leaks", passed=False)

    assert progress.read()["02"]["checks"]["02-leaks"] == {
        **progress.read()["02"]["checks"]["02-leaks"],
        "passed": True,
        "tries": 2,
    }


def test_another_data_set_starts_its_scores_anew_and_keeps_the_checks(progress: Progress) -> None:
    progress.open("02", data="pocket_pets", device="")
    progress.check("02", "02-leaks", passed=True)
    progress.score("02", 0.66)
    progress.open("02", data="pocket_pets", device="")
    assert progress.read()["02"]["score"]["first"] == 0.66

    progress.open("02", data="cats_vs_dogs", device="")

    entry = progress.read()["02"]
    assert "score" not in entry
    assert entry["checks"]["02-leaks"]["passed"] is True


@pytest.mark.parametrize(
    "torn", ["", '{"format": 1, "less', "[]", '{"lessons": 3}', '{"lessons": {"02": 1}}', "\x00"]
)
def test_a_torn_file_is_kept_beside_a_new_one(progress: Progress, torn: str) -> None:
    progress.path.parent.mkdir()
    progress.path.write_text(torn)
    assert progress.read() == {}

    with pytest.warns(UserWarning, match=r"kept as progress\.torn-1\.json"):
        progress.score("02", 0.66)

    assert (progress.path.parent / "progress.torn-1.json").read_text() == torn
    assert progress.read() == {"02": {"score": {"first": 0.66, "last": 0.66}}}


def test_a_second_torn_file_does_not_replace_the_first(progress: Progress) -> None:
    progress.path.parent.mkdir()
    for number in (1, 2):
        progress.path.write_text(f"torn {number}")
        with pytest.warns(UserWarning, match=f"torn-{number}"):
            progress.score("02", 0.5)

    assert (progress.path.parent / "progress.torn-1.json").read_text() == "torn 1"
    assert (progress.path.parent / "progress.torn-2.json").read_text() == "torn 2"


def test_a_write_that_fails_leaves_the_old_file_and_no_litter(
    progress: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    progress.score("02", 0.66)
    before = progress.path.read_text()

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.warns(UserWarning, match="No space left on device"):
        progress.score("02", 0.80)

    assert progress.path.read_text() == before
    files = {path.name for path in progress.path.parent.iterdir()}
    assert files <= {"progress.json", "progress.json.lock"}


def test_a_folder_that_cannot_be_written_is_a_warning(tmp_path: Path) -> None:
    # A file where the folder should be: unlike a mode, it also stops a test run by root.
    (tmp_path / "work").write_text("")

    with pytest.warns(UserWarning, match="Your progress is not kept"):
        Progress(tmp_path / "work" / "progress.json").score("02", 0.66)


def test_fields_of_a_later_version_survive(progress: Progress) -> None:
    progress.path.parent.mkdir()
    progress.path.write_text('{"format": 1, "lessons": {"02": {"badge": "gold"}}}')

    progress.score("02", 0.66)

    assert progress.read()["02"]["badge"] == "gold"


def _answer(path: Path, lesson: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for number in range(10):
            Progress(path).check(lesson, f"{lesson}-{number}", passed=True)


def test_two_kernels_lose_nothing_of_each_other(progress: Progress) -> None:
    context = multiprocessing.get_context("spawn")
    kernels = [context.Process(target=_answer, args=(progress.path, id_)) for id_ in ("01", "02")]
    for kernel in kernels:
        kernel.start()
    for kernel in kernels:
        kernel.join(60)

    assert [kernel.exitcode for kernel in kernels] == [0, 0]
    entries = progress.read()
    assert {id_: len(entries[id_]["checks"]) for id_ in entries} == {"01": 10, "02": 10}
