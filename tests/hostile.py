"""Files that break image readers, each made here and named by its defect."""

import io
import os
import socket
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageCms

ORIENTATION = 0x0112


def pixels(seed: int = 0, width: int = 48, height: int = 32) -> np.ndarray:
    """Smooth colours, so that a JPEG of them stays close; uint8, (height, width, 3)."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    a, b, c = rng.uniform(60, 190, 3)
    return np.stack(
        [a + 60 * np.sin(x / 9), b + 60 * np.cos(y / 7), np.full_like(x, c, float)], axis=-1
    ).astype(np.uint8)


def picture(seed: int = 0, width: int = 48, height: int = 32) -> Image.Image:
    return Image.fromarray(pixels(seed, width, height))


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def turned_jpeg(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    return encoded(picture(), exif=exif, quality=95)


def jpeg_with_place() -> bytes:
    """A JPEG that says where, by whom and with what it was taken, in every usual way."""
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[2] = (51.0, 30.0, 0.0)
    whole = encoded(
        picture(), exif=exif, comment=b"SecretComment", xmp=b"<x>SecretXmp</x>", quality=95
    )
    thumbnail = bytes([2, 1]) + b"SecretThumb"[:6]  # JFIF: 2 x 1 RGB
    jfif = b"\xff\xe0" + struct.pack(">H", 22) + b"JFIF\0\1\1\0\0\1\0\1" + thumbnail
    rest = whole[2 + 2 + struct.unpack(">H", whole[4:6])[0] :]
    return whole[:2] + jfif + rest + b"SecretTail"


def swapping_profile() -> bytes:
    """A colour profile in which red means blue, so that ignoring it cannot go unseen."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile = profile.replace("sRGB".encode("utf-16-be"), "swap".encode("utf-16-be"))
    for old, new in ((b"rXYZ", b"?XYZ"), (b"bXYZ", b"rXYZ"), (b"?XYZ", b"bXYZ")):
        profile[: 12 * 20 + 128] = profile[: 12 * 20 + 128].replace(old, new)
    return bytes(profile)


def red_that_means_blue(kind: str) -> bytes:
    image = Image.new("RGB", (40, 40), (200, 30, 30))
    return encoded(image, kind, icc_profile=swapping_profile())


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and has almost no data."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(b"\0" * 100))
    return b"\x89PNG\r\n\x1a\n" + head + data + chunk(b"IEND", b"")


def frames(kind: str) -> bytes:
    """An animation whose first frame is red and whose others are blue."""
    red, blue = (Image.new("RGB", (40, 30), colour) for colour in ("red", "blue"))
    return encoded(red, kind, save_all=True, append_images=[blue, blue], duration=50)


GOOD: dict[str, Callable[[], bytes]] = {
    "plain.jpg": lambda: encoded(picture(1)),
    "progressive.jpg": lambda: encoded(picture(2), progressive=True),
    "grey.jpg": lambda: encoded(picture(3).convert("L")),
    "cmyk.jpg": lambda: encoded(picture(4).convert("CMYK"), quality=95),
    "turned.jpg": lambda: turned_jpeg(6),
    "large.jpg": lambda: encoded(picture(5, 1500, 1000)),
    "no-end-marker.jpg": lambda: encoded(picture(6))[:-2],
    "plain.png": lambda: encoded(picture(7), "PNG"),
    "alpha.png": lambda: encoded(_half_transparent(), "PNG"),
    "palette.png": lambda: encoded(picture(8).quantize(16), "PNG"),
    "palette-clear.png": lambda: encoded(picture(8).quantize(16), "PNG", transparency=3),
    "sixteen-bits.png": lambda: encoded(_sixteen_bits(), "PNG"),
    "one-bit.png": lambda: encoded(picture(9).convert("1"), "PNG"),
    "turned.png": lambda: _turned("PNG"),
    "turned.webp": lambda: _turned("WEBP"),
    "turned.tif": lambda: _turned("TIFF"),
    "profile.jpg": lambda: red_that_means_blue("JPEG"),
    "profile.png": lambda: red_that_means_blue("PNG"),
    "moving.gif": lambda: frames("GIF"),
    "moving.webp": lambda: frames("WEBP"),
    "moving.png": lambda: frames("PNG"),
    "still.webp": lambda: encoded(picture(10), "WEBP"),
    "plain.bmp": lambda: encoded(picture(11), "BMP"),
    "plain.tif": lambda: encoded(picture(12), "TIFF"),
    "float.tif": lambda: encoded(_floats(), "TIFF"),
    "pages.tif": lambda: frames("TIFF"),
    "plain.ppm": lambda: encoded(picture(13), "PPM"),
    "one-pixel.png": lambda: encoded(picture(14, 1, 1), "PNG"),
    "line.png": lambda: encoded(picture(15, 3000, 2), "PNG"),
    "no-suffix": lambda: encoded(picture(16)),
    "wrong-suffix.jpg": lambda: encoded(picture(17), "PNG"),
}

