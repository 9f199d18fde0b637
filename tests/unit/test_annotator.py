"""The Python half of the annotator: its queue, its code twins, and what the page asks."""

from __future__ import annotations

import errno
import io
import json
import math
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from dcwidgets.imageset import ImageSet
from dcwidgets.labeling.store import AnnotationStore
from dcwidgets.widgets.annotator import Annotator

N = 12
WIDTH, HEIGHT = 80, 60


@dataclass
class Pictures:
    """One-coloured pictures; number 9 cannot be decoded."""

    def read(self, id_: str) -> bytes:
        number = int(id_.rsplit("__", 1)[1])
        if number == 9:
            return b"<html>not found</html>"
        file = io.BytesIO()
        Image.new("RGB", (WIDTH, HEIGHT), (number * 20, 80, 120)).save(file, "PNG")
        return file.getvalue()


IDS = [f"toy-train.tfrecord-00000-of-00001__{k}" for k in range(N)]


@pytest.fixture(scope="module")
def images() -> ImageSet:
    table = pd.DataFrame(
        {
            "filename": [f"{k}.png" for k in range(N)],
            "label": ["cat", "dog"] * (N // 2),
            "split": "train",
            "width": WIDTH,
            "height": HEIGHT,
        },
        index=pd.Index(IDS, name="id"),
    )
    return ImageSet(table, ["cat", "dog"], Pictures(), name="toy <b>set</b>")


class Talk:
    """Ask a widget as its page does, and keep what it says by itself."""

    def __init__(self, widget: Any) -> None:
        self.widget = widget
        self.said: list[tuple[dict[str, Any], list[bytes]]] = []
        widget.send = lambda content, buffers=None: self.said.append((content, buffers or []))

    def ask(self, type_: str, *rows: int, **fields: Any) -> tuple[dict[str, Any], list[bytes]]:
        buffer = memoryview(struct.pack(f"<{len(rows)}I", *rows))
        content = {"id": "view-1", "type": type_, **fields}
        self.widget._msg_callbacks(self.widget, content, [buffer])
        return next(said for said in reversed(self.said) if said[0].get("id") == "view-1")

    def save(self, at: int = 0, **change: Any) -> dict[str, Any]:
        return self.ask("save", picture=IDS[at], **change)[0]

    def events(self) -> list[dict[str, Any]]:
        return [content for content, _ in self.said if content.get("event") == "changed"]


@pytest.fixture
def store(tmp_path: Path) -> AnnotationStore:
    return AnnotationStore(tmp_path / "labels.jsonl", classes=["cat", "dog"], author="Ada")


@pytest.fixture
def annotator(images: ImageSet, store: AnnotationStore) -> Annotator:
    return Annotator(images, store)


@pytest.fixture
def talk(annotator: Annotator) -> Talk:
    return Talk(annotator)


def box(id_: str = "b1", **sides: Any) -> dict[str, Any]:
    return {"id": id_, "label": "cat", "x": 10, "y": 10, "w": 20, "h": 20, **sides}


def on_disk(store: AnnotationStore) -> AnnotationStore:
    return AnnotationStore(store.path)


# The page asks.


def test_an_edit_is_on_disk_before_it_is_answered(talk: Talk, store: AnnotationStore) -> None:
    answer = talk.save(label="dog", put=[box(label="dog")], note="tail", spent=2.5)

    record = on_disk(store).get(IDS[0])
    assert record is not None
    assert answer["record"] == record
    assert (record["label"], record["note"], record["seconds"]) == ("dog", "tail", 2.5)
    assert (record["author"], record["width"], record["height"]) == ("Ada", WIDTH, HEIGHT)
    assert answer["done"] == 1


def test_an_edit_leaves_alone_what_it_does_not_name(talk: Talk, store: AnnotationStore) -> None:
    talk.save(label="dog", put=[box("a"), box("b", x=40)], spent=1)
    talk.save(put=[box("a", x=5)], remove=["b"], spent=1)
    talk.save(status="verified")

    record = on_disk(store).get(IDS[0])
    assert record is not None
    assert (record["label"], record["status"], record["seconds"]) == ("dog", "verified", 2.0)
    assert [(one["id"], one["x"]) for one in record["boxes"]] == [("a", 5)]


def test_the_same_edit_twice_is_one_step_of_undo(talk: Talk, store: AnnotationStore) -> None:
    for _ in range(2):
        talk.save(label="dog", put=[box()])

    assert store.undo() == [IDS[0]]
    assert store.undo() == []


def test_boxes_are_cut_at_the_border_and_slips_are_left_out(talk: Talk) -> None:
    put = [box("cut", x=-5, y=50, w=30, h=100), box("slip", w=2.9), box("out", x=500)]
    kept = talk.save(put=put)["record"]["boxes"]

    assert [(one["id"], *(one[side] for side in "xywh")) for one in kept] == [
        ("cut", 0, 50, 25, 10)
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"label": "cow"}, "'label' is 'cow'. Expected one of '', 'cat', 'dog'."),
        ({"status": "done"}, "'status' is 'done'. Expected one of 'labeled', 'verified'"),
        ({"put": [box(x=math.nan)]}, "'x' is nan. Expected a number"),
        ({"put": [box(w=True)]}, "'w' is True. Expected a number"),
        ({"put": [box(h=None)]}, "'h' is None. Expected a number"),
        ({"put": [box(label="cow")]}, "'label' is 'cow'. Expected one of 'cat', 'dog'."),
        ({"put": [box("../x")]}, "a box's id is '../x'. Expected 1 to 40 letters and digits."),
        ({"put": [7]}, "'put' holds 7. Expected objects with id, label, x, y, w, h."),
        ({"put": [box(source="elsewhere")]}, "'source' is 'elsewhere'. Expected one of"),
        ({"tags": {"occluded": True}}, "'occluded' is no tag. Tags are: none"),
        ({"note": "x" * 2_001}, "Expected a text of at most 2000 characters."),
        ({"spent": -1}, "'spent' is -1. Expected a number from 0 to 86400."),
        ({"picture": "gone"}, "1 of 1 ids are not in this image set"),
    ],
)
def test_a_wrong_edit_is_refused_by_name_and_nothing_is_written(
    talk: Talk, store: AnnotationStore, change: dict[str, Any], said: str
) -> None:
    fields = {"picture": IDS[0], **change}
    assert said in talk.ask("save", **fields)[0]["refused"]
    assert len(on_disk(store)) == 0


