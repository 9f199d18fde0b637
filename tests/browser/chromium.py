"""Find a Chromium for the browser tests, or get one.

``python -m tests.browser.chromium`` does so and prints its path.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ADVICE = (
    "No Chromium for the browser tests: install one (Debian, Ubuntu: apt-get install chromium; "
    "elsewhere: python -m playwright install chromium) or set DCW_CHROMIUM to its path."
)
# One run under a container's root, without a GPU and without calls to other hosts.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find() -> str | None:
    """Return the path of a Chromium that is here already, or None."""
    named = os.environ.get("DCW_CHROMIUM")
    if named:
        return named
    system = next((path for name in NAMES if (path := shutil.which(name))), None)
    return system or _playwrights_own()


def ensure() -> str:
    """Return the path of a Chromium that starts; download or install one if need be.

    Raises
    ------
    FileNotFoundError
        If there is none and none can be had; the message says what to do.
    """
    path = find()
    for get in (_download, _apt_install):
        if path and _starts(path):
            return path
        get()
        path = find()
    if path and _starts(path):
        return path
    raise FileNotFoundError(ADVICE)


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def _starts(path: str) -> bool:
    """Tell whether the program runs at all; a broken download or a missing library does not."""
    return _quietly([path, "--version"], seconds=60)


def _download() -> None:
    _quietly([sys.executable, "-m", "playwright", "install", "chromium"], seconds=300)


def _apt_install() -> None:
    if not shutil.which("apt-get") or not _is_root():
        return
    if _quietly(["apt-get", "update"], seconds=300):
        _quietly(["apt-get", "install", "-y", "--no-install-recommends", "chromium"], seconds=600)


def _is_root() -> bool:
    geteuid: Callable[[], int] | None = getattr(os, "geteuid", None)  # Windows has none
    return geteuid is not None and geteuid() == 0


def _quietly(command: list[str], *, seconds: int) -> bool:
    try:
        done = subprocess.run(command, capture_output=True, timeout=seconds, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


if __name__ == "__main__":
    try:
        print(ensure())
    except FileNotFoundError as error:
        sys.exit(str(error))
