"""An objective as data: what is good enough, written down before anybody trains."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from dcwidgets.journal import write_whole
from dcwidgets.outside import is_number, parse

if TYPE_CHECKING:
    from dcwidgets.training import Score

METRICS = ("accuracy", "balanced_accuracy")
DEMANDS = ("score", "worst_slice", "cost_per_100")


@dataclass(frozen=True, kw_only=True)
class Objective:
    """What a data set has to achieve, stated so that it can be checked.

    Parameters
    ----------
    target : str
        Column that the model predicts, such as ``"label"``.
    metric : str
        ``"accuracy"``, or ``"balanced_accuracy"`` where classes differ in size: the mean of
        the accuracies of the classes.
    slices : sequence of str
        Columns that must do well value by value, such as ``["coat", "scene"]``; the target
        itself stands for its classes.
    costs : mapping of str to float
        Class to the cost of missing one picture of it, above 0, in any one unit.
    good_enough : mapping of str to float
        Any of ``score`` and ``worst_slice`` (at least, 0 to 1) and ``cost_per_100`` (at most,
        in the unit of ``costs``, over 100 pictures mixed as the test set mixes them).

    Raises
    ------
    ValueError
        If a part is missing or out of range; says which and what is allowed.

    Examples
    --------
    >>> objective = dcw.Objective(
    ...     target="label", metric="accuracy", slices=["coat"],
    ...     costs={"cat": 5, "dog": 1}, good_enough={"score": 0.9, "worst_slice": 0.8},
    ... )
    >>> objective.good_enough["score"]
    0.9
    """

    target: str
    metric: str
    slices: Sequence[str]
    costs: Mapping[str, float]
    good_enough: Mapping[str, float]

    def __post_init__(self) -> None:
        if not self.target:
            raise ValueError('target must name a column, such as "label", got nothing.')
        if self.metric not in METRICS:
            raise ValueError(f"metric must be one of {', '.join(METRICS)}, got {self.metric!r}.")
        if not self.slices or isinstance(self.slices, str):
            raise ValueError(
                f'slices must be a list of columns, such as ["coat", "scene"], got {self.slices!r}.'
            )
        if not self.costs or not all(map(_is_cost, self.costs.values())):
            raise ValueError(f"costs must give each class a number above 0, got {self.costs!r}.")
        _check_demands(self.good_enough)
        # A list read back from JSON must equal the tuple that was written.
        object.__setattr__(self, "slices", tuple(self.slices))

    def judge(self, score: Score) -> pd.DataFrame:
        """Hold a score against the objective.

        Parameters
        ----------
        score : Score
            Result of `measure`, with the slices of its test images.

        Returns
        -------
        pandas.DataFrame of shape (n_demands, 4)
            Indexed by demand; columns ``asked``, ``reached``, ``met`` (bool), and ``where``, the
            slice that decided.

        Raises
        ------
        ValueError
            If a class or a column of slices does not occur in the score.
        """
        classes = self._rows_of_classes(score.slices)
        worst = self._rows_of_slices(score.slices).sort_values("accuracy").iloc[0]
        missed = classes["n"] * (1 - classes["accuracy"]) * pd.Series(self.costs, dtype=float)
        balanced = float(classes["accuracy"].mean())
        reached = {
            "score": (score.mean if self.metric == "accuracy" else balanced, "all images"),
            "worst_slice": (float(worst["accuracy"]), str(worst["slice"])),
            "cost_per_100": (100 * float(missed.sum() / classes["n"].sum()), str(missed.idxmax())),
        }
        rows = [
            {"demand": demand, "asked": asked, "reached": value, "met": met, "where": where}
            for demand, asked in self.good_enough.items()
            for value, where in [reached[demand]]
            for met in [value <= asked if demand == "cost_per_100" else value >= asked]
        ]
        return pd.DataFrame(rows).set_index("demand")

    def _rows_of_classes(self, slices: pd.DataFrame) -> pd.DataFrame:
        rows = slices.set_index("slice")[["n", "accuracy"]]
        unknown = [name for name in self.costs if name not in rows.index]
        if unknown:
            raise ValueError(
                f"costs names {unknown[0]!r}, which is no class of the test images. "
                "Classes stand in `images.classes`."
            )
        return rows.loc[list(self.costs)]

    def _rows_of_slices(self, slices: pd.DataFrame) -> pd.DataFrame:
        kept = []
        for column in self.slices:
            found = slices["slice"].str.contains(f", {column}=", regex=False)
            if column == self.target:
                found = slices["slice"].isin(list(self.costs))
            if not found.any():
                raise ValueError(
                    f"No slice of the test images is cut by {column!r}. "
                    "Columns with 2 to 20 values and at least 20 images each make slices."
                )
            kept.append(slices[found])
        return pd.concat(kept)

    def save(self, path: str | os.PathLike[str] = "work/objective.json") -> Path:
        """Write the objective as JSON."""
        target = Path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, json.dumps(asdict(self), indent=1, ensure_ascii=False).encode())
        return target

    @classmethod
    def load(cls, path: str | os.PathLike[str] = "work/objective.json") -> Objective:
        """Read an objective that `save` wrote.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If the file is not an objective.
        """
        source = Path(path)
        if not source.is_file():
            raise FileNotFoundError(
                f"There is no objective at {source}. Lesson 01 writes one, by `Objective.save`."
            )
        try:
            return cls(**parse(source.read_bytes(), "an objective"))
        except (TypeError, ValueError, AttributeError) as error:
            raise ValueError(f"{source} is not an objective: {error}") from error


def _is_cost(value: object) -> bool:
    return is_number(value) and value > 0


def _check_demands(demands: Mapping[str, float]) -> None:
    if not demands or set(demands) - set(DEMANDS):
        given = ", ".join(demands) or "nothing"
        raise ValueError(f"good_enough must hold some of {', '.join(DEMANDS)}, got {given}.")
    for name in demands:
        limit = math.inf if name == "cost_per_100" else 1
        if not (_is_cost(demands[name]) and demands[name] <= limit):
            wanted = "a number above 0" if name == "cost_per_100" else "a share above 0 and up to 1"
            raise ValueError(f"good_enough[{name!r}] must be {wanted}, got {demands[name]!r:.40}.")
