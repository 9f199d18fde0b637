"""The Binder image: built from a locked list or not at all, gentle when it runs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT

BINDER = ROOT / "binder"
README = (ROOT / "README.md").read_text()
# What postBuild starts, in its order, with words that tell one start from the others.
STEPS = {
    "a venv": "python -m venv",
    "build tools": "pip install --quiet --no-cache-dir --require-hashes",
    "node packages": "node install.mjs",
    "the front end": "npm run --silent build",
    "the wheel": "pip wheel",
    "the package": "python -m pip install",
    "pip check": "python -m pip check",
    "the extension list": "jupyter labextension list",
    "the server extensions": "jupyter server extension list",
    "the data": "dcwidgets prepare",
    "the doctor": "dcwidgets doctor",
    "bytecode": "python -m compileall",
}
ALL_WELL = """        dcwidgets v0.1.0 enabled OK (python, dcwidgets)
      nbgitpuller 1.3.0 OK"""
PROGRAM = """#!/bin/sh
name=$(basename "$0")
echo "$name $*" >> "$LOG"
case "$name $*" in *"$FAILING"*) [ -n "$FAILING" ] && exit 7;; esac
case "$name $*" in
  "python -m venv "*) mkdir -p "$3/bin"; cp "$0" "$3/bin/pip";;
  "pip wheel "*) touch "$6/dcwidgets-0.1.0-py3-none-any.whl" ;;
  "python -c "*) echo /nowhere;;
  "jupyter "*) echo "$LISTED";;
esac
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """The files that postBuild touches, and programs that only write down how they were started."""
    place = tmp_path / "repository"
    (place / "dcwidgets" / "frontend").mkdir(parents=True)
    shutil.copytree(BINDER, place / "binder")
    shutil.copy(ROOT / "pyproject.toml", place)
    (tmp_path / "bin").mkdir()
    for name in ("python", "node", "npm", "jupyter", "dcwidgets"):
        (tmp_path / "bin" / name).write_text(PROGRAM)
        (tmp_path / "bin" / name).chmod(0o755)
    return place


def post_build(repository: Path, *, failing: str = "", listed: str = ALL_WELL) -> tuple[int, str]:
    """Run it; return its status and the starts of programs, one a line."""
    top = repository.parent
    environment = {
        "PATH": f"{top / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(top / "home"),
        "LOG": str(top / "log"),
        "FAILING": failing,
        "LISTED": listed,
    }
    (top / "log").write_text("")
    ran = subprocess.run(
        [str(repository / "binder" / "postBuild")], env=environment, check=False, cwd="/"
    )
    return ran.returncode, (top / "log").read_text()


def test_every_step_is_taken_in_its_order(repository: Path) -> None:
    status, log = post_build(repository)

    assert status == 0
    places = [log.find(words) for words in STEPS.values()]
    assert -1 not in places
    assert places == sorted(places)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step)
def test_a_step_that_fails_fails_the_build_at_once(repository: Path, step: str) -> None:
    status, log = post_build(repository, failing=STEPS[step])

    assert status != 0
    assert STEPS[step] in log.splitlines()[-1]


@pytest.mark.parametrize(
    "listed",
    [
        pytest.param(ALL_WELL.replace("enabled OK", "enabled X"), id="broken"),
        pytest.param(ALL_WELL.replace("enabled", "disabled"), id="disabled"),
        pytest.param(ALL_WELL.replace("dcwidgets", "other"), id="missing"),
        pytest.param(ALL_WELL.replace("1.3.0 OK", "1.3.0 X"), id="no nbgitpuller"),
    ],
)
def test_an_extension_that_does_not_run_fails_the_build(repository: Path, listed: str) -> None:
    status, log = post_build(repository, listed=listed)

    assert status != 0
    assert "dcwidgets prepare" not in log


def test_the_package_asks_for_what_the_image_has(repository: Path) -> None:
    # `pip check` would otherwise miss tensorflow, or the list would hold both.
    post_build(repository)
    asked = (repository / "pyproject.toml").read_text()
    pins = (BINDER / "requirements.txt").read_text()

    assert '\n  "tensorflow-cpu>=' in asked
    assert '\n  "tensorflow>=' not in asked
    assert re.findall(r"^tensorflow(?:-cpu)?==", pins, re.MULTILINE) == ["tensorflow-cpu=="]
    assert re.search(r"^nbgitpuller==", pins, re.MULTILINE)


def test_the_image_pins_what_a_checkout_pins() -> None:
    def pins(path: Path) -> dict[str, str]:
        found = re.findall(r"^([\w.-]+)==([\w.+-]+)( ;[^\\\n]*)?", path.read_text(), re.MULTILINE)
        return {name: version for name, version, marker in found if not marker}

    image, checkout = pins(BINDER / "requirements.txt"), pins(ROOT / "requirements" / "lab.txt")
    both = image.keys() & checkout.keys()

    assert len(both) > 100
    assert {name for name in both if image[name] != checkout[name]} == set()


def test_start_limits_threads_and_becomes_its_arguments() -> None:
    start = [str(BINDER / "start"), "sh", "-c", 'echo $$ "$0" "$1"; env', "first", "two words"]
    with subprocess.Popen(start, stdout=subprocess.PIPE, text=True, env={}) as process:
        said = process.communicate()[0].splitlines()

    assert said[0] == f"{process.pid} first two words"
    limits = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS")
    assert {f"{name}=2" for name in limits} | {"DCW_QUICK=1"} <= set(said)


def test_start_leaves_a_limit_that_was_set() -> None:
    said = subprocess.check_output(
        [str(BINDER / "start"), "env"], text=True, env={"OMP_NUM_THREADS": "1"}
    )

    assert "OMP_NUM_THREADS=1" in said.splitlines()


def test_a_text_edit_changes_nothing_that_the_image_is_built_from() -> None:
    # Links name the branch of the image; the lessons come from another when a learner arrives.
    links = re.findall(r"mybinder\.org/v2/gh/dcwidgets/dcwidgets/(\S+?)\?urlpath=(\S+?)\)", README)

    assert len(links) == 8
    assert {branch for branch, _ in links} == {"binder"}
    assert all(
        "%26branch%3Dcontent%26targetPath%3Dcourse%26urlpath%3Dlab/tree/course/" in path
        for _, path in links
    )
