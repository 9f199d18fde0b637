"""The wheel as a learner gets it: built from a clean clone and installed, both without node.

Takes a minute or two; ``make wheel-test`` runs it alone, ``make test`` at its end.
"""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from dcwidgets._version import __version__
from tests.conftest import ROOT

# What git, npm's scripts and pip start; a PATH of these alone has no node in it.
PROGRAMS = (
    *("git", "sh", "env", "uname", "dirname", "basename", "sed", "tar", "ls", "cat", "id"),
    *("ldd", "getconf", "uv", "cc", "gcc"),
)
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def path_without_node(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder of links to a few programs, as the whole PATH."""
    folder = tmp_path_factory.mktemp("programs")
    for name in PROGRAMS:
        if found := shutil.which(name):
            (folder / name).symlink_to(Path(found).absolute())
    (folder / "python3").symlink_to(sys.executable)
    assert shutil.which("node", path=str(folder)) is None
    assert shutil.which("npm", path=str(folder)) is None
    return str(folder)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory, path_without_node: str) -> Path:
    """The wheel that a clean clone of the last commit gives."""
    place = tmp_path_factory.mktemp("wheel")
    clone = place / "clone"
    _run(["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(clone)], path_without_node)
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(place)]
    if shutil.which("uv"):
        command = ["uv", "build", "--quiet", "--wheel", "--python", sys.executable]
        command += ["--out-dir", str(place)]
    _run([*command, str(clone)], path_without_node)
    (built,) = place.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(
    wheel: Path, tmp_path_factory: pytest.TempPathFactory, path_without_node: str
) -> Path:
    """The folder of programs of a new environment that holds the wheel and what it asks for."""
    place = tmp_path_factory.mktemp("environment")
    python = str(place / "bin" / "python")
    pins = ["--constraint", str(ROOT / "requirements" / "lab.txt")]
    make = [sys.executable, "-m", "venv", str(place)]
    install = [python, "-m", "pip", "install", "--quiet"]
    if shutil.which("uv"):
        make = [*make, "--without-pip"]
        install = ["uv", "pip", "install", "--quiet", "--python", python]
    _run(make, path_without_node)
    _run([*install, *pins, str(wheel)], path_without_node)
    return place / "bin"


def test_the_wheel_holds_package_widgets_extension_and_lessons_only(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())

    data = f"dcwidgets-{__version__}.data/data/share/jupyter/labextensions/dcwidgets"
    lessons = {f"dcwidgets/course/notebooks/{path.name}" for path in _tracked("notebooks/*.ipynb")}
    wanted = {
        "dcwidgets/__init__.pyi",
        "dcwidgets/py.typed",
        "dcwidgets/course/lessons.json",
        "dcwidgets/static/split_inspector.js",
        "dcwidgets/static/augmentation_explorer.js",
        "dcwidgets/static/ledger_story.js",
        f"{data}/package.json",
        f"{data}/install.json",
        f"{data}/schemas/dcwidgets/plugin.json",
    }
    assert lessons
    assert wanted | lessons <= names
    foreign = (
        "dcwidgets/frontend/",
        "dcwidgets/labextension/",
        "tests/",
        "dcwidgets/node_modules/",
    )
    assert [name for name in names if name.startswith(foreign)] == []


def test_jupyterlab_calls_the_extension_enabled_and_ok(
    installed: Path, path_without_node: str
) -> None:
    said = _run([str(installed / "jupyter"), "labextension", "list"], path_without_node)

    line = next(line for line in said.splitlines() if "dcwidgets v" in line)
    assert f"dcwidgets v{__version__}" in line
    assert "enabled" in line
    assert "OK" in line


def test_the_installation_is_sound(installed: Path, path_without_node: str, tmp_path: Path) -> None:
    places = ["--data-dir", str(tmp_path), "--folder", str(tmp_path / "course")]
    said = _run([str(installed / "dcwidgets"), "doctor", *places], path_without_node)

    assert "FAIL" not in said
    assert f"dcwidgets {__version__}" in said
    assert str(installed.parent) in said


def test_the_carried_lessons_are_laid_out(
    installed: Path, path_without_node: str, tmp_path: Path
) -> None:
    code = "import sys; from dcwidgets.learner_folder import lay_out; lay_out(sys.argv[1])"
    _run([str(installed / "python"), "-c", code, str(tmp_path / "course")], path_without_node)

    laid_out = {path.name for path in (tmp_path / "course").glob("*.ipynb")}
    assert laid_out == {path.name for path in _tracked("notebooks/*.ipynb")}
    course = json.loads((tmp_path / "course" / "work" / "course.json").read_text())
    assert len(course["lessons"]) == 8


def _tracked(pattern: str) -> list[Path]:
    listed = subprocess.check_output(["git", "ls-files", pattern], cwd=ROOT, text=True)
    return [Path(line) for line in listed.splitlines()]


def _run(command: list[str], path: str) -> str:
    """Run a program with this PATH, outside of any environment; return all that it printed."""
    environment = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("VIRTUAL_ENV", "PYTHON", "NODE_PATH", "npm_"))
    }
    done = subprocess.run(
        command,
        env={**environment, "PATH": path},
        cwd="/",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}"
    return done.stdout
