"""The page for teachers: every command and every line of Python on it runs."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from dcwidgets import cli
from dcwidgets.course.progress import Progress
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "teaching.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(bash|python)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_every_command_and_every_line_of_python_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("ada", "bob"):
        hand_in(tmp_path / "handed-in" / name / "work", tries=3)
    said: dict[str, Any] = {}
    for language, text in BLOCKS:
        if language == "python":
            exec(compile(text, "docs/teaching.md", "exec"), said)  # noqa: S102 - our own page
            continue
        for line in text.splitlines():
            learner = tmp_path / "class" / "learner"
            if learner.exists() and not (learner / "work" / "progress.json").exists():
                hand_in(learner / "work", tries=2)
            assert cli.main(shlex.split(line)[1:]) == 0, line

    assert sorted(path.name for path in (tmp_path / "class").iterdir()) == [
        *("grading", "instructor", "learner")
    ]
    assert (tmp_path / "class.kept-1").is_dir()
    assert said["table"].learners["learner"].tolist() == ["ada", "bob"]
    assert "hard: 01-objective" in capsys.readouterr().out


def hand_in(work: Path, *, tries: int) -> None:
    progress = Progress(work / "progress.json")
    for number in range(1, tries + 1):
        progress.check("01", "01-objective", passed=number == tries)


def test_the_page_speaks_of_the_files_that_there_are() -> None:
    named = set(re.findall(r"`(dcwidgets/[\w/.]+)`", PAGE))

    assert named == {"dcwidgets/course/teaching.json"}
    assert [name for name in named if not (ROOT / name).exists()] == []
