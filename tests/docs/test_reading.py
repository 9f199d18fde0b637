"""The site as somebody reads it: from disk, without a network, by keyboard, on a narrow screen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import driver
from tests.browser.axe import found_by_axe
from tests.browser.driver import Watch
from tests.docs.test_site import SITE

WIDER = "() => document.documentElement.scrollWidth - window.innerWidth"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with driver.browse() as started:
        yield started


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A narrow page without a network, on which nothing may go wrong."""
    opened = browser.new_page(viewport={"width": 480, "height": 900}, offline=True)
    watch = Watch(allowed="")
    watch.attach(opened)
    yield opened
    assert watch.troubles == []
    opened.close()


def test_search_finds_a_name_by_keyboard_and_from_disk(page: Page) -> None:
    page.goto(f"file://{SITE}/index.html")
    page.keyboard.press("Control+k")
    page.keyboard.type("facility_location")
    page.keyboard.press("Enter")

    found = page.locator("#search-results li a").first
    expect(found).to_contain_text("dcwidgets.coresets.facility_location")
    found.press("Enter")
    expect(page).to_have_url(
        f"file://{SITE}/api/coresets.html#dcwidgets.coresets.facility_location"
    )


def test_a_solution_is_folded_until_enter_opens_it(page: Page) -> None:
    page.goto(f"file://{SITE}/lessons/03_pipelines.html")
    solution = page.locator("details", has_text="Solution")

    expect(solution.locator("pre")).to_be_hidden()
    solution.locator("summary").press("Enter")
    expect(solution.locator("pre")).to_be_visible()


@pytest.mark.parametrize(
    "name", ["index", "gallery/index", "explanations/speed", "api/curation", "lessons/02_curation"]
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_narrow_page_scrolls_in_one_direction_only(page: Page, name: str, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(f"file://{SITE}/{name}.html")

    expect(page.locator("html")).to_have_attribute("data-theme", scheme)
    assert page.evaluate(WIDER) == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_lessons_and_pages(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    # With a whole lesson in sight axe need not scroll to each of its words.
    page.set_viewport_size({"width": 480, "height": 20_000})
    lessons = sorted(path.stem for path in (SITE / "lessons").glob("0*.html"))
    names = [f"lessons/{name}" for name in lessons]
    names += ["index", "gallery/index", "teaching"]
    found = {}
    for name in names:
        page.goto(f"file://{SITE}/{name}.html")
        found[name] = found_by_axe(page, "body")

    assert len(lessons) == 8
    assert {name: problems for name, problems in found.items() if problems} == {}
