"""Models of several seeds: trained as `measure` trains, judged together."""

import numpy as np
import pandas as pd
import pytest

import dcwidgets as dcw
from dcwidgets.evaluation import Models
from dcwidgets.imageset import ImageSet
from tests.judged_pets import balanced, pets


@pytest.fixture(scope="module")
def images() -> ImageSet:
    """Dogs are light and cats are dark; the last quarter is trusted."""
    rows = balanced(160)
    greys = dict(zip(rows.index, np.where(rows["label"] == "dog", 200, 60).tolist(), strict=True))
    made = pets(rows, greys)
    return made.derive(made.table.assign(split=["train"] * 120 + ["gold"] * 40))


@pytest.fixture(scope="module")
def models(images: ImageSet) -> Models:
    """Two seeds, a few steps."""
    return dcw.train_models(images, seeds=(0, 1), steps=12, image_size=16, progress=False)


def test_models_have_the_score_that_measure_gives(images: ImageSet, models: Models) -> None:
    gold = images.where(split="gold")
    score = dcw.measure(images, gold, seeds=(0, 1), steps=12, image_size=16, progress=False)

    assert models.score(gold).scores == score.scores
    assert len(models) == 2
    assert models.seconds > 0


def test_several_models_answer_with_their_mean(images: ImageSet, models: Models) -> None:
    gold = images.where(split="gold")
    each = [dcw.evaluate(model, gold).table["probability"] for model in models]
    together = dcw.evaluate(models, gold)

    assert together.table["probability"].to_numpy() == pytest.approx(
        np.mean([*map(np.asarray, each)], axis=0), abs=1e-6
    )
    assert dcw.evaluate(list(models), gold).accuracy == together.accuracy
    assert not np.allclose(each[0], each[1])


def test_a_pool_without_labels_gets_probabilities(images: ImageSet, models: Models) -> None:
    pool = images.derive(images.table.assign(label=None))
    found = models.probabilities(pool)

    assert list(found) == ["cat", "dog"]
    assert found.sum(axis=1).to_numpy() == pytest.approx(1, abs=1e-5)
    with pytest.raises(ValueError, match="have no label yet"):
        dcw.evaluate(models, pool)


def test_predictions_are_part_of_drift_and_watch(images: ImageSet, models: Models) -> None:
    dogs, cats = (images.where(label=name) for name in ("dog", "cat"))
    report = dcw.drift(dogs, cats, model=models, permutations=199)
    watch = dcw.Watch(dogs, model=models)

    assert report.table.set_index("feature")["drifted"]["probability of dog"]
    assert watch.look(cats)
    assert "Watch of 7 properties" in repr(watch)


def test_a_model_of_other_classes_is_refused(models: Models) -> None:
    rows = balanced(10)
    three = ImageSet(
        pets(rows).table, ["cat", "dog", "fox"], pets(rows).store, name="three classes"
    )

    with pytest.raises(ValueError, match="knows 2 classes, and these pictures have 3"):
        dcw.evaluate(models, three)


def test_training_nothing_is_refused(images: ImageSet) -> None:
    for seeds, steps in (((), 1), ((0,), 0)):
        with pytest.raises(ValueError, match="at least one seed and one step"):
            dcw.train_models(images, seeds=seeds, steps=steps)


def test_folds_are_judged_like_any_probabilities(images: ImageSet) -> None:
    unseen = pd.DataFrame({"cat": 0.3, "dog": 0.7}, index=images.table.index[:50])

    assert len(dcw.evaluate(unseen, images)) == 50
