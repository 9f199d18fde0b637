"""Judging probabilities: scores against scikit-learn, thresholds, calibration, reasons."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

import dcwidgets as dcw
from tests.judged_pets import balanced, pets, with_errors
from tests.strategies import image_set


def drawn(n: int = 200, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    """Labels and noisy probabilities of the second class, with ties."""
    rows = balanced(n, seed)
    noise = np.random.default_rng(seed).normal(0.0, 0.35, n)
    means = np.where(rows["label"] == "dog", 0.7, 0.3)
    return rows, np.clip(means + noise, 0, 1).round(2)


def test_scores_are_those_of_scikit_learn() -> None:
    rows, dog = drawn()
    truth, said = rows["label"] == "dog", dog > 0.5
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(
        truth, said, average="binary"
    )
    expected = [
        *(metrics.accuracy_score(truth, said), precision, recall, f1),
        *(metrics.roc_auc_score(truth, dog), metrics.average_precision_score(truth, dog)),
    ]

    found = dcw.evaluate(dog, pets(rows)).metrics()

    assert found["value"].to_numpy() == pytest.approx(expected)
    assert (found["low"] < found["value"]).all()
    assert (found["value"] < found["high"]).all()


def test_scores_of_three_classes_are_means_over_the_classes() -> None:
    rng = np.random.default_rng(0)
    labels = rng.choice(["cat", "dog", "bird's nest"], 90)
    index = pd.Index([f"p{number}" for number in range(90)])
    images = image_set(
        pd.DataFrame({"label": labels, "split": "gold", "coat": "white"}, index=index)
    )
    shares = rng.dirichlet([1, 1, 1], 90)
    numbers = pd.Series(labels).map({"cat": 0, "dog": 1, "bird's nest": 2})

    ev = dcw.evaluate(shares, images)

    assert ev.accuracy == pytest.approx((shares.argmax(axis=1) == numbers).mean())
    assert ev.metrics()["value"]["ROC AUC"] == pytest.approx(
        metrics.roc_auc_score(numbers, shares, multi_class="ovr")
    )
    assert list(ev.table.filter(like="probability of ")) == [
        f"probability of {name}" for name in images.classes
    ]
    assert ev.confusion.to_numpy().sum() == 90
    with pytest.raises(ValueError, match="A threshold needs two classes"):
        ev.at(0.3)
    with pytest.raises(ValueError, match="A threshold needs two classes"):
        ev.best_threshold(1, 1)


def test_a_missing_class_leaves_scores_open_and_nothing_breaks() -> None:
    rows = balanced(30).assign(label="cat")
    found = dcw.evaluate(np.full(30, 0.2), pets(rows)).metrics()["value"]

    assert found["accuracy"] == 1
    assert np.isnan(found[["precision", "recall", "ROC AUC"]]).all()


def test_an_interval_of_the_area_holds_the_true_one_nineteen_times_in_twenty() -> None:
    held = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        rows = balanced(150, seed)
        scores = rng.normal((rows["label"] == "dog") * 1.0, 1)
        probability = 1 / (1 + np.exp(-scores))
        found = dcw.evaluate(np.asarray(probability), pets(rows)).metrics().T["ROC AUC"]
        held += found["low"] <= 0.7602 <= found["high"]  # of two normals one deviation apart

    assert 52 <= held <= 60


def test_the_table_says_what_each_picture_is_called_and_keeps_its_metadata() -> None:
    rows, dog = drawn()
    ev = dcw.evaluate(dog, pets(rows))
    table = ev.table

    assert table["predicted"].tolist() == np.where(dog > 0.5, "dog", "cat").tolist()
    assert (table["correct"] == (table["predicted"] == table["label"])).all()
    assert {"scene", "coat", "camera"} <= set(table)
    assert ev.confusion["dog"]["cat"] == ((rows["label"] == "cat") & (dog > 0.5)).sum()
    assert ev.positive == "dog"
    table["correct"] = False
    assert ev.accuracy > 0


def test_pictures_without_metadata_are_described_by_what_is_measured() -> None:
    rows = balanced(30)[["label"]]
    table = dcw.evaluate(np.full(30, 0.2), pets(rows)).table

    assert {"brightness", "contrast", "sharpness"} <= set(table)


@settings(max_examples=15)
@given(st.floats(0.05, 20), st.floats(0.05, 20))
def test_no_threshold_is_cheaper_than_the_best_one(wrong: float, missed: float) -> None:
    rows, dog = drawn(80)
    ev = dcw.evaluate(dog, pets(rows))
    best = ev.best_threshold(wrong, missed)

    others = [ev.at(limit).cost(wrong, missed) for limit in np.linspace(0, 1, 41)]
    assert ev.at(best).cost(wrong, missed) <= min(others) + 1e-9


def test_a_dearer_miss_lowers_the_threshold() -> None:
    rows, dog = drawn()
    ev = dcw.evaluate(dog, pets(rows))

    assert ev.best_threshold(1, 10) < ev.best_threshold(10, 1)


@pytest.mark.parametrize("costs", [(-1, 1), (0, 0), (float("nan"), 1)])
def test_costs_that_mean_nothing_are_refused(costs: tuple[float, float]) -> None:
    rows, dog = drawn(20)

    with pytest.raises(ValueError, match="Costs must be numbers"):
        dcw.evaluate(dog, pets(rows)).best_threshold(*costs)


def test_each_group_gets_its_own_threshold() -> None:
    rows, dog = drawn()
    shifted = np.where(rows["scene"] == "garden", np.clip(dog + 0.3, 0, 1), dog)
    ev = dcw.evaluate(shifted, pets(rows))
    limits = ev.group_thresholds("scene")

    assert limits["garden"] > limits["sofa"]
    assert ev.at(limits).accuracy > ev.accuracy
    with pytest.raises(ValueError, match="no threshold for scene='garden'"):
        ev.at(limits.drop("garden")).accuracy  # noqa: B018 - reading it is the test


def test_thresholds_for_quarters_of_a_number_hold_for_pictures_beyond_them() -> None:
    rows, dog = drawn()
    here, there = rows.assign(age=np.linspace(1, 9, 200)), rows.assign(age=np.linspace(0, 20, 200))
    limits = dcw.evaluate(dog, pets(here)).group_thresholds("age")

    judged = dcw.evaluate(dog, pets(there)).at(limits)

    assert len(limits) == 4
    above = dog[-1] > limits.iloc[-1]
    assert (judged.table["predicted"].iloc[-1] == "dog") == above


def test_the_curves_end_where_all_or_nothing_is_positive() -> None:
    rows, dog = drawn()
    ev = dcw.evaluate(dog, pets(rows))
    roc, pr = ev.roc(), ev.precision_recall()
    area = np.trapezoid(roc["true_positive_rate"], roc["false_positive_rate"])

    assert roc.iloc[0, 1:3].tolist() == [0, 0]
    assert roc.iloc[-1, 1:3].tolist() == [1, 1]
    assert area == pytest.approx(metrics.roc_auc_score(rows["label"] == "dog", dog))
    assert pr["recall"].iloc[-1] == 1
    assert pr["precision"].iloc[-1] == pytest.approx((rows["label"] == "dog").mean())
    middle = roc.iloc[len(roc) // 2]
    at = ev.at(float(middle["threshold"])).confusion["dog"]["dog"]
    assert at / (rows["label"] == "dog").sum() == pytest.approx(middle["true_positive_rate"])


def test_honest_probabilities_are_calibrated_and_bold_ones_are_not() -> None:
    rng = np.random.default_rng(0)
    said = rng.random(4000)
    labels = np.where(rng.random(4000) < said, "dog", "cat")
    rows = pd.DataFrame({"label": labels}, index=[f"p{i}" for i in range(4000)])
    images = pets(rows.assign(scene="sofa"))
    honest = dcw.evaluate(said, images).calibration()
    bold = dcw.evaluate(np.clip(2 * said - 0.5, 0, 1), images).calibration()

    assert honest.ece < 0.03
    assert bold.ece > 0.1
    assert honest.brier == pytest.approx(metrics.brier_score_loss(labels == "dog", said))
    assert honest.bins["n"].sum() == 4000
    inside = honest.bins["predicted"].between(honest.bins["low"], honest.bins["high"])
    assert inside.mean() >= 0.8


def test_the_gain_of_a_group_is_paired_and_has_an_interval() -> None:
    rows = balanced(400)
    in_garden = rows["scene"] == "garden"
    half = in_garden & (np.arange(400) % 2 == 0)
    before, after = with_errors(rows, in_garden), with_errors(rows, half)
    found = after.gain(before, "scene")

    assert found.index[0] == "garden"
    assert found["gain"]["garden"] == pytest.approx(0.5, abs=0.1)
    assert 0 < found["low"]["garden"] < found["gain"]["garden"]
    assert found["low"]["sofa"] <= 0 <= found["high"]["sofa"]
    assert after.gain(before)["n"].tolist() == [400]
    with pytest.raises(ValueError, match="no picture in common"):
        after.gain(
            with_errors(rows.set_index(rows.index + "x"), in_garden.set_axis(rows.index + "x"))
        )


def test_reasons_are_the_nearest_training_pictures_and_those_of_another_class() -> None:
    test = balanced(4).assign(label=["cat", "cat", "dog", "dog"])
    train = balanced(6).assign(label=["dog", "dog", "dog", "cat", "cat", "dog"])
    train.index = pd.Index([f"t{number}" for number in range(6)])
    points = {"p0": 0.0, "p1": 9.0, "p2": 4.0, "p3": 8.0}
    points |= {"t0": 0.5, "t1": 1.0, "t2": 2.0, "t3": 3.0, "t4": 9.0, "t5": 20.0}
    features = pd.DataFrame({"x": points})
    ev = dcw.evaluate(np.full(4, 0.9), pets(test))

    found = ev.nearest(["p0", "p1"], pets(train), k=2, features=features)

    rows = found.set_index(["id", "role", "rank"])["neighbour"]
    assert rows["p0"].to_dict() == {
        ("nearest", 1): "t0",
        ("nearest", 2): "t1",
        ("other class", 1): "t0",
        ("other class", 2): "t1",
    }
    assert rows["p1"].loc["nearest"].tolist() == ["t4", "t3"]
    assert found["reason"].iloc[0] == (
        "0 of the 2 most similar training pictures are cat; the nearest cat is 6.00 times as "
        "far as the nearest other one."
    )
    one = ev.nearest(["p0"], pets(train), k=1, features=features)["reason"].iloc[0]
    assert one.startswith("The most similar training picture is not cat; the nearest cat is 6.00 ")
    with pytest.raises(ValueError, match="no features, such as 'p2'"):
        ev.nearest(["p2"], pets(train), features=features.drop("p2"))
    with pytest.raises(ValueError, match="1 of 1 ids are not in this image set"):
        ev.nearest(["t0"], pets(train), features=features)


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        (np.zeros((5, 2)), "These are no probabilities"),
        (np.full((5, 2), 0.4), "These are no probabilities"),
        (np.zeros(4), "expected one row per picture and one column"),
        (np.full((5, 3), 1 / 3), "expected one row per picture and one column"),
        (pd.DataFrame({"cat": [1.0]}, index=["p0"]), "do not hold the class 'dog'"),
        (pd.DataFrame({"cat": [1.0], "dog": [0.0]}, index=["q"]), "any of these pictures"),
    ],
)
def test_what_is_no_probability_is_refused(given_: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        dcw.evaluate(given_, pets(balanced(5)))


def test_probabilities_by_id_judge_the_pictures_that_have_some() -> None:
    frame = pd.DataFrame({"dog": [0.8, 0.1], "cat": [0.2, 0.9]}, index=["p3", "p1"])
    ev = dcw.evaluate(frame, pets(balanced(5)))

    assert ev.table["probability"].to_dict() == {"p1": 0.1, "p3": 0.8}


def test_an_empty_set_and_a_threshold_out_of_range_are_refused() -> None:
    images = pets(balanced(5))

    with pytest.raises(ValueError, match="There are no pictures to judge"):
        dcw.evaluate(np.zeros(0), images.take([]))
    with pytest.raises(ValueError, match="threshold is a probability"):
        dcw.evaluate(np.zeros(5), images, threshold=1.2)


def test_a_part_of_an_evaluation_keeps_its_threshold() -> None:
    rows, dog = drawn()
    part = dcw.evaluate(dog, pets(rows), threshold=0.8).where(scene="sofa")

    assert part.threshold == 0.8
    assert len(part) == (rows["scene"] == "sofa").sum()
    with pytest.raises(ValueError, match="No picture has"):
        part.where(scene="garden")


def test_the_picture_says_what_it_shows() -> None:
    rows, dog = drawn()
    figure = dcw.evaluate(dog, pets(rows)).plot()

    assert figure.alt.startswith("Accuracy 0.")
    assert "200 pictures" in figure.alt
