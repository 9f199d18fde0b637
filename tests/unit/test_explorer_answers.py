"""What the explorer tells at rest: numbers, boxes, ends of ranges, texts, pins, label safety."""

from __future__ import annotations

import ast
import copy
import io
import json
import sys
import threading
import warnings
from types import ModuleType
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from PIL import Image

import dcwidgets as dcw
from dcwidgets.imageset import ImageSet
from dcwidgets.widgets import _safety
from dcwidgets.widgets._beside import Beside
from dcwidgets.widgets._shown import box_columns, tile_boxes
from tests.unit.test_augmentation_explorer import Pictures, Talk

Explorer = dcw.AugmentationExplorer


def image_set(n: int = 10, *, boxes: bool = True) -> ImageSet:
    """Pictures of 80 x 64 pixels, every fourth without a box."""
    table = pd.DataFrame(
        {
            "filename": [f"{k}.png" for k in range(n)],
            "label": (["cat", "dog", None] * n)[:n],
            "split": "train",
            "width": 80,
            "height": 64,
        },
        index=pd.Index([str(k) for k in range(n)], name="id"),
    )
    if boxes:
        found = np.array([[30, 20, 16, 24]] * n) * (np.arange(n)[:, None] % 4 > 0)
        table[["head_x", "head_y", "head_w", "head_h"]] = found
    return ImageSet(table, ["cat", "dog"], Pictures(), name="toy")


@pytest.fixture(scope="module")
def images() -> ImageSet:
    return image_set()


def shown(explorer: Any) -> dict[str, Any]:
    """What a request says of the policy shown."""
    chips = copy.deepcopy(explorer._chips)
    return {"chips": chips, "fuse": explorer._fuse, "seed": explorer.seed}


def tiles(sheet: bytes, size: int) -> npt.NDArray[np.int64]:
    picture = np.asarray(Image.open(io.BytesIO(sheet)).convert("RGB")).astype(int)
    rows, columns = picture.shape[0] // size, picture.shape[1] // size
    return picture.reshape(rows, size, columns, size, 3).swapaxes(1, 2).reshape(-1, size, size, 3)


