"""Bringing a folder into records survives kills, races, full disks and read-only disks."""

import errno
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dcwidgets.sources.folder import prepare
from dcwidgets.sources.records import RecordStore
from tests import disks, hostile

PREPARE = """
import sys
from dcwidgets.sources.folder import prepare
print(prepare(sys.argv[1], sys.argv[2], progress=False).builder_dir)
"""
COUNT = 1200


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Enough pictures that a process can be caught at work."""
    folder = tmp_path_factory.mktemp("many") / "cat"
    folder.mkdir()
    content = hostile.encoded(hostile.picture(0, 200, 200), "PNG")
    for number in range(COUNT):
        (folder / f"{number}.png").write_bytes(content)
    return folder.parent


def start(root: Path, data_dir: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PREPARE, str(root), str(data_dir)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def is_reading(data_dir: Path) -> bool:
    spools = data_dir.glob("folder/*/incomplete.*/spool")
    return any(spool.stat().st_size > 1_000_000 for spool in spools)


def is_writing(data_dir: Path) -> bool:
    return any(data_dir.glob("folder/*/incomplete.*/folder/*/incomplete.*"))


@pytest.mark.slow
@pytest.mark.parametrize("moment", [is_reading, is_writing])
def test_a_kill_in_the_middle_costs_nothing_but_time(
    moment: Callable[[Path], bool], root: Path, tmp_path: Path
) -> None:
    process = start(root, tmp_path)
    while not moment(tmp_path):
        assert process.poll() is None, "the process ended before it was caught at work"
        time.sleep(0.001)
    process.kill()
    process.communicate()
    assert not list(tmp_path.glob("folder/*/1.0.0"))

    result = prepare(root, tmp_path, progress=False)

    assert len(RecordStore(result.builder_dir).table) == COUNT
    assert not list(tmp_path.rglob("incomplete*"))


@pytest.mark.slow
def test_two_kernels_at_once_get_the_same_records(root: Path, tmp_path: Path) -> None:
    both = [start(root, tmp_path) for _ in range(2)]
    told = {process.communicate()[0].splitlines()[-1] for process in both}

    assert [process.returncode for process in both] == [0, 0]
    assert len(told) == 1
    assert len(RecordStore(told.pop()).table) == COUNT
    assert not list(tmp_path.rglob("incomplete*"))


@pytest.mark.parametrize(
    "share", [pytest.param(0.5, id="while-reading"), pytest.param(1.5, id="while-writing")]
)
def test_a_full_disk_is_one_sentence_at_any_moment(share: float, tmp_path: Path) -> None:
    folder = tmp_path / "in" / "cat"
    folder.mkdir(parents=True)
    content = hostile.encoded(hostile.picture(0, 400, 400), quality=95)
    for number in range(40):
        (folder / f"{number}.jpg").write_bytes(content)
    kilobytes = int(len(content) * 40 * share / 1024)

    with disks.mounted(tmp_path / "disk", kilobytes=kilobytes) as disk:
        with pytest.raises(
            OSError, match=r"^\[Errno 28\] The disk that holds .* is full\. Free"
        ) as full:
            prepare(folder.parent, disk, progress=False)
        assert full.value.errno == errno.ENOSPC
        assert not list(disk.rglob("incomplete*"))
        assert not list(disk.rglob("dataset_info.json"))


def test_a_read_only_disk_serves_what_is_there_and_refuses_the_rest(tmp_path: Path) -> None:
    for name in ("ready", "missing"):
        folder = tmp_path / name / "cat"
        folder.mkdir(parents=True)
        (folder / "1.jpg").write_bytes(hostile.GOOD["plain.jpg"]())

    with disks.mounted(tmp_path / "disk", kilobytes=256) as disk:
        before = prepare(tmp_path / "ready", disk, progress=False)
        disks.make_read_only(disk)

        after = prepare(tmp_path / "ready", disk, progress=False)
        assert after.builder_dir == before.builder_dir
        assert len(RecordStore(after.builder_dir).table) == 1
        with pytest.raises(PermissionError, match="cannot be written to"):
            prepare(tmp_path / "missing", disk, progress=False)
