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
    names = _backend_gpus() if "tensorflow" in sys.modules or not quick else _driver_gpus()
    return _in_words(names) or _plural(cpu_cores())


def cpu_cores(*, cgroup: Path = CGROUP) -> int:
    """Count the cores this process may use; a container's share counts, rounded up."""
    mask = getattr(os, "sched_getaffinity", None)  # Linux only
    cores = len(mask(0)) if mask else os.cpu_count() or 1
    return max(1, math.ceil(min(cores, _quota(cgroup))))


def _quota(cgroup: Path) -> float:
    """Return the container's share of cores, infinite where there is no limit."""
    try:
        quota, period = (cgroup / "cpu.max").read_text().split()
        return int(quota) / int(period)
    except (OSError, ValueError):  # no control group, or "max 100000"
        return math.inf


def _backend_gpus() -> list[str]:
    load_tensorflow()
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    found = [tf.config.experimental.get_device_details(gpu) for gpu in gpus]
    return [str(details.get("device_name", "GPU")) for details in found]


def _driver_gpus() -> list[str]:
    if os.environ.get("CUDA_VISIBLE_DEVICES") in {"", "-1"}:
        return []
    return [name for file in sorted(DRIVER.glob("*/information")) if (name := _model(file))]


def _model(information: Path) -> str:
    lines = (line.partition(":") for line in information.read_text().splitlines())
    return next((value.strip() for key, _, value in lines if key == "Model"), "")


def _in_words(names: Iterable[str]) -> str:
    counted = dict.fromkeys(names, 0)
    for name in names:
        counted[name] += 1
    return ", ".join(f"{n} x {name}" if n > 1 else name for name, n in counted.items())


def _plural(cores: int) -> str:
    return f"{cores} CPU core{'s' * (cores != 1)}"
