"""Lessons and widgets keep to what Google Colab asks for, as far as that can be read."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest.mock import Mock

import ipywidgets
import numpy as np
import pytest
from anywidget import _util
from IPython.core.formatters import DisplayFormatter

import dcwidgets as dcw
from dcwidgets import cli
from dcwidgets.course import colab
from tests.conftest import ROOT
from tests.judged_pets import balanced, pets

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
STATIC = ROOT / "dcwidgets" / "static"
VIEW = "application/vnd.jupyter.widget-view+json"
MANAGER = "https://colab.invalid/manager.min.js"
WIDGETS = (
    *("SplitInspector", "AugmentationExplorer", "Annotator"),
    *("EvaluationExplorer", "CoresetExplorer", "LedgerStory"),
)


def show(name: str, folder: Path) -> Any:  # what it shows of itself has no type
    """Make a widget on two dozen pictures."""
    images = pets(balanced(24))
    made: dict[str, Any] = {
        "SplitInspector": lambda: dcw.SplitInspector(images),
        "AugmentationExplorer": lambda: dcw.AugmentationExplorer(images),
        "Annotator": lambda: dcw.Annotator(
            images, dcw.AnnotationStore(folder / "labels.jsonl", classes=["cat", "dog"])
        ),
        "EvaluationExplorer": lambda: dcw.EvaluationExplorer(
            dcw.evaluate(np.linspace(0.05, 0.95, 24), images)
        ),
        "CoresetExplorer": lambda: dcw.CoresetExplorer(
            images, np.random.default_rng(0).normal(size=(24, 5)).astype(np.float32)
        ),
        "LedgerStory": lambda: dcw.LedgerStory(_ledger(folder)),
    }
    return made[name]()


def _ledger(folder: Path) -> dcw.Ledger:
    ledger = dcw.Ledger(folder / "ledger.jsonl")
    score = SimpleNamespace(
        mean=0.6, spread=0.01, scores=(0.6,), worst_slice=0.5, seconds=1.0, slices=None
    )
    ledger.record("raw", score, pets(balanced(24)))  # type: ignore[arg-type]
    return ledger


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A kernel of Colab's, as far as a widget asks; what it was called for."""
    made: list[str] = []
    output = ModuleType("google.colab.output")
    output._widgets = SimpleNamespace(_installed_url=None)  # type: ignore[attr-defined]

    def enable() -> None:
        made.append("enabled")
        output._widgets._installed_url = MANAGER

    output.enable_custom_widget_manager = enable  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "google.colab.output", output)
    _util.enable_custom_widget_manager_once.cache_clear()
    yield made
    _util.enable_custom_widget_manager_once.cache_clear()


@pytest.mark.parametrize("name", WIDGETS)
def test_a_widget_asks_colab_once_for_its_manager_and_names_it(
    calls: list[str], tmp_path: Path, name: str
) -> None:
    widget = show(name, tmp_path)
    for _ in range(2):
        data, metadata = widget._repr_mimebundle_()

    assert calls == ["enabled"]
    assert metadata[VIEW] == {"colab": {"custom_widget_manager": {"url": MANAGER}}}
    assert data[VIEW]["model_id"] == widget.model_id
    assert data["text/html"].strip().startswith("<")


@pytest.mark.parametrize("name", WIDGETS)
def test_the_ipywidgets_of_colab_shows_all_that_a_widget_says_of_itself(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    # Version 7 shows a widget by a method that version 8 no longer has.
    bare = Mock()
    monkeypatch.setattr(ipywidgets.Widget, "_ipython_display_", bare, raising=False)
    formatter: Any = DisplayFormatter()
    data, _ = formatter.format(show(name, tmp_path))

    bare.assert_not_called()
    assert {VIEW, "text/html"} <= data.keys()


def test_elsewhere_nothing_of_colabs_is_asked_for(tmp_path: Path) -> None:
    bundle = show("SplitInspector", tmp_path)._repr_mimebundle_()

    assert VIEW in bundle[0]
    assert bundle[1] == {}
    assert "google.colab" not in sys.modules


@pytest.mark.parametrize("name", sorted(path.name for path in STATIC.glob("*.js")))
def test_the_page_half_asks_for_nothing_that_colabs_frame_withholds(name: str) -> None:
    # An output lies in a frame of another origin: no other file, no other window, no cookie.
    text = (STATIC / name).read_text("utf-8")
    wanted = re.findall(
        r"\bwindow\.(?:parent|top)\b|\bdocument\.cookie|\blocalStorage\b|\bnew Worker\(|"
        r"\bfetch\(\s*[\"'`]|\bimport\(\s*[\"'`]|\bfrom\s*[\"']https?:",
        text,
    )

    assert wanted == []


def test_only_one_place_uses_the_session_storage_and_it_can_do_without() -> None:
    # Some frames have none, and reading it raises: the annotator then keeps its letters in memory.
    users = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "dcwidgets" / "frontend" / "src").rglob("*.ts")
        if "sessionStorage" in path.read_text() and ".test." not in path.name
    }

    assert users == {"dcwidgets/frontend/src/annotator/outbox.ts"}


def test_the_install_cell_leaves_alone_what_colab_brings() -> None:
    needed = colab._needed(PROJECT["dependencies"])
    names = {re.split("[<>=!~]", text)[0].replace("_", "-") for text in needed}
    declared = {
        re.split(r"[<>=!~ ]", text)[0].replace("_", "-").lower() for text in PROJECT["dependencies"]
    }

    assert names.isdisjoint(colab.COLABS_OWN)
    assert {"anywidget", "keras", "resvg-py", "cleanlab"} <= names
    assert names | colab.COLABS_OWN == declared


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_for_colab_is_the_lesson_after_one_cell(lesson: Path) -> None:
    notebook = json.loads(lesson.read_text("utf-8"))
    before = json.dumps(notebook)
    edition = colab.colab_edition(notebook, colab.install_cell("dcwidgets==1.2.3"))
    first, *others = edition["cells"]

    assert json.dumps(notebook) == before
    assert others == notebook["cells"]
    assert first["metadata"]["cellView"] == "form"
    assert first["source"][0].startswith("#@title ")
    assert first["source"][1] == '%pip install --quiet --no-deps "dcwidgets==1.2.3"\n'
    assert not any("pip install" in "".join(cell["source"]) for cell in others)


def test_the_command_writes_every_lesson_and_writes_it_anew(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "02_curation.ipynb").write_text("old")
    status = cli.main(["colab", "--to", str(tmp_path), "--package", "https://a.b/dcw.whl"])
    first = json.loads((tmp_path / "02_curation.ipynb").read_text())["cells"][0]

    assert status == 0
    assert '"https://a.b/dcw.whl"' in first["source"][1]
    assert sorted(path.name for path in tmp_path.iterdir()) == [path.name for path in LESSONS]
    assert "which install https://a.b/dcw.whl" in capsys.readouterr().out
