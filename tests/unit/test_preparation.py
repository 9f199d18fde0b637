"""A data set is written once, whole or not at all, whatever happens meanwhile."""

import errno
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcwidgets.sources.preparation import prepare_once, prepared
from tests import disks, small_set

BOTH = ["train", "gold"]


@pytest.fixture
def builder_dir(tmp_path: Path) -> Path:
    return tmp_path / "data" / "small" / "1.0.0"


def never(_: Path) -> Path:
    pytest.fail("the data was written again")


def leftovers(builder_dir: Path) -> list[str]:
    return sorted(path.name for path in builder_dir.parent.glob("incomplete*"))


def test_a_set_is_written_once(builder_dir: Path) -> None:
    assert not prepared(builder_dir)
    assert prepare_once(builder_dir, small_set.write, splits=BOTH)

    assert prepared(builder_dir, BOTH)
    assert not prepare_once(builder_dir, never, splits=BOTH)
    assert leftovers(builder_dir) == []


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda d: (d / "dataset_info.json").unlink(), id="no-info"),
        pytest.param(lambda d: (d / "dataset_info.json").write_bytes(b"\xff{"), id="torn-info"),
        pytest.param(lambda d: (d / "dataset_info.json").write_text("[]"), id="other-info"),
        pytest.param(lambda d: (d / "dataset_info.json").write_text("{}"), id="no-splits"),
        pytest.param(lambda d: (d / small_set.shard("gold")).unlink(), id="no-shard"),
        pytest.param(lambda d: os.truncate(d / small_set.shard("train"), 40), id="cut-shard"),
        pytest.param(lambda d: os.truncate(d / small_set.shard("gold"), 0), id="empty-shard"),
        pytest.param(lambda d: os.truncate(d / small_set.shard("gold"), 99), id="longer-shard"),
    ],
)
def test_a_damaged_set_is_not_prepared_and_is_written_anew(
    damage: Callable[[Path], object], builder_dir: Path
) -> None:
    prepare_once(builder_dir, small_set.write)
    damage(builder_dir)
    assert not prepared(builder_dir)

    assert prepare_once(builder_dir, small_set.write)

    assert prepared(builder_dir, BOTH)


def test_a_set_that_cannot_be_read_just_now_is_not_written_over(
    builder_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare_once(builder_dir, small_set.write)

    def refuse(*_: object, **__: object) -> str:
        raise OSError(errno.EMFILE, "Too many open files")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "read_bytes", refuse)
        with pytest.raises(OSError, match="Too many open files"):
            prepare_once(builder_dir, never)
    assert prepared(builder_dir, BOTH)


def test_a_set_without_a_split_that_is_needed_is_not_prepared(builder_dir: Path) -> None:
    prepare_once(builder_dir, small_set.write)

    assert not prepared(builder_dir, [*BOTH, "fresh"])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "splits", "shardLengths", "numBytes"]), inner)
    ),
    max_leaves=12,
)


@given(info=JSON)
def test_any_other_description_is_never_taken_for_a_whole_set(
    info: object, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.getbasetemp() / "any-description"
    folder.mkdir(exist_ok=True)
    (folder / "dataset_info.json").write_text(json.dumps(info))

    assert not prepared(folder, ["train"])


def test_a_failed_writer_leaves_nothing(builder_dir: Path) -> None:
    def fail(staging: Path) -> Path:
        small_set.write(staging)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        prepare_once(builder_dir, fail)
    assert not builder_dir.exists()
    assert leftovers(builder_dir) == []


def test_a_writer_that_leaves_half_a_set_is_told_so(builder_dir: Path) -> None:
    def half(staging: Path) -> Path:
        small_set.write_info(staging)
        return staging

    expected = f"{builder_dir} was written without an error, but is no complete data set with "
    with pytest.raises(RuntimeError, match=re.escape(expected)):
        prepare_once(builder_dir, half, splits=BOTH)
    assert not builder_dir.exists()


def test_what_dead_processes_left_is_swept_and_what_may_live_stays(builder_dir: Path) -> None:
    ours, old, young, other = (
        builder_dir.parent / name
        for name in (
            "incomplete.1.0.0.0123abcd",
            "incomplete.ABC123_1.0.0",
            "incomplete.XYZ789_1.0.0",
            "incomplete.2.0.0.0123abcd",
        )
    )
    for folder in (ours, old, young, other):
        folder.mkdir(parents=True)
        (folder / "bucket.tmp").write_bytes(b"half")
    two_days_ago = time.time() - 2 * 24 * 3600
    for path in (old / "bucket.tmp", old):
        os.utime(path, (two_days_ago, two_days_ago))

    prepare_once(builder_dir, small_set.write)

    assert leftovers(builder_dir) == [other.name, young.name]


def test_the_set_of_a_faster_process_without_our_lock_is_taken(builder_dir: Path) -> None:
    def overtaken(staging: Path) -> Path:
        small_set.write(builder_dir.parents[1])
        return small_set.write(staging)

    assert prepare_once(builder_dir, overtaken, splits=BOTH) is False
    assert prepared(builder_dir, BOTH)
    assert leftovers(builder_dir) == []


def start(builder_dir: Path, gate: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, small_set.__file__, str(builder_dir), str(gate)],
        stdout=subprocess.PIPE,
        text=True,
    )


def wait_for(path: Path, process: subprocess.Popen[str]) -> None:
    while not path.exists():
        assert process.poll() is None, "the process ended before it came to the gate"
        time.sleep(0.01)


