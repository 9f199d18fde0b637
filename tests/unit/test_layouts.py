"""Which layouts are understood, and what is said of the others."""

import re
from pathlib import Path

import pytest

from dcwidgets.sources.layouts import arrange, split_name
from dcwidgets.sources.listing import list_folder


def lay(root: Path, *names: str, table: str | bytes | None = None) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    if table is not None:
        root.mkdir(parents=True, exist_ok=True)
        (root / "labels.csv").write_bytes(table.encode() if isinstance(table, str) else table)
    return root


def placed(root: Path) -> dict[str, tuple[str, str]]:
    items, _ = arrange(list_folder(root))
    return {item.found.name: (item.split, item.label) for item in items}


def refused(root: Path) -> dict[str, str]:
    return dict(arrange(list_folder(root))[1])


def test_each_folder_is_a_class(tmp_path: Path) -> None:
    lay(tmp_path, "cat/1.jpg", "cat/deep/2.jpg", "dog/1.jpg", "notes.txt")

    assert placed(tmp_path) == {
        "cat/1.jpg": ("train", "cat"),
        "cat/deep/2.jpg": ("train", "cat"),
        "dog/1.jpg": ("train", "dog"),
    }
    assert refused(tmp_path) == {"notes.txt": "lies in no class folder"}


@pytest.mark.parametrize(
    ("folder", "split"),
    [
        ("train", "train"),
        ("Training", "train"),
        ("valid", "validation"),
        ("validation", "validation"),
        ("VAL", "validation"),
        ("test", "test"),
        ("pool", "pool"),
    ],
)
def test_known_folders_above_the_classes_are_splits(
    folder: str, split: str, tmp_path: Path
) -> None:
    lay(tmp_path, f"{folder}/cat/1.jpg", f"{folder}/dog/1.jpg")

    assert set(placed(tmp_path).values()) == {(split, "cat"), (split, "dog")}


def test_what_lies_beside_the_splits_is_rejected(tmp_path: Path) -> None:
    lay(tmp_path, "train/cat/1.jpg", "test/cat/1.jpg", "train/2.jpg", "extra/cat/3.jpg", "4.jpg")

    assert placed(tmp_path).keys() == {"train/cat/1.jpg", "test/cat/1.jpg"}
    assert refused(tmp_path) == {
        "train/2.jpg": "lies in no class folder",
        "extra/cat/3.jpg": "lies in none of test, train",
        "4.jpg": "lies in no class folder",
    }


def test_a_class_may_be_called_test_if_its_pictures_lie_directly_in_it(tmp_path: Path) -> None:
    lay(tmp_path, "test/1.jpg", "control/1.jpg")

    assert placed(tmp_path) == {
        "test/1.jpg": ("train", "test"),
        "control/1.jpg": ("train", "control"),
    }


@pytest.mark.parametrize("wrapper", ["PetImages", "archive/PetImages"])
def test_folders_that_an_archive_added_are_looked_through(wrapper: str, tmp_path: Path) -> None:
    lay(tmp_path, f"{wrapper}/Cat/1.jpg", f"{wrapper}/Dog/1.jpg", "readme.txt")

    assert placed(tmp_path) == {
        f"{wrapper}/Cat/1.jpg": ("train", "Cat"),
        f"{wrapper}/Dog/1.jpg": ("train", "Dog"),
    }


def test_splits_below_a_folder_of_an_archive_are_found(tmp_path: Path) -> None:
    lay(tmp_path, "data/train/cat/1.jpg", "data/valid/dog/1.jpg")

    assert set(placed(tmp_path).values()) == {("train", "cat"), ("validation", "dog")}


def test_one_class_alone_is_a_class(tmp_path: Path) -> None:
    lay(tmp_path, "cat/1.jpg")

    assert placed(tmp_path) == {"cat/1.jpg": ("train", "cat")}


def test_a_flat_folder_is_refused_with_its_path(tmp_path: Path) -> None:
    lay(tmp_path, "1.jpg", "2.PNG", "readme.txt")

    with pytest.raises(ValueError, match="side by side") as refusal:
        arrange(list_folder(tmp_path))
    assert str(refusal.value) == (
        f"{tmp_path} holds 2 pictures side by side, and nothing says what they show. Put the "
        "pictures of each class into a folder of its own, or write "
        f"{tmp_path}/labels.csv with the columns filename,label."
    )


def test_a_csv_gives_labels_splits_and_metadata(tmp_path: Path) -> None:
    table = "filename,label,split,age\n1.jpg,cat,train,3\nsub/2.jpg,dog,valid,\n"
    lay(tmp_path, "1.jpg", "sub/2.jpg", table=table)

    items, rejects = arrange(list_folder(tmp_path))

    assert placed(tmp_path) == {"1.jpg": ("train", "cat"), "sub/2.jpg": ("validation", "dog")}
    assert [item.metadata for item in items] == [{"age": "3"}, {"age": ""}]
    assert rejects == []


@pytest.mark.parametrize(
    "table",
    [
        pytest.param("filename;label\n1.jpg;cat\n", id="semicolon"),
        pytest.param("filename\tlabel\n1.jpg\tcat\n", id="tab"),
        pytest.param(b"\xef\xbb\xbffilename,label\n1.jpg,cat\n", id="byte-order-mark"),
        pytest.param("filename,label\r\n1.jpg,cat\r\n", id="windows-lines"),
        pytest.param(" Filename , Label \n 1.jpg , cat \n\n", id="spaces-and-case"),
        pytest.param('"filename","label"\n"1.jpg","cat"\n', id="quoted"),
        pytest.param("label,image\ncat,./1.jpg\n", id="other-names-and-order"),
        pytest.param("file,class\n1.jpg,cat", id="no-last-line-end"),
    ],
)
def test_csv_files_of_every_habit_are_read(table: str | bytes, tmp_path: Path) -> None:
    lay(tmp_path, "1.jpg", table=table)

    assert placed(tmp_path) == {"1.jpg": ("train", "cat")}


