"""An annotation store keeps every label it acknowledged, and can take each step back."""

import json
import math
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import dcwidgets as dcw
from dcwidgets.labeling.records import BOXES, TABLE
from dcwidgets.labeling.store import HISTORY, AnnotationStore
from tests import disks
from tests.conftest import ROOT

CLASSES = ["cat", "dog"]


def new(tmp_path: Path, **arguments: Any) -> AnnotationStore:
    return AnnotationStore(tmp_path / "work" / "labels.jsonl", CLASSES, **arguments)


def box(label: str | None = "cat", **fields: Any) -> dict[str, Any]:
    return {"label": label, "x": 1.5, "y": 2, "w": 30, "h": 40.25, **fields}


def labels(store: AnnotationStore) -> dict[str, object]:
    return dict(zip(store.table["id"], store.table["label"], strict=True))


def test_what_was_said_comes_back_from_a_new_store(tmp_path: Path) -> None:
    store = new(tmp_path, author="ada")
    store.add(
        "p1",
        "cat",
        [box("dog", difficult=True, id="b1")],
        tags=["night"],
        status="unsure",
        note="half hidden",
        seconds=2.5,
        width=100,
        height=80,
    )
    store.add("p2", label="dog", author="bob", source="model")

    table = AnnotationStore(store.path).table

    assert list(table.columns) == list(TABLE)
    first, second = table.drop(columns="ts").to_dict("records")
    assert first == {
        "id": "p1",
        "label": "cat",
        "status": "unsure",
        "tags": ["night"],
        "boxes": 1,
        "author": "ada",
        "seconds": 2.5,
        "note": "half hidden",
        "source": "human",
        "width": 100,
        "height": 80,
    }
    assert (second["id"], second["label"], second["author"], second["source"]) == (
        *("p2", "dog", "bob", "model"),
    )
    assert math.isnan(second["seconds"])
    boxes = AnnotationStore(store.path).boxes
    assert list(boxes.columns) == list(BOXES)
    assert boxes.drop(columns="ts").to_dict("records") == [
        {
            "id": "p1",
            "box": "b1",
            "label": "dog",
            "x": 1.5,
            "y": 2.0,
            "w": 30.0,
            "h": 40.25,
            "difficult": True,
            "truncated": False,
            "author": "ada",
            "source": "human",
        }
    ]


@given(id_=st.text(min_size=1), note=st.text(), tags=st.lists(st.text()), x=st.floats(-1e6, 1e6))
@settings(max_examples=60)
def test_any_text_and_any_number_come_back(
    id_: str, note: str, tags: list[str], x: float, tmp_path_factory: pytest.TempPathFactory
) -> None:
    store = AnnotationStore(tmp_path_factory.mktemp("any") / "labels.jsonl", CLASSES)
    said = store.add(id_, "cat", [box(x=x)], note=note, tags=tags)

    back = AnnotationStore(store.path).get(id_)

    assert back == said
    assert back["boxes"][0]["x"] == x
    assert (back["id"], back["note"], back["tags"]) == (id_, note, tags)


def test_a_box_without_a_label_has_that_of_its_picture(tmp_path: Path) -> None:
    record = new(tmp_path).add("p", "dog", [box(None)])

    assert record["boxes"][0]["label"] == "dog"


def test_boxes_end_at_the_border_of_a_picture_whose_size_is_known(tmp_path: Path) -> None:
    store = new(tmp_path)
    record = store.add("p", "cat", [box(x=-5, w=50, y=70, h=40)], width=40, height=100)

    kept = record["boxes"][0]
    assert (kept["x"], kept["y"], kept["w"], kept["h"]) == (0, 70, 40, 30)
    with pytest.raises(ValueError, match=r"'q', box 0: w and h must be above 0 and reach into"):
        store.add("q", "cat", [box(x=41)], width=40, height=100)


