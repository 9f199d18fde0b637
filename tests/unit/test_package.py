"""The package as a whole: version, public names, what importing costs, pinned lists."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import dcwidgets as dcw
from tests.conftest import ROOT

FRONTEND = ROOT / "dcwidgets" / "frontend"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LISTS = sorted([*(ROOT / "requirements").glob("*.txt"), ROOT / "binder" / "requirements.txt"])


def test_python_and_npm_agree_on_the_version() -> None:
    package = json.loads((FRONTEND / "package.json").read_text())
    lock = json.loads((FRONTEND / "package-lock.json").read_text())

    assert package["version"] == lock["version"] == dcw.__version__


def test_importing_loads_no_heavy_library() -> None:
    code = "import sys, dcwidgets; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    loaded = set(subprocess.check_output([sys.executable, "-c", code], text=True).split())

    assert "dcwidgets" in loaded
    heavy = {
        "tensorflow",
        "keras",
        "pandas",
        "numpy",
        "matplotlib",
        "sklearn",
        "anywidget",
        "IPython",
    }
    assert loaded & heavy == set()


@pytest.mark.parametrize("name", sorted({*dcw.__all__} - {"__version__"}))
def test_every_public_name_is_there_and_documented(name: str) -> None:
    assert name in dir(dcw)
    assert (getattr(dcw, name).__doc__ or "").strip()


def test_the_list_of_public_names_is_what_the_stub_imports() -> None:
    stub = ast.parse((ROOT / "dcwidgets" / "__init__.pyi").read_text())
    imported = {
        alias.asname or alias.name
        for node in stub.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }

    assert imported | {"__version__"} == set(dcw.__all__) | {"__version__"}


def test_every_widget_is_a_target_of_the_build() -> None:
    hook = PROJECT["tool"]["hatch"]["build"]["hooks"]["jupyter-builder"]
    sources = (FRONTEND / "src" / "widgets").glob("*.ts")
    widgets = {path.stem for path in sources if not path.name.endswith(".test.ts")}

    for key in ("ensured-targets", "skip-if-exists"):
        targets = {Path(target).stem for target in hook[key] if target.endswith(".js")}
        assert targets == widgets, key


def test_the_lesson_list_names_eight_lessons_and_every_notebook() -> None:
    lessons = json.loads((ROOT / "dcwidgets" / "course" / "lessons.json").read_text())["lessons"]
    listed = [lesson["notebook"] for lesson in lessons]

    assert len(listed) == 8
    assert listed == sorted(listed)
    assert {path.name for path in (ROOT / "notebooks").glob("*.ipynb")} <= set(listed)


def test_everything_that_is_imported_is_a_declared_dependency() -> None:
    project = PROJECT["project"]
    # A cluster's client is only ever handed in: its package is named for the types alone.
    texts = [*project["dependencies"], *project["optional-dependencies"]["cluster"]]
    declared = {_canonical(Requirement(text).name) for text in texts}
    owners = packages_distributions()
    imported = {name for path in (ROOT / "dcwidgets").rglob("*.py") for name in _imports(path)}
    foreign = imported - sys.stdlib_module_names - {"dcwidgets"}

    assert {"PIL", "keras", "tensorflow"} <= foreign
    missing = {name for name in foreign if not {*map(_canonical, owners.get(name, []))} & declared}
    assert missing == set()


def _canonical(name: str) -> str:
    return name.lower().replace("_", "-")


def _imports(path: Path) -> Iterator[str]:
    """Name the top-level packages that a module imports, in functions too."""
    if "node_modules" in path.parts:
        return
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield (node.module or "").partition(".")[0]


@pytest.mark.parametrize("path", LISTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_pinned_list_has_hashes_and_no_addresses(path: Path) -> None:
    text = path.read_text()
    pinned = re.findall(r"^[a-z0-9._-]+(?:\[[a-z,-]+\])?==", text, re.MULTILINE | re.IGNORECASE)
    hashed = re.findall(r"^\S+==[^\n]*\\\n    --hash=sha256:", text, re.MULTILINE)

    assert len(pinned) == len(hashed) > 0
    assert re.search(r"https?:|--index|--find-links|@ ", text) is None


@pytest.mark.parametrize("name", ["lab.txt", "dev.txt", "bench.txt"])
def test_a_pinned_list_holds_every_direct_dependency(name: str) -> None:
    extras = {"lab.txt": (), "dev.txt": ("test", "dev"), "bench.txt": ("test", "dev", "bench")}[
        name
    ]
    optional = PROJECT["project"]["optional-dependencies"]
    asked = [*PROJECT["project"]["dependencies"], *(r for extra in extras for r in optional[extra])]
    pins = dict(
        re.findall(
            r"^([\w.-]+)==([\w.+-]+)", (ROOT / "requirements" / name).read_text(), re.MULTILINE
        )
    )

    for requirement in map(Requirement, asked):
        if requirement.name == "dcwidgets":
            continue
        pin = pins.get(_canonical(requirement.name))
        assert pin is not None, f"{requirement.name} is missing: run `make requirements`"
        assert pin in requirement.specifier, f"{requirement.name}: run `make requirements`"


def test_the_npm_lock_has_every_platform_and_no_addresses() -> None:
    text = (FRONTEND / "package-lock.json").read_text()

    assert text.count('"resolved"') == 0
    # npm drops optional packages that a mirror lacks, and says nothing.
    assert text.count('"node_modules/@rspack/binding-') == 14
