"""The notebook rules: each can fail, alone, and none looks at nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.notebooks import rules, sample_lesson
from tests.notebooks.lesson_file import Lesson

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


def read(path: Path) -> Lesson:
    return Lesson(path.name, path.read_text(encoding="utf-8"))


def test_the_sound_lesson_keeps_every_rule() -> None:
    assert rules.broken(sample_lesson.lesson()) == {}


def test_every_rule_has_a_broken_fixture() -> None:
    assert set(sample_lesson.BREAKS) == set(rules.RULES)


@pytest.mark.parametrize("rule", rules.RULES)
def test_a_broken_fixture_breaks_its_rule_and_no_other(rule: str) -> None:
    broken = rules.broken(sample_lesson.lesson(sample_lesson.BREAKS[rule]))

    assert set(broken) == {rule}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_lesson_keeps_every_rule(path: Path) -> None:
    assert rules.broken(read(path)) == {}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.parametrize("rule", rules.RULES)
def test_a_rule_looks_at_something_in_every_lesson(rule: str, path: Path) -> None:
    assert sum(1 for _ in rules.RULES[rule](read(path))) > 0


def test_the_script_names_file_cell_and_rule(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "03_example.ipynb"
    path.write_text(sample_lesson.lesson(sample_lesson.BREAKS["tone"]).raw, encoding="utf-8")

    assert rules.main([str(path)]) == 1
    first, last = capsys.readouterr().out.splitlines()
    assert first == f"{path}:cell-14: tone: ['simply'] talks down to the learner"
    assert last.startswith("1 notebooks, 26 rules, ")
    assert last.endswith(" looks, 1 complaints")


def test_the_script_fails_when_it_was_given_no_notebook() -> None:
    assert rules.main([]) == 1
