"""The answer key: which defect was planted in which picture."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations

import pandas as pd

from dcwidgets.sources.pocket_pets.plan import Entry

_COPIES = ("exact_duplicate", "near_duplicate")
COLUMNS = ["filename", "defect", "true_label", "other"]


def answers(entries: Iterable[Entry]) -> pd.DataFrame:
    """Return one row per defect, and one per healthy picture, by file name.

    Parameters
    ----------
    entries : iterable of Entry
        All entries of a plan.

    Returns
    -------
    pandas.DataFrame
        Columns filename, defect, true_label, other. Copies of one picture are copies
        of each other too: each such pair has its row.
    """
    entries = list(entries)
    truth = {entry.filename: entry.true_label for entry in entries}
    rows = [(name, defect, truth[name], other) for name, defect, other in _rows(entries)]
    return pd.DataFrame(rows, columns=COLUMNS).astype("str")


def _rows(entries: list[Entry]) -> Iterator[tuple[str, str, str | None]]:
    copies = defaultdict(list)
    for entry in entries:
        if entry.original:
            copies[entry.original].append(entry)
        for defect in entry.defects or ("none",):
            if defect not in _COPIES:
                yield entry.filename, defect, None
    for original, group in copies.items():
        yield from ((copy.filename, copy.defects[0], original) for copy in group)
        for one, two in combinations(group, 2):
            exact = one.defects[0] == two.defects[0] == "exact_duplicate"
            yield two.filename, _COPIES[0] if exact else _COPIES[1], one.filename
