"""The evaluation explorer's Python half: what the page gets, what it may ask, what Python reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import traitlets

import dcwidgets as dcw
from dcwidgets.evaluation import Evaluation
from dcwidgets.imageset import ImageSet
from dcwidgets.widgets._messages import Ask
from tests.curation_sets import image_set, photo

N = 12


def pictures(n: int = N) -> ImageSet:
    scenes = ["garden", "sofa", "sofa"] * (n // 3)
    return image_set([photo(seed) for seed in range(n)], metadata={"scene": scenes})


@pytest.fixture(scope="module")
def images() -> ImageSet:
    return pictures()


@pytest.fixture
def ev(images: ImageSet) -> Evaluation:
    return dcw.evaluate(np.linspace(0.05, 0.95, N), images)


def answer(explorer: dcw.EvaluationExplorer, kind: str, **fields: Any) -> Any:
    buffers = fields.pop("buffers", [])
    return explorer._answers()[kind](Ask(fields, [memoryview(b).cast("B") for b in buffers]))


def rows(*numbers: int) -> list[bytes]:
    return [np.array(numbers, "<u4").tobytes()]


def test_the_page_gets_what_the_table_holds(ev: Evaluation) -> None:
    explorer = dcw.EvaluationExplorer(ev)

    told, buffers = answer(explorer, "open")

    assert told["classes"] == ["cat", "dog"]
    assert [column["name"] for column in told["columns"]] == ["scene"]
    assert np.frombuffer(buffers[0], np.uint16).tolist() == [0, 1] * (N // 2)
    predicted = np.frombuffer(buffers[1], np.uint16)
    assert (predicted == (ev.table["predicted"] == "dog")).all()
    assert np.frombuffer(buffers[2], "<f4") == pytest.approx(ev.table["probability"])


def test_what_is_selected_in_the_page_is_read_in_python_and_the_other_way(
    ev: Evaluation, monkeypatch: pytest.MonkeyPatch
) -> None:
    explorer = dcw.EvaluationExplorer(ev)

    answer(explorer, "select", buffers=rows(7, 2))
    assert explorer.selection == ["p2", "p7"]

    sent: list[Any] = []
    monkeypatch.setattr(explorer, "send", lambda *message: sent.append(message))
    explorer.selection = ["p5", "p1"]
    assert explorer.selection == ["p1", "p5"]
    assert sent[0][1] == rows(1, 5)
    with pytest.raises(ValueError, match="'p99'"):
        explorer.selection = ["p99"]


def test_the_threshold_of_the_page_judges_in_python(ev: Evaluation) -> None:
    explorer = dcw.EvaluationExplorer(ev)
    assert explorer.threshold == 0.5

    explorer.threshold = 0.9

    assert (explorer.evaluation.table["predicted"] == "dog").sum() == 1
    for wrong in (-0.1, 1.5):
        with pytest.raises(traitlets.TraitError, match="a probability, 0 to 1"):
            explorer.threshold = wrong
    explorer.costs = (5, 1)
    assert explorer.costs == (5.0, 1.0)
    with pytest.raises(traitlets.TraitError, match="costs are two numbers"):
        explorer.costs = (5, -1)


def test_edits_of_the_selection_become_a_recipe(ev: Evaluation, images: ImageSet) -> None:
    explorer = dcw.EvaluationExplorer(ev)
    with pytest.raises(ValueError, match="Nothing is selected"):
        answer(explorer, "edit", op="drop")

    answer(explorer, "select", buffers=rows(0))
    assert answer(explorer, "edit", op="relabel", label="dog")[0] == {"steps": 1}
    answer(explorer, "select", buffers=rows(3))
    answer(explorer, "edit", op="drop")

    edited = explorer.recipe.apply(images)
    assert edited.table["label"]["p0"] == "dog"
    assert "p3" not in edited.table.index
    assert answer(explorer, "edit", op="undo")[0] == {"steps": 1}
    with pytest.raises(ValueError, match="label"):
        answer(explorer, "edit", op="relabel", label="bird")


def test_near_pictures_come_with_their_reason(ev: Evaluation) -> None:
    explorer = dcw.EvaluationExplorer(ev, train=pictures(30))

    told, sheets = answer(explorer, "near", row=4)

    assert told["roles"] == ["nearest"] * 4 + ["other class"] * 4
    assert set(told["labels"][4:]) == {"dog"}
    assert "most similar training pictures" in told["reason"]
    assert sheets[0][:2] == b"\xff\xd8"
    with pytest.raises(ValueError, match="row"):
        answer(explorer, "near", row=N)
    with pytest.raises(ValueError, match="Pass train="):
        answer(dcw.EvaluationExplorer(ev), "near", row=0)


def test_selected_pictures_go_on_to_the_annotator(ev: Evaluation, tmp_path: Path) -> None:
    explorer = dcw.EvaluationExplorer(ev)
    with pytest.raises(ValueError, match="Nothing is selected"):
        explorer.annotate(tmp_path / "labels.jsonl")

    explorer.selection = ["p2", "p6"]

    assert sorted(explorer.annotate(tmp_path / "labels.jsonl").queue) == ["p2", "p6"]


def test_what_is_no_evaluation_is_refused() -> None:
    with pytest.raises(TypeError, match=r"dcw\.evaluate"):
        dcw.EvaluationExplorer({"accuracy": 1})  # type: ignore[arg-type]


def test_a_saved_notebook_shows_the_plot(ev: Evaluation) -> None:
    bundle = dcw.EvaluationExplorer(ev)._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle

    assert "<img" in data["text/html"]
