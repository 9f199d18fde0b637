"""The built site: every link leads somewhere, every public name is there, all of it offline."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

import dcwidgets
from tests.conftest import ROOT
from tests.docs.site_links import Page, broken, from_elsewhere, pages

SITE = ROOT / "build" / "site"
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PACKAGES = (
    *("augmentation", "coresets", "course", "curation", "evaluation", "labeling"),
    *("monitoring", "pipelines", "widgets"),
)


@pytest.fixture(scope="session")
def site() -> dict[Path, Page]:
    """Every page of the site that `make docs` built."""
    if not (SITE / "index.html").is_file():
        pytest.fail("The documentation is not built: run `make docs`.")
    return pages(SITE)


def text(name: str) -> str:
    return (SITE / name).read_text("utf-8")


def test_every_link_leads_to_a_page_and_an_anchor_that_are_there(site: dict[Path, Page]) -> None:
    assert len(site) > 30
    assert broken(site) == []


def test_nothing_is_loaded_from_another_host(site: dict[Path, Page]) -> None:
    assert from_elsewhere(site) == []


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_lesson_has_a_page_that_shows_outputs_or_says_that_they_are_missing(
    notebook: Path,
) -> None:
    page = text(f"lessons/{notebook.stem}.html")

    assert f"notebooks/{notebook.name}" in page
    assert ("keeps no outputs" in page) != ('class="output' in page)


def test_every_public_name_is_documented(site: dict[Path, Page]) -> None:
    anchors = {anchor for page in site.values() for anchor in page.anchors}
    own = {f"dcwidgets.{name}" for name in dcwidgets.__all__} - {"dcwidgets.__version__"}
    deeper = {
        f"dcwidgets.{package}.{name}"
        for package in PACKAGES
        for name in importlib.import_module(f"dcwidgets.{package}").__all__
        if name not in dcwidgets.__all__
    }

    assert sorted((own | deeper) - anchors) == []


def test_each_widget_has_its_pictures_or_a_sentence_that_says_there_are_none() -> None:
    gallery = text("gallery/index.html")
    sections = re.split(r"<section ", gallery)[2:]
    pictures = [len(re.findall(r"<img [^>]*only-(?:light|dark)", each)) for each in sections]
    sentences = [each.count("built without them") for each in sections]

    assert len(sections) == len(dcwidgets.widgets.__all__)
    assert [a + 2 * b for a, b in zip(pictures, sentences, strict=True)] == [2] * len(sections)


def test_no_page_tells_where_it_was_built(site: dict[Path, Page]) -> None:
    assert [path.name for path in site if str(ROOT) in path.read_text("utf-8")] == []
