"""One file of a learner's folder: made into a small JPEG without metadata, or refused.

Nothing that a camera wrote beside the pixels is kept: EXIF holds places, times and
serial numbers. A JPEG that is small enough loses its metadata without being encoded
anew, so that its pixels, and with them exact copies, stay as they were.
"""

import io
import os
import re
import stat
import struct
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import IO

import numpy as np
from PIL import Image, ImageCms

from dcwidgets.imageset import MAX_PIXELS

MAX_BYTES = 100 * 2**20
# Formats of Pillow that need no other program and are told by their first bytes.
FORMATS = ("JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "PPM", "JPEG2000", "AVIF")
_MAGIC = {
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"GIF8": "GIF",
    b"BM": "BMP",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
}
# Pixels that are decoded at the same time, over all threads: bounds memory to some 500 MB.
_PIXELS_AT_ONCE = 48_000_000
_QUALITY = 95
_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class RefusedError(Exception):
    """A file that does not become a picture; its text says why."""


@dataclass(frozen=True)
class Picture:
    """A picture as it is stored.

    Attributes
    ----------
    jpeg : bytes
        JPEG, RGB or grey, without metadata.
    width, height : int
        Pixels.
    """

    jpeg: bytes
    width: int
    height: int


def read_picture(path: str, *, image_size: int) -> Picture:
    """Read a file of any common picture format; of an animation, the first frame.

    Parameters
    ----------
    path : str
        A file. A named pipe is refused and not waited for.
    image_size : int
        Longest side in pixels; larger pictures are scaled down.

    Returns
    -------
    Picture
        Turned as EXIF says, in sRGB, transparent parts on white.

    Raises
    ------
    RefusedError
        If the file is no whole picture of at most 40 megapixels and 100 MB.
    """
    try:
        with _open_file(path) as file:
            return _read(file, image_size)
    except RefusedError:
        raise
    except OSError as error:
        raise RefusedError(_of_system(error)) from error


def limit_warnings() -> None:
    """Silence what Pillow says of odd files; the caller has saved the filters."""
    warnings.filterwarnings("ignore", module=r"PIL\.")
    warnings.simplefilter("ignore", Image.DecompressionBombWarning)


@contextmanager
def _open_file(path: str) -> Iterator[IO[bytes]]:
    # Without O_NONBLOCK, opening a pipe that took the file's place would wait for ever.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags), "rb") as file:
        state = os.fstat(file.fileno())
        if not stat.S_ISREG(state.st_mode):
            raise RefusedError(kind_of(state.st_mode))
        if state.st_size == 0:
            raise RefusedError("is empty")
        if state.st_size > MAX_BYTES:
            size, limit = state.st_size / 2**20, MAX_BYTES / 2**20
            raise RefusedError(f"has {size:,.0f} MB, over the limit of {limit:,.0f} MB")
        yield file


def kind_of(mode: int) -> str:
    """Say what a file that is none is."""
    kinds = {
        stat.S_IFIFO: "named pipe",
        stat.S_IFSOCK: "socket",
        stat.S_IFCHR: "device",
        stat.S_IFBLK: "device",
        stat.S_IFDIR: "folder",
    }
    return f"is a {kinds.get(stat.S_IFMT(mode), 'special file')}, not a picture"


def _read(file: IO[bytes], image_size: int) -> Picture:
    head = file.read(4096)
    file.seek(0)
    try:
        picture = Image.open(file, formats=_formats())
        _check_size(*picture.size)
        with _budget.of(picture.width * picture.height):
            return _convert(picture, file, image_size)
    except RefusedError:
        raise
    except Image.DecompressionBombError:
        raise RefusedError("is over the limit of 40 megapixels") from None
    except Exception as error:  # Pillow's decoders raise almost anything on broken bytes
        raise RefusedError(_diagnose(head, error)) from error


@cache
def _formats() -> list[str]:
    Image.init()
    return [name for name in FORMATS if name in Image.OPEN]  # Pillow may be built without some


def _check_size(width: int, height: int) -> None:
    if width * height == 0:
        raise RefusedError(f"has no pixels ({width} x {height})")
    if width * height > MAX_PIXELS:
        limit = MAX_PIXELS // 1_000_000
        raise RefusedError(f"has {width} x {height} pixels, over the limit of {limit} megapixels")


def _convert(picture: Image.Image, file: IO[bytes], image_size: int) -> Picture:
    picture.draft(None, (2 * image_size, 2 * image_size))
    picture.load()  # `verify` passes pictures that are cut off
    turn = _TURNS.get(_orientation(picture))
    profile = _foreign_profile(picture)
    if turn is None and profile is None and _is_small_jpeg(picture, image_size):
        file.seek(0)
        stripped = strip_jpeg(file.read())
        if stripped is not None:
            return Picture(stripped, *picture.size)
    shown = _to_eight_bits(picture)
    shown.thumbnail((image_size, image_size), Image.Resampling.LANCZOS, reducing_gap=2.0)
    shown = _to_rgb(shown, profile)
    if turn is not None:
        shown = shown.transpose(turn)
    encoded = io.BytesIO()
    shown.save(encoded, "JPEG", quality=_QUALITY, subsampling=0)
    return Picture(encoded.getvalue(), *shown.size)


def _orientation(picture: Image.Image) -> int:
    try:
        return int(picture.getexif().get(_ORIENTATION, 1))
    except Exception:  # noqa: BLE001 - damaged EXIF is no reason to refuse a sound picture
        return 1


def _is_small_jpeg(picture: Image.Image, image_size: int) -> bool:
    small = max(picture.size) <= image_size
    return picture.format == "JPEG" and picture.mode in {"RGB", "L"} and small


def _to_eight_bits(picture: Image.Image) -> Image.Image:
    """Give 8 bits per channel, in a mode that can be scaled down smoothly."""
    if picture.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8))
    if picture.mode in {"I", "F"}:
        return Image.fromarray(_stretched(np.asarray(picture)))
    if "transparency" in picture.info or picture.mode in {"PA", "La", "RGBa"}:
        return picture.convert("RGBA")
    if picture.mode == "P":
        return picture.convert("RGB")
    if picture.mode == "1":
        return picture.convert("L")
    return picture


