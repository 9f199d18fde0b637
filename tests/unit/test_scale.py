"""The page about several machines: its code runs, and its counts are what it says."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests import curation_sets
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "scale.md").read_text("utf-8")
PICTURES = 24


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Any:  # names of the page's code
    """Run the page from top to bottom, in a folder with two dozen pictures."""
    place = tmp_path_factory.mktemp("project")
    for number in range(PICTURES):
        folder = place / "pets" / "train" / ("cat" if number % 2 else "dog")
        folder.mkdir(parents=True, exist_ok=True)
        curation_sets.photo(number, 64, 48).save(folder / f"{number}.jpg")
    names: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        patch.setenv("TFDS_DATA_DIR", str(place / "data"))
        for language, code in blocks():
            if language == "toml":
                Path("pets.toml").write_text(code)
            elif language == "python":
                exec(compile(code, "docs/scale.md", "exec"), names)  # noqa: S102 - our own page
        yield names
    names.clear()


def blocks() -> list[tuple[str, str]]:
    return re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_the_page_has_code_to_run() -> None:
    languages = [language for language, _ in blocks()]

    assert [name for name in languages if name != "text"] == ["toml", *["python"] * 5]


def test_dynamic_sharding_sends_every_picture_once(ran: dict[str, Any]) -> None:
    names = set(ran["dcw"].automate("pets.toml", progress=False).images.table["filename"])

    assert len(names) == PICTURES
    assert Counter(ran["once"]) == Counter(names)


def test_without_sharding_two_workers_send_every_picture_twice(ran: dict[str, Any]) -> None:
    assert Counter(ran["twice"]) == Counter(dict.fromkeys(ran["once"], 2))


def test_both_workers_have_work(ran: dict[str, Any]) -> None:
    assert len(ran["files"]) == 4
    assert len(ran["workers"]) == 2