def test_numbers_and_boxes_of_every_tile_are_told_at_once(images: ImageSet) -> None:
    explorer = Explorer(images, [keras.layers.RandomFlip("horizontal")])

    reply, buffers = Talk(explorer).ask("details", turn=0, **shown(explorer))

    assert buffers == []
    assert set(reply["words"]) == {"flip sideways", "no flip"}
    for tile, words in enumerate(reply["words"]):
        before, after = reply["before"][tile // 4], reply["after"][tile]
        number = int(explorer.ids[tile // 4])
        if number % 4 == 0:
            assert (before, after) == (None, None)
        elif words == "no flip":
            assert after == before
        else:
            x, y, w, h = before
            assert after == pytest.approx([128 - x - w, y, w, h], abs=0.02)
    assert explorer.drawn["words"].tolist() == reply["words"]


def test_a_layer_that_boxes_cannot_follow_is_named(images: ImageSet) -> None:
    layers = [keras.layers.RandomFlip(), keras.layers.RandomPerspective()]
    explorer = Explorer(images, layers)

    reply, _ = Talk(explorer).ask("details", turn=0, **shown(explorer))

    assert reply["problem"].startswith("Step 2, RandomPerspective: how it moves a box is not")
    assert reply["after"] == [None] * 16
    assert any(reply["before"])


def test_without_boxes_none_are_told() -> None:
    explorer = Explorer(image_set(boxes=False))

    reply, _ = Talk(explorer).ask("details", turn=0, **shown(explorer))

    assert explorer._about["boxes"] is False
    assert "before" not in reply
    assert len(reply["words"]) == 16


def test_boxes_are_cropped_as_the_pictures_are() -> None:
    table = image_set().table
    sides = box_columns(table)
    assert sides == ["head_x", "head_y", "head_w", "head_h"]
    assert box_columns(table.drop(columns="head_h")) is None
    row = table.iloc[[1]].assign(head_x=0, head_w=28, head_y=8, head_h=60)

    # 8 of the 80 pixels are cut off on each side, and 64 become 128.
    assert tile_boxes(row, sides, 128).tolist() == [[0, 16, 40, 112]]
    assert np.isnan(tile_boxes(row.assign(head_w=8), sides, 128)).all()  # all of it cut off


def test_the_ends_of_ranges_come_in_one_sheet(images: ImageSet) -> None:
    explorer = Explorer(images, "light")
    chips = shown(explorer)["chips"]
    chips[1]["config"]["factor"] = [0.0, 0.5]

    reply, [sheet] = Talk(explorer).ask("extremes", turn=0, chips=chips)

    assert reply["places"] == [
        *[(1, "mode", 0), (2, "factor", 0), (2, "factor", 1)],
        *[(3, "height_factor", 0), (3, "height_factor", 1), (4, "factor", 0), (4, "factor", 1)],
    ]
    found = tiles(sheet, reply["size"])
    original = np.asarray(Image.fromarray(explorer.originals[0]).resize((64, 64))).astype(int)
    assert np.abs(found[1] - original).mean() < 4
    assert np.abs(found[0] - original[:, ::-1]).mean() < 4
    assert np.abs(found[2] - original[::-1, ::-1]).mean() < 4
    assert (found[5] <= found[6] + 8).mean() > 0.99  # darker, then lighter


def test_a_policy_without_ranges_has_no_sheet(images: ImageSet) -> None:
    reply, buffers = Talk(Explorer(images, "none")).ask("extremes", turn=0, chips=[])

    assert (reply["places"], buffers) == ([], [])


def test_code_for_tf_data_runs_and_json_makes_the_same_policy(images: ImageSet) -> None:
    import tensorflow as tf

    explorer = Explorer(images, "medium", seed=4, fuse=True)
    reply, _ = Talk(explorer).ask("texts", **shown(explorer))

    floats = np.repeat(explorer.originals / np.float32(255), 4, axis=0)
    data = tf.data.Dataset.from_tensors((floats, np.arange(16)))
    found: dict[str, Any] = {"data": data}
    exec(reply["map"], found)  # noqa: S102 - it is our own
    pictures, labels = next(iter(found["data"]))
    assert pictures.shape == (16, 128, 128, 3)
    assert labels.numpy().tolist() == list(range(16))
    assert reply["code"] == explorer.code
    assert reply["problem"] == ""
    again = dcw.policy_from_json(reply["json"])
    assert type(again.layers[0]).__name__ == "OneWarp"
    drawn = np.asarray(again(floats, training=True)).clip(0, 1)
    assert np.abs(drawn * 255 - explorer.draw().reshape(drawn.shape)).max() <= 1


def test_json_that_was_pasted_is_checked_and_handed_to_the_page(images: ImageSet) -> None:
    explorer = Explorer(images, "none")
    before = explorer.code
    talk = Talk(explorer)

    reply, _ = talk.ask("read", text=dcw.policy_to_json(dcw.policy("heavy", fuse=True)), seed=2)

    assert reply["fuse"] is True
    assert [chip["layer"] for chip in reply["chips"]][:2] == ["RandomFlip", "RandomRotation"]
    assert explorer.code == before  # the page decides
    drawn, _ = talk.draw(chips=reply["chips"], fuse=True)
    assert "error" not in drawn


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "The text is not JSON: "),
        ("[1]", 'A policy is a JSON object with "format": 1, as policy_to_json writes it.'),
        ("x" * 200_000, "'text' is 'xxx"),
        (
            [{"layer": "RandomRotation", "config": {"factor": 7}}],
            "Layer 1, RandomRotation: factor must lie between -0.5 and 0.5, got ",
        ),
        ([{"layer": "os.system", "config": {}}], "Layer 1 names the layer 'os.system'."),
        (
            [{"layer": "RandomBrightness", "config": {"factor": 0.1, "value_range": [0, 255]}}],
            "Step 1, RandomBrightness: value_range is (0, 255), but pictures here go from 0 to 1.",
        ),
        (
            [
                {"layer": "RandomFlip", "config": {}},
                {"layer": "RandomCrop", "config": {"height": 32, "width": 32}},
            ],
            "Step 2, RandomCrop: turns pictures of 128 x 128 pixels into pictures of 32 x 32 ",
        ),
    ],
    ids=["empty", "no object", "too long", "out of range", "unknown", "to 255", "another size"],
)
def test_json_that_is_wrong_is_answered_with_one_error(
    text: Any, message: str, images: ImageSet
) -> None:
    if isinstance(text, list):
        text = json.dumps({"format": 1, "layers": text})

    reply, _ = Talk(Explorer(images, "none")).ask("read", text=text, seed=0)

    assert reply["error"].startswith(message)