def _stretched(values: np.ndarray) -> np.ndarray:
    """Map 16-bit numbers by their own range, any other from darkest to brightest."""
    low, high = np.nanmin(values), np.nanmax(values)
    if values.dtype.kind == "i" and low >= 0 and high < 2**16:
        low, high = 0, 2**16 - 1
    scaled = (values.astype(np.float32) - low) * (255 / max(float(high) - float(low), 1e-12))
    return np.nan_to_num(scaled).clip(0, 255).astype(np.uint8)


def _to_rgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    if picture.mode in {"RGBA", "LA"}:
        white = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(white, picture.convert("RGBA"))
    if profile is not None and picture.mode in {"RGB", "L", "CMYK"}:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            srgb = ImageCms.createProfile("sRGB")
            shown = ImageCms.profileToProfile(picture, source, srgb, outputMode="RGB")
            return shown or picture.convert("RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a broken profile, or one for another kind of picture
    return picture.convert("RGB")


def _foreign_profile(picture: Image.Image) -> bytes | None:
    """Return the colour profile if the picture would look different without it."""
    profile = picture.info.get("icc_profile")
    if not isinstance(profile, bytes) or not profile:
        return None
    try:
        name = ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(profile)))
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None
    return None if "srgb" in name.casefold() else profile


_SEGMENT = struct.Struct(">BBH")
_NEXT_MARKER = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")
_BASELINE_TO_PROGRESSIVE = (0xC0, 0xC1, 0xC2)
_TABLES = (0xC4, 0xDB, 0xDD)
_SCAN, _END, _JFIF, _ADOBE = 0xDA, 0xD9, 0xE0, 0xEE


