"""The Python half of the split inspector: what the page asks, and what a learner reads and sets."""

from __future__ import annotations

import io
import json
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from dcwidgets.imageset import ImageSet
from dcwidgets.recipe import Recipe
from dcwidgets.widgets import split_inspector
from dcwidgets.widgets._history import History
from dcwidgets.widgets._messages import AskedWidget

SplitInspector = split_inspector.SplitInspector


@dataclass
class Pictures:
    """A store of one-coloured pictures; every tenth cannot be decoded."""

    bytes_of: dict[str, bytes] = field(default_factory=dict)

    def read(self, id_: str) -> bytes:
        number = int(id_.rsplit("__", 1)[1])
        if number % 10 == 9:
            return b"<html>not found</html>"
        file = io.BytesIO()
        Image.new("RGB", (40, 20), (number * 5 % 256, 80, 120)).save(file, "PNG")
        return file.getvalue()


def ids_of(n: int) -> list[str]:
    return [f"toy-train.tfrecord-00000-of-00001__{k}" for k in range(n)]


@pytest.fixture
def images() -> ImageSet:
    n = 20
    table = pd.DataFrame(
        {
            "filename": [f"{k}.png" for k in range(n)],
            "label": ["cat", "dog"] * 9 + [None, None],
            "split": ["train"] * 12 + ["test"] * 8,
            "width": 40,
            "height": 20,
            "coat": ["black", "white", None, "black"] * 5,
            "light": np.linspace(0, 1, n),
        },
        index=pd.Index(ids_of(n), name="id"),
    )
    return ImageSet(table, ["cat", "dog"], Pictures(), name="toy")


@pytest.fixture
def findings() -> pd.DataFrame:
    ids = ids_of(20)
    rows = [
        (ids[3], "dark", 0.5, None, "brightest 1 % of pixels: 0.1"),
        (ids[0], "leak", 0.1, ids[15], "exact copy of 15.png in test"),
        ("gone__99", "dark", 0.0, None, "dropped since"),
        (None, "imbalance", 0.3, None, "train has 90 % cat"),
    ]
    return pd.DataFrame(rows, columns=["id", "issue", "score", "other", "evidence"])


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

    def error(self, type_: str, *rows: int, **fields: Any) -> str:
        return str(self.ask(type_, *rows, **fields)[0]["error"])

    def events(self, name: str) -> list[dict[str, Any]]:
        return [content for content, _ in self.said if content.get("event") == name]


@pytest.fixture
def inspector(images: ImageSet, findings: pd.DataFrame) -> Any:
    return SplitInspector(images, findings)


@pytest.fixture
def talk(inspector: Any) -> Talk:
    return Talk(inspector)


def test_the_page_gets_every_column_as_a_typed_array(talk: Talk) -> None:
    opened, buffers = talk.ask("open")
    columns = {header["name"]: header for header in opened["columns"]}

    assert opened["n"] == 20
    assert [*columns] == ["split", "label", "finding", "coat", "light", "width", "height"]
    assert columns["split"]["labels"] == ["train", "test"]
    assert columns["light"]["kind"] == "number"
    assert np.frombuffer(buffers[1], np.uint8).tolist() == [1, 2] * 9 + [0, 0]
    assert np.frombuffer(buffers[4], "<f4")[-1] == 1


def test_findings_arrive_worst_first_and_those_of_dropped_pictures_are_counted(talk: Talk) -> None:
    opened, buffers = talk.ask("open")
    rows, others = (np.frombuffer(buffers[at], "<i4").tolist() for at in (7, 8))

    assert opened["findings"] == {"n": 3, "issues": ["dark", "leak", "imbalance"], "gone": 1}
    assert rows == [0, -1, 3]
    assert others == [15, -1, -1]
    assert talk.ask("evidence", finding=0)[0]["evidence"] == "exact copy of 15.png in test"


def test_a_pair_brings_its_distance_in_either_direction(images: ImageSet) -> None:
    ids = ids_of(20)

    class Audit:
        findings = pd.DataFrame(
            {"id": [ids[0]], "issue": "near_duplicate", "score": 0.2, "other": [ids[5]]}
        )
        pairs = pd.DataFrame({"id": [ids[5]], "other": [ids[0]], "distance": [4]})

    _, buffers = Talk(SplitInspector(images, Audit())).ask("open")

    assert np.frombuffer(buffers[-7], "<f4").tolist() == [4.0]


def test_thumbnails_come_as_one_sheet_in_the_order_asked_for(talk: Talk) -> None:
    reply, (sheet,) = talk.ask("thumbnails", 4, 0, size=16)
    pixels = np.asarray(Image.open(io.BytesIO(sheet)))

    assert (reply["columns"], pixels.shape) == (2, (16, 32, 3))
    assert abs(int(pixels[8, 8, 0]) - 20) < 8
    assert abs(int(pixels[8, 24, 0]) - 0) < 8


