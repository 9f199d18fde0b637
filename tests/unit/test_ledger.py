"""The ledger keeps every row that was promised, whatever ends the kernel."""

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcwidgets.imageset import ImageSet
from dcwidgets.ledger import COLUMNS, Ledger
from dcwidgets.recipe import Recipe
from tests import disks
from tests.strategies import image_set


@dataclass
class Scored:
    """What `measure` returns, as far as the ledger asks."""

    mean: float = 0.75
    spread: float = 0.01
    scores: tuple[float, ...] = (0.74, 0.76)
    worst_slice: float = 0.5
    seconds: float = 12.345


def images() -> ImageSet:
    rows = pd.DataFrame(
        {"label": ["cat", "dog", "dog"], "split": ["train", "train", "gold"]},
        index=pd.Index(["a", "b", "c"]),
    )
    return image_set(rows)


def names(path: Path) -> list[str]:
    return Ledger(path).table["name"].tolist()


def record(path: Path, *names: str) -> None:
    for name in names:
        Ledger(path).record(name, Scored(), images())  # type: ignore[arg-type]


def test_a_row_says_what_was_done_and_what_came_of_it(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "work" / "ledger.jsonl")
    recipe = Recipe().drop(["x"]).relabel(["y"], "cat")

    row = ledger.record("labels fixed", Scored(), images(), recipe)  # type: ignore[arg-type]

    assert list(ledger.table.columns) == list(COLUMNS)
    kept = ledger.table.iloc[0].to_dict()
    assert ledger.recipe(0) == recipe
    assert (ledger.path.parent / "recipes" / kept.pop("recipe")).is_file()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", kept.pop("at"))
    assert kept == {
        "name": "labels fixed",
        "mean": 0.75,
        "spread": 0.01,
        "scores": [0.74, 0.76],
        "worst_slice": 0.5,
        "seconds": 12.35,
        "images": 2,
        "version": images().version,
        "data": "pets",
        "edits": "drop 1, relabel 1",
    }
    assert row["name"] == "labels fixed"


@settings(max_examples=40)
@given(
    given_names=st.lists(st.text(min_size=1).filter(str.strip), min_size=1, max_size=4),
)
def test_any_name_comes_back_in_its_order(
    given_names: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("ledger") / "ledger.jsonl"
    record(path, *given_names)

    assert names(path) == given_names
    assert len(path.read_bytes().split(b"\n")) == len(given_names) + 1


def test_a_ledger_that_is_not_there_is_empty(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.jsonl")

    assert len(ledger) == 0
    assert list(ledger.table.columns) == list(COLUMNS)
    with pytest.raises(
        ValueError, match=r"ledger\.jsonl is empty\. `ledger\.record\(\.\.\.\)` writes"
    ):
        ledger.plot()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["", "  ", None, 3])
def test_a_row_without_a_name_is_refused(name: object, tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.jsonl")

    with pytest.raises(ValueError, match=f"^Name the edit in a few words, got {name!r}"):
        ledger.record(name, Scored(), images())  # type: ignore[arg-type]
    assert len(ledger) == 0


@given(data=st.data())
@settings(max_examples=60)
def test_a_torn_last_line_costs_that_line_alone(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("torn") / "ledger.jsonl"
    record(path, "first", "zweite Zeile: ä", "third")
    whole = path.read_bytes()
    last = len(whole) - len(whole.splitlines(keepends=True)[-1])
    path.write_bytes(whole[: data.draw(st.integers(last, len(whole)))])
    kept = names(path)
    assert kept[:2] == ["first", "zweite Zeile: ä"]

    record(path, "fourth")

    assert names(path) == [*kept, "fourth"]


@given(garbage=st.binary(max_size=60))
@settings(max_examples=60)
def test_lines_that_are_no_rows_are_left_out(
    garbage: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("garbage") / "ledger.jsonl"
    record(path, "first")
    with path.open("ab") as file:
        file.write(garbage + b"\n" + b'{"name": "half"}\n[1]\nnull\n')
    record(path, "second")

    assert names(path) == ["first", "second"]


def test_numbers_that_no_score_has_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    record(path, "first")
    row = json.loads(path.read_text("utf-8"))
    for column, value in {"spread": -0.1, "seconds": 10**400, "mean": -1}.items():
        with path.open("a") as file:
            file.write(json.dumps({**row, column: value, "name": column}) + "\n")

    table = Ledger(path).table.set_index("name")

    assert [*table.index] == ["first", "spread", "seconds"]
    assert [*table["spread"].isna()] == [False, True, False]
    assert [*table["seconds"].isna()] == [False, False, True]
    Ledger(path).plot()


WRITE = """
import sys
sys.path.insert(0, sys.argv[3])
from pathlib import Path
from tests.unit.test_ledger import record
for number in range(int(sys.argv[4])):
    name = f"{sys.argv[2]} {number} " + "x" * 20_000  # more than one write of a buffer
    record(Path(sys.argv[1]), name)
    print(number, flush=True)  # only now does the learner see it
"""
ROOT = Path(__file__).resolve().parents[2]


def start(path: Path, who: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITE, str(path), who, str(ROOT), str(count)],
        stdout=subprocess.PIPE,
        text=True,
    )


def test_two_kernels_writing_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    count = 60
    both = [start(path, who, count) for who in ("left", "right")]
    for process in both:
        process.communicate()

    assert [process.returncode for process in both] == [0, 0]
    written = [name.split()[:2] for name in names(path)]
    for who in ("left", "right"):
        assert [number for side, number in written if side == who] == [*map(str, range(count))]


@pytest.mark.slow
def test_kills_in_the_middle_of_writing_lose_no_row_that_was_seen(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    seen: list[str] = []
    for kernel in range(6):
        process = start(path, f"kernel-{kernel}", 10_000)
        assert process.stdout
        lines = [process.stdout.readline() for _ in range(1 + kernel % 3)]
        process.kill()
        lines += process.communicate()[0].splitlines(keepends=True)
        seen += [f"kernel-{kernel} {line.strip()}" for line in lines if line.endswith("\n")]

    kept = [" ".join(name.split()[:2]) for name in names(path)]
    assert [row for row in kept if row in seen] == seen
    assert len(kept) <= len(seen) + 6


def test_a_full_disk_leaves_the_rows_before(tmp_path: Path) -> None:
    with disks.mounted(tmp_path / "disk", kilobytes=16) as disk:
        path = disk / "ledger.jsonl"
        record(path, "first")
        (disk / "ballast").write_bytes(b"x" * (16 * 1024 - 3 * 4096))
        with pytest.raises(OSError, match="No space left"):
            record(path, "x" * 20_000)
        (disk / "ballast").unlink()

        assert names(path) == ["first"]
        record(path, "second")
        assert names(path) == ["first", "second"]


def test_a_picture_shows_every_row(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    record(path, "raw", "mended")

    figure = Ledger(path).plot()

    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert [label.split("\n")[0] for label in labels] == ["raw", "mended"]


def test_names_are_text_and_not_markup_in_the_table(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    record(path, "<script>alert(1)</script>")

    shown = Ledger(path)._repr_html_()

    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


def test_rows_are_one_json_object_a_line(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    record(path, "one\ntwo\u2028three")

    (line,) = path.read_text("utf-8").split("\n")[:-1]
    assert json.loads(line)["name"] == "one\ntwo\u2028three"
