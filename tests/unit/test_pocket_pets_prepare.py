"""The drawn set on disk: complete, deterministic, and safe to interrupt."""

import errno
import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import psutil
import pytest

from dcwidgets.sources import pocket_pets
from dcwidgets.sources.pocket_pets.plan import SPLITS
from dcwidgets.sources.pocket_pets.version import NAME, VERSION, config_name
from dcwidgets.sources.records import RecordStore
from tests import disks

PERCENT = 5
PREPARE = """
import sys
from pathlib import Path
from dcwidgets.sources import pocket_pets
print(pocket_pets.prepare(Path(sys.argv[1]), percent=int(sys.argv[2])))
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small drawn set in it."""
    data_dir = tmp_path_factory.mktemp("small")
    pocket_pets.prepare(data_dir, progress=False, percent=PERCENT)
    return data_dir


@pytest.fixture(scope="module")
def store(small: Path) -> RecordStore:
    """The records of the small set."""
    return RecordStore(version_folder(small))


@pytest.fixture(scope="module")
def key(small: Path) -> pd.DataFrame:
    """The answer key of the small set."""
    return pocket_pets.answer_key(small, percent=PERCENT)


def version_folder(data_dir: Path) -> Path:
    return data_dir / NAME / config_name(0, PERCENT) / VERSION


