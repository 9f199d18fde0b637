"""The annotator in a real JupyterLab: by mouse, by keyboard, with a killed kernel and in pairs."""

from __future__ import annotations

import math
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenNotebook
from tests.browser.driver import THEMES, Notebook, Server, Watch

ROOT = Path(__file__).resolve().parents[2]
N = 1000
SET_UP = f"""
import sys; sys.path.insert(0, {str(ROOT)!r})
import os, dcwidgets as dcw
from tests.bench._pictures import picture_set
images = picture_set({N})
ids = list(images.table.index)
store = dcw.AnnotationStore("NAME.jsonl", classes=["cat", "dog"])
"""
SHOW = "annotator = dcw.Annotator(images, store)\nannotator"
OTHER = "other = dcw.Annotator(images, dcw.AnnotationStore(store.path))\nother"
SIZE = 180  # of every picture, in pixels
_BOXES = "annotator.boxes[['label', 'x', 'y', 'w', 'h']].round().values.tolist()"  # on disk
_NEXT_PICTURE_MS = """async () => {
  const stage = document.querySelector('.dcw-an-stage');
  const times = [];
  for (let turn = 0; turn < 6; turn++) {
    await new Promise(done => setTimeout(done, 250));  // a person looks at the picture
    const to = String(Number(stage.dataset.painted) + 1);
    const started = performance.now();
    stage.dispatchEvent(new KeyboardEvent('keydown', { key: 'd', bubbles: true }));
    while (stage.dataset.painted !== to) await new Promise(requestAnimationFrame);
    times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b)[3];
}"""


class Widget:
    """The annotator on a page, and its notebook."""

    def __init__(self, page: Page, notebook: Notebook, nth: int = 0) -> None:
        self.page = page
        self.notebook = notebook
        self.root = page.locator(".dcw-annotator").nth(nth)
        self.stage = self.root.locator(".dcw-an-stage")

    def drag(self, *corners: tuple[float, float]) -> None:
        """Drag the mouse between points of the picture."""
        self.drag_screen(*(self.screen(*corner) for corner in corners))

    def drag_screen(self, *points: tuple[float, float]) -> None:
        """Drag the mouse between points of the screen."""
        self.page.mouse.move(*points[0])
        self.page.mouse.down()
        for point in points[1:]:
            self.page.mouse.move(*point, steps=4)
        self.page.mouse.up()

    def screen(self, x: float, y: float) -> tuple[float, float]:
        box = self.stage.bounding_box()
        assert box is not None
        scale = min(box["width"] / SIZE, box["height"] / SIZE, 4)
        left = box["x"] + (box["width"] - SIZE * scale) / 2
        top = box["y"] + (box["height"] - SIZE * scale) / 2
        return left + x * scale, top + y * scale

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def shows(self, row: int) -> None:
        expect(self.stage).to_have_attribute("data-painted", str(row))

    def sign(self) -> Locator:
        return self.root.locator(".dcw-an-saved > span").first

    def reads(self, expression: str, value: object) -> None:
        """Wait until the kernel reads a value; what it reads instead is in the message."""
        try:
            self.notebook.wait_for(f"({expression}) == {value!r}")
        except TimeoutError:
            assert self.notebook.value(expression) == value

    def reads_boxes(self, *boxes: list[object]) -> None:
        """Wait for boxes (label, x, y, w, h) on disk; a pixel of the screen may be missing."""
        self.reads(f"len({_BOXES})", len(boxes))
        for found, expected in zip(self.notebook.value(_BOXES), boxes, strict=True):
            assert found[0] == expected[0]
            assert found[1:] == pytest.approx(expected[1:], abs=1.5)


OpenWidget = Callable[..., Widget]


@pytest.fixture
def open_widget(
    open_notebook: OpenNotebook, page: Page, request: pytest.FixtureRequest
) -> OpenWidget:
    def open_(*cells: str) -> Widget:
        name = request.node.name
        set_up = SET_UP.replace("NAME", name)
        notebook = open_notebook(f"{name}.ipynb", set_up, *(cells or [SHOW]))
        assert notebook.cell_errors() == []
        widget = Widget(page, notebook)
        widget.shows(0)
        widget.root.scroll_into_view_if_needed()
        return widget

    return open_