def test_a_full_disk_is_an_error_that_may_pass(
    talk: Talk, store: AnnotationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(store, "update", full)
        answer = talk.save(label="cat")
    assert "No space left on device" in answer["error"]
    assert "refused" not in answer

    assert talk.save(label="cat")["record"]["label"] == "cat"


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
names = st.sampled_from(["label", "status", "note", "tags", "put", "remove", "spent", "picture"])
boxlike = st.fixed_dictionaries({}, optional=dict.fromkeys(box(), anything))


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    type_=st.sampled_from(["save", "picture", "look", "thumbnails", "class", "examples", "open"]),
    fields=st.dictionaries(names | st.sampled_from(["row", "size", "name", "class"]), anything),
    boxes=st.lists(boxlike, max_size=2),
)
def test_no_message_breaks_the_widget_or_the_store(
    talk: Talk, store: AnnotationStore, type_: str, fields: dict[str, Any], boxes: list[Any]
) -> None:
    fields = {"picture": IDS[1], "put": boxes, **fields}
    answer, _ = talk.ask(type_, **{n: v for n, v in fields.items() if n not in {"id", "type"}})

    assert answer["id"] == "view-1"
    json.dumps(answer)
    for record in on_disk(store).records():
        assert record["id"] in IDS
        for one in record["boxes"]:
            assert 0 <= one["x"] <= one["x"] + one["w"] <= WIDTH
            assert 0 <= one["y"] <= one["y"] + one["h"] <= HEIGHT
            assert min(one["w"], one["h"]) >= 3


def test_the_page_gets_a_picture_with_what_was_said_about_it(
    talk: Talk, annotator: Annotator
) -> None:
    annotator.label("dog")
    answer, (jpeg,) = talk.ask("picture", row=0, size=40)

    assert Image.open(io.BytesIO(jpeg)).size == (40, 30)
    assert (answer["picture"], answer["width"], answer["height"]) == (IDS[0], WIDTH, HEIGHT)
    assert answer["record"]["label"] == "dog"
    assert answer["trouble"] == ""


def test_a_picture_that_cannot_be_decoded_can_still_be_skipped(talk: Talk) -> None:
    answer, buffers = talk.ask("picture", row=9, size=2048)

    assert "cannot be decoded" in answer["trouble"]
    assert len(buffers) == 1
    assert talk.save(9, status="skipped")["record"]["status"] == "skipped"


