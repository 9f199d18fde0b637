"""What breaks a data contract: as a table, as an error, in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd

COLUMNS = ("id", "column", "value", "expected")
# What an error's text lists; the rest stands in its table.
SHOWN = 5


class ContractError(ValueError):
    """Data that breaks its contract.

    Attributes
    ----------
    problems : pandas.DataFrame
        One row per problem: ``id``, ``column``, ``value``, ``expected``.
    batch : int or None
        Number of the batch, from 1, where a batch broke it.
    """

    def __init__(self, text: str, problems: pd.DataFrame, *, batch: int | None = None) -> None:
        super().__init__(text)
        self.problems = problems
        self.batch = batch

    @property
    def ids(self) -> list[str]:
        """Ids of the offending images, each once."""
        return [str(id_) for id_ in self.problems["id"].dropna().drop_duplicates()]


def problem_table(cases: pd.DataFrame | None, expected: Callable[[str], str]) -> pd.DataFrame:
    """Make the table of problems from what pandera calls failure cases.

    Parameters
    ----------
    cases : pandas.DataFrame or None
        ``SchemaErrors.failure_cases``; None where there are none.
    expected : callable
        Column name to what is expected of it, in words.
    """
    rows = [] if cases is None else [_row(case, expected) for _, case in cases.iterrows()]
    return pd.DataFrame(rows, columns=list(COLUMNS)).drop_duplicates(ignore_index=True)


def _row(case: pd.Series, expected: Callable[[str], str]) -> tuple[object, str, object, str]:
    if case["check"] == "column_in_dataframe":
        return None, str(case["failure_case"]), None, "a column of this name"
    if case["schema_context"] == "Index":
        return case["failure_case"], "id", case["failure_case"], "ids that are unique"
    return case["index"], str(case["column"]), case["failure_case"], expected(str(case["column"]))


def list_ids(ids: Sequence[str]) -> str:
    """Name the first ids, and say how many more there are."""
    return too_many([repr(str(id_)) for id_ in ids])


def too_many(texts: Sequence[str]) -> str:
    """Join texts, the first few of them."""
    more = f" and {len(texts) - SHOWN:,} more" if len(texts) > SHOWN else ""
    return ", ".join(texts[:SHOWN]) + more
