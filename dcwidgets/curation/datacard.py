"""What may be shared, and what has to be said with it: hidden data in files, the data card."""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from PIL import ExifTags, Image

from dcwidgets.imageset import ImageSet, each_in_threads, open_picture

if TYPE_CHECKING:
    from dcwidgets.curation import Audit

HIDDEN_COLUMNS = ("kind", "field", "value")
_KINDS = {
    "Artist": "person",
    "Copyright": "person",
    "CameraOwnerName": "person",
    "XPAuthor": "person",
    "HostComputer": "device",
    "Make": "device",
    "Model": "device",
    "BodySerialNumber": "device",
    "LensSerialNumber": "device",
    "ImageUniqueID": "device",
    "MakerNote": "device",
    "DateTime": "time",
    "DateTimeOriginal": "time",
    "DateTimeDigitized": "time",
    "ImageDescription": "text",
    "UserComment": "text",
    "XPTitle": "text",
    "XPComment": "text",
    "XPKeywords": "text",
    "XPSubject": "text",
}
_TEXTS = ("comment", "xmp", "XML:com.adobe.xmp", "photoshop", "Author", "Comment", "Description")
_LONGEST = 80
_THUMBNAIL_OFFSET = 0x0201
# The properties of Croissant's responsible-AI vocabulary, as mlcroissant spells them.
RESPONSIBLE_AI = (
    "annotations_per_item",
    "annotator_demographics",
    "data_annotation_analysis",
    "data_annotation_platform",
    "data_annotation_protocol",
    "data_biases",
    "data_collection",
    "data_collection_missing_data",
    "data_collection_raw_data",
    "data_collection_timeframe",
    "data_collection_type",
    "data_imputation_protocol",
    "data_limitations",
    "data_manipulation_protocol",
    "data_preprocessing_protocol",
    "data_release_maintenance_plan",
    "data_social_impact",
    "data_use_cases",
    "machine_annotation_tools",
    "personal_sensitive_information",
)
_SINGLE = {
    "annotations_per_item",
    "data_collection",
    "data_collection_missing_data",
    "data_collection_raw_data",
    "data_imputation_protocol",
    "data_manipulation_protocol",
    "data_release_maintenance_plan",
    "data_social_impact",
}
_SAID_OF_ITSELF = ("imbalance", "spurious")


def hidden_data(encoded: bytes) -> pd.DataFrame:
    """List what a picture file tells beside its pixels, and perhaps should not.

    Parameters
    ----------
    encoded : bytes
        A file of any format Pillow reads.

    Returns
    -------
    pandas.DataFrame of shape (n_fields, 3)
        ``kind`` (``"place"``, ``"time"``, ``"person"``, ``"device"``, ``"text"`` or
        ``"preview"``, a small copy that may show what was cut off), ``field`` and ``value``,
        shortened to 80 characters. Empty where nothing was found or the file is no picture.

    Notes
    -----
    Fields as in the Exif standard (CIPA DC-008). Faces, name tags and number plates lie in the
    pixels: no list finds them.
    """
    try:
        with Image.open(io.BytesIO(encoded)) as picture:
            rows = list(_hidden(picture))
    except Exception:  # noqa: BLE001 - damaged headers; what is unreadable is another finding
        rows = []
    return pd.DataFrame(rows, columns=list(HIDDEN_COLUMNS), dtype="str")


def find_hidden_data(images: ImageSet) -> pd.DataFrame:
    """List what the files of an image set tell beside their pixels.

    Parameters
    ----------
    images : ImageSet
        Any image set; only the beginning of each file is looked at, nothing is decoded.

    Returns
    -------
    pandas.DataFrame of shape (n_fields, 4)
        ``id``, and the columns of `hidden_data`.
    """
    ids = images.table.index
    tables: list[pd.DataFrame | None] = [None] * len(ids)

    def look(row: int) -> None:
        try:
            found = hidden_data(images.store.read(ids[row]))
        except OSError:
            return
        if len(found):
            tables[row] = found.assign(id=ids[row])

    each_in_threads(look, range(len(ids)))
    found = [table for table in tables if table is not None]
    columns = ["id", *HIDDEN_COLUMNS]
    return pd.concat(found, ignore_index=True)[columns] if found else pd.DataFrame(columns=columns)