def test_a_picture_that_cannot_be_decoded_says_why(talk: Talk) -> None:
    reply, buffers = talk.ask("pictures", 9, 0, size=64)

    assert "not a picture" in reply["pictures"][0]["note"]
    assert reply["pictures"][1]["note"] == ""
    assert ["label", "cat"] in reply["pictures"][1]["facts"]
    assert Image.open(io.BytesIO(buffers[1])).size == (40, 20)


def test_a_cell_that_holds_a_list_is_shown_as_text(images: ImageSet) -> None:
    table = images.table
    table["tags"] = [["a", "b"]] * len(table)
    reply, _ = Talk(SplitInspector(images.derive(table))).ask("pictures", 0, size=64)

    assert ["tags", "['a', 'b']"] in reply["pictures"][0]["facts"]


def test_what_is_selected_in_the_page_is_read_as_ids(inspector: Any, talk: Talk) -> None:
    talk.ask("select", 7, 2, form="rows")

    assert inspector.selection == [ids_of(20)[2], ids_of(20)[7]]


def test_a_large_selection_arrives_as_one_bit_per_row(inspector: Any, talk: Talk) -> None:
    mask = np.zeros(20, bool)
    mask[[0, 9, 19]] = True
    packed = memoryview(np.packbits(mask, bitorder="little").tobytes())
    message = {"id": "v", "type": "select", "form": "bits"}
    inspector._msg_callbacks(inspector, message, [packed])

    assert inspector.selection == [ids_of(20)[k] for k in (0, 9, 19)]


def test_a_selection_set_by_code_is_told_to_the_page(inspector: Any, talk: Talk) -> None:
    inspector.selection = ids_of(20)[3:5]

    assert inspector.selection == ids_of(20)[3:5]
    assert len(talk.events("selection")) == 1


def test_an_unknown_id_is_refused_by_name(inspector: Any) -> None:
    with pytest.raises(ValueError, match=r"1 of 1 ids are not in this image set of 20: 'nobody'"):
        inspector.selection = ["nobody"]


def test_filters_set_by_code_are_read_back_and_told_to_the_page(inspector: Any, talk: Talk) -> None:
    inspector.filters = {"coat": ["black", None], "light": (0.25, None)}

    assert inspector.filters == {"coat": [None, "black"], "light": (0.25, None)}
    assert talk.events("filters")[0]["filters"] == {
        "coat": {"codes": [0, 1]},
        "light": {"range": [0.25, None]},
    }
    assert inspector.filtered == [ids_of(20)[k] for k in range(20) if k % 4 != 1 and k > 4]


def test_filters_of_the_page_are_read_by_value(inspector: Any, talk: Talk) -> None:
    talk.ask("filter", filters={"split": {"codes": [2]}, "light": {"missing": True}})

    assert inspector.filters == {"split": ["test"], "light": None}
    assert inspector.filtered == []


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        pytest.param(
            {"tail": ["long"]},
            "'tail' is not a column that can be filtered. "
            "Columns are: split, label, finding, coat, light, width, height.",
            id="unknown column",
        ),
        pytest.param(
            {"coat": ["pink"]},
            "'coat' has no value 'pink'. Values are: 'black', 'white'.",
            id="unknown value",
        ),
        pytest.param(
            {"light": 0.5},
            "'light' is filtered by a pair (low, high), None where open, got 0.5.",
            id="no range",
        ),
        pytest.param(
            {"light": (float("nan"), 1)},
            "a bound of 'light' is nan. Expected a finite number or None.",
            id="bound is NaN",
        ),
    ],
)
def test_a_filter_that_cannot_be_is_refused(
    inspector: Any, filters: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError) as caught:
        inspector.filters = filters

    assert str(caught.value) == message
    assert inspector.filters == {}


