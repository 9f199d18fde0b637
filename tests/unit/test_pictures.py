"""One file becomes a small JPEG without metadata, or a reason."""

import io
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from dcwidgets.sources import pictures
from dcwidgets.sources.pictures import Picture, RefusedError, read_picture, strip_jpeg
from tests import hostile


def read(tmp_path: Path, content: bytes, *, image_size: int = 512) -> Picture:
    path = tmp_path / "file"
    path.write_bytes(content)
    return read_picture(str(path), image_size=image_size)


def shown(picture: Picture) -> np.ndarray:
    return decoded(picture.jpeg)


def decoded(content: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(content)) as image:
        return np.asarray(image.convert("RGB"))


def means(array: np.ndarray) -> list[int]:
    return [int(value) for value in array.reshape(-1, 3).mean(axis=0)]


@pytest.mark.parametrize("name", hostile.GOOD)
def test_every_sound_picture_becomes_a_jpeg_without_metadata(name: str, tmp_path: Path) -> None:
    picture = read(tmp_path, hostile.GOOD[name]())

    with Image.open(io.BytesIO(picture.jpeg)) as image:
        image.load()
        assert image.format == "JPEG"
        assert image.mode in {"RGB", "L"}
        assert image.size == (picture.width, picture.height)
        assert max(image.size) <= 512
        assert not image.getexif()
        assert not {"icc_profile", "comment", "xmp", "exif"} & set(image.info)


@pytest.mark.parametrize("name", hostile.BAD)
def test_every_broken_file_is_refused_with_its_reason(name: str, tmp_path: Path) -> None:
    make, reason = hostile.BAD[name]

    with pytest.raises(RefusedError) as refused:
        read(tmp_path, make())
    assert reason in str(refused.value)
    assert " at 0x" not in str(refused.value)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_stands_upright_as_its_exif_says(orientation: int, tmp_path: Path) -> None:
    content = hostile.turned_jpeg(orientation)
    upright = hostile.pixels()
    expected = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright, -1),
        7: upright[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(upright),
    }[orientation]

    seen = shown(read(tmp_path, content))

    assert seen.shape == expected.shape
    assert np.abs(seen.astype(int) - expected).mean() < 4


@pytest.mark.parametrize("name", ["turned.jpg", "turned.png", "turned.webp", "turned.tif"])
def test_every_format_that_can_be_turned_is_turned_once(name: str, tmp_path: Path) -> None:
    picture = read(tmp_path, hostile.GOOD[name](), image_size=24)

    assert (picture.width, picture.height) == (16, 24)


def test_what_is_transparent_turns_white(tmp_path: Path) -> None:
    seen = shown(read(tmp_path, hostile.GOOD["alpha.png"]()))

    assert seen[:, :16].min() >= 250
    assert np.abs(seen[:, 22:].astype(int) - hostile.pixels(0, 40, 40)[:, 22:]).mean() < 4


def test_a_clear_palette_entry_turns_white(tmp_path: Path) -> None:
    content = hostile.GOOD["palette-clear.png"]()
    with Image.open(io.BytesIO(content)) as image:
        clear = np.asarray(image) == 3

    # Where a whole block of the JPEG is clear, ringing from its neighbours cannot reach it.
    seen = shown(read(tmp_path, content))[clear]
    assert clear.any()
    assert np.median(seen) == 255


def test_cmyk_keeps_its_colours(tmp_path: Path) -> None:
    seen = shown(read(tmp_path, hostile.GOOD["cmyk.jpg"]()))

    assert np.abs(seen.astype(int) - hostile.pixels(4)).mean() < 6


@pytest.mark.parametrize("name", ["sixteen-bits.png", "float.tif"])
def test_deep_pictures_keep_their_whole_range(name: str, tmp_path: Path) -> None:
    seen = shown(read(tmp_path, hostile.GOOD[name]())).mean(axis=2).ravel()

    assert np.abs(seen - np.linspace(0, 255, seen.size)).max() < 8


@pytest.mark.parametrize("name", ["moving.gif", "moving.webp", "moving.png", "pages.tif"])
def test_an_animation_gives_its_first_frame(name: str, tmp_path: Path) -> None:
    red, green, blue = means(shown(read(tmp_path, hostile.GOOD[name]())))

    assert red > 245
    assert green < 10
    assert blue < 10


@pytest.mark.parametrize("name", ["profile.jpg", "profile.png"])
def test_colours_follow_the_profile_before_it_goes(name: str, tmp_path: Path) -> None:
    red, _, blue = means(shown(read(tmp_path, hostile.GOOD[name]())))

    assert blue > 150
    assert red < 60


def test_a_large_picture_shrinks_and_keeps_its_shape(tmp_path: Path) -> None:
    content = hostile.GOOD["large.jpg"]()
    picture = read(tmp_path, content, image_size=128)

    assert (picture.width, picture.height) == (128, 85)
    with Image.open(io.BytesIO(content)) as image:
        reference = np.asarray(image.resize((128, 85), Image.Resampling.LANCZOS))
    assert np.abs(shown(picture).astype(int) - reference).mean() < 2


