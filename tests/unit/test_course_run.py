"""A lesson starts with the right images, the right effort, and a folder it can work in."""

import io
import json
import os
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from dcwidgets import learner_folder
from dcwidgets.course import run, states
from dcwidgets.course.lessons import find_lesson, lessons
from dcwidgets.fitting import Computing
from dcwidgets.imageset import ImageSet
from dcwidgets.recipe import Recipe
from dcwidgets.training import Score


class OneGreyPicture:
    """A store that gives the same picture for every id."""

    def read(self, id_: str) -> bytes:
        sink = io.BytesIO()
        Image.new("RGB", (8, 8), (128, 128, 128)).save(sink, "PNG")
        return sink.getvalue()


def image_set(name: str, **splits: int) -> ImageSet:
    rows = [
        {"id": f"{split}-{n}", "label": ["cat", "dog"][n % 2], "split": split}
        for split, count in splits.items()
        for n in range(count)
    ]
    table = pd.DataFrame(rows).set_index("id")
    table = table.assign(filename=table.index, width=8, height=8)
    return ImageSet(table, ["cat", "dog"], OneGreyPicture(), name=name)


GENTLE = (
    "OMP_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "TF_CPP_MIN_LOG_LEVEL",
    "TF_FORCE_GPU_ALLOW_GROWTH",
    "XLA_PYTHON_CLIENT_PREALLOCATE",
)
DRAWN = image_set("pocket_pets", train=20, pool=8, gold=6, fresh=4)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty learner's folder, an installation with one notebook, and drawn data at once."""
    carried = tmp_path / "carried"
    carried.mkdir()
    (carried / "02_curation.ipynb").write_text("original")
    (tmp_path / "learner").mkdir()
    monkeypatch.chdir(tmp_path / "learner")
    monkeypatch.setattr(learner_folder, "notebooks_dir", lambda: carried)
    monkeypatch.setattr("dcwidgets.sources.load", lambda *_, **__: DRAWN)
    monkeypatch.setattr(run, "device", lambda: "2 CPU cores")
    monkeypatch.setattr(run, "computing", lambda: Computing("float32", xla=False, why="A CPU."))
    for name in GENTLE:  # set here, they are put back when the test ends
        monkeypatch.setenv(name, os.environ.get(name, "2"))
    return tmp_path / "learner"


def load_instead(monkeypatch: pytest.MonkeyPatch, images: ImageSet) -> None:
    monkeypatch.setattr("dcwidgets.sources.load", lambda *_, **__: images)


def score(mean: float) -> Score:
    return Score(mean, 0.01, (mean,), 0.2, 3.0, pd.DataFrame())


def test_drawn_data_comes_in_its_parts() -> None:
    started = run.lesson("02", "full")

    parts = (started.images, started.pool, started.test, started.fresh, started.everything)
    assert [len(part) for part in parts] == [20, 8, 6, 4, 38]
    assert set(started.images.table["split"]) == {"train"}


def test_a_recipe_that_collects_fits_everything() -> None:
    started = run.lesson("02", "full")

    more = Recipe().add(["pool-0", "pool-1"]).apply(started.everything)

    assert len(more.where(split="train")) == 22


def test_it_says_what_to_expect(capsys: pytest.CaptureFixture[str]) -> None:
    run.lesson("02", "quick")

    version = DRAWN.version
    assert capsys.readouterr().out == (
        "Lesson 02 Curation · about 45 minutes\n"
        "device  2 CPU cores: float32, not compiled\n"
        f"data    pocket_pets {version}: 20 to learn from, 6 trusted\n"
        "mode    quick: 2 seeds, 700 batches each\n"
    )