def test_the_mouse_draws_moves_resizes_and_undoes(open_widget: OpenWidget) -> None:
    widget = open_widget()
    widget.drag((20, 30), (80, 70))
    widget.reads_boxes(["cat", 20, 30, 60, 40])
    expect(widget.sign()).to_contain_text("saved")

    widget.drag((50, 50), (70, 60))
    widget.reads_boxes(["cat", 40, 40, 60, 40])
    widget.drag((100, 80), (120, 400))
    widget.reads_boxes(["cat", 40, 40, 80, 140])

    widget.root.get_by_role("button", name="dog", exact=True).click()
    widget.reads_boxes(["dog", 40, 40, 80, 140])
    widget.drag((160, 20), (161, 21))  # a slip
    for boxes in (["cat", 40, 40, 80, 140], ["cat", 40, 40, 60, 40], ["cat", 20, 30, 60, 40]):
        widget.root.get_by_role("button", name="Undo").click()
        widget.reads_boxes(boxes)
    widget.root.get_by_role("button", name="Redo").click()
    widget.reads_boxes(["cat", 40, 40, 60, 40])


def test_the_wheel_zooms_at_the_mouse_and_dragging_pans(open_widget: OpenWidget) -> None:
    widget = open_widget()
    mouse, (x, y) = widget.page.mouse, widget.screen(120, 90)
    scale = float(widget.stage.get_attribute("data-zoom") or 0)
    mouse.move(x, y)
    mouse.wheel(0, -300)  # without the focus the notebook scrolls instead
    expect(widget.stage).to_have_attribute("data-zoom", f"{scale:.2f}")
    widget.root.scroll_into_view_if_needed()
    widget.stage.focus()
    x, y = widget.screen(120, 90)
    mouse.move(x, y)
    mouse.wheel(0, -400)
    expect(widget.stage).not_to_have_attribute("data-zoom", f"{scale:.2f}")
    zoom = float(widget.stage.get_attribute("data-zoom") or 0)
    assert zoom / scale == pytest.approx(math.e, rel=0.01)

    widget.press("w")
    widget.drag_screen((x, y), (x + 100, y + 50))
    size = (100 / zoom, 50 / zoom)
    widget.reads_boxes(["cat", 120, 90, *size])
    widget.page.keyboard.down("Alt")
    widget.drag_screen((x, y), (x - 80, y - 40))
    widget.page.keyboard.up("Alt")
    widget.press("Escape", "2", "w")
    widget.drag_screen((x - 80, y - 40), (x + 20, y + 10))
    widget.reads_boxes(["cat", 120, 90, *size], ["dog", 120, 90, *size])

    widget.root.get_by_role("slider", name="Brightness").fill("2")
    lit = "canvas => canvas.style.filter"
    assert widget.stage.locator("canvas").first.evaluate(lit) == "brightness(2)"
    widget.press("f")
    expect(widget.stage).to_have_attribute("data-zoom", f"{scale:.2f}")


def test_the_keyboard_alone_does_everything(open_widget: OpenWidget) -> None:
    widget = open_widget()
    cells = widget.page.locator(".jp-Cell").count()
    widget.root.get_by_role("button", name="Next picture").focus()
    for _ in range(30):
        widget.press("Tab")
        if widget.stage.evaluate("stage => stage === document.activeElement"):
            break
    widget.press("2")
    widget.reads("annotator.labels.to_dict()", {"bench-train.tfrecord-00000-of-00001__0": "dog"})

    widget.press("w", "Enter", "Shift+ArrowLeft", "ArrowUp", "Alt+Shift+ArrowRight")
    widget.reads("len(annotator.boxes)", 1)
    widget.notebook.wait_for("annotator.boxes.w[0] - annotator.boxes.h[0] > 9")
    widget.press("Space", "d")
    widget.shows(1)
    widget.press("Control+v", "b", "1", "u", "d")
    widget.shows(2)
    widget.reads("annotator.boxes.label.tolist()", ["dog", "cat"])
    widget.reads("store.table.status.tolist()", ["verified", "unsure"])
    widget.press("s")
    widget.shows(3)

    widget.press(*["Control+z"] * 3)
    widget.reads("store.table.status.tolist()", ["verified", "labeled"])
    widget.shows(1)
    widget.reads("annotator.boxes.label.tolist()", ["dog", "dog"])
    widget.press("Control+Shift+z", "a")
    widget.reads("annotator.boxes.label.tolist()", ["dog", "cat"])
    widget.shows(0)
    widget.press("b", "Delete")
    widget.reads("len(annotator.boxes)", 1)
    assert widget.page.locator(".jp-Cell").count() == cells  # no key reached JupyterLab


