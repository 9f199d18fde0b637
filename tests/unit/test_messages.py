"""Requests from the page: refused by name when wrong, and always answered."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from dcwidgets.widgets._messages import Answer, Ask, AskedWidget, page


class Echo(AskedWidget):
    """Answers two questions, and fails on purpose at the third."""

    _esm = "export default {}"

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[tuple[dict[str, Any], list[bytes]]] = []

    def send(self, content: dict[str, Any], buffers: Sequence[bytes] | None = None) -> None:
        self.sent.append((content, list(buffers or [])))

    def _answers(self) -> Mapping[str, Answer]:
        return {
            "double": lambda ask: ({"n": 2 * ask.integer("n", low=0, high=9)}, [b"xy"]),
            "break": self._break,
        }

    def _break(self, ask: Ask) -> tuple[dict[str, Any], list[bytes]]:
        raise OSError("the disk is gone")

    def hear(self, content: object, buffers: list[memoryview] | None = None) -> dict[str, Any]:
        self._msg_callbacks(self, content, buffers)
        return self.sent[-1][0]


def test_an_answer_carries_the_id_the_fields_and_the_buffers() -> None:
    echo = Echo()

    assert echo.hear({"type": "double", "id": "v-1", "n": 4}) == {"id": "v-1", "n": 8}
    assert echo.sent[-1][1] == [b"xy"]


def test_of_a_request_sent_twice_the_copy_that_comes_first_is_answered() -> None:
    echo = Echo()
    asked = {"type": "double", "n": 4}
    for id_, copies in {"late": (True, False), "slow": (False, True), "both": (True, True)}.items():
        for again in copies:
            echo.hear({**asked, "id": id_} | ({"again": True} if again else {}))

    assert [reply["id"] for reply, _ in echo.sent] == ["late", "slow", "both"]


def test_requests_are_not_remembered_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dcwidgets.widgets._messages._HEARD", 3)
    echo = Echo()
    for k in range(9):
        echo.hear({"type": "double", "id": f"v-{k}", "n": 4})

    assert list(echo._heard) == ["v-6", "v-7", "v-8"]


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        pytest.param(
            "hello",
            {"id": None, "error": "'request' is 'hello'. Expected an object."},
            id="no object",
        ),
        pytest.param(
            {"type": "double"},
            {"id": None, "error": "'id' is None. Expected a text of at most 100 characters."},
            id="no id",
        ),
        pytest.param(
            {"type": "__init__", "id": "a"},
            {"id": "a", "error": "'type' is '__init__'. Expected one of 'double', 'break'."},
            id="unknown type",
        ),
        pytest.param(
            {"type": ["double"], "id": "a"},
            {"id": "a", "error": "'type' is ['double']. Expected one of 'double', 'break'."},
            id="type is a list",
        ),
        pytest.param(
            {"type": "double", "id": "a", "n": True},
            {"id": "a", "error": "'n' is True. Expected a whole number from 0 to 9."},
            id="bool for int",
        ),
        pytest.param(
            {"type": "double", "id": "a", "n": None},
            {"id": "a", "error": "'n' is None. Expected a whole number from 0 to 9."},
            id="empty number field",
        ),
        pytest.param(
            {"type": "break", "id": "a"}, {"id": "a", "error": "the disk is gone"}, id="bug"
        ),
    ],
)
def test_a_bad_request_is_answered_with_one_sentence(
    content: object, answer: dict[str, Any]
) -> None:
    assert Echo().hear(content) == answer


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "1", True, None, 1.5])
def test_a_number_outside_its_range_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"Expected a number from 0 to 1\.$"):
        Ask({"x": value}).number("x", low=0, high=1)


def test_fields_of_the_right_kind_are_read() -> None:
    ask = Ask({"x": 1, "on": False, "who": "cat", "box": {"a": 1}, "all": [1], "none": None})

    assert ask.number("x", low=0, high=1) == 1.0
    assert ask.flag("on") is False
    assert ask.choice("who", ["cat", "dog"]) == "cat"
    assert ask.mapping("box") == {"a": 1}
    assert ask.items("all", most=1) == [1]
    assert (ask.has("x"), ask.has("none"), ask.has("absent")) == (True, False, False)


@pytest.mark.parametrize(
    ("read", "message"),
    [
        pytest.param(lambda ask: ask.flag("x"), "'x' is 1. Expected true or false.", id="flag"),
        pytest.param(lambda ask: ask.mapping("x"), "'x' is 1. Expected an object.", id="mapping"),
        pytest.param(
            lambda ask: ask.items("long", most=1),
            "'long' is [1, 2]. Expected a list of at most 1 values.",
            id="items",
        ),
        pytest.param(
            lambda ask: ask.text("name", longest=3),
            "'name' is '" + "a" * 59 + " (cut). Expected a text of at most 3 characters.",
            id="long text is cut",
        ),
    ],
)
def test_a_field_of_the_wrong_kind_is_refused_with_its_value(read: Any, message: str) -> None:
    ask = Ask({"x": 1, "long": [1, 2], "name": "a" * 500})

    with pytest.raises(ValueError) as caught:
        read(ask)

    assert str(caught.value) == message


def rows(*numbers: int) -> memoryview:
    return memoryview(struct.pack(f"<{len(numbers)}I", *numbers))


def test_row_numbers_arrive_in_the_order_of_the_page() -> None:
    assert Ask({}, [rows(4, 0, 2)]).indices(below=5).tolist() == [4, 0, 2]
    assert Ask({}, [rows()]).indices(below=5).tolist() == []


@pytest.mark.parametrize(
    ("buffers", "message"),
    [
        pytest.param([], "the request carries 0 buffers. Expected one of whole uint32.", id="none"),
        pytest.param(
            [memoryview(b"abc")],
            "the request carries 1 buffers. Expected one of whole uint32.",
            id="three bytes",
        ),
        pytest.param([rows(1, 5)], "row 5 is outside the table of 5 rows.", id="outside"),
        pytest.param(
            [rows(1, 2, 3)], "the request names 3 rows. At most 2 are allowed.", id="too many"
        ),
    ],
)
def test_row_numbers_outside_the_table_are_refused(buffers: list[memoryview], message: str) -> None:
    with pytest.raises(ValueError) as caught:
        Ask({}, buffers).indices(below=5, most=2)

    assert str(caught.value) == message


def test_a_page_that_was_never_built_is_named_with_the_command_that_builds_it() -> None:
    with pytest.raises(FileNotFoundError, match=r"absent\.js is missing.*npm run build"):
        page("absent.js")
