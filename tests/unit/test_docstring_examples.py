"""The examples in docstrings run as they are written."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import dcwidgets
import dcwidgets as dcw
from tests.conftest import ROOT

SIZES = {"train": 96, "pool": 48, "gold": 64, "fresh": 40}
PAGE = (ROOT / "docs" / "api" / "index.md").read_text("utf-8")
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def modules() -> Iterator[str]:
    for found in pkgutil.walk_packages(dcwidgets.__path__, "dcwidgets."):
        if ".frontend" not in found.name:
            yield found.name


def found_examples() -> dict[str, doctest.DocTest]:
    """Every docstring with an example, by the name of what it describes."""
    finder = doctest.DocTestFinder(exclude_empty=True)
    found = {}
    for name in modules():
        module = importlib.import_module(name)
        for example in finder.find(module, name):
            if example.examples:
                found[example.name] = example
    return found


EXAMPLES = found_examples()


@pytest.fixture(scope="module")
def names(data_dir: Path) -> dict[str, Any]:
    """What the page about the API says that examples know, from fewer pictures."""
    everything = dcw.load("pocket_pets", data_dir=data_dir)
    splits = [everything.where(split=split).table.index[:n] for split, n in SIZES.items()]
    few = everything.take([id_ for ids in splits for id_ in ids])
    (code,) = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    known: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dcwidgets, "load", lambda _: few)
        exec(compile(code, "docs/api/index.md", "exec"), known)  # noqa: S102 - our own page
    return known


@pytest.fixture
def at_home(tmp_path: Path, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of its own, with the data where `load` looks for it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TFDS_DATA_DIR", str(data_dir))


@pytest.mark.usefixtures("at_home")
@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_runs_and_prints_what_it_says(name: str, names: dict[str, Any]) -> None:
    example = EXAMPLES[name]
    example.globs = {**example.globs, **names}
    told: list[str] = []

    result = doctest.DocTestRunner(optionflags=OPTIONS).run(example, out=told.append)

    assert result.failed == 0, "".join(told)


def test_no_example_is_skipped() -> None:
    skipped = [
        name
        for name, test in EXAMPLES.items()
        if any(doctest.SKIP in example.options for example in test.examples)
    ]

    assert len(EXAMPLES) > 30
    assert skipped == []
