"""What lies in a folder is listed without being opened, in a stable order."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcwidgets.sources.listing import list_folder, readable
from tests import hostile


def touch(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"content")
    return root


def names(root: Path) -> list[str]:
    return [file.name for file in list_folder(root).files]


def test_files_come_in_order_of_their_bytes(tmp_path: Path) -> None:
    touch(tmp_path, "b/1.jpg", "a/2.jpg", "a/10.jpg", "B/1.jpg", "z.jpg", "a/ä.jpg")

    assert names(tmp_path) == ["B/1.jpg", "a/10.jpg", "a/2.jpg", "a/ä.jpg", "b/1.jpg", "z.jpg"]


def test_pipes_sockets_and_links_are_rejected_with_their_reason(tmp_path: Path) -> None:
    expected = hostile.write_special(tmp_path / "in" / "cat", tmp_path / "outside")

    listing = list_folder(tmp_path / "in")

    reasons = dict(listing.rejects)
    assert listing.files == []
    assert reasons.keys() == {f"cat/{name}" for name in expected}
    wrong = {
        name: reasons[f"cat/{name}"]
        for name in expected
        if expected[name] not in reasons[f"cat/{name}"]
    }
    assert wrong == {}


def test_a_link_to_a_picture_inside_counts_as_a_picture(tmp_path: Path) -> None:
    touch(tmp_path, "cat/1.jpg")
    (tmp_path / "dog").mkdir()
    (tmp_path / "dog" / "2.jpg").symlink_to("../cat/1.jpg")

    files = {file.name: file.path for file in list_folder(tmp_path).files}

    assert files["dog/2.jpg"] == files["cat/1.jpg"]


def test_a_folder_given_as_a_link_is_read(tmp_path: Path) -> None:
    touch(tmp_path / "real", "cat/1.jpg")
    (tmp_path / "link").symlink_to("real")

    assert names(tmp_path / "link") == ["cat/1.jpg"]
    assert list_folder(tmp_path / "link").digest() == list_folder(tmp_path / "real").digest()


def test_hidden_files_are_named_and_left_alone(tmp_path: Path) -> None:
    touch(tmp_path, ".DS_Store", "cat/.ipynb_checkpoints/1.jpg", "cat/Thumbs.db", "__MACOSX/1.jpg")

    listing = list_folder(tmp_path)

    assert listing.files == []
    assert listing.rejects == [
        (".DS_Store", "is hidden"),
        ("__MACOSX", "is hidden"),
        ("cat/.ipynb_checkpoints", "is hidden"),
        ("cat/Thumbs.db", "is hidden"),
    ]


def test_the_place_of_the_records_is_no_part_of_the_pictures(tmp_path: Path) -> None:
    touch(tmp_path, "cat/1.jpg", "records/folder/cat.jpg")

    listing = list_folder(tmp_path, skip=tmp_path / "records")

    assert [file.name for file in listing.files] == ["cat/1.jpg"]
    assert listing.rejects == []


def test_odd_names_become_readable_and_stay_openable(tmp_path: Path) -> None:
    touch(tmp_path, *hostile.ODD_NAMES)

    listing = list_folder(tmp_path)

    assert len(listing.files) == len(hostile.ODD_NAMES)
    assert all(file.name.isprintable() and file.name.encode() for file in listing.files)
    assert all(Path(file.path).read_bytes() == b"content" for file in listing.files)
    shown = {file.name for file in listing.files}
    assert {"new\\nline.jpg", "latin-\\xe9.jpg", "right-to-left-\\u202egpj.jpg"} <= shown


@given(st.text(max_size=30))
def test_readable_text_shows_on_one_line_and_stays_so(text: str) -> None:
    try:
        os.fsencode(text)
    except UnicodeEncodeError:
        return  # no file system hands out such a name
    shown = readable(text)

    assert shown.isprintable()
    assert shown.encode("utf-8").decode("utf-8") == shown
    assert readable(shown) == shown


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda root: touch(root, "cat/new.jpg"), id="added"),
        pytest.param(lambda root: (root / "cat/1.jpg").unlink(), id="removed"),
        pytest.param(lambda root: (root / "cat/1.jpg").rename(root / "cat/3.jpg"), id="renamed"),
        pytest.param(lambda root: (root / "cat/1.jpg").write_bytes(b"other"), id="other-size"),
        pytest.param(lambda root: os.utime(root / "cat/1.jpg", (1, 1)), id="touched"),
        pytest.param(lambda root: (root / "cat/new.jpg").symlink_to("gone"), id="broken-link"),
    ],
)
def test_any_change_of_a_file_changes_the_digest(change: object, tmp_path: Path) -> None:
    touch(tmp_path, "cat/1.jpg", "cat/2.jpg")
    before = list_folder(tmp_path).digest(512)
    assert list_folder(tmp_path).digest(512) == before

    change(tmp_path)  # type: ignore[operator]

    assert list_folder(tmp_path).digest(512) != before


def test_parameters_and_place_change_the_digest(tmp_path: Path) -> None:
    for copy in ("a", "b"):
        touch(tmp_path / copy, "cat/1.jpg")
        os.utime(tmp_path / copy / "cat/1.jpg", (1, 1))

    digests = {list_folder(tmp_path / copy).digest(size) for copy in "ab" for size in (256, 512)}

    assert len(digests) == 4


def test_a_hidden_file_does_not_change_the_digest_by_its_content(tmp_path: Path) -> None:
    touch(tmp_path, "cat/1.jpg", ".DS_Store")
    before = list_folder(tmp_path).digest()

    (tmp_path / ".DS_Store").write_bytes(b"the file manager was here")

    assert list_folder(tmp_path).digest() == before


def test_a_folder_without_permission_is_rejected_and_the_rest_read(tmp_path: Path) -> None:
    touch(tmp_path / "in", "cat/1.jpg", "secret/2.jpg")
    (tmp_path / "in" / "secret").chmod(0)
    root = Path(tempfile.gettempdir())  # how deep below it tests lie hangs on their workers
    ours = [folder for folder in tmp_path.parents if folder.is_relative_to(root)]
    for folder in (tmp_path, *ours[:-1]):
        folder.chmod(0o755)
    script = (
        "import os, sys; from pathlib import Path\n"
        "from dcwidgets.sources.listing import list_folder\n"
        "if os.geteuid() == 0: os.setuid(65534)\n"  # root may read everything
        "listing = list_folder(Path(sys.argv[1]))\n"
        "print([file.name for file in listing.files], listing.rejects)\n"
    )

    told = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "in")],
        capture_output=True,
        text=True,
        check=True,
    )

    assert told.stdout == "['cat/1.jpg'] [('secret', 'cannot be opened (permission denied)')]\n"


def test_a_very_deep_folder_ends_in_a_reject_and_not_in_an_error(tmp_path: Path) -> None:
    before = Path.cwd()
    try:
        os.chdir(tmp_path)
        for _ in range(30):  # together longer than any path the system opens
            Path("d" * 200).mkdir()
            os.chdir("d" * 200)
    finally:
        os.chdir(before)

    listing = list_folder(tmp_path)

    assert listing.files == []
    assert [reason for _, reason in listing.rejects] == ["cannot be opened (file name too long)"]
