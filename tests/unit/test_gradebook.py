"""Progress out of one folder, and of a class, as tables: counted right, and never believed."""

import csv
import io
import json
import os
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcwidgets import cli
from dcwidgets.course import class_table, progress_table
from dcwidgets.course.lessons import all_checks
from dcwidgets.course.plain_tables import csv_text
from dcwidgets.course.progress import Progress


def hand_in(folder: Path, name: str, **tries: tuple[int, bool]) -> Path:
    """Write what a kernel writes for one learner; tries by lesson, and whether it was passed."""
    progress = Progress(folder / name / "work" / "progress.json")
    checks = {lesson.id: check for lesson, check in all_checks()}
    for lesson, (count, passed) in tries.items():
        id_ = lesson.removeprefix("l")
        progress.open(id_, data="pocket_pets", device="2 CPU cores")
        for number in range(1, count + 1):
            progress.check(id_, checks[id_], passed=passed and number == count)
        progress.score(id_, 0.6 + count / 100)
    return progress.path


@pytest.fixture
def three(tmp_path: Path) -> list[Path]:
    """Three learners: the check of lesson 02 is hard, that of lesson 03 nobody has tried."""
    return [
        hand_in(tmp_path, "ada", l01=(1, True), l02=(4, True)),
        hand_in(tmp_path, "bob", l01=(2, True), l02=(7, False)),
        hand_in(tmp_path, "cyd", l01=(1, True)),
    ]


def row(table: pd.DataFrame, lesson: str) -> dict[str, Any]:
    return {str(name): value for name, value in table.set_index("lesson").loc[lesson].items()}


def test_a_check_is_counted_over_all_learners(three: list[Path]) -> None:
    checks = class_table(three).checks

    second = row(checks, "02")
    assert (second["learners"], second["tried"], second["never_tried"]) == (3, 2, 1)
    assert (second["passed"], second["share"], second["share_of_tried"]) == (1, 1 / 3, 1 / 2)
    assert second["median_tries"] == 5.5
    assert second["low"] < 0.5 < second["high"]
    assert checks["check"].tolist() == [check for _, check in all_checks()]


def test_a_check_that_nobody_tried_is_missing_and_not_hard(three: list[Path]) -> None:
    table = class_table(three)

    third = row(table.checks, "03")
    assert (third["never_tried"], third["share"]) == (3, 0)
    assert pd.isna(third["share_of_tried"])
    assert pd.isna(third["median_tries"])
    assert table.hardest()["lesson"].tolist() == ["02"]


def test_a_learner_is_named_by_what_tells_the_paths_apart(three: list[Path]) -> None:
    learners = class_table(three).learners

    assert learners["learner"].tolist() == ["ada", "bob", "cyd"]
    assert learners["passed"].tolist() == [2, 1, 1]
    assert learners["tries"].tolist() == [5, 9, 1]
    assert learners["lessons_opened"].tolist() == [2, 2, 1]
    assert learners["score_first"].round(2).tolist() == [0.61, 0.62, 0.61]
    assert learners["score_last"].round(2).tolist() == [0.64, 0.67, 0.61]


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["c/ada/work/progress.json"], ["ada"]),
        (["c/ada.json"], ["ada"]),
        (["c/ada.json", "c/bob.json"], ["ada", "bob"]),
        (["c/ada/course/work/progress.json", "c/bob/course/work/progress.json"], ["ada", "bob"]),
        (
            ["c/a/x/progress.json", "c/b/x/progress.json", "c/b/y/progress.json"],
            ["a/x", "b/x", "b/y"],
        ),
        (["c/a/a/progress.json", "c/a/progress.json"], ["a/progress", "progress"]),
    ],
)
def test_paths_make_names(paths: list[str], names: list[str]) -> None:
    from dcwidgets.course import handed_in

    assert handed_in.names([Path(path) for path in paths]) == names


def test_a_folder_stands_for_every_progress_file_in_it(three: list[Path], tmp_path: Path) -> None:
    assert len(class_table([tmp_path]).learners) == 3
    empty = tmp_path / "empty"
    empty.mkdir()

    assert class_table([empty]).rejects["reason"].tolist() == [
        "no progress.json lies in this folder"
    ]