def strip_hidden_data(encoded: bytes) -> bytes:
    """Return a picture without anything beside its pixels.

    Parameters
    ----------
    encoded : bytes
        A file of any format Pillow reads.

    Returns
    -------
    bytes
        A JPEG that stands upright keeps its pixels bit by bit; one that EXIF turns is turned
        and encoded anew at quality 95. Every other format becomes PNG, without a loss.

    Raises
    ------
    UnreadableError
        A ValueError: the bytes are no picture.
    """
    from dcwidgets.sources.pictures import strip_jpeg

    shown = open_picture(encoded)
    with Image.open(io.BytesIO(encoded)) as picture:
        is_jpeg = picture.format == "JPEG"
        upright = picture.getexif().get(ExifTags.Base.Orientation, 1) in (0, 1)
    if is_jpeg and upright:
        stripped = strip_jpeg(encoded)
        if stripped is not None:
            return stripped
    file = io.BytesIO()
    clean = Image.fromarray(np.asarray(shown))  # without the comments that Pillow carries along
    clean.save(file, "JPEG" if is_jpeg else "PNG", quality=95)
    return file.getvalue()


def data_card(
    images: ImageSet,
    audit: Audit | None = None,
    path: str | os.PathLike[str] | None = None,
    *,
    description: str,
    license: str,  # noqa: A002 - the word of the format
    url: str | None = None,
    creator: str | None = None,
    **responsible_ai: str | list[str],
) -> dict[str, Any]:
    """Write down what a data set is, in the format that search engines and tools read.

    Parameters
    ----------
    images : ImageSet
        What the card is about.
    audit : Audit, optional
        Its findings are added to the limitations and biases, and what lies hidden in the files
        to the sensitive information.
    path : str or path, optional
        Where to write the card (JSON-LD); the table of images is written beside it (CSV).
    description, license : str
        In your words; the licence best as a link, such as
        ``"https://creativecommons.org/licenses/by/4.0/"``.
    url, creator : str, optional
        Where the data lies, and who made it.
    **responsible_ai : str or list of str
        What only people know, such as ``data_collection``, ``data_use_cases``,
        ``data_annotation_protocol``, ``data_biases``, ``personal_sensitive_information``.

    Returns
    -------
    dict
        The card, checked by mlcroissant.

    Raises
    ------
    ValueError
        If a field is unknown or empty, or the card is not valid.

    Notes
    -----
    Croissant and its responsible-AI vocabulary, https://docs.mlcommons.org/croissant/.

    Examples
    --------
    >>> card = dcw.data_card(pets, description="Drawn cats and dogs.", license="CC BY 4.0")
    >>> card["license"]
    'CC BY 4.0'
    """
    _check_words({"description": description, "license": license, **responsible_ai})
    unknown = sorted(set(responsible_ai) - set(RESPONSIBLE_AI))
    if unknown:
        raise ValueError(
            f"{unknown[0]!r} is no field of a data card. Fields are: {', '.join(RESPONSIBLE_AI)}."
        )
    table = _csv(images)
    name = f"{Path(path).stem if path is not None else images.name.replace('/', '-')}.csv"
    facts = _facts(images, audit, description, responsible_ai)
    card = _croissant(images, name, table, {**facts, "license": [license], "url": url}, creator)
    if path is not None:
        target = Path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.with_name(name).write_bytes(table)
        target.write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return card


def _hidden(picture: Image.Image) -> Iterator[tuple[str, str, str]]:
    exif = picture.getexif()
    for block in (exif, exif.get_ifd(ExifTags.IFD.Exif)):
        for tag, value in block.items():
            field = ExifTags.TAGS.get(tag, "")
            if field in _KINDS and _text(value):
                yield _KINDS[field], field, _text(value)
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    if place:
        yield "place", "GPSInfo", _place(place)
    if _THUMBNAIL_OFFSET in exif.get_ifd(ExifTags.IFD.IFD1):
        yield "preview", "thumbnail", "a small copy of the picture"
    for field in _TEXTS:
        if _text(picture.info.get(field)):
            yield "text", field, _text(picture.info[field])


