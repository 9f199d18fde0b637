"""Files of other tools are read with their habits; hostile ones are refused by name and place."""

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dcwidgets as dcw
from dcwidgets.formats import FormatError
from dcwidgets.imageset import ImageSet
from dcwidgets.labeling.records import Annotations
from tests import annotation_files
from tests.strategies import image_set


def rex_and_tom() -> ImageSet:
    rows = pd.DataFrame(
        {"label": ["dog", "cat"], "split": "train"}, index=pd.Index(["id-rex", "id-tom"])
    )
    bare = image_set(rows)
    table = bare.table.assign(filename=["rex.jpg", "tom.jpg"], width=64, height=48)
    return bare.derive(table)


def sides(found: Annotations) -> list[list[object]]:
    return found.boxes[["id", "label", "x", "y", "w", "h"]].to_numpy().tolist()


def write(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def test_labelimg_voc(tmp_path: Path) -> None:
    write(tmp_path, {"tom & co.xml": annotation_files.LABELIMG_VOC.encode()})

    found = dcw.import_annotations(tmp_path, "voc")

    record = found.get("tom & co.jpg")
    assert record
    assert (record["status"], record["width"], record["height"]) == ("verified", 64, 48)
    assert sides(found) == [["tom & co.jpg", "cat", 1, 5, 30, 40]]
    assert found.boxes[["difficult", "truncated"]].all(axis=None)


def test_label_studio_voc(tmp_path: Path) -> None:
    text = annotation_files.LABEL_STUDIO_VOC.replace("\n", "\r\n").encode()
    path = write(tmp_path, {"0a1b2c3d-rex.xml": text}) / "0a1b2c3d-rex.xml"

    assert sides(dcw.import_annotations(path, "voc")) == [
        ["0a1b2c3d-rex.jpg", "dog", 10.25, 6, 30.5, 20]
    ]
    assert sides(dcw.import_annotations(path, "voc", images=rex_and_tom()))[0][0] == "id-rex"


def test_labelimg_yolo(tmp_path: Path) -> None:
    write(tmp_path, annotation_files.LABELIMG_YOLO)

    found = dcw.import_annotations(tmp_path, "yolo", images=rex_and_tom())

    assert found.classes == ["cat", "dog"]
    assert sides(found) == [
        ["id-rex", "dog", 24, 12, 16, 24],
        ["id-rex", "cat", 0, 0, 16, 24],
    ]
    assert len(found) == 2


def test_label_studio_yolo(tmp_path: Path) -> None:
    write(tmp_path, annotation_files.LABEL_STUDIO_YOLO)

    found = dcw.import_annotations(tmp_path, "yolo", images=rex_and_tom())

    assert [sides(found)[0][:2], sides(found)[0][2:]] == [
        ["id-rex", "dog"],
        pytest.approx([24, 12, 16, 24]),
    ]


def test_label_studio_coco(tmp_path: Path) -> None:
    write(tmp_path, {"result.json": annotation_files.LABEL_STUDIO_COCO.encode()})

    found = dcw.import_annotations(tmp_path, "coco")

    assert found.classes == ["cat", "dog"]
    assert sides(found) == [["images/0a1b2c3d-rex.jpg", "dog", 10.5, 6, 30.25, 20]]
    assert sides(dcw.import_annotations(tmp_path, "coco", images=rex_and_tom()))[0][0] == "id-rex"


def test_labelimg_createml(tmp_path: Path) -> None:
    write(tmp_path, {"rex.json": annotation_files.LABELIMG_CREATEML.encode()})

    found = dcw.import_annotations(tmp_path, "createml")

    assert sides(found) == [["rex.jpg", "dog", 10, 6, 30, 20]]
    assert found.table["status"].tolist() == ["verified"]


@pytest.mark.parametrize(
    ("format_", "files"),
    [
        ("voc", {"a.xml": annotation_files.LABELIMG_VOC.encode()}),
        ("yolo", annotation_files.LABELIMG_YOLO),
        ("coco", {"a.json": annotation_files.LABEL_STUDIO_COCO.encode()}),
        ("createml", {"a.json": annotation_files.LABELIMG_CREATEML.encode()}),
    ],
)
def test_another_class_list_stops_the_import_with_a_difference(
    format_: str, files: dict[str, bytes], tmp_path: Path
) -> None:
    write(tmp_path, files)

    with pytest.raises(ValueError, match=r"(?s)are not the 1 expected:.*\+ . (cat|dog)"):
        dcw.import_annotations(tmp_path, format_, classes=["bird"])


BOMB = """<?xml version="1.0"?>
<!DOCTYPE annotation [
 <!ENTITY a "aaaaaaaaaa">
 <!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
 <!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
]>
<annotation><filename>&c;</filename></annotation>"""
OUTSIDE = """<!DOCTYPE annotation [<!ENTITY secret SYSTEM "file:///etc/passwd">]>
<annotation><filename>&secret;</filename></annotation>"""


def changed(old: str, new: str) -> str:
    assert old in annotation_files.LABELIMG_VOC
    return annotation_files.LABELIMG_VOC.replace(old, new)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (BOMB, r"a\.xml:2: the file declares a document type"),
        (OUTSIDE, r"a\.xml:1: the file declares a document type"),
        ("<a>" * 100_000, "elements lie over 32 deep"),
        ("", "this is no XML"),
        ("<annotation>", r"a\.xml:1: this is no XML"),
        ("\x00\x01", "this is no XML"),
        ('<?xml version="1.0" encoding="klingon"?><annotation/>', "this is no XML|cannot be read"),
        ("<html/>", r"a\.xml:1: expected <annotation>, got <html>"),
        (changed("tom &amp; co.jpg", "../../etc/passwd"), "is no name of a picture"),
        (changed("tom &amp; co.jpg", "..\\..\\boot.ini"), "is no name of a picture"),
        (changed(">64<", ">9999999999<"), "width must be 1 to 1,000,000 pixels"),
        (changed(">64<", ">-64<"), "width must be 1 to 1,000,000 pixels"),
        (changed(">31<", ">1e400<"), r"a\.xml:14: expected a number, got '1e400'"),
        (changed(">31<", ">nan<"), "expected a number, got 'nan'"),
        (changed(">31<", f">{'9' * 5000}<"), "expected a number"),
        (changed(">31<", "><"), "expected a number, got ''"),
        (changed(">31<", ">1<"), "w and h must be above 0"),
        (changed("<xmin>1<", "<xmin>70<"), "w and h must be above 0"),
        (changed("bndbox", "polygon"), r"a\.xml:14: this object has no <bndbox>"),
        (changed("<name>cat<", "<name><"), r"a\.xml:14: this object has no <name>"),
    ],
)
def test_xml_that_harms_or_makes_no_sense_is_refused(
    text: str, message: str, tmp_path: Path
) -> None:
    write(tmp_path, {"a.xml": text.encode()})

    with pytest.raises(ValueError, match=message) as caught:
        dcw.import_annotations(tmp_path, "voc")
    assert len(str(caught.value)) < 1_000


