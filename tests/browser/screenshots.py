"""Take pictures of every widget from the real thing: ``python -m tests.browser.screenshots``.

JupyterLab opens the learner's folder and shows the widgets, in light and in dark. Only drawn pets
are shown. Writes the gallery of the documentation to ``build/gallery``; with ``--readme`` also
the pictures of the README, which are kept in the repository, to ``docs/images``.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

import dcwidgets as dcw
from dcwidgets.learner_folder import lay_out
from tests.browser import driver
from tests.browser.driver import Notebook, Server
from tests.conftest import ROOT, data_folder

GALLERY = ROOT / "build" / "gallery"
README = ROOT / "docs" / "images"
THEMES: dict[str, driver.Theme] = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
LIMIT_BYTES = 200_000
SET_UP = """import dcwidgets as dcw
pets = dcw.load("pocket_pets")
train, test = pets.where(split="train"), pets.where(split="gold")"""


@dataclass(frozen=True)
class Shot:
    """A widget to show: the cell that makes it, its element, and what is there once it is drawn.

    Cell 1 of its notebook is `SET_UP`.
    """

    name: str
    cell: str
    widget: str
    drawn: str = "[data-painted]"


SHOTS = (
    Shot("split-inspector", "dcw.SplitInspector(pets, dcw.audit(pets))", ".dcw-inspector"),
    Shot(
        "augmentation-explorer",
        "dcw.AugmentationExplorer(test)",
        ".dcw-explorer",
        # The small pictures at a slider's ends come last.
        ".dcw-ax-end[style*=background-image]",
    ),
    Shot(
        "annotator",
        """store = dcw.AnnotationStore("labels.jsonl", classes=pets.classes)
annotator = dcw.Annotator(test, store, guide="The whole head, ears included, and nothing else.")
first = test.table.iloc[0]
head = [int(first[name]) for name in ("head_x", "head_y", "head_w", "head_h")]
box = annotator.label(first.label).box(*head)
annotator""",
        ".dcw-annotator",
    ),
    Shot(
        "evaluation-explorer",
        """pool = pets.where(split="pool").table.index
bought = dcw.Recipe().drop(train.table.index).add(pool).apply(pets)
models = dcw.train_models(bought, seeds=(0,))
dcw.EvaluationExplorer(dcw.evaluate(models, test), bought)""",
        ".dcw-ev",
    ),
    Shot("coreset-explorer", "dcw.CoresetExplorer(test, dcw.embed(test))", ".dcw-cx"),
    Shot(
        "ledger-story",
        """key, ledger = dcw.answer_key(), dcw.Ledger("ledger.jsonl")
key, recipe = key[key.index.isin(train.table.index)], dcw.Recipe()
def record(name):
    images = recipe.apply(pets)
    ledger.record(name, dcw.measure(images, test, seeds=(0, 1)), images, recipe)
record("raw")
useless = key.defect.isin(["blank", "off_topic", "unreadable"])
recipe.drop(key.index[useless].unique(), reason="shows no pet")
record("useless pictures gone")
for name in pets.classes:
    wrong = (key.defect == "label") & (key.true_label == name) & ~useless
    recipe.relabel(key.index[wrong].difference(key.index[useless]), name, reason="looked at again")
record("labels mended")
recipe.add(dcw.collect(None, pets.where(split="pool"), 400, by="random"), reason="bought")
record("400 from the pool")
dcw.LedgerStory(ledger, pets)""",
        ".dcw-story",
        ".dcw-ls-row",
    ),
)

# Cells above are laid out as they come into view and push the widget away: scroll until it stays.
_AT_TOP = """([selector, drawn]) => {
  const widget = document.querySelector(selector);
  if (widget === null) return false;
  const top = document.querySelector('.jp-WindowedPanel-outer').getBoundingClientRect().top;
  const stays = Math.abs(widget.getBoundingClientRect().top - top) < 30;
  window.dcwStays = stays ? (window.dcwStays ?? 0) + 1 : 0;
  widget.scrollIntoView({ block: 'start' });
  return window.dcwStays > 30 && widget.querySelector(drawn) !== null;
}"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Take every picture in both themes; report their sizes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readme", action="store_true", help="renew docs/images, too")
    parser.add_argument("--only", choices=[shot.name for shot in SHOTS], help="one widget")
    options = parser.parse_args(arguments)
    os.environ["DCW_QUICK"] = "1"  # few seeds: the pictures show widgets, not scores
    dcw.load("pocket_pets", data_dir=data_folder())
    with tempfile.TemporaryDirectory() as scratch:
        folder = lay_out(Path(scratch) / "course").folder
        with driver.serve(folder, data_dir=data_folder()) as server, driver.browse() as browser:
            page = browser.new_page(viewport={"width": 1160, "height": 1000})
            for shot in SHOTS:
                if options.only in {None, shot.name}:
                    _take(page, server, shot)
            if options.readme:
                page = browser.new_page(viewport={"width": 1440, "height": 900})
                _lesson(page, server)
    return 0


def _take(page: Page, server: Server, shot: Shot) -> None:
    name = server.write(f"{shot.name}.ipynb", SET_UP, shot.cell)
    notebook = driver.open_notebook(page, server, name)
    page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    notebook.run_all(seconds=600)
    if errors := notebook.cell_errors():
        raise RuntimeError(f"{shot.name}: {'; '.join(errors)}")
    _both(notebook, GALLERY / shot.name, shot.widget, shot.drawn)
    server.end_sessions()


def _lesson(page: Page, server: Server) -> None:
    notebook = driver.open_notebook(page, server, "02_curation.ipynb")
    notebook.run_all(seconds=900)
    page.evaluate("() => window.jupyterapp.commands.execute('dcwidgets:show-course')")
    _both(notebook, README / "lesson-02", ".dcw-inspector", "[data-painted]", alone=False)
    server.end_sessions()
    for theme in THEMES:
        picture = (GALLERY / f"augmentation-explorer-{theme}.webp").read_bytes()
        (README / f"augmentation-explorer-{theme}.webp").write_bytes(picture)


def _both(notebook: Notebook, path: Path, widget: str, drawn: str, *, alone: bool = True) -> None:
    page = notebook.page
    for theme, title in THEMES.items():
        notebook.theme(title)
        page.wait_for_function(_AT_TOP, arg=[widget, drawn], timeout=60_000)
        page.mouse.move(0, 0)
        page.wait_for_load_state("networkidle")
        picture = page.locator(widget).first.screenshot() if alone else page.screenshot()
        _save(picture, path.with_name(f"{path.name}-{theme}.webp"))


def _save(picture: bytes, path: Path) -> None:
    """Write with the best quality that the limit allows."""
    path.parent.mkdir(parents=True, exist_ok=True)
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
