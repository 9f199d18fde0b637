"""Lesson 3: a data contract, kept by the table of an image set and by every batch."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from dcwidgets.imageset import ImageSet
from dcwidgets.journal import write_whole
from dcwidgets.outside import parse
from dcwidgets.pipelines.guard import Guard, number_batches, number_images
from dcwidgets.pipelines.problems import ContractError, list_ids, problem_table, too_many

if TYPE_CHECKING:
    import pandera.pandas as pa
    import tensorflow as tf

__all__ = ["Contract", "ContractError", "contract"]

FORMAT = 1
# A column of more values than this describes single pictures, not kinds of pictures.
MOST_VALUES = 20
_WAY_OUT = (
    "Drop or relabel them with a recipe, or learn a new contract if the data is right. "
    "All of them: error.problems."
)


@dataclass(frozen=True)
class Contract:
    """What an image set and its batches have to keep; `contract` learns one.

    Parameters
    ----------
    classes : sequence of str
        Class names in the order of their numbers. Every image has one of them.
    splits : sequence of str, optional
        Names of splits that may occur; any if empty.
    smallest : int, default 8
        Pixels that both sides of a picture have at least.
    values : mapping of str to sequence of str, optional
        Metadata columns that have to be there, and the values that may occur in each.

    Examples
    --------
    >>> dcw.Contract(["cat", "dog"], splits=["train", "validation"], smallest=32)
    <Contract: classes cat, dog; splits train, validation; at least 32 x 32 pixels>
    """

    classes: Sequence[str]
    splits: Sequence[str] = ()
    smallest: int = 8
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("classes", "splits"):
            object.__setattr__(self, name, _names(getattr(self, name), name))
        if not self.classes:
            raise ValueError("A contract needs at least one class, got none.")
        if not isinstance(self.smallest, int) or self.smallest < 1:
            raise ValueError(f"smallest must be at least 1 pixel, got {self.smallest!r}.")
        kept = {str(name): _names(values, name) for name, values in self.values.items()}
        object.__setattr__(self, "values", kept)

    def __repr__(self) -> str:
        parts = [f"classes {', '.join(self.classes)}"]
        parts += [f"splits {', '.join(self.splits)}"] if self.splits else []
        parts += [f"at least {self.smallest} x {self.smallest} pixels"]
        parts += [f"{name} one of {', '.join(values)}" for name, values in self.values.items()]
        return f"<Contract: {'; '.join(parts)}>"

    @property
    def schema(self) -> pa.DataFrameSchema:
        """The part about the table as a pandera schema, to be used or extended as any other."""
        import pandera.pandas as pa

        def column(*checks: pa.Check) -> pa.Column:
            return pa.Column(checks=[*checks], nullable=False)

        # One check for both sides: a picture that is too small is one problem, not two.
        return pa.DataFrameSchema(
            {
                "filename": column(),
                "label": column(pa.Check.isin(self.classes)),
                "split": column(*([pa.Check.isin(self.splits)] if self.splits else [])),
                "width": column(pa.Check.ge(self.smallest)),
                "height": column(pa.Check.ge(self.smallest)),
                **{name: column(pa.Check.isin(values)) for name, values in self.values.items()},
            },
            index=pa.Index(unique=True, nullable=False),
        )

    def problems(self, images: ImageSet | pd.DataFrame) -> pd.DataFrame:
        """List what breaks the contract.

        Parameters
        ----------
        images : ImageSet or pandas.DataFrame
            An image set, or a table that is to become one, indexed by id.

        Returns
        -------
        pandas.DataFrame of shape (n_problems, 4)
            ``id`` (missing where a whole column is), ``column``, ``value`` as it is, and
            ``expected`` in words; empty where the contract is kept.
        """
        import pandera.errors

        table = images.table if isinstance(images, ImageSet) else images
        try:
            self.schema.validate(table, lazy=True)
        except pandera.errors.SchemaErrors as errors:
            return problem_table(errors.failure_cases, self._expected)
        return problem_table(None, self._expected)

    def check(self, images: ImageSet | pd.DataFrame) -> None:
        """Raise one error that names every offending image, or return.

        Parameters
        ----------
        images : ImageSet or pandas.DataFrame
            As in `problems`.

        Raises
        ------
        ContractError
            A ValueError; ``.ids`` and ``.problems`` hold all of them, the text the first.
        """
        found = self.problems(images)
        if isinstance(images, ImageSet) and tuple(images.classes) != self.classes:
            raise ContractError(self._other_classes(images), found)
        if len(found):
            raise ContractError(_in_words(found, len(images)), found)

    def guard(
        self,
        source: ImageSet | tf.data.Dataset,
        *,
        ids: Iterable[str] | None = None,
        image_size: int = 64,
        value_range: tuple[float, float] = (0, 1),
        **options: Any,  # those of `prepare`
    ) -> Guard:
        """Look at every batch before the model does, and stop at the first bad one.

        Parameters
        ----------
        source : ImageSet or tf.data.Dataset
            Images, fed as `prepare` feeds them; or batches of pictures and class numbers
            from any other pipeline.
        ids : iterable of str, optional
            For batches: the images' ids in the order of the batches. Without them an
            error names places in the batch.
        image_size : int, default 64
            Edge that pictures have to have, in pixels.
        value_range : tuple of float, default (0, 1)
            Lowest and highest value of a pixel; noise needs room on both sides.
        **options
            For images: what `prepare` takes, such as ``shuffle=True, seed=1``.

        Returns
        -------
        Guard
            ``with contract.guard(images) as batches: model.fit(batches)``, or
            ``for pictures, labels in contract.guard(images)``. A batch with NaN, values
            outside ``value_range``, another shape or dtype, or a label outside the classes ends
            either with a `ContractError` that says which batch and which ids.

        Raises
        ------
        ContractError
            If the image set numbers its classes in another way.
        """
        if not isinstance(source, ImageSet):
            if options:
                raise ValueError(
                    f"{', '.join(options)}: these are options of `prepare`, for an image set; "
                    f"got {type(source).__name__}."
                )
            numbered = number_batches(source)
            known = None if ids is None else list(ids)
            return Guard(numbered, known, len(self.classes), image_size, value_range)
        if tuple(source.classes) != self.classes:
            raise ContractError(self._other_classes(source), problem_table(None, self._expected))
        numbered = number_images(source, image_size, options)
        known = source.table.index.tolist()
        return Guard(numbered, known, len(self.classes), image_size, value_range)

    def to_json(self) -> str:
        """Return the contract as JSON."""
        content = {
            "format": FORMAT,
            "classes": self.classes,
            "splits": self.splits,
            "smallest": self.smallest,
            "values": self.values,
        }
        return json.dumps(content, indent=1, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str | bytes) -> Contract:
        """Read a contract from JSON.

        Raises
        ------
        ValueError
            If the text is not a contract.
        """
        content = parse(text, "a contract")
        if not isinstance(content, dict) or content.pop("format", None) != FORMAT:
            raise ValueError(
                f'This is not a contract: expected an object with "format": {FORMAT} and "classes".'
            )
        unknown = set(content) - {"classes", "splits", "smallest", "values"}
        if unknown or "classes" not in content or not isinstance(content.get("values", {}), dict):
            raise ValueError(
                "This is not a contract: it has classes and, if it likes, splits, smallest and "
                f"values; got {', '.join(sorted(content)) or 'nothing'}."
            )
        return cls(**content)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the contract as JSON, whole or not at all."""
        target = Path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, f"{self.to_json()}\n".encode())
        return target

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Contract:
        """Read a contract that `save` wrote.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If the file is not a contract.
        """
        source = Path(path)
        if not source.is_file():
            raise FileNotFoundError(
                f"There is no contract at {source}. `Contract.save(path)` writes one."
            )
        return cls.from_json(source.read_bytes())

    def _expected(self, column: str) -> str:
        known: dict[str, Callable[[], str]] = {
            "label": lambda: f"one of {', '.join(self.classes)}",
            "split": lambda: f"one of {', '.join(self.splits)}",
            "width": lambda: f"at least {self.smallest} pixels",
            "height": lambda: f"at least {self.smallest} pixels",
        }
        if column in self.values:
            return f"one of {', '.join(self.values[column])}"
        return known.get(column, lambda: "a value")()

    def _other_classes(self, images: ImageSet) -> str:
        return (
            f"The contract numbers the classes {', '.join(self.classes)} and these images "
            f"{', '.join(images.classes)}: the same number would mean another class. Load images "
            "with these classes, or learn a new contract from these."
        )


