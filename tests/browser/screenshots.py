"""Take the pictures of the README from the real thing: ``python -m tests.browser.screenshots``.

JupyterLab opens the learner's folder, runs lesson 02 and shows the widgets, in light and in dark.
Only drawn pets are shown. Writes ``docs/images/*.webp``.
"""

from __future__ import annotations

import io
import os
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

import dcwidgets as dcw
from dcwidgets.learner_folder import lay_out
from tests.browser import driver
from tests.browser.driver import Notebook, Server
from tests.conftest import ROOT, data_folder

IMAGES = ROOT / "docs" / "images"
THEMES: dict[str, driver.Theme] = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
LIMIT_BYTES = 200_000
EXPLORER = (
    "import dcwidgets as dcw\npets = dcw.load('pocket_pets')",
    "dcw.AugmentationExplorer(pets.where(split='gold'), dcw.policy('light'))",
)


# Cells above are laid out as they come into view and push the widget away: scroll until it stays.
_AT_TOP = """selector => {
  const widget = document.querySelector(selector);
  const top = document.querySelector('.jp-WindowedPanel-outer').getBoundingClientRect().top;
  const stays = Math.abs(widget.getBoundingClientRect().top - top) < 30;
  window.dcwStays = stays ? (window.dcwStays ?? 0) + 1 : 0;
  widget.scrollIntoView({ block: 'start' });
  return window.dcwStays > 30 && widget.querySelector('[data-painted]') !== null;
}"""


def main() -> int:
    """Take every picture in both themes; report their sizes."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    os.environ["DCW_QUICK"] = "1"  # few seeds: the pictures show widgets, not scores
    dcw.load("pocket_pets", data_dir=data_folder())
    with tempfile.TemporaryDirectory() as scratch:
        folder = lay_out(Path(scratch) / "course").folder
        with driver.serve(folder, data_dir=data_folder()) as server, driver.browse() as browser:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            _lesson(page, server)
            _explorer(page, server)
            server.end_sessions()
    return 0


def _lesson(page: Page, server: Server) -> None:
    notebook = driver.open_notebook(page, server, "02_curation.ipynb")
    notebook.run_all(seconds=900)
    _show_course_panel(page)
    _both(notebook, "lesson-02", ".dcw-inspector")


def _explorer(page: Page, server: Server) -> None:
    name = server.write("explorer.ipynb", *EXPLORER)
    notebook = driver.open_notebook(page, server, name)
    notebook.run_all()
    _both(notebook, "augmentation-explorer", ".dcw-explorer", alone=True)


def _both(notebook: Notebook, name: str, widget: str, *, alone: bool = False) -> None:
    page = notebook.page
    for theme, title in THEMES.items():
        notebook.theme(title)
        place = page.locator(widget).first
        page.wait_for_function(_AT_TOP, arg=widget, timeout=60_000)
        page.mouse.move(0, 0)
        page.wait_for_load_state("networkidle")
        picture = place.screenshot() if alone else page.screenshot()
        _save(picture, IMAGES / f"{name}-{theme}.webp")


def _show_course_panel(page: Page) -> None:
    page.evaluate("() => window.jupyterapp.commands.execute('dcwidgets:show-course')")


def _save(picture: bytes, path: Path) -> None:
    """Write with the best quality that the limit allows."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    for quality in (90, 80, 70):
        packed = io.BytesIO()
        image.save(packed, "webp", quality=quality, method=6)
        if packed.tell() <= LIMIT_BYTES:
            break
    path.write_bytes(packed.getvalue())
    print(f"{path.name}: {packed.tell() / 1000:.0f} kB, quality {quality}")


if __name__ == "__main__":
    sys.exit(main())
