"""A data contract: what breaks it is named by id, in the table and in the batches."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from dcwidgets.augmentation import policy
from dcwidgets.imageset import ImageSet
from dcwidgets.pipelines.contracts import Contract, ContractError, contract
from dcwidgets.pipelines.feeding import prepare
from dcwidgets.recipe import Recipe
from dcwidgets.training import build_model
from tests import curation_sets

COATS = ["black", "ginger", "grey"]


def pictures(n: int = 20) -> ImageSet:
    return curation_sets.image_set(
        [curation_sets.photo(seed, 40, 32) for seed in range(n)],
        labels=[["cat", "dog"][seed % 2] for seed in range(n)],
        splits=[["train", "validation"][seed % 5 == 0] for seed in range(n)],
        metadata={"coat": [COATS[seed % 3] for seed in range(n)], "weight_kg": [4.5] * n},
    )


@pytest.fixture(scope="module")
def images() -> ImageSet:
    """Twenty sound pictures."""
    return pictures()


def changed(images: ImageSet, **cells: Any) -> pd.DataFrame:
    """Return the table with one cell changed in rows 3, 4, ... of the named columns."""
    table = images.table.astype(object)
    for row, (column, value) in enumerate(cells.items(), 3):
        table.loc[table.index[row], column] = value
    return table


def test_what_is_learned_is_said_and_kept_by_its_images(images: ImageSet) -> None:
    learned = contract(images)

    assert repr(learned) == (
        "<Contract: classes cat, dog; splits train, validation; at least 32 x 32 pixels; "
        "coat one of black, ginger, grey>"
    )
    learned.check(images)
    assert learned.problems(images).empty


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("label", "horse", "one of cat, dog"),
        ("label", None, "one of cat, dog"),
        ("split", "Train", "one of train, validation"),
        ("height", 31, "at least 32 pixels"),
        ("width", 0, "at least 32 pixels"),
        ("coat", "purple", "one of black, ginger, grey"),
        ("coat", None, "one of black, ginger, grey"),
        ("filename", None, "a value"),
    ],
)
def test_a_broken_cell_is_named_with_its_id(
    column: str, value: object, expected: str, images: ImageSet
) -> None:
    table = changed(images, **{column: value})

    with pytest.raises(ContractError) as caught:
        contract(images).check(table)

    id_ = table.index[3]
    assert caught.value.ids == [id_]
    assert caught.value.problems[["column", "expected"]].to_numpy().tolist() == [[column, expected]]
    shown = "nothing" if value is None else repr(value)
    assert f"{column}: expected {expected}, got {shown} in {id_!r}." in str(caught.value)
    assert str(caught.value).startswith("1 of 20 images break the contract.")


def test_every_offender_is_in_one_error(images: ImageSet) -> None:
    table = changed(images, label="horse", split="Train", coat="purple")

    with pytest.raises(ContractError, match="3 of 20 images") as caught:
        contract(images).check(table)

    assert set(caught.value.ids) == set(table.index[3:6])


def test_an_id_that_stands_twice_is_named(images: ImageSet) -> None:
    table = pd.concat([images.table, images.table.iloc[[2]]])

    with pytest.raises(ContractError, match="ids that are unique") as caught:
        contract(images).check(table)

    assert caught.value.ids == [images.table.index[2]]


def test_a_column_that_is_gone_is_named(images: ImageSet) -> None:
    with pytest.raises(ContractError, match="coat: expected a column of this name, got nothing"):
        contract(images).check(images.table.drop(columns="coat"))


def test_a_long_list_of_offenders_is_cut_in_the_text_and_whole_in_the_error(
    images: ImageSet,
) -> None:
    table = images.table.assign(coat="purple")

    with pytest.raises(ContractError, match="and 15 more") as caught:
        contract(images).check(table)

    assert len(caught.value.ids) == 20


def test_classes_in_another_order_are_refused(images: ImageSet) -> None:
    turned = Contract(["dog", "cat"])

    with pytest.raises(ContractError, match="the same number would mean another class"):
        turned.check(images)
    with pytest.raises(ContractError, match="the same number would mean another class"):
        turned.guard(images)


def test_a_stated_contract_asks_for_no_more_than_it_says(images: ImageSet) -> None:
    Contract(["cat", "dog"]).check(images.table.drop(columns="coat").assign(split="anything"))


def test_a_contract_can_be_saved_and_loaded(images: ImageSet, tmp_path: Path) -> None:
    learned = contract(images)

    assert Contract.load(learned.save(tmp_path / "new" / "contract.json")) == learned


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("{", "no JSON at line 1"),
        ("[]", 'an object with "format": 1'),
        ('{"format": 2, "classes": ["a"]}', 'an object with "format": 1'),
        ('{"format": 1}', "got nothing"),
        ('{"format": 1, "classes": ["a"], "colour": 1}', "got classes, colour"),
        ('{"format": 1, "classes": "cat"}', "classes must be a list of names, got 'cat'"),
        ('{"format": 1, "classes": [1]}', "got 1 in it"),
        ('{"format": 1, "classes": []}', "at least one class"),
        ('{"format": 1, "classes": ["a"], "smallest": 0}', "smallest must be at least 1 pixel"),
    ],
)
def test_a_broken_contract_file_says_what_is_wrong(text: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        Contract.from_json(text)


def test_nothing_can_be_learned_from_nothing(images: ImageSet) -> None:
    with pytest.raises(ValueError, match="nothing to learn a contract from"):
        contract(images.where(split="nowhere"))


# ---- batches ----


class Spoil(tf.keras.layers.Layer):
    """Puts a value into the pictures whose first pixel is ``marked``."""

    def __init__(self, marked: np.ndarray, value: float) -> None:
        super().__init__()
        self.marked = tf.constant(marked, tf.float32)
        self.value = value

    def call(self, inputs: Any, training: bool = False) -> Any:  # noqa: FBT001, FBT002 - as Keras
        del training
        is_it = tf.reduce_all(inputs[:, 0, 0, :] == self.marked, axis=-1)
        return tf.where(is_it[:, None, None, None], self.value, inputs)


def spoiler(images: ImageSet, id_: str, value: float) -> Spoil:
    """A policy that spoils one picture of a set, wherever the order puts it."""
    clean, _ = next(iter(prepare(images.take([id_]), image_size=32)))
    return Spoil(clean.numpy()[0, 0, 0], value)


def test_a_guard_hands_on_what_prepare_gives(images: ImageSet) -> None:
    options: dict[str, Any] = {"shuffle": True, "image_size": 32, "batch_size": 8, "seed": 3}

    guarded = list(contract(images).guard(images, **options))
    plain = list(prepare(images, **options))

    assert len(guarded) == len(plain) == 3
    for (x, y), (want_x, want_y) in zip(guarded, plain, strict=True):
        np.testing.assert_array_equal(x, want_x)
        np.testing.assert_array_equal(y, want_y)


def test_weights_travel_through_a_guard(images: ImageSet) -> None:
    first, last = images.table.index[0], images.table.index[-1]
    weighted = Recipe().weight([first], 0.5).weight([last], 0).apply(images)

    (batch,) = contract(images).guard(weighted, image_size=32, batch_size=20)

    assert batch[2].numpy().tolist() == [0.5, *[1.0] * 18, 0.0]


@pytest.mark.parametrize(
    ("value", "said"), [(np.nan, "NaN"), (255.0, "255 to 255"), (-0.5, "-0.5 to -0.5")]
)
@pytest.mark.parametrize("seed", [0, 1])
def test_a_bad_picture_is_named_in_whatever_order_it_comes(
    value: float, said: str, seed: int, images: ImageSet
) -> None:
    bad = images.table.index[13]
    options: dict[str, Any] = {
        "shuffle": True,
        "image_size": 32,
        "batch_size": 4,
        "seed": seed,
        "augment": spoiler(images, bad, value),
    }

    seen: list[object] = []
    with pytest.raises(ContractError, match=f"{said}, expected values from 0 to 1") as caught:
        seen.extend(contract(images).guard(images, **options))

    assert caught.value.ids == [bad]
    assert caught.value.batch == len(seen) + 1
    assert repr(bad) in str(caught.value)


def test_a_picture_that_does_not_decode_shifts_no_name() -> None:
    images = pictures()
    files = dict(images.store.files)  # type: ignore[attr-defined]
    ids = images.table.index
    images.store.files = {**files, ids[2]: b"torn"}  # type: ignore[attr-defined]
    bad = ids[13]

    with (
        pytest.warns(UserWarning, match="1 of 20 pictures"),
        pytest.raises(ContractError) as caught,
    ):
        list(contract(images).guard(images, image_size=32, augment=spoiler(images, bad, np.nan)))

    assert caught.value.ids == [bad]


def test_a_bad_batch_stops_the_training_in_one_sentence(images: ImageSet) -> None:
    bad = images.table.index[13]
    model = build_model(image_size=32)
    guard = contract(images).guard(
        images, image_size=32, batch_size=4, augment=spoiler(images, bad, np.nan)
    )

    with pytest.raises(ContractError) as caught, guard as batches:
        model.fit(batches, verbose=0)

    assert (caught.value.ids, caught.value.batch) == ([bad], 4)
    assert caught.value.__cause__ is None
    assert all(np.isfinite(weights).all() for weights in model.get_weights())


def of(x: np.ndarray, y: np.ndarray, batch: int = 4) -> tf.data.Dataset:
    return tf.data.Dataset.from_tensor_slices((x, y)).batch(batch)


SOUND = np.full((10, 32, 32, 3), 0.5, np.float32)
LABELS = np.tile([0, 1], 5)
IDS = [f"pet-{number}" for number in range(10)]


@pytest.mark.parametrize(
    ("x", "y", "said"),
    [
        (SOUND.astype(np.uint8), LABELS, "all pictures: uint8, expected pictures as float32"),
        (SOUND[:, :16], LABELS, "(16, 32, 3), expected pictures of shape (32, 32, 3)"),
        (SOUND[..., :1], LABELS, "(32, 32, 1), expected pictures of shape (32, 32, 3)"),
        (SOUND, LABELS.astype(float), "float64 of shape (4,), expected one class number"),
        (SOUND, np.eye(2, dtype=int)[LABELS], "of shape (4, 2), expected one class number"),
    ],
)
def test_batches_of_another_kind_are_refused_at_once(
    x: np.ndarray, y: np.ndarray, said: str
) -> None:
    with pytest.raises(ContractError) as caught:
        list(Contract(["cat", "dog"]).guard(of(x, y), ids=IDS, image_size=32))

    assert said in str(caught.value)
    assert caught.value.batch == 1


@pytest.mark.parametrize("wrong", [2, -1])
def test_a_label_outside_the_classes_is_named(wrong: int) -> None:
    labels = LABELS.copy()
    labels[6] = wrong

    with pytest.raises(ContractError, match=f"class number {wrong}, expected 0 to 1") as caught:
        list(Contract(["cat", "dog"]).guard(of(SOUND, labels), ids=IDS, image_size=32))

    assert (caught.value.ids, caught.value.batch) == (["pet-6"], 2)


def test_all_bad_pictures_of_a_batch_are_named_in_every_epoch() -> None:
    spoiled = SOUND.copy()
    spoiled[[4, 7], 0, 0, 0] = [np.nan, np.inf]
    guard = Contract(["cat", "dog"]).guard(of(spoiled, LABELS), ids=IDS, image_size=32)

    for _ in range(2):
        with pytest.raises(ContractError) as caught:
            list(guard)
        assert (caught.value.ids, caught.value.batch) == (["pet-4", "pet-7"], 2)


def test_without_ids_a_place_is_named() -> None:
    spoiled = SOUND.copy()
    spoiled[5] = np.nan

    with pytest.raises(ContractError, match=r"Batch 2 .*'picture 1 of the batch': NaN"):
        list(Contract(["cat", "dog"]).guard(of(spoiled, LABELS), image_size=32))


def test_an_error_of_somebody_else_stays_what_it_is(images: ImageSet) -> None:
    def break_off() -> None:
        with contract(images).guard(images, image_size=32) as batches:
            next(iter(batches))
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        break_off()


def test_what_is_no_pipeline_is_refused() -> None:
    with pytest.raises(ValueError, match=r"or a tf\.data\.Dataset, got list\."):
        Contract(["cat"]).guard([SOUND])


def test_options_of_prepare_are_refused_for_batches() -> None:
    with pytest.raises(ValueError, match="shuffle: these are options of `prepare`"):
        Contract(["cat", "dog"]).guard(of(SOUND, LABELS), shuffle=True)


def test_noise_gets_the_room_that_it_is_given(images: ImageSet) -> None:
    heavy = policy("heavy", seed=0)
    learned = contract(images)

    with pytest.raises(ContractError, match="expected values from 0 to 1"):
        list(learned.guard(images, image_size=32, augment=heavy))
    assert len(list(learned.guard(images, image_size=32, augment=heavy, value_range=(-1, 2)))) == 1


def test_blended_labels_pass(images: ImageSet) -> None:
    blend = tf.keras.layers.MixUp(alpha=0.4)

    ((_, labels),) = contract(images).guard(images, image_size=32, augment=blend)

    assert not np.isin(labels, [0, 1]).all()