def strip_jpeg(encoded: bytes) -> bytes | None:
    """Take everything out of a JPEG that does not serve to show its pixels.

    Parameters
    ----------
    encoded : bytes
        A JPEG that has been decoded without an error.

    Returns
    -------
    bytes or None
        The same pixels without EXIF, XMP, comments, thumbnails and whatever follows the
        picture; None if the file holds something that other readers may not know.

    Notes
    -----
    Segments as in ITU-T T.81, annex B, and T.871 (JFIF).
    """
    kept, position = [b"\xff\xd8"], 2
    while position + _SEGMENT.size <= len(encoded):
        prefix, marker, length = _SEGMENT.unpack_from(encoded, position)
        if prefix != 0xFF:
            return None
        if marker == _END:
            break
        end = position + 2 + length
        segment = encoded[position:end]
        if marker == _SCAN:
            found = _NEXT_MARKER.search(encoded, end)
            end = found.end() - 2 if found else len(encoded)
            segment = encoded[position:end]
        elif not _is_known(marker):
            return None
        kept.append(_cleaned(marker, segment))
        position = end
    return b"".join([*kept, b"\xff\xd9"])


def _is_known(marker: int) -> bool:
    application_or_comment = 0xE0 <= marker <= 0xEF or marker == 0xFE
    return application_or_comment or marker in (*_TABLES, *_BASELINE_TO_PROGRESSIVE)


def _cleaned(marker: int, segment: bytes) -> bytes:
    if marker == _JFIF and segment[4:9] == b"JFIF\0":
        # Version and density stay; a thumbnail may show what was cut out of the picture.
        return b"\xff\xe0\x00\x10" + segment[4:16] + b"\0\0" if len(segment) >= 18 else b""
    is_colour = marker == _ADOBE and segment[4:9] == b"Adobe"
    return segment if is_colour or marker == _SCAN or marker < 0xE0 else b""


def _diagnose(head: bytes, error: Exception) -> str:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<html" in start or start.startswith(b"<!doctype html"):
        return "is a web page (HTML), not a picture"
    known = _format_of(head)
    if known == "HEIC":
        return "is a HEIC picture, which is not read here: save it as JPEG"
    if known:
        return _damage(known, head, error)
    if b"\0" not in head and _is_text(head):
        return "is text, not a picture"
    return f"is no picture in a format that is read here ({', '.join(FORMATS)})"


def _format_of(head: bytes) -> str | None:
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WebP"
    if head[4:8] == b"ftyp":
        return "AVIF" if head[8:11] == b"avi" else "HEIC"
    return next((name for magic, name in _MAGIC.items() if head.startswith(magic)), None)


def _is_text(head: bytes) -> bool:
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start > len(head) - 4  # a letter cut in two at the end
    return True


def _damage(known: str, head: bytes, error: Exception) -> str:
    offsets = {"PNG": (16, ">II"), "GIF": (6, "<HH"), "BMP": (18, "<ii")}
    if known in offsets:
        offset, layout = offsets[known]
        if len(head) >= offset + struct.calcsize(layout):
            width, height = struct.unpack_from(layout, head, offset)
            if width * height == 0:
                return f"has no pixels ({width} x {height})"
    told = str(error).split(" <_io")[0].split("\n")[0] or type(error).__name__
    return f"is a {known} file that is cut off or damaged ({told[:120]})"


def _of_system(error: OSError) -> str:
    reason = (error.strerror or str(error)).lower()
    return f"cannot be read ({reason})"


class _Budget:
    """Let threads decode together only as many pixels as memory allows."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._used = 0
        self._changed = threading.Condition()

    @contextmanager
    def of(self, pixels: int) -> Iterator[None]:
        with self._changed:
            self._changed.wait_for(lambda: self._used == 0 or self._used + pixels <= self._limit)
            self._used += pixels
        try:
            yield
        finally:
            with self._changed:
                self._used -= pixels
                self._changed.notify_all()


_budget = _Budget(_PIXELS_AT_ONCE)