def test_values_of_numpy_and_pandas_are_taken(tmp_path: Path) -> None:
    store = new(tmp_path)
    store.add(np.str_("p"), np.str_("cat"), [box(x=np.float32(1.5))], width=90, height=np.uint8(90))  # type: ignore[arg-type]
    store.add("q", float("nan"), seconds=np.float64(1))  # type: ignore[arg-type]

    assert labels(AnnotationStore(store.path))["p"] == "cat"
    assert AnnotationStore(store.path).table["label"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"label": "bird"}, "label must be one of cat, dog; got 'bird'. `store.add_class"),
        ({"label": 1}, "label must be one of cat, dog; got 1"),
        ({"id": ""}, "An annotation needs an id"),
        ({"id": 3}, "An annotation needs an id"),
        ({"status": "done"}, "status must be one of labeled, verified, unsure, skipped"),
        ({"tags": "night"}, "tags must be a list, got 'night'"),
        ({"tags": [1]}, "a tag must be text"),
        ({"note": "x" * 10_001}, "note must be text of at most 10,000 characters"),
        ({"seconds": -1}, "seconds must be a number of at least 0"),
        ({"seconds": math.nan}, "seconds must be a number of at least 0"),
        ({"width": 0, "height": 3}, "width must be 1 to 1,000,000 pixels, got 0"),
        ({"width": True}, "width must be 1 to 1,000,000 pixels, got True"),
        ({"boxes": [box(x=math.nan)]}, "box 0: x must be a number of pixels, got nan"),
        ({"boxes": [box(x=10**400)]}, "box 0: x must be a number of pixels"),
        ({"boxes": [box(w=0)]}, "box 0: w and h must be above 0"),
        ({"boxes": [box(), box("bird")]}, "box 1: label must be one of cat, dog"),
        ({"boxes": [box(None)], "label": None}, "box 0 has no label"),
        ({"boxes": [box(difficult=0.5)]}, "box 0: difficult must be True or False"),
        ({"boxes": [box(angle=3)]}, "box 0: a box is a mapping with x, y, w, h"),
        ({"boxes": [(1, 2, 3, 4)]}, "box 0: a box is a mapping"),
        ({"boxes": {"x": 1}}, "boxes must be a list"),
        ({"boxes": [box(id="b"), box(id="b")]}, "two boxes have the same id"),
        ({"colour": "red"}, "unknown fields colour"),
    ],
)
def test_what_makes_no_sense_is_refused_and_not_written(
    fields: dict[str, Any], message: str, tmp_path: Path
) -> None:
    store = new(tmp_path)
    before = store.path.read_bytes()

    with pytest.raises(ValueError) as caught:
        store.add(**{"id": "p", "label": "cat", **fields})

    assert message in str(caught.value)
    assert store.path.read_bytes() == before


def test_many_are_added_all_or_none_in_one_step(tmp_path: Path) -> None:
    store = new(tmp_path)
    with pytest.raises(ValueError, match="'q': label must be one of"):
        store.add_all([{"id": "p", "label": "cat"}, {"id": "q", "label": "bird"}])
    assert len(store) == 0

    store.add_all([{"id": "p", "label": "cat"}, {"id": "q", "label": "dog"}])
    assert labels(store) == {"p": "cat", "q": "dog"}
    assert sorted(store.undo()) == ["p", "q"]
    assert labels(store) == {}


def test_a_store_that_is_not_there_needs_classes(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match='Give the classes of a new store: classes=\\["cat"'):
        AnnotationStore(tmp_path / "labels.jsonl")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("classes", ["cat", ["cat", ""], ["a\nb"], [" a"], ["a", "a"], [3]])
def test_a_class_list_that_is_none_is_refused(classes: Any, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="class"):
        AnnotationStore(tmp_path / "labels.jsonl", classes)


def test_a_class_never_changes_its_number(tmp_path: Path) -> None:
    store = new(tmp_path)
    assert store.add_class("bird") == 2
    assert store.add_class("cat") == 0
    assert (store.classes, store.class_version) == (["cat", "dog", "bird"], 2)

    assert AnnotationStore(store.path, ["cat", "dog"]).classes == ["cat", "dog", "bird"]
    longer = AnnotationStore(store.path, ["cat", "dog", "bird", "fish"])
    assert longer.classes == store.classes == ["cat", "dog", "bird", "fish"]


