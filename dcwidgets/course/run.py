"""One run of one lesson: its data, its effort, its ledger."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from dcwidgets.contact_sheet import ContactSheet, contact_sheet
from dcwidgets.course.hardware import cpu_cores, device
from dcwidgets.course.lessons import Lesson, find_lesson
from dcwidgets.course.progress import Progress
from dcwidgets.course.shelter import shelters_objective
from dcwidgets.course.workplace import work_folder
from dcwidgets.fitting import computing
from dcwidgets.ledger import Ledger
from dcwidgets.objectives import Objective

if TYPE_CHECKING:
    import keras
    import pandas as pd

    from dcwidgets.imageset import ImageSet
    from dcwidgets.labeling.records import Annotations
    from dcwidgets.recipe import Recipe
    from dcwidgets.training import Score

DRAWN = "pocket_pets"
# Parts that no lesson trains on unless its learner collects from them.
_RESERVED = ("pool", "gold", "fresh", "test")


@dataclass(frozen=True)
class Effort:
    """How much a run trains: seeds, epochs of `fit`, batches of `measure`."""

    seeds: tuple[int, ...]
    epochs: int
    steps: int


# Below some 600 batches the frozen model has learned little but the scene: edits look alike.
EFFORTS = {
    "quick": Effort(seeds=(0, 1), epochs=4, steps=700),
    "full": Effort(seeds=(0, 1, 2), epochs=8, steps=1000),
}
_current: dict[str, Run] = {}


class Run:
    """What a lesson works with; `lesson` makes one.

    Attributes
    ----------
    images : ImageSet
        The images to train on, as they are when the lesson starts. With drawn data all
        of split ``train``; with other data its ``train`` and ``validation``.
    test : ImageSet
        The trusted images that every score is measured on; never trained on.
    pool : ImageSet
        Images that can be collected; their labels are hidden until then. Empty for data
        that has none, as is ``fresh``.
    fresh : ImageSet
        Images that arrived later, from a world that has drifted.
    everything : ImageSet
        All of these; what a recipe with ``add`` is applied to.
    seeds : tuple of int
        Seeds for `measure`.
    epochs : int
        Epochs for `fit`.
    steps : int
        Batches per training for `measure`.
    ledger : Ledger
        Scores of all lessons in this folder.
    minutes : int
        What the lesson takes a learner.
    mode : str
        ``"quick"`` or ``"full"``.
    device : str
        What the kernel computes on, in words.
    computing : Computing
        Precision, compiling and memory that this device gets, with the reason.
    """

    def __init__(
        self, lesson: Lesson, mode: str, everything: ImageSet, *, data_dir: Path | None, work: Path
    ) -> None:
        effort = EFFORTS[mode]
        self.lesson = lesson
        self.mode = mode
        self.seeds, self.epochs, self.steps = effort.seeds, effort.epochs, effort.steps
        self.minutes = lesson.minutes
        self.everything = everything
        self.progress = Progress(work / "progress.json")
        self.ledger: Ledger = _LessonLedger(work / "ledger.jsonl", self)
        self.device = device()
        self.computing = computing()
        self._data_dir = data_dir

    @cached_property
    def images(self) -> ImageSet:
        """The images to train on, as they are when the lesson starts."""
        splits = self.everything.table["split"]
        return self.everything.take(splits.index[~splits.isin(_RESERVED)])

    @cached_property
    def test(self) -> ImageSet:
        """The trusted images."""
        table = self.everything.table
        trusted = "gold" if (table["split"] == "gold").any() else "test"
        labelled = (table["split"] == trusted) & table["label"].notna()
        return self.everything.take(table.index[labelled])

    @cached_property
    def pool(self) -> ImageSet:
        """Images that can be collected."""
        return self.everything.where(split="pool")

    @cached_property
    def fresh(self) -> ImageSet:
        """Images from a world that has drifted."""
        return self.everything.where(split="fresh")

    @cached_property
    def key(self) -> pd.DataFrame | None:
        """The answer key of drawn data, as `answer_key` gives it; None for other data."""
        if self.everything.name != DRAWN:
            return None
        from dcwidgets.sources import answer_key

        return answer_key(DRAWN, data_dir=self._data_dir)

    @property
    def objective(self) -> Objective:
        """The objective that lesson 01 kept in this folder, or else what the shelter asked."""
        try:
            return Objective.load(self.progress.path.with_name("objective.json"))
        except FileNotFoundError:
            slices = ["coat", "scene"] if self.everything.name == DRAWN else ["label"]
            return shelters_objective(self.everything.classes, slices)

    def reviewed(self, size: int = 240) -> Recipe:
        """Return what a careful colleague made of the raw pictures; see `review`."""
        from dcwidgets.course.review import review

        return review(self.images.where(split="train"), self.key, size=size)

    def truth(self, images: ImageSet) -> pd.Series:
        """Return what a careful look says each picture shows; see `colleagues`."""
        from dcwidgets.course.colleagues import truth

        return truth(images, self.key)

    def colleague(self, name: str, images: ImageSet) -> Annotations:
        """Return what a colleague of lesson 05 says these pictures show; see `colleagues`."""
        from dcwidgets.course.colleagues import labels_by

        return labels_by(name, images, self.truth(images))

    def show(
        self,
        ids: Iterable[str],
        *,
        captions: pd.Series | None = None,
        columns: int = 8,
        size: int = 96,
        policy: keras.Layer | None = None,
    ) -> ContactSheet:
        """Lay pictures of any split out, with their labels; see `contact_sheet`."""
        return contact_sheet(
            self.everything, ids, captions=captions, columns=columns, size=size, policy=policy
        )

    def __repr__(self) -> str:
        data = f"{self.everything.name} {self.everything.version}"
        parts = (
            f"Lesson {self.lesson.id} {self.lesson.title} · about {self.minutes} minutes",
            f"device  {self.device}: {self.computing}",
            f"data    {data}: {len(self.images):,} to learn from, {len(self.test):,} trusted",
            f"mode    {self.mode}: {len(self.seeds)} seeds, {self.steps} batches each",
        )
        return "\n".join(parts)


class _LessonLedger(Ledger):
    """The ledger of the folder; a row also moves the score that the course panel shows."""

    def __init__(self, path: Path, run: Run) -> None:
        super().__init__(path)
        self._run = run

    def record(
        self, name: str, score: Score, images: ImageSet, recipe: Recipe | None = None
    ) -> pd.Series:
        row = super().record(name, score, images, recipe)
        self._run.progress.score(self._run.lesson.id, score.mean)
        return row


def lesson(
    number: str,
    mode: str = "auto",
    *,
    data: str | os.PathLike[str] = DRAWN,
    data_dir: str | os.PathLike[str] | None = None,
) -> Run:
    """Start a lesson: load its data in its start state, and say what to expect.

    Parameters
    ----------
    number : str
        Such as ``"02"``.
    mode : str, default "auto"
        ``"full"``, or ``"quick"``, which trains less and shows the same effects;
        ``"auto"`` is quick where the environment variable ``DCW_QUICK`` is 1 or ``CI``
        is set, and full otherwise.
    data : str or path, default "pocket_pets"
        Any data that `load` knows. Data without a split ``test`` is dealt 80/10/10 into
        train, validation and test, and test is trusted.
    data_dir : str or path, optional
        As in `load`.

    Returns
    -------
    Run

    Raises
    ------
    ValueError
        If there is no such lesson or mode, or this version has no start state for it.

    Examples
    --------
    >>> run = dcw.lesson("02", "quick")  # doctest: +ELLIPSIS
    Lesson 02 ...
    >>> first = run.images.table.head()
    """
    found = find_lesson(number)
    chosen = _mode(mode, os.environ)
    _be_gentle()
    place = None if data_dir is None else Path(data_dir)
    everything = _start(found, data, place)
    work = work_folder()
    _keep_originals(work)
    run = Run(found, chosen, everything, data_dir=place, work=work)
    run.progress.open(found.id, data=everything.name, device=run.device)
    _current[found.id] = run
    print(run)
    return run


def current_run(number: str) -> Run:
    """Return the latest run of a lesson in this kernel.

    Raises
    ------
    RuntimeError
        If the lesson was not started.
    """
    if number not in _current:
        raise RuntimeError(
            f"Lesson {number} is not started in this kernel. "
            f'Run its first cells, with run = dcw.lesson("{number}").'
        )
    return _current[number]


def _start(found: Lesson, data: str | os.PathLike[str], data_dir: Path | None) -> ImageSet:
    from dcwidgets.course.states import start_state
    from dcwidgets.sources import load

    images = load(data, data_dir=data_dir)
    if images.name == DRAWN:
        return start_state(found, images)
    splits = set(images.table["split"])
    if {"train", "test"} <= splits:
        return images
    return images.split(train=0.8, validation=0.1, test=0.1, seed=0, stratify="label")


def _mode(mode: str, environment: Mapping[str, str]) -> str:
    if mode == "auto":
        in_ci = environment.get("CI", "") not in {"", "0", "false"}
        hurried = in_ci or environment.get("DCW_QUICK") == "1"
        return "quick" if hurried else "full"
    if mode not in EFFORTS:
        raise ValueError(f'mode must be "auto", "quick" or "full", got {mode!r}.')
    return mode


def _be_gentle() -> None:
    """Ask TensorFlow for no more threads than there are cores to use, and to share a GPU.

    In a container it counts the cores of the whole machine: on a small share of a large
    one its threads cost memory and get in each other's way. Without effect once it runs.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
    cores = str(cpu_cores())
    for name in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
        os.environ.setdefault(name, cores)


def _keep_originals(work: Path) -> None:
    """Lay pristine notebooks and the lesson list beside the learner's, for the course panel."""
    from dcwidgets.learner_folder import keep_originals

    try:
        keep_originals(work)
    except FileNotFoundError:
        pass  # an installation without notebooks: nothing to go back to
    except OSError as error:
        warnings.warn(
            f"Lessons cannot be reset here: {work} cannot be written ({error}). "
            "The lesson works without it.",
            stacklevel=3,
        )
