"""A kernel of the course appears in JupyterLab's menu, and nobody else's is touched."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import start_new_kernel

from dcwidgets import cli, doctor
from dcwidgets.doctor import Finding
from dcwidgets.kernel_specs import install_kernel, kernel_spec


@pytest.fixture
def manager(tmp_path: Path) -> KernelSpecManager:
    """What JupyterLab asks for kernels, looking into a prefix alone."""
    return KernelSpecManager(kernel_dirs=[str(tmp_path / "share" / "jupyter" / "kernels")])


@pytest.mark.parametrize(("gpu", "name"), [(False, "dcwidgets"), (True, "dcwidgets-gpu")])
def test_jupyter_finds_the_kernel(
    tmp_path: Path, manager: KernelSpecManager, name: str, *, gpu: bool
) -> None:
    install_kernel(gpu=gpu, prefix=tmp_path)
    spec = manager.get_kernel_spec(name)

    assert spec.display_name == f"dcwidgets ({'GPU' if gpu else 'CPU'})"
    assert spec.argv[0] == sys.executable
    assert ("CUDA_VISIBLE_DEVICES" in spec.env) is not gpu
    assert ("TF_FORCE_GPU_ALLOW_GROWTH" in spec.env) is gpu


def test_the_kernel_runs_and_hides_the_gpu(
    tmp_path: Path, manager: KernelSpecManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_kernel(prefix=tmp_path)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "share" / "jupyter"))
    kernel, client = start_new_kernel(kernel_name="dcwidgets")
    said: list[str] = []
    try:
        client.execute_interactive(
            "import os, sys; print(sys.executable, os.environ['CUDA_VISIBLE_DEVICES'])",
            output_hook=lambda message: said.append(message["content"].get("text", "")),
        )
    finally:
        client.stop_channels()
        kernel.shutdown_kernel(now=True)

    assert "".join(said).split() == [sys.executable, "-1"]


def test_our_own_kernel_is_brought_up_to_date(tmp_path: Path) -> None:
    folder = install_kernel(prefix=tmp_path, name="mine")
    assert install_kernel(prefix=tmp_path, name="mine", gpu=True) == folder
    assert json.loads((folder / "kernel.json").read_text()) == kernel_spec(gpu=True)


@pytest.mark.parametrize(
    "there",
    [
        pytest.param('{"argv": ["python"], "metadata": {}}', id="another program's"),
        pytest.param(
            '{"argv": ["/other/python"], "metadata": {"dcwidgets": {}}}', id="another environment's"
        ),
        pytest.param("{torn", id="torn"),
        pytest.param("[]", id="no object"),
    ],
)
def test_another_kernel_is_left_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], there: str
) -> None:
    folder = tmp_path / "share" / "jupyter" / "kernels" / "dcwidgets"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(there)

    assert cli.main(["kernel", "--prefix", str(tmp_path)]) == 1
    assert (folder / "kernel.json").read_text() == there
    assert capsys.readouterr().err == (
        f"dcwidgets: {folder} is the kernel of another program or environment and stays as it "
        "is. Give ours another name: dcwidgets kernel --name NAME\n"
    )


@pytest.mark.parametrize("name", ["../else", "a b", "..", "a/b"])
def test_a_name_leads_to_no_other_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="A kernel cannot be called"):
        install_kernel(prefix=tmp_path, name=name)
    assert list(tmp_path.iterdir()) == []


def test_a_kernel_for_the_user_lies_in_the_users_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))

    assert cli.main(["kernel", "--user"]) == 0
    assert (tmp_path / "kernels" / "dcwidgets" / "kernel.json").exists()


def test_a_gpu_that_is_not_seen_is_said_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = Finding("TensorFlow", ok=True, text="computes on the CPU although ...", mend="pip ...")
    monkeypatch.setattr(doctor, "backend", lambda: seen)

    assert cli.main(["kernel", "--gpu", "--prefix", str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "TensorFlow on this machine: computes on the CPU although ...",
        "     $ pip ...",
    ]
