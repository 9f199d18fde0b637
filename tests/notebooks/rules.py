"""The rules every lesson keeps, one function each.

A rule yields one `Look` for each thing it looked at, so that a rule that found
nothing to look at is as visible as a rule that found something wrong. Run as
``python -m tests.notebooks.rules`` it checks the notebooks named on its command line.
"""

from __future__ import annotations

import ast
import itertools
import re
import statistics
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.notebooks.lesson_file import Cell, Lesson, headings, lines, prose, source, tags, words

SECTIONS = [
    "The question",
    "Baseline",
    "Do",
    "Look",
    "Check yourself",
    "Exercise",
    "What changed in the score",
    "Takeaways",
    "Next",
]
CELLS = (28, 40)
WORDS = (700, 1400)
WORDS_A_CELL = 150
MARKDOWN_TO_CODE = (1.0, 1.6)
CODE_LINES_MEDIAN, CODE_LINES_P90, CODE_LINES_MAX = 4, 12, 20
COLUMNS = 79
KILOBYTES = 60
TALK_DOWN = ("simply", "obviously", "trivially", "of course", "as everyone knows")
# Rainbow maps and red against green are lost on one learner in twelve.
BAD_COLOURS = re.compile(r"['\"](jet|hsv|rainbow|gist_rainbow|RdYlGn|red|green|r|g)['\"]")
# A result typed into prose is stale the next day; a count such as 80/10/10 is not a result.
TYPED_RESULT = re.compile(r"(?<![\w.])\d+\.\d+(?!\w|\.\d)|\d\s?%")


@dataclass(frozen=True)
class Look:
    """One thing that a rule looked at, and what is wrong with it where it fails."""

    sound: bool
    where: str
    message: str


Rule = Callable[[Lesson], Iterator[Look]]


def _within(value: float, limits: tuple[float, float], where: str, what: str) -> Look:
    low, high = limits
    return Look(low <= value <= high, where, f"{what}: {value:g}, allowed {low:g} to {high:g}")


def cell_count(lesson: Lesson) -> Iterator[Look]:
    """A lesson has 28 to 40 cells."""
    yield _within(len(lesson.cells), CELLS, lesson.name, "cells")


def word_count(lesson: Lesson) -> Iterator[Look]:
    """A lesson has 700 to 1,400 words of prose."""
    total = sum(words(cell) for cell in lesson.of("markdown"))
    yield _within(total, WORDS, lesson.name, "words of prose")


def words_a_cell(lesson: Lesson) -> Iterator[Look]:
    """No markdown cell is longer than 150 words."""
    for cell in lesson.of("markdown"):
        yield _within(words(cell), (1, WORDS_A_CELL), cell["id"], "words in one cell")


def markdown_to_code(lesson: Lesson) -> Iterator[Look]:
    """There are 1.0 to 1.6 markdown cells to one code cell."""
    ratio = len(lesson.of("markdown")) / max(1, len(lesson.of("code")))
    yield _within(ratio, MARKDOWN_TO_CODE, lesson.name, "markdown to code")


