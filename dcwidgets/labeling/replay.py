"""What a journal of annotations adds up to, event by event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dcwidgets.labeling.records import Record, check_classes, check_record

Event = dict[str, Any]
Change = dict[str, Record | None]


class EarlierNeededError(Exception):
    """An event that only makes sense with what a compaction put into the archive."""


@dataclass(frozen=True)
class Step:
    """One step that can be undone: records by picture before and after it."""

    n: int
    before: Change
    after: Change


@dataclass
class Replay:
    """The state of a store.

    Attributes
    ----------
    n : int
        Number of the last event.
    class_version : int
        Raised by one whenever the class list grew.
    archive : str or None
        File with the events before the first one here; None where there are none.
    earlier_done, earlier_undone : bool
        Whether steps that can be undone or redone lie in the archive.
    outcomes : list
        One (n, ts, op, id, record or None) per event and picture.
    """

    classes: list[str] = field(default_factory=list)
    class_version: int = 0
    records: dict[str, Record] = field(default_factory=dict)
    done: list[Step] = field(default_factory=list)
    undone: list[Step] = field(default_factory=list)
    earlier_done: bool = False
    earlier_undone: bool = False
    n: int = 0
    archive: str | None = None
    outcomes: list[tuple[int, str, str, str | None, Record | None]] = field(default_factory=list)

    def play(self, event: Event) -> None:
        """Take one event in.

        Raises
        ------
        EarlierNeededError
            If it undoes or redoes what lies in the archive; nothing has changed then.
        KeyError, TypeError, ValueError
            If it is no event.
        """
        op, n, ts = str(event["op"]), int(event["n"]), str(event["ts"])
        match op:
            case "snapshot":
                self._start_from(event)
                return
            case "classes":
                self._add_classes(check_classes(event["names"]))
                changed: Change = {}
            case "add":
                rows = [check_record(row, self.classes) for row in event["rows"]]
                changed = self._do(n, {row["id"]: row for row in rows})
            case "remove":
                changed = self._do(n, dict.fromkeys(map(str, event["ids"])))
            case "undo":
                changed = self._undo(int(event["of"]))
            case "redo":
                changed = self._redo(int(event["of"]))
            case _:
                raise ValueError(f"unknown event {op!r}")
        self.n = n
        self._note(n, ts, op, changed)

    def _start_from(self, event: Event) -> None:
        classes = check_classes(event["classes"])
        rows = [check_record(row, classes) for row in event["rows"]]
        self.classes, self.class_version = classes, int(event["class_version"])
        self.records = {row["id"]: row for row in rows}
        self.earlier_done, self.earlier_undone = bool(event["undo"]), bool(event["redo"])
        self.archive, self.n = str(event["archive"]), int(event["n"])

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to undo, here or in the archive."""
        return bool(self.done) or self.earlier_done

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to redo, here or in the archive."""
        return bool(self.undone) or self.earlier_undone

    def _add_classes(self, names: Iterable[str]) -> None:
        self.classes += [name for name in names if name not in self.classes]
        self.class_version += 1

    def _do(self, n: int, after: Change) -> Change:
        before = {id_: self.records.get(id_) for id_ in after}
        self.done.append(Step(n, before, after))
        self.undone.clear()
        self.earlier_undone = False
        self._put(after)
        return after

    def _undo(self, of: int) -> Change:
        step = self._take(self.done, of)
        self.undone.append(step)
        self._put(step.before)
        return step.before

    def _redo(self, of: int) -> Change:
        step = self._take(self.undone, of)
        self.done.append(step)
        self._put(step.after)
        return step.after

    def _take(self, steps: list[Step], of: int) -> Step:
        if steps and steps[-1].n == of:
            return steps.pop()
        if self.archive is not None and not steps:
            raise EarlierNeededError
        raise ValueError(f"event {of} is not the one to undo or redo")

    def _put(self, changed: Mapping[str, Record | None]) -> None:
        for id_, record in changed.items():
            if record is None:
                self.records.pop(id_, None)
            else:
                self.records[id_] = record

    def _note(self, n: int, ts: str, op: str, changed: Change) -> None:
        if not changed:
            self.outcomes.append((n, ts, op, None, None))
        self.outcomes += [(n, ts, op, id_, record) for id_, record in changed.items()]
