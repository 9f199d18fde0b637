"""Fixtures for every kind of test."""

import gc
import hashlib
import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = "cats_vs_dogs_sample.zip"

# A failed check in a lesson must fail its test, and lessons run with few seeds.
os.environ["DCW_STRICT"] = "1"
os.environ["DCW_QUICK"] = "1"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
# For this process and for all that it starts, kernels among them.
WITHOUT_JAX = str(ROOT / "tests" / "without_jax")
if WITHOUT_JAX not in sys.path:
    sys.path.insert(0, WITHOUT_JAX)
    named = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([WITHOUT_JAX, *filter(None, [named])])
# A busy machine is no bug: no property fails for the time one of its examples takes.
settings.register_profile("dcwidgets", deadline=None)
settings.load_profile("dcwidgets")


def pytest_collection_finish() -> None:
    """Look for garbage in what tests make: what was imported stays, and is much to look through."""
    gc.freeze()


def data_folder() -> Path:
    """Return the folder of the tests' data sets; it outlives a run and is not the user's own.

    Its name holds a hash of the code that draws, so a changed drawing is drawn anew.
    """
    drawing = sorted((ROOT / "dcwidgets" / "sources" / "pocket_pets").rglob("*.py"))
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in drawing)).hexdigest()[:8]
    folder = ROOT / "build" / f"data-{digest}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def data_root() -> Path:
    """The folder of the tests' data sets, with or without any in it."""
    return data_folder()


@pytest.fixture(scope="session")
def data_dir(data_root: Path) -> Path:
    """The same folder with ``pocket_pets`` in it."""
    import dcwidgets as dcw

    dcw.load("pocket_pets", data_dir=data_root)
    return data_root


@pytest.fixture(scope="session")
def sample_zip() -> Path:
    """6,250 real pictures of cats_vs_dogs, in the layout that its TFDS builder reads."""
    path = Path(os.environ.get("DCW_SAMPLE_ZIP") or ROOT.parent / "shared" / "data" / SAMPLE)
    if not path.exists():
        pytest.skip(f"{SAMPLE} is not here: set DCW_SAMPLE_ZIP to its path")
    return path
