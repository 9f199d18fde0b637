"""Each reader of a file from outside: it reads, or refuses with a promised error."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st

import dcwidgets as dcw
from dcwidgets.coresets.trees import CoresetTree
from dcwidgets.course.progress import Progress
from dcwidgets.formats import import_annotations
from dcwidgets.pipelines.automation_config import read_config
from dcwidgets.sources import written
from dcwidgets.sources.label_table import find_label_table
from dcwidgets.sources.listing import list_folder
from dcwidgets.sources.pictures import RefusedError, read_picture
from dcwidgets.sources.preparation import prepared
from dcwidgets.sources.records import RecordStore
from tests import annotation_files, hostile, small_set, strategies
from tests.fuzz_values import damaged, document, encoded, near

Draw = Any
RECIPE = {
    "format": 1,
    "steps": [
        {"op": "drop", "ids": ["a"], "reason": "copy"},
        {"op": "relabel", "ids": ["b"], "label": "cat", "reason": ""},
        {"op": "weight", "ids": ["b"], "weight": 2.0, "reason": ""},
    ],
}
CONTRACT = {"format": 1, "classes": ["cat", "dog"], "splits": ["train"], "smallest": 8}
CONTRACT |= {"values": {"coat": ["black"]}}
OBJECTIVE = {
    "target": "label",
    "metric": "accuracy",
    "slices": ["coat"],
    "costs": {"cat": 5, "dog": 1},
    "good_enough": {"score": 0.9, "worst_slice": 0.8},
}
ROW = {"name": "raw", "mean": 0.6, "spread": 0.02, "scores": [0.6], "worst_slice": 0.2}
ROW |= {"seconds": 1.5, "images": 24, "version": "a41f09c2", "data": "pets"}
ROW |= {"edits": "drop 1", "recipe": "a.json", "at": "2026-01-01T00:00:00"}
PROGRESS = {
    "format": 1,
    "lessons": {
        "02": {
            "opened": "2026-01-01T00:00:00+00:00",
            "data": "pocket_pets",
            "device": "2 CPU cores",
            "checks": {"02-leaks": {"passed": True, "tries": 2, "at": "x"}},
            "score": {"first": 0.6, "last": 0.7},
        }
    },
}
MANIFEST = {"format": 1, "dcwidgets": "0.1.0", "version": "a41f09c2", "folder": "a1b2c3d4"}
TOML = b'source = "pocket_pets"\nto = "out"\nrecipe = "r.json"\nsplits = ["train"]\nshards = 2\n'


def recipe(draw: Draw, folder: Path) -> None:
    """`Recipe.load`, and what it gave on a set."""
    path = folder / "recipe.json"
    path.write_bytes(document(draw, RECIPE))
    with suppress(ValueError):
        dcw.Recipe.load(path).apply(_images())


def contract(draw: Draw, folder: Path) -> None:
    """`Contract.load`."""
    path = folder / "contract.json"
    path.write_bytes(document(draw, CONTRACT))
    with suppress(ValueError):
        repr(dcw.Contract.load(path))


def objective(draw: Draw, folder: Path) -> None:
    """`Objective.load`."""
    path = folder / "objective.json"
    path.write_bytes(document(draw, OBJECTIVE))
    with suppress(ValueError):
        repr(dcw.Objective.load(path))


def ledger(draw: Draw, folder: Path) -> None:
    """A ledger's lines: its table, rows side by side, and both exports."""
    path = folder / "ledger.jsonl"
    path.write_bytes(encoded(ROW) + b"\n" + document(draw, ROW) + b"\n" + encoded(ROW) + b"\n")
    found = dcw.Ledger(path)
    assert len(found) >= 2
    for ending in (".csv", ".json"):
        found.export(folder / f"out{ending}")
    repr(found)
    with suppress(ValueError, FileNotFoundError):
        found.compare(0, 1)
    assert sorted(child.name for child in folder.iterdir()) == sorted(
        ["ledger.jsonl", "out.csv", "out.json"]
    )


def ledger_plot(draw: Draw, folder: Path) -> None:
    """A ledger as a picture and as a widget."""
    path = folder / "ledger.jsonl"
    path.write_bytes(encoded(ROW) + b"\n" + encoded(near(draw, ROW)) + b"\n")
    dcw.Ledger(path).plot()
    dcw.LedgerStory(dcw.Ledger(path)).close()


