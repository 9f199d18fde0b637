"""Sets of TensorFlow Datasets by name, through their real builders, without a network."""

import errno
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import dcwidgets as dcw
from dcwidgets.sources import catalog
from dcwidgets.sources.preparation import prepared
from dcwidgets.sources.records import RecordStore
from tests import disks, hostile

LOAD = """
import sys, pathlib
from dcwidgets.sources import catalog
print(catalog.prepare("cats_vs_dogs", pathlib.Path(sys.argv[1])))
"""


def place_archive(data_dir: Path, count: int) -> Path:
    """Place an archive in the layout of the real one, with one picture that has no JFIF."""
    manual = data_dir / "downloads" / "manual"
    manual.mkdir(parents=True)
    with zipfile.ZipFile(manual / "kagglecatsanddogs_5340.zip", "w") as archive:
        for number in range(count):
            content = hostile.encoded(hostile.picture(number % 7))
            archive.writestr(f"PetImages/{'Dog' if number % 2 else 'Cat'}/{number}.jpg", content)
        archive.writestr(f"PetImages/Cat/{count}.jpg", b"GIF89a this is no JPEG")
        archive.writestr("readme[1].txt", "not a picture")
    return data_dir


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a placed archive of 24 pictures, already written."""
    data_dir = place_archive(tmp_path_factory.mktemp("small"), 24)
    catalog.prepare("cats_vs_dogs", data_dir)
    return data_dir


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENETUNREACH, "Network is unreachable")

    monkeypatch.setattr(socket, "create_connection", refuse)


def test_a_placed_archive_goes_through_the_real_builder(small: Path) -> None:
    images = dcw.load("cats_vs_dogs", data_dir=small)

    assert images.classes == ["cat", "dog"]
    assert images.name == "cats_vs_dogs"
    assert images.table["label"].value_counts().to_dict() == {"cat": 12, "dog": 12}
    assert set(images.table["split"]) == {"train"}
    row = images.table.set_index("filename").loc["PetImages/Dog/3.jpg"]
    assert (row["label"], row["width"], row["height"]) == ("dog", 48, 32)
    assert not [path.name for path in (small / "cats_vs_dogs").glob("incomplete*")]


def test_a_placed_archive_without_pictures_of_pets_is_passed_over(
    tmp_path: Path, no_network: None
) -> None:
    manual = tmp_path / "downloads" / "manual"
    manual.mkdir(parents=True)
    (manual / "a-torn.zip").write_bytes(b"PK\x03\x04 torn")
    with zipfile.ZipFile(manual / "b-other.zip", "w") as archive:
        archive.writestr("flowers/1.jpg", b"")

    with pytest.raises(ConnectionError):
        catalog.prepare("cats_vs_dogs", tmp_path)


def test_ids_and_order_are_those_of_tensorflow_datasets(small: Path) -> None:
    import tensorflow_datasets as tfds

    images = dcw.load("cats_vs_dogs", data_dir=small)
    read = tfds.builder("cats_vs_dogs", data_dir=small).as_dataset(
        split="train", shuffle_files=False, read_config=tfds.ReadConfig(add_tfds_id=True)
    )

    examples = list(tfds.as_numpy(read))

    assert [example["tfds_id"].decode() for example in examples] == list(images.table.index)
    for example, (id_, row) in zip(examples, images.table.iterrows(), strict=True):
        assert images.classes[example["label"]] == row["label"]
        assert np.abs(images.array(str(id_)).astype(int) - example["image"]).mean() < 4


def test_the_builder_of_tensorflow_datasets_is_left_as_it_was(small: Path) -> None:
    from tensorflow_datasets.image_classification import cats_vs_dogs

    assert small
    assert cats_vs_dogs._URL.startswith("https://")
    assert cats_vs_dogs._NUM_CORRUPT_IMAGES == 1738
    assert type(cats_vs_dogs._NUM_CORRUPT_IMAGES) is int


def test_a_set_that_is_there_loads_without_tensorflow(small: Path) -> None:
    script = (
        "import sys, dcwidgets as dcw\n"
        "print(len(dcw.load('cats_vs_dogs', data_dir=sys.argv[1])), 'tensorflow' in sys.modules)"
    )

    told = subprocess.run(
        [sys.executable, "-c", script, str(small)], capture_output=True, text=True, check=True
    )

    assert told.stdout == "24 False\n"


def test_a_version_folder_that_merely_exists_is_written_anew(small: Path, tmp_path: Path) -> None:
    data_dir = place_archive(tmp_path, 24)
    shutil.copytree(small / "cats_vs_dogs", data_dir / "cats_vs_dogs")
    (shard,) = (data_dir / "cats_vs_dogs" / "4.0.1").glob("*.tfrecord*")
    shard.write_bytes(shard.read_bytes()[:-100])

    assert len(dcw.load("cats_vs_dogs", data_dir=data_dir)) == 24


def test_an_unknown_name_is_told_its_neighbours(tmp_path: Path) -> None:
    expected = (
        "There is no data set 'cats_vs_dog' in TensorFlow Datasets. Did you mean 'cats_vs_dogs'"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(expected)}"):
        dcw.load("cats_vs_dog", data_dir=tmp_path)
    assert not list(tmp_path.iterdir())


def test_without_a_network_one_sentence_says_what_to_do(tmp_path: Path, no_network: None) -> None:
    expected = (
        "cats_vs_dogs is not on this machine and download.microsoft.com does not answer: place "
        f"the archive kagglecatsanddogs_5340.zip in {tmp_path}/downloads/manual by hand and load "
        'it again, or use the drawn data, which needs no network: dcw.load("pocket_pets").'
    )
    with pytest.raises(ConnectionError, match=f"^{re.escape(expected)}$"):
        dcw.load("cats_vs_dogs", data_dir=tmp_path)
    assert not list(tmp_path.iterdir())


def test_another_set_without_a_network_says_which_folder_to_copy(
    tmp_path: Path, no_network: None
) -> None:
    with pytest.raises(ConnectionError, match=re.escape(f"copy the folder {tmp_path}/mnist/3.")):
        dcw.load("mnist", data_dir=tmp_path)


@pytest.fixture
def hanging_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A network where a look-up never ends; set the event to end it."""
    end = threading.Event()

    def hang(*_: object, **__: object) -> None:
        end.wait()
        raise OSError

    monkeypatch.setattr(socket, "create_connection", hang)
    monkeypatch.setattr(catalog, "PROBE_SECONDS", 0.05)
    yield end
    end.set()


