"""Each trouble that a learner meets is found, said in a sentence and mended by a command."""

from __future__ import annotations

import http.server
import json
import shutil
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dcwidgets import cli, doctor, learner_folder
from dcwidgets._version import __version__
from dcwidgets.doctor import Finding, findings, jupyter, machine, places, software
from tests import disks

HEALTHY = {
    "federated_extensions": {
        "dcwidgets": {"version": __version__},
        jupyter.MANAGER: {"version": "5.0"},
    },
    "disabled": {},
}
SUBJECTS = [
    *("Python", "packages", "one TensorFlow", "TensorFlow", "jupyter lab"),
    *("JupyterLab extension", "widgets", "lessons", "your folder", "data"),
    *("disk", "memory", "port", "certificates", "content policy"),
]


def program(code: str) -> list[str]:
    return [sys.executable, "-c", code]


# ---- Python and packages ----


@pytest.mark.parametrize(("version", "ok"), [((3, 10), False), ((3, 11), True), ((3, 14), False)])
def test_a_python_that_is_too_old_or_too_new_is_found(
    version: tuple[int, int], *, ok: bool
) -> None:
    finding = software.python(version)

    assert finding.ok is ok
    assert bool(finding.mend) is not ok


def test_a_missing_and_an_old_package_are_named_and_asked_for() -> None:
    finding = doctor.packages(["no-such-package>=1", "pytest<1", "pillow", "x; extra == 'gpu'"])

    assert not finding.ok
    assert finding.text.startswith("no-such-package is missing; pytest is ")
    assert "needed is <1" in finding.text
    assert finding.mend.endswith('-m pip install "no-such-package>=1" "pytest<1"')


def test_a_wrong_tensorflow_is_named_with_the_versions_that_fit() -> None:
    finding = doctor.packages(["tensorflow>=99,<100"])

    assert "tensorflow is 2." in finding.text
    assert finding.mend.endswith('-m pip install "tensorflow<100,>=99"')


def test_the_cpu_build_of_tensorflow_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    there = {"tensorflow-cpu": "2.21.0"}
    monkeypatch.setattr(software, "_version", there.get)

    assert doctor.packages(["tensorflow>=2.19,<2.22"]).ok
    assert not doctor.packages(["tensorflow>=2.22"]).ok


def test_no_tensorflow_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(software, "_version", lambda _: None)

    assert doctor.packages(["tensorflow>=2.19"]).text == "tensorflow is missing."


def test_two_tensorflows_in_one_folder_are_found() -> None:
    finding = doctor.twins(["tensorflow", "keras", "tensorflow-cpu"])

    assert not finding.ok
    assert finding.text.startswith("tensorflow and tensorflow-cpu are installed")
    assert "uninstall --yes tensorflow tensorflow-cpu && " in finding.mend
    assert doctor.twins(["tensorflow", "keras"]).ok


@pytest.mark.parametrize(
    ("code", "text"),
    [
        pytest.param("import no_such_library", "No module named 'no_such_library'", id="an error"),
        pytest.param("import os; os.kill(os.getpid(), 4)", "crashes (signal 4)", id="a crash"),
        pytest.param("import sys; sys.exit(3)", "it says nothing", id="silence"),
    ],
)
def test_a_tensorflow_that_does_not_start_takes_nothing_along(code: str, text: str) -> None:
    finding = doctor.backend(program(code))

    assert not finding.ok
    assert text in finding.text
    assert '--no-cache-dir "tensorflow' in finding.mend


def test_a_tensorflow_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(software, "PATIENCE", 0.2)
    finding = doctor.backend(program("import time; time.sleep(60)"))

    assert not finding.ok
    assert finding.mend == "CUDA_VISIBLE_DEVICES= dcwidgets lab"


