"""The automated pipeline: same input, same version; changed input is refused."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
import tensorflow_datasets as tfds

import dcwidgets as dcw
from dcwidgets import cli
from dcwidgets._version import __version__
from dcwidgets.imageset import ImageSet
from dcwidgets.pipelines.automation import ChangedInputError, Prepared, automate
from dcwidgets.pipelines.automation_config import read_config, write_config
from dcwidgets.pipelines.contracts import Contract, ContractError, contract
from dcwidgets.recipe import Recipe
from dcwidgets.sources import load
from tests import curation_sets


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a folder of twenty pictures, some for validation."""
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "data"))
    for number in range(20):
        split = "validation" if number % 5 == 0 else "train"
        folder = tmp_path / "pets" / split / ("cat" if number % 2 else "dog")
        folder.mkdir(parents=True, exist_ok=True)
        curation_sets.photo(number, 64, 48).save(folder / f"{number}.jpg", quality=95)
    return tmp_path


def source(project: Path) -> ImageSet:
    return load(project / "pets")


def configure(project: Path, **more: object) -> Path:
    """Write a configuration."""
    content = {"source": "pets", "to": "prepared/pets", **more}
    path = project / "pets.toml"
    path.write_text("".join(f"{key} = {json.dumps(value)}\n" for key, value in content.items()))
    return path


def go(path: Path, *, accept_changes: bool = False) -> Prepared:
    return automate(path, accept_changes=accept_changes, progress=False)


def snapshot(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(".lock")
    }


def test_what_was_written_is_loaded_as_it_was(project: Path) -> None:
    made = go(configure(project))
    before, after = source(project), load(made.folder)

    assert after.version == made.version == made.images.version
    assert after.classes == before.classes
    rows = ["filename", "label", "split", "width", "height"]
    assert sorted(after.table[rows].values.tolist()) == sorted(before.table[rows].values.tolist())
    names = {name: id_ for id_, name in before.table["filename"].items()}
    for id_, name in after.table["filename"].items():
        assert after.encoded(str(id_)) == before.encoded(str(names[name]))


def test_twice_gives_the_same_version_and_the_second_run_writes_nothing(project: Path) -> None:
    path = configure(project)
    first = go(path)
    before = snapshot(project / "prepared")

    second = go(path)

    assert (first.written, second.written) == (True, False)
    assert first.version == second.version
    assert snapshot(project / "prepared") == before
    assert str(second).endswith("nothing to do, the input is unchanged")


def test_the_same_input_elsewhere_gives_the_same_version(project: Path) -> None:
    path = configure(project)
    first = go(path)
    (project / "prepared").rename(project / "before")

    again = go(path)

    assert again.written
    assert again.version == first.version
    key = first.manifest["folder"]
    for shard in (project / "before" / "pets" / key).glob("*.tfrecord*"):
        assert (again.folder / key / shard.name).read_bytes() == shard.read_bytes()


def test_recipe_contract_and_splits_are_applied(project: Path) -> None:
    images = source(project)
    trained = images.where(split="train").table.index
    Recipe().drop(trained[:2], reason="test").relabel(trained[2:3], "dog").weight(
        trained[3:4], 0.5
    ).save(project / "recipe.json")
    contract(images).save(project / "contract.json")

    made = go(
        configure(project, recipe="recipe.json", contract="contract.json", splits=["train"])
    ).images

    names = images.table["filename"]
    assert len(made) == 14
    assert set(made.table["split"]) == {"train"}
    assert not set(names[trained[:2]]) & set(made.table["filename"])
    by_name = made.table.reset_index().set_index("filename")
    assert by_name.loc[names[trained[2]], "label"] == "dog"
    assert made.weights[by_name.loc[names[trained[3]], "id"]] == 0.5
    assert sorted(made.weights)[1] == 1
    assert "weight" not in made.table


def test_as_many_files_are_written_as_asked_for(project: Path) -> None:
    made = go(configure(project, shards=4))

    assert len(list(made.records.glob("*-train.tfrecord*"))) == 4
    assert len(made.images) == 20


def test_images_without_a_label_stay_without_one(project: Path) -> None:
    images = source(project)
    from dcwidgets.sources.writer import write_images
    from dcwidgets.sources.written import open_images

    table = images.table
    table.loc[table.index[3], "label"] = None
    written = open_images(write_images(images.derive(table), project / "out", "some"))

    assert written.table["label"].isna().sum() == 1


