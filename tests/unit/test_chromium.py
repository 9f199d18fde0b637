"""A Chromium is found, or got, or asked for in one sentence; tests are never skipped for it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser import chromium


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without any Chromium, where nothing can be got; returns an empty folder."""
    monkeypatch.delenv("DCW_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in ("_playwrights_own", "_download", "_apt_install"):
        monkeypatch.setattr(chromium, name, lambda: None)
    return tmp_path


def _program(path: Path, *, status: int = 0) -> Callable[[], None]:
    """Return a function that puts a program there, which ends with this status."""

    def put() -> None:
        path.write_text(f"#!/bin/sh\nexit {status}\n")
        path.chmod(0o755)

    return put


def test_the_systems_chromium_is_taken(machine: Path) -> None:
    _program(machine / "chromium-browser")()

    assert chromium.ensure() == str(machine / "chromium-browser")


def test_a_named_one_is_taken_first(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _program(machine / "chromium")()
    _program(machine / "mine")()
    monkeypatch.setenv("DCW_CHROMIUM", str(machine / "mine"))

    assert chromium.ensure() == str(machine / "mine")


@pytest.mark.parametrize("way", ["_download", "_apt_install"])
def test_one_is_got_where_there_is_none(
    machine: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setattr(chromium, way, _program(machine / "chromium"))

    assert chromium.ensure() == str(machine / "chromium")


def test_a_broken_download_does_not_count(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chromium, "_download", _program(machine / "chromium", status=127))
    monkeypatch.setattr(chromium, "_apt_install", _program(machine / "chromium"))

    assert chromium.ensure() == str(machine / "chromium")


def test_where_none_can_be_had_the_advice_is_one_line(machine: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        chromium.ensure()

    assert "apt-get install chromium" in str(caught.value)
    assert "DCW_CHROMIUM" in str(caught.value)
    assert "\n" not in str(caught.value)
