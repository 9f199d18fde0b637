"""The benchmark table: what it says of a row, and that it finds every benchmark."""

import importlib
import json
from pathlib import Path

import pytest

from tests.bench import __main__ as bench
from tests.bench._rows import Row, seconds


@pytest.mark.parametrize(
    ("row", "target", "met"),
    [
        pytest.param(Row("w", 1.0), "", None, id="no target"),
        pytest.param(Row("w", 2.0, at_most=2), "at most 2 s", True, id="at its limit"),
        pytest.param(Row("w", 2.1, at_most=2), "at most 2 s", False, id="over its limit"),
        pytest.param(Row("w", 1, "ms", "p", 3, 3), "at least 3x", True, id="fast enough"),
        pytest.param(
            Row("w", 2, "ms", "p", 4, 3, 5), "at least 3x, at most 5 ms", False, id="one of two"
        ),
        pytest.param(Row("w", 2, at_least=3), "at least 3x", False, id="the peer is missing"),
    ],
)
def test_a_row_is_judged_by_its_targets(row: Row, target: str, *, met: bool | None) -> None:
    assert row.target == target
    assert row.met is met


def test_the_table_shows_ours_the_peer_and_the_verdict() -> None:
    lines = bench.table([Row("sort 9", 0.5, "s", "peer 1", 2.0, 3), Row("b", 12345.6, "ms")])

    assert lines.splitlines() == [
        "| work   | ours      | peer   | theirs | ratio | target      |     |",
        "| ------ | --------- | ------ | ------ | ----- | ----------- | --- |",
        "| sort 9 | 0.5 s     | peer 1 | 2 s    | 4x    | at least 3x | met |",
        "| b      | 12,346 ms |        |        |       |             |     |",
    ]


def test_every_benchmark_can_be_run_by_name() -> None:
    names = bench.modules()

    assert names
    for name in names:
        assert callable(importlib.import_module(f"tests.bench.{name}").rows), name


def test_the_report_holds_machine_versions_and_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench, "collect", lambda _names: [Row("w", 1.0, note="how")])

    assert bench.main(["--out", str(tmp_path / "bench.json")]) == 0

    report = json.loads((tmp_path / "bench.json").read_text())
    assert report["rows"][0]["work"] == "w"
    assert report["machine"]["cores"] > 0
    assert report["versions"]["numpy"]
    assert "w: how" in capsys.readouterr().out


def test_an_unknown_benchmark_is_refused_with_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        bench.main(["no-such"])

    assert "no benchmark no-such; there are " in capsys.readouterr().err


def test_work_is_run_once_to_warm_up() -> None:
    runs: list[int] = []

    seconds(lambda: runs.append(1), repeats=3)

    assert len(runs) == 4