def test_a_gpu_without_its_libraries_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dcwidgets.course.hardware.driver_gpus", lambda: ["Tesla T4"])
    unused, used = (doctor.backend(program(f"print({name!r})")) for name in ("", "Tesla T4"))

    assert (unused.ok, used.ok) == (True, True)
    assert unused.text.startswith("computes on the CPU although there is Tesla T4")
    assert unused.mend.endswith('install "dcwidgets[gpu]"')
    assert (used.text, used.mend) == ("computes on Tesla T4", "")


# ---- JupyterLab ----


def test_a_jupyterlab_of_another_environment_is_noted() -> None:
    finding = doctor.command("/usr/bin/jupyter-lab")

    assert "starts /usr/bin/jupyter-lab" in finding.text
    assert finding.mend == f"{sys.executable} -m dcwidgets.cli lab"
    assert not doctor.command(str(Path(sys.executable).parent / "jupyter-lab")).mend


@pytest.mark.parametrize(
    ("changed", "text", "mend"),
    [
        pytest.param(
            {"federated_extensions": {}},
            "dcwidgets is not found.",
            "install --force-reinstall --no-deps dcwidgets",
            id="missing",
        ),
        pytest.param(
            {"disabled": {"dcwidgets:panel": True}},
            "dcwidgets is disabled.",
            "jupyter labextension enable dcwidgets",
            id="disabled",
        ),
        pytest.param(
            {"disabled": {f"{jupyter.MANAGER}:plugin": True}},
            f"{jupyter.MANAGER} is disabled.",
            f"jupyter labextension enable {jupyter.MANAGER}",
            id="widgets disabled",
        ),
        pytest.param(
            {"federated_extensions": {"dcwidgets": {"version": __version__}}},
            f"{jupyter.MANAGER} is not found.",
            "install --force-reinstall --no-deps jupyterlab_widgets",
            id="no widgets",
        ),
    ],
)
def test_an_extension_that_does_not_run_is_found(
    changed: dict[str, object], text: str, mend: str
) -> None:
    finding = doctor.extension(HEALTHY | changed)

    assert (finding.ok, finding.text) == (False, text)
    assert finding.mend.endswith(mend)
    assert doctor.extension(HEALTHY).ok


def test_a_stale_extension_is_found() -> None:
    there = {**HEALTHY["federated_extensions"], "dcwidgets": {"version": "0.0.1"}}
    finding = doctor.extension(HEALTHY | {"federated_extensions": there})

    assert not finding.ok
    assert f"version 0.0.1, the package of {__version__}" in finding.text
    assert finding.mend


def test_a_front_end_that_is_not_built_is_found(tmp_path: Path) -> None:
    finding = doctor.pages(tmp_path)

    assert not finding.ok
    assert "annotator, augmentation_explorer" in finding.text


def test_a_checkout_is_mended_by_make_and_an_installation_by_pip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert findings.reinstall().endswith("make lab")
    monkeypatch.setattr(findings, "PACKAGE", tmp_path / "dcwidgets")
    assert findings.reinstall() == findings.AGAIN


@pytest.mark.parametrize(
    ("policy", "ok"),
    [
        ("", True),
        ("frame-ancestors 'self'; report-uri /api", True),
        ("script-src 'self' 'unsafe-eval' blob:", True),
        ("script-src 'self'; img-src blob:", False),
        ("default-src 'self'", False),
        ("default-src 'self'; script-src blob:", True),
    ],
)
def test_a_policy_that_stops_widgets_is_found(policy: str, *, ok: bool) -> None:
    settings = {"headers": {"Content-Security-Policy": policy}}

    assert doctor.content_policy(settings).ok is ok


def test_a_port_that_is_taken_is_noted_with_the_next_one() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        number = other.getsockname()[1]
        finding = doctor.port(number)

    assert finding.ok
    assert finding.text.startswith(f"{number} cannot be used (another program has it)")
    assert finding.mend.startswith("dcwidgets lab --port ")
    assert not finding.mend.endswith(str(number))


def test_no_free_port_at_all_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jupyter, "_trouble", lambda _: "Permission denied")

    assert doctor.port(80) == Finding(
        "port",
        ok=False,
        text="80 cannot be used (Permission denied), nor can those after it.",
        mend="dcwidgets lab --port 0",
    )