HOSTILE: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "torn, or no JSON"),
    "torn": (b'{"format": 1, "lessons": {"01"', "torn, or no JSON"),
    "deep": (b"[" * 100_000, "torn, or no JSON"),
    "deep-entry": (b'{"lessons": ' + b'{"a":' * 50_000, "torn, or no JSON"),
    "binary": (b"\xff\xfe\x00\xd8", "torn, or no JSON"),
    "digits": (
        b'{"lessons": {"01": {"checks": {"a": {"tries": ' + b"9" * 9_999,
        "torn, or no JSON",
    ),
    "list": (b"[]", "no entries by lesson"),
    "word": (b'{"lessons": {"01": "x"}}', "an entry of a lesson is no object"),
    "checks": (b'{"lessons": {"01": {"checks": []}}}', "passed and tries"),
    "tries": (b'{"lessons": {"01": {"checks": {"a": {"tries": "9"}}}}}', "passed and tries"),
    "minus": (b'{"lessons": {"01": {"checks": {"a": {"tries": -1}}}}}', "passed and tries"),
    "true": (b'{"lessons": {"01": {"checks": {"a": {"tries": true}}}}}', "passed and tries"),
    "many": (b'{"lessons": {"01": {"checks": {"a": {"tries": 1e99}}}}}', "passed and tries"),
    "passed": (b'{"lessons": {"01": {"checks": {"a": {"passed": 1}}}}}', "passed and tries"),
    "score": (b'{"lessons": {"01": {"score": {"first": NaN}}}}', "no number from 0 to 1"),
    "score-2": (b'{"lessons": {"01": {"score": {"last": 2}}}}', "no number from 0 to 1"),
    "large": (b" " * 1_000_001, "more than 1,000,000 bytes"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_read_is_named_and_stops_nobody(
    name: str, three: list[Path], tmp_path: Path
) -> None:
    content, reason = HOSTILE[name]
    bad = tmp_path / "bad.json"
    bad.write_bytes(content)

    table = class_table([*three, bad])

    assert len(table.learners) == 3
    assert table.rejects["path"].tolist() == [str(bad)]
    assert reason in table.rejects["reason"].iloc[0]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_kernel_puts_every_such_file_aside_and_goes_on(name: str, tmp_path: Path) -> None:
    progress = Progress(tmp_path / "progress.json")
    progress.path.write_bytes(HOSTILE[name][0])

    with pytest.warns(UserWarning, match="begun"):
        progress.check("01", "a", passed=True)

    assert progress.read()["01"]["checks"]["a"]["tries"] == 1
    assert (tmp_path / "progress.torn-1.json").read_bytes() == HOSTILE[name][0]


def test_links_pipes_folders_and_twins_are_left_out(three: list[Path], tmp_path: Path) -> None:
    link, pipe, missing = (tmp_path / name for name in ("link.json", "pipe.json", "no.json"))
    link.symlink_to(three[0])
    os.mkfifo(pipe)
    odd = tmp_path / "odd" / "progress.json"
    odd.mkdir(parents=True)

    table = class_table([three[0], three[0], pipe, missing, odd.parent])
    alone = class_table([link])

    assert table.learners["learner"].str.len().gt(0).tolist() == [True]
    reasons = table.rejects.set_index("path")["reason"]
    assert "same file" in reasons[str(three[0])]
    assert "no regular file" in reasons[str(pipe)]
    assert reasons[str(missing)] == "there is no such file"
    assert reasons[str(odd.parent)].startswith("no progress.json")
    assert alone.rejects["reason"].tolist() == ["it is a link; give the file itself"]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        *("lessons", "01", "02", "checks", "01-objective", "passed", "tries"),
                        *("at", "score", "first", "last", "opened", "data", "device"),
                    ]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
@settings(max_examples=150, deadline=None)
def test_no_content_whatever_ends_in_an_error(tmp_path_factory: Any, content: Any) -> None:
    path = tmp_path_factory.mktemp("any") / "progress.json"
    path.write_text(json.dumps({"lessons": {"01": content, "02": {"checks": content}}}))

    table = class_table([path])

    assert len(table.learners) + len(table.rejects) == 1
    json.loads(table.to_json())
    if len(table.learners):
        assert len(progress_table(path)) == len(all_checks())