def test_the_board_tells_state_and_label_of_every_picture(
    talk: Talk, annotator: Annotator, store: AnnotationStore
) -> None:
    annotator.label("dog").next().mark("skipped")
    other = on_disk(store)  # another kernel
    other.add(IDS[5], "cat", status="verified")
    opened, (states, labels) = talk.ask("look", row=5)

    assert list(states) == [1, 4, 0, 0, 0, 2, *[0] * 6]
    assert np.frombuffer(labels, "<u2").tolist() == [2, 0, 0, 0, 0, 1, *[0] * 6]
    assert opened["record"]["label"] == "cat"
    assert opened["done"] == 2


def test_two_annotators_on_one_store_hear_each_other(
    images: ImageSet, annotator: Annotator, store: AnnotationStore
) -> None:
    back = Annotator(images, on_disk(store), order=IDS[::-1])
    told = Talk(back)
    annotator.label("dog")
    annotator.undo()

    assert [(event["row"], event["state"]) for event in told.events()] == [(N - 1, 1), (N - 1, 0)]
    assert told.events()[0]["record"]["label"] == "dog"
    assert told.events()[1]["record"] is None


def test_two_annotators_on_one_picture_keep_both_boxes(
    images: ImageSet, talk: Talk, store: AnnotationStore
) -> None:
    other = Talk(Annotator(images, on_disk(store)))
    talk.save(put=[box("mine")])
    other.save(put=[box("yours", x=30)])

    assert list(store.boxes["box"]) == ["mine", "yours"]


def test_undo_goes_to_the_picture_that_changed(talk: Talk, annotator: Annotator) -> None:
    talk.save(3, label="cat")
    talk.save(5, label="dog")

    assert [talk.ask("undo")[0]["row"] for _ in range(3)] == [5, 3, None]
    assert annotator.current == IDS[0]  # the page goes there, Python does not
    assert annotator.redo().current == IDS[3]
    assert talk.ask("redo")[0]["row"] == 5
    assert annotator.undo().current == IDS[5]
    assert annotator.labels.to_dict() == {IDS[3]: "cat"}


def test_a_new_class_is_appended_for_good(talk: Talk, store: AnnotationStore) -> None:
    assert talk.ask("class", name="cow")[0]["classes"] == ["cat", "dog", "cow"]
    assert "class name" in talk.ask("class", name=" ")[0]["error"]
    assert on_disk(store).classes == ["cat", "dog", "cow"]


# The queue.


@pytest.mark.parametrize(
    "order",
    [
        pytest.param(lambda: [IDS[3], IDS[1]], id="ids"),
        pytest.param(lambda: pd.Series([IDS[3], IDS[1]]), id="a column of ids"),
        pytest.param(lambda: pd.Series({IDS[3]: 0.1, IDS[1]: 0.2}), id="scores"),
        pytest.param(
            lambda: pd.DataFrame({"cat": [0.9, 0.4], "dog": [0.1, 0.6]}, index=[IDS[1], IDS[3]]),
            id="probabilities",
        ),
        pytest.param(
            lambda: pd.DataFrame({"id": [IDS[1], IDS[3]], "score": [0.9, 0.1]}), id="label issues"
        ),
    ],
)
def test_the_learner_orders_the_queue(
    images: ImageSet, store: AnnotationStore, order: Callable[[], Any]
) -> None:
    assert Annotator(images, store, order=order()).queue[:2] == [IDS[3], IDS[1]]


@pytest.mark.parametrize(
    "order",
    ["random", 7, ["gone"], pd.Series({"gone": 1.0}), [], pd.DataFrame({"x": ["y"]})],
)
def test_an_order_that_is_none_is_refused(
    images: ImageSet, store: AnnotationStore, order: Any
) -> None:
    with pytest.raises(ValueError, match=r"order|not in this image set"):
        Annotator(images, store, order=order)


def test_gold_pictures_are_spread_and_scored(images: ImageSet, store: AnnotationStore) -> None:
    gold = {IDS[9]: "dog", IDS[10]: "cat", IDS[11]: "dog"}
    annotator = Annotator(images, store, gold=gold)
    places = sorted(annotator.queue.index(id_) for id_ in gold)

    assert sorted(annotator.queue) == sorted(IDS)
    assert places[0] < N / 2 < places[-1]
    assert annotator.accuracy is None
    for id_ in gold:
        annotator.current = id_
        annotator.label("dog")
    assert annotator.accuracy == pytest.approx(2 / 3)
    answer = Talk(annotator).ask("look", row=0)[0]
    assert answer["gold"] == [2, 3]
    assert IDS[9] not in json.dumps({n: v for n, v in answer.items() if n != "picture"})


def test_work_goes_on_at_the_first_open_picture(images: ImageSet, store: AnnotationStore) -> None:
    store.add(IDS[0], "cat")
    store.add(IDS[1], status="skipped")

    assert Annotator(images, store).current == IDS[2]


