"""A thousand operations on widgets: neither the kernel, nor the page, nor comms may grow.

``python -m tests.soak 1000`` drives a real JupyterLab and prints what it measured before and
after; `tests/unit/test_hardening.py` soaks the Python half alone, for seconds.
"""

from __future__ import annotations

import argparse
import gc
import tempfile
from pathlib import Path
from typing import Any

import psutil

from tests.fuzz_widgets import MAKERS, Page

_MIB = 2**20
_ASKED: dict[str, list[dict[str, Any]]] = {
    "annotator": [
        {"type": "open"},
        {"type": "save", "picture": "p1", "label": "cat"},
        {"type": "save", "picture": "p1", "label": "dog"},
        {"type": "nonsense"},
    ],
    "augmentation": [{"type": "pictures", "turn": 0}, {"type": "pins"}, {"type": "nonsense"}],
    "inspector": [{"type": "open"}, {"type": "thumbnails", "size": 64}, {"type": "csv"}],
    "evaluation": [
        {"type": "open"},
        {"type": "thumbnails", "size": 64},
        {"type": "near", "row": 1},
    ],
    "coreset": [{"type": "open"}, {"type": "choose", "method": "k_center", "size": 4}],
    "story": [{"type": "nothing"}],
}
_ROWS = memoryview(b"\1\0\0\0\2\0\0\0")


def operate(rounds: int) -> None:
    """Make each widget, ask it everything it is asked above, and close it, round by round."""
    for _ in range(rounds):
        for name, make in MAKERS.items():
            page = Page(make())
            for asked in _ASKED[name]:
                page.tell({"id": "v", **asked}, [_ROWS])
            if name == "story":
                page.widget.set_state({"_selected": 0})
                page.widget.set_state({"_selected": -1})
            page.widget.close()


def operations(rounds: int) -> int:
    """Count what `operate` does: requests, choices, makings and closings."""
    return rounds * (sum(map(len, _ASKED.values())) + 2 + 2 * len(MAKERS))


def measured() -> tuple[float, int]:
    """Return resident memory in MiB and the number of living widget models."""
    from ipywidgets.widgets import widget

    gc.collect()
    return psutil.Process().memory_info().rss / _MIB, len(widget._instances)


def kernel_soak(wanted: int) -> None:
    """Soak the Python half of every widget and print memory and models."""
    operate(max(2, wanted // 10 // operations(1)))  # caches fill
    before = measured()
    rounds = -(-wanted // operations(1))
    operate(rounds)
    after = measured()
    print(
        f"kernel, {operations(rounds):,} operations: {before[0]:.1f} -> {after[0]:.1f} MiB, "
        f"{before[1]} -> {after[1]} models",
        flush=True,
    )


def page_soak(wanted: int) -> None:
    """Use all widgets in a real page, and print heap, nodes, memory, models and comms."""
    from tests.browser import driver

    cell = "import sys; sys.path.insert(0, {!r})\nfrom pathlib import Path\nimport psutil, gc\n"
    cell = cell.format(str(Path(__file__).resolve().parents[1]))
    cell += "from tests import hostile_names\nfrom IPython.display import display"
    with tempfile.TemporaryDirectory() as home, driver.browse() as browser:
        folder = Path(home) / "lab"
        folder.mkdir()
        with driver.serve(folder) as lab:
            page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
            page.set_default_timeout(300_000)
            lab.write("soak.ipynb", cell, _SHOW)
            notebook = driver.open_notebook(page, lab, "soak.ipynb")
            notebook.run_all(seconds=300)
            for painted in (".dcw-inspector .dcw-grid", ".dcw-explorer canvas"):
                page.wait_for_selector(f"{painted}[data-painted]", state="attached")
            _use(page, notebook, 20)
            before = _page_state(page, notebook)
            _use(page, notebook, -(-wanted // 12))
            after = _page_state(page, notebook)
    print(f"page, {wanted:,} operations: {before} -> {after}", flush=True)


_SHOW = """
shown = hostile_names.widgets(Path('soak'))
names = ('annotator', 'augmentation', 'inspector', 'evaluation', 'coreset', 'story')
annotator, explorer, inspector, evaluation, coreset, story = map(shown.get, names)
display(annotator, explorer, inspector, evaluation, coreset, story)
"""
_TURN = """
turn = globals().get('turn', 0) + 1
ids = inspector.images.table.index
inspector.selection = evaluation.selection = ids[turn % 20 : turn % 20 + 3]
evaluation.threshold = (turn % 9 + 1) / 10
coreset.method = ('k_center', 'stratified')[turn % 2]
annotator.label(annotator.classes[turn % 2]).next()
annotator.current = ids[turn % 20]
explorer.seed = turn
"""
_KEYS = ("ArrowRight", "ArrowLeft", "Home", "End")


def _use(page: Any, notebook: Any, rounds: int) -> None:
    """Do twelve operations a round: seven from Python, a tab of the inspector, four keys."""
    tabs = page.locator(".dcw-inspector").get_by_role("tab")
    several = tabs.count()
    for number in range(rounds):
        notebook.python(_TURN)
        tabs.nth(number % several).click()
        for key in _KEYS:
            page.keyboard.press(key)


def _page_state(page: Any, notebook: Any) -> str:
    protocol = page.context.new_cdp_session(page)
    for _ in range(3):
        protocol.send("HeapProfiler.collectGarbage")
    heap = protocol.send("Runtime.getHeapUsage")["usedSize"] / _MIB
    nodes = protocol.send("Memory.getDOMCounters")
    told = notebook.python(
        "gc.collect(); import ipywidgets\n"
        "print(f'{psutil.Process().memory_info().rss / 2**20:.0f} MiB kernel, '\n"
        "      f'{len(ipywidgets.widgets.widget._instances)} models, '\n"
        "      f'{len(get_ipython().kernel.comm_manager.comms)} comms')"
    )
    return f"{heap:.1f} MiB heap, {nodes['nodes']:,} nodes, {told.strip()}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("operations", nargs="?", type=int, default=1000)
    wanted = parser.parse_args()
    kernel_soak(wanted.operations)
    page_soak(wanted.operations)