def test_labels_outlive_a_killed_kernel(open_widget: OpenWidget, watch: Watch, lab: Server) -> None:
    widget = open_widget()
    widget.stage.focus()
    widget.press("1")
    expect(widget.sign()).to_contain_text("saved")
    widget.press("d")
    widget.shows(1)
    assert watch.troubles == []
    os.kill(widget.notebook.value("os.getpid()"), signal.SIGKILL)
    widget.press("2")  # nobody is there to save it
    expect(widget.sign()).to_contain_text("not saved yet", timeout=60_000)
    expect(widget.sign()).to_contain_text("1 change is kept in this page")

    restart = "() => window.jupyterapp.shell.currentWidget.sessionContext.restartKernel()"
    widget.page.evaluate(restart)
    widget.notebook.run_all()
    widget.reads("annotator.labels.tolist()", ["cat", "dog"])
    expect(widget.sign()).to_contain_text("saved")
    watch.troubles.clear()  # JupyterLab's own, about the kernel it lost


def test_two_annotators_share_their_work_in_any_theme_and_width(
    open_widget: OpenWidget,
) -> None:
    widget = open_widget(SHOW, OTHER)
    other = Widget(widget.page, widget.notebook, 1)
    other.shows(0)
    widget.notebook.python("annotator.label('dog'); annotator.box(10, 20, 30, 40)")
    for one in (widget, other):
        expect(one.stage).to_have_attribute("aria-label", f"Picture 1 of {N}, dog, 1 box")
        tile = one.root.get_by_role("option", name="Picture 1, labeled, dog")
        expect(tile).to_have_count(1)

    other.stage.focus()
    other.press("Control+z")
    expect(widget.stage).to_have_attribute("aria-label", f"Picture 1 of {N}, dog, 0 boxes")

    # JupyterLab may throw when it takes a cell with the focus out of its window.
    widget.page.evaluate("() => document.activeElement.blur()")
    papers = set()
    for width in (1280, 480):
        widget.page.set_viewport_size({"width": width, "height": 900})
        if width == 480:
            widget.page.evaluate(
                "() => window.jupyterapp.commands.execute('application:toggle-left-area')"
            )
        for theme in THEMES:
            widget.notebook.theme(theme)
            papers.add(widget.root.evaluate("root => getComputedStyle(root).backgroundColor"))
            assert widget.root.evaluate(_OVERFLOW) == []
    assert len(papers) == 2


def test_a_thousand_pictures_queue_and_the_next_is_there_at_once(open_widget: OpenWidget) -> None:
    widget = open_widget()
    expect(widget.root.locator(".dcw-an-strip")).to_have_attribute("data-painted", r"17")
    assert widget.root.locator(".dcw-an-tile").count() < 40
    assert widget.page.evaluate(_NEXT_PICTURE_MS) < 100

    widget.root.get_by_role("listbox", name="Queue").press("End")
    widget.press("Enter")
    widget.shows(N - 1)
    widget.reads("ids.index(annotator.current)", N - 1)
    widget.notebook.python("annotator.current = ids[500]")
    widget.shows(500)


_OVERFLOW = """root => [...root.querySelectorAll('button, input, h4, label')]
  .filter(node => !node.closest('dialog, [hidden]'))
  .filter(node => node.getBoundingClientRect().right > root.getBoundingClientRect().right)
  .map(node => node.textContent || node.ariaLabel)"""