def test_the_probe_gives_up_while_the_network_still_hangs(
    hanging_network: threading.Event,
) -> None:
    assert not catalog._answers(("download.microsoft.com", 443))
    assert not hanging_network.is_set()


def test_the_probe_takes_three_seconds_at_most() -> None:
    assert catalog.PROBE_SECONDS == 3.0


def test_the_probe_hears_a_server() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert catalog._answers(server.getsockname())


def test_the_probe_goes_by_way_of_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    class Builder:
        url_infos = ("https://download.example/a.zip",)

    monkeypatch.delenv("https_proxy", raising=False)
    monkeypatch.delenv("HTTPS_PROXY", raising=False)
    assert catalog._address(Builder()) == ("download.example", 443)
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")

    assert catalog._address(Builder()) == ("proxy.example", 3128)


def start(data_dir: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", LOAD, str(data_dir)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


@pytest.mark.slow
def test_a_kill_in_the_middle_costs_nothing_but_time(tmp_path: Path) -> None:
    data_dir = place_archive(tmp_path, 1000)
    process = start(data_dir)
    while not any(data_dir.glob("cats_vs_dogs/incomplete.*/cats_vs_dogs/incomplete.*")):
        assert process.poll() is None, "the process ended before it was caught at work"
        time.sleep(0.001)
    process.kill()
    process.communicate()
    assert catalog.find("cats_vs_dogs", data_dir) is None

    assert len(dcw.load("cats_vs_dogs", data_dir=data_dir)) == 1000
    assert not list((data_dir / "cats_vs_dogs").glob("incomplete*"))


@pytest.mark.slow
def test_two_kernels_at_once_get_the_same_set(tmp_path: Path) -> None:
    data_dir = place_archive(tmp_path, 500)
    both = [start(data_dir) for _ in range(2)]
    told = {process.communicate()[0].splitlines()[-1] for process in both}

    assert [process.returncode for process in both] == [0, 0]
    assert told == {str(data_dir / "cats_vs_dogs" / "4.0.1")}
    assert len(RecordStore(told.pop()).table) == 500
    assert not list((data_dir / "cats_vs_dogs").glob("incomplete*"))


@pytest.mark.parametrize(
    "kilobytes", [pytest.param(450, id="while-copying"), pytest.param(700, id="while-writing")]
)
def test_a_full_disk_is_one_sentence_at_any_moment(kilobytes: int, tmp_path: Path) -> None:
    with disks.mounted(tmp_path / "disk", kilobytes=kilobytes) as disk:
        data_dir = place_archive(disk, 300)
        with pytest.raises(OSError, match="is full") as full:
            dcw.load("cats_vs_dogs", data_dir=data_dir)
        assert full.value.errno == errno.ENOSPC
        assert catalog.find("cats_vs_dogs", data_dir) is None
        assert not list((data_dir / "cats_vs_dogs").glob("incomplete*"))


def test_a_read_only_disk_serves_what_is_there_and_refuses_the_rest(
    small: Path, tmp_path: Path
) -> None:
    with disks.mounted(tmp_path / "disk", kilobytes=2000) as disk:
        full, empty = disk / "full", place_archive(disk / "empty", 24)
        shutil.copytree(small / "cats_vs_dogs", full / "cats_vs_dogs")
        disks.make_read_only(disk)

        assert len(dcw.load("cats_vs_dogs", data_dir=full)) == 24
        with pytest.raises(PermissionError, match="cannot be written to"):
            dcw.load("cats_vs_dogs", data_dir=empty)


@pytest.mark.slow
def test_real_pictures_arrive_through_the_real_builder(sample_zip: Path, tmp_path: Path) -> None:
    manual = tmp_path / "downloads" / "manual"
    manual.mkdir(parents=True)
    (manual / sample_zip.name).symlink_to(sample_zip)

    images = dcw.load("cats_vs_dogs", data_dir=tmp_path)

    assert prepared(tmp_path / "cats_vs_dogs" / "4.0.1", ["train"])
    # The builder drops pictures without a JFIF header, and this sample has none of these.
    assert images.table["label"].value_counts().to_dict() == {"cat": 3125, "dog": 3125}
    assert images.table["filename"].is_unique
    some = images.table.index[::97]
    assert all(images.array(str(id_)).shape[2] == 3 for id_ in some)
