"""The drawn set on paper: its plan, its answer key, its pictures."""

import io
from collections import Counter
from itertools import combinations
from random import Random

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from dcwidgets.sources.pocket_pets import damage, heads, others, picture
from dcwidgets.sources.pocket_pets.bodies import POSES
from dcwidgets.sources.pocket_pets.coats import COATS, NEW_COAT
from dcwidgets.sources.pocket_pets.key import answers
from dcwidgets.sources.pocket_pets.light import LIGHTS, NEW_LIGHT
from dcwidgets.sources.pocket_pets.plan import HOME, KINDS, RARE, SPLITS, Entry, plan
from dcwidgets.sources.pocket_pets.scenes import SCENES
from dcwidgets.sources.pocket_pets.studio import Taken, drawing

SLICED = ("coat", "scene", "pose", "light")


@pytest.fixture(scope="module")
def entries() -> list[Entry]:
    """The plan of the whole set."""
    return plan()


@pytest.fixture(scope="module")
def key(entries: list[Entry]) -> pd.DataFrame:
    """The answer key by file name."""
    return answers(entries)


@pytest.fixture(scope="module")
def taken() -> list[Taken]:
    """A drawn set of a few hundred pictures."""
    with drawing(plan(percent=8)) as pictures:
        return list(pictures)


def of(entries: list[Entry], split: str) -> list[Entry]:
    return [entry for entry in entries if entry.split == split]


def scene(kind: str = "cat", **chosen: str) -> picture.Scene:
    plain = {"coat": "grey", "scene": "sofa", "pose": "sitting", "light": "noon", "camera": "phone"}
    return picture.Scene(kind=kind, seed="a test", **(plain | chosen))


def test_each_split_has_its_size(entries: list[Entry]) -> None:
    assert Counter(entry.split for entry in entries) == SPLITS


def test_the_same_seed_plans_the_same_set_and_another_seed_another(entries: list[Entry]) -> None:
    assert plan() == entries
    assert plan(1) != entries


def test_file_names_are_unique_and_name_no_class(entries: list[Entry]) -> None:
    names = [entry.filename for entry in entries]

    assert len(set(names)) == len(names)
    assert not [name for name in names if "cat" in name or "dog" in name]


def test_a_file_name_does_not_tell_where_a_defect_is(entries: list[Entry]) -> None:
    """Defects are spread over the numbers, not bunched at the end."""
    numbers = [int(entry.filename[-8:-4]) for entry in of(entries, "train") if entry.original]

    assert 1000 < np.mean(numbers) < 1400


def test_gold_holds_every_combination_once(entries: list[Entry]) -> None:
    cells = Counter(
        (e.what.kind, *(getattr(e.what, c) for c in SLICED)) for e in of(entries, "gold")
    )

    assert len(cells) == len(KINDS) * len(COATS) * len(SCENES) * len(POSES) * len(LIGHTS) == 1000
    assert set(cells.values()) == {1}


@pytest.mark.parametrize("split", ["gold", "fresh"])
def test_trusted_splits_have_no_defect_and_no_copy(split: str, entries: list[Entry]) -> None:
    assert not [entry for entry in of(entries, split) if entry.defects or entry.original]
    assert all(entry.label == entry.what.kind for entry in of(entries, split))


def test_no_picture_of_gold_or_fresh_is_drawn_again_elsewhere(entries: list[Entry]) -> None:
    seeds = {split: {entry.what.seed for entry in of(entries, split)} for split in SPLITS}

    shared = {pair: seeds[pair[0]] & seeds[pair[1]] for pair in combinations(SPLITS, 2)}
    assert {pair for pair, both in shared.items() if both} == {("train", "pool")}


def test_the_pool_is_representative(entries: list[Entry]) -> None:
    drawn = [entry.what for entry in of(entries, "pool") if not entry.original]
    shares = pd.DataFrame({"kind": [w.kind for w in drawn], "scene": [w.scene for w in drawn]})

    table = pd.crosstab(shares["scene"], shares["kind"], normalize="columns")
    assert ((table > 0.15) & (table < 0.25)).all(axis=None)


@pytest.mark.parametrize("kind", KINDS)
def test_one_scene_gives_the_label_away_in_train(kind: str, entries: list[Entry]) -> None:
    there = [e.label for e in of(entries, "train") if e.what.scene == HOME[kind]]

    assert 0.9 < there.count(kind) / len(there) < 0.99


