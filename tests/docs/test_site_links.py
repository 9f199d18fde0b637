"""The check of links finds each kind of broken one."""

from pathlib import Path

import pytest

from tests.docs.site_links import broken, from_elsewhere, pages


def site(folder: Path, body: str) -> Path:
    (folder / "other.html").write_text('<h1 id="top">Other</h1>', "utf-8")
    (folder / "index.html").write_text(body, "utf-8")
    return folder


@pytest.mark.parametrize(
    "link",
    [
        '<a href="gone.html">a page</a>',
        '<a href="other.html#gone">an anchor of another page</a>',
        '<a href="#gone">an anchor of this page</a>',
        '<img src="gone.png" alt="a picture">',
        '<a href="http://example.org/">an address without encryption</a>',
        '<a href="https://localhost/">no public host</a>',
        '<a href="javascript:void(0)">no address</a>',
    ],
)
def test_a_link_that_leads_nowhere_is_named(tmp_path: Path, link: str) -> None:
    target = link.split('"')[1]

    assert broken(pages(site(tmp_path, link))) == [f"index.html: {target}"]


@pytest.mark.parametrize(
    "link",
    [
        '<a href="other.html">a page</a>',
        '<a href="other.html#top">an anchor</a>',
        '<a id="here" href="#here">this page</a>',
        '<a href="https://example.org/">an address</a>',
        '<img src="data:image/png;base64,AAAA" alt="inside the page">',
    ],
)
def test_a_link_that_leads_somewhere_is_not(tmp_path: Path, link: str) -> None:
    assert broken(pages(site(tmp_path, link))) == []


@pytest.mark.parametrize(
    "element",
    [
        '<script src="https://example.org/a.js"></script>',
        '<link rel="stylesheet" href="https://example.org/a.css">',
        '<img src="https://example.org/a.png" alt="a picture">',
    ],
)
def test_what_is_loaded_from_another_host_is_named(tmp_path: Path, element: str) -> None:
    assert len(from_elsewhere(pages(site(tmp_path, element)))) == 1
