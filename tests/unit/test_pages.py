"""What the pages for teachers and administrators tell to type works as it stands."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from traitlets.config import Config

from tests.conftest import ROOT

LESSONS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
SETTINGS = """[user]
    name = Teacher
    email = teacher@example.org
[init]
    defaultBranch = main
"""


def blocks(page: str, language: str) -> list[str]:
    """Return the code of a page in one language, in its order."""
    text = (ROOT / "docs" / page).read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


class Place:
    """A folder to type in, with the commands of this environment and variables of the page."""

    def __init__(self, folder: Path, **variables: Path) -> None:
        self.folder = folder
        programs = folder.parent / "programs"
        programs.mkdir()
        for name, call in (("dcwidgets", "-m dcwidgets.cli"), ("python", "")):
            (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {call} "$@"\n')
            (programs / name).chmod(0o755)
        (folder.parent / "gitconfig").write_text(SETTINGS)
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
            **{name: str(value) for name, value in variables.items()},
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "GIT_CONFIG_GLOBAL": str(folder.parent / "gitconfig"),
            "GIT_CONFIG_SYSTEM": os.devnull,
        }

    def type(self, code: str) -> str:
        """Run commands; return what they printed."""
        ran = subprocess.run(
            ["sh", "-e", "-c", code],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, f"{code}\n{ran.stdout}"
        return ran.stdout


@pytest.fixture
def clone(tmp_path: Path) -> Place:
    """A clone of a small project with our lessons, and the place it is pushed to."""
    (tmp_path / "clone").mkdir()
    place = Place(tmp_path / "clone")
    shutil.copytree(ROOT / "notebooks", tmp_path / "clone" / "notebooks")
    (tmp_path / "clone" / "README.md").write_text("A course")
    place.type("git init -q; git add .; git commit -q -m Lessons")
    place.type("git clone -q --bare . ../origin")
    place.type(f"git remote add origin '{tmp_path / 'origin'}'")
    return place


def files(place: Place, branch: str) -> list[str]:
    listed = place.type(f"git fetch -q; git ls-tree -r --name-only origin/{branch}")
    return sorted(listed.splitlines())


def test_the_branches_of_binder_are_made_as_the_page_says(clone: Place) -> None:
    for code in blocks("binder.md", "bash"):
        clone.type(code)

    assert [name for name in files(clone, "content") if name.endswith(".ipynb")] == LESSONS
    assert "README.md" in files(clone, "binder")


def test_an_edited_lesson_moves_the_lessons_alone(clone: Place) -> None:
    lessons, image = blocks("binder.md", "bash")
    clone.type(lessons)
    clone.type(image)
    before = clone.type("git fetch -q; git rev-parse origin/content origin/binder").split()
    clone.type(f'echo " " >> notebooks/{LESSONS[0]}; git commit -q -a -m "A word"')
    clone.type(lessons)
    after = clone.type("git fetch -q; git rev-parse origin/content origin/binder").split()

    assert after[0] != before[0]
    assert after[1] == before[1]
    clone.type(f"git merge-base --is-ancestor {before[0]} {after[0]}")  # a pull can follow it


def test_the_branch_for_colab_holds_lessons_behind_one_cell_and_can_be_made_again(
    clone: Place,
) -> None:
    for _ in range(2):
        for code in blocks("colab.md", "bash"):
            clone.type(code)
    first = json.loads(clone.type(f"git fetch -q; git show origin/colab:{LESSONS[0]}"))["cells"][0]

    assert files(clone, "colab") == LESSONS
    assert first["source"][0].startswith("#@title Run this first")
    assert (
        clone.type("git status --porcelain --untracked-files=no; git worktree list").count("\n")
        == 1
    )


def test_a_hub_shares_data_lessons_and_kernels(tmp_path: Path, data_dir: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    shared, prefix = tmp_path / "shared", tmp_path / "prefix"
    shutil.copytree(data_dir / "pocket_pets", shared / "pocket_pets")
    place = Place(home, SHARED=shared, PREFIX=prefix)
    for code in blocks("jupyterhub.md", "bash"):
        place.type(code)

    modes = {path.stat().st_mode & 0o022 for path in shared.rglob("*")}
    kernels = (prefix / "share" / "jupyter" / "kernels").iterdir()
    assert modes == {0}
    assert sorted(path.name for path in (home / "course").glob("*.ipynb")) == LESSONS
    assert sorted(kernel.name for kernel in kernels) == ["dcwidgets", "dcwidgets-gpu"]


def test_the_hubs_settings_can_be_read() -> None:
    config = Config()
    names: dict[str, Any] = {"c": config, "get_config": lambda: config}
    for code in blocks("jupyterhub.md", "python"):
        exec(compile(code, "docs/jupyterhub.md", "exec"), names)  # noqa: S102 - our own page

    assert config.Spawner.mem_limit == "2G"
    profiles = config.KubeSpawner.profile_list
    assert [profile["display_name"] for profile in profiles] == ["Two cores", "One GPU"]
    connection = config.Spawner.args[0].partition("=")[2]
    module, _, name = connection.rpartition(".")
    assert hasattr(__import__(module, fromlist=[name]), name)