@pytest.mark.parametrize("kind", KINDS)
def test_one_coat_is_rare_in_train_for_one_class_only(kind: str, entries: list[Entry]) -> None:
    coats = Counter((e.what.kind, e.what.coat) for e in of(entries, "train"))
    other = KINDS[1 - KINDS.index(kind)]

    assert coats[kind, RARE[kind]] < 0.05 * coats.total() / 2
    assert coats[other, RARE[kind]] > 0.15 * coats.total() / 2


def test_dogs_are_called_cats_more_often_than_the_other_way_round(entries: list[Entry]) -> None:
    wrong = Counter(e.what.kind for e in of(entries, "train") if "label" in e.defects)

    assert wrong["dog"] > 2 * wrong["cat"] > 0


def test_fresh_has_winter_light_and_a_new_coat(entries: list[Entry]) -> None:
    fresh = [entry.what for entry in of(entries, "fresh")]

    assert {what.light for what in fresh} == {NEW_LIGHT}
    assert {what.coat for what in fresh} == {*COATS, NEW_COAT}


def test_the_key_names_every_picture_and_every_kind_of_defect(
    entries: list[Entry], key: pd.DataFrame
) -> None:
    assert set(key["filename"]) == {entry.filename for entry in entries}
    assert set(key["defect"]) == {
        *("none", "label", "rare_coat", "scene_shortcut", "exact_duplicate", "near_duplicate"),
        *("dark", "light", "blurry", "blank", "off_topic", "unreadable"),
    }


def test_the_key_says_label_exactly_where_label_and_truth_differ(
    entries: list[Entry], key: pd.DataFrame
) -> None:
    wrong = {e.filename for e in entries if e.true_label not in {None, e.label}}

    assert set(key.loc[key["defect"] == "label", "filename"]) == wrong
    assert len(wrong) > 100


def test_only_off_topic_pictures_have_no_true_label(key: pd.DataFrame) -> None:
    nothing = key.loc[key["true_label"].isna(), "filename"]

    assert set(nothing) == set(key.loc[key["defect"] == "off_topic", "filename"])


def test_a_healthy_picture_has_no_other_row(key: pd.DataFrame) -> None:
    rows = key.groupby("filename").size()

    assert (rows[key.loc[key["defect"] == "none", "filename"]] == 1).all()


def test_duplicates_and_only_they_have_a_partner(key: pd.DataFrame) -> None:
    copy = key["defect"].isin(["exact_duplicate", "near_duplicate"])

    assert key["other"].notna().equals(copy)
    assert (key.loc[copy, "other"] != key.loc[copy, "filename"]).all()


def test_every_pair_of_pictures_of_one_drawing_is_in_the_key(
    entries: list[Entry], key: pd.DataFrame
) -> None:
    drawings: dict[str, list[str]] = {}
    for entry in entries:
        drawings.setdefault(entry.what.seed, []).append(entry.filename)
    pairs = {frozenset(p) for names in drawings.values() for p in combinations(names, 2)}
    named = key.dropna(subset="other")

    assert {frozenset(p) for p in zip(named["filename"], named["other"], strict=True)} == pairs
    assert len(named) == len(pairs)


def test_a_copy_has_its_originals_label_and_description(entries: list[Entry]) -> None:
    by_name = {entry.filename: entry for entry in entries}
    copies = [entry for entry in of(entries, "train") if entry.original]

    assert copies
    for copy in copies:
        original = by_name[copy.original or ""]
        assert (copy.label, copy.what) == (original.label, original.what)


def test_a_picture_is_the_same_bytes_each_time() -> None:
    first, second = (damage.encode(picture.draw(scene()).pixels) for _ in range(2))

    assert first == second


@pytest.mark.parametrize("camera", picture.CAMERAS)
def test_a_camera_decides_the_size(camera: str) -> None:
    assert picture.draw(scene(camera=camera)).pixels.size == picture.CAMERAS[camera]