def test_a_small_picture_never_grows(tmp_path: Path) -> None:
    picture = read(tmp_path, hostile.GOOD["one-pixel.png"]())

    assert (picture.width, picture.height) == (1, 1)


def test_a_small_jpeg_keeps_every_pixel(tmp_path: Path) -> None:
    for name in ("plain.jpg", "progressive.jpg", "grey.jpg", "no-end-marker.jpg"):
        content = hostile.GOOD[name]()
        assert np.array_equal(shown(read(tmp_path, content)), decoded(content)), name


def test_place_camera_comment_and_thumbnail_are_gone(tmp_path: Path) -> None:
    content = hostile.jpeg_with_place()
    secrets = [b"SecretCamera", b"SecretComment", b"SecretXmp", b"Secret", b"Exif"]
    assert all(secret in content for secret in secrets)

    picture = read(tmp_path, content)

    assert not [secret for secret in secrets if secret in picture.jpeg]
    assert np.array_equal(shown(picture), decoded(content))


OPTIONS = st.fixed_dictionaries(
    {
        "quality": st.integers(1, 100),
        "subsampling": st.sampled_from([0, 1, 2]),
        "progressive": st.booleans(),
        "restart_marker_blocks": st.integers(0, 4),
        "comment": st.binary(max_size=40),
    }
)


@settings(max_examples=60)
@given(options=OPTIONS, seed=st.integers(0, 9), mode=st.sampled_from(["RGB", "L"]))
@example({"restart_marker_blocks": 1, "comment": b"\xff\xd9\xff\xda"}, 0, "RGB")
def test_stripping_keeps_every_pixel_of_any_jpeg(
    options: dict[str, Any], seed: int, mode: str
) -> None:
    noise = np.random.default_rng(seed).integers(0, 256, (37, 51, 3), np.uint8)
    content = hostile.encoded(Image.fromarray(noise).convert(mode), **options)

    stripped = strip_jpeg(content)

    assert stripped is not None
    assert np.array_equal(decoded(stripped), decoded(content))
    assert strip_jpeg(stripped) == stripped
    with Image.open(io.BytesIO(stripped)) as image:
        assert "comment" not in image.info


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@settings(max_examples=200)
@given(at=st.integers(0, 1200), byte=st.integers(0, 255), cut=st.integers(0, 1200))
def test_a_damaged_jpeg_becomes_a_sound_one_or_is_refused(
    at: int, byte: int, cut: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    content = bytearray(hostile.jpeg_with_place())
    content[at % len(content)] = byte
    path = tmp_path_factory.getbasetemp() / "damaged.jpg"
    path.write_bytes(bytes(content[: len(content) - cut % 64]))

    try:
        picture = read_picture(str(path), image_size=512)
    except RefusedError:
        return
    assert decoded(picture.jpeg).shape == (picture.height, picture.width, 3)


def test_a_named_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.jpg"
    os.mkfifo(pipe)

    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(read_picture, str(pipe), image_size=512)
        try:
            with pytest.raises(RefusedError, match=r"^is a named pipe, not a picture$"):
                reading.result(timeout=30)
        finally:  # lets a reader that does wait go on, so that the failure shows
            os.close(os.open(pipe, os.O_RDWR | os.O_NONBLOCK))


def test_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "sparse.bmp"
    with path.open("wb") as file:
        file.truncate(pictures.MAX_BYTES + 1)

    with pytest.raises(RefusedError, match=r"^has 100 MB, over the limit of 100 MB$"):
        read_picture(str(path), image_size=512)


def test_a_file_without_permission_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "secret.jpg"
    path.write_bytes(hostile.GOOD["plain.jpg"]())
    path.chmod(0)
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    script = (
        "import os, sys\n"
        "from dcwidgets.sources.pictures import *\n"
        "if os.geteuid() == 0: os.setuid(65534)\n"  # root may read everything
        "try: read_picture(sys.argv[1], image_size=512)\n"
        "except RefusedError as error: print(error)\n"
    )

    told = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True
    )

    assert told.stdout == "cannot be read (permission denied)\n"


def test_threads_share_a_budget_of_pixels() -> None:
    budget = pictures._Budget(100)
    first_is_in, first_may_go = threading.Event(), threading.Event()
    order: list[str] = []

    def large() -> None:
        with budget.of(90):
            first_is_in.set()
            first_may_go.wait(30)
            order.append("large")

    def next_one() -> None:
        with budget.of(20):
            order.append("next")

    with ThreadPoolExecutor(2) as pool:
        pool.submit(large)
        assert first_is_in.wait(30)
        pool.submit(next_one)
        with budget.of(10):  # there is room for a small one meanwhile
            order.append("small")
        first_may_go.set()
    assert order == ["small", "large", "next"]


def test_a_picture_over_the_budget_waits_until_it_is_alone() -> None:
    with pictures._Budget(100).of(1000):
        pass