# The code twins.


def test_every_action_has_a_line_of_python(annotator: Annotator, store: AnnotationStore) -> None:
    one = annotator.label("dog").box(-4, 10, 24, 30)
    annotator.box(10, 10, 20, 20, "cat", id=one, difficult=True)
    annotator.note("tail").mark("verified").next().copy_boxes()
    other = annotator.boxes["box"].iloc[-1]
    annotator.delete(other).previous()

    boxes = on_disk(store).boxes
    assert boxes[["id", "box", "label", "x", "difficult"]].to_numpy().tolist() == [
        [IDS[0], one, "cat", 10, True]
    ]
    assert annotator.current == IDS[0]
    annotator.undo()
    assert annotator.current == IDS[1]
    assert len(annotator.boxes) == 2
    annotator.redo()
    assert len(annotator.boxes) == 1
    with pytest.raises(ValueError, match="less than 3 px of the picture of 80 x 60"):
        annotator.box(1, 1, 2, 2)
    with pytest.raises(ValueError, match="has no box 'gone'"):
        annotator.delete("gone")
    with pytest.raises(ValueError, match="'label' is 'cow'"):
        annotator.label("cow")
    with pytest.raises(ValueError, match="not in this queue"):
        annotator.current = "gone"


def test_proposals_are_accepted_edited_and_turned_down(
    images: ImageSet, store: AnnotationStore
) -> None:
    boxes = [{**box(x=x), "id": f"m{x}"} for x in (10, 30)]
    said = {"label": "cat", "boxes": boxes}
    annotator = Annotator(images, store, proposals={IDS[0]: said})
    talk = Talk(annotator)
    assert [one["id"] for one in annotator.proposals] == ["label", "p0", "p1"]

    annotator.accept("label").accept("p0").reject("p1")
    assert annotator.proposals == []
    assert annotator.labels.to_dict() == {IDS[0]: "cat"}
    assert annotator.boxes[["box", "source"]].to_numpy().tolist() == [["p0", "model"]]
    answer = talk.save(put=[box("p0", x=11, source="model, edited")])
    assert answer["record"]["boxes"][0]["source"] == "model, edited"
    annotator.undo().undo()
    assert [one["id"] for one in annotator.proposals] == ["p1"]
    with pytest.raises(ValueError, match="no proposal 'p7'"):
        annotator.accept("p7")


def test_labels_alone_are_proposals_too(images: ImageSet, store: AnnotationStore) -> None:
    annotator = Annotator(images, store, proposals=pd.Series({IDS[0]: "dog", IDS[1]: None}))

    assert annotator.accept().labels.to_dict() == {IDS[0]: "dog"}
    with pytest.raises(ValueError, match="must be one of cat, dog"):
        Annotator(images, store, proposals={IDS[0]: "cow"})


def test_tags_are_ticked(images: ImageSet, store: AnnotationStore) -> None:
    annotator = Annotator(images, store, tags=["occluded", "dark"]).tag("dark").tag("occluded")

    assert on_disk(store).table["tags"].tolist() == [["dark", "occluded"]]
    annotator.tag("dark", on=False)
    assert on_disk(store).table["tags"].tolist() == [["occluded"]]


def test_what_is_no_image_set_store_or_class_is_refused(
    images: ImageSet, store: AnnotationStore
) -> None:
    with pytest.raises(TypeError, match="images must be an image set, got list"):
        Annotator([], store)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="store must be an annotation store, got str"):
        Annotator(images, "labels.jsonl")  # type: ignore[arg-type]
    for more in ({"guide": {"cow": "moos"}}, {"examples": {"cow": [IDS[0]]}}):
        with pytest.raises(ValueError, match=r"'cow'\. Classes are: cat, dog"):
            Annotator(images, store, **more)
    with pytest.raises(ValueError, match="not in this image set"):
        Annotator(images, store, gold={"gone": "cat"})
    with pytest.raises(ValueError, match="gold has the label 'cow'"):
        Annotator(images, store, gold={IDS[0]: "cow"})


def test_a_saved_notebook_shows_the_work(annotator: Annotator) -> None:
    annotator.label("cat").box(10, 10, 20, 20)
    html = annotator._repr_mimebundle_()[0]["text/html"]

    assert "toy &lt;b&gt;set&lt;/b&gt;" in html
    assert "1 of 12 pictures labelled in labels.jsonl" in html
    assert "<tr><th>cat</th><td>1</td><td>1</td></tr>" in html
    assert "cat with 1 box," in html