def digests(data_dir: Path) -> dict[str, str]:
    """Hash every file that the data consists of."""
    files = sorted(version_folder(data_dir).glob("*tfrecord*"))
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def start(data_dir: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PREPARE, str(data_dir), str(PERCENT)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_until_it_draws(process: subprocess.Popen[str]) -> None:
    """Wait for the progress bar to say that some pictures are drawn."""
    assert process.stderr is not None
    shown = ""
    while not re.search(r" [1-9]\d*/\d+ ", shown):
        shown += process.stderr.read(1)
        assert process.poll() is None, shown


def test_the_version_folder_holds_every_split_in_full(small: Path, store: RecordStore) -> None:
    counts = store.table["split"].value_counts().to_dict()

    assert store.folder == version_folder(small)
    assert counts == {split: number * PERCENT // 100 for split, number in SPLITS.items()}


def test_every_parameter_stands_in_the_folder_name() -> None:
    assert config_name(7, 30) == "seed_7-percent_30"


def test_preparing_again_writes_nothing(small: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in small.rglob("*tfrecord*")}

    pocket_pets.prepare(small, progress=False, percent=PERCENT)

    assert {path: path.stat().st_mtime_ns for path in small.rglob("*tfrecord*")} == before


def test_a_prepared_set_is_found_without_tensorflow(small: Path) -> None:
    code = PREPARE + "assert 'tensorflow' not in sys.modules\n"
    found = subprocess.run(
        [sys.executable, "-c", code, str(small), str(PERCENT)],
        capture_output=True,
        text=True,
        check=True,
    )

    assert found.stdout.strip() == str(version_folder(small))


@pytest.mark.parametrize("percent", [0, 101, -3])
def test_a_share_out_of_range_is_refused(percent: int, tmp_path: Path) -> None:
    message = f"percent must lie between 1 and 100, both included, got {percent}."
    with pytest.raises(ValueError, match=re.escape(message)):
        pocket_pets.prepare(tmp_path, percent=percent)


def test_a_key_before_the_data_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no answer key in .*Prepare the set first"):
        pocket_pets.answer_key(tmp_path)


def test_the_key_is_indexed_by_the_ids_of_the_records(
    store: RecordStore, key: pd.DataFrame
) -> None:
    assert list(key.columns) == ["defect", "true_label", "other"]
    assert key.index.name == "id"
    assert key.index.unique().tolist() == store.table.index.tolist()
    assert set(key["other"].dropna()) <= set(store.table.index)


def test_the_key_agrees_with_what_the_records_say(store: RecordStore, key: pd.DataFrame) -> None:
    """Exact duplicates are the same bytes; a label is wrong where the key says so."""
    exact = key[key["defect"] == "exact_duplicate"]
    true = key["true_label"][~key.index.duplicated()].dropna()
    given = store.table["label"].reindex(true.index)

    assert len(exact)
    assert all(store.read(str(a)) == store.read(b) for a, b in exact["other"].items())
    assert set(true.index[given != true]) == set(key.index[key["defect"] == "label"])


def test_the_table_tells_nothing_about_defects(store: RecordStore) -> None:
    assert set(store.table) == {
        *("filename", "label", "split", "width", "height"),
        *("coat", "scene", "pose", "light", "camera"),
        *("head_x", "head_y", "head_w", "head_h"),
    }


def test_tensorflow_reads_the_same_ids(small: Path, store: RecordStore) -> None:
    import tensorflow_datasets as tfds

    builder = tfds.builder_from_directory(version_folder(small))
    data = builder.as_dataset(
        split="gold",
        decoders={"image": tfds.decode.SkipDecoding()},
        read_config=tfds.ReadConfig(add_tfds_id=True),
        shuffle_files=False,
    )
    read = {row["tfds_id"].decode(): row["image"] for row in data.as_numpy_iterator()}

    gold = store.table.index[store.table["split"] == "gold"]
    assert list(read) == gold.tolist()
    assert all(read[id_] == store.read(id_) for id_ in gold)


@pytest.mark.slow
def test_two_kernels_at_once_draw_the_same_bytes(small: Path, tmp_path: Path) -> None:
    both = [start(tmp_path) for _ in range(2)]
    told = [process.communicate() for process in both]

    assert [process.returncode for process in both] == [0, 0], told
    assert {out.splitlines()[-1] for out, _ in told} == {str(version_folder(tmp_path))}
    assert digests(tmp_path) == digests(small)
    assert not list(tmp_path.rglob("incomplete*"))


@pytest.mark.slow
def test_a_kill_in_the_middle_costs_nothing_but_time(small: Path, tmp_path: Path) -> None:
    process = start(tmp_path)
    wait_until_it_draws(process)
    process.kill()
    process.communicate()
    assert not version_folder(tmp_path).exists()
    assert list(tmp_path.rglob("incomplete*"))

    pocket_pets.prepare(tmp_path, progress=False, percent=PERCENT)

    assert digests(tmp_path) == digests(small)
    assert not list(tmp_path.rglob("incomplete*"))


@pytest.mark.slow
def test_no_worker_outlives_a_killed_kernel(tmp_path: Path) -> None:
    process = start(tmp_path)
    workers = _wait_for_workers(process)
    process.kill()
    process.communicate()

    _, alive = psutil.wait_procs(workers, timeout=60)
    assert workers
    assert not alive


def _wait_for_workers(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """Wait for workers, which draw before the bar moves: TensorFlow loads meanwhile."""
    started: list[psutil.Process] = []
    while not started and process.poll() is None:
        started = psutil.Process(process.pid).children(recursive=True)
    return started


@pytest.mark.slow
def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    with disks.mounted(tmp_path / "disk", kilobytes=600) as disk:
        with pytest.raises(OSError, match=r"^\[Errno 28\] The disk that holds .* is full") as full:
            pocket_pets.prepare(disk, progress=False, percent=PERCENT)

        assert full.value.errno == errno.ENOSPC
        assert not list(disk.rglob("incomplete*"))
        assert not version_folder(disk).exists()


def test_a_read_only_disk_is_one_sentence(tmp_path: Path) -> None:
    with disks.mounted(tmp_path / "disk", kilobytes=600) as disk:
        disks.make_read_only(disk)

        with pytest.raises(PermissionError, match=r"cannot be written to\. Change its permissions"):
            pocket_pets.prepare(disk, progress=False, percent=PERCENT)


def test_the_whole_set_is_small_enough_to_carry(data_dir: Path) -> None:
    folder = pocket_pets.prepare(data_dir, progress=False)
    counts = RecordStore(folder).table["split"].value_counts().to_dict()

    assert counts == SPLITS
    assert sum(path.stat().st_size for path in folder.iterdir()) <= 25_000_000
    assert json.loads((folder / "dataset_info.json").read_text())["name"] == NAME