# Name to content and to words that its reason must hold.
BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty.jpg": (lambda: b"", "is empty"),
    "text.jpg": (lambda: "A letter, not a picture: ä.\n".encode() * 40, "is text"),
    "page.jpg": (lambda: b"\n<!DOCTYPE html><html><body>404</body></html>", "web page"),
    "page-in-caps.png": (lambda: b"<HTML><HEAD></HEAD></HTML>", "web page"),
    "noise.jpg": (lambda: np.random.default_rng(0).bytes(5000), "no picture in a format"),
    "document.pdf": (lambda: b"%PDF-1.7\n\x80\0\0\0 binary", "no picture in a format"),
    "script.eps": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1 1\n", "is text"),
    "phone.heic": (lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 99, "HEIC"),
    "truncated.jpg": (lambda: _half(encoded(picture(0, 400, 400))), "cut off"),
    "truncated.png": (lambda: _half(encoded(picture(0, 400, 400), "PNG")), "cut off"),
    "truncated.gif": (lambda: _half(encoded(picture(0, 400, 400), "GIF")), "cut off"),
    "truncated.bmp": (lambda: _half(encoded(picture(0, 400, 400), "BMP")), "cut off"),
    "truncated.webp": (lambda: _half(encoded(picture(0, 400, 400), "WEBP")), "cut off"),
    "truncated.tif": (lambda: _half(encoded(picture(0, 400, 400), "TIFF")), "cut off"),
    "only-magic.jpg": (lambda: b"\xff\xd8\xff\xe0", "cut off"),
    "huge.png": (lambda: png_header(20_000, 20_000), "40 megapixels"),
    "large.png": (lambda: png_header(8_000, 5_001), "has 8000 x 5001 pixels"),
    "no-pixels.png": (lambda: png_header(0, 10), "no pixels (0 x 10)"),
    "no-pixels.gif": (lambda: b"GIF89a\0\0\x05\0\0\0\0;", "no pixels (0 x 5)"),
}


def write_all(folder: Path) -> None:
    """Write every file of `GOOD` and `BAD` into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in GOOD.items():
        (folder / name).write_bytes(make())
    for name, (make, _) in BAD.items():
        (folder / name).write_bytes(make())


def write_special(folder: Path, outside: Path) -> dict[str, str]:
    """Write what is no regular file; return name to words of its reason."""
    folder.mkdir(parents=True, exist_ok=True)
    outside.mkdir(parents=True, exist_ok=True)
    (outside / "private.jpg").write_bytes(encoded(picture(20)))
    os.mkfifo(folder / "pipe.jpg")
    _bind_socket(folder / "socket.jpg")
    links = {
        "broken.jpg": folder / "nothing-here.jpg",
        "out.jpg": outside / "private.jpg",
        "out-relative.jpg": Path(os.path.relpath(outside / "private.jpg", folder)),
        "out-folder": outside,
        "loop": folder,
        "circle-a": folder / "circle-b",
        "circle-b": folder / "circle-a",
        "to-pipe.jpg": folder / "pipe.jpg",
    }
    for name, target in links.items():
        (folder / name).symlink_to(target)
    return {
        "pipe.jpg": "named pipe",
        "socket.jpg": "socket",
        "broken.jpg": "not there",
        "out.jpg": "out of the folder",
        "out-relative.jpg": "out of the folder",
        "out-folder": "out of the folder",
        "loop": "not followed",
        "circle-a": "leads to itself",
        "circle-b": "leads to itself",
        "to-pipe.jpg": "named pipe",
    }


ODD_NAMES = (
    "-rf.jpg",
    "two words.jpg",
    'quote".jpg',
    "apostrophe'.jpg",
    "new\nline.jpg",
    "tab\t.jpg",
    "bell\a.jpg",
    "back\\slash.jpg",
    "semi;colon&$(touch hacked).jpg",
    "%s{0}.jpg",
    "ünïcødé-日本-🐈.jpg",
    "right-to-left-\u202egpj.jpg",
    "<img src=x onerror=alert(1)>.jpg",
    "x" * 240 + ".jpg",
    os.fsdecode(b"latin-\xe9.jpg"),
    os.fsdecode(b"broken-\xff\xfe.jpg"),
)


def _bind_socket(path: Path) -> None:
    # A socket's path is limited to some 100 bytes, so it is bound from within its folder.
    before = Path.cwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(path.name)
    finally:
        os.chdir(before)


def _half(whole: bytes) -> bytes:
    return whole[: len(whole) // 2]


def _half_transparent() -> Image.Image:
    image = picture(0, 40, 40).convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 20, 40))
    return image


def _sixteen_bits() -> Image.Image:
    ramp = np.linspace(0, 65535, 64 * 40).reshape(40, 64).astype(np.uint16)
    return Image.fromarray(ramp)


def _floats() -> Image.Image:
    return Image.fromarray(np.linspace(-1, 3, 64 * 40).reshape(40, 64).astype(np.float32))


def _turned(kind: str) -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    return encoded(picture(18), kind, exif=exif)
