"""Kill a process that labels, again and again, and look for labels it had acknowledged.

Run with ``python -m tests.labels_killed [--trials 1000]``. Each trial forks a process that
labels pictures, takes steps back, appends classes and compacts the journal, and that says
after each call which picture now has which label. It is killed with SIGKILL after a random
time; then the journal is opened anew and must hold what was said last.
"""

import argparse
import json
import os
import random
import signal
import tempfile
import time
import warnings
from collections.abc import Sequence
from pathlib import Path

from dcwidgets.labeling.store import AnnotationStore

CLASSES = ["cat", "dog"]
LONG = "x" * 5_000  # some lines take more than one page


def label(path: Path, acknowledge: int, seed: int) -> None:
    """Label for ever; write a line to `acknowledge` when a call has returned."""
    draw = random.Random(seed)
    store = AnnotationStore(path)
    while True:
        match draw.choices(("add", "undo", "redo", "class", "compact"), (20, 4, 2, 1, 0.3))[0]:
            case "add":
                box = {"x": draw.random() * 50, "y": 1, "w": 9.5, "h": 3, "label": "dog"}
                note = draw.choice(("", LONG))
                store.add(
                    f"p{draw.randrange(40)}", draw.choice(CLASSES), [box], note=note, seconds=1
                )
            case "undo":
                store.undo()
            case "redo":
                store.redo()
            case "class":
                store.add_class(f"class {len(store.classes)}")
            case "compact":
                store.compact()
        os.write(acknowledge, json.dumps(said(store)).encode() + b"\n")


def said(store: AnnotationStore) -> dict[str, object]:
    """Return what a store holds, short enough for one write to a pipe."""
    boxes = [round(record["boxes"][0]["x"], 6) for record in store]
    labels = {record["id"]: [record["label"], x] for record, x in zip(store, boxes, strict=True)}
    return {"labels": labels, "classes": len(store.classes), "events": store._log.current().n}


def trial(path: Path, seed: int, seconds: float) -> tuple[int, bool]:
    """Kill one process; return how many calls it had acknowledged, and whether a line tore."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.close(reader)
            label(path, writer, seed)
        finally:
            os._exit(1)
    os.close(writer)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    with os.fdopen(reader, "rb") as pipe:
        heard = pipe.read().split(b"\n")[:-1]
    if os.waitstatus_to_exitcode(status) != -signal.SIGKILL:
        raise RuntimeError("the process that labels ended by itself")
    torn = path.read_bytes()[-1:] not in (b"\n", b"")
    check(path, heard)
    return len(heard), torn


def check(path: Path, heard: Sequence[bytes]) -> None:
    """Raise unless the journal holds what was acknowledged last, or one event more."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a line that cannot be read would be a lost one
        now = said(AnnotationStore(path))
    if not heard:
        return
    last = json.loads(heard[-1])
    beyond = int(str(now["events"])) - last["events"]
    if beyond not in (0, 1) or (beyond == 0 and now != last):
        raise AssertionError(f"acknowledged {last}, found {now}")
    if beyond == 1:
        _check_one_more(path, last)


def _check_one_more(path: Path, last: dict[str, object]) -> None:
    """The event that was being acknowledged may be there; nothing else may have changed."""
    events = AnnotationStore(path).history
    touched = set(events.loc[events["n"] == events["n"].max(), "id"].dropna())
    now = said(AnnotationStore(path))["labels"]
    before = last["labels"]
    assert isinstance(now, dict)
    assert isinstance(before, dict)
    changed = {id_ for id_ in now.keys() | before.keys() if now.get(id_) != before.get(id_)}
    if not changed <= touched:
        raise AssertionError(f"changed beyond the last event: {changed - touched}")


def run(folder: Path, trials: int, seed: int = 0) -> dict[str, int]:
    """Run trials, ten on each journal; return what was counted."""
    draw = random.Random(seed)
    counts = {"trials": 0, "acknowledged": 0, "torn": 0}
    for number in range(trials):
        path = folder / f"labels-{number // 10}.jsonl"
        AnnotationStore(path, CLASSES)
        # From before the first write to dozens of writes later.
        acknowledged, torn = trial(path, draw.randrange(2**32), draw.random() ** 2 * 0.15)
        counts["trials"] += 1
        counts["acknowledged"] += acknowledged
        counts["torn"] += torn
    return counts


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the counts; fails on the first label that is lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        counts = run(Path(folder), options.trials, options.seed)
    print(
        f"{counts['trials']} kills, {counts['acknowledged']} acknowledged calls, none lost; "
        f"{counts['torn']} half lines set aside"
    )


if __name__ == "__main__":
    main()