@pytest.mark.parametrize(
    ("type_", "rows", "fields", "message"),
    [
        ("thumbnails", (20,), {"size": 64}, "row 20 is outside the table of 20 rows."),
        (
            "thumbnails",
            (1,),
            {"size": 9000},
            "'size' is 9000. Expected a whole number from 16 to 320.",
        ),
        ("pictures", (1, 2, 3), {"size": 64}, "the request names 3 rows. At most 2 are allowed."),
        (
            "edit",
            (1,),
            {"op": "delete_file", "reason": "", "form": "rows"},
            "'op' is 'delete_file'. Expected one of 'drop', 'move', 'relabel'.",
        ),
        (
            "edit",
            (1,),
            {"op": "relabel", "value": "cow", "reason": "", "form": "rows"},
            "'value' is 'cow'. Expected one of 'cat', 'dog'.",
        ),
        ("filter", (), {"filters": {"split": {"codes": [9]}}}, "9 is no category of 'split'."),
        ("filter", (), {"filters": {"light": {"codes": [1]}}}, None),
        ("evidence", (), {"finding": 3}, "'finding' is 3. Expected a whole number from 0 to 2."),
        ("undo", (), {}, "There is nothing to undo: no decision and no edit was made."),
        ("redo", (), {}, "There is nothing to redo: no step was undone since the last one."),
    ],
)
def test_a_wrong_request_is_answered_and_changes_nothing(
    inspector: Any,
    talk: Talk,
    type_: str,
    rows: tuple[int, ...],
    fields: dict[str, Any],
    message: str | None,
) -> None:
    error = talk.error(type_, *rows, **fields)

    assert message is None or error == message
    assert (inspector.filters, len(inspector.recipe), inspector.selection) == ({}, 0, [])


def test_edits_of_the_page_become_steps_that_apply(
    inspector: Any, talk: Talk, images: ImageSet
) -> None:
    talk.ask("edit", 0, 1, op="drop", reason="copies", form="rows")
    talk.ask("edit", 2, op="relabel", value="dog", reason="", form="rows")
    talk.ask("edit", 1, 3, op="move", value="gold", reason="", form="rows")
    after = inspector.recipe.apply(images)

    ids = ids_of(20)
    assert [(step["op"], step["ids"]) for step in inspector.recipe.steps] == [
        ("drop", ids[:2]),
        ("relabel", [ids[2]]),
        ("move", [ids[3]]),  # the other one is dropped already
    ]
    assert len(after) == 18
    assert after.table.loc[ids[3], "split"] == "gold"


def test_dropping_what_is_dropped_is_refused(talk: Talk) -> None:
    talk.ask("edit", 0, op="drop", reason="", form="rows")

    error = talk.error("edit", 0, op="drop", reason="", form="rows")
    assert error == "Nothing was edited: every picture chosen is dropped already."


def test_code_that_edits_the_recipe_is_told_to_the_page(inspector: Any, talk: Talk) -> None:
    inspector.recipe.drop(ids_of(20)[:3], reason="by hand")
    inspector.recipe.undo()

    assert [len(state["steps"]) for state in talk.events("state")] == [1, 0]


def test_undo_and_redo_run_through_decisions_and_edits_in_their_order(inspector: Any) -> None:
    ids = ids_of(20)
    inspector.decide([ids[0]], "accepted")
    inspector.recipe.drop([ids[0]])
    inspector.decide(None, "unsure", issue="dark")

    inspector.undo()
    assert inspector.decisions["decision"].tolist() == ["accepted"]
    inspector.undo()
    assert len(inspector.recipe) == 0
    inspector.undo()
    assert inspector.decisions.empty

    inspector.redo().redo().redo()
    assert inspector.decisions["decision"].tolist() == ["accepted", "unsure"]
    assert len(inspector.recipe) == 1


def test_decisions_name_the_finding_and_the_verdict(inspector: Any, talk: Talk) -> None:
    talk.ask("decide", 0, 2, decision="accepted")
    talk.ask("decide", 2, decision="rejected")

    found = inspector.decisions
    assert found[["issue", "decision"]].to_numpy().tolist() == [
        ["leak", "accepted"],
        ["dark", "rejected"],
    ]
    assert found["other"][0] == ids_of(20)[15]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((None, "yes"), "decision must be one of open, accepted, rejected, unsure, got 'yes'."),
        (
            ([7], "accepted"),
            (
                "7 is no finding: expected ids or row numbers of `inspector.findings`, "
                "which has 3 rows."
            ),
        ),
        (
            (["nobody"], "accepted"),
            (
                "'nobody' is no finding: expected ids or row numbers of `inspector.findings`, "
                "which has 3 rows."
            ),
        ),
        (
            (None, "accepted", "ugly"),
            "'ugly' is not an issue of this audit. Issues are: dark, leak, imbalance.",
        ),
    ],
)
def test_a_decision_that_cannot_be_is_refused(
    inspector: Any, arguments: tuple[Any, ...], message: str
) -> None:
    ids, decision, *issue = arguments
    with pytest.raises(ValueError) as caught:
        inspector.decide(ids, decision, issue=issue[0] if issue else None)

    assert str(caught.value) == message


def test_findings_are_judged_by_row_number_also_those_about_no_picture(inspector: Any) -> None:
    inspector.decide([1, 2], "unsure").decide(np.array([2]), "open")

    assert inspector.findings["issue"].tolist() == ["leak", "imbalance", "dark"]
    assert inspector.decisions["issue"].tolist() == ["imbalance"]


