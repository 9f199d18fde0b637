"""Annotations leave whole or not at all, and come back as they left, but for what was said."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

import dcwidgets as dcw
from dcwidgets.formats import FormatError
from dcwidgets.imageset import ImageSet
from dcwidgets.labeling.records import Annotations
from tests import disks
from tests.strategies import image_set

FORMATS = ("voc", "yolo", "coco", "createml")
CLASSES = ["cat", "dog", "bird's <nest> & co"]
WIDTH, HEIGHT = 640, 480


def images(*ids: str, size: tuple[int, int] = (WIDTH, HEIGHT)) -> ImageSet:
    rows = pd.DataFrame({"label": "cat", "split": "train"}, index=pd.Index(ids, dtype="str"))
    bare = image_set(rows)
    return bare.derive(bare.table.assign(width=size[0], height=size[1]))


def box(label: str = "cat", **fields: Any) -> dict[str, Any]:
    return {"label": label, "x": 10.5, "y": 20.25, "w": 100.5, "h": 60, **fields}


def annotated(*records: dict[str, Any], classes: list[str] = CLASSES) -> Annotations:
    sized = [{"width": WIDTH, "height": HEIGHT, **record} for record in records]
    return Annotations(sized, classes)


def two() -> Annotations:
    return annotated(
        {"id": "p1.jpg", "boxes": [box(), box("dog", x=0, y=0)], "status": "verified"},
        {"id": "p2.jpg"},
    )


def edges(found: Annotations) -> dict[str, list[tuple[Any, ...]]]:
    return {
        record["id"]: [
            (b["label"], b["x"], b["y"], b["x"] + b["w"], b["y"] + b["h"]) for b in record["boxes"]
        ]
        for record in found
    }


@st.composite
def drawn_boxes(draw: st.DrawFn) -> dict[str, Any]:
    """A box of at least one pixel within the picture, at whole or broken pixels."""
    side = st.floats(0, 1, allow_subnormal=False) | st.sampled_from([0.0, 0.5, 1.0])
    w, h = 1 + draw(side) * (WIDTH - 1), 1 + draw(side) * (HEIGHT - 1)
    x, y = draw(side) * (WIDTH - w), draw(side) * (HEIGHT - h)
    whole = draw(st.booleans())
    sides = {"x": x, "y": y, "w": w, "h": h}
    return {
        "label": draw(st.sampled_from(CLASSES)),
        **{name: float(int(side)) if whole else side for name, side in sides.items()},
        "difficult": draw(st.booleans()),
        "truncated": draw(st.booleans()),
    }


IDS = ["pets-train.tfrecord-00000-of-00001__7", "Käthe's cat", "a.b.c", "x" * 60, "1"]
STORES = st.dictionaries(
    st.sampled_from(IDS),
    st.tuples(st.lists(drawn_boxes(), max_size=4), st.sampled_from(["labeled", "verified"])),
    min_size=1,
)
# Voc: a pixel, as integers from 1 on. YOLO: half a unit of the sixth decimal, for the centre and
# for half the side. COCO and CreateML: what adding and taking away floats costs.
TOLERANCE = {"voc": 1.0, "yolo": 0.75e-6 * WIDTH + 1e-9, "coco": 0.0, "createml": 1e-9}


@pytest.mark.parametrize("format_", FORMATS)
@given(drawn=STORES)
@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
def test_boxes_come_back_within_the_tolerance_of_the_format(
    drawn: dict[str, Any], format_: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    records = [{"id": i, "boxes": boxes, "status": s} for i, (boxes, s) in drawn.items()]
    store, shown = annotated(*records), images(*drawn)
    to = tmp_path_factory.mktemp("export") / "to"

    dcw.export_annotations(store, format_, to=to, images=shown, report=False)
    back = dcw.import_annotations(to, format_, images=shown, classes=CLASSES)

    there, here = edges(store), edges(back)
    assert back.classes == CLASSES
    assert there.keys() == here.keys()
    for id_ in there:
        assert [one[0] for one in here[id_]] == [one[0] for one in there[id_]]
        for one, other in zip(there[id_], here[id_], strict=True):
            assert one[1:] == pytest.approx(other[1:], abs=TOLERANCE[format_], rel=0)
    if format_ in ("voc", "createml"):
        assert [r["status"] for r in sorted(back, key=lambda r: str(r["id"]))] == [
            drawn[id_][1] for id_ in sorted(drawn)
        ]
    if format_ == "voc":
        difficult = {r["id"]: [b["difficult"] for b in r["boxes"]] for r in back}
        assert difficult == {r["id"]: [b["difficult"] for b in r["boxes"]] for r in store}


def test_voc_is_written_as_labelimg_writes_it(tmp_path: Path) -> None:
    dcw.export_annotations(two(), "voc", to=tmp_path)

    assert (tmp_path / "p1.xml").read_text() == (
        '<annotation verified="yes">\n\t<folder></folder>\n\t<filename>p1.jpg</filename>\n'
        "\t<path>p1.jpg</path>\n\t<source>\n\t\t<database>Unknown</database>\n\t</source>\n"
        "\t<size>\n\t\t<width>640</width>\n\t\t<height>480</height>\n\t\t<depth>3</depth>\n"
        "\t</size>\n\t<segmented>0</segmented>\n"
        "\t<object>\n\t\t<name>cat</name>\n\t\t<pose>Unspecified</pose>\n"
        "\t\t<truncated>0</truncated>\n\t\t<difficult>0</difficult>\n\t\t<bndbox>\n"
        "\t\t\t<xmin>10</xmin>\n\t\t\t<ymin>20</ymin>\n\t\t\t<xmax>111</xmax>\n"
        "\t\t\t<ymax>80</ymax>\n\t\t</bndbox>\n\t</object>\n"
        "\t<object>\n\t\t<name>dog</name>\n\t\t<pose>Unspecified</pose>\n"
        "\t\t<truncated>1</truncated>\n\t\t<difficult>0</difficult>\n\t\t<bndbox>\n"
        "\t\t\t<xmin>1</xmin>\n\t\t\t<ymin>1</ymin>\n\t\t\t<xmax>100</xmax>\n"
        "\t\t\t<ymax>60</ymax>\n\t\t</bndbox>\n\t</object>\n</annotation>\n"
    )
    assert "verified" not in (tmp_path / "p2.xml").read_text()


def test_yolo_has_an_empty_file_for_a_picture_without_boxes(tmp_path: Path) -> None:
    dcw.export_annotations(two(), "yolo", to=tmp_path)

    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "classes.txt": "cat\ndog\nbird's <nest> & co\n",
        "p1.txt": "0 0.094922 0.104688 0.157031 0.125000\n1 0.078516 0.062500 0.157031 0.125000\n",
        "p2.txt": "",
    }


@pytest.mark.parametrize("first", [1, 0])
def test_coco_numbers_classes_from_one_or_on_request_from_zero(first: int, tmp_path: Path) -> None:
    written = dcw.export_annotations(two(), "coco", to=tmp_path / "pets.json", first_category=first)

    assert json.loads(written.read_text()) == {
        "images": [
            {"id": 1, "file_name": "p1.jpg", "width": 640, "height": 480},
            {"id": 2, "file_name": "p2.jpg", "width": 640, "height": 480},
        ],
        "annotations": [
            {
                "id": 1,
                "image_id": 1,
                "category_id": first,
                "iscrowd": 0,
                "bbox": [10.5, 20.25, 100.5, 60.0],
                "area": 6030.0,
            },
            {
                "id": 2,
                "image_id": 1,
                "category_id": first + 1,
                "iscrowd": 0,
                "bbox": [0.0, 0.0, 100.5, 60.0],
                "area": 6030.0,
            },
        ],
        "categories": [{"id": first + at, "name": name} for at, name in enumerate(CLASSES)],
    }


def test_createml_gives_the_centre_in_pixels(tmp_path: Path) -> None:
    written = dcw.export_annotations(two(), "createml", to=tmp_path)

    first, second = json.loads(written.read_text())
    assert first["verified"] is True
    assert first["annotations"][0] == {
        "label": "cat",
        "coordinates": {"x": 60.75, "y": 50.25, "width": 100.5, "height": 60.0},
    }
    assert second == {"image": "p2.jpg", "verified": False, "annotations": []}


def everything() -> Annotations:
    return annotated(
        {
            "id": "p1.jpg",
            "label": "cat",
            "tags": ["night"],
            "note": "hm",
            "seconds": 3.0,
            "author": "ada",
            "status": "verified",
            "boxes": [
                box(difficult=True, truncated=True, source="model"),
                box("dog", x=1, y=1, w=2),
            ],
        },
        {"id": "p2.jpg", "status": "unsure"},
        {"id": "p3.jpg", "status": "skipped"},
    )


@pytest.mark.parametrize(
    ("format_", "own"),
    [
        ("voc", {"pictures": {}, "boxes": {"x, y, w, h": 1}, "classes": 2}),
        (
            "yolo",
            {
                "pictures": {"status verified": 1, "width": 2, "height": 2},
                "boxes": {"difficult": 1, "truncated": 1, "x, y, w, h": 2},
            },
        ),
        (
            "coco",
            {"pictures": {"status verified": 1}, "boxes": {"difficult": 1, "truncated": 1}},
        ),
        (
            "createml",
            {
                "pictures": {"width": 2, "height": 2},
                "boxes": {"difficult": 1, "truncated": 1},
                "classes": 2,
            },
        ),
    ],
)
def test_the_report_names_every_field_a_format_drops(format_: str, own: dict[str, Any]) -> None:
    lost = dcw.export_losses(everything(), format_)

    pictures = dict.fromkeys(
        ["picture", "label", "tags", "note", "author", "seconds", "status unsure"], 1
    )
    boxes = {"source": 1, "author": 2}
    for of, expected in (("pictures", {**pictures, "ts": 2}), ("boxes", boxes)):
        rows = lost[lost["of"] == of]
        counts = dict(zip(rows["field"], rows["lost"], strict=True))
        assert counts == {**expected, **own[of]}
    assert len(lost[lost["of"] == "classes"]) == own.get("classes", 0)
    assert lost["reason"].str.len().gt(0).all()


def test_the_report_is_printed_before_the_export(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dcw.export_annotations(everything(), "coco", to=tmp_path)

    printed = capsys.readouterr().out
    assert printed.startswith("coco cannot hold:\n")
    assert "  picture: 1 pictures, such as p3.jpg (skipped pictures are left out)\n" in printed
    dcw.export_annotations(annotated(), "coco", to=tmp_path / "new")
    assert capsys.readouterr().out == "coco holds everything.\n"


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("other", [["dog", "cat"], ["cat", "bird"]])
def test_another_class_list_found_there_stops_the_export_with_a_difference(
    format_: str, other: list[str], tmp_path: Path
) -> None:
    boxes = [box(other[0]), box(other[1])]
    theirs = annotated({"id": "p1.jpg", "boxes": boxes}, classes=other)
    dcw.export_annotations(theirs, format_, to=tmp_path)
    before = contents(tmp_path)
    ours = annotated({"id": "p1.jpg", "boxes": [box()]}, classes=["cat", "dog"])
    if format_ in ("voc", "createml") and set(other) == {"cat", "dog"}:
        dcw.export_annotations(ours, format_, to=tmp_path)  # these hold no numbers
        return

    with pytest.raises(ValueError, match="are not the 2 expected") as caught:
        dcw.export_annotations(ours, format_, to=tmp_path)

    lines = str(caught.value).splitlines()
    assert any(line.startswith("+ ") and line.endswith(("bird", "dog", "cat")) for line in lines)
    assert contents(tmp_path) == before


def test_a_longer_class_list_does_not_rewrite_classes_txt(tmp_path: Path) -> None:
    dcw.export_annotations(annotated({"id": "p"}, classes=["cat"]), "yolo", to=tmp_path)

    with pytest.raises(ValueError, match=r"(?s)are not the 2 expected.*- 1 dog"):
        dcw.export_annotations(annotated({"id": "p"}, classes=["cat", "dog"]), "yolo", to=tmp_path)
    assert (tmp_path / "classes.txt").read_text() == "cat\n"


def test_labels_without_a_class_list_stop_the_export(tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_text("0 0.5 0.5 0.1 0.1\n")

    with pytest.raises(ValueError, match="are not the 3 expected"):
        dcw.export_annotations(two(), "yolo", to=tmp_path)


@pytest.mark.parametrize("format_", FORMATS)
def test_an_export_twice_is_the_same_and_other_files_stay(format_: str, tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("mine")
    dcw.export_annotations(two(), format_, to=tmp_path)
    first = contents(tmp_path)
    dcw.export_annotations(two(), format_, to=tmp_path)

    assert contents(tmp_path) == first
    assert first["notes.md"] == b"mine"
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("format_", ["coco", "createml"])
def test_a_file_with_other_pictures_is_not_replaced(format_: str, tmp_path: Path) -> None:
    dcw.export_annotations(two(), format_, to=tmp_path)
    before = contents(tmp_path)

    with pytest.raises(ValueError, match=r"holds 1 pictures that this export does not.*'p2\.jpg'"):
        dcw.export_annotations(annotated({"id": "p1.jpg"}), format_, to=tmp_path)
    assert contents(tmp_path) == before


def test_boxes_that_were_drawn_at_another_size_are_not_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="was labelled at 640 x 480 pixels and has 64 x 48"):
        dcw.export_annotations(
            annotated({"id": "p"}), "voc", to=tmp_path, images=images("p", size=(64, 48))
        )


@pytest.mark.parametrize("format_", ["voc", "yolo", "coco"])
def test_a_size_that_is_not_known_is_asked_for(format_: str, tmp_path: Path) -> None:
    unsized = Annotations([{"id": "p", "boxes": [box()]}], CLASSES)

    with pytest.raises(ValueError, match="The size of 'p' is not known, and this format needs it"):
        dcw.export_annotations(unsized, format_, to=tmp_path / "to")
    assert not (tmp_path / "to").exists()
    written = dcw.export_annotations(unsized, format_, to=tmp_path / "to", images=images("p"))
    assert written.exists()


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("id_", ["../up", "/etc/up", "a/../../up", "a\nb", "C:\\up", " a", "."])
def test_a_name_that_climbs_out_is_not_written(id_: str, format_: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot be the name of a file in the export"):
        dcw.export_annotations(annotated({"id": id_}), format_, to=tmp_path / "in" / "to")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("format_", ["voc", "yolo"])
@pytest.mark.parametrize("ids", [("a.jpg", "a.png"), ("A.jpg", "a.jpg")])
def test_two_pictures_never_share_a_file(
    ids: tuple[str, str], format_: str, tmp_path: Path
) -> None:
    store = annotated(*({"id": id_} for id_ in ids))

    with pytest.raises(ValueError, match=f"'{ids[0]}' and '{ids[1]}' would be written to one"):
        dcw.export_annotations(store, format_, to=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_picture_called_classes_does_not_replace_the_class_list(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"would replace classes\.txt"):
        dcw.export_annotations(annotated({"id": "classes.jpg"}), "yolo", to=tmp_path)


def test_folders_of_pictures_become_folders_of_files(tmp_path: Path) -> None:
    store = annotated({"id": "cats/1.jpg", "boxes": [box()]}, {"id": "dogs/1.jpg"})
    for format_ in ("voc", "yolo"):
        to = tmp_path / format_
        dcw.export_annotations(store, format_, to=to)
        shown = images("cats/1.jpg", "dogs/1.jpg")
        assert len(edges(dcw.import_annotations(to, format_, images=shown))["cats/1.jpg"]) == 1


def test_a_link_does_not_lead_the_export_out_of_its_folder(tmp_path: Path) -> None:
    (tmp_path / "to").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "to" / "cats").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(ValueError, match="leads out of"):
        dcw.export_annotations(annotated({"id": "cats/1.jpg"}), "voc", to=tmp_path / "to")
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("there", [False, True])
def test_a_full_disk_writes_nothing(format_: str, there: bool, tmp_path: Path) -> None:  # noqa: FBT001
    many = annotated(*({"id": f"p{n}", "boxes": [box()] * 40} for n in range(9)))
    few = annotated(*({"id": f"p{n}", "boxes": [box()]} for n in range(3)))
    with disks.mounted(tmp_path / "disk", kilobytes=160) as disk:
        if there:
            dcw.export_annotations(few, format_, to=disk / "to")
        before = contents(disk)
        room = shutil.disk_usage(disk).free
        (disk / "ballast").write_bytes(b"x" * (room - 3 * 4096))
        with pytest.raises(OSError, match="No space left on device"):
            dcw.export_annotations(many, format_, to=disk / "to")
        assert {n: b for n, b in contents(disk).items() if n != "ballast"} == before


@pytest.mark.parametrize("format_", ["voc", "yolo"])
def test_an_export_that_breaks_off_between_files_leaves_the_old_ones(
    format_: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dcw.export_annotations(two(), format_, to=tmp_path)
    before = contents(tmp_path)
    rename, calls = Path.rename, iter(range(100))

    def breaks_off(self: Path, target: Path) -> Path:
        if next(calls) == 3:
            raise OSError(5, "Input/output error")
        return rename(self, target)

    changed = annotated({"id": "p1.jpg"}, {"id": "p2.jpg", "boxes": [box()]})
    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", breaks_off)
        with pytest.raises(OSError, match="Input/output error"):
            dcw.export_annotations(changed, format_, to=tmp_path)
    assert contents(tmp_path) == before


@pytest.mark.parametrize("act", [dcw.export_losses, dcw.import_annotations])
def test_a_format_that_is_not_known_is_refused(act: Callable[..., object], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="format must be one of voc, yolo, coco, createml"):
        act(two(), "tfrecord")


def test_sizes_come_from_the_pictures_beside_the_labels(tmp_path: Path) -> None:
    dcw.export_annotations(two(), "yolo", to=tmp_path)
    with pytest.raises(FormatError, match=r"p1\.txt: YOLO holds shares of a picture whose size"):
        dcw.import_annotations(tmp_path, "yolo")
    for name in ("p1", "p2"):
        Image.new("RGB", (WIDTH, HEIGHT)).save(tmp_path / f"{name}.jpg")

    back = dcw.import_annotations(tmp_path, "yolo")

    assert back.get("p1.jpg")
    assert edges(back)["p1.jpg"][0][1] == pytest.approx(10.5, abs=1e-3)


def test_a_stem_that_two_pictures_share_names_neither(tmp_path: Path) -> None:
    dcw.export_annotations(annotated({"id": "a.jpg", "boxes": [box()]}), "yolo", to=tmp_path)

    with pytest.raises(FormatError, match="'a' is no picture of these images"):
        dcw.import_annotations(tmp_path, "yolo", images=images("a.jpg", "a.png"))


def test_what_was_read_goes_into_a_store(tmp_path: Path) -> None:
    dcw.export_annotations(two(), "coco", to=tmp_path)
    store = dcw.AnnotationStore(tmp_path / "labels.jsonl", CLASSES)

    store.add_all(dcw.import_annotations(tmp_path, "coco"))

    assert edges(store) == edges(two())  # type: ignore[arg-type]
    wrong = dcw.AnnotationStore(tmp_path / "other.jsonl", ["dog", "cat"])
    with pytest.raises(ValueError, match="a class never changes its number"):
        wrong.add_all(dcw.import_annotations(tmp_path, "coco"))
    assert len(wrong) == 0