def coco(**parts: Any) -> str:
    return json.dumps({**json.loads(annotation_files.LABEL_STUDIO_COCO), **parts})


def image(**parts: Any) -> str:
    return coco(images=[{"id": 0, "file_name": "a.jpg", "width": 64, "height": 48, **parts}])


def thing(**parts: Any) -> str:
    row = {"id": 0, "image_id": 0, "category_id": 1, "bbox": [1, 2, 3, 4], **parts}
    return coco(annotations=[row])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[" * 100_000, "too deep|no JSON"),
        ('{"a":' * 100_000, "too deep|no JSON"),
        ('{"images": [NaN]}', "NaN is no number that JSON has"),
        ('{"images": [' + "9" * 5_000 + "]}", r"a\.json: "),
        ('{\n"images": [,]}', r"a\.json:2: this is no JSON"),
        ("\udcff", r"a\.json"),
        ("[]", "expected an object with images, annotations and categories"),
        (coco(images={}), "images must be a list of objects"),
        (image(file_name="../../x.jpg"), r"images\[0\]\.file_name: '../../x.jpg' is no name"),
        (image(file_name=""), r"images\[0\]\.file_name"),
        (image(file_name=None), r"images\[0\]\.file_name"),
        (image(width=10**12), "width must be 1 to 1,000,000 pixels"),
        (image(width="wide"), r"images\[0\]\.width: expected a number"),
        (image(id=[]), r"images\[0\]\.id: expected a number"),
        (image(id=7), "annotations speak of image 0, which it has not"),
        (thing(bbox=None), r"annotations\[0\]: bbox must be \[x, y, w, h\]"),
        (thing(bbox=[1, 2, 3]), r"annotations\[0\]: bbox must be"),
        (thing(bbox=[1, 2, 3, True]), r"annotations\[0\]\.bbox: expected a number, got True"),
        (thing(bbox=[1, 2, 0, 4]), r"images\[0\]: .* w and h must be above 0"),
        (thing(category_id=9), "category 9 is not among the categories"),
        (thing(category_id=0.5), "expected a whole number"),
        (coco(categories=[{"id": 0, "name": "a\nb"}]), "categories: A class name"),
        (coco(categories=[{"id": 0, "name": "a"}, {"id": 0, "name": "b"}]), "have one id"),
    ],
)
def test_json_that_harms_or_makes_no_sense_is_refused(
    text: str, message: str, tmp_path: Path
) -> None:
    write(tmp_path, {"a.json": text.encode("utf-8", "surrogateescape")})

    with pytest.raises(FormatError, match=message) as caught:
        dcw.import_annotations(tmp_path, "coco")
    assert len(str(caught.value)) < 1_000


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("0 0.5 0.5 0.1", r"rex\.txt:2: expected class xc yc w h, got 4 numbers"),
        ("0 0.1 0.1 0.2 0.1 0.2 0.2 0.1 0.2", "got 9 numbers"),
        ("2 0.5 0.5 0.1 0.1", "class 2 is not in the list of 2: cat, dog"),
        ("-1 0.5 0.5 0.1 0.1", "class -1 is not in the list"),
        ("0.5 0.5 0.5 0.1 0.1", "class 0.5 is not in the list"),
        ("cat 0.5 0.5 0.1 0.1", "expected a number, got 'cat'"),
        ("0 inf 0.5 0.1 0.1", "expected a number, got 'inf'"),
        ("0 320 240 50 50", "x, y, w, h are shares of the picture"),
        ("0 0.5 0.5 0 0.1", "w and h must be above 0"),
        ("0 \xff", "rex"),
    ],
)
def test_a_yolo_line_that_makes_no_sense_is_named(line: str, message: str, tmp_path: Path) -> None:
    rex = f"0 0.5 0.5 0.1 0.1\n{line}\n".encode("latin-1")
    write(tmp_path, {"classes.txt": b"cat\ndog\n", "rex.txt": rex})

    with pytest.raises(FormatError, match=message):
        dcw.import_annotations(tmp_path, "yolo", images=rex_and_tom())


