"""The Python half of the coreset explorer: what the page asks, and what a learner reads."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import traitlets

import dcwidgets as dcw
from dcwidgets.widgets import coreset_explorer
from dcwidgets.widgets._coreset_task import distances, positions
from tests.bench._pictures import picture_set
from tests.unit.test_split_inspector import Talk

N = 60


@pytest.fixture(scope="module")
def features() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(N, 5)).astype(np.float32)


@pytest.fixture
def explorer(features: np.ndarray) -> coreset_explorer.CoresetExplorer:
    return coreset_explorer.CoresetExplorer(picture_set(N), features)


@pytest.fixture
def talk(explorer: coreset_explorer.CoresetExplorer) -> Talk:
    return Talk(explorer)


def test_only_the_train_split_is_shown_and_chosen_from(
    explorer: coreset_explorer.CoresetExplorer, talk: Talk
) -> None:
    images = picture_set(N)
    train = images.where(split="train")

    opened, buffers = talk.ask("open")

    assert opened["n"] == len(train) < N
    assert len(np.frombuffer(buffers[0], "<f4")) == 2 * len(train)
    numbers = train.table["label"].map({"cat": 0, "dog": 1})
    assert np.frombuffer(buffers[1], "<u2").tolist() == numbers.tolist()
    assert explorer.size == round(0.1 * len(train))


@pytest.mark.parametrize("method", ["random", "stratified", "k_center", "facility_location"])
def test_the_coreset_is_what_the_library_chooses(
    explorer: coreset_explorer.CoresetExplorer, features: np.ndarray, method: str
) -> None:
    explorer.method, explorer.size = method, 7

    expected = dcw.coreset(picture_set(N), 7, method, features=features)

    assert list(explorer.coreset.table.index) == list(expected.table.index)


def test_the_page_gets_what_python_reads(
    explorer: coreset_explorer.CoresetExplorer, talk: Talk
) -> None:
    facts, buffers = talk.ask("choose", method="k_center", size=9)
    explorer.method, explorer.size = "k_center", 9

    rows = np.frombuffer(buffers[0], "<u4")

    ids = explorer.images.table.index
    assert list(ids[rows]) == list(explorer.coreset.table.index)
    assert sum(facts["counts"]) == 9
    labels = explorer.coreset.table["label"].value_counts()
    assert facts["counts"] == [labels["cat"], labels["dog"]]


def test_weights_of_a_method_reach_the_coreset(explorer: coreset_explorer.CoresetExplorer) -> None:
    explorer.method, explorer.size = "sensitivity", 10

    assert explorer.coreset.weights.max() > explorer.coreset.weights.min()


def test_a_share_becomes_a_number_of_pictures(explorer: coreset_explorer.CoresetExplorer) -> None:
    explorer.size = 0.5

    assert explorer.size == round(len(explorer.images) / 2)
    with pytest.raises(ValueError, match="share above 0"):
        explorer.size = 0


def test_a_method_that_lacks_something_says_what_to_pass(
    explorer: coreset_explorer.CoresetExplorer, talk: Talk
) -> None:
    with pytest.raises(traitlets.TraitError, match="clean_then_cover needs probabilities"):
        explorer.method = "clean_then_cover"
    with pytest.raises(traitlets.TraitError, match="method must be one of"):
        explorer.method = "magic"
    assert "'method' is 'el2n'" in talk.error("choose", method="el2n", size=5)


def test_with_scores_the_methods_that_need_them_are_offered(features: np.ndarray) -> None:
    images = picture_set(N)
    scores = pd.DataFrame(
        {"el2n": np.linspace(0, 1, N), "forgetting": np.arange(N)}, images.table.index
    )

    explorer = coreset_explorer.CoresetExplorer(images, features, scores=scores)
    explorer.method, explorer.size = "el2n", 3

    hardest = images.where(split="train").table.index[-3:]
    assert set(explorer.coreset.table.index) == set(hardest)


@pytest.mark.parametrize("size", [0, N + 1, 2.5, True, None])
def test_sizes_out_of_range_are_refused(talk: Talk, size: object) -> None:
    assert "'size'" in talk.error("choose", method="random", size=size)


def test_the_selection_is_read_and_set(
    explorer: coreset_explorer.CoresetExplorer, talk: Talk
) -> None:
    ids = list(explorer.images.table.index)
    talk.ask("select", 4, 2)
    assert explorer.selection == [ids[2], ids[4]]

    explorer.selection = [ids[7]]
    assert len(talk.events("selection")) == 1
    assert explorer.selection == [ids[7]]
    assert "outside the table" in talk.error("select", 10_000)
    with pytest.raises(ValueError, match="nobody"):
        explorer.selection = ["nobody"]


def test_a_comparison_has_a_row_for_each_method(
    explorer: coreset_explorer.CoresetExplorer,
) -> None:
    explorer.size = 8

    table = explorer.compare()

    assert "k_center" in table.index
    assert (table["cat"] + table["dog"] == table["kept"]).all()
    farthest = table["farthest"].astype(float).to_dict()
    assert farthest["k_center"] <= farthest["random"]


def test_distances_in_blocks_are_those_to_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    points = np.random.default_rng(1).normal(size=(50, 3)).astype(np.float32)
    rows = np.array([3, 20, 41])
    apart = np.linalg.norm(points[:, None] - points[rows], axis=2).min(axis=1)
    monkeypatch.setattr("dcwidgets.widgets._coreset_task._PAIRS", 60)

    found = distances(points, rows)

    np.testing.assert_allclose(found, apart, atol=1e-3)
    assert (found[rows] == 0).all()


def test_the_map_shows_the_two_widest_directions() -> None:
    points = np.zeros((100, 4), np.float32)
    rng = np.random.default_rng(2)
    points[:, 2], points[:, 1] = rng.normal(0, 9, 100), rng.normal(0, 3, 100)

    plane = positions(points)

    assert abs(np.corrcoef(plane[:, 0], points[:, 2])[0, 1]) > 0.99
    assert abs(np.corrcoef(plane[:, 1], points[:, 1])[0, 1]) > 0.99
    assert np.abs(plane).max() == pytest.approx(1)


@pytest.mark.parametrize("points", [np.ones((5, 3)), np.arange(5.0)[:, None]])
def test_duplicates_and_a_single_feature_make_a_map(points: np.ndarray) -> None:
    plane = positions(points.astype(np.float32))

    assert plane.shape == (5, 2)
    assert np.isfinite(plane).all()


def test_pictures_without_features_are_left_out(features: np.ndarray) -> None:
    lame = features.copy()
    train = picture_set(N).where(split="train")
    row = picture_set(N).table.index.get_loc(train.table.index[0])
    lame[row] = np.nan

    explorer = coreset_explorer.CoresetExplorer(picture_set(N), lame)

    assert len(explorer.images) == len(train) - 1
    assert train.table.index[0] not in explorer.images.table.index


def test_a_saved_notebook_shows_pictures(explorer: coreset_explorer.CoresetExplorer) -> None:
    bundle = explorer._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle

    assert "<img" in data["text/html"]


def test_something_else_than_images_is_refused() -> None:
    with pytest.raises(TypeError, match="image set, got list"):
        coreset_explorer.CoresetExplorer([1, 2])  # type: ignore[arg-type]