def code_lines(lesson: Lesson) -> Iterator[Look]:
    """Code cells have a median of 4 lines, nine in ten at most 12."""
    counts = sorted(lines(cell) for cell in lesson.of("code"))
    ninth = counts[max(0, -(-len(counts) * 9 // 10) - 1)]
    median = statistics.median(counts)
    yield _within(median, (1, CODE_LINES_MEDIAN), lesson.name, "median lines of code cells")
    yield _within(ninth, (1, CODE_LINES_P90), lesson.name, "lines that nine in ten keep to")


def longest_code(lesson: Lesson) -> Iterator[Look]:
    """No code cell has more than 20 lines, and none is empty."""
    for cell in lesson.of("code"):
        yield _within(lines(cell), (1, CODE_LINES_MAX), cell["id"], "lines of code")


def code_in_a_row(lesson: Lesson) -> Iterator[Look]:
    """At most two code cells stand in a row, and prose has the last word."""
    for kind, group in itertools.groupby(lesson.cells, key=lambda cell: cell["cell_type"]):
        run = list(group)
        if kind == "code":
            yield _within(len(run), (1, 2), run[-1]["id"], "code cells in a row")
    last = lesson.cells[-1]
    yield Look(last["cell_type"] == "markdown", last["id"], "the last cell is code; read it aloud")


def columns(lesson: Lesson) -> Iterator[Look]:
    """No line is wider than 79 columns, links and table rows apart."""
    for cell in lesson.cells:
        for line in source(cell).splitlines():
            exempt = cell["cell_type"] == "markdown" and ("](" in line or line.startswith("|"))
            message = f"{len(line)} columns, allowed {COLUMNS}: {line[:40]}..."
            yield Look(exempt or len(line) <= COLUMNS, cell["id"], message)


def stripped(lesson: Lesson) -> Iterator[Look]:
    """No output, execution count or widget state is stored."""
    for cell in lesson.of("code"):
        kept = bool(cell["outputs"]) or cell["execution_count"] is not None
        yield Look(not kept, cell["id"], "output or execution count stored; run nbstripout")
    state = "widgets" in lesson.notebook["metadata"]
    yield Look(not state, lesson.name, "widget state stored; run nbstripout")


def file_size(lesson: Lesson) -> Iterator[Look]:
    """The file has at most 60 KB."""
    size = len(lesson.raw.encode()) / 1024
    yield _within(size, (0, KILOBYTES), lesson.name, "kilobytes")


def title(lesson: Lesson) -> Iterator[Look]:
    """One H1, in the first cell, with the number and the word of the file's name."""
    found = [heading for cell in lesson.cells for heading in headings(cell, 1)]
    word = Path(lesson.name).stem[3:].capitalize()
    expected = f"{lesson.number} {word}"
    yield Look(found == [expected], lesson.name, f"H1 {found}, expected {[expected]}")
    first = headings(lesson.cells[0], 1)
    yield Look(bool(first), lesson.cells[0]["id"], "the H1 stands not in the first cell")


def opening(lesson: Lesson) -> Iterator[Look]:
    """The first cells promise: number of eight, minutes, verbs, what is needed."""
    text = "\n".join(source(cell) for cell in lesson.cells[:2])
    line = f"Lesson {int(lesson.number)} of 8 · 45 min · CPU is enough"
    for part in (line, "*You will be able to*", "*You need*", "![Open in Colab]", "![Binder]"):
        yield Look(part in text, lesson.cells[0]["id"], f"{part!r} is missing in the opening")


def sections(lesson: Lesson) -> Iterator[Look]:
    """The same nine H2 in the same order."""
    found = [heading for cell in lesson.cells for heading in headings(cell, 2)]
    for have, want in itertools.zip_longest(found, SECTIONS):
        yield Look(have == want, lesson.name, f"H2 {have!r}, expected {want!r}")


def alt_text(lesson: Lesson) -> Iterator[Look]:
    """Every picture says in words what it shows."""
    for cell in lesson.of("markdown"):
        for alt in re.findall(r"!\[([^\]]*)\]\(", source(cell)):
            yield Look(bool(alt.strip()), cell["id"], "a picture without alt text")
        for tag in re.findall(r"<img\b[^>]*>", source(cell)):
            spoken = re.search(r"\balt=(\"[^\"]*\w[^\"]*\"|'[^']*\w[^']*')", tag)
            yield Look(bool(spoken), cell["id"], "a picture without alt text")


def kernelspec(lesson: Lesson) -> Iterator[Look]:
    """The kernel is ``python3`` and nothing of one machine is stored."""
    name = lesson.notebook["metadata"].get("kernelspec", {}).get("name")
    yield Look(name == "python3", lesson.name, f"kernelspec {name!r}, expected 'python3'")


def cell_ids(lesson: Lesson) -> Iterator[Look]:
    """Every cell has an id of its own, so that differences stay readable."""
    seen: set[str] = set()
    for index, cell in enumerate(lesson.cells):
        name = cell.get("id", "")
        yield Look(
            bool(name) and name not in seen, f"cell {index}", f"id {name!r} missing or twice"
        )
        seen.add(name)


def parameters(lesson: Lesson) -> Iterator[Look]:
    """One tagged cell holds what a reader may change; the next starts the lesson."""
    code = lesson.of("code")
    tagged = [cell for cell in code if "parameters" in tags(cell)]
    want = 'MODE = "auto"\nDATA = "pocket_pets"'
    at_top = tagged == code[:1] and source(code[0]).strip() == want
    yield Look(at_top, lesson.name, f"the first code cell is not tagged parameters with {want!r}")
    start = f'run = dcw.lesson("{lesson.number}", MODE, data=DATA)'
    yield Look(start in source(code[1]), code[1]["id"], f"{start!r} is missing")
    imports = [line for line in source(code[1]).splitlines() if "import" in line]
    yield _within(len(imports), (1, 6), code[1]["id"], "lines of imports")


def forbidden_calls(lesson: Lesson) -> Iterator[Look]:
    """No shell, no magic but ``%matplotlib``, no ``input``, no address, no branch on the mode."""
    banned = {
        "a shell line": r"^\s*!|\bos\.system\b|\bsubprocess\b",
        "a magic": r"^\s*%(?!matplotlib\b)",
        "input()": r"\binput\(",
        "an address": r"https?://",
        "a branch on the mode": r"\bif\b.*\b(MODE|QUICK|run\.mode)\b",
    }
    for cell in lesson.of("code"):
        for what, pattern in banned.items():
            found = re.search(pattern, source(cell), re.MULTILINE)
            yield Look(not found, cell["id"], f"{what} in code")


def _is_check(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "dcw.check"


def checks_in_the_open(lesson: Lesson) -> Iterator[Look]:
    """A check stands at the top level of its cell: an Output widget would swallow its error."""
    for cell in lesson.of("code"):
        try:
            tree = ast.parse(source(cell))
        except SyntaxError:
            continue  # a magic; `forbidden_calls` names it
        top = [node.value for node in tree.body if isinstance(node, ast.Expr)]
        for call in filter(_is_check, ast.walk(tree)):
            yield Look(call in top, cell["id"], "dcw.check inside another statement")


def colours(lesson: Lesson) -> Iterator[Look]:
    """No rainbow, no red against green."""
    for cell in lesson.of("code"):
        found = BAD_COLOURS.search(source(cell))
        yield Look(not found, cell["id"], f"{found and found[0]} is hard to see for many")


def tone(lesson: Lesson) -> Iterator[Look]:
    """No word tells the learner that this should be easy."""
    for cell in lesson.of("markdown"):
        text = prose(cell).lower()
        found = [word for word in TALK_DOWN if re.search(rf"\b{word}\b", text)]
        yield Look(not found, cell["id"], f"{found} talks down to the learner")


def no_typed_results(lesson: Lesson) -> Iterator[Look]:
    """Results are printed by code, never typed into prose."""
    for cell in lesson.of("markdown"):
        found = TYPED_RESULT.search(re.sub(r"CC BY 4\.0", "", prose(cell)))
        yield Look(not found, cell["id"], f"{found and found[0]!r} is typed; let code print it")


def questions(lesson: Lesson) -> Iterator[Look]:
    """*Check yourself* asks two questions and folds the answers away."""
    text = "\n".join(source(cell) for cell in lesson.section("Check yourself"))
    yield Look(text.count("<details>") >= 2, lesson.name, "fewer than two folded answers")


def exercise(lesson: Lesson) -> Iterator[Look]:
    """Stub, check, folded hint, hidden solution, the same check again."""
    cells = lesson.section("Exercise")
    kinds = "".join(_kind(cell) for cell in cells)
    pattern = r"(m+scm*hm*SC)+m*"
    yield Look(bool(re.fullmatch(pattern, kinds)), lesson.name, f"exercise is {kinds!r}")
    firsts = [source(cell).strip() for cell in cells if _kind(cell) == "c"]
    seconds = [source(cell).strip() for cell in cells if _kind(cell) == "C"]
    yield Look(firsts == seconds and bool(firsts), lesson.name, "the two checks differ")
    for cell in cells:
        if "solution" in tags(cell):
            hidden = cell["metadata"].get("jupyter", {}).get("source_hidden") is True
            yield Look(hidden, cell["id"], "the solution's source is not hidden")


def _kind(cell: Cell) -> str:
    """One letter: m(arkdown), h(int), s(tub), S(olution), c(heck), C(heck again), x."""
    text = source(cell)
    if cell["cell_type"] == "markdown":
        return "h" if "<summary>Hint</summary>" in text else "m"
    for tag, letter in (("exercise", "s"), ("solution", "S")):
        if tag in tags(cell):
            return letter
    if not text.startswith("dcw.check("):
        return "x"
    # The stub is not yet an answer: its check may raise, the solution's may not.
    return "c" if "raises-exception" in tags(cell) else "C"


def score(lesson: Lesson) -> Iterator[Look]:
    """*What changed in the score* records rows, shows the ledger and asserts a direction."""
    cells = lesson.section("What changed in the score")
    code = "\n".join(source(cell) for cell in cells if cell["cell_type"] == "code")
    for part in ("run.ledger.record(", "run.ledger.plot(", "assert "):
        yield Look(part in code, lesson.name, f"{part!r} is missing under the score")


def takeaways(lesson: Lesson) -> Iterator[Look]:
    """Three takeaways and when they do not hold."""
    text = "\n".join(source(cell) for cell in lesson.section("Takeaways"))
    points = re.findall(r"^\d\. ", text, re.MULTILINE)
    yield _within(len(points), (3, 3), lesson.name, "takeaways")
    yield Look("**When this does not work**" in text, lesson.name, "no word on when it fails")


RULES: dict[str, Rule] = {
    rule.__name__: rule
    for rule in (
        cell_count,
        word_count,
        words_a_cell,
        markdown_to_code,
        code_lines,
        longest_code,
        code_in_a_row,
        columns,
        stripped,
        file_size,
        title,
        opening,
        sections,
        alt_text,
        kernelspec,
        cell_ids,
        parameters,
        forbidden_calls,
        checks_in_the_open,
        colours,
        tone,
        no_typed_results,
        questions,
        exercise,
        score,
        takeaways,
    )
}


def broken(lesson: Lesson) -> dict[str, list[Look]]:
    """Every failed look of a lesson, by rule; rules without a complaint are left out."""
    found = {
        name: [look for look in rule(lesson) if not look.sound] for name, rule in RULES.items()
    }
    return {name: looks for name, looks in found.items() if looks}


def main(paths: list[str]) -> int:
    """Print every complaint as ``file:cell: rule: message`` and say how much was looked at."""
    looked, complaints = 0, 0
    for path in map(Path, paths):
        lesson = Lesson(path.name, path.read_text(encoding="utf-8"))
        looked += sum(1 for rule in RULES.values() for _ in rule(lesson))
        for name, looks in broken(lesson).items():
            for look in looks:
                complaints += 1
                print(f"{path}:{look.where}: {name}: {look.message}")
    print(f"{len(paths)} notebooks, {len(RULES)} rules, {looked} looks, {complaints} complaints")
    return 1 if complaints or not paths else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