@pytest.mark.parametrize("name", SCENES)
@pytest.mark.parametrize("light", [*LIGHTS, NEW_LIGHT])
def test_every_scene_is_drawn_under_every_light(name: str, light: str) -> None:
    pixels = np.asarray(picture.draw(scene(scene=name, light=light)).pixels)

    assert pixels.std() > 10


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("pose", POSES)
def test_the_box_holds_the_head(kind: str, pose: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its head the animal's picture changes inside the box and nowhere else."""
    whole = picture.draw(scene(kind, pose=pose))
    monkeypatch.setattr(heads, "head", lambda *_: "")
    headless = picture.draw(scene(kind, pose=pose))

    x, y, width, height = whole.head
    changed = (np.asarray(whole.pixels) != np.asarray(headless.pixels)).any(axis=2)
    inside = changed[y : y + height, x : x + width].sum()
    assert inside > 0.5 * width * height
    assert inside > 0.9 * changed.sum()  # whiskers may reach out of it


def test_a_set_has_as_many_pictures_as_its_plan(taken: list[Taken]) -> None:
    assert sorted(t.entry.filename for t in taken) == sorted(e.filename for e in plan(percent=8))


def test_unreadable_pictures_and_no_others_fail_to_load(taken: list[Taken]) -> None:
    broken = {t.entry.filename for t in taken if "unreadable" in t.entry.defects}

    assert broken
    assert {t.entry.filename for t in taken if not loads(t.encoded)} == broken


def test_no_broken_bytes_load() -> None:
    encoded = damage.encode(picture.draw(scene()).pixels)

    assert not [n for n in range(200) if loads(damage.broken(encoded, Random(n)))]


def loads(encoded: bytes) -> bool:
    try:
        Image.open(io.BytesIO(encoded)).load()
    except Exception:  # noqa: BLE001 - Pillow raises almost anything on broken bytes
        return False
    return True


def test_exact_duplicates_are_equal_bytes_and_near_ones_are_not(taken: list[Taken]) -> None:
    by_name = {t.entry.filename: t.encoded for t in taken}
    pairs = [(t, by_name[t.entry.original]) for t in taken if t.entry.original in by_name]
    kinds = Counter(t.entry.defects[0] for t, _ in pairs)

    assert min(kinds["exact_duplicate"], kinds["near_duplicate"]) > 3
    for copy, original in pairs:
        assert (copy.encoded == original) == (copy.entry.defects[0] == "exact_duplicate")


def test_a_box_lies_inside_its_picture(taken: list[Taken]) -> None:
    for t in taken:
        x, y, width, height = t.head
        assert 0 <= x < x + width <= t.width
        assert 0 <= y < y + height <= t.height


def test_recorded_size_is_the_pictures_size(taken: list[Taken]) -> None:
    readable = [t for t in taken if "unreadable" not in t.entry.defects]

    assert {(t.width, t.height) for t in readable} > set(picture.CAMERAS.values())
    assert all(Image.open(io.BytesIO(t.encoded)).size == (t.width, t.height) for t in readable)


def measures(taken: list[Taken]) -> pd.DataFrame:
    rows = []
    for t in taken:
        if "unreadable" in t.entry.defects:
            continue
        grey = np.asarray(Image.open(io.BytesIO(t.encoded)).convert("L"), np.float64) / 255
        low, high = np.percentile(grey, [5, 99])
        edges = np.diff(grey, axis=0).var() + np.diff(grey, axis=1).var()
        rows.append((t.entry.defects[:1] or ("none",), low, high, edges, grey.std()))
    frame = pd.DataFrame(rows, columns=["defect", "low", "high", "edges", "spread"])
    return frame.assign(defect=frame["defect"].str[0])


@pytest.mark.parametrize(
    ("defect", "column", "limit"),
    [("dark", "high", "below"), ("light", "low", "above"), ("blank", "spread", "below")],
)
def test_a_damage_is_clear_of_everything_healthy(
    defect: str, column: str, limit: str, taken: list[Taken]
) -> None:
    """So that one limit can find every damaged picture and no other."""
    table = measures(taken)
    damaged = table.loc[table["defect"] == defect, column]
    healthy = table.loc[~table["defect"].isin(["dark", "light", "blurry", "blank"]), column]

    assert len(damaged) >= 2
    assert damaged.max() < healthy.min() if limit == "below" else damaged.min() > healthy.max()


def test_a_blurred_picture_has_hardly_an_edge(taken: list[Taken]) -> None:
    table = measures(taken)
    sound = table[~table["defect"].isin(["dark", "light", "blank", "blurry"])]

    assert table.loc[table["defect"] == "blurry", "edges"].max() < sound["edges"].min()


def test_off_topic_pictures_show_no_pet() -> None:
    """The same seed draws another picture altogether."""
    pet, thing = picture.draw(scene()).pixels, others.draw(scene()).pixels

    assert pet.size == thing.size
    assert np.abs(np.asarray(pet, np.int16) - np.asarray(thing, np.int16)).mean() > 20


@pytest.mark.parametrize("percent", [1, 3, 50])
def test_a_smaller_set_keeps_every_split_and_defect(percent: int) -> None:
    entries = plan(percent=percent)

    assert Counter(e.split for e in entries) == {s: n * percent // 100 for s, n in SPLITS.items()}
    assert set(answers(entries)["defect"]) == set(answers(plan())["defect"])