def contract(images: ImageSet) -> Contract:
    """Learn a contract from images that are known to be good.

    Parameters
    ----------
    images : ImageSet
        At least one image. Text columns of metadata with at most 20 values and none
        missing become part of the contract.

    Returns
    -------
    Contract
        Kept by these images, unless some have no label.

    Raises
    ------
    ValueError
        If the set is empty.
    """
    if not len(images):
        raise ValueError("The image set is empty: there is nothing to learn a contract from.")
    table = images.table
    values = {
        name: sorted(table[name].unique())
        for name in images.metadata
        if _is_text(table[name]) and table[name].nunique() <= MOST_VALUES
    }
    return Contract(
        images.classes,
        splits=sorted(table["split"].unique()),
        smallest=max(1, int(table[["width", "height"]].min().min())),
        values=values,
    )


def _is_text(column: pd.Series) -> bool:
    return all(isinstance(value, str) for value in column)


def _names(given: Any, what: str) -> tuple[str, ...]:  # JSON, or what somebody typed
    listed = [] if isinstance(given, str) or not isinstance(given, Iterable) else list(given)
    if (not listed and given != ()) and given != []:
        raise ValueError(f"{what} must be a list of names, got {given!r}.")
    wrong = [name for name in listed if not isinstance(name, str)]
    if wrong:
        raise ValueError(f"{what} must be a list of names, got {wrong[0]!r} in it.")
    return tuple(listed)


def _in_words(found: pd.DataFrame, n_images: int) -> str:
    lines = list(_lines(found))
    return "\n".join(
        [
            f"{found['id'].nunique():,} of {n_images:,} images break the contract.",
            *lines,
            _WAY_OUT,
        ]
    )


def _lines(found: pd.DataFrame) -> Iterator[str]:
    for (column, expected), rows in found.groupby(["column", "expected"], sort=False):
        values = ["nothing" if pd.isna(v) else repr(v) for v in rows["value"].drop_duplicates()]
        ids = rows["id"].dropna().tolist()
        where = f" in {list_ids(ids)}" if ids else ""
        yield f"{column}: expected {expected}, got {too_many(values)}{where}."
