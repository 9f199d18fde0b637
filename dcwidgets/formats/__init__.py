"""Pascal VOC, YOLO, COCO and CreateML: out with a report of what is lost, and in."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from dcwidgets.formats import coco, createml, voc, yolo
from dcwidgets.formats.losses import FORMATS, losses
from dcwidgets.formats.pictures import Names, Picture, pictures_of
from dcwidgets.formats.reading import FormatError
from dcwidgets.formats.writing import publish
from dcwidgets.imageset import ImageSet
from dcwidgets.labeling.records import Annotated, Annotations, check_classes, class_difference

__all__ = ["FormatError", "export_annotations", "export_losses", "import_annotations"]


def export_losses(
    store: Annotated,
    format: str,  # noqa: A002 - what everybody calls it
    *,
    images: ImageSet | None = None,
) -> pd.DataFrame:
    """Count what a format cannot hold, before anything is written.

    Parameters
    ----------
    store : AnnotationStore or Annotations
        What would be written.
    format : str
        "voc", "yolo", "coco" or "createml".
    images : ImageSet, optional
        As `export_annotations` takes it.

    Returns
    -------
    pandas.DataFrame of shape (n_losses, 5)
        ``field``, ``of`` ("pictures", "boxes" or "classes"), ``lost`` (how many), ``example``
        (an id), ``reason``; empty where the format holds everything.

    Raises
    ------
    ValueError
        If there is no such format, or names of pictures cannot be names of files.
    """
    _check_format(format)
    pictures = pictures_of(store, images)
    sized = all(picture.size is not None for picture in pictures)
    return losses(store, pictures, format, sized=sized)


def export_annotations(
    store: Annotated,
    format: str,  # noqa: A002
    *,
    to: str | os.PathLike[str],
    images: ImageSet | None = None,
    first_category: int = 1,
    report: bool = True,
) -> Path:
    """Write annotations for other tools: every file whole, and all of them or none.

    Skipped pictures are left out. Files of other pictures stay as they are.

    Parameters
    ----------
    store : AnnotationStore or Annotations
        What to write.
    format : str
        "voc" (one XML file a picture), "yolo" (one text file a picture and ``classes.txt``),
        "coco" or "createml" (``annotations.json``).
    to : str or path
        Folder; for COCO and CreateML also a path that ends in ``.json``.
    images : ImageSet, optional
        Gives file names and sizes by id, and leaves out what is not in it. Without it the
        id is the file name, and sizes are those that were given to `AnnotationStore.add`.
    first_category : int, default 1
        Number of the first class in COCO, 1 or 0.
    report : bool, default True
        Print what the format cannot hold, as `export_losses` returns it.

    Returns
    -------
    Path
        The folder or file that was written.

    Raises
    ------
    ValueError
        If the class list found there is another one (with the difference), a size is not
        known, two pictures share a file name, or a file there holds pictures that would go.
    OSError
        If a file cannot be written; what was there before is there still.
    """
    lost = export_losses(store, format, images=images)
    if first_category not in (0, 1):
        raise ValueError(f"first_category must be 0 or 1, got {first_category!r}.")
    pictures, target = pictures_of(store, images), Path(to)
    if format in ("coco", "createml") and target.suffix != ".json":
        target /= coco.NAME
    _check_there(target, format, store.classes, pictures, first_category)
    contents = _contents(pictures, format, store.classes, first_category)
    if report:
        _print(lost, format)
    if isinstance(contents, bytes):
        publish(target.parent, {target.name: contents})
    else:
        publish(target, contents)
    return target


def import_annotations(
    path: str | os.PathLike[str],
    format: str,  # noqa: A002
    *,
    images: ImageSet | None = None,
    classes: Sequence[str] | None = None,
) -> Annotations:
    """Read annotations that other tools wrote; labelImg and Label Studio among them.

    Parameters
    ----------
    path : str or path
        A folder, or for VOC, COCO and CreateML a file.
    format : str
        "voc", "yolo", "coco" or "createml".
    images : ImageSet, optional
        The pictures that were labelled; gives ids by file name, and sizes. Without it the
        file name is the id.
    classes : sequence of str, optional
        The class list that is expected, such as ``store.classes``. Without it that of the
        files; VOC and CreateML hold none, so theirs is the names found, sorted.

    Returns
    -------
    Annotations
        ``.table``, ``.boxes``, ``.classes``; ``store.add_all(annotations)`` takes them.

    Raises
    ------
    FormatError
        A ValueError: a file is not what the format says; names file and place.
    ValueError
        If the class list found there is another one; shows the difference.
    FileNotFoundError
        If there is nothing at ``path``.
    """
    _check_format(format)
    source, names = Path(path), Names(images)
    if not source.exists():
        raise FileNotFoundError(f"There is no file or folder {source}.")
    expected = None if classes is None else check_classes(classes)
    if format == "yolo":
        return _import_yolo(source, names, expected)
    if format == "coco":
        records, found = coco.read(source, names)
        _check_same(source, expected, found)
        return Annotations(records, found)
    # These hold names without numbers: the expected list says which number each has.
    records, found = (voc if format == "voc" else createml).read(source, names)
    if expected is not None:
        _check_known(source, expected, set(found))
    return Annotations(records, expected or found)


def _import_yolo(source: Path, names: Names, expected: list[str] | None) -> Annotations:
    found = yolo.class_list(source)
    if found is not None:
        _check_same(source, expected, found)
    elif expected is None:
        raise FormatError(
            f"There is no {yolo.CLASSES} in {source}. Pass classes=[...] in their order."
        )
    classes = found or expected or []
    return Annotations(yolo.read(source, names, classes), classes)


def _check_same(place: Path, expected: list[str] | None, found: list[str]) -> None:
    if expected is not None and found != expected:
        raise _other_classes(place, expected, found)


def _contents(
    pictures: list[Picture], format_: str, classes: list[str], first: int
) -> dict[str, bytes] | bytes:
    match format_:
        case "voc":
            return voc.write(pictures)
        case "yolo":
            return yolo.write(pictures, classes)
        case "coco":
            return coco.write(pictures, classes, first)
        case _:
            return createml.write(pictures)


def _check_format(format_: str) -> None:
    if format_ not in FORMATS:
        raise ValueError(f"format must be one of {', '.join(FORMATS)}; got {format_!r}.")


def _check_there(
    target: Path, format_: str, classes: list[str], pictures: list[Picture], first: int
) -> None:
    """Raise unless what lies at the target speaks of the same classes."""
    if format_ in ("voc", "yolo"):
        if target.exists() and not target.is_dir():
            raise ValueError(f"{target} is a file; give a folder.")
        if format_ == "voc":
            _check_known(target, classes, voc.names_found(target))
        elif (found := yolo.classes_found(target)) is not None and found != classes:
            raise _other_classes(target, classes, found)
    elif target.exists():
        if format_ == "coco":
            found, numbers = coco.classes_found(target)
            if found != classes or numbers != [*range(first, first + len(classes))]:
                raise _other_classes(target, classes, found)
        else:
            _check_known(target, classes, createml.labels_found(target))
        _check_none_goes(target, format_, pictures)


def _check_known(place: Path, classes: list[str], found: set[str]) -> None:
    unknown = sorted(found - set(classes))
    if unknown:
        raise _other_classes(place, classes, [*(n for n in classes if n in found), *unknown])


def _check_none_goes(target: Path, format_: str, pictures: list[Picture]) -> None:
    found = (coco if format_ == "coco" else createml).names_found(target)
    gone = sorted(found - {picture.name for picture in pictures})
    if gone:
        raise ValueError(
            f"{target} holds {len(gone)} pictures that this export does not, such as "
            f"{gone[0]!r}, and they would be lost. Write to another file."
        )


def _other_classes(place: Path, expected: list[str], found: list[str]) -> ValueError:
    return ValueError(
        f"The classes found at {place} are not the {len(expected)} expected:\n"
        f"{class_difference(expected, found)}\n"
        "(- expected, + found there; number and name). Nothing was written or changed. Take "
        "another folder, or make the class lists agree."
    )


def _print(lost: pd.DataFrame, format_: str) -> None:
    if lost.empty:
        print(f"{format_} holds everything.")
        return
    print(f"{format_} cannot hold:")
    for row in lost.itertuples():
        print(f"  {row.field}: {row.lost} {row.of}, such as {row.example} ({row.reason})")
