"""The augmentation explorer against `interact` with matplotlib: in the kernel, and to the pixel.

Both show 16 draws of 128 px of flip, rotation, zoom and brightness. The peer is what people write
in a notebook: a function that makes the layers, draws and shows a figure, under `interact`.
"""

from __future__ import annotations

import copy
import io
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page

from tests.bench._pictures import picture_set
from tests.bench._rows import Row
from tests.browser import driver

ROOT = Path(__file__).resolve().parents[2]
PEER = f"interact + matplotlib {metadata.version('matplotlib')}"
CHAIN = "flip + rotate + zoom + brightness"
SETUP = (
    f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
    "import dcwidgets as dcw\n"
    "from tests.bench.explorer import chain, peer_figure, sixteen\n"
    "from tests.bench._pictures import picture_set\n"
    "images = picture_set(64)"
)
OURS = "explorer = dcw.AugmentationExplorer(images, dcw.policy(chain(), fuse={fuse}))\nexplorer"
THEIRS = (
    "%matplotlib inline\n"
    "import ipywidgets, matplotlib.pyplot as plt\n"
    "pictures = sixteen(images)\n"
    "def show(turn):\n"
    "    peer_figure(pictures, turn, plt.figure(figsize=(10, 10)))\n"
    "    plt.show()\n"
    "ipywidgets.interact(show, turn=ipywidgets.FloatSlider(0.1, min=0, max=0.5, step=0.005));"
)
# From an input event to the frame after the one that paints its answer, in milliseconds.
_OUR_STEPS = """async steps => {
  const slider = document.querySelector('.dcw-explorer [aria-label="Rotation, Turn, to"]');
  const canvas = document.querySelector('.dcw-explorer canvas');
  const frame = () => new Promise(requestAnimationFrame);
  const times = [];
  for (let k = 0; k < steps; k++) {
    const before = canvas.dataset.painted;
    slider.value = String(0.1 + 0.005 * (k + 1));
    const start = performance.now();
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    while (canvas.dataset.painted === before) await frame();
    await frame();
    times.push(performance.now() - start);
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  return times;
}"""
_THEIR_STEPS = """async steps => {
  const handle = document.querySelector('.jp-OutputArea .noUi-handle');
  const picture = () => [...document.querySelectorAll('.jp-OutputArea img')].at(-1);
  const frame = () => new Promise(requestAnimationFrame);
  const times = [];
  handle.focus();
  for (let k = 0; k < steps; k++) {
    const before = picture().src;
    const start = performance.now();
    handle.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
    while (!picture() || picture().src === before || !picture().complete) await frame();
    await picture().decode();
    await frame();
    times.push(performance.now() - start);
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  return times;
}"""


def chain(turn: float = 0.1) -> list[Any]:
    """Make the four layers, as anybody would."""
    import keras

    return [
        keras.layers.RandomFlip("horizontal"),
        keras.layers.RandomRotation(turn),
        keras.layers.RandomZoom((-0.2, 0.2)),
        keras.layers.RandomBrightness(0.2, value_range=(0, 1)),
    ]


def sixteen(images: Any) -> np.ndarray:
    """Four pictures four times each: float32 in [0, 1], shape (16, 128, 128, 3)."""
    tiles = images.thumbnails(images.table.index[:4], size=128)
    return np.repeat(tiles.astype(np.float32) / 255, 4, axis=0)


def peer_figure(pictures: np.ndarray, turn: float, figure: Any) -> None:
    """Draw what the peer shows for one position of its slider."""
    drawn = pictures
    for layer in chain(turn):
        drawn = layer(drawn, training=True)
    for axis, tile in zip(figure.subplots(4, 4).ravel(), np.asarray(drawn), strict=True):
        axis.imshow(tile.clip(0, 1))
        axis.axis("off")


def rows() -> Iterator[Row]:
    """Measure drawing and encoding in the kernel, then slider to pixel in the browser."""
    yield from _in_the_kernel()
    with driver.browse() as browser, tempfile.TemporaryDirectory() as temporary:
        for nodelay in (True, False):
            folder = Path(temporary) / f"lab-{nodelay}"
            folder.mkdir()
            with driver.serve(folder, nodelay=nodelay) as server:
                page = browser.new_page(viewport={"width": 1280, "height": 900})
                yield from _to_the_pixel(page, server, nodelay=nodelay)
                page.close()