def test_yolo_needs_its_class_list(tmp_path: Path) -> None:
    write(tmp_path, {"rex.txt": b"1 0.5 0.5 0.1 0.1 0.87"})

    with pytest.raises(FormatError, match=r"There is no classes\.txt in .*Pass classes=\[\.\.\.\]"):
        dcw.import_annotations(tmp_path, "yolo", images=rex_and_tom())
    found = dcw.import_annotations(tmp_path, "yolo", images=rex_and_tom(), classes=["cat", "dog"])
    assert found.boxes["label"].tolist() == ["dog"]


def test_createml_that_makes_no_sense_is_named(tmp_path: Path) -> None:
    for text, message in (
        ("{}", "expected a list of objects"),
        ('[{"image": "a", "annotations": {}}]', r"\[0\]\.annotations must be a list"),
        ('[{"image": "a", "annotations": [{}]}]', r"annotations\[0\]: expected a label and"),
        ('[{"image": "../a", "annotations": []}]', r"\[0\]\.image: '../a' is no name"),
    ):
        write(tmp_path, {"a.json": text.encode()})
        with pytest.raises(FormatError, match=message):
            dcw.import_annotations(tmp_path, "createml")


def test_pipes_and_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.xml").write_text(annotation_files.LABELIMG_VOC)
    folder = tmp_path / "in"
    folder.mkdir()
    os.mkfifo(folder / "a.xml")
    (folder / "b.xml").symlink_to(tmp_path / "secret.xml")

    assert len(dcw.import_annotations(folder, "voc")) == 0


def test_a_file_over_the_limit_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "a.xml").open("wb") as file:
        file.truncate(2**33)

    with pytest.raises(FormatError, match=r"a\.xml has 8,589,934,592 bytes, over the limit"):
        dcw.import_annotations(tmp_path, "voc")


def test_a_picture_that_is_not_among_the_images_is_named(tmp_path: Path) -> None:
    write(tmp_path, {"a.xml": annotation_files.LABELIMG_VOC.encode()})

    with pytest.raises(FormatError, match=r"'tom & co\.jpg' is no picture of these images"):
        dcw.import_annotations(tmp_path, "voc", images=rex_and_tom())


def test_nothing_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="There is no file or folder"):
        dcw.import_annotations(tmp_path / "gone", "voc")


@pytest.mark.parametrize("format_", ["voc", "coco", "createml", "yolo"])
@given(data=st.data())
@settings(max_examples=80)
def test_bytes_that_changed_are_read_or_refused_and_nothing_else(
    data: st.DataObject, format_: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    name, text = {
        "voc": ("a.xml", annotation_files.LABELIMG_VOC.encode()),
        "coco": ("a.json", annotation_files.LABEL_STUDIO_COCO.encode()),
        "createml": ("a.json", annotation_files.LABELIMG_CREATEML.encode()),
        "yolo": ("rex.txt", annotation_files.LABELIMG_YOLO["rex.txt"]),
    }[format_]
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(start + 12, len(text))))
    text = text[:start] + data.draw(st.binary(max_size=8)) + text[end:]
    folder = tmp_path_factory.mktemp("changed")
    write(folder, {name: text, "classes.txt": b"cat\ndog\n"})

    with suppress(ValueError):
        found = dcw.import_annotations(
            folder, format_, images=rex_and_tom() if format_ == "yolo" else None
        )
        assert found.boxes[["w", "h"]].gt(0).all(axis=None)