@pytest.mark.parametrize(
    ("mode", "environment", "chosen"),
    [
        ("auto", {}, "full"),
        ("auto", {"DCW_QUICK": "1"}, "quick"),
        ("auto", {"DCW_QUICK": "0"}, "full"),
        ("auto", {"CI": "true"}, "quick"),
        ("auto", {"CI": "false"}, "full"),
        ("full", {"DCW_QUICK": "1"}, "full"),
        ("quick", {}, "quick"),
    ],
)
def test_the_mode_follows_the_machine_unless_it_is_named(
    monkeypatch: pytest.MonkeyPatch, mode: str, environment: dict[str, str], chosen: str
) -> None:
    for name in ("CI", "DCW_QUICK"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert run.lesson("02", mode).mode == chosen


def test_quick_trains_less_by_the_same_names() -> None:
    quick, full = run.lesson("02", "quick"), run.lesson("02", "full")

    assert len(quick.seeds) < len(full.seeds)
    assert quick.steps < full.steps
    assert quick.epochs < full.epochs


def test_an_unknown_mode_is_refused_with_the_modes_there_are() -> None:
    with pytest.raises(ValueError, match="mode must be") as caught:
        run.lesson("02", "fast")

    assert str(caught.value) == 'mode must be "auto", "quick" or "full", got \'fast\'.'


def test_an_unknown_lesson_is_refused_with_the_lessons_there_are() -> None:
    with pytest.raises(ValueError, match="no lesson '9'") as caught:
        run.lesson("9")

    assert "01 Objectives, 02 Curation" in str(caught.value)


def test_other_data_is_dealt_and_its_test_part_is_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    load_instead(monkeypatch, image_set("cats_vs_dogs", train=100))

    started = run.lesson("02", "full", data="cats_vs_dogs")

    assert started.images.table["split"].value_counts().to_dict() == {"train": 80, "validation": 10}
    assert started.test.table["label"].value_counts().to_dict() == {"cat": 5, "dog": 5}
    assert not started.images.table.index.intersection(started.test.table.index).size
    assert (len(started.pool), len(started.fresh), started.key) == (0, 0, None)


def test_the_same_data_is_dealt_the_same_way_again(monkeypatch: pytest.MonkeyPatch) -> None:
    load_instead(monkeypatch, image_set("cats_vs_dogs", train=100))

    first, again = run.lesson("01", data="cats_vs_dogs"), run.lesson("01", data="cats_vs_dogs")

    assert first.everything.version == again.everything.version


def test_data_that_brings_a_test_split_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    load_instead(monkeypatch, image_set("own", train=30, valid=6, test=4))

    started = run.lesson("02", data="own")

    assert (len(started.images), len(started.test)) == (36, 4)


def test_an_unlabelled_image_is_never_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    images = image_set("own", train=30, test=4)
    table = images.table
    table.loc["test-0", "label"] = None
    load_instead(monkeypatch, images.derive(table))

    assert "test-0" not in run.lesson("02", data="own").test.table.index


def test_the_folder_gets_originals_the_list_and_progress(folder: Path) -> None:
    run.lesson("02", "full")

    assert (folder / "work" / "originals" / "02_curation.ipynb").read_text() == "original"
    assert "Curation" in (folder / "work" / "course.json").read_text()
    entry = json.loads((folder / "work" / "progress.json").read_text())["lessons"]["02"]
    assert (entry["data"], entry["device"]) == ("pocket_pets", "2 CPU cores")


def test_where_nothing_can_be_written_a_lesson_works_elsewhere_and_says_where(
    folder: Path,
) -> None:
    # A file where the folder should be: unlike a mode, it also stops a test run by root.
    (folder / "work").write_text("")

    with pytest.warns(UserWarning, match="cannot be written to") as caught:
        started = run.lesson("02", "full")
    started.ledger.record("raw", score(0.66), started.images)
    Path("work/02_recipe.json").write_text("saved by a cell")

    place = Path.cwd()
    assert len(started.images) == 20
    assert len(caught) == 1
    assert str(place) in str(caught[0].message)
    assert place not in (folder, *folder.parents)
    assert {path.name for path in (place / "work").iterdir()} >= {"ledger.jsonl", "progress.json"}
    assert [path.name for path in folder.iterdir()] == ["work"]
    shutil.rmtree(place)


def test_a_lesson_that_works_elsewhere_stays_there_when_it_is_started_again(folder: Path) -> None:
    (folder / "work").write_text("")
    with pytest.warns(UserWarning, match="cannot be written to"):
        run.lesson("02", "full")
    place = Path.cwd()

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run.lesson("02", "full")

    assert Path.cwd() == place
    shutil.rmtree(place)


def test_a_ledger_row_moves_the_score_of_the_lesson(folder: Path) -> None:
    started = run.lesson("02", "full")
    started.ledger.record("raw", score(0.66), started.images)
    row = started.ledger.record("leaks dropped", score(0.8), started.images)

    entry = json.loads((folder / "work" / "progress.json").read_text())["lessons"]["02"]
    assert entry["score"] == {"first": 0.66, "last": 0.8}
    assert row["name"] == "leaks dropped"
    assert started.ledger.table["mean"].tolist() == [0.66, 0.8]


def test_a_run_keeps_its_folder_when_the_notebook_changes_directory(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = run.lesson("02", "full")
    monkeypatch.chdir(tmp_path)

    started.ledger.record("raw", score(0.66), started.images)

    assert (folder / "work" / "ledger.jsonl").exists()
    assert not (tmp_path / "work").exists()


def test_threads_are_asked_for_by_share_unless_the_learner_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(run, "cpu_cores", lambda: 3)
    monkeypatch.delenv("TF_NUM_INTRAOP_THREADS")
    monkeypatch.setenv("OMP_NUM_THREADS", "7")

    run.lesson("02", "full")

    assert os.environ["TF_NUM_INTRAOP_THREADS"] == "3"
    assert os.environ["OMP_NUM_THREADS"] == "7"


def test_a_saved_state_replays_on_the_images_it_was_written_for(tmp_path: Path) -> None:
    lesson = find_lesson("03")
    recipe = Recipe().drop(["train-0"], reason="copy").add(["pool-0"])
    states.save_state(tmp_path / "03.json", recipe, DRAWN)

    started = states.start_state(lesson, DRAWN, folder=tmp_path)

    assert started.version == recipe.apply(DRAWN).version


def test_a_state_refuses_other_images(tmp_path: Path) -> None:
    states.save_state(tmp_path / "03.json", Recipe().drop(["train-0"]), DRAWN)
    other = image_set("pocket_pets", train=21)

    with pytest.raises(ValueError, match="was written for") as caught:
        states.start_state(find_lesson("03"), other, folder=tmp_path)

    assert DRAWN.version in str(caught.value)
    assert other.version in str(caught.value)


def test_a_lesson_without_a_state_says_which_have_one(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not part of this version") as caught:
        states.start_state(find_lesson("05"), DRAWN, folder=tmp_path)

    assert "01, 02." in str(caught.value)


def test_other_data_starts_raw_in_every_lesson(monkeypatch: pytest.MonkeyPatch) -> None:
    load_instead(monkeypatch, image_set("cats_vs_dogs", train=100))

    assert len(run.lesson("08", data="cats_vs_dogs").everything) == 100


def test_every_lesson_is_listed_once_with_its_notebook() -> None:
    assert list(lessons()) == ["01", "02", "03", "04", "05", "06", "07", "08"]
    assert all(each.notebook.startswith(f"{each.id}_") for each in lessons().values())
    assert all(each.minutes == 45 for each in lessons().values())


def test_every_shipped_state_fits_its_lesson() -> None:
    shipped = {path.stem for path in states.STATES.glob("*.json")}

    assert shipped <= {each.state for each in lessons().values()}


def test_naming_the_device_loads_neither_pandas_nor_tensorflow() -> None:
    # The status bar asks for it in kernels that have loaded neither.
    code = (
        "import sys; from dcwidgets.course.hardware import device; device(quick=True); "
        "print([name for name in ('pandas', 'tensorflow') if name in sys.modules])"
    )

    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert loaded.stdout.strip() == "[]"
