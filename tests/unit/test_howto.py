"""The how-to pages about own data: their code runs from top to bottom, and gives what they say."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest

from tests import curation_sets
from tests.conftest import ROOT

PAGES = ROOT / "docs" / "howto"
PICTURES = 30


def ran(name: str) -> dict[str, Any]:
    """Run a page's blocks of Python; one that names a file in its first line is written there."""
    names: dict[str, Any] = {}
    page = (PAGES / name).read_text("utf-8")
    for code in re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL):
        if file := re.match(r"# (\w+\.py)\n", code):
            Path(file[1]).write_text(code, "utf-8")
        else:
            exec(compile(code, name, "exec"), names)  # noqa: S102 - our own page
    return names


@pytest.fixture(autouse=True)
def pets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of pictures by split and class, one of them broken, where the page is run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    for number in range(PICTURES):
        split, label = "gold" if number % 3 == 0 else "train", "cat" if number % 2 else "dog"
        folder = tmp_path / "pets" / split / label
        folder.mkdir(parents=True, exist_ok=True)
        curation_sets.photo(number, 64, 48).save(folder / f"{number}.jpg")
    (tmp_path / "pets" / "train" / "cat" / "broken.png").write_bytes(b"no picture")


def test_the_page_about_folders_deals_every_picture_and_lists_the_broken_one() -> None:
    names = ran("own-folder.md")

    assert len(names["images"]) == PICTURES
    assert names["images"].rejects["path"].tolist() == ["train/cat/broken.png"]
    assert set(names["images"].table["split"]) == {"train", "validation", "test"}
    assert len(names["inspector"].filtered) == names["images"].where(split="test").table.shape[0]


def test_the_page_about_builders_makes_a_set_that_is_loaded_without_the_builder() -> None:
    images = ran("own-tfds.md")["images"]
    sys.modules.pop("shelter_pets")
    import dcwidgets as dcw

    again = dcw.load("shelter_pets")

    assert len(again) == PICTURES
    assert again.version == images.version
    assert again.metadata == ["camera"]
