"""How models compute follows from the device: tried on devices that are only said to be there."""

from __future__ import annotations

from types import SimpleNamespace

import keras
import pytest
import tensorflow as tf

import dcwidgets as dcw
from dcwidgets.course.hardware import device
from dcwidgets.fitting import computing

T4 = {"device_name": "Tesla T4", "compute_capability": (7, 5)}
H100 = {"device_name": "NVIDIA H100", "compute_capability": (9, 0)}
P100 = {"device_name": "Tesla P100", "compute_capability": (6, 0)}
UNKNOWN: dict[str, object] = {}


@pytest.fixture
def pretend(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """The GPUs of the test's parameter, as far as anybody asks."""
    found = [SimpleNamespace(details=details) for details in request.param]
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda *_: found)
    monkeypatch.setattr(tf.config.experimental, "get_device_details", lambda gpu: gpu.details)
    monkeypatch.setattr(
        keras.distribution,
        "list_devices",
        lambda *_: [f"gpu:{n}" for n in range(len(found))],
    )
    monkeypatch.setenv("TF_FORCE_GPU_ALLOW_GROWTH", "true")


@pytest.mark.parametrize(
    ("pretend", "name", "how"),
    [
        ([T4], "Tesla T4", "mixed_float16, compiled by XLA, device memory as needed"),
        ([H100], "NVIDIA H100", "mixed_float16, compiled by XLA, device memory as needed"),
        ([T4, T4], "2 x Tesla T4", "mixed_float16, compiled by XLA, device memory as needed"),
        ([P100], "Tesla P100", "float32, compiled by XLA, device memory as needed"),
        ([UNKNOWN], "GPU", "float32, compiled by XLA, device memory as needed"),
    ],
    indirect=["pretend"],
    ids=["T4", "H100", "two T4", "P100", "without details"],
)
@pytest.mark.usefixtures("pretend")
def test_a_gpu_is_named_and_gets_what_it_gains_from(name: str, how: str) -> None:
    assert device() == name
    assert str(computing()) == how


@pytest.mark.parametrize("pretend", [[]], indirect=True, ids=["none"])
@pytest.mark.usefixtures("pretend")
def test_a_cpu_computes_in_full_precision_and_has_no_memory_of_its_own() -> None:
    assert "CPU core" in device()
    assert str(computing()) == "float32, not compiled"


@pytest.mark.parametrize("pretend", [[T4]], indirect=True, ids=["T4"])
@pytest.mark.usefixtures("pretend")
def test_memory_that_is_all_taken_at_once_is_not_called_shared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TF_FORCE_GPU_ALLOW_GROWTH", "false")

    assert str(computing()) == "mixed_float16, compiled by XLA"


@pytest.mark.parametrize("pretend", [[T4]], indirect=True, ids=["T4"])
@pytest.mark.usefixtures("pretend")
def test_the_frozen_model_follows_the_device_and_decides_in_full_precision() -> None:
    model = dcw.build_model()

    assert model.jit_compile
    inner = [layer for layer in model.layers[:-1] if layer.weights]
    assert {layer.compute_dtype for layer in inner} == {"float16"}
    assert model.layers[-1].compute_dtype == "float32"
    assert {weight.dtype for weight in model.trainable_weights} == {"float32"}
