"""The augmentation explorer in real JupyterLab, by mouse and by keyboard, read back in Python."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.driver import Notebook, Server, Theme

Open = Callable[..., Notebook]
CELLS = (
    'import dcwidgets as dcw\npets = dcw.load("pocket_pets")',
    'explorer = dcw.AugmentationExplorer(pets.where(split="train"), "light")\nexplorer',
    # The page asks for draws meanwhile, from another thread: the two imports must not collide.
    "import tensorflow as tf\nassert list(tf.data.Dataset.range(2)) == [0, 1]",
)
THEMES: tuple[Theme, ...] = ("JupyterLab Light", "JupyterLab Dark")
GAP, AFTER_ORIGINAL, SIZE = 4, 12, 128

_SETTLED = """before => document.querySelector('.dcw-explorer canvas').dataset.painted !== before
  && document.querySelector('.dcw-ax-grid').ariaBusy === 'false'"""
_EXPECTED = """
import base64
import numpy as np
from dcwidgets.widgets._sheets import sprite_sheet
_tiles = np.concatenate([explorer.originals[:, None], explorer.draw()], axis=1)
_text = base64.b64encode(sprite_sheet(_tiles.reshape(20, 128, 128, 3), columns=5)[0]).decode()
"""
_OVERFLOW = """root => [...root.querySelectorAll('*')]
  .filter(node => node.getBoundingClientRect().right > root.getBoundingClientRect().right + 1)
  .map(node => node.className)"""
_PIXELS = "() => document.querySelector('.dcw-explorer canvas').toDataURL('image/png')"


@pytest.fixture
def notebook(open_notebook: Open, data_dir: Path) -> Notebook:
    """A notebook with an explorer that has painted its first draws."""
    opened = open_notebook("explorer.ipynb", *CELLS)
    painted(opened.page)
    assert opened.cell_errors() == []
    return opened


def painted(page: Page) -> None:
    page.wait_for_selector(".dcw-explorer canvas[data-painted]", timeout=120_000)


def acted(page: Page, act: Callable[[], object]) -> None:
    """Do something that makes the page draw, and wait for the picture."""
    canvas = page.locator(".dcw-explorer canvas")
    before = canvas.get_attribute("data-painted")
    act()
    page.wait_for_function(_SETTLED, arg=before)


def tiles(page: Page) -> npt.NDArray[np.uint8]:
    """The tiles on the canvas, originals first: shape (4, 5, 128, 128, 3)."""
    data = page.evaluate(_PIXELS).partition(",")[2]
    canvas = np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB"))
    lefts = [0, *(SIZE + AFTER_ORIGINAL + k * (SIZE + GAP) for k in range(4))]
    tops = [k * (SIZE + GAP) for k in range(4)]
    return np.array([[canvas[y : y + SIZE, x : x + SIZE] for x in lefts] for y in tops])


def expected(notebook: Notebook) -> npt.NDArray[np.uint8]:
    """What Python draws now, by way of the same JPEG."""
    notebook.python(_EXPECTED)
    picture = Image.open(io.BytesIO(base64.b64decode(notebook.value("_text"))))
    lines = np.asarray(picture).reshape(4, SIZE, 5, SIZE, 3)
    return lines.swapaxes(1, 2)


def difference(left: npt.NDArray[np.uint8], right: npt.NDArray[np.uint8]) -> float:
    return float(np.abs(left.astype(int) - right).mean())


def press(page: Page, key: str, times: int) -> None:
    for _ in range(times):
        page.keyboard.press(key)


def slider(page: Page, name: str) -> Locator:
    return page.locator(f'.dcw-explorer input[type=range][aria-label="{name}"]')


def test_the_page_shows_what_the_policy_draws(notebook: Notebook) -> None:
    page = notebook.page

    assert difference(tiles(page), expected(notebook)) < 2
    for name in ("heavy", "none", "medium"):
        acted(page, lambda name=name: page.get_by_role("radio", name=name).check())  # type: ignore[misc]
        assert difference(tiles(page), expected(notebook)) < 2, name
    acted(page, lambda: page.get_by_text("Geometry in one warp").click())

    assert notebook.value("type(explorer.policy.layers[0]).__name__") == "OneWarp"
    assert difference(tiles(page), expected(notebook)) < 2


def test_by_mouse_layers_are_turned_moved_removed_and_added(notebook: Notebook) -> None:
    page = notebook.page
    turn = slider(page, "Rotation, Turn, to")
    box = turn.bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2

    def drag() -> None:
        page.mouse.move(box["x"] + box["width"] / 2, y)
        page.mouse.down()
        for step in range(60):
            page.mouse.move(box["x"] + box["width"] * (0.5 + step / 150), y)
        page.mouse.up()

    acted(page, drag)
    shown = float(turn.input_value())
    assert 0.3 < shown < 0.5
    assert notebook.value("explorer.policy.layers[1].factor")[1] == shown
    assert difference(tiles(page), expected(notebook)) < 2

    acted(page, page.get_by_role("button", name="Move down: Rotation").click)
    acted(page, page.get_by_role("button", name="Remove: Flip").click)
    page.get_by_label("Layer to add").select_option("Noise")
    acted(page, page.get_by_role("button", name="Add layer").click)
    acted(page, lambda: page.get_by_label("Zoom", exact=True).uncheck())

    assert notebook.value("[type(x).__name__ for x in explorer.policy.layers]") == [
        "RandomRotation",
        "RandomBrightness",
        "GaussianNoise",
    ]
    assert page.locator(".dcw-explorer input[type=radio]:checked").count() == 0


def test_by_keyboard_alone(notebook: Notebook) -> None:
    page = notebook.page
    cells = page.locator(".jp-Cell").count()
    page.locator(".dcw-explorer input[type=radio]:checked").focus()

    acted(page, lambda: page.keyboard.press("ArrowRight"))
    assert notebook.value("len(explorer.policy.layers)") == 6  # medium

    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.ariaLabel") == "Rotation, Turn, from":
            break
    ring = page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
    assert ring == "solid"
    acted(page, lambda: press(page, "ArrowLeft", 5))
    assert notebook.value("explorer.policy.layers[1].factor[0]") == pytest.approx(-0.11)

    acted(page, lambda: page.keyboard.press("r"))
    seed = notebook.value("explorer.seed")
    assert seed != 0
    expect(page.get_by_role("status").filter(has_text=f"Seed {seed}.")).to_be_visible()

    page.keyboard.down(" ")
    shown = tiles(page)
    assert difference(shown[:, 1:], np.repeat(shown[:, :1], 4, axis=1)) == 0
    page.keyboard.up(" ")
    assert difference(tiles(page), shown) > 1

    acted(page, lambda: page.keyboard.press("Alt+ArrowUp"))
    assert notebook.value("type(explorer.policy.layers[0]).__name__") == "RandomRotation"
    assert page.locator(".jp-Cell").count() == cells  # no key reached JupyterLab


def test_a_wrong_number_is_told_once_and_loses_nothing(notebook: Notebook) -> None:
    page = notebook.page
    before, picture = notebook.value("explorer.code"), tiles(page)
    field = page.get_by_label("Brightness, Light, to, as a number")

    for wrong in ("", "7"):
        field.fill(wrong)
        expect(page.locator(".dcw-explorer [role=status]")).to_have_text(
            "Brightness, Light, to must lie between -1 and 1. The last value stays."
        )
        expect(field).to_have_attribute("aria-invalid", "true")
    assert notebook.value("explorer.code") == before
    assert difference(tiles(page), picture) == 0

    acted(page, lambda: field.fill("0.25"))
    expect(page.locator(".dcw-explorer [role=status]")).to_have_text("")
    assert notebook.value("explorer.policy.layers[3].factor") == [-0.1, 0.25]


def test_python_drives_the_page(notebook: Notebook) -> None:
    page = notebook.page
    names = page.locator(".dcw-explorer .dcw-ax-labels")
    first = tiles(page)[:, 0]

    acted(page, lambda: notebook.python("explorer.seed = 77"))
    expect(page.get_by_role("spinbutton", name="Seed")).to_have_value("77")
    acted(page, lambda: notebook.python('explorer.policy = "absurd"'))
    expect(page.get_by_role("radio", name="absurd")).to_be_checked()
    acted(page, lambda: notebook.python("explorer.other_pictures()"))

    assert difference(tiles(page)[:, 0], first) > 5
    assert difference(tiles(page), expected(notebook)) < 2
    labels = notebook.value('pets.table.loc[explorer.ids, "label"].fillna("").tolist()')
    assert names.inner_text().split() == [label for label in labels if label]


def test_it_fits_themes_and_widths_and_is_saved_as_a_picture(
    notebook: Notebook, lab: Server
) -> None:
    page = notebook.page
    root = page.locator(".dcw-explorer")
    papers: dict[str, str] = {}
    for width in (1280, 480):
        page.set_viewport_size({"width": width, "height": 900})
        if width == 480:
            page.evaluate(
                "() => window.jupyterapp.commands.execute('application:toggle-left-area')"
            )
        for theme in THEMES:
            notebook.theme(theme)
            papers[theme] = _style(root, "backgroundColor")
            assert root.evaluate(_OVERFLOW) == []
            assert _contrast(_style(root, "color"), papers[theme]) > 7
    assert len(set(papers.values())) == 2

    page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    saved: Any = nbformat.read(lab.folder / "explorer.ipynb", as_version=4)
    html = saved.cells[1].outputs[0].data["text/html"]
    assert html.startswith('<figure><img alt="Pictures before and after')
    picture = html.partition("base64,")[2].partition('"')[0]
    assert Image.open(io.BytesIO(base64.b64decode(picture))).width in (SIZE, 5 * SIZE)


def _style(locator: Locator, name: str) -> str:
    return str(locator.evaluate("(node, name) => getComputedStyle(node)[name]", name))


def _contrast(ink: str, paper: str) -> float:
    """Contrast of two ``rgb(...)`` colours as WCAG 2 defines it."""

    def luminance(colour: str) -> float:
        parts = [float(p) / 255 for p in colour.partition("(")[2].rstrip(")").split(",")[:3]]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return float(np.dot([0.2126, 0.7152, 0.0722], linear))

    light, dark = sorted([luminance(ink), luminance(paper)], reverse=True)
    return (light + 0.05) / (dark + 0.05)
