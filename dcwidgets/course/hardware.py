"""What the kernel computes on, in words."""

import math
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from dcwidgets.quiet import load_tensorflow

DRIVER = Path("/proc/driver/nvidia/gpus")
CGROUP = Path("/sys/fs/cgroup")


def device(*, quick: bool = False) -> str:
    """Name what the kernel computes on: its GPU, else the CPU cores that it may use.

    Parameters
    ----------
    quick : bool, default False
        Do not load the backend for the answer; ask the graphics driver instead.

    Returns
    -------
    str
        Such as ``"NVIDIA H100"``, ``"2 x NVIDIA T4"`` or ``"2 CPU cores"``.
    """
    names = backend_gpus() if "tensorflow" in sys.modules or not quick else driver_gpus()
    return in_words(names) or plural(cpu_cores())


def cpu_cores(*, cgroup: Path = CGROUP) -> int:
    """Count the cores this process may use; a container's share counts, rounded up."""
    mask = getattr(os, "sched_getaffinity", None)  # Linux only
    cores = len(mask(0)) if mask else os.cpu_count() or 1
    return max(1, math.ceil(min(cores, _quota(cgroup))))


def memory_gb(*, cgroup: Path = CGROUP) -> float | None:
    """Return the memory this process may use, in gigabytes; a container's limit counts.

    Returns
    -------
    float or None
        None where the system does not tell, as on Windows.
    """
    try:
        whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None
    limits = [cgroup / "memory.max", cgroup / "memory" / "memory.limit_in_bytes"]
    return min(whole, *map(_limit, limits)) / 1e9


def _limit(file: Path) -> float:
    try:
        return int(file.read_text())
    except (OSError, ValueError):  # no control group, or "max"
        return math.inf


def _quota(cgroup: Path) -> float:
    """Return the container's share of cores, infinite where there is no limit."""
    try:
        quota, period = _shares(cgroup)
        # The first version of control groups writes -1 for no limit.
        return int(quota) / int(period) if int(quota) > 0 else math.inf
    except (OSError, ValueError):  # no control group, or "max 100000"
        return math.inf


def _shares(cgroup: Path) -> tuple[str, str]:
    old = cgroup / "cpu"
    if (old / "cpu.cfs_quota_us").exists():
        return (old / "cpu.cfs_quota_us").read_text(), (old / "cpu.cfs_period_us").read_text()
    quota, period = (cgroup / "cpu.max").read_text().split()
    return quota, period


def backend_gpus() -> list[str]:
    """Name the GPUs that TensorFlow computes on; loads it."""
    load_tensorflow()
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    found = [tf.config.experimental.get_device_details(gpu) for gpu in gpus]
    return [str(details.get("device_name", "GPU")) for details in found]


def driver_gpus() -> list[str]:
    """Name the GPUs that the graphics driver shows and ``CUDA_VISIBLE_DEVICES`` does not hide."""
    files = sorted(DRIVER.glob("*/information"))
    found = [facts for file in files if (facts := _facts(file)).get("Model")]
    return [facts["Model"] for facts in _visible(found)]


def _visible(found: list[dict[str, str]]) -> list[dict[str, str]]:
    """Keep what ``CUDA_VISIBLE_DEVICES`` lets through, numbers or the beginnings of ids."""
    named = os.environ.get("CUDA_VISIBLE_DEVICES")
    if named is None:
        return found
    kept = []
    for name in filter(None, map(str.strip, named.split(","))):
        if name.isdecimal():
            chosen = found[int(name) : int(name) + 1]
        else:
            chosen = [facts for facts in found if facts.get("GPU UUID", "").startswith(name)]
        if not chosen:  # CUDA stops at the first that is not there, such as -1
            break
        kept.append(chosen[0])
    return kept


def _facts(information: Path) -> dict[str, str]:
    lines = (line.partition(":") for line in information.read_text().splitlines())
    return {key.strip(): value.strip() for key, _, value in lines}


def in_words(names: Iterable[str]) -> str:
    """Name devices, several of a kind once with their number; empty for none."""
    counted = dict.fromkeys(names, 0)
    for name in names:
        counted[name] += 1
    return ", ".join(f"{n} x {name}" if n > 1 else name for name, n in counted.items())


def plural(cores: int) -> str:
    """Name a number of CPU cores."""
    return f"{cores} CPU core{'s' * (cores != 1)}"