def test_a_csv_from_an_old_spreadsheet_keeps_its_letters(tmp_path: Path) -> None:
    lay(tmp_path, "1.jpg", table="filename;label\n1.jpg;Kätzchen\n".encode("cp1252"))

    assert placed(tmp_path) == {"1.jpg": ("train", "Kätzchen")}


def test_a_csv_of_another_name_serves_if_it_is_the_only_one(tmp_path: Path) -> None:
    lay(tmp_path, "1.jpg")
    (tmp_path / "Annotations.CSV").write_text("filename,label\n1.jpg,cat\n")

    assert placed(tmp_path) == {"1.jpg": ("train", "cat")}


def test_a_csv_that_holds_no_labels_does_not_disturb_class_folders(tmp_path: Path) -> None:
    lay(tmp_path, "cat/1.jpg", "dog/1.jpg")
    (tmp_path / "sizes.csv").write_text("width,height\n1,2\n")

    assert placed(tmp_path).keys() == {"cat/1.jpg", "dog/1.jpg"}


def test_rows_that_say_nothing_usable_are_rejected_with_their_line(tmp_path: Path) -> None:
    table = (
        "filename,label,split\n"
        "1.jpg,cat,train\n"
        "2.jpg,,train\n"
        "3.jpg,NaN,train\n"
        "1.jpg,dog,train\n"
        "gone.jpg,cat,train\n"
        "../private.jpg,cat,train\n"
        "/etc/hosts,cat,train\n"
        "C:\\private.jpg,cat,train\n"
        ",cat,train\n"
        "4.jpg,cat,no/such split\n"
    )
    lay(tmp_path / "in", "1.jpg", "2.jpg", "3.jpg", "4.jpg", "5.jpg", table=table)
    lay(tmp_path, "private.jpg")

    assert placed(tmp_path / "in") == {"1.jpg": ("train", "cat")}
    rejects = arrange(list_folder(tmp_path / "in"))[1]
    assert sorted(rejects) == [
        ("../private.jpg", "leads out of the folder (labels.csv, line 7)"),
        ("/etc/hosts", "leads out of the folder (labels.csv, line 8)"),
        (
            "1.jpg",
            "is listed again; labels.csv, line 2 counts, which says 'cat' (labels.csv, line 5)",
        ),
        ("2.jpg", "has no label (labels.csv, line 3)"),
        ("2.jpg", "is not listed in labels.csv"),
        ("3.jpg", "has no label (labels.csv, line 4)"),
        ("3.jpg", "is not listed in labels.csv"),
        ("4.jpg", "has a split that can be no name, 'no/such split' (labels.csv, line 11)"),
        ("5.jpg", "is not listed in labels.csv"),
        ("C:/private.jpg", "leads out of the folder (labels.csv, line 9)"),
        ("gone.jpg", "is no file (labels.csv, line 6)"),
        ("labels.csv, line 10", "has no file name (labels.csv, line 10)"),
    ]


def test_labels_csv_without_the_columns_is_refused_with_what_it_has(tmp_path: Path) -> None:
    lay(tmp_path, "1.jpg", table="name,animal\n1.jpg,cat\n")

    expected = (
        f"{tmp_path}/labels.csv needs a column of file names (filename or file_name or file or "
        "image or path) and one of classes (label or class or category) in its first line; it "
        "has: name, animal."
    )
    with pytest.raises(ValueError, match=re.escape(expected) + "$"):
        arrange(list_folder(tmp_path))


def test_columns_never_take_the_place_of_what_every_set_has(tmp_path: Path) -> None:
    table = "filename,label,width,id,,a b/c,Label,a-b-c\n1.jpg,cat,9,7,u,v,w,x\n"
    lay(tmp_path, "1.jpg", table=table)

    (item,), _ = arrange(list_folder(tmp_path))

    assert item.metadata == {
        "csv_width": "9",
        "csv_id": "7",
        "column_5": "u",
        "a_b_c": "v",
        "csv_Label": "w",
        "a_b_c_8": "x",
    }


def test_a_csv_finds_files_of_odd_names(tmp_path: Path) -> None:
    names = ["-rf.jpg", "two words.jpg", "a,b.jpg", 'quote".jpg', "new\nline.jpg", "日本.jpg"]
    quoted = "".join('"{}",cat\n'.format(name.replace('"', '""')) for name in names)
    lay(tmp_path, *names, table="filename,label\n" + quoted)

    assert len(placed(tmp_path)) == len(names)


def test_a_csv_of_garbage_raises_nothing_but_its_own_message(tmp_path: Path) -> None:
    lay(tmp_path, "1.jpg", table=b"filename,label\n" + bytes(range(256)) + b'\n"open,cat\n')

    assert placed(tmp_path) == {}


def test_a_cell_of_any_length_is_survived(tmp_path: Path) -> None:
    table = f"filename,label\n1.jpg,{'x' * 200_000}\n2.jpg,cat\n"
    lay(tmp_path, "1.jpg", "2.jpg", table=table)

    assert placed(tmp_path) == {"2.jpg": ("train", "cat")}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Train", "train"),
        (" val ", "validation"),
        ("week_1", "week_1"),
        ("a/b", None),
        ("all", None),
        ("1st", None),
        ("ünïcode", None),
        ("train[:10]", None),
    ],
)
def test_a_split_has_a_name_that_can_stand_in_a_file_name(text: str, name: str | None) -> None:
    assert split_name(text) == name