@pytest.mark.parametrize("classes", [["dog", "cat"], ["cat", "bird"], ["bird", "cat", "dog"]])
def test_a_class_list_that_contradicts_the_journal_is_refused_with_a_difference(
    classes: list[str], tmp_path: Path
) -> None:
    store = new(tmp_path)
    before = store.path.read_bytes()

    with pytest.raises(ValueError, match="a class never changes its number") as caught:
        AnnotationStore(store.path, classes)

    lines = str(caught.value).splitlines()
    assert any(line.startswith("- ") for line in lines)
    assert any(line.startswith("+ ") for line in lines)
    assert store.path.read_bytes() == before


def test_history_says_what_was_done_and_undone(tmp_path: Path) -> None:
    store = new(tmp_path, author="ada")
    store.add("p", "cat")
    store.add("p", "dog", [box()])
    store.undo()
    store.remove("p")

    history = store.history

    assert list(history.columns) == list(HISTORY)
    assert history["op"].tolist() == ["classes", "add", "add", "undo", "remove"]
    assert history["label"].tolist()[1:4] == ["cat", "dog", "cat"]
    assert history["boxes"].tolist()[1:4] == [0, 1, 0]
    assert history.iloc[-1][["label", "boxes", "author"]].isna().all()


def test_what_is_not_there_cannot_be_removed(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="There is no annotation of 'p'"):
        new(tmp_path).remove("p")


class Steps(RuleBasedStateMachine):
    """A store beside a model of it: the list of all states, and where we are in it."""

    folder: Path

    @initialize()
    def start(self) -> None:
        self.path = self.folder / f"{len(list(self.folder.iterdir()))}.jsonl"
        self.store = AnnotationStore(self.path, CLASSES)
        self.states: list[dict[str, str]] = [{}]
        self.at = 0
        self.classes = list(CLASSES)
        self.events = 1

    def moved(self, state: dict[str, str]) -> None:
        self.states[self.at + 1 :] = [state]
        self.at += 1
        self.events += 1

    @rule(id_=st.sampled_from("pqr"), data=st.data())
    def add(self, id_: str, data: st.DataObject) -> None:
        label = data.draw(st.sampled_from(self.classes))
        self.store.add(id_, label)
        self.moved({**self.states[self.at], id_: label})

    @rule(ids=st.sets(st.sampled_from("pqrs"), min_size=1))
    def add_all(self, ids: set[str]) -> None:
        self.store.add_all({"id": id_, "label": "dog"} for id_ in ids)
        self.moved({**self.states[self.at], **dict.fromkeys(ids, "dog")})

    @precondition(lambda self: self.states[self.at])
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        id_ = data.draw(st.sampled_from(sorted(self.states[self.at])))
        self.store.remove(id_)
        self.moved({k: v for k, v in self.states[self.at].items() if k != id_})

    @rule(times=st.integers(1, 5))
    def undo(self, times: int) -> None:
        for _ in range(times):
            assert bool(self.store.undo()) == (self.at > 0)
            self.events += self.at > 0
            self.at = max(0, self.at - 1)

    @rule(times=st.integers(1, 5))
    def redo(self, times: int) -> None:
        for _ in range(times):
            last = len(self.states) - 1
            assert bool(self.store.redo()) == (self.at < last)
            self.events += self.at < last
            self.at = min(last, self.at + 1)

    @rule()
    def add_class(self) -> None:
        name = f"class {len(self.classes)}"
        assert self.store.add_class(name) == len(self.classes)
        self.classes.append(name)
        self.events += 1

    @rule()
    def open_anew(self) -> None:
        self.store = AnnotationStore(self.path)

    @rule()
    def compact(self) -> None:
        self.store.compact()

    @rule(elsewhere=st.booleans(), id_=st.sampled_from("pq"))
    def another_kernel_writes(self, elsewhere: bool, id_: str) -> None:  # noqa: FBT001
        other = AnnotationStore(self.path)
        if elsewhere:
            other.compact()
        other.add(id_, "cat")
        self.moved({**self.states[self.at], id_: "cat"})

    @rule(half=st.sampled_from([b'{"op": "add", "n": 9', b"\xff\x00", b"{"]))
    def a_killed_kernel_leaves_half_a_line(self, half: bytes) -> None:
        with self.path.open("ab") as file:
            file.write(half)

    @invariant()
    def holds_what_the_model_holds(self) -> None:
        assert labels(self.store) == self.states[self.at]
        assert self.store.classes == self.classes
        assert self.store.can_undo == (self.at > 0)
        assert self.store.can_redo == (self.at < len(self.states) - 1)

    def teardown(self) -> None:
        if hasattr(self, "store"):
            assert self.store.history["n"].unique().tolist() == [*range(1, self.events + 1)]
            self.holds_what_the_model_holds()