def test_the_manifest_tells_what_was_done(project: Path) -> None:
    Recipe().drop(source(project).table.index[:1]).save(project / "recipe.json")
    made = go(configure(project, recipe="recipe.json"))
    manifest = json.loads((made.folder / "manifest.json").read_text())

    assert manifest == made.manifest
    assert manifest["dcwidgets"] == __version__
    assert manifest["images"] == 19
    assert manifest["input"]["images"] == 20
    assert manifest["input"]["version"] == source(project).version
    assert len(manifest["input"]["fingerprint"]) == 64
    assert sum(manifest["labels"].values()) == sum(manifest["splits"].values()) == 19
    assert manifest["rules"]["recipe"]["steps"][0]["op"] == "drop"
    found = dcw.audit(source(project), progress=False).summary()["findings"]
    assert manifest["findings"] == found.to_dict()


def test_tensorflow_datasets_reads_it_too(project: Path) -> None:
    made = go(configure(project))
    builder = tfds.builder_from_directory(made.folder / made.manifest["folder"])

    train = list(builder.as_dataset(split="train", shuffle_files=False))

    assert len(train) == 16
    assert train[0]["image"].shape == (48, 64, 3)


def test_other_pixels_are_another_version(project: Path) -> None:
    path = configure(project)
    first = go(path)
    curation_sets.photo(99, 64, 48).save(project / "pets" / "train" / "cat" / "1.jpg", quality=95)

    second = go(path, accept_changes=True)

    assert second.version != first.version


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("pixels", "1 picture with another content (train/cat/1.jpg)"),
        ("added", "1 picture added (train/cat/100.jpg)"),
        ("gone", "1 picture gone (train/cat/1.jpg)"),
        ("moved", "1 picture added (validation/cat/1.jpg); 1 picture gone (train/cat/1.jpg)"),
        ("recipe", "recipe is <Recipe: drop 1> and was null"),
        ("splits", 'splits is ["train"] and was []'),
    ],
)
def test_a_changed_input_is_refused_in_one_sentence(change: str, said: str, project: Path) -> None:
    first = go(configure(project))
    before = snapshot(project / "prepared")
    path = _change(project, change)

    with pytest.raises(ChangedInputError) as caught:
        go(path)

    text = str(caught.value)
    assert said in text
    assert first.version in text
    assert "--accept-changes" in text
    assert "\n" not in text
    assert snapshot(project / "prepared") == before

    accepted = go(path, accept_changes=True)
    assert accepted.written
    assert accepted.version != first.version
    assert load(accepted.folder / first.manifest["folder"]).version == first.version
    assert not go(path).written


def _change(project: Path, change: str) -> Path:
    cats = project / "pets" / "train" / "cat"
    if change == "recipe":
        Recipe().drop(source(project).table.index[:1]).save(project / "recipe.json")
        return configure(project, recipe="recipe.json")
    if change == "splits":
        return configure(project, splits=["train"])
    if change == "pixels":
        curation_sets.photo(99, 64, 48).save(cats / "1.jpg", quality=95)
    elif change == "added":
        curation_sets.photo(99, 64, 48).save(cats / "100.jpg", quality=95)
    elif change == "gone":
        (cats / "1.jpg").unlink()
    else:
        (cats / "1.jpg").rename(project / "pets" / "validation" / "cat" / "1.jpg")
    return project / "pets.toml"


def test_a_broken_contract_stops_the_run_before_anything_is_written(project: Path) -> None:
    Contract(["cat", "dog"], smallest=60).save(project / "contract.json")

    with pytest.raises(ContractError, match="20 of 20 images"):
        go(configure(project, contract="contract.json"))

    assert not (project / "prepared").exists()


def test_a_lost_shard_is_written_again(project: Path) -> None:
    path = configure(project)
    first = go(path)
    next(first.folder.rglob("*train.tfrecord*")).unlink()

    with pytest.raises(FileNotFoundError, match="Run `dcwidgets prepare`"):
        load(first.folder)
    again = go(path)

    assert again.written
    assert load(again.folder).version == first.version


HELD_UP = """
import sys, time
from pathlib import Path
from dcwidgets.pipelines import automation
from dcwidgets.sources import writer
read = writer.Prepared._generate_examples
def slowly(self, split):
    for number, example in enumerate(read(self, split)):
        if number == 5:
            Path(sys.argv[2]).touch()
            time.sleep(600)
        yield example
writer.Prepared._generate_examples = slowly
automation.automate(sys.argv[1], progress=False)
"""


