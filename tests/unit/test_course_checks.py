"""A check says one sentence, notes it, and is never a traceback in a learner's face."""

import json
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from dcwidgets.course import checks, run
from dcwidgets.course.lessons import Lesson, find_lesson, lessons
from dcwidgets.course.progress import Progress

EVIL = "<img src=x onerror=alert(1)>"


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Progress:
    """A lesson 99 under way, with a check that only the answer 42 passes."""
    lesson = Lesson("99", "Tests", "99_tests.ipynb", 45, "raw", {"99-answer": "Find it"})
    monkeypatch.setattr(checks, "lessons", lambda: {"99": lesson})
    monkeypatch.setattr(checks, "_checkers", {})
    monkeypatch.delenv("DCW_STRICT", raising=False)

    @checks.register("99-answer")
    def _(answer: Any, _run: run.Run) -> str | None:
        return None if answer + 0 == 42 else "It is a number between 41 and 43."

    progress = Progress(tmp_path / "work" / "progress.json")
    monkeypatch.setitem(run._current, "99", Mock(lesson=lesson, progress=progress))
    return progress


def noted(progress: Progress) -> dict[str, Any]:
    whole = json.loads(progress.path.read_text())
    return dict(whole["lessons"]["99"]["checks"]["99-answer"])


def test_a_right_answer_passes_and_is_noted(
    asked: Progress, capsys: pytest.CaptureFixture[str]
) -> None:
    checks.check("99-answer", 42)

    assert capsys.readouterr().out == "✓ Passed: Find it\n"
    assert noted(asked)["passed"] is True


def test_a_wrong_answer_says_what_is_wrong_and_counts(
    asked: Progress, capsys: pytest.CaptureFixture[str]
) -> None:
    checks.check("99-answer", 7)
    checks.check("99-answer", 8)

    said = "✗ Not yet: Find it\nIt is a number between 41 and 43.\n"
    assert capsys.readouterr().out == said * 2
    assert (noted(asked)["passed"], noted(asked)["tries"]) == (False, 2)


def test_an_answer_of_the_wrong_kind_is_told_so(
    asked: Progress, capsys: pytest.CaptureFixture[str]
) -> None:
    checks.check("99-answer", None)

    said = capsys.readouterr().out
    assert said.startswith("✗ Not yet: Find it\nThis answer cannot be read (TypeError: ")
    assert noted(asked)["passed"] is False


def test_a_wrong_answer_raises_where_the_course_is_tested(
    asked: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DCW_STRICT", "1")
    checks.check("99-answer", 42)

    with pytest.raises(AssertionError) as caught:
        checks.check("99-answer", 7)

    assert str(caught.value) == "99-answer: It is a number between 41 and 43."
    assert noted(asked)["tries"] == 2


def test_a_graded_check_raises_whatever_the_environment_says(
    asked: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(AssertionError, match="99-answer: It is a number"):
        checks.check("99-answer", 7, strict=True)
    monkeypatch.setenv("DCW_STRICT", "1")

    checks.check("99-answer", 7, strict=False)

    assert noted(asked)["tries"] == 2


@pytest.mark.parametrize(
    ("name", "hint"), [("99-anser", " Did you mean '99-answer'?"), ("leaks of mine", "")]
)
def test_an_unknown_check_is_refused_with_the_nearest_and_all_names(
    asked: Progress, name: str, hint: str
) -> None:
    with pytest.raises(ValueError, match="There is no check") as caught:
        checks.check(name, 42)

    assert str(caught.value) == f"There is no check {name!r}.{hint} Checks are: 99-answer."


def test_a_lesson_that_was_not_started_says_how_to(
    asked: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(run._current, "99")

    with pytest.raises(RuntimeError) as caught:
        checks.check("99-answer", 42)

    assert str(caught.value) == (
        'Lesson 99 is not started in this kernel. Run its first cells, with run = dcw.lesson("99").'
    )


def test_a_check_must_be_in_the_lesson_list(asked: Progress) -> None:
    with pytest.raises(ValueError, match="There is no check '99-unlisted'"):
        checks.register("99-unlisted")


def test_what_a_notebook_shows_is_escaped() -> None:
    shown = checks.Verdict(EVIL, EVIL)._repr_html_()

    assert EVIL not in shown
    assert shown.count("&lt;img src=x") == 2


@pytest.mark.parametrize("wrong", [None, "Not this."])
def test_colour_is_never_the_only_sign(wrong: str | None) -> None:
    shown = checks.Verdict("Find it", wrong)._repr_html_()

    assert ("✓ Passed" if wrong is None else "✗ Not yet") in shown


@pytest.mark.parametrize("number", list(lessons()))
def test_the_list_and_the_code_hold_the_same_checks(number: str) -> None:
    listed = find_lesson(number).checks

    assert sorted(checks.registered(number)) == sorted(listed)
    assert all(name.startswith(f"{number}-") for name in listed)