@pytest.mark.slow
def test_undo_and_redo_walk_through_all_that_was_done(tmp_path: Path) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    steps = type("StepsHere", (Steps,), {"folder": tmp_path})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run_state_machine_as_test(
            steps, settings=settings(max_examples=40, stateful_step_count=25, deadline=None)
        )


@given(data=st.data())
@settings(max_examples=60)
def test_a_torn_last_line_costs_that_line_alone_and_is_set_aside(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    store = AnnotationStore(tmp_path_factory.mktemp("torn") / "labels.jsonl", CLASSES)
    store.add("p", "cat")
    whole = store.path.read_bytes()
    store.add("Bild ä", "dog", note="ünsicher")
    text = store.path.read_bytes()
    cut = data.draw(st.integers(len(whole), len(text)))
    store.path.write_bytes(text[:cut])

    opened = AnnotationStore(store.path, CLASSES)

    # Whole but for its end of line it counts: a reader cannot tell that nobody was told.
    kept = {"p": "cat"} | ({"Bild ä": "dog"} if cut >= len(text) - 1 else {})
    assert labels(opened) == kept
    opened.add("q", "cat")
    assert labels(AnnotationStore(store.path)) == {**kept, "q": "cat"}
    aside = store.path.with_name("labels.jsonl.torn")
    half = text[len(whole) : cut] if len(kept) == 1 else b""
    assert (aside.read_bytes() if aside.exists() else b"") == (half + b"\n" if half else b"")


def test_a_line_that_is_no_event_is_left_out_with_a_warning(tmp_path: Path) -> None:
    store = new(tmp_path)
    store.add("p", "cat")
    with store.path.open("ab") as file:
        file.write(b"[1]\n" + b'{"op": "later", "n": 9, "ts": ""}\n')
    with pytest.warns(UserWarning, match="is no event of an annotation store and is left out"):
        store.add("q", "dog")

    with pytest.warns(UserWarning, match=r"labels\.jsonl is no event"):
        assert labels(AnnotationStore(store.path)) == {"p": "cat", "q": "dog"}


def test_compaction_keeps_history_in_numbered_archives(tmp_path: Path) -> None:
    store = new(tmp_path)
    for number in range(20):
        store.add("p", CLASSES[number % 2])
    before = store.history
    long = store.path.stat().st_size

    assert store.compact() == store.path.with_name("labels.jsonl.001")
    assert store.path.stat().st_size < long / 5
    assert store.compact() is None
    pd.testing.assert_frame_equal(store.history, before)
    store.add("q", "cat")
    assert store.compact() == store.path.with_name("labels.jsonl.002")
    for _ in range(21):
        assert store.undo()
    assert not store.can_undo
    assert labels(store) == {}


def test_a_missing_archive_is_named_when_it_is_needed(tmp_path: Path) -> None:
    store = new(tmp_path)
    store.add("p", "cat")
    archive = store.compact()
    assert archive
    archive.unlink()

    opened = AnnotationStore(store.path)
    assert labels(opened) == {"p": "cat"}
    with pytest.raises(FileNotFoundError, match=r"labels\.jsonl\.001 is missing beside"):
        opened.undo()
    assert labels(opened) == {"p": "cat"}


WRITE = """
import sys
from pathlib import Path
from dcwidgets.labeling.store import AnnotationStore
store = AnnotationStore(Path(sys.argv[1]), ["cat", "dog"])
for number in range(int(sys.argv[3])):
    store.add(f"{sys.argv[2]} {number}", "cat", note="x" * 9_000)
"""


def test_two_kernels_writing_at_once_lose_nothing(tmp_path: Path) -> None:
    path, count = tmp_path / "labels.jsonl", 40
    both = [
        subprocess.Popen([sys.executable, "-c", WRITE, str(path), who, str(count)], cwd=ROOT)
        for who in ("left", "right")
    ]
    assert [process.wait() for process in both] == [0, 0]

    store = AnnotationStore(path)
    assert sorted(labels(store)) == sorted(
        f"{who} {number}" for who in ("left", "right") for number in range(count)
    )
    assert store.history["n"].tolist() == [*range(1, 2 * count + 2)]
    assert store.class_version == 1


EDIT = """
import sys
from pathlib import Path
from dcwidgets.labeling.store import AnnotationStore
store = AnnotationStore(Path(sys.argv[1]))
for number in range(int(sys.argv[3])):
    tag = f"{sys.argv[2]} {number}"
    store.update("a", lambda record: {**record, "tags": [*record["tags"], tag]})
"""


def test_two_kernels_changing_one_picture_at_once_lose_no_change(tmp_path: Path) -> None:
    path, count = tmp_path / "labels.jsonl", 40
    AnnotationStore(path, ["cat", "dog"]).add("a", "cat", [box()])
    both = [
        subprocess.Popen([sys.executable, "-c", EDIT, str(path), who, str(count)], cwd=ROOT)
        for who in ("left", "right")
    ]
    assert [process.wait() for process in both] == [0, 0]

    record = AnnotationStore(path).get("a")
    assert record is not None
    assert sorted(record["tags"]) == sorted(
        f"{who} {number}" for who in ("left", "right") for number in range(count)
    )
    assert len(record["boxes"]) == 1


def test_an_update_starts_from_nothing_and_is_one_step_of_undo(tmp_path: Path) -> None:
    store = AnnotationStore(tmp_path / "labels.jsonl", ["cat", "dog"])
    seen: list[object] = []

    def begin(record: object) -> dict[str, str]:
        seen.append(record)
        return {"label": "cat"}

    store.update("a", begin)
    first = store.get("a")
    store.update("a", lambda record: {**(record or {}), "label": "dog"})

    assert seen == [None]
    assert labels(store) == {"a": "dog"}
    assert store.undo() == ["a"]
    assert store.get("a") == first


def test_an_update_that_changes_nothing_writes_nothing(tmp_path: Path) -> None:
    store = AnnotationStore(tmp_path / "labels.jsonl", ["cat", "dog"])
    store.add("a", "cat", [box()])
    before = store.path.read_bytes()

    assert store.update("a", lambda record: record or {}) == store.get("a")
    assert store.path.read_bytes() == before


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, "must return a mapping"),
        ({"id": "b", "label": "cat"}, "The change of 'a' answers about 'b'"),
        ({"label": "cow"}, "label must be one of cat, dog; got 'cow'"),
    ],
)
def test_an_update_that_cannot_be_written_changes_nothing(
    tmp_path: Path, answer: Any, said: str
) -> None:
    store = AnnotationStore(tmp_path / "labels.jsonl", ["cat", "dog"])
    store.add("a", "cat")

    with pytest.raises(ValueError, match=said):
        store.update("a", lambda _: answer)
    assert labels(store) == {"a": "cat"}
    assert store.history["op"].tolist() == ["classes", "add"]


