"""What no code of the package may do, and what widgets may not keep."""

from __future__ import annotations

import ast
import gc
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

from dcwidgets.outside import inside, parse
from tests import soak
from tests.fuzz_widgets import MAKERS

PACKAGE = Path(__file__).resolve().parents[2] / "dcwidgets"
UNPICKLERS = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}
RUNNERS = {"eval", "exec"}


def calls(source: str) -> Iterator[str]:
    """Name what a source imports and calls that would run or unpickle what is read."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from (name.name for name in names if name.name in UNPICKLERS)
            case ast.ImportFrom(module=module) if module in UNPICKLERS:
                yield str(module)
            case ast.Call(func=ast.Name(id=name)) if name in RUNNERS:
                yield name
            case ast.Call(func=ast.Attribute(attr=name), keywords=keywords):
                yield from _unsafe(name, {word.arg: word.value for word in keywords})


def _unsafe(name: str, words: dict[str | None, ast.expr]) -> Iterator[str]:
    if name in {"read_pickle", "enable_unsafe_deserialization"}:
        yield name
    if name == "load" and ast.unparse(words.get("allow_pickle", ast.Constant(False))) != "False":
        yield "allow_pickle"
    if "safe_mode" in words and ast.unparse(words["safe_mode"]) != "True":
        yield "safe_mode"


def test_nothing_is_unpickled_and_nothing_that_was_read_is_run() -> None:
    sources = {path: path.read_text("utf-8") for path in sorted(PACKAGE.rglob("*.py"))}
    sources = {path: text for path, text in sources.items() if "node_modules" not in path.parts}
    found = {path.name: [*calls(text)] for path, text in sources.items()}

    assert len(found) > 100
    assert {name: names for name, names in found.items() if names} == {}


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from joblib import load",
        "np.load(path, allow_pickle=True)",
        "keras.saving.load_model(path, safe_mode=False)",
        "pd.read_pickle(path)",
        "eval(text)",
        "keras.config.enable_unsafe_deserialization()",
    ],
)
def test_each_way_to_run_what_is_read_would_be_found(source: str) -> None:
    assert [*calls(source)]


def test_markup_is_never_set_in_the_page() -> None:
    sources = (PACKAGE / "frontend" / "src").rglob("*.ts")
    words = ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "new Function")
    texts = {path.name: path.read_text("utf-8") for path in sources}
    texts = {name: text for name, text in texts.items() if ".test." not in name}

    assert len(texts) > 50
    assert [name for name, text in texts.items() if any(word in text for word in words)] == []


@pytest.mark.parametrize(
    "name", ["..", ".", "", "/etc/passwd", "../x", "a/b", "a\\b", "\0", "é" * 128, 7, None]
)
def test_no_name_from_outside_leaves_its_folder(name: object, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is no name of a file in"):
        inside(tmp_path, name)


@pytest.mark.parametrize("name", ["a b.json", "x" * 255])
def test_a_plain_name_lies_in_its_folder(name: str, tmp_path: Path) -> None:
    assert inside(tmp_path, name) == tmp_path / name


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "no JSON at line 1"),
        (b"\xff{}", "no text in UTF-8 at byte 0"),
        ("[" * 200_000, "lists lie too deep"),
        ("1" * 5000, "Exceeds the limit"),
    ],
    ids=["torn", "bytes", "deep", "long number"],
)
def test_json_that_cannot_be_read_is_refused_with_its_reason(text: str | bytes, why: str) -> None:
    with pytest.raises(ValueError, match=f"^This is not a recipe: .*{why}"):
        parse(text, "a recipe")


@pytest.mark.parametrize("name", MAKERS)
def test_a_closed_widget_is_forgotten_with_its_models(name: str) -> None:
    models = soak.measured()[1]
    widget = MAKERS[name]()
    assert soak.measured()[1] > models
    widget.close()
    gone = weakref.ref(widget)
    del widget
    gc.collect()

    assert gone() is None
    assert soak.measured()[1] == models


def test_a_hundred_operations_keep_no_memory() -> None:
    soak.operate(1)
    before, models = soak.measured()
    soak.operate(-(-100 // soak.operations(1)))
    after, left = soak.measured()

    assert left == models
    assert after - before < 20  # MiB