def progress(draw: Draw, folder: Path) -> None:
    """The progress file: read, then written to."""
    path = folder / "progress.json"
    path.write_bytes(document(draw, PROGRESS))
    kept = Progress(path)
    assert isinstance(kept.read(), dict)
    kept.open("02", data="pocket_pets", device="cpu")
    kept.check("02", "02-leaks", passed=True)
    assert kept.read()["02"]["checks"]["02-leaks"]["passed"] is True


def manifest(draw: Draw, folder: Path) -> None:
    """The manifest of a pipeline: what it names lies in its folder, or is refused."""
    home = folder / "home"
    home.mkdir()
    small_set.write(folder)  # a whole set outside of the manifest's folder
    names = st.sampled_from(["../small/1.0.0", str(folder / "small" / "1.0.0"), "..", "a1b2c3d4"])
    told = MANIFEST | {"folder": draw(names)}
    (home / written.MANIFEST).write_bytes(
        encoded(told) if draw(st.booleans()) else document(draw, told)
    )
    with suppress(ValueError, FileNotFoundError):
        found = written.find(home)
        assert found is None or home in found.resolve().parents


def config(draw: Draw, folder: Path) -> None:
    """The configuration of a pipeline."""
    path = folder / "pipeline.toml"
    path.write_bytes(damaged(draw, TOML))
    with suppress(ValueError):
        read_config(path)


def journal(draw: Draw, folder: Path) -> None:
    """A journal of annotations: everything that reads it, then an edit."""
    path = folder / "labels.jsonl"
    lines = list(_journal())
    at = draw(st.integers(0, len(lines)))
    sound = json.loads(draw(st.sampled_from(lines)))
    lines[at:at] = [document(draw, sound)]
    path.write_bytes(b"\n".join(lines) + b"\n")
    with suppress(ValueError, FileNotFoundError):
        store = dcw.AnnotationStore(path, classes=["cat", "dog"])
        for told in ("table", "boxes", "history", "classes"):
            getattr(store, told)
        repr(store)
        store.undo()
        store.add("a", label="cat")
        store.compact()
        assert dcw.AnnotationStore(path).get("a")


def archive(draw: Draw, folder: Path) -> None:
    """A journal that names what came before it: a circle, or a file elsewhere."""
    path = folder / "home" / "labels.jsonl"
    path.parent.mkdir()
    store = dcw.AnnotationStore(path, classes=["cat", "dog"])
    store.add("a", label="cat")
    store.compact()
    snapshot = json.loads(path.read_bytes())
    (folder / "outside.jsonl").write_bytes(encoded(snapshot | {"archive": "outside.jsonl"}) + b"\n")
    snapshot["archive"] = draw(
        st.sampled_from(
            ["labels.jsonl", "../outside.jsonl", str(folder / "outside.jsonl"), "x.1e9", ".."]
        )
        | st.text(max_size=6)
    )
    path.write_bytes(encoded(snapshot) + b"\n")
    for told in ("history", "undo", "compact"):
        with suppress(ValueError, FileNotFoundError):
            found = getattr(dcw.AnnotationStore(path), told)
            found() if callable(found) else None


def description(draw: Draw, folder: Path) -> None:
    """The description of a written data set."""
    home = small_set.write(folder)
    sound = json.loads((home / "dataset_info.json").read_text())
    (home / "dataset_info.json").write_bytes(document(draw, sound))
    (home / "features.json").write_bytes(document(draw, _FEATURES))
    (home / "label.labels.txt").write_bytes(draw(st.binary(max_size=20)))
    prepared(home)
    with suppress(ValueError, FileNotFoundError):
        store = RecordStore(home)
        assert all(path.parent == home for files in store.layout.shards.values() for path in files)


def records(draw: Draw, folder: Path) -> None:
    """Record files of any bytes."""
    home = small_set.write(folder)
    (home / "features.json").write_bytes(encoded(_FEATURES))
    (home / "label.labels.txt").write_text("cat\ndog\n")
    shard = home / small_set.shard("train")
    whole = small_set.frame(draw(st.binary(max_size=40))) + small_set.frame(b"\n\0")
    shard.write_bytes(draw(st.sampled_from([whole, damaged(draw, whole)])))
    with suppress(ValueError):
        store = RecordStore(home)
        for id_ in store.table.index:
            store.read(id_)


