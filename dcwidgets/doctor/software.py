"""Python, the packages, and whether TensorFlow starts at all."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib import metadata

from dcwidgets.doctor.findings import PIP, Finding

# Names under which TensorFlow is published; each brings the same module.
FLAVOURS = ("tensorflow", "tensorflow-cpu", "tensorflow-intel")
PROBE = (
    "from dcwidgets.course.hardware import backend_gpus, in_words\nprint(in_words(backend_gpus()))"
)
PATIENCE = 180  # seconds; a cold disk takes a while


def python(version: tuple[int, int] = sys.version_info[:2]) -> Finding:
    """Compare Python's version with what dcwidgets runs on."""
    text = f"{sys.version.split()[0]} in {sys.prefix}"
    if (3, 11) <= version < (3, 14):
        return Finding("Python", ok=True, text=text)
    advice = f"{'.'.join(map(str, version))} is not supported, 3.11 to 3.13 are."
    mend = "python3.12 -m venv dcw && dcw/bin/pip install dcwidgets"
    return Finding("Python", ok=False, text=advice, mend=mend)


def packages(requirements: Sequence[str] | None = None) -> Finding:
    """Compare the installed packages with what dcwidgets asks for.

    Parameters
    ----------
    requirements : sequence of str, optional
        Without it, those of the installed dcwidgets.
    """
    try:
        asked = metadata.requires("dcwidgets") or [] if requirements is None else requirements
    except metadata.PackageNotFoundError:
        text = "dcwidgets is not installed in this environment."
        return Finding("packages", ok=False, text=text, mend=f"{PIP} install dcwidgets")
    wrong = dict(_unmet(asked))
    if wrong:
        mend = " ".join([PIP, "install", *(f'"{requirement}"' for requirement in wrong)])
        return Finding("packages", ok=False, text=f"{'; '.join(wrong.values())}.", mend=mend)
    return Finding("packages", ok=True, text=", ".join(_versions()))


def twins(installed: Sequence[str] | None = None) -> Finding:
    """Look for two TensorFlows in one folder, which overwrite each other's files.

    Parameters
    ----------
    installed : sequence of str, optional
        Names of packages; without it, those of this environment.
    """
    names = FLAVOURS if installed is None else installed
    there = [name for name in FLAVOURS if name in names and (installed or _version(name))]
    if len(there) < 2:
        return Finding("one TensorFlow", ok=True, text=", ".join(there) or "none")
    text = f"{' and '.join(there)} are installed into the same folder and break each other."
    mend = f"{PIP} uninstall --yes {' '.join(there)} && {PIP} install {there[0]}"
    return Finding("one TensorFlow", ok=False, text=text, mend=mend)


def backend(probe: Sequence[str] = (sys.executable, "-c", PROBE)) -> Finding:
    """Start TensorFlow in another process, which may crash without taking this one along.

    Parameters
    ----------
    probe : sequence of str, optional
        The program; it prints the GPUs that TensorFlow computes on.
    """
    from dcwidgets.course.hardware import cpu_cores, driver_gpus, in_words, plural

    try:
        ran = subprocess.run(
            probe, capture_output=True, text=True, check=False, timeout=PATIENCE, cwd=sys.prefix
        )
    except subprocess.TimeoutExpired:
        text = f"TensorFlow does not start within {PATIENCE} s; another program may hold its GPU."
        return Finding(
            "TensorFlow", ok=False, text=text, mend="CUDA_VISIBLE_DEVICES= dcwidgets lab"
        )
    if ran.returncode:
        return _broken(ran.returncode, ran.stderr)
    computes, there = ran.stdout.strip(), in_words(driver_gpus())
    if there and not computes:
        text = f"computes on the CPU although there is {there}: its CUDA libraries are not here."
        return Finding("TensorFlow", ok=True, text=text, mend=f'{PIP} install "dcwidgets[gpu]"')
    return Finding("TensorFlow", ok=True, text=f"computes on {computes or plural(cpu_cores())}")


def _broken(status: int, said: str) -> Finding:
    again = f'{PIP} install --force-reinstall --no-cache-dir "tensorflow>=2.19,<2.22"'
    if status < 0:
        text = (
            f"TensorFlow crashes (signal {-status}) as it starts; its files may be damaged, or "
            "this processor lacks instructions (AVX) that it needs."
        )
        return Finding("TensorFlow", ok=False, text=text, mend=again)
    lines = said.strip().splitlines() or ["it says nothing"]
    return Finding("TensorFlow", ok=False, text=f"does not start: {lines[-1]}.", mend=again)


def _unmet(requirements: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield what is asked for and not there, as (requirement, sentence)."""
    from packaging.requirements import Requirement

    for requirement in map(Requirement, requirements):
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        name, asked = requirement.name, requirement.specifier
        version = _version(name) or (_flavour() if name == "tensorflow" else None)
        if version is None:
            yield f"{name}{asked}", f"{name} is missing"
        elif not asked.contains(version, prereleases=True):
            yield f"{name}{asked}", f"{name} is {version}, needed is {asked}"


def _flavour() -> str | None:
    return next((version for name in FLAVOURS if (version := _version(name))), None)


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _versions() -> Iterator[str]:
    for name in ("dcwidgets", "jupyterlab", "anywidget", *FLAVOURS, "keras"):
        if version := _version(name):
            yield f"{name} {version}"
