"""What teachers are told of common wrong answers is true: each is run, and the check answers so."""

import io
from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import keras
import numpy as np
import pandas as pd
import pytest
from PIL import Image

import dcwidgets as dcw
from dcwidgets.course.checks import lesson_04, registered
from dcwidgets.course.lessons import lessons
from dcwidgets.course.teaching import WrongAnswer, teaching
from tests import curation_sets, judged_pets, strategies

# The name that each exercise hands in, as its stub has it.
HANDED_IN = {
    "01": "objective",
    "02": "fair",
    "03": "feed",
    "04": "policy",
    "05": "kappa",
    "06": "recipe",
    "07": "fair",
    "08": "far_apart",
}
CASES = [
    pytest.param(lesson, name, answer, id=f"{name}-{number}")
    for lesson, notes in teaching().items()
    for name, check in notes.checks.items()
    for number, answer in enumerate(check.wrong_answers, 1)
]


class Noise:
    """A store of pictures of noise; ids that differ in the last letter only are copies."""

    def read(self, id_: str) -> bytes:
        rng = np.random.default_rng(int(id_[:-1]))
        coarse = Image.fromarray(rng.integers(0, 256, (8, 8, 3), dtype=np.uint8))
        file = io.BytesIO()
        coarse.resize((64, 64)).save(file, "PNG")
        return file.getvalue()


def copies() -> dict[str, Any]:
    """Lessons 01 to 03: a hundred pictures, ten of them with a copy under another name."""
    ids = [f"{number}a" for number in range(100)] + [f"{number}b" for number in range(10)]
    table = pd.DataFrame({"filename": ids}, index=pd.Index(ids, name="id"))
    labels = np.where(np.arange(110) % 2, "cat", "dog")
    table = table.assign(label=labels, split="train", width=64, height=64, coat="grey")
    images = dcw.ImageSet(table, ["cat", "dog"], Noise(), name="noise")
    run = Mock(images=images, test=images)
    names = {"audit": images, "slices": ["coat"], "first": "cat", "second": "dog"}
    return {"run": run, **names}


def doors(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Lesson 04: light dogs and dark cats, with a judge that needs no training."""
    grounds = [Image.new("RGB", (96, 80), ("black", "white")[n % 2]) for n in range(24)]
    mixed = [Image.blend(curation_sets.photo(n), each, 0.6) for n, each in enumerate(grounds)]
    images = curation_sets.image_set(mixed)
    picture = keras.Input((64, 64, 3))
    lightness = keras.ops.mean(picture, axis=(1, 2, 3))[:, None]
    judge = keras.Model(picture, keras.ops.sigmoid(20 * (lightness - 0.5)))
    monkeypatch.setattr(lesson_04, "_few", lambda _: images)
    monkeypatch.setattr(lesson_04, "_judge", lambda _: judge)
    return {"run": Mock(images=images)}


def swapped() -> dict[str, Any]:
    """Lesson 06: dogs in the garden and cats on the sofa, three swaps of each, and a pool."""
    pairs = [("cat", "sofa"), ("dog", "garden")] * 47 + [("cat", "garden"), ("dog", "sofa")] * 3
    even = [(label, scene) for label in ("cat", "dog") for scene in ("garden", "sofa", "beach")]
    rows = [(*each, "train") for each in pairs] + [(*each, "pool") for each in even * 20]
    table = pd.DataFrame(rows, columns=["label", "scene", "split"])
    table.index = pd.Index([f"p{number}" for number in range(len(table))])
    key = pd.DataFrame({"true_label": table["label"]})
    everything = strategies.image_set(
        table.assign(label=table["label"].where(table["split"] == "train"))
    )
    train, pool = (everything.where(split=name) for name in ("train", "pool"))
    unsure = np.random.default_rng(0).uniform(0.3, 0.7, len(pool))
    before = pd.DataFrame({"cat": unsure, "dog": 1 - unsure, "bird's nest": 0.0}, pool.table.index)
    weak = pd.DataFrame(
        [("cat, scene=garden", 50, 0.1), ("dog, scene=sofa", 50, 0.2)],
        columns=["slice", "n", "accuracy"],
    )
    run = Mock(everything=everything, images=train, pool=pool, key=key)
    return {"run": run, "pool": pool, "before": before, "weak": weak}


def habits() -> dict[str, Any]:
    """Lesson 07: dogs in the garden and cats elsewhere, with exceptions by scene and coat."""
    rows = judged_pets.balanced(400)
    odd = pd.Series(np.arange(400) % 9 == 0, rows.index)
    rows["label"] = ((rows["scene"] == "garden") ^ odd).map({True: "dog", False: "cat"})
    rows.loc[(rows["scene"] == "beach") & (rows["coat"] == "black"), "label"] = "cat"
    images = judged_pets.pets(rows)
    images = images.derive(images.table.assign(split="train"))
    return {"run": Mock(images=images), "pair": ["scene", "coat"]}


MAKERS: dict[str, Callable[[], dict[str, Any]]] = {
    **dict.fromkeys(("01", "02", "03"), copies),
    **dict.fromkeys(
        ("05", "08"), lambda: {"run": Mock(images=curation_sets.image_set([b"", b""]))}
    ),
    "06": swapped,
    "07": habits,
}


@pytest.fixture(scope="module")
def made() -> dict[str, dict[str, Any]]:
    """What a lesson's cells have made when its exercise begins, by maker: some take a while."""
    return {}


@pytest.mark.parametrize(("lesson", "name", "answer"), CASES)
def test_a_common_wrong_answer_is_answered_as_the_teacher_is_told(
    lesson: str,
    name: str,
    answer: WrongAnswer,
    made: dict[str, dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if lesson not in made or lesson == "04":  # what 04 patches is undone after each test
        made[lesson] = doors(monkeypatch) if lesson == "04" else MAKERS[lesson]()
    names = {"dcw": dcw, "np": np, "pd": pd, **made[lesson]}

    exec(answer.code, names)  # noqa: S102 - our own file
    said = registered(lesson)[name](names[HANDED_IN[lesson]], names["run"])

    assert answer.says in str(said)


def test_every_exercise_has_wrong_answers_and_something_to_ask() -> None:
    for lesson in lessons().values():
        for name in lesson.checks:
            answers = teaching()[lesson.id].checks[name].wrong_answers
            assert len(answers) >= 3
            assert [each for each in answers if not each.ask.strip()] == []