def test_a_policy_of_ones_own_has_code_but_no_json(images: ImageSet) -> None:
    class Blink(keras.layers.Layer):
        def call(self, pictures: Any) -> Any:
            return pictures

    explorer = Explorer(images, [Blink()])

    reply, _ = Talk(explorer).ask("texts", **shown(explorer))

    assert reply["json"] == ""
    assert reply["problem"].startswith("Blink is not one of Keras's image layers")
    assert "import Blink" in reply["map"]


def test_layers_that_take_no_seed_are_drawn(images: ImageSet) -> None:
    equal = keras.layers.Equalization(value_range=(0, 1))
    layers = [keras.layers.AutoContrast(value_range=(0, 1)), equal]

    assert Explorer(images, layers).draw().shape == (4, 4, 128, 128, 3)


def test_a_pin_keeps_a_draw_whatever_comes_after(images: ImageSet) -> None:
    explorer = Explorer(images, "medium", seed=5)
    tile, words = explorer.draw()[1, 2], explorer.drawn.query("draw == 2")
    id_ = explorer.ids[1]
    talk = Talk(explorer)

    reply, _ = talk.ask("pin", turn=0, tile=6, **shown(explorer))
    explorer.seed = 9
    explorer.policy = "none"
    explorer.other_pictures()

    [pin] = explorer.pins
    assert (pin.number, pin.id, pin.seed, pin.draw) == (reply["number"], id_, 5, 2)
    assert np.array_equal(pin.picture, tile)
    assert pin.words == " · ".join(words[words["id"] == id_]["words"])
    assert [type(layer).__name__ for layer in pin.policy.layers][:2] == [
        "RandomFlip",
        "RandomRotation",
    ]


def test_pins_reach_every_view_and_go_again(images: ImageSet) -> None:
    explorer = Explorer(images, "light")
    talk = Talk(explorer)
    first = explorer.pin(0, 1)
    talk.ask("pin", turn=0, tile=1, **shown(explorer))  # the same draw: no further pin
    talk.ask("pin", turn=0, tile=9, **shown(explorer))

    event, [sheet] = talk.sent[-2]
    assert (event["event"], event["columns"]) == ("pins", 2)
    assert [row["tile"] for row in event["pins"]] == [1, 9]
    assert np.abs(tiles(sheet, 128)[0] - first.picture).mean() < 3
    assert talk.ask("pins")[0]["pins"] == event["pins"]

    talk.ask("unpin", number=first.number)
    assert [pin.draw for pin in explorer.pins] == [1]
    explorer.unpin(explorer.pins[0])
    assert explorer.pins == []
    assert talk.sent[-1] == ({"event": "pins", "pins": [], "columns": 1}, [])
    assert talk.ask("unpin", number=first.number)[0]["error"] == (
        "There is no pin 1. Pins are: none."
    )


