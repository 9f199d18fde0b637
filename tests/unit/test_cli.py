"""The command line: what it starts, what it refuses, what it leaves alone."""

import subprocess
import sys
from pathlib import Path
from unittest.mock import Mock

import pytest

from dcwidgets import cli, learner_folder
from dcwidgets._version import __version__


@pytest.fixture
def notebooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two lessons and a licence, as an installation carries them."""
    source = tmp_path / "carried"
    source.mkdir()
    for name in ("01_objectives.ipynb", "02_curation.ipynb", "LICENSE"):
        (source / name).write_text(f"original of {name}")
    monkeypatch.setattr(learner_folder, "notebooks_dir", lambda: source)
    return source


def test_a_new_folder_gets_lessons_originals_and_the_lesson_list(
    notebooks: Path, tmp_path: Path
) -> None:
    laid_out = learner_folder.lay_out(tmp_path / "course")

    files = sorted(p.relative_to(laid_out.folder).as_posix() for p in laid_out.folder.rglob("*.*"))
    assert files == [
        "01_objectives.ipynb",
        "02_curation.ipynb",
        "work/course.json",
        "work/originals/01_objectives.ipynb",
        "work/originals/02_curation.ipynb",
    ]
    assert (laid_out.folder / "work" / "originals" / "LICENSE").exists()
    assert laid_out.added == ["01_objectives.ipynb", "02_curation.ipynb"]


def test_work_is_never_written_over(notebooks: Path, tmp_path: Path) -> None:
    course = learner_folder.lay_out(tmp_path / "course").folder
    (course / "01_objectives.ipynb").write_text("my work")
    (course / "work" / "progress.json").write_text("my progress")
    (notebooks / "01_objectives.ipynb").write_text("a newer original")

    again = learner_folder.lay_out(course)

    assert (course / "01_objectives.ipynb").read_text() == "my work"
    assert (course / "work" / "progress.json").read_text() == "my progress"
    assert (course / "work" / "originals" / "01_objectives.ipynb").read_text() == "a newer original"
    assert (again.added, again.kept) == ([], ["01_objectives.ipynb", "02_curation.ipynb"])


def test_a_broken_link_of_the_learners_is_left_alone(notebooks: Path, tmp_path: Path) -> None:
    course = tmp_path / "course"
    course.mkdir()
    (course / "01_objectives.ipynb").symlink_to(tmp_path / "nowhere")

    assert learner_folder.lay_out(course).added == ["02_curation.ipynb"]
    assert not (tmp_path / "nowhere").exists()


def test_a_file_in_place_of_the_folder_is_refused_with_its_path(
    notebooks: Path, tmp_path: Path
) -> None:
    (tmp_path / "course").write_text("")

    with pytest.raises(NotADirectoryError) as caught:
        learner_folder.lay_out(tmp_path / "course")

    assert str(caught.value) == (
        f"The course needs a folder, and {tmp_path / 'course'} is a file. Name another."
    )


def test_lab_passes_on_what_it_does_not_know(
    notebooks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Mock(return_value=0)
    monkeypatch.setattr(cli, "_prepare_apart", lambda: 0)
    monkeypatch.setattr(cli, "_open_lab", opened)

    status = cli.main(
        ["lab", "--folder", str(tmp_path / "c"), "--no-browser", "--port", "8899", "--ip=::1"]
    )

    assert status == 0
    opened.assert_called_once_with(tmp_path / "c", ["--no-browser", "--port", "8899", "--ip=::1"])


def test_lab_does_not_open_without_data(
    notebooks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "_prepare_apart", lambda: 1)
    monkeypatch.setattr(cli, "_open_lab", lambda *_: pytest.fail("opened"))

    assert cli.main(["lab", "--folder", str(tmp_path / "c")]) == 1


@pytest.mark.parametrize(
    ("rest", "environment", "fast"),
    [
        pytest.param([], {}, True, id="an own kernel"),
        pytest.param(["--gateway-url=http://g"], {}, False, id="--gateway-url"),
        pytest.param([], {"JUPYTER_GATEWAY_URL": "http://g"}, False, id="JUPYTER_GATEWAY_URL"),
    ],
)
def test_nagles_delay_is_off_but_for_gateways(
    rest: list[str], environment: dict[str, str], *, fast: bool
) -> None:
    arguments = cli.lab_arguments(Path("/course"), rest, environment)

    option = f"--ServerApp.kernel_websocket_connection_class={cli.NODELAY}"
    assert (option in arguments) is fast
    assert arguments[0] == "--ServerApp.root_dir=/course"


def test_other_commands_refuse_what_they_do_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["doctor", "--rate", "8899"])

    assert caught.value.code == 2
    assert "unrecognized arguments: --rate 8899" in capsys.readouterr().err


def test_an_error_is_one_sentence_and_no_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "not-here"

    assert cli.main(["prepare", str(missing), "--data-dir", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert said.startswith("dcwidgets: ")
    assert str(missing) in said
    assert said.count("\n") == 1


def test_the_version_is_printed() -> None:
    command = [sys.executable, "-m", "dcwidgets.cli", "--version"]

    assert subprocess.check_output(command, text=True) == f"{__version__}\n"


def test_bench_without_a_checkout_says_where_the_benchmarks_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "__file__", str(tmp_path / "dcwidgets" / "cli.py"))

    assert cli.main(["bench"]) == 1
    assert capsys.readouterr().err == (
        "dcwidgets: The benchmarks and their peers are not part of the installed package. "
        "Take a checkout of the project and run `make bench` in it.\n"
    )
