"""The findings of an audit, by row number, worst first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

COLUMNS = ("id", "issue", "score", "other", "evidence")


class Findings:
    """Findings about the images of one set.

    Findings about images that are not in the set (dropped since the audit) are
    left out and counted in ``gone``.

    Parameters
    ----------
    audit : object or None
        Anything with ``.findings``, or the DataFrame itself; columns ``id``, ``issue``
        and ``score``, and if known ``other`` and ``evidence``. A ``.pairs``
        DataFrame (``id``, ``other``, ``distance``) adds distances.
    ids : pandas.Index
        Ids of the image set.

    Raises
    ------
    TypeError
        If ``audit`` has no findings.
    ValueError
        If a column is missing.
    """

    def __init__(self, audit: object, ids: pd.Index[str]) -> None:
        frame = _frame(audit)
        rows = ids.get_indexer(pd.Index(frame["id"]))
        # A finding about a whole column, such as a class balance, names no picture.
        about_all = frame["id"].isna().to_numpy()
        here = (rows >= 0) | about_all
        self.gone = int((~here).sum())
        kept = frame[here].reset_index(drop=True)
        order = np.argsort(kept["score"].to_numpy(), kind="stable")
        self.frame = kept.iloc[order].reset_index(drop=True)
        self.rows = np.where(about_all[here], -1, rows[here])[order].astype("<i4")
        self.others = np.asarray(ids.get_indexer(pd.Index(self.frame["other"])), "<i4")
        # In the audit's order: scores of different issues say little about each other.
        self.issues = [str(issue) for issue in pd.unique(kept["issue"])]
        self.codes = pd.Index(self.issues).get_indexer(pd.Index(self.frame["issue"])).astype("<u1")
        self.distances = _distances(audit, self.frame)

    def __len__(self) -> int:
        return len(self.frame)

    def header(self) -> dict[str, Any]:
        """Describe the findings to the page; `buffers` travel beside it."""
        return {"n": len(self), "issues": self.issues, "gone": self.gone}

    def buffers(self) -> list[bytes]:
        """Rows, partners (int32, -1 for none), issues (uint8), scores, distances (float32)."""
        scores = self.frame["score"].to_numpy("<f4")
        arrays = (self.rows, self.others, self.codes, scores, self.distances)
        return [array.tobytes() for array in arrays]

    def evidence(self, finding: int) -> str:
        """Return the sentence that says why this was found."""
        sentence = self.frame["evidence"].iloc[finding]
        return "" if pd.isna(sentence) else str(sentence)

    def worst_issue(self, n_rows: int) -> pd.Series[Any] | None:
        """Name the worst issue of each row, ``"none"`` where nothing was found."""
        if not len(self):
            return None
        about_one = np.flatnonzero(self.rows >= 0)[::-1]  # the worst is written last
        codes = np.zeros(n_rows, np.int64)
        codes[self.rows[about_one]] = 1 + self.codes[about_one]
        named = np.array(["none", *self.issues], dtype=object)[codes]
        return pd.Series(pd.Categorical(named, ["none", *self.issues], ordered=True))

    def select(
        self, wanted: Iterable[str] | Iterable[int] | None, issue: str | None
    ) -> npt.NDArray[np.int64]:
        """Return the positions of findings by id or by position, and by issue."""
        chosen = np.ones(len(self), bool) if wanted is None else self._named(list(wanted))
        if issue is not None:
            if issue not in self.issues:
                raise ValueError(
                    f"{issue!r} is not an issue of this audit. "
                    f"Issues are: {', '.join(self.issues) or 'none'}."
                )
            chosen &= (self.frame["issue"] == issue).to_numpy()
        return np.flatnonzero(chosen)

    def _named(self, wanted: list[Any]) -> npt.NDArray[np.bool_]:
        if all(isinstance(one, int | np.integer) for one in wanted):
            known: npt.NDArray[np.bool_] = np.isin(np.arange(len(self)), wanted)
            strange = [one for one in wanted if not 0 <= int(one) < len(self)]
        else:
            known = self.frame["id"].isin(wanted).to_numpy()
            there = set(self.frame["id"])
            strange = [one for one in wanted if one not in there]
        if strange:
            raise ValueError(
                f"{strange[0]!r} is no finding: expected ids or row numbers of "
                f"`inspector.findings`, which has {len(self)} rows."
            )
        return known


def _frame(audit: object) -> pd.DataFrame:
    found = audit if isinstance(audit, pd.DataFrame) else getattr(audit, "findings", None)
    if audit is None:
        found = pd.DataFrame({name: [] for name in COLUMNS})
    if not isinstance(found, pd.DataFrame):
        raise TypeError(
            f"audit must be what `dcw.audit(images)` returns, got {type(audit).__name__}."
        )
    found = found.copy()
    if "issue" not in found and "score" in found:  # `dcw.find_label_issues` names one issue only
        found["issue"] = "label"
    missing = [name for name in ("id", "issue", "score") if name not in found]
    if missing:
        raise ValueError(
            f"Findings need the columns id, issue and score; missing: {', '.join(missing)}. "
            "Pass what `dcw.audit(images)` returns."
        )
    return found.reindex(columns=COLUMNS)


def _distances(audit: object, frame: pd.DataFrame) -> npt.NDArray[np.float32]:
    """Look the distance of each pair up, in either direction; NaN where none is known."""
    pairs = getattr(audit, "pairs", None)
    nothing = np.full(len(frame), np.nan, "<f4")
    if not isinstance(pairs, pd.DataFrame) or not {"id", "other", "distance"} <= {*pairs.columns}:
        return nothing
    known = {
        frozenset((a, b)): distance
        for a, b, distance in zip(pairs["id"], pairs["other"], pairs["distance"], strict=True)
    }
    wanted = zip(frame["id"], frame["other"], strict=True)
    return np.array([known.get(frozenset(pair), np.nan) for pair in wanted], "<f4")
