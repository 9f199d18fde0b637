"""The device is named as a learner would name it, and a container's share is what counts."""

import os
import sys
from pathlib import Path

import pytest

from dcwidgets.course import hardware

T4 = "Model: \t\t Tesla T4\nIRQ:   \t\t 45\nGPU UUID: \t GPU-1\n"


@pytest.fixture(autouse=True)
def no_backend(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another test may have loaded it."""
    monkeypatch.delitem(sys.modules, "tensorflow", raising=False)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)


def gpus(folder: Path, *texts: str) -> Path:
    for number, text in enumerate(texts):
        (folder / f"0000:0{number}").mkdir(parents=True)
        (folder / f"0000:0{number}" / "information").write_text(text)
    return folder


@pytest.mark.parametrize(
    ("texts", "named"), [([T4], "Tesla T4"), ([T4, T4], "2 x Tesla T4")], ids=["one", "two alike"]
)
def test_the_driver_names_the_gpus_without_the_backend(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, texts: list[str], named: str
) -> None:
    monkeypatch.setattr(hardware, "DRIVER", gpus(tmp_path, *texts))

    assert hardware.device(quick=True) == named
    assert "tensorflow" not in sys.modules


@pytest.mark.parametrize(
    ("visible", "named"),
    [
        ("0", "Tesla T4"),
        ("1", "Tesla V100"),
        ("1,0", "Tesla V100, Tesla T4"),
        ("GPU-2", "Tesla V100"),
        ("0,-1,1", "Tesla T4"),
        ("0,7,1", "Tesla T4"),
    ],
)
def test_only_the_visible_gpus_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, visible: str, named: str
) -> None:
    v100 = "Model: \t\t Tesla V100\nGPU UUID: \t GPU-2\n"
    monkeypatch.setattr(hardware, "DRIVER", gpus(tmp_path, T4, v100))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)

    assert hardware.device(quick=True) == named


@pytest.mark.parametrize("hidden", ["", "-1"])
def test_a_hidden_gpu_is_not_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hidden: str
) -> None:
    monkeypatch.setattr(hardware, "DRIVER", gpus(tmp_path, T4))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", hidden)

    assert hardware.device(quick=True).endswith("CPU cores") or "1 CPU core" in hardware.device(
        quick=True
    )


def test_a_driver_file_without_a_model_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hardware, "DRIVER", gpus(tmp_path, "IRQ: 45\n"))
    monkeypatch.setattr(hardware, "cpu_cores", lambda: 1)

    assert hardware.device(quick=True) == "1 CPU core"


@pytest.mark.parametrize(
    ("limit", "cores"),
    [("200000 100000", 2), ("150000 100000", 2), ("50000 100000", 1), ("max 100000", 8), ("?", 8)],
)
def test_a_containers_share_counts_rounded_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, cores: int
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    (tmp_path / "cpu.max").write_text(limit)

    assert hardware.cpu_cores(cgroup=tmp_path) == cores


def test_without_a_control_group_all_cores_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2}, raising=False)

    assert hardware.cpu_cores(cgroup=tmp_path / "nowhere") == 3


@pytest.mark.parametrize(("quota", "cores"), [("150000", 2), ("-1", 8)])
def test_an_older_containers_share_counts_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quota: str, cores: int
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    (tmp_path / "cpu").mkdir()
    (tmp_path / "cpu" / "cpu.cfs_quota_us").write_text(quota)
    (tmp_path / "cpu" / "cpu.cfs_period_us").write_text("100000")

    assert hardware.cpu_cores(cgroup=tmp_path) == cores


@pytest.mark.parametrize("file", ["memory.max", "memory/memory.limit_in_bytes"])
def test_a_containers_memory_counts_not_the_machines(tmp_path: Path, file: str) -> None:
    machine = hardware.memory_gb(cgroup=tmp_path)
    (tmp_path / "memory").mkdir()
    (tmp_path / file).write_text("1000000000")

    assert machine is not None
    assert machine > 1.0
    assert hardware.memory_gb(cgroup=tmp_path) == 1.0


def test_a_container_without_a_memory_limit_has_all_of_it(tmp_path: Path) -> None:
    (tmp_path / "memory.max").write_text("max\n")

    assert hardware.memory_gb(cgroup=tmp_path) == hardware.memory_gb(cgroup=tmp_path / "nowhere")
