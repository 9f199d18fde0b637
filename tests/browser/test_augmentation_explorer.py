"""The augmentation explorer in real JupyterLab, by mouse and by keyboard, read back in Python."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.driver import THEMES, Notebook, Server

Open = Callable[..., Notebook]
CELLS = (
    'import dcwidgets as dcw\npets = dcw.load("pocket_pets")',
    'explorer = dcw.AugmentationExplorer(pets.where(split="train"), "light")\nexplorer',
    # The page asks for draws meanwhile, from another thread: the two imports must not collide.
    "import tensorflow as tf\nassert list(tf.data.Dataset.range(2)) == [0, 1]",
)
WITH_A_MODEL = (CELLS[0], CELLS[1].replace('"light")', '"light", dcw.build_model())'))
GAP, AFTER_ORIGINAL, SIZE = 4, 12, 128
DRAWS = 4 * SIZE + 3 * GAP  # width and height of the draws

_SETTLED = """before => document.querySelector('.dcw-explorer canvas').dataset.painted !== before
  && document.querySelector('.dcw-ax-grid').ariaBusy === 'false'"""
_EXPECTED = """
import base64
import numpy as np
from dcwidgets.widgets._sheets import sprite_sheet
_tiles = np.concatenate([explorer.originals[:, None], explorer.draw()], axis=1)
_sheet, _ = sprite_sheet(_tiles.reshape(20, 128, 128, 3), columns=5, quality=75, full_colour=True)
_text = base64.b64encode(_sheet).decode()
"""
_BOXED = "int((pets.table.loc[explorer.ids, 'head_w'] > 0).sum())"
_OVERFLOW = """root => [...root.querySelectorAll('*')]
  .filter(node => node.getBoundingClientRect().right > root.getBoundingClientRect().right + 1)
  .map(node => node.className)"""
_PIXELS = "() => document.querySelector('.dcw-explorer canvas').toDataURL('image/png')"


@pytest.fixture
def notebook(open_notebook: Open, data_dir: Path) -> Notebook:
    """A notebook with an explorer that has painted its first draws."""
    opened = open_notebook("explorer.ipynb", *CELLS, keep=True)
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


def canvas(page: Page) -> Image.Image:
    data = page.evaluate(_PIXELS).partition(",")[2]
    return Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB")


def tiles(page: Page) -> npt.NDArray[np.uint8]:
    """The draws on the canvas: shape (4, 4, 128, 128, 3)."""
    shown = np.asarray(canvas(page))[:, -DRAWS:]
    places = [k * (SIZE + GAP) for k in range(4)]
    return np.array([[shown[y : y + SIZE, x : x + SIZE] for x in places] for y in places])


def originals(page: Page) -> npt.NDArray[np.uint8]:
    """The originals on the canvas, which are smaller on a narrow page: (4, 128, 128, 3)."""
    shown = canvas(page)
    edge = shown.width - AFTER_ORIGINAL - DRAWS
    places = [k * (SIZE + GAP) for k in range(4)]
    return np.array([shown.crop((0, y, edge, y + edge)).resize((SIZE, SIZE)) for y in places])


def expected(notebook: Notebook) -> npt.NDArray[np.uint8]:
    """What Python draws now, by way of the same JPEG, originals first: (4, 5, 128, 128, 3)."""
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

    assert difference(tiles(page), expected(notebook)[:, 1:]) < 2
    assert difference(originals(page), expected(notebook)[:, 0]) < 12  # shrunk, and back
    for name in ("heavy", "none", "medium"):
        acted(page, lambda name=name: page.get_by_role("radio", name=name).check())  # type: ignore[misc]
        assert difference(tiles(page), expected(notebook)[:, 1:]) < 2, name
    slider(page, "Rotation, Probability").focus()
    acted(page, lambda: press(page, "PageDown", 5))
    expect(page.get_by_label("Rotation 50 %", exact=True)).to_be_checked()
    assert notebook.value("explorer.policy.layers[1].probability") == 0.5
    assert difference(tiles(page), expected(notebook)[:, 1:]) < 2
    acted(page, lambda: page.get_by_text("Geometry in one warp").click())

    assert notebook.value("type(explorer.policy.layers[0]).__name__") == "OneWarp"
    assert difference(tiles(page), expected(notebook)[:, 1:]) < 2


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
    assert difference(tiles(page), expected(notebook)[:, 1:]) < 2

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
    assert page.locator(".dcw-ax-presets input:checked").count() == 0


def test_by_keyboard_alone(notebook: Notebook) -> None:
    page = notebook.page
    cells = page.locator(".jp-Cell").count()
    page.locator(".dcw-ax-presets input:checked").focus()

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
    assert difference(shown, np.repeat(shown[:, :1], 4, axis=1)) == 0
    assert difference(shown[:, 0], expected(notebook)[:, 0]) < 2
    page.keyboard.up(" ")
    assert difference(tiles(page), shown) > 1

    acted(page, lambda: page.keyboard.press("Alt+ArrowUp"))
    assert notebook.value("type(explorer.policy.layers[0]).__name__") == "RandomRotation"
    acted(page, lambda: page.keyboard.press("Control+z"))
    assert notebook.value("type(explorer.policy.layers[0]).__name__") == "RandomFlip"

    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.role") == "gridcell":
            break
    press(page, "ArrowDown", 2)
    words = notebook.value("explorer.drawn.query('draw == 0 and step == 1').words.iloc[2]")
    expect(page.locator(".dcw-ax-said")).to_contain_text(f"draw 1: {words}")
    page.keyboard.press("Enter")
    expect(page.get_by_role("gridcell", name="; pinned")).to_be_focused()
    assert notebook.value("[pin.id == explorer.ids[2] for pin in explorer.pins]") == [True]
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
    first = originals(page)

    acted(page, lambda: notebook.python("explorer.seed = 77"))
    expect(page.get_by_role("spinbutton", name="Seed")).to_have_value("77")
    acted(page, lambda: notebook.python('explorer.policy = "absurd"'))
    expect(page.get_by_role("radio", name="absurd")).to_be_checked()
    acted(page, lambda: notebook.python("explorer.other_pictures()"))

    assert difference(originals(page), first) > 5
    assert difference(tiles(page), expected(notebook)[:, 1:]) < 2
    labels = notebook.value('pets.table.loc[explorer.ids, "label"].fillna("").tolist()')
    assert names.inner_text().split() == [label for label in labels if label]


def test_what_was_drawn_is_told_pinned_boxed_and_compared(
    open_notebook: Open, data_dir: Path
) -> None:
    notebook = open_notebook("explorer.ipynb", *WITH_A_MODEL, keep=True)
    page = notebook.page
    painted(page)
    cell = page.get_by_role("gridcell")
    said = page.locator(".dcw-ax-said")
    words = notebook.value(
        'explorer.drawn.groupby(["id", "draw"], sort=False).words.apply(list)'
        ".map(' · '.join).tolist()"
    )

    page.wait_for_selector(".dcw-ax-end[data-shown]")
    cell.nth(6).hover()
    expect(said).to_contain_text(words[6])
    cell.nth(6).click()
    expect(page.get_by_role("listitem").filter(has_text=words[6])).to_be_visible()
    assert notebook.value("[(pin.draw, pin.words) for pin in explorer.pins]") == [[2, words[6]]]
    expect(cell.nth(6)).to_have_class("dcw-ax-cell dcw-ax-pinned")

    page.get_by_label("Boxes").check()
    page.wait_for_selector(".dcw-ax-over")
    assert page.locator(".dcw-ax-over").count() == 5 * notebook.value(_BOXED)
    shown, drawn = tiles(page), expected(notebook).astype(int)
    page.get_by_label("Difference").check()
    apart = np.minimum(4 * np.abs(drawn[:, 1:] - drawn[:, :1]), 255)
    # Four times what a JPEG may take from a draw.
    assert difference(tiles(page), apart.astype(np.uint8)) < 4 * 2
    page.keyboard.press("d")
    assert difference(tiles(page), shown) == 0
    page.get_by_label("Histograms").check()
    page.wait_for_selector(".dcw-ax-charts[data-shown]")
    for label in ("cat", "dog"):
        expect(page.get_by_role("listitem").filter(has_text=f"{label}: named")).to_be_visible()
    mean = drawn[:, 1:, ..., 0].mean() / 255
    expect(page.get_by_role("img", name="Red")).to_have_accessible_name(
        re.compile(rf"mean 0\.\d\d → {mean:.2f} ")
    )


def test_layers_are_dragged_and_everything_is_undone(notebook: Notebook) -> None:
    page = notebook.page
    handles = page.locator(".dcw-ax-handle")
    zoom = page.locator(".dcw-ax-step").nth(2).bounding_box()
    assert zoom is not None

    def drag() -> None:
        handles.first.hover()
        page.mouse.down()
        page.mouse.move(zoom["x"] + 30, zoom["y"] + zoom["height"] - 5, steps=8)
        page.mouse.up()

    acted(page, drag)
    kinds = "[type(x).__name__ for x in explorer.policy.layers]"
    order = ["RandomRotation", "RandomZoom", "RandomFlip", "RandomBrightness"]
    assert notebook.value(kinds) == order
    acted(page, page.get_by_role("button", name="Duplicate: Zoom").click)
    acted(page, lambda: page.get_by_role("radio", name="absurd").check())

    page.locator("summary", has_text="Code and JSON").click()
    page.get_by_role("radio", name="JSON").check()
    expect(page.locator(".dcw-ax-code pre")).to_contain_text('"format": 1')
    text = notebook.value('dcw.policy_to_json(dcw.policy("medium"))')
    page.get_by_label("Paste a policy as JSON").fill(text.replace("0.06", "6"))
    page.get_by_role("button", name="Use this policy").click()
    expect(page.get_by_role("alert")).to_contain_text(
        "Layer 2, RandomRotation: factor must lie between -0.5 and 0.5, got "
    )
    page.get_by_label("Paste a policy as JSON").fill(text)
    acted(page, page.get_by_role("button", name="Use this policy").click)
    assert notebook.value("len(explorer.policy.layers)") == 6

    for layers in (10, 5, 4, 4):
        acted(page, page.get_by_role("button", name="Undo").click)
        assert notebook.value("len(explorer.policy.layers)") == layers
    assert notebook.value(kinds)[0] == "RandomFlip"
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    acted(page, lambda: page.keyboard.press("Control+Shift+Z"))
    assert notebook.value(kinds) == order
    assert difference(tiles(page), expected(notebook)[:, 1:]) < 2


def test_it_fits_themes_and_widths_and_is_saved_as_a_picture(
    notebook: Notebook, lab: Server
) -> None:
    page = notebook.page
    root = page.locator(".dcw-explorer")
    edge = page.get_by_role("gridcell").first.bounding_box()
    assert edge is not None
    assert edge["width"] == pytest.approx(SIZE, abs=0.5)  # beside JupyterLab's file browser
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