# ---- folders ----


def test_a_folder_without_lessons_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my course").mkdir()
    finding = doctor.course_folder("my course")

    assert (finding.ok, finding.text) == (False, f"{tmp_path / 'my course'} holds no lessons.")
    assert finding.mend == f"dcwidgets lab --folder '{tmp_path / 'my course'}'"
    learner_folder.lay_out("my course")
    assert doctor.course_folder("my course").ok
    monkeypatch.chdir(tmp_path / "my course")
    assert doctor.course_folder("course").text.startswith("8 lessons in ")


def test_a_file_in_place_of_the_folder_is_found(tmp_path: Path) -> None:
    (tmp_path / "course").write_text("")

    assert doctor.course_folder(tmp_path / "course").text == f"{tmp_path / 'course'} is a file."


def test_a_folder_that_can_only_be_read_is_found(tmp_path: Path) -> None:
    with disks.mounted(tmp_path / "disk", kilobytes=4096) as disk:
        learner_folder.lay_out(disk / "course")
        disks.make_read_only(disk)
        there, not_there = (doctor.course_folder(disk / name) for name in ("course", "other"))
        data = doctor.data(disk / "data")

    assert (there.ok, not_there.ok, data.ok) == (False, False, False)
    assert "answers, progress and scores would be lost" in there.text
    assert not_there.text == f"{disk / 'other'} cannot be made: {disk} can only be read."
    assert data.mend == "dcwidgets lab --data-dir ~/dcwidgets-data"


def test_drawn_data_in_a_folder_that_can_only_be_read_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = tmp_path / "pocket_pets" / "default" / "1.0.0"
    whole.mkdir(parents=True)
    (whole / "dataset_info.json").write_text("{}")
    monkeypatch.setattr(places, "_writable", lambda _: False)
    monkeypatch.setattr("dcwidgets.sources.preparation.prepared", lambda _: True)

    assert doctor.data(tmp_path) == Finding("data", ok=True, text=f"pocket_pets in {tmp_path}")


def test_half_written_data_is_noted(tmp_path: Path) -> None:
    torn = tmp_path / "pocket_pets" / "default" / "1.0.0"
    torn.mkdir(parents=True)
    (torn / "dataset_info.json").write_text('{"splits": [{"name": "tr')
    finding = doctor.data(tmp_path)

    assert "is half written" in finding.text
    assert finding.mend == "dcwidgets prepare"


def test_an_installation_without_lessons_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere() -> Path:
        raise FileNotFoundError

    monkeypatch.setattr(places, "notebooks_dir", nowhere)

    assert doctor.lessons().text == "this installation carries no notebooks."


# ---- the machine ----


def test_a_full_disk_is_found_where_the_folder_will_be(tmp_path: Path) -> None:
    assert doctor.room(tmp_path / "not" / "yet", needed_gb=1e-6).ok
    finding = doctor.room(tmp_path / "not" / "yet", needed_gb=1e9)

    assert not finding.ok
    assert f"are free in {tmp_path}, 1e+09 are needed" in finding.text


def test_too_little_memory_is_found_and_too_little_left_is_noted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert doctor.memory(total_gb=1.0).text.startswith("1.0 GB are here, a lesson takes")
    monkeypatch.setattr(machine, "_available_gb", lambda: 0.3)
    left = doctor.memory(total_gb=8.0)

    assert (left.ok, left.mend) == (True, "jupyter server list")
    assert left.text.startswith("0.3 of 8.0 GB are free now")


def test_certificates_that_are_named_and_missing_are_found(tmp_path: Path) -> None:
    finding = doctor.certificates({"REQUESTS_CA_BUNDLE": str(tmp_path / "ca.pem")})

    assert not finding.ok
    assert str(tmp_path / "ca.pem") in finding.text
    assert finding.mend == "unset REQUESTS_CA_BUNDLE"