def test_a_process_killed_in_the_middle_leaves_nothing_that_counts(
    builder_dir: Path, tmp_path: Path
) -> None:
    process = start(builder_dir, tmp_path / "gate")
    wait_for(tmp_path / "gate.half", process)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert len(leftovers(builder_dir)) == 1
    assert not prepared(builder_dir)

    assert prepare_once(builder_dir, small_set.write, splits=BOTH)

    assert prepared(builder_dir, BOTH)
    assert leftovers(builder_dir) == []


def test_two_processes_at_once_both_succeed_and_one_writes(
    builder_dir: Path, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    first = start(builder_dir, gate)
    wait_for(tmp_path / "gate.half", first)
    second = start(builder_dir, gate)
    told = second.stdout.readline() if second.stdout else ""  # it waits, and says so
    gate.touch()

    assert told == f"Another kernel is preparing {builder_dir.parent}; waiting for it.\n"
    assert first.communicate()[0] == "True\n"
    assert second.communicate()[0] == "False\n"
    assert (first.returncode, second.returncode) == (0, 0)
    assert prepared(builder_dir, BOTH)
    assert leftovers(builder_dir) == []


def test_a_kill_of_the_first_lets_the_second_go_on(builder_dir: Path, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    first = start(builder_dir, gate)
    wait_for(tmp_path / "gate.half", first)
    second = start(builder_dir, gate)
    assert second.stdout
    second.stdout.readline()
    first.send_signal(signal.SIGKILL)
    first.communicate()
    gate.touch()

    assert second.communicate()[0] == "True\n"
    assert prepared(builder_dir, BOTH)
    assert leftovers(builder_dir) == []


def test_a_real_full_disk_is_one_sentence_and_heals_itself(tmp_path: Path) -> None:
    with disks.mounted(tmp_path / "disk", kilobytes=64) as disk:
        (disk / "ballast").write_bytes(b"x" * 56 * 1024)
        builder_dir = disk / "small" / "1.0.0"

        def large(staging: Path) -> Path:
            (staging / "spool").write_bytes(b"x" * 64 * 1024)
            return small_set.write(staging)

        with pytest.raises(OSError, match="is full") as refused:
            prepare_once(builder_dir, large)
        assert refused.value.errno == errno.ENOSPC
        assert refused.value.strerror == (
            f"The disk that holds {builder_dir.parent} is full. Free some space there, or name "
            "another place with data_dir=..."
        )
        (disk / "ballast").unlink()
        assert prepare_once(builder_dir, small_set.write)


def test_a_real_read_only_disk_is_one_sentence(tmp_path: Path) -> None:
    with disks.mounted(tmp_path / "disk", kilobytes=64) as disk:
        ready, missing = disk / "small" / "1.0.0", disk / "other" / "1.0.0"
        prepare_once(ready, small_set.write)
        disks.make_read_only(disk)

        assert not prepare_once(ready, never)
        with pytest.raises(PermissionError) as refused:
            prepare_once(missing, never)
    assert refused.value.strerror == (
        f"{missing.parent} cannot be written to. Change its permissions, or name another place "
        "with data_dir=..."
    )


def tensorflow_error(text: str) -> Exception:
    import tensorflow as tf

    return tf.errors.ResourceExhaustedError(None, None, text)


@pytest.mark.parametrize(
    ("make", "kind", "words"),
    [
        (lambda _: OSError(errno.ENOSPC, "No space left on device"), OSError, "is full"),
        (lambda _: OSError(errno.EDQUOT, "Disk quota exceeded"), OSError, "is full"),
        (lambda _: tensorflow_error("shard; No space left on device"), OSError, "is full"),
        (lambda _: OSError("Not enough disk space. Needed: 3 GiB"), OSError, "is full"),
        (lambda p: PermissionError(13, "denied", str(p)), PermissionError, "cannot be written"),
        (lambda p: OSError(errno.EROFS, "read-only", str(p)), PermissionError, "cannot be written"),
    ],
)
def test_errors_of_the_disk_become_one_sentence(
    make: Callable[[Path], Exception], kind: type[OSError], words: str, builder_dir: Path
) -> None:
    def fail(staging: Path) -> Path:
        # As the writer of TensorFlow Datasets wraps it.
        raise RuntimeError("Failed to write") from make(staging)

    with pytest.raises(kind, match=words) as refused:
        prepare_once(builder_dir, fail)
    assert refused.value.__suppress_context__
    assert leftovers(builder_dir) == []


@pytest.mark.parametrize(
    "error",
    [
        ValueError("secret.jpg cannot be read (Permission denied)"),
        PermissionError(errno.EACCES, "Permission denied", "/elsewhere/source.zip"),
        OSError(errno.EIO, "Input/output error"),
    ],
    ids=["text-of-a-value-error", "another-place", "another-error"],
)
def test_other_errors_stay_what_they_are(error: Exception, builder_dir: Path) -> None:
    def fail(_: Path) -> Path:
        raise error

    with pytest.raises(type(error)) as raised:
        prepare_once(builder_dir, fail)
    assert raised.value is error


def test_a_file_where_a_folder_should_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(b"")

    with pytest.raises(NotADirectoryError, match=r"lies inside a file, not a folder\. Remove "):
        prepare_once(tmp_path / "data" / "small" / "1.0.0", never)
