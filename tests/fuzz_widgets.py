"""Messages from a page that is not ours: every widget answers each, and keeps its promises."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import traitlets
from hypothesis import strategies as st

import dcwidgets as dcw
from dcwidgets.widgets._messages import AskedWidget
from tests.curation_sets import image_set, photo
from tests.fuzz_values import JSON, NAMES, encoded

Draw = Any
N = 12
# What the pages really ask with, so that the deep checks are reached.
_SOUND: dict[str, st.SearchStrategy[Any]] = {
    "op": st.sampled_from(["drop", "move", "relabel", "undo"]),
    "label": st.sampled_from(["cat", "dog", ""]),
    "value": st.sampled_from(["cat", "train", "new split", "../x"]),
    "reason": st.text(max_size=5),
    "form": st.sampled_from(["rows", "bits"]),
    "decision": st.sampled_from(["accepted", "rejected", "unsure", "open"]),
    "method": st.sampled_from(["random", "k_center", "facility_location", "magic"]),
    "size": st.integers(-1, 400),
    "row": st.integers(-1, N),
    "finding": st.integers(-1, 3),
    "picture": st.sampled_from(["p1", "p2", *NAMES]),
    "filters": st.dictionaries(st.sampled_from(["split", "label", "light", "no"]), JSON),
    "chips": JSON,
    "seed": st.integers(-1, 3),
    "n": st.integers(-1, 3),
    "turn": st.integers(-1, 3),
    "tile": st.integers(-1, 3),
    "number": st.integers(-1, 3),
    "fuse": st.booleans(),
    "text": st.sampled_from(["", "[]", '{"format": 1, "layers": []}']) | st.text(),
    "status": st.sampled_from(["labeled", "verified", "gone"]),
    "name": st.text(max_size=5) | st.sampled_from(NAMES),
    "put": JSON,
    "remove": JSON,
    "tags": JSON,
    "note": st.text(max_size=5),
    "spent": st.floats(),
}
# Answered by Keras, which makes layers of what it is sent: a target of their own, `layers`.
_LAYERS = ["draw", "details", "extremes", "texts", "read", "pin", "safety"]
_NUMBERS = st.floats(-2, 2) | st.lists(st.floats(-2, 2), min_size=2, max_size=2)
_CONFIGS = st.dictionaries(
    st.sampled_from(["factor", "scale", "mode", "probability", "value_range", "seed", "no"]),
    _NUMBERS | st.sampled_from(["horizontal", "../x", None]) | JSON,
    max_size=2,
)


class Page:
    """The other end of a widget: sends what it likes, and keeps what comes back."""

    def __init__(self, widget: Any) -> None:
        self.widget = widget
        self.said: list[dict[str, Any]] = []
        widget.send = self._hear

    def _hear(self, content: dict[str, Any], buffers: Sequence[bytes] | None = None) -> None:
        json.dumps(content, allow_nan=True)
        assert all(isinstance(buffer, bytes) for buffer in buffers or [])
        self.said.append(content)

    def tell(self, content: object, buffers: Sequence[Any]) -> None:
        """Send a custom message, as ipywidgets hands it on."""
        self.said.clear()
        self.widget._handle_custom_msg(content, buffers)
        if isinstance(self.widget, AskedWidget):
            answers = [said for said in self.said if "id" in said]
            assert len(answers) == 1, f"{content!r} has {len(answers)} answers"
            _is_clear(answers[0])


def _is_clear(answer: dict[str, Any]) -> None:
    error = answer.get("error", "a sentence.")
    assert isinstance(error, str)
    assert " " in error, f"no sentence: {error!r}"
    assert "Traceback" not in error


def messages(draw: Draw, name: str) -> None:
    """Custom messages and trait updates, several on end, to one widget."""
    page = _page(name)
    for _ in range(draw(st.integers(1, 3))):
        page.tell(*_message(draw, page.widget))
    state = draw(st.dictionaries(st.sampled_from(sorted(page.widget.keys)), JSON, max_size=2))
    before = {trait: getattr(page.widget, trait) for trait in state}
    with suppress(traitlets.TraitError, ValueError):  # ipywidgets logs it; the state stays
        page.widget.set_state(state)
    for trait, old in before.items():
        value = getattr(page.widget, trait)
        if value != old:
            setattr(page.widget, trait, value)  # it is one that the widget takes
    json.dumps(page.widget._trait_values.get("_selected"))


def _message(draw: Draw, widget: Any) -> tuple[object, list[Any]]:
    rows = draw(st.lists(st.integers(0, N + 1), max_size=4))
    sent = struct.pack(f"<{len(rows)}I", *rows)
    buffers = draw(st.sampled_from([[sent], [sent], [b"\xff\x0f"], [], [b"abc"], [sent, sent]]))
    if draw(st.integers(0, 9)) == 0:
        return draw(JSON), buffers
    types = sorted(set(getattr(widget, "_answers", dict)()).difference(_LAYERS)) or ["open"]
    fields = {name: draw(how | JSON) for name, how in draw(_fields())}
    return {
        **fields,
        "id": draw(st.just("v-1") | JSON),
        "type": draw(st.sampled_from(types)),
    }, buffers


def layers(draw: Draw) -> None:
    """Ask the explorer for pictures, code and pins of policies that no page would send."""
    page = _page("augmentation", "layers")  # of its own: other messages may empty its policy
    chips = [dict(chip) for chip in page.widget._chips]
    # One thing wrong at a time: of two, the second is never come to.
    chip, how = draw(st.sampled_from(chips)), draw(st.integers(0, 5))
    if how < 3:
        chip["config"] = {**chip["config"], "factor": draw(_NUMBERS)}
    elif how == 3:
        chip["config"] = {**chip["config"], **draw(_CONFIGS)}
    elif how == 4:
        chip[draw(st.sampled_from(sorted(chip)))] = draw(JSON)
    fields = {name: draw(_SOUND[name]) for name in ("n", "seed", "fuse", "turn", "tile", "text")}
    sent = draw(JSON) if draw(st.integers(0, 9)) == 9 else draw(st.permutations(chips))
    page.tell({**fields, "id": "v", "type": draw(st.sampled_from(_LAYERS)), "chips": sent}, [])


def _fields() -> st.SearchStrategy[Any]:
    return st.lists(st.sampled_from(sorted(_SOUND.items(), key=lambda item: item[0])), max_size=7)


@cache
def _page(name: str, _whose: str = "") -> Page:
    return Page(MAKERS[name]())


def _annotator() -> dcw.Annotator:
    import tempfile

    store = dcw.AnnotationStore(Path(tempfile.mkdtemp()) / "labels.jsonl", classes=["cat", "dog"])
    return dcw.Annotator(_images(), store, tags=["t"], proposals={"p1": "cat"})


def _inspector() -> dcw.SplitInspector:
    rows = [("p3", "dark", 0.5, None, "dark"), ("p0", "leak", 0.1, "p5", "copy")]
    found = pd.DataFrame(rows, columns=["id", "issue", "score", "other", "evidence"])
    return dcw.SplitInspector(_images(), found)


def _evaluation() -> dcw.EvaluationExplorer:
    return dcw.EvaluationExplorer(dcw.evaluate(np.linspace(0, 1, N), _images()), train=_images())


def _coreset() -> dcw.CoresetExplorer:
    features = np.random.default_rng(0).normal(size=(N, 4)).astype(np.float32)
    return dcw.CoresetExplorer(_images(), features)


def _story() -> dcw.LedgerStory:
    import tempfile

    from tests.fuzz_files import ROW

    path = Path(tempfile.mkdtemp()) / "ledger.jsonl"
    path.write_bytes(encoded(ROW) + b"\n")
    return dcw.LedgerStory(dcw.Ledger(path), _images())


def _images() -> dcw.ImageSet:
    light = {"light": list(np.linspace(0, 1, N))}
    return image_set([photo(seed, 48, 40) for seed in range(N)], metadata=light)


MAKERS: dict[str, Callable[[], Any]] = {
    "annotator": _annotator,
    "augmentation": lambda: dcw.AugmentationExplorer(_images(), pictures=2, draws=2, size=32),
    "inspector": _inspector,
    "evaluation": _evaluation,
    "coreset": _coreset,
    "story": _story,
}


def _target(name: str) -> Callable[[Draw, Path], None]:
    return lambda draw, _folder: messages(draw, name)


TARGETS = {**{name: _target(name) for name in MAKERS}, "layers": lambda draw, _: layers(draw)}