@pytest.mark.slow
def test_a_kill_in_the_middle_of_writing_costs_nothing_but_time(
    project: Path, tmp_path: Path
) -> None:
    path, half = configure(project), tmp_path / "half"
    process = subprocess.Popen([sys.executable, "-c", HELD_UP, str(path), str(half)])
    while not half.exists():
        assert process.poll() is None, "the process ended before it was caught at work"
        time.sleep(0.01)
    process.kill()
    process.wait()
    assert list((project / "prepared").rglob("incomplete*"))
    assert not list((project / "prepared").rglob("manifest.json"))

    made = go(path)

    assert len(load(made.folder)) == 20
    assert not list((project / "prepared").rglob("incomplete*"))


def test_a_kill_before_the_manifest_is_made_good(project: Path) -> None:
    path = configure(project)
    first = go(path)
    (first.folder / "manifest.json").unlink()
    before = snapshot(first.folder)

    again = go(path)

    assert again.version == first.version
    after = snapshot(first.folder)
    del after["manifest.json"]
    assert after == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("source = ", "pets.toml is not TOML: "),
        ('to = "x"', "pets.toml: 'source' is missing; expected a data set's name or a folder"),
        ('source = "pets"', "pets.toml: 'to' is missing; expected the folder to write to."),
        ('source = 3\nto = "x"', "pets.toml: 'source' is 3; expected a data set's name"),
        ('source = "p"\nto = ""', "pets.toml: 'to' is ''; expected the folder to write to."),
        ('sorce = "p"', "unknown key 'sorce'. Did you mean 'source'? Keys are: source, to,"),
        ('source = "p"\nto = "x"\nsplits = "train"', "'splits' is 'train'; expected a list of"),
        ('source = "p"\nto = "x"\nshards = 0', "'shards' is 0; expected the number of files for"),
        ('source = "p"\nto = "x"\nshards = true', "'shards' is True; expected the number"),
        ('source = "p"\nto = "x"\nrecipe = 1', "'recipe' is 1; expected the path of a recipe"),
    ],
)
def test_a_mistake_in_the_configuration_has_a_place(
    text: str, said: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = project / "pets.toml"
    path.write_text(text)

    assert cli.main(["prepare", str(path)]) == 1
    assert said in capsys.readouterr().err


def test_a_file_that_is_not_there_is_named(project: Path) -> None:
    with pytest.raises(FileNotFoundError, match="There is no configuration"):
        go(project / "nothing.toml")
    with pytest.raises(FileNotFoundError, match="There is no recipe at"):
        go(configure(project, recipe="nothing.json"))


def test_splits_that_hold_nothing_are_refused_with_those_there_are(project: Path) -> None:
    with pytest.raises(ValueError, match=r"no image is left in gold\. Splits are: "):
        go(configure(project, splits=["gold"]))


def test_the_command_prints_one_line_each_time(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = configure(project)
    said = []
    for _ in range(2):
        assert cli.main(["prepare", str(path)]) == 0
        said.append(capsys.readouterr().out)

    assert [text.count("\n") for text in said] == [1, 1]
    assert said[0].endswith("written\n")
    assert said[1].endswith("nothing to do, the input is unchanged\n")


def test_a_run_in_another_process_is_the_same_run(project: Path) -> None:
    path = configure(project)
    runs = [automate(path, apart=True) for _ in range(2)]

    assert [run.written for run in runs] == [True, False]
    assert [run.version for run in runs] == [go(path).version] * 2


def test_an_error_in_another_process_is_told_here(project: Path) -> None:
    Contract(["cat", "dog"], smallest=60).save(project / "contract.json")

    with pytest.raises(ValueError, match=r"^20 of 20 images break the contract"):
        automate(configure(project, contract="contract.json"), apart=True)


def test_a_configuration_that_is_written_can_be_read(project: Path) -> None:
    source = str(project / "pets")
    path = write_config(project / "a.toml", source=source, to="out", splits=["train"], recipe=None)

    config = read_config(path)
    assert (config.source, config.splits, config.recipe) == (source, ("train",), None)
    assert config.to == project / "out"


def test_a_name_of_a_data_set_stays_a_name(project: Path) -> None:
    path = write_config(project / "a.toml", source="pocket_pets", to="out")

    assert read_config(path).source == "pocket_pets"


def test_the_command_takes_accept_changes(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = configure(project)
    assert cli.main(["prepare", str(path)]) == 0
    (project / "pets" / "train" / "cat" / "1.jpg").unlink()

    assert cli.main(["prepare", str(path)]) == 1
    assert "--accept-changes" in capsys.readouterr().err
    assert cli.main(["prepare", str(path), "--accept-changes"]) == 0