def _text(value: object) -> str:
    if isinstance(value, bytes):
        wide = b"\0" in value[1:-1:2]
        value = value.decode("utf-16-le" if wide else "utf-8", "replace")
    text = "" if value is None else str(value).replace("\0", "").strip()
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _place(block: Mapping[int, Any]) -> str:
    try:
        latitude = _degrees(block[ExifTags.GPS.GPSLatitude], block[ExifTags.GPS.GPSLatitudeRef])
        longitude = _degrees(block[ExifTags.GPS.GPSLongitude], block[ExifTags.GPS.GPSLongitudeRef])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return "position, not in full"
    return f"{latitude:.5f}, {longitude:.5f}"


def _degrees(parts: tuple[float, float, float], side: str) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    return (degrees + minutes / 60 + seconds / 3600) * (-1 if side in ("S", "W") else 1)


def _check_words(fields: Mapping[str, str | list[str]]) -> None:
    for name, words in fields.items():
        if not words or not all(isinstance(word, str) and word.strip() for word in _list(words)):
            raise ValueError(f"{name} needs words, or a list of them, got {words!r}.")


def _list(words: str | list[str]) -> list[str]:
    return [words] if isinstance(words, str) else list(words)


def _csv(images: ImageSet) -> bytes:
    return images.table.to_csv(index_label="id", lineterminator="\n").encode("utf-8")


def _facts(
    images: ImageSet,
    audit: Audit | None,
    description: str,
    responsible_ai: Mapping[str, str | list[str]],
) -> dict[str, Any]:
    """Put what people said and what was measured together."""
    words = {name: _list(value) for name, value in responsible_ai.items()}
    if audit is not None:
        said = audit.findings[audit.findings["issue"].isin(_SAID_OF_ITSELF)]
        for name, more in (
            ("data_limitations", [f"Audit: {audit.describe()}."]),
            ("data_biases", list(said["evidence"].unique())),
            ("personal_sensitive_information", [_hidden_summary(images)]),
        ):
            words[name] = [*words.get(name, []), *more]
    splits = images.table["split"].value_counts(sort=False)
    counts = ", ".join(f"{split} {n:,}" for split, n in splits.items())
    facts: dict[str, Any] = {
        name: " ".join(value) if name in _SINGLE else value
        for name, value in words.items()
        if value
    }
    about = f"{len(images):,} images ({counts}); classes: {', '.join(images.classes)}"
    return {**facts, "description": f"{description} {about}; content {images.version}."}


def _hidden_summary(images: ImageSet) -> str:
    found = find_hidden_data(images)
    if found.empty:
        return "No file holds EXIF, XMP, comments or previews."
    kinds = found.groupby("kind")["id"].nunique()
    return f"Files with hidden data: {', '.join(f'{kind} {n:,}' for kind, n in kinds.items())}."


def _croissant(
    images: ImageSet, name: str, table: bytes, facts: dict[str, Any], creator: str | None
) -> dict[str, Any]:
    import mlcroissant as mlc

    file = mlc.FileObject(
        id=name,
        name=name,
        content_url=name,
        encoding_formats=["text/csv"],
        sha256=hashlib.sha256(table).hexdigest(),
    )
    fields = [_field(mlc, name, column, values) for column, values in _columns(images)]
    try:
        metadata = mlc.Metadata(
            name=images.name.replace("/", "-"),
            version="1.0.0",
            date_published=datetime.now(UTC),
            creators=[mlc.Organization(name=creator)] if creator else [],
            cite_as=f"{creator}: {images.name}, content {images.version}" if creator else None,
            distribution=[file],
            record_sets=[mlc.RecordSet(id="images", name="images", fields=fields)],
            **facts,
        )
        card: dict[str, Any] = json.loads(json.dumps(metadata.to_json(), default=str))
        mlc.Dataset(jsonld=card)
    except mlc.ValidationError as error:
        raise ValueError(f"The data card is not valid: {error}") from error
    return card


def _columns(images: ImageSet) -> Iterator[tuple[str, pd.Series[Any]]]:
    table = images.table
    yield "id", table.index.to_series()
    for column in table:
        yield str(column), table[column]


def _field(mlc: Any, file: str, column: str, values: pd.Series[Any]) -> Any:
    kinds = {"b": mlc.DataType.BOOL, "i": mlc.DataType.INTEGER, "f": mlc.DataType.FLOAT}
    kind = getattr(values.dtype, "kind", "O")
    source = mlc.Source(file_object=file, extract=mlc.Extract(column=column))
    data_type = kinds.get(kind, mlc.DataType.TEXT)
    return mlc.Field(id=f"images/{column}", name=column, data_types=data_type, source=source)