@pytest.mark.parametrize(
    "evil", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\u00a0=1", "\uff1d1", "\t=1", "\r=1"]
)
def test_no_text_in_a_csv_starts_like_a_formula(evil: str, tmp_path: Path) -> None:
    progress = Progress(tmp_path / "progress.json")
    progress.open("01", data=evil, device=evil)
    hand_in(tmp_path, f"{evil}x", l01=(1, True))
    hand_in(tmp_path, "y", l01=(1, True))
    own = tmp_path / "own.csv"

    assert cli.main(["progress", str(progress.path), "--csv", str(own)]) == 0
    learners = class_table([tmp_path]).to_csv(tmp_path / "l.csv", "learners")

    for path in (own, learners):
        for line in csv.reader(io.StringIO(path.read_text())):
            assert [cell for cell in line if cell.lstrip()[:1] in set("=+-@\uff1d")] == []
    assert csv_text(pd.DataFrame({"a": [evil]}))[2:].lstrip('"').startswith("'")


def test_control_characters_of_a_name_reach_neither_terminal_nor_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hand_in(tmp_path, "a\x1b[31m\nb", l01=(1, True))
    hand_in(tmp_path, "y", l01=(1, True))
    (tmp_path / "\x1b]0;x\x07.json").write_text("torn")

    names = [str(path) for path in tmp_path.iterdir()]
    assert cli.main(["class", *names, "--learners-csv", "-"]) == 0

    out, err = capsys.readouterr()
    assert "a\ufffd[31m\ufffdb" in out
    assert "\x1b" not in out + err
    assert "\x07" not in out + err


def test_the_command_prints_the_class_and_names_the_hard_checks(
    three: list[Path], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text("{")
    to = tmp_path / "to.csv"

    assert cli.main(["class", *map(str, three), str(bad), "--csv", str(to)]) == 0

    out, err = capsys.readouterr()
    assert "hard: 02-split (" in out
    assert "1 of 2 who tried passed, median 5.5 tries" in out
    assert err == f"left out {bad}: it is torn, or no JSON\n"
    rows = list(csv.DictReader(to.open()))
    assert [line["median_tries"] for line in rows[:3]] == ["1.0", "5.5", ""]


def test_json_holds_all_three_tables(three: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["class", *map(str, three), "--json"]) == 0

    said = json.loads(capsys.readouterr().out)
    assert [each["learner"] for each in said["learners"]] == ["ada", "bob", "cyd"]
    assert said["checks"][1]["median_tries"] == 5.5
    assert said["checks"][2]["median_tries"] is None
    assert said["rejects"] == []


def test_a_class_of_which_no_file_can_be_read_is_a_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["class", str(tmp_path / "nothing.json")]) == 1
    assert "there is no such file" in capsys.readouterr().err


def test_a_learners_file_is_never_written_over(
    three: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    before = three[0].read_bytes()

    assert cli.main(["class", *map(str, three), "--csv", str(three[0])]) == 1
    assert "is to be read, not written" in capsys.readouterr().err
    assert three[0].read_bytes() == before


def test_a_learner_sees_and_exports_progress(
    three: list[Path], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = tmp_path / "ada"

    assert cli.main(["progress", str(folder)]) == 0
    assert "2 of 8 checks passed" in capsys.readouterr().out
    assert cli.main(["progress", str(folder), "--csv", "-"]) == 0
    lines = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(line["check"], line["passed"], line["tries"]) for line in lines[:2]] == [
        ("01-objective", "True", "1"),
        ("02-split", "True", "4"),
    ]


def test_exported_json_merges_like_the_file_itself(
    three: list[Path], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    exported = []
    for path in three:
        assert cli.main(["progress", str(path), "--json"]) == 0
        exported.append(tmp_path / f"{path.parent.parent.name}.json")
        exported[-1].write_text(capsys.readouterr().out)

    pd.testing.assert_frame_equal(class_table(exported).checks, class_table(three).checks)


def test_progress_that_is_missing_or_torn_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["progress", str(tmp_path)]) == 1
    assert "There is no progress in" in capsys.readouterr().err
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "progress.json").write_text("{")

    assert cli.main(["progress", str(tmp_path)]) == 1
    assert "cannot be read: it is torn, or no JSON" in capsys.readouterr().err