@pytest.mark.slow
def test_kills_at_any_moment_lose_no_acknowledged_label() -> None:
    out = subprocess.run(
        [sys.executable, "-m", "tests.labels_killed", "--trials", "30"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert out.returncode == 0, out.stderr
    assert out.stdout.startswith("30 kills, ")
    assert "none lost" in out.stdout


def fails_on_a_full_disk(store: AnnotationStore, act: Callable[[], object]) -> None:
    before = labels(store)
    with pytest.raises(OSError, match="No space left on device") as caught:
        act()
    assert "what it held before is safe. Free some space" in str(caught.value)
    assert str(store.path) in str(caught.value)
    assert store.path.read_bytes().endswith(b"\n")
    assert labels(store) == labels(AnnotationStore(store.path)) == before


def test_a_full_disk_gives_one_clear_error_and_tears_nothing(tmp_path: Path) -> None:
    with disks.mounted(tmp_path / "disk", kilobytes=64) as disk:
        store = AnnotationStore(disk / "labels.jsonl", CLASSES)
        store.add("p", "cat")
        (disk / "ballast").write_bytes(b"x" * (64 * 1024 - 4 * 4096))
        fails_on_a_full_disk(store, lambda: store.add("q", tags=["x" * 9_000] * 3))
        (disk / "ballast").unlink()

        store.add("q", "dog")
        assert labels(AnnotationStore(store.path)) == {"p": "cat", "q": "dog"}


def test_a_disk_that_fills_in_the_middle_of_a_line_tears_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import errno
    import os

    store = new(tmp_path)
    store.add("p", "cat")
    write, calls = os.write, iter([20])

    def fills_up(file: int, content: Any) -> int:
        room = next(calls, None)
        if room is None:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(file, bytes(content)[:room])

    with monkeypatch.context() as patched:
        patched.setattr("os.write", fills_up)
        fails_on_a_full_disk(store, lambda: store.add("q", "dog"))
    store.add("q", "dog")
    assert [json.loads(line)["op"] for line in store.path.read_bytes().splitlines()] == [
        *("classes", "add", "add"),
    ]


def test_labels_can_be_read_where_nothing_can_be_written(tmp_path: Path) -> None:
    with disks.mounted(tmp_path / "disk", kilobytes=64) as disk:
        store = AnnotationStore(disk / "labels.jsonl", CLASSES)
        store.add("p", "cat")
        with store.path.open("ab") as file:
            file.write(b'{"half')
        disks.make_read_only(disk)

        assert labels(AnnotationStore(store.path, CLASSES)) == {"p": "cat"}
        with pytest.raises(OSError, match="Read-only file system"):
            store.add("q", "dog")


def test_journals_merge_and_the_newest_annotation_wins(tmp_path: Path) -> None:
    ada = AnnotationStore(tmp_path / "ada.jsonl", CLASSES)
    bob = AnnotationStore(tmp_path / "b.jsonl", [*CLASSES, "bird"], author="bob")
    ada.add_all(
        [
            {"id": "p", "label": "cat", "ts": "2026-01-01"},
            {"id": "q", "label": "dog", "ts": "2026-01-03"},
        ]
    )
    bob.add_all([{"id": id_, "label": "bird", "ts": "2026-01-02"} for id_ in "pqr"])

    merged = dcw.merge_annotations([ada, tmp_path / "b.jsonl"], to=tmp_path / "all.jsonl")

    assert merged[["annotator", "id", "label"]].to_numpy().tolist() == [
        *(["ada", "p", "cat"], ["ada", "q", "dog"]),
        *(["bob", "p", "bird"], ["bob", "q", "bird"], ["bob", "r", "bird"]),
    ]
    store = AnnotationStore(tmp_path / "all.jsonl")
    assert labels(store) == {"p": "bird", "q": "dog", "r": "bird"}
    events = len(store.history)
    dcw.merge_annotations([ada, bob], to=store.path)
    assert len(store.history) == events


def test_journals_with_other_classes_do_not_merge(tmp_path: Path) -> None:
    ada = AnnotationStore(tmp_path / "ada.jsonl", CLASSES)
    bob = AnnotationStore(tmp_path / "bob.jsonl", ["dog", "cat"])

    with pytest.raises(ValueError, match=r"The classes of bob are not those of the others"):
        dcw.merge_annotations([ada, bob], to=tmp_path / "all.jsonl")
    with pytest.raises(FileNotFoundError, match=r"There is no journal at .*nobody\.jsonl"):
        dcw.merge_annotations([tmp_path / "nobody.jsonl"])
    assert not (tmp_path / "all.jsonl").exists()