def _in_the_kernel() -> Iterator[Row]:
    import dcwidgets as dcw

    images = picture_set(64)
    pictures = sixteen(images)
    fused = _slider(dcw.AugmentationExplorer(images, dcw.policy(chain(), fuse=True)))
    ours, theirs = _paired(fused, lambda: _peer_png(pictures), repeats=15)
    yield Row(
        f"explorer: 16 tiles of 128 px, {CHAIN}, one warp: draw and encode",
        *(ours, "ms"),
        peer=PEER,
        theirs=theirs,
        at_least=20,
        note="peer: layers made anew, 4 x 4 axes, one PNG",
    )
    for name in ("light", "heavy"):
        yield _row_of_a_chain(dcw.AugmentationExplorer(images, name), name, pictures)


def _row_of_a_chain(explorer: Any, name: str, pictures: np.ndarray) -> Row:
    policy = explorer.policy
    ours, theirs = _paired(
        _slider(explorer), lambda: np.asarray(policy(pictures, training=True)), repeats=25
    )
    return Row(
        f"explorer: preset {name!r} as Keras's own layers: draw and encode",
        *(ours, "ms"),
        peer="calling its layers",
        theirs=theirs,
        at_least=1 / 1.3,
        note="a slider moves each time: one layer is made anew",
    )


def _slider(explorer: Any) -> Callable[[], object]:
    """Return what the kernel does for one step of the rotation's slider."""
    from dcwidgets.widgets._messages import Ask

    steps = iter(range(1, 1_000_000))

    def step() -> object:
        chips = copy.deepcopy(explorer._chips)
        chips[1]["config"]["factor"] = [-0.1, 0.1 + 1e-6 * next(steps)]
        fields = {"chips": chips, "fuse": explorer._fuse, "seed": 0, "n": 1}
        return explorer._answer_draw(Ask(fields))

    return step


def _peer_png(pictures: np.ndarray) -> bytes:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 10), dpi=72)  # tiles of about 128 px, at inline's resolution
    peer_figure(pictures, 0.1, figure)
    file = io.BytesIO()
    figure.savefig(file, format="png", bbox_inches="tight")  # as inline does
    return file.getvalue()


def _paired(
    ours: Callable[[], object], theirs: Callable[[], object], *, repeats: int
) -> tuple[float, float]:
    """Median milliseconds of two works taken in turn, so that both meet the same noise."""
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(repeats + 2):
        for work, taken in zip((ours, theirs), times, strict=True):
            start = time.perf_counter()
            work()
            if number >= 2:  # the first two warm up
                taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(times[0]), statistics.median(times[1])


def _to_the_pixel(page: Page, server: driver.Server, *, nodelay: bool) -> Iterator[Row]:
    peer = _measure(page, server, THEIRS, ".jp-OutputArea img", _THEIR_STEPS, steps=30)
    for fuse in (True, False):
        code = OURS.format(fuse=fuse)
        ours = _measure(page, server, code, "canvas[data-painted]", _OUR_STEPS, steps=60)
        how = "one warp" if fuse else "Keras's layers"
        line = "as `dcwidgets lab` starts" if nodelay else "stock jupyter lab"
        for name, share, limit in (("p50", 50, 50), ("p95", 95, 100)):
            yield Row(
                f"explorer: slider to pixel, {how}, {line}, {name}",
                float(np.percentile(ours, share)),
                "ms",
                peer=PEER,
                theirs=float(np.percentile(peer, share)),
                at_most=limit if fuse and nodelay else None,
                note=f"{len(ours)} steps of a slider, peer {len(peer)}",
            )


def _measure(
    page: Page, server: driver.Server, cell: str, ready: str, script: str, *, steps: int
) -> list[float]:
    name = server.write(f"bench-{abs(hash(cell))}.ipynb", SETUP, cell)
    driver.open_notebook(page, server, name).run_all(seconds=300)
    page.wait_for_selector(ready, timeout=120_000)
    page.locator(ready).first.scroll_into_view_if_needed()
    page.evaluate(script, 5)  # warm up
    times = page.evaluate(script, steps)
    server.end_sessions()
    return [float(value) for value in times]
