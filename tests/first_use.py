"""The first use as a newcomer meets it: ``python -m tests.first_use``.

From ``git clone`` of this checkout's last commit to the first picture in a widget, with empty
caches, on two cores: seconds, downloads and disk of each step. Takes some minutes and loads
what a new machine loads; ``--keep`` leaves the folder for a closer look.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, chdir, contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from tests.conftest import ROOT
from tests.counting_proxy import CountingProxy, counting_proxy

CORES = 2
# What `make lab` does, one target after the other.
STEPS = {
    "environment": ".venv/.python",
    "Python packages": ".venv/.lab",
    "node packages": "dcwidgets/frontend/node_modules/.package-lock.json",
    "front end": "dcwidgets/labextension/package.json",
    "the package": ".venv/.package",
}
# What a newcomer types, `cd` included.
TYPED = ("git clone ...", "cd dcwidgets", "make lab")
PROGRAM = """import dcwidgets as dcw
pets = dcw.load("pocket_pets")
dcw.SplitInspector(pets, dcw.audit(pets))"""
# Answers of this machine would be no answers of a new one.
FOREIGN = ("PYTHON", "VIRTUAL_ENV", "PIP_FIND_LINKS", "UV_", "npm_", "TFDS_", "JUPYTER")


@dataclass(frozen=True)
class Step:
    """What one step took: wall-clock seconds, megabytes from outside, megabytes on disk."""

    name: str
    seconds: float
    loaded_mb: float
    disk_mb: float


class Stopwatch:
    """Times steps and asks the proxy and the disk what each of them added."""

    def __init__(self, place: Path, proxy: CountingProxy) -> None:
        self._place, self._proxy = place, proxy
        self.steps: list[Step] = []

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Measure the block."""
        loaded, disk, start = self._proxy.received, disk_mb(self._place), time.monotonic()
        yield
        seconds = time.monotonic() - start
        loaded_mb = (self._proxy.received - loaded) / 1e6
        self.steps.append(Step(name, seconds, loaded_mb, disk_mb(self._place) - disk))
        print(line(self.steps[-1]), flush=True)


def measure(place: Path, source: str) -> list[Step]:
    """Go through the first use in an empty folder.

    Parameters
    ----------
    place : Path
        An empty folder; clone, home folder and caches go there.
    source : str
        Path or address of the repository.
    """
    clone = place / "dcwidgets"
    with counting_proxy() as proxy, _a_new_machine(place, proxy.url):
        watch = Stopwatch(place, proxy)
        with watch.step("clone"):
            _run(["git", "clone", "--quiet", "--no-hardlinks", source, str(clone)], place)
        for name, target in STEPS.items():
            with watch.step(name):
                _run(["make", "--silent", target], clone)
        with watch.step("draw the data"):
            _run([str(clone / ".venv" / "bin" / "dcwidgets"), "prepare"], clone)
        _see_a_picture(watch, clone)
    return watch.steps


def _see_a_picture(watch: Stopwatch, clone: Path) -> None:
    from tests.browser import driver

    folder = clone / "course"
    folder.mkdir()
    command = [str(clone / ".venv" / "bin" / "dcwidgets"), "lab", f"--folder={folder}"]
    # `python -m` looks into the current folder first, which here is another checkout.
    with chdir(clone), driver.browse() as browser, ExitStack() as running:
        page = browser.new_page()
        with watch.step("JupyterLab answers"):
            server = running.enter_context(driver.run_server(command, folder))
        with watch.step("first picture"):
            server.write("first.ipynb", PROGRAM)
            driver.open_notebook(page, server, "first.ipynb").run_all()
            page.wait_for_selector(".dcw-grid[data-painted]", timeout=60_000)
        page.screenshot(path=str(clone.parent / "first.png"))


@contextmanager
def _a_new_machine(place: Path, proxy: str) -> Iterator[None]:
    """Hide this machine's caches, packages and home folder from what is started."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    home = place / "home"
    home.mkdir()
    own = {"HOME": home, "UV_CACHE_DIR": home / "uv", "PIP_CACHE_DIR": home / "pip"}
    own |= {"npm_config_cache": home / "npm", "TFDS_DATA_DIR": home / "tensorflow_datasets"}
    through = dict.fromkeys(("HTTPS_PROXY", "https_proxy"), proxy)
    local = dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1,localhost")
    path = os.pathsep.join(p for p in os.environ["PATH"].split(os.pathsep) if ".venv" not in p)
    fresh = {**kept, **{k: str(v) for k, v in own.items()}, **through, **local, "PATH": path}
    with mock.patch.dict(os.environ, fresh, clear=True):
        yield


def _run(command: list[str], cwd: Path) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}")


def disk_mb(place: Path) -> float:
    """Return what a folder takes on disk; a file of several names (hard links) counts once."""
    said = subprocess.run(["du", "-sk", str(place)], capture_output=True, text=True, check=False)
    return int(said.stdout.split()[0]) * 1024 / 1e6


def line(step: Step) -> str:
    """Return a step as a row of a Markdown table."""
    numbers = f"{step.seconds:>7.1f} | {step.loaded_mb:>9.1f} | {step.disk_mb:>7.0f}"
    return f"| {step.name:<18} | {numbers} |"


def total(steps: list[Step]) -> Step:
    """Add steps up."""
    return Step(
        "together",
        sum(step.seconds for step in steps),
        sum(step.loaded_mb for step in steps),
        sum(step.disk_mb for step in steps),
    )


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--from", dest="source", default=str(ROOT), help="repository to clone")
    parser.add_argument("--keep", action="store_true", help="leave the folder")
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    place = Path(tempfile.mkdtemp(prefix="first-use-"))
    print(f"{len(TYPED)} commands: {', '.join(TYPED)}. Load before: {os.getloadavg()[0]:.1f}")
    print("| step               | seconds | MB loaded | MB disk |")
    print("| ------------------ | ------: | --------: | ------: |")
    try:
        print(line(total(measure(place, options.source))))
    finally:
        if options.keep:
            print(place)
        else:
            shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    main()