def test_a_recipe_can_be_taken_over_and_undone(inspector: Any, images: ImageSet) -> None:
    inspector.recipe = Recipe().drop(ids_of(20)[:2]).relabel([ids_of(20)[5]], "cat")
    assert len(inspector.recipe.apply(images)) == 18

    inspector.undo().undo()
    assert len(inspector.recipe) == 0


def test_the_ids_are_written_as_csv_quoted_where_needed(images: ImageSet, tmp_path: Path) -> None:
    table = images.table
    table.loc[ids_of(20)[4], "filename"] = 'odd,"name"\n.png'
    inspector = SplitInspector(images.derive(table))
    inspector.selection = [ids_of(20)[4], ids_of(20)[19]]
    path = inspector.to_csv(tmp_path / "ids.csv")

    back = pd.read_csv(path, keep_default_na=False)
    assert back["id"].tolist() == inspector.selection
    assert back["filename"][0] == 'odd,"name"\n.png'
    assert back["label"].tolist() == ["cat", ""]
    _, (sent,) = Talk(inspector).ask("csv", 4, 19, form="rows")
    assert sent == path.read_bytes()


def test_the_recipe_is_sent_as_json_that_can_be_read_again(inspector: Any, talk: Talk) -> None:
    inspector.recipe.drop(ids_of(20)[:2], reason="copies")
    _, (text,) = talk.ask("recipe")

    assert Recipe.from_json(text.decode()) == inspector.recipe


def test_a_saved_notebook_shows_counts_and_pictures_with_names_escaped(images: ImageSet) -> None:
    table = images.table
    table.loc[table["split"] == "test", "split"] = "<script>alert(1)</script>"
    bundle = SplitInspector(images.derive(table))._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle

    assert "application/vnd.jupyter.widget-view+json" in data
    assert "<script>" not in data["text/html"]
    assert "&lt;script&gt;" in data["text/html"]
    assert 'src="data:image/webp;base64,' in data["text/html"]


@pytest.mark.parametrize(
    ("images_", "audit", "message"),
    [
        (42, None, "images must be an image set, got int. Load one with"),
        (None, 42, "audit must be what `dcw.audit(images)` returns, got int."),
    ],
)
def test_what_is_no_image_set_or_audit_is_refused(
    images: ImageSet, images_: Any, audit: Any, message: str
) -> None:
    with pytest.raises(TypeError) as caught:
        SplitInspector(images_ or images, audit)

    assert str(caught.value).startswith(message)


def test_findings_without_a_score_are_refused(images: ImageSet) -> None:
    with pytest.raises(ValueError, match=r"missing: issue, score\. Pass what `dcw\.audit"):
        SplitInspector(images, pd.DataFrame({"id": []}))


def test_a_set_without_images_opens(images: ImageSet) -> None:
    empty = SplitInspector(images.derive(images.table.iloc[:0]))

    opened, _ = Talk(empty).ask("open")
    assert opened["n"] == 0
    assert "0 images" in empty._repr_mimebundle_()[0]["text/html"]


def test_the_price_is_shown_only_if_it_was_measured(inspector: Any, talk: Talk) -> None:
    assert talk.ask("open")[0]["price"] is None
    inspector.price = (0.82, 0.74)

    assert talk.events("price") == [{"event": "price", "price": (0.82, 0.74)}]
    with pytest.raises(ValueError, match=r"two accuracies from 0 to 1"):
        inspector.price = (82, 74)


def test_only_identity_is_synced_and_messages_are_json(inspector: Any, talk: Talk) -> None:
    """Pixels, rows and selections must not travel as traits, which echo."""
    inherited = set(AskedWidget().keys)
    assert set(inspector.keys) - inherited <= {"_css"}
    for content, _ in talk.said:
        json.dumps(content)


@settings(deadline=None)
@given(st.lists(st.sampled_from(["drop", "accept", "reject", "undo", "redo", "recipe.undo"])))
def test_undoing_everything_gives_the_empty_state_and_redoing_brings_all_back(
    actions: list[str],
) -> None:
    history = History(3, lambda: None)
    for number, action in enumerate(actions):
        if action == "drop":
            history.recipe.drop([f"id{number}"])
        elif action in {"accept", "reject"}:
            history.decide(np.array([number % 3]), f"{action}ed")
        elif action == "undo" and history.can_undo:
            history.undo()
        elif action == "redo" and history.can_redo:
            history.redo()
        elif action == "recipe.undo" and len(history.recipe):
            history.recipe.undo()

    whole = (history.recipe.to_json(), history.verdicts.tolist())
    taken = 0
    while history.can_undo:
        history.undo()
        taken += 1
    assert len(history.recipe) == 0
    assert history.verdicts.tolist() == [0, 0, 0]
    for _ in range(taken):
        history.redo()
    assert (history.recipe.to_json(), history.verdicts.tolist()) == whole