def test_there_is_no_room_for_a_further_pin_and_no_tile_elsewhere() -> None:
    explorer = Explorer(image_set(), "light", pictures=3, draws=12, size=32)
    for tile in range(24):
        explorer.pin(tile // 12, tile % 12)

    reply, _ = Talk(explorer).ask("pin", turn=0, tile=30, **shown(explorer))

    assert reply["error"] == "There are 24 pins already. Remove one first."
    with pytest.raises(ValueError, match=r"^There are 3 pictures with 12 draws each, counted"):
        explorer.pin(3, 0)


@pytest.fixture
def safety(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A `label_safety` that notes what it is asked."""
    module = ModuleType("dcwidgets.augmentation.safety")
    module.asked = []  # type: ignore[attr-defined]

    def label_safety(policy: Any, model: Any, images: ImageSet) -> pd.DataFrame:
        module.asked.append((policy, model, images))
        row = {"label": "cat", "n": 98, "before": 0.96, "after": 0.91, "kept": 0.94}
        return pd.DataFrame([{**row, "low": 0.87, "high": 0.973}])

    module.label_safety = label_safety  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return module


def told(explorer: Explorer, **fields: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Ask for label safety: the answer, and the event that follows from another thread."""
    talk, came = Talk(explorer), threading.Event()
    hear = explorer.send

    def send(content: dict[str, Any], buffers: Any = None) -> None:
        hear(content, buffers)
        if content.get("event") == "safety":
            came.set()

    explorer.send = send  # type: ignore[method-assign]
    reply, _ = talk.ask("safety", n=3, **{**shown(explorer), **fields})
    if "error" not in reply:
        assert came.wait(30)
    events = [content for content, _ in talk.sent if content.get("event") == "safety"]
    return reply, events[-1] if events else {}


def test_label_safety_is_told_class_by_class(safety: Any) -> None:
    model = dcw.build_model()
    explorer = Explorer(image_set(), "light", model)

    _, event = told(explorer)

    assert event["n"] == 3
    assert event["rows"] == [
        {
            "label": "cat",
            "words": (
                "named rightly 96 % → 91 %; 94 % of the known keep their label (87 to 97 %), n=98"
            ),
        }
    ]
    [(policy, asked, images)] = safety.asked
    assert [layer.seed for layer in policy.layers] == [1, 2, 3, 4]
    assert asked is model
    assert images.table["label"].notna().all()
    assert len(images) == 7


def note_parsing(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect the beginnings of all code that is parsed from now on."""
    parsed: list[str] = []
    parse = ast.parse

    def note(source: Any, *arguments: Any, **more: Any) -> Any:
        parsed.append(str(source)[:60])
        return parse(source, *arguments, **more)

    monkeypatch.setattr(ast, "parse", note)
    return parsed


def test_label_safety_is_that_of_the_function_and_parses_no_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two threads that parse at a time break each other's parsing in Python 3.11."""
    images, model = image_set(), dcw.build_model()
    policy = dcw.policy("heavy", seed=1)
    parsed = note_parsing(monkeypatch)
    rows = _safety.safety_rows(policy, model, images.take(["0", "1", "3", "4"]))

    assert parsed == []
    expected = dcw.label_safety(policy, model, images.take(["0", "1", "3", "4"]))
    assert [row["label"] for row in rows] == expected["label"].tolist()
    for row, (_, told_) in zip(rows, expected.iterrows(), strict=True):
        assert row["words"].startswith(
            f"named rightly {100 * told_['before']:.0f} % → {100 * told_['after']:.0f} %; "
        )


def test_label_safety_leaves_out_what_does_not_decode_without_a_warning() -> None:
    class Torn(Pictures):
        def read(self, id_: str) -> bytes:
            return b"torn" if id_ == "3" else super().read(id_)

    sound = image_set()
    images = ImageSet(sound.table, sound.classes, Torn(), name="toy").take(["0", "1", "3", "4"])

    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        rows = _safety.safety_rows(dcw.policy("light"), dcw.build_model(), images)

    assert [row["words"].rsplit(", ")[-1] for row in rows] == ["n=1", "n=2"]


def test_label_safety_without_model_or_labels_says_so(safety: Any) -> None:
    assert told(Explorer(image_set()))[0]["error"].startswith("There is no model.")
    unlabelled = image_set().take(["2", "5", "8"])
    _, event = told(Explorer(unlabelled, "light", dcw.build_model()))

    assert event["problem"] == "No picture of the set has a label, so label safety is unknown."
    assert safety.asked == []


def test_of_work_beside_only_the_newest_waits() -> None:
    beside, done, go, end = Beside(), list[int](), threading.Event(), threading.Event()

    def first() -> None:
        go.wait(30)
        done.append(0)

    beside.do(first)
    beside.do(lambda: done.append(1))
    beside.do(lambda: (done.append(2), end.set()))  # type: ignore[func-returns-value, arg-type]
    go.set()

    assert end.wait(30)
    assert done == [0, 2]


@pytest.mark.parametrize(
    ("type_", "fields", "message"),
    [
        ("details", {"turn": -1}, "'turn' is -1. Expected a whole number from 0 to 1000000."),
        ("extremes", {"turn": 0, "chips": 7}, "'chips' is 7. Expected a list of at most 32"),
        ("pin", {"turn": 0, "tile": 16}, "'tile' is 16. Expected a whole number from 0 to 15."),
        ("texts", {"fuse": None}, "'fuse' is None. Expected true or false."),
        ("unpin", {"number": True}, "'number' is True. Expected a whole number from 1 to "),
        ("safety", {"n": 1.5}, "'n' is 1.5. Expected a whole number from 0 to "),
        ("read", {"text": None}, "'text' is None. Expected a text of at most 100000 characters."),
    ],
)
def test_a_wrong_field_is_answered_by_its_name(
    type_: str, fields: dict[str, Any], message: str, images: ImageSet
) -> None:
    explorer = Explorer(images)

    reply, buffers = Talk(explorer).ask(type_, **{**shown(explorer), **fields})

    assert reply["error"].startswith(message)
    assert buffers == []
