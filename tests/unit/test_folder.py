"""A learner's folder becomes records: all good pictures arrive, all others have a reason."""

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import dcwidgets as dcw
from dcwidgets.sources import folder
from dcwidgets.sources.folder import Prepared, prepare
from dcwidgets.sources.listing import readable
from dcwidgets.sources.preparation import prepared
from dcwidgets.sources.records import RecordStore
from tests import hostile


def write_pictures(root: Path, *names: str) -> Path:
    for seed, name in enumerate(names):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(hostile.encoded(hostile.picture(seed)))
    return root


def table_of(result: Prepared) -> dict[str, tuple[str, str]]:
    table = RecordStore(result.builder_dir).table.set_index("filename")
    return {str(name): (row["split"], row["label"]) for name, row in table.iterrows()}


@pytest.fixture(scope="module")
def hostile_folder(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """Every sound, broken, special and oddly named file; with the reasons to expect."""
    root = tmp_path_factory.mktemp("hostile")
    hostile.write_all(root / "in" / "cat")
    reasons = hostile.write_special(root / "in" / "dog", root / "outside")
    odd = root / "in" / "-dog 'n' \"cat\""
    odd.mkdir()
    for seed, name in enumerate(hostile.ODD_NAMES):
        (odd / name).write_bytes(hostile.encoded(hostile.picture(seed)))
    expected = {f"dog/{name}": words for name, words in reasons.items()}
    expected |= {f"cat/{name}": words for name, (_, words) in hostile.BAD.items()}
    return root / "in", expected


@pytest.fixture(scope="module")
def ingested(
    hostile_folder: tuple[Path, dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> Prepared:
    return prepare(hostile_folder[0], tmp_path_factory.mktemp("records"), progress=False)


def test_every_good_picture_of_a_hostile_folder_arrives(ingested: Prepared) -> None:
    table = RecordStore(ingested.builder_dir).table

    assert len(table) == len(hostile.GOOD) + len(hostile.ODD_NAMES)
    arrived = set(table.loc[table["label"] == "cat", "filename"])
    assert arrived == {f"cat/{name}" for name in hostile.GOOD}


def test_every_reject_of_a_hostile_folder_has_its_reason(
    ingested: Prepared, hostile_folder: tuple[Path, dict[str, str]]
) -> None:
    _, expected = hostile_folder
    reasons = dict(zip(ingested.rejects["path"], ingested.rejects["reason"], strict=True))

    assert list(ingested.rejects.columns) == ["path", "reason"]
    assert reasons.keys() == expected.keys()
    wrong = {path: reasons[path] for path, words in expected.items() if words not in reasons[path]}
    assert wrong == {}


def test_classes_are_the_folders_that_hold_pictures(ingested: Prepared) -> None:
    assert RecordStore(ingested.builder_dir).layout.classes == ["-dog 'n' \"cat\"", "cat"]


def test_width_and_height_are_those_of_the_record(ingested: Prepared) -> None:
    store = RecordStore(ingested.builder_dir)

    for id_, row in store.table.iterrows():
        with Image.open(io.BytesIO(store.read(str(id_)))) as image:
            assert image.size == (row["width"], row["height"]), row["filename"]
            assert image.format == "JPEG"


def test_tensorflow_datasets_reads_the_same_pictures_under_the_same_ids(
    ingested: Prepared,
) -> None:
    import tensorflow_datasets as tfds

    store = RecordStore(ingested.builder_dir)
    builder = tfds.builder_from_directory(ingested.builder_dir)
    read = builder.as_dataset(
        split="train", shuffle_files=False, read_config=tfds.ReadConfig(add_tfds_id=True)
    )

    ids = []
    for example in tfds.as_numpy(read):
        ids.append(example["tfds_id"].decode())
        with Image.open(io.BytesIO(store.read(ids[-1]))) as image:
            ours = np.asarray(image.convert("RGB")).astype(int)
        # TensorFlow decodes JPEG fast rather than exactly.
        assert np.abs(ours - example["image"]).mean() < 4
    assert ids == list(store.table.index)


def test_a_second_load_reads_no_picture(
    ingested: Prepared,
    hostile_folder: tuple[Path, dict[str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def never(*_: object, **__: object) -> None:
        pytest.fail("a picture was read again")

    monkeypatch.setattr(folder, "read_picture", never)
    data_dir = ingested.builder_dir.parents[2]

    again = prepare(hostile_folder[0], data_dir, progress=False)

    assert again.builder_dir == ingested.builder_dir
    assert again.rejects.equals(ingested.rejects)


def test_ids_stay_when_the_same_folder_is_read_elsewhere(
    ingested: Prepared, hostile_folder: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    again = prepare(hostile_folder[0], tmp_path, progress=False)

    first, second = (RecordStore(result.builder_dir) for result in (ingested, again))
    assert second.table.equals(first.table)
    assert all(second.read(id_) == first.read(id_) for id_ in first.table.index)


def test_records_are_the_same_whether_or_not_they_fit_into_memory(
    ingested: Prepared,
    hostile_folder: tuple[Path, dict[str, str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from dcwidgets.sources import folder_builder

    monkeypatch.setattr(folder_builder, "_BUFFERED_BYTES", 1000)

    again = prepare(hostile_folder[0], tmp_path, progress=False)

    records = "folder-train.tfrecord-00000-of-00001"
    expected = (ingested.builder_dir / records).read_bytes()
    assert (again.builder_dir / records).read_bytes() == expected


def test_a_changed_folder_is_read_anew_and_the_former_records_stay(tmp_path: Path) -> None:
    root = write_pictures(tmp_path / "in", "cat/1.jpg", "dog/1.jpg")
    before = prepare(root, tmp_path / "out", progress=False)
    (root / "dog" / "2.jpg").write_bytes(b"no picture")
    write_pictures(root, "bird/3.jpg")

    after = prepare(root, tmp_path / "out", progress=False)

    assert table_of(before).keys() == {"cat/1.jpg", "dog/1.jpg"}
    assert table_of(after).keys() == {"cat/1.jpg", "dog/1.jpg", "bird/3.jpg"}
    assert list(after.rejects["path"]) == ["dog/2.jpg"]


def test_another_size_gives_other_records(tmp_path: Path) -> None:
    root = write_pictures(tmp_path / "in", "cat/1.jpg")

    sizes = {
        size: RecordStore(
            prepare(root, tmp_path / "out", image_size=size, progress=False).builder_dir
        )
        .table["width"]
        .iloc[0]
        for size in (24, 512)
    }

    assert sizes == {24: 24, 512: 48}


def test_splits_arrive_in_the_usual_order(tmp_path: Path) -> None:
    names = [f"{split}/{label}/1.jpg" for split in ("valid", "test", "train") for label in "ab"]

    result = prepare(write_pictures(tmp_path / "in", *names), tmp_path / "out", progress=False)

    assert list(RecordStore(result.builder_dir).layout.shards) == ["train", "validation", "test"]
    assert table_of(result)["valid/a/1.jpg"] == ("validation", "a")


def test_a_split_without_a_sound_picture_is_left_out(tmp_path: Path) -> None:
    root = write_pictures(tmp_path / "in", "train/cat/1.jpg", "test/cat/1.jpg")
    (root / "test/cat/1.jpg").write_bytes(b"")

    result = prepare(root, tmp_path / "out", progress=False)

    assert set(table_of(result).values()) == {("train", "cat")}
    assert result.rejects.values.tolist() == [["test/cat/1.jpg", "is empty"]]


def test_columns_of_a_csv_become_columns_of_the_table(tmp_path: Path) -> None:
    root = write_pictures(tmp_path / "in", "1.jpg", "2.jpg", "3.jpg")
    (root / "labels.csv").write_text(
        "filename,label,split,age,weight,code,place,seen\n"
        "1.jpg,cat,train,3,4.25,007,Köln,12345678901\n"
        "2.jpg,dog,valid,10,,042,,\n"
        "3.jpg,dog,test,-1,1e3,100,Aarhus,2\n",
        "utf-8",
    )

    result = prepare(root, tmp_path / "out", progress=False)

    table = RecordStore(result.builder_dir).table.set_index("filename").sort_index()
    assert table["age"].tolist() == [3, 10, -1]
    assert table["weight"].tolist()[::2] == [4.25, 1000.0]
    assert np.isnan(table["weight"].iloc[1])
    assert table["code"].tolist() == ["007", "042", "100"]
    assert table["place"].tolist() == ["Köln", "", "Aarhus"]
    assert table["seen"].tolist() == ["12345678901", "", "2"]
    assert table["split"].tolist() == ["train", "validation", "test"]


@pytest.mark.parametrize("name", ["my pets", os.fsdecode(b"caf\xe9 -pets"), "new\nline"])
def test_load_gives_an_image_set_of_any_folder(name: str, tmp_path: Path) -> None:
    root = write_pictures(tmp_path / name, "cat/1.jpg", "dog/2.jpg")
    (root / "dog" / "empty.jpg").touch()

    images = dcw.load(root, data_dir=tmp_path / "out")

    assert images.name == readable(name)
    assert images.classes == ["cat", "dog"]
    assert images.rejects.to_numpy().tolist() == [["dog/empty.jpg", "is empty"]]
    assert images.table.set_index("filename")["label"].to_dict() == {
        "cat/1.jpg": "cat",
        "dog/2.jpg": "dog",
    }
    assert images.array(images.table.index[0]).shape == (32, 48, 3)
    assert dcw.load(str(root), data_dir=tmp_path / "out").version == images.version


@pytest.mark.parametrize("name", ["./nowhere", "~/nowhere/at/all", "/nowhere/at/all"])
def test_load_of_a_path_that_is_not_there_says_so(name: str, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"^There is no folder /.*nowhere"):
        dcw.load(name, data_dir=tmp_path)


def test_a_missing_folder_is_named_with_the_nearest_that_exists(tmp_path: Path) -> None:
    expected = (
        f"There is no folder {tmp_path}/pets/photos. The nearest that exists is {tmp_path}; "
        "check the spelling below it."
    )
    with pytest.raises(FileNotFoundError, match=f"^{re.escape(expected)}$"):
        prepare(tmp_path / "pets" / "photos", tmp_path / "out")


def test_an_archive_instead_of_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pets.zip").write_bytes(b"PK")

    with pytest.raises(NotADirectoryError, match=r"pets\.zip is a file, not a folder\. If it is"):
        prepare(tmp_path / "pets.zip", tmp_path / "out")


def test_an_empty_folder_says_what_would_be_accepted(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()

    expected = (
        f"There is no picture in {tmp_path}/in that can be used. Accepted are a folder per class "
        "('cat/1.jpg'), the same below 'train', 'validation' and 'test', or all pictures in one "
        "folder with a 'labels.csv' (columns filename,label and, if you like, split). "
        "Found: no files at all."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(expected)}$"):
        prepare(tmp_path / "in", tmp_path / "out")


def test_a_folder_without_a_sound_picture_lists_what_was_found(tmp_path: Path) -> None:
    for name in "abcdefg":
        path = tmp_path / "in" / "cat" / f"{name}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")

    with pytest.raises(ValueError, match=r"Found: cat/a\.jpg is empty; .*; and 2 more\.$"):
        prepare(tmp_path / "in", tmp_path / "out", progress=False)
    assert not list((tmp_path / "out").rglob("dataset_info.json"))


def test_a_flat_folder_is_refused_with_its_path(tmp_path: Path) -> None:
    root = write_pictures(tmp_path / "in", "1.jpg", "2.jpg")

    with pytest.raises(ValueError, match=f"^{re.escape(str(root))} holds 2 pictures side by side"):
        prepare(root, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("size", [0, 15, 4097, -1])
def test_an_image_size_out_of_range_is_refused(size: int, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=f"between 16 and 4096 pixels, got {size}"):
        prepare(tmp_path, tmp_path / "out", image_size=size)


def test_records_and_rejects_lie_in_the_same_folder(ingested: Prepared) -> None:
    assert prepared(ingested.builder_dir, ["train"])
    rows = json.loads((ingested.builder_dir / "rejects.json").read_text("utf-8"))
    assert rows == ingested.rejects.to_numpy().tolist()
    assert [path.name for path in ingested.builder_dir.parent.glob("incomplete*")] == []


MEASURE = """
import sys
from pathlib import Path
from dcwidgets.sources.folder import prepare
result = prepare(sys.argv[1], sys.argv[2], progress=False)
# Not `getrusage`, whose peak a child inherits from its parent.
(line,) = [s for s in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in s]
print(len(result.rejects), int(line.split()[1]) // 1024)
"""


@pytest.mark.slow
def test_memory_stays_under_one_and_a_half_gigabytes(tmp_path: Path) -> None:
    root = tmp_path / "in" / "cat"
    root.mkdir(parents=True)
    size = (8000, 5000)  # 40 megapixels, the most that is read
    deep = Image.fromarray(np.full(size[::-1], 40_000, np.uint16))
    for name, image in {
        "large.jpg": Image.new("RGB", size, "teal"),
        "print.jpg": Image.new("CMYK", size),
        "clear.png": Image.new("RGBA", size, (0, 90, 90, 90)),
        "deep.png": deep,
        "palette.gif": Image.new("P", size),
        "packed.tif": Image.new("RGBA", size),
    }.items():
        options = {"compression": "tiff_lzw"} if name.endswith("tif") else {}
        image.save(root / name, **options)
    (root / "bomb.png").write_bytes(hostile.png_header(20_000, 20_000))

    told = subprocess.run(
        [sys.executable, "-c", MEASURE, str(root.parent), str(tmp_path / "out")],
        capture_output=True,
        text=True,
        check=True,
    )

    rejects, megabytes = map(int, told.stdout.split())
    print("peak", megabytes, "MB")
    assert rejects == 1
    assert megabytes < 1500
