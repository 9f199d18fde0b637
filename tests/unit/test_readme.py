"""What README and CONTRIBUTING point to is there."""

import json
import re

import pytest

from tests.conftest import ROOT

LESSONS = json.loads((ROOT / "dcwidgets" / "course" / "lessons.json").read_text())["lessons"]
README = (ROOT / "README.md").read_text()


PAGES = ["README.md", "CONTRIBUTING.md", *(f"docs/{path.name}" for path in ROOT.glob("docs/*.md"))]


@pytest.mark.parametrize("name", PAGES)
def test_every_local_link_and_picture_exists(name: str) -> None:
    text = (ROOT / name).read_text()
    targets = re.findall(r'\]\(([^)#]+)\)|(?:src|srcset)="([^"]+)"', text)
    local = [target for pair in targets for target in pair if target and "://" not in target]

    assert local or name.startswith("docs/")
    assert [target for target in local if not ((ROOT / name).parent / target).exists()] == []


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson["id"])
def test_a_lesson_is_linked_if_it_is_there_and_announced_if_not(lesson: dict[str, str]) -> None:
    row = next(line for line in README.splitlines() if f" {lesson['title']} |" in line)
    there = (ROOT / "notebooks" / lesson["notebook"]).exists()

    assert row.startswith(f"| {int(lesson['id'])} ")
    assert (f"/blob/colab/{lesson['notebook']}" in row) is there
    assert (f"lab/tree/course/{lesson['notebook']}" in row) is there
    assert row.endswith("| to come |") is not there


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson["id"])
def test_a_lessons_badges_lead_where_its_row_does(lesson: dict[str, str]) -> None:
    row = next(line for line in README.splitlines() if f" {lesson['title']} |" in line)
    links = re.findall(r"\]\((https://(?:mybinder|colab)[^)]+)\)", row)
    first = json.loads((ROOT / "notebooks" / lesson["notebook"]).read_text())["cells"][0]

    assert len(links) == 2
    assert [link for link in links if f"]({link})" not in "".join(first["source"])] == []


def test_every_picture_has_a_text_and_is_small() -> None:
    pictures = sorted((ROOT / "docs" / "images").glob("*.webp"))

    assert pictures
    assert [path.name for path in pictures if path.stat().st_size > 200_000] == []
    assert re.findall(r"<img (?![^>]*alt=\"[^\"]{20,}\")", README) == []