def picture(draw: Draw, folder: Path) -> None:
    """A picture of any kind with damaged bytes."""
    name = draw(st.sampled_from(sorted(_pictures())))
    path = folder / "picture"
    path.write_bytes(damaged(draw, _pictures()[name]))
    with suppress(RefusedError):
        assert read_picture(str(path), image_size=64).jpeg[:2] == b"\xff\xd8"


def stored_picture(draw: Draw, folder: Path) -> None:
    """A picture in records with damaged bytes, read as pixels and as a thumbnail."""
    name = draw(st.sampled_from(sorted(_pictures())))
    images = _images(damaged(draw, _pictures()[name]))
    with suppress(ValueError):
        assert images.array("a").dtype == np.uint8
    assert images.thumbnails(["a"], size=16).shape == (1, 16, 16, 3)


def labels_csv(draw: Draw, folder: Path) -> None:
    """The CSV of labels beside pictures."""
    (folder / "a.jpg").write_bytes(strategies.JPEG)
    sound = b"filename,label,split\na.jpg,cat,train\n../b.jpg,dog,test\n"
    (folder / "labels.csv").write_bytes(damaged(draw, sound))
    with suppress(ValueError):
        find_label_table(list_folder(folder))


def tree(draw: Draw, folder: Path) -> None:
    """A saved coreset tree."""
    path = folder / "tree.npz"
    path.write_bytes(damaged(draw, _tree()))
    with suppress(ValueError):
        CoresetTree.load(path)


def annotation_file(draw: Draw, folder: Path) -> None:
    """Annotation files of four formats."""
    kind, files = draw(st.sampled_from(sorted(_ANNOTATIONS.items())))
    name = draw(st.sampled_from(sorted(files)))
    for file, content in files.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(damaged(draw, content) if file == name else content)
    with suppress(ValueError, FileNotFoundError):
        list(import_annotations(folder, format=kind))


_FEATURES = {
    "pythonClassName": "tensorflow_datasets.core.features.features_dict.FeaturesDict",
    "featuresDict": {
        "features": {
            "image": {"pythonClassName": "x.Image"},
            "label": {"pythonClassName": "x.ClassLabel"},
            "name": {"pythonClassName": "x.Tensor", "tensor": {"shape": {}}},
        }
    },
}
_ANNOTATIONS = {
    "voc": {"a.xml": annotation_files.LABELIMG_VOC.encode()},
    "yolo": annotation_files.LABELIMG_YOLO,
    "coco": {"a.json": annotation_files.LABEL_STUDIO_COCO.encode()},
    "createml": {"a.json": annotation_files.LABELIMG_CREATEML.encode()},
}


def _images(content: bytes = strategies.JPEG) -> dcw.ImageSet:
    import pandas as pd

    rows = pd.DataFrame({"label": ["cat", "dog"], "split": "train"}, index=["a", "b"])
    images = strategies.image_set(rows)
    store = strategies.MemoryStore({"a": content})
    return dcw.ImageSet(images.table, images.classes, store, name="pets")


@cache
def _pictures() -> dict[str, bytes]:
    return {name: make() for name, make in hostile.GOOD.items() if name != "large.jpg"}


@cache
def _journal() -> tuple[bytes, ...]:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "labels.jsonl"
        store = dcw.AnnotationStore(path, classes=["cat", "dog"])
        box = {"x": 1, "y": 2, "w": 10, "h": 10}
        store.add("a", label="dog", boxes=[box], tags=["t"], width=48, height=32)
        store.add("b", label="cat")
        store.remove("b")
        store.undo()
        store.redo()
        return tuple(path.read_bytes().splitlines())


@cache
def _tree() -> bytes:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        built = CoresetTree(size=4, leaf=8)
        features = np.random.default_rng(0).normal(size=(2, 3))
        built.insert(_images(), features=features)
        return built.save(Path(folder) / "tree.npz").read_bytes()


TARGETS: dict[str, Callable[[Draw, Path], None]] = {
    str(getattr(target, "__name__", "")): target
    for target in (
        recipe,
        contract,
        objective,
        ledger,
        ledger_plot,
        progress,
        manifest,
        config,
        journal,
        archive,
        description,
        records,
        picture,
        stored_picture,
        labels_csv,
        tree,
        annotation_file,
    )
}