def test_a_proxy_without_certificates_is_noted_and_its_password_is_not_shown() -> None:
    finding = doctor.certificates({"HTTPS_PROXY": "http://me:secret@proxy.school:3128"})

    assert finding.ok
    assert "the proxy proxy.school may sign" in finding.text
    assert "secret" not in finding.text + finding.mend
    assert finding.mend.startswith("export SSL_CERT_FILE=")


@pytest.fixture
def untrusted(tmp_path: Path) -> Iterator[str]:
    """The address of a server with a certificate that nobody signed."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl makes the certificate")
    key, signed = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-subj", "/CN=localhost", "-keyout", str(key), "-out", str(signed)]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(signed, key)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"https://localhost:{server.server_port}/file.zip"
    server.shutdown()
    server.server_close()


def test_a_certificate_that_nobody_trusts_is_told_from_no_network(
    untrusted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (*machine.PROXIES, "http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    signed, silent = doctor.network(untrusted), doctor.network("https://127.0.0.1:9/file.zip")

    assert "shows a certificate that nobody here trusts" in signed.text
    assert signed.mend.startswith("export SSL_CERT_FILE=")
    assert "cannot be reached" in silent.text
    assert silent.mend == "dcwidgets prepare pocket_pets"


# ---- the whole ----


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A TensorFlow that starts at once."""
    monkeypatch.setattr(doctor, "backend", lambda: Finding("TensorFlow", ok=True, text="computes"))


@pytest.mark.usefixtures("quick")
def test_everything_is_looked_at_even_where_a_check_breaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> Finding:
        raise RuntimeError("no such thing")

    monkeypatch.setattr(doctor, "extension", broken)
    found = {finding.subject: finding for finding in doctor.examine(data_dir=tmp_path)}

    assert list(found) == SUBJECTS
    assert found["JupyterLab extension"].text == (
        "could not be checked (RuntimeError: no such thing)."
    )


@pytest.mark.usefixtures("quick")
def test_a_help_desk_gets_json_and_the_status(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "extension", lambda: Finding("x", ok=False, text="t", mend="m"))
    status = cli.main(["doctor", "--json", "--data-dir", str(tmp_path)])
    said = json.loads(capsys.readouterr().out)

    assert status == 1
    assert (said["ok"], said["dcwidgets"]) == (False, __version__)
    assert {"subject": "x", "ok": False, "text": "t", "mend": "m"} in said["findings"]


@pytest.mark.usefixtures("quick")
def test_what_fails_is_followed_by_its_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "course").mkdir()
    status = cli.main(["doctor", "--folder", str(tmp_path / "course"), "--data-dir", str(tmp_path)])
    lines = capsys.readouterr().out.splitlines()

    assert status == 1
    place = lines.index(f"FAIL your folder: {tmp_path / 'course'} holds no lessons.")
    assert lines[place + 1] == f"     $ dcwidgets lab --folder {tmp_path / 'course'}"


# Checks that can fail, each made to fail once.
FAILING: dict[str, Callable[[], Finding]] = {
    "Python": lambda: software.python((3, 9)),
    "packages": lambda: doctor.packages(["no-such-package"]),
    "TensorFlow": lambda: doctor.backend(program("import no_such_library")),
    "extension": lambda: doctor.extension({**HEALTHY, "disabled": {"dcwidgets:x": True}}),
    "widgets": lambda: doctor.pages(Path("/nowhere")),
    "memory": lambda: doctor.memory(total_gb=0.5),
    "disk": lambda: doctor.room(Path("/"), needed_gb=1e9),
    "content policy": lambda: doctor.content_policy(
        {"headers": {"Content-Security-Policy": "default-src 'self'"}}
    ),
}


@pytest.mark.parametrize("failing", FAILING.values(), ids=FAILING.keys())
def test_a_trouble_is_one_sentence_and_one_command(failing: Callable[[], Finding]) -> None:
    finding = failing()

    assert not finding.ok
    assert finding.text.endswith(".")
    assert "\n" not in finding.text + finding.mend
    assert finding.mend
